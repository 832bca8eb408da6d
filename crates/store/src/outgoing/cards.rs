//! Answer cards: prepared answers in both languages, with an owner and an expiry date.

use vigie_model::{AnswerCardId, AnswerCardKey, At, BrandKey, PersonId, PersonKey};

use crate::{AnswerCards, AnswerCardsMut, Error, Result, Row, args, named};

/// A prepared answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerCard {
    pub key: AnswerCardKey,
    pub id: AnswerCardId,
    pub brand_key: BrandKey,
    pub title: String,
    pub text_fr: String,
    pub text_en: String,
    pub owner_key: PersonKey,
    pub owner: PersonId,
    pub owner_name: String,
    /// Not to be used after this instant.
    pub expires_at: At,
    pub updated_at: At,
}

const SELECT: &str = "SELECT c.key, c.id, c.brand_key, c.title, c.text_fr, c.text_en, c.owner_key, \
    p.id AS owner, p.name, c.expires_at, c.updated_at \
    FROM answer_card c \
    JOIN person p ON p.key = c.owner_key";

fn read(row: &Row) -> Result<AnswerCard> {
    Ok(AnswerCard {
        key: row.key("key")?,
        id: AnswerCardId(row.id("id")?),
        brand_key: row.key("brand_key")?,
        title: row.text("title")?,
        text_fr: row.text("text_fr")?,
        text_en: row.text("text_en")?,
        owner_key: row.key("owner_key")?,
        owner: PersonId(row.id("owner")?),
        owner_name: row.text("name")?,
        expires_at: row.at("expires_at")?,
        updated_at: row.at("updated_at")?,
    })
}

impl AnswerCards {
    /// Every card that is not archived, even if expired, by title.
    pub async fn list(&mut self) -> Result<Vec<AnswerCard>> {
        let sql = format!("{SELECT} WHERE c.archived_at IS NULL ORDER BY c.title, c.key");
        self.0.all(sql, vec![]).await?.iter().map(read).collect()
    }

    /// The card with this public id.
    pub async fn find(&mut self, id: AnswerCardId) -> Result<AnswerCard> {
        let row = self
            .0
            .optional(format!("{SELECT} WHERE c.id = $1"), args![id.0])
            .await?;
        row.map_or(Err(Error::Missing("answer card")), |row| read(&row))
    }
}

impl AnswerCardsMut {
    /// Stores a card.
    pub async fn insert(
        &mut self,
        brand: BrandKey,
        title: &str,
        fr: &str,
        en: &str,
        owner: PersonKey,
        expires_at: At,
    ) -> Result<AnswerCardId> {
        let (id, at) = (self.0.id(), self.0.at());

        self.0
            .insert(
                "answer_card",
                named![
                    id,
                    brand_key: brand,
                    title,
                    text_fr: fr,
                    text_en: en,
                    owner_key: owner,
                    expires_at,
                    updated_at: at,
                ],
            )
            .await?;
        Ok(AnswerCardId(id))
    }

    /// Changes a card.
    pub async fn save(&mut self, card: &AnswerCard) -> Result<()> {
        let at = self.0.at();
        let sql = "UPDATE answer_card \
            SET title = $2, text_fr = $3, text_en = $4, owner_key = $5, expires_at = $6, \
            updated_at = $7 \
            WHERE key = $1";
        let values = args![
            card.key,
            &card.title,
            &card.text_fr,
            &card.text_en,
            card.owner_key,
            card.expires_at,
            at
        ];
        self.0.run(sql, values).await?;
        Ok(())
    }

    /// Archives a card.
    pub async fn archive(&mut self, key: AnswerCardKey, archived: bool) -> Result<()> {
        let at = archived.then(|| self.0.at());
        self.0
            .run(
                "UPDATE answer_card SET archived_at = $2 WHERE key = $1",
                args![key, at],
            )
            .await?;
        Ok(())
    }
}
