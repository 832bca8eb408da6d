//! Any bytes are a table under any mapping, or an error; each record is a message, an order of words, or a refusal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_listen::{api, past::{Mapping, Table}};
use vigie_model::At;

fuzz_target!(|input: (String, Vec<u8>)| {
    let (rules, bytes) = input;
    let Ok(table) = Table::open(&bytes[..], &bytes[..bytes.len().min(4_096)]) else { return };
    let mapping = Mapping::parse(&[rules]).unwrap_or_default().completed(&table.header);
    assert_eq!(Mapping::parse(&mapping.written()).as_ref().map(Mapping::written), Ok(mapping.written()));
    let (bound, columns) = (mapping.bind(&table.header), table.header.len());
    for record in table.take(200) {
        let Ok(cells) = record.cells else { continue };
        assert_eq!(cells.len(), columns);
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        if let Ok(Ok(value)) = bound.as_ref().map(|it| it.object(&cells)) {
            let _ = api::read(&value, At::from_millis(1_800_000_000_000), |_| None);
        }
    }
});
