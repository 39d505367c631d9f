//! Named outcomes: the cases of `Answer` and `Outcome`. No message depends on them.

use super::change::{Change, Place, source};
use super::closed::{Closed, closed, table};
use super::operation::Both;
use crate::ir::{File, Meaning, Operation, Outcome, OutcomeMember, Selector, SelectorValue, ServiceModel, Waiting};

/// What a selector looks for, free of row numbers: the member and the code or the status.
type Looks = (String, Result<String, &'static str>);

impl Both<'_> {
    pub(super) fn outcomes(&self) -> Vec<Change> {
        let pairs = self.pair_up();
        let is_old = |outcome: &Outcome| pairs.iter().any(|(old, _)| old.name == outcome.name);
        let is_new = |outcome: &Outcome| pairs.iter().any(|(_, new)| new.name == outcome.name);
        let gone = self.old.outcomes.iter().filter(|outcome| !is_old(outcome)).map(|outcome| self.gone(outcome));
        let added = self.new.outcomes.iter().filter(|outcome| !is_new(outcome)).map(|outcome| self.added(outcome));
        let mut all: Vec<_> = gone.chain(added).collect();
        for (old, new) in &pairs {
            all.extend(self.outcome(old, new));
        }
        all.extend(self.order(&pairs));
        all.extend(self.refusals());
        all
    }

    /// Outcomes of one name are the same. Of the others, two with the same selectors are.
    fn pair_up(&self) -> Vec<(&Outcome, &Outcome)> {
        let mut pairs = Vec::new();
        self.pair_by(&mut pairs, |old, new| old.name == new.name);
        self.pair_by(&mut pairs, |old, new| self.looks(false, old) == self.looks(true, new));
        pairs
    }

    fn pair_by<'a>(
        &'a self,
        pairs: &mut Vec<(&'a Outcome, &'a Outcome)>,
        are_same: impl Fn(&Outcome, &Outcome) -> bool,
    ) {
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

    fn side(&self, new: bool) -> (&ServiceModel, &File, &Operation) {
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

    fn gone(&self, outcome: &Outcome) -> Change {
        let (place, what) = (self.was_outcome(outcome, &[]), format!("the outcome `{}` is gone", outcome.name));
        if outcome.waiting == Waiting::Retry {
            return Change::text(place, what);
        }
        let why = "`Answer` and `Outcome` lose the case; what is read is another outcome, a refusal or none";
        Change::new(place, what, vec![source(why)])
    }

    fn added(&self, outcome: &Outcome) -> Change {
        let (place, what) = (self.at_outcome(outcome, &[]), format!("the new outcome `{}`", outcome.name));
        if outcome.waiting == Waiting::Retry {
            return Change::text(place, what);
        }
        let why =
            "`Answer` is closed and gets the case; `Outcome` gets it too, and what was read otherwise is read as it";
        Change::new(place, what, vec![source(why)])
    }

    /// Returns an outcome that both have.
    fn outcome(&self, old: &Outcome, new: &Outcome) -> Vec<Change> {
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
        all.extend(self.waiting(old, new));
        if self.looks(false, old) != self.looks(true, new) {
            let why = "an answer with this outcome is another message, and the same message is read as another outcome";
            let place = self.at_outcome(new, &["when"]);
            all.push(Change::new(place, format!("the outcome `{name}` is selected otherwise"), vec![source(why)]));
        }
        all.extend(self.fields(old, new));
        all.extend(self.codes(old, new));
        all
    }

    fn waiting(&self, old: &Outcome, new: &Outcome) -> Option<Change> {
        if old.waiting == new.waiting {
            return None;
        }
        let what = format!("the outcome `{}` is {}, was {}", new.name, waiting(new), waiting(old));
        let why = match (old.waiting, new.waiting) {
            (Waiting::Retry, _) => "it is an outcome, and no error any more",
            (_, Waiting::Retry) => "it is an error, and no outcome any more",
            _ => "it compiles as before; a caller that waits for a final outcome stops at another one",
        };
        Some(Change::new(self.at_outcome(new, &["waiting"]), what, vec![source(why)]))
    }

    fn fields(&self, old: &Outcome, new: &Outcome) -> Vec<Change> {
        let name = &new.name;
        let find = |outcome: &Outcome, wire: &str| outcome.members.iter().position(|it| it.wire == wire);
        let mut all = Vec::new();
        for (n, member) in old.members.iter().enumerate().filter(|(_, it)| find(new, &it.wire).is_none()) {
            let what = format!("the outcome `{name}` has `{}` no longer", member.wire);
            let why = format!(
                "`answer::{name}` and `outcome::{name}` lose the field; a caller finds the member in the surplus"
            );
            all.push(Change::new(self.was_outcome(old, &["members", &n.to_string()]), what, vec![source(why)]));
        }
        for (n, member) in new.members.iter().enumerate() {
            let place = self.at_outcome(new, &["members", &n.to_string()]);
            let Some(before) = find(old, &member.wire) else {
                let why = format!("`answer::{name}` gets the field, which every literal has to name");
                let what = format!("the outcome `{name}` can have `{}`", member.wire);
                all.push(Change::new(place, what, vec![source(why)]));
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
        let why = format!("the fields for codes in `answer::{}` are other ones", new.name);
        vec![Change::new(place(), what, vec![source(why)])]
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
            let own = some.codes.iter().map(|(code, _)| code).filter(|code| other.row(code).is_none());
            own.filter(|code| has(is_new, code)).map(|code| format!("`{code}`")).collect()
        };
        let parts = [("loses", only(old, new, true)), ("gets", only(new, old, false))]
            .into_iter()
            .filter(|(_, codes)| !codes.is_empty());
        let parts: Vec<_> = parts.map(|(verb, codes)| format!("{verb} {}", codes.join(", "))).collect();
        let what = format!("`{}` {}", new.name, parts.join(" and "));
        (!parts.is_empty()).then(|| Change::new(place, what, vec![source("the enum is closed")]))
    }

    /// Returns the first outcome that fits wins: the order of two counts when a response can fit both.
    fn order(&self, pairs: &[(&Outcome, &Outcome)]) -> Option<Change> {
        let place = |operation: &Operation, outcome: &Outcome| number(operation, outcome).parse::<usize>().unwrap_or(0);
        let both = pairs.iter().enumerate().flat_map(|(n, a)| pairs[n + 1..].iter().map(move |b| (a, b)));
        let turned: Vec<_> = both
            .filter(|(a, b)| {
                (place(self.old, a.0) < place(self.old, b.0)) != (place(self.new, a.1) < place(self.new, b.1))
            })
            .collect();
        let at = Place::new(self.files.1, &["$defs", &self.new.response, "x-outcomes"]);
        let meets = |(a, b): &(&(&Outcome, &Outcome), &(&Outcome, &Outcome))| self.overlap(a.1, b.1);
        if let Some((a, b)) = turned.iter().find(|pair| meets(pair)) {
            let what = format!("the outcomes `{}` and `{}` stand in another order", a.1.name, b.1.name);
            let why = "the first that fits wins, and a response can fit both";
            return Some(Change::new(at, what, vec![source(why)]));
        }
        let what = "the outcomes stand in another order";
        (!turned.is_empty()).then(|| Change::harmless(at, what, "no response fits two of those that changed places"))
    }

    fn overlap(&self, a: &Outcome, b: &Outcome) -> bool {
        let meaning = |selector: &Selector| match &selector.is {
            SelectorValue::Code(row) => {
                let (_, coded) = table(self.pairs.new, self.files.1, self.new, &selector.member)?;
                Some((coded.rows[*row].meaning, Some(*row)))
            }
            SelectorValue::Status(meaning, _) => Some((*meaning, None)),
        };
        let meets = |one: &Selector, other: &Selector| match (meaning(one), meaning(other)) {
            (Some((a, Some(row))), Some((b, Some(other)))) => a == b && row == other,
            (Some((a, _)), Some((b, _))) => a == b,
            _ => true,
        };
        a.when.iter().all(|one| b.when.iter().filter(|other| other.member == one.member).all(|other| meets(one, other)))
    }
}

fn number(operation: &Operation, outcome: &Outcome) -> String {
    operation.outcomes.iter().position(|it| it.name == outcome.name).unwrap_or_default().to_string()
}

fn looks(family: &ServiceModel, file: &File, operation: &Operation, selector: &Selector) -> Looks {
    let is = match &selector.is {
        SelectorValue::Code(row) => {
            let coded = table(family, file, operation, &selector.member).map(|(_, coded)| coded);
            Ok(coded.and_then(|it| it.rows.get(*row)).map_or_else(String::new, |row| row.wire.clone()))
        }
        SelectorValue::Status(meaning, _) => Err(Meaning::rust(*meaning)),
    };
    (selector.member.clone(), is)
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
