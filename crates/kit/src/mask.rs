//! Hides what no output may show.

use std::borrow::Cow;

use crate::exchange::Exchange;
use crate::json::Node;
use crate::operation::{Operation, Subject};

/// What a hidden value is replaced by.
pub const HIDDEN: &str = "[hidden]";
/// Shorter values are hidden only where they are the value of a sensitive member: elsewhere they may be anything.
const MIN: usize = 4;

/// Replaces sensitive values in texts.
#[derive(Clone, Debug, Default)]
pub struct Mask {
    names: &'static [&'static str],
    values: Vec<String>,
}

impl Mask {
    /// Collects the sensitive values of subjects and answers.
    #[must_use]
    pub fn new(operation: &Operation, subjects: &[Subject], exchanges: &[Exchange], more: &[String]) -> Self {
        let mut values: Vec<String> = more.to_vec();
        let mut collect = |root: &Node| {
            root.visit("", &mut |pointer, node| {
                let is_named = pointer.rsplit('/').next().is_some_and(|name| operation.sensitive.contains(&name));
                if let (true, Node::Text(text)) = (is_named, node) {
                    values.push(text.clone());
                    // As it is written in JSON.
                    values.push(serde_json::Value::from(text.as_str()).to_string().trim_matches('"').to_owned());
                }
            });
        };
        for subject in subjects {
            collect(&subject.expect);
        }
        for message in exchanges.iter().filter_map(Exchange::message) {
            collect(&message.root);
        }
        values.retain(|value| value.chars().count() >= MIN);
        // A value that holds another one goes first.
        values.sort_by_key(|value| (std::cmp::Reverse(value.len()), value.clone()));
        values.dedup();
        Self { names: operation.sensitive, values }
    }

    /// Returns a text without sensitive values.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        let mut text = Cow::Borrowed(text);
        for value in self.values.iter().filter(|value| !value.is_empty()) {
            if text.contains(value.as_str()) {
                text = text.replace(value.as_str(), HIDDEN).into();
            }
        }
        for name in self.names {
            text = hide_member(&text, name).into();
        }
        text.into_owned()
    }
}

/// Replaces the text behind `"name":`, wherever it is and also if it is cut.
fn hide_member(text: &str, name: &str) -> String {
    let quoted = format!("\"{name}\"");
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(&quoted) {
        shown.push_str(before);
        shown.push_str(&quoted);
        let value = after.trim_start().strip_prefix(':').map(str::trim_start).filter(|value| value.starts_with('"'));
        rest = match value {
            None => after,
            Some(value) => {
                shown.extend([":\"", HIDDEN, "\""]);
                &value[1 + string_length(&value[1..])..]
            }
        };
    }
    shown + rest
}

/// Returns the length of a JSON string with its closing quote.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (n, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return n + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::Mask;

    #[test]
    fn values_and_members_are_hidden_also_in_what_is_cut() {
        let mask = Mask { names: &["secretId"], values: vec!["canary".into()] };
        let text = r#"a canary; {"secretId" : "a\"b","x":"y"} {"secretId":"cut"#;
        let hidden = r#"a [hidden]; {"secretId":"[hidden]","x":"y"} {"secretId":"[hidden]""#;
        assert_eq!(mask.apply(text), hidden);
    }
}
