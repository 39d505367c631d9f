//! Scalars: which texts are allowed, and what the Rust type is.

use super::change::{Change, Effect, Place, source};
use super::direction::{Clash, Clashes, On};
use super::texts::{counted, refused};
use crate::ir::{File, Scalar, ScalarKind, Word};
use crate::prose;

/// A scalar of both sides, with the files that they stand in.
pub(super) struct Both<'a> {
    pub(super) files: (&'a File, &'a File),
    pub(super) old: &'a Scalar,
    pub(super) new: &'a Scalar,
    pub(super) on: On,
}

impl Both<'_> {
    pub(super) fn changes(&self) -> Vec<Change> {
        let (old, new) = (self.old, self.new);
        let mut all = Vec::new();
        if old.doc != new.doc {
            all.push(Change::text(self.at(&["description"]), format!("`{}` is described in other words", new.name)));
        }
        all.extend(match (&old.kind, &new.kind) {
            (ScalarKind::Text { .. }, ScalarKind::Text { .. })
            | (ScalarKind::Message { .. }, ScalarKind::Message { .. }) => self.lengths(),
            (ScalarKind::Code { max: a }, ScalarKind::Code { max: b }) => self.code(*a, *b),
            (ScalarKind::Words(a), ScalarKind::Words(b)) => self.words(a, b),
            (ScalarKind::Integer { .. }, ScalarKind::Integer { .. }) => self.range(),
            (a, b) if a == b => Vec::new(),
            (ScalarKind::Formed { .. } | ScalarKind::Text { pairs: false, .. }, ScalarKind::Formed { .. })
            | (ScalarKind::Formed { .. }, ScalarKind::Text { pairs: false, .. }) => vec![self.form()],
            _ => vec![self.kind()],
        });
        all.extend(self.sensitive());
        all.extend(self.pairs());
        all
    }

    fn at(&self, names: &[&str]) -> Place {
        let names: Vec<_> = ["$defs", self.new.name.as_str()].into_iter().chain(names.iter().copied()).collect();
        Place::new(self.files.1, &names)
    }

    fn was(&self, names: &[&str]) -> Place {
        let names: Vec<_> = ["$defs", self.old.name.as_str()].into_iter().chain(names.iter().copied()).collect();
        Place::old(self.files.0, &names)
    }

    /// Returns a bound that moved: what was inside and is no longer, or the reverse.
    fn bound(&self, keyword: &str, what: &str, [old, new]: [u64; 2], lower: bool) -> Option<Change> {
        let name = &self.new.name;
        let (narrower, wider) = (old != new && (new > old) == lower, old != new && (new < old) == lower);
        let sent = |length: u64| match self.new.kind {
            ScalarKind::Integer { .. } => format!("`{length}` as `{name}`"),
            _ => format!("`{name}` with {}", counted(length, "character")),
        };
        let clashes = Clashes::refused(narrower.then(|| sent(old)), wider.then(|| sent(new)));
        let text = format!("`{name}` has {what} {new}, was {old}");
        (old != new).then(|| Change::new(self.at(&[keyword]), text, clashes.effects(self.on)))
    }

    fn lengths(&self) -> Vec<Change> {
        let ends = |kind: &ScalarKind| match kind {
            ScalarKind::Text { min, max, .. } => (*min as u64, *max as u64),
            ScalarKind::Message { max } => (1, *max as u64),
            _ => (0, 0),
        };
        let ((min, max), (new_min, new_max)) = (ends(&self.old.kind), ends(&self.new.kind));
        let least = self.bound("minLength", "a least length of", [min, new_min], true);
        least.into_iter().chain(self.bound("maxLength", "a greatest length of", [max, new_max], false)).collect()
    }

    fn range(&self) -> Vec<Change> {
        let ends = |kind: &ScalarKind| match kind {
            ScalarKind::Integer { min, max, .. } => (*min, *max),
            _ => (0, 0),
        };
        let ((min, max), (new_min, new_max)) = (ends(&self.old.kind), ends(&self.new.kind));
        let least = self.bound("x-range", "the least value", [min, new_min], true);
        least.into_iter().chain(self.bound("x-range", "the greatest value", [max, new_max], false)).collect()
    }

    /// Codes are in tables; the rows say what happens to those that are too long.
    fn code(&self, old: usize, new: usize) -> Vec<Change> {
        let what = format!("`{}` has a greatest length of {new}, was {old}", self.new.name);
        let why = "no side sends a code that is in no table, and the codes of the tables are compared one by one";
        (old != new).then(|| Change::harmless(self.at(&["maxLength"]), what, why)).into_iter().collect()
    }

    fn words(&self, old: &[Word], new: &[Word]) -> Vec<Change> {
        let name = &self.new.name;
        let in_words = |word: &Word| format!("`{}` as `{name}`", word.wire);
        let find = |words: &[Word], wire: &str| words.iter().position(|word| word.wire == wire);
        let mut all = Vec::new();
        for (n, word) in old.iter().enumerate().filter(|(_, word)| find(new, &word.wire).is_none()) {
            let mut effects = Clashes::refused(Some(in_words(word)), None).effects(self.on);
            effects.push(source(format!("the enum loses the variant `{}`", word.rust)));
            let place = self.was(&["enum", &n.to_string()]);
            all.push(Change::new(place, format!("`{name}` has the word `{}` no longer", word.wire), effects));
        }
        for (n, word) in new.iter().enumerate().filter(|(_, word)| find(old, &word.wire).is_none()) {
            let effects = Clashes::refused(None, Some(in_words(word))).effects(self.on);
            let why = format!("the enum may grow and gets the variant `{}`", word.rust);
            let place = self.at(&["enum", &n.to_string()]);
            all.push(Change::or_addition(place, format!("`{name}` has the new word `{}`", word.wire), effects, why));
        }
        let kept: Vec<_> = old.iter().filter_map(|word| Some((word, &new[find(new, &word.wire)?]))).collect();
        for (old, new) in &kept {
            all.extend(self.meaning(old, new));
            if old.rust != new.rust && old.meaning == new.meaning {
                let (what, why) = (format!("`{}` has another name in Rust", new.wire), variant(&old.rust, &new.rust));
                all.push(Change::new(self.at(&["x-rust", &new.wire]), what, vec![source(why)]));
            }
        }
        if !kept.is_sorted_by_key(|(_, word)| find(new, &word.wire)) {
            let what = format!("the words of `{name}` are in another order");
            all.push(Change::harmless(self.at(&["enum"]), what, "nothing goes by it but the order of the variants"));
        }
        all
    }

    fn meaning(&self, old: &Word, new: &Word) -> Option<Change> {
        let in_words = |word: &Word| word.meaning.map_or("nothing".into(), |meaning| meaning.rust().to_lowercase());
        let (was, is) = (in_words(old), in_words(new));
        let clash = |sent: &String, read: &String| {
            Some(Clash::new(format!("means {sent} by `{}`", new.wire), format!("takes it for {read}")))
        };
        let clashes = Clashes { old_sends: clash(&was, &is), new_sends: clash(&is, &was) };
        let mut effects = clashes.effects(self.on);
        effects.push(source(variant(&old.rust, &new.rust)));
        let what = format!("the status `{}` of `{}` means {is}, meant {was}", new.wire, self.new.name);
        (old.meaning != new.meaning).then(|| Change::new(self.at(&["x-status", &new.wire]), what, effects))
    }

    /// Another form, or none any more: the same Rust type, for other texts.
    fn form(&self) -> Change {
        let name = &self.new.name;
        let effects = kinds(&self.old.kind, &self.new.kind, name).effects(self.on);
        let said = |scalar: &Scalar| prose::limits(scalar).unwrap_or_default();
        let what = format!("`{name}` has {}, had {}", said(self.new), said(self.old));
        let place = match &self.new.kind {
            ScalarKind::Formed { .. } => self.at(&["pattern"]),
            _ => self.was(&["pattern"]),
        };
        if effects.is_empty() {
            return Change::harmless(place, what, "both allow the same texts, or no message has one");
        }
        Change::new(place, what, effects)
    }

    /// Another kind of scalar altogether.
    fn kind(&self) -> Change {
        let name = &self.new.name;
        let mut effects = kinds(&self.old.kind, &self.new.kind, name).effects(self.on);
        let (was, is) = (kind_words(&self.old.kind), kind_words(&self.new.kind));
        effects.push(source(format!("`{name}` is made and read in another way")));
        Change::new(self.at(&[]), format!("`{name}` is {is}, was {was}"), effects)
    }

    fn sensitive(&self) -> Option<Change> {
        let name = &self.new.name;
        let (what, why) = match (self.old.sensitive, self.new.sensitive) {
            (false, true) => {
                ("is sensitive", "its text is reached by `expose`; `as_str`, `as_ref` and `Display` are gone")
            }
            (true, false) => ("is sensitive no longer", "its text is reached by `as_str`; `expose` is gone"),
            _ => return None,
        };
        let place = if self.new.sensitive { self.at(&["x-sensitive"]) } else { self.was(&["x-sensitive"]) };
        Some(Change::new(place, format!("`{name}` {what}"), vec![source(why)]))
    }

    fn pairs(&self) -> Option<Change> {
        let (ScalarKind::Text { pairs: old, .. }, ScalarKind::Text { pairs: new, .. }) =
            (&self.old.kind, &self.new.kind)
        else {
            return None;
        };
        let name = &self.new.name;
        match (old, new) {
            (false, true) => {
                let what = format!("`{name}` may hold key-value pairs");
                Some(Change::addition(self.at(&["x-scalar"]), what, "the same texts; the type gets `pairs`"))
            }
            (true, false) => {
                let what = format!("`{name}` holds no key-value pairs any more");
                Some(Change::new(self.was(&["x-scalar"]), what, vec![source("the type loses `pairs`")]))
            }
            _ => None,
        }
    }
}

