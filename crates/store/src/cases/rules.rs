//! Triage rules defined by the company: readable queries, in an order people choose; the first
//! that applies decides.

use vigie_model::{
    Act, At, CaseKey, CustomerId, CustomerKey, PersonId, PersonKey, RuleId, RuleKey, TagId, TagKey,
    TeamId, TeamKey,
};

use crate::{
    Case, Cases, Error, FactDraft, Result, Row, Rules, RulesMut, args, messages::OURS, named,
};

/// What a rule does: when a customer's message matches, its case moves, is tagged, or is given
/// to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleDefinition {
    /// Which messages, in the query language of the search box.
    pub query: String,
    /// Only messages of this customer.
    pub customer_key: Option<CustomerKey>,
    /// −1, 0 or +1 queue.
    pub step: i64,
    /// Tag to put on the case.
    pub tag_key: Option<TagKey>,
    /// Owner to assign, when there is none and this person is available.
    pub owner_key: Option<PersonKey>,
    /// Team to give the case to, when it has none.
    pub team_key: Option<TeamKey>,
}

impl RuleDefinition {
    /// Whether it changes anything.
    pub const fn does_something(&self) -> bool {
        self.step != 0
            || self.tag_key.is_some()
            || self.owner_key.is_some()
            || self.team_key.is_some()
    }
}

/// A rule as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub key: RuleKey,
    pub id: RuleId,
    /// Its position: smaller is tried first.
    pub place: i64,
    pub definition: RuleDefinition,
    /// The customer it is about, with their name.
    pub customer: Option<(CustomerId, String)>,
    /// The tag it puts, with its name.
    pub tag: Option<(TagId, String)>,
    /// The owner it assigns, with their name.
    pub owner: Option<(PersonId, String)>,
    /// The team it gives cases to, with its name.
    pub team: Option<(TeamId, String)>,
    pub made_at: At,
    /// Since when the rule has been paused.
    pub paused_at: Option<At>,
}

const SELECT: &str = "SELECT r.key, r.id, r.place, r.query, COALESCE(u.joined_into, \
    r.customer_key) AS customer_key, r.step, r.tag_key, r.owner_key, r.team_key, r.made_at, \
    r.paused_at, u.id AS customer, u.name AS customer_name, t.id AS tag, t.name AS tag_name, p.id \
    AS owner, p.name AS owner_name, m.id AS team, m.name AS team_name \
    FROM rule r \
    LEFT JOIN customer u ON u.key = r.customer_key \
    LEFT JOIN tag t ON t.key = r.tag_key \
    LEFT JOIN person p ON p.key = r.owner_key \
    LEFT JOIN team m ON m.key = r.team_key";

fn read(row: &Row) -> Result<Rule> {
    let named = |id: &str, name: &str| -> Result<Option<(uuid::Uuid, String)>> {
        Ok(row.opt_id(id)?.zip(row.opt_text(name)?))
    };
    Ok(Rule {
        key: row.key("key")?,
        id: RuleId(row.id("id")?),
        place: row.int("place")?,
        definition: RuleDefinition {
            query: row.text("query")?,
            customer_key: row.opt_key("customer_key")?,
            step: row.int("step")?,
            tag_key: row.opt_key("tag_key")?,
            owner_key: row.opt_key("owner_key")?,
            team_key: row.opt_key("team_key")?,
        },
        customer: named("customer", "customer_name")?.map(|(id, name)| (CustomerId(id), name)),
        tag: named("tag", "tag_name")?.map(|(id, name)| (TagId(id), name)),
        owner: named("owner", "owner_name")?.map(|(id, name)| (PersonId(id), name)),
        team: named("team", "team_name")?.map(|(id, name)| (TeamId(id), name)),
        made_at: row.at("made_at")?,
        paused_at: row.opt_at("paused_at")?,
    })
}

impl Rules {
    /// Every rule in order, including paused ones; removed ones are left out.
    pub async fn list(&mut self) -> Result<Vec<Rule>> {
        let sql = format!("{SELECT} WHERE r.removed_at IS NULL ORDER BY r.place, r.key");
        self.0.all(sql, vec![]).await?.iter().map(read).collect()
    }

    /// The rule with this public id.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none.
    pub async fn find(&mut self, id: RuleId) -> Result<Rule> {
        let row = self
            .0
            .optional(
                format!("{SELECT} WHERE r.id = $1 AND r.removed_at IS NULL"),
                args![id.0],
            )
            .await?;
        row.map_or(Err(Error::Missing("rule")), |row| read(&row))
    }

    /// The rule that decided for a case, even if removed since.
    pub async fn by_key(&mut self, key: RuleKey) -> Result<Option<Rule>> {
        self.0
            .optional(format!("{SELECT} WHERE r.key = $1"), args![key])
            .await?
            .map(|row| read(&row))
            .transpose()
    }
}

