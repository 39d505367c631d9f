//! What the kit does on a connection.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::{sleep, timeout};

/// The most bytes that are written without an end.
const MOST: usize = 64 << 20;
/// The longest wait for a caller that should leave.
const PATIENCE: Duration = Duration::from_secs(60);

/// One step. After the last one the connection is kept for the next request.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Send(Vec<u8>),
    /// One byte after the other, with a pause after each.
    Drip(Vec<u8>, Duration),
    /// The same bytes until the caller closes, or 64 MiB are sent.
    Repeat(Vec<u8>),
    Pause(Duration),
    /// Nothing until the caller closes.
    Hang,
    Close,
    /// Closes so that what is under way is lost.
    Reset,
}

/// What becomes of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Kept,
    Closed,
    Reset,
}

/// Takes the steps. `written` gets each part that was written.
///
/// # Errors
/// Returns the error of a write: the caller has left.
pub(crate) async fn take<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    steps: &[Step],
    written: impl Fn(&[u8]),
) -> io::Result<End> {
    let send = async |stream: &mut S, bytes: &[u8]| {
        stream.write_all(bytes).await?;
        stream.flush().await?;
        written(bytes);
        io::Result::Ok(())
    };
    for step in steps {
        match step {
            Step::Send(bytes) => send(stream, bytes).await?,
            Step::Drip(bytes, pause) => {
                for byte in bytes {
                    send(stream, &[*byte]).await?;
                    sleep(*pause).await;
                }
            }
            Step::Repeat(bytes) => {
                for _ in 0..MOST / bytes.len().max(1) {
                    send(stream, bytes).await?;
                }
            }
            Step::Pause(time) => sleep(*time).await,
            Step::Hang => {
                let mut rest = [0; 1024];
                let leaves = async { while matches!(stream.read(&mut rest).await, Ok(1..)) {} };
                // One that never leaves is ended with its process.
                let _ = timeout(PATIENCE, leaves).await;
                return Ok(End::Closed);
            }
            Step::Close => return Ok(End::Closed),
            Step::Reset => return Ok(End::Reset),
        }
    }
    Ok(End::Kept)
}
