//! Objects: their members.

use super::change::{Change, Effect, Place, source};
use super::counterexample::{Sender, counterexample};
use super::direction::{Clash, Clashes, On};
use super::pairs::{Key, Pairs, Spot, definition};
use super::requirement::Requirement;
use super::scalar;
use crate::ir::{Definition, File, Member, Object, TypeKind};

/// An object of both sides, with the files that they stand in.
#[derive(Clone, Copy)]
pub(super) struct Both<'a> {
    pub(super) pairs: &'a Pairs<'a>,
    pub(super) files: (&'a File, &'a File),
    pub(super) old: &'a Object,
    pub(super) new: &'a Object,
    pub(super) on: On,
}

impl<'a> Both<'a> {
    pub(super) fn changes(&self) -> Vec<Change> {
        let mut all = Vec::new();
        if self.old.doc != self.new.doc {
            all.push(Change::text(self.at(&["description"]), format!("{} is described in other words", self.name())));
        }
        all.extend(self.shape());
        if self.old.coded.is_none() || self.new.coded.is_none() {
            all.extend(self.members());
            all.extend(self.conditions());
        }
        if let (Some(old), Some(new)) = (&self.old.coded, &self.new.coded) {
            all.extend(self.table(old, new));
        }
        all
    }

    /// Returns a place in the new object.
    pub(super) fn at(&self, names: &[&str]) -> Place {
        let names: Vec<_> = ["$defs", self.new.name.as_str()].into_iter().chain(names.iter().copied()).collect();
        Place::new(self.files.1, &names)
    }

    /// Returns a place in the old object.
    pub(super) fn was(&self, names: &[&str]) -> Place {
        let names: Vec<_> = ["$defs", self.old.name.as_str()].into_iter().chain(names.iter().copied()).collect();
        Place::old(self.files.0, &names)
    }

    /// Returns the definitions of both.
    pub(super) fn keys(&self) -> [Key; 2] {
        [Key::in_file(self.files.0, &self.old.name), Key::in_file(self.files.1, &self.new.name)]
    }

    /// Returns what people call it.
    pub(super) fn name(&self) -> String {
        let [was, is] = self.keys();
        match message(self.files.1, self.new) {
            Some(message) => message.to_owned(),
            None if self.pairs.is_same(&was, &is) => format!("`{}`", is.name),
            None => format!("`{}` in the place of `{}`", is.name, was.name),
        }
    }

    /// Returns what clashes on the wire: what OLD sends and a condition of NEW refuses, and the reverse. An object in a
    /// message is judged with the conditions of those around it.
    pub(super) fn refused(&self, by_new: &[Requirement], by_old: &[Requirement]) -> Vec<Effect> {
        let mut all = Vec::new();
        for on in [On::REQUEST, On::RESPONSE].into_iter().filter(|on| self.on.covers(*on)) {
            let [was, is] = self.keys();
            let spots = self.pairs.spots(&was, &is, on);
            let sent = |atoms: &[Requirement], is_new| {
                let found = atoms.iter().find_map(|atom| spots.iter().find_map(|spot| self.sent(spot, atom, is_new)));
                found.map(|words| format!("{} {words}", self.name()))
            };
            all.extend(Clashes::refused(sent(by_new, false), sent(by_old, true)).effects(on));
        }
        all
    }

    /// Returns what one side sends at a place and a condition of the other refuses.
    fn sent(&self, spot: &Spot, atom: &Requirement, is_new: bool) -> Option<String> {
        let (family, message) = if is_new { (self.pairs.new, &spot.new) } else { (self.pairs.old, &spot.old) };
        let Definition::Object(message) = definition(family, message)? else { return None };
        counterexample(Sender { family, message }, &spot.path, atom)
    }

    /// Returns what the Rust type is, beside its members.
    fn shape(&self) -> Vec<Change> {
        let name = self.name();
        let kind = |object: &Object| match (&object.template, &object.coded) {
            (Some(_), _) => "what result objects are made from",
            (_, Some(_)) => "a result object",
            _ => "an object of its own",
        };
        let (was, is) = (kind(self.old), kind(self.new));
        let mut all = Vec::new();
        if was != is {
            let why = format!("`{}` is another type", self.new.rust);
            all.push(Change::new(self.at(&[]), format!("{name} is {is}, was {was}"), vec![source(why)]));
        }
        match (&self.old.money, &self.new.money) {
            (None, Some(_)) => {
                let why = "it gets exact arithmetic";
                all.push(Change::addition(self.at(&[]), format!("{name} is money"), why));
            }
            (Some(_), None) => {
                let why = "its arithmetic is gone: `minor`, `from_major`, `to_major`, `convert`, `convert_minor`";
                all.push(Change::new(self.at(&[]), format!("{name} is no money any more"), vec![source(why)]));
            }
            _ => {}
        }
        all
    }

