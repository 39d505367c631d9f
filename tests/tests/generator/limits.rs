//! Limits of the generator that are limits of the crates, which it does not depend on.

use alipayplus_codegen::limits::MAX_DEPTH;
use alipayplus_model::inquiry_payment::Request;
use alipayplus_runtime::message;

#[test]
fn readers_follow_as_many_levels_as_a_schema_may_have() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let error = |levels| message::from_slice::<Request>(nested(levels).as_bytes()).unwrap_err().to_string();
    let too_deep = format!("nesting deeper than {MAX_DEPTH} levels");
    assert!(!error(MAX_DEPTH).contains(&too_deep), "{}", error(MAX_DEPTH));
    assert!(error(MAX_DEPTH + 1).contains(&too_deep), "{}", error(MAX_DEPTH + 1));
}
