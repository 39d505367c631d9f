//! What a column shows of several requests: one text, or how it changed from one to the next.

use std::fmt;

use serde::Serialize;

/// An absent value in a column.
pub(crate) const NONE: &str = "–";

/// Texts one after the other, without repetitions. Serializes as a list with `null` for an absent
/// value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Sequence(Vec<Option<String>>);

impl Sequence {
    pub(crate) fn of(texts: impl IntoIterator<Item = Option<String>>) -> Self {
        let mut texts: Vec<_> = texts.into_iter().collect();
        texts.dedup();
        Self(texts)
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str(NONE);
        }
        for (n, text) in self.0.iter().enumerate() {
            f.write_str(if n == 0 { "" } else { ", then " })?;
            f.write_str(text.as_deref().unwrap_or(NONE))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_are_shown() {
        let texts = [Some("a"), Some("a"), None, Some("a")].map(|text| text.map(ToOwned::to_owned));
        let sequence = Sequence::of(texts);
        assert_eq!(sequence.to_string(), "a, then –, then a");
        assert_eq!(serde_json::to_string(&sequence).unwrap(), r#"["a",null,"a"]"#);
        assert_eq!(Sequence::default().to_string(), "–");
    }
}
