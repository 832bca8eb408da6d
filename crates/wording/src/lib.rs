//! The sentences that customers and colleagues read outside the UI, on pages and in mails, in each
//! language. They stand in `web/src/i18n/languages/server.<language>.toml`, beside those of the
//! UI. The build makes a type of them: a sentence that one language lacks, or whose `{places}`
//! differ, does not compile. It knows nothing of pages, mails or who reads them.

mod typography;

use std::fmt::Display;

use vigie_model::Lang;

pub use typography::french;

include!(concat!(env!("OUT_DIR"), "/catalogues.rs"));

/// Every sentence in a language.
pub const fn catalogue(lang: Lang) -> &'static Catalogue {
    match lang {
        Lang::En => &EN,
        Lang::Fr => &FR,
    }
}

/// Words by the code they stand for.
#[derive(Debug)]
pub struct WordsByCode(&'static [(&'static str, &'static str)]);

impl WordsByCode {
    /// The words of a code; `None` when it means nothing to a person.
    pub fn get(&self, code: &str) -> Option<&'static str> {
        let found = self.0.iter().find(|(known, _)| *known == code);
        found.map(|(_, words)| *words)
    }
}

/// The sentence with each `{place}` replaced by its value; values are never looked through for
/// places of their own.
fn fill(sentence: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut pieces = sentence.split('{');
    let mut filled = String::from(pieces.next().unwrap_or("")); // default: split gives at least one

    for piece in pieces {
        let (place, rest) = piece.split_once('}').unwrap_or((piece, "")); // default: the build refuses it
        if let Some((_, value)) = values.iter().find(|(name, _)| *name == place) {
            filled.push_str(&value.to_string());
        }
        filled.push_str(rest);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_is_typeset_as_in_the_ui() {
        let cases = include_str!("../../../web/src/i18n/typography.cases.json");
        let cases: Vec<(String, String)> = serde_json::from_str(cases).unwrap();

        assert!(cases.len() > 10);
        for (typed, typeset) in cases {
            assert_eq!(french(&typed), typeset, "{typed}");
            assert_eq!(french(&typeset), typeset, "twice: {typed}");
        }
    }

    #[test]
    fn a_value_is_put_in_its_place_and_never_read_for_places() {
        let hostile = "{number} {";
        let filled = fill(
            "{name}: no. {number}.",
            &[("name", &hostile), ("number", &7)],
        );
        assert_eq!(filled, "{number} {: no. 7.");
    }

    #[test]
    fn each_language_says_it_in_its_own_words() {
        let (en, fr) = (catalogue(Lang::En), catalogue(Lang::Fr));
        assert_eq!(en.pages.case_number(12), "Your case is number 12.");
        assert_eq!(
            fr.pages.case_number(12),
            "Votre dossier porte le n°\u{a0}12."
        );
        assert_eq!(fr.copy.headings.get("visits"), Some("Vos visites"));
        assert_eq!(fr.copy.headings.get("weather"), None);
    }
}
