//! The violations of a message by an independent JSON Schema validator.

use std::collections::BTreeSet;

use alipayplus_runtime::message::DecodeError;
use alipayplus_runtime::violation::{Violation, ViolationKind};
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, JsonType, Registry, ValidationError, Validator};
use serde_json::{Value, json};

use crate::files::schema_files;

/// Returns the violations of a decoding error. JSON is never rejected without a violation.
#[track_caller]
pub(crate) fn violations(error: Option<&DecodeError>) -> &[Violation] {
    let violations = error.map_or(&[][..], DecodeError::violations);
    assert_eq!(error.is_some(), !violations.is_empty(), "rejected without a violation: {error:?}");
    violations
}

/// The validator of one definition, such as `inquiryPayment.json#/$defs/InquiryPaymentRequest`.
pub(crate) struct Oracle(Validator);

impl Oracle {
    pub(crate) fn of(definition: &str) -> Self {
        let mut registry = Registry::new();
        let files = schema_files();
        for file in files.values() {
            registry = registry.add(file["$id"].as_str().unwrap(), file).unwrap();
        }
        let registry = registry.prepare().unwrap();
        let (file, _) = definition.split_once('#').unwrap();
        let id = files[file]["$id"].as_str().unwrap();
        let schema = json!({ "$ref": format!("{}{definition}", id.strip_suffix(file).unwrap()) });
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        Self(options.with_registry(&registry).offline().build(&schema).unwrap())
    }

    /// Asserts that the model and the schema agree on validity and on every pointer, and returns the pointers. Comparisons
    /// of members are ignored, since JSON Schema has none.
    #[track_caller]
    pub(crate) fn agrees(
        &self,
        message: &Value,
        found: &[Violation],
        name: impl FnOnce() -> String,
    ) -> BTreeSet<String> {
        let is_in_schema = |violation: &&Violation| !matches!(violation.kind, ViolationKind::Compared { .. });
        let by_model: BTreeSet<String> =
            found.iter().filter(is_in_schema).map(|violation| violation.pointer.clone()).collect();
        let by_schema = self.pointers(message);
        assert_eq!(by_model, by_schema, "model (left) and schema (right) on {}:\n{message}", name());
        by_model
    }

    /// Returns the JSON Pointers of all violations; empty for a valid message.
    pub(crate) fn pointers(&self, message: &Value) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for error in self.0.iter_errors(message) {
            innermost(&error, &mut found);
        }
        assert_eq!(found.is_empty(), self.0.is_valid(message), "the validator contradicts itself: {message}");
        found
    }
}

/// Collects the pointers of an error: for a member that may be `null`, those of its other branch; for a missing member,
/// its own; for a choice between members, that of their object.
fn innermost(error: &ValidationError<'_>, found: &mut BTreeSet<String>) {
    let place = error.instance_path().as_str();
    match error.kind() {
        ValidationErrorKind::AnyOf { context } if context.iter().any(|branch| wants_null(branch, place)) => {
            for error in context.iter().filter(|branch| !wants_null(branch, place)).flatten() {
                innermost(error, found);
            }
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap().replace('~', "~0").replace('/', "~1");
            found.insert(format!("{place}/{name}"));
        }
        _ => {
            found.insert(place.to_owned());
        }
    }
}

/// Returns whether a branch allows only `null` at the place itself, not at a nested one.
fn wants_null(branch: &[ValidationError<'_>], place: &str) -> bool {
    let null = |error: &ValidationError<'_>| {
        matches!(error.kind(), ValidationErrorKind::Type { kind: TypeKind::Single(JsonType::Null) })
            && error.instance_path().as_str() == place
    };
    !branch.is_empty() && branch.iter().all(null)
}
