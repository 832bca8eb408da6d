//! Translation of what a customer wrote, for its readers: by a service that the company chose
//! and runs, or trusts. The result is shown next to the original and stored nowhere.

use std::{str::FromStr, time::Duration};

use serde_json::{Value, json};
use url::Url;

/// Longer texts, in letters, are not sent.
const LONGEST: usize = 20_000;

/// The protocol of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protocol {
    /// LibreTranslate: `POST /translate`, JSON.
    #[default]
    LibreTranslate,
    /// Apertium APy: `POST /translate`, a form.
    Apertium,
}

impl FromStr for Protocol {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "libretranslate" => Ok(Self::LibreTranslate),
            "apertium" => Ok(Self::Apertium),
            _ => Err(format!(
                "no such protocol: {name}; write libretranslate or apertium"
            )),
        }
    }
}

/// Why there is no translation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TranslationError {
    /// The service does not support this pair of languages.
    #[error("the translation service does not translate from {from} to {to}")]
    Pair {
        /// From, ISO 639-1.
        from: String,
        /// To, ISO 639-1.
        to: String,
    },
    #[error("this message is too long to be translated: 20,000 letters at most")]
    TooLong,
    /// No answer, or an unreadable one.
    #[error("the translation service did not answer: {0}")]
    Service(&'static str),
}

/// A translation service.
#[derive(Clone)]
pub struct Translator {
    client: reqwest::Client,
    address: Url,
    protocol: Protocol,
    key: Option<String>,
}

impl std::fmt::Debug for Translator {
    /// Formats without the key.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Translator({:?} at {})", self.protocol, self.host())
    }
}

impl Translator {
    /// The service at this address. The operator chose it, so it may be on a private network.
    /// Fails when the address is invalid.
    pub fn new(address: &str, protocol: Protocol, key: Option<String>) -> Result<Self, String> {
        let address = web_address(address)?;
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(20))
            .no_proxy()
            .user_agent("Vigie")
            .build();
        let client =
            client.map_err(|_| "no secure connection can be made from this machine".to_owned())?;
        Ok(Self {
            client,
            address,
            protocol,
            key,
        })
    }

    /// Host name of the service, for people to know where text is sent.
    pub fn host(&self) -> &str {
        self.address.host_str().unwrap_or_default()
    }

    /// Translates a text between two languages, ISO 639-1.
    pub async fn translate(
        &self,
        text: &str,
        from: &str,
        to: &str,
    ) -> Result<String, TranslationError> {
        if text.chars().count() > LONGEST {
            return Err(TranslationError::TooLong);
        }
        let unusable = TranslationError::Service("its address takes no path");
        let place = self.address.join("translate").map_err(|_| unusable)?;
        let request = match self.protocol {
            Protocol::LibreTranslate => {
                self.client
                    .post(place)
                    .json(&request_body(text, from, to, self.key.as_deref()))
            }
            Protocol::Apertium => self
                .client
                .post(place)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form(text, from, to)),
        };
        let answer = request.send().await.map_err(|err| {
            TranslationError::Service(if err.is_timeout() {
                "nothing within 20 seconds"
            } else {
                "no connection"
            })
        })?;
        match answer.status().as_u16() {
            200 => {}
            400 => {
                return Err(TranslationError::Pair {
                    from: from.into(),
                    to: to.into(),
                });
            }
            401 | 403 => return Err(TranslationError::Service("it refuses the key")),
            429 => return Err(TranslationError::Service("it is asked too often")),
            _ => return Err(TranslationError::Service("it fails")),
        }
        let answer: Value = answer
            .json()
            .await
            .map_err(|_| TranslationError::Service("it answers something else"))?;
        self.protocol
            .read(&answer)
            .ok_or(TranslationError::Service("it answers something else"))
    }
}

impl Protocol {
    /// The translated text of a response.
    fn read(self, answer: &Value) -> Option<String> {
        let place = match self {
            Self::LibreTranslate => "/translatedText",
            Self::Apertium => "/responseData/translatedText",
        };
        answer.pointer(place)?.as_str().map(str::to_owned)
    }
}

fn web_address(address: &str) -> Result<Url, String> {
    let wrong = |_| format!("the translator's address is not a web address: {address}");
    let address = Url::parse(&format!("{}/", address.trim_end_matches('/'))).map_err(wrong)?;
    if !matches!(address.scheme(), "http" | "https") {
        return Err("the translator's address must begin with http:// or https://".into());
    }
    Ok(address)
}

fn request_body(text: &str, from: &str, to: &str, key: Option<&str>) -> Value {
    let mut asked = json!({"q": text, "source": from, "target": to, "format": "text"});
    if let (Some(key), Value::Object(fields)) = (key, &mut asked) {
        fields.insert("api_key".into(), key.into());
    }
    asked
}

fn form(text: &str, from: &str, to: &str) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("langpair", &format!("{from}|{to}"))
        .append_pair("q", text)
        .append_pair("markUnknown", "no");
    form.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_protocol_asks_and_reads_in_its_own_words() {
        let told = request_body("Hola", "es", "fr", Some("k"));
        assert_eq!(
            told,
            json!({"q": "Hola", "source": "es", "target": "fr", "format": "text", "api_key": "k"})
        );
        assert_eq!(request_body("Hola", "es", "fr", None).get("api_key"), None);
        let read = |protocol: Protocol, answer: Value| protocol.read(&answer);
        assert_eq!(
            read(
                Protocol::LibreTranslate,
                json!({"translatedText": "Bonjour"})
            )
            .as_deref(),
            Some("Bonjour")
        );
        assert_eq!(read(Protocol::LibreTranslate, json!({"error": "no"})), None);
        let apertium = json!({"responseData": {"translatedText": "Hello"}, "responseStatus": 200});
        assert_eq!(read(Protocol::Apertium, apertium).as_deref(), Some("Hello"));
        assert_eq!(
            form("¿Dónde?", "es", "en"),
            "langpair=es%7Cen&q=%C2%BFD%C3%B3nde%3F&markUnknown=no"
        );
    }

    #[test]
    fn an_address_that_is_none_is_told() {
        for wrong in ["translate", "ftp://example.org", ""] {
            assert!(web_address(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            web_address("https://translate.example/api/")
                .unwrap()
                .path(),
            "/api/"
        );
    }
}
