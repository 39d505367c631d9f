//! The port of the MPP.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alipayplus_server::Server;
use alipayplus_signing::format_time;
use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use http_body_util::{BodyExt as _, Full};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower_service::Service as _;

use super::checks::{Examiner, Findings, content, verdicts};
use super::desk::{Desk, Plan, Play};
use super::faulty::Faulty;
use super::journal::{self, Journal};
use super::wallet::{PLAN, Slot};
use crate::caller::keys::Signers;
use crate::caller::request::Request;
use crate::caller::scene::Scene;
use crate::caller::step::{End, Step, take};

/// The header of each answer, and its value.
pub(crate) const MARK: (&str, &str) = ("x-sandbox", "1");
/// The most bytes of a request that are read. The server itself refuses larger bodies than 256 KiB.
const MOST: usize = 4 << 20;
/// The most bytes of an answer that the journal keeps.
const MOST_KEPT: usize = 64 << 10;
/// How long a caller may take for a request, or be silent.
const PATIENCE: Duration = Duration::from_secs(75);
/// How long the rest of a request that is not read is waited for.
const DRAIN: Duration = Duration::from_secs(5);
const MOST_CONNECTIONS: usize = 1024;
/// Where a redirect leads: the port of a service that is nowhere in use.
const ELSEWHERE: &str = "http://127.0.0.1:9";

/// All that answers.
pub(crate) struct Mpp {
    pub(crate) server: Server,
    pub(crate) faulty: Faulty,
    pub(crate) desk: Arc<Desk>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) examiner: Arc<Examiner>,
    pub(crate) signers: Signers,
    pub(crate) version: u64,
    pub(crate) tls: Option<TlsAcceptor>,
}

/// What is sent, and what the journal says about it.
struct Reply {
    steps: Vec<Step>,
    /// The fault that was played.
    fault: Option<&'static str>,
    plan: Option<Plan>,
    findings: Findings,
}

