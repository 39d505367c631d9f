//! Searches the content that a signature is over: the digests of candidates are compared with the one in the signature.

use super::body_forms::BODY_FORMS;
use super::cause::Cause;
use super::hash::{Hash, hex};
use super::head_forms::{Change, Part, Value};
use super::opening::is_in_pss;
use super::parts::Parts;
use super::time_forms::near_times;

/// The digest that the signer had, by the opened signature.
pub(super) enum Target {
    Digest { hash: Hash, digest: Vec<u8> },
    Pss { hash: Hash, salt: Vec<u8>, proof: Vec<u8> },
}

impl Target {
    fn hash(&self) -> Hash {
        match self {
            Self::Digest { hash, .. } | Self::Pss { hash, .. } => *hash,
        }
    }

    fn is(&self, of: &[u8]) -> bool {
        match self {
            Self::Digest { digest, .. } => digest == of,
            Self::Pss { hash, salt, proof } => is_in_pss(*hash, salt, proof, of),
        }
    }
}

/// A content whose digest is in the signature, and what makes it of the message.
pub(super) struct Found {
    pub(super) causes: Vec<(Cause, String)>,
    pub(super) content: Vec<u8>,
}

/// A search with a bound of the bytes that are hashed.
pub(super) struct Search {
    pub(super) target: Target,
    pub(super) limit: u64,
    pub(super) hashed: u64,
    /// Whether candidates are left because of the bound.
    pub(super) is_cut: bool,
}

impl Search {
    /// Compares the content as it has to be, then single changes, then pairs of changes of different parts.
    pub(super) fn run(&mut self, parts: Parts<'_>, heads: &[Change<'_>], bodies: &[&[u8]]) -> Option<Found> {
        let common: Vec<&Change<'_>> = heads.iter().filter(|change| !change.is_rare).collect();
        self.attempt(parts, &[])
            .or_else(|| heads.iter().find_map(|change| self.attempt(parts, &[change])))
            .or_else(|| self.each_body(parts, bodies, |search, body| search.attempt(parts, &[body])))
            .or_else(|| self.pairs_of_heads(parts, &common))
            .or_else(|| {
                self.each_body(parts, bodies, |search, body| {
                    common.iter().find_map(|head| search.attempt(parts, &[head, body]))
                })
            })
            .or_else(|| self.near_times(parts))
    }

    fn pairs_of_heads(&mut self, parts: Parts<'_>, heads: &[&Change<'_>]) -> Option<Found> {
        heads.iter().enumerate().find_map(|(at, first)| {
            let others = heads[at + 1..].iter().filter(|second| second.part != first.part);
            others.into_iter().find_map(|second| self.attempt(parts, &[first, second]))
        })
    }

    fn near_times(&mut self, parts: Parts<'_>) -> Option<Found> {
        let time = str::from_utf8(parts.time).ok()?;
        near_times(time).find_map(|text| {
            let how = format!("`{text}` for `{time}`");
            let value = Value::Text(text.into_bytes().into());
            self.attempt(
                parts,
                &[&Change { part: Part::Time, cause: Cause::TimeOther, how: how.into(), value, is_rare: true }],
            )
        })
    }

    /// Makes one form of the body after the other, so that only one is in memory, and none that is beyond the bound.
    fn each_body(
        &mut self,
        parts: Parts<'_>,
        bodies: &[&[u8]],
        with: impl Fn(&mut Self, &Change<'_>) -> Option<Found>,
    ) -> Option<Found> {
        let compare = |search: &mut Self, cause, how: &'static str, value: &[u8]| {
            let change =
                Change { part: Part::Body, cause, how: how.into(), value: Value::Text(value.into()), is_rare: false };
            if value == parts.body { None } else { with(search, &change) }
        };
        for form in BODY_FORMS {
            if self.is_cut {
                return None;
            }
            let found = (form.make)(parts.body).and_then(|value| compare(self, form.cause, form.how, &value));
            if found.is_some() {
                return found;
            }
        }
        bodies.iter().find_map(|other| compare(self, Cause::BodyOfAnotherMessage, "the body of another capture", other))
    }

    /// Compares one candidate.
    fn attempt(&mut self, parts: Parts<'_>, changes: &[&Change<'_>]) -> Option<Found> {
        let pieces = changes.iter().fold(parts, |parts, change| change.apply(parts)).pieces();
        let length = pieces.iter().map(|piece| piece.len()).sum::<usize>();
        // A short content costs at least a block of the hash.
        let cost = u64::try_from(length.max(64)).unwrap_or(u64::MAX);
        if self.is_cut || self.hashed.saturating_add(cost) > self.limit {
            self.is_cut = true;
            return None;
        }
        self.hashed += cost;
        let digest = self.target.hash().of(&pieces)?;
        let mut causes: Vec<_> = changes.iter().map(|change| (change.cause, change.how.to_string())).collect();
        if !self.target.is(&digest) {
            let form = self.hashed_twice(&digest)?;
            causes.push((Cause::HashedTwice, form.to_owned()));
        }
        Some(Found { causes, content: pieces.concat() })
    }

    /// Returns in which form the digest was hashed again.
    fn hashed_twice(&self, digest: &[u8]) -> Option<&'static str> {
        let text = hex(digest);
        let forms = [("its bytes", digest), ("its digits as text", text.as_bytes())];
        let is_it =
            |form: &&(&str, &[u8])| self.target.hash().of(&[form.1]).is_some_and(|twice| self.target.is(&twice));
        forms.iter().find(is_it).map(|(how, _)| *how)
    }
}
