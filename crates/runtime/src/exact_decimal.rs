//! Decimal numbers that keep the text that they were parsed from.

use std::cmp::Ordering;
use std::fmt;

use rust_decimal::Decimal;

use crate::scalar::Scalar;
use crate::violation::ValueError;

/// A decimal number such as a price, sent as a string: up to 16 digits before the point and up to 12 behind it, without a
/// sign, an exponent or leading zeros.
///
/// The value keeps the text byte for byte, and the number that it denotes, which is exact. Two values are equal if their
/// texts are: `6.9` and `6.90` differ. Compare [`get`](Self::get) for equal numbers.
///
/// ```
/// use alipayplus_runtime::{ExactDecimal, money};
///
/// let price: ExactDecimal = "6.930".parse()?;
/// assert_eq!(price.as_str(), "6.930");
///
/// // USD 10.00 at CNY 6.93 per USD is CNY 69.30.
/// let units = money::convert("1000".parse()?, "USD".parse()?, price.get(), "CNY".parse()?)?;
/// assert_eq!(units.get(), 6930);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ExactDecimal {
    text: Box<str>,
    number: Decimal,
}

impl ExactDecimal {
    /// The regular expression of the text in JSON Schema.
    pub const PATTERN: &'static str = "^(0|[1-9][0-9]{0,15})(\\.[0-9]{1,12})?$";

    /// Returns the text as it was parsed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the number.
    #[must_use]
    pub const fn get(&self) -> Decimal {
        self.number
    }
}

const FORM: ValueError =
    ValueError::Form("up to 16 digits, and up to 12 behind a decimal point, without a sign or a leading zero");

impl Scalar for ExactDecimal {
    fn check(text: &str) -> Result<(), ValueError> {
        let (whole, places) = text.split_once('.').map_or((text, None), |(whole, places)| (whole, Some(places)));
        let is_number =
            |digits: &str, most| (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        let has_leading_zero = whole.len() > 1 && whole.starts_with('0');
        let has_form = is_number(whole, 16) && !has_leading_zero && places.is_none_or(|places| is_number(places, 12));
        if has_form { Ok(()) } else { Err(FORM) }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        Self::check(text)?;
        // 28 digits fit into the 96 bits of a decimal.
        let number = Decimal::from_str_exact(text).map_err(|_| FORM)?;
        Ok(Self { text: text.into(), number })
    }

    fn order(left: &str, right: &str) -> Option<Ordering> {
        Some(Self::parse(left).ok()?.number.cmp(&Self::parse(right).ok()?.number))
    }
}

impl TryFrom<Decimal> for ExactDecimal {
    type Error = ValueError;

    /// Keeps the number's decimal places: `Decimal::new(6930, 3)` is sent as `6.930`.
    fn try_from(number: Decimal) -> Result<Self, ValueError> {
        Self::parse(&number.to_string())
    }
}

impl From<&ExactDecimal> for Decimal {
    fn from(decimal: &ExactDecimal) -> Self {
        decimal.number
    }
}

impl fmt::Debug for ExactDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for ExactDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

crate::scalar_traits!(ExactDecimal, |this| &this.text);
crate::scalar_schema!(ExactDecimal, crate::schema::pattern(Self::PATTERN));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_kept_and_the_number_is_exact() {
        for text in ["0", "0.0", "6.93", "6.930", "0.000000000001", "9999999999999999.999999999999", "1000000000000000"]
        {
            let read: ExactDecimal = text.parse().unwrap();
            assert_eq!((read.as_str(), read.get().to_string().as_str()), (text, text));
            assert_eq!(serde_json::to_string(&read).unwrap(), format!("\"{text}\""));
            assert_eq!(ExactDecimal::try_from(read.get()), Ok(read));
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            ".",
            ".5",
            "5.",
            "00",
            "01",
            "00.5",
            "-1",
            "+1",
            "1e3",
            "1,5",
            "1 ",
            " 1",
            "1_000",
            "1.2.3",
            "٣",
            "NaN",
            "0.0000000000001",
            "10000000000000000",
            "6.93\n",
        ] {
            assert_eq!(text.parse::<ExactDecimal>(), Err(FORM), "{text:?}");
        }
        assert_eq!(ExactDecimal::try_from(Decimal::new(-1, 0)), Err(FORM));
        assert_eq!(ExactDecimal::try_from(Decimal::new(1, 13)), Err(FORM));
    }

    #[test]
    fn order_is_by_value() {
        assert_eq!(ExactDecimal::order("6.9", "6.90"), Some(Ordering::Equal));
        assert_eq!(ExactDecimal::order("10", "9.99"), Some(Ordering::Greater));
    }
}
