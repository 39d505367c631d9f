//! What a client makes of the results in a response: the outcome of each side, and where the two differ.
//!
//! The same bytes are one outcome to a program on OLD and another to one on NEW when outcomes are added, removed,
//! selected in another way or put into another order. No validator sees it.

use std::collections::BTreeSet;

use super::change::Effect;
use super::closed::{known, table};
use super::direction::{Clash, Clashes, On};
use super::operation::Both;
use crate::ir::{Coded, Definition, Meaning, Operation, Outcome, Row, Scalar, ScalarKind, SelectorValue};

/// An outcome of both sides.
pub(super) type Pair<'a> = (&'a Outcome, &'a Outcome);

/// How many responses are tried.
const LIMIT: usize = 50_000;

/// What a client makes of a response.
#[derive(Clone, Copy)]
enum Reading<'a> {
    Outcome(&'a Outcome),
    Refusal,
    /// A success that no outcome takes.
    Unclear,
}

impl Reading<'_> {
    fn words(self) -> String {
        match self {
            Self::Outcome(outcome) => format!("`{}`", outcome.name),
            Self::Refusal => "a refusal".into(),
            Self::Unclear => "a response that it does not understand".into(),
        }
    }

    fn is(self, outcome: &Outcome) -> bool {
        matches!(self, Self::Outcome(it) if it.name == outcome.name)
    }
}

/// A code or a word in a member.
#[derive(Clone)]
struct Sent<'a> {
    member: &'a str,
    is: Known<'a>,
}

/// What a side knows that a member can be.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Known<'a> {
    /// The code or the word.
    text: &'a str,
    /// What the code's status means; `None` for a word.
    meaning: Option<Meaning>,
}

/// A response that the two sides read in different ways.
pub(super) struct Difference<'a> {
    sent: Vec<Sent<'a>>,
    was: Reading<'a>,
    is: Reading<'a>,
    /// Whether a server on OLD answers so, and one on NEW.
    by: [bool; 2],
}

impl Difference<'_> {
    /// Returns whether a client on OLD takes the response for an outcome of OLD.
    pub(super) fn was(&self, outcome: &Outcome) -> bool {
        self.was.is(outcome)
    }

    /// Returns whether a client on NEW takes the response for an outcome of NEW.
    pub(super) fn is(&self, outcome: &Outcome) -> bool {
        self.is.is(outcome)
    }

    fn words(&self) -> String {
        let words = self.sent.iter().map(|it| format!("`{}` in `{}`", it.is.text, it.member));
        words.collect::<Vec<_>>().join(" and ")
    }

    fn clash(&self, sent: Reading<'_>, read: Reading<'_>) -> Option<Clash> {
        // Who gets an error knows that nothing is known. An outcome that was not meant is worse.
        let is_misread = matches!(read, Reading::Outcome(_) | Reading::Unclear);
        let means = format!("means {} by {}", sent.words(), self.words());
        is_misread.then(|| Clash::new(means, format!("takes it for {}", read.words())))
    }
}