    fn members(&self) -> Vec<Change> {
        let renamed = self.renamed();
        let is_renamed = |wire: &str| renamed.iter().any(|(old, new)| old.wire == wire || new.wire == wire);
        let gone = self.old.members.iter().filter(|member| self.new.member(&member.wire).is_none());
        let mut all: Vec<_> = gone.filter(|it| !is_renamed(&it.wire)).map(|member| self.gone(member)).collect();
        all.extend(renamed.iter().map(|(old, new)| self.rename(old, new)));
        for member in &self.new.members {
            match self.old.member(&member.wire) {
                Some(old) => all.extend(self.member(old, member)),
                None if is_renamed(&member.wire) => {}
                None => all.push(self.added(member)),
            }
        }
        let order = |object: &'a Object, other: &Object| -> Vec<&'a str> {
            object.members.iter().map(|it| it.wire.as_str()).filter(|wire| other.member(wire).is_some()).collect()
        };
        if order(self.old, self.new) != order(self.new, self.old) {
            let what = format!("the members of {} are in another order", self.name());
            let why = "readers take any order; the bytes that are written differ";
            all.push(Change::harmless(self.at(&["properties"]), what, why));
        }
        all
    }

    /// Returns optional members that only got another name: the one of its type that is gone, and the one that is new.
    fn renamed(&self) -> Vec<(&'a Member, &'a Member)> {
        let gone: Vec<_> = only(self.old, self.new).collect();
        let added: Vec<_> = only(self.new, self.old).collect();
        let same = |old: &Member, new: &Member| self.pairs.is_same(&Key::of(&old.ty), &Key::of(&new.ty));
        let pairs = gone.iter().filter_map(|old| {
            let mut of_type = added.iter().filter(|new| same(old, new));
            let (new, others) = (of_type.next()?, of_type.next());
            let is_one = others.is_none() && gone.iter().filter(|other| same(other, new)).count() == 1;
            is_one.then_some((*old, *new))
        });
        pairs.collect()
    }

    /// Returns an optional member with another name: no side refuses it, and what is sent in it is lost.
    fn rename(&self, old: &Member, new: &Member) -> Change {
        let (was, is) = (&old.wire, &new.wire);
        let clash = |sent: &str, read: &str| {
            let reads = format!("ignores it and looks for `{read}`: what is sent in it is lost");
            Some(Clash::new(format!("sends `{sent}`"), reads))
        };
        let clashes = Clashes { old_sends: clash(was, is), new_sends: clash(is, was) };
        let mut effects = clashes.effects(self.on);
        effects.push(source(format!("the field `{}` is called `{}`", old.rust, new.rust)));
        let what = format!("the optional member `{was}` of {} is called `{is}`", self.name());
        Change::new(self.at(&["properties", is]), what, effects)
    }

    fn gone(&self, member: &Member) -> Change {
        let wire = &member.wire;
        let mut effects = self.refused(&[], &requirement(member));
        let read =
            "readers on NEW ignore it where it is sent, so that what it says is lost; senders on NEW leave it out";
        effects.push(source(format!("the struct loses the field `{}`; {read}", member.rust)));
        let what = format!("{} has the {} `{wire}` no longer", self.name(), presence(member));
        Change::new(self.was(&["properties", wire]), what, effects)
    }

    fn added(&self, member: &Member) -> Change {
        let (wire, rust) = (&member.wire, &member.rust);
        let mut effects = self.refused(&requirement(member), &[]);
        let read = "readers on OLD ignore it where it is sent";
        let what = format!("{} has the new {} `{wire}`", self.name(), presence(member));
        let place = self.at(&["properties", wire]);
        if member.required {
            effects.push(source(format!("the struct is not made without the field `{rust}`; {read}")));
        }
        let why = format!("the struct gets the field `{rust}`, which may be left out; {read}");
        Change::or_addition(place, what, effects, why)
    }

    /// Returns a member that both have.
    fn member(&self, old: &Member, new: &Member) -> Vec<Change> {
        let wire = &new.wire;
        let mut all = Vec::new();
        if old.doc != new.doc {
            let place = self.at(&["properties", wire, "description"]);
            all.push(Change::text(place, format!("`{wire}` is described in other words")));
        }
        if old.rust != new.rust {
            let why = format!("the field `{}` is called `{}`", old.rust, new.rust);
            let place = self.at(&["properties", wire, "x-rust"]);
            all.push(Change::new(place, format!("`{wire}` has another name in Rust"), vec![source(why)]));
        }
        all.extend(self.presence(old, new));
        all.extend(self.default(old, new));
        all.extend(self.ty(old, new));
        all
    }

