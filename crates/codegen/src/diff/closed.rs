//! The closed enums of an operation: the codes that a handler can answer or refuse with.

use super::pairs::{Key, definition};
use crate::ir::{Coded, Definition, File, Meaning, Operation, Outcome, Selector, SelectorValue, ServiceModel, Waiting};

/// A closed enum over the codes of a table.
pub(super) struct Closed {
    /// The Rust name.
    pub(super) name: String,
    /// The definition that has the table.
    pub(super) table: Key,
    /// The outcome that leaves the codes open; `None` for those that are left to refusals.
    pub(super) outcome: Option<String>,
    /// The codes.
    pub(super) codes: Vec<String>,
}

impl Closed {
    pub(super) fn has(&self, code: &str) -> bool {
        self.codes.iter().any(|known| known == code)
    }
}

/// Returns the outcomes that are knowledge, and no trouble that is asked for again.
pub(super) fn known(operation: &Operation) -> impl Iterator<Item = &Outcome> {
    operation.outcomes.iter().filter(|outcome| outcome.waiting != Waiting::Retry)
}

/// Returns the code table of a response's member, and the definition that has it.
pub(super) fn table<'a>(
    family: &'a ServiceModel,
    file: &File,
    operation: &Operation,
    member: &str,
) -> Option<(Key, &'a Coded)> {
    let response = definition(family, &Key::in_file(file, &operation.response))?;
    let Definition::Object(response) = response else { return None };
    let key = Key::of(&response.member(member)?.ty);
    match definition(family, &key)? {
        Definition::Object(object) => Some((key, object.coded.as_ref()?)),
        Definition::Scalar(_) | Definition::List(_) => None,
    }
}

/// Returns the closed enums of an operation.
pub(super) fn closed(family: &ServiceModel, file: &File, operation: &Operation) -> Vec<Closed> {
    let mut all = Vec::new();
    for outcome in known(operation) {
        for (selector, rows) in outcome.open_selectors() {
            let Some((table, coded)) = table(family, file, operation, &selector.member) else { continue };
            let open = rows.iter().map(|row| coded.rows[*row].wire.clone()).collect();
            let name = outcome.codes(selector);
            all.push(Closed { name, table, outcome: Some(outcome.name.clone()), codes: open });
        }
    }
    if let Some((table, coded)) = table(family, file, operation, &operation.result) {
        let left = coded.refusals(&operation.result, &operation.outcomes);
        let open = left.into_iter().map(|row| coded.rows[row].wire.clone()).collect();
        all.push(Closed { name: "RefusalCode".into(), table, outcome: None, codes: open });
    }
    all
}

/// Returns whether a client has an outcome, or at least a refusal or trouble, for any code of a status in a member.
pub(super) fn understands(operation: &Operation, member: &str, meaning: Meaning) -> bool {
    let by_status =
        |it: &Selector| it.member == member && matches!(it.is, SelectorValue::Status(of, _) if of == meaning);
    let is_selected = known(operation).flat_map(|outcome| &outcome.when).any(by_status);
    is_selected || member == operation.result && meaning != Meaning::Success
}

/// Returns whether an outcome looks at a member at all.
pub(super) fn looks_at(operation: &Operation, member: &str) -> bool {
    operation.outcomes.iter().flat_map(|outcome| &outcome.when).any(|it| it.member == member)
}
