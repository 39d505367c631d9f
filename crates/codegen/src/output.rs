//! Generated files on disk: written when they change, or compared.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use similar::TextDiff;

/// Generated files, by their paths from the project's root.
pub type Files = BTreeMap<PathBuf, String>;

/// Prints tokens in process, under a line that says where they come from.
///
/// # Errors
/// The tokens are no Rust file: a fault of the generator.
pub fn print(tokens: &TokenStream, source: &str) -> Result<String, String> {
    let mut file: syn::File =
        syn::parse2(tokens.clone()).map_err(|error| format!("generated from {source}: {error}\n{tokens}"))?;
    let items = std::mem::take(&mut file.items);
    let mut body = prettyplease::unparse(&file);
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
        body.push_str(&prettyplease::unparse(&file));
        last = Some(kind);
    }
    Ok(format!("// @generated from {source} by `cargo xtask codegen`. Do not edit.\n\n{body}"))
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
    /// It is there and nothing generates it.
    Orphan,
    /// Its content is another; a short diff.
    Stale(String),
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Orphan => "orphan",
            Self::Stale(_) => "stale",
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.kind {
            Kind::Missing => write!(f, "missing: {path}"),
            Kind::Orphan => write!(f, "orphan: {path} (no schema generates it)"),
            Kind::Stale(diff) => write!(f, "stale: {path}\n{diff}"),
        }
    }
}

/// Compares the files with what lies in the folders that hold nothing but generated files.
///
/// # Errors
/// A folder or a file can't be read.
pub fn compare(root: &Path, folders: &[PathBuf], files: &Files) -> io::Result<Vec<Difference>> {
    let mut all = Vec::new();
    for (path, content) in files {
        match fs::read_to_string(root.join(path)) {
            Ok(found) if found == *content => {}
            Ok(found) => all.push(Difference { path: path.clone(), kind: Kind::Stale(diff(&found, content)) }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                all.push(Difference { path: path.clone(), kind: Kind::Missing });
            }
            Err(error) => return Err(error),
        }
    }
    for folder in folders {
        let entries = match fs::read_dir(root.join(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let path = folder.join(entry?.file_name());
            if !files.contains_key(&path) {
                all.push(Difference { path, kind: Kind::Orphan });
            }
        }
    }
    all.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(all)
}

/// Makes the files on disk what they should be; touches nothing else.
///
/// # Errors
/// A file can't be written or removed.
pub fn write(root: &Path, differences: &[Difference], files: &Files) -> io::Result<()> {
    for difference in differences {
        let path = root.join(&difference.path);
        match files.get(&difference.path) {
            Some(content) => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::write(path, content)?;
            }
            None if path.is_dir() => fs::remove_dir_all(path)?,
            None => fs::remove_file(path)?,
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

/// The beginning of a line.
fn cut(line: &str) -> String {
    let mut shown: String = line.chars().take(DIFF_WIDTH).collect();
    if line.chars().count() > DIFF_WIDTH {
        shown.push('…');
    }
    shown
}
