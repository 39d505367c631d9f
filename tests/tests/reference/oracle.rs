//! What the schemas say of a message, by a validator that knows nothing of the generator.

use std::collections::BTreeSet;

use alipayplus_codegen::source::Source;
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, Registry, ValidationError, Validator};
use serde_json::{Value, json};

/// The schema files of a family, each under its name.
pub(crate) struct Oracle(Vec<(String, Value)>);

impl Oracle {
    pub(crate) fn of(sources: &[Source]) -> Self {
        let file = |source: &Source| {
            let mut file: Value = serde_json::from_str(&source.text).unwrap();
            // Files of one folder refer to each other by their names, wherever they say that they lie.
            file.as_object_mut().unwrap().remove("$id");
            (format!("https://family.example/{}", source.name()), file)
        };
        Self(sources.iter().map(file).collect())
    }

    /// The validator of a definition of a file.
    pub(crate) fn definition(&self, file: &str, name: &str) -> Validator {
        let mut registry = Registry::new();
        for (address, file) in &self.0 {
            registry = registry.add(address, file).unwrap();
        }
        let registry = registry.prepare().unwrap();
        let schema = json!({ "$ref": format!("https://family.example/{file}#/$defs/{name}") });
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        options.with_registry(&registry).offline().build(&schema).unwrap()
    }
}

/// The places of all that is wrong: those of the validator, and where a missing member would stand.
pub(crate) fn pointers(validator: &Validator, message: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for error in validator.iter_errors(message) {
        collect(&error, &mut found);
    }
    assert_eq!(found.is_empty(), validator.is_valid(message), "the validator is of one mind: {message}");
    found
}

fn collect(error: &ValidationError<'_>, found: &mut BTreeSet<String>) {
    let place = error.instance_path().as_str();
    match error.kind() {
        ValidationErrorKind::AnyOf { context } => {
            found.insert(place.to_owned());
            context.iter().flatten().for_each(|error| collect(error, found));
        }
        ValidationErrorKind::Required { property } => {
            found.insert(format!("{place}/{}", property.as_str().unwrap()));
        }
        _ => drop(found.insert(place.to_owned())),
    }
}
