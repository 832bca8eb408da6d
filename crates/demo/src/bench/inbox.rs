//! Measures pages of the inbox, in every named view.

use std::{path::Path, time::Instant};

use anyhow::Context as _;
use serde_json::{Value, json};
use vigie_model::{Actor, Kind, Lang, PersonKey, Queue, Role};
use vigie_store::{CaseFilters, CaseListParams, Cursor, View};

use super::{BenchLoad, SOMEBODY, quantile, spread};
use vigie_journey::Instance;

/// Times pages of every named view over `cases` cases, and of one filter, in milliseconds
/// spent in the store.
pub async fn inbox(
    folder: &Path,
    database: Option<&str>,
    cases: usize,
    pages: usize,
) -> anyhow::Result<Value> {
    let load = BenchLoad::open(folder, database, 1_000, false).await?;
    load.fill(0, cases).await?;
    let (views, raw) = pages_of(&load.instance, pages).await?;
    Ok(json!({
        "bench": "inbox",
        "database": load.instance.store.database().name(),
        "cases": cases,
        "rows_a_page": 50,
        "views": views,
        "raw_point_lookup_p50_ms": raw,
        "budget_p99_ms": 10,
    }))
}

/// Times every named view and one filter; and the raw limit, a look-up by key.
pub(super) async fn pages_of(instance: &Instance, pages: usize) -> anyhow::Result<(Value, f64)> {
    let member = two_teams(instance).await?;
    let views = [
        ("open", View::Open, None),
        ("now", View::Queue(Queue::Now), None),
        ("quick", View::Queue(Queue::Quick), None),
        ("plan", View::Queue(Queue::Plan), None),
        ("later", View::Queue(Queue::Later), None),
        ("unowned", View::Unowned, None),
        ("of my two teams", View::OfTeams(member), None),
        ("open, complaints", View::Open, Some(Kind::Complaint)),
        ("open, questions", View::Open, Some(Kind::Question)),
    ];
    let mut figures = serde_json::Map::new();
    for (name, view, kind) in views {
        figures.insert(name.into(), view_speed(instance, view, kind, pages).await?);
    }
    Ok((figures.into(), point_lookup(instance, pages).await?))
}

/// Adds somebody in two teams that hold a fifth of the cases, then updates the planner's
/// statistics.
async fn two_teams(instance: &Instance) -> anyhow::Result<PersonKey> {
    let mut write = instance.store.write(Actor::System).await?;
    let teams = write.teams().list().await?;
    let member = if teams.is_empty() {
        let person = write
            .people()
            .insert(
                "bench@vigie.example",
                "Bench",
                Role::Volunteer,
                Lang::En,
                None,
            )
            .await?;
        for name in ["Shops", "Workshop"] {
            let team = write
                .teams()
                .insert(name, &name.to_lowercase(), None)
                .await?;
            write.teams().set_members(team.key, &[person.key]).await?;
        }
        person.key
    } else {
        write
            .people()
            .by_email("bench@vigie.example")
            .await?
            .context("the teams of the bench are there, their member is not")?
            .0
            .key
    };
    write.commit().await?;
    let mut session = instance.store.database().begin().await?;
    session
        .run(
            "UPDATE cases SET team_key = 1 + key % 2 WHERE key % 5 = 0 AND team_key IS NULL",
            vec![],
        )
        .await?;
    session.run("ANALYZE", vec![]).await?;
    session.commit().await?;
    Ok(member)
}

/// Reads the view page after page, restarting at its end.
async fn view_speed(
    instance: &Instance,
    view: View,
    kind: Option<Kind>,
    pages: usize,
) -> anyhow::Result<Value> {
    let mut times = Vec::with_capacity(pages);
    let mut after: Option<Cursor> = None;
    let mut rows = 0;
    for _ in 0..pages {
        let started = Instant::now();
        let narrowed = CaseFilters {
            kind,
            ..CaseFilters::default()
        };
        let params = CaseListParams {
            narrowed,
            after,
            ..CaseListParams::of(view, SOMEBODY, 50)
        };
        let page = instance.store.read().await?.cases().list(&params).await?;
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
        rows += page.len();
        after = page
            .last()
            .filter(|_| page.len() == 50)
            .map(|row| row.cursor);
    }
    Ok(json!({"times": spread(&times), "rows": rows}))
}

async fn point_lookup(instance: &Instance, times: usize) -> anyhow::Result<f64> {
    let mut taken = Vec::with_capacity(times);
    for number in 0..times {
        let started = Instant::now();
        instance
            .store
            .read()
            .await?
            .optional(
                "SELECT id FROM cases WHERE key = $1",
                vigie_store::args![number as i64 + 1],
            )
            .await?;
        taken.push(started.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(quantile(&taken, 0.5))
}
