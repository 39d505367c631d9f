//! Detects Client-Ids whose end a signature does not show.

use crate::time::parse_time;

/// Returns whether a Client-Id has a `.` followed by text that reads as a time header, up to the next `.` or to the
/// end.
///
/// The parts of a signed message are joined by `.`, which is not escaped. With such a Client-Id, one signature is valid
/// for two messages: `("V.2025-02-20T08:51:49Z.{}", time, body)` and `("V", "2025-02-20T08:51:49Z", "{}.…")`. Key rings,
/// clients and servers refuse it. Every text that [`parse_time`] reads is a time, a number of milliseconds too,
/// so that `V.1` is refused.
///
/// ```
/// use alipayplus_signing::is_ambiguous_client_id;
///
/// assert!(is_ambiguous_client_id("V.2025-02-20T08:51:49Z.{}"));
/// // A fraction of a second has a `.` of its own.
/// assert!(is_ambiguous_client_id("V.2025-02-20T08:51:49.09Z"));
/// assert!(is_ambiguous_client_id("V.1740041509000"));
/// assert!(!is_ambiguous_client_id("SANDBOX_5X00000000000000"));
/// assert!(!is_ambiguous_client_id("example.wallet"));
/// ```
#[must_use]
pub fn is_ambiguous_client_id(client_id: &str) -> bool {
    client_id.match_indices('.').any(|(at, _)| {
        let rest = &client_id[at + 1..];
        let mut ends = rest.match_indices('.').map(|(end, _)| end).chain([rest.len()]);
        // Up to the next `.` and up to the one after it, because a time with a fraction holds one `.`.
        let (first, second) = (ends.next(), ends.next());
        [first, second].into_iter().flatten().any(|end| parse_time(&rest[..end]).is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_time_after_any_dot() {
        for ambiguous in [
            "V.2025-02-20T08:51:49Z",
            "V.2025-02-20T08:51:49Z.",
            "V.2025-02-20T08:51:49Z.{\"result\":{}}",
            "V.2025-02-20T16:51:49+08:00.x",
            // Only two joined segments are a time.
            "V.2025-02-20T08:51:49.09Z",
            "V.2025-02-20T08:51:49.09Z.x",
            "V.2025-02-20T08:51:49.123456789+08:00.x",
            "V.1740041509000.x",
            "V.0",
            // The digits after the second dot.
            "V.2025-02-20T08:51:49.09",
            ".2025-02-20T08:51:49Z",
            "a.b.c.2025-02-20T08:51:49Z",
            "a.2025-02-20T08:51:49.b.2025-02-20T08:51:49.5Z",
        ] {
            assert!(is_ambiguous_client_id(ambiguous), "{ambiguous}");
        }
        for unambiguous in [
            "",
            ".",
            "...",
            "V",
            "SANDBOX_5X00000000000000",
            "example.wallet",
            "wallet.v1.example",
            "2025-02-20T08:51:49Z",
            "2025-02-20T08:51:49.09Z",
            "V.2025-02-20T08:51:49",
            "V.2025-02-20T08:51:49..09Z",
            "V.2025-02-20",
            "V.1234567890123456",
            "V.1x",
        ] {
            assert!(!is_ambiguous_client_id(unambiguous), "{unambiguous}");
        }
    }
}
