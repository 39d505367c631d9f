//! Files on disk, with errors that name the file.

use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

/// A file or folder that can't be read, written or removed.
#[derive(Debug)]
pub struct FileError {
    /// The file or folder.
    pub path: PathBuf,
    /// Why it failed.
    pub error: io::Error,
}

impl FileError {
    /// Attaches a path to an I/O error.
    #[must_use]
    pub fn new(path: &Path, error: io::Error) -> Self {
        Self { path: path.to_owned(), error }
    }

    /// Returns whether there is no such file.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.error.kind() == io::ErrorKind::NotFound
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.error)
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// Reads a file.
///
/// # Errors
/// If it can't be read. A link whose target is missing is reported with that target.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    fs::read(path).map_err(|error| {
        let error = match fs::read_link(path) {
            Ok(target) if error.kind() == io::ErrorKind::NotFound => {
                let text = format!("it is a link to {}, which does not exist", target.display());
                io::Error::new(io::ErrorKind::InvalidInput, text)
            }
            _ => error,
        };
        FileError::new(path, error)
    })
}

/// Returns the entries of a folder, sorted by name; `None` if there is no such folder.
///
/// # Errors
/// If the folder can't be read.
pub fn entries(folder: &Path) -> Result<Option<Vec<fs::DirEntry>>, FileError> {
    let named = |error| FileError::new(folder, error);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(named(error)),
    };
    let mut entries = entries.collect::<io::Result<Vec<_>>>().map_err(named)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    Ok(Some(entries))
}

/// Replaces a file atomically: writes a temporary file beside it and renames that. Creates its folder if needed.
///
/// # Errors
/// If the folder or the file can't be written. The file is then as it was.
pub fn write(path: &Path, content: &str) -> Result<(), FileError> {
    let named = |error| FileError::new(path, error);
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| FileError::new(folder, error))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    let written = fs::write(&temporary, content).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    written.map_err(named)
}

/// Removes a file, and the folders above it that this leaves empty.
///
/// # Errors
/// If the file can't be removed.
pub fn remove(path: &Path) -> Result<(), FileError> {
    fs::remove_file(path).map_err(|error| FileError::new(path, error))?;
    let mut folders = path.ancestors().skip(1);
    // A folder that is not empty stays, and so do those above it.
    while folders.next().is_some_and(|folder| fs::remove_dir(folder).is_ok()) {}
    Ok(())
}
