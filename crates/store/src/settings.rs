//! Settings of the house that are not a brand's: by name, as JSON.

use crate::{Result, Session, Write, args};

/// A setting's name: a constant, so that all of them can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting(pub &'static str);

impl Session {
    /// The setting's value, or its default.
    pub async fn setting<T: serde::de::DeserializeOwned + Default>(&mut self, setting: Setting) -> Result<T> {
        let row = self.maybe("SELECT value FROM setting WHERE name = $1", args![setting.0]).await?;
        row.map_or_else(|| Ok(T::default()), |row| row.json("value"))
    }
}

impl Write {
    /// Changes a setting.
    pub async fn put_setting<T: serde::Serialize + Sync>(&mut self, setting: Setting, value: &T) -> Result<()> {
        let text = serde_json::to_string(value).unwrap_or_default();
        let sql =
            "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.run(sql, args![setting.0, text]).await?;
        Ok(())
    }
}
