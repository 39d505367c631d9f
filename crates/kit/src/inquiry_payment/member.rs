//! Each conditional member, where it is due and where it is not.

use super::result::messages;
use crate::case::Check::{Asks, Members, WholeRun};
use crate::case::Need::Subject as SubjectNeed;
use crate::case::{Case, Phase, each, refused};
use crate::exchange::Exchange;
use crate::finding::Level::{Info, Must, Should};
use crate::finding::{Finding, Level};
use crate::json::Node;
use crate::message::Message;
use crate::operation::Subject;
use crate::probe::Mangle;
use crate::source;

pub(super) const INQUIRY: &str = "an inquiry about each such payment";
const NOTHING: &str = "nothing; the answers of the whole run are judged";
/// The members of a paid payment.
const OF_PAID: [&str; 6] =
    ["paymentId", "paymentAmount", "payToAmount", "paymentTime", "customerId", "customsDeclarationAmount"];
const KNOWN: [&str; 9] = [
    "result",
    "paymentResult",
    "paymentId",
    "paymentAmount",
    "payToAmount",
    "paymentTime",
    "customerId",
    "customsDeclarationAmount",
    "passThroughInfo",
];

pub(super) const CASES: &[Case] = &[
    of("member/payment-id", Must, "paid", "a paid payment has a paymentId of 1 to 64 characters", |_, message| {
        text(message, "paymentId", 64)
    }),
    of(
        "member/payment-amount",
        Must,
        "paid",
        "a paid payment has a paymentAmount with currency and value",
        |_, message| {
            let there = ["currency", "value"].map(|name| message.root.at(&format!("/paymentAmount/{name}")).is_some());
            Finding::when(there == [true, true], format!("currency {}, value {}", word(there[0]), word(there[1])))
        },
    ),
    of("member/payment-time", Must, "paid", "a paid payment has a paymentTime", |_, message| {
        there(message, "paymentTime")
    }),
    of("member/customer-id", Must, "paid", "a paid payment has a customerId of 1 to 64 characters", |_, message| {
        text(message, "customerId", 64)
    }),
    of(
        "member/pay-to-amount-when-currencies-differ",
        Must,
        "paid_cross",
        "payToAmount is there when its currency differs from paymentAmount's",
        |_, message| {
            let currency = |name| message.root.text_at(&format!("/{name}/currency"));
            match (currency("paymentAmount"), currency("payToAmount")) {
                (paid, Some(due)) => Finding::when(paid != Some(due), format!("payToAmount in {due}")),
                (_, None) => Finding::fail("payToAmount is absent"),
            }
        },
    ),
    of(
        "member/pay-to-amount-when-equal",
        Must,
        "paid_same",
        "payToAmount is absent or null when the currencies are equal",
        |_, message| absent(message, &["payToAmount"]),
    ),
    of(
        "member/customs-when-required",
        Must,
        "paid_customs",
        "customsDeclarationAmount is there when the customs need it",
        |_, message| there(message, "customsDeclarationAmount"),
    ),
    of(
        "member/customs-otherwise",
        Should,
        "paid_plain",
        "customsDeclarationAmount is absent or null when the customs need none",
        |_, message| absent(message, &["customsDeclarationAmount"]),
    ),
    of("member/none-when-failed", Should, "failed", "a failed payment has no members of a paid one", |_, message| {
        absent(message, &OF_PAID)
    }),
    of(
        "member/none-when-cancelled",
        Should,
        "cancelled",
        "a cancelled payment has no members of a paid one",
        |_, message| absent(message, &OF_PAID),
    ),
    of(
        "member/none-when-in-progress",
        Should,
        "in_progress",
        "an open payment has no members of a paid one",
        |_, message| absent(message, &OF_PAID),
    ),
    Case::new(
        "member/none-when-not-found",
        Must,
        source::UNKNOWN_ORDER,
        "an inquiry with a random ID",
        "an unknown payment has neither paymentResult nor members of a payment",
        Asks(
            |scope| vec![scope.inquiry()],
            |all| {
                each(all, |exchange| {
                    let found = exchange.payload.join(", ");
                    Finding::when(found.is_empty(), format!("{}; members: {found}", exchange.describe()))
                })
            },
        ),
    ),
    Case::new(
        "member/none-in-a-refusal",
        Must,
        source::SAFETY,
        "a paid payment, asked for with a bad signature",
        "nothing of a payment comes back to a bad signature",
        Asks(
            |scope| vec![scope.secret().mangle(Mangle::FLIP)],
            |all| {
                each(all, |exchange| match exchange.payload.first() {
                    Some(member) => Finding::fail(format!("{}; it holds /{member}", exchange.describe())),
                    None => Finding {
                        verdict: refused(exchange, "INVALID_SIGNATURE").verdict,
                        ..Finding::pass(exchange.describe())
                    },
                })
            },
        ),
    )
    .needs(&[SubjectNeed("secret")]),
    of(
        "member/pass-through",
        Must,
        "pass_through",
        "passThroughInfo is a text of 1 to 20000 characters",
        |_, message| text(message, "passThroughInfo", 20_000),
    ),
    row("member/all-scalars-are-strings", Must, source::STRINGS, "no answer holds a number or a boolean", |all| {
        none(all, |node| matches!(node, Node::Number(_) | Node::Bool(_)))
    }),
    row("member/no-empty-strings", Must, source::NOT_EMPTY, "no answer holds an empty string", |all| {
        none(all, |node| *node == Node::Text(String::new()))
    }),
    row(
        "member/null-or-absent",
        Info,
        source::NOT_EMPTY,
        "measured: whether members that are not due are null",
        |all| {
            let found = collect(all, |message| message.root.pointers(|node| *node == Node::Null));
            Finding::pass(if found.is_empty() { "absent".into() } else { format!("null: {}", found.join(", ")) })
        },
    ),
    row("member/unknown-members", Info, source::BODIES, "measured: members that the page does not list", |all| {
        let found = collect(all, |message| match &message.root {
            Node::Object(members) => {
                let names = members.iter().map(|(name, _)| name.as_str()).filter(|name| !KNOWN.contains(name));
                names.map(|name| format!("/{name}")).collect()
            }
            _ => Vec::new(),
        });
        Finding::pass(if found.is_empty() { "none".into() } else { found.join(", ") })
    }),
    row("member/names-once", Should, source::BODIES, "no object has a member twice", |all| {
        none(all, |node| match node {
            Node::Object(members) => {
                let mut names: Vec<_> = members.iter().map(|(name, _)| name).collect();
                names.sort();
                names.windows(2).any(|pair| pair[0] == pair[1])
            }
            _ => false,
        })
    }),
    of(
        "member/figures-of-the-file",
        Must,
        "paid",
        "the members are those that the file of payments says",
        |subject, message| {
            let mut wrong = Vec::new();
            subject.expect.visit("", &mut |pointer, due| {
                if let Node::Text(_) = due
                    && message.root.at(pointer) != Some(due)
                {
                    wrong.push(pointer.to_owned());
                }
            });
            Finding::when(
                wrong.is_empty(),
                if wrong.is_empty() { "equal".into() } else { format!("other: {}", wrong.join(", ")) },
            )
        },
    ),
];

