//! Forms of the time header, and how old a request may be.

use std::sync::Arc;

use crate::case::Check::{Accepted, Dialogue, Refused};
use crate::case::{Case, Phase};
use crate::finding::Finding;
use crate::finding::Level::{Info, Must, Should};
use crate::probe::{Form, Probe, Time, UTC};
use crate::session::{Scope, Session};
use crate::source;

const INVALID: &str = "INVALID_SIGNATURE";
const DAY: i64 = 24 * 60 * 60;

pub(super) const CASES: &[Case] = &[
    Case::new(
        "time/utc",
        Must,
        source::TIME,
        "a Request-Time that ends in Z",
        "a time in UTC is read",
        Accepted(|scope| vec![at(scope, 0, UTC)]),
    ),
    Case::new(
        "time/offset",
        Must,
        source::TIME,
        "a Request-Time that ends in +08:00",
        "a time with an offset is read",
        Accepted(|scope| vec![at(scope, 0, Form::Iso(28_800, "+08:00"))]),
    ),
    Case::new(
        "time/half-hour-offset",
        Should,
        source::TIME,
        "a Request-Time that ends in +08:30",
        "offsets with half an hour are read",
        Accepted(|scope| vec![at(scope, 0, Form::Iso(30_600, "+08:30")).unusual()]),
    ),
    Case::new(
        "time/fraction",
        Must,
        source::TIME,
        "Request-Times with two and with seven digits of a fraction",
        "fractions of a second are read",
        Accepted(|scope| {
            vec![
                at(scope, 0, Form::Iso(0, ".09Z")).label("two digits"),
                at(scope, 0, Form::Iso(0, ".1234567Z")).label("seven digits"),
            ]
        }),
    ),
    Case::new(
        "time/epoch-milliseconds",
        Should,
        source::TIME,
        "a Request-Time in milliseconds since 1970, as two official SDKs send it",
        "milliseconds are read",
        Accepted(|scope| vec![at(scope, 0, Form::Millis).unusual()]),
    ),
    Case::new(
        "time/missing",
        Must,
        source::ANSWERS,
        "no Request-Time; the signature covers an empty one",
        "a request without a time is refused",
        Refused(INVALID, |scope| {
            let empty = scope.secret().signed(|content| content.time = Time::Text(String::new()));
            vec![scope.secret().without("Request-Time"), empty.without("Request-Time").label("signed as empty")]
        }),
    ),
    Case::new(
        "time/unreadable",
        Must,
        source::TIME,
        "the times `now`, an empty one and a day that does not exist, signed",
        "a time that can't be read is refused",
        Refused(INVALID, |scope| ["now", "", "2026-02-30T00:00:00Z"].map(|text| text_time(scope, text)).to_vec()),
    ),
    Case::new(
        "time/no-offset",
        Should,
        source::TIME,
        "a Request-Time without an offset, signed",
        "a time without an offset is refused",
        Refused(INVALID, |scope| vec![scope.secret().time(Time::Now(0, Form::Iso(0, ""))).unusual()]),
    ),
    Case::new(
        "time/twice",
        Should,
        source::ANSWERS,
        "two headers Request-Time",
        "a second time is not ignored",
        Refused(INVALID, |scope| vec![scope.secret().add("Request-Time", "2020-01-01T00:00:00Z")]),
    ),
    Case::new(
        "time/one-minute-off",
        Should,
        source::TIME,
        "requests a minute behind and ahead of the target's clock",
        "clocks may differ by a minute",
        Accepted(|scope| {
            vec![at(scope, -60, UTC).unusual().label("behind"), at(scope, 60, UTC).unusual().label("ahead")]
        }),
    ),
    Case::new(
        "time/one-day-old",
        Should,
        source::TIME,
        "a request of yesterday, well signed",
        "an old request is refused",
        Refused(INVALID, |scope| vec![scope.secret().time(Time::Now(-DAY, UTC)).unusual()]),
    ),
    Case::new(
        "time/one-day-ahead",
        Should,
        source::TIME,
        "a request of tomorrow, well signed",
        "a request of the future is refused",
        Refused(INVALID, |scope| vec![scope.secret().time(Time::Now(DAY, UTC)).unusual()]),
    ),
    Case::new(
        "time/window",
        Info,
        source::TIME,
        "requests at growing and halved distances from the target's clock",
        "measured: how far a time may be from the target's clock",
        Dialogue(|session| Box::pin(window(session))),
    )
    .phase(Phase::Separate),
];

fn at(scope: &mut Scope<'_>, seconds: i64, form: Form) -> Probe {
    scope.inquiry().time(Time::Now(seconds, form))
}

fn text_time(scope: &mut Scope<'_>, text: &str) -> Probe {
    scope.secret().time(Time::Text(text.into())).unusual().label(format!("`{text}`"))
}

/// Finds the window by halving, both ways, in twelve requests.
async fn window(session: Arc<Session>) -> Finding {
    let mut found = Vec::new();
    for (sign, name) in [(-1, "behind"), (1, "ahead")] {
        let (mut accepted, mut refused) = (0, 2 * DAY);
        for next in [300, DAY] {
            if next <= accepted || next >= refused {
                continue;
            }
            let probe = session.inquiry().time(Time::Now(sign * next, UTC)).unusual();
            if session.ask(&probe).await.unknown { accepted = next } else { refused = next }
        }
        for _ in 0..4 {
            let middle = i64::midpoint(accepted, refused);
            let probe = session.inquiry().time(Time::Now(sign * middle, UTC)).unusual();
            if session.ask(&probe).await.unknown { accepted = middle } else { refused = middle }
        }
        found.push(if accepted >= DAY {
            format!("more than a day {name}")
        } else {
            format!("between {accepted} s and {refused} s {name}")
        });
    }
    Finding::pass(found.join(", "))
}
