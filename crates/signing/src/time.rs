//! Parses and formats the time headers.

use jiff::Timestamp;

/// Parses the value of `Request-Time` or `Response-Time`; `None` if it has another form.
///
/// The value is either ISO 8601 with an offset (`2019-05-28T12:12:12+08:00`, `2025-02-20T08:51:49.09Z`): capital `T` and
/// `Z`, seconds from 00 to 59, up to 9 digits of a fraction, years from 0001, days that exist. Or it is a number of
/// milliseconds since the Unix epoch. Being strict is part of the protection: the signature does not mark where the time
/// ends and the text beside it begins.
///
/// ```
/// use alipayplus_signing::parse_time;
///
/// let time = parse_time("2025-02-20T16:51:49+08:00");
/// assert_eq!(time, parse_time("2025-02-20T08:51:49Z"));
/// assert_eq!(time, parse_time("1740041509000"));
/// // Without an offset it is not a time.
/// assert_eq!(parse_time("2025-02-20T08:51:49"), None);
/// ```
#[must_use]
pub fn parse_time(text: &str) -> Option<Timestamp> {
    // The year 9999 has 15 digits.
    if is_number(text.as_bytes(), 15) {
        return Timestamp::from_millisecond(text.parse().ok()?).ok();
    }
    // jiff knows the calendar, but it also accepts a space for the `T`, a leap second and the name of a time zone.
    is_iso(text.as_bytes()).then(|| text.parse().ok()).flatten()
}

/// Formats a time for a time header: UTC in whole seconds with `Z`.
///
/// ```
/// use alipayplus_signing::format_time;
///
/// let time = "2025-02-20T08:51:49.987Z".parse()?;
/// assert_eq!(format_time(time), "2025-02-20T08:51:49Z");
/// # Ok::<(), jiff::Error>(())
/// ```
#[must_use]
pub fn format_time(time: Timestamp) -> String {
    format!("{time:.0}")
}

/// Returns whether the text has the accepted form of ISO 8601; jiff checks months, days and minutes.
///
/// Hours of 24 and more digits of a fraction are refused here although jiff refuses them too, because the result must
/// not depend on jiff's version.
fn is_iso(text: &[u8]) -> bool {
    let Some((date_time, rest)) = text.split_at_checked(19) else {
        return false;
    };
    let offset = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (digits, offset) = fraction.split_at(digits);
            if !is_number(digits, 9) {
                return false;
            }
            offset
        }
        None => rest,
    };
    matches(date_time, b"0000-00-00T00:00:00")
        && &date_time[..4] >= b"0001".as_slice()
        && &date_time[11..13] <= b"23".as_slice()
        && &date_time[17..] <= b"59".as_slice()
        && is_offset(offset)
}

fn is_offset(text: &[u8]) -> bool {
    text == b"Z"
        || (matches(text, b"+00:00") || matches(text, b"-00:00"))
            && &text[1..3] <= b"23".as_slice()
            && &text[4..] <= b"59".as_slice()
}

/// Returns whether the text has a digit wherever the pattern has `0`, and the pattern's own character elsewhere.
fn matches(text: &[u8], pattern: &[u8]) -> bool {
    text.len() == pattern.len()
        && text.iter().zip(pattern).all(|(byte, expected)| match expected {
            b'0' => byte.is_ascii_digit(),
            _ => byte == expected,
        })
}

fn is_number(text: &[u8], max_digits: usize) -> bool {
    (1..=max_digits).contains(&text.len()) && text.iter().all(u8::is_ascii_digit)
}
