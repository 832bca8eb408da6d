//! `seen_elsewhere`: a public post that somebody noticed, so that every network is usable from
//! the first day.

use vigie_model::{
    Channel, Emitter, FileRef, IdentityProof, IncomingAuthor, IncomingMessage, Visibility,
};

use crate::{Refusal, form::words};

/// A post that a colleague saw.
#[derive(Debug, Clone)]
pub struct SeenPost {
    pub url: String,
    pub text: String,
    /// The account that wrote it.
    pub handle: Option<String>,
}

/// Turns a post into a public message. The same URL seen twice is the same message.
pub fn read(seen: SeenPost, files: Vec<FileRef>) -> Result<IncomingMessage, Refusal> {
    words(&seen.text)?;
    let url = seen.url.trim();
    let web = url.starts_with("https://") || url.starts_with("http://");
    if !web || url.len() > 2_000 || url.chars().any(char::is_whitespace) {
        return Err(Refusal::new(
            "url_wrong",
            "paste the whole address of the post, beginning with https://",
        ));
    }
    let mut message = IncomingMessage::new(url, seen.text);
    message.url = Some(url.to_owned());
    message.author = IncomingAuthor {
        handle: seen.handle.filter(|it| !it.trim().is_empty()),
        proof: IdentityProof::Colleague,
        ..IncomingAuthor::default()
    };
    message.channel = Some(Channel::Network);
    message.visibility = Visibility::Public;
    message.emitter = Emitter::Customer;
    message.attachments = files;
    Ok(message)
}

/// The network of a URL: its host without `www.` or `m.`, so that each handle belongs to one
/// network.
pub fn network(url: &str) -> String {
    let host = url
        .split("//")
        .nth(1)
        .and_then(|rest| rest.split(['/', '?', '#']).next())
        .unwrap_or("web");
    let host = host.rsplit('@').next().unwrap_or(host).to_lowercase();
    host.trim_start_matches("www.")
        .trim_start_matches("m.")
        .to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_network_is_a_host() {
        assert_eq!(
            super::network("https://www.Example.social/@jeanne/1"),
            "example.social"
        );
    }
}