impl Mpp {
    /// Serves until it is dropped.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener) {
        let permits = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
                        let mpp = Arc::clone(&self);
                        connections.spawn(async move {
                            mpp.connection(stream).await;
                            drop(permit);
                        });
                    }
                    // Such as too many open files: others have to close first.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }

    /// A connection that breaks is the caller's own affair.
    async fn connection(&self, mut stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else {
            if matches!(self.converse(&mut stream).await, Ok(End::Reset)) {
                let _ = stream.set_zero_linger();
            }
            return;
        };
        if let Ok(Ok(mut stream)) = timeout(PATIENCE, tls.accept(stream)).await {
            match self.converse(&mut stream).await {
                Ok(End::Reset) => drop(stream.get_ref().0.set_zero_linger()),
                _ => drop(stream.shutdown().await),
            }
        }
    }

    /// Answers one request after the other.
    async fn converse<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut S) -> io::Result<End> {
        let mut buffer = Vec::new();
        loop {
            let request = match timeout(PATIENCE, next(stream, &mut buffer)).await {
                Err(_) | Ok(Ok(None)) => return Ok(End::Closed),
                Ok(Ok(Some(request))) => request,
                Ok(Err(error)) => return unreadable(stream, error).await,
            };
            let begun = Instant::now();
            let reply = self.reply(&request).await;
            // Before the caller has the answer, so that it finds the exchange when it looks.
            self.note(&request, &reply, begun.elapsed());
            let end = take(stream, &reply.steps, |_| ()).await?;
            if end != End::Kept || !request.is_kept {
                return Ok(if end == End::Kept { End::Closed } else { end });
            }
        }
    }

    async fn reply(&self, request: &Request) -> Reply {
        if let Some(on) = self.desk.mpp_fault() {
            let answer = self.faulty.answer(&on, &self.signers, request).await.and(MARK.0, MARK.1);
            let bytes = if request.method == "HEAD" { answer.head() } else { answer.bytes() };
            return Reply {
                steps: vec![Step::Send(bytes)],
                fault: Some(on.fault.id),
                plan: None,
                findings: Findings::default(),
            };
        }
        let slot = Slot::default();
        let Some(asked) = as_http(request) else {
            let steps = vec![Step::Send(refusal("400 Bad Request"))];
            return Reply { steps, fault: None, plan: None, findings: Findings::default() };
        };
        let Ok(answer) = PLAN.scope(slot.clone(), self.server.clone().call(asked)).await;
        let plan = slot.take();
        if let Some(Plan { play: Some(play), .. }) = &plan {
            let (steps, fault) = (self.played(request, play), Some(play.fault.id));
            return Reply { steps, fault, plan, findings: Findings::default() };
        }
        let (head, body) = answer.into_parts();
        let Ok(body) = body.collect().await;
        let body = body.to_bytes();
        let mut head = head;
        head.headers.insert(MARK.0, HeaderValue::from_static(MARK.1));
        let findings = match &plan {
            Some(plan) => Findings { cause: plan.payment.cause().map(str::to_owned), ..Findings::default() },
            None => self.examine(request, head.status.as_u16(), &body).await,
        };
        let hint = plan.as_ref().and_then(|plan| plan.hint.as_deref());
        for (name, text) in [("x-sandbox-hint", hint), ("x-sandbox-cause", findings.cause.as_deref())] {
            if let Some(value) = text.and_then(|text| HeaderValue::from_str(&visible(text)).ok()) {
                head.headers.insert(HeaderName::from_static(name), value);
            }
        }
        let bytes = written(&head, &body, request.method == "HEAD");
        let pause = plan.as_ref().map(|plan| plan.pause).filter(|pause| !pause.is_zero());
        let steps = pause.map(Step::Pause).into_iter().chain([Step::Send(bytes)]).collect();
        Reply { steps, fault: None, plan, findings }
    }

    /// Plays a fault instead of the answer.
    fn played(&self, request: &Request, play: &Play) -> Vec<Step> {
        let Play { fault, payment, asked } = play;
        let scene = Scene {
            keys: &self.signers,
            version: self.version,
            now: self.desk.clock.now(),
            payment,
            request,
            code: fault.code.unwrap_or_default(),
            asked: *asked,
            elsewhere: ELSEWHERE,
        };
        let mut steps = (fault.play)(&scene);
        if let Some(Step::Send(bytes) | Step::Drip(bytes, _)) = steps.first_mut() {
            mark(bytes);
        }
        steps
    }

    async fn examine(&self, request: &Request, status: u16, body: &Bytes) -> Findings {
        let examiner = Arc::clone(&self.examiner);
        let (request, answer) = (request.clone(), serde_json::from_slice(body).unwrap_or_default());
        spawn_blocking(move || examiner.examine(&request, status, &answer)).await.unwrap_or_default()
    }

    /// Writes the exchange into the journal.
    fn note(&self, request: &Request, reply: &Reply, elapsed: Duration) {
        let Reply { steps, fault, plan, findings } = reply;
        let content = content(request).to_bytes();
        // An MPP that is wrong as a whole has other checks.
        let checks = if fault.is_some() && plan.is_none() { json!([]) } else { verdicts(findings.failed) };
        let headers: Vec<_> =
            request.headers.iter().map(|(name, value)| json!([name, String::from_utf8_lossy(value)])).collect();
        self.journal.add(json!({
            "at": format_time(self.desk.clock.now()),
            "elapsedMs": u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            "paymentRequestId": plan.as_ref().map(|plan| &plan.payment.payment_request_id),
            "fault": fault,
            "request": { "method": request.method, "uri": request.uri, "headers": headers, "body": journal::text(&request.body) },
            "expectedContent": journal::text(&content),
            "signedContent": findings.signed.as_deref().or(plan.as_ref().map(|_| &content[..])).map(journal::text),
            "checks": checks,
            "cause": findings.cause,
            "answer": journal::answer(&sent(steps)),
            "steps": steps.iter().map(in_words).collect::<Vec<Value>>(),
        }));
    }
}

/// Reads the next request. A caller that waits for it is asked for the body.
async fn next<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, buffer: &mut Vec<u8>) -> io::Result<Option<Request>> {
    let mut is_asked = false;
    loop {
        if let Some((request, length)) = Request::parse(buffer)? {
            buffer.drain(..length);
            return Ok(Some(request));
        }
        if buffer.len() > MOST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if !is_asked && waits(buffer) {
            is_asked = true;
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            stream.flush().await?;
        }
        if stream.read_buf(buffer).await? == 0 {
            return if buffer.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
    }
}

/// Returns whether a caller sends its body only when it is asked to.
fn waits(buffer: &[u8]) -> bool {
    let head = buffer.windows(4).take(64 << 10).position(|end| end == b"\r\n\r\n");
    head.is_some_and(|end| {
        let head = buffer[..end].to_ascii_lowercase();
        String::from_utf8_lossy(&head).lines().any(|line| line.replace(' ', "") == "expect:100-continue")
    })
}

/// Answers what is no request, or too large a one, and reads a part of what still comes: a reset would take the answer along.
async fn unreadable<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, error: io::Error) -> io::Result<End> {
    let status = match error.kind() {
        io::ErrorKind::FileTooLarge => "413 Content Too Large",
        io::ErrorKind::InvalidData => "400 Bad Request",
        _ => return Err(error),
    };
    stream.write_all(&refusal(status)).await?;
    stream.flush().await?;
    let mut rest = vec![0; 64 << 10];
    let drained = async { while matches!(stream.read(&mut rest).await, Ok(1..)) {} };
    let _ = timeout(DRAIN, drained).await;
    Ok(End::Closed)
}

