//! Payments, faults and the clock, in parts that are replaced when they have changed.

use alipayplus_server::inquiry_payment::{FailedCode, RefusalCode};
use alipayplus_signing::format_time;
use maud::{Markup, html};
use serde_json::Value;

use super::Console;
use super::exchange::fingerprint;
use crate::caller::fault::Fault;
use crate::sandbox::desk::DeskError;
use crate::sandbox::magic::{needs_callers_key, playable};

/// The most payments that the page has.
const MOST: i64 = 100;
/// The states without a code, as they are written and as they are read.
const STATES: [(&str, &str); 5] = [
    ("paid", "paid"),
    ("in_progress", "in progress"),
    ("cancelled", "cancelled"),
    ("not_found", "not found"),
    ("trouble", "trouble"),
];

/// What the parts show, as it was at one moment.
pub(super) struct View<'a> {
    pub(super) console: &'a Console,
    payments: Value,
    /// How many payments there are.
    count: i64,
    rules: Value,
}

impl<'a> View<'a> {
    /// Reads payments and faults.
    pub(super) async fn read(console: &'a Console) -> Result<Self, DeskError> {
        let (payments, count) = console.desk.first_payments(MOST).await?;
        Ok(Self { console, payments, count, rules: console.desk.rules().await? })
    }
}

/// Returns all parts, each an element with an ID.
pub(super) fn parts(view: &View<'_>) -> Vec<Markup> {
    let faults = faults(view.console).map(|fault| switch(fault, &view.rules));
    let counts = sections(view.console).into_iter().map(|section| count(section, &view.rules));
    [clock(view.console), payments(view)].into_iter().chain(counts).chain(faults).collect()
}

/// Shows the clock.
pub(super) fn clock(console: &Console) -> Markup {
    let clock = &console.desk.clock;
    let (now, offset) = (format_time(clock.now()), clock.offset());
    html! {
        p id="clock" data-offset=(offset) {
            time datetime=(now) { (now) }
            " "
            span.note { @if offset == 0 { "not shifted" } @else { "shifted by " (offset) " s" } }
        }
    }
}

/// Lists the payments.
pub(super) fn payments(view: &View<'_>) -> Markup {
    let payments = view.payments.as_array().into_iter().flatten();
    html! {
        ul id="payments" data-list="" {
            @for row in payments { (payment(row, view.console.caller.is_some())) }
            @if view.count > MOST {
                li.note id={ "payments-" (view.count) } { (view.count - MOST) " more: " code { "GET /payments" } }
            }
        }
    }
}

fn payment(payment: &Value, can_ask: bool) -> Markup {
    let text = |name: &str| payment[name].as_str();
    let id = text("paymentRequestId").unwrap_or_default();
    let (state, code) = (text("state").unwrap_or_default(), text("code"));
    let value = code.map_or_else(|| state.to_owned(), |code| format!("{state} {code}"));
    let amount = &payment["paymentAmount"];
    let name = fingerprint(id);
    html! {
        li.payment id={ "payment-" (fingerprint(&payment.to_string())) } {
            div {
                code { (id) } " "
                span.badge.(class(state)) { (state.replace('_', " ")) @if let Some(code) = code { " " (code) } } " "
                span.note { (amount["currency"].as_str().unwrap_or_default()) " " (amount["value"].as_str().unwrap_or_default()) }
            }
            form.row method="post" action="/console/payments/move" {
                input type="hidden" name="paymentRequestId" value=(id);
                @for name in ["acquirerId", "pspId"] {
                    @if let Some(given) = text(name) { input type="hidden" name=(name) value=(given); }
                }
                label.hidden for={ "state-" (name) } { "State of " (id) }
                select id={ "state-" (name) } name="state" autocomplete="off" { (states(&value)) }
                button id={ "move-" (name) } aria-label={ "Move " (id) } { "Move" }
                @if can_ask {
                    button id={ "inquire-" (name) } formaction="/console/inquire" aria-label={ "Inquire about " (id) } { "Inquire" }
                }
            }
        }
    }
}

fn class(state: &str) -> &'static str {
    match state {
        "paid" => "pass",
        "failed" | "refused" => "fail",
        "in_progress" | "trouble" => "note",
        _ => "other",
    }
}

/// Returns the options of all states; the value of one with a code is both, separated by a blank.
pub(super) fn states(selected: &str) -> Markup {
    let option = |state: &str, code: &str| {
        let value = format!("{state} {code}");
        html! { option value=(value) selected[value == selected] { (state) " " (code) } }
    };
    html! {
        @for (state, name) in STATES { option value=(state) selected[state == selected] { (name) } }
        optgroup label="failed" { @for code in FailedCode::ALL { (option("failed", code.as_str())) } }
        optgroup label="refused" { @for code in RefusalCode::ALL { (option("refused", code.as_str())) } }
    }
}

/// Returns the faults that this sandbox can play.
fn faults(console: &Console) -> impl Iterator<Item = &'static Fault> {
    let has_callers_key = console.caller.is_some();
    playable().filter(move |fault| has_callers_key || !needs_callers_key(fault))
}

fn section_of(fault: &str) -> &str {
    fault.split('/').next().unwrap_or_default()
}

fn sections(console: &Console) -> Vec<&'static str> {
    let mut sections: Vec<_> = faults(console).map(|fault| section_of(fault.id)).collect();
    sections.dedup();
    sections
}

/// Shows the catalogue of faults with their switches, which belong to the form with the ID `faults`.
pub(super) fn catalogue(view: &View<'_>) -> Markup {
    let (console, rules) = (view.console, &view.rules);
    html! {
        @for section in sections(console) {
            details {
                summary { (section) " " (count(section, rules)) }
                ul.faults {
                    @for fault in faults(console).filter(|fault| section_of(fault.id) == section) { (switch(fault, rules)) }
                }
            }
        }
    }
}

/// Says how many faults of a section are on.
fn count(section: &str, rules: &Value) -> Markup {
    let rules = rules.as_array().into_iter().flatten();
    let on = rules.filter(|rule| rule["fault"].as_str().is_some_and(|fault| section_of(fault) == section)).count();
    html! { span.badge.note id={ "on-" (section) } hidden[on == 0] { (on) " on" } }
}

fn switch(fault: &Fault, rules: &Value) -> Markup {
    let on: Vec<_> = rules.as_array().into_iter().flatten().filter(|rule| rule["fault"] == fault.id).collect();
    let name = fault.id.replace('/', "-");
    html! {
        li id={ "fault-" (name) } {
            button.switch type="submit" id={ "switch-" (name) } role="switch" form="faults" value=(fault.id)
                name=(if on.is_empty() { "on" } else { "off" }) aria-checked=(if on.is_empty() { "false" } else { "true" })
                aria-describedby={ "about-" (name) } {
                code { (fault.id) }
            }
            p.note id={ "about-" (name) } { (fault.about) }
            @for rule in on { p.played { (in_words(rule)) } }
        }
    }
}

/// Says how often a fault was played, and when it is.
fn in_words(rule: &Value) -> String {
    let mut words = vec![format!("played in {} of {} inquiries", rule["played"], rule["seen"])];
    let settings = ["times", "after", "rate", "seed"].into_iter().map(|name| (name, &rule[name]));
    words.extend(
        settings.filter(|(_, value)| !value.is_null() && **value != 0).map(|(name, value)| format!("{name} {value}")),
    );
    let wanted = rule["match"].as_object().into_iter().flatten();
    words.extend(wanted.filter_map(|(name, value)| Some(format!("only {name} {}", value.as_str()?))));
    words.join(", ")
}
