//! The verdict: a known customer, a new one, or a stranger; and its evidence.

use serde::{Deserialize, Serialize};

use vigie_model::{CustomerKey, Identifier, IdentifierKind, IdentityProof};

/// Why an author is recognised as a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The identifier that proves it.
    pub kind: IdentifierKind,
    /// What vouches for that identifier; nothing, while it is only claimed.
    pub proof: IdentityProof,
    /// Other identifiers of this author point to other customers: a person should check.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conflict: bool,
}

/// Who the author is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// An existing customer.
    Known(CustomerKey, Evidence),
    /// A new customer: they gave an address, a number or an order themselves.
    New(Evidence),
    /// Only a handle or a name. A pseudonym is linked to a person only by their own act or a
    /// colleague's.
    Stranger,
}

/// Decides from identifiers that `proof` vouches for, strongest first, with the customer each is
/// already known for (shared ones left out). `ordered`: the message contains an order number.
///
/// Identifiers that are only claimed are told apart by the caller: `known` then knows only
/// customers who are claimed themselves, so that nobody is taken for somebody proved.
pub fn recognise(
    identifiers: &[Identifier],
    proof: IdentityProof,
    known: impl Fn(&Identifier) -> Option<CustomerKey>,
    ordered: bool,
) -> Verdict {
    let identifiers = telling(identifiers, proof);
    let mut matches = identifiers
        .iter()
        .filter_map(|it| known(it).map(|customer| (it.kind, customer)));
    if let Some((kind, customer)) = matches.next() {
        let conflict = matches.any(|(_, other)| other != customer);
        return Verdict::Known(
            customer,
            Evidence {
                kind,
                proof,
                conflict,
            },
        );
    }
    let own_act = identifiers
        .iter()
        .find(|it| it.kind != IdentifierKind::Handle);
    match (own_act, identifiers.first()) {
        (Some(identifier), _) => Verdict::New(Evidence {
            kind: identifier.kind,
            proof,
            conflict: false,
        }),
        (None, Some(handle)) if ordered => Verdict::New(Evidence {
            kind: handle.kind,
            proof,
            conflict: false,
        }),
        _ => Verdict::Stranger,
    }
}

/// The identifiers that tell who somebody is. Of what is only claimed the strongest alone: who
/// claims the addresses of two people must not make one customer of them.
pub fn telling(identifiers: &[Identifier], proof: IdentityProof) -> &[Identifier] {
    match proof {
        IdentityProof::Claimed => identifiers.get(..1).unwrap_or(identifiers),
        _ => identifiers,
    }
}

#[cfg(test)]
mod tests {
    use IdentityProof::Shop;

    use super::*;

    fn identifier(kind: IdentifierKind, value: &str) -> Identifier {
        Identifier {
            kind,
            value: value.into(),
        }
    }

    #[test]
    fn the_strongest_identifier_decides_and_a_conflict_is_said() {
        let told = [
            identifier(IdentifierKind::Email, "a@b.org"),
            identifier(IdentifierKind::Phone, "+33600000000"),
        ];
        let known = |identifier: &Identifier| {
            if identifier.kind == IdentifierKind::Email {
                Some(CustomerKey::from_number(1))
            } else {
                Some(CustomerKey::from_number(2))
            }
        };
        let expected = Evidence {
            kind: IdentifierKind::Email,
            proof: Shop,
            conflict: true,
        };
        assert_eq!(
            recognise(&told, Shop, known, false),
            Verdict::Known(CustomerKey::from_number(1), expected)
        );
    }

    #[test]
    fn a_pseudonym_alone_stays_a_stranger() {
        let told = [identifier(IdentifierKind::Handle, "mastodon/jeanne")];
        assert_eq!(recognise(&told, Shop, |_| None, false), Verdict::Stranger);
        assert!(matches!(
            recognise(&told, Shop, |_| None, true),
            Verdict::New(_)
        ));
    }

    #[test]
    fn what_only_its_owner_gives_makes_a_customer() {
        let told = [
            identifier(IdentifierKind::Handle, "mastodon/jeanne"),
            identifier(IdentifierKind::Phone, "+33600000000"),
        ];
        let evidence = Evidence {
            kind: IdentifierKind::Phone,
            proof: Shop,
            conflict: false,
        };
        assert_eq!(
            recognise(&told, Shop, |_| None, false),
            Verdict::New(evidence)
        );
        assert_eq!(recognise(&[], Shop, |_| None, true), Verdict::Stranger);
    }

    #[test]
    fn of_a_claim_only_the_strongest_identifier_tells() {
        let told = [
            identifier(IdentifierKind::Email, "mine@b.org"),
            identifier(IdentifierKind::Phone, "+33600000000"),
        ];
        let by_phone = |identifier: &Identifier| {
            let of_another = identifier.kind == IdentifierKind::Phone;
            of_another.then(|| CustomerKey::from_number(2))
        };

        let claimed = recognise(&told, IdentityProof::Claimed, by_phone, false);
        assert!(matches!(claimed, Verdict::New(_)), "{claimed:?}");
        let proved = recognise(&told, Shop, by_phone, false);
        assert!(matches!(proved, Verdict::Known(..)), "{proved:?}");
    }
}
