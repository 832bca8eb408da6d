//! `mbox`: many mails in one file, each after a line `From …`. Variants differ in how they
//! escape such a line inside a mail: a line starts a mail only when it looks like such a
//! separator, and one `>` is removed from `>From`.

use std::io::{self, BufRead};

/// Larger mails are reported and left out, in bytes.
pub const LARGEST: usize = 60 * 1024 * 1024;

/// A mail of the file.
pub struct MboxMessage {
    /// From 1.
    pub number: u64,
    /// Byte offset of its first line.
    pub offset: u64,
    /// As received; `None` when it is too large.
    pub raw: Option<Vec<u8>>,
}

/// Reads one mail after the other, one in memory at a time.
pub struct Mbox<R> {
    input: R,
    line: Vec<u8>,
    offset: u64,
    number: u64,
    begun: bool,
    done: bool,
}

impl<R: BufRead> Mbox<R> {
    /// Starts reading.
    pub const fn new(input: R) -> Self {
        Self {
            input,
            line: Vec::new(),
            offset: 0,
            number: 0,
            begun: false,
            done: false,
        }
    }

    fn read_line(&mut self) -> io::Result<usize> {
        self.line.clear();
        // A line without end is read in pieces: no line can be longer than a mail may be.
        let read =
            io::Read::take(&mut self.input, LARGEST as u64).read_until(b'\n', &mut self.line)?;
        self.offset += read as u64;
        Ok(read)
    }

    /// Whether the next line is a header, such as `Subject: …`.
    fn header_follows(&mut self) -> io::Result<bool> {
        let next = self.input.fill_buf()?;
        let name = next
            .iter()
            .take_while(|it| it.is_ascii_alphanumeric() || **it == b'-')
            .count();
        Ok(name > 0 && next.get(name) == Some(&b':'))
    }

    fn piece(&mut self) -> io::Result<Option<MboxMessage>> {
        while !self.begun {
            if self.read_line()? == 0 {
                return Ok(None);
            }
            self.begun = begins(&self.line);
            // A file without any separator line is one mail.
            if !self.begun && !self.line.trim_ascii().is_empty() {
                let first = std::mem::take(&mut self.line);
                return self.mail(first, 0).map(Some);
            }
        }
        let offset = self.offset;
        self.mail(Vec::new(), offset).map(Some)
    }

    fn mail(&mut self, mut raw: Vec<u8>, offset: u64) -> io::Result<MboxMessage> {
        self.number += 1;
        let (mut large, mut blank) = (false, true);
        loop {
            if self.read_line()? == 0 {
                self.done = true;
                break;
            }
            // A damaged mail may not end with a blank line: the mail after it must not be lost
            // with it.
            if begins(&self.line) && (blank || self.header_follows()?) {
                self.begun = true;
                break;
            }
            blank = self.line.trim_ascii().is_empty();
            let line = unquoted(&self.line);
            large = large || raw.len() + line.len() > LARGEST;
            if large {
                raw.clear();
            } else {
                raw.extend_from_slice(line);
            }
        }
        Ok(MboxMessage {
            number: self.number,
            offset,
            raw: (!large).then_some(raw),
        })
    }
}

impl<R: BufRead> Iterator for Mbox<R> {
    type Item = io::Result<MboxMessage>;

    fn next(&mut self) -> Option<io::Result<MboxMessage>> {
        if self.done {
            return None;
        }
        match self.piece() {
            Ok(Some(piece)) => Some(Ok(piece)),
            Ok(None) => {
                self.done = true;
                None
            }
            Err(error) => {
                self.done = true;
                Some(Err(error))
            }
        }
    }
}

/// Matches `From someone Tue Oct 31 22:10:47 2017`: a word, and a year and a time somewhere
/// after it.
fn begins(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else {
        return false;
    };
    let words: Vec<&[u8]> = rest
        .split(u8::is_ascii_whitespace)
        .filter(|it| !it.is_empty())
        .collect();
    let is_time = |word: &[u8]| {
        word.len() >= 4
            && word.contains(&b':')
            && word
                .iter()
                .all(|byte| byte.is_ascii_digit() || *byte == b':')
    };
    let is_year = |it: &[u8]| it.len() == 4 && it.iter().all(u8::is_ascii_digit);
    words.iter().any(|it| is_time(it)) && words.iter().any(|it| is_year(it))
}

/// Turns `>From` back into `From`, and `>>From` into `>From` (mboxrd).
fn unquoted(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|it| **it == b'>').count();
    let quoted = marks > 0 && line.get(marks..).is_some_and(|it| it.starts_with(b"From "));
    if quoted {
        line.get(1..).unwrap_or_default()
    } else {
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mails(text: &str) -> Vec<String> {
        let all = Mbox::new(text.as_bytes())
            .map(|it| String::from_utf8(it.unwrap().raw.unwrap()).unwrap());
        all.collect()
    }

    #[test]
    fn mails_are_told_apart_and_a_line_that_begins_with_from_stays() {
        let text = "From a@b Tue Oct 31 22:10:47 2017\nSubject: 1\n\nFrom here on it is \
            broken.\n>From me\n>>From you\n\n\
                    From - Tue Oct 31 22:11:00 2017 +0000\nSubject: 2\n\nSecond.\n";
        let mails = mails(text);
        assert_eq!(mails.len(), 2);
        assert!(mails[0].contains("\nFrom here on") && mails[0].contains("\nFrom me\n>From you\n"));
        assert_eq!(mails[1], "Subject: 2\n\nSecond.\n");
    }

    #[test]
    fn a_damaged_mail_takes_no_other_with_it() {
        let text = "From a Tue Oct 31 22:10:47 2017\n\u{1}\u{2}\u{3}\nFrom b Tue Oct 31 22:11:00 \
            2017\nSubject: 2\n\nSecond.\n";
        assert_eq!(
            mails(text),
            ["\u{1}\u{2}\u{3}\n", "Subject: 2\n\nSecond.\n"]
        );
        let quoted = "From a Tue Oct 31 22:10:47 2017\nSubject: 1\n\nHe wrote\nFrom me Tue Oct 31 \
            22:10:47 2017\nhello\n";
        assert_eq!(mails(quoted).len(), 1, "such a line in the words of a mail");
    }

    #[test]
    fn one_mail_without_a_beginning_is_a_mail() {
        assert_eq!(mails("\nSubject: x\n\nwords\n"), ["Subject: x\n\nwords\n"]);
        assert!(mails("").is_empty() && mails("\n\n").is_empty());
    }
}
