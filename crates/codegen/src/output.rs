//! Generated files on disk: written when they change, or compared.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use similar::TextDiff;

use super::disk::{self, FileError};
use super::emit::docs::LINE;

/// Generated files, by their paths from the project's root.
pub type Files = BTreeMap<PathBuf, String>;

/// Prints tokens in process, with a header line that names their source.
///
/// # Errors
/// If the tokens are not a Rust file: an internal error of the generator.
pub fn print(tokens: TokenStream, source: &str) -> Result<String, String> {
    let mut file: syn::File = syn::parse2(tokens).map_err(|error| format!("generated from {source}: {error}"))?;
    let items = std::mem::take(&mut file.items);
    let mut body = separated(&prettyplease::unparse(&file));
    file.attrs.clear();
    let mut last = None;
    for item in items {
        let kind = std::mem::discriminant(&item);
        // The printer separates no items. Imports, modules and macro calls stay with the item before.
        let is_attached = match &item {
            syn::Item::Use(_) | syn::Item::Mod(syn::ItemMod { content: None, .. }) => last == Some(kind),
            syn::Item::Macro(_) => true,
            _ => false,
        };
        if !is_attached && !body.is_empty() {
            body.push('\n');
        }
        file.items = vec![item];
        body.push_str(&separated(&prettyplease::unparse(&file)));
        last = Some(kind);
    }
    Ok(format!("// @generated from {source} by `cargo xtask codegen`. Do not edit.\n\n{body}"))
}

/// Puts a blank line between the items of an `impl` or of a module, except for imports and constants without docs, and
/// splits doc comments into their lines.
fn separated(text: &str) -> String {
    let mut all = String::with_capacity(text.len() + text.len() / 16);
    let mut last = "";
    for line in text.lines() {
        let (code, before) = (line.trim_start(), last.trim_start());
        let is_nested = line.len() > code.len() && line.len() - code.len() == last.len() - before.len();
        let starts = ["///", "#[", "fn ", "pub fn ", "pub const fn "].iter().any(|start| code.starts_with(start));
        let is_import = code.starts_with("#[doc(inline)]");
        if is_nested && starts && !is_import && !before.starts_with("//") && (before == "}" || before.ends_with(';')) {
            all.push('\n');
        }
        let mut lines = line.split(LINE);
        all.extend([lines.next().unwrap_or_default(), "\n"]);
        for more in lines {
            let marker = line.len() - code.len() + "///".len();
            all.extend([&line[..marker], more, "\n"]);
        }
        last = line;
    }
    all
}

/// What differs between the files as generated and as they lie on disk.
#[derive(Debug)]
pub struct Difference {
    /// The path from the project's root.
    pub path: PathBuf,
    /// How it differs.
    pub kind: Kind,
}

/// How a file differs.
#[derive(Debug)]
pub enum Kind {
    /// It is not there.
    Missing,
    /// It was generated once, and no schema generates it now.
    Orphan,
    /// It lies in a generated folder and was never generated. It is left as it is.
    Foreign,
    /// Its content is another; a short diff.
    Stale(String),
}

impl Kind {
    /// Returns the word for it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Orphan => "orphan",
            Self::Foreign => "foreign",
            Self::Stale(_) => "stale",
        }
    }
}

impl Difference {
    /// Returns whether generating again changes something.
    #[must_use]
    pub fn is_change(&self) -> bool {
        !matches!(self.kind, Kind::Foreign)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.kind {
            Kind::Missing => write!(f, "missing: {path}"),
            Kind::Orphan => write!(f, "orphan: {path} (no schema generates it)"),
            Kind::Foreign => write!(f, "foreign: {path} (not generated, and left as it is)"),
            Kind::Stale(diff) => write!(f, "stale: {path}\n{diff}"),
        }
    }
}

/// Marks a generated file, near its beginning.
const MARK: &str = "@generated";

/// How many bytes of a file are searched for the mark.
const HEAD: usize = 1024;

