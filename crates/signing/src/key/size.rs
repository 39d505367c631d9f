//! The accepted sizes of keys.

use std::ops::RangeInclusive;

use super::error::KeyErrorKind;

/// The accepted sizes in bits. A smaller key is too weak; the cryptography library does not support a larger one.
const BITS: RangeInclusive<usize> = 2048..=8192;

pub(super) fn check_bits(bits: usize) -> Result<(), KeyErrorKind> {
    match bits {
        bits if bits < *BITS.start() => Err(KeyErrorKind::TooShort { bits }),
        bits if bits > *BITS.end() => Err(KeyErrorKind::TooLong { bits }),
        _ => Ok(()),
    }
}
