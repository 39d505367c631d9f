//! The schema files and the data files of the tests.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::SCHEMA;

/// The profile, which does not define messages.
pub(crate) const PROFILE: &str = "profile.json";

/// Reads a JSON file.
pub(crate) fn json_file(path: impl AsRef<Path>) -> Value {
    let path = path.as_ref();
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads every schema file except for the profile, by name.
pub(crate) fn schema_files() -> BTreeMap<String, Value> {
    let names = std::fs::read_dir(SCHEMA).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeMap<_, _> = names
        .filter(|name| Path::new(name).extension().is_some_and(|it| it == "json") && name != PROFILE)
        .map(|name| (name.clone(), json_file(Path::new(SCHEMA).join(name))))
        .collect();
    assert!(files.len() >= 2, "schema files in {SCHEMA}");
    files
}
