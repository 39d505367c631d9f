//! The file of payments whose states are known.

use alipayplus_model::runtime::money;
use alipayplus_model::{Currency, Decimal, MinorUnits};
use serde::Deserialize;
use toml::{Table, Value};

use super::answer::body;
use crate::json::Node;
use crate::operation::Subject;

/// A file to fill in.
pub(super) const TEMPLATE: &str = r#"# Payments that the MPP knows, for `alipayplus conformance mpp --payments`. Remove what you can't provide.
#
# state: paid, failed, cancelled or in_progress.
# code: the code of a failed payment, such as USER_BALANCE_NOT_ENOUGH.
# expect: members that the answer has to have, by their names. A paid payment without payToAmount here is one whose
#   currencies are equal, one without customsDeclarationAmount is one that needs no declaration to the customs.
# quote: the price by which payToAmount was computed, between major units (1 JPY = 0.0515 CNY: "0.0515") or, with
#   units = "minor", between the smallest units.
# slow: the MPP's own backend takes longer than 5 s to answer.

[[payment]]
name = "paid in the wallet's currency"
acquirer_id = "1022188000000000001"
psp_id = "1022172000000000001"
payment_request_id = "FILL_IN_1"
state = "paid"
expect = { paymentId = "FILL_IN", paymentAmount = { currency = "JPY", value = "100" }, paymentTime = "2019-11-27T12:01:01+08:00" }

[[payment]]
name = "paid in another currency"
acquirer_id = "1022188000000000001"
psp_id = "1022172000000000001"
payment_request_id = "FILL_IN_2"
state = "paid"
quote = { price = "0.0515" }
[payment.expect]
paymentAmount = { currency = "JPY", value = "1000" }
payToAmount = { currency = "CNY", value = "5150" }

[[payment]]
acquirer_id = "1022188000000000001"
psp_id = "1022172000000000001"
payment_request_id = "FILL_IN_3"
state = "failed"
code = "USER_BALANCE_NOT_ENOUGH"

[[payment]]
acquirer_id = "1022188000000000001"
psp_id = "1022172000000000001"
payment_request_id = "FILL_IN_4"
state = "cancelled"

[[payment]]
acquirer_id = "1022188000000000001"
psp_id = "1022172000000000001"
payment_request_id = "FILL_IN_5"
state = "in_progress"
"#;

