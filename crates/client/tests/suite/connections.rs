//! Connections that cannot be made, that were forgotten, and that are shared, over TCP on loopback.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use alipayplus_client::inquiry_payment::Outcome;
use alipayplus_client::{
    BuildError, Builder, Client, Error, ErrorReason, Freshness, HttpSettings, HttpTransport, PollSchedule, RetryPolicy,
    TransportErrorKind,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Barrier;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::mock_server::{MockServer, paid, request};
use crate::tcp::{RawServer, read_request, signed};

fn builder(server: &MockServer, url: &str) -> Builder<Client> {
    let keys = &server.keys;
    Client::builder(url)
        .client_id(&keys.client_id)
        .sign_with(1, keys.client.clone())
        .trusted_key(1, keys.server.public_key())
        .freshness(Freshness::default().with_clock(&keys.clock))
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Accepts connections, counts them, and lets `serve` answer each.
fn serve<F>(listener: TcpListener, serve: impl Fn(TcpStream) -> F + Send + 'static) -> Arc<AtomicUsize>
where
    F: Future<Output = ()> + Send + 'static,
{
    let count = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Relaxed);
            tokio::spawn(serve(stream));
        }
    });
    count
}

fn is_tls(error: &Error) -> bool {
    matches!(error.reason(), ErrorReason::Transport(cause) if cause.kind() == TransportErrorKind::Tls)
}

fn self_signed() -> TlsAcceptor {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![certified.cert.der().clone()], key.into()).unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// Without a TLS error of its own, waiting would go on until its schedule ends.
#[tokio::test]
async fn a_tls_failure_is_final_and_named() {
    let server = MockServer::new([]);
    let acceptor = self_signed();
    for speaks_tls in [true, false] {
        let (listener, address) = listener().await;
        let acceptor = acceptor.clone();
        let count = serve(listener, move |mut stream| {
            let acceptor = acceptor.clone();
            async move {
                if speaks_tls {
                    acceptor.accept(stream).await.map(drop).unwrap_err();
                } else {
                    stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
                    tokio::time::sleep(Duration::from_secs(5)).await;
                }
            }
        });
        let client = builder(&server, &format!("https://localhost:{}", address.port()));
        let client = client.http(HttpSettings::new().without_system_certificates()).build().unwrap();
        let error = client.inquiry_payment(&request()).wait_until_final(PollSchedule::acquirer()).await.unwrap_err();
        assert!(is_tls(&error) && !error.is_retryable(), "{error:?}");
        let chain = format!("{error:?}");
        assert!(chain.contains(if speaks_tls { "UnknownIssuer" } else { "InvalidContentType" }), "{chain}");
        assert_eq!(count.load(Relaxed), 1);
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

/// A server with a certificate of a private CA, which wants one of the client too.
#[tokio::test]
async fn a_private_ca_and_a_client_certificate() {
    let server = MockServer::new([]);
    let [ours, theirs] = ["client", "localhost"].map(|name| rcgen::generate_simple_self_signed([name.into()]).unwrap());
    let mut known = RootCertStore::empty();
    known.add(ours.cert.der().clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder(Arc::new(known)).build().unwrap();
    let key = PrivatePkcs8KeyDer::from(theirs.signing_key.serialize_der());
    let config = ServerConfig::builder().with_client_cert_verifier(verifier);
    let config = config.with_single_cert(vec![theirs.cert.der().clone()], key.into()).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (listener, address) = listener().await;
    let response = Arc::new(signed(&server, &paid()).await);
    serve(listener, move |stream| {
        let (acceptor, response) = (acceptor.clone(), Arc::clone(&response));
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            read_request(&mut stream).await;
            stream.write_all(&response).await.unwrap();
        }
    });
    let url = format!("https://localhost:{}", address.port());
    let trusting =
        HttpSettings::new().ca_certificates(pem("CERTIFICATE", theirs.cert.der())).without_system_certificates();
    let both = pem("CERTIFICATE", ours.cert.der()) + &pem("PRIVATE KEY", &ours.signing_key.serialize_der());
    let client = builder(&server, &url).http(trusting.clone().client_certificate(both)).build().unwrap();
    let reply = client.inquiry_payment(&request()).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::Paid(_)));
    let without = builder(&server, &url).http(trusting).build().unwrap();
    without.inquiry_payment(&request()).await.unwrap_err();
}

#[tokio::test]
async fn a_proxy_of_the_settings_is_used() {
    let server = MockServer::new([]);
    let proxy = RawServer::responding(signed(&server, &paid()).await).await;
    let client = builder(&server, "http://mpp.example").danger_allow_plain_http();
    let settings = HttpSettings::new().proxy(format!("http://user:secret@{}", proxy.address));
    client.http(settings).build().unwrap().inquiry_payment(&request()).await.unwrap();
    let received = proxy.requests().concat();
    assert!(received.starts_with("POST http://mpp.example/aps/"), "{received}");
    assert!(received.to_ascii_lowercase().contains("proxy-authorization: basic "), "{received}");
}

