//! Typify on the same shapes, for comparison: without conditions, codes, outcomes, clients and servers.

use std::path::Path;

use serde_json::{Map, Value, json};
use typify_impl::{TypeSpace, TypeSpaceSettings};

use alipayplus_codegen::source::{self, Source};
use alipayplus_codegen::{SCHEMAS, names};

/// The schemas of a folder as one that typify takes, as text: all definitions under one root, each named after its file
/// too, and without the keywords that its schemars 0.8 does not know or that make it panic.
pub(super) fn schema(folder: &Path) -> Result<String, String> {
    let sources = source::read_folder(&folder.join(SCHEMAS), SCHEMAS).map_err(|error| error.to_string())?;
    let mut definitions = Map::new();
    for source in &sources {
        let mut root: Value =
            serde_json::from_str(&source.text).map_err(|error| format!("{}: {error}", source.path))?;
        let Some(Value::Object(own)) = root.get_mut("$defs").map(Value::take) else { continue };
        for (name, mut definition) in own {
            simplify(&mut definition, source);
            definitions.insert(full_name(source.stem(), &name), definition);
        }
    }
    Ok(json!({ "$schema": "http://json-schema.org/draft-07/schema#", "definitions": definitions }).to_string())
}

/// The generated text.
pub(super) fn generate(schema: &str) -> Result<String, String> {
    let root: schemars08::schema::RootSchema = serde_json::from_str(schema).map_err(|error| error.to_string())?;
    let mut space = TypeSpace::new(&TypeSpaceSettings::default());
    space.add_root_schema(root).map_err(|error| format!("typify: {error}"))?;
    let file = syn::parse2(space.to_stream()).map_err(|error| format!("typify's output: {error}"))?;
    Ok(prettyplease::unparse(&file))
}

fn full_name(file: &str, name: &str) -> String {
    format!("{}{}", names::variant(file), names::variant(name))
}

/// Takes out what typify can't read, and turns references to where [`schema`] puts the definitions.
fn simplify(value: &mut Value, file: &Source) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| name != "allOf" && !name.starts_with("x-"));
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some((other, name)) = reference.split_once("#/$defs/")
            {
                let other = other.strip_suffix(".json").unwrap_or(file.stem());
                *reference = format!("#/definitions/{}", full_name(other, name));
            }
            members.values_mut().for_each(|member| simplify(member, file));
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| simplify(element, file)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
