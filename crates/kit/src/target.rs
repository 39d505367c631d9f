//! The target: where it is, and with which keys it is spoken to.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use alipayplus_signing::{PublicKey, VerifyError};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::net::lookup_host;

use crate::key::RawKey;
use crate::probe::Who;

/// A URL, in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Whether it is `https`.
    pub tls: bool,
    /// The name or address, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The path and the query.
    pub uri: String,
    authority: String,
}

impl Url {
    /// Returns the addresses of the host.
    ///
    /// # Errors
    /// Returns a sentence if it has none.
    pub async fn resolve(&self) -> Result<Vec<SocketAddr>, String> {
        let host = &self.host;
        let found = lookup_host((host.as_str(), self.port)).await;
        let addresses: Vec<_> = found.map_err(|error| format!("the name {host} can't be resolved: {error}"))?.collect();
        if addresses.is_empty() { Err(format!("the name {host} has no address")) } else { Ok(addresses) }
    }

    /// Reads an absolute URL. Without a path, `path` is taken.
    ///
    /// # Errors
    /// Returns what is wrong with it.
    pub fn parse(text: &str, path: &str) -> Result<Self, String> {
        let wrong = |what: &str| Err(format!("the URL `{text}` {what}"));
        let (tls, rest) = match text.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return wrong("does not begin with https:// or http://"),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, uri) = rest.split_at(end);
        if authority.contains('@') || !uri.bytes().all(|byte| byte.is_ascii_graphic()) || uri.contains('#') {
            return wrong("has a user, a fragment or a character that a URL can't have");
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => match port.parse() {
                Ok(port) => (host, port),
                Err(_) => return wrong("has a port that is no number"),
            },
            _ => (authority, if tls { 443 } else { 80 }),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            return wrong("names no host");
        }
        let uri = if matches!(uri, "" | "/") { path } else { uri };
        Ok(Self { tls, host: host.into(), port, uri: uri.into(), authority: authority.into() })
    }

    /// Returns the value of the header `Host`.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Returns scheme and authority.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", if self.tls { "https" } else { "http" }, self.authority)
    }
}

/// The files that TLS needs. Without them the system's certificates are trusted, and the client has none.
#[derive(Clone, Debug, Default)]
pub struct TlsFiles {
    /// The certificates that are trusted instead of the system's.
    pub ca: Option<PathBuf>,
    /// The client's certificate, with those that lead to it and its key.
    pub cert: Option<PathBuf>,
}

impl TlsFiles {
    /// Reads the files.
    pub(crate) fn config(&self) -> Result<Arc<ClientConfig>, String> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
        let builder = match &self.ca {
            None => builder.with_platform_verifier().map_err(|error| error.to_string())?,
            Some(file) => builder.with_root_certificates(roots(file)?),
        };
        let mut config = match &self.cert {
            None => builder.with_no_client_auth(),
            Some(file) => {
                let key = PrivateKeyDer::from_pem_file(file)
                    .map_err(|error| format!("can't read a private key from {}: {error}", file.display()))?;
                builder
                    .with_client_auth_cert(certificates(file)?, key)
                    .map_err(|error| format!("{} is no certificate with its key: {error}", file.display()))?
            }
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

/// A client of the target, with its key.
#[derive(Debug)]
pub struct Identity {
    /// The Client-Id.
    pub client_id: String,
    /// The version of its key.
    pub version: String,
    /// Its key.
    pub key: Arc<RawKey>,
}

/// The target of a run.
pub struct Target {
    /// Where it is.
    pub url: Url,
    /// The addresses to try, in this order.
    pub addresses: Vec<SocketAddr>,
    /// Headers that every request carries, such as a gateway's. Their values are not shown.
    pub headers: Vec<(String, String)>,
    /// The files that TLS needs.
    pub files: TlsFiles,
    /// The client that the cases are run as.
    pub own: Identity,
    /// A second version of that client's key.
    pub second_key: Option<Identity>,
    /// A second client.
    pub second_client: Option<Identity>,
    /// A key that the target does not know.
    pub stranger: Identity,
    /// The target's public keys, with their versions if they are known.
    pub peer_keys: Vec<(Option<u64>, PublicKey)>,
    pub(crate) tls: Option<Arc<ClientConfig>>,
}

impl Target {
    /// Returns a target at a URL, before its name was resolved.
    ///
    /// # Errors
    /// Returns what is wrong with the certificates, or that no throwaway key can be made.
    pub fn new(
        url: Url,
        files: TlsFiles,
        own: Identity,
        peer_keys: Vec<(Option<u64>, PublicKey)>,
    ) -> Result<Self, String> {
        let tls = if url.tls { Some(files.config()?) } else { None };
        let key = RawKey::generate().map_err(|error| error.to_string())?;
        let stranger = Identity { client_id: own.client_id.clone(), version: own.version.clone(), key: Arc::new(key) };
        let (addresses, headers) = Default::default();
        Ok(Self {
            url,
            addresses,
            headers,
            files,
            own,
            second_key: None,
            second_client: None,
            stranger,
            peer_keys,
            tls,
        })
    }

    /// Returns whether every address is this machine's own.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.addresses.iter().all(|address| address.ip().is_loopback())
    }

    /// Returns who signs; oneself if the other was not given.
    #[must_use]
    pub fn identity(&self, who: Who) -> &Identity {
        match who {
            Who::Own => None,
            Who::Stranger => Some(&self.stranger),
            Who::SecondKey => self.second_key.as_ref(),
            Who::SecondClient => self.second_client.as_ref(),
        }
        .unwrap_or(&self.own)
    }

    /// Verifies bytes with the target's keys, those of a version if it is known. Returns whether one of them matches.
    pub(crate) fn verifies(&self, version: Option<u64>, digest: &alipayplus_signing::Digest, signature: &[u8]) -> bool {
        let named = |known: Option<u64>| version.is_none() || known.is_none() || version == known;
        let mut keys = self.peer_keys.iter().filter(|(known, _)| named(*known));
        keys.any(|(_, key)| key.verify(digest, signature) == Ok::<(), VerifyError>(()))
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("url", &self.url).finish_non_exhaustive()
    }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let wrong = |error: &dyn fmt::Display| format!("can't read certificates from {}: {error}", file.display());
    let read = CertificateDer::pem_file_iter(file).map_err(|error| wrong(&error))?;
    let read: Vec<_> = read.collect::<Result<_, _>>().map_err(|error| wrong(&error))?;
    if read.is_empty() { Err(wrong(&"there are none")) } else { Ok(read) }
}

fn roots(file: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file)? {
        roots
            .add(certificate)
            .map_err(|error| format!("{} holds a certificate that can't be trusted: {error}", file.display()))?;
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::Url;

    #[test]
    fn a_url_is_split_into_its_parts() {
        let url = Url::parse("https://[::1]:8443/v1/x?y=z", "/p").unwrap();
        assert_eq!((url.host.as_str(), url.port, url.uri.as_str()), ("::1", 8443, "/v1/x?y=z"));
        assert_eq!(url.origin(), "https://[::1]:8443");
        let url = Url::parse("http://mpp.example", "/p").unwrap();
        assert_eq!((url.port, url.uri.as_str()), (80, "/p"));
        for wrong in ["mpp.example", "ftp://x", "http://", "http://u@x/", "http://x:y/", "http://x/#y", "http://x/ y"] {
            assert!(Url::parse(wrong, "/p").is_err(), "{wrong}");
        }
    }
}
