//! The customer base: customers and orders, from tables and JSON Lines, read and stored batch
//! by batch.

use vigie_listen::{
    Extras, Refusal,
    past::{CUSTOMERS, Mapping, ORDERS, PastAsked, PastSample, customer, order},
};
use vigie_model::{At, AuthorSaid, Emitter, ImportId, OrderSaid, PastKind};
use vigie_store::{Brand, ImportedThing, Kept, Source, Write};

use super::{
    Became,
    reading::{Reading, Weighty},
    records::records,
};
use crate::hear::{self, RefusedItem};

/// One row, and where it was found.
pub struct Row {
    /// `FILE:LINE`.
    pub place: String,
    raw: String,
    read: Result<Entry, Refusal>,
}

enum Entry {
    Customer(AuthorSaid),
    Order(OrderSaid),
}

impl Weighty for Row {
    fn weight(&self) -> usize {
        self.raw.len()
    }
}

/// Opens files of customers or orders. The error names the file, or what is wrong with the
/// mapping.
pub fn open(asked: &PastAsked, now: At) -> anyhow::Result<Reading<Row>> {
    anyhow::ensure!(!asked.files.is_empty(), "name the files to take in");
    let customers = asked.kind == PastKind::Customers;
    let about = if customers { &CUSTOMERS } else { &ORDERS };
    let mapping = Mapping::parse(about, &asked.mapping).map_err(anyhow::Error::msg)?;
    let (mut columns, mut written, mut all) = (Vec::new(), mapping.written(), Vec::new());
    for path in &asked.files {
        let (records, table) = records(path, &mapping)?;
        if let Some(table) = table {
            (columns, written) = (table.columns, table.mapping);
        }
        let shown = path.display().to_string();
        all.push(records.map(move |record| {
            let record = record?;
            let place = format!("{shown}:{}", record.line);
            Ok(match record.read {
                Err((why, raw)) => Row {
                    place,
                    raw,
                    read: Err(why),
                },
                Ok(value) => {
                    let raw = value.to_string();
                    let read = if customers {
                        customer(&value).map(Entry::Customer)
                    } else {
                        order(value, now).map(Entry::Order)
                    };
                    Row { place, raw, read }
                }
            })
        }));
    }
    Ok(Reading::of(
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
    rows: Vec<Row>,
) -> vigie_store::Result<Vec<(String, Became)>> {
    let (mut customers, mut orders) = (Vec::new(), Vec::new());
    let (mut raws, mut became, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for (at, row) in rows.into_iter().enumerate() {
        match row.read {
            Ok(Entry::Customer(said)) => customers.push((at, said)),
            Ok(Entry::Order(said)) => orders.push((at, said)),
            Err(why) => refused.push((at, why)),
        }
        raws.push((row.place, row.raw));
    }
    let mut things = Vec::new();
    for (at, kept, thing) in keep_orders(write, source, brand, orders).await? {
        things.extend((kept != Kept::Unchanged).then_some(thing));
        became.push((at, kept.into()));
    }
    let (places, said): (Vec<usize>, Vec<AuthorSaid>) = customers.into_iter().unzip();
    for (at, kept) in places
        .into_iter()
        .zip(hear::keep_customers(write, source, brand, &said).await?)
    {
        match kept {
            Some((kept, thing)) => {
                things.extend((kept != Kept::Unchanged).then_some(thing));
                became.push((at, kept.into()));
            }
            None => {
                let detail = "neither number, address nor telephone can be read: nobody can be \
                    recognised by it";
                refused.push((at, Refusal::new("customer_unknown", detail)));
            }
        }
    }
    if let Some(id) = import {
        let key = write.import(id).await?.key;
        write.note_imported_things(key, things).await?;
    }
    let items: Vec<RefusedItem> = refused
        .into_iter()
        .map(|(place, refusal)| {
            became.push((place, Became::Refused(refusal.clone())));
            let raw = raws.get(place).map(|it| it.1.clone()).unwrap_or_default();
            RefusedItem {
                place,
                external_id: None,
                raw,
                refusal,
            }
        })
        .collect();
    hear::keep_refused(
        write,
        source,
        &items,
        &Extras {
            import,
            ..Extras::default()
        },
    )
    .await?;
    became.sort_unstable_by_key(|it| it.0);
    Ok(raws
        .into_iter()
        .zip(became)
        .map(|((place, _), (_, became))| (place, became))
        .collect())
}

/// Stores orders; returns for each its place, what changed, and what the import did.
async fn keep_orders(
    write: &mut Write,
    source: &Source,
    brand: &Brand,
    orders: Vec<(usize, OrderSaid)>,
) -> vigie_store::Result<Vec<(usize, Kept, ImportedThing)>> {
    let (places, orders): (Vec<usize>, Vec<OrderSaid>) = orders.into_iter().unzip();
    let numbers: Vec<String> = orders.iter().map(|it| it.number.clone()).collect();
    let before = write.orders_numbered(brand.key, &numbers).await?;
    let kept = hear::keep_orders(write, source, brand, orders).await?;
    let after = write.orders_numbered(brand.key, &numbers).await?;
    let all = places
        .into_iter()
        .zip(kept)
        .zip(numbers)
        .map(|((at, kept), number)| {
            let key = after.get(&number).map_or(0, |it| it.key);
            (at, kept, ImportedThing::order(key, before.get(&number)))
        });
    Ok(all.collect())
}

impl Row {
    /// The preview of a row; `None` for a refused one.
    pub fn sample(&self) -> Option<PastSample> {
        let (who, at, status, words) = match self.read.as_ref().ok()? {
            Entry::Customer(it) => {
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
            Entry::Order(it) => (
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
        Some(PastSample {
            author,
            at,
            emitter: Emitter::Customer,
            words,
            status,
        })
    }
}
