//! Points in time that keep the text that they were parsed from.

use std::cmp::Ordering;
use std::fmt;
use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp, civil};

use crate::scalar::Scalar;
use crate::violation::ValueError;

/// A date and time in ISO 8601 with an offset, such as `"2019-11-27T12:01:01+08:00"`.
///
/// The value keeps the text byte for byte, and the instant that it denotes. Two values are equal if their texts are;
/// compare [`since_epoch`](Self::since_epoch) for equal instants.
///
/// ```
/// use alipayplus_runtime::Datetime;
///
/// let time: Datetime = "2020-01-01T12:01:01+08:30".parse()?;
/// assert_eq!(time.as_str(), "2020-01-01T12:01:01+08:30");
/// assert_eq!(time.timestamp().map(|time| time.to_string()).as_deref(), Some("2020-01-01T03:31:01Z"));
/// # Ok::<(), alipayplus_runtime::violation::ValueError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Datetime {
    text: Box<str>,
    since_epoch: SignedDuration,
}

impl Datetime {
    /// The regular expression of the text in JSON Schema; `format` asserts in addition that the day exists.
    pub const PATTERN: &'static str = "^([0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})\
        -(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?\
        (Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";

    /// Returns the text as it was parsed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the time since 1970-01-01T00:00:00Z, exact to the nanosecond.
    #[must_use]
    pub const fn since_epoch(&self) -> SignedDuration {
        self.since_epoch
    }

    /// Returns the instant; `None` for the last hours of the year 9999, which a [`Timestamp`] can't hold.
    #[must_use]
    pub fn timestamp(&self) -> Option<Timestamp> {
        Timestamp::from_duration(self.since_epoch).ok()
    }
}

impl From<Timestamp> for Datetime {
    /// Formats the instant in UTC, with a `Z`. One before the year 1 becomes its first second.
    fn from(instant: Timestamp) -> Self {
        let instant = instant.max(FIRST);
        Self { text: instant.to_string().into(), since_epoch: instant.as_duration() }
    }
}

impl From<SystemTime> for Datetime {
    /// Formats the instant in UTC, with a `Z`. One before the year 1 becomes its first second, and one after the year 9999
    /// the last instant of a [`Timestamp`].
    fn from(instant: SystemTime) -> Self {
        let nearest = if instant < SystemTime::UNIX_EPOCH { FIRST } else { Timestamp::MAX };
        Self::from(Timestamp::try_from(instant).unwrap_or(nearest))
    }
}

/// 0001-01-01T00:00:00Z.
const FIRST: Timestamp = Timestamp::constant(-62_135_596_800, 0);

impl Scalar for Datetime {
    fn check(text: &str) -> Result<(), ValueError> {
        instant(text).map(|_| ()).ok_or(FORM)
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        let since_epoch = instant(text).ok_or(FORM)?;
        Ok(Self { text: text.into(), since_epoch })
    }

    fn order(left: &str, right: &str) -> Option<Ordering> {
        Some(instant(left)?.cmp(&instant(right)?))
    }
}

const FORM: ValueError =
    ValueError::Form("an existing date and time with an offset, such as 2019-11-27T12:01:01+08:00");

/// Parses `YYYY-MM-DDThh:mm:ss[.f{1,9}](Z|±hh:mm)` and no other form, as the time since the Unix epoch.
fn instant(text: &str) -> Option<SignedDuration> {
    let (local, rest) = text.as_bytes().split_at_checked(19)?;
    let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', n0, n1, b':', s0, s1] = local else {
        return None;
    };
    let digits = rest.strip_prefix(b".").map_or(0, |f| f.iter().take_while(|b| b.is_ascii_digit()).count());
    let (fraction, offset) = match digits {
        0 => (0, rest),
        1..=9 => {
            let nanos = rest[1..=digits].iter().fold(0, |n, b| n * 10 + i32::from(b - b'0'));
            (nanos * 10_i32.pow(u32::try_from(9 - digits).ok()?), &rest[digits + 1..])
        }
        _ => return None,
    };
    let year = i16::from(two(y0, y1)?) * 100 + i16::from(two(y2, y3)?);
    let date = civil::Date::new(year, two(m0, m1)?, two(d0, d1)?).ok().filter(|_| year >= 1)?;
    let time = civil::Time::new(two(h0, h1)?, two(n0, n1)?, two(s0, s1)?, fraction).ok()?;
    let epoch = civil::date(1970, 1, 1).at(0, 0, 0, 0);
    Some(date.to_datetime(time).duration_since(epoch) - offset_of(offset)?)
}

