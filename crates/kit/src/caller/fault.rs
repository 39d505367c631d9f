//! A row of the catalogue of faults.

use std::time::Duration;

use super::outcome::Outcome;
use super::scene::Scene;
use super::step::Step;
use crate::finding::Level;

/// A fault of an MPP, or a right answer that a caller must understand.
#[derive(Debug)]
#[non_exhaustive]
pub struct Fault {
    /// Its name, by section.
    pub id: &'static str,
    /// How much it matters.
    pub level: Level,
    /// Where the rule is written.
    pub source: &'static str,
    /// What the kit does, in one sentence.
    pub about: &'static str,
    /// What a caller may conclude.
    pub right: &'static [Outcome],
    /// What it may conclude though there is something better.
    pub tolerated: &'static [Outcome],
    /// The result code that the kit sends, if a caller that names one must name this.
    pub code: Option<&'static str>,
    /// Whether a caller that waits asks again.
    pub again: bool,
    /// How long a caller must wait before it asks again.
    pub pause: Duration,
    /// What the caller meets at the address.
    pub door: Door,
    pub(crate) play: fn(&Scene<'_>) -> Vec<Step>,
}

/// What a caller meets at the address of the kit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Door {
    /// The kit, with a right certificate if the run is over TLS.
    Open,
    /// Nothing listens.
    Closed,
    /// The kit with a wrong certificate. The run has to be over TLS.
    Certificate(Certificate),
}

/// A wrong certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Certificate {
    /// By an authority that the caller was not given.
    UnknownIssuer,
    /// For another name.
    OtherName,
    /// No longer valid.
    Expired,
    /// None: the kit speaks HTTP without TLS.
    None,
}

use Outcome::{Cancelled, Failed, InProgress, NotFound, Paid, Unknown};

pub(super) const PAID: &[Outcome] = &[Paid];
pub(super) const FAILED: &[Outcome] = &[Failed];
pub(super) const UNKNOWN: &[Outcome] = &[Unknown];
pub(super) const PAID_OR_UNKNOWN: &[Outcome] = &[Paid, Unknown];
pub(super) const FAILED_OR_UNKNOWN: &[Outcome] = &[Failed, Unknown];
pub(super) const CANCELLED: &[Outcome] = &[Cancelled, Unknown];
pub(super) const IN_PROGRESS: &[Outcome] = &[InProgress, Unknown];
pub(super) const NOT_FOUND: &[Outcome] = &[NotFound, Unknown];
pub(super) const NONE: &[Outcome] = &[];

type Play = fn(&Scene<'_>) -> Vec<Step>;

impl Fault {
    /// Returns what is right, as people read it.
    #[must_use]
    pub fn right_text(&self) -> String {
        let words: Vec<_> = self.right.iter().map(|outcome| outcome.word()).collect();
        words.join(" or ")
    }

    /// Begins a row of level MUST.
    pub(super) const fn must(
        id: &'static str,
        source: &'static str,
        about: &'static str,
        right: &'static [Outcome],
        play: Play,
    ) -> Self {
        Self {
            id,
            level: Level::Must,
            source,
            about,
            right,
            tolerated: NONE,
            code: None,
            again: false,
            pause: Duration::ZERO,
            door: Door::Open,
            play,
        }
    }

    /// Begins a row of level SHOULD.
    pub(super) const fn should(
        id: &'static str,
        source: &'static str,
        about: &'static str,
        right: &'static [Outcome],
        play: Play,
    ) -> Self {
        Self { level: Level::Should, ..Self::must(id, source, about, right, play) }
    }

    /// Notes these outcomes instead of failing them.
    pub(super) const fn tolerating(self, tolerated: &'static [Outcome]) -> Self {
        Self { tolerated, ..self }
    }

    /// Begins a row of level MUST for one code, which is the last part of its name.
    pub(super) const fn coded(
        id: &'static str,
        code: &'static str,
        source: &'static str,
        about: &'static str,
        right: &'static [Outcome],
        play: Play,
    ) -> Self {
        Self { code: Some(code), ..Self::must(id, source, about, right, play) }
    }

    /// Notes a caller that does not ask again.
    pub(super) const fn again(self) -> Self {
        Self { again: true, ..self }
    }

    /// Fails a caller that asks again sooner.
    pub(super) const fn not_sooner(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    pub(super) const fn door(self, door: Door) -> Self {
        Self { door, ..self }
    }
}
