//! What a signer may have had as the time in place of the header's text.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::tz::Offset;

use super::cause::Cause;
use crate::time::parse_time;

/// Another text for a time.
pub(super) struct TimeForm {
    pub(super) cause: Cause,
    pub(super) how: Cow<'static, str>,
    pub(super) text: String,
    /// Whether it is not combined with changes of other parts.
    pub(super) is_rare: bool,
}

impl TimeForm {
    fn new(cause: Cause, how: impl Into<Cow<'static, str>>, text: impl Into<String>) -> Self {
        Self { cause, how: how.into(), text: text.into(), is_rare: false }
    }
}

/// Seconds by which a second reading of the clock may differ.
const SECONDS: i64 = 5;
/// The digits of a fraction of a second that libraries write.
const FRACTIONS: [usize; 5] = [0, 3, 6, 7, 9];
/// So many forms of the time are combined with other changes.
const COMMON: usize = 16;
/// Offsets of the places from which most payments are asked for, in quarters of an hour.
const QUARTERS: [i32; 8] = [0, 32, 36, 28, 22, 34, 26, 4];

/// Returns other texts for the time of a message.
pub(super) fn time_changes(text: &str, request_time: Option<&str>, others: &[&str]) -> Vec<TimeForm> {
    let mut forms: Vec<TimeForm> = Vec::new();
    if let Some(time) = request_time {
        forms.push(TimeForm::new(Cause::TimeOfTheRequest, "the time of the request", time));
    }
    for time in others {
        forms.push(TimeForm::new(Cause::TimeOfTheAnswer, "the time of another message", *time));
    }
    let Some(shape) = Shape::of(text) else { return forms };
    dropped(&mut forms, text);
    rewritten(&mut forms, text, &shape);
    for by in (1..=SECONDS).flat_map(|by| [by, -by]) {
        let moved = shape.time.as_nanosecond() + i128::from(by) * 1_000_000_000;
        let how = format!("{} s {}", by.abs(), if by > 0 { "later" } else { "earlier" });
        let text = at(moved).and_then(|time| shape.write(time));
        let form = |text| TimeForm { is_rare: by.abs() > 1, ..TimeForm::new(Cause::TimeOther, how, text) };
        forms.extend(text.map(form));
    }
    forms
}

/// Returns the times within some seconds, each in steps of a millisecond, for a text that has milliseconds.
pub(super) fn near_times(text: &str) -> impl Iterator<Item = String> {
    let shape = Shape::of(text).filter(|shape| shape.fraction >= 1 || shape.is_number);
    (1..=SECONDS * 1000).flat_map(|by| [by, -by]).map_while(move |by| {
        let shape = shape.as_ref()?;
        let moved = shape.time.as_nanosecond() + i128::from(by) * 1_000_000;
        shape.write(at(moved)?)
    })
}

fn at(nanoseconds: i128) -> Option<Timestamp> {
    Timestamp::from_nanosecond(nanoseconds).ok()
}

/// The shape of a time's text, in which other times are written.
struct Shape {
    time: Timestamp,
    is_number: bool,
    fraction: usize,
    offset: String,
}

impl Shape {
    fn of(text: &str) -> Option<Self> {
        let time = parse_time(text)?;
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        let rest = text.get(19..).filter(|_| !is_number).unwrap_or_default();
        let fraction = rest.strip_prefix('.').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
        let offset = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit()).to_owned();
        Some(Self { time, is_number, fraction, offset })
    }

    fn write(&self, time: Timestamp) -> Option<String> {
        if self.is_number {
            return Some(time.as_millisecond().to_string());
        }
        let local = local(time, seconds(&self.offset)?, self.fraction, "T")?;
        Some(local + &self.offset)
    }
}

/// Returns the seconds of an offset such as `Z` or `+08:00`.
fn seconds(offset: &str) -> Option<i32> {
    if offset == "Z" {
        return Some(0);
    }
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    Some(if offset.starts_with('-') { -seconds } else { seconds })
}

fn local(time: Timestamp, offset: i32, fraction: usize, separator: &str) -> Option<String> {
    let local = Offset::from_seconds(offset).ok()?.to_datetime(time);
    let seconds = local.strftime(&format!("%Y-%m-%d{separator}%H:%M:%S")).to_string();
    let digits = format!("{:09}", local.subsec_nanosecond());
    Some(if fraction == 0 { seconds } else { format!("{seconds}.{}", &digits[..fraction]) })
}

fn dropped(forms: &mut Vec<TimeForm>, text: &str) {
    let Some(at) = text.get(19..).and_then(|rest| rest.find(['Z', '+', '-'])).map(|at| at + 19) else { return };
    let (without, offset) = text.split_at(at);
    forms.push(TimeForm::new(Cause::TimeZoneDropped, "without its offset", without));
    if offset != "Z" && offset != "+00:00" {
        forms.push(TimeForm::new(Cause::TimeZoneDropped, "the local time with `Z`", format!("{without}Z")));
    }
}

fn rewritten(forms: &mut Vec<TimeForm>, text: &str, shape: &Shape) {
    let time = shape.time;
    let mut add = |text: Option<String>| {
        if let Some(text) = text {
            let how = format!("as `{text}`");
            let is_rare = forms.len() > COMMON;
            forms.push(TimeForm { is_rare, ..TimeForm::new(Cause::TimeRewritten, how, text) });
        }
    };
    add(Some(time.as_millisecond().to_string()));
    add(Some(time.as_second().to_string()));
    if !shape.is_number {
        add(Some(text.replace('T', " ")));
        add(Some(text.replace('Z', "+00:00")));
        add(Some(text.replace('Z', "+0000")));
        add(Some(format!("{}{}", &text[..text.len() - shape.offset.len()], shape.offset.replace(':', ""))));
    }
    for fraction in [0, 3] {
        add(local(time, 0, fraction, "T").map(|local| local + "Z"));
        add(local(time, 8 * 3600, fraction, "T").map(|local| local + "+08:00"));
    }
    // Fractions that are shorter and longer than the header's, without and with zeros at their ends.
    for fraction in FRACTIONS.into_iter().chain(1..=shape.fraction) {
        add(local(time, 0, fraction, "T").map(|local| local + "Z"));
        let own = seconds(&shape.offset).unwrap_or_default();
        add(local(time, own, fraction, "T").map(|local| local + &shape.offset).filter(|_| !shape.is_number));
    }
    for quarters in QUARTERS {
        let offset = format!("+{:02}:{:02}", quarters / 4, quarters % 4 * 15);
        for fraction in [0, 3] {
            add(local(time, quarters * 900, fraction, "T").map(|local| local + &offset));
            add(local(time, quarters * 900, fraction, "T").map(|local| local + &offset.replace(':', "")));
        }
    }
}
