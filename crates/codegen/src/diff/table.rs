//! Code tables: open for those who read, closed for handlers.

use super::change::{Change, Effect, Message, Verdict, source};
use super::closed::{Closed, closed, looks_at, understands};
use super::direction::Clashes;
use super::object::Both;
use super::pairs::{Key, Pairs};
use super::scalar::variant;
use crate::ir::{Coded, Meaning, Operation, Row, ServiceModel};
use crate::profile::FAILURES;

/// How a program reads a code that its table lacks.
const UNLISTED: &str = "a table without it keeps the code as its text and goes by its status";

impl Both<'_> {
    pub(super) fn table(&self, old: &Coded, new: &Coded) -> Vec<Change> {
        let mut all = Vec::new();
        let (was, is) = (Key::of(&old.base), Key::of(&new.base));
        if !self.pairs.is_same(&was, &is) {
            let what = format!("{} is made from `{}`, was made from `{}`", self.name(), is.name, was.name);
            all.push(Change::new(self.at(&["$ref"]), what, vec![source("the alias names another type")]));
        }
        let [was, is] = self.keys();
        let enums = Enums::of(self.pairs, &was, &is);
        for (n, row) in old.rows.iter().enumerate().filter(|(_, row)| find(new, &row.wire).is_none()) {
            all.push(self.code_gone(old, new, (n, row), &enums));
        }
        for (n, row) in new.rows.iter().enumerate() {
            match find(old, &row.wire) {
                Some(before) => all.extend(self.row((old, new), before, n, row)),
                None => all.push(self.code_added(old, new, (n, row), &enums)),
            }
        }
        let order = |some: &Coded, others: &Coded| -> Vec<String> {
            some.rows.iter().filter(|row| find(others, &row.wire).is_some()).map(|row| row.wire.clone()).collect()
        };
        if order(old, new) != order(new, old) {
            let what = format!("the codes of {} stand in another order", self.name());
            let numbers = enums.moved(|_, _| true).map(|name| source(numbers(&name)));
            let effects: Vec<_> = numbers.collect();
            let place = self.at(&["x-codes"]);
            all.push(if effects.is_empty() {
                Change::harmless(place, what, "nothing goes by it but the order of the list of all codes")
            } else {
                Change::new(place, what, effects)
            });
        }
        all
    }

    fn code_gone(&self, old: &Coded, new: &Coded, (n, row): (usize, &Row), enums: &Enums) -> Change {
        let mut effects = vec![source(format!("`{}` loses the variant `{}`; {UNLISTED}", old.codes, row.rust))];
        effects.extend(enums.moved(|before, _| before > n).map(|name| source(numbers(&name))));
        let sent = (row.wire.chars().count() > new.template.code_max).then(|| self.code(row));
        effects.extend(Clashes::refused(sent, None).effects(self.on));
        if self.on.response && !is_understood(self.pairs.new, &self.keys()[1], row.meaning) {
            effects.push(not_understood(row, Verdict::Server, "OLD", "NEW"));
        }
        let place = self.was(&["x-codes", &n.to_string()]);
        Change::new(place, format!("{} has the code `{}` no longer", self.name(), row.wire), effects)
    }

    fn code_added(&self, old: &Coded, new: &Coded, (n, row): (usize, &Row), enums: &Enums) -> Change {
        let mut effects = Vec::new();
        let closed: Vec<&str> = enums.with(&row.wire).collect();
        for name in &closed {
            effects.push(source(format!("`{name}` is closed and gets the variant `{}`; {UNLISTED}", row.rust)));
        }
        let moved = enums.moved(|_, after| after > n).filter(|name| !closed.contains(&name.as_str()));
        effects.extend(moved.map(|name| source(numbers(&name))));
        let sent = (row.wire.chars().count() > old.template.code_max).then(|| self.code(row));
        effects.extend(Clashes::refused(None, sent).effects(self.on));
        if self.on.response && !is_understood(self.pairs.old, &self.keys()[0], row.meaning) {
            effects.push(not_understood(row, Verdict::Client, "NEW", "OLD"));
        }
        let what = format!("{} has the new code `{}`", self.name(), row.wire);
        let place = self.at(&["x-codes", &n.to_string()]);
        if effects.is_empty() {
            return Change::addition(place, what, format!("`{}` is open; {UNLISTED}", new.codes));
        }
        Change::new(place, what, effects)
    }

    fn code(&self, row: &Row) -> String {
        format!("the code `{}` in {}, longer than any was", row.wire, self.name())
    }

    /// Returns a code that both tables have.
    fn row(&self, (old, new): (&Coded, &Coded), before: usize, n: usize, row: &Row) -> Vec<Change> {
        let (was, wire) = (&old.rows[before], &row.wire);
        let at = |keyword| self.at(&["x-codes", &n.to_string(), keyword]);
        let mut all = Vec::new();
        let (old_word, new_word) = (word(old, was), word(new, row));
        if old_word != new_word {
            let sent = |status: &str| format!("`{wire}` with the status `{status}`");
            let effects = Clashes::refused(Some(sent(old_word)), Some(sent(new_word))).effects(self.on);
            all.push(Change::new(
                at("status"),
                format!("`{wire}` has the status `{new_word}`, had `{old_word}`"),
                effects,
            ));
        }
        if was.rust != row.rust {
            let what = format!("`{wire}` has another name in Rust");
            all.push(Change::new(at("rust"), what, vec![source(variant(&was.rust, &row.rust))]));
        }
        if was.message != row.message {
            all.push(Change::text(at("message"), format!("the message of `{wire}` is in other words")));
        }
        if was.failure != row.failure {
            let in_words = |row: &Row| cause(row).map_or("no cause".into(), |word| format!("the cause `{word}`"));
            let place =
                if row.failure.is_some() { at("cause") } else { self.was(&["x-codes", &before.to_string(), "cause"]) };
            let why = "a service answers by itself with another code, which is read like any other";
            all.push(Change::harmless(place, format!("`{wire}` has {}, had {}", in_words(row), in_words(was)), why));
        }
        all
    }
}

