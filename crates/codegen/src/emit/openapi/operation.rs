//! An operation: its client and server, its messages and its outcomes.

use serde_json::Value;

use super::components::{Components, text};
use super::protocol;
use crate::emit::docs::{plain, sentence};
use crate::emit::json::{Json, Map};
use crate::emit::json_schema::{code, table};
use crate::ir::{File, Object, Operation, Outcome, Selector, SelectorValue, ServiceModel, Waiting};
use crate::sample;

pub(super) fn operation(
    family: &ServiceModel,
    file: &File,
    operation: &Operation,
    components: &Components,
) -> Result<Map, String> {
    let object = |name: &str| file.object(name).ok_or_else(|| format!("nothing defines {name}"));
    let (request, response) = (object(&operation.request)?, object(&operation.response)?);
    let reader = Reader { family, response };
    let content = |object: &Object, examples: Map| {
        let schema = Map::new().with("schema", components.refer(file, &object.name)).and(examples);
        Map::new().with("application/json", schema)
    };
    let body = Map::new()
        .with("description", text(&request.doc, []))
        .with("required", true)
        .with("content", content(request, asked(family, file, request)));
    let answer = Map::new()
        .with("description", text(&response.doc, []))
        .with("headers", protocol::headers())
        .with("content", content(response, answers(family, file, operation)));
    Ok(Map::new()
        .with("operationId", &operation.name)
        .with("tags", vec![operation.server.as_str()])
        .with("summary", &file.title)
        .with("description", text(&operation.doc, [facts(operation), reader.table(operation)]))
        .with("parameters", protocol::parameters())
        .with("requestBody", body)
        .with("responses", Map::new().with("200", answer).and(protocol::statuses()))
        .with("x-operation", facts_for_programs(operation))
        .with("x-outcomes", operation.outcomes.iter().map(|it| reader.outcome(it)).collect::<Json>()))
}

/// Returns the example of a request.
fn asked(family: &ServiceModel, file: &File, request: &Object) -> Map {
    let ty = sample::own_type(file, &request.name);
    let example = sample::example(family, &ty).map(|message| Json::typed(family, &ty, message));
    Map::new().maybe("example", example)
}

/// Returns the examples of a response: one for each outcome, and a refusal.
fn answers(family: &ServiceModel, file: &File, operation: &Operation) -> Map {
    let ty = sample::own_type(file, &operation.response);
    let example = |summary: String, message: Value| {
        Map::new().with("summary", summary).with("value", Json::typed(family, &ty, message))
    };
    let outcomes = operation.outcomes.iter().filter_map(|outcome| {
        let message = sample::outcome(family, file, operation, outcome)?;
        Some((outcome.name.as_str(), example(plain(&outcome.doc), message)))
    });
    let refusal = sample::refusal(family, file, operation);
    // Names of outcomes begin with a capital letter.
    let refusal = refusal.map(|(row, message)| ("refused", example(plain(&row.message), message)));
    Map::new().with("examples", outcomes.chain(refusal).collect::<Map>())
}

/// Returns what no keyword of `OpenAPI` says.
fn facts(operation: &Operation) -> String {
    let Operation { client, server, timeout_seconds, .. } = operation;
    let again = match (operation.idempotent, &operation.idempotent_by) {
        (_, Some(member)) => format!("may be sent again: all with the same {} are one", code(member)),
        (true, None) => "may be sent again".into(),
        (false, None) => "is not sent again".into(),
    };
    let who = sentence(&format!("{} asks, {} answers", plain(client), plain(server)));
    format!("{who} The client waits {timeout_seconds} s for the response. A request {again}.")
}

fn facts_for_programs(operation: &Operation) -> Map {
    let expectable = Some(operation.expectable.clone()).filter(|all| !all.is_empty());
    Map::new()
        .with("client", &operation.client)
        .with("server", &operation.server)
        .with("timeoutSeconds", operation.timeout_seconds)
        .with("idempotent", operation.idempotent)
        .maybe("idempotentBy", operation.idempotent_by.as_ref())
        .maybe("expectable", expectable)
}

