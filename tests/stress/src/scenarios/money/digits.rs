//! Long multiplication and rounding, digit by digit.

use std::fmt;

/// A natural number as decimal digits, least significant first, without leading zeros: slow, but easy to verify.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Digits(Vec<u8>);

impl Digits {
    pub(super) fn of(number: u128) -> Self {
        Self(number.to_string().bytes().rev().map(|byte| byte - b'0').collect()).trimmed()
    }

    fn trimmed(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    pub(super) fn times(&self, other: &Self) -> Self {
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
            // Below ten, so the conversion does not fail.
            u8::try_from(all % 10).unwrap_or(u8::MAX)
        };
        Self(sums.into_iter().map(digit).collect()).trimmed()
    }

    /// Multiplies by a power of ten.
    pub(super) fn shifted(&self, power: usize) -> Self {
        Self([vec![0; power], self.0.clone()].concat()).trimmed()
    }

    /// Drops the last digits, rounding HALF EVEN; also returns whether it was a tie.
    pub(super) fn rounded(&self, digits: usize) -> (Self, bool) {
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

    pub(super) fn exceeds(&self, most: &Self) -> bool {
        self.0.len() > most.0.len() || (self.0.len() == most.0.len() && self.0.iter().rev().gt(most.0.iter().rev()))
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().rev().try_for_each(|digit| write!(f, "{digit}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
