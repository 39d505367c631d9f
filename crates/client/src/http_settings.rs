//! The settings of the HTTP client.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};
use reqwest::{Certificate, ClientBuilder, Identity, Proxy};

use crate::error::BuildError;

/// The default limit of one connection, below the 5 s of an attempt, so that a retry has time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Firewalls and load balancers forget idle connections without a word, the strictest of them after some ten seconds.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);
/// As many as a busy client has in use at once.
const MAX_IDLE: usize = 256;
const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));

/// Settings of [`HttpTransport`](crate::HttpTransport).
///
/// | setting | default |
/// |---|---|
/// | [`ca_certificates`](Self::ca_certificates) | none but the system's |
/// | [`without_system_certificates`](Self::without_system_certificates) | the system's certificates are trusted |
/// | [`client_certificate`](Self::client_certificate) | none |
/// | [`proxy`](Self::proxy), [`without_proxy`](Self::without_proxy) | those of `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` |
/// | [`connect_timeout`](Self::connect_timeout) | 3 s |
/// | [`idle_timeout`](Self::idle_timeout) | 10 s |
/// | [`max_idle_connections`](Self::max_idle_connections) | 256 for each host |
/// | [`resolve`](Self::resolve) | the system's name resolution |
///
/// ```
/// use alipayplus_client::{Client, HttpSettings};
///
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let http = HttpSettings::new()
///     .ca_certificates(std::fs::read("/etc/mpp/ca.pem")?)
///     .client_certificate(std::fs::read("/etc/mpp/client.pem")?)
///     .proxy("http://egress.internal:3128");
/// let builder = Client::builder("https://mpp.example").http(http);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use = "settings do nothing until a transport is made with them"]
pub struct HttpSettings {
    ca_certificates: Vec<Vec<u8>>,
    only_ca_certificates: bool,
    client_certificate: Option<Vec<u8>>,
    proxy: ProxySetting,
    connect_timeout: Option<Duration>,
    idle_timeout: Option<Duration>,
    max_idle_connections: Option<usize>,
    addresses: Vec<(String, Vec<SocketAddr>)>,
}

#[derive(Clone, Default)]
enum ProxySetting {
    #[default]
    FromEnvironment,
    Never,
    Url(String),
}

impl HttpSettings {
    /// Creates the default settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Also trusts the certificate authorities of this PEM text, such as a private one. Call it once per file.
    pub fn ca_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_certificates.push(pem.into());
        self
    }

    /// Trusts only the [given](Self::ca_certificates) certificate authorities, not the system's.
    pub fn without_system_certificates(self) -> Self {
        Self { only_ca_certificates: true, ..self }
    }

    /// Authenticates this client by a certificate (mutual TLS): a PEM text with its private key and its chain, the
    /// client's own certificate first.
    pub fn client_certificate(self, pem: impl Into<Vec<u8>>) -> Self {
        Self { client_certificate: Some(pem.into()), ..self }
    }

    /// Sends through this proxy, whatever the environment says: an `http://` or `https://` URL, which may hold a user and a
    /// password.
    pub fn proxy(self, url: impl Into<String>) -> Self {
        Self { proxy: ProxySetting::Url(url.into()), ..self }
    }

    /// Sends without a proxy, whatever the environment says.
    pub fn without_proxy(self) -> Self {
        Self { proxy: ProxySetting::Never, ..self }
    }

    /// Limits name resolution, TCP and TLS of one connection. Each address of the server gets an equal part for TCP.
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        Self { connect_timeout: Some(timeout), ..self }
    }

    /// Sets how long an unused connection is kept. A longer time than a firewall on the way remembers costs requests.
    pub fn idle_timeout(self, timeout: Duration) -> Self {
        Self { idle_timeout: Some(timeout), ..self }
    }

    /// Sets how many unused connections are kept for each host.
    pub fn max_idle_connections(self, connections: usize) -> Self {
        Self { max_idle_connections: Some(connections), ..self }
    }

    /// Connects to these addresses for a host name, in place of the ones that name resolution finds. A port other than 0
    /// replaces that of the URL.
    pub fn resolve(mut self, host: impl Into<String>, addresses: impl IntoIterator<Item = SocketAddr>) -> Self {
        self.addresses.push((host.into(), addresses.into_iter().collect()));
        self
    }

    /// Adds what the URL and the attempts of one client imply, where nothing else is set.
    pub(crate) fn for_client(self, is_loopback: bool, is_plain_http: bool, attempt: Option<Duration>) -> Self {
        // A proxy from the environment would send requests for this machine over the network.
        let proxy = match self.proxy {
            ProxySetting::FromEnvironment if is_loopback => ProxySetting::Never,
            other => other,
        };
        Self {
            proxy,
            // Without TLS no certificate is read, and a machine may have none.
            only_ca_certificates: self.only_ca_certificates || is_plain_http,
            connect_timeout: self.connect_timeout.or(attempt.map(connect_timeout)),
            ..self
        }
    }

    /// Returns a builder of reqwest's client. Another crate of the program may have enabled reqwest's decompression, so it
    /// is turned off by name.
    pub(crate) fn client_builder(&self) -> Result<ClientBuilder, BuildError> {
        let mut http = reqwest::Client::builder()
            .default_headers(HeaderMap::from_iter([(header::USER_AGENT, USER_AGENT)]))
            .redirect(reqwest::redirect::Policy::none())
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .connect_timeout(self.connect_timeout.unwrap_or(CONNECT_TIMEOUT))
            .pool_idle_timeout(self.idle_timeout.unwrap_or(IDLE_TIMEOUT))
            .pool_max_idle_per_host(self.max_idle_connections.unwrap_or(MAX_IDLE));
        for (host, addresses) in &self.addresses {
            http = http.resolve_to_addrs(host, addresses);
        }
        http = match &self.proxy {
            ProxySetting::FromEnvironment => http,
            ProxySetting::Never => http.no_proxy(),
            ProxySetting::Url(url) => http.proxy(Proxy::all(url).map_err(|error| unusable("proxy", error))?),
        };
        if let Some(pem) = &self.client_certificate {
            http = http.identity(Identity::from_pem(pem).map_err(|error| unusable("client_certificate", error))?);
        }
        let certificates = self.certificates()?;
        Ok(if self.only_ca_certificates {
            http.tls_certs_only(certificates)
        } else {
            http.tls_certs_merge(certificates)
        })
    }

    fn certificates(&self) -> Result<Vec<Certificate>, BuildError> {
        let mut all = Vec::new();
        for pem in &self.ca_certificates {
            let found = Certificate::from_pem_bundle(pem).map_err(|error| unusable("ca_certificates", error))?;
            if found.is_empty() {
                let error = "there is no certificate in PEM".into();
                return Err(BuildError::HttpSetting { setting: "ca_certificates", error });
            }
            all.extend(found);
        }
        Ok(all)
    }
}

/// Names the setting that cannot be used, without a URL, which may hold a password.
fn unusable(setting: &'static str, error: reqwest::Error) -> BuildError {
    BuildError::HttpSetting { setting, error: error.without_url().into() }
}

/// Returns the limit of one connection within an attempt of this length.
fn connect_timeout(attempt: Duration) -> Duration {
    (attempt / 5 * 3).min(CONNECT_TIMEOUT)
}

/// Prints neither certificates nor the URL of the proxy, which may hold a password.
impl fmt::Debug for HttpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSettings")
            .field("only_ca_certificates", &self.only_ca_certificates)
            .field("connect_timeout", &self.connect_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("max_idle_connections", &self.max_idle_connections)
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}
