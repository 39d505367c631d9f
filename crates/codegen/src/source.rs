//! Schema files as text with positions.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::diagnostic::{Diagnostic, Faults, Id, Place};
use super::disk::{self, FileError};

/// A schema file.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as messages and generated files name it, such as `schema/common.json`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// Stands for bytes that are no UTF-8. A schema has it only if its encoding is wrong.
const REPLACEMENT: char = '\u{FFFD}';

impl Source {
    /// Decodes the bytes of a file.
    ///
    /// Skips a byte order mark and reads CRLF as LF, so that a schema means the same on every system. What is no UTF-8
    /// becomes U+FFFD, which [`read`] reports.
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

    /// The file's name without folder and ending.
    #[must_use]
    pub fn stem(&self) -> &str {
        self.name().strip_suffix(".json").unwrap_or(self.name())
    }

    /// The file's name.
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

/// A JSON value with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it stands.
    pub place: Place,
    /// What stands there.
    pub json: Json,
}

/// JSON with a place at every value and name.
#[derive(Clone, Debug)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as its text.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<Node>),
    /// An object, its members in the file's order.
    Object(Vec<(Name, Node)>),
}

/// A member's name with its place.
#[derive(Clone, Debug)]
pub struct Name {
    /// Where it stands.
    pub place: Place,
    /// The name.
    pub text: String,
}

impl Node {
    /// The member of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.members().iter().find(|(key, _)| key.text == name).map(|(_, value)| value)
    }

    /// The members; none if this is no object.
    #[must_use]
    pub fn members(&self) -> &[(Name, Node)] {
        if let Json::Object(members) = &self.json { members } else { &[] }
    }

    /// The elements; none if this is no array.
    #[must_use]
    pub fn elements(&self) -> &[Node] {
        if let Json::Array(elements) = &self.json { elements } else { &[] }
    }

    /// The text, if this is a string.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Json::Text(text) = &self.json { Some(text) } else { None }
    }

    /// What this is, in words.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.json {
            Json::Null => "null",
            Json::Bool(_) => "a boolean",
            Json::Number(_) => "a number",
            Json::Text(_) => "a string",
            Json::Array(_) => "an array",
            Json::Object(_) => "an object",
        }
    }

    /// Where the value of a keyword stands, or this itself where it has none.
    #[must_use]
    pub fn at(&self, keyword: &str) -> &Place {
        self.get(keyword).map_or(&self.place, |it| &it.place)
    }

    /// Where a member refers to its definition.
    #[must_use]
    pub fn reference(&self) -> &Place {
        self.get("$ref").or_else(|| self.get("anyOf")).map_or(&self.place, |it| &it.place)
    }

    /// The first byte: what is missing from an object is missing there.
    #[must_use]
    pub fn head(&self) -> Place {
        self.place.head()
    }

    /// The same JSON without places.
    #[must_use]
    pub fn plain(&self) -> serde_json::Value {
        match &self.json {
            Json::Null => serde_json::Value::Null,
            Json::Bool(value) => (*value).into(),
            Json::Number(text) => serde_json::from_str(text).unwrap_or_default(),
            Json::Text(text) => text.as_str().into(),
            Json::Array(elements) => elements.iter().map(Self::plain).collect(),
            Json::Object(members) => members.iter().map(|(name, value)| (name.text.clone(), value.plain())).collect(),
        }
    }
}

/// Parses a file as strict JSON.
///
/// # Errors
/// The fault of its syntax, or every name that stands twice in one object.
pub fn parse(source: &Source, file: usize) -> Result<Node, Vec<Diagnostic>> {
    let mut faults = Faults::default();
    match read(source, file, &mut faults) {
        Some(node) if faults.count() == 0 => Ok(node),
        _ => Err(faults.into_all()),
    }
}

/// Parses a file as strict JSON. Of a name that stands twice in one object, the first is kept.
pub fn read(source: &Source, file: usize, faults: &mut Faults) -> Option<Node> {
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let place = |range| Place { file, range };
    if let Some((start, odd)) = source.text.char_indices().find(|(_, it)| matches!(*it, REPLACEMENT | '\0')) {
        let name = source.name();
        let help = "save the file as UTF-8";
        faults.report(Id::E0011, &place(start..start + odd.len_utf8()), format!("`{name}` is not UTF-8 text"), help);
        return None;
    }
    match parse_to_ast(&source.text, &CollectOptions::default(), &strict) {
        Ok(parsed) if parsed.value.is_some() => parsed.value.map(|value| convert(&value, file, faults)),
        Ok(_) => {
            let help = "start from the example to copy in schema/README.md";
            faults.report(Id::E0002, &place(0..0), "the file is empty", help);
            None
        }
        Err(error) => {
            let range = error.range().start..error.range().end;
            faults.report(Id::E0001, &place(range), format!("not JSON: {}", error.kind()), "a schema is strict JSON");
            None
        }
    }
}

fn convert(value: &Value<'_>, file: usize, faults: &mut Faults) -> Node {
    let place = |range: jsonc_parser::common::Range| Place { file, range: range.start..range.end };
    match value {
        Value::StringLit(it) => Node { place: place(it.range), json: Json::Text(it.value.to_string()) },
        Value::NumberLit(it) => Node { place: place(it.range), json: Json::Number(it.value.to_owned()) },
        Value::BooleanLit(it) => Node { place: place(it.range), json: Json::Bool(it.value) },
        Value::NullKeyword(it) => Node { place: place(it.range), json: Json::Null },
        Value::Array(it) => {
            let elements = it.elements.iter().map(|element| convert(element, file, faults)).collect();
            Node { place: place(it.range), json: Json::Array(elements) }
        }
        Value::Object(it) => {
            let mut members: Vec<(Name, Node)> = Vec::new();
            for property in &it.properties {
                let (text, range) = match &property.name {
                    ObjectPropName::String(name) => (name.value.to_string(), name.range),
                    ObjectPropName::Word(name) => (name.value.to_owned(), name.range),
                };
                let name = Name { place: place(range), text };
                let node = convert(&property.value, file, faults);
                if let Some((first, _)) = members.iter().find(|(known, _)| known.text == name.text) {
                    let title = format!("`{}` stands twice in this object", name.text);
                    let fault = faults.report(Id::E0003, &name.place, title, "keep one of the two");
                    fault.also(&first.place, "the first");
                } else {
                    members.push((name, node));
                }
            }
            Node { place: place(it.range), json: Json::Object(members) }
        }
    }
}

/// Where a byte of a file stands, as an editor counts: line and column from 1.
#[must_use]
pub fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at.min(text.len())];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |tail| tail.chars().count()) + 1;
    (line, column)
}
