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

/// What is posted, and how it is signed.
pub struct Request<'a> {
    pub url: &'a str,
    pub secret: &'a str,
    /// The same at each attempt.
    pub id: &'a str,
    pub at: At,
    pub body: String,
}

impl Request<'_> {
    /// Checked and signed. Fails when the address or the secret cannot be used.
    fn signed(
        self,
        client: &reqwest::Client,
        guard: AddressPolicy,
    ) -> Result<reqwest::RequestBuilder, String> {
        address_allowed(self.url, guard)?;
        let signature = sign(self.secret, self.id, self.at, self.body.as_bytes())?;
        let timestamp = (self.at.millis() / 1_000).to_string();
        Ok(client
            .post(self.url)
            .header("content-type", "application/json")
            .header("webhook-id", self.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(self.body))
    }
}

/// Posts a body once; returns how it ended and the line for the delivery log.
pub async fn post(
    client: &reqwest::Client,
    guard: AddressPolicy,
    request: Request<'_>,
) -> (WebhookOutcome, Delivery) {
    let (at, started) = (request.at, Instant::now());
    let log = |status: Option<u16>, error: Option<String>| Delivery {
        at,
        status: status.map(i64::from),
        error,
        milliseconds: started.elapsed().as_millis() as i64,
    };
    let request = match request.signed(client, guard) {
        Ok(request) => request,
        Err(error) => return (WebhookOutcome::Refused, log(None, Some(error))),
    };
    let status = match request.send().await {
        Ok(answer) => answer.status(),
        Err(error) => return (WebhookOutcome::Retry, log(None, Some(plain_words(&error)))),
    };
    let outcome = outcome_of(status.as_u16());
    let refused = outcome != WebhookOutcome::Delivered;
    let error = refused.then(|| format!("the receiver answered {status}"));
    (outcome, log(Some(status.as_u16()), error))
}

const fn outcome_of(status: u16) -> WebhookOutcome {
    match status {
        200..=299 => WebhookOutcome::Delivered,
        408 | 425 | 429 | 500..=599 => WebhookOutcome::Retry,
        _ => WebhookOutcome::Refused,
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
        _ if !is_private_on_the_way(&url) => Err(
            "the webhook's address must begin with https://: http:// reaches programs on this \
            machine only"
                .into(),
        ),
        _ => Ok(()),
    }
}

/// Whether nobody on the way reads what is sent there: it is encrypted, or stays on this machine.
pub fn is_private_on_the_way(url: &url::Url) -> bool {
    let here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && here)
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
    let request = Request {
        url,
        secret,
        id: "ping",
        at,
        body,
    };
    let (sent, log) = post(&client, guard, request).await;
    match (sent, log.error) {
        (WebhookOutcome::Delivered, _) => {
            Ok(format!("the receiver answered in {} ms", log.milliseconds))
        }
        (_, Some(error)) => Err(error),
        (_, None) => Err("the receiver refused".into()),
    }
}