/// Returns who is misunderstood, by the first responses that show it.
pub(super) fn effects(differences: &[&Difference<'_>]) -> Vec<Effect> {
    let old_sends = differences.iter().filter(|it| it.by[0]).find_map(|it| match it.was {
        // A code that a refusal has is no less true when it is an outcome.
        Reading::Refusal => None,
        was => it.clash(was, it.is),
    });
    let new_sends = differences.iter().filter(|it| it.by[1]).find_map(|it| it.clash(it.is, it.was));
    Clashes { old_sends, new_sends }.effects(On::RESPONSE)
}

/// Returns what a client on OLD makes of responses that are something else now, in words.
pub(super) fn seen_by_old(differences: &[&Difference<'_>]) -> Option<String> {
    let first = differences.first()?;
    Some(format!("a client on OLD takes {} for {}", first.words(), first.was.words()))
}

impl<'a> Both<'a> {
    /// Returns the responses that both sides read, in different ways.
    pub(super) fn differences(&self, pairs: &[Pair<'a>]) -> Vec<Difference<'a>> {
        let members = self.result_members();
        let choices: Vec<_> = members.iter().map(|member| self.choices(member)).collect();
        let mut all = Vec::new();
        let mut responses = vec![(Vec::new(), [true; 2])];
        for choice in &choices {
            let longer = responses.iter().flat_map(|(sent, by)| choice.iter().map(move |it| it.after(sent, *by)));
            responses = longer.filter(|(_, by)| by[0] || by[1]).take(LIMIT).collect();
        }
        for (sent, by) in responses {
            let (was, is) = (read(self.old, &sent, self.tables_of(false)), read(self.new, &sent, self.tables_of(true)));
            let is_same = match (was, is) {
                (Reading::Outcome(was), Reading::Outcome(is)) => {
                    pairs.iter().any(|(old, new)| old.name == was.name && new.name == is.name)
                }
                (Reading::Refusal, Reading::Refusal) | (Reading::Unclear, Reading::Unclear) => true,
                _ => false,
            };
            let by = [by[0] && answers(self.old, was, &sent), by[1] && answers(self.new, is, &sent)];
            if !is_same && (by[0] || by[1]) {
                all.push(Difference { sent, was, is, by });
            }
        }
        all
    }

    /// Returns the members by which outcomes are selected on either side, the operation's own result first.
    fn result_members(&self) -> Vec<&'a str> {
        let mut all = vec![self.new.result.as_str()];
        let selectors = [self.old, self.new].into_iter().flat_map(known).flat_map(|outcome| &outcome.when);
        for selector in selectors {
            if !all.contains(&selector.member.as_str()) {
                all.push(&selector.member);
            }
        }
        all
    }

    /// Returns the codes or words of a member that matter: those that an outcome looks for, and one of each other kind.
    fn choices(&self, member: &'a str) -> Vec<Choice<'a>> {
        let sides = [self.known_of(false, member), self.known_of(true, member)];
        let sought: BTreeSet<&str> =
            [(self.old, self.table_of(false, member)), (self.new, self.table_of(true, member))]
                .into_iter()
                .flat_map(sought(member))
                .collect();
        let (mut kinds, mut all) = (BTreeSet::new(), Vec::new());
        for is in sides.iter().flatten().copied() {
            let same = [0, 1].map(|side: usize| sides[side].iter().find(|it| it.text == is.text));
            let by = same.map(|it| it.is_some());
            // What another status means is said of the status.
            let is_same = same.into_iter().flatten().all(|it| it.meaning == is.meaning);
            let kind = (is.meaning.map(Meaning::rust), by, sought.get(is.text));
            if is_same && kinds.insert(kind) {
                all.push(Choice { sent: Some(Sent { member, is }), by });
            }
        }
        if member != self.new.result {
            all.push(Choice { sent: None, by: [true; 2] });
        }
        all
    }

    fn table_of(&self, is_new: bool, member: &str) -> Option<&'a Coded> {
        let (family, file, operation) = self.side(is_new);
        table(family, file, operation, member).map(|(_, coded)| coded)
    }

    fn tables_of(&self, is_new: bool) -> impl Fn(&str) -> Option<&'a Coded> {
        move |member| self.table_of(is_new, member)
    }

    /// Returns the codes or the words that a side knows of a member.
    fn known_of(&self, is_new: bool, member: &'a str) -> Vec<Known<'a>> {
        if let Some(table) = self.table_of(is_new, member) {
            let known = |row: &'a Row| Known { text: &row.wire, meaning: Some(row.meaning) };
            return table.rows.iter().map(known).collect();
        }
        let (family, file, operation) = self.side(is_new);
        let member = file.object(&operation.response).and_then(|response| response.member(member));
        match member.and_then(|member| family.definition(&member.ty)) {
            Some(Definition::Scalar(Scalar { kind: ScalarKind::Words(words), .. })) => {
                words.iter().map(|word| Known { text: &word.wire, meaning: None }).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// One code that a member can have, or none, and whether each side sends it.
struct Choice<'a> {
    sent: Option<Sent<'a>>,
    by: [bool; 2],
}

impl<'a> Choice<'a> {
    fn after(&self, sent: &[Sent<'a>], by: [bool; 2]) -> (Vec<Sent<'a>>, [bool; 2]) {
        let sent = sent.iter().chain(&self.sent).cloned().collect();
        (sent, [by[0] && self.by[0], by[1] && self.by[1]])
    }
}

/// Returns the codes or words that an operation's outcomes look for in a member.
fn sought<'a>(member: &'a str) -> impl Fn((&'a Operation, Option<&'a Coded>)) -> Vec<&'a str> {
    move |(operation, table)| {
        let selectors = known(operation).flat_map(|outcome| &outcome.when).filter(|it| it.member == member);
        let texts = selectors.filter_map(|selector| match &selector.is {
            SelectorValue::Code(row) => Some(table?.rows.get(*row)?.wire.as_str()),
            SelectorValue::Word(word) => Some(word.wire.as_str()),
            SelectorValue::Status(..) => None,
        });
        texts.collect()
    }
}

/// Returns what a client makes of a response. The first outcome that fits wins.
fn read<'a>(operation: &'a Operation, sent: &[Sent<'_>], table: impl Fn(&str) -> Option<&'a Coded>) -> Reading<'a> {
    let row = |it: &Sent<'_>| table(it.member)?.rows.iter().position(|row| row.wire == it.is.text);
    let fits = |outcome: &&Outcome| {
        outcome.when.iter().all(|selector| {
            let found = sent.iter().find(|it| it.member == selector.member);
            found.is_some_and(|it| match &selector.is {
                SelectorValue::Code(wanted) => row(it) == Some(*wanted),
                SelectorValue::Status(meaning, _) => it.is.meaning == Some(*meaning),
                SelectorValue::Word(word) => it.is.text == word.wire,
            })
        })
    };
    let own = sent.iter().find(|it| it.member == operation.result);
    let is_success = own.is_some_and(|it| it.is.meaning == Some(Meaning::Success));
    match known(operation).find(fits) {
        Some(outcome) if is_success && sent.iter().any(|it| operation.excludes(outcome, it.member)) => Reading::Unclear,
        Some(outcome) => Reading::Outcome(outcome),
        None if own.is_some() && !is_success => Reading::Refusal,
        None => Reading::Unclear,
    }
}

/// Returns whether a server answers so: with an outcome and what belongs to it, or with a refusal and nothing else.
fn answers(operation: &Operation, reading: Reading<'_>, sent: &[Sent<'_>]) -> bool {
    sent.iter().filter(|it| it.member != operation.result).all(|it| match reading {
        Reading::Outcome(outcome) => {
            let selects = outcome.when.iter().any(|selector| selector.member == it.member);
            selects || outcome.members.iter().any(|member| member.wire == it.member)
        }
        Reading::Refusal => false,
        Reading::Unclear => true,
    }) && !matches!(reading, Reading::Unclear)
}
