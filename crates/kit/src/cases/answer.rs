//! How answers are signed and framed.

use std::collections::BTreeMap;

use alipayplus_signing::{media_type, parse_time};

use crate::case::Check::{Asks, WholeRun};
use crate::case::{Case, Phase, each_reply};
use crate::exchange::{Exchange, Reply, Signed};
use crate::finding::Finding;
use crate::finding::Level::{Info, Must, Should};
use crate::probe::{Probe, Time, UTC, Who};
use crate::session::Scope;
use crate::source;

const SKEW: i64 = 30;
const WINDOW: i64 = 300;

pub(super) const CASES: &[Case] = &[
    row(
        "answer/signed",
        Must,
        source::SIGNATURE,
        "every answer to a verified request has a signature that verifies over the request's method and path, its own \
         time and its exact bytes",
        |all| {
            verified(all, |_, reply| match &reply.signed {
                Signed::Yes(_) => Finding::pass("signed"),
                Signed::No => Finding::fail(format!("{}: there is no signature", reply.describe())),
                Signed::Wrong(why) => Finding::fail(format!("{}: {why}", reply.describe())),
            })
        },
    ),
    row("answer/client-id", Must, source::HEADERS, "an answer names the request's Client-Id", |all| {
        verified(all, |exchange, reply| {
            let found = reply.only("client-id");
            Finding::when(
                found == Some(&exchange.asked.client_id),
                format!("Client-Id: {}", found.unwrap_or("(not once)")),
            )
        })
    }),
    row("answer/time", Must, source::TIME, "an answer has one Response-Time, in ISO 8601 with an offset", |all| {
        verified(all, |_, reply| {
            let found = reply.only("response-time");
            let is_iso = found.is_some_and(|text| text.contains('T') && parse_time(text).is_some());
            Finding::when(is_iso, format!("Response-Time: {}", found.unwrap_or("(not once)")))
        })
    }),
    row(
        "answer/time-is-its-own",
        Should,
        source::TIME,
        "Response-Time is the time of the answer, not the request's",
        |all| verified(all, own_time),
    ),
    row(
        "answer/encoding",
        Should,
        source::ENCODING,
        "the signature is percent-encoded base64, which all official SDKs read",
        |all| verified(all, encoding),
    ),
    row("answer/key-version", Should, source::GRAMMAR, "the signature names the version of its key", |all| {
        verified(all, |_, reply| match &reply.signed {
            Signed::Yes(Some(version)) => Finding::pass(format!("version {version}")),
            Signed::Yes(None) => Finding::fail("no version is named"),
            other => Finding::inconclusive(format!("{other:?}")),
        })
    }),
    row("answer/media-type", Should, source::HEADERS, "an answer with a message is application/json in UTF-8", |all| {
        messages(all, |reply| {
            let found = reply.only("content-type");
            let is_json = found.is_some_and(media_type::is_json);
            Finding::when(is_json, format!("Content-Type: {}", found.unwrap_or("(not once)")))
        })
    }),
    row("answer/status-200", Should, source::ANSWERS, "every answer that holds a result has the status 200", |all| {
        messages(all, |reply| Finding::when(reply.raw.status == 200, reply.describe()))
    }),
    row(
        "answer/a-message-for-every-error",
        Should,
        source::RESULT_CODES,
        "a refusal is a message with a result, not the page of a proxy or a framework",
        |all| {
            each_answered(all, |exchange, reply| match (&reply.message, reply.raw.status) {
                (Some(_), _) => Finding::pass("messages"),
                // The message of these is the status.
                (None, 400 | 404 | 405 | 413 | 415 | 429 | 431 | 503) => Finding::note(exchange.describe()),
                (None, _) => Finding::fail(exchange.describe()),
            })
        },
    ),
    row(
        "answer/no-content-encoding",
        Should,
        source::HEADERS,
        "an answer is not compressed unless the request asks for it",
        |all| {
            each_answered(all, |_, reply| match reply.raw.header("content-encoding").next() {
                None | Some("identity") => Finding::pass("not compressed"),
                Some(other) => Finding::fail(format!("Content-Encoding: {other}")),
            })
        },
    ),
    Case::new(
        "answer/no-signature-over-a-strangers-text",
        Must,
        source::UNSIGNED,
        "a Client-Id that holds a Client-Id, a time and a message, signed by an unknown key",
        "a text that a stranger chose does not come back signed, since it might verify as an answer to somebody else",
        Asks(
            |scope| vec![strangers_text(scope)],
            |all| {
                each_reply(all, |exchange, reply| {
                    Finding::when(!matches!(reply.signed, Signed::Yes(_)), exchange.describe())
                })
            },
        ),
    ),
    row("answer/refusals-signed", Info, source::UNSIGNED, "measured: which refusals are signed", |all| {
        let mut found: BTreeMap<String, [usize; 2]> = BTreeMap::new();
        let refusals = all.iter().filter(|exchange| !exchange.served);
        for reply in refusals.filter_map(|exchange| exchange.reply.as_ref().ok()) {
            let Some(code) = reply.message.as_ref().and_then(|message| message.code.clone()) else { continue };
            found.entry(code).or_default()[usize::from(reply.signed != Signed::No)] += 1;
        }
        let texts = found.iter().map(|(code, [unsigned, signed])| format!("{code} {signed} of {}", signed + unsigned));
        Finding::pass(format!("signed: {}", texts.collect::<Vec<_>>().join(", ")))
    }),
    Case::new(
        "answer/tracer-id",
        Info,
        source::HEADERS,
        "a header Tracer-Id",
        "measured: whether the answer carries the request's Tracer-Id",
        Asks(
            |scope| vec![scope.inquiry().add("Tracer-Id", "kit-1")],
            |all| {
                each_reply(all, |_, reply| {
                    Finding::pass(if reply.only("tracer-id") == Some("kit-1") { "carried" } else { "not carried" })
                })
            },
        ),
    ),
];

