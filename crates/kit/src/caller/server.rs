//! The kit as an MPP, at an address of its own for each fault.

use std::io;
use std::mem;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use alipayplus_signing::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::fault::{Door, Fault};
use super::keys::Keys;
use super::request::Request;
use super::scene::{Payment, Scene, VERSION};
use super::step::{End, take};

/// How much of an answer is kept for reports.
const KEPT: usize = 64 << 10;

/// A request of the caller and what it got, as they were on the wire.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Exchange {
    /// The request.
    pub request: Vec<u8>,
    /// The beginning of the answer.
    pub answer: Vec<u8>,
    /// What became of the connection, if it was not kept.
    pub end: &'static str,
    /// When the last byte of the answer was written, after the request.
    pub elapsed: Duration,
}

/// What arrived.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// The requests, in the order in which they were complete.
    pub(crate) requests: Vec<Request>,
    /// The same requests with their answers.
    pub(crate) exchanges: Vec<Exchange>,
    /// The connections to the address where none may arrive.
    pub(crate) strays: usize,
}

/// The address of one fault, and what it plays.
pub(crate) struct Stage {
    fault: &'static Fault,
    keys: Arc<Keys>,
    payment: Payment,
    tls: Option<TlsAcceptor>,
    listener: Option<TcpListener>,
    stray: TcpListener,
    port: u16,
    elsewhere: String,
    record: Mutex<Record>,
}

impl Stage {
    pub(crate) async fn open(
        address: IpAddr,
        fault: &'static Fault,
        keys: Arc<Keys>,
        payment: Payment,
        tls: Option<TlsAcceptor>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((address, 0)).await?;
        let stray = TcpListener::bind((address, 0)).await?;
        let port = listener.local_addr()?.port();
        let elsewhere = format!("http://{}", stray.local_addr()?);
        // Its port was free a moment ago, and nothing listens there now.
        let listener = (fault.door != Door::Closed).then_some(listener);
        Ok(Self { fault, keys, payment, tls, listener, stray, port, elsewhere, record: Mutex::default() })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Takes what arrived.
    pub(crate) fn take_record(&self) -> Record {
        mem::take(&mut *self.record())
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves until it is dropped.
    pub(crate) async fn serve(self: Arc<Self>) {
        let Some(listener) = &self.listener else { return };
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                    connections.spawn(Arc::clone(&self).connection(stream));
                },
                accepted = self.stray.accept() => if accepted.is_ok() {
                    self.record().strays += 1;
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }

    /// The caller's view of a broken connection is what is judged, so errors here end it and nothing else.
    async fn connection(self: Arc<Self>, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else {
            let mut stream = stream;
            if matches!(self.converse(&mut stream).await, Ok(End::Reset)) {
                let _ = stream.set_zero_linger();
            }
            return;
        };
        if let Ok(mut stream) = tls.accept(stream).await {
            match self.converse(&mut stream).await {
                Ok(End::Reset) => drop(stream.get_ref().0.set_zero_linger()),
                _ => drop(stream.shutdown().await),
            }
        }
    }

    fn written(&self, asked: usize, since: Instant, bytes: &[u8]) {
        if let Some(exchange) = self.record().exchanges.get_mut(asked) {
            let room = KEPT.saturating_sub(exchange.answer.len());
            exchange.answer.extend_from_slice(&bytes[..bytes.len().min(room)]);
            exchange.elapsed = since.elapsed();
        }
    }

    fn ended(&self, asked: usize, end: &io::Result<End>) {
        if let Some(exchange) = self.record().exchanges.get_mut(asked) {
            exchange.end = match end {
                Ok(End::Kept) => "",
                Ok(End::Closed) => "The connection was closed.",
                Ok(End::Reset) => "The connection was reset.",
                Err(_) => "The caller had closed the connection.",
            };
        }
    }

    /// Answers one request after the other.
    async fn converse<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut S) -> io::Result<End> {
        let mut buffer = Vec::new();
        while let Some(request) = Request::read(stream, &mut buffer).await? {
            let asked = {
                let mut record = self.record();
                record.exchanges.push(Exchange { request: request.raw.clone(), ..Exchange::default() });
                record.requests.push(request.clone());
                record.requests.len() - 1
            };
            let scene = Scene {
                keys: &self.keys.signers,
                version: VERSION,
                now: Timestamp::now(),
                payment: &self.payment,
                request: &request,
                code: self.fault.code.unwrap_or_default(),
                asked,
                elsewhere: &self.elsewhere,
            };
            let steps = (self.fault.play)(&scene);
            let end = take(stream, &steps, |bytes| self.written(asked, request.at, bytes)).await;
            self.ended(asked, &end);
            if !matches!(end, Ok(End::Kept)) {
                return end;
            }
        }
        Ok(End::Closed)
    }
}
