//! Accepts connections and serves each within limits: nobody holds more of them than a person or a
//! program needs, none is held without being used, and enough files stay free for the database and
//! the index.

mod places;
mod stall_guard;

pub use places::{Limits, Places};

use std::{convert::Infallible, io, net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tower::Service as _;

use places::Place;
use stall_guard::StallGuard;

/// How long a caller may take to agree on encryption.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long the head of a request may take to come whole, and how long a connection may be idle
/// before it.
const HEAD: Duration = Duration::from_secs(30);
/// How long a caller may take nothing of what is sent.
const STALLED: Duration = Duration::from_secs(60);
/// How often a connection that carries several requests at once is asked whether it lives.
const PING: Duration = Duration::from_secs(30);
/// The most requests at once on one connection.
const MOST_STREAMS: u32 = 100;
/// The longest head of a request, in bytes.
const LONGEST_HEAD: u32 = 64 * 1024;
/// How long to wait when the system has no connection to give.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// How connections are served.
#[derive(Clone)]
pub struct Connections {
    pub routes: Router,
    /// HTTPS, when there is a certificate.
    pub tls: Option<TlsAcceptor>,
    pub places: Places,
}

impl Connections {
    /// Serves until `stopped`; then what is under way is finished.
    pub async fn serve(self, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
        let graceful = GracefulShutdown::new();
        loop {
            let accepted = tokio::select! {
                // An error means that the sender is gone: the same as stopping.
                _ = stopped.wait_for(|stop| *stop) => break,
                accepted = listener.accept() => accepted,
            };
            self.take(accepted, &graceful).await;
        }
        drop(listener);
        graceful.shutdown().await;
    }

    async fn take(
        &self,
        accepted: io::Result<(TcpStream, SocketAddr)>,
        graceful: &GracefulShutdown,
    ) {
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                return tokio::time::sleep(EXHAUSTED).await;
            }
        };
        // One too many is closed at once: it costs nothing.
        if let Some(place) = self.places.take(from.ip()) {
            let (one, watcher) = (self.clone(), graceful.watcher());
            tokio::spawn(async move { one.talk(stream, from, place, watcher).await });
        }
    }

    async fn talk(
        self,
        stream: TcpStream,
        from: SocketAddr,
        _place: Place,
        watcher: hyper_util::server::graceful::Watcher,
    ) {
        let told = match &self.tls {
            None => self.converse(stream, from, watcher).await,
            Some(acceptor) => match timeout(HANDSHAKE, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => self.converse(stream, from, watcher).await,
                Ok(Err(error)) => Err(error.into()),
                Err(_) => Ok(()),
            },
        };
        if let Err(error) = told {
            tracing::debug!(%error, "a connection ended");
        }
    }

    async fn converse<S>(
        &self,
        stream: S,
        from: SocketAddr,
        watcher: hyper_util::server::graceful::Watcher,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let routes = self.routes.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            answer(routes.clone(), request.map(Body::new), from)
        });
        let io = TokioIo::new(StallGuard::new(stream, STALLED));
        let builder = builder();
        watcher.watch(builder.serve_connection(io, service)).await
    }
}

async fn answer(
    mut routes: Router,
    mut request: Request,
    from: SocketAddr,
) -> Result<Response, Infallible> {
    request.extensions_mut().insert(ConnectInfo(from));
    routes.call(request).await
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(HANDSHAKE)
        .max_concurrent_streams(MOST_STREAMS)
        .max_header_list_size(LONGEST_HEAD);
    builder
}
