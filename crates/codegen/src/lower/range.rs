//! The whole numbers of a range as a regular expression, so that a validator and the model find the same.

/// `^(…)$` that matches the digits of every number from `min` to `max`, and nothing else.
pub(super) fn pattern(min: u64, max: u64) -> String {
    let mut parts = Vec::new();
    let mut from = min;
    loop {
        let to = end(from, max);
        parts.push(digits(from, to));
        if to == max {
            break;
        }
        from = to + 1;
    }
    format!("^({})$", parts.join("|"))
}

/// Returns the greatest number up to `max` such that all from `from` to it differ from one another only in free last
/// digits and in one digit before these.
fn end(from: u64, max: u64) -> u64 {
    let mut best = from;
    let mut unit: u64 = 1;
    while from.is_multiple_of(unit) {
        // The last digits are free; the one before them goes up to nine, or as far as `max` allows.
        let digit = from / unit % 10;
        for last in digit..=9 {
            let to = from.checked_add((last - digit) * unit).and_then(|it| it.checked_add(unit - 1));
            match to.filter(|to| *to <= max && to.to_string().len() == from.to_string().len()) {
                Some(to) => best = best.max(to),
                None => break,
            }
        }
        match unit.checked_mul(10) {
            Some(next) if next <= max && from != 0 => unit = next,
            _ => break,
        }
    }
    best
}

/// Two numbers of one length that differ in one digit and in free digits behind it.
fn digits(from: u64, to: u64) -> String {
    let (from, to) = (from.to_string(), to.to_string());
    let mut text = String::new();
    let mut free = 0;
    for (low, high) in from.chars().zip(to.chars()) {
        match (low, high) {
            ('0', '9') => free += 1,
            (low, high) if low == high => text.push(low),
            (low, high) => text.extend(['[', low, '-', high, ']']),
        }
    }
    match free {
        0 => text,
        1 => text + "[0-9]",
        _ => format!("{text}[0-9]{{{free}}}"),
    }
}

/// Returns whether a regular expression is like that of a range: it decides in the same way about the numbers around
/// both ends and around each power of ten, and about other spellings of them.
pub(super) fn is_like(text: &str, min: u64, max: u64) -> bool {
    let Ok(regex) = regress::Regex::with_flags(text, "u") else { return false };
    let powers = (0..20).map(|power| 10u64.pow(power)).filter(|power| *power <= max);
    let numbers = powers.chain([min, max]).flat_map(|it| [it.saturating_sub(1), it, it.saturating_add(1)]);
    let digits = |number: u64| {
        let is_in = (min..=max).contains(&number);
        [(number.to_string(), is_in), (format!("0{number}"), false), (format!("{number}x"), false)]
    };
    let mut texts = numbers.flat_map(digits).chain([(String::new(), false)]);
    texts.all(|(text, is_in)| regex.find(&text).is_some() == is_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_short() {
        assert_eq!(pattern(1, 10), "^([1-9]|10)$");
        assert_eq!(pattern(0, 9), "^([0-9])$");
        assert_eq!(pattern(0, 9999), "^([0-9]|[1-9][0-9]|[1-9][0-9]{2}|[1-9][0-9]{3})$");
        assert_eq!(pattern(7, 7), "^(7)$");
        assert_eq!(pattern(95, 1203), "^(9[5-9]|[1-9][0-9]{2}|1[0-1][0-9]{2}|120[0-3])$");
    }

    #[test]
    fn another_spelling_is_like_the_pattern() {
        for (text, min, max, expected) in [
            ("^[1-4]$", 1, 4, true),
            ("^(?:[1-9]|[12]\\d|30)$", 1, 30, true),
            ("^[1-9]$", 1, 4, false),
            ("^0?[1-4]$", 1, 4, false),
            ("[1-4]", 1, 4, false),
            ("^[1-4", 1, 4, false),
            (&pattern(0, u64::MAX), 0, u64::MAX, true),
        ] {
            assert_eq!(is_like(text, min, max), expected, "{text}");
        }
    }

    /// Reads a pattern as the numbers that it matches: alternatives of digits, classes and repeated classes.
    fn numbers(pattern: &str) -> Vec<u64> {
        let mut all = Vec::new();
        for part in pattern.trim_start_matches("^(").trim_end_matches(")$").split('|') {
            let mut texts = vec![String::new()];
            let mut rest = part;
            while let Some(c) = rest.chars().next() {
                let (low, high, after) = if c == '[' {
                    let bytes = rest.as_bytes();
                    (bytes[1], bytes[3], &rest[5..])
                } else {
                    (c as u8, c as u8, &rest[1..])
                };
                let (times, after) = match after.strip_prefix('{') {
                    Some(it) => (it[..1].parse().unwrap(), &it[2..]),
                    None => (1, after),
                };
                for _ in 0..times {
                    let longer =
                        |text: &String| (low..=high).map(|d| format!("{text}{}", d as char)).collect::<Vec<_>>();
                    texts = texts.iter().flat_map(longer).collect();
                }
                rest = after;
            }
            all.extend(texts.iter().map(|text| text.parse::<u64>().unwrap()));
        }
        all
    }

    #[test]
    fn patterns_match_the_range_and_nothing_else() {
        let ends =
            [0, 1, 2, 5, 9, 10, 11, 19, 20, 50, 99, 100, 101, 109, 110, 199, 200, 345, 999, 1000, 1001, 2026, 9999];
        for min in ends {
            for max in ends.into_iter().filter(|max| min <= *max) {
                assert_eq!(numbers(&pattern(min, max)), (min..=max).collect::<Vec<_>>(), "{min} to {max}");
            }
        }
    }
}
