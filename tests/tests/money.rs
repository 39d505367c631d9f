//! Money against vectors, and against long multiplication on decimal digits.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]

use alipayplus_model::money::{self, MoneyError};
use alipayplus_model::{Amount, Currency, MinorUnits};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

fn vectors(list: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/data/money.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    all[list].as_array().unwrap().clone()
}

fn code(text: &str) -> Currency {
    text.parse().unwrap()
}

#[test]
fn values_are_accepted_or_refused() {
    let rows = vectors("values");
    assert_eq!(rows.len(), 23);
    for row in rows {
        let text = row["value"].as_str().unwrap();
        let read = text.parse::<MinorUnits>();
        assert_eq!(read.is_ok(), row["expect"] == "accept", "{row}");
        if let Ok(units) = read {
            assert_eq!(units.to_string(), text);
        }
    }
}

#[test]
fn products_are_rounded_half_even() {
    let rows = vectors("half_even");
    assert_eq!(rows.len(), 15);
    for row in rows {
        let text = |name: &str| row[name].as_str().unwrap();
        if row["kind"] == "multiply_minor" {
            let amount = Amount { value: text("value").parse().unwrap(), currency: code("XXX") };
            let product = amount.convert_minor(text("quotePrice").parse().unwrap(), code("CNY")).unwrap();
            assert_eq!(product, Amount { value: text("expect").parse().unwrap(), currency: code("CNY") }, "{row}");
            continue;
        }
        assert_eq!(row["kind"], "round");
        let (input, expected): (Decimal, Decimal) = (text("input").parse().unwrap(), text("expect").parse().unwrap());
        let scale = u32::try_from(row["scale"].as_u64().unwrap()).unwrap();
        assert_eq!(input.round_dp_with_strategy(scale, RoundingStrategy::MidpointNearestEven), expected, "{row}");
        // The same by this project's own rounding: all digits as units, times a power of ten.
        let units = MinorUnits::try_from(input.mantissa().unsigned_abs()).unwrap();
        let rounded = money::convert_minor(units, Decimal::new(1, input.scale() - scale), code("XXX")).unwrap();
        assert_eq!(rounded.get(), expected.mantissa().unsigned_abs(), "{row}");
    }
}

/// A natural number as decimal digits, the least first, no zeros at the far end: slow, and plain to see through.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Digits(Vec<u8>);

impl Digits {
    fn of(number: u128) -> Self {
        Self(number.to_string().bytes().rev().map(|byte| byte - b'0').collect()).trimmed()
    }

