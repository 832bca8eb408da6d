//! The live stream: each event carries the number of the fact it reports; a browser resumes
//! where it stopped, and one that is too far behind is asked to reload its views.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, Sse},
};
use futures::{FutureExt as _, Stream};
use tokio::time::{Interval, MissedTickBehavior, interval};
use vigie_model::{CaseId, Fact};

use crate::{
    AppState, Problem,
    query::Query,
    session::{SignedIn, signed_out},
};

/// Above this number of missed facts, views reload instead of replaying.
const TOO_FAR_BEHIND: i64 = 2_000;
const PAGE: i64 = 500;
/// A broken connection looks like a quiet one: a regular heartbeat distinguishes them, and a
/// listener whose session has ended is noticed at the next one.
const BEAT: Duration = Duration::from_secs(15);

/// The position to resume from.
#[derive(serde::Deserialize, utoipa::IntoParams)]
pub struct LiveQuery {
    /// The number of the last fact seen: for a browser's new stream, which cannot send
    /// `Last-Event-ID`.
    pub after: Option<i64>,
}

/// Facts as they happen. Resume with `Last-Event-ID`, or with `after`.
#[utoipa::path(
    get,
    path = "/api/v1/live",
    tag = "live",
    params(LiveQuery),
    responses(
        (
            status = 200,
            content_type = "text/event-stream",
            description = "events `fact` (id: number of the fact, data: the fact), `refresh` \
                (views must reload), `looked` (who looks at a case has changed) and `beat` (at \
                once, then every 15 s: the line stands)",
        ),
    ),
)]
pub async fn live(
    State(app): State<AppState>,
    _: SignedIn,
    Query(params): Query<LiveQuery>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let newest = app.read().await?.facts().last().await?;
    let resumed = headers
        .get("last-event-id")
        .and_then(|it| it.to_str().ok())
        .and_then(|it| it.parse().ok());
    let seen: i64 = resumed.or(params.after).unwrap_or(newest);
    let behind = newest - seen > TOO_FAR_BEHIND || seen > newest;
    let start = if behind { newest } else { seen };
    let (nudges, viewers) = (app.bus.subscribe(), app.presence.changes());
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let follower = Follower {
        nudges,
        viewers,
        app,
        headers,
        beat,
        seen: start,
        ready: Vec::new(),
        refresh: behind,
    };
    let stream = futures::stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok(event), follower))
    });
    Ok(Sse::new(stream))
}

struct Follower {
    app: AppState,
    nudges: tokio::sync::watch::Receiver<i64>,
    viewers: tokio::sync::broadcast::Receiver<CaseId>,
    /// Identify the listener, whose session is checked at each heartbeat.
    headers: HeaderMap,
    beat: Interval,
    seen: i64,
    ready: Vec<Fact>,
    refresh: bool,
}

impl Follower {
    async fn next(&mut self) -> Option<Event> {
        if std::mem::take(&mut self.refresh) {
            return Some(
                Event::default()
                    .event("refresh")
                    .id(self.seen.to_string())
                    .data("{}"),
            );
        }
        let mut due = self.beat.tick().now_or_never().is_some();
        loop {
            if due {
                return self.heartbeat().await;
            }
            if let Some(fact) = self.ready.pop() {
                self.seen = fact.number;
                let event = Event::default().event("fact").id(fact.number.to_string());
                // A fact that cannot be told ends the stream: the browser asks again from it.
                return event.json_data(&fact).ok();
            }
            let mut found = self
                .app
                .store
                .read()
                .await
                .ok()?
                .facts()
                .after(self.seen, PAGE)
                .await
                .ok()?;
            if found.is_empty() {
                // A browser reconnects by itself, to whichever process serves then.
                tokio::select! {
                    nudged = self.nudges.changed() => nudged.ok()?,
                    viewers = self.viewers.recv() => {
                        if let Ok(case) = viewers {
                            let data = serde_json::json!({"case": case}).to_string();
                            return Some(Event::default().event("looked").data(data));
                        }
                    }
                    _ = self.beat.tick() => due = true,
                    _ = self.app.stopping.wait_for(|stop| *stop) => return None,
                }
                continue;
            }
            found.reverse();
            self.ready = found;
        }
    }

    /// Sends heartbeats; `None` ends the stream with the listener's session.
    async fn heartbeat(&self) -> Option<Event> {
        if signed_out(&self.app, &self.headers).await {
            return None;
        }
        Some(
            Event::default()
                .event("beat")
                .id(self.seen.to_string())
                .data("{}"),
        )
    }
}
