//! The named outcomes of a response.

use std::collections::HashSet;

use super::comparison::differs_place;
use super::context::{Lowering, meant};
use crate::diagnostic::DiagnosticCode;
use crate::diagnostic::Span;
use crate::ir::{
    Coded, Condition, Meaning, Object, Obligation, Outcome, OutcomeMember, Predicate, Row, Rule, Selector,
    SelectorValue, Waiting,
};
use crate::node::{Json, Node};
use crate::{names, profile};

const WAITING: &[(&str, Waiting)] = &[
    ("final", Waiting::Final),
    ("pending", Waiting::Pending),
    ("undetermined", Waiting::Undetermined),
    ("retry", Waiting::Retry),
];

const WHAT: &str = "an outcome";

/// A response, and what its outcomes are about.
pub(super) struct Response<'r, 'a> {
    pub(super) object: &'r Object,
    pub(super) node: &'a Node,
    /// The member that says how the operation ended.
    pub(super) result: &'r str,
}

/// How often a test holds where the selectors of an outcome do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Always,
    /// For some of the words or codes that the selectors leave.
    Sometimes,
    Never,
}

/// Outcomes, each as it is written and as it is.
pub(super) type Outcomes<'a> = Vec<(&'a Node, Outcome)>;

impl<'a> Lowering<'a> {
    pub(super) fn outcomes(&mut self, of: &Response<'_, 'a>) -> Vec<Outcome> {
        let Some(list) = self.diagnostics.need(of.node, "x-outcomes", "a response") else { return Vec::new() };
        let elements = self.diagnostics.elements(list, "x-outcomes");
        let mut outcomes: Outcomes<'a> = Vec::new();
        for element in elements {
            let Some(outcome) = self.outcome(of, element) else { continue };
            if let Some((first, _)) = outcomes.iter().find(|(_, other)| other.name == outcome.name) {
                let title = format!("duplicate outcome `{}`", outcome.name);
                let fault =
                    self.diagnostics.report(DiagnosticCode::E0804, element.at("name"), title, "rename one of the two");
                fault.also(first.at("name"), "the first");
            }
            outcomes.push((element, outcome));
        }
        self.selected_by_omitted(of, &outcomes);
        self.leave_rows(of.object, &mut outcomes);
        for n in 0..outcomes.len() {
            self.causes_taken(of, &outcomes[n]);
            // What is said of members follows from the selectors, as far as these make sense.
            if !self.hidden(of, &outcomes, n) && !self.unreachable(&outcomes[n]) {
                self.default_codes(of, &outcomes[n]);
                self.lacking(of, &outcomes[n]);
                self.ruled_out(of, &outcomes[n]);
            }
        }
        if elements.is_empty() && matches!(list.json, Json::Array(_)) {
            let help = "see \"Outcomes\" in schema/README.md";
            self.diagnostics.report(DiagnosticCode::E0818, &list.span, "a response has at least one outcome", help);
        } else if outcomes.len() == elements.len() {
            // What an outcome with a fault would take is not known.
            self.returned(of, &outcomes);
        }
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }

    fn outcome(&mut self, of: &Response<'_, 'a>, element: &'a Node) -> Option<Outcome> {
        self.diagnostics.keywords(element, WHAT, profile::OUTCOME);
        let name = self.outcome_name(element);
        let doc = self.diagnostics.need_text(element, "description", WHAT);
        let waiting = self.diagnostics.need(element, "waiting", WHAT);
        let waiting = waiting.and_then(|it| {
            self.diagnostics.one_of(DiagnosticCode::E0107, it, "meaning for a caller that waits", WAITING)
        });
        let when = self.diagnostics.need(element, "when", WHAT)?;
        let members = self.diagnostics.members(when, "when");
        let selectors = members.iter().map(|(member, is)| self.selector(of, member, is));
        // All of them, so that each has its fault.
        let selectors: Vec<Option<Selector>> = selectors.collect();
        let mut selectors = selectors.into_iter().collect::<Option<Vec<_>>>()?;
        selectors.sort_by_key(|selector| selector.member != of.result);
        if selectors.first().is_none_or(|first| first.member != of.result) {
            let title = format!("an outcome needs a selector of `{}`", of.result);
            self.diagnostics.report(DiagnosticCode::E0803, &when.span, title, format!("add `{}` to `when`", of.result));
            return None;
        }
        let waiting = waiting?;
        let about_unknown =
            matches!(selectors.as_slice(), [Selector { is: SelectorValue::Status(Meaning::Unknown, _), .. }]);
        if (waiting == Waiting::Retry) != about_unknown {
            let title = "`retry` contradicts the selector";
            let help = "select `retry` only by the unknown status of the operation's own result; for a code of that status with a meaning of its own, add an outcome by that code";
            self.diagnostics
                .report(DiagnosticCode::E0806, element.at("waiting"), title, help)
                .also(&when.span, "the selector");
            return None;
        }
        let members = self.outcome_members(of, element, waiting, &selectors);
        Some(Outcome { name: name?, doc: doc?, waiting, when: selectors, members })
    }

