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
use vigie_desk::sees;
use vigie_model::{CaseId, Fact, Role};
use vigie_store::Person;

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
            description = "events `fact` (id: number of the fact, data: the fact), `changed` (id: \
                number of a fact that is not for the listener), `refresh` (views must reload), `looked` (who looks at a case has changed) and `beat` (at \
                once, then every 15 s: the line stands)",
        ),
    ),
)]
pub async fn live(
    State(app): State<AppState>,
    me: SignedIn,
    Query(params): Query<LiveQuery>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let newest = app.read().await?.facts().last().await?;
    let seen = resumed_from(&headers).or(params.after).unwrap_or(newest);
    let behind = newest - seen > TOO_FAR_BEHIND || seen > newest;
    let start = if behind { newest } else { seen };
    let (nudges, viewers) = (app.bus.subscribe(), app.presence.changes());
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let follower = Follower {
        nudges,
        viewers,
        app,
        listener: me.person,
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

/// The number of the last fact a browser heard, as it says when it comes back.
fn resumed_from(headers: &HeaderMap) -> Option<i64> {
    let last = headers.get("last-event-id")?;
    last.to_str().ok()?.parse().ok() // default: what is no number resumes nowhere
}

struct Follower {
    app: AppState,
    nudges: tokio::sync::watch::Receiver<i64>,
    viewers: tokio::sync::broadcast::Receiver<CaseId>,
    /// Who is told only what they may see.
    listener: Person,
    /// Identify the listener, whose session is checked at each heartbeat.
    headers: HeaderMap,
    beat: Interval,
    seen: i64,
    ready: Vec<Fact>,
    refresh: bool,
}

/// Why a follower looks again.
enum Woken {
    Facts,
    Beat,
    /// Somebody looks at this case, or no longer.
    Viewer(CaseId),
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
                return self.tell(&fact).await;
            }
            let mut found = self.read().await?;
            if found.is_empty() {
                match self.wait().await? {
                    Woken::Facts => {}
                    Woken::Beat => due = true,
                    Woken::Viewer(case) if self.may_hear(Some(case)).await? => {
                        let data = serde_json::json!({"case": case}).to_string();
                        return Some(Event::default().event("looked").data(data));
                    }
                    Woken::Viewer(_) => {}
                }
                continue;
            }
            found.reverse();
            self.ready = found;
        }
    }

    /// The facts that were not told yet.
    async fn read(&self) -> Option<Vec<Fact>> {
        let mut session = self.app.store.read().await.ok()?;
        session.facts().after(self.seen, PAGE).await.ok()
    }

    /// Waits until there may be something to tell; `None` ends the stream.
    async fn wait(&mut self) -> Option<Woken> {
        // A browser reconnects by itself, to whichever process serves then.
        tokio::select! {
            nudged = self.nudges.changed() => nudged.ok().map(|()| Woken::Facts),
            viewers = self.viewers.recv() => {
                // One who listens too slowly to who looks at what reads it with the case.
                Some(viewers.map_or(Woken::Facts, Woken::Viewer))
            }
            _ = self.beat.tick() => Some(Woken::Beat),
            _ = self.app.stopping.wait_for(|stop| *stop) => None,
        }
    }

    /// Tells a fact, or that there was one, to whom it is not for.
    async fn tell(&mut self, fact: &Fact) -> Option<Event> {
        self.seen = fact.number;
        let id = fact.number.to_string();
        match self.may_hear(fact.case()).await? {
            true => {
                let event = Event::default().event("fact").id(id);
                // A fact that cannot be told ends the stream: the browser asks again from it.
                event.json_data(fact).ok()
            }
            false => Some(Event::default().event("changed").id(id).data("{}")),
        }
    }

    /// Whether what concerns this case, or none, is for the listener: volunteers hear of the cases
    /// they see only. `None` ends the stream when that cannot be known.
    async fn may_hear(&self, case: Option<CaseId>) -> Option<bool> {
        if self.listener.role != Role::Volunteer {
            return Some(true);
        }
        let Some(case) = case else {
            return Some(false);
        };
        let mut session = self.app.store.read().await.ok()?;
        match session.cases().find(case).await {
            Ok(case) => sees(&mut session, &self.listener, &case).await.ok(),
            Err(vigie_store::Error::Missing(_)) => Some(false),
            Err(_) => None,
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
