//! Messages of an operation as test data for a reader in any language.

use super::json::Json;
use crate::codegen::ir::{Family, File, Operation};
use crate::codegen::sample::{self, Ending, Invalid, Samples, Valid};

/// The file of an operation.
#[must_use]
pub fn file(family: &Family, file: &File, operation: &Operation) -> String {
    let request = sample::request(family, file, operation);
    let response = sample::response(family, file, operation);
    let all = Json::object([
        ("operation", Json::text(&operation.name)),
        ("about", about(file, operation)),
        ("request", samples(family, file, &operation.request, &request)),
        ("response", samples(family, file, &operation.response, &response)),
    ]);
    format!("{}\n", all.print())
}

fn about(file: &File, operation: &Operation) -> Json {
    let lines = [
        format!(
            "@generated from {} by `cargo xtask codegen`. Do not edit. Test data for both sides of `{}`, in any language.",
            file.source, operation.name
        ),
        "`valid`: messages that a reader takes. In a response, `outcome` is the named outcome that its reader learns; \
         `refused` and `trouble` stand for a refusal and for trouble with this code, and `notUnderstood` for a success \
         that is none, since the result at this JSON Pointer is not understood."
            .into(),
        "`invalid`: messages that a reader refuses. `rule` is the rule that each breaks, and `at` the place as a JSON \
         Pointer: of a member that is missing, where it would stand. \"schema\": \"valid\" marks a rule that no JSON \
         Schema can say: its validator takes the message, and a reader refuses it all the same."
            .into(),
        "Each message is there because of its `name`. All else in it is made up: no text in it means anything.".into(),
    ];
    Json::List(lines.into_iter().map(Json::text).collect())
}

fn samples(family: &Family, file: &File, object: &str, samples: &Samples) -> Json {
    let ty = sample::own_type(file, object);
    let message = |value: &serde_json::Value| Json::typed(family, &ty, value);
    let valid = |it: &Valid| {
        let mut members = vec![("name".to_owned(), Json::text(&it.name))];
        members.extend(it.ending.as_ref().map(ending));
        members.push(("message".into(), message(&it.message)));
        Json::Object(members)
    };
    let invalid = |it: &Invalid| {
        let mut members = vec![
            ("name".to_owned(), Json::text(&it.name)),
            ("rule".into(), Json::text(&it.rule)),
            ("at".into(), Json::text(&it.pointer)),
        ];
        if !it.in_schema {
            members.push(("schema".into(), Json::text("valid")));
        }
        members.push(("message".into(), message(&it.message)));
        Json::Object(members)
    };
    Json::object([
        ("valid", Json::List(samples.valid.iter().map(valid).collect())),
        ("invalid", Json::List(samples.invalid.iter().map(invalid).collect())),
    ])
}

fn ending(ending: &Ending) -> (String, Json) {
    let (name, of) = match ending {
        Ending::Outcome(name) => ("outcome", name),
        Ending::Refused(code) => ("refused", code),
        Ending::Trouble(code) => ("trouble", code),
        Ending::NotUnderstood(pointer) => ("notUnderstood", pointer),
    };
    (name.to_owned(), Json::text(of))
}
