//! A connection of HTTP/1.1 on which anything can be written.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::target::{Target, Url};

/// How long an answer is waited for: twice the time that callers wait.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
const MAX_HEAD: usize = 64 * 1024;
const MAX_BODY: usize = 8 * 1024 * 1024;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// No connection came about.
    #[error("no connection: {0}")]
    Connect(String),
    /// TLS failed.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// The connection was closed without an answer.
    #[error("the connection was closed without an answer")]
    Closed,
    /// The connection ended within an answer.
    #[error("the connection ended within the answer")]
    Cut,
    /// What came is no HTTP/1.1.
    #[error("the answer is no HTTP/1.1: {0}")]
    Malformed(&'static str),
    /// Nothing, or not all, came in time.
    #[error("no answer within {} s", PATIENCE.as_secs())]
    TimedOut,
}

/// An answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawAnswer {
    /// The status.
    pub status: u16,
    /// Names and values in their order.
    pub headers: Vec<(String, String)>,
    /// The bytes of the head.
    pub head: Vec<u8>,
    /// The body, without the framing of chunks.
    pub body: Vec<u8>,
}

impl RawAnswer {
    /// Returns the values of a header.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.headers.iter().filter(move |(found, _)| found.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }
}

/// A connection.
pub(crate) struct Wire {
    read: ReadHalf<Box<dyn Stream>>,
    write: WriteHalf<Box<dyn Stream>>,
    buffer: Vec<u8>,
}

impl Wire {
    /// Connects to the first address that accepts.
    pub(crate) async fn connect(target: &Target) -> Result<Self, WireError> {
        Self::open(&target.url, &target.addresses, target.tls.as_ref()).await
    }

