//! The parts of a message that can be used although it breaks rules of its schema.

use super::{Member, ObjectSchema, Rule, SchemaType};
use crate::json_value::JsonValue;
use crate::status::Status;

/// The members of a result object that are used here.
struct ResultMembers {
    status: &'static str,
    message: &'static str,
    statuses: Option<&'static [&'static str]>,
    meaning: fn(&str) -> Option<Status>,
}

impl ObjectSchema {
    /// Removes invalid members without a bearing on the outcome: optional texts that are empty, and messages of results
    /// that are too long.
    pub(crate) fn remove_negligible(&self, object: &mut JsonValue<'_>) {
        let message = self.result_members().map(|members| members.message);
        for member in self.members {
            let Some(value) = object.get_mut(member.name) else { continue };
            match &member.kind {
                SchemaType::Object(schema) => schema.remove_negligible(value),
                SchemaType::List(array) => {
                    if let (SchemaType::Object(schema), JsonValue::Array(elements)) = (array.item, value) {
                        for element in elements {
                            schema.remove_negligible(element);
                        }
                    }
                }
                SchemaType::Text(check) => {
                    let is_negligible = |text: &str| text.is_empty() || message == Some(member.name);
                    let text = value.as_str();
                    if !member.required && text.is_some_and(|text| is_negligible(text) && check(text).is_err()) {
                        object.remove(member.name);
                    }
                }
            }
        }
    }

    /// Removes the optional members that break a rule of their own, in this object and in its result.
    pub(crate) fn remove_invalid(&self, object: &mut JsonValue<'_>, result: &str) {
        for member in self.members {
            let Some(value) = object.get_mut(member.name) else { continue };
            if let (true, SchemaType::Object(schema)) = (member.name == result, &member.kind) {
                schema.remove_invalid(value, "");
            } else if !member.required && member.is_invalid(value) {
                object.remove(member.name);
            }
        }
    }

    /// Returns the meaning of a result's status; `None` without a status of the schema.
    pub(crate) fn status_of(&self, object: &JsonValue<'_>, result: &str) -> Option<Status> {
        let member = self.members.iter().find(|member| member.name == result)?;
        member.status(object.get(result)?)
    }

    /// Returns the name of the first result other than the given one whose status is a success.
    pub(crate) fn other_success(&self, object: &JsonValue<'_>, result: &str) -> Option<&'static str> {
        let is_success = |member: &&Member| {
            let value = object.get(member.name);
            member.name != result && value.and_then(|value| member.status(value)) == Some(Status::Success)
        };
        self.members.iter().find(is_success).map(|member| member.name)
    }

    /// Returns the members of a result object; `None` for any other object.
    fn result_members(&self) -> Option<ResultMembers> {
        self.rules.iter().find_map(|rule| match *rule {
            Rule::StatusMatchesCode { status, message, statuses, meaning, .. } => {
                Some(ResultMembers { status, message, statuses, meaning })
            }
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

    /// Returns the meaning of the status if the member is a result.
    fn status(&self, value: &JsonValue<'_>) -> Option<Status> {
        let SchemaType::Object(schema) = &self.kind else { return None };
        let members = schema.result_members()?;
        let word = value.get(members.status)?.as_str()?;
        (members.meaning)(word).filter(|_| members.statuses.is_none_or(|allowed| allowed.contains(&word)))
    }
}
