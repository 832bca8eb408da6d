//! The customer base: customers and orders, from tables and JSON Lines, read and stored batch
//! by batch.

use vigie_listen::{
    BatchContext, Refusal,
    past::{CUSTOMERS, ImportSample, ImportSpec, Mapping, ORDERS, customer, order},
};
use vigie_model::{At, Emitter, ImportId, IncomingAuthor, IncomingOrder, PastKind};
use vigie_store::{Brand, Error, ImportedRecord, Source, UpsertOutcome, Write, paired};

use super::{ItemOutcome, item::HasSize, reader::ImportReader, records::records};
use crate::ingest::{self, RefusedItem};

/// One row, and where it was found.
pub struct BaseRow {
    /// `FILE:LINE`.
    pub place: String,
    raw: String,
    parsed: Result<BaseRecord, Refusal>,
}

enum BaseRecord {
    Customer(IncomingAuthor),
    Order(IncomingOrder),
}

impl HasSize for BaseRow {
    fn weight(&self) -> usize {
        self.raw.len()
    }
}

/// Opens files of customers or orders. The error names the file, or what is wrong with the
/// mapping.
pub fn open(spec: &ImportSpec, now: At) -> anyhow::Result<ImportReader<BaseRow>> {
    anyhow::ensure!(!spec.files.is_empty(), "name the files to take in");
    let customers = spec.kind == PastKind::Customers;
    let about = if customers { &CUSTOMERS } else { &ORDERS };
    let mapping = Mapping::parse(about, &spec.mapping).map_err(anyhow::Error::msg)?;
    let (mut columns, mut written, mut all) = (Vec::new(), mapping.written(), Vec::new());
    for path in &spec.files {
        let (records, table) = records(path, &mapping)?;
        if let Some(table) = table {
            (columns, written) = (table.columns, table.mapping);
        }
        let path_name = path.display().to_string();
        all.push(records.map(move |record| {
            let record = record?;
            let place = format!("{path_name}:{}", record.line);
            Ok(match record.parsed {
                Err((refusal, raw)) => BaseRow {
                    place,
                    raw,
                    parsed: Err(refusal),
                },
                Ok(value) => {
                    let raw = value.to_string();
                    let read = if customers {
                        customer(&value).map(BaseRecord::Customer)
                    } else {
                        order(value, now).map(BaseRecord::Order)
                    };
                    BaseRow {
                        place,
                        raw,
                        parsed: read,
                    }
                }
            })
        }));
    }
    Ok(ImportReader::of(
        Box::new(all.into_iter().flatten()),
        columns,
        written,
        mapping.brand,
    ))
}

