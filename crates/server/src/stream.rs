//! The stream of a connection with its time limits, which closes so that the last response is not lost.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_io_timeout::TimeoutStream;

use crate::progress::Progress;

/// How long and how much is read and dropped after the last response if the client still sends.
const LINGER_TIME: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 8 * 1024 * 1024;
/// The size of the buffer for bytes that are dropped.
const LINGER_BUFFER: usize = 8 * 1024;

/// How long a connection on which nothing has arrived waits while the server stops: its client had connected before and
/// is about to send.
pub(crate) const NEW_TIME: Duration = Duration::from_secs(1);

/// How long a connection may wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    /// For the head of a request, from its first byte, or from the start of the connection.
    pub(crate) head: Duration,
    /// For the first byte of another request.
    pub(crate) idle: Duration,
    /// For a write to make progress.
    pub(crate) write: Duration,
}

impl Timeouts {
    /// Returns the shortest wait for a client to send.
    fn shortest(&self) -> Duration {
        self.head.min(self.idle)
    }
}

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The first byte at all.
    New,
    /// A response, or the rest of a body: the service limits the time.
    Exchange,
    /// The first byte of another request.
    Idle,
    /// The rest of a head.
    Head,
}

/// The stream of one connection, over TCP or TLS.
pub(crate) struct Stream<T> {
    inner: Pin<Box<TimeoutStream<T>>>,
    progress: Arc<Progress>,
    timeouts: Timeouts,
    phase: Phase,
    /// Until when the connection waits, except in an exchange.
    end: Instant,
    /// Ends no later than `end`.
    timer: Pin<Box<Sleep>>,
    /// How many requests had been received when `phase` was last set.
    requests: u64,
    /// How many bytes may still be dropped, once the last response is sent.
    linger: Option<usize>,
}

impl<T: AsyncRead + AsyncWrite> Stream<T> {
    pub(crate) fn new(inner: T, progress: Arc<Progress>, timeouts: Timeouts) -> Self {
        let mut inner = TimeoutStream::new(inner);
        inner.set_write_timeout(Some(timeouts.write));
        // The head of the first request has its time from the start: a client connects in order to send.
        let now = Instant::now();
        let end = now + timeouts.head;
        Self {
            inner: Box::pin(inner),
            progress,
            timeouts,
            phase: Phase::New,
            end,
            timer: Box::pin(sleep_until(end.min(now + timeouts.shortest()))),
            requests: 0,
            linger: None,
        }
    }

    fn wait(&mut self, phase: Phase, time: Duration) {
        self.phase = phase;
        self.end = Instant::now() + time;
    }

    fn wait_no_longer_than(&mut self, time: Duration) {
        self.end = self.end.min(Instant::now() + time);
        self.timer.as_mut().reset(self.end);
    }

    /// Returns whether the connection has waited until the end.
    ///
    /// The timer is set to the shortest wait and then again, not to each new end: that would be twice per request, under a
    /// lock of the runtime.
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while self.timer.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            if self.end <= now {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(self.end.min(now + self.timeouts.shortest()));
        }
        Poll::Pending
    }

    /// Sets what the connection waits for, given that bytes have arrived or not.
    fn update(&mut self, has_received: bool) {
        let requests = self.progress.requests();
        if self.requests != requests {
            self.requests = requests;
            self.phase = Phase::Exchange;
        }
        if !self.progress.is_waiting() {
            self.phase = Phase::Exchange;
        } else if has_received && self.phase == Phase::New {
            self.phase = Phase::Head;
        } else if has_received && self.phase != Phase::Head {
            self.wait(Phase::Head, self.timeouts.head);
        } else if !has_received && self.phase == Phase::Exchange {
            self.wait(Phase::Idle, self.timeouts.idle);
        }
    }

    /// Reads and drops what the client still sends, within limits. To close the connection at once would reset it, and
    /// the client could lose the response.
    fn poll_linger(&mut self, context: &mut Context<'_>, mut left: usize) -> Poll<()> {
        let mut bytes = [0; LINGER_BUFFER];
        loop {
            let mut buffer = ReadBuf::new(&mut bytes);
            match self.inner.as_mut().poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() && left > 0 => {
                    left = left.saturating_sub(buffer.filled().len());
                    self.linger = Some(left);
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return self.timer.as_mut().poll(context),
            }
        }
    }
}

impl<T: AsyncRead + AsyncWrite> AsyncRead for Stream<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = self.inner.as_mut().poll_read(context, buffer);
        let has_received = buffer.filled().len() > before;
        self.update(has_received);
        if has_received {
            self.progress.received();
        }
        if polled.is_ready() || self.phase == Phase::Exchange {
            return polled;
        }
        if self.progress.is_stopping() {
            match self.phase {
                // As if the client had closed the connection: nothing has arrived.
                Phase::Idle => return Poll::Ready(Ok(())),
                Phase::New => self.wait_no_longer_than(NEW_TIME),
                Phase::Head | Phase::Exchange => {}
            }
        }
        ready!(self.poll_end(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<T: AsyncRead + AsyncWrite> AsyncWrite for Stream<T> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.inner.as_mut().poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.inner.as_mut().poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner.as_mut().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let left = if let Some(left) = self.linger {
            left
        } else {
            ready!(self.inner.as_mut().poll_shutdown(context))?;
            if !self.progress.is_unread() {
                return Poll::Ready(Ok(()));
            }
            self.timer.as_mut().reset(Instant::now() + LINGER_TIME);
            LINGER_BYTES
        };
        self.linger = Some(left);
        self.poll_linger(context, left).map(Ok)
    }
}
