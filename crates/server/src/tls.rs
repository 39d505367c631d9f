//! TLS of the HTTP server by rustls, with files that are read again when they change.

use std::fs;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{self, Either};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;

use crate::log_text::error_chain;
use crate::refusal::BoxError;
use crate::stream::NEW_TIME;

/// How often the files are read.
const RELOAD_TIME: Duration = Duration::from_secs(5);

/// Where certificates and keys are.
#[derive(Clone, Debug)]
pub(crate) struct TlsFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) client_ca: Option<PathBuf>,
}

/// What the files contain.
#[derive(PartialEq, Eq)]
struct Contents {
    certificate: Vec<u8>,
    key: Vec<u8>,
    client_ca: Option<Vec<u8>>,
}

impl TlsFiles {
    fn read(&self) -> Result<Contents, TlsError> {
        Ok(Contents {
            certificate: read(&self.certificate)?,
            key: read(&self.key)?,
            client_ca: self.client_ca.as_deref().map(read).transpose()?,
        })
    }

    fn config(&self, contents: &Contents) -> Result<Arc<ServerConfig>, TlsError> {
        let chain = certificates(&self.certificate, &contents.certificate)?;
        let key = PrivateKeyDer::from_pem_slice(&contents.key)
            .map_err(|_| TlsError::Pem { path: self.key.clone(), expected: "unencrypted private key" })?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider));
        let config = config.with_safe_default_protocol_versions().map_err(TlsError::unusable)?;
        let config = match (&self.client_ca, &contents.client_ca) {
            (Some(path), Some(pem)) => {
                let mut roots = RootCertStore::empty();
                for certificate in certificates(path, pem)? {
                    roots.add(certificate).map_err(TlsError::unusable)?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                config.with_client_cert_verifier(verifier.map_err(TlsError::unusable)?)
            }
            _ => config.with_no_client_auth(),
        };
        let mut config = config.with_single_cert(chain, key).map_err(TlsError::unusable)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|source| TlsError::Read { path: path.to_owned(), source })
}

fn certificates(path: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(TlsError::Pem { path: path.to_owned(), expected: "certificate" }),
    }
}

/// The TLS of a server. A task follows the files until it is dropped.
pub(crate) struct Tls {
    config: watch::Receiver<Arc<ServerConfig>>,
    /// Ends its task when it is dropped.
    _task: JoinSet<()>,
}

impl Tls {
    /// Reads the files, and starts to follow them.
    pub(crate) async fn start(files: TlsFiles) -> Result<Self, TlsError> {
        let (files, contents, config) = in_thread(move || {
            let contents = files.read()?;
            let config = files.config(&contents)?;
            Ok((files, contents, config))
        })
        .await?;
        let (sender, config) = watch::channel(config);
        let mut task = JoinSet::new();
        task.spawn(follow(files, contents, sender));
        Ok(Self { config, _task: task })
    }

    /// Returns the handshake of a connection, which resolves to `None` if it fails, takes too long, or the server stops.
    pub(crate) fn handshake(
        &self,
        tcp: TcpStream,
        address: SocketAddr,
        time: Duration,
        mut wake: watch::Receiver<bool>,
    ) -> impl Future<Output = Option<TlsStream<TcpStream>>> + use<> {
        let accept = TlsAcceptor::from(Arc::clone(&self.config.borrow())).accept(tcp);
        async move {
            let stopping = async {
                if wake.wait_for(|is_stopping| *is_stopping).await.is_err() {
                    pending::<()>().await;
                }
                // As for a connection on which nothing has arrived.
                sleep(NEW_TIME).await;
            };
            let error = match future::select(pin!(timeout(time, accept)), pin!(stopping)).await {
                Either::Left((Ok(Ok(stream)), _)) => return Some(stream),
                Either::Left((Ok(Err(error)), _)) => error_chain(&error),
                Either::Left((Err(_), _)) => "too slow".to_owned(),
                Either::Right(_) => "the server stops".to_owned(),
            };
            // Not at a higher level: anyone can cause it.
            tracing::debug!(target: "alipayplus_server", remote_addr = %address, cause = error, "TLS handshake failed");
            None
        }
    }
}

/// Reads the files every few seconds. What can't be used changes nothing, and is logged once.
async fn follow(files: TlsFiles, mut used: Contents, sender: watch::Sender<Arc<ServerConfig>>) {
    let mut last_cause = None;
    loop {
        sleep(RELOAD_TIME).await;
        let read = in_thread({
            let files = files.clone();
            move || files.read()
        });
        let changed = match read.await {
            Ok(contents) if contents == used => {
                last_cause = None;
                continue;
            }
            Ok(contents) => files.config(&contents).map(|config| (contents, config)),
            Err(error) => Err(error),
        };
        match changed {
            Ok((contents, config)) => {
                (used, last_cause) = (contents, None);
                sender.send_replace(config);
                tracing::info!(target: "alipayplus_server", "TLS files read");
            }
            Err(error) => {
                let cause = error_chain(&error);
                if last_cause.as_ref() != Some(&cause) {
                    tracing::warn!(target: "alipayplus_server", cause, "TLS files not used");
                    last_cause = Some(cause);
                }
            }
        }
    }
}

/// Runs work that waits for a disk in a thread of its own.
async fn in_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, TlsError> + Send + 'static,
) -> Result<T, TlsError> {
    spawn_blocking(work).await.map_err(TlsError::unusable)?
}

/// The files for TLS can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file can't be read.
    #[error("{}: can't be read", path.display())]
    Read {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        source: io::Error,
    },
    /// A file does not hold what it must, as PEM.
    #[error("{}: holds no {expected} in PEM", path.display())]
    Pem {
        /// The path of the file.
        path: PathBuf,
        /// What it must hold.
        expected: &'static str,
    },
    /// The certificate and the key don't belong together, or rustls refuses one of them.
    #[error("the certificate and its key can't be used")]
    Unusable {
        /// The cause.
        #[source]
        source: BoxError,
    },
}

impl TlsError {
    fn unusable(source: impl Into<BoxError>) -> Self {
        Self::Unusable { source: source.into() }
    }
}
