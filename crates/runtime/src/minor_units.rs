//! Amounts in a currency's smallest unit.

use std::cmp::Ordering;
use std::fmt;

use crate::scalar::Scalar;
use crate::violation::ValueError;

/// An integer number of a currency's smallest unit, sent as a string of 1 to 28 digits without leading zeros.
///
/// A 96-bit decimal holds 28 digits exactly.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MinorUnits(u128);

impl MinorUnits {
    /// The largest value: 28 nines.
    pub const MAX: Self = Self(9_999_999_999_999_999_999_999_999_999);
    /// The regular expression of the text in JSON Schema.
    pub const PATTERN: &'static str = "^(0|[1-9][0-9]{0,27})$";

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> u128 {
        self.0
    }
}

const FORM: ValueError = ValueError::Form("1 to 28 digits without a sign, a decimal point or a leading zero");

impl Scalar for MinorUnits {
    fn check(text: &str) -> Result<(), ValueError> {
        match text.as_bytes() {
            [b'0'] => Ok(()),
            [b'1'..=b'9', rest @ ..] if rest.len() < 28 && rest.iter().all(u8::is_ascii_digit) => Ok(()),
            _ => Err(FORM),
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        Self::check(text)?;
        text.parse().map(Self).map_err(|_| FORM)
    }

    fn order(left: &str, right: &str) -> Option<Ordering> {
        Some(Self::parse(left).ok()?.cmp(&Self::parse(right).ok()?))
    }
}

impl TryFrom<u128> for MinorUnits {
    type Error = ValueError;

    fn try_from(units: u128) -> Result<Self, ValueError> {
        if units <= Self::MAX.0 { Ok(Self(units)) } else { Err(FORM) }
    }
}

impl fmt::Debug for MinorUnits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Display for MinorUnits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

crate::scalar_traits!(MinorUnits, |this| &this.0.to_string());
crate::scalar_schema!(MinorUnits, crate::schema::pattern(Self::PATTERN));
