//! Serving over TLS.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use alipayplus_server::{HttpServer, ServeError, TlsError};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, CertifiedKey, IsCa, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::kit::{TestRequest, server};
use crate::serve::{Running, read, start, wire};

/// A self-signed certificate for `localhost`, with its key.
fn certified() -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap()
}

/// The files of a server.
struct Files(TempDir);

impl Files {
    fn new(certified: &CertifiedKey<KeyPair>) -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        files.write(certified);
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, certified: &CertifiedKey<KeyPair>) {
        fs::write(self.path("key"), certified.signing_key.serialize_pem()).unwrap();
        fs::write(self.path("certificate"), certified.cert.pem()).unwrap();
    }

    fn settings(&self) -> HttpServer {
        HttpServer::new().tls(self.path("certificate"), self.path("key"))
    }
}

/// A client that trusts this certificate and may have one of its own.
fn client(trusted: &rcgen::Certificate, own: Option<(&rcgen::Certificate, &KeyPair)>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.der().clone()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots);
    match own {
        None => config.with_no_client_auth(),
        Some((certificate, key)) => {
            let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
            config.with_client_auth_cert(vec![certificate.der().clone()], key).unwrap()
        }
    }
}

async fn connect(address: SocketAddr, config: ClientConfig) -> io::Result<TlsStream<TcpStream>> {
    let tcp = TcpStream::connect(address).await?;
    let handshake = TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), tcp);
    timeout(Duration::from_secs(20), handshake).await?
}

/// Returns the code of the response to a request.
async fn ask(stream: &mut TlsStream<TcpStream>, connection: &str) -> Option<String> {
    let request = TestRequest::for_payment("paid");
    stream.write_all(&wire(&request, connection).await).await.ok()?;
    let reply = timeout(Duration::from_secs(20), read(stream)).await.unwrap()?;
    assert!(reply.verifies(&request));
    Some(reply.code())
}

async fn start_with(settings: HttpServer) -> Running {
    start(settings, server(), Duration::from_secs(1)).await
}

#[tokio::test]
async fn requests_over_tls_are_answered() {
    let certified = certified();
    let files = Files::new(&certified);
    let running = start_with(files.settings()).await;
    let mut config = client(&certified.cert, None);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let mut stream = connect(running.address, config.clone()).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    for connection in ["keep-alive", "close"] {
        assert_eq!(ask(&mut stream, connection).await.as_deref(), Some("SUCCESS"));
    }
    // The end of a TLS connection is said, so that it can't be mistaken for an attack.
    assert_eq!(stream.read(&mut [0]).await.unwrap(), 0);

    config.alpn_protocols = vec![b"h2".to_vec()];
    let error = connect(running.address, config).await.unwrap_err();
    assert!(error.to_string().contains("NoApplicationProtocol"), "{error}");
}

#[tokio::test]
async fn a_refusal_over_tls_reaches_a_client_that_sends_its_whole_body_first() {
    let certified = certified();
    let running = start_with(Files::new(&certified).settings()).await;
    let request = TestRequest::for_payment("paid").with(|request| request.body.resize(3_000_000, b' '));
    let mut stream = connect(running.address, client(&certified.cert, None)).await.unwrap();
    stream.write_all(&wire(&request, "keep-alive").await).await.unwrap();
    assert_eq!(timeout(Duration::from_secs(20), read(&mut stream)).await.unwrap().unwrap().code(), "413");
}

#[tokio::test]
async fn only_clients_with_a_certificate_of_the_authority_are_accepted() {
    let certified = certified();
    let files = Files::new(&certified);
    let authority = || {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    };
    let (trusted, other) = (authority(), authority());
    fs::write(files.path("ca"), trusted.pem()).unwrap();
    let settings = HttpServer::new().mutual_tls(files.path("certificate"), files.path("key"), files.path("ca"));
    let running = start_with(settings).await;
    let key = KeyPair::generate().unwrap();
    for (issuer, expected) in [(Some(&trusted), Some("SUCCESS")), (Some(&other), None), (None, None)] {
        let params = CertificateParams::new(["acquirer".to_owned()]).unwrap();
        let own = issuer.map(|issuer| params.signed_by(&key, issuer).unwrap());
        let own = own.as_ref().map(|own| (own, &key));
        // In TLS 1.3, a client learns only by its first read that its certificate is not accepted.
        let code = match connect(running.address, client(&certified.cert, own)).await {
            Ok(mut stream) => ask(&mut stream, "close").await,
            Err(_) => None,
        };
        assert_eq!(code.as_deref(), expected);
    }
}

