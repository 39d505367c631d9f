//! The kinds of slow clients.

use std::future;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, sleep};

use crate::failure::Failure;
use crate::scenarios::load::SignedRequest;

/// The pause between two bytes.
const PAUSE: Duration = Duration::from_millis(50);

/// The deadlines of the server under test.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadlines {
    pub(super) head: Duration,
    pub(super) body: Duration,
    pub(super) write: Duration,
}

/// In which way a client is slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Silence,
    DrippingHead,
    HalfHead,
    DrippingBody,
    HalfBody,
    UnknownKeyBody,
    Deaf,
}

pub(super) const ALL: &[Kind] = &[
    Kind::Silence,
    Kind::DrippingHead,
    Kind::HalfHead,
    Kind::DrippingBody,
    Kind::HalfBody,
    Kind::UnknownKeyBody,
    Kind::Deaf,
];

/// The kinds that hold a permit: the head is valid, and the body does not arrive.
pub(super) const IN_FLIGHT: &[Kind] = &[Kind::DrippingBody, Kind::HalfBody];

impl Kind {
    pub(super) fn about(self) -> &'static str {
        match self {
            Self::Silence => "nothing is sent",
            Self::DrippingHead => "the head comes byte by byte",
            Self::HalfHead => "the head stops",
            Self::DrippingBody => "the body comes byte by byte",
            Self::HalfBody => "the body stops",
            Self::UnknownKeyBody => "the body stops, with an unknown key version",
            Self::Deaf => "responses are not read",
        }
    }

    /// Returns the deadline that ends the connection.
    pub(super) fn deadline(self, deadlines: Deadlines) -> Duration {
        match self {
            Self::Silence | Self::DrippingHead | Self::HalfHead => deadlines.head,
            Self::DrippingBody | Self::HalfBody | Self::UnknownKeyBody => deadlines.body,
            Self::Deaf => deadlines.write,
        }
    }

    /// Returns whether this is the expected response before the connection is closed.
    pub(super) fn is_expected(self, received: &str) -> bool {
        match self {
            Self::DrippingBody | Self::HalfBody | Self::UnknownKeyBody => received.starts_with("HTTP/1.1 408 "),
            Self::Silence | Self::DrippingHead | Self::HalfHead | Self::Deaf => received.is_empty(),
        }
    }
}

/// A connected slow client that has sent its first bytes.
#[derive(Debug)]
pub(super) struct Slow {
    kind: Kind,
    stream: TcpStream,
    /// The bytes to send one by one.
    rest: Vec<u8>,
    connected: Instant,
}

/// How the connection ended.
#[derive(Debug)]
pub(super) struct Cut {
    pub(super) kind: Kind,
    /// The response; empty if the client never reads.
    pub(super) received: String,
    /// Time since the connection was opened or, for a client that never reads, since its buffers were full.
    pub(super) after: Duration,
}

impl Slow {
    pub(super) async fn connect(kind: Kind, address: SocketAddr, request: &SignedRequest) -> Result<Self, Failure> {
        let (socket, connected) = (TcpSocket::new_v4()?, Instant::now());
        if kind == Kind::Deaf {
            // A small buffer: what the kernel buffers counts as read by the client.
            socket.set_recv_buffer_size(4096)?;
        }
        let mut stream = socket.connect(address).await?;
        stream.set_nodelay(true)?;
        let (head, body) = request.wire();
        let at_once = match kind {
            Kind::Silence | Kind::DrippingHead | Kind::Deaf => 0,
            Kind::HalfHead => head.len() / 2,
            Kind::DrippingBody => head.len(),
            Kind::HalfBody | Kind::UnknownKeyBody => head.len() + body.len() / 2,
        };
        let mut whole = [head.as_slice(), &body].concat();
        let rest = whole.split_off(at_once);
        stream.write_all(&whole).await?;
        Ok(Self { kind, stream, rest, connected })
    }

    /// Waits until the server closes the connection.
    pub(super) async fn until_cut(self) -> Cut {
        let Self { kind, mut stream, rest, connected: mut since } = self;
        let mut received = Vec::new();
        match kind {
            Kind::Deaf => since = never_read(&mut stream).await,
            Kind::DrippingHead | Kind::DrippingBody => drip(&mut stream, &rest, &mut received).await,
            // A reset counts as closed, here and below.
            _ => drop(stream.read_to_end(&mut received).await),
        }
        Cut { kind, received: String::from_utf8_lossy(&received).into_owned(), after: since.elapsed() }
    }
}

/// Sends bytes one by one until the server closes the connection.
async fn drip(stream: &mut TcpStream, bytes: &[u8], received: &mut Vec<u8>) {
    let (mut reading, mut writing) = stream.split();
    let write = async {
        for byte in bytes {
            if writing.write_all(&[*byte]).await.is_err() {
                break;
            }
            sleep(PAUSE).await;
        }
        // The reader notices the close.
        future::pending::<()>().await;
    };
    tokio::select! {
        () = write => {}
        read = reading.read_to_end(received) => drop(read),
    }
}

/// Sends requests that cost no signature and echo a long header, and reads no response. Returns when the last
/// request was written.
async fn never_read(stream: &mut TcpStream) -> Instant {
    let echoed = "x".repeat(8000);
    let question = format!("GET /nowhere HTTP/1.1\r\nHost: mpp\r\nTracer-Id: {echoed}\r\n\r\n");
    let mut last = Instant::now();
    while stream.write_all(question.as_bytes()).await.is_ok() {
        last = Instant::now();
    }
    last
}
