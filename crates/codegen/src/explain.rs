//! Explains each kind of diagnostic from its fixture: a text, and schemas that have it.
//!
//! A fixture is a list of cases, each a few edits of one small family of schemas. The first case is the example of the
//! page; all of them are tests.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::diagnostic::{self, DiagnosticCode};
use super::disk::{self, FileError};
use super::source::{self, SCHEMAS, Source};
use super::{lower, parallel};

/// Where the fixtures lie, from the project's root.
pub const FIXTURES: &str = "crates/codegen/diagnostics";

/// The page of all diagnostics, from the project's root.
pub const PAGE: &str = "docs/diagnostics.md";

/// What a kind of diagnostic means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    /// A few words.
    pub title: String,
    /// A paragraph: what it means, and why it is wrong.
    pub about: String,
    /// Schemas that have it.
    pub cases: Vec<Case>,
}

/// Edits after which the base has the diagnostic.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The edits.
    pub edits: Vec<Edit>,
    /// Codes of other diagnostics that these edits cause too.
    #[serde(default)]
    pub with: Vec<String>,
}

/// An edit of one file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The file's name.
    pub file: String,
    /// A text that the file has once. Without it, the edit is about the whole file.
    #[serde(default, deserialize_with = "lines")]
    pub right: Option<String>,
    /// The text that replaces it.
    #[serde(default, deserialize_with = "lines")]
    pub wrong: Option<String>,
    /// Another name for the file.
    pub renamed: Option<String>,
}

/// Returns a text, or its lines in a list.
fn lines<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let whole = match Value::deserialize(deserializer)? {
        Value::Array(lines) => lines.iter().map(text).collect::<Option<Vec<_>>>().map(|lines| lines.join("\n")),
        value => text(&value),
    };
    whole.map(Some).ok_or_else(|| serde::de::Error::custom("a text or a list of lines"))
}

/// All fixtures, and the family that they are edits of.
#[derive(Debug)]
pub struct Fixtures {
    /// The family, without errors.
    pub base: Vec<Source>,
    /// One fixture per code, in the order of the codes.
    pub all: Vec<(DiagnosticCode, Fixture)>,
}

impl Fixtures {
    /// Reads the fixtures of a project.
    ///
    /// # Errors
    /// If a file can't be read or is not a fixture.
    pub fn read(root: &Path) -> Result<Self, FileError> {
        let folder = root.join(FIXTURES);
        let base = source::read_folder(&folder.join("base"), SCHEMAS)?;
        let mut all = Vec::new();
        for code in DiagnosticCode::ALL {
            let path = folder.join(format!("{}.json", code.as_str()));
            match disk::read(&path) {
                Ok(bytes) => all.push((*code, parse(&bytes).map_err(|error| FileError::new(&path, error.into()))?)),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self { base, all })
    }

    /// Returns what a kind means; `None` where it has no fixture.
    ///
    /// # Errors
    /// If its edits do not apply to the base.
    pub fn explain(&self, code: DiagnosticCode) -> Result<Option<String>, String> {
        let fixture = self.all.iter().find(|(known, _)| *known == code).map(|(_, fixture)| fixture);
        fixture.map(|fixture| Ok(format!("# {}", self.section(code, fixture)?))).transpose()
    }

    /// Returns the page of all kinds.
    ///
    /// # Errors
    /// If the edits of a fixture do not apply to the base.
    pub fn page(&self) -> Result<String, String> {
        let mut page = HEAD.to_owned();
        for (code, fixture) in &self.all {
            let (name, title) = (code.as_str(), &fixture.title);
            let _ = write!(page, "\n| [{name}](#{}) | {title} |", anchor(&format!("{name}: {title}")));
        }
        let sections = parallel::map(&self.all, |(code, fixture)| self.section(*code, fixture));
        let mut group = "";
        for ((code, _), section) in self.all.iter().zip(sections) {
            if code.group() != group {
                group = code.group();
                let _ = write!(page, "\n\n## {group}");
            }
            let _ = write!(page, "\n\n### {}", section?.trim_end());
        }
        Ok(page + "\n")
    }

    fn section(&self, code: DiagnosticCode, fixture: &Fixture) -> Result<String, String> {
        let at = |error| format!("{}: {error}", code.as_str());
        let case = fixture.cases.first().ok_or_else(|| at("no case".into()))?;
        let sources = case.sources(&self.base).map_err(at)?;
        let (_, all) = lower::check(&sources);
        let about = textwrap::fill(&fixture.about, WIDTH);
        let mut text = format!("{}: {}\n\n{about}\n", code.as_str(), fixture.title);
        for edit in &case.edits {
            let (wrong, _) = edit.excerpts(&self.base).map_err(at)?;
            let file = edit.renamed.as_ref().unwrap_or(&edit.file);
            let _ = write!(text, "\nWrong, in `{SCHEMAS}/{file}`:\n\n```json\n{wrong}\n```\n");
        }
        let _ = write!(text, "\n```text\n{}```\n", diagnostic::render(&sources, &all, false));
        for edit in &case.edits {
            let (_, right) = edit.excerpts(&self.base).map_err(at)?;
            let _ = write!(text, "\nRight, in `{SCHEMAS}/{}`:\n\n```json\n{right}\n```\n", edit.file);
        }
        Ok(text)
    }
}

fn parse(bytes: &[u8]) -> serde_json::Result<Fixture> {
    serde_json::from_slice(bytes)
}

const HEAD: &str = "\
<!-- @generated from crates/codegen/diagnostics by `cargo xtask codegen`. Do not edit. -->

# Diagnostics

What `cargo xtask codegen` reports about schemas. `cargo xtask explain E0203` prints the section of one code.

One run reports every error of every file, in the order of their positions, each with what to write instead. If two
places contradict each other, both are underlined. Warnings are shown only when there is no error, since a mistake can
look like one, and do not stop the generator. `--format json` prints the same for programs. A code keeps its meaning.

The examples are edits of one small family of schemas, `crates/codegen/diagnostics/base/`.

| code | meaning |
|---|---|";

/// How wide a paragraph is.
const WIDTH: usize = 120;

/// The number of lines that are shown for a whole file.
const LINES: usize = 5;

/// Returns the anchor that markdown renderers create for a heading.
fn anchor(heading: &str) -> String {
    let keep = |c: char| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c.to_ascii_lowercase()),
        _ => None,
    };
    heading.chars().filter_map(keep).collect()
}

