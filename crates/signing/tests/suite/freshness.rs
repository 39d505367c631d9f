//! Time headers, the window around now, and the skew between request and response.

use std::time::Duration;

use alipayplus_signing::{Clock, Freshness, FreshnessError, TestClock, format_time, parse_time};
use jiff::Timestamp;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn parses_the_documented_forms() {
    for (text, meaning) in [
        ("2019-05-28T12:12:12+08:00", "2019-05-28T04:12:12Z"),
        ("2019-05-28T12:12:12+08:30", "2019-05-28T03:42:12Z"),
        ("2019-05-28T12:12:12-00:00", "2019-05-28T12:12:12Z"),
        ("2025-02-20T08:51:49.09Z", "2025-02-20T08:51:49.09Z"),
        ("2025-02-20T08:51:49.123456789Z", "2025-02-20T08:51:49.123456789Z"),
        ("2025-02-20T23:59:59.9-23:59", "2025-02-21T23:58:59.9Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("1740041509090", "2025-02-20T08:51:49.09Z"),
        ("0", "1970-01-01T00:00:00Z"),
        ("253402207199999", "9999-12-30T21:59:59.999Z"),
    ] {
        assert_eq!(parse_time(text), Some(at(meaning)), "{text}");
    }
}

#[test]
fn rejects_other_forms() {
    for text in [
        "2025-02-20t08:51:49Z",
        "2025-02-20T08:51:49z",
        "2025-02-20 08:51:49Z",
        "2025-02-20T08:51:49",
        "2025-02-20T08:51Z",
        "2025-02-20T08Z",
        "20250220T085149Z",
        "2025-2-20T08:51:49Z",
        "2025-02-20T08:51:49,5Z",
        "2025-02-20T08:51:49.Z",
        "2025-02-20T08:51:49.1234567890Z",
        "2025-02-20T08:51:49.5",
        "2025-02-20T08:51:60Z",
        "2025-02-20T08:60:00Z",
        "2025-02-20T24:00:00Z",
        "2025-02-20T24:00:01Z",
        "2025-02-29T00:00:00Z",
        "2025-13-01T00:00:00Z",
        "2025-00-01T00:00:00Z",
        "2025-01-00T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "+002025-02-20T08:51:49Z",
        "-2025-02-20T08:51:49Z",
        "12025-02-20T08:51:49Z",
        "2025-02-20T08:51:49+0800",
        "2025-02-20T08:51:49+08",
        "2025-02-20T08:51:49+8:00",
        "2025-02-20T08:51:49+24:00",
        "2025-02-20T08:51:49+08:60",
        "2025-02-20T08:51:49+08:00:00",
        "2025-02-20T08:51:49 08:00",
        "2025-02-20T08:51:49Z[UTC]",
        "2025-02-20T08:51:49+08:00[Asia/Shanghai]",
        "2025-02-20T08:51:49ZZ",
        "2025-02-20T08:51:49Z\n",
        "2025-02-20T08:51:49−08:00", // U+2212
        "２025-02-20T08:51:49Z",
        "9999-12-31T23:59:59-23:59", // beyond the range of jiff
        "-1",
        "+1",
        "1740041509.090",
        "1740041509090 ",
        "1_740_041_509_090",
        "12345678901234567",
        "0001740041509090", // more digits than the year 9999 needs
        "999999999999999",
        "",
    ] {
        assert_eq!(parse_time(text), None, "{text:?}");
    }
}

#[test]
fn formats_whole_seconds_in_utc() {
    for (time, text) in [
        ("2025-02-20T08:51:49.999999999Z", "2025-02-20T08:51:49Z"),
        ("2025-02-20T16:51:49+08:00", "2025-02-20T08:51:49Z"),
        ("0001-01-01T00:00:00.5Z", "0001-01-01T00:00:00Z"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z"),
    ] {
        assert_eq!(format_time(at(time)), text);
        assert_eq!(parse_time(text), Some(at(text)));
    }
}

#[test]
fn errors_say_by_how_much_the_window_is_missed() {
    let clock = TestClock::new(at("2025-02-20T12:00:00Z"));
    let freshness = Freshness::default().with_window(Duration::from_secs(10)).with_clock(&clock);
    let nanosecond = Duration::from_nanos(1);
    let by = Duration::from_secs(10) + nanosecond;
    for (time, expected) in [
        ("2025-02-20T11:59:50Z", Ok(at("2025-02-20T11:59:50Z"))),
        ("2025-02-20T11:59:49.999999999Z", Err(FreshnessError::Stale { by })),
        ("2025-02-20T12:00:10Z", Ok(at("2025-02-20T12:00:10Z"))),
        ("2025-02-20T12:00:10.000000001Z", Err(FreshnessError::Future { by })),
        ("yesterday", Err(FreshnessError::Unreadable)),
    ] {
        assert_eq!(freshness.check(time), expected, "{time}");
    }
}

#[test]
fn the_clock_is_read_for_each_check() {
    let clock = TestClock::new(at("2025-02-20T12:00:00Z"));
    let freshness = Freshness::default().with_clock(clock.clone());
    let time = "2025-02-20T12:00:00Z";
    assert!(freshness.check(time).is_ok());

    clock.advance(Duration::from_secs(300));
    assert!(freshness.check(time).is_ok());
    clock.advance(Duration::from_secs(1));
    assert_eq!(freshness.check(time), Err(FreshnessError::Stale { by: Duration::from_secs(301) }));

    clock.set(at("2025-02-20T11:54:59Z"));
    assert_eq!(freshness.check(time), Err(FreshnessError::Future { by: Duration::from_secs(301) }));
    assert_eq!(freshness.clock().now(), clock.now());

    clock.set(at("2025-02-20T11:54:59Z"));
    clock.advance(Duration::MAX);
    assert_eq!(clock.now(), Timestamp::MAX);
}

#[test]
fn defaults_are_300_s_30_s_and_the_system_clock() {
    let freshness = Freshness::default();
    assert_eq!(freshness.window(), Duration::from_secs(300));
    assert_eq!(freshness.skew(), Duration::from_secs(30));
    let before = Timestamp::now();
    let now = freshness.clock().now();
    assert!(before <= now && now <= Timestamp::now());
    assert!(freshness.check(&format_time(now)).is_ok());
}

#[test]
fn a_response_is_not_before_its_request_by_more_than_the_skew() {
    // A smaller window does not matter: the time of the response is checked against the clock separately.
    let freshness = Freshness::default().with_skew(Duration::from_secs(10)).with_window(Duration::ZERO);
    let request = at("2025-02-20T12:00:00Z");
    for (response, expected) in [
        ("2025-02-20T12:00:00Z", Ok(())),
        ("2025-02-20T11:59:50Z", Ok(())),
        ("2025-02-20T11:59:49Z", Err(FreshnessError::BeforeRequest { by: Duration::from_secs(11) })),
        ("2026-02-20T12:00:00Z", Ok(())), // `check` limits how far it is ahead
    ] {
        assert_eq!(freshness.not_before(at(response), request), expected, "{response}");
    }
    // The default is far below the window: with the window as its limit, the check would accept whatever is fresh.
    let by = |seconds| Freshness::default().not_before(request - Duration::from_secs(seconds), request);
    assert_eq!(by(30), Ok(()));
    assert_eq!(by(31), Err(FreshnessError::BeforeRequest { by: Duration::from_secs(31) }));
}

#[test]
fn no_time_and_no_limit_overflows() {
    for now in [Timestamp::MIN, Timestamp::MAX] {
        for limit in [Duration::ZERO, Duration::MAX] {
            let freshness = Freshness::default().with_window(limit).with_skew(limit);
            let freshness = freshness.with_clock(Clock::from_fn(move || now));
            let fits = limit == Duration::MAX;
            assert_eq!(freshness.check("2025-02-20T12:00:00Z").is_ok(), fits);
            assert_eq!(freshness.not_before(Timestamp::MIN, Timestamp::MAX).is_ok(), fits);
        }
    }
}
