//! Whether answers and refusals keep the conditions of a response: what the types of an answer can't rule out is
//! checked when it is given, and what every refusal breaks is an error.

use std::collections::HashSet;

use super::context::Lowering;
use super::outcome::Holds;
use crate::diagnostic::DiagnosticCode;
use crate::ir::{Coded, Condition, Object, Obligation, Outcome, Predicate, Row, Rule, Type, TypeKind, Waiting};
use crate::node::Node;

impl Lowering<'_> {
    /// Returns whether an answer can break a condition that its types do not rule out.
    pub(super) fn needs_check(&self, response: &Object, outcomes: &[Outcome]) -> bool {
        let own = response.rules.iter().any(|rule| !self.is_ruled_out(response, rule, outcomes));
        let mut seen = HashSet::new();
        own || response.members.iter().any(|member| self.has_rules(&member.ty, &mut seen))
    }

    /// Returns whether each answer either has what a condition asks for, by its type, or never meets the condition.
    fn is_ruled_out(&self, response: &Object, rule: &Rule, outcomes: &[Outcome]) -> bool {
        // An answer states such a member, and the response may lack it all the same.
        let may_be_left_out = |wire: &str| {
            response.rules.iter().any(|rule| matches!(rule, Rule::OmittedIfEqual(differs) if differs.member == wire))
        };
        match rule {
            // An answer states it always, and the runtime leaves it out.
            Rule::OmittedIfEqual(_) => true,
            Rule::When { tests, then: Obligation::Members(members) } => {
                members.iter().all(|it| it.given && it.path.len() == 1 && !may_be_left_out(&it.path[0]))
                    && tests.iter().all(|test| self.is_decided(response, test, outcomes))
            }
            Rule::When { .. } | Rule::Compare(_) => false,
        }
    }

    /// Returns whether the selectors of each outcome decide the test.
    fn is_decided(&self, response: &Object, test: &Condition, outcomes: &[Outcome]) -> bool {
        let Some((member, _)) = test.path.split_first() else { return false };
        let known = outcomes.iter().filter(|outcome| outcome.waiting != Waiting::Retry);
        let decides = |outcome: &Outcome| match self.selected(response, test, &outcome.when) {
            Some(held) => held != Holds::Sometimes,
            // A word of what is not there is never the one.
            None => {
                matches!(test.is, Predicate::OneOf(_))
                    && !outcome.selects_by(member)
                    && !outcome.members.iter().any(|it| it.wire == *member)
            }
        };
        known.into_iter().all(decides)
    }

    /// Returns whether a value of the type can break a condition.
    fn has_rules(&self, ty: &Type, seen: &mut HashSet<(usize, String)>) -> bool {
        if ty.kind == TypeKind::List {
            return self.lists[ty.file].get(&ty.name).is_some_and(|list| self.has_rules(&list.item, seen));
        }
        let Some(object) = self.object_at(ty) else { return false };
        // A result object is made of a row of its table, which keeps it.
        if object.coded.is_some() || !seen.insert((ty.file, ty.name.clone())) {
            return false;
        }
        object.rules.iter().any(|rule| !matches!(rule, Rule::OmittedIfEqual(_)))
            || object.members.iter().any(|member| self.has_rules(&member.ty, seen))
    }

    /// A refusal is a response with a result and nothing else: no condition may ask more of one. And each result that the
    /// server sends has its message: no condition may rule that out.
    pub(super) fn refusals_keep(&mut self, response: &Object, node: &Node, result: &str, outcomes: &[Outcome]) {
        let conditions = node.get("allOf").map_or(&[][..], Node::elements);
        let Some(coded) = self.table(response, result) else { return };
        if conditions.len() > response.rules.len() {
            // One of them has an error of its own.
            return;
        }
        let refusals: Vec<&Row> = coded.refusals(result, outcomes).into_iter().map(|n| &coded.rows[n]).collect();
        let all: Vec<&Row> = coded.rows.iter().collect();
        let mut broken = Vec::new();
        for (rule, condition) in response.rules.iter().zip(conditions) {
            let Rule::When { tests, then } = rule else { continue };
            let holds = |row: &&&Row| tests.iter().all(|test| Self::holds(coded, result, row, test));
            if forbids_message(then, result) {
                broken.extend(all.iter().find(holds).map(|row| {
                    let title = format!("a response with `{}` has the message of the table, and breaks this", row.wire);
                    (condition, title, "leave the message out of the requirement".to_owned())
                }));
            } else if asks_for_more(then) {
                broken.extend(refusals.iter().find(holds).map(|row| {
                    let help =
                        format!("require it only if `{result}` is a success, or add an outcome for `{}`", row.wire);
                    let title = format!("a refusal with `{}` has a result and nothing else, and breaks this", row.wire);
                    (condition, title, help)
                }));
            }
        }
        for (condition, title, help) in broken {
            self.diagnostics.report(DiagnosticCode::E0509, &condition.span, title, help);
        }
    }

    /// Returns whether a test holds for a response of this row's result and nothing else.
    fn holds(coded: &Coded, result: &str, row: &Row, test: &Condition) -> bool {
        match (&test.is, test.path.as_slice()) {
            (Predicate::Absent, [member]) => member != result,
            // A refusal has each part of its result, the message too.
            (Predicate::Present, [member, ..]) => member == result,
            (Predicate::OneOf(words), [member, part]) if member == result => {
                let status = coded.template.words.iter().find(|word| word.rust == row.status).map(|word| &word.wire);
                let is_message = *part != coded.template.code.0 && *part != coded.template.status.0;
                words.contains(&row.wire) && *part == coded.template.code.0
                    || status.is_some_and(|it| words.contains(it)) && *part == coded.template.status.0
                    || words.contains(&row.message) && is_message
            }
            _ => false,
        }
    }
}

/// Returns whether an obligation asks for a member beside the result.
fn asks_for_more(then: &Obligation) -> bool {
    match then {
        Obligation::Members(members) => members.iter().any(|it| it.given && it.path.len() == 1),
        Obligation::AtLeastOne(_) | Obligation::ExactlyOne(_) => true,
    }
}

/// Returns whether an obligation rules out the result's message. Code and status are required, so that no condition is
/// about them.
fn forbids_message(then: &Obligation, result: &str) -> bool {
    let Obligation::Members(members) = then else { return false };
    members.iter().any(|it| !it.given && it.path.len() == 2 && it.path[0] == result)
}