impl Case {
    /// Returns the base with the edits.
    ///
    /// # Errors
    /// An edit does not fit.
    pub fn sources(&self, base: &[Source]) -> Result<Vec<Source>, String> {
        let mut sources = base.to_vec();
        for edit in &self.edits {
            let file = edit.in_file(&mut sources)?;
            if let Some(wrong) = &edit.wrong {
                let start = edit.start(file)?;
                let end = start + edit.right.as_ref().map_or(file.text.len(), String::len);
                file.text.replace_range(start..end, wrong);
            }
            if let Some(renamed) = &edit.renamed {
                file.path = format!("{SCHEMAS}/{renamed}");
            }
        }
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(sources)
    }
}

impl Edit {
    fn in_file<'s>(&self, sources: &'s mut [Source]) -> Result<&'s mut Source, String> {
        let file = sources.iter_mut().find(|source| source.name() == self.file);
        file.ok_or_else(|| format!("the base has no file `{}`", self.file))
    }

    /// Returns the position of the right text.
    fn start(&self, file: &Source) -> Result<usize, String> {
        let Some(right) = &self.right else { return Ok(0) };
        let mut found = file.text.match_indices(right.as_str());
        match (found.next(), found.next()) {
            (Some((start, _)), None) => Ok(start),
            (None, _) => Err(format!("{} has no `{right}`", self.file)),
            (Some(_), Some(_)) => Err(format!("{} has `{right}` more than once", self.file)),
        }
    }

    /// Returns the lines of the edit, wrong and right.
    fn excerpts(&self, base: &[Source]) -> Result<(String, String), String> {
        let mut sources = base.to_vec();
        let file = self.in_file(&mut sources)?;
        let start = self.start(file)?;
        let wrong = self.wrong.as_deref().unwrap_or_default();
        let Some(right) = self.right.as_deref() else {
            let first: Vec<&str> = file.text.lines().take(LINES).chain(["…"]).collect();
            return Ok((wrong.to_owned(), first.join("\n")));
        };
        let right_lines = excerpt(&file.text, start, start + right.len());
        file.text.replace_range(start..start + right.len(), wrong);
        Ok((excerpt(&file.text, start, start + wrong.len()), right_lines))
    }
}

/// Returns the whole lines around a piece of a text, without what all of them are indented by.
fn excerpt(text: &str, start: usize, end: usize) -> String {
    let start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[end..].find('\n').map_or(text.len(), |at| end + at);
    let lines: Vec<&str> = text[start..end].lines().collect();
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let least = lines.iter().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or_default();
    lines.iter().map(|line| line.get(least..).unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Returns the page of all diagnostics, and where it lies.
///
/// # Errors
/// If a fixture can't be read or does not apply to the base.
pub fn page(root: &Path) -> Result<(PathBuf, String), FileError> {
    let unfit = |error: String| FileError::new(&root.join(FIXTURES), io::Error::other(error));
    let page = Fixtures::read(root)?.page().map_err(unfit)?;
    Ok((PathBuf::from(PAGE), page))
}
