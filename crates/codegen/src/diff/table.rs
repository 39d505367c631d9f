//! Code tables: open for those who read, and for handlers sets that may grow.

use super::change::{Change, Effect, Message, Verdict, source};
use super::closed::{closed, looks_at, understands};
use super::direction::{Clash, Clashes};
use super::object::Both;
use super::pairs::Key;
use super::scalar::variant;
use crate::ir::{Coded, Meaning, Operation, Row, ServiceModel};
use crate::profile::{FAILURES, INSTEAD_OF_FAILURES};

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
        all.extend(self.statuses(old, new));
        for (n, row) in old.rows.iter().enumerate().filter(|(_, row)| find(new, &row.wire).is_none()) {
            all.push(self.code_gone(old, new, (n, row)));
        }
        for (n, row) in new.rows.iter().enumerate() {
            match find(old, &row.wire) {
                Some(before) => all.extend(self.row((old, new), before, n, row)),
                None => all.push(self.code_added(old, new, (n, row))),
            }
        }
        all.extend(FAILURES.iter().filter_map(|(word, rust)| self.cause(old, new, word, rust)));
        let order = |some: &Coded, others: &Coded| -> Vec<String> {
            some.rows.iter().filter(|row| find(others, &row.wire).is_some()).map(|row| row.wire.clone()).collect()
        };
        if order(old, new) != order(new, old) {
            let what = format!("the codes of {} are in another order", self.name());
            let why = "nothing goes by it but the order of the list of all codes";
            all.push(Change::harmless(self.at(&["x-codes"]), what, why));
        }
        all
    }

    /// Returns other statuses that no result has. The codes say what happens to those of these statuses.
    fn statuses(&self, old: &Coded, new: &Coded) -> Option<Change> {
        let both = |coded: &Coded, word: &&String| has(old, word) && has(new, word) && coded.excluded.contains(word);
        let only = |one: &Coded, other: &Coded| one.excluded.iter().any(|it| both(one, &it) && !both(other, &it));
        let what = format!("{} can have other statuses", self.name());
        let why = "no side sends a code that is in no table, and the codes of the tables are compared one by one";
        (only(old, new) || only(new, old)).then(|| Change::harmless(self.at(&["allOf"]), what, why))
    }

    fn code_gone(&self, old: &Coded, new: &Coded, (n, row): (usize, &Row)) -> Change {
        let mut effects = vec![source(format!("`{}` loses the variant `{}`; {UNLISTED}", old.codes, row.rust))];
        let sent = self.refused_code((old, row), new);
        let is_refused = sent.is_some();
        effects.extend(Clashes::refused(sent, None).effects(self.on));
        if self.on.response && !is_refused && !is_understood(self.pairs.new, &self.keys()[1], row.meaning) {
            effects.push(not_understood(row, Verdict::Server, "OLD", "NEW"));
        }
        let place = self.was(&["x-codes", &n.to_string()]);
        Change::new(place, format!("{} has the code `{}` no longer", self.name(), row.wire), effects)
    }

    fn code_added(&self, old: &Coded, new: &Coded, (n, row): (usize, &Row)) -> Change {
        let sent = self.refused_code((new, row), old);
        let is_refused = sent.is_some();
        let mut effects = Clashes::refused(None, sent).effects(self.on);
        if self.on.response && !is_refused && !is_understood(self.pairs.old, &self.keys()[0], row.meaning) {
            effects.push(not_understood(row, Verdict::Client, "NEW", "OLD"));
        }
        let what = format!("{} has the new code `{}`", self.name(), row.wire);
        let place = self.at(&["x-codes", &n.to_string()]);
        let enums = self.growing(row);
        let why = format!("{} may grow and get the variant `{}`; {UNLISTED}", listed(&new.codes, &enums), row.rust);
        Change::or_addition(place, what, effects, why)
    }

    /// Returns the closed sets that get a code.
    fn growing(&self, row: &Row) -> Vec<String> {
        let [_, table] = self.keys();
        let mut names = Vec::new();
        for (_, file) in self.pairs.both_files() {
            let Some(operation) = &file.operation else { continue };
            let closed = closed(self.pairs.new, file, operation).into_iter();
            names.extend(closed.filter(|it| it.table == table && it.has(&row.wire)).map(|it| it.name));
        }
        names
    }

    /// Returns another code with which a service answers by itself.
    fn cause(&self, old: &Coded, new: &Coded, word: &str, rust: &str) -> Option<Change> {
        let own = |coded: &Coded| coded.rows.iter().position(|row| row.failure == Some(rust));
        let (before, after) = (own(old), own(new));
        let code = |coded: &Coded, n: Option<usize>| n.map(|n| coded.rows[n].wire.clone());
        if code(old, before) == code(new, after) {
            return None;
        }
        let place = match (before, after) {
            (_, Some(n)) => self.at(&["x-codes", &n.to_string(), "cause"]),
            (Some(n), None) => self.was(&["x-codes", &n.to_string(), "cause"]),
            (None, None) => return None,
        };
        let in_words = |coded, n| code(coded, n).map_or("no code".to_owned(), |code| format!("`{code}`"));
        let what = format!("the cause `{word}` has {}, had {}", in_words(new, after), in_words(old, before));
        let why = "a service answers by itself with another code of the same status";
        let (Some(was), Some(is)) = (answering(old, rust), answering(new, rust)) else {
            return Some(Change::harmless(place, what, why));
        };
        let status = |coded, row: &Row| format!("`{}` of status `{}`", row.wire, self::word(coded, row));
        let (was_status, is_status) = (status(old, was), status(new, is));
        if (self::word(old, was), was.meaning) == (self::word(new, is), is.meaning) {
            return Some(Change::harmless(place, what, why));
        }
        let clash = |sent: &str, read: &str| {
            Some(Clash::new(format!("answers the cause `{word}` with {sent}"), format!("expects {read}")))
        };
        let clashes = Clashes { old_sends: clash(&was_status, &is_status), new_sends: clash(&is_status, &was_status) };
        Some(Change::or_harmless(place, what, clashes.effects(self.on), "no service answers with this table"))
    }

    /// Returns a code of one table that readers of the other refuse, in words.
    fn refused_code(&self, (of, row): (&Coded, &Row), reader: &Coded) -> Option<String> {
        let (code, name, status) = (&row.wire, self.name(), word(of, row));
        if reader.excluded.iter().any(|it| it == status) {
            return Some(format!("the code `{code}` in {name}, of the status `{status}` that the other side excludes"));
        }
        let is_longer = code.chars().count() > reader.template.code_max;
        is_longer.then(|| format!("the code `{code}` in {name}, longer than any was"))
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
        all
    }
}

