//! What a hostile peer does on a connection, and the trace that it leaves.

use std::fmt;
use std::io;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{self, Either};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

/// Nothing of the peer goes on for longer than this.
const PATIENCE: Duration = Duration::from_secs(20);
/// Nor does it ever write more.
const MOST: usize = 64 << 20;

/// One thing that it does. After the last it closes.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Say(Vec<u8>),
    /// Byte by byte, with a pause after each.
    Slowly(Vec<u8>, Duration),
    /// The same again and again, until the other side leaves.
    Endless(Vec<u8>),
    Pause(Duration),
    /// Listens until the other side leaves.
    Hang,
    Reset,
}

/// What happened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    pub(crate) sent: Vec<u8>,
    pub(crate) writes: usize,
    /// What was read meanwhile.
    pub(crate) read: Vec<u8>,
    pub(crate) end: End,
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begin = &self.sent[..self.sent.len().min(200)];
        let Self { sent, writes, end, .. } = self;
        write!(f, "{end:?} after {} bytes in {writes} writes: {:?}", sent.len(), String::from_utf8_lossy(begin))
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum End {
    #[default]
    Closed,
    Reset,
    /// The other side left first.
    Left,
    /// The other side should have left, and did not.
    Stuck,
}

/// Does one after the other.
pub(crate) async fn perform(mut stream: TcpStream, steps: &[Step]) -> Trace {
    let mut trace = Trace::default();
    stream.set_nodelay(true).ok();
    let end = {
        let (mut reader, mut writer) = stream.split();
        let acting = pin!(act(&mut writer, steps, &mut trace.sent, &mut trace.writes));
        let reading = pin!(listen(&mut reader, &mut trace.read));
        match timeout(PATIENCE, until_done(acting, reading)).await {
            Ok(end) => end,
            Err(_) => End::Stuck,
        }
    };
    if end == End::Reset {
        stream.set_zero_linger().ok();
    } else {
        stream.shutdown().await.ok();
    }
    trace.end = end;
    trace
}

/// Until the steps are done, or, where they wait for that, until the other side has left.
async fn until_done(
    acting: impl Future<Output = io::Result<End>> + Unpin,
    reading: impl Future<Output = ()> + Unpin,
) -> End {
    match future::select(acting, reading).await {
        // Also when the other side takes no more: it may have said why.
        Either::Left((Ok(End::Left) | Err(_), reading)) => {
            reading.await;
            End::Left
        }
        Either::Left((Ok(end), _)) => end,
        Either::Right(_) => End::Left,
    }
}

async fn act(
    stream: &mut (impl AsyncWrite + Unpin),
    steps: &[Step],
    sent: &mut Vec<u8>,
    writes: &mut usize,
) -> io::Result<End> {
    let mut say = async |bytes: &[u8]| {
        stream.write_all(bytes).await?;
        stream.flush().await?;
        sent.extend_from_slice(bytes);
        *writes += 1;
        io::Result::Ok(sent.len())
    };
    for act in steps {
        match act {
            Step::Say(bytes) => drop(say(bytes).await?),
            Step::Slowly(bytes, pause) => {
                for byte in bytes {
                    say(&[*byte]).await?;
                    // A sleep of nothing takes a millisecond.
                    if pause.is_zero() { yield_now().await } else { sleep(*pause).await }
                }
            }
            Step::Endless(bytes) => while say(bytes).await? < MOST {},
            Step::Pause(time) => sleep(*time).await,
            Step::Hang => return Ok(End::Left),
            Step::Reset => return Ok(End::Reset),
        }
    }
    Ok(End::Closed)
}

/// Keeps what comes, to the end.
async fn listen(reader: &mut (impl AsyncRead + Unpin), read: &mut Vec<u8>) {
    // A connection that breaks has come to its end, too.
    while matches!(reader.read_buf(read).await, Ok(1..)) {}
}

impl Step {
    /// What it says, said once.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Say(bytes) | Self::Slowly(bytes, _) | Self::Endless(bytes) => bytes,
            Self::Pause(_) | Self::Hang | Self::Reset => &[],
        }
    }
}

/// Everything in one go.
pub(crate) fn say(bytes: impl Into<Vec<u8>>) -> Step {
    Step::Say(bytes.into())
}

/// A beginning of these bytes: not nothing, and not all.
pub(crate) fn cut(bytes: &[u8], rng: &mut fastrand::Rng) -> Step {
    Step::Say(bytes[..rng.usize(1..bytes.len())].to_vec())
}
