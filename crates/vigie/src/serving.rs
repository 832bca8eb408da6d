//! The house at work: the front door, the outbox, and the timers that wake and weigh cases again.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::serve::ListenerExt as _;
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use vigie_bus::Bus;
use vigie_http::{App, Doors, router};
use vigie_model::{Act, Actor};
use vigie_respond::{Outbox, Teller};
use vigie_store::FactDraft;

use crate::{House, secured::SecuredListener};

/// A house that serves; dropped, it stops.
pub struct Serving {
    /// Where it listens.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    door: JoinHandle<std::io::Result<()>>,
    side_door: JoinHandle<()>,
    /// What works without being asked; ended when dropped.
    rooms: JoinSet<()>,
}

/// How long what is under way may take to end.
const LEAVING: Duration = Duration::from_secs(10);

/// Opens the front door and starts the timers.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(house: House, listen: SocketAddr, doors: Doors) -> anyhow::Result<Serving> {
    serve_with(house, listen, doors, None).await
}

/// The same, over HTTPS when a certificate and its key are given.
///
/// # Errors
/// When the address cannot be listened on, or the certificate cannot be read.
pub async fn serve_with(
    house: House,
    listen: SocketAddr,
    doors: Doors,
    certificate: Option<(&Path, &Path)>,
) -> anyhow::Result<Serving> {
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let outbox =
        Outbox::new(house.store.clone(), doors.webhooks).context("no HTTP client can be made")?;
    let teller =
        Teller::new(house.store.clone(), doors.webhooks).context("no HTTP client can be made")?;
    let app = App::new(
        house.store.clone(),
        Arc::new(house.clone()),
        house.bus.clone(),
        house.search.clone(),
        doors,
        stopped.clone(),
    )?;
    let routes = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let mut leaving = stopped.clone();
    // An error means the house is gone: the same as stopping.
    let until = async move { drop(leaving.wait_for(|stop| *stop).await) };
    let door = match certificate {
        None => {
            let door = axum::serve(listener, routes).with_graceful_shutdown(until);
            tokio::spawn(async move { door.await })
        }
        Some((certificate, key)) => {
            // Tapping changes nothing: it lets the caller's address through.
            let listener = SecuredListener::new(listener, certificate, key)?.tap_io(|_| {});
            let door = axum::serve(listener, routes).with_graceful_shutdown(until);
            tokio::spawn(async move { door.await })
        }
    };
    let side_door = crate::side_door::open(house.clone(), &house.folder)?;
    let mut rooms = JoinSet::new();
    rooms.spawn(send_answers(outbox, stopped.clone()));
    rooms.spawn(tell(teller, house.bus.clone(), stopped.clone()));
    rooms.spawn(crate::mailbox::read_mailboxes(
        house.clone(),
        stopped.clone(),
    ));
    rooms.spawn(follow(house.clone(), stopped.clone()));
    rooms.spawn(keep_time(house, stopped));
    Ok(Serving {
        address,
        stop,
        door,
        side_door,
        rooms,
    })
}

impl Serving {
    /// Tells when the house is leaving.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// Stops: takes no more callers, and lets what is under way end: requests, answers being sent,
    /// mails being read.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        self.side_door.abort();
        let ending = async {
            drop(self.door.await);
            while self.rooms.join_next().await.is_some() {}
        };
        if tokio::time::timeout(LEAVING, ending).await.is_err() {
            tracing::warn!(
                "what was still under way after {} s is left where it was",
                LEAVING.as_secs()
            );
        }
    }

    /// Serves until the process is told to stop.
    ///
    /// # Errors
    /// When the listener breaks.
    pub async fn until_stopped(self) -> anyhow::Result<()> {
        let mut terminate =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted?,
            _ = terminate.recv() => {}
        }
        self.stop().await;
        Ok(())
    }
}

/// Sends what is due, every half second.
async fn send_answers(outbox: Outbox, mut stopped: watch::Receiver<bool>) {
    while !pause(&mut stopped, Duration::from_millis(500)).await {
        if let Err(why) = outbox.turn().await {
            tracing::error!(%why, "the outbox could not turn");
        }
    }
}

