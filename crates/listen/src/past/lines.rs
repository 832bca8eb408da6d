//! JSON Lines: one value per line; a byte order mark and empty lines are skipped; a bad line
//! is reported and the others are read.

use std::io::{self, BufRead};

use serde_json::Value;

use crate::Refusal;

/// The longest line accepted, in bytes.
const LONGEST: u64 = 64 * 1024 * 1024;

/// A file of lines being read, one line in memory at a time.
pub struct JsonLines<R> {
    input: R,
    line: u64,
}

/// One line.
pub struct JsonLine {
    /// From 1.
    pub line: u64,
    /// Its value, or why it cannot be read, with its text.
    pub value: Result<Value, (Refusal, String)>,
}

impl<R: BufRead> JsonLines<R> {
    /// Starts reading.
    pub const fn new(input: R) -> Self {
        Self { input, line: 0 }
    }
}

impl<R: BufRead> Iterator for JsonLines<R> {
    type Item = io::Result<JsonLine>;

    fn next(&mut self) -> Option<io::Result<JsonLine>> {
        loop {
            let mut bytes = Vec::new();
            self.line += 1;
            match io::Read::take(&mut self.input, LONGEST).read_until(b'\n', &mut bytes) {
                Ok(0) => return None,
                Err(error) => return Some(Err(error)),
                Ok(_) if bytes.trim_ascii().is_empty() => {}
                Ok(_) => {
                    return Some(Ok(JsonLine {
                        line: self.line,
                        value: value(&bytes),
                    }));
                }
            }
        }
    }
}

fn value(bytes: &[u8]) -> Result<Value, (Refusal, String)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|err| {
        let detail = format!("not JSON: column {}", err.column());
        (
            Refusal::new("line_unreadable", detail),
            String::from_utf8_lossy(bytes).into_owned(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_is_named_and_the_rest_goes_on() {
        let text = "\u{feff}{\"a\":1}\n\n{\"b\"\n\"c\"".as_bytes();
        let lines: Vec<JsonLine> = JsonLines::new(text).collect::<io::Result<_>>().unwrap();
        let told: Vec<_> = lines.iter().map(|it| (it.line, it.value.is_ok())).collect();
        assert_eq!(told, [(1, true), (3, false), (4, true)]);
        assert_eq!(lines[1].value.as_ref().unwrap_err().1.trim_end(), "{\"b\"");
    }
}