/// Returns whether every client of a family that decides by this table knows what to make of any code of a status.
fn is_understood(family: &ServiceModel, table: &Key, meaning: Meaning) -> bool {
    users(family, table)
        .all(|(operation, member)| !looks_at(operation, member) || understands(operation, member, meaning))
}

/// Returns the operations whose response has a table, with the member that has it.
fn users<'a>(family: &'a ServiceModel, table: &'a Key) -> impl Iterator<Item = (&'a Operation, &'a str)> {
    family.operations().flat_map(move |(file, operation)| {
        let members = file.object(&operation.response).map_or(&[][..], |it| it.members.as_slice());
        let with = members.iter().filter(move |member| Key::of(&member.ty) == *table);
        with.map(move |member| (operation, member.wire.as_str()))
    })
}

fn not_understood(row: &Row, verdict: Verdict, sender: &str, reader: &str) -> Effect {
    let why = format!(
        "a server built on {sender} may answer with `{}`; a client on {reader} has no outcome for a code of this status that it does not know, and reports an answer that it does not understand",
        row.wire
    );
    Effect { verdict, on: Some(Message::Response), why }
}

/// Returns the cause of a row, as the schema says it.
fn cause(row: &Row) -> Option<&'static str> {
    FAILURES.iter().find(|(_, rust)| Some(*rust) == row.failure).map(|(word, _)| *word)
}

fn numbers(name: &str) -> String {
    format!("the numbers behind the variants of `{name}` change")
}

fn find(coded: &Coded, code: &str) -> Option<usize> {
    coded.rows.iter().position(|row| row.wire == code)
}

fn word<'a>(coded: &'a Coded, row: &Row) -> &'a str {
    let word = coded.template.words.iter().find(|word| word.rust == row.status);
    word.map_or("", |word| word.wire.as_str())
}

/// The closed enums over a table that both sides have.
struct Enums(Vec<(Closed, Closed)>);

impl Enums {
    fn of(pairs: &Pairs<'_>, old_table: &Key, new_table: &Key) -> Self {
        let mut all = Vec::new();
        for (a, b) in pairs.both_files() {
            let (Some(old), Some(new)) = (&a.operation, &b.operation) else { continue };
            let mut before = closed(pairs.old, a, old);
            before.retain(|it| it.table == *old_table);
            let after = closed(pairs.new, b, new).into_iter().filter(|it| it.table == *new_table);
            for it in after {
                if let Some(n) = before.iter().position(|old| old.name == it.name) {
                    all.push((before.swap_remove(n), it));
                }
            }
        }
        Self(all)
    }

    /// Returns those that have a code now.
    fn with(&self, code: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(_, new)| new.row(code).is_some()).map(|(_, new)| new.name.as_str())
    }

    /// Returns those in which a code of both sides is in another row, if it is one of these.
    fn moved<'a>(&'a self, meant: impl Fn(usize, usize) -> bool + 'a) -> impl Iterator<Item = String> + 'a {
        let moved = move |(old, new): &&(Closed, Closed)| {
            let rows = old.codes.iter().filter_map(|(code, before)| Some((*before, new.row(code)?)));
            rows.filter(|(before, after)| before != after).any(|(before, after)| meant(before, after))
        };
        self.0.iter().filter(moved).map(|(_, new)| new.name.clone())
    }
}
