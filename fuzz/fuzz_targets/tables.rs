//! Any bytes are a table under any mapping, or an error; each record is a message, a customer, an
//! order, or a refusal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_listen::{
    api,
    past::{CUSTOMERS, Catalogue, MESSAGES, Mapping, ORDERS, Table, customer, order},
};
use vigie_model::At;

fuzz_target!(|input: (u8, String, Vec<u8>)| {
    let (which, rules, bytes) = input;
    let abouts: [&'static Catalogue; 3] = [&MESSAGES, &CUSTOMERS, &ORDERS];
    let about = abouts[usize::from(which) % 3];
    let Ok(table) = Table::open(&bytes[..], &bytes[..bytes.len().min(4_096)]) else {
        return;
    };
    let Ok(mapping) = Mapping::parse(about, &[rules]).or_else(|_| Mapping::parse(about, &[]))
    else {
        return;
    };
    let mapping = mapping.completed(&table.header);
    assert_eq!(
        Mapping::parse(about, &mapping.written())
            .as_ref()
            .map(Mapping::written),
        Ok(mapping.written())
    );
    let (bound, columns) = (mapping.bind(&table.header), table.header.len());
    let now = At::from_millis(1_800_000_000_000);
    for record in table.take(200) {
        let Ok(cells) = record.cells else { continue };
        assert_eq!(cells.len(), columns);
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        if let Ok(Ok(value)) = bound.as_ref().map(|it| it.object(&cells)) {
            let _ = api::read(&value, now, |_| None);
            let _ = customer(&value);
            let _ = order(value, now);
        }
    }
});