/// Reads the selectors of a response's outcomes.
struct Reader<'a> {
    family: &'a ServiceModel,
    response: &'a Object,
}

impl Reader<'_> {
    /// Returns an outcome as the schema writes it.
    fn outcome(&self, outcome: &Outcome) -> Map {
        let when = outcome.when.iter().map(|it| {
            let (keyword, word) = self.selected(it);
            (&it.member, Map::new().with(keyword, word).maybe("default", self.default_code(it)))
        });
        let members = outcome.members.iter().map(|it| Map::new().with("name", &it.wire).with("required", it.required));
        Map::new()
            .with("name", &outcome.name)
            .with("description", &outcome.doc)
            .with("waiting", waiting(outcome.waiting).0)
            .with("when", when.collect::<Map>())
            .with("members", members.collect::<Json>())
    }

    /// Returns the outcomes for people.
    fn table(&self, operation: &Operation) -> String {
        let rows = operation.outcomes.iter().map(|outcome| {
            let when = outcome.when.iter().map(|it| {
                let (keyword, word) = self.selected(it);
                match it.is {
                    SelectorValue::Word(_) => format!("{} is {}", code(&it.member), code(&word)),
                    _ => format!("{} has the {keyword} {}", code(&it.member), code(&word)),
                }
            });
            let members = |required: bool| {
                let all = outcome.members.iter().filter(|it| it.required == required).map(|it| code(&it.wire));
                all.collect::<Vec<_>>().join(", ")
            };
            let when = when.collect::<Vec<_>>().join(", ");
            let last = waiting(outcome.waiting).1.to_owned();
            vec![outcome.name.clone(), plain(&outcome.doc), when, members(true), members(false), last]
        });
        let head = ["outcome", "meaning", "when", "always has", "can have", "for a caller that waits"];
        let excluded = self.excluded(operation).unwrap_or_default();
        format!("The first outcome that fits is the one{excluded}:\n\n{}", table(&head, rows))
    }

    /// Returns which members are not ignored in a success.
    fn excluded(&self, operation: &Operation) -> Option<String> {
        let own = self.family.object_of(&self.response.member(&operation.result)?.ty)?.coded.as_ref()?;
        let members: Vec<_> = operation.excluding(self.response, own).map(|member| code(&member.wire)).collect();
        (!members.is_empty())
            .then(|| format!(", except that a success with {} fits only rows that have it", members.join(" or ")))
    }

    /// Returns the code of an answer that names none.
    fn default_code(&self, selector: &Selector) -> Option<&String> {
        let member = self.response.member(&selector.member)?;
        let coded = self.family.object_of(&member.ty)?.coded.as_ref()?;
        Some(&coded.rows.get(selector.default?)?.wire)
    }

    /// The keyword of a selector, and what the member has to be.
    fn selected(&self, selector: &Selector) -> (&'static str, String) {
        let coded = || {
            let member = self.response.member(&selector.member)?;
            self.family.object_of(&member.ty)?.coded.as_ref()
        };
        let (keyword, wire) = match &selector.is {
            SelectorValue::Word(word) => ("word", Some(&word.wire)),
            SelectorValue::Code(row) => ("code", coded().and_then(|it| it.rows.get(*row)).map(|row| &row.wire)),
            SelectorValue::Status(meaning, _) => {
                let mut words = coded().into_iter().flat_map(|it| &it.template.words);
                ("status", words.find(|it| it.meaning == Some(*meaning)).map(|it| &it.wire))
            }
        };
        (keyword, wire.cloned().unwrap_or_default())
    }
}

/// Returns the schema's word, and what it means.
const fn waiting(waiting: Waiting) -> (&'static str, &'static str) {
    match waiting {
        Waiting::Final => ("final", "it will not change"),
        Waiting::Pending => ("pending", "it will change"),
        Waiting::Undetermined => ("undetermined", "a setting of the client decides whether to wait"),
        Waiting::Retry => ("retry", "nothing is known: retry"),
    }
}