impl Cases {
    /// The open cases decided by this rule.
    pub async fn ruled_by(&mut self, rule_key: RuleKey) -> Result<Vec<Case>> {
        self.matching(
            "rule_key = $1 AND state <> 'closed' ORDER BY key",
            args![rule_key],
        )
        .await
    }

    /// The number of open cases decided by this rule.
    pub async fn count_ruled_by(&mut self, rule_key: RuleKey) -> Result<i64> {
        let sql = "SELECT COUNT(*) AS n FROM cases WHERE rule_key = $1 AND state <> 'closed'";
        self.0.one(sql, args![rule_key]).await?.int("n")
    }

    /// Keys of the cases of the customers' last `limit` messages, newest first, without
    /// duplicates.
    pub async fn of_last_messages(&mut self, limit: i64) -> Result<Vec<CaseKey>> {
        let sql = format!(
            "SELECT DISTINCT case_key \
            FROM (SELECT case_key FROM message WHERE emitter NOT IN {OURS} \
            ORDER BY key DESC LIMIT $1) AS last \
            ORDER BY case_key DESC"
        );
        self.0
            .all(sql, args![limit])
            .await?
            .iter()
            .map(|row| row.key("case_key"))
            .collect()
    }
}

impl RulesMut {
    /// Stores a rule, last in order; one about a single customer is tried before all others.
    pub async fn insert(&mut self, definition: &RuleDefinition) -> Result<Rule> {
        let (id, at, actor) = (self.0.id(), self.0.at(), self.0.actor().to_string());
        let end = if definition.customer_key.is_some() {
            "MIN(place) - 1"
        } else {
            "MAX(place) + 1"
        };
        let sql = format!("SELECT COALESCE({end}, 1) AS place FROM rule WHERE removed_at IS NULL");
        let place = self.0.one(sql, vec![]).await?.int("place")?;
        let RuleDefinition {
            query,
            customer_key,
            step,
            tag_key,
            owner_key,
            team_key,
        } = definition;
        let row = named![
            id,
            place,
            query,
            customer_key: *customer_key,
            step: *step,
            tag_key: *tag_key,
            owner_key: *owner_key,
            team_key: *team_key,
            made_by: actor,
            made_at: at,
        ];
        self.0.insert("rule", row).await?;
        self.0.fact(FactDraft::new(Act::RuleChanged).on("rule", id));
        self.find(RuleId(id)).await
    }

    /// Changes what a rule does, and whether it is paused.
    pub async fn save(
        &mut self,
        rule: &Rule,
        definition: &RuleDefinition,
        paused: bool,
    ) -> Result<()> {
        let paused_at = if paused {
            rule.paused_at.or(Some(self.0.at()))
        } else {
            None
        };
        let sql = "UPDATE rule \
            SET query = $2, customer_key = $3, step = $4, tag_key = $5, owner_key = $6, team_key = \
            $7, paused_at = $8 \
            WHERE key = $1";
        let RuleDefinition {
            query,
            customer_key,
            step,
            tag_key,
            owner_key,
            team_key,
        } = definition;
        let values = args![
            rule.key,
            query,
            *customer_key,
            *step,
            *tag_key,
            *owner_key,
            *team_key,
            paused_at
        ];
        self.0.run(sql, values).await?;
        self.0
            .fact(FactDraft::new(Act::RuleChanged).on("rule", rule.id.0));
        Ok(())
    }

    /// Removes a rule; cases keep its name, so that the reason they moved can still be shown.
    pub async fn remove(&mut self, rule: &Rule) -> Result<()> {
        let at = self.0.at();
        self.0
            .run(
                "UPDATE rule SET removed_at = $2 WHERE key = $1",
                args![rule.key, at],
            )
            .await?;
        self.0.fact(
            FactDraft::new(Act::RuleChanged)
                .on("rule", rule.id.0)
                .code("state", "removed"),
        );
        Ok(())
    }

    /// Restores a removed rule.
    pub async fn restore(&mut self, id: RuleId) -> Result<()> {
        if self
            .0
            .run(
                "UPDATE rule SET removed_at = NULL WHERE id = $1",
                args![id.0],
            )
            .await?
            == 0
        {
            return Err(Error::Missing("rule"));
        }
        self.0.fact(
            FactDraft::new(Act::RuleChanged)
                .on("rule", id.0)
                .code("state", "restored"),
        );
        Ok(())
    }

    /// Puts the rules in this order; those not listed follow in their former order.
    pub async fn order(&mut self, first: &[RuleId]) -> Result<()> {
        for (place, id) in (1_i64..).zip(first) {
            self.0
                .run(
                    "UPDATE rule SET place = $2 WHERE id = $1",
                    args![id.0, place - 1_000_000],
                )
                .await?;
            self.0.fact(
                FactDraft::new(Act::RuleChanged)
                    .on("rule", id.0)
                    .number("place", place),
            );
        }
        Ok(())
    }
}
