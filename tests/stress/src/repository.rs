//! Files of the repository that parts read. They are no part of this package, so they are read when they are needed.

use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// The text of a file, by its path from the root.
pub(crate) fn text(path: &str) -> Result<String, Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}").into())
}
