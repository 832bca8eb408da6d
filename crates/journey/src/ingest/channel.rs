//! Where a customer spoke.

use vigie_model::{Channel, SourceKind};
use vigie_store::Source;

/// The channel of the message, else the source's default.
pub fn channel(source: &Source, declared: Option<Channel>) -> Channel {
    let set = source
        .settings
        .get("channel")
        .and_then(|it| it.as_str())
        .and_then(|it| it.parse().ok());
    declared.or(set).unwrap_or(match source.kind {
        SourceKind::FORM => Channel::Form,
        SourceKind::REPORT => Channel::Shop,
        SourceKind::SEEN_ELSEWHERE => Channel::Network,
        SourceKind::MAIL => Channel::Mail,
        // A connector that brings a channel of its own writes it into the settings.
        _ => Channel::Site,
    })
}
