//! Exact money: integer minor units, decimal prices, and products rounded once, HALF EVEN.
//!
//! The object that holds an amount is generated and calls these functions.

use rust_decimal::Decimal;

use crate::currency::Currency;
use crate::minor_units::MinorUnits;
use crate::violation::ValueError;

/// The reason why an amount can't be represented exactly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// Not a currency code.
    #[error("currency: {0}")]
    Currency(ValueError),
    /// The number is negative or has more than 28 digits.
    #[error("value: not a non-negative integer of at most 28 digits")]
    Value,
    /// The currency is not in ISO 4217 or has no smallest unit there.
    #[error("{0} has no smallest unit in ISO 4217")]
    NoExponent(Currency),
    /// The number has more decimal places than the currency.
    #[error("more decimal places than {0} has")]
    TooPrecise(Currency),
}

/// A type of whole numbers: the integer types of Rust. A `char`, an IP address or another type that converts to `u128` is
/// not a number of money.
///
/// ```compile_fail
/// # use alipayplus_runtime::money;
/// money::minor('1', "USD").unwrap();
/// ```
pub trait WholeNumber: sealed::Sealed + TryInto<u128> {}

impl<T: sealed::Sealed + TryInto<u128>> WholeNumber for T {}

mod sealed {
    pub trait Sealed {}

    macro_rules! sealed {
        ($($integer:ty)*) => { $(impl Sealed for $integer {})* };
    }

    sealed!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
}

/// Checks minor units of any integer type and a currency code.
///
/// # Errors
/// Returns [`MoneyError::Value`] for a number that is negative or has more than 28 digits, and [`MoneyError::Currency`]
/// for a code that is not three uppercase letters.
pub fn minor(units: impl WholeNumber, currency: &str) -> Result<(MinorUnits, Currency), MoneyError> {
    let units = units.try_into().map_err(|_| MoneyError::Value)?;
    let units = MinorUnits::try_from(units).map_err(|_| MoneyError::Value)?;
    Ok((units, currency.parse().map_err(MoneyError::Currency)?))
}

/// Converts major units to minor units: `1.00` of `USD` is 100.
///
/// # Errors
/// Fails as [`minor`] does, with [`MoneyError::NoExponent`] for a currency that is not in ISO 4217, and with
/// [`MoneyError::TooPrecise`] for a number with more decimal places than the currency.
pub fn from_major(amount: Decimal, currency: &str) -> Result<(MinorUnits, Currency), MoneyError> {
    let currency: Currency = currency.parse().map_err(MoneyError::Currency)?;
    let amount = amount.normalize();
    let shift = exponent(currency)?.checked_sub(amount.scale()).ok_or(MoneyError::TooPrecise(currency))?;
    let mantissa = u128::try_from(amount.mantissa()).map_err(|_| MoneyError::Value)?;
    let units = mantissa.checked_mul(power(shift)?).ok_or(MoneyError::Value)?;
    Ok((MinorUnits::try_from(units).map_err(|_| MoneyError::Value)?, currency))
}

/// Converts minor units to major units: 100 of `USD` is `1.00`.
///
/// # Errors
/// Returns [`MoneyError::NoExponent`] for a currency that is not in ISO 4217.
pub fn to_major(units: MinorUnits, currency: Currency) -> Result<Decimal, MoneyError> {
    let units = i128::try_from(units.get()).map_err(|_| MoneyError::Value)?;
    Decimal::try_from_i128_with_scale(units, exponent(currency)?).map_err(|_| MoneyError::Value)
}

/// Converts an amount by a price between **major** units: one major unit of `from` costs `price` major units of `to`.
///
/// The exponents of both currencies are applied. The exact product is rounded once, HALF EVEN (for IDR to a multiple of
/// 100).
///
/// ```
/// use alipayplus_runtime::money::convert;
/// use alipayplus_runtime::Decimal;
///
/// // JPY 1000 at CNY 0.0515 per JPY is CNY 51.50, or 5150 minor units.
/// let units = convert("1000".parse()?, "JPY".parse()?, Decimal::new(515, 4), "CNY".parse()?)?;
/// assert_eq!(units.get(), 5150);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Returns [`MoneyError::NoExponent`] for a currency that is not in ISO 4217, and [`MoneyError::Value`] for a negative
/// price or a result of more than 28 digits.
pub fn convert(units: MinorUnits, from: Currency, price: Decimal, to: Currency) -> Result<MinorUnits, MoneyError> {
    product(units, price, exponent(to)?, exponent(from)?, rounding_increment(to))
}

