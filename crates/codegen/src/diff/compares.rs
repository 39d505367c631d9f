//! Comparisons of two scalars of an object.

use super::change::Change;
use super::condition::differing;
use super::direction::Clashes;
use super::object::Both;
use super::requirement::dotted;
use crate::ir::{Compare, Comparison, Object, Rule};

/// How the left one may stand to the right one.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Orders {
    less: bool,
    equal: bool,
    greater: bool,
}

impl Orders {
    const fn of(is: Comparison) -> Self {
        let (less, equal, greater) = match is {
            Comparison::Equal => (false, true, false),
            Comparison::Different => (true, false, true),
            Comparison::Less => (true, false, false),
            Comparison::AtMost => (true, true, false),
        };
        Self { less, equal, greater }
    }

    const fn turned(self) -> Self {
        Self { less: self.greater, greater: self.less, ..self }
    }

    const fn and(self, other: Self) -> Self {
        Self { less: self.less && other.less, equal: self.equal && other.equal, greater: self.greater && other.greater }
    }

    const fn covers(self, other: Self) -> bool {
        (self.less || !other.less) && (self.equal || !other.equal) && (self.greater || !other.greater)
    }
}

/// All that is said of two members.
struct Said {
    /// The two, the smaller path first.
    paths: [Vec<String>; 2],
    allows: Orders,
    /// The keyword and the number of the first comparison.
    place: (&'static str, String),
    words: String,
}

impl Both<'_> {
    pub(super) fn compares(&self) -> Vec<Change> {
        let (old, new) = (said(self.old), said(self.new));
        let gone = old.iter().filter(|it| !new.iter().any(|other| it.paths == other.paths)).map(|it| {
            let effects = Clashes::refused(None, Some(self.unlike(it))).effects(self.on);
            Change::new(self.was(&[it.place.0, &it.place.1]), format!("no comparison any more: {}", it.words), effects)
        });
        let mut all: Vec<_> = gone.collect();
        for it in &new {
            let place = self.at(&[it.place.0, &it.place.1]);
            match old.iter().find(|other| it.paths == other.paths) {
                None => {
                    let effects = Clashes::refused(Some(self.unlike(it)), None).effects(self.on);
                    all.push(Change::new(place, format!("a new comparison: {}", it.words), effects));
                }
                Some(was) if was.allows != it.allows => {
                    let narrower = (!it.allows.covers(was.allows)).then(|| self.unlike(it));
                    let wider = (!was.allows.covers(it.allows)).then(|| self.unlike(was));
                    let what = format!("another comparison: {}, was: {}", it.words, was.words);
                    all.push(Change::new(place, what, Clashes::refused(narrower, wider).effects(self.on)));
                }
                Some(_) => {}
            }
        }
        all
    }

    /// Returns what a comparison refuses.
    fn unlike(&self, it: &Said) -> String {
        format!("{} in which it does not hold that {}", self.name(), it.words)
    }
}

fn said(object: &Object) -> Vec<Said> {
    let all = object.rules.iter().filter_map(|rule| if let Rule::Compare(it) = rule { Some(it) } else { None });
    let mut said: Vec<Said> = Vec::new();
    // The comparisons that follow from `x-differs` are behind those of `x-compares`.
    for (n, it) in all.enumerate() {
        let place = match differing(object).iter().position(|differs| differs.is_said_by(it)) {
            Some(n) => ("x-differs", n.to_string()),
            None => ("x-compares", n.to_string()),
        };
        let (orders, words) = (Orders::of(it.is), in_words(it));
        let (paths, allows) = if it.left <= it.right {
            ([it.left.clone(), it.right.clone()], orders)
        } else {
            ([it.right.clone(), it.left.clone()], orders.turned())
        };
        match said.iter_mut().find(|known| known.paths == paths) {
            Some(known) => {
                known.allows = known.allows.and(allows);
                known.words = format!("{} and {words}", known.words);
            }
            None => said.push(Said { paths, allows, place, words }),
        }
    }
    said
}

fn in_words(it: &Compare) -> String {
    format!("{} {} {}", dotted(&it.left), it.is.words(), dotted(&it.right))
}
