//! Currencies by their ISO 4217 codes.

use std::fmt;

use crate::scalar::Scalar;
use crate::violation::ValueError;

/// An ISO 4217 alphabetic code: three uppercase letters, such as `"JPY"`.
///
/// Any three uppercase letters are valid; a code that is not in ISO 4217 has no [`exponent`](Self::exponent).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The regular expression of the text in JSON Schema.
    pub const PATTERN: &'static str = "^[A-Z]{3}$";

    /// Returns the code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // The bytes are ASCII letters, so this never falls back.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Returns the number of decimal places of the currency's smallest unit: 0 for JPY, 2 for USD. `None` for a code that
    /// is not in ISO 4217 or has no unit there.
    #[must_use]
    pub fn exponent(&self) -> Option<u32> {
        let known = iso_currency::Currency::from_code(self.as_str())?;
        known.exponent().map(u32::from)
    }
}

impl Scalar for Currency {
    fn check(text: &str) -> Result<(), ValueError> {
        Self::parse(text).map(|_| ())
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(ValueError::Form("three uppercase letters, an ISO 4217 code")),
        }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

crate::scalar_traits!(Currency, |this| this.as_str());
crate::scalar_schema!(Currency, crate::schema::pattern(Self::PATTERN));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_uppercase_letters_are_accepted() {
        for good in ["JPY", "USD", "XXZ"] {
            assert_eq!(good.parse::<Currency>().map(|currency| currency.to_string()).as_deref(), Ok(good));
        }
        for bad in ["", "JP", "JPYY", "jpy", "JP1", "円円円", "JP "] {
            assert!(bad.parse::<Currency>().is_err(), "{bad}");
        }
    }

    #[test]
    fn exponents_come_from_iso_4217() {
        let exponent = |code: &str| code.parse::<Currency>().ok().and_then(|currency| currency.exponent());
        assert_eq!(exponent("JPY"), Some(0));
        assert_eq!(exponent("KRW"), Some(0));
        assert_eq!(exponent("CNY"), Some(2));
        assert_eq!(exponent("KWD"), Some(3));
        assert_eq!(exponent("QQQ"), None);
    }
}
