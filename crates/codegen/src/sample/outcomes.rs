//! Responses: one for each outcome with each of its codes, one for each refusal, words that no outcome takes, and codes
//! that no table has.

use std::slice::from_ref;

use serde_json::Value;

use super::build;
use super::dedup::Named;
use super::message::Ending;
use super::options::{Fill, Options};
use super::place::{is_given, put};
use super::solver::{Pins, solve};
use super::valid::{self, fits};
use crate::ir::{
    Coded, Condition, Definition, File, Meaning, Member, Operation, Outcome, OutcomeMember, Predicate, Row, ScalarKind,
    Selector, SelectorValue, ServiceModel, Type, Waiting,
};
use crate::limits::MAX_MESSAGE_BYTES;

/// A member that selects outcomes, as it is to be.
#[derive(Clone)]
struct Choice {
    member: String,
    value: Value,
    pins: Pins,
    /// In words: `paymentResult RISK_REJECT`.
    words: String,
}

/// Returns a response for each outcome, whole and short, one for each further code, and one for each refusal; and for
/// the members of large responses ones without the others.
pub(super) fn seeds(family: &ServiceModel, file: &File, operation: &Operation, ty: &Type) -> Vec<Named> {
    let responses = Responses { family, file, operation, ty };
    let outcomes = operation.outcomes.iter().flat_map(|outcome| responses.outcome(outcome));
    let all: Vec<Named> = outcomes.chain(responses.rest()).collect();
    let (large, mut short): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|(_, it)| build::length(it) > LARGE);
    if large.is_empty() {
        return all;
    }
    let members = operation.outcomes.iter().flat_map(|outcome| responses.members(outcome));
    short.extend(members);
    all.into_iter().chain(valid::grown(family, ty, short)).collect()
}

/// From this many bytes on, a message is not the one to show what is wrong with a single member.
const LARGE: usize = 4096;

/// Returns the response of an outcome, with all that it can have.
pub(super) fn whole(
    family: &ServiceModel,
    file: &File,
    operation: &Operation,
    ty: &Type,
    outcome: &Outcome,
) -> Option<Value> {
    let responses = Responses { family, file, operation, ty };
    responses.message(&responses.firsts(outcome), outcome, Fill::All)
}

/// Returns a response with the first code of a failure that no outcome takes, and the row of this code.
pub(super) fn refusal<'a>(
    family: &'a ServiceModel,
    file: &File,
    operation: &Operation,
    ty: &Type,
) -> Option<(&'a Row, Value)> {
    let (_, coded) = coded(family, ty, &operation.result)?;
    let rows = coded.refusals(&operation.result, &operation.outcomes);
    let row = rows.into_iter().find(|row| coded.rows[*row].meaning == Meaning::Failure)?;
    let responses = Responses { family, file, operation, ty };
    let choices = [responses.listed(&operation.result, row)?];
    let message = responses.bare(&choices)?;
    Some((coded.rows.get(row)?, responses.settled(message, &choices)?))
}

struct Responses<'a> {
    family: &'a ServiceModel,
    file: &'a File,
    operation: &'a Operation,
    ty: &'a Type,
}