/// Multiplies minor units by a price between **minor** units, without regard to the currencies' exponents.
///
/// The exact product is rounded once, HALF EVEN (for IDR to a multiple of 100).
///
/// # Errors
/// Returns [`MoneyError::Value`] for a negative price or a result of more than 28 digits.
pub fn convert_minor(units: MinorUnits, price: Decimal, to: Currency) -> Result<MinorUnits, MoneyError> {
    product(units, price, 0, 0, rounding_increment(to))
}

/// Computes `units` × `price` × 10^`up` / 10^`down`, rounded to the nearest multiple of `increment`, ties to even.
fn product(units: MinorUnits, price: Decimal, up: u32, down: u32, increment: u128) -> Result<MinorUnits, MoneyError> {
    let price = price.normalize();
    let mantissa = u128::try_from(price.mantissa()).map_err(|_| MoneyError::Value)?;
    // Cancel the common power, so that the numbers stay small.
    let down = down + price.scale();
    let (up, down) = (up - up.min(down), down - up.min(down));
    let factor = mantissa.checked_mul(power(up)?).ok_or(MoneyError::Value)?;
    let unit = power(down)?.checked_mul(increment).ok_or(MoneyError::Value)?;
    let (quotient, rest) = divided_product(units.get(), factor, unit).ok_or(MoneyError::Value)?;
    let rounded = match rest.cmp(&(unit - rest)) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Equal => quotient + quotient % 2,
        std::cmp::Ordering::Greater => quotient + 1,
    };
    let units = rounded.checked_mul(increment).ok_or(MoneyError::Value)?;
    MinorUnits::try_from(units).map_err(|_| MoneyError::Value)
}

/// Computes `a` × `b` / `unit` with the rest, without the product itself, which may have more than 128 bits: quotient and
/// rest are kept while the product grows by one binary digit of `a` after the other. `None` if the quotient has more than
/// 128 bits.
fn divided_product(a: u128, b: u128, unit: u128) -> Option<(u128, u128)> {
    let (b_quotient, b_rest) = (b / unit, b % unit);
    let (mut quotient, mut rest) = (0_u128, 0_u128);
    // Adds a number to the product, as its quotient and rest.
    let add = |quotient: u128, rest: u128, of: u128| {
        if rest >= unit - of { (quotient.checked_add(1), rest - (unit - of)) } else { (Some(quotient), rest + of) }
    };
    for digit in (0..u128::BITS - a.leading_zeros()).rev() {
        let (carried, doubled) = add(quotient.checked_mul(2)?, rest, rest);
        (quotient, rest) = (carried?, doubled);
        if a >> digit & 1 == 1 {
            let (carried, sum) = add(quotient.checked_add(b_quotient)?, rest, b_rest);
            (quotient, rest) = (carried?, sum);
        }
    }
    Some((quotient, rest))
}

fn power(exponent: u32) -> Result<u128, MoneyError> {
    10_u128.checked_pow(exponent).ok_or(MoneyError::Value)
}

fn exponent(currency: Currency) -> Result<u32, MoneyError> {
    currency.exponent().ok_or(MoneyError::NoExponent(currency))
}