    /// Connects to the first of the URL's addresses that accepts.
    pub(crate) async fn open(
        url: &Url,
        addresses: &[SocketAddr],
        tls: Option<&Arc<ClientConfig>>,
    ) -> Result<Self, WireError> {
        let mut last = WireError::Connect("the name has no address".into());
        for address in addresses {
            match Self::connect_to(url, *address, tls).await {
                Ok(wire) => return Ok(wire),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn connect_to(url: &Url, address: SocketAddr, tls: Option<&Arc<ClientConfig>>) -> Result<Self, WireError> {
        let failed = |error: io::Error| WireError::Connect(format!("{address}: {error}"));
        let late = |_| WireError::Connect(format!("{address} does not answer within {} s", CONNECT_PATIENCE.as_secs()));
        let tcp = timeout(CONNECT_PATIENCE, TcpStream::connect(address)).await.map_err(late)?.map_err(failed)?;
        tcp.set_nodelay(true).map_err(failed)?;
        let stream: Box<dyn Stream> = match tls {
            None => Box::new(tcp),
            Some(config) => {
                let name = ServerName::try_from(url.host.clone());
                let name = name.map_err(|_| WireError::Tls("the host is no name".into()))?;
                let handshake = TlsConnector::from(config.clone()).connect(name, tcp);
                let failed = |error: io::Error| WireError::Tls(error.to_string());
                Box::new(timeout(CONNECT_PATIENCE, handshake).await.map_err(late)?.map_err(failed)?)
            }
        };
        let (read, write) = tokio::io::split(stream);
        Ok(Self { read, write, buffer: Vec::new() })
    }

    /// Sends a request and reads its answer, which may come before all is sent.
    pub(crate) async fn exchange(&mut self, bytes: &[u8]) -> Result<RawAnswer, WireError> {
        timeout(PATIENCE, self.untimed(bytes)).await.unwrap_or(Err(WireError::TimedOut))
    }

    /// Does so without a limit of time.
    pub(crate) async fn untimed(&mut self, bytes: &[u8]) -> Result<RawAnswer, WireError> {
        let Self { read, write, buffer } = self;
        let send = async {
            // A peer that has answered may close: only the answer counts.
            let _ = write.write_all(bytes).await;
            let _ = write.flush().await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            answer = untimed(read, buffer) => answer,
            () = send => Err(WireError::Closed),
        }
    }

    /// Sends bytes.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write.write_all(bytes).await?;
        self.write.flush().await
    }

    /// Ends the sending side only.
    pub(crate) async fn end_sending(&mut self) -> io::Result<()> {
        self.write.shutdown().await
    }

    /// Reads an answer.
    pub(crate) async fn answer(&mut self) -> Result<RawAnswer, WireError> {
        timeout(PATIENCE, untimed(&mut self.read, &mut self.buffer)).await.unwrap_or(Err(WireError::TimedOut))
    }

    /// Waits a while for the status line of an interim answer. Returns whether one came.
    pub(crate) async fn is_continued(&mut self, patience: Duration) -> bool {
        let Self { read, buffer, .. } = self;
        timeout(patience, async { while buffer.len() < 12 && more(read, buffer).await {} }).await.ok();
        buffer.starts_with(b"HTTP/1.1 100")
    }
}

async fn untimed(read: &mut ReadHalf<Box<dyn Stream>>, buffer: &mut Vec<u8>) -> Result<RawAnswer, WireError> {
    loop {
        let mut answer = head(read, buffer).await?;
        if (100..200).contains(&answer.status) {
            continue;
        }
        answer.body = body(&answer, read, buffer).await?;
        return Ok(answer);
    }
}

/// Reads more into the buffer. Returns whether there was more.
async fn more(read: &mut ReadHalf<Box<dyn Stream>>, buffer: &mut Vec<u8>) -> bool {
    matches!(read.read_buf(buffer).await, Ok(1..))
}

async fn head(read: &mut ReadHalf<Box<dyn Stream>>, buffer: &mut Vec<u8>) -> Result<RawAnswer, WireError> {
    loop {
        let mut headers = [httparse::EMPTY_HEADER; 128];
        let mut parsed = httparse::Response::new(&mut headers);
        let status = parsed.parse(buffer).map_err(|_| WireError::Malformed("the head can't be read"))?;
        if let httparse::Status::Complete(length) = status {
            let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
            let headers = parsed.headers.iter().map(|header| (header.name.to_owned(), text(header.value))).collect();
            let status = parsed.code.unwrap_or_default();
            let head = buffer.drain(..length).collect();
            return Ok(RawAnswer { status, headers, head, body: Vec::new() });
        }
        if buffer.len() > MAX_HEAD {
            return Err(WireError::Malformed("the head is too long"));
        }
        if !more(read, buffer).await {
            return Err(if buffer.is_empty() { WireError::Closed } else { WireError::Cut });
        }
    }
}

async fn body(
    answer: &RawAnswer,
    read: &mut ReadHalf<Box<dyn Stream>>,
    buffer: &mut Vec<u8>,
) -> Result<Vec<u8>, WireError> {
    if matches!(answer.status, 204 | 304) {
        return Ok(Vec::new());
    }
    if answer.header("transfer-encoding").any(|value| value.eq_ignore_ascii_case("chunked")) {
        return chunks(read, buffer).await;
    }
    let length = match answer.header("content-length").next() {
        None => None,
        Some(value) => Some(value.parse().map_err(|_| WireError::Malformed("Content-Length is no number"))?),
    };
    let length: usize = match length {
        Some(length) if length > MAX_BODY => return Err(WireError::Malformed("the body is too long")),
        Some(length) => length,
        None => {
            while buffer.len() <= MAX_BODY && more(read, buffer).await {}
            buffer.len()
        }
    };
    take(read, buffer, length).await
}

async fn take(read: &mut ReadHalf<Box<dyn Stream>>, buffer: &mut Vec<u8>, length: usize) -> Result<Vec<u8>, WireError> {
    while buffer.len() < length {
        if !more(read, buffer).await {
            return Err(WireError::Cut);
        }
    }
    Ok(buffer.drain(..length).collect())
}

async fn chunks(read: &mut ReadHalf<Box<dyn Stream>>, buffer: &mut Vec<u8>) -> Result<Vec<u8>, WireError> {
    let mut body = Vec::new();
    loop {
        let (start, size) = loop {
            match httparse::parse_chunk_size(buffer) {
                Ok(httparse::Status::Complete(found)) => break found,
                Err(_) => return Err(WireError::Malformed("a chunk has no size")),
                Ok(httparse::Status::Partial) if more(read, buffer).await => {}
                Ok(httparse::Status::Partial) => return Err(WireError::Cut),
            }
        };
        let size = usize::try_from(size).ok().filter(|size| body.len() + size <= MAX_BODY);
        let size = size.ok_or(WireError::Malformed("the body is too long"))?;
        // The chunk, and the line end behind it.
        let chunk = take(read, buffer, start + size + 2).await?;
        body.extend_from_slice(&chunk[start..start + size]);
        if size == 0 {
            return Ok(body);
        }
    }
}
