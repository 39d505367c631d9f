//! Amounts.

use super::member::INQUIRY;
use crate::case::Case;
use crate::case::Check::Members;
use crate::finding::Level::{Must, Should};
use crate::finding::{Finding, Level};
use crate::json::Node;
use crate::message::Message;
use crate::operation::Subject;
use crate::source;

const AMOUNTS: [&str; 3] = ["paymentAmount", "payToAmount", "customsDeclarationAmount"];

pub(super) const CASES: &[Case] = &[
    of(
        "money/digits-only",
        Must,
        "paid",
        "a value is a string of digits without sign, point, exponent or leading zero",
        |_, message| {
            each_amount(message, "value", |value| {
                let digits = value.bytes().all(|byte| byte.is_ascii_digit());
                digits && !value.is_empty() && (value == "0" || !value.starts_with('0'))
            })
        },
    ),
    of("money/currency-form", Must, "paid", "a currency is of three capital letters", |_, message| {
        each_amount(message, "currency", |text| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()))
    }),
    of("money/no-decimals", Must, "no_decimals", "JPY and KRW have no smaller unit: nothing is multiplied", amount),
    of("money/two-decimals", Must, "two_decimals", "USD and CNY are in cents", amount),
    of("money/three-decimals", Should, "three_decimals", "KWD and BHD are in thousandths", amount),
    of(
        "money/half-even",
        Must,
        "quote",
        "payToAmount is paymentAmount times the price of the quote, rounded half even",
        converted,
    ),
    of(
        "money/half-even-tie-down",
        Must,
        "tie_down",
        "a tie after an even digit is rounded down: 2.125 to 2.12",
        converted,
    ),
    of("money/half-even-tie-up", Must, "tie_up", "a tie after an odd digit is rounded up: 2.135 to 2.14", converted),
    of("money/half-even-to-zero", Should, "tie_to_zero", "0.005 is rounded to \"0\", which is not left out", converted),
    of("money/beyond-a-double", Should, "beyond_a_double", "values above 2^53 keep every digit", amount),
    of("money/idr", Should, "idr", "amounts in IDR end in 00", |_, message| {
        let idr = AMOUNTS.into_iter().filter(|name| message.root.text_at(&format!("/{name}/currency")) == Some("IDR"));
        Finding::worst(idr.map(|name| {
            let value = message.root.text_at(&format!("/{name}/value")).unwrap_or_default();
            Finding::when(value == "0" || value.ends_with("00"), format!("{name}: {value}"))
        }))
    }),
    of(
        "money/customs-currency",
        Must,
        "paid_customs",
        "customsDeclarationAmount is in the currency of the MPP's user",
        |subject, message| same(subject, message, "/customsDeclarationAmount/currency"),
    ),
];

const fn of(
    id: &'static str,
    level: Level,
    tag: &'static str,
    rule: &'static str,
    judge: fn(&Subject, &Message) -> Finding,
) -> Case {
    Case::new(id, level, source::MONEY, INQUIRY, rule, Members(tag, judge))
}

fn each_amount(message: &Message, part: &str, right: impl Fn(&str) -> bool) -> Finding {
    let amounts = AMOUNTS.into_iter().filter_map(|name| Some((name, message.root.at(&format!("/{name}"))?)));
    let judged = amounts.map(|(name, amount)| match amount.get(part) {
        Some(Node::Text(text)) => Finding::when(right(text), format!("{name}: `{text}`")),
        _ => Finding::fail(format!("{name}: {part} is no string")),
    });
    let judged: Vec<_> = judged.collect();
    if judged.is_empty() { Finding::inconclusive("there is no amount") } else { Finding::worst(judged) }
}

/// Compares a text with the one that the file expects.
fn same(subject: &Subject, message: &Message, pointer: &str) -> Finding {
    let (due, found) = (subject.expect.text_at(pointer), message.root.text_at(pointer));
    let shown = |text: Option<&str>| text.unwrap_or("none").to_owned();
    Finding::when(due == found, format!("{pointer} is {}; the file says {}", shown(found), shown(due)))
}

fn amount(subject: &Subject, message: &Message) -> Finding {
    let all = ["/paymentAmount/value", "/payToAmount/value"];
    let expected = all.into_iter().filter(|pointer| subject.expect.at(pointer).is_some());
    Finding::worst(expected.map(|pointer| same(subject, message, pointer)))
}

fn converted(subject: &Subject, message: &Message) -> Finding {
    let (due, found) = (subject.fact("converted"), message.root.text_at("/payToAmount/value"));
    let shown = |text: Option<&str>| text.unwrap_or("none").to_owned();
    Finding::when(due == found, format!("payToAmount is {}; by the quote it is {}", shown(found), shown(due)))
}
