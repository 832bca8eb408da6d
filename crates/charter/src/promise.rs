//! A promise in an answer: a future act and a delay, so that the editor can offer to keep it
//! in view (K5).

/// A promise found in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DetectedPromise {
    /// First byte of the sentence.
    pub start: usize,
    /// Byte after its last.
    pub end: usize,
    /// The stated delay, in days; 0 is today.
    pub days: i64,
}

const FUTURE: &[&str] = &[
    "vous rappel",
    "vous rembours",
    "vous renvo",
    "vous expédi",
    "vous recevrez",
    "vous tiens",
    "vous tenons",
    "part ",
    "partira",
    "sera ",
    "serez ",
    "we will",
    "we'll",
    "i will",
    "i'll",
    "you will receive",
    "will be",
    "will leave",
];

const DELAYS: &[(&str, i64)] = &[
    ("aujourd", 0),
    ("ce soir", 0),
    ("today", 0),
    ("tonight", 0),
    ("après-demain", 2),
    ("demain", 1),
    ("tomorrow", 1),
    ("24 h", 1),
    ("24h", 1),
    ("48 h", 2),
    ("48h", 2),
    ("72 h", 3),
    ("72h", 3),
    ("24 hours", 1),
    ("48 hours", 2),
    ("deux jours", 2),
    ("trois jours", 3),
    ("cinq jours", 5),
    ("two days", 2),
    ("three days", 3),
    ("five days", 5),
    ("une semaine", 7),
    ("a week", 7),
    ("one week", 7),
    ("lundi", 7),
    ("mardi", 7),
    ("mercredi", 7),
    ("jeudi", 7),
    ("vendredi", 7),
    ("monday", 7),
    ("tuesday", 7),
    ("wednesday", 7),
    ("thursday", 7),
    ("friday", 7),
];

/// The first sentence that promises something within a delay. The name of a weekday counts as
/// a week: the person who sends sets the date.
pub fn find_promise(text: &str) -> Option<DetectedPromise> {
    let mut start = 0;
    for sentence in text.split_inclusive(['.', '!', '?', '\n']) {
        let end = start + sentence.len();
        let plain = sentence
            .to_lowercase()
            .replace(['\u{a0}', '\u{202f}'], " ")
            .replace('’', "'");
        let delay = DELAYS.iter().find(|(words, _)| plain.contains(words));
        if let (true, Some((_, days))) = (FUTURE.iter().any(|words| plain.contains(words)), delay) {
            return Some(DetectedPromise {
                start,
                end,
                days: *days,
            });
        }
        start = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::find_promise;

    #[test]
    fn a_future_and_a_delay_make_a_promise() {
        assert_eq!(
            find_promise("Merci. Nous vous rappelons demain avant 18 h.").map(|it| it.days),
            Some(1)
        );
        assert_eq!(
            find_promise("We will refund you within 48 hours.").map(|it| it.days),
            Some(2)
        );
        assert_eq!(find_promise("Merci pour votre message d'hier."), None);
    }

    #[test]
    fn a_promise_is_found_where_it_stands() {
        let text = "Bonjour. Merci ! Nous vous rappelons demain. Claire";
        let found = find_promise(text).unwrap();
        assert_eq!(
            text.get(found.start..found.end),
            Some(" Nous vous rappelons demain.")
        );
    }
}
