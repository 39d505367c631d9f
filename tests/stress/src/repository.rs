//! Files of the repository that scenarios read at run time, since the package does not contain them.

use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// Reads a file by its path from the repository's root.
pub(crate) fn text(path: &str) -> Result<String, Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}").into())
}
