//! The queries and writes of brands.

use vigie_model::{BrandId, BrandKey};

use super::brand::{Brand, BrandSettings, read};
use crate::{Brands, BrandsMut, Error, Result, args, named, row::json_text};

impl Brands {
    /// Every brand.
    pub async fn list(&mut self) -> Result<Vec<Brand>> {
        self.0
            .all(
                "SELECT key, id, code, name, settings FROM brand ORDER BY key",
                vec![],
            )
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The time zone the company lives in, an IANA name: its first brand's; UTC before there is
    /// one.
    pub async fn timezone(&mut self) -> Result<String> {
        let first = self.list().await?.into_iter().next();
        Ok(first.map_or_else(|| "UTC".to_owned(), |brand| brand.settings.timezone))
    }

    /// The brand with this key.
    pub async fn by_key(&mut self, key: BrandKey) -> Result<Brand> {
        read(
            &self
                .0
                .one(
                    "SELECT key, id, code, name, settings FROM brand WHERE key = $1",
                    args![key],
                )
                .await?,
        )
    }

    /// The brand with this public id.
    pub async fn find(&mut self, id: BrandId) -> Result<Brand> {
        let row = self
            .0
            .optional(
                "SELECT key, id, code, name, settings FROM brand WHERE id = $1",
                args![id.0],
            )
            .await?;
        row.map_or(Err(Error::Missing("brand")), |row| read(&row))
    }
}

impl BrandsMut {
    /// Stores a brand.
    pub async fn insert(
        &mut self,
        code: &str,
        name: &str,
        settings: &BrandSettings,
    ) -> Result<Brand> {
        let id = self.0.id();
        let text = json_text(settings)?;
        let key = self
            .0
            .insert_keyed("brand", named![id, code, name, settings: text])
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
    pub async fn save(&mut self, brand: &Brand) -> Result<()> {
        let text = json_text(&brand.settings)?;
        self.0
            .run(
                "UPDATE brand SET name = $2, settings = $3 WHERE key = $1",
                args![brand.key, &brand.name, text],
            )
            .await?;
        Ok(())
    }
}
