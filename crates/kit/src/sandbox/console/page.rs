//! The page as a whole.

use maud::{DOCTYPE, Markup, html};

use super::exchange::exchange;
use super::state::{View, catalogue, clock, payments, states};
use crate::sandbox::magic::rows;

/// The most exchanges that the page has.
pub(super) const MOST: usize = 100;
/// By which seconds the clock is shifted by a button.
const SHIFTS: [(i64, &str); 5] =
    [(-600, "−10 min"), (-60, "−1 min"), (60, "+1 min"), (600, "+10 min"), (86_400, "+1 day")];

/// Returns a page with this in it.
pub(super) fn frame(body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Sandbox console" }
                link rel="stylesheet" href="/console/console.css";
                script src="/console/console.js" defer {}
            }
            body { (body) }
        }
    }
}

/// Returns the page.
pub(super) fn page(view: &View<'_>) -> Markup {
    let console = view.console;
    let lines = console.journal.newest(MOST);
    frame(&html! {
        header {
            h1 { "Sandbox" }
            code.url title="Where callers send their inquiries" { (console.url) }
            span id="live" role="status" { "reload to see what is new" }
        }
        p id="message" role="status" {}
        nav aria-label="Parts of the page" {
            a href="#exchanges-title" { "Exchanges" }
            a href="#payments-title" { "Payments" }
            a href="#faults-title" { "Faults" }
            a href="#clock-title" { "Clock" }
        }
        main {
            section.wide aria-labelledby="exchanges-title" {
                div.head {
                    h2 id="exchanges-title" { "Exchanges" }
                    span.links { a href="/journal" { "JSON Lines" } " " a href="/journal.har" { "HAR" } }
                }
                @if console.caller.is_some() { (inquire()) }
                (exchanges(&lines))
                p.empty {
                    "There is no exchange yet. What callers send appears here, with the checks, the signed content, and the answer."
                }
            }
            div.side {
                section aria-labelledby="payments-title" {
                    h2 id="payments-title" { "Payments" }
                    (create())
                    (payments(view))
                    p.empty { "None was created. IDs that begin with " code { "SBX-" } " need none." }
                }
                section aria-labelledby="faults-title" {
                    h2 id="faults-title" { "Faults" }
                    (fault_form())
                    (catalogue(view))
                }
                section aria-labelledby="clock-title" {
                    h2 id="clock-title" { "Clock" }
                    (clock(console))
                    (shift())
                }
                section aria-labelledby="reset-title" {
                    h2 id="reset-title" { "Reset" }
                    form.row method="post" action="/console/reset" {
                        p.note { "Forgets payments, faults, exchanges and what was asked, and sets the clock back." }
                        button.danger { "Reset everything" }
                    }
                }
            }
        }
    })
}

/// Lists exchanges, the newest first.
pub(super) fn exchanges(lines: &[String]) -> Markup {
    html! { div id="exchanges" data-list="" data-most=(MOST) { @for line in lines.iter().rev() { (exchange(line)) } } }
}

fn inquire() -> Markup {
    html! {
        form.row method="post" action="/console/inquire" {
            label.grow { "Inquire about a payment"
                input name="paymentRequestId" list="magic" value="SBX-PAID~1" required maxlength="64" spellcheck="false" autocomplete="off";
            }
            button.primary { "Inquire" }
            datalist id="magic" { @for row in rows() { option value=(row.id) { (row.about) } } }
        }
    }
}

fn create() -> Markup {
    html! {
        form.row method="post" action="/console/payments" data-clear="" {
            label.grow { "New payment"
                input name="paymentRequestId" placeholder="ID" required maxlength="64" spellcheck="false" autocomplete="off";
            }
            label.grow { "State" select name="state" autocomplete="off" { (states("in_progress")) } }
            button { "Create" }
        }
    }
}

fn fault_form() -> Markup {
    let number = |name: &str, label: &str, placeholder: &str| {
        html! { label.grow { (label) input name=(name) type="number" min="0" placeholder=(placeholder) autocomplete="off"; } }
    };
    html! {
        p.note { "A fault replaces the answer to a right inquiry. Before it is switched on: how many times, and after how many inquiries." }
        form.row id="faults" method="post" action="/console/faults" {
            (number("times", "Times", "no limit"))
            (number("after", "After", "0"))
            button formaction="/console/faults/off" { "Turn all off" }
        }
    }
}

fn shift() -> Markup {
    html! {
        form.row method="post" action="/console/clock" {
            @for (by, name) in SHIFTS { button name="by" value=(by) { (name) } }
        }
        form.row method="post" action="/console/clock" {
            label.grow { "Seconds" input name="by" type="number" step="1" value="61" required autocomplete="off"; }
            button { "Shift" }
        }
    }
}
