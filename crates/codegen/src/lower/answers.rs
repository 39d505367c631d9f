//! Whether answers and refusals keep the conditions of a response: what the types of an answer can't rule out is
//! checked when it is given, and what every refusal breaks is an error.

use std::collections::HashSet;

use super::context::Lowering;
use crate::diagnostic::DiagnosticCode;
use crate::ir::{
    Coded, Condition, Object, Obligation, Outcome, Predicate, Row, Rule, SelectorValue, Type, TypeKind, Waiting,
};
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
        let [member, part] = test.path.as_slice() else { return false };
        let Some(coded) = self.table(response, member) else { return false };
        let known = outcomes.iter().filter(|outcome| outcome.waiting != Waiting::Retry);
        let decides = |outcome: &Outcome| match outcome.when.iter().find(|it| it.member == *member) {
            Some(selector) => match &selector.is {
                SelectorValue::Code(_) => true,
                SelectorValue::Status(_, rows) => *part == coded.template.status.0 || rows.len() == 1,
            },
            None => !outcome.members.iter().any(|it| it.wire == *member),
        };
        matches!(test.is, Predicate::OneOf(_)) && known.into_iter().all(decides)
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

    /// A refusal is a response with a result and nothing else: no condition may ask more of one.
    pub(super) fn refusals_keep(&mut self, response: &Object, node: &Node, result: &str, outcomes: &[Outcome]) {
        let Some(coded) = self.table(response, result) else { return };
        let refusals: Vec<&Row> = coded.refusals(result, outcomes).into_iter().map(|n| &coded.rows[n]).collect();
        let breaks = |rule: &Rule| {
            let Rule::When { tests, then } = rule else { return None };
            let asks = match then {
                Obligation::Members(members) => members.iter().any(|it| it.given && it.path.len() == 1),
                Obligation::AtLeastOne(_) | Obligation::ExactlyOne(_) => true,
            };
            let holds = |row: &&&Row| tests.iter().all(|test| Self::holds(coded, result, row, test));
            refusals.iter().filter(|_| asks).find(holds).map(|row| row.wire.clone())
        };
        let broken: Vec<_> =
            response.rules.iter().enumerate().filter_map(|(n, rule)| Some((n, breaks(rule)?))).collect();
        let conditions = node.get("allOf").map_or(&[][..], Node::elements);
        if conditions.len() > response.rules.len() {
            // One of them has an error of its own.
            return;
        }
        for (n, code) in broken {
            let span = conditions.get(n).map_or(&node.span, |it| &it.span).clone();
            let help = format!("require it only if `{result}` is a success, or add an outcome for `{code}`");
            let title = format!("a refusal with `{code}` has a result and nothing else, and breaks this");
            self.diagnostics.report(DiagnosticCode::E0509, &span, title, help);
        }
    }

    /// Returns whether a test holds for a response of this row's result and nothing else.
    fn holds(coded: &Coded, result: &str, row: &Row, test: &Condition) -> bool {
        match (&test.is, test.path.as_slice()) {
            (Predicate::Absent, [member]) => member != result,
            (Predicate::Present, [member]) => member == result,
            (Predicate::OneOf(words), [member, part]) if member == result => {
                let status = coded.template.words.iter().find(|word| word.rust == row.status).map(|word| &word.wire);
                words.contains(&row.wire) && *part == coded.template.code.0
                    || status.is_some_and(|it| words.contains(it)) && *part == coded.template.status.0
            }
            _ => false,
        }
    }
}