#[tokio::test]
async fn a_replaced_certificate_is_used_without_a_restart() {
    let (first, second) = (certified(), certified());
    let files = Files::new(&first);
    let running = start_with(files.settings()).await;
    let mut old = connect(running.address, client(&first.cert, None)).await.unwrap();
    assert_eq!(ask(&mut old, "keep-alive").await.as_deref(), Some("SUCCESS"));
    // A certificate whose key has not come yet: the old ones stay in use.
    fs::write(files.path("certificate"), second.cert.pem()).unwrap();
    sleep(Duration::from_secs(6)).await;
    assert!(connect(running.address, client(&first.cert, None)).await.is_ok());
    fs::write(files.path("key"), second.signing_key.serialize_pem()).unwrap();
    let replaced = async {
        while connect(running.address, client(&second.cert, None)).await.is_err() {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(Duration::from_secs(60), replaced).await.unwrap();
    assert!(connect(running.address, client(&first.cert, None)).await.is_err());
    assert_eq!(ask(&mut old, "close").await.as_deref(), Some("SUCCESS"));
}

#[tokio::test]
async fn a_stalled_handshake_ends_and_counts_as_a_connection() {
    const SHORT: Duration = Duration::from_millis(300);
    let certified = certified();
    let files = Files::new(&certified);
    let settings = files.settings().header_timeout(SHORT).max_connections(1);
    let running = start_with(settings).await;
    for stalled in [&b""[..], b"\x16\x03\x01\x01\x00\x01", b"POST / HTTP/1.1\r\nHost: mpp\r\n\r\n"] {
        let mut tcp = TcpStream::connect(running.address).await.unwrap();
        tcp.write_all(stalled).await.unwrap();
        let (began, is_http) = (Instant::now(), stalled.len() > 10);
        let mut stream = connect(running.address, client(&certified.cert, None)).await.unwrap();
        assert!(is_http || began.elapsed() >= SHORT / 2, "it was accepted before the other had ended");
        assert_eq!(ask(&mut stream, "close").await.as_deref(), Some("SUCCESS"));
        let _ = timeout(Duration::from_secs(10), tcp.read_to_end(&mut Vec::new())).await.unwrap();
    }
}

/// At a shutdown, it is waited for no longer than for a connection on which nothing has arrived.
#[tokio::test]
async fn a_stalled_handshake_does_not_delay_a_shutdown() {
    let files = Files::new(&certified());
    let running = start(files.settings(), server(), Duration::from_secs(60)).await;
    let _stalled = TcpStream::connect(running.address).await.unwrap();
    sleep(Duration::from_millis(50)).await;
    running.stop.send(()).unwrap();
    timeout(Duration::from_secs(6), running.run).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn files_that_cant_be_used_are_named_at_start() {
    let (one, other) = (certified(), certified());
    let files = Files::new(&one);
    let error = async || match files.settings().bind("127.0.0.1:0").await {
        Err(ServeError::Tls(error)) => error,
        other => panic!("{other:?}"),
    };
    fs::write(files.path("key"), other.signing_key.serialize_pem()).unwrap();
    assert!(matches!(error().await, TlsError::Unusable { .. }));
    fs::write(files.path("key"), one.cert.pem()).unwrap();
    let text = error().await.to_string();
    assert!(text.ends_with("key: holds no unencrypted private key in PEM"), "{text}");
    fs::write(files.path("certificate"), one.signing_key.serialize_pem()).unwrap();
    let text = error().await.to_string();
    assert!(text.ends_with("certificate: holds no certificate in PEM"), "{text}");
    fs::remove_file(files.path("certificate")).unwrap();
    assert!(matches!(error().await, TlsError::Read { .. }));
}
