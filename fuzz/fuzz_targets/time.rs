//! Times: the two readers of them agree, and a Client-Id that ends in a time is ambiguous.

#![no_main]

use alipayplus_runtime::Datetime;
use alipayplus_signing::{Timestamp, format_time, is_ambiguous_client_id, parse_time};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = is_ambiguous_client_id(text);
    let (header, member) = (parse_time(text), text.parse::<Datetime>().ok());
    if let Some(member) = &member {
        assert_eq!(member.as_str(), text);
        assert_eq!(header, member.timestamp(), "{text}");
    }
    let Some(time) = header else { return };
    // Milliseconds are times in headers only.
    assert!(member.is_some() || text.bytes().all(|byte| byte.is_ascii_digit()), "{text}");
    assert!(is_ambiguous_client_id(&format!("V.{text}")), "{text}");
    // By its offset, a time can lie in the year 0, which has no text.
    if time >= Timestamp::from_second(-62_135_596_800).unwrap_or(Timestamp::MIN) {
        let read = parse_time(&format_time(time));
        assert!(read.is_some_and(|read| (time.as_nanosecond() - read.as_nanosecond()).abs() < 1_000_000_000), "{text}");
    }
});
