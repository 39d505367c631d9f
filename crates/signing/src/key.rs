//! RSA keys: from text to something that signs or verifies.

mod der;
mod error;
mod private;
mod public;
mod text;

pub use error::{KeyError, KeyProblem, KeySource};
pub use private::PrivateKey;
pub use public::PublicKey;

/// What is accepted. Below is too weak; above, the cryptography library does not go.
const BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

fn check_bits(bits: usize) -> Result<(), KeyProblem> {
    match bits {
        bits if bits < *BITS.start() => Err(KeyProblem::TooShort { bits }),
        bits if bits > *BITS.end() => Err(KeyProblem::TooLong { bits }),
        _ => Ok(()),
    }
}
