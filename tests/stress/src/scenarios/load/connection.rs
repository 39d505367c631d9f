//! A connection that sends signed requests, faster than a client that signs could.

use std::net::SocketAddr;

use alipayplus_server::PublicKey;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::request::{Response, SignedRequest};
use crate::failure::Failure;

/// A persistent connection, which closes on drop.
#[derive(Debug)]
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    driver: JoinHandle<()>,
    key: PublicKey,
}

impl Connection {
    /// Connects to a server whose responses are signed with this key.
    pub(crate) async fn connect(address: SocketAddr, key: &PublicKey) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // A failed connection shows in the result of the request.
        let driver = tokio::spawn(async { drop(connection.await) });
        Ok(Self { sender, driver, key: key.clone() })
    }

    pub(crate) async fn ask(&mut self, request: &SignedRequest) -> Result<Response, Failure> {
        self.sender.ready().await?;
        let response = self.sender.send_request(request.request()?.map(Full::new)).await?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        request.response(parts.status, &parts.headers, &body, &self.key)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Reads one response from a raw connection.
pub(crate) async fn read(
    stream: &mut TcpStream,
    request: &SignedRequest,
    key: &PublicKey,
) -> Result<Response, Failure> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        more(stream, &mut bytes).await?;
    };
    let body = bytes.split_off(end + 4);
    let (status, headers) = head(std::str::from_utf8(&bytes)?)?;
    let length: usize = headers.get("content-length").ok_or("an answer without a length")?.to_str()?.parse()?;
    let mut body = body;
    while body.len() < length {
        more(stream, &mut body).await?;
    }
    request.response(status, &headers, &body, key)
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Result<(), Failure> {
    if stream.read_buf(bytes).await? == 0 {
        return Err("the connection was closed within an answer, or before it".into());
    }
    Ok(())
}

fn head(text: &str) -> Result<(StatusCode, HeaderMap), Failure> {
    let mut lines = text.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).ok_or("no status")?.parse()?;
    let headers: Result<HeaderMap, Failure> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| Ok((name.parse::<HeaderName>()?, value.parse::<HeaderValue>()?)))
        .collect();
    Ok((status, headers?))
}
