//! One `OpenAPI` 3.1 document for all operations of a family.

mod components;
mod operation;
mod protocol;

use std::collections::HashSet;

use super::json::Map;
use crate::ir::{Operation, ServiceModel};
use components::Components;

/// Returns the document. Its version is that of the crates, which are released with it.
///
/// # Errors
/// If two operations have the same method and path, or on another internal error of the generator.
pub fn document(family: &ServiceModel, version: &str) -> Result<String, String> {
    let components = Components::of(family)?;
    let document = Map::new()
        .with("openapi", "3.1.1")
        .with("x-generated", "@generated from schema by `cargo xtask codegen`. Do not edit.")
        .with("info", info(family, version, &components))
        .with("paths", paths(family, &components)?)
        .with("components", protocol::components().with("schemas", components.schemas(family)?));
    Ok(document.print())
}

fn info(family: &ServiceModel, version: &str, components: &Components) -> Map {
    let mut parties: Vec<&str> = Vec::new();
    for (_, operation) in family.operations() {
        for party in [&operation.client, &operation.server] {
            if !parties.contains(&party.as_str()) {
                parties.push(party);
            }
        }
    }
    let title = match parties.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("Operations between {} and {last}", first.join(", ")),
        _ => "Operations".into(),
    };
    let stray = family.files.iter().find_map(|file| Some(components.name(file, file.service.as_deref()?)));
    let stray = stray.map(|name| format!("\n\nA request for a path of no operation is answered with `{name}`."));
    let description = format!("{}{}", protocol::GENERAL, stray.unwrap_or_default());
    Map::new().with("title", title).with("version", version).with("description", description)
}

/// Every path with its operations, one a method.
fn paths(family: &ServiceModel, components: &Components) -> Result<Map, String> {
    let mut taken = HashSet::new();
    let mut paths: Vec<(&str, Map)> = Vec::new();
    for (file, operation) in family.operations() {
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