/// Returns the increment that computed amounts are rounded to. IDR has two decimal places in ISO 4217 and none in use.
fn rounding_increment(currency: Currency) -> u128 {
    if currency.as_str() == "IDR" { 100 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(n: &str) -> MinorUnits {
        n.parse().unwrap()
    }

    fn code(currency: &str) -> Currency {
        currency.parse().unwrap()
    }

    fn price(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn convert_applies_the_exponents_of_both_currencies() {
        let to = |from, price_text, to| convert(units("1000"), code(from), price(price_text), code(to)).unwrap().get();
        assert_eq!(to("JPY", "0.0515", "CNY"), 5150);
        assert_eq!(to("CNY", "19.4", "JPY"), 194);
        assert_eq!(to("JPY", "9.1", "KRW"), 9100);
        assert_eq!(to("KWD", "3.25", "USD"), 325);
    }

    #[test]
    fn idr_is_rounded_once_to_a_multiple_of_100() {
        let idr = |text: &str| convert_minor(units("1"), price(text), code("IDR")).unwrap().get();
        assert_eq!((idr("150"), idr("250"), idr("149.99"), idr("150.01")), (200, 200, 100, 200));
    }

    #[test]
    fn prices_of_28_digits_are_exact() {
        let of = |n: &str, text| convert_minor(units(n), price(text), code("JPY")).map(MinorUnits::get);
        assert_eq!(of("1000000000000", "1.000000000000499999999999999"), Ok(1_000_000_000_000));
        assert_eq!(of("1000000000000", "1.000000000000500000000000000"), Ok(1_000_000_000_000));
        assert_eq!(of("1000000000000", "1.000000000000500000000000001"), Ok(1_000_000_000_001));
        assert_eq!(of("1000000000000", "1.000000000001500000000000000"), Ok(1_000_000_000_002));
        assert_eq!(
            of("9999999999999999999999999999", "0.9999999999999999999999999999"),
            Ok(9_999_999_999_999_999_999_999_999_998)
        );
        assert_eq!(of("9999999999999999999999999999", "0.0000000000000000000000000001"), Ok(1));
    }

    #[test]
    fn divided_products_are_those_of_narrow_numbers() {
        for (a, b) in [(0, 7), (7, 0), (1, 1), (255, 255), (u64::MAX, u64::MAX), (u64::MAX, 3)] {
            let (a, b) = (u128::from(a), u128::from(b));
            for unit in [1, 2, 3, 7, 255, 256, 1_000_000_007, u128::from(u64::MAX), u128::MAX] {
                assert_eq!(divided_product(a, b, unit), Some((a * b / unit, a * b % unit)), "{a} {b} {unit}");
            }
        }
        // (2^128 - 1)² = (2^128 - 1) × (2^128 - 1) + 0.
        assert_eq!(divided_product(u128::MAX, u128::MAX, u128::MAX), Some((u128::MAX, 0)));
        assert_eq!(divided_product(u128::MAX, u128::MAX, u128::MAX - 1), None);
    }

    #[test]
    fn inexact_results_are_rejected() {
        let most = MinorUnits::MAX;
        assert_eq!(convert_minor(most, price("1.00000000001"), code("JPY")), Err(MoneyError::Value));
        assert_eq!(convert_minor(most, price("10"), code("JPY")), Err(MoneyError::Value));
        assert_eq!(convert_minor(units("1"), price("-1"), code("JPY")), Err(MoneyError::Value));
        assert_eq!(convert_minor(most, price("1"), code("JPY")), Ok(most));
        let unknown = convert(units("1"), code("QQQ"), price("1"), code("JPY"));
        assert_eq!(unknown, Err(MoneyError::NoExponent(code("QQQ"))));
    }

    #[test]
    fn major_units_are_exact_or_rejected() {
        assert_eq!(from_major(price("1.00"), "USD").unwrap().0.get(), 100);
        assert_eq!(from_major(price("1"), "JPY").unwrap().0.get(), 1);
        assert_eq!(from_major(price("1.5"), "JPY"), Err(MoneyError::TooPrecise(code("JPY"))));
        assert_eq!(from_major(price("-1"), "JPY"), Err(MoneyError::Value));
        assert_eq!(to_major(units("100"), code("USD")), Ok(price("1.00")));
        assert_eq!(to_major(MinorUnits::MAX, code("JPY")), Ok(price("9999999999999999999999999999")));
    }

    #[test]
    fn minor_accepts_any_integer_type() {
        assert_eq!(minor(100, "JPY").unwrap().0.get(), 100);
        assert_eq!((minor(7_u8, "JPY"), minor(7_usize, "JPY")), (minor(7, "JPY"), minor(7_i128, "JPY")));
        assert_eq!(minor(-1, "JPY"), Err(MoneyError::Value));
        assert_eq!(minor(u128::MAX, "JPY"), Err(MoneyError::Value));
        assert!(matches!(minor(1, "jpy"), Err(MoneyError::Currency(_))));
    }
}