impl Responses<'_> {
    fn coded(&self, member: &str) -> Option<(&Type, &Coded)> {
        coded(self.family, self.ty, member)
    }

    fn outcome(&self, outcome: &Outcome) -> Vec<Named> {
        let first = self.firsts(outcome);
        let name = &outcome.name;
        let mut all: Vec<Named> = Vec::new();
        if let Some(message) = self.message(&first, outcome, Fill::All) {
            all.push((format!("{name}, with all that it can have"), message));
        }
        all.extend(self.message(&first, outcome, Fill::Required).map(|message| (format!("{name}, short"), message)));
        for (n, selector) in outcome.when.iter().enumerate() {
            for choice in self.choices(selector).into_iter().skip(1) {
                let mut choices = first.clone();
                let words = format!("{name}, {}", choice.words);
                choices[n] = choice;
                all.extend(self.message(&choices, outcome, Fill::Required).map(|message| (words, message)));
            }
        }
        all
    }

    /// Returns the response of an outcome with each single member that it can have and need not have.
    fn members(&self, outcome: &Outcome) -> Vec<Named> {
        let first = self.firsts(outcome);
        let with = |member: &OutcomeMember| {
            let only = Outcome { members: vec![member.clone()], ..outcome.clone() };
            let message = self.message(&first, &only, Fill::All)?;
            Some((format!("{}, with `{}`", outcome.name, member.wire), message))
        };
        outcome.members.iter().filter(|member| !member.required).filter_map(with).collect()
    }

    /// Returns the first of what each selector allows.
    fn firsts(&self, outcome: &Outcome) -> Vec<Choice> {
        outcome.when.iter().filter_map(|it| self.choices(it).into_iter().next()).collect()
    }

    /// Returns what a selector allows its member to be: each code that is left to it, and one that the table lacks.
    fn choices(&self, selector: &Selector) -> Vec<Choice> {
        match &selector.is {
            SelectorValue::Word(word) => vec![chosen(&selector.member, &word.wire)],
            SelectorValue::Code(row) => self.listed(&selector.member, *row).into_iter().collect(),
            SelectorValue::Status(meaning, rows) => {
                let Some((_, coded)) = self.coded(&selector.member) else { return Vec::new() };
                let words = coded.template.words.iter().filter(|word| word.meaning == Some(*meaning));
                let unlisted = words.filter_map(|word| self.unlisted(&selector.member, &word.wire));
                rows.iter().filter_map(|row| self.listed(&selector.member, *row)).chain(unlisted).collect()
            }
        }
    }

    fn listed(&self, member: &str, row: usize) -> Option<Choice> {
        let (ty, coded) = self.coded(member)?;
        let code = &coded.rows.get(row)?.wire;
        let status = build::status_word(coded, coded.rows.get(row)?);
        Some(choice(member, coded, build::row(self.family, ty, row), code, status))
    }

    fn unlisted(&self, member: &str, status: &str) -> Option<Choice> {
        let (_, coded) = self.coded(member)?;
        let code = build::unlisted(coded);
        Some(choice(member, coded, build::ending(coded, &code, status), &code, status))
    }

    /// Returns the response with these results, and the members that the outcome can have.
    fn message(&self, choices: &[Choice], outcome: &Outcome, fill: Fill) -> Option<Value> {
        let response = self.file.object(&self.operation.response)?;
        let mut message = self.bare(choices)?;
        let mut room = MAX_MESSAGE_BYTES.saturating_sub(build::length(&message));
        for member in outcome.members.iter().filter(|_| fill == Fill::All) {
            let member = response.member(&member.wire)?;
            if let Some(value) = build::fitting(self.family, member, Options::WHOLE, &mut room) {
                put(&mut message, from_ref(&member.wire), value);
            }
        }
        self.settled(message, choices).filter(fits)
    }

    fn bare(&self, choices: &[Choice]) -> Option<Value> {
        let mut message = build::value(self.family, self.ty, Options::SHORT, 1);
        choices.iter().try_for_each(|it| put(&mut message, from_ref(&it.member), it.value.clone()))?;
        Some(message)
    }

    fn settled(&self, message: Value, choices: &[Choice]) -> Option<Value> {
        let pins: Pins = choices.iter().flat_map(|choice| choice.pins.clone()).collect();
        solve(self.family, self.ty, message, &pins)
    }

    /// Returns each code of each result, for each status a code that no table has, and each word that can select; those
    /// that an outcome takes are there already.
    fn rest(&self) -> Vec<Named> {
        let Some(response) = self.file.object(&self.operation.response) else { return Vec::new() };
        let mut all = Vec::new();
        for member in &response.members {
            for choice in self.every(member) {
                let words = choice.words.clone();
                let beside = self.beside(&member.wire);
                let choices: Vec<Choice> = beside.into_iter().chain([choice]).collect();
                let message = self.bare(&choices).and_then(|message| self.settled(message, &choices));
                all.extend(message.map(|message| (words, message)));
            }
        }
        all
    }

    /// Returns all that a member which can select may be.
    fn every(&self, member: &Member) -> Vec<Choice> {
        if let Some((_, coded)) = self.coded(&member.wire) {
            let rows = (0..coded.rows.len()).filter_map(|row| self.listed(&member.wire, row));
            let words = coded.template.words.iter();
            return rows.chain(words.filter_map(|word| self.unlisted(&member.wire, &word.wire))).collect();
        }
        let Some(Definition::Scalar(scalar)) = self.family.definition(&member.ty) else { return Vec::new() };
        match &scalar.kind {
            ScalarKind::Words(words) if self.operation.is_selected_by(&member.wire) => {
                words.iter().map(|word| chosen(&member.wire, &word.wire)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns the operation's own result as it is where another member counts.
    fn beside(&self, member: &str) -> Option<Choice> {
        let outcomes = self.operation.outcomes.iter();
        let counts = outcomes.filter(|outcome| outcome.when.iter().any(|selector| selector.member == member));
        let mut own = counts.flat_map(|outcome| &outcome.when).filter(|it| it.member == self.operation.result);
        own.find_map(|selector| self.choices(selector).into_iter().next()).filter(|_| member != self.operation.result)
    }
}

fn choice(member: &str, coded: &Coded, value: Value, code: &str, status: &str) -> Choice {
    let pin = |part: &String, word: &str| Condition {
        path: vec![member.to_owned(), part.clone()],
        is: Predicate::OneOf(vec![word.to_owned()]),
    };
    let pins = vec![pin(&coded.template.status.0, status), pin(&coded.template.code.0, code)];
    Choice { member: member.to_owned(), value, pins, words: format!("`{member}` is {status} with `{code}`") }
}

fn chosen(member: &str, word: &str) -> Choice {
    let pin = Condition { path: vec![member.to_owned()], is: Predicate::OneOf(vec![word.to_owned()]) };
    Choice { member: member.to_owned(), value: word.into(), pins: vec![pin], words: format!("`{member}` is `{word}`") }
}

fn coded<'a>(family: &'a ServiceModel, response: &Type, member: &str) -> Option<(&'a Type, &'a Coded)> {
    let ty = &family.object_of(response)?.member(member)?.ty;
    Some((ty, family.object_of(ty)?.coded.as_ref()?))
}

/// Returns what the client learns from a valid response.
pub(super) fn ending(family: &ServiceModel, ty: &Type, operation: &Operation, message: &Value) -> Option<Ending> {
    let reading = Reading { family, ty, message };
    let (again, named): (Vec<_>, Vec<_>) = operation.outcomes.iter().partition(|it| it.waiting == Waiting::Retry);
    let mut all = named.into_iter().chain(again);
    let (code, meaning, listed) = reading.result(&operation.result)?;
    let members = &family.object_of(ty)?.members;
    if let Some(outcome) = all.find(|outcome| outcome.when.iter().all(|selector| reading.selects(selector))) {
        let is_stray = |it: &&Member| operation.excludes(outcome, &it.wire) && is_given(message, from_ref(&it.wire));
        let stray = members.iter().find(is_stray).filter(|_| meaning == Meaning::Success);
        return Some(match stray {
            Some(stray) => Ending::UnlistedCode(format!("/{}", stray.wire)),
            None => Ending::Outcome(outcome.name.clone()),
        });
    }
    let other = members.iter().find(|it| operation.is_selected_by(&it.wire));
    Some(match (meaning, other) {
        (Meaning::Failure, _) => Ending::Refused(code),
        (Meaning::Unknown, _) => Ending::Trouble(code),
        (Meaning::Success, Some(other)) if listed => Ending::UnlistedCode(format!("/{}", other.wire)),
        (Meaning::Success, _) => Ending::UnlistedCode(format!("/{}", operation.result)),
    })
}

struct Reading<'a> {
    family: &'a ServiceModel,
    ty: &'a Type,
    message: &'a Value,
}

impl Reading<'_> {
    /// Returns the code of a result member, what its status means, and whether its table has the code.
    fn result(&self, member: &str) -> Option<(String, Meaning, bool)> {
        let (_, coded) = coded(self.family, self.ty, member)?;
        let part = |name: &str| self.message.get(member)?.get(name)?.as_str();
        let (code, status) = (part(&coded.template.code.0)?, part(&coded.template.status.0)?);
        let meaning = coded.template.words.iter().find(|word| word.wire == status)?.meaning?;
        Some((code.to_owned(), meaning, coded.rows.iter().any(|row| row.wire == code)))
    }

    fn selects(&self, selector: &Selector) -> bool {
        let result = || self.result(&selector.member);
        match &selector.is {
            SelectorValue::Word(word) => self.message.get(&selector.member).is_some_and(|it| *it == word.wire),
            SelectorValue::Status(expected, _) => result().is_some_and(|(_, meaning, _)| meaning == *expected),
            SelectorValue::Code(row) => {
                let coded = coded(self.family, self.ty, &selector.member);
                let row = coded.and_then(|(_, coded)| coded.rows.get(*row));
                row.zip(result()).is_some_and(|(row, (code, ..))| row.wire == code)
            }
        }
    }
}
