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
use vigie_http::{AppState, HttpConfig, Services, router};
use vigie_journey::run_due_timers;
use vigie_respond::{Outbox, WebhookDispatcher};

use crate::{Instance, tls_listener::TlsListener};

/// A running instance; dropping it stops it.
pub struct ServerHandle {
    /// The address it listens on.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<std::io::Result<()>>,
    control_socket: JoinHandle<()>,
    /// The background tasks; aborted when dropped.
    tasks: JoinSet<()>,
}

/// How long requests and tasks in progress may take to finish.
const LEAVING: Duration = Duration::from_secs(10);

/// Starts the HTTP server and the timers. Fails when the address is not available.
pub async fn serve(
    instance: Instance,
    listen: SocketAddr,
    config: HttpConfig,
) -> anyhow::Result<ServerHandle> {
    serve_with(instance, listen, config, None).await
}

/// The same, over HTTPS when a certificate and its key are given.
pub async fn serve_with(
    instance: Instance,
    listen: SocketAddr,
    config: HttpConfig,
    certificate: Option<(&Path, &Path)>,
) -> anyhow::Result<ServerHandle> {
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let outbox = Outbox::new(instance.store.clone(), config.webhooks)
        .context("no HTTP client can be made")?;
    let dispatcher = WebhookDispatcher::new(instance.store.clone(), config.webhooks)
        .context("no HTTP client can be made")?;
    let app = AppState::new(services(&instance), config, stopped.clone())?;
    let routes = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let mut leaving = stopped.clone();
    // An error means that the sender is gone: the same as stopping.
    let until = async move { drop(leaving.wait_for(|stop| *stop).await) };
    let server = match certificate {
        None => {
            let server = axum::serve(listener, routes).with_graceful_shutdown(until);
            tokio::spawn(async move { server.await })
        }
        Some((certificate, key)) => {
            // The tap does nothing: it gives access to the caller's address.
            let listener = TlsListener::new(listener, certificate, key)?.tap_io(|_| {});
            let server = axum::serve(listener, routes).with_graceful_shutdown(until);
            tokio::spawn(async move { server.await })
        }
    };
    let control_socket = crate::control_socket::open(instance.clone(), &instance.folder)?;
    let mut tasks = JoinSet::new();
    tasks.spawn(send_answers(outbox, stopped.clone()));
    tasks.spawn(dispatch_webhooks(
        dispatcher,
        instance.bus.clone(),
        stopped.clone(),
    ));
    let host = Host {
        store: instance.store.clone(),
        intake: Arc::new(instance.clone()),
    };
    tasks.spawn(mailbox::read_mailboxes(host, stopped.clone()));
    tasks.spawn(follow(instance.clone(), stopped.clone()));
    tasks.spawn(run_timers(instance, stopped));
    Ok(ServerHandle {
        address,
        stop,
        server,
        control_socket,
        tasks,
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

impl ServerHandle {
    /// Becomes true when shutdown starts.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// Stops: accepts no more callers, and lets work in progress finish: requests, answers being
    /// sent, mails being read.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        self.control_socket.abort();
        let ending = async {
            drop(self.server.await);
            while self.tasks.join_next().await.is_some() {}
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
        if let Err(error) = outbox.run_once().await {
            tracing::error!(%error, "the outbox could not turn");
        }
    }
}

/// Sends the history to webhooks, within a second if they accept it.
async fn dispatch_webhooks(
    dispatcher: WebhookDispatcher,
    bus: Bus,
    mut stopped: watch::Receiver<bool>,
) {
    let mut history = bus.subscribe();
    loop {
        match dispatcher.run_once().await {
            // There may be more than one turn handles.
            Ok(taken) if taken > 0 => {}
            told => {
                if let Err(error) = told {
                    tracing::error!(%error, "programs could not be told the history");
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
        if instance.search.take_rebuild_request() {
            tracing::info!("the search index is built anew");
            if let Err(error) = instance.search.rebuild(&instance.store).await {
                tracing::error!(%error, "the search index could not be built anew");
            }
        }
        if let Err(error) = instance.search.follow(&instance.store).await {
            tracing::error!(%error, "the search index could not follow");
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
async fn run_timers(instance: Instance, mut stopped: watch::Receiver<bool>) {
    while !pause(&mut stopped, Duration::from_secs(1)).await {
        if let Err(error) = run_due_timers(&instance).await {
            tracing::error!(%error, "cases could not be weighed again");
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
