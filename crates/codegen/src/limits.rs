//! How large a message and a definition may be.

/// The most bytes that a message may have: the server's default limit.
pub const MAX_MESSAGE_BYTES: usize = 256 * 1024;

/// The most characters that a text with a form may have.
pub const MAX_FORMED: usize = 4096;

/// How many places of one definition test data looks into; of further ones it shows only the value. So objects
/// that hold others in several places, which hold others in several places, do not multiply.
pub const MAX_PLACES_OF_ONE: usize = 16;

/// The most places for values that a definition may have. Documents describe each of them.
pub const MAX_PLACES: usize = 5000;

/// The most levels of objects and lists that a message may have inside each other: the readers refuse more.
pub const MAX_DEPTH: usize = 32;
