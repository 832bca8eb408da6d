//! How this instance is configured: a file, then the environment `VIGIE_…`, then the command
//! line. An unknown key is an error, since a mistyped one must not be ignored silently.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context as _;
use figment::{
    Figment,
    providers::{Env, Format as _, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use vigie_respond::Translator;

/// The settings of `vigie serve`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The data folder.
    pub data: PathBuf,
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// PostgreSQL instead of the folder's own database.
    pub database: Option<String>,
    /// The public address; `http://` and the listener when absent.
    pub public_address: Option<String>,
    /// Whether webhooks may reach programs on this machine.
    pub webhooks_to_this_machine: bool,
    /// A certificate in PEM, with its chain: Vigie then serves HTTPS itself.
    pub certificate: Option<PathBuf>,
    /// The certificate's key, in PEM.
    pub certificate_key: Option<PathBuf>,
    /// Whether a proxy on a private address is in front, and reports callers in
    /// `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// After how many days without use a session ends.
    pub session_idle_days: i64,
    /// Where somebody who found a fault writes to, shown in `/.well-known/security.txt`:
    /// `mailto:…` or `https://…`; nowhere when absent.
    pub security_contact: Option<String>,
    /// Address on which Prometheus reads metrics, at `/metrics`; none when absent.
    pub metrics: Option<SocketAddr>,
    /// Where traces are sent, by OTLP over HTTP: `http://127.0.0.1:4318`; nowhere when absent.
    pub traces: Option<String>,
    /// The service that translates customers' messages for their readers, such as
    /// `http://127.0.0.1:5000`; none when absent.
    pub translator: Option<String>,
    /// The protocol of the translator: `libretranslate` or `apertium`.
    pub translator_protocol: String,
    /// The API key of the translator.
    pub translator_key: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: PathBuf::from("vigie-data"),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            database: None,
            public_address: None,
            webhooks_to_this_machine: false,
            certificate: None,
            certificate_key: None,
            behind_proxy: false,
            session_idle_days: 3,
            security_contact: None,
            metrics: None,
            traces: None,
            translator: None,
            translator_protocol: "libretranslate".into(),
            translator_key: None,
        }
    }
}

impl Settings {
    /// Reads the settings; the command line takes precedence. The error names the key.
    pub fn read(file: Option<&PathBuf>, overrides: &CliOverrides) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            anyhow::ensure!(
                file.exists(),
                "no such configuration file: {}",
                file.display()
            );
            figment = figment.merge(Toml::file(file));
        }
        let known = [
            "data",
            "listen",
            "database",
            "public_address",
            "webhooks_to_this_machine",
            "certificate",
            "certificate_key",
            "behind_proxy",
            "session_idle_days",
            "security_contact",
            "metrics",
            "traces",
            "translator",
            "translator_protocol",
            "translator_key",
        ];
        let figment = figment
            .merge(Env::prefixed("VIGIE_").only(&known))
            .merge(Serialized::defaults(overrides));
        let settings: Self = figment
            .extract()
            .context("the configuration cannot be read")?;
        settings.check()?;
        Ok(settings)
    }

    /// Refuses what cannot be meant.
    fn check(&self) -> anyhow::Result<()> {
        let both = self.certificate.is_some() == self.certificate_key.is_some();
        anyhow::ensure!(
            both,
            "`certificate` and `certificate_key` go together: give both or none"
        );
        anyhow::ensure!(
            self.security_contact.as_deref().is_none_or(is_contact),
            "`security_contact` begins with mailto: or https://"
        );
        Ok(())
    }

    /// The translator, if configured. The error says what is wrong with its address or protocol.
    pub fn translator(&self) -> anyhow::Result<Option<Translator>> {
        let Some(address) = &self.translator else {
            return Ok(None);
        };
        let protocol = self
            .translator_protocol
            .parse()
            .map_err(anyhow::Error::msg)?;
        Translator::new(address, protocol, self.translator_key.clone())
            .map(Some)
            .map_err(anyhow::Error::msg)
    }

    /// The public address, without a trailing slash.
    pub fn public(&self) -> String {
        let scheme = if self.certificate.is_some() {
            "https"
        } else {
            "http"
        };
        let address = self
            .public_address
            .clone()
            .unwrap_or_else(|| format!("{scheme}://{}", self.listen));
        address.trim_end_matches('/').to_owned()
    }

    /// Whether cookies require HTTPS: not when the listener is on a private address and nothing
    /// else was configured.
    pub fn secure_cookies(&self) -> bool {
        let private = match self.listen.ip() {
            std::net::IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
            std::net::IpAddr::V6(v6) => v6.is_loopback(),
        };
        self.public().starts_with("https://") || !private
    }
}

fn is_contact(text: &str) -> bool {
    let of_kind = text.starts_with("mailto:") || text.starts_with("https://");
    of_kind && !text.contains(char::is_whitespace)
}

/// The settings given on the command line.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CliOverrides {
    /// `--data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// `--listen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// `--database`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_key_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("vigie.toml");
        std::fs::write(&file, "lisen = \"127.0.0.1:9000\"\n").unwrap();
        let error = Settings::read(Some(&file), &CliOverrides::default()).unwrap_err();
        assert!(format!("{error:#}").contains("lisen"), "{error:#}");
    }

    #[test]
    fn cookies_are_secure_unless_the_listener_is_private_and_plain() {
        let mut settings = Settings::default();
        assert!(!settings.secure_cookies());
        settings.listen = "203.0.113.5:8080".parse().unwrap();
        assert!(settings.secure_cookies());
        settings.listen = "127.0.0.1:8080".parse().unwrap();
        settings.public_address = Some("https://vigie.example.org/".into());
        assert!(settings.secure_cookies() && !settings.public().ends_with('/'));
    }
}
