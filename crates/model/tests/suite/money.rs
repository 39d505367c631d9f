//! Money against test vectors. `cargo xtask stress` also compares it with long multiplication.

use alipayplus_model::{Amount, AmountRequired, Currency, MinorUnits};
use alipayplus_runtime::money::{self, MoneyError};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

use crate::kinds::DATA;

fn vectors(list: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(format!("{DATA}/money.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    all[list].as_array().unwrap().clone()
}

fn code(text: &str) -> Currency {
    text.parse().unwrap()
}

#[test]
fn values_are_accepted_or_rejected() {
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
            let amount = |value: &str, currency: &str| {
                let (value, currency) = (value.parse().unwrap(), code(currency));
                Amount::new(AmountRequired { value, currency })
            };
            let product =
                amount(text("value"), "XXX").convert_minor(text("quotePrice").parse().unwrap(), code("CNY")).unwrap();
            assert_eq!(product, amount(text("expect"), "CNY"), "{row}");
            continue;
        }
        assert_eq!(row["kind"], "round");
        let (input, expected): (Decimal, Decimal) = (text("input").parse().unwrap(), text("expect").parse().unwrap());
        let scale = u32::try_from(row["scale"].as_u64().unwrap()).unwrap();
        assert_eq!(input.round_dp_with_strategy(scale, RoundingStrategy::MidpointNearestEven), expected, "{row}");
        // The same by the rounding of the runtime: all digits as minor units, multiplied by a power of ten.
        let units = MinorUnits::try_from(input.mantissa().unsigned_abs()).unwrap();
        let rounded = money::convert_minor(units, Decimal::new(1, input.scale() - scale), code("XXX")).unwrap();
        assert_eq!(rounded.get(), expected.mantissa().unsigned_abs(), "{row}");
    }
}

#[test]
fn an_unknown_currency_has_no_major_units() {
    let amount = Amount::minor(1, "QQQ").unwrap();
    assert_eq!(amount.convert(Decimal::ONE, code("JPY")), Err(MoneyError::NoExponent(code("QQQ"))));
    assert_eq!(amount.to_major(), Err(MoneyError::NoExponent(code("QQQ"))));
    assert_eq!(amount.convert_minor(Decimal::ONE, code("QQQ")), Ok(amount.clone()));
}
