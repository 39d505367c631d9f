//! The reqwest transport over TCP connections on loopback.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use alipayplus_client::inquiry_payment::Outcome;
use alipayplus_client::{Builder, Client, ErrorReason, RetryPolicy, TransportErrorKind, UnreadableError};
use http::Response;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::mock_server::{MockResponse, MockServer, PATH, paid, request};

/// A TCP server that sends the same bytes to every request, one request per connection, and keeps the requests.
pub(crate) struct RawServer {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl RawServer {
    pub(crate) async fn responding(response: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let received = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read_request(&mut stream).await;
                received.lock().unwrap().push(request);
                // The client may close the connection before the end.
                let _ = stream.write_all(&response).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { address, requests }
    }

    pub(crate) fn builder(&self, server: &MockServer) -> Builder<Client> {
        let keys = &server.keys;
        let freshness = alipayplus_client::Freshness::default().with_clock(&keys.clock);
        Client::builder(format!("http://{}", self.address))
            .client_id(&keys.client_id)
            .sign_with(1, keys.client.clone())
            .trusted_key(1, keys.server.public_key())
            .freshness(freshness)
            .retry(RetryPolicy::never())
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

pub(crate) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut text = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let n = stream.read(&mut chunk).await.unwrap();
        text.extend_from_slice(&chunk[..n]);
        // Each request is a small object whose first `}` is its last byte.
        if n == 0 || text.ends_with(b"}") {
            return String::from_utf8(text).unwrap();
        }
    }
}

fn as_text(response: &Response<bytes::Bytes>, framing: &str) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {}\r\n{framing}\r\n", response.status()).into_bytes();
    for (name, value) in response.headers() {
        let parts = [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"];
        text.extend(parts.concat());
    }
    text.extend_from_slice(b"\r\n");
    text
}

pub(crate) async fn signed(server: &MockServer, body: &str) -> Vec<u8> {
    let response = MockResponse::new(body.to_owned()).respond(&server.keys, "POST", PATH).await;
    let mut text = as_text(&response, &format!("content-length: {}", body.len()));
    text.extend_from_slice(body.as_bytes());
    text
}

#[tokio::test]
async fn a_complete_exchange() {
    let server = MockServer::new([]);
    let raw = RawServer::responding(signed(&server, &paid()).await).await;
    let client = raw.builder(&server).build().unwrap();
    let reply = client.inquiry_payment(&request()).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::Paid(_)));

    let text = raw.requests()[0].to_ascii_lowercase();
    assert!(text.starts_with(&format!("post {PATH} http/1.1\r\n").to_ascii_lowercase()), "{text}");
    assert!(!text.contains("accept-encoding"), "{text}");
    assert!(text.contains("\r\ncontent-length: "), "{text}");
    assert!(text.contains(&format!("\r\nuser-agent: alipayplus-client/{}\r\n", env!("CARGO_PKG_VERSION"))), "{text}");
    assert!(text.contains("\r\ncontent-type: application/json; charset=utf-8\r\n"), "{text}");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let target = RawServer::responding(Vec::new()).await;
        let location = format!("http://{}{PATH}", target.address);
        let response = format!("HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
        let raw = RawServer::responding(response.into_bytes()).await;
        let client = raw.builder(&MockServer::new([])).build().unwrap();
        let error = client.inquiry_payment(&request()).await.unwrap_err();
        assert!(matches!(error.reason(), ErrorReason::Status { status: 300..=399, .. }), "{error:?}");
        assert!(!error.is_retryable());
        assert_eq!((raw.requests().len(), target.requests().len()), (1, 0));
    }
}

#[tokio::test]
async fn an_endless_body_is_not_read_to_its_end() {
    let server = MockServer::new([]);
    let response = MockResponse::new("").respond(&server.keys, "POST", PATH).await;
    let mut text = as_text(&response, "transfer-encoding: chunked");
    for _ in 0..100 {
        text.extend_from_slice(b"10000\r\n");
        text.extend(std::iter::repeat_n(b' ', 0x10000));
        text.extend_from_slice(b"\r\n");
    }
    let raw = RawServer::responding(text).await;
    let error = raw.builder(&server).build().unwrap().inquiry_payment(&request()).await.unwrap_err();
    assert!(
        matches!(error.reason(), ErrorReason::Unreadable(UnreadableError::TooLarge { limit: 262_144 })),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_incomplete_body_is_a_receive_error() {
    let server = MockServer::new([]);
    let mut text = signed(&server, &paid()).await;
    text.truncate(text.len() - 9);
    let raw = RawServer::responding(text).await;
    let error = raw.builder(&server).build().unwrap().inquiry_payment(&request()).await.unwrap_err();
    let ErrorReason::Transport(cause) = error.reason() else { panic!("{error:?}") };
    assert_eq!(cause.kind(), TransportErrorKind::Receive);
    assert!(error.is_retryable());
}

#[tokio::test]
async fn no_response_and_no_server() {
    let server = MockServer::new([]);
    let raw = RawServer::responding(Vec::new()).await;
    let error = raw.builder(&server).build().unwrap().inquiry_payment(&request()).await.unwrap_err();
    let ErrorReason::Transport(cause) = error.reason() else { panic!("{error:?}") };
    assert_eq!(cause.kind(), TransportErrorKind::Send);

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let closed = RawServer { address: free, requests: Arc::default() };
    let error = closed.builder(&server).build().unwrap().inquiry_payment(&request()).await.unwrap_err();
    let ErrorReason::Transport(cause) = error.reason() else { panic!("{error:?}") };
    assert_eq!(cause.kind(), TransportErrorKind::Connect);
    assert!(error.is_retryable());
}

#[test]
fn a_proxy_from_the_environment_is_not_used_for_loopback() {
    let this = std::env::current_exe().unwrap();
    let mut again = std::process::Command::new(this);
    again.args(["--exact", "tcp::a_complete_exchange"]);
    // No proxy listens on this port.
    let again = again.env("http_proxy", "http://127.0.0.1:1").env("HTTP_PROXY", "http://127.0.0.1:1");
    let output = again.env_remove("no_proxy").env_remove("NO_PROXY").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
