//! Named outcomes: the cases of `Answer` and `Outcome`. Messages are valid without them, and are read by them.

use super::change::{Change, Effect, Place, source};
use super::closed::{Closed, closed, table};
use super::operation::Both;
use super::reading::{self, Difference, Pair};
use crate::ir::{File, Meaning, Operation, Outcome, OutcomeMember, Selector, SelectorValue, ServiceModel, Waiting};

/// What a selector looks for, free of row numbers: the member, the keyword and what it has to be.
type Looks = (String, &'static str, String);

impl<'a> Both<'a> {
    pub(super) fn outcomes(&self) -> Vec<Change> {
        let pairs = self.pair_up();
        let differences = self.differences(&pairs);
        let is_old = |outcome: &Outcome| pairs.iter().any(|(old, _)| old.name == outcome.name);
        let is_new = |outcome: &Outcome| pairs.iter().any(|(_, new)| new.name == outcome.name);
        let gone = self.old.outcomes.iter().filter(|outcome| !is_old(outcome));
        let gone = gone.map(|it| self.gone(it, &only(&differences, |other| other.was(it))));
        let added = self.new.outcomes.iter().filter(|outcome| !is_new(outcome));
        let added = added.map(|it| self.added(it, &only(&differences, |other| other.is(it))));
        let mut all: Vec<_> = gone.chain(added).collect();
        for (old, new) in &pairs {
            let differing = only(&differences, |it| it.was(old) != it.is(new));
            all.extend(self.outcome(old, new, &differing));
        }
        all.extend(self.order(&pairs, &differences));
        all.extend(self.refusals());
        all
    }

    /// Outcomes of one name are the same. Of the others, two with the same selectors are.
    fn pair_up(&self) -> Vec<Pair<'a>> {
        let mut pairs = Vec::new();
        self.pair_by(&mut pairs, |old, new| old.name == new.name);
        self.pair_by(&mut pairs, |old, new| self.looks(false, old) == self.looks(true, new));
        pairs
    }

    fn pair_by(&self, pairs: &mut Vec<Pair<'a>>, are_same: impl Fn(&Outcome, &Outcome) -> bool) {
        for new in &self.new.outcomes {
            let free = |old: &&Outcome| !pairs.iter().any(|(a, b)| a.name == old.name || b.name == new.name);
            let found = self.old.outcomes.iter().filter(free).find(|old| are_same(old, new));
            pairs.extend(found.map(|old| (old, new)));
        }
    }

    fn looks(&self, new: bool, outcome: &Outcome) -> Vec<Looks> {
        let (family, file, operation) = self.side(new);
        let mut all: Vec<_> = outcome.when.iter().map(|it| looks(family, file, operation, it)).collect();
        all.sort();
        all
    }

    pub(super) fn side(&self, new: bool) -> (&'a ServiceModel, &'a File, &'a Operation) {
        if new { (self.pairs.new, self.files.1, self.new) } else { (self.pairs.old, self.files.0, self.old) }
    }

    /// Returns a place in an outcome of NEW.
    fn at_outcome(&self, outcome: &Outcome, names: &[&str]) -> Place {
        let n = number(self.new, outcome);
        let names: Vec<_> =
            ["$defs", &self.new.response, "x-outcomes", &n].into_iter().chain(names.iter().copied()).collect();
        Place::new(self.files.1, &names)
    }

    /// Returns a place in an outcome of OLD.
    fn was_outcome(&self, outcome: &Outcome, names: &[&str]) -> Place {
        let n = number(self.old, outcome);
        let names: Vec<_> =
            ["$defs", &self.old.response, "x-outcomes", &n].into_iter().chain(names.iter().copied()).collect();
        Place::old(self.files.0, &names)
    }

    fn gone(&self, outcome: &Outcome, differences: &[&Difference<'_>]) -> Change {
        let (place, what) = (self.was_outcome(outcome, &[]), format!("the outcome `{}` is gone", outcome.name));
        if outcome.waiting == Waiting::Retry {
            return Change::text(place, what);
        }
        let mut effects = reading::effects(differences);
        effects
            .push(source("`Answer` and `Outcome` lose the case; what is read is another outcome, a refusal or none"));
        Change::new(place, what, effects)
    }

    fn added(&self, outcome: &Outcome, differences: &[&Difference<'_>]) -> Change {
        let (place, what) = (self.at_outcome(outcome, &[]), format!("the new outcome `{}`", outcome.name));
        if outcome.waiting == Waiting::Retry {
            return Change::text(place, what);
        }
        let seen = reading::seen_by_old(differences).map_or_else(String::new, |words| format!("; {words}"));
        let why = format!("`Answer` and `Outcome` may grow and get the case{seen}");
        Change::or_addition(place, what, reading::effects(differences), why)
    }

    /// Returns an outcome that both have.
    fn outcome(&self, old: &Outcome, new: &Outcome, differences: &[&Difference<'_>]) -> Vec<Change> {
        let name = &new.name;
        let mut all = Vec::new();
        if old.doc != new.doc {
            let place = self.at_outcome(new, &["description"]);
            all.push(Change::text(place, format!("the outcome `{name}` is described in other words")));
        }
        if old.waiting == Waiting::Retry && new.waiting == Waiting::Retry {
            return all;
        }
        if old.name != new.name {
            let what = format!("the outcome `{}` is called `{name}`", old.name);
            let why = "the cases of `Answer` and `Outcome` are called so, and the codes that they leave open";
            all.push(Change::new(self.at_outcome(new, &["name"]), what, vec![source(why)]));
        }
        all.extend(self.waiting(old, new, differences));
        if self.looks(false, old) != self.looks(true, new) {
            let why = "an answer with this outcome is another message, and the same message is read as another outcome";
            let place = self.at_outcome(new, &["when"]);
            let mut effects = reading::effects(differences);
            effects.push(source(why));
            all.push(Change::new(place, format!("the outcome `{name}` is selected otherwise"), effects));
        }
        all.extend(self.fields(old, new, differences));
        all.extend(self.codes(old, new));
        all.extend(self.defaults(old, new));
        all
    }

    fn waiting(&self, old: &Outcome, new: &Outcome, differences: &[&Difference<'_>]) -> Option<Change> {
        if old.waiting == new.waiting {
            return None;
        }
        let place = self.at_outcome(new, &["waiting"]);
        let what = format!("the outcome `{}` is {}, was {}", new.name, waiting(new), waiting(old));
        let mut effects = reading::effects(differences);
        let why = match (old.waiting, new.waiting) {
            (Waiting::Retry, _) => {
                return Some(Change::or_addition(place, what, effects, "it is an outcome, and no error any more"));
            }
            (_, Waiting::Retry) => "it is an error, and no outcome any more",
            _ => "it compiles as before; a caller that waits for a final outcome stops at another one",
        };
        effects.push(source(why));
        Some(Change::new(place, what, effects))
    }

    fn fields(&self, old: &Outcome, new: &Outcome, differences: &[&Difference<'_>]) -> Vec<Change> {
        let name = &new.name;
        // A success with a member that selects others is this outcome only if it has a place for the member.
        let read = |wire: &str| {
            let selects = [self.old, self.new].iter().any(|operation| operation.is_selected_by(wire));
            if selects { reading::effects(differences) } else { Vec::new() }
        };
        let find = |outcome: &Outcome, wire: &str| outcome.members.iter().position(|it| it.wire == wire);
        let mut all = Vec::new();
        for (n, member) in old.members.iter().enumerate().filter(|(_, it)| find(new, &it.wire).is_none()) {
            let what = format!("the outcome `{name}` has `{}` no longer", member.wire);
            let why = format!(
                "`answer::{name}` and `outcome::{name}` lose the field; a caller finds the member in the surplus, and a server on NEW no longer sends it"
            );
            let mut effects = read(&member.wire);
            effects.push(source(why));
            all.push(Change::new(self.was_outcome(old, &["members", &n.to_string()]), what, effects));
        }
        for (n, member) in new.members.iter().enumerate() {
            let place = self.at_outcome(new, &["members", &n.to_string()]);
            let Some(before) = find(old, &member.wire) else {
                all.push(field(place, new, member, read(&member.wire)));
                continue;
            };
            let (was, is) = (is_always(&old.members[before]), is_always(member));
            if was != is {
                let words = if is { "always has" } else { "may lack" };
                let why = format!(
                    "the field is {} in `answer::{name}` and `outcome::{name}`",
                    if is { "no `Option` any more" } else { "an `Option`" }
                );
                let what = format!("the outcome `{name}` {words} `{}`", member.wire);
                all.push(Change::new(place, what, vec![source(why)]));
            }
        }
        all
    }

    /// Returns the closed enums of an outcome, as far as the rows that both tables have go.
    fn codes(&self, old: &Outcome, new: &Outcome) -> Vec<Change> {
        let (before, after) = (self.enums(false, Some(old)), self.enums(true, Some(new)));
        let names = |outcome: &Outcome| outcome.open_selectors().map(|(it, _)| it.member.clone()).collect::<Vec<_>>();
        let (was, is) = (names(old), names(new));
        let place = || self.at_outcome(new, &["when"]);
        if was == is {
            return before.iter().zip(&after).filter_map(|(old, new)| self.variants(place(), old, new)).collect();
        }
        let what = format!("an answer `{}` says {}, said {}", new.name, codes(&is), codes(&was));
        if self.may_name_none(old, new) {
            let why = format!("the fields have defaults: `answer::{}` is made as before and sends the same", new.name);
            return vec![Change::addition(place(), what, why)];
        }
        let why = format!("the fields for codes in `answer::{}` are other ones", new.name);
        vec![Change::new(place(), what, vec![source(why)])]
    }

    /// Returns whether an answer that is made as before still compiles and has the same codes: the codes that the outcome
    /// leaves open now, and did not before, have the only one of before as their default.
    fn may_name_none(&self, old: &Outcome, new: &Outcome) -> bool {
        let only = |member: &str| {
            let selector = old.when.iter().find(|it| it.member == member)?;
            let SelectorValue::Status(_, rows) = &selector.is else { return None };
            let [row] = rows.as_slice() else { return None };
            self.code(false, member, *row)
        };
        let was: Vec<_> = old.open_selectors().map(|(it, _)| (&it.member, old.codes(it))).collect();
        let is: Vec<_> = new.open_selectors().map(|(it, _)| (it, new.codes(it))).collect();
        let is_kept =
            |(member, codes): &(&String, String)| is.iter().any(|(it, now)| it.member == **member && now == codes);
        let is_new = |it: &Selector| !was.iter().any(|(member, _)| **member == it.member);
        let has_same = |it: &Selector| {
            let default = it.default.and_then(|row| self.code(true, &it.member, row));
            default.is_some() && default == only(&it.member)
        };
        was.iter().all(is_kept) && is.iter().filter(|(it, _)| is_new(it)).all(|(it, _)| has_same(it))
    }

    /// Returns the codes of answers that name none.
    fn defaults(&self, old: &Outcome, new: &Outcome) -> Vec<Change> {
        let name = &new.name;
        let is_open = |outcome: &Outcome, member: &str| outcome.open_selectors().any(|(it, _)| it.member == member);
        let mut all = Vec::new();
        for selector in &new.when {
            let member = &selector.member;
            let Some(before) = old.when.iter().find(|it| it.member == *member) else { continue };
            let was = before.default.and_then(|row| self.code(false, member, row));
            let is = selector.default.and_then(|row| self.code(true, member, row));
            if was == is {
                continue;
            }
            let what = match (was, is) {
                (Some(was), Some(is)) => format!("the default code of `{name}` in `{member}` is `{is}`, was `{was}`"),
                (_, Some(is)) => format!("the outcome `{name}` has the default code `{is}` in `{member}`"),
                (_, None) => format!("the outcome `{name}` has no default code in `{member}` any more"),
            };
            let place = self.at_outcome(new, &["when", member]);
            all.extend(match (is_open(old, member), is_open(new, member)) {
                (true, true) => {
                    let why = match (was, is) {
                        (None, _) => format!("`answer::{name}::new` does not take the code any more"),
                        (_, None) => format!("`answer::{name}` is not made without the code"),
                        _ => "it compiles as before, and an answer that names no code sends another one".to_owned(),
                    };
                    Some(Change::new(place, what, vec![source(why)]))
                }
                (false, false) => Some(Change::harmless(place, what, "the outcome leaves only this code")),
                // A field that comes or goes is said of the outcome.
                _ => None,
            });
        }
        all
    }

    /// Returns the code of a row.
    fn code(&self, is_new: bool, member: &str, row: usize) -> Option<&'a str> {
        let (family, file, operation) = self.side(is_new);
        let (_, coded) = table(family, file, operation, member)?;
        coded.rows.get(row).map(|row| row.wire.as_str())
    }

    fn refusals(&self) -> Option<Change> {
        let (before, after) = (self.enums(false, None), self.enums(true, None));
        let place = Place::new(self.files.1, &["$defs", &self.new.response, "x-outcomes"]);
        self.variants(place, before.first()?, after.first()?)
    }

    fn enums(&self, new: bool, outcome: Option<&Outcome>) -> Vec<Closed> {
        let (family, file, operation) = self.side(new);
        let of = outcome.map(|outcome| outcome.name.as_str());
        closed(family, file, operation).into_iter().filter(|it| it.outcome.as_deref() == of).collect()
    }

    /// Codes that both tables have and only one of two closed enums. What rows come and go is said at the tables.
    fn variants(&self, place: Place, old: &Closed, new: &Closed) -> Option<Change> {
        let has = |is_new: bool, code: &str| {
            let (family, file, operation) = self.side(is_new);
            let members = file.object(&operation.response).map_or(&[][..], |it| it.members.as_slice());
            let mut tables = members.iter().filter_map(|it| table(family, file, operation, &it.wire));
            let key = if is_new { &new.table } else { &old.table };
            tables.any(|(table, coded)| table == *key && coded.rows.iter().any(|row| row.wire == code))
        };
        let only = |some: &Closed, other: &Closed, is_new| -> Vec<String> {
            let own = some.codes.iter().filter(|code| !other.has(code));
            own.filter(|code| has(is_new, code)).map(|code| format!("`{code}`")).collect()
        };
        let (loses, gets) = (only(old, new, true), only(new, old, false));
        let parts = [("loses", &loses), ("gets", &gets)].into_iter().filter(|(_, codes)| !codes.is_empty());
        let parts: Vec<_> = parts.map(|(verb, codes)| format!("{verb} {}", codes.join(", "))).collect();
        let what = format!("`{}` {}", new.name, parts.join(" and "));
        let effects = if loses.is_empty() { Vec::new() } else { vec![source("the enum loses variants")] };
        (!parts.is_empty()).then(|| Change::or_addition(place, what, effects, "the enum may grow"))
    }

    /// Returns the first outcome that fits wins: the order of two counts when a response can fit both.
    fn order(&self, pairs: &[Pair<'_>], differences: &[Difference<'_>]) -> Option<Change> {
        let place = |operation: &Operation, outcome: &Outcome| number(operation, outcome).parse::<usize>().unwrap_or(0);
        let both = pairs.iter().enumerate().flat_map(|(n, a)| pairs[n + 1..].iter().map(move |b| (a, b)));
        let turned: Vec<_> = both
            .filter(|(a, b)| {
                (place(self.old, a.0) < place(self.old, b.0)) != (place(self.new, a.1) < place(self.new, b.1))
            })
            .collect();
        let at = Place::new(self.files.1, &["$defs", &self.new.response, "x-outcomes"]);
        let meets = |a: &Pair<'_>, b: &Pair<'_>, it: &Difference<'_>| it.was(a.0) && it.is(b.1);
        let read = turned.iter().find_map(|(a, b)| {
            let found = only(differences, |it| meets(a, b, it) || meets(b, a, it));
            (!found.is_empty()).then_some((a, b, found))
        });
        if let Some((a, b, found)) = read {
            let what = format!("the outcomes `{}` and `{}` stand in another order", a.1.name, b.1.name);
            let mut effects = reading::effects(&found);
            effects.push(source("the first that fits wins, and a response can fit both"));
            return Some(Change::new(at, what, effects));
        }
        let what = "the outcomes stand in another order";
        (!turned.is_empty()).then(|| Change::harmless(at, what, "no response fits two of those that changed places"))
    }
}

fn only<'d, 'a>(all: &'d [Difference<'a>], is_meant: impl Fn(&Difference<'a>) -> bool) -> Vec<&'d Difference<'a>> {
    all.iter().filter(|it| is_meant(it)).collect()
}

/// Returns a member that an outcome gets.
fn field(place: Place, outcome: &Outcome, member: &OutcomeMember, mut effects: Vec<Effect>) -> Change {
    let (name, wire) = (&outcome.name, &member.wire);
    if is_always(member) {
        let what = format!("the outcome `{name}` always has `{wire}`");
        effects.push(source(format!("`answer::{name}` is not made without the field")));
        return Change::new(place, what, effects);
    }
    let why = format!("`answer::{name}` and `outcome::{name}` get a field that may be left out");
    Change::or_addition(place, format!("the outcome `{name}` can have `{wire}`"), effects, why)
}

fn number(operation: &Operation, outcome: &Outcome) -> String {
    operation.outcomes.iter().position(|it| it.name == outcome.name).unwrap_or_default().to_string()
}

fn looks(family: &ServiceModel, file: &File, operation: &Operation, selector: &Selector) -> Looks {
    let (keyword, is) = match &selector.is {
        SelectorValue::Code(row) => {
            let coded = table(family, file, operation, &selector.member).map(|(_, coded)| coded);
            ("code", coded.and_then(|it| it.rows.get(*row)).map_or_else(String::new, |row| row.wire.clone()))
        }
        SelectorValue::Status(meaning, _) => ("status", Meaning::rust(*meaning).to_owned()),
        SelectorValue::Word(word) => ("word", word.wire.clone()),
    };
    (selector.member.clone(), keyword, is)
}

fn waiting(outcome: &Outcome) -> &'static str {
    match outcome.waiting {
        Waiting::Final => "final",
        Waiting::Pending => "pending",
        Waiting::Undetermined => "left to a setting",
        Waiting::Retry => "asked for again",
    }
}

fn is_always(member: &OutcomeMember) -> bool {
    member.required || member.differs.is_some()
}

fn codes(members: &[String]) -> String {
    match members {
        [] => "no code".into(),
        _ => members.iter().map(|member| format!("the code of `{member}`")).collect::<Vec<_>>().join(" and "),
    }
}
