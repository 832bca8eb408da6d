//! The signed webhook that sends answers and facts to programs: Standard Webhooks, with the
//! same `webhook-id` at every attempt.

use std::{net::IpAddr, time::Instant};

use standardwebhooks::Webhook;
use vigie_model::At;
use vigie_store::Delivery;

use crate::ssrf_guard::{AddressPolicy, check_address};

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookOutcome {
    /// The receiver accepted it.
    Delivered,
    /// The receiver may accept it later: try again.
    Retry,
    /// The receiver will never accept it.
    Refused,
}

/// Signs a body: the value of the `webhook-signature` header. Fails when the secret is
/// unreadable.
pub fn sign(secret: &str, id: &str, at: At, body: &[u8]) -> Result<String, String> {
    let webhook =
        Webhook::new(secret).map_err(|_| "the webhook's secret is unreadable".to_owned())?;
    webhook
        .sign(id, at.millis() / 1_000, body)
        .map_err(|_| "the body cannot be signed".to_owned())
}

/// Posts a body once; returns how it ended and the line for the delivery log.
pub async fn post(
    client: &reqwest::Client,
    guard: AddressPolicy,
    url: &str,
    secret: &str,
    id: &str,
    at: At,
    body: String,
) -> (WebhookOutcome, Delivery) {
    let started = Instant::now();
    let log = |status: Option<u16>, error: Option<String>| Delivery {
        at,
        status: status.map(i64::from),
        error,
        milliseconds: i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX),
    };
    if let Err(error) = address_allowed(url, guard) {
        return (WebhookOutcome::Refused, log(None, Some(error)));
    }
    let signature = match sign(secret, id, at, body.as_bytes()) {
        Ok(signature) => signature,
        Err(error) => return (WebhookOutcome::Refused, log(None, Some(error))),
    };
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", (at.millis() / 1_000).to_string())
        .header("webhook-signature", signature)
        .body(body);
    match request.send().await {
        Ok(answer) => {
            let status = answer.status();
            let sent = match status.as_u16() {
                200..=299 => WebhookOutcome::Delivered,
                408 | 425 | 429 | 500..=599 => WebhookOutcome::Retry,
                _ => WebhookOutcome::Refused,
            };
            let error = (sent != WebhookOutcome::Delivered)
                .then(|| format!("the receiver answered {status}"));
            (sent, log(Some(status.as_u16()), error))
        }
        Err(error) => (WebhookOutcome::Retry, log(None, Some(plain_words(&error)))),
    }
}

fn address_allowed(url: &str, guard: AddressPolicy) -> Result<(), String> {
    let url = url::Url::parse(url)
        .map_err(|_| "the webhook's address is not a web address".to_owned())?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    match host.parse::<IpAddr>() {
        Ok(address) if !check_address(address, guard) => {
            Err("the webhook's address leads to a private network".into())
        }
        _ if !matches!(url.scheme(), "http" | "https") => {
            Err("the webhook's address must begin with https://".into())
        }
        _ => Ok(()),
    }
}

fn plain_words(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "no answer within ten seconds".into()
    } else if error.is_connect() {
        "no connection to the receiver, or its address leads to a private network".into()
    } else {
        "the connection broke".into()
    }
}

/// Posts a signed `ping` to a receiver; returns a sentence in either case.
pub async fn test(guard: AddressPolicy, url: &str, secret: &str, at: At) -> Result<String, String> {
    let client = crate::ssrf_guard::client(guard)
        .map_err(|_| "no secure connection can be made from this machine".to_owned())?;
    let body = serde_json::json!({"type": "ping", "timestamp": at, "data": {}}).to_string();
    let (sent, log) = post(&client, guard, url, secret, "ping", at, body).await;
    match (sent, log.error) {
        (WebhookOutcome::Delivered, _) => {
            Ok(format!("the receiver answered in {} ms", log.milliseconds))
        }
        (_, why) => Err(why.unwrap_or_else(|| "the receiver refused".into())),
    }
}
