//! A table: a header and records, separated by `,`, `;` or tabs, with quoted line breaks, a
//! byte order mark, any charset; a record whose length differs from the header's is reported
//! by its line.

use std::io::Read;

use crate::Refusal;

/// A table being read.
pub struct Table<R> {
    reader: csv::Reader<R>,
    pub header: Vec<String>,
    /// Whether reading failed and cannot continue.
    ended: bool,
}

/// One record of a table.
pub struct TableRecord {
    /// The line it begins on, from 1.
    pub line: u64,
    /// Its cells, or why it cannot be read, with its text.
    pub cells: Result<Vec<String>, (Refusal, String)>,
}

impl<R: Read> Table<R> {
    /// Reads the header. `head` is the beginning of the same text, used to detect the column
    /// separator.
    pub fn open(input: R, head: &[u8]) -> Result<Self, String> {
        let first = head.split(|it| *it == b'\n').next().unwrap_or_default();
        let count = |mark: u8| first.iter().filter(|it| **it == mark).count();
        let delimiter = [b';', b'\t']
            .into_iter()
            .filter(|it| count(*it) > count(b','))
            .max_by_key(|it| count(*it));
        let delimiter = delimiter.unwrap_or(b',');
        let mut builder = csv::ReaderBuilder::new();
        let mut reader = builder
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(input);
        let header = reader
            .byte_headers()
            .map_err(|err| format!("this is no table: {err}"))?;
        let header: Vec<String> = header.iter().map(text).collect();
        let header: Vec<String> = header
            .iter()
            .map(|it| it.trim_start_matches('\u{feff}').trim().to_owned())
            .collect();
        if header.iter().all(String::is_empty) {
            return Err("the table is empty: its first line must name the columns".into());
        }
        Ok(Self {
            reader,
            header,
            ended: false,
        })
    }
}

impl<R: Read> Iterator for Table<R> {
    type Item = TableRecord;

    fn next(&mut self) -> Option<TableRecord> {
        if self.ended {
            return None;
        }
        let mut record = csv::ByteRecord::new();
        match self.reader.read_byte_record(&mut record) {
            Ok(false) => None,
            Ok(true) => {
                let line = record.position().map_or(0, csv::Position::line);
                let cells: Vec<String> = record.iter().map(text).collect();
                if cells.len() == self.header.len() {
                    return Some(TableRecord {
                        line,
                        cells: Ok(cells),
                    });
                }
                let detail = format!(
                    "this record has {} cells, the header {}",
                    cells.len(),
                    self.header.len()
                );
                Some(TableRecord {
                    line,
                    cells: Err((Refusal::new("record_broken", detail), cells.join(","))),
                })
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                // Any bytes form records: only the disk can fail, and it would fail forever.
                self.ended = true;
                let refusal = Refusal::new(
                    "file_broken",
                    format!("the file cannot be read on from here: {error}"),
                );
                Some(TableRecord {
                    line,
                    cells: Err((refusal, String::new())),
                })
            }
        }
    }
}

fn text(cell: &[u8]) -> String {
    let text = crate::mail::decode(cell).replace('\0', "");
    // Spreadsheets put an apostrophe before a value that must stay as typed.
    match text.strip_prefix('\'') {
        Some(rest) if rest.bytes().all(|it| it.is_ascii_digit()) && !rest.is_empty() => {
            rest.to_owned()
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_record_is_named_and_the_rest_goes_on() {
        let text = "\u{feff}id;text\n1;\"two\nlines\"\n2;x;y\n3;d\u{e9}j\u{e0}\n";
        let table = Table::open(text.as_bytes(), text.as_bytes()).unwrap();
        assert_eq!(table.header, ["id", "text"]);
        let records: Vec<TableRecord> = table.collect();
        let lines: Vec<_> = records
            .iter()
            .map(|it| (it.line, it.cells.is_ok()))
            .collect();
        assert_eq!(lines, [(2, true), (4, false), (5, true)]);
        assert_eq!(records[0].cells.as_ref().unwrap()[1], "two\nlines");
    }

    #[test]
    fn a_cell_holds_no_nul() {
        let text = "i\0d;text\n1\0;caf\u{e9}\0\n";

        let mut table = Table::open(text.as_bytes(), text.as_bytes()).unwrap();
        let first = table.next().unwrap();

        assert_eq!(table.header, ["id", "text"]);
        assert_eq!(first.cells.unwrap(), ["1", "caf\u{e9}"]);
    }

    #[test]
    fn any_bytes_end() {
        for bytes in [&b""[..], b"\n\n", b"\"", b"a,b\n\"", b"a,b\n\xff,\xfe\n"] {
            if let Ok(table) = Table::open(bytes, bytes) {
                assert!(table.count() < 3);
            }
        }
    }
}
