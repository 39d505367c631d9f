//! The verified response of a call.

use alipayplus_runtime::operation::Operation;
use alipayplus_runtime::violation::Violation;

use crate::evidence::Evidence;

/// A verified response: its outcome, its members, and the evidence for both.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply<O: Operation> {
    /// The outcome.
    pub outcome: O::Outcome,
    /// The decoded message, without the members that break the schema, see [`violations`](Self::violations).
    pub response: O::Response,
    /// Members that do not belong to this outcome, as JSON Pointers: a member of a payment that was not paid, or one that
    /// is sent only when it differs from another member. They show the operator that the server reads the document
    /// differently. Members that the schema does not know are not listed.
    pub ignored_members: Vec<String>,
    /// Where the response breaks the schema without changing the outcome: an empty optional text, a result message that
    /// is too long, and everything beside a result that decides by itself. Usually there is none.
    pub violations: Vec<Violation>,
    /// The number of requests that this call has sent, from 1.
    pub attempts: u32,
    pub(crate) evidence: Evidence,
}

impl<O: Operation> Reply<O> {
    /// Returns the exact headers and bytes of the exchange, for disputes.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }
}
