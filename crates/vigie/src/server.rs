//! The running application: the HTTP server, the control socket and the background tasks.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use vigie_connect::{Connectors, Host, SourceReaders};
use vigie_http::{AppState, HttpConfig, Services, router};
use vigie_respond::{AddressPolicy, Outbox, WebhookDispatcher};

use crate::{
    Instance,
    connections::{Connections, Limits, Places},
    tasks::{self, Task, TaskLog},
    tls,
};

/// A running instance; dropping it stops it.
pub struct ServerHandle {
    /// The address it listens on.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    control_socket: JoinHandle<()>,
    /// The background tasks; aborted when dropped.
    tasks: JoinSet<()>,
}

/// How long requests and tasks in progress may take to finish.
const LEAVING: Duration = Duration::from_secs(10);

/// How an instance is served.
pub struct Serving<'a> {
    pub listen: SocketAddr,
    pub config: HttpConfig,
    /// HTTPS, when there are a certificate and its key.
    pub certificate: Option<(&'a Path, &'a Path)>,
    /// The kinds of sources there are.
    pub connectors: Connectors,
}

/// Starts the HTTP server and the tasks, in plain HTTP, with every connector there is. Fails when
/// the address is not available.
pub async fn serve(
    instance: Instance,
    listen: SocketAddr,
    config: HttpConfig,
) -> anyhow::Result<ServerHandle> {
    let serving = Serving {
        listen,
        config,
        certificate: None,
        connectors: Connectors::default(),
    };
    serve_with(instance, serving).await
}

/// The same, as it is told.
pub async fn serve_with(instance: Instance, serving: Serving<'_>) -> anyhow::Result<ServerHandle> {
    let listen = serving.listen;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);

    let log = TaskLog::new(instance.store.clock());
    let addresses = serving.config.webhooks;
    let services = services(&instance, serving.connectors.clone(), addresses, &log);
    let tasks = tasks_of(&instance, &services)?;
    let connections = connections(services, serving, &stopped)?;
    let server = tokio::spawn(connections.serve(listener, stopped.clone()));
    let control_socket = crate::control_socket::open(instance.clone(), log.clone())?;

    Ok(ServerHandle {
        address,
        stop,
        server,
        control_socket,
        tasks: tasks::start(tasks, &log, &instance.bus, &stopped),
    })
}

/// The routes of these services, and how connections to them are served.
fn connections(
    services: Services,
    serving: Serving<'_>,
    stopped: &watch::Receiver<bool>,
) -> anyhow::Result<Connections> {
    let tls = match serving.certificate {
        Some((certificate, key)) => Some(tls::acceptor(certificate, key)?),
        None => None,
    };
    let limits = Limits::within(open_files()?, serving.config.behind_proxy);
    let app = AppState::new(services, serving.config, stopped.clone())?;
    Ok(Connections {
        routes: router(app),
        tls,
        places: Places::new(limits),
    })
}

/// How many files this process may hold open: all that the system lets it.
fn open_files() -> anyhow::Result<u64> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).context("the limit of open files cannot be raised")?;
    Ok(limit.maximum.unwrap_or(u64::MAX)) // default: there is no limit
}

fn tasks_of(instance: &Instance, services: &Services) -> anyhow::Result<Vec<Arc<dyn Task>>> {
    let (store, addresses) = (&instance.store, services.host.addresses);
    let no_client = "no HTTP client can be made";
    let replies = services.connectors.replies();
    let outbox = Outbox::new(store.clone(), addresses, replies).context(no_client)?;
    let webhooks = WebhookDispatcher::new(store.clone(), addresses).context(no_client)?;
    let readers = SourceReaders::new(services.host.clone(), services.connectors.clone());
    Ok(tasks::registry(instance, outbox, webhooks, readers))
}

/// The services the HTTP layer is built on.
pub fn services(
    instance: &Instance,
    connectors: Connectors,
    addresses: AddressPolicy,
    log: &TaskLog,
) -> Services {
    let shared = Arc::new(instance.clone());
    Services {
        store: instance.store.clone(),
        intake: shared.clone(),
        imports: shared.clone(),
        erasure: shared.clone(),
        connectors,
        host: Host {
            store: instance.store.clone(),
            intake: shared,
            addresses,
        },
        tasks: Arc::new(log.clone()),
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