/// What the template has where the user has to write.
const TO_FILL_IN: &str = "FILL_IN";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    payment: Vec<Payment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payment {
    name: Option<String>,
    acquirer_id: String,
    psp_id: String,
    #[serde(rename = "payment_request_id")]
    id: String,
    state: State,
    code: Option<String>,
    #[serde(default)]
    slow: bool,
    #[serde(default)]
    expect: Table,
    quote: Option<Quote>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum State {
    Paid,
    Failed,
    Cancelled,
    InProgress,
}

impl State {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::InProgress => "in_progress",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quote {
    price: String,
    #[serde(default)]
    units: Units,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Units {
    #[default]
    Major,
    Minor,
}

/// Reads a file.
pub(super) fn read(text: &str) -> Result<Vec<Subject>, String> {
    let is_left = |line: &str| line.split('#').next().is_some_and(|line| line.contains(TO_FILL_IN));
    if let Some(n) = text.lines().position(is_left) {
        return Err(format!("line {}: {TO_FILL_IN} has to be replaced, or the payment to be removed", n + 1));
    }
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    file.payment.iter().map(subject).collect()
}

fn subject(payment: &Payment) -> Result<Subject, String> {
    let state = payment.state.as_str();
    let name = payment.name.clone().unwrap_or_else(|| format!("{state} {}", payment.id));
    let wrong = |what: &str| format!("payment `{name}`: {what}");
    let expect = node(&Value::Table(payment.expect.clone())).ok_or_else(|| wrong("expect holds other than strings"))?;
    let mut tags = vec!["any", state];
    if payment.state != State::InProgress {
        tags.push("final");
    }
    let mut facts = Vec::new();
    match (payment.state, &payment.code) {
        (State::Failed, Some(code)) => facts.push(("code", code.clone())),
        (State::Failed, None) => return Err(wrong("a failed payment needs its code")),
        (_, Some(_)) => return Err(wrong("only a failed payment has a code")),
        (_, None) => {}
    }
    if expect.at("/passThroughInfo").is_some() {
        tags.push("pass_through");
    }
    if payment.state == State::Paid {
        tags.extend(paid_tags(&expect));
    }
    if let Some(quote) = &payment.quote {
        let (converted, more) = converted(&expect, quote).ok_or_else(|| {
            wrong("the quote needs a price that is a number, and paymentAmount and payToAmount in expect")
        })?;
        facts.push(("converted", converted));
        tags.extend(more);
    }
    // What is slow is asked for by its own case only.
    if payment.slow {
        tags = vec!["slow"];
    }
    let body = body(&payment.acquirer_id, &payment.psp_id, &payment.id);
    let tags = tags.into_iter().map(str::to_owned).collect();
    Ok(Subject { name, state: state.into(), body, expect, tags, facts })
}

/// Returns strings and tables of strings.
fn node(value: &Value) -> Option<Node> {
    match value {
        Value::String(text) => Some(Node::Text(text.clone())),
        Value::Table(table) => {
            let members = table.iter().map(|(name, value)| Some((name.clone(), node(value)?)));
            members.collect::<Option<_>>().map(Node::Object)
        }
        _ => None,
    }
}

fn paid_tags(expect: &Node) -> Vec<&'static str> {
    let mut tags = vec!["secret"];
    let has = |pointer: &str| expect.at(pointer).is_some();
    tags.push(if has("/payToAmount") { "paid_cross" } else { "paid_same" });
    tags.push(if has("/customsDeclarationAmount") { "paid_customs" } else { "paid_plain" });
    if let (Some(Node::Object(members)), true) = (Some(expect), has("/paymentAmount")) {
        tags.extend((!members.is_empty()).then_some("figures"));
    }
    let currency = expect.text_at("/paymentAmount/currency").unwrap_or_default();
    match currency.parse::<Currency>().ok().and_then(|currency| currency.exponent()) {
        Some(0) => tags.push("no_decimals"),
        Some(2) => tags.push("two_decimals"),
        Some(3) => tags.push("three_decimals"),
        _ => {}
    }
    let values = ["/paymentAmount/value", "/payToAmount/value"].map(|pointer| expect.text_at(pointer));
    if values.iter().flatten().filter_map(|value| value.parse::<u128>().ok()).any(|value| value > 1 << 53) {
        tags.push("beyond_a_double");
    }
    if ["/paymentAmount/currency", "/payToAmount/currency"].iter().any(|pointer| expect.text_at(pointer) == Some("IDR"))
    {
        tags.push("idr");
    }
    tags
}

/// Returns what payToAmount has to be by the quote, and what kind of rounding that is.
fn converted(expect: &Node, quote: &Quote) -> Option<(String, Vec<&'static str>)> {
    let units: MinorUnits = expect.text_at("/paymentAmount/value")?.parse().ok()?;
    let [from, to] = ["/paymentAmount/currency", "/payToAmount/currency"]
        .map(|pointer| expect.text_at(pointer).and_then(|currency| currency.parse::<Currency>().ok()));
    let (from, to) = (from?, to?);
    let price: Decimal = quote.price.parse().ok()?;
    let converted = match quote.units {
        Units::Major => money::convert(units, from, price, to),
        Units::Minor => money::convert_minor(units, price, to),
    };
    let mut tags = vec!["quote"];
    let exact = match quote.units {
        Units::Minor => Decimal::from(units.get()).checked_mul(price),
        Units::Major => money::to_major(units, from).ok()?.checked_mul(price)?.checked_mul(power(to.exponent()?)),
    };
    if let Some(exact) = exact {
        let (whole, rest) = (exact.trunc(), exact.fract());
        if rest == Decimal::new(5, 1) {
            let is_even = (whole % Decimal::TWO).is_zero();
            tags.push(if is_even { "tie_down" } else { "tie_up" });
            if whole.is_zero() {
                tags.push("tie_to_zero");
            }
        }
    }
    Some((converted.ok()?.to_string(), tags))
}

fn power(exponent: u32) -> Decimal {
    Decimal::from(10_u64.pow(exponent))
}

#[cfg(test)]
mod tests {
    use super::{TEMPLATE, TO_FILL_IN, read};

    #[test]
    fn the_template_can_be_read() {
        let left = read(TEMPLATE).unwrap_err();
        let line = TEMPLATE.lines().position(|line| line.starts_with("payment_request_id")).unwrap() + 1;
        assert!(left.starts_with(&format!("line {line}: FILL_IN ")), "{left}");
        let payments = read(&TEMPLATE.replace(TO_FILL_IN, "X")).unwrap();
        assert_eq!(payments.len(), 5);
        assert!(payments[0].has("paid_same") && payments[1].has("paid_cross") && payments[1].has("quote"));
        assert_eq!(payments[1].fact("converted"), Some("5150"));
    }

    #[test]
    fn ties_are_found_by_the_quote() {
        let tags = |value: &str, price: &str| {
            let text = format!(
                "[[payment]]\nacquirer_id='1'\npsp_id='2'\npayment_request_id='3'\nstate='paid'\nquote={{price='{price}',\
                 units='minor'}}\nexpect={{paymentAmount={{currency='USD',value='{value}'}},\
                 payToAmount={{currency='CNY',value='0'}}}}"
            );
            read(&text).unwrap().remove(0)
        };
        let down = tags("2125", "0.1");
        assert!(down.has("tie_down") && down.fact("converted") == Some("212"));
        let up = tags("2135", "0.1");
        assert!(up.has("tie_up") && up.fact("converted") == Some("214"));
        assert!(tags("5", "0.1").has("tie_to_zero"));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let failed = "[[payment]]\nacquirer_id='1'\npsp_id='2'\npayment_request_id='3'\nstate='failed'";
        assert!(read(failed).unwrap_err().contains("needs its code"));
        assert!(read("[[payment]]\nodd=1").unwrap_err().contains("odd"));
    }
}
