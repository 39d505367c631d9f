//! HTTP, deadlines and load.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use crate::case::Check::{Accepted, Asks, Dialogue, Refused, WholeRun};
use crate::case::Need::{Hostile, Load};
use crate::case::{Case, Phase, accepted, each, each_reply, refused};
use crate::exchange::Exchange;
use crate::finding::Level::{Info, Must, Should};
use crate::finding::{Finding, Verdict};
use crate::probe::{Framing, Mangle, Probe};
use crate::session::{Scope, Session};
use crate::source;
use crate::wire::{PATIENCE, Wire, WireError};

const ACCEPT: &str = "text/plain,text/xml,text/javascript,text/html";
const LIMIT: Duration = Duration::from_secs(5);
const MIB: usize = 1024 * 1024;
const AT_ONCE: usize = 50;

pub(super) const CASES: &[Case] = &[
    Case::new(
        "http/no-content-type",
        Should,
        source::HEADERS,
        "no Content-Type",
        "a request without a Content-Type is answered",
        Accepted(|scope| vec![scope.inquiry().without("Content-Type")]),
    ),
    Case::new(
        "http/charset-any-case",
        Should,
        source::HEADERS,
        "Content-Type: application/json;charset=utf-8",
        "the charset is read in any case and without a blank",
        Accepted(|scope| vec![scope.inquiry().header("Content-Type", "application/json;charset=utf-8")]),
    ),
    Case::new(
        "http/accept-of-the-sdks",
        Should,
        source::HEADERS,
        "the Accept that the official SDKs send, which has no JSON",
        "an Accept that merely lacks JSON is answered",
        Accepted(|scope| vec![scope.inquiry().add("Accept", ACCEPT)]),
    ),
    Case::new(
        "http/accept-q-0",
        Info,
        source::HEADERS,
        "Accept: application/json;q=0",
        "measured: what an Accept that rules JSON out is answered",
        Asks(
            |scope| vec![scope.inquiry().add("Accept", "application/json;q=0, text/html")],
            |all| each_reply(all, |exchange, _| Finding::pass(exchange.describe())),
        ),
    ),
    Case::new(
        "http/other-media-type",
        Should,
        source::RESULT_CODES,
        "Content-Type: application/xml",
        "another media type is refused",
        Refused("MEDIA_TYPE_NOT_ACCEPTABLE", |scope| vec![scope.secret().header("Content-Type", "application/xml")]),
    ),
    Case::new(
        "http/other-method",
        Should,
        source::RESULT_CODES,
        "the same by GET and by PUT, signed with it",
        "another method is refused",
        Refused("METHOD_NOT_SUPPORTED", |scope| {
            let by = |method: &str| scope.secret().both(|content| content.method = method.into()).label(method);
            ["GET", "PUT"].map(by).to_vec()
        }),
    ),
    Case::new(
        "http/other-path",
        Should,
        source::RESULT_CODES,
        "a path of no operation, signed with it",
        "another path is refused",
        Refused("NO_INTERFACE_DEF", |scope| {
            vec![scope.secret().both(|content| content.uri = "/aps/api/v1/payments/noSuchOperation".into())]
        }),
    ),
    Case::new(
        "http/chunked",
        Should,
        source::HTTP,
        "a body in two chunks",
        "a body in chunks is read",
        Accepted(|scope| {
            let mut probe = scope.inquiry().unusual();
            probe.framing = Framing::Chunked;
            vec![probe]
        }),
    ),
    Case::new(
        "http/expect-continue",
        Should,
        source::HTTP,
        "Expect: 100-continue; the body follows when the target asks for it, or after a second",
        "a caller that waits for 100 Continue is answered",
        Dialogue(|session| Box::pin(expect_continue(session))),
    ),
    Case::new(
        "http/unknown-headers",
        Should,
        source::HEADERS,
        "Agent-Token, Tracer-Id and traceparent",
        "headers that the target does not know are ignored or carried",
        Accepted(|scope| {
            let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
            let probe = scope.inquiry().add("Agent-Token", "token").add("Tracer-Id", "trace");
            vec![probe.add("traceparent", parent)]
        }),
    ),
    Case::new(
        "http/keep-alive",
        Should,
        source::HTTP,
        "20 requests on one connection, one of them with a bad signature",
        "a connection is kept, and a refusal does not disturb what follows",
        Dialogue(|session| Box::pin(keep_alive(session))),
    ),
    Case::new(
        "http/half-close",
        Should,
        source::HTTP,
        "the sending side is closed after the request",
        "a caller that has closed its sending side is answered",
        Dialogue(|session| Box::pin(half_close(session))),
    ),
    Case::new(
        "http/large-refusal",
        Should,
        source::HTTP,
        "1 MiB to another path, and 1 MiB with a bad signature",
        "a refusal arrives although the body is not wanted",
        Asks(large, |all| {
            each(all, |exchange| match &exchange.reply {
                Err(error @ (WireError::Closed | WireError::Cut)) => {
                    Finding::fail(format!("{}: {error}", exchange.label))
                }
                _ => refused(exchange, "INVALID_SIGNATURE").softened(),
            })
        }),
    ),
    Case::new(
        "http/too-large",
        Should,
        source::ANSWERS,
        "16 MiB, then an honest inquiry",
        "a body that is too large is refused, and the next request is answered",
        Asks(too_large, |all| {
            let first = all.first().map(|exchange| refused(exchange, "PARAM_ILLEGAL").softened().about(0));
            Finding::worst(first.into_iter().chain(all.iter().skip(1).map(accepted)))
        }),
    )
    .phase(Phase::Separate),
    Case::new(
        "http/large-headers",
        Should,
        source::HTTP,
        "64 KiB of headers, then an honest inquiry",
        "large headers are refused, and the next request is answered",
        Asks(
            |scope| {
                let long: String = "x".repeat(64 * 1024);
                vec![scope.inquiry().add("X-Long", long), scope.inquiry().unusual()]
            },
            |all| {
                let first = all.first().filter(|exchange| !exchange.unknown);
                let note = first.map_or(Finding::note("64 KiB of headers were read"), |exchange| {
                    Finding::pass(exchange.describe())
                });
                Finding::worst([note].into_iter().chain(all.iter().skip(1).map(accepted)))
            },
        ),
    )
    .needs(&[Hostile])
    .phase(Phase::Separate),
    Case::new(
        "http/stalled",
        Should,
        source::HTTP,
        "ten bodies that stop half way, then honest inquiries",
        "stalled requests do not keep honest ones from being answered",
        Dialogue(|session| Box::pin(stalled(session))),
    )
    .needs(&[Hostile])
    .phase(Phase::Separate),
    Case::new(
        "http/smuggling",
        Should,
        source::HTTP,
        "Content-Length beside Transfer-Encoding, with a second request in the body",
        "a request with two lengths is refused, or answered once",
        Dialogue(|session| Box::pin(smuggling(session))),
    )
    .needs(&[Hostile])
    .phase(Phase::Separate),
    Case::new(
        "load/50-at-once",
        Should,
        source::DEADLINE,
        "50 inquiries at once",
        "50 inquiries at once are answered within 5 s, and alike",
        Dialogue(|session| {
            Box::pin(at_once(session, |exchange| {
                let is_late = exchange.elapsed > LIMIT;
                Finding::when(
                    exchange.unknown && !is_late,
                    format!("{} in {:.1?}", exchange.describe(), exchange.elapsed),
                )
            }))
        }),
    )
    .needs(&[Load])
    .phase(Phase::Timed),
    Case::new(
        "load/shed-with-U",
        Should,
        source::RESULT_CODES,
        "50 inquiries at once",
        "what is turned away under load is answered with status U, 429 or 503",
        Dialogue(|session| Box::pin(at_once(session, shed))),
    )
    .needs(&[Load])
    .phase(Phase::Timed),
    Case::new(
        "deadline/each-in-5-s",
        Must,
        source::DEADLINE,
        "nothing; the answers of the whole run are judged",
        "no answer takes longer than 5 s",
        WholeRun(deadline),
    )
    .phase(Phase::End),
];