    fn outcome_name(&mut self, element: &Node) -> Option<String> {
        let name = self.diagnostics.need_text(element, "name", WHAT)?;
        if names::is_usable(&name) {
            return Some(names::variant(&name));
        }
        let help = "an outcome's name consists of words of ASCII letters and digits";
        let title = format!("`{name}` can't be an outcome name");
        self.diagnostics.report(DiagnosticCode::E0805, element.at("name"), title, help);
        None
    }

    fn outcome_members(
        &mut self,
        of: &Response<'_, 'a>,
        element: &'a Node,
        waiting: Waiting,
        when: &[Selector],
    ) -> Vec<OutcomeMember> {
        let object = of.object;
        let Some(list) = self.diagnostics.need(element, "members", WHAT) else { return Vec::new() };
        let listed = self.diagnostics.texts(list, "members");
        let mut members = Vec::new();
        for (span, wire) in listed {
            if object.member(&wire).is_none() {
                self.no_member(span, &wire, of.node);
            } else if let Some(selecting) = when.iter().find(|selector| selector.member == wire) {
                let title = format!("`{wire}` is in `when` already");
                let fault = self.diagnostics.report(DiagnosticCode::E0810, &span.span, title, "leave it out here");
                if let Some(when) = element.get("when") {
                    fault.also(when.at(&selecting.member), "it selects the outcome");
                }
            } else {
                members.push((
                    span,
                    OutcomeMember {
                        required: object.rules.iter().any(|rule| self.follows(object, rule, &wire, when)),
                        differs: object.rules.iter().find_map(|rule| match rule {
                            Rule::OmittedIfEqual(differs) if differs.member == wire => Some(differs.clone()),
                            _ => None,
                        }),
                        wire,
                    },
                ));
            }
        }
        if let (Waiting::Retry, Some((span, _))) = (waiting, members.first()) {
            let help = "leave `members` empty: the client gets an error and reads no other member";
            self.diagnostics.report(DiagnosticCode::E0819, &span.span, "what is asked for again has no members", help);
        }
        self.beside_code(object, when, &members);
        members.into_iter().map(|(_, member)| member).collect()
    }