/// Parses `Z` or `±hh:mm`.
fn offset_of(text: &[u8]) -> Option<SignedDuration> {
    let (sign, [h0, h1, b':', m0, m1]) = (match text {
        b"Z" => return Some(SignedDuration::ZERO),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    }) else {
        return None;
    };
    let (hours, minutes) = (i64::from(two(*h0, *h1)?), i64::from(two(*m0, *m1)?));
    (hours <= 23 && minutes <= 59).then(|| SignedDuration::from_mins(sign * (hours * 60 + minutes)))
}

/// Parses a number of two digits.
fn two(tens: u8, ones: u8) -> Option<i8> {
    let digit = |b: u8| b.is_ascii_digit().then(|| b - b'0');
    i8::try_from(digit(tens)? * 10 + digit(ones)?).ok()
}

impl fmt::Debug for Datetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Datetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

crate::scalar_traits!(Datetime, |this| &this.text);
crate::scalar_schema!(Datetime, crate::schema::datetime(Self::PATTERN));

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn keeps_the_text_and_the_instant() {
        for (text, instant) in [
            ("2019-11-27T12:01:01+08:00", "2019-11-27T04:01:01Z"),
            ("2020-01-01T12:01:01.5+08:30", "2020-01-01T03:31:01.5Z"),
            ("2020-02-29T23:59:59.123456789Z", "2020-02-29T23:59:59.123456789Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("2020-01-01T00:00:00-00:00", "2020-01-01T00:00:00Z"),
            ("2020-01-01T00:00:00-23:59", "2020-01-01T23:59:00Z"),
        ] {
            let read: Datetime = text.parse().unwrap();
            assert_eq!(read.as_str(), text);
            assert_eq!(read.timestamp().unwrap().to_string(), instant);
        }
    }

    #[test]
    fn the_last_second_of_the_calendar_is_valid() {
        let last: Datetime = "9999-12-31T23:59:59Z".parse().unwrap();
        assert_eq!(last.since_epoch().as_secs(), 253_402_300_799);
        assert_eq!(last.timestamp(), None);
    }

    #[test]
    fn rejects_all_other_forms() {
        for text in [
            "",
            "now",
            "2020-01-01",
            "2020-01-01T00:00:00",
            "2020-01-01 00:00:00Z",
            "2020-01-01t00:00:00Z",
            "2020-01-01T00:00:00z",
            "2020-01-01T24:00:00Z",
            "2020-01-01T00:60:00Z",
            "2020-01-01T00:00:60Z",
            "2020-02-30T00:00:00Z",
            "2021-02-29T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "2020-01-01T00:00:00.Z",
            "2020-01-01T00:00:00.1234567890Z",
            "2020-01-01T00:00:00,5Z",
            "2020-01-01T00:00:00+0800",
            "2020-01-01T00:00:00+24:00",
            "2020-01-01T00:00:00+08:60",
            "2020-01-01T00:00:00+8:00",
            "2020-01-01T00:00:00Z ",
            " 2020-01-01T00:00:00Z",
            "2020-01-01T00:00Z",
            "+2020-01-01T00:00:00Z",
            "٢٠٢٠-01-01T00:00:00Z",
            "2020-13-01T00:00:00Z",
            "2020-00-01T00:00:00Z",
            "2020-01-00T00:00:00Z",
        ] {
            assert_eq!(text.parse::<Datetime>(), Err(FORM), "{text}");
        }
    }

    #[test]
    fn a_timestamp_is_formatted_in_utc() {
        let now = Timestamp::constant(1_740_041_509, 0);
        assert_eq!(Datetime::from(now).as_str(), "2025-02-20T08:51:49Z");
        assert_eq!(Datetime::from(Timestamp::MIN).as_str(), "0001-01-01T00:00:00Z");
        let late = Datetime::from(Timestamp::MAX);
        assert_eq!(late.as_str().parse(), Ok(late));
    }

    #[test]
    fn a_system_time_is_formatted_in_utc() {
        let at = |seconds: u64, nanos| SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos);
        assert_eq!(Datetime::from(at(1_740_041_509, 0)).as_str(), "2025-02-20T08:51:49Z");
        assert_eq!(Datetime::from(at(1_740_041_509, 90_000_000)).as_str(), "2025-02-20T08:51:49.09Z");
        let before = |seconds| SystemTime::UNIX_EPOCH - Duration::from_secs(seconds);
        assert_eq!(Datetime::from(before(1)).as_str(), "1969-12-31T23:59:59Z");
        // Years that a text can't have.
        assert_eq!(Datetime::from(at(1 << 60, 0)), Datetime::from(Timestamp::MAX));
        assert_eq!(Datetime::from(before(1 << 60)).as_str(), "0001-01-01T00:00:00Z");
    }
}
