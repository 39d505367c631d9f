//! Why the doctor ends without a result.

/// Why the doctor ends without a result.
pub(crate) enum Failure {
    /// The command line is wrong.
    Usage(String),
    /// A file could not be read.
    Unreadable(String),
}