impl Finding {
    /// Turns a note into a pass, where the code of a refusal does not matter.
    fn softened(mut self) -> Self {
        if self.verdict == Verdict::Note {
            self.verdict = Verdict::Pass;
        }
        self
    }
}

fn large(scope: &mut Scope<'_>) -> Vec<Probe> {
    let body = vec![b' '; MIB];
    let other_path = scope.secret().both(|content| {
        content.uri.push_str("/other");
        content.body.clone_from(&body);
    });
    let mut probes = vec![other_path.label("another path")];
    let bad = scope.secret().both(|content| content.body.clone_from(&body)).mangle(Mangle::FLIP);
    probes.push(bad.label("a bad signature"));
    probes
}

fn too_large(scope: &mut Scope<'_>) -> Vec<Probe> {
    let huge = scope.inquiry().both(|content| content.body.resize(16 * MIB, b' '));
    vec![huge.label("16 MiB"), scope.inquiry().unusual().label("the next request")]
}

async fn expect_continue(session: Arc<Session>) -> Finding {
    let probe = session.inquiry().add("Expect", "100-continue");
    let asked = session.render(&probe, true);
    let start = Instant::now();
    let mut wire = match Wire::connect(&session.target).await {
        Ok(wire) => wire,
        Err(error) => return Finding::inconclusive(error.to_string()),
    };
    let (head, body) = asked.bytes.split_at(asked.bytes.len() - probe.sent.body.len());
    let _ = wire.send(head).await;
    let continued = wire.is_continued(Duration::from_secs(1)).await;
    let _ = wire.send(body).await;
    let answer = wire.answer().await;
    let finding = accepted(&session.record(&probe, asked, answer, start));
    match finding.verdict {
        Verdict::Pass if !continued => Finding::note("answered, without 100 Continue before the body"),
        _ => finding,
    }
}

