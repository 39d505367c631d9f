//! Which result answers which situation.

use alipayplus_model::inquiry_payment::{InquiryResultCode, PaymentResultCode};
use alipayplus_model::runtime::code::{Code, StatusWord as _};

use super::answer::{CLOSED, NOT_FOUND, state_of};
use super::made;
use crate::case::Check::{Asks, Dialogue, Members, Subjects, WholeRun};
use crate::case::Need::Hook;
use crate::case::{Case, Phase, each};
use crate::exchange::{Exchange, Reply};
use crate::finding::Finding;
use crate::finding::Level::{Must, Should};
use crate::json::Node;
use crate::message::Message;
use crate::operation::Subject;
use crate::source;

const INQUIRY: &str = "an inquiry about each such payment";
const NOTHING: &str = "nothing; the answers of the whole run are judged";
const MAX_MESSAGE: usize = 256;

pub(super) const CASES: &[Case] = &[
    Case::new(
        "result/paid",
        Must,
        source::PAID,
        INQUIRY,
        "a paid payment is answered S/SUCCESS with paymentResult S/SUCCESS",
        Subjects("paid", |subject, exchange| tells(subject, exchange, &[("S", "SUCCESS")])),
    ),
    Case::new(
        "result/failed",
        Must,
        source::FAILED,
        INQUIRY,
        "a failed payment is answered S/SUCCESS with paymentResult F",
        Subjects("failed", |subject, exchange| {
            let is_failed = exchange.message().is_some_and(|message| state_of(message) == "failed");
            Finding::when(is_failed, described(subject, exchange))
        }),
    ),
    Case::new(
        "result/failed-code",
        Must,
        source::PAYMENT_CODES,
        INQUIRY,
        "paymentResult of a failed payment holds the code of its failure",
        Members("failed", |subject, message| {
            let code = message.root.text_at("/paymentResult/resultCode");
            Finding::when(code == subject.fact("code"), code.unwrap_or("no code"))
        }),
    ),
    Case::new(
        "result/in-progress",
        Must,
        source::IN_PROGRESS,
        INQUIRY,
        "an open payment is answered S/SUCCESS with paymentResult U/PAYMENT_IN_PROCESS",
        Subjects("in_progress", |subject, exchange| tells(subject, exchange, &[("U", "PAYMENT_IN_PROCESS")])),
    ),
    Case::new(
        "result/cancelled",
        Must,
        source::CANCELLED,
        INQUIRY,
        "a cancelled payment is answered S/SUCCESS with paymentResult F/ORDER_IS_CLOSED",
        Subjects("cancelled", |subject, exchange| tells(subject, exchange, &[("F", CLOSED)])),
    ),
    Case::new(
        "result/not-found",
        Must,
        source::UNKNOWN_ORDER,
        "an inquiry with a random ID",
        "an unknown payment is answered F/ORDER_NOT_EXIST",
        Asks(
            |scope| vec![scope.inquiry()],
            |all| {
                each(all, |exchange| {
                    let is_it = exchange.message().is_some_and(|message| message.result() == format!("F/{NOT_FOUND}"));
                    Finding::when(is_it, exchange.describe())
                })
            },
        ),
    ),
    Case::new(
        "result/trouble",
        Must,
        source::TROUBLE,
        "an inquiry while the target's store is down",
        "trouble of the target is answered with status U, without paymentResult: nothing is known of the payment",
        Dialogue(|session| Box::pin(made::trouble(session))),
    )
    .needs(&[Hook])
    .phase(Phase::Separate),
    row(
        "result/code-has-its-status",
        Must,
        source::RESULT_CODES,
        "each code is sent with the status of its table",
        status,
    ),
    row(
        "result/code-from-its-table",
        Should,
        source::RESULT_CODES,
        "result holds result codes and paymentResult holds payment codes",
        |all| {
            codes(all, |own, other, code, _| {
                if own {
                    Finding::pass("known")
                } else if other {
                    Finding::fail(format!("{code} is of the other table"))
                } else {
                    Finding::note(format!("{code} is in no table"))
                }
            })
        },
    ),
    row(
        "result/payment-result-only-with-S",
        Must,
        source::RESPONSE,
        "paymentResult is there exactly when the result's status is S",
        |all| {
            messages(all, |message| {
                let there = message.root.at("/paymentResult").is_some();
                let text = format!("{} {} paymentResult", message.result(), if there { "with" } else { "without" });
                Finding::when(there == message.is_success(), text)
            })
        },
    ),
    row(
        "result/message-bounds",
        Should,
        source::BODIES,
        "resultMessage is absent, null, or of 1 to 256 characters",
        |all| {
            messages(all, |message| {
                let lengths =
                    ["result", "paymentResult"].map(|name| match message.root.at(&format!("/{name}/resultMessage")) {
                        None => Some(1),
                        Some(Node::Text(text)) => Some(text.chars().count()),
                        Some(_) => None,
                    });
                let right =
                    lengths.iter().all(|length| length.is_some_and(|length| (1..=MAX_MESSAGE).contains(&length)));
                Finding::when(right, if right { "in bounds" } else { "a message out of bounds" })
            })
        },
    ),
    row(
        "result/no-inner-text",
        Should,
        source::CHOICE,
        "no answer holds a stack trace, an SQL text, a path or a piece of a key",
        inner_text,
    ),
];