    /// What an outcome has to list and does not.
    fn lacking(&mut self, of: &Response<'_, 'a>, (element, outcome): &(&'a Node, Outcome)) {
        let list = element.at("members");
        let texts = element.get("members").map_or(&[][..], Node::elements).iter().filter_map(Node::text);
        let texts = texts.map(|text| meant(of.node, text));
        let listed: HashSet<&str> = texts.chain(outcome.when.iter().map(|it| it.member.as_str())).collect();
        let mut lacking: Vec<(&str, usize)> = Vec::new();
        for member in of.object.members.iter().filter(|it| !listed.contains(it.wire.as_str())) {
            let mut rules = of.object.rules.iter().enumerate();
            let implied = rules.find(|(_, rule)| self.may_follow(of.object, rule, &member.wire, &outcome.when));
            lacking.extend(implied.map(|(n, _)| (member.wire.as_str(), n)));
        }
        if !lacking.is_empty() {
            let names: Vec<_> = lacking.iter().map(|(wire, _)| format!("`{wire}`")).collect();
            let title = format!("a condition requires {} here", names.join(", "));
            let help = "add what is missing to `members`, or change the condition";
            let fault = self.diagnostics.report(DiagnosticCode::E0811, list, title, help);
            for (wire, n) in lacking {
                // Each condition is one rule, and they are the first.
                let condition = of.node.get("allOf").and_then(|all| all.elements().get(n));
                if let Some(span) = condition.and_then(|it| named(it.get("then").unwrap_or(it), wire)) {
                    fault.also(span, "by this condition");
                }
            }
        }
        for member in &outcome.members {
            let Some(differs) = &member.differs else { continue };
            // One that is compared itself has an error of its own.
            let is_compared = differs_place(of.node, &differs.from).is_some();
            if !is_compared && !outcome.members.iter().any(|it| it.wire == differs.from && it.required) {
                let (wire, from) = (&member.wire, &differs.from);
                let title = format!("`{wire}` needs `{from}`, which this outcome may lack");
                let help = "list it too, and let a condition require it; `x-differs` compares with it";
                self.diagnostics.report(DiagnosticCode::E0812, list, title, help);
            }
        }
    }

    /// Members that an outcome has and that a condition rules out whenever it is the outcome.
    fn ruled_out(&mut self, of: &Response<'_, 'a>, (element, outcome): &(&'a Node, Outcome)) {
        let (listed, when) = (outcome.members.iter().map(|it| &it.wire), outcome.when.iter().map(|it| &it.member));
        let listed = listed.map(|it| (it, "members")).chain(when.map(|it| (it, "when"))).collect::<Vec<_>>();
        for (n, rule) in of.object.rules.iter().enumerate() {
            for (wire, keyword) in &listed {
                if !self.says(of.object, rule, (wire, false), &outcome.when, &[Holds::Always]) {
                    continue;
                }
                let title = format!("a condition rules `{wire}` out here");
                let help = format!("leave it out of `{keyword}`, or change the condition");
                let fault = self.diagnostics.report(DiagnosticCode::E0518, element.at(keyword), title, help);
                if let Some(condition) = of.node.get("allOf").and_then(|all| all.elements().get(n)) {
                    fault.also(&condition.span.head(), "by this condition");
                }
            }
        }
    }

    /// A member whose field would have the name of the one for the code that the outcome leaves open.
    fn beside_code(&mut self, object: &Object, when: &[Selector], members: &[(&Node, OutcomeMember)]) {
        let open = when.iter().filter(|selector| matches!(selector.is, SelectorValue::Status(_, _)));
        let fields: Vec<String> = match open.clone().count() {
            1 => vec!["code".into()],
            _ => open.map(|selector| format!("{}_code", names::snake(&selector.member))).collect(),
        };
        for (span, member) in members {
            if object.member(&member.wire).is_some_and(|it| fields.contains(&it.rust)) {
                let title =
                    format!("`{}` conflicts with the field for the code that the outcome leaves open", member.wire);
                self.diagnostics.report(
                    DiagnosticCode::E0813,
                    &span.span,
                    title,
                    "select by a code, or rename the member",
                );
            }
        }
    }

    /// Returns whether a condition requires the member whenever the selectors hold.
    fn follows(&self, object: &Object, rule: &Rule, wire: &str, when: &[Selector]) -> bool {
        self.says(object, rule, (wire, true), when, &[Holds::Always])
    }

    /// Returns whether a condition requires the member for one of the words or codes that the selectors leave.
    fn may_follow(&self, object: &Object, rule: &Rule, wire: &str, when: &[Selector]) -> bool {
        self.says(object, rule, (wire, true), when, &[Holds::Always, Holds::Sometimes])
    }

    /// Returns whether a condition says that the member is there, or is not there, where its tests hold this often.
    fn says(
        &self,
        object: &Object,
        rule: &Rule,
        (wire, given): (&str, bool),
        when: &[Selector],
        often: &[Holds],
    ) -> bool {
        let Rule::When { tests, then: Obligation::Members(members) } = rule else { return false };
        members.iter().any(|it| it.given == given && it.path == [wire])
            && tests.iter().all(|test| self.selected(object, test, when).is_some_and(|it| often.contains(&it)))
    }

    /// Returns how often a test of a status or code holds where the selectors do; `None` if they do not tell.
    ///
    /// A selector by status leaves every word of that meaning, also with codes that no table lists.
    pub(super) fn selected(&self, object: &Object, test: &Condition, when: &[Selector]) -> Option<Holds> {
        let (member, inner) = test.path.split_first()?;
        let selector = when.iter().find(|selector| selector.member == *member)?;
        if inner.is_empty() {
            return selected_itself(selector, &test.is);
        }
        let [part] = inner else { return None };
        let coded = self.table(object, member)?;
        let Predicate::OneOf(among) = &test.is else { return None };
        let (is_code, is_status) = (*part == coded.template.code.0, *part == coded.template.status.0);
        let words = coded.template.words.iter();
        let left: Vec<&str> = match &selector.is {
            SelectorValue::Code(row) if is_code => vec![&coded.rows[*row].wire],
            SelectorValue::Code(row) if is_status => {
                words.filter(|it| it.rust == coded.rows[*row].status).map(|it| it.wire.as_str()).collect()
            }
            SelectorValue::Status(meaning, _) if is_status => {
                words.filter(|it| it.meaning == Some(*meaning)).map(|it| it.wire.as_str()).collect()
            }
            SelectorValue::Status(_, rows) if is_code => {
                let is_left = rows.iter().any(|row| among.contains(&coded.rows[*row].wire));
                return Some(if is_left { Holds::Sometimes } else { Holds::Never });
            }
            SelectorValue::Code(_) | SelectorValue::Status(_, _) | SelectorValue::Word(_) => return None,
        };
        let held = left.iter().filter(|word| among.iter().any(|it| it == *word)).count();
        Some(match held {
            0 => Holds::Never,
            _ if held == left.len() => Holds::Always,
            _ => Holds::Sometimes,
        })
    }

    /// Returns the code table of a member.
    pub(super) fn table(&self, object: &Object, wire: &str) -> Option<&Coded> {
        self.object_at(&object.member(wire)?.ty)?.coded.as_ref()
    }

    /// A member that `x-differs` leaves out can't select an outcome: without it, the response would be another one.
    fn selected_by_omitted(&mut self, of: &Response<'_, 'a>, outcomes: &Outcomes<'a>) {
        for rule in &of.object.rules {
            let Rule::OmittedIfEqual(differs) = rule else { continue };
            let wire = &differs.member;
            let Some(span) = differs_place(of.node, wire) else { continue };
            let selects = |outcome: &Outcome| outcome.when.iter().any(|it| it.member == *wire);
            let Some((element, _)) = outcomes.iter().find(|(_, outcome)| selects(outcome)) else { continue };
            let title = format!("`{wire}` can't be left out: an outcome is selected by it");
            let help = "take this comparison out, or select the outcome by other members";
            self.diagnostics
                .report(DiagnosticCode::E0512, span, title, help)
                .also(element.at("when"), "it selects an outcome");
        }
    }

    /// The service answers by itself with a code that has a cause: an outcome that takes it would make knowledge of a
    /// failure.
    fn causes_taken(&mut self, of: &Response<'_, 'a>, (element, outcome): &(&'a Node, Outcome)) {
        let own = outcome.when.iter().find(|it| it.member == of.result);
        let (Some(selector), true) = (own, outcome.waiting != Waiting::Retry) else { return };
        let Some(member) = of.object.member(of.result) else { return };
        let Some(coded) = self.table(of.object, of.result) else { return };
        let (rows, help) = match &selector.is {
            SelectorValue::Code(row) => {
                (vec![*row], "select by a code without `cause`, or take the `cause` out of its row")
            }
            SelectorValue::Status(_, rows) => (
                rows.clone(),
                "select by the codes that the outcome is about, and leave those with a `cause` to refusals",
            ),
            SelectorValue::Word(_) => return,
        };
        // A success with a cause has an error of its own.
        let has_cause = |row: &Row| row.failure.is_some() && row.meaning != Meaning::Success;
        let taken: Vec<Row> = rows.into_iter().map(|n| coded.rows[n].clone()).filter(has_cause).collect();
        if taken.is_empty() {
            return;
        }
        let names: Vec<_> = taken.iter().map(|row| format!("`{}`", row.wire)).collect();
        let title =
            format!("`{}` takes {}, which the server answers with when no handler did", outcome.name, names.join(", "));
        let spans: Vec<&Span> = taken.iter().filter_map(|row| self.row_place(&member.ty, &row.wire)).collect();
        let span = element.get("when").and_then(|when| when.get(of.result)).map_or(&element.span, |it| &it.span);
        let fault = self.diagnostics.report(DiagnosticCode::E0820, span, title, help);
        for span in spans {
            fault.also(span, "it has a cause");
        }
    }

    /// Returns an outcome whose selectors all hold only where an earlier one is taken is never read.
    fn hidden(&mut self, of: &Response<'_, 'a>, outcomes: &Outcomes<'a>, n: usize) -> bool {
        let meaning = |member: &str, row: usize| Some(self.table(of.object, member)?.rows.get(row)?.meaning);
        let covers = |earlier: &Selector, later: &Selector| {
            earlier.member == later.member
                && match (&earlier.is, &later.is) {
                    (SelectorValue::Code(a), SelectorValue::Code(b)) => a == b,
                    (SelectorValue::Status(a, _), SelectorValue::Status(b, _)) => a == b,
                    (SelectorValue::Status(a, _), SelectorValue::Code(row)) => meaning(&later.member, *row) == Some(*a),
                    (SelectorValue::Word(a), SelectorValue::Word(b)) => a == b,
                    _ => false,
                }
        };
        let (element, later) = &outcomes[n];
        let hides = |earlier: &Outcome| {
            earlier.when.iter().all(|selector| later.when.iter().any(|other| covers(selector, other)))
        };
        let Some((first, earlier)) = outcomes[..n].iter().find(|(_, earlier)| hides(earlier)) else { return false };
        let title = format!("`{}` is never read: `{}` comes first and takes all of it", later.name, earlier.name);
        let help = "the first outcome that fits wins: put the narrower one first";
        self.diagnostics
            .report(DiagnosticCode::E0814, element.at("when"), title, help)
            .also(first.at("when"), "this takes it");
        true
    }

    /// Returns an outcome by a status needs a code of that status which no other takes.
    fn unreachable(&mut self, (element, outcome): &(&'a Node, Outcome)) -> bool {
        let is_empty = |selector: &Selector| matches!(&selector.is, SelectorValue::Status(_, rows) if rows.is_empty());
        let empty = outcome.waiting != Waiting::Retry && outcome.when.iter().any(is_empty);
        if empty {
            let title = format!("no code leads to the outcome `{}`", outcome.name);
            let help = "give the table a code of this status that no other outcome takes";
            self.diagnostics.report(DiagnosticCode::E0815, element.at("when"), title, help);
        }
        empty
    }

    /// A status selects the rows that no other outcome takes by their code.
    fn leave_rows(&self, object: &Object, outcomes: &mut Outcomes<'a>) {
        let selectors = outcomes.iter().flat_map(|(_, outcome)| &outcome.when);
        let taken: Vec<(String, usize)> = selectors
            .filter_map(|selector| {
                if let SelectorValue::Code(row) = selector.is { Some((selector.member.clone(), row)) } else { None }
            })
            .collect();
        for selector in outcomes.iter_mut().flat_map(|(_, outcome)| &mut outcome.when) {
            let SelectorValue::Status(meaning, rows) = &mut selector.is else { continue };
            let Some(coded) = self.table(object, &selector.member) else { continue };
            let free =
                |n: &usize| coded.rows[*n].meaning == *meaning && !taken.contains(&(selector.member.clone(), *n));
            *rows = (0..coded.rows.len()).filter(free).collect();
        }
    }
}

/// Returns how often a test of the selecting member itself holds: it is there, and a selector by a word leaves one word.
fn selected_itself(selector: &Selector, is: &Predicate) -> Option<Holds> {
    let holds = match (is, &selector.is) {
        (Predicate::Present, _) => true,
        (Predicate::Absent, _) => false,
        (Predicate::OneOf(among), SelectorValue::Word(word)) => among.contains(&word.wire),
        (Predicate::OneOf(_), _) => return None,
    };
    Some(if holds { Holds::Always } else { Holds::Never })
}

/// Returns where something names a member, on whatever level.
fn named<'n>(node: &'n Node, wire: &str) -> Option<&'n Span> {
    let own = node.members().iter().find(|(name, _)| name.text == wire).map(|(name, _)| &name.span);
    own.or_else(|| {
        node.members().iter().map(|(_, value)| value).chain(node.elements()).find_map(|inner| named(inner, wire))
    })
}