    fn trimmed(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    fn times(&self, other: &Self) -> Self {
        let mut sums = vec![0_u32; self.0.len() + other.0.len() + 1];
        for (i, a) in self.0.iter().enumerate() {
            for (j, b) in other.0.iter().enumerate() {
                sums[i + j] += u32::from(*a) * u32::from(*b);
            }
        }
        let mut carry = 0;
        let digit = |sum: u32| {
            let all = sum + carry;
            carry = all / 10;
            u8::try_from(all % 10).unwrap()
        };
        Self(sums.into_iter().map(digit).collect()).trimmed()
    }

    /// Times ten to a power.
    fn shifted(&self, power: usize) -> Self {
        Self([vec![0; power], self.0.clone()].concat()).trimmed()
    }

    /// Without the last digits, rounded HALF EVEN; and whether it was a tie.
    fn rounded(&self, digits: usize) -> (Self, bool) {
        let (dropped, kept) = self.0.split_at(digits.min(self.0.len()));
        let first = if dropped.len() == digits { dropped.last().copied().unwrap_or(0) } else { 0 };
        let rest = dropped.iter().rev().skip(1).any(|digit| *digit > 0);
        let tie = first == 5 && !rest;
        let odd = kept.first().is_some_and(|digit| digit % 2 == 1);
        let up = first > 5 || (first == 5 && (rest || odd));
        let mut kept = kept.to_vec();
        if up {
            let nines = kept.iter().take_while(|digit| **digit == 9).count();
            kept[..nines].fill(0);
            if let Some(digit) = kept.get_mut(nines) { *digit += 1 } else { kept.push(1) }
        }
        (Self(kept).trimmed(), tie)
    }

    fn exceeds(&self, most: &Self) -> bool {
        self.0.len() > most.0.len() || (self.0.len() == most.0.len() && self.0.iter().rev().gt(most.0.iter().rev()))
    }
}

#[derive(Debug, Default)]
struct Tally {
    equal: usize,
    ties: usize,
    too_large: usize,
    too_long: usize,
}

impl Tally {
    /// A product that the model made or refused, against the digits: `units` × `price` × 10^`up` / 10^`down`, to a
    /// multiple of 10^`step`.
    fn compare(
        &mut self,
        found: &Result<MinorUnits, MoneyError>,
        units: u128,
        price: Decimal,
        [up, down, step]: [usize; 3],
    ) {
        // The whole number that has to fit into 128 bits: without the powers of ten that both sides have.
        let price = price.normalize();
        let down = down + usize::try_from(price.scale()).unwrap();
        let exact = Digits::of(units).times(&Digits::of(price.mantissa().unsigned_abs())).shifted(up - up.min(down));
        let (rounded, tie) = exact.rounded(down - up.min(down) + step);
        let rounded = rounded.shifted(step);
        let fits = !rounded.exceeds(&Digits::of(MinorUnits::MAX.get()));
        let what = || format!("{units} x {price}, shifted {up} and {down}, step {step}");
        let too_large = exact.exceeds(&Digits::of(u128::MAX));
        assert_eq!(*found == Err(MoneyError::TooLarge), too_large, "{found:?}: {}", what());
        match found {
            Ok(value) => {
                assert_eq!(Digits::of(value.get()), rounded, "{}", what());
                assert!(fits, "{}", what());
                self.equal += 1;
                self.ties += usize::from(tie);
            }
            Err(MoneyError::Value) => {
                assert!(!fits, "refused as too long: {}", what());
                self.too_long += 1;
            }
            Err(MoneyError::TooLarge) => self.too_large += 1,
            Err(other) => panic!("{other}: {}", what()),
        }
    }
}

/// A natural number of up to so many digits, each length as likely as any other.
fn number(random: &mut fastrand::Rng, most: u32) -> u128 {
    let digits = random.u32(1..=most);
    random.u128(0..10_u128.pow(digits))
}

/// A price whose product with some number is a tie: an odd number over a power of two.
fn tie(random: &mut fastrand::Rng) -> (u128, Decimal) {
    let twos = random.u32(1..=16);
    let odd = number(random, 6) * 2 + 1;
    let price = Decimal::from_i128_with_scale(i128::try_from(odd * 5_u128.pow(twos)).unwrap(), twos);
    let units = (number(random, 9) * 2 + 1) << (twos - 1);
    (units, price)
}

fn price(random: &mut fastrand::Rng) -> Decimal {
    let mantissa = i128::try_from(number(random, 28)).unwrap();
    Decimal::from_i128_with_scale(mantissa, random.u32(0..=28))
}

const PRODUCTS: usize = 20_000;

#[test]
fn products_of_minor_units_are_exact_or_refused() {
    let mut random = fastrand::Rng::with_seed(0x5eed_0001);
    let mut tally = Tally::default();
    for n in 0..PRODUCTS {
        let (units, price) = if n % 2 == 0 { tie(&mut random) } else { (number(&mut random, 28), price(&mut random)) };
        let (to, step) = if n % 7 == 0 { ("IDR", 2) } else { ("CNY", 0) };
        let amount = Amount::minor(units, "XXX").unwrap();
        let found = amount.convert_minor(price, code(to));
        if let Ok(amount) = &found {
            assert_eq!(amount.currency, code(to));
        }
        tally.compare(&found.map(|amount| amount.value), units, price, [0, 0, step]);
    }
    assert!(tally.equal > PRODUCTS / 2 && tally.ties > PRODUCTS / 3, "{tally:?}");
    assert!(tally.too_large > 100 && tally.too_long > 100, "{tally:?}");
}

#[test]
fn products_of_major_units_are_exact_or_refused() {
    // With the decimals that ISO 4217 gives them. IDR is rounded to a multiple of 100.
    let currencies = [("JPY", 0, 0), ("CNY", 2, 0), ("KWD", 3, 0), ("UYW", 4, 0), ("IDR", 2, 2)];
    let mut random = fastrand::Rng::with_seed(0x5eed_0002);
    let mut tally = Tally::default();
    for n in 0..PRODUCTS {
        let (units, price) = if n % 2 == 0 { tie(&mut random) } else { (number(&mut random, 28), price(&mut random)) };
        let (from, down, _) = currencies[random.usize(0..currencies.len())];
        let (to, up, step) = currencies[random.usize(0..currencies.len())];
        let found = Amount::minor(units, from).unwrap().convert(price, code(to)).map(|amount| amount.value);
        tally.compare(&found, units, price, [up, down, step]);
    }
    assert!(tally.equal > PRODUCTS / 2 && tally.ties > PRODUCTS / 20, "{tally:?}");
    assert!(tally.too_large > 100 && tally.too_long > 100, "{tally:?}");
}

#[test]
fn an_unknown_currency_has_no_major_units() {
    let amount = Amount::minor(1, "QQQ").unwrap();
    assert_eq!(amount.convert(Decimal::ONE, code("JPY")), Err(MoneyError::NoExponent(code("QQQ"))));
    assert_eq!(amount.to_major(), Err(MoneyError::NoExponent(code("QQQ"))));
    assert_eq!(amount.convert_minor(Decimal::ONE, code("QQQ")), Ok(amount.clone()));
}

#[test]
fn the_digits_themselves_are_right() {
    let rounded = |number, digits| Digits::of(number).rounded(digits);
    assert_eq!(rounded(2125, 1), (Digits::of(212), true));
    assert_eq!(rounded(2135, 1), (Digits::of(214), true));
    assert_eq!(rounded(21_351, 2), (Digits::of(214), false));
    assert_eq!(rounded(9995, 1), (Digits::of(1000), true));
    assert_eq!(rounded(5, 1), (Digits::of(0), true));
    assert_eq!(rounded(5, 2), (Digits::of(0), false));
    assert_eq!(rounded(51, 2), (Digits::of(1), false));
    assert_eq!(rounded(49, 2), (Digits::of(0), false));
    assert_eq!(Digits::of(12_345_679).times(&Digits::of(81)), Digits::of(999_999_999));
    assert!(Digits::of(100).exceeds(&Digits::of(99)) && !Digits::of(99).exceeds(&Digits::of(99)));
}