/// Returns an answer without a message.
fn refusal(status: &str) -> Vec<u8> {
    let (name, value) = MARK;
    format!("HTTP/1.1 {status}\r\n{name}: {value}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").into_bytes()
}

/// Returns the request as the server takes it; `None` if it is no request of HTTP.
fn as_http(request: &Request) -> Option<http::Request<Full<Bytes>>> {
    let mut asked = http::Request::builder().method(request.method.as_str()).uri(request.uri.as_str());
    for (name, value) in &request.headers {
        asked = asked.header(name, value.as_slice());
    }
    asked.body(Full::from(request.body.clone())).ok()
}

/// Returns an answer on the wire.
fn written(head: &http::response::Parts, body: &[u8], is_head: bool) -> Vec<u8> {
    let reason = head.status.canonical_reason().unwrap_or_default();
    let mut bytes = format!("HTTP/1.1 {} {reason}\r\n", head.status.as_str()).into_bytes();
    for (name, value) in &head.headers {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    if !head.headers.contains_key(http::header::CONTENT_LENGTH) {
        bytes.extend(format!("content-length: {}\r\n", body.len()).bytes());
    }
    bytes.extend(b"\r\n");
    if !is_head {
        bytes.extend(body);
    }
    bytes
}

/// Adds the mark behind the status line of an answer, and leaves what is no HTTP as it is.
fn mark(bytes: &mut Vec<u8>) {
    let mut at = 0;
    let find = |bytes: &[u8], at: usize, what: &[u8]| {
        let found = bytes[at..].windows(what.len()).position(|window| window == what);
        found.map(|found| at + found + what.len())
    };
    while bytes[at..].starts_with(b"HTTP/1.1 1")
        && let Some(next) = find(bytes, at, b"\r\n\r\n")
    {
        at = next;
    }
    if bytes[at..].starts_with(b"HTTP/1.")
        && let Some(line) = find(bytes, at, b"\r\n")
    {
        let (name, value) = MARK;
        bytes.splice(line..line, format!("{name}: {value}\r\n").into_bytes());
    }
}

/// Returns the text with nothing in it that a header can't hold.
fn visible(text: &str) -> String {
    text.chars().map(|c| if matches!(c, ' '..='~') { c } else { '?' }).take(1000).collect()
}

/// Returns what the steps send, as far as the journal keeps it.
fn sent(steps: &[Step]) -> Vec<u8> {
    let bytes = steps.iter().filter_map(|step| match step {
        Step::Send(bytes) | Step::Drip(bytes, _) | Step::Repeat(bytes) => Some(bytes),
        _ => None,
    });
    bytes.flatten().copied().take(MOST_KEPT).collect()
}

fn in_words(step: &Step) -> Value {
    let text = match step {
        Step::Send(bytes) => format!("send {} bytes", bytes.len()),
        Step::Drip(bytes, pause) => format!("send {} bytes, one each {} ms", bytes.len(), pause.as_millis()),
        Step::Repeat(bytes) => format!("send {} bytes again and again", bytes.len()),
        Step::Pause(time) => format!("wait {} ms", time.as_millis()),
        Step::Hang => "send nothing more".to_owned(),
        Step::Close => "close the connection".to_owned(),
        Step::Reset => "reset the connection".to_owned(),
    };
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_final_answer_is_marked() {
        let marked = |text: &str| {
            let mut bytes = text.as_bytes().to_vec();
            mark(&mut bytes);
            String::from_utf8(bytes).unwrap()
        };
        assert_eq!(marked("HTTP/1.1 200 OK\r\na: b\r\n\r\n"), "HTTP/1.1 200 OK\r\nx-sandbox: 1\r\na: b\r\n\r\n");
        let early = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";
        assert_eq!(marked(early), "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nx-sandbox: 1\r\n\r\n");
        assert_eq!(marked("garbage\r\n"), "garbage\r\n");
    }

    #[test]
    fn a_caller_that_waits_is_known_by_its_head() {
        assert!(waits(b"POST / HTTP/1.1\r\nExpect: 100-Continue\r\n\r\n"));
        assert!(!waits(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\n"));
        assert!(!waits(b"POST / HTTP/1.1\r\n\r\nExpect: 100-continue\r\n"));
    }
}
