//! Lists: what they hold and how many.

use super::change::{Change, Place, source};
use super::direction::{Clashes, On};
use super::object::replaced;
use super::pairs::{Key, Pairs};
use super::texts::counted;
use crate::ir::{File, List};

/// A list of both sides, with the files that they stand in.
pub(super) struct Both<'a> {
    pub(super) pairs: &'a Pairs<'a>,
    pub(super) files: (&'a File, &'a File),
    pub(super) old: &'a List,
    pub(super) new: &'a List,
    pub(super) on: On,
}

impl Both<'_> {
    pub(super) fn changes(&self) -> Vec<Change> {
        let (old, new) = (self.old, self.new);
        let name = &new.name;
        let mut all = Vec::new();
        if old.doc != new.doc {
            all.push(Change::text(self.at("description"), format!("`{name}` is described in other words")));
        }
        all.extend(self.item());
        let sent = |length: usize| format!("`{name}` with {}", counted(length as u64, "element"));
        if old.min != new.min {
            let narrower = (new.min > old.min).then(|| sent(old.min));
            let wider = (new.min < old.min).then(|| sent(new.min));
            let what = format!("the least number of elements of `{name}` is {}, was {}", new.min, old.min);
            let effects = Clashes::refused(narrower, wider).effects(self.on);
            all.push(Change::new(self.at("minItems"), what, effects));
        }
        if old.max != new.max {
            let inside = |one: Option<usize>, other: Option<usize>| {
                other.filter(|limit| one.is_none_or(|most| most > *limit)).map(|limit| sent(one.unwrap_or(limit + 1)))
            };
            let most = |max: Option<usize>| max.map_or("open".into(), |max| max.to_string());
            let what =
                format!("the greatest number of elements of `{name}` is {}, was {}", most(new.max), most(old.max));
            let clashes = Clashes::refused(inside(old.max, new.max), inside(new.max, old.max));
            all.push(Change::new(self.at("maxItems"), what, clashes.effects(self.on)));
        }
        all
    }

    fn at(&self, keyword: &str) -> Place {
        Place::new(self.files.1, &["$defs", &self.new.name, keyword])
    }

    fn item(&self) -> Option<Change> {
        let (was, is) = (Key::of(&self.old.item), Key::of(&self.new.item));
        if self.pairs.is_same(&was, &is) {
            return None;
        }
        let name = &self.new.name;
        let mut effects = replaced(self.pairs, (&was, &is), name, self.on);
        effects.push(source("its elements are of another type"));
        let what = format!("`{name}` holds `{}`, held `{}`", is.name, was.name);
        Some(Change::new(self.at("items"), what, effects))
    }
}
