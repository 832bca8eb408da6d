//! An answer must be signed by a named person, or by initials that identify one (row A20).

/// Whether the last lines contain the first name, the full name or the initials of `name`.
pub fn is_signed(text: &str, name: &str) -> bool {
    let tail: String = text
        .lines()
        .rev()
        .filter(|line| !line.trim().is_empty())
        .take(3)
        .collect::<Vec<_>>()
        .join(" ");
    let words: Vec<String> = tail
        .split(|it: char| !it.is_alphanumeric())
        .map(str::to_lowercase)
        .collect();
    let first = name
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let initials: String = name
        .split_whitespace()
        .filter_map(|word| word.chars().next())
        .collect::<String>()
        .to_lowercase();
    let bare_initials = tail.split_whitespace().next_back().is_some_and(|last| {
        last.trim_matches(|it: char| !it.is_alphanumeric())
            .to_lowercase()
            == initials
            && initials.chars().count() > 1
    });
    (!first.is_empty() && words.contains(&first)) || bare_initials
}

#[cfg(test)]
mod tests {
    use super::is_signed;

    #[test]
    fn a_name_or_initials_sign() {
        assert!(is_signed(
            "Bonjour,\nvotre colis part demain.\nClaire, service clients",
            "Claire Morvan"
        ));
        assert!(is_signed(
            "Your parcel leaves tomorrow. ^CM",
            "Claire Morvan"
        ));
        assert!(!is_signed("Votre colis part demain.", "Claire Morvan"));
        // One letter signs nothing: a sentence may end in it.
        assert!(!is_signed("Plan B, ou C", "Claire"));
        assert!(!is_signed("Votre colis part demain.", ""));
    }
}
