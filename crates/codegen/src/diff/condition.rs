//! Conditions over several members of an object.

use super::change::Change;
use super::direction::{Clash, Clashes};
use super::object::Both;
use super::requirement::Requirement;
use crate::ir::{Object, OmittedIfEqual, Rule};

impl Both<'_> {
    pub(super) fn conditions(&self) -> Vec<Change> {
        let mut all = self.atoms();
        all.extend(self.differs());
        all.extend(self.compares());
        all
    }

    /// `if` and `then`: one change for each condition, with the demands in it that the other side lacks.
    fn atoms(&self) -> Vec<Change> {
        let (old, new) = (Requirement::all(self.old), Requirement::all(self.new));
        let mut all = Vec::new();
        for (n, atoms) in lacking(&old, &new) {
            let place = self.was(&["allOf", &n.to_string()]);
            let what = format!("no condition any more: {}", in_words(&atoms));
            let effects = self.refused(&[], &atoms);
            all.push(Change::or_harmless(place, what, effects, "nothing that NEW allows was refused by it"));
        }
        for (n, atoms) in lacking(&new, &old) {
            let place = self.at(&["allOf", &n.to_string()]);
            let what = format!("a new condition: {}", in_words(&atoms));
            let effects = self.refused(&atoms, &[]);
            all.push(Change::or_harmless(place, what, effects, "nothing that OLD allows is refused by it"));
        }
        all
    }

    fn differs(&self) -> Vec<Change> {
        let (old, new) = (differing(self.old), differing(self.new));
        let same =
            |a: &OmittedIfEqual, b: &OmittedIfEqual| (&a.member, &a.from, &a.part) == (&b.member, &b.from, &b.part);
        let gone = old.iter().enumerate().filter(|(_, it)| !new.iter().any(|other| same(it, other)));
        let added = new.iter().enumerate().filter(|(_, it)| !old.iter().any(|other| same(it, other)));
        let gone = gone.map(|(n, it)| {
            let clashes = Clashes { old_sends: Some(absence(it, false)), new_sends: Some(absence(it, true)) };
            let what = format!("the absence of `{}` no longer means what `{}` is", it.member, it.from);
            (self.was(&["x-differs", &n.to_string()]), what, clashes)
        });
        let added = added.map(|(n, it)| {
            let clashes = Clashes { old_sends: Some(absence(it, true)), new_sends: Some(absence(it, false)) };
            let what = format!(
                "`{}` is sent when its `{}` differs from that of `{}`, and its absence means what that is",
                it.member, it.part, it.from
            );
            (self.at(&["x-differs", &n.to_string()]), what, clashes)
        });
        let all = gone.chain(added);
        all.map(|(place, what, clashes)| Change::new(place, what, clashes.effects(self.on))).collect()
    }
}

/// Returns the atoms of some that others lack, by condition.
fn lacking(some: &[(usize, Requirement)], others: &[(usize, Requirement)]) -> Vec<(usize, Vec<Requirement>)> {
    let mut all: Vec<(usize, Vec<Requirement>)> = Vec::new();
    for (n, atom) in some.iter().filter(|(_, atom)| !others.iter().any(|(_, other)| other == atom)) {
        match all.last_mut() {
            Some((last, atoms)) if last == n => atoms.push(atom.clone()),
            _ => all.push((*n, vec![atom.clone()])),
        }
    }
    all
}

fn in_words(atoms: &[Requirement]) -> String {
    let premise = atoms.first().map(Requirement::premise).unwrap_or_default();
    let consequences: Vec<_> = atoms.iter().map(Requirement::consequence).collect();
    format!("{premise}, {}", consequences.join(" and "))
}

pub(super) fn differing(object: &Object) -> Vec<&OmittedIfEqual> {
    object.rules.iter().filter_map(|rule| if let Rule::OmittedIfEqual(it) = rule { Some(it) } else { None }).collect()
}

/// Returns what one side means by leaving the member out, and the other does not.
fn absence(it: &OmittedIfEqual, nothing: bool) -> Clash {
    let other = format!("what `{}` is", it.from);
    let (sent, read) = if nothing { ("nothing", other.as_str()) } else { (other.as_str(), "nothing") };
    Clash::new(format!("leaves `{}` out and means {sent}", it.member), format!("takes it for {read}"))
}
