//! Makes types by typify from the components of an `OpenAPI` document, and a function that decodes a message by name.

use std::path::Path;
use std::{env, fs};

use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (document, made, out) = (env::var("JUDGE_DOCUMENT")?, env::var("JUDGE_MODELS")?, env::var("OUT_DIR")?);
    for name in ["JUDGE_DOCUMENT", "JUDGE_MODELS"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    println!("cargo::rerun-if-changed={document}");
    println!("cargo::rerun-if-changed={made}");
    let document: Value = serde_json::from_str(&fs::read_to_string(document)?)?;
    let components = &document["components"]["schemas"];
    let text = components.to_string().replace("#/components/schemas/", "#/definitions/");
    let definitions: Value = serde_json::from_str(&text)?;
    let mut types = typify::TypeSpace::new(&typify::TypeSpaceSettings::default());
    types.add_root_schema(serde_json::from_value(json!({ "definitions": definitions }))?)?;
    fs::write(Path::new(&out).join("typify.rs"), prettyplease::unparse(&syn::parse2(types.to_stream())?))?;

    // A message without members has no type of openapi-generator's.
    let mut functions = String::new();
    let models = fs::read_to_string(&made)?;
    for (function, module) in [("by_typify", "typified"), ("by_openapi_generator", "models")] {
        functions.push_str(&format!("pub fn {function}(name: &str, text: &str) -> Option<bool> {{\nmatch name {{\n"));
        for name in components.as_object().into_iter().flatten().map(|(name, _)| name) {
            let is_message = ["Request", "Response"].iter().any(|role| name.ends_with(role)) && !name.contains('_');
            if is_message && (module == "typified" || models.contains(&format!("::{name};"))) {
                functions.push_str(&format!(
                    "{name:?} => Some(serde_json::from_str::<crate::{module}::{name}>(text).is_ok()),\n"
                ));
            }
        }
        functions.push_str("_ => None,\n}\n}\n");
    }
    fs::write(Path::new(&out).join("judges.rs"), functions)?;
    let module = format!("#[path = {made:?}]\npub mod models;\n");
    fs::write(Path::new(&out).join("models.rs"), module)?;
    Ok(())
}