    fn presence(&self, old: &Member, new: &Member) -> Option<Change> {
        let wire = &new.wire;
        if old.required == new.required {
            return None;
        }
        let what = if new.required { "is required" } else { "may be left out" };
        let mut effects = self.refused(&requirement(new), &requirement(old));
        let (rust, option) = (&new.rust, if new.required { "no `Option` any more" } else { "an `Option`" });
        effects.push(source(format!("the field `{rust}` is {option}")));
        Some(Change::new(self.at(&["properties", wire]), format!("`{wire}` of {} {what}", self.name()), effects))
    }

    /// Returns what the absence of a member means.
    fn default(&self, old: &Member, new: &Member) -> Option<Change> {
        let wire = &new.wire;
        if old.default == new.default {
            return None;
        }
        let means = |default: &Option<String>| default.as_ref().map_or("nothing".into(), |it| format!("`{it}`"));
        let (was, is) = (means(&old.default), means(&new.default));
        let clash = |sent: &str, read: &str| {
            Some(Clash::new(format!("leaves `{wire}` out and means {sent}"), format!("takes it for {read}")))
        };
        let clashes = Clashes { old_sends: clash(&was, &is), new_sends: clash(&is, &was) };
        let mut effects = clashes.effects(self.on);
        let (what, names) =
            (format!("the absence of `{wire}` means {is}, meant {was}"), ["properties", wire, "default"]);
        let method = &new.rust;
        match (&old.default, &new.default) {
            (None, _) if effects.is_empty() => {
                return Some(Change::addition(self.at(&names), what, format!("a method more, `{method}`")));
            }
            (None, _) => {}
            (Some(_), None) => effects.push(source(format!("the method `{method}` is gone"))),
            (Some(_), Some(_)) => effects.push(source(format!("the method `{method}` gives another value"))),
        }
        let place = if new.default.is_some() { self.at(&names) } else { self.was(&names) };
        Some(Change::new(place, what, effects))
    }

    /// Returns a member that refers to another definition.
    fn ty(&self, old: &Member, new: &Member) -> Option<Change> {
        let (was, is) = (Key::of(&old.ty), Key::of(&new.ty));
        if self.pairs.is_same(&was, &is) {
            return None;
        }
        let mut effects = replaced(self.pairs, (&was, &is), &new.wire, self.on);
        if old.ty.rust != new.ty.rust || old.ty.kind != TypeKind::Builtin {
            effects.push(source(format!("the field `{}` is of another type", new.rust)));
        }
        let what = format!("`{}` refers to `{}`, referred to `{}`", new.wire, is.name, was.name);
        Some(Change::new(self.at(&["properties", &new.wire]), what, effects))
    }
}

/// Returns the optional members that another object lacks.
fn only<'a>(object: &'a Object, other: &Object) -> impl Iterator<Item = &'a Member> {
    object.members.iter().filter(|it| !it.required && other.member(&it.wire).is_none())
}

/// Returns what a member requires of every message.
fn requirement(member: &Member) -> Vec<Requirement> {
    if member.required { vec![Requirement::required(&member.wire)] } else { Vec::new() }
}

fn presence(member: &Member) -> &'static str {
    if member.required { "required member" } else { "optional member" }
}

/// Returns the word for the messages of an operation.
pub(super) fn message(file: &File, object: &Object) -> Option<&'static str> {
    let operation = file.operation.as_ref()?;
    if operation.request == object.name {
        return Some("a request");
    }
    (operation.response == object.name).then_some("a response")
}

/// Returns how one definition in the place of another clashes on the wire. Objects and lists are compared by
/// themselves.
pub(super) fn replaced(pairs: &Pairs<'_>, (was, is): (&Key, &Key), name: &str, on: On) -> Vec<Effect> {
    match (definition(pairs.old, was), definition(pairs.new, is)) {
        (Some(Definition::Scalar(old)), Some(Definition::Scalar(new))) => scalar::replaced(old, new, name, on),
        (Some(Definition::Object(_)), Some(Definition::Object(_)))
        | (Some(Definition::List(_)), Some(Definition::List(_))) => Vec::new(),
        (old, new) => {
            let sent = |it: Option<Definition<'_>>| it.map(|it| format!("`{name}` as {}", sort(it)));
            Clashes::refused(sent(old), sent(new)).effects(on)
        }
    }
}

/// Returns what a definition is, in words.
pub(super) fn sort(definition: Definition<'_>) -> &'static str {
    match definition {
        Definition::Scalar(_) => "a string",
        Definition::Object(_) => "an object",
        Definition::List(_) => "a list",
    }
}
