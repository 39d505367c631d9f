//! Operations: how they are called, and what names they have in Rust.

use super::change::{Change, Effect, Place, Verdict, source};
use super::direction::{Clash, Clashes, On};
use super::pairs::Pairs;
use crate::ir::{File, Operation};

/// An operation of both sides, with the files that they stand in.
#[derive(Clone, Copy)]
pub(super) struct Both<'a> {
    pub(super) pairs: &'a Pairs<'a>,
    pub(super) files: (&'a File, &'a File),
    pub(super) old: &'a Operation,
    pub(super) new: &'a Operation,
}

impl Both<'_> {
    pub(super) fn changes(&self) -> Vec<Change> {
        let mut all = Vec::new();
        all.extend(self.name());
        all.extend(self.rust());
        all.extend(self.method());
        all.extend(self.path());
        all.extend(self.wait());
        all.extend(self.idempotent());
        all.extend(self.idempotent_by());
        all.extend(self.parties());
        all.extend(self.expectable());
        all.extend(self.outcomes());
        all
    }

    fn at(&self, keyword: &str) -> Place {
        Place::new(self.files.1, &["x-operation", keyword])
    }

    fn was(&self, keyword: &str) -> Place {
        Place::old(self.files.0, &["x-operation", keyword])
    }

    fn name(&self) -> Option<Change> {
        let (was, is) = (&self.old.name, &self.new.name);
        let why =
            format!("the trait and the type of the operation are called `{}`, and settings name it so", self.new.rust);
        let what = format!("the operation `{was}` is called `{is}`");
        (was != is).then(|| Change::new(self.at("name"), what, vec![source(why)]))
    }

    /// Returns that only the name in Rust is another one.
    fn rust(&self) -> Option<Change> {
        let (was, is) = (&self.old.rust, &self.new.rust);
        let place = if self.new.is_renamed { self.at("x-rust") } else { self.was("x-rust") };
        let what = format!("in Rust, the operation `{}` is called `{is}`, was called `{was}`", self.new.name);
        let why = "the trait and the type of the operation have another name".to_owned();
        (was != is && self.old.name == self.new.name).then(|| Change::new(place, what, vec![source(why)]))
    }

    fn method(&self) -> Option<Change> {
        let (was, is) = (&self.old.method, &self.new.method);
        let clash = |method: &String| Some(Clash::new(format!("sends {method}"), "refuses the method"));
        let clashes = Clashes { old_sends: clash(was), new_sends: clash(is) };
        (was != is)
            .then(|| Change::new(self.at("method"), format!("the method is {is}, was {was}"), exchange(&clashes)))
    }

    fn path(&self) -> Option<Change> {
        let (was, is) = (&self.old.path, &self.new.path);
        let clash = |path: &String| {
            Some(Clash::new(format!("asks at `{path}`"), "knows no such path, unless a setting gives it this one"))
        };
        let clashes = Clashes { old_sends: clash(was), new_sends: clash(is) };
        (was != is)
            .then(|| Change::new(self.at("path"), format!("the path is `{is}`, was `{was}`"), exchange(&clashes)))
    }

    fn wait(&self) -> Option<Change> {
        let (was, is) = (self.old.timeout_seconds, self.new.timeout_seconds);
        let effect = |verdict, client: &str, server: &str, seconds| {
            let why = format!(
                "a client {client} waits {seconds} s, unless a setting says more; a server {server} may take longer"
            );
            Effect { verdict, on: None, why }
        };
        let effect = if is < was {
            effect(Verdict::Server, "on NEW", "built on OLD", is)
        } else {
            effect(Verdict::Client, "built on OLD", "on NEW", was)
        };
        let what = format!("a client waits {is} s, waited {was} s");
        (was != is).then(|| Change::new(self.at("timeoutSeconds"), what, vec![effect]))
    }

    fn idempotent(&self) -> Option<Change> {
        let reads = "may do what is asked twice";
        let clash = || Some(Clash::new("sends a request again that got no answer", reads));
        let (clashes, what) = match (self.old.idempotent, self.new.idempotent) {
            (true, false) => (Clashes { old_sends: clash(), new_sends: None }, "may not be sent again any more"),
            (false, true) => (Clashes { old_sends: None, new_sends: clash() }, "may be sent again"),
            _ => return None,
        };
        Some(Change::new(self.at("idempotent"), format!("a request {what}"), exchange(&clashes)))
    }

    fn idempotent_by(&self) -> Option<Change> {
        let (was, is) = (&self.old.idempotent_by, &self.new.idempotent_by);
        if was == is {
            return None;
        }
        let by = |member: &Option<String>| member.as_ref().map_or("nothing".into(), |member| format!("`{member}`"));
        let clash = |sent: &Option<String>, read: &Option<String>| {
            let sends = format!("tells one request from another by {}", by(sent));
            Some(Clash::new(sends, format!("does by {}: it may do what is asked twice, or not at all", by(read))))
        };
        let clashes = Clashes { old_sends: clash(was, is), new_sends: clash(is, was) };
        let place = if is.is_some() { self.at("idempotentBy") } else { self.was("idempotentBy") };
        let what = format!("two requests are the same one by {}, were by {}", by(is), by(was));
        let mut effects = exchange(&clashes);
        effects.extend(is.is_none().then(|| source("the request's method `idempotency_key` is gone")));
        Some(Change::new(place, what, effects))
    }

    fn parties(&self) -> Vec<Change> {
        let (old, new) = (self.old, self.new);
        if old.client != old.server && (new.client == old.server || new.server == old.client) {
            return vec![self.turned()];
        }
        let both = [("client", &old.client, &new.client), ("server", &old.server, &new.server)];
        let changed = both.into_iter().filter(|(_, was, is)| was != is);
        changed
            .map(|(keyword, was, is)| Change::text(self.at(keyword), format!("the {keyword} is {is}, was {was}")))
            .collect()
    }

    /// Returns that the one who was asked asks now.
    fn turned(&self) -> Change {
        let (old, new) = (self.old, self.new);
        let keyword = if new.client == old.server { "client" } else { "server" };
        let clashes = Clashes {
            old_sends: Some(Clash::new(
                format!("sends requests to {}", old.server),
                format!("is run by {}", new.server),
            )),
            new_sends: Some(Clash::new(
                format!("sends requests to {}", new.server),
                format!("is run by {}", old.server),
            )),
        };
        let what = format!("{} asks {}, {} asked {}", new.client, new.server, old.client, old.server);
        Change::new(self.at(keyword), what, exchange(&clashes))
    }

    fn expectable(&self) -> Vec<Change> {
        let (was, is) = (&self.old.expectable, &self.new.expectable);
        let place = |names: &[String], name: &String| {
            let n = names.iter().position(|it| it == name).unwrap_or_default();
            n.to_string()
        };
        let gone = was.iter().filter(|name| !is.contains(name)).map(|name| {
            let at = Place::old(self.files.0, &["$defs", &self.old.response, "x-expectable", &place(was, name)]);
            Change::new(at, format!("`{name}` can't be expected any more"), vec![source("`Expected` loses the field")])
        });
        let added = is.iter().filter(|name| !was.contains(name)).map(|name| {
            let at = Place::new(self.files.1, &["$defs", &self.new.response, "x-expectable", &place(is, name)]);
            Change::addition(at, format!("`{name}` can be expected"), "`Expected` gets a field that may be left out")
        });
        gone.chain(added).collect()
    }
}

/// Returns what both sides know of an exchange beside its messages.
fn exchange(clashes: &Clashes) -> Vec<Effect> {
    clashes.effects(On::REQUEST).into_iter().map(|effect| Effect { on: None, ..effect }).collect()
}

/// Returns an operation that only NEW has.
pub(super) fn added(file: &File, operation: &Operation) -> Change {
    let why = "it adds a client method, a trait and a route; a server built on OLD has no such path, and no client used it before";
    Change::addition(Place::new(file, &["x-operation"]), format!("the new operation `{}`", operation.name), why)
}

/// Returns an operation that only OLD has.
pub(super) fn gone(file: &File, operation: &Operation) -> Change {
    let clash = Clash::new(format!("asks at `{}`", operation.path), "knows no such path");
    let mut effects = exchange(&Clashes { old_sends: Some(clash), new_sends: None });
    effects.push(source("the module, the client's method and the trait are gone"));
    let place = Place::old(file, &["x-operation"]);
    Change::new(place, format!("the operation `{}` is gone", operation.name), effects)
}
