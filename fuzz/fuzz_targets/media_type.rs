//! `Content-Type` and `Accept`: what is added cannot turn the answer around.

#![no_main]

use alipayplus_signing::media_type::{excludes_json, is_json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|value: &str| {
    let is_balanced = value.matches('"').count() % 2 == 0;
    if is_json(value) && is_balanced {
        assert!(is_json(&format!("{value}; a=b")), "{value:?}");
        assert!(!is_json(&format!("{value}; charset=latin1")), "{value:?}");
    }
    let _ = excludes_json(value);
    if is_balanced {
        assert!(!excludes_json(&format!("{value}, application/json")), "{value:?}");
    }
});
