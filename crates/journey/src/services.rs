//! What the rest of the application calls on an [`Instance`]: intake, imports, erasure.

use vigie_listen::{
    Batch, BoxedFuture, Erasure, ErasureError, Heard, ImportDesk, ImportError, Intake, IntakeError,
    OrderKept,
    past::{PastAsked, PastPreview},
};
use vigie_model::{Actor, CustomerId, ImportId, OrderSaid, PersonId, Proof, SourceId, VisitSaid};

use crate::{Instance, erasure, hear, past};

impl Intake for Instance {
    fn receive(&self, batch: Batch) -> BoxedFuture<'_, Result<Vec<Heard>, IntakeError>> {
        Box::pin(async move { Ok(crate::hear(self, batch).await?) })
    }

    fn receive_orders(
        &self,
        source: SourceId,
        orders: Vec<OrderSaid>,
    ) -> BoxedFuture<'_, Result<Vec<OrderKept>, IntakeError>> {
        Box::pin(async move { Ok(hear::receive_orders(self, source, orders).await?) })
    }

    fn receive_visits(
        &self,
        source: SourceId,
        visits: Vec<VisitSaid>,
    ) -> BoxedFuture<'_, Result<Vec<bool>, IntakeError>> {
        Box::pin(async move { Ok(hear::receive_visits(self, source, visits).await?) })
    }
}

impl ImportDesk for Instance {
    fn preview(&self, asked: PastAsked) -> BoxedFuture<'_, Result<PastPreview, ImportError>> {
        Box::pin(async move { past::desk::preview(self, &asked).await })
    }

    fn begin(
        &self,
        by: PersonId,
        asked: PastAsked,
    ) -> BoxedFuture<'_, Result<ImportId, ImportError>> {
        Box::pin(past::desk::begin_in_background(self, by, asked))
    }

    fn undo(&self, by: PersonId, import: ImportId) -> BoxedFuture<'_, Result<(), ImportError>> {
        Box::pin(past::desk::undo_in_background(self, by, import))
    }

    fn reopen(
        &self,
        by: PersonId,
        import: ImportId,
        days: i64,
    ) -> BoxedFuture<'_, Result<i64, ImportError>> {
        Box::pin(past::desk::reopen(self, by, import, days))
    }
}

impl Erasure for Instance {
    fn erase(
        &self,
        by: PersonId,
        customer: CustomerId,
    ) -> BoxedFuture<'_, Result<Proof, ErasureError>> {
        Box::pin(async move {
            let traces = erasure::traces_of(self, &customer.to_string()).await;
            let traces = traces.map_err(stopped)?;
            erasure::erase(self, Actor::Person(by), &traces)
                .await
                .map_err(stopped)
        })
    }

    fn purge_expired(&self, by: PersonId) -> BoxedFuture<'_, Result<Proof, ErasureError>> {
        Box::pin(async move {
            erasure::purge_expired(self, Actor::Person(by))
                .await
                .map_err(stopped)
        })
    }
}

fn stopped(error: anyhow::Error) -> ErasureError {
    ErasureError(error.into())
}
