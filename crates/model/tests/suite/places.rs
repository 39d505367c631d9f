//! The places of a message, read from its schema.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::SCHEMA;
use crate::files::schema_files;
use crate::names::Names;

/// A member or an element of a list, with all keywords that apply to it.
#[derive(Debug)]
pub(crate) struct Place {
    /// The JSON Pointer from the message.
    pub(crate) pointer: String,
    /// The keywords of its definition and of the definitions that it refers to.
    pub(crate) keywords: Map<String, Value>,
    /// The code table of the object that contains it: code and status of each row.
    pub(crate) table: Vec<(String, String)>,
}

impl Place {
    pub(crate) fn is_object(&self) -> bool {
        self.keywords["type"] == "object"
    }
}

/// Returns every place of a definition in the order of the schema; that of an object comes before those of its members. A
/// list has one place for its first element.
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

/// The location of a definition: the file and the pointer within it.
struct Definition {
    file: String,
    pointer: String,
}

impl Definition {
    /// Resolves a reference in a file.
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

    /// Adds a member or an element, and the places within it.
    fn place(&self, of: &Definition, pointer: &str, table: &[(String, String)], found: &mut Vec<Place>) {
        let (last, keywords) = self.resolved(of);
        let item = keywords.get("items").map(|items| Definition::of(&last.file, items["$ref"].as_str().unwrap()));
        found.push(Place { pointer: pointer.to_owned(), keywords, table: table.to_vec() });
        match item {
            Some(item) => self.place(&item, &format!("{pointer}/0"), &[], found),
            None => self.object(of, pointer, found),
        }
    }

    /// Returns the last definition of a chain of references, and the keywords of all of them.
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
