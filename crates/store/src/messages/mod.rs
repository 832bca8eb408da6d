//! What was said, as it was received.

pub(crate) mod attachment_store;
pub(crate) mod attachments;
pub(crate) mod message;
pub(crate) mod reply_token;
pub(crate) mod writing;

/// The emitters whose messages are ours, as SQL; [`vigie_model::Emitter::is_ours`] in Rust.
pub(crate) const OURS: &str = "('brand', 'employee', 'paid')";

#[cfg(test)]
mod tests {
    use vigie_model::Emitter;

    #[test]
    fn sql_and_rust_agree_on_who_is_ours() {
        let ours = Emitter::ALL.iter().filter(|emitter| emitter.is_ours());
        let quoted: Vec<_> = ours
            .map(|emitter| format!("'{}'", emitter.code()))
            .collect();
        assert_eq!(super::OURS, format!("({})", quoted.join(", ")));
    }
}
