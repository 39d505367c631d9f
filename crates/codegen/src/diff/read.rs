//! Reads the schemas of a side from a folder or from a revision of the project.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::disk::FileError;
use crate::source::{self, SCHEMAS, Source};
use crate::{diagnostic, ir, lower};

/// The reason that a side can't be compared.
#[derive(Debug)]
pub enum Unreadable {
    /// It is neither a folder nor a revision.
    Unknown(String),
    /// There is no schema in it.
    Empty(String),
    /// It can't be read.
    File(FileError),
    /// Git can't be run, or fails; the text is what git says.
    Git(String),
    /// Its schemas have errors; the text shows all of them.
    Faulty(String),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "`{name}` is neither a folder nor a git revision"),
            Self::Empty(name) => write!(f, "there are no schema files in {name}: name the folder that holds them"),
            Self::File(error) => write!(f, "{error}"),
            Self::Git(text) => write!(f, "git: {text}"),
            Self::Faulty(text) => write!(f, "the schemas have errors:\n\n{text}"),
        }
    }
}

/// A side: its schemas, and what they say.
#[derive(Debug)]
pub struct Schemas {
    /// The folder or the revision.
    pub name: String,
    /// The files.
    pub sources: Vec<Source>,
    /// What they say.
    pub family: ir::ServiceModel,
}

/// Reads a folder with schemas or, where there is no such folder, what a git revision of the project has in `schema/`.
///
/// # Errors
/// If the side can't be read, or its schemas have errors.
pub fn read(root: &Path, name: &str) -> Result<Schemas, Unreadable> {
    let folder = Path::new(name);
    let sources = if folder.is_dir() { self::folder(folder, name)? } else { revision(root, name)? };
    lowered(name, sources)
}

/// Reads the project's own schemas as they lie in the working tree.
///
/// # Errors
/// As [`read`].
pub fn working_tree(root: &Path) -> Result<Schemas, Unreadable> {
    lowered(SCHEMAS, folder(&root.join(SCHEMAS), SCHEMAS)?)
}

/// Returns the schemas of some texts.
///
/// # Errors
/// If there are none, or if they have errors.
pub fn lowered(name: &str, sources: Vec<Source>) -> Result<Schemas, Unreadable> {
    if sources.is_empty() {
        return Err(Unreadable::Empty(name.to_owned()));
    }
    match lower::lower(&sources) {
        Ok(family) => Ok(Schemas { name: name.to_owned(), sources, family }),
        Err(faults) => Err(Unreadable::Faulty(diagnostic::render(&sources, &faults, false))),
    }
}

fn folder(folder: &Path, name: &str) -> Result<Vec<Source>, Unreadable> {
    let shown = name.trim_end_matches('/');
    let mut sources = source::read_folder(folder, shown).map_err(Unreadable::File)?;
    sources.retain(Source::is_schema);
    Ok(sources)
}

fn revision(root: &Path, name: &str) -> Result<Vec<Source>, Unreadable> {
    let commit = format!("{name}^{{commit}}");
    // Git is silent about a name that it does not know, which may be a misspelt folder, and not about anything else.
    git(root, &["rev-parse", "--verify", "--quiet", &commit]).map_err(|error| match error {
        Unreadable::Git(text) if text.is_empty() => Unreadable::Unknown(name.to_owned()),
        other => other,
    })?;
    let listed = git(root, &["ls-tree", "-z", "--name-only", name, &format!("{SCHEMAS}/")])?;
    let mut sources = Vec::new();
    for path in String::from_utf8_lossy(&listed).split('\0') {
        if source::is_schema(path.rsplit('/').next().unwrap_or(path)) {
            let bytes = git(root, &["show", &format!("{name}:./{path}")])?;
            sources.push(Source::decode(format!("{name}:{path}"), &bytes));
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

fn git(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, Unreadable> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).stdin(Stdio::null()).output();
    let output = output.map_err(|error| Unreadable::Git(format!("can't be run: {error}")))?;
    if !output.status.success() {
        return Err(Unreadable::Git(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    Ok(output.stdout)
}
