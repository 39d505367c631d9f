//! Judges the time of a message whose signature is good.

use std::time::Duration;

use jiff::Timestamp;

use super::cause::Cause;
use crate::time::parse_time;

const QUARTER: u64 = 15 * 60;
/// How far a wrong offset may be from a multiple of 15 minutes, in seconds.
const TOLERANCE: u64 = 120;
/// The largest offset that is in use, in seconds.
const MAX_OFFSET: u64 = 14 * 3600;

/// Returns what is wrong with a time. `now` is the receiver's clock; `is_then` says that it is that of the capture.
pub(super) fn check(text: &str, now: Option<Timestamp>, is_then: bool, window: Duration) -> Option<(Cause, String)> {
    let Some(time) = parse_time(text) else {
        return Some((Cause::TimeUnreadable, String::new()));
    };
    if text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((Cause::TimeInSeconds, "ten digits".into()));
    }
    let age = now?.duration_since(time);
    let by = age.unsigned_abs();
    if by <= window {
        return None;
    }
    let how = format!("by {} s", by.as_secs());
    if age.is_positive() && !is_then {
        return Some((Cause::OldCapture, how));
    }
    let seconds = by.as_secs();
    let off = seconds % QUARTER;
    let is_zone = (2 * QUARTER - TOLERANCE..=MAX_OFFSET + TOLERANCE).contains(&seconds)
        && (off <= TOLERANCE || off >= QUARTER - TOLERANCE);
    let cause = match () {
        () if is_zone => Cause::TimeZoneWrong,
        () if age.is_positive() => Cause::ClockBehind,
        () => Cause::ClockAhead,
    };
    let minutes = (seconds + QUARTER / 2) / QUARTER * 15;
    let direction = if age.is_positive() { "behind" } else { "ahead" };
    let how = if is_zone { format!("{} h {} min {direction}", minutes / 60, minutes % 60) } else { how };
    Some((cause, how))
}