#[test]
fn a_setting_that_cannot_be_used_is_named() {
    let settings = HttpSettings::new;
    for (settings, name) in [
        (settings().ca_certificates("secret"), "ca_certificates"),
        (settings().client_certificate("secret"), "client_certificate"),
        (settings().proxy("http://user:secret@[::zz]"), "proxy"),
    ] {
        assert!(!format!("{settings:?}").contains("secret"));
        let error = HttpTransport::with_settings(&settings.without_system_certificates()).unwrap_err();
        let text = format!("{error:?} {error}");
        assert!(!text.contains("secret"), "{text}");
        let BuildError::HttpSetting { setting, .. } = error else { panic!("{text}") };
        assert_eq!(setting, name);
    }
}

/// A peer that leaves while TLS begins may only be restarting.
#[tokio::test]
async fn a_peer_that_leaves_while_tls_begins_is_asked_again() {
    let server = MockServer::new([]);
    let (listener, address) = listener().await;
    let count = serve(listener, |stream| async { drop(stream) });
    let client = builder(&server, &format!("https://{address}"))
        .http(HttpSettings::new().without_system_certificates())
        .build()
        .unwrap();
    let error = client.inquiry_payment(&request()).await.unwrap_err();
    let ErrorReason::Transport(cause) = error.reason() else { panic!("{error:?}") };
    assert_eq!(cause.kind(), TransportErrorKind::Connect);
    assert_eq!(count.load(Relaxed), 3);
}

/// The first address drops what is sent to it, as a firewall does.
#[tokio::test]
async fn a_second_address_is_tried_within_one_attempt() {
    let server = MockServer::new([]);
    let (listener, address) = listener().await;
    let response = Arc::new(signed(&server, &paid()).await);
    serve(listener, move |mut stream| {
        let response = Arc::clone(&response);
        async move {
            read_request(&mut stream).await;
            stream.write_all(&response).await.unwrap();
        }
    });
    let silent = SocketAddr::from(([127, 0, 0, 2], address.port()));
    let _full = full_backlog(silent).await;
    let url = format!("http://mpp.example:{}", address.port());
    let client = builder(&server, &url).danger_allow_plain_http().retry(RetryPolicy::never());
    let addresses = [silent, address];
    let client = client.http(HttpSettings::new().resolve("mpp.example", addresses)).build().unwrap();
    let reply = client.inquiry_payment(&request()).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::Paid(_)));
}

/// Fills the queue of connections that no one accepts, so that Linux ignores further ones.
async fn full_backlog(address: SocketAddr) -> (TcpListener, Vec<TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(address).unwrap();
    let listener = socket.listen(1).unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = tokio::time::timeout(Duration::from_millis(300), TcpStream::connect(address)).await {
        waiting.push(stream.unwrap());
    }
    (listener, waiting)
}

/// Two connections are idle, and a middle box has forgotten both.
#[tokio::test]
async fn a_repeated_attempt_takes_a_fresh_connection() {
    let server = MockServer::new([]);
    let (listener, address) = listener().await;
    let response = Arc::new(signed(&server, &paid()).await);
    let both = Arc::new(Barrier::new(2));
    let connections = Arc::<AtomicUsize>::default();
    let count = serve(listener, move |mut stream| {
        let (response, both) = (Arc::clone(&response), Arc::clone(&both));
        let is_kept = connections.fetch_add(1, Relaxed) < 2;
        async move {
            read_request(&mut stream).await;
            if is_kept {
                both.wait().await;
            }
            stream.write_all(&response).await.unwrap();
            // The next request on this connection is lost.
            read_request(&mut stream).await;
        }
    });
    let client = builder(&server, &format!("http://{address}")).retry(RetryPolicy::new(2)).build().unwrap();
    let request = request();
    let (first, second) = tokio::join!(client.inquiry_payment(&request), client.inquiry_payment(&request));
    assert_eq!((first.unwrap().attempts, second.unwrap().attempts), (1, 1));
    let reply = client.inquiry_payment(&request).await.unwrap();
    assert_eq!((reply.attempts, count.load(Relaxed)), (2, 3));
}

#[test]
fn plain_http_needs_no_certificates() {
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args([
        "--exact",
        "building::plain_http_is_only_for_loopback",
        "building::a_client_is_shared_between_threads",
    ]);
    let again = again.env("SSL_CERT_FILE", "/dev/null").env("SSL_CERT_DIR", "/dev/null");
    let output = String::from_utf8(again.output().unwrap().stdout).unwrap();
    // The second test needs certificates: it shows that there are none.
    assert!(output.contains("plain_http_is_only_for_loopback ... ok"), "{output}");
    assert!(output.contains("a_client_is_shared_between_threads ... FAILED"), "{output}");
}
