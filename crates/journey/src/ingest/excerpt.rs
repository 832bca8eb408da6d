//! The excerpt of its messages that a case stores, on one line.

/// The beginning of a text, on one line.
pub fn first_words(text: &str, longest: usize) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if line.chars().count() + word.chars().count() >= longest {
            let left = longest.saturating_sub(line.chars().count() + 1);
            if line.is_empty() {
                line.extend(word.chars().take(left));
            }
            line.push('…');
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_words_stop_at_a_word() {
        assert_eq!(
            first_words("mon  colis\nest perdu", 40),
            "mon colis est perdu"
        );
        assert_eq!(first_words("mon colis est perdu", 12), "mon colis…");
        assert_eq!(first_words("anticonstitutionnellement", 10), "anticonst…");
    }
}
