//! Personal data in a text: first its format, then its check digits, so that an order number
//! is not taken for a card.

use std::sync::LazyLock;

use regex::Regex;

use crate::{
    PersonalData,
    check_digits::{card_is_valid, iban_remainder, nir_key, siren_is_valid, siret_is_valid},
};

struct Detector {
    kind: &'static str,
    shape: Regex,
    holds: fn(&str) -> bool,
}

/// In order: what an earlier detector found is not examined again.
static DETECTORS: LazyLock<Vec<Detector>> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "patterns of ours, the same at every start"
    )]
    let detector = |kind, shape: &str, holds| Detector {
        kind,
        shape: Regex::new(shape).expect("a pattern of ours is well-formed"),
        holds,
    };
    vec![
        detector(
            "email",
            r"(?i)[a-z0-9._%+\-]{1,64}@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,5}",
            |_| true,
        ),
        detector(
            "iban",
            r"(?i)\b[a-z]{2}\d{2}(?:[ \u{a0}]?[a-z0-9]{2,4}){3,8}\b",
            |it| iban_remainder(it) == Some(1),
        ),
        // Before cards: a social security number can satisfy Luhn by chance, and its own key is
        // the stronger proof.
        detector(
            "nir",
            r"(?i)\b[12][ \u{a0}]?\d{2}[ \u{a0}]?\d{2}[ \u{a0}]?(?:\d{2}|2[ab])[ \u{a0}]?\d{3}[ \u{a0}]?\d{3}[ \u{a0}]?\d{2}\b",
            nir,
        ),
        detector("card", r"\b\d(?:[ \u{a0}\-]?\d){12,18}\b", card_is_valid),
        detector(
            "siret",
            r"\b\d{3}[ \u{a0}]?\d{3}[ \u{a0}]?\d{3}[ \u{a0}]?\d{5}\b",
            siret_is_valid,
        ),
        detector(
            "phone",
            r"(?:\+|\b00)\d{1,3}[ .\u{a0}\-]?(?:\(0\)[ ]?)?\d(?:[ .\u{a0}\-]?\d){6,12}\b|\b0[1-9](?:[ .\u{a0}\-]?\d{2}){4}\b|\b0\d{3,4}[ ]\d{3}[ ]?\d{3,4}\b",
            |_| true,
        ),
        detector(
            "siren",
            r"(?i)(?:siren|rcs)\D{0,12}\d{3}[ \u{a0}]?\d{3}[ \u{a0}]?\d{3}\b",
            siren_is_valid,
        ),
        detector(
            "order",
            r"(?i)\b(?:commande|order|cde|contrat|contract|facture|invoice|dossier)\s{0,2}(?:number|num[ée]ro|n[o°]|no\.?|nr|ref|r[ée]f\.?)?\s{0,2}[:#°n]{0,2}\s{0,2}[a-z]{0,4}-?\d[a-z0-9\-]{3,19}\b",
            |_| true,
        ),
    ]
});

fn nir(text: &str) -> bool {
    let plain: String = text
        .chars()
        .filter(|it| it.is_ascii_alphanumeric())
        .collect();
    let Some((number, key)) = plain.split_at_checked(13) else {
        return false;
    };
    nir_key(number).is_some_and(|expected| key.parse() == Ok(expected))
}

/// The personal data in a text, in order of position, without overlap.
pub fn find(text: &str) -> Vec<PersonalData> {
    // Most messages contain neither; they need no further search.
    if !text
        .bytes()
        .any(|byte| byte.is_ascii_digit() || byte == b'@')
    {
        return Vec::new();
    }
    let mut found: Vec<PersonalData> = Vec::new();
    for detector in DETECTORS.iter() {
        for hit in detector
            .shape
            .find_iter(text)
            .filter(|hit| (detector.holds)(hit.as_str()))
        {
            if found
                .iter()
                .all(|known| hit.end() <= known.start || known.end <= hit.start())
            {
                found.push(PersonalData {
                    kind: detector.kind.into(),
                    start: hit.start(),
                    end: hit.end(),
                });
            }
        }
    }
    found.sort_by_key(|it| it.start);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<String> {
        find(text).into_iter().map(|it| it.kind).collect()
    }

    #[test]
    fn every_shape_is_compiled() {
        assert!(DETECTORS.len() > 5);
    }

    #[test]
    fn each_kind_is_found_and_its_look_alike_is_not() {
        assert_eq!(
            kinds("écrivez à jeanne.doe@example.org ou au 06 12 34 56 78"),
            ["email", "phone"]
        );
        assert_eq!(kinds("IBAN FR14 2004 1010 0505 0001 3M02 606"), ["iban"]);
        assert_eq!(
            kinds("FR15 2004 1010 0505 0001 3M02 606 est faux"),
            Vec::<String>::new()
        );
        assert_eq!(kinds("carte 4111 1111 1111 1111"), ["card"]);
        assert_eq!(kinds("carte 4111 1111 1111 1112"), Vec::<String>::new());
        assert_eq!(kinds("mon n° 2 55 08 14 168 025 38"), ["nir"]);
        assert_eq!(kinds("SIREN 732 829 320"), ["siren"]);
        assert_eq!(kinds("call me on +44 20 7946 0958"), ["phone"]);
        assert_eq!(kinds("commande n° HV-482913"), ["order"]);
        assert_eq!(kinds("il y a 3 semaines"), Vec::<String>::new());
    }
}
