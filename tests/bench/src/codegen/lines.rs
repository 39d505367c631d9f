//! Lines of Rust code: neither documentation nor comments nor blank lines count.

use std::path::Path;

/// Whether a generated file is Rust.
pub(super) fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "rs")
}

/// The lines of a text as prettyplease prints it that hold code. It writes comments on lines of their own.
pub(super) fn of_code(text: &str) -> usize {
    let mut block = false;
    let mut count = 0;
    for line in text.lines().map(str::trim) {
        if block || line.starts_with("/*") {
            block = !line.ends_with("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_counts() {
        let text =
            "//! Docs.\n\n/// Docs.\n/**One\n  two*/\npub struct A {\n    // why\n    /** short */\n    b: u8,\n}\n";
        assert_eq!(of_code(text), 3);
    }
}