async fn keep_alive(session: Arc<Session>) -> Finding {
    let mut wire = match Wire::connect(&session.target).await {
        Ok(wire) => wire,
        Err(error) => return Finding::inconclusive(error.to_string()),
    };
    let mut closed = Vec::new();
    for n in 0..20 {
        let probe = session.inquiry().label(format!("request {n}"));
        let probe = if n == 10 { probe.mangle(Mangle::FLIP) } else { probe.unusual() };
        let asked = session.render(&probe, false);
        let exchange = session.ask_on(&mut wire, &probe, asked).await;
        let finding = if n == 10 { refused(&exchange, "INVALID_SIGNATURE") } else { accepted(&exchange) };
        if finding.verdict == Verdict::Fail {
            return finding;
        }
        let is_close = |value: &str| value.eq_ignore_ascii_case("close");
        if exchange.reply.as_ref().is_ok_and(|reply| reply.raw.header("connection").any(is_close)) {
            closed.push(n.to_string());
            match Wire::connect(&session.target).await {
                Ok(fresh) => wire = fresh,
                Err(error) => return Finding::inconclusive(error.to_string()),
            }
        }
    }
    match closed.len() {
        0 => Finding::pass("20 answers on one connection"),
        1..=2 => Finding::note(format!("the target closed the connection after request {}", closed.join(", "))),
        _ => Finding::fail(format!("the target closed the connection {} times", closed.len())),
    }
}

async fn half_close(session: Arc<Session>) -> Finding {
    let probe = session.inquiry().unusual();
    let asked = session.render(&probe, true);
    let start = Instant::now();
    let mut wire = match Wire::connect(&session.target).await {
        Ok(wire) => wire,
        Err(error) => return Finding::inconclusive(error.to_string()),
    };
    let _ = wire.send(&asked.bytes).await;
    let _ = wire.end_sending().await;
    let answer = wire.answer().await;
    accepted(&session.record(&probe, asked, answer, start))
}

async fn stalled(session: Arc<Session>) -> Finding {
    let mut held = Vec::new();
    for _ in 0..10 {
        let asked = session.render(&session.inquiry(), false);
        if let Ok(mut wire) = Wire::connect(&session.target).await {
            let _ = wire.send(&asked.bytes[..asked.bytes.len() - 10]).await;
            held.push(wire);
        }
    }
    let probes: Vec<_> = (0..3).map(|_| session.inquiry().unusual()).collect();
    let exchanges = join_all(probes.iter().map(|probe| session.ask(probe))).await;
    drop(held);
    Finding::worst(exchanges.iter().map(accepted))
}

async fn smuggling(session: Arc<Session>) -> Finding {
    let inner = session.render(&session.inquiry(), true);
    let body = [b"0\r\n\r\n", inner.bytes.as_slice()].concat();
    let mut probe = session.inquiry().add("Transfer-Encoding", "chunked");
    probe.sent.body.clone_from(&body);
    let asked = session.render(&probe, false);
    let start = Instant::now();
    let mut wire = match Wire::connect(&session.target).await {
        Ok(wire) => wire,
        Err(error) => return Finding::inconclusive(error.to_string()),
    };
    let _ = wire.send(&asked.bytes).await;
    let first = wire.answer().await;
    let exchange = session.record(&probe, asked, first, start);
    let second = tokio::time::timeout(PATIENCE / 5, wire.answer()).await;
    match second {
        Ok(Ok(answer)) => Finding::fail(format!("a second answer came: HTTP {}", answer.status)),
        _ => refused(&exchange, "PARAM_ILLEGAL").softened(),
    }
}

async fn at_once(session: Arc<Session>, judge: fn(&Exchange) -> Finding) -> Finding {
    let probes: Vec<_> = (0..AT_ONCE).map(|_| session.inquiry().unusual()).collect();
    let exchanges = join_all(probes.iter().map(|probe| session.ask(probe))).await;
    Finding::worst(exchanges.iter().map(judge))
}

fn shed(exchange: &Exchange) -> Finding {
    match &exchange.reply {
        Err(_) => Finding::fail(exchange.describe()),
        Ok(reply) => {
            let is_unknown = exchange.message().is_some_and(|message| message.status.as_deref() == Some("U"));
            Finding::when(exchange.unknown || is_unknown || matches!(reply.raw.status, 429 | 503), exchange.describe())
        }
    }
}

fn deadline(all: &[Exchange]) -> Finding {
    let mut times: Vec<_> =
        all.iter().filter(|exchange| exchange.reply.is_ok()).map(|exchange| exchange.elapsed).collect();
    times.sort();
    let at = |percent: usize| times.get(times.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default();
    let text = format!("half within {:.1?}, 95 of 100 within {:.1?}, the slowest in {:.1?}", at(50), at(95), at(100));
    let late = |exchange: &Exchange| match exchange.reply {
        Ok(_) => exchange.elapsed > LIMIT,
        Err(ref error) => exchange.asked.genuine && *error == WireError::TimedOut,
    };
    match all.iter().position(late) {
        Some(n) => Finding::fail(format!("{}: {}; {text}", all[n].case, all[n].describe())).about(n),
        None => Finding::when(!times.is_empty(), text),
    }
}
