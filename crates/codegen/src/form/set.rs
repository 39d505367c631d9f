//! Sets of characters.

use std::ops::RangeInclusive;

/// A set of ASCII characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Set(u128);

impl Set {
    pub(super) const PRINTABLE: Self = Self(((1 << 95) - 1) << b' ');

    pub(super) fn of(byte: u8) -> Self {
        Self(1 << (byte & 0x7f))
    }

    pub(super) fn insert(&mut self, bytes: RangeInclusive<u8>) {
        bytes.for_each(|byte| self.0 |= Self::of(byte).0);
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn contains(self, byte: u8) -> bool {
        byte.is_ascii() && self.0 & Self::of(byte).0 != 0
    }
}
