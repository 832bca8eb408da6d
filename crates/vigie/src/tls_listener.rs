//! The HTTPS listener with a certificate of its own: handshakes run concurrently, so that a
//! slow one blocks nobody.

use std::{io, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
    server::TlsStream,
};

const HANDSHAKE: Duration = Duration::from_secs(10);
/// Number of finished handshakes that may wait to be accepted.
const WAITING: usize = 64;

/// Accepts connections whose handshake is done.
pub struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    /// Reads the certificate and its key (PEM), and starts listening. The error names the file.
    pub fn new(tcp: TcpListener, certificate: &Path, key: &Path) -> anyhow::Result<Self> {
        let certificates: Vec<_> = CertificateDer::pem_file_iter(certificate)
            .with_context(|| format!("cannot read the certificate {}", certificate.display()))?
            .collect::<Result<_, _>>()
            .with_context(|| format!("{} is no certificate in PEM", certificate.display()))?;
        let key = PrivateKeyDer::from_pem_file(key)
            .with_context(|| format!("cannot read the key {}", key.display()))?;
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(certificates, key);
        let config = config.context("the certificate and the key do not go together")?;
        let (address, (send, ready)) = (tcp.local_addr()?, mpsc::channel(WAITING));
        tokio::spawn(accept(tcp, TlsAcceptor::from(Arc::new(config)), send));
        Ok(Self { ready, address })
    }
}

async fn accept(
    tcp: TcpListener,
    acceptor: TlsAcceptor,
    ready: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    while !ready.is_closed() {
        match tcp.accept().await {
            Ok((stream, from)) => {
                let (acceptor, ready) = (acceptor.clone(), ready.clone());
                tokio::spawn(async move {
                    if let Ok(Ok(stream)) =
                        tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await
                        && ready.send((stream, from)).await.is_err()
                    {
                        tracing::debug!("a connection came while the server stopped");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

impl axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The accepting task lives as long as this listener: nothing more can come.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