/// Returns how two kinds of scalars with the same name conflict.
pub(super) fn kinds(old: &ScalarKind, new: &ScalarKind, name: &str) -> Clashes {
    let sent = |refused: String| format!("`{name}` with {refused}");
    Clashes::refused(refused(old, new).map(sent), refused(new, old).map(sent))
}

/// Returns what becomes of a variant with another name.
pub(super) fn variant(old: &str, new: &str) -> String {
    format!("the variant `{old}` is called `{new}`")
}

fn kind_words(kind: &ScalarKind) -> &'static str {
    match kind {
        ScalarKind::Text { .. } => "a text",
        ScalarKind::Formed { .. } => "a text of a form",
        ScalarKind::Message { .. } => "the message of a result",
        ScalarKind::Code { .. } => "the code of a result",
        ScalarKind::Words(_) => "a closed set of words",
        ScalarKind::Integer { .. } => "a whole number",
        ScalarKind::Boolean => "`true` or `false`",
        ScalarKind::Builtin(written) => written.rust,
    }
}

/// Returns the effects of a member or an element whose scalar is another definition.
pub(super) fn replaced(old: &Scalar, new: &Scalar, name: &str, on: On) -> Vec<Effect> {
    kinds(&old.kind, &new.kind, name).effects(on)
}
