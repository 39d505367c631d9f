//! What of a message can be understood although it breaks rules of its schema.

use super::{Member, ObjectSchema, Rule, SchemaType};
use crate::json_value::JsonValue;
use crate::status::Status;

/// The members of a result object that are looked at here.
struct Words {
    status: &'static str,
    message: &'static str,
    meaning: fn(&str) -> Option<Status>,
}

impl ObjectSchema {
    /// Removes what breaks a rule and decides nothing: optional texts that are empty, and messages of results that are
    /// too long.
    pub(crate) fn remove_idle(&self, object: &mut JsonValue<'_>) {
        let message = self.words().map(|words| words.message);
        for member in self.members {
            let Some(value) = object.get_mut(member.name) else { continue };
            match &member.kind {
                SchemaType::Object(shape) => shape.remove_idle(value),
                SchemaType::List(elements) => {
                    if let (SchemaType::Object(shape), JsonValue::Array(list)) = (elements.item, value) {
                        for element in list {
                            shape.remove_idle(element);
                        }
                    }
                }
                SchemaType::Text(check) => {
                    let is_idle = |text: &str| text.is_empty() || message == Some(member.name);
                    if !member.required && value.text().is_some_and(|text| is_idle(text) && check(text).is_err()) {
                        object.remove(member.name);
                    }
                }
            }
        }
    }

    /// Removes the optional members that break a rule of their own, here and in the result.
    pub(crate) fn remove_invalid(&self, object: &mut JsonValue<'_>, result: &str) {
        for member in self.members {
            let Some(value) = object.get_mut(member.name) else { continue };
            if let (true, SchemaType::Object(shape)) = (member.name == result, &member.kind) {
                shape.remove_invalid(value, "");
            } else if !member.required && member.is_invalid(value) {
                object.remove(member.name);
            }
        }
    }

    /// What the status of a result means; `None` without a status of the schema.
    pub(crate) fn status_of(&self, object: &JsonValue<'_>, result: &str) -> Option<Status> {
        let member = self.members.iter().find(|member| member.name == result)?;
        member.status(object.get(result)?)
    }

    /// The first member beside the result that says by its status that something went well.
    pub(crate) fn success_beside(&self, object: &JsonValue<'_>, result: &str) -> Option<&'static str> {
        let says_so = |member: &&Member| {
            let value = object.get(member.name);
            member.name != result && value.and_then(|value| member.status(value)) == Some(Status::Success)
        };
        self.members.iter().find(says_so).map(|member| member.name)
    }

    /// The members of a result object.
    fn words(&self) -> Option<Words> {
        self.rules.iter().find_map(|rule| match *rule {
            Rule::StatusMatchesCode { status, message, meaning, .. } => Some(Words { status, message, meaning }),
            _ => None,
        })
    }
}

impl Member {
    fn is_invalid(&self, value: &JsonValue<'_>) -> bool {
        let mut found = Vec::new();
        self.check(Some(value), "", &mut found);
        !found.is_empty()
    }

    /// What the status means, if the member is a result.
    fn status(&self, value: &JsonValue<'_>) -> Option<Status> {
        let SchemaType::Object(shape) = &self.kind else { return None };
        let words = shape.words()?;
        (words.meaning)(value.get(words.status)?.text()?)
    }
}
