//! Identifiers in their normal form: two spellings of one address are one identifier.

use vigie_model::{Identifier, IdentifierKind, IncomingAuthor};

/// What a message reveals about its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorIdentifiers {
    /// Strongest first.
    pub identifiers: Vec<Identifier>,
    /// Identifies the author within its source; `None` when the message reveals nothing.
    pub key: Option<String>,
}

impl AuthorIdentifiers {
    /// Reads the identifiers of an author. `network` is the network of a handle; `phone_country`
    /// applies to numbers without a prefix.
    pub fn of(author: &IncomingAuthor, network: &str, phone_country: &str) -> Self {
        let mut identifiers = Vec::new();
        let mut add = |kind, value: Option<String>| {
            identifiers.extend(value.map(|value| Identifier { kind, value }));
        };
        add(IdentifierKind::ShopId, plain(author.customer_id.as_deref()));
        add(
            IdentifierKind::Email,
            author.email.as_deref().and_then(email),
        );
        add(
            IdentifierKind::Phone,
            author
                .phone
                .as_deref()
                .and_then(|it| phone(it, phone_country)),
        );
        let handle =
            plain(author.handle.as_deref()).map(|it| it.trim_start_matches('@').to_lowercase());
        add(
            IdentifierKind::Handle,
            handle
                .filter(|it| !it.is_empty())
                .map(|it| format!("{network}/{it}")),
        );
        let key = identifiers.first().map(Identifier::tagged);
        let key = key.or_else(|| {
            plain(author.name.as_deref()).map(|name| format!("name:{}", name.to_lowercase()))
        });
        Self { identifiers, key }
    }
}

fn plain(text: Option<&str>) -> Option<String> {
    text.map(str::trim)
        .filter(|it| !it.is_empty())
        .map(|it| it.chars().take(200).collect())
}

/// An e-mail in its normal form: trimmed, lower case; for Gmail without dots and without the
/// part after a plus, which Gmail ignores. `None` when it is not an address.
pub fn email(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches("mailto:").to_lowercase();
    let (local, domain) = text.rsplit_once('@')?;
    let sane = |part: &str| {
        !part.is_empty() && !part.contains(|it: char| it.is_whitespace() || it == '@' || it == ',')
    };
    let dotted = domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.');
    if !(sane(local) && sane(domain) && dotted && text.len() <= 254) {
        return None;
    }
    if matches!(domain, "gmail.com" | "googlemail.com") {
        let bare = local.split('+').next().unwrap_or(local).replace('.', "");
        return Some(format!("{bare}@gmail.com"));
    }
    Some(format!("{local}@{domain}"))
}

/// A telephone number as E.164; `None` when it is not a possible number of that country.
pub fn phone(text: &str, country: &str) -> Option<String> {
    let country = country.parse().ok();
    let number = phonenumber::parse(country, text.trim()).ok()?;
    phonenumber::is_valid(&number)
        .then(|| number.format().mode(phonenumber::Mode::E164).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one() {
        assert_eq!(
            email(" Jeanne.Doe@Example.ORG ").as_deref(),
            Some("jeanne.doe@example.org")
        );
        assert_eq!(
            email("jeanne.doe+shop@gmail.com"),
            email("JeanneDoe@googlemail.com")
        );
        assert_eq!(email("mailto:A@b.example").as_deref(), Some("a@b.example"));
        for wrong in [
            "not an address",
            "a@b",
            "@b.example",
            "a@",
            "a@.example",
            "a@example.",
            "a b@c.example",
            "a@b@c.example",
            "a,b@c.example",
            "a@b c.example",
        ] {
            assert_eq!(email(wrong), None, "{wrong}");
        }
        let long = |letters: usize| email(&format!("{}@b.example", "a".repeat(letters)));
        assert!(long(244).is_some());
        assert_eq!(long(245), None);
    }

    #[test]
    fn spellings_of_one_number_are_one() {
        for spelling in [
            "06 12 34 56 78",
            "+33 6 12 34 56 78",
            "0033612345678",
            "06.12.34.56.78",
        ] {
            assert_eq!(
                phone(spelling, "FR").as_deref(),
                Some("+33612345678"),
                "{spelling}"
            );
        }
        assert_eq!(phone("12", "FR"), None);
    }

    #[test]
    fn a_handle_belongs_to_its_network() {
        let author = IncomingAuthor {
            handle: Some("@Jeanne".into()),
            ..IncomingAuthor::default()
        };
        let told = AuthorIdentifiers::of(&author, "mastodon", "FR");
        assert_eq!(told.key.as_deref(), Some("handle:mastodon/jeanne"));
    }
}
