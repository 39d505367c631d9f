//! The text of the time headers.

use jiff::Timestamp;

/// Reads the value of `Request-Time` or `Response-Time`.
///
/// Either ISO 8601 with an offset: `2019-05-28T12:12:12+08:00`, `2025-02-20T08:51:49.09Z`. Capital `T` and `Z`, seconds
/// from 00 to 59, up to 9 digits of a fraction, years from 0001, days that exist. Or milliseconds of the epoch.
/// Strictness is part of the protection: the signature does not tell the time from the text beside it.
///
/// ```
/// use alipayplus_signing::parse_time;
///
/// let time = parse_time("2025-02-20T16:51:49+08:00");
/// assert_eq!(time, parse_time("2025-02-20T08:51:49Z"));
/// assert_eq!(time, parse_time("1740041509000"));
/// assert_eq!(parse_time("2025-02-20T08:51:49"), None); // no offset
/// ```
#[must_use]
pub fn parse_time(text: &str) -> Option<Timestamp> {
    // The year 9999 has 15 digits.
    if is_number(text.as_bytes(), 15) {
        return Timestamp::from_millisecond(text.parse().ok()?).ok();
    }
    // The calendar is jiff's, the shape is not: it would also take a space for the `T`, a leap second, a zone's name.
    is_iso(text.as_bytes()).then(|| text.parse().ok()).flatten()
}

/// Writes a time as this project sends it: UTC in whole seconds with `Z`.
///
/// ```
/// let time = "2025-02-20T08:51:49.987Z".parse()?;
/// assert_eq!(alipayplus_signing::format_time(time), "2025-02-20T08:51:49Z");
/// # Ok::<(), jiff::Error>(())
/// ```
#[must_use]
pub fn format_time(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Whether the text has the one shape that is accepted. Months, days and minutes are left to jiff. What it refuses
/// today but need not (24:00, more digits of a fraction) is refused here: the strictness must not hang on its version.
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
    has_shape(date_time, b"0000-00-00T00:00:00")
        && &date_time[..4] >= b"0001".as_slice()
        && &date_time[11..13] <= b"23".as_slice()
        && &date_time[17..] <= b"59".as_slice()
        && is_offset(offset)
}

fn is_offset(text: &[u8]) -> bool {
    text == b"Z"
        || (has_shape(text, b"+00:00") || has_shape(text, b"-00:00"))
            && &text[1..3] <= b"23".as_slice()
            && &text[4..] <= b"59".as_slice()
}

/// Whether the text has a digit wherever the shape has `0`, and the shape's own character elsewhere.
fn has_shape(text: &[u8], shape: &[u8]) -> bool {
    text.len() == shape.len()
        && text.iter().zip(shape).all(|(byte, wanted)| match wanted {
            b'0' => byte.is_ascii_digit(),
            _ => byte == wanted,
        })
}

fn is_number(text: &[u8], most_digits: usize) -> bool {
    (1..=most_digits).contains(&text.len()) && text.iter().all(u8::is_ascii_digit)
}
