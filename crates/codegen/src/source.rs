//! Schema files as text.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use super::disk::{self, FileError};

/// A schema file.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as messages and generated files name it, such as `schema/common.json`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// Replaces bytes that are not UTF-8. A schema has it only if its encoding is wrong.
pub(crate) const REPLACEMENT: char = '\u{FFFD}';

impl Source {
    /// Decodes the bytes of a file.
    ///
    /// Skips a byte order mark and reads CRLF as LF, so that a schema means the same on every system. What is no UTF-8
    /// becomes U+FFFD, which the parser reports.
    #[must_use]
    pub fn decode(path: String, bytes: &[u8]) -> Self {
        let text = match bytes {
            // The marks of UTF-16. The rest would be shown as noise.
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => REPLACEMENT.to_string(),
            _ => String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).replace("\r\n", "\n"),
        };
        Self { path, text }
    }

    /// Returns whether this is a schema, by the file's name.
    #[must_use]
    pub fn is_schema(&self) -> bool {
        is_schema(self.name())
    }

    /// Returns the file's name without folder and ending.
    #[must_use]
    pub fn stem(&self) -> &str {
        self.name().strip_suffix(".json").unwrap_or(self.name())
    }

    /// Returns the file's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// The folder of the project's schemas, from the project's root.
pub const SCHEMAS: &str = "schema";

/// The profile's own meta-schema, which lies beside the schemas.
const META_SCHEMA: &str = "profile.json";

/// The extensions of files that look like schemas, in any case.
const LOOKALIKES: &[&str] = &["json", "jsonc", "json5", "yaml", "yml"];

/// Returns whether a file of a folder with schemas is one of them, by its name.
#[must_use]
pub fn is_schema(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "json")
        && !name.starts_with('.')
        && name != META_SCHEMA
}

/// Returns whether a file that is no schema may have been meant to be one, by its name.
fn is_lookalike(name: &str) -> bool {
    let extension = Path::new(name).extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    extension.is_some_and(|extension| LOOKALIKES.contains(&extension.as_str())) && name != META_SCHEMA
}

/// Reads every schema of a folder, in the order of their names.
///
/// What looks like a schema and is not read comes last, without text, so that [`check`](super::lower::check) can name
/// it: a file with another extension, and a folder.
///
/// # Errors
/// If the folder or a file can't be read, or if the folder has no schema.
pub fn read_folder(folder: &Path, shown_as: &str) -> Result<Vec<Source>, FileError> {
    let missing = |text| FileError::new(folder, io::Error::new(io::ErrorKind::NotFound, text));
    let (mut sources, mut unread) = (Vec::new(), Vec::new());
    for entry in disk::entries(folder)?.ok_or_else(|| missing("there is no such folder"))? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{shown_as}/{name}");
        if name.starts_with('.') {
            // Editors and operating systems leave such files; none of them is a schema.
        } else if entry.path().is_dir() {
            unread.push(Source { path: format!("{path}/"), text: String::new() });
        } else if is_schema(&name) {
            sources.push(Source::decode(path, &disk::read(&entry.path())?));
        } else if is_lookalike(&name) {
            unread.push(Source { path, text: String::new() });
        }
    }
    if sources.is_empty() {
        return Err(missing("there is no schema file"));
    }
    sources.append(&mut unread);
    Ok(sources)
}

/// Returns the line and the column of a byte, both from 1 as editors count.
#[must_use]
pub fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at.min(text.len())];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |tail| tail.chars().count()) + 1;
    (line, column)
}
