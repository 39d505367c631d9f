//! The kinds of slow ones.

use std::future;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, sleep};

use crate::failure::Failure;
use crate::scenarios::load::SignedRequest;

/// The pause between two bytes of those who send byte by byte.
const PAUSE: Duration = Duration::from_millis(50);

/// The deadlines of the server that is tried.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadlines {
    pub(super) head: Duration,
    pub(super) body: Duration,
    pub(super) write: Duration,
}

/// What one is slow at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Silence,
    DrippingHead,
    HalfHead,
    DrippingBody,
    HalfBody,
    StrangersBody,
    Deaf,
}

pub(super) const ALL: &[Kind] = &[
    Kind::Silence,
    Kind::DrippingHead,
    Kind::HalfHead,
    Kind::DrippingBody,
    Kind::HalfBody,
    Kind::StrangersBody,
    Kind::Deaf,
];

/// Those who have a place in flight while they hang: the head is good, and the body does not come.
pub(super) const IN_FLIGHT: &[Kind] = &[Kind::DrippingBody, Kind::HalfBody];

impl Kind {
    pub(super) fn about(self) -> &'static str {
        match self {
            Self::Silence => "nothing is sent",
            Self::DrippingHead => "the head comes byte by byte",
            Self::HalfHead => "the head stops",
            Self::DrippingBody => "the body comes byte by byte",
            Self::HalfBody => "the body stops",
            Self::StrangersBody => "the body stops, under a key that is not known",
            Self::Deaf => "answers are not read",
        }
    }

    /// What cuts it.
    pub(super) fn deadline(self, deadlines: Deadlines) -> Duration {
        match self {
            Self::Silence | Self::DrippingHead | Self::HalfHead => deadlines.head,
            Self::DrippingBody | Self::HalfBody | Self::StrangersBody => deadlines.body,
            Self::Deaf => deadlines.write,
        }
    }

    /// Whether this is what it is told before it is cut.
    pub(super) fn is_told(self, told: &str) -> bool {
        match self {
            Self::DrippingBody | Self::HalfBody | Self::StrangersBody => told.starts_with("HTTP/1.1 408 "),
            Self::Silence | Self::DrippingHead | Self::HalfHead | Self::Deaf => told.is_empty(),
        }
    }
}

/// A slow one that is connected, and has sent what it sends at once.
#[derive(Debug)]
pub(super) struct Slow {
    kind: Kind,
    stream: TcpStream,
    /// What it would send byte by byte.
    rest: Vec<u8>,
    connected: Instant,
}

/// How it ended.
#[derive(Debug)]
pub(super) struct Cut {
    pub(super) kind: Kind,
    /// What it was told; nothing if it never reads.
    pub(super) told: String,
    /// Since it connected; of one that never reads, since its own buffers were full, too.
    pub(super) after: Duration,
}

impl Slow {
    pub(super) async fn connect(kind: Kind, address: SocketAddr, request: &SignedRequest) -> Result<Self, Failure> {
        let (socket, connected) = (TcpSocket::new_v4()?, Instant::now());
        if kind == Kind::Deaf {
            // What this side's system takes for it is no reading.
            socket.set_recv_buffer_size(4096)?;
        }
        let mut stream = socket.connect(address).await?;
        stream.set_nodelay(true)?;
        let (head, body) = request.wire();
        let at_once = match kind {
            Kind::Silence | Kind::DrippingHead | Kind::Deaf => 0,
            Kind::HalfHead => head.len() / 2,
            Kind::DrippingBody => head.len(),
            Kind::HalfBody | Kind::StrangersBody => head.len() + body.len() / 2,
        };
        let mut whole = [head.as_slice(), &body].concat();
        let rest = whole.split_off(at_once);
        stream.write_all(&whole).await?;
        Ok(Self { kind, stream, rest, connected })
    }

    /// Hangs until the server has closed the connection.
    pub(super) async fn until_cut(self) -> Cut {
        let Self { kind, mut stream, rest, connected: mut since } = self;
        let mut told = Vec::new();
        match kind {
            Kind::Deaf => since = never_read(&mut stream).await,
            Kind::DrippingHead | Kind::DrippingBody => drip(&mut stream, &rest, &mut told).await,
            // Whether it is closed or reset is the same here, and below.
            _ => drop(stream.read_to_end(&mut told).await),
        }
        Cut { kind, told: String::from_utf8_lossy(&told).into_owned(), after: since.elapsed() }
    }
}

/// Byte by byte, until the server closes the connection.
async fn drip(stream: &mut TcpStream, bytes: &[u8], told: &mut Vec<u8>) {
    let (mut reading, mut writing) = stream.split();
    let write = async {
        for byte in bytes {
            if writing.write_all(&[*byte]).await.is_err() {
                break;
            }
            sleep(PAUSE).await;
        }
        // What was cut, the reader sees.
        future::pending::<()>().await;
    };
    tokio::select! {
        () = write => {}
        read = reading.read_to_end(told) => drop(read),
    }
}

/// Asks as fast as it can what costs no signature and echoes a long header, and reads no answer. Returns when the last
/// question was taken.
async fn never_read(stream: &mut TcpStream) -> Instant {
    let echoed = "x".repeat(8000);
    let question = format!("GET /nowhere HTTP/1.1\r\nHost: mpp\r\nTracer-Id: {echoed}\r\n\r\n");
    let mut last = Instant::now();
    while stream.write_all(question.as_bytes()).await.is_ok() {
        last = Instant::now();
    }
    last
}
