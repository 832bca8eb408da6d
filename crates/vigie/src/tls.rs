//! HTTPS with a certificate of its own.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
};

/// Reads the certificate and its key (PEM). The error names the file.
pub fn acceptor(certificate: &Path, key: &Path) -> anyhow::Result<TlsAcceptor> {
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
    Ok(TlsAcceptor::from(Arc::new(config)))
}
