//! Where a customer spoke.

use vigie_model::Channel;
use vigie_store::Source;

/// The channel of the message, else the one that was set when the source was added.
pub fn channel(source: &Source, declared: Option<Channel>) -> Channel {
    let set = source
        .settings
        .get("channel")
        .and_then(|it| it.as_str())
        .and_then(|it| it.parse().ok());
    // default: what comes without a channel was written on the brand's own site
    declared.or(set).unwrap_or(Channel::Site)
}
