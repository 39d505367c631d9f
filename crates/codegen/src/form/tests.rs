use super::{Difference, Form};

#[test]
fn what_engines_read_differently_is_refused_at_its_place() {
    for (pattern, said, what) in [
        ("[A-Z]{2}$", "[", "does not begin with `^`"),
        ("^[A-Z]{2}", "}", "does not end with `$`"),
        ("^A\\$", "$", "does not end with `$`"),
        ("", "", "does not begin with `^`"),
        ("^$", "$", "nothing is described here"),
        ("^()$", ")", "nothing is described here"),
        ("^(A|)$", ")", "nothing is described here"),
        ("^A|B$", "|", "an alternative outside a group"),
        ("^A)$", ")", "closes no group"),
        ("^(A$", "(", "the group is not closed"),
        ("^[A$", "[", "the class is not closed"),
        ("^A.$", ".", "disagree about `.`"),
        ("^A$B$", "$", "an anchor inside"),
        ("^A^B$", "^", "an anchor inside"),
        ("^\\bA$", "\\b", "an anchor inside"),
        ("^\\d{4}$", "\\d", "disagree about which characters"),
        ("^[\\w]$", "\\w", "disagree about which characters"),
        ("^(A)\\1$", "\\1", "a reference to a group"),
        ("^\\x41$", "\\x", "an escape that not all"),
        ("^\\-$", "\\-", "an escape that not all"),
        ("^(?=A)A$", "?=", "by what is around it"),
        ("^(?<!A)A$", "?<!", "by what is around it"),
        ("^(?<n>A)$", "?<", "the name of a group"),
        ("^(?P<n>A)$", "?P<", "the name of a group"),
        ("^(?i)A$", "?i", "flags and other marks"),
        ("^[^A]$", "^", "a class of all other"),
        ("^[]$", "[]", "a class that begins with `]`"),
        ("^[A[B]]$", "[", "a class in a class"),
        ("^[A&&B]$", "&&", "an operation on classes"),
        ("^[A--B]$", "--", "an operation on classes"),
        ("^[Z-A]$", "Z-A", "ends before it begins"),
        ("^*A$", "*", "a repetition of nothing"),
        ("^A**$", "*", "a repetition behind a repetition"),
        ("^A+?$", "?", "a repetition behind a repetition"),
        ("^A{2}{3}$", "{", "a repetition behind a repetition"),
        ("^A{,3}$", "{,3}", "not a repetition"),
        ("^A{3,2}$", "{3,2}", "not a repetition"),
        ("^A{0}$", "{0}", "not a repetition"),
        ("^A{+1}$", "{+1}", "not a repetition"),
        ("^A{2$", "{2$", "not a repetition"),
        ("^A}$", "}", "without a backslash"),
        ("^A]$", "]", "without a backslash"),
        ("^é$", "é", "not a printable ASCII character"),
        ("^`$", "`", "a backtick"),
        ("^\n$", "\n", "not a printable ASCII character"),
        ("^([0-9]{20}){20}$", "^([0-9]{20}){20}$", "more than 256 characters"),
    ] {
        let fault = Form::parse(pattern).unwrap_err();
        assert_eq!((&pattern[fault.at.clone()], fault.what.contains(what)), (said, true), "{pattern}: {fault:?}");
    }
}

#[test]
fn groups_nested_without_end_are_refused() {
    let deep = format!("^{}A{}$", "(".repeat(100_000), ")".repeat(100_000));
    assert!(Form::parse(&deep).unwrap_err().what.contains("nested too deeply"));
}

#[test]
fn texts_are_read_as_by_another_engine() {
    let patterns = [
        "^[A-Z]{2}$",
        "^[A-Z]{3}/[A-Z]{3}$",
        "^[0-9]{4}$",
        "^(A|BC)*D?$",
        "^(?:A{2}|B{1,3}){2}$",
        "^(A?B?){3}$",
        "^((A|AB)(C|BCD)?)+$",
        "^[-A]{1,2}[B-]?$",
        "^\\.\\/$",
        "^\\(A\\)\\+\\\\$",
        "^[\\]\\-B]{2}$",
        "^A{2,}$",
    ];
    let texts = every_text(b"ABCD-/\\]().+019", 4);
    for pattern in patterns {
        let form = Form::parse(pattern).unwrap();
        let other = regress::Regex::with_flags(pattern, "u").unwrap();
        assert!(regex_syntax::Parser::new().parse(pattern).is_ok(), "{pattern}");
        let wrong: Vec<_> = texts.iter().filter(|text| form.takes(text) != other.find(text).is_some()).collect();
        assert!(wrong.is_empty(), "{pattern}: {:?}", &wrong[..wrong.len().min(5)]);
    }
}

