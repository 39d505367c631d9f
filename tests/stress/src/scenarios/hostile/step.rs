//! The steps of a hostile client or server on a connection, and their trace.

use std::fmt;
use std::io;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{self, Either};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

/// The longest time for all steps.
const PATIENCE: Duration = Duration::from_secs(20);
/// The most bytes written.
const MOST: usize = 64 << 20;

/// One step. The connection is closed after the last one.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Say(Vec<u8>),
    /// All at once, and reads nothing until it is written: many clients and proxies read nothing at all if they can't
    /// write. Only as the first step.
    Deaf(Vec<u8>),
    /// Byte by byte, with a pause after each.
    Slowly(Vec<u8>, Duration),
    /// Repeats the bytes until the other side closes.
    Endless(Vec<u8>),
    Pause(Duration),
    /// Says that nothing more comes, and goes on reading.
    HalfClose,
    /// Reads until the other side closes.
    Hang,
    Reset,
}

/// What happened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    pub(crate) sent: Vec<u8>,
    pub(crate) writes: usize,
    /// The bytes that were read meanwhile.
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

/// How the connection ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum End {
    #[default]
    Closed,
    Reset,
    /// The other side closed first.
    Left,
    /// The other side should have closed, and did not.
    Stuck,
}

/// Performs the steps in order.
pub(crate) async fn perform(mut stream: TcpStream, steps: &[Step]) -> Trace {
    let mut trace = Trace::default();
    stream.set_nodelay(true).ok();
    if let Some(Step::Deaf(bytes)) = steps.first() {
        if !matches!(timeout(PATIENCE, stream.write_all(bytes)).await, Ok(Ok(()))) {
            return Trace { end: End::Left, ..trace };
        }
        trace.sent.extend_from_slice(bytes);
        trace.writes += 1;
    }
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

/// Waits until the steps are done or the other side has closed.
async fn until_done(
    acting: impl Future<Output = io::Result<End>> + Unpin,
    reading: impl Future<Output = ()> + Unpin,
) -> End {
    match future::select(acting, reading).await {
        // After a failed write too: the other side may have sent a reason.
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
    for act in steps {
        let mut say = async |bytes: &[u8]| {
            stream.write_all(bytes).await?;
            stream.flush().await?;
            sent.extend_from_slice(bytes);
            *writes += 1;
            io::Result::Ok(sent.len())
        };
        match act {
            Step::Say(bytes) => drop(say(bytes).await?),
            Step::Deaf(_) => {}
            Step::Slowly(bytes, pause) => {
                for byte in bytes {
                    say(&[*byte]).await?;
                    // A sleep of zero takes one millisecond.
                    if pause.is_zero() { yield_now().await } else { sleep(*pause).await }
                }
            }
            Step::Endless(bytes) => while say(bytes).await? < MOST {},
            Step::Pause(time) => sleep(*time).await,
            Step::HalfClose => stream.shutdown().await?,
            Step::Hang => return Ok(End::Left),
            Step::Reset => return Ok(End::Reset),
        }
    }
    Ok(End::Closed)
}

/// Reads to the end.
async fn listen(reader: &mut (impl AsyncRead + Unpin), read: &mut Vec<u8>) {
    // A broken connection has ended too.
    while matches!(reader.read_buf(read).await, Ok(1..)) {}
}

impl Step {
    /// Returns the bytes of the step, once.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Say(bytes) | Self::Deaf(bytes) | Self::Slowly(bytes, _) | Self::Endless(bytes) => bytes,
            Self::Pause(_) | Self::HalfClose | Self::Hang | Self::Reset => &[],
        }
    }
}

/// Returns a step that writes all bytes at once.
pub(crate) fn say(bytes: impl Into<Vec<u8>>) -> Step {
    Step::Say(bytes.into())
}

/// Returns a step that writes a prefix of these bytes: not empty, and not all.
pub(crate) fn cut(bytes: &[u8], rng: &mut fastrand::Rng) -> Step {
    Step::Say(bytes[..rng.usize(1..bytes.len())].to_vec())
}
