//! The text of an RTF document as Outlook writes it: no layout, and markup converted from HTML
//! is dropped.

/// Destinations whose content is not the author's text.
const SILENT: [&str; 12] = [
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "header",
    "footer",
    "themedata",
    "listtable",
    "listoverridetable",
    "generator",
];

#[derive(Clone, Copy, Default)]
struct RtfState {
    silent: bool,
    /// Inside text that was not in the author's HTML.
    made: bool,
    /// Bytes to skip after a character given by number.
    fallback: usize,
}

/// Plain text. Paragraphs and lines become lines.
pub fn text(rtf: &str) -> String {
    let mut reader = RtfReader {
        out: String::new(),
        states: vec![RtfState {
            fallback: 1,
            ..RtfState::default()
        }],
        skip: 0,
    };
    let mut rest = rtf;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        rest = match first {
            '{' => {
                reader.states.push(reader.state());
                after
            }
            '}' => {
                if reader.states.len() > 1 {
                    reader.states.pop();
                }
                after
            }
            '\\' => reader.control(after),
            '\r' | '\n' => after,
            letter => {
                reader.say(letter);
                after
            }
        };
    }
    reader.out
}

struct RtfReader {
    out: String,
    states: Vec<RtfState>,
    skip: usize,
}

impl RtfReader {
    fn state(&self) -> RtfState {
        self.states.last().copied().unwrap_or_default()
    }

    fn change(&mut self, change: impl Fn(&mut RtfState)) {
        if let Some(state) = self.states.last_mut() {
            change(state);
        }
    }

    fn say(&mut self, letter: char) {
        let state = self.state();
        if self.skip > 0 {
            self.skip -= 1;
        } else if !state.silent && !state.made {
            self.out.push(letter);
        }
    }

    /// Reads a control word after a backslash; returns the rest.
    fn control<'a>(&mut self, rest: &'a str) -> &'a str {
        let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (word, after) = rest.split_at(length);
        if word.is_empty() {
            return self.symbol(rest);
        }
        let digits = after.bytes().enumerate();
        let digits = digits
            .take_while(|(at, it)| it.is_ascii_digit() || (*at == 0 && *it == b'-'))
            .count();
        let (number, after) = after.split_at(digits);
        self.word(word, number.parse().ok());
        after.strip_prefix(' ').unwrap_or(after)
    }

    fn symbol<'a>(&mut self, rest: &'a str) -> &'a str {
        let Some(symbol) = rest.chars().next() else {
            return rest;
        };
        let after = rest.get(symbol.len_utf8()..).unwrap_or_default();
        match symbol {
            '\'' => {
                let byte = after
                    .get(..2)
                    .and_then(|it| u8::from_str_radix(it, 16).ok());
                for letter in byte
                    .map(|it| super::decode(&[it]))
                    .unwrap_or_default()
                    .chars()
                {
                    self.say(letter);
                }
                return if byte.is_some() {
                    after.get(2..).unwrap_or_default()
                } else {
                    after
                };
            }
            '*' => self.change(|it| it.silent = true),
            '~' => self.say('\u{a0}'),
            '_' => self.say('-'),
            '\\' | '{' | '}' => self.say(symbol),
            _ => {}
        }
        after
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        match word {
            "par" | "line" | "row" => self.say('\n'),
            "tab" | "cell" => self.say('\t'),
            "emdash" => self.say('—'),
            "endash" => self.say('–'),
            "lquote" => self.say('‘'),
            "rquote" => self.say('’'),
            "ldblquote" => self.say('“'),
            "rdblquote" => self.say('”'),
            "bullet" => self.say('•'),
            "u" => {
                // Numbers above 32767 are written as negative ones.
                let unit = number.map_or(0xFFFD, |it| u32::from(it as i16 as u16));
                self.say(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
                self.skip = self.state().fallback;
            }
            "uc" => self.change(|state| {
                state.fallback = usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(8)
            }),
            // Text between `htmlrtf` and `htmlrtf0` is needed only by the RTF.
            "htmlrtf" => self.change(|it| it.made = number != Some(0)),
            silent if SILENT.contains(&silent) => self.change(|it| it.silent = true),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_remain_and_layout_goes() {
        let rtf = r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\pard Bonjour \b Jeanne\b0 ,\par d\'e9j\'e0 \u8364?10\line 100\~\%}";
        assert_eq!(text(rtf), "Bonjour Jeanne,\ndéjà €10\n100\u{a0}");
    }

    #[test]
    fn what_was_html_is_read_without_what_rtf_added() {
        let rtf = r"{\rtf1\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Where is it?\htmlrtf\par}\htmlrtf0 {\*\htmltag72 </p>}}";
        assert_eq!(text(rtf).trim(), "Where is it?");
    }

    #[test]
    fn any_text_is_read() {
        for odd in [
            "",
            "\\",
            "{\\'",
            "}}}}",
            "\\u",
            "{\\*",
            "\\'é",
            "\\uc99999999999 \\u1",
        ] {
            text(odd);
        }
    }
}