/// Returns the row with which a service answers a cause by itself: that of the cause, or the one used instead.
fn answering<'a>(coded: &'a Coded, cause: &str) -> Option<&'a Row> {
    let row = |cause: &str| coded.rows.iter().find(|row| row.failure == Some(cause));
    let instead = INSTEAD_OF_FAILURES.iter().find(|(of, _)| *of == cause).map(|(_, instead)| *instead);
    row(cause).or_else(|| row(instead?)).or_else(|| row("Internal"))
}

/// Returns the names of sets that a code is added to.
fn listed(open: &str, closed: &[String]) -> String {
    let names: Vec<_> =
        [open].into_iter().chain(closed.iter().map(String::as_str)).map(|it| format!("`{it}`")).collect();
    names.join(" and ")
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

/// Returns whether a word is one of the type that a table is made from.
fn has(coded: &Coded, word: &str) -> bool {
    coded.excluded.iter().any(|it| it == word) || coded.template.words.iter().any(|it| it.wire == word)
}

fn find(coded: &Coded, code: &str) -> Option<usize> {
    coded.rows.iter().position(|row| row.wire == code)
}

fn word<'a>(coded: &'a Coded, row: &Row) -> &'a str {
    let word = coded.template.words.iter().find(|word| word.rust == row.status);
    word.map_or("", |word| word.wire.as_str())
}
