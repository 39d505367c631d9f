//! One `OpenAPI` 3.1 document for all operations that one side answers.

mod components;
mod operation;
mod protocol;

use std::collections::HashSet;

use super::docs::{plain, sentence};
use super::json::{Json, Map};
use crate::ir::{File, Operation, ServiceModel};
use crate::names;
use components::Components;

/// Returns the documents with their files' names: one, or one for each side if operations have several.
///
/// # Errors
/// If two operations of a side have the same method and path, or on another internal error of the generator.
pub fn documents(family: &ServiceModel, version: &str) -> Result<Vec<(String, String)>, String> {
    let all: Vec<_> = family.operations().collect();
    let sides = family.answering_sides();
    if sides.len() < 2 {
        return Ok(vec![("openapi.json".into(), document(family, &all, version)?)]);
    }
    let of = |side: &str| {
        let name = names::side(side).ok_or_else(|| format!("no document can be named after {side}"))?;
        let own: Vec<_> = all.iter().copied().filter(|(_, operation)| operation.server == side).collect();
        Ok((format!("openapi-{name}.json"), document(family, &own, version)?))
    };
    sides.into_iter().map(of).collect()
}

/// Returns a document of operations. Its version is that of the crates, which are released with it.
fn document(family: &ServiceModel, operations: &[(&File, &Operation)], version: &str) -> Result<String, String> {
    let components = Components::of(family, operations)?;
    let tags = distinct(operations.iter().map(|(_, operation)| &operation.server));
    let document = Map::new()
        .with("openapi", "3.1.1")
        .with("x-generated", "@generated from schema by `cargo xtask codegen`. Do not edit.")
        .with("info", info(family, operations, version, &components))
        .with("servers", protocol::servers())
        .with("security", protocol::security())
        .with("tags", tags.into_iter().map(tag).collect::<Json>())
        .with("paths", paths(family, operations, &components)?)
        .with("components", protocol::components().with("schemas", components.schemas(family)?));
    Ok(document.print())
}

fn info(family: &ServiceModel, operations: &[(&File, &Operation)], version: &str, components: &Components) -> Map {
    let parties = distinct(operations.iter().flat_map(|(_, operation)| [&operation.client, &operation.server]));
    let title = match parties.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("Operations between {} and {last}", first.join(", ")),
        _ => "Operations".into(),
    };
    let stray = family.files.iter().find_map(|file| Some(components.name(file, file.service.as_deref()?)));
    let stray = stray.map(|name| format!("\n\nA request for a path of no operation is answered with `{name}`."));
    let description = format!("{}{}", protocol::GENERAL, stray.unwrap_or_default());
    let license = Map::new().with("name", protocol::LICENSE).with("identifier", protocol::LICENSE);
    Map::new().with("title", title).with("version", version).with("description", description).with("license", license)
}

/// Returns texts in their order, each once.
fn distinct<'a>(all: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let mut distinct: Vec<&str> = Vec::new();
    for text in all {
        if !distinct.contains(&text.as_str()) {
            distinct.push(text);
        }
    }
    distinct
}

/// Operations are grouped by who answers them.
fn tag(server: &str) -> Map {
    Map::new().with("name", server).with("description", sentence(&format!("operations that {} answers", plain(server))))
}

/// Every path with its operations, one a method.
fn paths(family: &ServiceModel, operations: &[(&File, &Operation)], components: &Components) -> Result<Map, String> {
    let mut taken = HashSet::new();
    let mut paths: Vec<(&str, Map)> = Vec::new();
    for (file, operation) in operations {
        let Operation { name, method, path, .. } = operation;
        if !taken.insert((method, path)) {
            return Err(format!("`{name}` is not the only operation of {method} {path}"));
        }
        let item = operation::operation(family, file, operation, components)?;
        let item = Map::new().with(method.to_ascii_lowercase(), item);
        match paths.iter_mut().find(|(known, _)| known == path) {
            Some((_, known)) => *known = std::mem::take(known).and(item),
            None => paths.push((path, item)),
        }
    }
    Ok(paths.into_iter().collect())
}
