//! Weighs a case as it is stored: gathers what the weigher needs to know.

use vigie_model::{At, BrandKey, CaseState};

use super::weigher::WeighingContext;
use crate::{Brand, Case, Cases, CasesMut, Result, args};

impl Cases {
    /// Up to `limit` cases whose points change at or before `at`.
    pub async fn to_reweigh(&mut self, at: At, limit: i64) -> Result<Vec<Case>> {
        self.matching(
            "next_change_at <= $1 ORDER BY next_change_at LIMIT $2",
            args![at, limit],
        )
        .await
    }
}

impl CasesMut {
    /// Weighs a case just opened: no cause, no promise, no owner yet.
    pub(crate) async fn weigh_new(&mut self, case: &mut Case) -> Result<()> {
        let context = self.base_context(case).await?;
        let (weigher, at) = (self.0.weigher.clone(), self.0.at());
        weigher.weigh(case, &context, at);
        Ok(())
    }

    pub(crate) async fn weigh(&mut self, case: &mut Case) -> Result<()> {
        let context = if case.state == CaseState::Open {
            self.weighing_context(case).await?
        } else {
            self.base_context(case).await?
        };
        let (weigher, at) = (self.0.weigher.clone(), self.0.at());
        weigher.weigh(case, &context, at);
        Ok(())
    }

    async fn base_context(&mut self, case: &Case) -> Result<WeighingContext> {
        Ok(WeighingContext {
            brand: self.brand_cached(case.brand_key).await?,
            hours: match case.team_key {
                Some(team) => self.0.teams().by_key(team).await?.hours,
                None => None,
            },
            cause: None,
            customers_same_cause: None,
            new_cause: false,
            earlier_unsolved: 0,
            promise: None,
        })
    }

    async fn weighing_context(&mut self, case: &Case) -> Result<WeighingContext> {
        let mut context = self.base_context(case).await?;
        context.promise = self.0.promises().next_due(case.key).await?;
        if let Some(cause) = case.cause_key {
            let since = self.0.at().plus_days(-7);
            let others = self.0.causes().count_customers(cause, since).await?;
            // The table may not have this case's cause yet: it is being stored.
            context.customers_same_cause = Some(others.max(1));
            let sql = "SELECT k.top, k.code, CASE WHEN EXISTS (SELECT 1 FROM cases c WHERE \
                c.cause_key = k.key AND c.key <> $2) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) \
                END AS others \
                FROM cause k \
                WHERE k.key = $1";
            let row = self.0.one(sql, args![cause, case.key]).await?;
            context.new_cause = row.int("others")? == 0;
            context.cause = Some(format!("{}/{}", row.text("top")?, row.text("code")?));
            if let Some(customer) = case.customer_key {
                context.earlier_unsolved = self
                    .0
                    .causes()
                    .count_unsolved(customer, cause, case.key)
                    .await?;
            }
        }
        Ok(context)
    }

    async fn brand_cached(&mut self, key: BrandKey) -> Result<Brand> {
        if let Some(brand) = self.0.brands.get(&key) {
            return Ok(brand.clone());
        }
        let brand = self.0.brands().by_key(key).await?;
        self.0.brands.insert(key, brand.clone());
        Ok(brand)
    }
}