const fn row(
    id: &'static str,
    level: crate::finding::Level,
    source: &'static str,
    rule: &'static str,
    judge: fn(&[Exchange]) -> Finding,
) -> Case {
    Case::new(id, level, source, NOTHING, rule, WholeRun(judge)).phase(Phase::End)
}

fn described(subject: &Subject, exchange: &Exchange) -> String {
    let state = exchange.message().map_or("unclear", state_of);
    format!(
        "{}: {}; the state that it tells: {state}",
        subject.name,
        exchange.reply.as_ref().map_or_else(ToString::to_string, Reply::describe)
    )
}

fn tells(subject: &Subject, exchange: &Exchange, payment: &[(&str, &str)]) -> Finding {
    let right = exchange.message().is_some_and(|message| {
        let at = |pointer| message.root.text_at(pointer).unwrap_or_default();
        let found = (at("/paymentResult/resultStatus"), at("/paymentResult/resultCode"));
        message.result() == "S/SUCCESS" && payment.contains(&found)
    });
    Finding::when(right, described(subject, exchange))
}

pub(super) fn messages(all: &[Exchange], judge: impl Fn(&Message) -> Finding) -> Finding {
    let judged = all.iter().enumerate().filter_map(|(n, exchange)| Some(judge(exchange.message()?).about(n)));
    Finding::worst(judged)
}

/// Judges each code: whether its own table has it, whether the other one has it, the code and its place.
fn codes(all: &[Exchange], judge: impl Fn(bool, bool, &str, &str) -> Finding) -> Finding {
    messages(all, |message| {
        let judged = ["result", "paymentResult"].into_iter().filter_map(|place| {
            let code = message.root.text_at(&format!("/{place}/resultCode"))?;
            let tables = [InquiryResultCode::find(code).is_some(), PaymentResultCode::find(code).is_some()];
            let [own, other] = if place == "result" { tables } else { [tables[1], tables[0]] };
            Some(judge(own, other, code, place))
        });
        let all: Vec<_> = judged.collect();
        if all.is_empty() { Finding::pass("no codes") } else { Finding::worst(all) }
    })
}

fn status(all: &[Exchange]) -> Finding {
    messages(all, |message| {
        let at = |pointer: &str| message.root.text_at(pointer);
        let result = status_of::<InquiryResultCode>(at("/result/resultCode"), at("/result/resultStatus"));
        let payment = match message.root.at("/paymentResult") {
            Some(_) => {
                status_of::<PaymentResultCode>(at("/paymentResult/resultCode"), at("/paymentResult/resultStatus"))
            }
            None => None,
        };
        match result.or(payment) {
            None => Finding::pass("each code has its status"),
            Some(wrong) => Finding::fail(wrong),
        }
    })
}

/// Returns what is wrong with a known code's status.
fn status_of<C: Code>(code: Option<&str>, status: Option<&str>) -> Option<String> {
    let due = C::find(code?)?.status()?.as_str();
    let found = status.unwrap_or("none");
    (found != due).then(|| format!("{} has the status {found}, not {due}", code.unwrap_or_default()))
}

/// What a framework or a database writes when it fails.
const INNER: &[&str] = &[
    "Traceback (most recent",
    "Exception in thread",
    ".java:",
    "at java.",
    "node_modules/",
    "panicked at",
    "SQLSTATE",
    "SELECT ",
    "ORA-0",
    "goroutine ",
    "BEGIN PRIVATE KEY",
    "BEGIN RSA PRIVATE KEY",
    "/usr/",
    "/home/",
    "/var/",
    "C:\\",
    "localhost:",
];

fn inner_text(all: &[Exchange]) -> Finding {
    let judged = all.iter().enumerate().filter_map(|(n, exchange)| {
        let reply = exchange.reply.as_ref().ok()?;
        let text = String::from_utf8_lossy(&reply.raw.body);
        let found = INNER.iter().find(|piece| text.contains(*piece));
        Some(match found {
            Some(piece) => Finding::fail(format!("{}: the answer holds `{piece}`", exchange.case)).about(n),
            None => Finding::pass("none"),
        })
    });
    Finding::worst(judged)
}
