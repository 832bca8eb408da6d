//! The verdict: a known customer, a new one, or a stranger; and its evidence.

use serde::{Deserialize, Serialize};

use vigie_model::{CustomerKey, Identifier, IdentifierKind};

/// Why an author is recognised as a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The identifier that proves it.
    pub kind: IdentifierKind,
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

/// Decides from identifiers, strongest first, with the customer each is already known for
/// (shared ones left out). `ordered`: the message contains an order number.
pub fn recognise(
    identifiers: &[Identifier],
    known: impl Fn(&Identifier) -> Option<CustomerKey>,
    ordered: bool,
) -> Verdict {
    let mut matches = identifiers
        .iter()
        .filter_map(|it| known(it).map(|customer| (it.kind, customer)));
    if let Some((kind, customer)) = matches.next() {
        let conflict = matches.any(|(_, other)| other != customer);
        return Verdict::Known(customer, Evidence { kind, conflict });
    }
    let own_act = identifiers
        .iter()
        .find(|it| it.kind != IdentifierKind::Handle);
    match (own_act, identifiers.first()) {
        (Some(identifier), _) => Verdict::New(Evidence {
            kind: identifier.kind,
            conflict: false,
        }),
        (None, Some(handle)) if ordered => Verdict::New(Evidence {
            kind: handle.kind,
            conflict: false,
        }),
        _ => Verdict::Stranger,
    }
}

#[cfg(test)]
mod tests {
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
            conflict: true,
        };
        assert_eq!(
            recognise(&told, known, false),
            Verdict::Known(CustomerKey::from_number(1), expected)
        );
    }

    #[test]
    fn a_pseudonym_alone_stays_a_stranger() {
        let told = [identifier(IdentifierKind::Handle, "mastodon/jeanne")];
        assert_eq!(recognise(&told, |_| None, false), Verdict::Stranger);
        assert!(matches!(recognise(&told, |_| None, true), Verdict::New(_)));
    }

    #[test]
    fn what_only_its_owner_gives_makes_a_customer() {
        let told = [
            identifier(IdentifierKind::Handle, "mastodon/jeanne"),
            identifier(IdentifierKind::Phone, "+33600000000"),
        ];
        let evidence = Evidence {
            kind: IdentifierKind::Phone,
            conflict: false,
        };
        assert_eq!(recognise(&told, |_| None, false), Verdict::New(evidence));
        assert_eq!(recognise(&[], |_| None, true), Verdict::Stranger);
    }
}
