/// French spacing: a narrow no-break space before `; ! ?` and inside « », a no-break space before
/// `:` and units, real apostrophes and ellipses. The same as the UI's, which the same table of
/// cases checks; applied to our own sentences only, never to what a customer wrote.
pub fn french(text: &str) -> String {
    let letters: Vec<char> = text
        .replace("...", "…")
        .replace("n° ", "n°\u{a0}")
        .chars()
        .collect();
    let mut typeset = String::with_capacity(text.len());

    for (place, letter) in letters.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| letters.get(before));
        let rest = letters.get(place + 1..).unwrap_or(&[]); // default: the end of the text
        typeset.push(match letter {
            '\'' if before.is_some_and(|it| it.is_alphabetic()) => '’',
            ' ' => french_space(before, rest),
            other => *other,
        });
    }
    typeset
}

/// The space that French puts between these two.
fn french_space(before: Option<&char>, rest: &[char]) -> char {
    match (before, rest.first()) {
        (Some('«'), _) | (_, Some(';' | '!' | '?' | '»')) => '\u{202f}',
        (_, Some(':')) => '\u{a0}',
        (Some(digit), _) if digit.is_ascii_digit() && is_unit(rest) => '\u{a0}',
        _ => ' ',
    }
}

fn is_unit(rest: &[char]) -> bool {
    let word: String = rest.iter().take_while(|it| it.is_alphanumeric()).collect();
    matches!(rest.first(), Some('%' | '€')) || matches!(word.as_str(), "h" | "min" | "j" | "Mo")
}
