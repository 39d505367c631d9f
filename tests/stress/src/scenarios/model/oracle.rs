//! What the schema says of a message, by a validator that knows nothing of the model.

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

    /// The places of all that is wrong, as JSON Pointers; none for a valid message.
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

/// A member that may be `null` is wrong where its other branch is; a member that is missing, where it would stand; a
/// choice between members, where their object is.
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

/// Whether a branch says that nothing is at the place; not that something further down must not be there.
fn wants_null(branch: &[ValidationError<'_>], place: &str) -> bool {
    let null = |error: &ValidationError<'_>| {
        matches!(error.kind(), ValidationErrorKind::Type { kind: TypeKind::Single(JsonType::Null) })
            && error.instance_path().as_str() == place
    };
    !branch.is_empty() && branch.iter().all(null)
}
