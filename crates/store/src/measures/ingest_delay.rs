//! The delay between writing and durable storage of messages, by source.

use std::collections::BTreeMap;
use vigie_model::SourceKey;

use crate::{Measures, Result, args, messages::OURS};

impl Measures {
    /// Minutes from writing to storage, by source key, for the last `limit` messages received.
    /// Left out: imported messages, messages older than their source, messages without a time,
    /// and our own.
    pub async fn ingest_delay(&mut self, limit: i64) -> Result<BTreeMap<SourceKey, Vec<f64>>> {
        let sql = format!(
            "SELECT source_key, at, received_at \
            FROM (SELECT m.source_key, m.at, m.received_at, m.emitter, s.kind, s.created_at FROM \
            message m JOIN source s ON s.key = m.source_key ORDER BY m.key DESC LIMIT $1) last \
            WHERE kind <> 'import' AND emitter NOT IN {OURS} AND at >= \
            created_at AND at <> received_at"
        );
        let mut found: BTreeMap<SourceKey, Vec<f64>> = BTreeMap::new();
        for row in self.0.all(sql, args![limit]).await? {
            let minutes = row.at("received_at")?.minutes_since(row.at("at")?);
            found
                .entry(row.key("source_key")?)
                .or_default()
                .push(minutes.max(0.0));
        }
        Ok(found)
    }
}
