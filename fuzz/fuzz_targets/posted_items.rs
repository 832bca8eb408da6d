//! What programs post: any bytes are a message, an order, or a refusal that names the place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_listen::{api, content_hash, orders};
use vigie_model::At;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = serde_json::from_slice(bytes) else {
        return;
    };
    let now = At::from_millis(1_800_000_000_000);
    let posted = api::read(&value, now, |text| Some(text.as_bytes().to_vec()));
    if let Ok(message) = posted.item.parsed {
        assert!(!message.external_id.trim().is_empty());
        assert!(!message.text.contains('\0'));
        assert_eq!(message.attachments.len(), posted.files.len());
        content_hash(&message);
    }
    if let Ok(order) = orders::read(&value, now) {
        assert!(!order.number.is_empty() && order.total.currency.len() == 3);
    }
});