/// Compares the files with those on disk, and finds files in generated folders that nothing generates.
///
/// A checkout with CRLF is up to date: `git` may have written the line ends.
///
/// # Errors
/// If a folder or a file can't be read.
pub fn compare(root: &Path, folders: &[PathBuf], files: &Files) -> Result<Vec<Difference>, FileError> {
    let mut all = Vec::new();
    for (path, content) in files {
        match disk::read(&root.join(path)) {
            Ok(found) => {
                let found = String::from_utf8_lossy(&found).replace("\r\n", "\n");
                if found != *content {
                    all.push(Difference { path: path.clone(), kind: Kind::Stale(diff(&found, content)) });
                }
            }
            Err(error) if error.is_not_found() => all.push(Difference { path: path.clone(), kind: Kind::Missing }),
            Err(error) => return Err(error),
        }
    }
    for folder in folders {
        find_others(root, folder, files, &mut all)?;
    }
    all.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(all)
}

/// Finds what lies in a generated folder, or in a folder below it, and is not generated.
fn find_others(root: &Path, folder: &Path, files: &Files, all: &mut Vec<Difference>) -> Result<(), FileError> {
    for entry in disk::entries(&root.join(folder))?.unwrap_or_default() {
        let path = folder.join(entry.file_name());
        let kind = entry.file_type().map_err(|error| FileError::new(&entry.path(), error))?;
        if kind.is_dir() {
            find_others(root, &path, files, all)?;
        } else if !files.contains_key(&path) {
            let is_generated = kind.is_file() && is_marked(&disk::read(&entry.path())?);
            all.push(Difference { path, kind: if is_generated { Kind::Orphan } else { Kind::Foreign } });
        }
    }
    Ok(())
}

/// Finds generated JSON files of a folder with other files whose names begin so, and that nothing generates now.
///
/// # Errors
/// If the folder or a file can't be read.
pub fn orphans(root: &Path, folder: &Path, start: &str, files: &Files) -> Result<Vec<Difference>, FileError> {
    let mut all = Vec::new();
    for entry in disk::entries(&root.join(folder))?.unwrap_or_default() {
        let path = folder.join(entry.file_name());
        let is_one = path.extension().is_some_and(|it| it == "json")
            && path.file_name().and_then(|it| it.to_str()).is_some_and(|name| name.starts_with(start));
        if is_one && entry.path().is_file() && !files.contains_key(&path) && is_marked(&disk::read(&entry.path())?) {
            all.push(Difference { path, kind: Kind::Orphan });
        }
    }
    Ok(all)
}

fn is_marked(content: &[u8]) -> bool {
    String::from_utf8_lossy(&content[..content.len().min(HEAD)]).contains(MARK)
}

/// Writes the files that differ and removes orphans; touches nothing else.
///
/// # Errors
/// If a file can't be written or removed.
pub fn write(root: &Path, differences: &[Difference], files: &Files) -> Result<(), FileError> {
    for difference in differences {
        let path = root.join(&difference.path);
        match (&difference.kind, files.get(&difference.path)) {
            (Kind::Missing | Kind::Stale(_), Some(content)) => disk::write(&path, content)?,
            (Kind::Orphan, None) => disk::remove(&path)?,
            _ => {}
        }
    }
    Ok(())
}

/// How many changed lines a diff shows, and how much of each.
const DIFF_LINES: usize = 12;
const DIFF_WIDTH: usize = 160;

fn diff(found: &str, expected: &str) -> String {
    let diff = TextDiff::from_lines(found, expected);
    let text = diff.unified_diff().context_radius(1).to_string();
    let lines: Vec<&str> = text.lines().collect();
    let mut shown: Vec<String> = lines.iter().take(DIFF_LINES).map(|line| format!("    {}", cut(line))).collect();
    if lines.len() > DIFF_LINES {
        shown.push(format!("    … and {} more lines", lines.len() - DIFF_LINES));
    }
    shown.join("\n")
}

/// Returns the beginning of a line.
fn cut(line: &str) -> String {
    let mut shown: String = line.chars().take(DIFF_WIDTH).collect();
    if line.chars().count() > DIFF_WIDTH {
        shown.push('…');
    }
    shown
}
