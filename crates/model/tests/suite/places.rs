//! The places of a message that its schema names, read from the schema alone.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::SCHEMA;
use crate::files::schema_files;
use crate::names::Names;

/// A member that the schema names, or an element of a list, with all the keywords that hold for it.
#[derive(Debug)]
pub(crate) struct Place {
    /// As a JSON Pointer from the message down.
    pub(crate) pointer: String,
    /// The keywords of its definition and, behind a `$ref`, of what that refers to.
    pub(crate) keywords: Map<String, Value>,
    /// Rows of the code table of the object that it stands in: code and status.
    pub(crate) table: Vec<(String, String)>,
}

impl Place {
    pub(crate) fn is_object(&self) -> bool {
        self.keywords["type"] == "object"
    }
}

/// Every place of a definition in the order of the schema, an object's before those inside it. Of a list, the first
/// element stands for all.
pub(crate) fn places(definition: &str) -> Vec<Place> {
    let files = schema_files();
    let names = |name: &String| Names::of(&std::fs::read(Path::new(SCHEMA).join(name)).unwrap());
    let names = files.keys().map(|name| (name.clone(), names(name))).collect();
    let mut found = Vec::new();
    Walk { files, names }.object(&Definition::of("", definition), "", &mut found);
    found
}

struct Walk {
    files: BTreeMap<String, Value>,
    names: BTreeMap<String, Names>,
}

/// Where a schema stands: the file, and the pointer inside of it.
struct Definition {
    file: String,
    pointer: String,
}

impl Definition {
    /// What a reference in a file refers to.
    fn of(file: &str, reference: &str) -> Self {
        let (to, pointer) = reference.split_once('#').unwrap();
        let to = if to.is_empty() { file } else { to };
        Self { file: to.to_owned(), pointer: pointer.to_owned() }
    }
}

impl Walk {
    fn object(&self, definition: &Definition, place: &str, found: &mut Vec<Place>) {
        let (last, keywords) = self.resolved(definition);
        let rows = keywords.get("x-codes").and_then(Value::as_array).into_iter().flatten();
        let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
        let table: Vec<_> = rows.map(|row| (text(row, "code"), text(row, "status"))).collect();
        for name in self.names[&last.file].inside(&format!("{}/properties", last.pointer)) {
            let member = &keywords["properties"][&name];
            let branches = member["anyOf"].as_array();
            let of = branches.map_or(member, |all| all.iter().find(|branch| branch["type"] != "null").unwrap());
            let of = Definition::of(&last.file, of["$ref"].as_str().unwrap());
            self.place(&of, &format!("{place}/{name}"), &table, found);
        }
    }

    /// A member or an element, and what is inside it.
    fn place(&self, of: &Definition, pointer: &str, table: &[(String, String)], found: &mut Vec<Place>) {
        let (last, keywords) = self.resolved(of);
        let item = keywords.get("items").map(|items| Definition::of(&last.file, items["$ref"].as_str().unwrap()));
        found.push(Place { pointer: pointer.to_owned(), keywords, table: table.to_vec() });
        match item {
            Some(item) => self.place(&item, &format!("{pointer}/0"), &[], found),
            None => self.object(of, pointer, found),
        }
    }

    /// The keywords of a definition and of all that it refers to, and the last of those.
    fn resolved(&self, definition: &Definition) -> (Definition, Map<String, Value>) {
        let Definition { file, pointer } = definition;
        let mut own = self.files[file].pointer(pointer).unwrap().as_object().unwrap().clone();
        let Some(reference) = own.remove("$ref") else {
            return (Definition { file: file.clone(), pointer: pointer.clone() }, own);
        };
        let (last, mut all) = self.resolved(&Definition::of(file, reference.as_str().unwrap()));
        all.append(&mut own);
        (last, all)
    }
}
