//! The language of a message: a library for texts with enough letters, common words for the
//! shortest.

use std::{collections::HashMap, sync::LazyLock};

use whatlang::{Detector, Lang};

use crate::fold::Tokens;

/// A language and its confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Language {
    /// ISO 639-1, or `und`.
    pub code: &'static str,
    /// 0–1.
    pub confidence: f64,
}

const UNKNOWN: Language = Language {
    code: "und",
    confidence: 0.0,
};

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

/// Common words, folded, of the languages customers write most often: French and English, the
/// languages of the interface, then neighbouring ones.
const EVERYDAY: [(&str, &str); 7] = [
    (
        "fr",
        "je vous le la les est et pas de des du une un mon ma mes que qui pour avec sur bonjour \
            merci svp c j \
         d ca avez suis tres toujours depuis votre vos nous on il elle au aux cette ce quand \
         pourquoi bonsoir \
         commande ne n l qu ai mais plus tout dans sont etre fait ou bien comme ont leur ses ces \
         sa tu moi me \
         se en y rien jamais aussi car",
    ),
    (
        "en",
        "i you the is are and not of to my your that this for with it hi hello thanks thank please \
            do don can \
         was have has still very why when what how we in at be so just me been will order got they \
         she he as \
         no if but or from all there would an by out up now get s t",
    ),
    (
        "es",
        "que de la el los las y en no un una por con para es se me mi lo le su al del como pero \
            mas muy esta \
         este ya yo tu si cuando donde nadie todo hola gracias ha han he hay quiero pedido porque \
         mis nos te \
         son desde hasta hace tengo estoy fue soy",
    ),
    (
        "it",
        "che di la il lo gli le e non un una per con del della al alla in si mi ma come sono ho ha \
            hai piu \
         anche mai questo questa ciao grazie vorrei mio mia io ci da dei delle nel nella se ancora \
         perche \
         quando tutto sto sei cosa ordine nessuno buongiorno",
    ),
    (
        "pt",
        "que de o os as e nao um uma por com para do da dos das em no na se me meu minha mais \
            muito eu voce \
         pra ja esta isso ola obrigado obrigada foi tem ao mas como quando ser sou estou pedido \
         ninguem ainda \
         so sem nos ele ela tenho",
    ),
    (
        "de",
        "ich und der die das ist nicht ein eine mit zu auf fur von mein meine wir sie es den dem \
            im auch noch \
         hallo danke wie was wann warum habe hat bin sind war aber wenn nur schon mir mich bei so \
         immer kein \
         keine bitte wo bestellung seit",
    ),
    (
        "nl",
        "ik de het een en is niet van dat die in op te met voor mijn je we ook nog hallo bedankt \
            dank hoe wat \
         wanneer waarom heb heeft ben zijn was maar als naar bij geen al er aan om bestelling \
         graag jullie",
    ),
];

/// The languages in which a word is common, one bit each: a text is scanned once, however many
/// languages there are.
static SPOKEN: LazyLock<HashMap<&'static str, u8>> = LazyLock::new(|| {
    let mut spoken = HashMap::new();
    for (place, (_, words)) in EVERYDAY.iter().enumerate() {
        for word in words.split(' ') {
            *spoken.entry(word).or_insert(0) |= 1 << place;
        }
    }
    spoken
});

/// A text of this many letters is left to the library when common words do not settle it.
const ENOUGH_LETTERS: usize = 24;

/// The language of a text. Common words decide first when one language clearly has most of
/// them: the library often misses ten words of a customer's French. French and English, the
/// languages of the interface, win a tie with a neighbour.
pub fn language(text: &str, tokens: &Tokens) -> Language {
    let mut counts = EVERYDAY.map(|(code, _)| (code, 0));
    for languages in tokens.iter().filter_map(|token| SPOKEN.get(token)) {
        for (place, (_, count)) in counts.iter_mut().enumerate() {
            *count += usize::from(languages >> place & 1);
        }
    }
    if let Some(language) = settled(&counts, tokens.len()) {
        return language;
    }
    let letters = text.chars().filter(|it| it.is_alphabetic()).count();
    let latin = text
        .chars()
        .filter(|it| it.is_alphabetic())
        .all(|it| it < '\u{250}');
    if letters < ENOUGH_LETTERS && latin {
        return short(&counts);
    }
    let allowed = LANGUAGES.iter().map(|(lang, _)| *lang).collect();
    let Some(info) = Detector::with_allowlist(allowed).detect(text) else {
        return UNKNOWN;
    };
    let code = LANGUAGES
        .iter()
        .find(|(lang, _)| *lang == info.lang())
        .map_or("und", |(_, code)| code);
    Language {
        code,
        confidence: info.confidence().clamp(0.0, 1.0),
    }
}

/// The language that clearly has most common words, when a text of that many words contains
/// enough of them.
fn settled(counts: &[(&'static str, usize)], words: usize) -> Option<Language> {
    // On a tie the first wins: French and English come before their neighbours.
    let (code, most) = *counts.iter().rev().max_by_key(|(_, count)| *count)?;
    let next = counts
        .iter()
        .filter(|(other, _)| *other != code)
        .map(|(_, count)| *count)
        .max()
        .unwrap_or(0);
    let is_supported = |code: &str| matches!(code, "fr" | "en");
    let of_house = counts
        .iter()
        .filter(|(other, _)| *other != code && is_supported(other))
        .map(|(_, count)| *count)
        .max();
    let clear = if is_supported(code) {
        most >= 2 * of_house.unwrap_or(0)
    } else {
        most > next
    };
    let confidence = (most as f64 / (most + next).max(1) as f64).min(0.99);
    (most >= 2 && clear && most * 8 >= words).then_some(Language { code, confidence })
}

/// For a few words: French or English, when only one of them has common words in it.
fn short(counts: &[(&'static str, usize)]) -> Language {
    let count = |wanted: &str| {
        counts
            .iter()
            .find(|(code, _)| *code == wanted)
            .map_or(0, |(_, count)| *count)
    };
    match (count("fr"), count("en")) {
        (0, 0) => UNKNOWN,
        (f, e) if f > e => Language {
            code: "fr",
            confidence: 0.6,
        },
        (f, e) if e > f => Language {
            code: "en",
            confidence: 0.6,
        },
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
    fn short_words_of_supported_languages_and_longer_ones_of_others() {
        assert_eq!(code("Bonjour, mon colis n'est pas arrivé"), "fr");
        assert_eq!(code("where is my order? it has not arrived"), "en");
        assert_eq!(
            code("Meine Bestellung ist noch nicht angekommen, was ist los?"),
            "de"
        );
        assert_eq!(
            code("¿Dónde está mi pedido? Todavía no ha llegado a mi casa"),
            "es"
        );
        assert_eq!(
            code("La lámpara que compré la semana pasada está rota y nadie me responde."),
            "es"
        );
        assert_eq!(
            code("Il pacco non è mai arrivato, vorrei un rimborso."),
            "it"
        );
        assert_eq!(
            code("O meu pedido ainda não chegou, ninguém me responde."),
            "pt"
        );
        assert_eq!(
            code("A csomag nem érkezett meg, a futár szerint a címem hibás"),
            "hu"
        );
        assert_eq!(code("👌 !!"), "und");
        assert_eq!(code("12345"), "und");
    }
}
