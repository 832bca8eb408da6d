//! What kinds that are written to have in common: the address answers are posted to, and where
//! customers speak.

use serde::Deserialize;
use serde_json::{Value, json};
use vigie_model::Channel;

use crate::{Configured, InvalidSettings};

#[derive(Deserialize)]
struct Filled {
    #[serde(default)]
    webhook_url: Option<String>,
    #[serde(default)]
    network: Option<String>,
    #[serde(default)]
    channel: Option<Channel>,
}

/// Settings of a source that is written to.
///
/// # Errors
/// When the address is not one of the web, or a value has the wrong form.
pub fn configure(filled: &Value) -> Result<Configured, InvalidSettings> {
    let filled: Filled = serde_json::from_value(filled.clone())
        .map_err(|err| InvalidSettings::new("settings_wrong", err.to_string()))?;
    let webhook_url = webhook_address(filled.webhook_url)?;

    Ok(Configured {
        settings: json!({
            "webhook_url": webhook_url,
            "network": filled.network,
            "channel": filled.channel,
        }),
        secret: None,
        past_days: None,
    })
}

/// The address something is posted to: of the web, with a host, encrypted unless it stays on this
/// machine; none when it is empty.
///
/// # Errors
/// When it is no such address.
pub fn webhook_address(url: Option<String>) -> Result<Option<String>, InvalidSettings> {
    let url = url.map(|url| url.trim().to_owned());
    let Some(url) = url.filter(|url| !url.is_empty()) else {
        return Ok(None);
    };
    let parsed = url::Url::parse(&url);
    if parsed.is_ok_and(|url| url.has_host() && vigie_respond::is_private_on_the_way(&url)) {
        return Ok(Some(url));
    }
    Err(InvalidSettings::new(
        "url_wrong",
        "the webhook's address must begin with https://; http:// reaches programs on this machine \
        only",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_the_web_or_absent() {
        let settings = |url: &str| configure(&json!({ "webhook_url": url }));

        let absent = settings("  ").unwrap().settings;
        assert_eq!(absent["webhook_url"], Value::Null);
        let there = settings(" https://a.example/x ").unwrap().settings;
        assert_eq!(there["webhook_url"], "https://a.example/x");
        let here = settings("http://127.0.0.1:9000/x").unwrap().settings;
        assert_eq!(here["webhook_url"], "http://127.0.0.1:9000/x");
        for wrong in [
            "a.example",
            "ftp://a.example",
            "https://",
            "javascript:x()",
            "http://a.example",
            "http://192.168.0.1/x",
            "http://localhost.a.example/x",
        ] {
            assert_eq!(settings(wrong).unwrap_err().problem, "url_wrong", "{wrong}");
        }
    }

    #[test]
    fn a_channel_nobody_knows_is_refused() {
        let error = configure(&json!({ "channel": "pigeon" })).unwrap_err();

        assert_eq!(error.problem, "settings_wrong");
        assert!(error.detail.contains("pigeon"), "{}", error.detail);
    }
}
