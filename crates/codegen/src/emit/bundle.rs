//! One JSON Schema per message, without references: for validators that don't have the other files.

use super::json::Map;
use super::json_schema::Schemas;
use super::stem;
use crate::ir::{File, Object, ServiceModel};
use crate::names;

/// Returns a bundled schema for each message: the file's name, and what it holds.
///
/// # Errors
/// On an internal error of the generator.
pub fn files(family: &ServiceModel) -> Result<Vec<(String, String)>, String> {
    let mut all = Vec::new();
    for file in &family.files {
        let messages = file.operation.iter().flat_map(|operation| {
            // By the file, since an operation that another side answers may have the same name.
            let message = |role: &str, name: &str| (stem(file).to_owned(), role.to_owned(), name.to_owned());
            [message("request", &operation.request), message("response", &operation.response)]
        });
        // What answers no operation is named after its file and its definition, which may have the name of a role.
        let is_role = |name: &str| file.operation.is_some() && ["request", "response"].contains(&name);
        let role = |name: &String| if is_role(name) { format!("service_{name}") } else { name.clone() };
        let service = file.service.iter().map(|name| (file.module.clone(), role(name), name.clone()));
        for (of, role, definition) in messages.chain(service) {
            let object = file.object(&definition).ok_or_else(|| format!("nothing defines {definition}"))?;
            let schema = schema(family, file, object, &role, &format!("{of} {role}"))?;
            all.push((format!("{}.{}.json", names::plain(&of), names::plain(&role)), schema.print()));
        }
    }
    Ok(all)
}

fn schema(family: &ServiceModel, file: &File, object: &Object, role: &str, title: &str) -> Result<Map, String> {
    let head = Map::new()
        .with("$schema", "https://json-schema.org/draft/2020-12/schema")
        .with("$id", id(file, role))
        .with("$comment", format!("@generated from {} by `cargo xtask codegen`. Do not edit.", file.source))
        .with("title", title);
    Ok(head.and(Schemas::bundled(family).object(object)?.whole()))
}

/// Returns an address beside that of the schema file.
fn id(file: &File, role: &str) -> String {
    let stem = file.id.strip_suffix(".json").unwrap_or(&file.id);
    format!("{stem}.{}.json", names::plain(role))
}
