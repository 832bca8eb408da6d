//! The queries and writes of brands.

use vigie_model::BrandId;

use super::brand::{Brand, BrandSettings, read};
use crate::{Error, Result, Session, Write, args};

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
