//! Formats values for the log.

use std::error::Error;
use std::time::Duration;

/// Formats a duration as an exact decimal number of seconds. As a floating-point number, 1.828 s has 17 digits.
pub(crate) fn seconds(time: Duration) -> String {
    let fraction = format!("{:09}", time.subsec_nanos());
    match fraction.trim_end_matches('0') {
        "" => format!("{} s", time.as_secs()),
        fraction => format!("{}.{fraction} s", time.as_secs()),
    }
}

/// Escapes text of an unauthenticated client, so that it is one line, and cuts it after 64 characters.
pub(crate) fn truncate_for_log(text: &str) -> String {
    const MAX_CHARS: usize = 64;
    let mut truncated: String = text.chars().take(MAX_CHARS).flat_map(char::escape_default).collect();
    if text.chars().nth(MAX_CHARS).is_some() {
        truncated.push('…');
    }
    truncated
}

/// Joins the text of an error and those of its sources by `: `.
pub(crate) fn error_chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let next = error.to_string();
        // Some errors repeat their source in their own text.
        if !text.ends_with(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_for_the_log_is_truncated_and_escaped() {
        assert_eq!(truncate_for_log("plain-1"), "plain-1");
        assert_eq!(truncate_for_log("a\nb\u{1b}[31m"), "a\\nb\\u{1b}[31m");
        assert_eq!(truncate_for_log(&"x".repeat(65)), format!("{}…", "x".repeat(64)));
    }

    #[test]
    fn seconds_are_exact_decimals() {
        assert_eq!(seconds(Duration::from_secs(301)), "301 s");
        assert_eq!(seconds(Duration::from_millis(1828)), "1.828 s");
        assert_eq!(seconds(Duration::from_nanos(10)), "0.00000001 s");
    }
}
