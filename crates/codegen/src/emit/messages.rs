//! Messages of an operation as test data for a reader in any language.

use super::json::{Json, Map};
use crate::ir::{File, Operation, ServiceModel};
use crate::sample::{self, Ending, Invalid, Samples, Valid};

/// Returns the file of an operation.
#[must_use]
pub fn file(family: &ServiceModel, file: &File, operation: &Operation) -> String {
    let request = sample::request(family, file, operation);
    let response = sample::response(family, file, operation);
    Map::new()
        .with("operation", &operation.name)
        .with("server", &operation.server)
        .with("about", about(file, operation))
        .with("request", samples(family, file, &operation.request, request))
        .with("response", samples(family, file, &operation.response, response))
        .print()
}

fn about(file: &File, operation: &Operation) -> Vec<String> {
    vec![
        format!(
            "@generated from {} by `cargo xtask codegen`. Do not edit. Test data for both sides of `{}`, in any language.",
            file.source, operation.name
        ),
        "`valid`: messages that a reader takes. In a response, `outcome` is the named outcome that its reader learns; \
         `refused` and `trouble` stand for a refusal and for trouble with this code, and `notUnderstood` for a success \
         that is none, since the member at this JSON Pointer is not understood."
            .into(),
        "`invalid`: messages that a reader refuses. `rule` is the rule that each breaks, and `at` the place as a JSON \
         Pointer: of a member that is missing, where it would stand. \"schema\": \"valid\" marks a rule that no JSON \
         Schema can say: its validator takes the message, and a reader refuses it all the same."
            .into(),
        "Each message is there because of its `name`. All else in it is made up: no text in it means anything.".into(),
    ]
}

fn samples(family: &ServiceModel, file: &File, object: &str, samples: Samples) -> Map {
    let ty = sample::own_type(file, object);
    let message = |value| Json::typed(family, &ty, value);
    let valid = |it: Valid| {
        let named = Map::new().with("name", it.name);
        named.and(it.ending.into_iter().map(ending).collect()).with("message", message(it.message))
    };
    let invalid = |it: Invalid| {
        let named = Map::new().with("name", it.name).with("rule", it.rule).with("at", it.pointer);
        named.maybe("schema", (!it.in_schema).then_some("valid")).with("message", message(it.message))
    };
    Map::new()
        .with("valid", samples.valid.into_iter().map(valid).collect::<Json>())
        .with("invalid", samples.invalid.into_iter().map(invalid).collect::<Json>())
}

fn ending(ending: Ending) -> (&'static str, String) {
    match ending {
        Ending::Outcome(name) => ("outcome", name),
        Ending::Refused(code) => ("refused", code),
        Ending::Trouble(code) => ("trouble", code),
        Ending::UnlistedCode(pointer) => ("notUnderstood", pointer),
    }
}
