//! What the rest of the application calls on an [`Instance`]: intake, imports, erasure.

use vigie_listen::{
    Batch, BoxFuture, Erasure, ErasureError, ImportDesk, ImportError, Intake, IntakeError,
    IntakeOutcome, OrderOutcome,
    past::{ImportDryRun, ImportSpec},
};
use vigie_model::{
    Actor, CustomerId, ErasureReport, ImportId, IncomingOrder, IncomingVisit, PersonId, SourceId,
};

use crate::{Instance, erasure, ingest, past};

impl Intake for Instance {
    fn receive(&self, batch: Batch) -> BoxFuture<'_, Result<Vec<IntakeOutcome>, IntakeError>> {
        Box::pin(async move { Ok(crate::ingest_batch(self, batch).await?) })
    }

    fn receive_orders(
        &self,
        source: SourceId,
        orders: Vec<IncomingOrder>,
    ) -> BoxFuture<'_, Result<Vec<OrderOutcome>, IntakeError>> {
        Box::pin(async move { Ok(ingest::receive_orders(self, source, orders).await?) })
    }

    fn receive_visits(
        &self,
        source: SourceId,
        visits: Vec<IncomingVisit>,
    ) -> BoxFuture<'_, Result<Vec<bool>, IntakeError>> {
        Box::pin(async move { Ok(ingest::receive_visits(self, source, visits).await?) })
    }
}

impl ImportDesk for Instance {
    fn preview(&self, spec: ImportSpec) -> BoxFuture<'_, Result<ImportDryRun, ImportError>> {
        Box::pin(async move { past::import_desk::preview(self, &spec).await })
    }

    fn begin(
        &self,
        by: PersonId,
        spec: ImportSpec,
    ) -> BoxFuture<'_, Result<ImportId, ImportError>> {
        Box::pin(past::import_desk::begin_in_background(self, by, spec))
    }

    fn undo(&self, by: PersonId, import: ImportId) -> BoxFuture<'_, Result<(), ImportError>> {
        Box::pin(past::import_desk::undo_in_background(self, by, import))
    }

    fn reopen(
        &self,
        by: PersonId,
        import: ImportId,
        days: i64,
    ) -> BoxFuture<'_, Result<i64, ImportError>> {
        Box::pin(past::import_desk::reopen(self, by, import, days))
    }
}

impl Erasure for Instance {
    fn erase(
        &self,
        by: PersonId,
        customer: CustomerId,
    ) -> BoxFuture<'_, Result<ErasureReport, ErasureError>> {
        Box::pin(async move {
            let traces = erasure::traces_of(self, &customer.to_string()).await;
            let traces = traces.map_err(stopped)?;
            erasure::erase(self, Actor::Person(by), &traces)
                .await
                .map_err(stopped)
        })
    }

    fn purge_expired(&self, by: PersonId) -> BoxFuture<'_, Result<ErasureReport, ErasureError>> {
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
