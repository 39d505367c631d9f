//! Dates and amounts, checked by independent arithmetic.

use alipayplus_model::{Datetime, MinorUnits};
use alipayplus_signing::{Timestamp, parse_time};
use fastrand::Rng;

use crate::change;
use crate::failure::Failure;
use crate::progress::grouped;
use crate::run::Run;

const NANOS: i128 = 1_000_000_000;

pub(super) fn run(run: &mut Run) -> Result<(), Failure> {
    let count = run.either(1_000_000, 50_000);
    for (topic, judge) in [("dates", date as fn(&mut Rng) -> Result<bool, Failure>), ("amounts", amount)] {
        let mut valid = 0;
        run.cases(topic, count, |_, rng| {
            valid += u64::from(judge(rng)?);
            Ok(())
        })?;
        run.found(format!("{topic}: valid, refused"), format!("{}, {}", grouped(valid), grouped(count - valid)));
        if !run.is_one_case() && [valid, count - valid].contains(&0) {
            return Err(format!("{topic}: only one verdict ever came up").into());
        }
    }
    Ok(())
}

/// Checks that a date in a message and in a time header is accepted by both or by neither, as the same instant.
fn date(rng: &mut Rng) -> Result<bool, Failure> {
    let text = date_text(rng);
    let expected = moment(&text);
    let read = text.parse::<Datetime>().ok();
    let found = read.as_ref().map(|date| date.since_epoch().as_nanos());
    if found != expected {
        return Err(format!("a date {text:?}: {found:?} instead of {expected:?} nanoseconds").into());
    }
    if read.is_some_and(|date| date.as_str() != text) {
        return Err(format!("a date {text:?} has another text").into());
    }
    // A header may contain milliseconds too; its range ends some hours before the calendar's.
    let header = parse_time(&text).map(Timestamp::as_nanosecond);
    let held = expected.filter(|nanos| *nanos <= Timestamp::MAX.as_nanosecond());
    if header != held && !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("a time header {text:?}: {header:?} instead of {held:?} nanoseconds").into());
    }
    Ok(expected.is_some())
}

fn date_text(rng: &mut Rng) -> String {
    let year = [rng.u32(..10_000), 0, 1, 1900, 2000, 2024, 2100, 9999][rng.usize(..8)];
    let (month, day) = [(rng.u32(..14), rng.u32(..33)), (2, rng.u32(28..31)), (rng.u32(1..13), 31)][rng.usize(..3)];
    let mut at_most = |most: u32| if rng.u8(..16) == 0 { most } else { rng.u32(..most) };
    let (hour, minute, second) = (at_most(24), at_most(60), at_most(60));
    let (offset_hour, offset_minute) = (at_most(24), at_most(60));
    let digits = rng.usize(..11);
    let fraction: String = std::iter::repeat_with(|| rng.digit(10)).take(digits).collect();
    let fraction = if rng.bool() { String::new() } else { format!(".{fraction}") };
    let sign = ['+', '-'][rng.usize(..2)];
    let (t, zulu) = if rng.u8(..16) == 0 { ([' ', 't', '_'][rng.usize(..3)], "z") } else { ('T', "Z") };
    let offset = [zulu.to_owned(), format!("{sign}{offset_hour:02}:{offset_minute:02}")][rng.usize(..2)].clone();
    let text = format!("{year:04}-{month:02}-{day:02}{t}{hour:02}:{minute:02}:{second:02}{fraction}{offset}");
    if rng.u8(..8) == 0 { change::text(rng, &text) } else { text }
}

/// Returns the nanoseconds since 1970 of a date in the only accepted format.
fn moment(text: &str) -> Option<i128> {
    let form: String = text.chars().map(|it| if it.is_ascii_digit() { '0' } else { it }).collect();
    let rest = form.strip_prefix("0000-00-00T00:00:00")?;
    let fraction = rest.strip_prefix('.').map(|rest| rest.chars().take_while(|it| *it == '0').count());
    if fraction.is_some_and(|digits| !(1..=9).contains(&digits)) {
        return None;
    }
    let end = 19 + fraction.map_or(0, |digits| digits + 1);
    let offset = match &form[end..] {
        "Z" => 0,
        "+00:00" => in_day(&text[end + 1..])?,
        "-00:00" => -in_day(&text[end + 1..])?,
        _ => return None,
    };
    let number = |from: usize, to: usize| text[from..to].parse::<i128>().ok();
    let days = days(number(0, 4)?, number(5, 7)?, number(8, 10)?)?;
    let second = number(17, 19).filter(|second| *second < 60)?;
    let nanos = fraction.map_or(Some(0), |_| format!("{:0<9}", &text[20..end]).parse().ok())?;
    Some((days * 86_400 + in_day(&text[11..16])? + second - offset) * NANOS + nanos)
}

/// Returns the seconds of `hh:mm`.
fn in_day(text: &str) -> Option<i128> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (i128, i128) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 3_600 + minute * 60)
}

/// Returns the days from 1970-01-01 to a valid day of the Gregorian calendar.
fn days(year: i128, month: i128, day: i128) -> Option<i128> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, 28 + i128::from(leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before = lengths.get(..usize::try_from(month).ok()?.checked_sub(1)?)?;
    let length = lengths.get(before.len())?;
    let whole_years = |years: i128| years * 365 + years / 4 - years / 100 + years / 400;
    let is_there = year >= 1 && (1..=*length).contains(&day);
    is_there.then(|| whole_years(year - 1) - whole_years(1969) + before.iter().sum::<i128>() + day - 1)
}

/// Returns a natural number of at most 28 digits in canonical form.
fn amount(rng: &mut Rng) -> Result<bool, Failure> {
    let digits = rng.usize(..32);
    let text: String = std::iter::repeat_with(|| rng.digit(10)).take(digits).collect();
    let text = match rng.u8(..4) {
        0 => change::text(rng, &text),
        1 => format!("{}{text}", ["-", "+", "0", " ", "１", "1.", "1e"][rng.usize(..7)]),
        _ => text,
    };
    let is_natural = !text.is_empty() && text.chars().all(|it| it.is_ascii_digit());
    let is_valid = is_natural && text.len() <= 28 && (text.len() == 1 || !text.starts_with('0'));
    let expected = is_valid.then(|| text.bytes().fold(0, |sum, digit| sum * 10 + u128::from(digit - b'0')));
    let read = text.parse::<MinorUnits>().ok();
    if read.map(MinorUnits::get) != expected || read.is_some_and(|units| units.to_string() != text) {
        return Err(format!("an amount {text:?}: {read:?} instead of {expected:?}").into());
    }
    Ok(is_valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_itself_is_right() {
        assert_eq!(days(1970, 1, 1), Some(0));
        assert_eq!(days(2000, 3, 1), Some(11_017));
        assert_eq!(days(1, 1, 1), Some(-719_162));
        assert_eq!(days(9999, 12, 31), Some(2_932_896));
        assert_eq!([days(1900, 2, 29), days(2021, 2, 29), days(2021, 4, 31), days(0, 1, 1)], [None; 4]);
        assert_eq!(moment("1969-12-31T23:59:59.5+00:30"), Some(-1_800_500_000_000));
    }
}
