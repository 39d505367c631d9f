//! Products of money against long multiplication on decimal digits: equal, or refused for a valid reason.

mod digits;

use alipayplus_model::{Currency, MinorUnits};
use alipayplus_runtime::money::{MoneyError, convert, convert_minor};
use fastrand::Rng;
use rust_decimal::Decimal;

use crate::failure::Failure;
use crate::progress::grouped;
use crate::run::Run;
use crate::scenario::Scenario;
use digits::Digits;

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "money",
    about: "products of money, rounded HALF EVEN, against long multiplication digit by digit",
    run,
};

/// Currencies with the decimals that ISO 4217 gives them, and the power of ten to whose multiple a result is rounded.
const CURRENCIES: [(&str, usize, usize); 5] =
    [("JPY", 0, 0), ("CNY", 2, 0), ("KWD", 3, 0), ("UYW", 4, 0), ("IDR", 2, 2)];

/// The number of cases by verdict.
#[derive(Debug, Default)]
struct Tally {
    equal: u64,
    ties: u64,
    too_long: u64,
}

/// One product: `units` × `price` × 10^`up` / 10^`down`, to a multiple of 10^`step`.
#[derive(Clone, Copy, Debug)]
struct Product {
    units: u128,
    price: Decimal,
    up: usize,
    down: usize,
    step: usize,
}

fn run(run: &mut Run) -> Result<(), Failure> {
    let count = run.either(500_000, 10_000);
    for (topic, product) in [("minor units", of_minor_units as Try), ("major units", of_major_units)] {
        let mut tally = Tally::default();
        run.cases(topic, count, |case, rng| {
            // Every second one is a tie, or would be without the currencies' decimals.
            let (units, price) = if case % 2 == 0 { tie(rng) } else { (number(rng, 28), price(rng)) };
            let (product, found) = product(units, price, rng)?;
            tally.judge(&product, &found)
        })?;
        let Tally { equal, ties, too_long } = tally;
        run.found(format!("products of {topic}"), grouped(equal + too_long));
        run.found("equal, of these ties", format!("{}, {}", grouped(equal), grouped(ties)));
        run.found("refused: over 28 digits", grouped(too_long));
        if !run.is_one_case() && [equal, ties, too_long].contains(&0) {
            return Err(format!("{topic}: a kind of product never came up: {tally:?}").into());
        }
    }
    Ok(())
}

/// The model's result of a product.
type Found = Result<MinorUnits, MoneyError>;

/// Computes a product with the model.
type Try = fn(u128, Decimal, &mut Rng) -> Result<(Product, Found), Failure>;

fn of_minor_units(units: u128, price: Decimal, rng: &mut Rng) -> Result<(Product, Found), Failure> {
    let (to, _, step) = CURRENCIES[rng.usize(..CURRENCIES.len())];
    let found = convert_minor(MinorUnits::try_from(units)?, price, to.parse()?);
    Ok((Product { units, price, up: 0, down: 0, step }, found))
}

fn of_major_units(units: u128, price: Decimal, rng: &mut Rng) -> Result<(Product, Found), Failure> {
    let (from, down, _) = CURRENCIES[rng.usize(..CURRENCIES.len())];
    let (to, up, step) = CURRENCIES[rng.usize(..CURRENCIES.len())];
    let (from, to): (Currency, Currency) = (from.parse()?, to.parse()?);
    Ok((Product { units, price, up, down, step }, convert(MinorUnits::try_from(units)?, from, price, to)))
}

impl Tally {
    /// Checks a product of the model against the digits.
    fn judge(&mut self, product: &Product, found: &Found) -> Result<(), Failure> {
        let Product { units, price, up, down, step } = *product;
        let price = price.normalize();
        let down = down + usize::try_from(price.scale())?;
        let exact = Digits::of(units).times(&Digits::of(price.mantissa().unsigned_abs())).shifted(up - up.min(down));
        let (rounded, tie) = exact.rounded(down - up.min(down) + step);
        let rounded = rounded.shifted(step);
        let fits = !rounded.exceeds(&Digits::of(MinorUnits::MAX.get()));
        let (holds, count) = match found {
            Ok(value) => {
                self.ties += u64::from(tie);
                (fits && Digits::of(value.get()) == rounded, &mut self.equal)
            }
            Err(MoneyError::Value) => (!fits, &mut self.too_long),
            Err(_) => return Err(format!("{found:?} of {product:?}").into()),
        };
        *count += 1;
        if holds { Ok(()) } else { Err(format!("{found:?} instead of {rounded:?} of {product:?}").into()) }
    }
}

/// Returns a natural number of at most this many digits; all lengths are equally likely.
fn number(rng: &mut Rng, most: u32) -> u128 {
    let digits = rng.u32(1..=most);
    rng.u128(0..10_u128.pow(digits))
}

/// Returns a number and a price whose product is a tie: an odd number over a power of two.
fn tie(rng: &mut Rng) -> (u128, Decimal) {
    let twos = rng.u32(1..=16);
    let odd = number(rng, 6) * 2 + 1;
    // At most 7 and 12 digits: it fits.
    let mantissa = i128::try_from(odd * 5_u128.pow(twos)).unwrap_or_default();
    ((number(rng, 9) * 2 + 1) << (twos - 1), Decimal::from_i128_with_scale(mantissa, twos))
}

fn price(rng: &mut Rng) -> Decimal {
    let mantissa = i128::try_from(number(rng, 28)).unwrap_or_default();
    Decimal::from_i128_with_scale(mantissa, rng.u32(0..=28))
}
