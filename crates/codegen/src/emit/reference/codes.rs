//! Code tables: each code with what it means to both sides.

use super::markdown::{Page, code, prose};
use crate::ir::{Coded, Meaning, Operation, Outcome, Row, SelectorValue, Waiting};
use crate::prose;

/// Adds the table of the operation's own result: who answers with each code, and what it means for a client.
pub(super) fn own(operation: &Operation, coded: &Coded, page: &mut Page) {
    let row = |(n, row): (usize, &Row)| {
        let outcomes: Vec<&Outcome> = taken(operation, &operation.result, n).collect();
        let again = outcomes.iter().all(|outcome| outcome.waiting == Waiting::Retry);
        let by = match row.failure {
            Some(cause) => format!("the service by itself, when {}", prose::cause(cause)),
            None if again => "the handler's refusal".into(),
            None => "the handler's answer".into(),
        };
        let [code, status, message] = cells(coded, row);
        [code, status, message, by, caller(row, &outcomes)]
    };
    let rows: Vec<[String; 5]> = coded.rows.iter().enumerate().map(row).collect();
    page.table(["Code", "Status", "Message", "Answered by", "For a caller"], &rows);
}

/// The table of another result of the response: which outcome each code leads to.
pub(super) fn other(operation: &Operation, member: &str, coded: &Coded, page: &mut Page) {
    let row = |(n, row): (usize, &Row)| {
        let outcomes: Vec<&Outcome> = taken(operation, member, n).collect();
        let outcome = if outcomes.is_empty() { "not understood: no outcome takes it".into() } else { named(&outcomes) };
        let [code, status, message] = cells(coded, row);
        [code, status, message, outcome]
    };
    let rows: Vec<[String; 4]> = coded.rows.iter().enumerate().map(row).collect();
    page.table(["Code", "Status", "Message", "Outcome"], &rows);
}

/// The table as it is.
pub(super) fn plain(coded: &Coded, page: &mut Page) {
    let causes = |row: &Row| row.failure.map(|cause| format!("When {}.", prose::cause(cause))).unwrap_or_default();
    if coded.rows.iter().all(|row| row.failure.is_none()) {
        let rows: Vec<[String; 3]> = coded.rows.iter().map(|row| cells(coded, row)).collect();
        return page.table(["Code", "Status", "Message"], &rows);
    }
    let row = |row: &Row| {
        let [code, status, message] = cells(coded, row);
        [code, status, message, causes(row)]
    };
    let rows: Vec<[String; 4]> = coded.rows.iter().map(row).collect();
    page.table(["Code", "Status", "Message", "The service answers with it by itself"], &rows);
}

/// Code, status and message.
fn cells(coded: &Coded, row: &Row) -> [String; 3] {
    let word = coded.template.words.iter().find(|word| word.rust == row.status);
    [code(&row.wire), word.map_or_else(String::new, |word| code(&word.wire)), prose(&row.message)]
}

/// Returns the outcomes that a row leads to.
fn taken<'a>(operation: &'a Operation, member: &str, row: usize) -> impl Iterator<Item = &'a Outcome> {
    let takes = move |outcome: &&Outcome| {
        outcome.when.iter().filter(|selector| selector.member == member).any(|selector| match &selector.is {
            SelectorValue::Code(code) => *code == row,
            SelectorValue::Status(_, rows) => rows.contains(&row),
            SelectorValue::Word(_) => false,
        })
    };
    operation.outcomes.iter().filter(takes)
}

fn named(outcomes: &[&Outcome]) -> String {
    let names: Vec<String> = outcomes.iter().map(|outcome| format!("**{}**", outcome.name)).collect();
    prose::listed(&names, "or")
}

fn caller(row: &Row, outcomes: &[&Outcome]) -> String {
    match (outcomes, row.meaning) {
        ([one], _) if one.waiting == Waiting::Retry => format!("**{}**: it asks again", one.name),
        ([_, ..], _) => named(outcomes),
        ([], Meaning::Failure) => "refused: asking again does not help".into(),
        ([], Meaning::Unknown) => "trouble: asking again can help".into(),
        ([], Meaning::Success) => "not understood: no outcome takes it".into(),
    }
}
