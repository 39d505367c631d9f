//! What was found out about a message.

use std::fmt;

use super::cause::Cause;
use super::shown::Contents;
use crate::digest::Digest;

/// A cause that was found in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The cause.
    pub cause: Cause,
    /// What exactly was found, or an empty text. It holds nothing of the body.
    pub how: String,
    /// Whether a digest or a key proves it. Otherwise it looks like it.
    pub is_proved: bool,
}

/// What an opened signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signed {
    /// The key that opens it, in words.
    pub key: String,
    /// The fingerprint of that key.
    pub fingerprint: String,
    /// The algorithm, such as `RSA with SHA-256`.
    pub algorithm: String,
    /// The digest in hexadecimal digits, or an empty text if there is none.
    pub digest: String,
}

/// The result of an examination.
///
/// Prints the causes in one line, which is for logs and holds nothing of the body.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The causes, in the order in which they have to be undone. Empty if nothing is wrong.
    pub causes: Vec<Finding>,
    /// Facts that are no fault here.
    pub notes: Vec<Finding>,
    /// What the signature holds, if one of the keys opens it.
    pub signed: Option<Signed>,
    /// The SHA-256 of the content that the message has.
    pub expected_digest: Digest,
    /// The content that the message has, and the one that was signed.
    pub contents: Contents,
    /// The bytes of all contents that were hashed.
    pub hashed_bytes: u64,
    /// Whether the search ended at its bound, so that candidates are left.
    pub is_cut: bool,
}

impl Diagnosis {
    /// Returns whether the message is right by what is known: no cause was found.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.causes.is_empty()
    }

    /// Returns whether a cause was found.
    #[must_use]
    pub fn has(&self, cause: Cause) -> bool {
        self.causes.iter().any(|finding| finding.cause == cause)
    }

    pub(super) fn add(&mut self, cause: Cause, how: impl Into<String>, is_proved: bool) {
        if !self.has(cause) {
            self.causes.push(Finding { cause, how: how.into(), is_proved });
        }
    }

    pub(super) fn note(&mut self, cause: Cause, how: impl Into<String>) {
        self.notes.push(Finding { cause, how: how.into(), is_proved: true });
    }

    /// Marks what was found so far as proved: the spelling once the signature opens, the key and the algorithm once the
    /// content is found.
    pub(super) fn prove(&mut self) {
        self.causes.iter_mut().for_each(|finding| finding.is_proved = true);
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_proved {
            f.write_str("Looks like: ")?;
        }
        let sentence = self.cause.sentence().trim_end_matches('.');
        if self.how.is_empty() { write!(f, "{sentence}.") } else { write!(f, "{sentence} ({}).", self.how) }
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_right() {
            return f.write_str("nothing is wrong");
        }
        for (at, finding) in self.causes.iter().enumerate() {
            f.write_str(if at > 0 { "; " } else { "" })?;
            write!(f, "{}: {finding}", finding.cause)?;
        }
        Ok(())
    }
}
