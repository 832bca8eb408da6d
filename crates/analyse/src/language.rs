//! The language of a message: a library for texts with enough letters, everyday words for the shortest.

use whatlang::{Detector, Lang};

use crate::fold::Tokens;

/// A language and how sure we are, 0–1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Language {
    /// ISO 639-1, or `und`.
    pub code: &'static str,
    /// 0–1.
    pub confidence: f64,
}

const UNKNOWN: Language = Language { code: "und", confidence: 0.0 };

const LANGUAGES: &[(Lang, &str)] = &[
    (Lang::Fra, "fr"),
    (Lang::Eng, "en"),
    (Lang::Deu, "de"),
    (Lang::Spa, "es"),
    (Lang::Ita, "it"),
    (Lang::Por, "pt"),
    (Lang::Nld, "nl"),
    (Lang::Cat, "ca"),
    (Lang::Pol, "pl"),
    (Lang::Ron, "ro"),
    (Lang::Ces, "cs"),
    (Lang::Slk, "sk"),
    (Lang::Hun, "hu"),
    (Lang::Swe, "sv"),
    (Lang::Dan, "da"),
    (Lang::Nob, "no"),
    (Lang::Fin, "fi"),
    (Lang::Tur, "tr"),
    (Lang::Ell, "el"),
    (Lang::Rus, "ru"),
    (Lang::Ukr, "uk"),
    (Lang::Bul, "bg"),
    (Lang::Ara, "ar"),
    (Lang::Heb, "he"),
    (Lang::Cmn, "zh"),
    (Lang::Jpn, "ja"),
    (Lang::Kor, "ko"),
    (Lang::Vie, "vi"),
];

const FRENCH: &[&str] = &[
    "je", "vous", "le", "la", "les", "est", "et", "pas", "de", "des", "du", "une", "un", "mon", "ma", "mes", "que",
    "qui", "pour", "avec", "sur", "bonjour", "merci", "svp", "c", "j", "d", "ca", "avez", "suis", "tres", "toujours",
    "depuis", "votre", "vos", "nous", "on", "il", "elle", "au", "aux", "cette", "ce", "quand", "pourquoi", "bonsoir",
    "commande",
];
const ENGLISH: &[&str] = &[
    "i", "you", "the", "is", "are", "and", "not", "of", "to", "my", "your", "that", "this", "for", "with", "it", "hi",
    "hello", "thanks", "thank", "please", "do", "don", "can", "was", "have", "has", "still", "very", "why", "when",
    "what", "how", "we", "in", "at", "be", "so", "just", "me", "been", "will", "order", "got", "they", "she", "he",
];

/// A text this long is left to the library when everyday words do not settle it.
const ENOUGH_LETTERS: usize = 24;

/// The language of a text. The house speaks French and English: everyday words settle those two first, which the
/// library often misses on ten words of customer's French.
pub fn language(text: &str, tokens: &Tokens) -> Language {
    let count = |words: &[&str]| tokens.iter().filter(|token| words.contains(token)).count();
    let (french, english) = (count(FRENCH), count(ENGLISH));
    let everyday = french.max(english);
    if everyday >= 2 && everyday >= 2 * french.min(english) && everyday * 8 >= tokens.len() {
        let code = if french > english { "fr" } else { "en" };
        let confidence = (everyday as f64 / (french + english) as f64).min(0.99);
        return Language { code, confidence };
    }
    let letters = text.chars().filter(|it| it.is_alphabetic()).count();
    let latin = text.chars().filter(|it| it.is_alphabetic()).all(|it| it < '\u{250}');
    if letters < ENOUGH_LETTERS && latin {
        return short(french, english);
    }
    let allowed = LANGUAGES.iter().map(|(lang, _)| *lang).collect();
    let Some(info) = Detector::with_allowlist(allowed).detect(text) else { return UNKNOWN };
    let code = LANGUAGES.iter().find(|(lang, _)| *lang == info.lang()).map_or("und", |(_, code)| code);
    Language { code, confidence: info.confidence().clamp(0.0, 1.0) }
}

fn short(french: usize, english: usize) -> Language {
    match (french, english) {
        (0, 0) => UNKNOWN,
        (f, e) if f > e => Language { code: "fr", confidence: 0.6 },
        (f, e) if e > f => Language { code: "en", confidence: 0.6 },
        _ => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        language(text, &Tokens::of(text)).code
    }

    #[test]
    fn short_words_of_the_house_and_longer_ones_of_others() {
        assert_eq!(code("Bonjour, mon colis n'est pas arrivé"), "fr");
        assert_eq!(code("where is my order? it has not arrived"), "en");
        assert_eq!(code("Meine Bestellung ist noch nicht angekommen, was ist los?"), "de");
        assert_eq!(code("¿Dónde está mi pedido? Todavía no ha llegado a mi casa"), "es");
        assert_eq!(code("👌 !!"), "und");
        assert_eq!(code("12345"), "und");
    }
}
