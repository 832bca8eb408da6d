//! Who is whom: a person places an account with its customer, or somebody who only said who they
//! are is found to be right.

use serde_json::json;
use vigie_model::{Act, CustomerId, CustomerKey, Identifier, IdentifierKind, IdentityProof};
use vigie_store::{AddressCheck, Author, Case, FactDraft, NewCustomer, NewSystemMail, Write};
use vigie_wording::catalogue;

use crate::{Error, Result};

/// For how long the owner of an address can say whether it was them, days.
const ADDRESS_CHECK_DAYS: i64 = 7;

/// Assigns an author to another customer, or to a new one of their own when there is none, as a
/// person found; the cases they opened follow. Whoever is placed with somebody proved is proved.
pub async fn place(
    write: &mut Write,
    author: &Author,
    customer: Option<CustomerId>,
) -> Result<CustomerKey> {
    let (act, to, evidence) = match customer {
        Some(customer) => {
            let to = write.customers().find(customer).await?;
            // Somebody proved vouches for whom they are placed with.
            if to.claimed_as.is_some() && write.authors().is_proved(author.key).await? {
                write.customers().set_claimed(to.key, None).await?;
            }
            (Act::AuthorRecognised, to.key, "person")
        }
        None => {
            let claim = unproved_claim(write, author).await?;
            let to = new_customer(write, author, claim).await?;
            (Act::AuthorSeparated, to, "separated")
        }
    };
    move_author(write, author, to, json!({"kind": evidence})).await?;
    let fact = FactDraft::new(act).on("author", author.id.0);
    record(write, author, fact.code("by", evidence)).await?;
    Ok(to)
}

/// Takes an author at their word, because `proof` vouches for what they claim: they are the
/// customer known by it, if there is one.
pub async fn confirm(
    write: &mut Write,
    author: &Author,
    proof: IdentityProof,
) -> Result<CustomerKey> {
    let mut claims = claims_of(write, author).await?;
    if proof == IdentityProof::PrivateLink {
        claims.retain(|claim| claim.kind == IdentifierKind::Email);
        let authors = write.authors();
        authors.prove(author.key, IdentifierKind::Email).await?;
    }
    let to = customer_claimed(write, author, &claims).await?;

    let kind = claims.first().map_or("person", |claim| claim.kind.code());
    let evidence = json!({"kind": kind, "proof": proof});
    move_author(write, author, to, evidence).await?;
    let fact = FactDraft::new(Act::AuthorRecognised)
        .on("author", author.id.0)
        .code("by", kind)
        .code("proof", proof.code());
    record(write, author, fact).await?;
    Ok(to)
}

/// Takes back what [`confirm`] did on a person's word: the author only claims again.
///
/// # Errors
/// [`Error::NothingClaimed`] when more than a person's word vouches for them.
pub async fn withdraw_confirmation(write: &mut Write, author: &Author) -> Result<CustomerKey> {
    let claim = unproved_claim(write, author).await?;
    let claim = claim.ok_or(Error::NothingClaimed)?;
    let to = match author.customer_key {
        Some(customer) if is_alone(write, author, customer).await? => {
            let tagged = Some(claim.tagged());
            write.customers().set_claimed(customer, tagged).await?;
            customer
        }
        _ => {
            let claims = std::slice::from_ref(&claim);
            let known = write.customers().by_claims(claims).await?;
            match known.get(&claim) {
                Some(customer) => *customer,
                None => new_customer(write, author, Some(claim)).await?,
            }
        }
    };
    let evidence = json!({"kind": "separated", "proof": IdentityProof::Claimed});
    move_author(write, author, to, evidence).await?;
    let fact = FactDraft::new(Act::AuthorSeparated).on("author", author.id.0);
    record(write, author, fact.code("by", "separated")).await?;
    Ok(to)
}

/// A mail that asks the owner of an address whether it was them who wrote.
#[derive(Debug, Clone)]
pub struct AddressQuestion<'a> {
    /// Hash of the token in the link.
    pub token_hash: &'a [u8],
    /// The page the link opens.
    pub link: &'a str,
}

/// Asks the owner of the address an author claims whether it was them.
///
/// # Errors
/// [`Error::NothingClaimed`] without an address that is only claimed, [`Error::NoMailbox`] when
/// the brand has none, [`Error::AskedToday`] when that address was asked less than a day ago.
pub async fn ask_owner(
    write: &mut Write,
    author: &Author,
    case: &Case,
    question: &AddressQuestion<'_>,
) -> Result<()> {
    let email = author.email.as_deref().filter(|_| author.claimed);
    let email = email.ok_or(Error::NothingClaimed)?;
    let since = write.at().plus_days(-1);
    if write.address_checks().asked_since(email, since).await? > 0 {
        return Err(Error::AskedToday);
    }

    let mail = owner_mail(write, email, case, question).await?;
    write.system_mails().insert(mail).await?;
    let until = write.at().plus_days(ADDRESS_CHECK_DAYS);
    let (checks, token_hash) = (write.address_checks(), question.token_hash);
    checks.insert(author.key, token_hash, until).await?;
    write.fact(FactDraft::new(Act::AddressAsked).of_case(case));
    Ok(())
}

