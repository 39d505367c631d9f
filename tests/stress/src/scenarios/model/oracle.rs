//! The verdict of a JSON Schema validator, independent of the model.

use std::collections::BTreeSet;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, JsonType, Registry, ValidationError, Validator};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::repository;

const SCHEMAS: [&str; 2] = ["schema/inquiryPayment.json", "schema/common.json"];

/// The validator of one definition.
pub(super) struct Oracle(Validator);

impl Oracle {
    pub(super) fn of(definition: &str) -> Result<Self, Failure> {
        let [schema, common] = SCHEMAS.map(repository::text);
        let files: [Value; 2] = [serde_json::from_str(&schema?)?, serde_json::from_str(&common?)?];
        let mut registry = Registry::new();
        for file in &files {
            registry = registry.add(file["$id"].as_str().unwrap_or_default(), file)?;
        }
        let registry = registry.prepare()?;
        let id = files[0]["$id"].as_str().unwrap_or_default();
        let schema = json!({ "$ref": format!("{id}#/$defs/{definition}") });
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        Ok(Self(options.with_registry(&registry).offline().build(&schema)?))
    }

    /// Returns the JSON Pointers of all violations; empty for a valid message.
    pub(super) fn pointers(&self, message: &Value) -> Result<BTreeSet<String>, Failure> {
        let mut found = BTreeSet::new();
        for error in self.0.iter_errors(message) {
            innermost(&error, &mut found);
        }
        if found.is_empty() == self.0.is_valid(message) {
            return Ok(found);
        }
        Err(format!("the validator is not of one mind: {message}").into())
    }
}

/// A violation of a nullable member is at its other branch; of a missing member, at its pointer; of a
/// choice between members, at their object.
fn innermost(error: &ValidationError<'_>, found: &mut BTreeSet<String>) {
    let place = error.instance_path().as_str();
    match error.kind() {
        ValidationErrorKind::AnyOf { context } if context.iter().any(|branch| wants_null(branch, place)) => {
            for error in context.iter().filter(|branch| !wants_null(branch, place)).flatten() {
                innermost(error, found);
            }
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default().replace('~', "~0").replace('/', "~1");
            found.insert(format!("{place}/{name}"));
        }
        _ => {
            found.insert(place.to_owned());
        }
    }
}

/// Returns whether a branch requires the value itself to be absent, not something inside it.
fn wants_null(branch: &[ValidationError<'_>], place: &str) -> bool {
    let null = |error: &ValidationError<'_>| {
        matches!(error.kind(), ValidationErrorKind::Type { kind: TypeKind::Single(JsonType::Null) })
            && error.instance_path().as_str() == place
    };
    !branch.is_empty() && branch.iter().all(null)
}
