//! Lines that introduce a quotation: « Le … a écrit : », "On … wrote:", separators, header
//! blocks.

use std::sync::LazyLock;

use regex::RegexSet;

use super::pattern::any_of;
/// How a quotation begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotationStart {
    /// A sentence over this many lines; quoted lines may follow, with answers between them.
    Sentence(usize),
    /// Everything that follows is the older mail.
    AllThatFollows,
    /// Everything that follows is a forwarded mail.
    Forwarded,
}

/// The largest number of lines over which programs break the sentence.
const LONGEST: usize = 4;

static SENTENCES: LazyLock<RegexSet> = LazyLock::new(|| {
    any_of([
        r"(?i)^le\s.{3,300}\ba\s+[ée]crit\s*(:|-{3,})$",
        r"(?i)^on\s.{3,300}\bwrote\s*(:|-{3,})$",
        r"(?i)^(am|el|il|op|em)\s.{3,300}\b(schrieb|escribi[óo]|ha scritto|schreef|escreveu)\b.{0,120}:$",
        r"^\d{4}-\d{2}-\d{2},? \d{1,2}:\d{2}.{0,200}:$",
    ])
});
static NAMED_FIRST: LazyLock<RegexSet> =
    LazyLock::new(|| any_of([r"(?i)^.{2,200}\s(a\s+[ée]crit|wrote)\b.{0,120}:$"]));
/// What distinguishes a program's sentence from a person's: an address, a time, a year.
static PROVED: LazyLock<RegexSet> = LazyLock::new(|| {
    any_of([
        r"@",
        r"\d{1,2}[:h]\d{2}",
        r"\b(19|20)\d{2}\b",
        r"\d{1,2}/\d{1,2}/\d{2}",
    ])
});
static SEPARATORS: LazyLock<RegexSet> = LazyLock::new(|| {
    any_of([
        r"(?i)^[-_=*\s]{2,}(message|mail|e-mail|courriel) (d['’]origine|original)[-_=*:\s]*$",
        r"(?i)^[-_=*\s]{2,}original (message|appointment|e-?mail)[-_=*:\s]*$",
        r"(?i)^-{3,}\s*below this line is a copy",
        r"(?i)^[-_=*\s]{2,}(ursprüngliche nachricht|mensaje original|messaggio originale)[-_=*\s]*$",
    ])
});
static FORWARDS: LazyLock<RegexSet> = LazyLock::new(|| {
    any_of([
        r"(?i)^[-_=*\s]{2,}(message|mail|e-mail) (transf[ée]r[ée]|r[ée]exp[ée]di[ée])[-_=*:\s]*$",
        r"(?i)^[-_=*\s]{2,}forwarded (message|mail|e-mail)( -* ?from .*)?[-_=*:\s]*$",
        r"(?i)^(d[ée]but du message (r[ée]exp[ée]di[ée]|transf[ée]r[ée])|begin forwarded message)\s*:$",
    ])
});

fn is(set: &LazyLock<RegexSet>, text: &str) -> bool {
    set.is_match(text)
}

/// Whether a quotation begins at the first of these lines.
pub fn opening(lines: &[&str]) -> Option<QuotationStart> {
    let first = lines.first()?.trim();
    if first.is_empty() {
        return None;
    }
    if is(&FORWARDS, first) {
        return Some(QuotationStart::Forwarded);
    }
    if is(&SEPARATORS, first) || begins_with_headers(lines) {
        return Some(QuotationStart::AllThatFollows);
    }
    let rule = first.len() >= 20 && first.chars().all(|it| matches!(it, '_' | '-'));
    if rule
        && lines
            .get(1..)
            .is_some_and(|rest| begins_with_headers(skip_blank(rest)))
    {
        return Some(QuotationStart::AllThatFollows);
    }
    sentence(lines).map(QuotationStart::Sentence)
}

fn skip_blank<'a, 'b>(lines: &'a [&'b str]) -> &'a [&'b str] {
    let blank = lines.iter().take_while(|it| it.trim().is_empty()).count();
    lines.get(blank..).unwrap_or_default()
}

/// The number of lines of the sentence, if one begins here.
fn sentence(lines: &[&str]) -> Option<usize> {
    let mut joined = String::new();
    for (number, line) in lines.iter().take(LONGEST).enumerate() {
        let line = line.trim();
        if line.is_empty() || joined.len() + line.len() > 500 {
            return None;
        }
        if number > 0 {
            joined.push(' ');
        }
        // Zoho surrounds its sentence with a rule.
        joined.push_str(
            line.trim_start_matches("---")
                .trim_start_matches(['-', ' ']),
        );
        let addressed = lines.first().is_some_and(|it| it.contains(['@', '<']));
        let named_first = (number == 0 || (number == 1 && addressed)) && is(&NAMED_FIRST, &joined);
        if is(&PROVED, &joined) && (is(&SENTENCES, &joined) || named_first) {
            // Take the shortest match: text before a complete sentence is not part of it.
            let later = (1..=number)
                .filter_map(|it| lines.get(it..))
                .any(|it| starts(it) && sentence(it).is_some());
            return (!later).then_some(number + 1);
        }
    }
    None
}

