//! Who knows what: colleagues without an account, as described by the directory or by
//! themselves.

use std::collections::HashMap;

use vigie_model::{At, ColleagueId};

use crate::{Colleagues, ColleaguesMut, Result, Row, args, row::json_text};

/// A colleague.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    pub id: ColleagueId,
    pub email: String,
    pub name: String,
    /// Shop or team.
    pub shop: String,
    /// What they know.
    pub topics: Vec<String>,
    pub langs: Vec<String>,
    /// When they can be asked, as free text.
    pub hours: String,
    /// When they described themselves what they know.
    pub declared_at: Option<At>,
}

/// A colleague's workload, used to share questions out, never to rank people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ColleagueLoad {
    /// Unanswered questions put to them.
    pub waiting: i64,
    /// Questions they answered in the last ninety days.
    pub answered: i64,
}

fn read(row: &Row) -> Result<Colleague> {
    Ok(Colleague {
        id: ColleagueId(row.id("id")?),
        email: row.text("email")?,
        name: row.text("name")?,
        shop: row.text("shop")?,
        topics: row.json("topics")?,
        langs: row.json("langs")?,
        hours: row.text("hours")?,
        declared_at: row.opt_at("declared_at")?,
    })
}

impl Colleagues {
    /// Everybody in the directory, by name.
    pub async fn list(&mut self) -> Result<Vec<Colleague>> {
        let sql = "SELECT id, email, name, shop, topics, langs, hours, declared_at \
            FROM colleague \
            WHERE left_at IS NULL \
            ORDER BY name, key";
        self.0.all(sql, vec![]).await?.iter().map(read).collect()
    }

    /// The load of each address since an instant.
    pub async fn loads(&mut self, since: At) -> Result<HashMap<String, ColleagueLoad>> {
        let sql = "SELECT to_email, SUM(CASE WHEN answered_at IS NULL AND ended IS NULL THEN 1 \
            ELSE 0 END) AS waiting, SUM(CASE WHEN answered_at > $1 THEN 1 ELSE 0 END) AS answered \
            FROM question \
            WHERE to_email IS NOT NULL AND made_at > $1 \
            GROUP BY to_email";
        let rows = self.0.all(sql, args![since]).await?;
        rows.iter()
            .map(|row| {
                Ok((
                    row.text("to_email")?,
                    ColleagueLoad {
                        waiting: row.int("waiting")?,
                        answered: row.int("answered")?,
                    },
                ))
            })
            .collect()
    }
}

impl ColleaguesMut {
    /// Stores a colleague; a known address replaces what the directory gave, never what the
    /// person declared.
    pub async fn upsert(&mut self, colleague: &Colleague, by_themselves: bool) -> Result<()> {
        let (id, at) = (self.0.id(), self.0.at());
        let declared = by_themselves.then_some(at);
        let (topics, langs) = (json_text(&colleague.topics)?, json_text(&colleague.langs)?);
        let guard = if by_themselves {
            ""
        } else {
            " WHERE colleague.declared_at IS NULL"
        };
        let sql = format!(
            "INSERT INTO colleague (id, email, name, shop, topics, langs, hours, declared_at, \
                updated_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                ON CONFLICT (email) DO UPDATE SET name = excluded.name, shop = excluded.shop, \
                topics = excluded.topics, langs = excluded.langs, hours = excluded.hours, \
                declared_at = COALESCE(excluded.declared_at, colleague.declared_at), updated_at = \
                excluded.updated_at, left_at = NULL{guard}"
        );
        let values = args![
            id,
            &colleague.email,
            &colleague.name,
            &colleague.shop,
            topics,
            langs,
            &colleague.hours,
            declared,
            at
        ];
        self.0.run(sql, values).await?;
        Ok(())
    }
}