/// Nothing whoever wrote chose is in it: nobody can send their own words to others by us.
async fn owner_mail(
    write: &mut Write,
    email: &str,
    case: &Case,
    question: &AddressQuestion<'_>,
) -> Result<NewSystemMail> {
    let mailbox = write.sources().mailbox_of(case.brand_key).await?;
    let mailbox = mailbox.ok_or(Error::NoMailbox)?;
    let brand = write.brands().by_key(case.brand_key).await?;
    let lang = case.customer_lang();
    let words = &catalogue(lang).address_mail;
    Ok(NewSystemMail {
        source_key: mailbox.key,
        to_email: email.to_owned(),
        to_name: String::new(),
        lang,
        subject: words.subject(&brand.name),
        text: words.text(&brand.name, question.link),
        list: None,
    })
}

/// What the owner of an address says of whoever claimed it.
///
/// # Errors
/// [`Error::LinkOver`] when they had answered before.
pub async fn answer_of_owner(write: &mut Write, check: &AddressCheck, theirs: bool) -> Result<()> {
    if !write.address_checks().answer(check.key, theirs).await? {
        return Err(Error::LinkOver);
    }
    let author = write.authors().by_key(check.author_key).await?;
    if theirs && author.claimed {
        confirm(write, &author, IdentityProof::PrivateLink).await?;
    }
    let act = match theirs {
        true => Act::AddressConfirmed,
        false => Act::AddressDenied,
    };
    for case in write.cases().of_author(author.key).await? {
        write.fact(FactDraft::new(act).of_case(&case));
    }
    Ok(())
}

/// Closes the private links of a case for good, for whoever should not have had one.
pub async fn close_private_links(write: &mut Write, case: &Case) -> Result<()> {
    let links = write.reports();
    let closed = links.close_private_links(case.conversation_key).await?;
    if closed > 0 {
        write.fact(FactDraft::new(Act::PrivateLinkClosed).of_case(case));
    }
    Ok(())
}

/// What an author says they are known by, strongest first.
async fn claims_of(write: &mut Write, author: &Author) -> Result<Vec<Identifier>> {
    let mut claims = write.authors().identifiers(author.key).await?;
    claims.sort_unstable();
    Ok(claims)
}

/// The strongest of an author's claims; `None` when one of their identifiers is proved, whomever a
/// person placed them with.
async fn unproved_claim(write: &mut Write, author: &Author) -> Result<Option<Identifier>> {
    match write.authors().is_proved(author.key).await? {
        true => Ok(None),
        false => Ok(claims_of(write, author).await?.into_iter().next()),
    }
}

async fn is_alone(write: &mut Write, author: &Author, customer: CustomerKey) -> Result<bool> {
    let all = write.customers().authors_of(customer).await?;
    Ok(all == [author.key])
}

/// The customer known by what an author claimed; else the one they claimed to be, from now on
/// proved, or a new one when others claim the same, of whom nothing is proved yet.
async fn customer_claimed(
    write: &mut Write,
    author: &Author,
    claims: &[Identifier],
) -> Result<CustomerKey> {
    let known = write.customers().by_identifiers(claims).await?;
    if let Some(customer) = claims.iter().find_map(|claim| known.get(claim)) {
        return Ok(*customer);
    }
    match author.customer_key {
        Some(customer) if is_alone(write, author, customer).await? => {
            write.customers().set_claimed(customer, None).await?;
            Ok(customer)
        }
        _ => new_customer(write, author, None).await,
    }
}

async fn new_customer(
    write: &mut Write,
    author: &Author,
    claim: Option<Identifier>,
) -> Result<CustomerKey> {
    let named = author.name.clone().or(author.handle.clone());
    let named = named.or(author.email.clone());
    let new = NewCustomer {
        name: named.unwrap_or_else(|| "?".into()), // default: what lists show of nameless accounts
        claimed_as: claim.map(|claim| claim.tagged()),
    };
    let made = write.customers().insert_many(vec![new]).await?;
    let lost = || vigie_store::Error::Inconsistent("a customer was stored without a key".into());
    Ok(made.first().map(|(key, _)| *key).ok_or_else(lost)?)
}

/// The cases an author opened follow them.
async fn move_author(
    write: &mut Write,
    author: &Author,
    to: CustomerKey,
    evidence: serde_json::Value,
) -> Result<()> {
    let authors = write.authors();
    authors
        .move_to_customer(author.key, Some(to), evidence)
        .await?;
    let claimed = write.customers().by_key(to).await?.claimed_as.is_some();
    for before in write.cases().of_author(author.key).await? {
        let mut after = Case {
            customer_key: Some(to),
            claimed,
            ..before.clone()
        };
        write.cases().save(&before, &mut after).await?;
    }
    Ok(())
}

/// The previous customer is in the fact too, so that followers of the history update both.
async fn record(write: &mut Write, author: &Author, mut fact: FactDraft) -> Result<()> {
    if let Some(before) = author.customer_key {
        let before = write.customers().by_key(before).await?.id;
        fact = fact.on("customer", before.0);
    }
    write.fact(fact);
    Ok(())
}
