//! Parses `Retry-After`: how long a server asks to wait.

use std::time::{Duration, SystemTime};

use alipayplus_signing::Timestamp;

/// The longest time that is honoured. The header is not signed, so it must not stop a client for longer than a day.
pub(crate) const MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns how long to wait from `now` on, at most [`MAX`]; `None` if the value is neither a number of seconds nor an
/// HTTP-date. A date in the past gives zero.
pub(crate) fn parse(value: &[u8], now: Timestamp) -> Option<Duration> {
    let text = str::from_utf8(value).ok()?.trim();
    let time = if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
        // A number that does not fit into a u64 is larger than any limit.
        text.parse().map_or(MAX, Duration::from_secs)
    } else {
        let date = httpdate::parse_http_date(text).ok()?;
        date.duration_since(SystemTime::try_from(now).ok()?).unwrap_or_default()
    };
    Some(time.min(MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_seconds_and_dates() {
        let now = "2025-02-20T08:51:49Z".parse().unwrap();
        for (value, seconds) in [
            ("0", Some(0)),
            ("120", Some(120)),
            (" 7\t", Some(7)),
            ("007", Some(7)),
            ("86401", Some(86_400)),
            ("99999999999999999999999", Some(86_400)),
            ("Thu, 20 Feb 2025 08:52:49 GMT", Some(60)),
            ("Thursday, 20-Feb-25 08:52:49 GMT", Some(60)),
            ("Thu Feb 20 08:52:49 2025", Some(60)),
            ("Thu, 20 Feb 2025 08:51:49 GMT", Some(0)),
            ("Wed, 19 Feb 2025 08:51:49 GMT", Some(0)),
            ("Fri, 20 Feb 2026 08:51:49 GMT", Some(86_400)),
            ("", None),
            ("+7", None),
            ("-7", None),
            ("1.5", None),
            ("7, 8", None),
            ("soon", None),
            ("2025-02-20T08:52:49Z", None),
            ("Thu, 20 Feb 2025 08:52:49 +0000", None),
        ] {
            assert_eq!(parse(value.as_bytes(), now), seconds.map(Duration::from_secs), "{value:?}");
        }
        assert_eq!(parse(b"\xff", now), None);
    }
}
