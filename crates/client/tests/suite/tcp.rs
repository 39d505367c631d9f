//! Over real connections on loopback, by reqwest.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use alipayplus_client::inquiry_payment::Outcome;
use alipayplus_client::{Builder, Client, Error, RetryPolicy, TransportErrorKind};
use http::Response;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::peer::{Answer, PATH, Peer, paid, request};

/// Answers every request with the same bytes, one request a connection, and keeps the requests' texts.
pub(crate) struct Raw {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Raw {
    pub(crate) async fn answering(answer: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read_request(&mut stream).await;
                kept.lock().unwrap().push(request);
                // The client may hang up in the middle, which is its right.
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { address, requests }
    }

    pub(crate) fn builder(&self, peer: &Peer) -> Builder<Client> {
        let parties = &peer.parties;
        let freshness = alipayplus_client::Freshness::default().with_clock(&parties.clock);
        Client::builder(format!("http://{}", self.address))
            .client_id(&parties.client_id)
            .sign_with(1, parties.client.clone())
            .trusted_key(1, parties.server.public_key())
            .freshness(freshness)
            .retry(RetryPolicy::never())
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let n = stream.read(&mut piece).await.unwrap();
        text.extend_from_slice(&piece[..n]);
        // All requests are small objects without a `}` before their end.
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

pub(crate) async fn signed(peer: &Peer, body: &str) -> Vec<u8> {
    let response = Answer::of(body.to_owned()).answer(&peer.parties, "POST", PATH).await;
    let mut text = as_text(&response, &format!("content-length: {}", body.len()));
    text.extend_from_slice(body.as_bytes());
    text
}

#[tokio::test]
async fn a_whole_exchange() {
    let peer = Peer::new([]);
    let raw = Raw::answering(signed(&peer, &paid()).await).await;
    let client = raw.builder(&peer).build().unwrap();
    let reply = client.inquiry_payment(&request()).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::Paid(_)));

    let text = raw.requests()[0].to_ascii_lowercase();
    assert!(text.starts_with(&format!("post {PATH} http/1.1\r\n").to_ascii_lowercase()), "{text}");
    assert!(!text.contains("accept-encoding"), "{text}");
    assert!(text.contains("\r\ncontent-length: "), "{text}");
    assert!(text.contains("\r\ncontent-type: application/json; charset=utf-8\r\n"), "{text}");
}

#[tokio::test]
async fn redirects_are_not_followed_whatever_the_settings_say() {
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let target = Raw::answering(Vec::new()).await;
        let location = format!("http://{}{PATH}", target.address);
        let answer = format!("HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
        let raw = Raw::answering(answer.into_bytes()).await;
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::limited(5));
        for builder in [raw.builder(&Peer::new([])), raw.builder(&Peer::new([])).http(http)] {
            let error = builder.build().unwrap().inquiry_payment(&request()).await.unwrap_err();
            assert!(matches!(error, Error::Status { status: 300..=399, .. }), "{error:?}");
            assert!(!error.is_retryable());
        }
        assert_eq!((raw.requests().len(), target.requests().len()), (2, 0));
    }
}

#[tokio::test]
async fn an_endless_body_is_not_read_to_its_end() {
    let peer = Peer::new([]);
    let response = Answer::of("").answer(&peer.parties, "POST", PATH).await;
    let mut text = as_text(&response, "transfer-encoding: chunked");
    for _ in 0..100 {
        text.extend_from_slice(b"10000\r\n");
        text.extend(std::iter::repeat_n(b' ', 0x10000));
        text.extend_from_slice(b"\r\n");
    }
    let raw = Raw::answering(text).await;
    let error = raw.builder(&peer).build().unwrap().inquiry_payment(&request()).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 262_144 }), "{error:?}");
}

#[tokio::test]
async fn a_body_that_breaks_off() {
    let peer = Peer::new([]);
    let mut text = signed(&peer, &paid()).await;
    text.truncate(text.len() - 9);
    let raw = Raw::answering(text).await;
    let error = raw.builder(&peer).build().unwrap().inquiry_payment(&request()).await.unwrap_err();
    let Error::Transport(cause) = &error else { panic!("{error:?}") };
    assert_eq!(cause.kind(), TransportErrorKind::Receive);
    assert!(error.is_retryable());
}

#[tokio::test]
async fn nobody_there_or_nothing_said() {
    let peer = Peer::new([]);
    let raw = Raw::answering(Vec::new()).await;
    let error = raw.builder(&peer).build().unwrap().inquiry_payment(&request()).await.unwrap_err();
    let Error::Transport(cause) = &error else { panic!("{error:?}") };
    assert_eq!(cause.kind(), TransportErrorKind::Send);

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody = Raw { address: free, requests: Arc::default() };
    let error = nobody.builder(&peer).build().unwrap().inquiry_payment(&request()).await.unwrap_err();
    let Error::Transport(cause) = &error else { panic!("{error:?}") };
    assert_eq!(cause.kind(), TransportErrorKind::Connect);
    assert!(error.is_retryable());
}

#[test]
fn a_proxy_in_the_environment_is_not_for_loopback() {
    let this = std::env::current_exe().unwrap();
    let mut again = std::process::Command::new(this);
    again.args(["--exact", "tcp::a_whole_exchange"]);
    // Nobody listens there.
    let again = again.env("http_proxy", "http://127.0.0.1:1").env("HTTP_PROXY", "http://127.0.0.1:1");
    let output = again.env_remove("no_proxy").env_remove("NO_PROXY").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
