//! Brands and their settings: hours, target delays, languages, rehearsal.

use serde::{Deserialize, Serialize};
use vigie_model::{BrandId, Kind};

use crate::{Error, Result, RetentionTerms, Row, Session, Write, args};

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
    pub key: i64,
    pub id: BrandId,
    /// The short name programs use.
    pub code: String,
    pub name: String,
    pub settings: BrandSettings,
}

fn read(row: &Row) -> Result<Brand> {
    Ok(Brand {
        key: row.int("key")?,
        id: BrandId(row.id("id")?),
        code: row.text("code")?,
        name: row.text("name")?,
        settings: row.json("settings")?,
    })
}

impl Session {
    /// Every brand.
    pub async fn brands(&mut self) -> Result<Vec<Brand>> {
        self.all(
            "SELECT key, id, code, name, settings FROM brand ORDER BY key",
            vec![],
        )
        .await?
        .iter()
        .map(read)
        .collect()
    }

    /// The brand with this key.
    pub async fn brand(&mut self, key: i64) -> Result<Brand> {
        read(
            &self
                .one(
                    "SELECT key, id, code, name, settings FROM brand WHERE key = $1",
                    args![key],
                )
                .await?,
        )
    }

    /// The brand with this public id.
    pub async fn brand_by_id(&mut self, id: BrandId) -> Result<Brand> {
        let row = self
            .optional(
                "SELECT key, id, code, name, settings FROM brand WHERE id = $1",
                args![id.0],
            )
            .await?;
        row.map_or(Err(Error::Missing("brand")), |row| read(&row))
    }
}

impl Write {
    /// Stores a brand.
    pub async fn insert_brand(
        &mut self,
        code: &str,
        name: &str,
        settings: &BrandSettings,
    ) -> Result<Brand> {
        let id = self.id();
        let text = serde_json::to_string(settings).unwrap_or_default();
        let key = self
            .insert(
                "brand",
                "id, code, name, settings",
                args![id, code, name, text],
            )
            .await?;
        Ok(Brand {
            key,
            id: BrandId(id),
            code: code.into(),
            name: name.into(),
            settings: settings.clone(),
        })
    }

    /// Changes a brand.
    pub async fn save_brand(&mut self, brand: &Brand) -> Result<()> {
        let text = serde_json::to_string(&brand.settings).unwrap_or_default();
        self.run(
            "UPDATE brand SET name = $2, settings = $3 WHERE key = $1",
            args![brand.key, &brand.name, text],
        )
        .await?;
        Ok(())
    }
}