fn starts(lines: &[&str]) -> bool {
    let first = lines
        .first()
        .and_then(|it| it.split_whitespace().next())
        .unwrap_or_default()
        .to_lowercase();
    matches!(
        first.as_str(),
        "le" | "on" | "am" | "el" | "il" | "op" | "em"
    )
}

/// Labels of the headers that programs write above an older mail; each group is one header.
const LABELS: [&[&str]; 6] = [
    &["de", "from", "von", "expéditeur", "expediteur"],
    &[
        "envoyé",
        "envoye",
        "sent",
        "date",
        "le",
        "gesendet",
        "envoyé le",
    ],
    &["à", "a", "to", "an", "pour", "destinataire"],
    &["objet", "subject", "betreff", "sujet"],
    &["cc", "copie à", "copie"],
    &["reply-to", "répondre à", "importance", "reply to"],
];

fn label(line: &str) -> Option<usize> {
    let bare = line.trim().trim_start_matches(['*', '_', '>', '|', ' ']);
    let (name, _) = bare.split_once(':')?;
    let name = name
        .trim_matches(|it: char| it == '*' || it == '_' || it.is_whitespace())
        .to_lowercase();
    LABELS
        .iter()
        .position(|names| names.contains(&name.as_str()))
}

/// Three different headers among the first eight lines, the first of them on the first line.
fn begins_with_headers(lines: &[&str]) -> bool {
    let Some(first) = lines.first().and_then(|it| label(it)).filter(|it| *it < 2) else {
        return false;
    };
    let mut seen = vec![first];
    for line in lines.iter().skip(1).take(8) {
        match label(line) {
            Some(header) if !seen.contains(&header) => seen.push(header),
            _ => {}
        }
    }
    seen.len() >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for set in [&SENTENCES, &NAMED_FIRST, &PROVED, &SEPARATORS, &FORWARDS] {
            assert!(!set.is_empty());
        }
    }

    #[test]
    fn sentences_of_programs_open_a_quotation() {
        let one = |line| opening(&[line]);
        assert_eq!(
            one("Le lun. 2 mars 2026 à 10:14, Halvenne <s@h.example> a écrit :"),
            Some(QuotationStart::Sentence(1))
        );
        assert_eq!(
            one("Le 02/03/2026 à 10:14, Halvenne a écrit\u{a0}:"),
            Some(QuotationStart::Sentence(1))
        );
        assert_eq!(
            one("On Mon, 2 Mar 2026 at 10:14, Halvenne <s@h.example> wrote:"),
            Some(QuotationStart::Sentence(1))
        );
        assert_eq!(
            one("Halvenne <s@h.example> a écrit le lun. 2 mars 2026 à 10:14 :"),
            Some(QuotationStart::Sentence(1))
        );
        let broken = [
            "Le lun. 2 mars 2026 à 10:14, Service",
            "clients <s@h.example> a",
            "écrit :",
        ];
        assert_eq!(opening(&broken), Some(QuotationStart::Sentence(3)));
    }

    #[test]
    fn sentences_of_people_do_not() {
        for line in [
            "Le vendeur a écrit : non remboursable sur mon ticket",
            "Le vendeur a écrit :",
            "On the box your colleague wrote: no refunds",
            "On the box your colleague wrote:",
        ] {
            assert_eq!(opening(&[line]), None, "{line}");
        }
        let two = [
            "Le colis 1234 est arrivé.",
            "Le 2 mars 2026 à 10:14, Halvenne a écrit :",
        ];
        assert_eq!(opening(&two), None);
    }

    #[test]
    fn separators_and_headers_open_all_that_follows() {
        assert_eq!(
            opening(&["-----Message d'origine-----"]),
            Some(QuotationStart::AllThatFollows)
        );
        assert_eq!(
            opening(&["-------- Original message --------"]),
            Some(QuotationStart::AllThatFollows)
        );
        assert_eq!(
            opening(&["---------- Forwarded message ---------"]),
            Some(QuotationStart::Forwarded)
        );
        let block = [
            "De : Halvenne <s@h.example>",
            "Envoyé : lundi 2 mars",
            "À : moi",
            "Objet : colis",
        ];
        assert_eq!(opening(&block), Some(QuotationStart::AllThatFollows));
        assert_eq!(opening(&["De : ma sœur", "un cadeau"]), None);
    }
}
