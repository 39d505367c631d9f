//! Describes an operation.

use std::time::Duration;

use alipayplus_runtime::operation::Operation;

/// The description of an operation that can be mounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationInfo {
    /// Its name.
    pub name: &'static str,
    /// Its default path.
    pub path: &'static str,
    /// How long its client waits for a response.
    pub timeout: Duration,
}

impl OperationInfo {
    /// Returns the description of the operation `O`.
    #[must_use]
    pub const fn of<O: Operation>() -> Self {
        Self { name: O::NAME, path: O::PATH, timeout: O::TIMEOUT }
    }
}
