//! Any JSON is tickets, people, or a refusal; what is said in one is a message or a refusal that
//! names the place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_listen::{
    api,
    past::helpdesk::{TicketEntry, People, read, unwrapped},
};
use vigie_model::At;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = serde_json::from_slice(bytes) else {
        return;
    };
    let (mut people, things) = (People::default(), unwrapped(value));
    for thing in &things {
        people.learn(thing);
    }
    for entry in things
        .iter()
        .filter_map(|it| read(it, &people).ok())
        .flatten()
    {
        if let TicketEntry::Message(message) = entry {
            let _ = api::read(&message, At::from_millis(1_800_000_000_000), |_| None);
        }
    }
});
