//! The exchanges as they were, in files.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use alipayplus_client::Evidence;

/// How many files are in one folder.
const IN_A_FOLDER: i64 = 1000;

/// Writes the last exchange about a row. It holds a customer's data.
pub(super) fn keep(folder: &Path, row: i64, evidence: Option<&Evidence>) -> Result<(), String> {
    let Some(evidence) = evidence else { return Ok(()) };
    let folder = folder.join((row / IN_A_FOLDER).to_string());
    let path = folder.join(format!("{row}.txt"));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = fs::create_dir_all(&folder)
        .and_then(|()| options.open(&path))
        .and_then(|mut file| file.write_all(evidence.to_text().as_bytes()));
    written.map_err(|error| format!("can't write {}: {error}", path.display()))
}
