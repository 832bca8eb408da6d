//! The running application: the HTTP server, the outbox, and the timers that wake and weigh
//! cases again.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::serve::ListenerExt as _;
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use vigie_bus::Bus;
use vigie_connect::{Host, mailbox};
use vigie_http::{App, Doors, Services, router};
use vigie_journey::run_due_timers;
use vigie_respond::{Outbox, Teller};

use crate::{Instance, secured::SecuredListener};

/// A running instance; dropping it stops it.
pub struct Serving {
    /// The address it listens on.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    door: JoinHandle<std::io::Result<()>>,
    side_door: JoinHandle<()>,
    /// The background tasks; aborted when dropped.
    rooms: JoinSet<()>,
}

/// How long requests and tasks in progress may take to finish.
const LEAVING: Duration = Duration::from_secs(10);

/// Starts the HTTP server and the timers. Fails when the address is not available.
pub async fn serve(
    instance: Instance,
    listen: SocketAddr,
    doors: Doors,
) -> anyhow::Result<Serving> {
    serve_with(instance, listen, doors, None).await
}

/// The same, over HTTPS when a certificate and its key are given.
pub async fn serve_with(
    instance: Instance,
    listen: SocketAddr,
    doors: Doors,
    certificate: Option<(&Path, &Path)>,
) -> anyhow::Result<Serving> {
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let outbox = Outbox::new(instance.store.clone(), doors.webhooks)
        .context("no HTTP client can be made")?;
    let teller = Teller::new(instance.store.clone(), doors.webhooks)
        .context("no HTTP client can be made")?;
    let app = App::new(services(&instance), doors, stopped.clone())?;
    let routes = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let mut leaving = stopped.clone();
    // An error means that the sender is gone: the same as stopping.
    let until = async move { drop(leaving.wait_for(|stop| *stop).await) };
    let door = match certificate {
        None => {
            let door = axum::serve(listener, routes).with_graceful_shutdown(until);
            tokio::spawn(async move { door.await })
        }
        Some((certificate, key)) => {
            // The tap does nothing: it gives access to the caller's address.
            let listener = SecuredListener::new(listener, certificate, key)?.tap_io(|_| {});
            let door = axum::serve(listener, routes).with_graceful_shutdown(until);
            tokio::spawn(async move { door.await })
        }
    };
    let side_door = crate::side_door::open(instance.clone(), &instance.folder)?;
    let mut rooms = JoinSet::new();
    rooms.spawn(send_answers(outbox, stopped.clone()));
    rooms.spawn(tell(teller, instance.bus.clone(), stopped.clone()));
    let host = Host {
        store: instance.store.clone(),
        intake: Arc::new(instance.clone()),
    };
    rooms.spawn(mailbox::read_mailboxes(host, stopped.clone()));
    rooms.spawn(follow(instance.clone(), stopped.clone()));
    rooms.spawn(keep_time(instance, stopped));
    Ok(Serving {
        address,
        stop,
        door,
        side_door,
        rooms,
    })
}

/// The services the HTTP layer is built on.
pub fn services(instance: &Instance) -> Services {
    let shared = Arc::new(instance.clone());
    Services {
        store: instance.store.clone(),
        intake: shared.clone(),
        imports: shared.clone(),
        erasure: shared,
        mailbox_probe: Arc::new(mailbox::NetworkProbe),
        bus: instance.bus.clone(),
        search: instance.search.clone(),
    }
}

impl Serving {
    /// Becomes true when shutdown starts.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// Stops: accepts no more callers, and lets work in progress finish: requests, answers being
    /// sent, mails being read.
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

    /// Serves until the process is asked to stop. Fails when the listener fails.
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

/// Sends the history to webhooks, within a second if they accept it.
async fn tell(teller: Teller, bus: Bus, mut stopped: watch::Receiver<bool>) {
    let mut history = bus.subscribe();
    loop {
        match teller.turn().await {
            // There may be more than one turn handles.
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

/// Keeps the index up to date: whatever is committed can be found within a second.
async fn follow(instance: Instance, mut stopped: watch::Receiver<bool>) {
    let mut history = instance.bus.subscribe();
    loop {
        if instance.search.is_to_be_rebuilt() {
            tracing::info!("the search index is built anew");
            if let Err(why) = instance.search.rebuild(&instance.store).await {
                tracing::error!(%why, "the search index could not be built anew");
            }
        }
        if let Err(why) = instance.search.follow(&instance.store).await {
            tracing::error!(%why, "the search index could not follow");
        }
        if pause(&mut stopped, Duration::from_millis(300)).await {
            return;
        }
        // Other processes may write to the same PostgreSQL, without a nudge here.
        let nudged = tokio::time::timeout(Duration::from_secs(2), history.changed());
        tokio::select! {
            _ = nudged => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}

/// Wakes snoozed cases and weighs again those affected by time, every second.
async fn keep_time(instance: Instance, mut stopped: watch::Receiver<bool>) {
    while !pause(&mut stopped, Duration::from_secs(1)).await {
        if let Err(why) = run_due_timers(&instance).await {
            tracing::error!(%why, "cases could not be weighed again");
        }
    }
}

/// Waits; returns true when it is time to stop.
async fn pause(stopped: &mut watch::Receiver<bool>, length: Duration) -> bool {
    tokio::select! {
        () = tokio::time::sleep(length) => false,
        _ = stopped.wait_for(|stop| *stop) => true,
    }
}