/// Returns every text of these characters up to a length.
fn every_text(bytes: &[u8], most: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = 0;
    for _ in 0..most {
        let longer: Vec<_> = all[last..]
            .iter()
            .flat_map(|text| bytes.iter().map(move |it| format!("{text}{}", char::from(*it))))
            .collect();
        last = all.len();
        all.extend(longer);
    }
    all
}

#[test]
fn texts_of_each_length_have_the_form() {
    for (pattern, bounds, lengths) in [
        ("^[A-Z]{2}$", 1..=9, vec![2]),
        ("^(AB)*$", 1..=7, vec![2, 4, 6]),
        ("^[0-9]{1,3}(\\.[0-9]+)?$", 1..=6, vec![1, 2, 3, 4, 5, 6]),
        ("^[A-Z]{3}$", 1..=2, vec![]),
        ("^A{200}$", 1..=4096, vec![200]),
    ] {
        let form = Form::parse(pattern).unwrap();
        assert_eq!(form.lengths(bounds), lengths, "{pattern}");
        for length in lengths {
            let all: Vec<_> = (1..=4).map(|n| form.text(length, n).unwrap()).collect();
            assert!(all.iter().all(|text| form.takes(text) && text.len() == length), "{pattern}: {all:?}");
        }
    }
    let letters = Form::parse("^[A-Z]{2}$").unwrap();
    assert_eq!(letters.text(3, 1), None);
    assert_eq!((letters.text(2, 1), letters.text(2, 2)), (Some("BC".into()), Some("CD".into())));
}

#[test]
fn near_misses_do_not_have_the_form() {
    let pair = Form::parse("^[A-Z]{3}/[A-Z]{3}$").unwrap();
    let misses = pair.near_misses("USD/JPY");
    let texts: Vec<_> = misses.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["usd/jpy", "USDJPY", "USD/JP", "USD/JPYY", " USD/JPY", "USD/JPY ", "USD/JP!", "USD/JP\u{663}"]);
    let any = Form::parse("^[ -~]+$").unwrap();
    assert_eq!(any.near_misses("a").len(), 1, "{:?}", any.near_misses("a"));
}

#[test]
fn differences_are_the_shortest_texts() {
    let text = |it: &str| Difference::Text(it.into());
    for (a, bounds, b, others, expected) in [
        ("^[A-Z]{2}$", 2..=2, "^[A-Z]{2}$", 2..=2, Difference::None),
        ("^[A-Z]{2}$", 2..=2, "^[A-Z][A-Z]$", 1..=9, Difference::None),
        ("^[A-Z]{2}$", 2..=2, "^[A-Y]{2}$", 2..=2, text("AZ")),
        ("^[A-Z]{2,3}$", 2..=3, "^[A-Z]{2}$", 2..=3, text("AAA")),
        ("^[A-Z]{2,3}$", 2..=2, "^[A-Z]{2}$", 2..=3, Difference::None),
        ("^[0-9]{1,9}$", 1..=9, "^[0-9]{1,9}$", 1..=4, text("00000")),
        ("^(AB|A)B?$", 1..=9, "^A(B|BB)?$", 1..=9, Difference::None),
        ("^A*$", 1..=4096, "^(AA)*$", 1..=4096, text("A")),
        ("^A*$", 1..=4096, "^A+$", 1..=4096, Difference::None),
    ] {
        let (form, other) = (Form::parse(a).unwrap(), Form::parse(b).unwrap());
        assert_eq!(form.beyond(&bounds, &other, &others), expected, "{a} and {b}");
    }
    // The state of the second one says which of the last characters were an A: too many to look at.
    let (any, hard) = (Form::parse("^[AB]+$").unwrap(), Form::parse("^([AB]+|[AB]*A[AB]{30})$").unwrap());
    assert_eq!(any.beyond(&(1..=4096), &hard, &(1..=4096)), Difference::Unknown);
}
