//! Check digits of identifiers: checksums that distinguish a real number from a look-alike.

/// The digits of a text, ignoring everything else.
fn digits(text: &str) -> impl DoubleEndedIterator<Item = u32> + '_ {
    text.chars().filter_map(|letter| letter.to_digit(10))
}

/// Luhn's sum (ISO/IEC 7812-1): true when it is a multiple of 10. Spaces and dashes are
/// ignored.
pub fn luhn(text: &str) -> bool {
    let mut any = false;
    let sum: u32 = digits(text)
        .rev()
        .zip([1, 2].into_iter().cycle())
        .map(|(digit, factor)| {
            any = true;
            let product = digit * factor;
            if product > 9 { product - 9 } else { product }
        })
        .sum();
    any && sum.is_multiple_of(10)
}

/// Whether this is a payment card number: 13 to 19 digits, Luhn.
pub fn card_is_valid(text: &str) -> bool {
    (13..=19).contains(&digits(text).count()) && luhn(text) && digits(text).any(|digit| digit != 0)
}

/// The remainder modulo 97 of an IBAN rearranged as in ISO 13616; 1 when it is valid. `None`
/// for another format.
pub fn iban_remainder(text: &str) -> Option<u32> {
    let plain: String = text
        .chars()
        .filter(|it| !it.is_whitespace())
        .collect::<String>()
        .to_uppercase();
    let (head, tail) = plain.split_at_checked(4)?;
    let shape =
        (15..=34).contains(&plain.len()) && plain.chars().all(|it| it.is_ascii_alphanumeric());
    let country = head.chars().take(2).all(|it| it.is_ascii_uppercase());
    let check = head.chars().skip(2).all(|it| it.is_ascii_digit());
    if !(shape && country && check) {
        return None;
    }
    tail.chars()
        .chain(head.chars())
        .try_fold(0, |rest, letter| {
            let value = letter.to_digit(36)?;
            Some(if value > 9 {
                (rest * 100 + value) % 97
            } else {
                (rest * 10 + value) % 97
            })
        })
}

/// The key of a French social security number's first 13 characters: 97 − (number mod 97);
/// Corsica's 2A and 2B count as 19 and 18. `None` for another format.
pub fn nir_key(text: &str) -> Option<u32> {
    let plain: String = text
        .chars()
        .filter(|it| it.is_ascii_alphanumeric())
        .collect::<String>()
        .to_uppercase();
    let number = if plain.get(5..7) == Some("2A") {
        plain.replacen("2A", "19", 1)
    } else {
        plain.replacen("2B", "18", 1)
    };
    if number.len() != 13 || !number.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let rest = digits(&number).fold(0, |rest, digit| (rest * 10 + digit) % 97);
    Some(97 - rest)
}

/// Whether this is a SIREN: nine digits, Luhn.
pub fn siren_is_valid(text: &str) -> bool {
    digits(text).count() == 9 && luhn(text)
}

/// Whether this is a SIRET: fourteen digits, Luhn; those of La Poste (SIREN 356000000) add up
/// to a multiple of 5 instead.
pub fn siret_is_valid(text: &str) -> bool {
    let plain: String = text.chars().filter(char::is_ascii_digit).collect();
    let la_poste = plain.starts_with("356000000") && digits(&plain).sum::<u32>().is_multiple_of(5);
    plain.len() == 14 && (luhn(&plain) || la_poste)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_exam_values() {
        assert_eq!(iban_remainder("FR14 2004 1010 0505 0001 3M02 606"), Some(1));
        assert_eq!(iban_remainder("FR15 2004 1010 0505 0001 3M02 606"), Some(2));
        assert_eq!(iban_remainder("GB82 WEST 1234 5698 7654 32"), Some(1));
        assert!(luhn("4111111111111111") && luhn("79927398713") && !luhn("4111111111111112"));
        assert!(siren_is_valid("732829320"));
        assert_eq!(nir_key("2 55 08 14 168 025"), Some(38));
    }

    #[test]
    fn other_shapes_are_nothing() {
        assert_eq!(iban_remainder("FR14"), None);
        assert_eq!(nir_key("12"), None);
        assert!(!luhn("") && !card_is_valid("0000000000000000"));
    }
}
