//! The project as a whole: its schemas, what they generate, and how the files on disk differ from it.

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;

use super::diagnostic::{self, Diagnostic};
use super::disk::FileError;
use super::output::{self, Difference, Files};
use super::source::{self, SCHEMAS, Source};
use super::{emit, explain, ir, lower, parallel, typify};

/// Where documents lie, from the project's root.
const DOCS: &str = "docs";

/// The reason that no file was generated.
#[derive(Debug)]
pub enum Failure {
    /// The schemas have errors; the text shows all of them.
    Schema(String),
    /// A file can't be read or written.
    File(FileError),
    /// The generator has an internal error.
    Internal(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Schema(text) => f.write_str(text),
            Self::File(error) => write!(f, "{error}"),
            Self::Internal(text) => write!(f, "an error of the generator, not of the schema: {text}"),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

/// What the project's own schemas give.
#[derive(Debug)]
pub struct Run {
    /// The schemas.
    pub sources: Vec<Source>,
    /// The diagnostics of the schemas.
    pub diagnostics: Vec<Diagnostic>,
    /// How the files on disk differ from the generated ones, and these; `None` if the schemas have errors.
    pub generated: Option<(Vec<Difference>, Files)>,
}

/// Returns the folders of the project that hold only generated files.
#[must_use]
pub fn folders() -> Vec<PathBuf> {
    let crates = ["model", "client", "server"].iter().map(|name| folder(name));
    crates.chain(["messages", "reference", "schemas"].map(|name| Path::new(DOCS).join(name))).collect()
}

fn folder(name: &str) -> PathBuf {
    Path::new("crates").join(name).join("src").join("generated")
}

/// Returns everything that a family of schemas generates.
///
/// # Errors
/// If the schemas have errors (the text shows all of them), or on an internal error of the generator.
pub fn generate(sources: &[Source], colour: bool) -> Result<Files, Failure> {
    let family = lower::lower(sources)
        .map_err(|diagnostics| Failure::Schema(diagnostic::render(sources, &diagnostics, colour)))?;
    files(&family)
}

/// Returns what a lowered family generates.
fn files(family: &ir::ServiceModel) -> Result<Files, Failure> {
    let (code, documents) = parallel::both(|| code(family), || documents(family));
    let mut files = code?;
    files.extend(documents?);
    Ok(files)
}

/// Returns the generated folders of the crates.
///
/// # Errors
/// On an internal error of the generator.
pub fn code(family: &ir::ServiceModel) -> Result<Files, Failure> {
    let mut files = Files::new();
    for made in parallel::map(&family.files, |file| modules(family, file)) {
        files.extend(made?);
    }
    for (of, tokens) in [
        ("model", emit::model::modules(family)),
        ("client", emit::client::modules(family)),
        ("server", emit::server::modules(family)),
    ] {
        files.extend([module(of, "mod", tokens, SCHEMAS)?]);
    }
    Ok(files)
}

/// Returns what one schema file generates in each crate.
fn modules(family: &ir::ServiceModel, file: &ir::File) -> Result<Files, Failure> {
    let types = typify::member_types(file).map_err(Failure::Internal)?;
    let mut all = vec![("model", emit::model::file(family, file, &types))];
    if let Some(operation) = &file.operation {
        all.push(("client", emit::client::file(family, file, operation)));
        all.push(("server", emit::server::file(family, file, operation)));
    }
    all.into_iter().map(|(of, tokens)| module(of, &file.module, tokens, &file.source)).collect()
}

/// Returns a generated module, printed, with its path.
fn module(of: &str, name: &str, tokens: TokenStream, source: &str) -> Result<(PathBuf, String), Failure> {
    let text = output::print(tokens, source).map_err(Failure::Internal)?;
    Ok((folder(of).join(format!("{name}.rs")), text))
}

/// Returns what is generated for people and for other tools, in `docs/`.
///
/// # Errors
/// On an internal error of the generator.
pub fn documents(family: &ir::ServiceModel) -> Result<Files, Failure> {
    let docs = Path::new(DOCS);
    let mut files = Files::new();
    for (name, text) in emit::bundle::files(family).map_err(Failure::Internal)? {
        if files.insert(docs.join("schemas").join(&name), text).is_some() {
            return Err(Failure::Internal(format!("two messages would be in {name}")));
        }
    }
    let openapi = emit::openapi::documents(family, env!("CARGO_PKG_VERSION")).map_err(Failure::Internal)?;
    files.extend(openapi.into_iter().map(|(name, text)| (docs.join(name), text)));
    for (name, text) in emit::reference::pages(family) {
        files.insert(docs.join("reference").join(name), text);
    }
    // Last, since all cores share them: the other documents are made on one.
    let operations: Vec<_> = family.operations().collect();
    let messages = parallel::map(&operations, |(file, operation)| emit::messages::file(family, file, operation));
    for ((file, _), text) in operations.iter().zip(messages) {
        files.insert(docs.join("messages").join(format!("{}.json", emit::stem(file))), text);
    }
    Ok(files)
}

/// Generates from the project's own schemas and compares with what lies on disk.
///
/// # Errors
/// A file can't be read, or on an internal error of the generator.
pub fn run(root: &Path) -> Result<Run, Failure> {
    let sources = source::read_folder(&root.join(SCHEMAS), SCHEMAS)?;
    let (family, diagnostics) = lower::check(&sources);
    let Some(family) = family else { return Ok(Run { sources, diagnostics, generated: None }) };
    let mut files = files(&family)?;
    files.extend([explain::page(root)?]);
    let mut all = output::compare(root, &folders(), &files)?;
    all.extend(output::orphans(root, Path::new(DOCS), "openapi", &files)?);
    Ok(Run { sources, diagnostics, generated: Some((all, files)) })
}

/// Generates and compares as [`run`], for callers that only need to know whether files are up to date.
///
/// # Errors
/// As [`run`], or if the schemas have errors (the text shows all of them).
pub fn differences(root: &Path, colour: bool) -> Result<(Vec<Difference>, Files), Failure> {
    let run = run(root)?;
    run.generated.ok_or_else(|| Failure::Schema(diagnostic::render(&run.sources, &run.diagnostics, colour)))
}
