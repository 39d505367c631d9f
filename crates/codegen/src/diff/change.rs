//! What changed from one schema to another, and for whom.

use crate::ir::File;

/// For whom a change is what. The worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// A client built on OLD: a server on NEW may refuse its request, or it may not read the server's answer.
    Client,
    /// A server built on OLD: it may refuse the request of a client on NEW, or the client may not read its answer.
    Server,
    /// A program on the crates no longer compiles, or does something else once it is compiled again.
    Source,
    /// No one.
    Harmless,
}

impl Verdict {
    /// Returns the word that reports use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
            Self::Source => "source",
            Self::Harmless => "harmless",
        }
    }

    /// Returns whether two programs that are not built on the same schema stop understanding each other.
    #[must_use]
    pub const fn is_wire(self) -> bool {
        matches!(self, Self::Client | Self::Server)
    }
}

/// Which messages of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// From the client to the server.
    Request,
    /// Back.
    Response,
}

impl Message {
    /// Returns the word that reports use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Request => "requests",
            Self::Response => "responses",
        }
    }
}

/// One verdict with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// For whom.
    pub verdict: Verdict,
    /// In which messages, if it is something that a message holds.
    pub on: Option<Message>,
    /// Who sends what, and what the other makes of it; or what becomes of a program.
    pub why: String,
}

/// The version step that follows. The greatest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Nothing that anybody could use or miss.
    Patch,
    /// Something new, and everything old as before.
    Minor,
    /// Something breaks.
    Major,
}

impl Step {
    /// Its name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }

    /// Returns the version after this one. Before 1.0 cargo takes `0.y` for what `x` is later: a break raises the
    /// second number, everything else the third; before 0.1 every version breaks.
    #[must_use]
    pub const fn after(self, [major, minor, patch]: [u64; 3]) -> [u64; 3] {
        match (major, minor, self) {
            (0, 0, _) | (0, _, Self::Minor) | (_, _, Self::Patch) => [major, minor, patch + 1],
            (0, _, Self::Major) | (_, _, Self::Minor) => [major, minor + 1, 0],
            (_, _, Self::Major) => [major + 1, 0, 0],
        }
    }
}

/// One of the two that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// What was.
    Old,
    /// What is.
    New,
}

/// The place of a change: in NEW, or in OLD if it was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Of which side.
    pub side: Side,
    /// The schema file's path.
    pub file: String,
    /// The JSON Pointer inside it.
    pub pointer: String,
}

impl Place {
    /// Returns a place in a file of NEW.
    pub(super) fn new(file: &File, names: &[&str]) -> Self {
        Self { side: Side::New, file: file.source.clone(), pointer: pointer(names) }
    }

    /// Returns a place in a file of OLD.
    pub(super) fn old(file: &File, names: &[&str]) -> Self {
        Self { side: Side::Old, ..Self::new(file, names) }
    }
}

fn pointer(names: &[&str]) -> String {
    names.iter().flat_map(|name| ["/".to_owned(), name.replace('~', "~0").replace('/', "~1")]).collect()
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where.
    pub place: Place,
    /// What, in words.
    pub what: String,
    /// For whom it is what; at least one.
    pub effects: Vec<Effect>,
    /// The version step that follows.
    pub step: Step,
}

impl Change {
    /// Returns a change that breaks somebody, unless it is one of what messages may hold and no message holds it.
    pub(super) fn new(place: Place, what: impl Into<String>, effects: Vec<Effect>) -> Self {
        Self::or_harmless(place, what, effects, "no message that both sides know holds it")
    }

    /// Returns a change that breaks somebody, or one that is harmless for a reason.
    pub(super) fn or_harmless(
        place: Place,
        what: impl Into<String>,
        mut effects: Vec<Effect>,
        why: impl Into<String>,
    ) -> Self {
        if effects.is_empty() {
            return Self::harmless(place, what, why);
        }
        effects.sort_by_key(|effect| (effect.verdict, effect.on));
        Self { place, what: what.into(), effects, step: Step::Major }
    }

    /// Returns an addition, which breaks somebody only on the wire.
    pub(super) fn or_addition(
        place: Place,
        what: impl Into<String>,
        effects: Vec<Effect>,
        why: impl Into<String>,
    ) -> Self {
        let step = if effects.is_empty() { Step::Minor } else { Step::Major };
        Self { step, ..Self::or_harmless(place, what, effects, why) }
    }

    /// Creates a harmless change.
    pub(super) fn harmless(place: Place, what: impl Into<String>, why: impl Into<String>) -> Self {
        let effect = Effect { verdict: Verdict::Harmless, on: None, why: why.into() };
        Self { place, what: what.into(), effects: vec![effect], step: Step::Patch }
    }

    /// Creates a harmless addition.
    pub(super) fn addition(place: Place, what: impl Into<String>, why: impl Into<String>) -> Self {
        Self::or_addition(place, what, Vec::new(), why)
    }

    /// Returns texts for people, which no program reads.
    pub(super) fn text(place: Place, what: impl Into<String>) -> Self {
        Self::harmless(place, what, "it is for people; documentation changes with it")
    }

    /// Returns the worst of its verdicts.
    #[must_use]
    pub fn worst(&self) -> Verdict {
        self.effects.iter().map(|effect| effect.verdict).min().unwrap_or(Verdict::Harmless)
    }

    /// Returns whether it has a verdict.
    #[must_use]
    pub fn is(&self, verdict: Verdict) -> bool {
        self.effects.iter().any(|effect| effect.verdict == verdict)
    }
}

/// Returns what a program on the crates meets.
pub(super) fn source(why: impl Into<String>) -> Effect {
    Effect { verdict: Verdict::Source, on: None, why: why.into() }
}