/// Stores a batch; records what the import created or changed.
pub async fn keep(
    write: &mut Write,
    source: &Source,
    brand: &Brand,
    import: Option<ImportId>,
    rows: Vec<BaseRow>,
) -> vigie_store::Result<Vec<(String, ItemOutcome)>> {
    let (mut customers, mut orders) = (Vec::new(), Vec::new());
    let (mut raws, mut outcomes, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for (at, row) in rows.into_iter().enumerate() {
        match row.parsed {
            Ok(BaseRecord::Customer(said)) => customers.push((at, said)),
            Ok(BaseRecord::Order(said)) => orders.push((at, said)),
            Err(error) => refused.push((at, error)),
        }
        raws.push((row.place, row.raw));
    }
    let mut things = Vec::new();
    for (at, upserted, thing) in upsert_orders(write, source, brand, orders).await? {
        things.extend((upserted != UpsertOutcome::Unchanged).then_some(thing));
        outcomes.push((at, upserted.into()));
    }
    let (places, said): (Vec<usize>, Vec<IncomingAuthor>) = customers.into_iter().unzip();
    let upserted = ingest::persist_customers(write, source, brand, &said).await?;
    for (at, upserted) in paired("customers and their outcomes", places, upserted)? {
        match upserted {
            Some((upserted, thing)) => {
                things.extend((upserted != UpsertOutcome::Unchanged).then_some(thing));
                outcomes.push((at, upserted.into()));
            }
            None => {
                let detail = "neither number, address nor telephone can be read: nobody can be \
                    recognised by it";
                refused.push((at, Refusal::new("customer_unknown", detail)));
            }
        }
    }
    if let Some(id) = import {
        let key = write.imports().find(id).await?.key;
        write.imported_records().insert(key, things).await?;
    }
    let mut items = Vec::with_capacity(refused.len());
    for (index, refusal) in refused {
        let raw = raws.get(index).map(|(_, raw)| raw.clone());
        let raw = raw.ok_or_else(|| no_outcome(index))?;
        outcomes.push((index, ItemOutcome::Refused(refusal.clone())));
        items.push(RefusedItem {
            index,
            external_id: None,
            raw,
            refusal,
        });
    }
    ingest::persist_refused(
        write,
        source,
        &items,
        &BatchContext {
            import,
            ..BatchContext::default()
        },
    )
    .await?;
    outcomes.sort_unstable_by_key(|(index, _)| *index);
    in_order(raws, outcomes)
}

/// Each row of the file with its own outcome.
fn in_order(
    rows: Vec<(String, String)>,
    outcomes: Vec<(usize, ItemOutcome)>,
) -> vigie_store::Result<Vec<(String, ItemOutcome)>> {
    let pairs = paired("rows and their outcomes", rows, outcomes)?.enumerate();
    pairs
        .map(|(index, ((place, _), (of, outcome)))| match of == index {
            true => Ok((place, outcome)),
            false => Err(no_outcome(index)),
        })
        .collect()
}

fn no_outcome(index: usize) -> Error {
    Error::Inconsistent(format!("row {index} of the batch has no outcome"))
}

/// Stores orders; returns for each its place, what changed, and what the import did.
async fn upsert_orders(
    write: &mut Write,
    source: &Source,
    brand: &Brand,
    orders: Vec<(usize, IncomingOrder)>,
) -> vigie_store::Result<Vec<(usize, UpsertOutcome, ImportedRecord)>> {
    let (places, orders): (Vec<usize>, Vec<IncomingOrder>) = orders.into_iter().unzip();
    let numbers: Vec<String> = orders.iter().map(|it| it.number.clone()).collect();
    let before = write.orders().numbered(brand.key, &numbers).await?;
    let upserted = ingest::upsert_orders(write, source, brand, orders).await?;
    let after = write.orders().numbered(brand.key, &numbers).await?;
    let upserted = paired("orders and their outcomes", places, upserted)?.collect();
    let numbered = paired("orders and their numbers", upserted, numbers)?;
    numbered
        .map(
            |((index, upserted), number): ((usize, UpsertOutcome), String)| {
                let order = after.get(&number).ok_or_else(|| no_outcome(index))?;
                let record = ImportedRecord::order(order.key, before.get(&number));
                Ok((index, upserted, record))
            },
        )
        .collect()
}

impl BaseRow {
    /// The preview of a row; `None` for a refused one.
    pub fn sample(&self) -> Option<ImportSample> {
        let (who, at, status, excerpt) = match self.parsed.as_ref().ok()? {
            BaseRecord::Customer(it) => {
                let parts = [&it.customer_id, &it.email, &it.phone];
                (
                    it,
                    None,
                    None,
                    parts
                        .into_iter()
                        .flatten()
                        .cloned()
                        .collect::<Vec<_>>()
                        .join(" · "),
                )
            }
            BaseRecord::Order(it) => (
                &it.buyer,
                Some(it.placed_at),
                Some(it.status),
                format!("{} · {}", it.number, it.total),
            ),
        };
        let names = [&who.name, &who.email, &who.customer_id, &who.phone];
        let author = names
            .into_iter()
            .flatten()
            .next()
            .cloned()
            .unwrap_or_default();
        Some(ImportSample {
            author,
            at,
            emitter: Emitter::Customer,
            excerpt,
            status,
        })
    }
}
