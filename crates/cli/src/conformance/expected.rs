//! The list of known failures.

use std::fs;
use std::path::Path;

/// Reads a list: an ID on each line, perhaps followed by `flaky`; `#` begins a comment.
pub(crate) fn read(path: &Path, is_known: impl Fn(&str) -> bool) -> Result<Vec<(String, bool)>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("can't read {}: {error}", path.display()))?;
    let mut known = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        let Some(id) = words.next() else { continue };
        let wrong = |what: &str| Err(format!("{}:{}: {what}", path.display(), n + 1));
        let flaky = match (words.next(), words.next()) {
            (None, _) => false,
            (Some("flaky"), None) => true,
            _ => return wrong("a line is an ID, perhaps followed by `flaky`"),
        };
        if !is_known(id) {
            return wrong(&format!("`{id}` is no case"));
        }
        known.push((id.to_owned(), flaky));
    }
    Ok(known)
}