/// Returns a case about an answer that tells its payment's state.
const fn of(
    id: &'static str,
    level: Level,
    tag: &'static str,
    rule: &'static str,
    judge: fn(&Subject, &Message) -> Finding,
) -> Case {
    Case::new(id, level, source::RESPONSE, INQUIRY, rule, Members(tag, judge))
}

const fn row(
    id: &'static str,
    level: Level,
    source: &'static str,
    rule: &'static str,
    judge: fn(&[Exchange]) -> Finding,
) -> Case {
    Case::new(id, level, source, NOTHING, rule, WholeRun(judge)).phase(Phase::End)
}

const fn word(there: bool) -> &'static str {
    if there { "present" } else { "absent" }
}

fn there(message: &Message, name: &str) -> Finding {
    let there = message.root.at(&format!("/{name}")).is_some();
    Finding::when(there, format!("{name} is {}", word(there)))
}

fn absent(message: &Message, names: &[&str]) -> Finding {
    let found: Vec<_> = names.iter().filter(|name| message.root.at(&format!("/{name}")).is_some()).copied().collect();
    Finding::when(
        found.is_empty(),
        if found.is_empty() { "absent".into() } else { format!("present: {}", found.join(", ")) },
    )
}

/// Requires a text of so many characters, without showing it.
fn text(message: &Message, name: &str, max: usize) -> Finding {
    match message.root.at(&format!("/{name}")) {
        None => Finding::fail(format!("{name} is absent")),
        Some(Node::Text(text)) => {
            let count = text.chars().count();
            Finding::when((1..=max).contains(&count), format!("{name} has {count} characters"))
        }
        Some(_) => Finding::fail(format!("{name} is no string")),
    }
}

fn none(all: &[Exchange], test: impl Fn(&Node) -> bool) -> Finding {
    messages(all, |message| {
        let found = message.root.pointers(&test);
        let root = |pointer: &String| if pointer.is_empty() { "the message".to_owned() } else { pointer.clone() };
        let pointers: Vec<_> = found.iter().map(root).collect();
        Finding::when(found.is_empty(), if found.is_empty() { "none".into() } else { pointers.join(", ") })
    })
}

fn collect(all: &[Exchange], find: impl Fn(&Message) -> Vec<String>) -> Vec<String> {
    let mut found: Vec<_> = all.iter().filter_map(Exchange::message).flat_map(find).collect();
    found.sort();
    found.dedup();
    found
}