/// Programs are told the history: within a second when they take it.
async fn tell(teller: Teller, bus: Bus, mut stopped: watch::Receiver<bool>) {
    let mut history = bus.subscribe();
    loop {
        match teller.turn().await {
            // There may be more than one turn tells.
            Ok(taken) if taken > 0 => {}
            told => {
                if let Err(why) = told {
                    tracing::error!(%why, "programs could not be told the history");
                }
                drop(tokio::time::timeout(Duration::from_secs(1), history.changed()).await);
            }
        }
        if pause(&mut stopped, Duration::from_millis(100)).await {
            return;
        }
    }
}

/// The index follows the history: whatever is committed can be found within a second.
async fn follow(house: House, mut stopped: watch::Receiver<bool>) {
    let mut history = house.bus.subscribe();
    loop {
        if house.search.is_to_be_rebuilt() {
            tracing::info!("the search index is built anew");
            if let Err(why) = house.search.rebuild(&house.store).await {
                tracing::error!(%why, "the search index could not be built anew");
            }
        }
        if let Err(why) = house.search.follow(&house.store).await {
            tracing::error!(%why, "the search index could not follow");
        }
        if pause(&mut stopped, Duration::from_millis(300)).await {
            return;
        }
        // Other processes may write the same PostgreSQL: nobody nudges for them.
        let nudged = tokio::time::timeout(Duration::from_secs(2), history.changed());
        tokio::select! {
            _ = nudged => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}

/// Wakes what was put off and weighs again what time changed, every second.
async fn keep_time(house: House, mut stopped: watch::Receiver<bool>) {
    while !pause(&mut stopped, Duration::from_secs(1)).await {
        if let Err(why) = pass_time(&house).await {
            tracing::error!(%why, "cases could not be weighed again");
        }
    }
}

/// True when it is time to stop.
async fn pause(stopped: &mut watch::Receiver<bool>, length: Duration) -> bool {
    tokio::select! {
        () = tokio::time::sleep(length) => false,
        _ = stopped.wait_for(|stop| *stop) => true,
    }
}

const AT_ONCE: i64 = 200;

/// One turn of the clock: idempotent, told nothing it could read; returns how many cases it
/// touched.
///
/// # Errors
/// When the store fails; the next turn does the rest.
pub async fn pass_time(house: &House) -> Result<usize, vigie_respond::Error> {
    let now = house.store.now();
    let mut session = house.store.read().await?;
    let asleep = session.cases_to_wake(now, AT_ONCE).await?;
    let changed = session.cases_to_reweigh(now, AT_ONCE).await?;
    let questions = session.questions_due(now, AT_ONCE).await?;
    drop(session);
    if asleep.is_empty() && changed.is_empty() && questions.is_empty() {
        return Ok(0);
    }
    let mut write = house.store.write(Actor::House).await?;
    for case in &asleep {
        let case = write.case_by_key(case.key).await?;
        vigie_respond::wake(&mut write, &case).await?;
    }
    for case in &changed {
        let before = write.case_by_key(case.key).await?;
        let mut after = before.clone();
        write.save_case(&before, &mut after).await?;
        if after.queue != before.queue {
            let fact = FactDraft::new(Act::CaseReweighed).of_case(&before);
            write.fact(
                fact.code("from", before.queue.code())
                    .code("to", after.queue.code()),
            );
        }
    }
    for question in &questions {
        let case = write.case_by_key(question.case_key).await?;
        let brand = write.brand(case.brand_key).await?;
        let calendar = house.weigher.calendar(&brand, now);
        let opens_at = if calendar.is_open(now) {
            now
        } else {
            calendar.after(now, 1)
        };
        vigie_respond::age_question(&mut write, question, opens_at).await?;
    }
    write.commit().await?;
    Ok(asleep.len() + changed.len() + questions.len())
}