/// Returns a case over all exchanges of the run.
const fn row(
    id: &'static str,
    level: crate::finding::Level,
    source: &'static str,
    rule: &'static str,
    judge: fn(&[Exchange]) -> Finding,
) -> Case {
    Case::new(id, level, source, "nothing; the answers of the whole run are judged", rule, WholeRun(judge))
        .phase(Phase::End)
}

/// Judges each answer of the run.
fn each_answered(all: &[Exchange], judge: impl Fn(&Exchange, &Reply) -> Finding) -> Finding {
    let judged = all.iter().enumerate().filter_map(|(n, exchange)| {
        let reply = exchange.reply.as_ref().ok()?;
        Some(judge(exchange, reply).about(n))
    });
    Finding::worst(judged)
}

fn messages(all: &[Exchange], judge: impl Fn(&Reply) -> Finding) -> Finding {
    let judged = all.iter().enumerate().filter_map(|(n, exchange)| {
        let reply = exchange.reply.as_ref().ok()?;
        reply.message.as_ref()?;
        Some(judge(reply).about(n))
    });
    Finding::worst(judged)
}

/// Judges the answers to requests whose signature the target has verified, or had to verify.
///
/// Overload may be refused before anything is verified.
fn verified(all: &[Exchange], judge: impl Fn(&Exchange, &Reply) -> Finding) -> Finding {
    let judged = all.iter().enumerate().filter_map(|(n, exchange)| {
        let reply = exchange.reply.as_ref().ok()?;
        let message = reply.message.as_ref()?;
        let is_shed = message.code.as_deref() == Some("REQUEST_TRAFFIC_EXCEED_LIMIT");
        let counts = exchange.asked.genuine && !is_shed;
        counts.then(|| judge(exchange, reply).about(n))
    });
    Finding::worst(judged)
}

fn own_time(exchange: &Exchange, reply: &Reply) -> Finding {
    let (Some(answered), Some(asked)) = (reply.time(), parse_time(&exchange.asked.time)) else {
        return Finding::inconclusive("the time can't be read");
    };
    let after = answered.as_second() - asked.as_second();
    let ahead = answered.as_second() - exchange.target_time.as_second();
    let is_echo = reply.only("response-time") == Some(&exchange.asked.time) && after != 0;
    let text = format!("{after} s after the request's time, {ahead} s after the target's clock");
    Finding::when(!is_echo && after >= -SKEW && ahead <= WINDOW, text)
}

fn encoding(_: &Exchange, reply: &Reply) -> Finding {
    let header = reply.only("signature").unwrap_or_default();
    let text = header.split(',').find_map(|pair| pair.trim().strip_prefix("signature=")).unwrap_or_default();
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'%';
    let is_percent = !text.is_empty() && text.bytes().all(is_unreserved);
    let has_padding = text.to_ascii_uppercase().ends_with("%3D");
    Finding::when(
        is_percent && has_padding,
        format!("it ends in `{}`", text.get(text.len().saturating_sub(6)..).unwrap_or(text)),
    )
}

fn strangers_text(scope: &mut Scope<'_>) -> Probe {
    let time = Time::Now(0, UTC).text(scope.session.now());
    let id = &scope.session.target.own.client_id;
    let text = format!("{id}.{time}.{{\"result\":{{\"resultCode\":\"SUCCESS\",\"resultStatus\":\"S\"}}}}");
    scope.inquiry().who(Who::Stranger).both(|content| content.client_id.clone_from(&text))
}
