//! RSA keys: from text to something that signs or verifies.

mod der;
mod error;
mod private;
mod public;
mod text;

pub use error::{KeyError, KeyErrorKind, KeySource};
pub use private::PrivateKey;
pub use public::PublicKey;

/// What is accepted. Below is too weak; above, the cryptography library does not go.
const BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

fn check_bits(bits: usize) -> Result<(), KeyErrorKind> {
    match bits {
        bits if bits < *BITS.start() => Err(KeyErrorKind::TooShort { bits }),
        bits if bits > *BITS.end() => Err(KeyErrorKind::TooLong { bits }),
        _ => Ok(()),
    }
}
