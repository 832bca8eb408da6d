//! Brands and their settings: hours, target delays, languages, rehearsal.

use serde::{Deserialize, Serialize};
use vigie_model::{BrandId, BrandKey, Kind};

use crate::{Result, RetentionTerms, Row};

/// Target delays in opening minutes, by kind of message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResponseTargets {
    pub complaint: i64,
    pub question: i64,
    pub praise: i64,
    pub market: i64,
    pub rumour: i64,
    pub noise: i64,
    pub unknown: i64,
    /// For any hard gate, whatever the kind.
    pub gate: i64,
}

impl Default for ResponseTargets {
    fn default() -> Self {
        Self {
            complaint: 240,
            question: 240,
            praise: 2_400,
            market: 1_200,
            rumour: 60,
            noise: 2_400,
            unknown: 240,
            gate: 60,
        }
    }
}

impl ResponseTargets {
    /// The target delay for this kind.
    pub const fn minutes(&self, kind: Kind) -> i64 {
        match kind {
            Kind::Complaint => self.complaint,
            Kind::Question => self.question,
            Kind::Praise => self.praise,
            Kind::Market => self.market,
            Kind::Rumour => self.rumour,
            Kind::Noise => self.noise,
            Kind::Unknown => self.unknown,
        }
    }
}

/// The settings of a brand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BrandSettings {
    /// IANA time zone.
    pub timezone: String,
    /// ISO 3166 country whose public holidays apply.
    pub country: String,
    /// In the OpenStreetMap notation, such as `Mo-Fr 09:00-18:00; PH off`.
    pub opening_hours: String,
    pub targets: ResponseTargets,
    /// Rehearsal mode: nothing is sent, everything is shown as it would be.
    pub rehearsal: bool,
    /// The country whose telephone numbers need no prefix.
    pub phone_country: String,
    /// How long people's data is kept.
    pub retention: RetentionTerms,
}

impl Default for BrandSettings {
    fn default() -> Self {
        Self {
            timezone: "Europe/Paris".into(),
            country: "FR".into(),
            opening_hours: "Mo-Fr 09:00-18:00; PH off".into(),
            targets: ResponseTargets::default(),
            rehearsal: false,
            phone_country: "FR".into(),
            retention: RetentionTerms::default(),
        }
    }
}

/// A brand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    pub key: BrandKey,
    pub id: BrandId,
    /// The short name programs use.
    pub code: String,
    pub name: String,
    pub settings: BrandSettings,
}

pub(crate) fn read(row: &Row) -> Result<Brand> {
    Ok(Brand {
        key: row.key("key")?,
        id: BrandId(row.id("id")?),
        code: row.text("code")?,
        name: row.text("name")?,
        settings: row.json("settings")?,
    })
}
