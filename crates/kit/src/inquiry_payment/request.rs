//! Bodies to accept and to refuse.

use super::answer::body;
use crate::case::Check::{Accepted, Asks};
use crate::case::{Case, accepted, each, each_reply, refused_signed};
use crate::exchange::Exchange;
use crate::finding::Finding;
use crate::finding::Level::{Info, Must, Should};
use crate::probe::Probe;
use crate::session::Scope;
use crate::source;

const ILLEGAL: &str = "PARAM_ILLEGAL";
const NAMES: [&str; 3] = ["acquirerId", "pspId", "paymentRequestId"];
const DEPTH: usize = 10_000;

const GOOD: &[Case] = &[
    Case::new(
        "request/minimal",
        Must,
        source::REQUEST,
        "the three members, without white space",
        "the smallest request is answered",
        Accepted(|scope| vec![scope.inquiry()]),
    ),
    Case::new(
        "request/spaces-and-order",
        Must,
        source::SIGNATURE,
        "the members in another order, with blanks and line feeds",
        "white space and the order of members do not matter",
        Accepted(|scope| {
            let text =
                text(scope, "{\n  \"paymentRequestId\" : \"ID\",\r\n\t\"pspId\": \"2\",\n  \"acquirerId\":\"1\"\n}\n");
            vec![scope.inquiry().body(text)]
        }),
    ),
    Case::new(
        "request/escapes",
        Must,
        source::SIGNATURE,
        "IDs in which each character is written as \\u00xx",
        "escapes are read, and the body is verified as it was sent",
        Accepted(|scope| {
            let id: Vec<_> = scope.session.random_id().bytes().map(|byte| format!("\\u{byte:04x}")).collect();
            let id = id.concat();
            vec![
                scope
                    .inquiry()
                    .body(format!(r#"{{"acquirerId":"\u0031","pspId":"\u0032","paymentRequestId":"{id}"}}"#)),
            ]
        }),
    ),
    Case::new(
        "request/unknown-member",
        Should,
        source::BODIES,
        "unknown members: a text, an object and null",
        "unknown members are ignored",
        Accepted(|scope| vec![extra(scope, r#""x1":"a","x2":{"b":["c",{}]},"x3":null"#)]),
    ),
    Case::new(
        "request/huge-number-in-unknown-member",
        Should,
        source::BODIES,
        "1e400 and a number of 400 digits in unknown members",
        "numbers that no program can hold are ignored in unknown members",
        Accepted(|scope| vec![extra(scope, &format!(r#""x1":1e400,"x2":{}"#, "9".repeat(400)))]),
    ),
    Case::new(
        "request/id-of-64",
        Must,
        source::REQUEST,
        "64 characters in each ID",
        "IDs may have 64 characters",
        Accepted(|scope| {
            let id = scope.session.random_id().repeat(2);
            vec![scope.inquiry().body(body(&"1".repeat(64), &"2".repeat(64), &id))]
        }),
    ),
    Case::new(
        "request/id-of-64-wide-characters",
        Should,
        source::BODIES,
        "64 characters of three bytes each",
        "lengths are counted in characters",
        Accepted(|scope| vec![scope.inquiry().body(body("1", "2", &"漢".repeat(64))).unusual()]),
    ),
    Case::new(
        "request/id-is-opaque",
        Should,
        source::REQUEST,
        "IDs with quotes, a semicolon, %, _, < and a backslash",
        "an ID is text, not part of a query or a page",
        Accepted(|scope| {
            let odd = ["' OR '1'='1", "\"; --", "%", "_", "<b>&", "a\\b", "../../x", "${7*7}"];
            odd.map(|id| scope.inquiry().body(body("1", "2", id)).unusual().label(id)).to_vec()
        }),
    ),
    Case::new(
        "request/id-is-exact",
        Should,
        source::REQUEST,
        "the ID of a paid payment with a blank before it, and without its last character",
        "another ID is another payment",
        Asks(
            |scope| {
                vec![
                    other_id(scope, |id| format!(" {id}")),
                    other_id(scope, |id| id.chars().take(id.chars().count() - 1).collect()),
                ]
            },
            not_that_payment,
        ),
    )
    .needs(&[crate::case::Need::Subject("secret")]),
    Case::new(
        "request/other-psp",
        Should,
        source::REQUEST,
        "the ID of a paid payment with another pspId",
        "a payment is known by all three IDs",
        Asks(|scope| vec![other_psp(scope)], not_that_payment),
    )
    .needs(&[crate::case::Need::Subject("secret")]),
];

const BAD: &[Case] = &[
    refuse("request/no-acquirer-id", Must, "no acquirerId", |scope| vec![without(scope, 0)]),
    refuse("request/no-psp-id", Must, "no pspId", |scope| vec![without(scope, 1)]),
    refuse("request/no-payment-request-id", Must, "no paymentRequestId", |scope| vec![without(scope, 2)]),
    refuse("request/null-for-required", Must, "null in the place of each ID", |scope| instead(scope, "null")),
    refuse("request/empty-for-required", Must, "an empty string in the place of each ID", |scope| {
        instead(scope, "\"\"")
    }),
    refuse("request/id-of-65", Should, "65 characters in each ID", |scope| {
        instead(scope, &format!("\"{}\"", "7".repeat(65)))
    }),
    refuse("request/number-for-string", Should, "\"paymentRequestId\": 20200101", |scope| {
        instead(scope, "20200101").split_off(2)
    }),
    refuse("request/object-for-string", Should, "an object in the place of each ID", |scope| {
        instead(scope, "{\"a\":\"b\"}")
    }),
    refuse("request/not-json", Must, "a form, signed", |scope| {
        raw(scope, &[b"acquirerId=1&pspId=2&paymentRequestId=3"])
    }),
    refuse("request/empty-body", Must, "no body, signed", |scope| raw(scope, &[b""])),
    refuse("request/not-an-object", Must, "an array, a string, a number and null, signed", |scope| {
        raw(scope, &[b"[]", b"\"text\"", b"1", b"null"])
    }),
    refuse("request/cut", Must, "the first half of a body, signed as it is", |scope| {
        let whole = scope.inquiry().sent.body;
        raw(scope, &[&whole[..whole.len() / 2]])
    }),
    refuse("request/bytes-after-the-end", Should, "a second object after the first", |scope| {
        let whole = scope.inquiry().sent.body;
        raw(scope, &[&[whole.as_slice(), &whole].concat()])
    }),
    refuse("request/name-twice", Should, "two values for paymentRequestId", |scope| {
        vec![extra(scope, r#""paymentRequestId":"other""#)]
    }),
    refuse("request/not-utf-8", Should, "a lone byte 0xFF in an ID, signed", |scope| {
        let whole = text(scope, r#"{"acquirerId":"1","pspId":"2","paymentRequestId":"ID~"}"#).into_bytes();
        let bytes: Vec<u8> = whole.into_iter().map(|byte| if byte == b'~' { 0xFF } else { byte }).collect();
        raw(scope, &[&bytes])
    }),
    Case::new(
        "request/deep",
        Should,
        source::BODIES,
        "10,000 nested arrays in an unknown member, then an honest inquiry",
        "deep nesting is refused or ignored, and the next request is answered",
        Asks(
            |scope| {
                let deep = format!(r#""x":{}{}"#, "[".repeat(DEPTH), "]".repeat(DEPTH));
                vec![extra(scope, &deep).unusual().label("nested"), scope.inquiry().label("the next request")]
            },
            |all| {
                Finding::worst(all.iter().enumerate().map(|(n, exchange)| {
                    let is_ignored = n == 1 || exchange.unknown;
                    let finding = if is_ignored { accepted(exchange) } else { refused_signed(exchange, ILLEGAL) };
                    finding.about(n)
                }))
            },
        ),
    ),
    Case::new(
        "request/byte-order-mark",
        Info,
        source::BODIES,
        "U+FEFF before the object",
        "measured: whether a byte order mark is ignored or refused",
        Asks(
            |scope| {
                let whole = scope.inquiry().sent.body;
                vec![scope.inquiry().body([b"\xEF\xBB\xBF", whole.as_slice()].concat()).unusual()]
            },
            |all| each_reply(all, |exchange, _| Finding::pass(exchange.describe())),
        ),
    ),
];

/// All of them.
pub(super) const CASES: [&[Case]; 2] = [GOOD, BAD];

const fn refuse(
    id: &'static str,
    level: crate::finding::Level,
    sends: &'static str,
    probes: fn(&mut Scope<'_>) -> Vec<Probe>,
) -> Case {
    let rule = "such a body is refused as F/PARAM_ILLEGAL, signed";
    Case::new(
        id,
        level,
        source::RESULT_CODES,
        sends,
        rule,
        Asks(probes, |all| each(all, |exchange| refused_signed(exchange, ILLEGAL))),
    )
}

fn text(scope: &Scope<'_>, template: &str) -> String {
    template.replace("ID", &scope.session.random_id())
}

/// Returns a request with more members after its own.
fn extra(scope: &Scope<'_>, members: &str) -> Probe {
    let mut text = String::from_utf8_lossy(&scope.inquiry().sent.body).into_owned();
    text.truncate(text.len() - 1);
    scope.inquiry().body(format!("{text},{members}}}"))
}

/// Returns a request in which each ID that is given has its value.
fn members(scope: &Scope<'_>, value: impl Fn(usize) -> Option<String>) -> Probe {
    let members: Vec<_> =
        NAMES.iter().enumerate().filter_map(|(n, name)| Some(format!("\"{name}\":{}", value(n)?))).collect();
    scope.inquiry().body(format!("{{{}}}", members.join(",")))
}

fn without(scope: &Scope<'_>, missing: usize) -> Probe {
    let id = scope.session.random_id();
    members(scope, |n| (n != missing).then(|| format!("\"{id}\"")))
}

/// Returns a request for each ID, in which it has another value.
fn instead(scope: &Scope<'_>, value: &str) -> Vec<Probe> {
    let id = scope.session.random_id();
    let one = |odd: usize| {
        let probe = members(scope, |n| Some(if n == odd { value.to_owned() } else { format!("\"{id}\"") }));
        probe.label(NAMES[odd])
    };
    (0..NAMES.len()).map(one).collect()
}

fn raw(scope: &Scope<'_>, bodies: &[&[u8]]) -> Vec<Probe> {
    bodies
        .iter()
        .map(|body| {
            scope.inquiry().body(*body).label(if body.len() < 8 {
                String::from_utf8_lossy(body).into_owned()
            } else {
                String::new()
            })
        })
        .collect()
}

/// Returns the request about a secret payment with another ID.
fn other_id(scope: &Scope<'_>, change: impl Fn(&str) -> String) -> Probe {
    changed(scope, "paymentRequestId", change)
}

fn other_psp(scope: &Scope<'_>) -> Probe {
    changed(scope, "pspId", |id| format!("{id}0"))
}

fn changed(scope: &Scope<'_>, name: &str, change: impl Fn(&str) -> String) -> Probe {
    let probe = scope.secret();
    let mut members: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&probe.sent.body).unwrap_or_default();
    if let Some(serde_json::Value::String(id)) = members.get_mut(name) {
        *id = change(id);
    }
    probe.body(serde_json::Value::Object(members).to_string()).unusual().label(format!("another {name}"))
}

fn not_that_payment(all: &[Exchange]) -> Finding {
    each_reply(all, |exchange, _| Finding::when(exchange.payload.is_empty(), exchange.describe()))
}
