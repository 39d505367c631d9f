//! The model and the signing crate parse dates independently: one list tests both.

use alipayplus_client::signing::parse_time;
use alipayplus_model::Datetime;

/// Texts, and whether they are valid dates.
const TEXTS: &[(&str, bool)] = &[
    ("2019-11-27T12:01:01+08:00", true),
    ("2020-01-01T12:01:01.5+08:30", true),
    ("2020-02-29T23:59:59.123456789Z", true),
    ("0001-01-02T00:00:00Z", true),
    ("2020-01-01T00:00:00-00:00", true),
    ("2020-01-01T00:00:00-23:59", true),
    ("", false),
    ("now", false),
    ("2020-01-01", false),
    ("2020-01-01T00:00Z", false),
    ("2020-01-01T00:00:00", false),
    ("2020-01-01 00:00:00Z", false),
    ("2020-01-01t00:00:00Z", false),
    ("2020-01-01T00:00:00z", false),
    ("2020-01-01T24:00:00Z", false),
    ("2020-01-01T00:60:00Z", false),
    ("2020-01-01T00:00:60Z", false),
    ("2021-02-29T00:00:00Z", false),
    ("0000-01-01T00:00:00Z", false),
    ("2020-01-01T00:00:00.Z", false),
    ("2020-01-01T00:00:00.1234567890Z", false),
    ("2020-01-01T00:00:00,5Z", false),
    ("2020-01-01T00:00:00+0800", false),
    ("2020-01-01T00:00:00+24:00", false),
    ("2020-01-01T00:00:00+08:60", false),
    (" 2020-01-01T00:00:00Z", false),
    ("2020-01-01T00:00:00Z ", false),
    ("٢٠٢٠-01-01T00:00:00Z", false),
];

#[test]
fn both_readers_know_the_same_moments() {
    for (text, valid) in TEXTS {
        let read = text.parse::<Datetime>().ok();
        assert_eq!(read.is_some(), *valid, "model: {text}");
        assert_eq!(parse_time(text), read.and_then(|time| time.timestamp()), "signing: {text}");
    }
}
