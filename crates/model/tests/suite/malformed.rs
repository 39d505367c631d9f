//! Malformed texts: each with the kind that is reported for it.

use std::fmt::Write as _;

use alipayplus_model::inquiry_payment::{PaymentId, Request};
use alipayplus_runtime::message::{self, DecodeError, Malformed, MalformedKind};

const GOOD: &str = r#"{"acquirerId":"A","pspId":"B","paymentRequestId":"C"}"#;

fn malformed(text: &[u8]) -> Malformed {
    match message::from_slice::<Request>(text) {
        Err(DecodeError::Malformed(malformed)) => malformed,
        other => panic!("{other:?} for {}", String::from_utf8_lossy(&text[..text.len().min(200)])),
    }
}

#[track_caller]
fn all_are(kind: MalformedKind, texts: &[impl AsRef<[u8]>]) {
    for text in texts {
        let text = text.as_ref();
        assert_eq!(malformed(text).what, kind, "{}", String::from_utf8_lossy(text));
    }
}

#[track_caller]
fn all_are_valid(texts: &[impl AsRef<[u8]>]) {
    for text in texts {
        let text = text.as_ref();
        let read = message::from_slice::<Request>(text);
        assert!(read.is_ok(), "{read:?} for {}", String::from_utf8_lossy(text));
    }
}

/// Adds a member to the valid message, after and before the others.
fn with(member: &str) -> [String; 2] {
    [
        format!("{},{member}}}", GOOD.strip_suffix('}').unwrap()),
        format!("{{{member},{}", GOOD.strip_prefix('{').unwrap()),
    ]
}

#[test]
fn truncated_text_is_incomplete() {
    all_are(MalformedKind::Incomplete, &["", " ", "\r\n\t "]);
    let text =
        r#" { "acquirerId" : "\u00e9\ud83e\udd80é界🦀" , "x" : [ 1.5e+3 , true , false , null , { } ] } "#.trim_end();
    for end in 0..text.len() {
        assert_eq!(malformed(&text.as_bytes()[..end]).what, MalformedKind::Incomplete, "{end} bytes");
    }
}

#[test]
fn a_byte_order_mark_has_its_own_kind() {
    let marked = [format!("\u{feff}{GOOD}"), "\u{feff}".into(), "\u{feff}{".into(), format!("\u{feff}\u{feff}{GOOD}")];
    all_are(MalformedKind::ByteOrderMark, &marked);
    // Elsewhere, or in another encoding, it is a syntax error.
    all_are(MalformedKind::Syntax, &[format!(" \u{feff}{GOOD}"), "{\u{feff}".into(), format!("{GOOD}\u{feff}")]);
    all_are(MalformedKind::Syntax, &[b"\xFE\xFF\0{\0}".as_slice(), b"\xFF\xFE{\0}\0", b"\xEF\xBB{}"]);
    all_are_valid(&with("\"x\":\"\u{feff}\""));
}

#[test]
fn duplicate_members_are_rejected() {
    let twice = [
        r#""pspId":"B""#,
        r#""pspId":"another""#,
        r#""pspId":null"#,
        r#""\u0070sp\u0049d":"B""#,
        r#""x":1,"x":1"#,
        r#""x":{"y":1,"z":2,"y":3}"#,
        r#""x":{"y":{"z":0,"z":null}}"#,
        r#""x":[{},[{"y":1,"y":1}]]"#,
        r#""":1,"":2"#,
        r#""é":1,"\u00e9":2"#,
        r#""🦀":1,"\ud83e\udd80":2"#,
    ];
    all_are(MalformedKind::Duplicate, &twice.map(with).concat());
    let once = [
        r#""PSPID":"B""#,
        r#""x":{"pspId":"B","acquirerId":"A"}"#,
        r#""x":[{"y":1},{"y":1}]"#,
        // A letter in composed and decomposed form: two different names.
        "\"\u{e9}\":1,\"e\u{301}\":2",
        r#""x":"pspId","y":"pspId""#,
    ];
    all_are_valid(&once.map(with).concat());
}

#[test]
fn duplicate_members_are_found_in_objects_of_any_size() {
    for others in [0, 1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 31, 40_000] {
        let mut members = String::new();
        (0..others).for_each(|n| write!(members, r#","x{n}":"""#).unwrap());
        let open = GOOD.strip_suffix('}').unwrap();
        all_are_valid(&[format!("{open}{members}}}")]);
        for name in ["acquirerId".to_owned(), "paymentRequestId".to_owned(), format!("x{}", others / 2)] {
            let after = format!(r#""{name}":"""#);
            let again = if others == 0 { r#","x0":"""# } else { "" };
            all_are(
                MalformedKind::Duplicate,
                &[format!("{open}{again}{members},{after}}}"), format!("{open}{members}{again},{after},{after}}}")],
            );
        }
    }
}

#[test]
fn nesting_is_limited_to_32_levels() {
    // The message is the first level, so 31 more are allowed.
    let nested = |open: &str, inner: &str, close: &str, n: usize| {
        with(&format!(r#""x":{}{inner}{}"#, open.repeat(n), close.repeat(n)))
    };
    for inner in ["", "1", "null", r#""text""#, "1,2"] {
        all_are_valid(&nested("[", inner, "]", 31));
        all_are(MalformedKind::TooDeep, &nested("[", inner, "]", 32));
        all_are(MalformedKind::TooDeep, &nested("[", inner, "]", 33));
    }
    for inner in ["1", "{}", "[]"] {
        let deeper = usize::from(inner != "1");
        all_are_valid(&nested(r#"{"y":"#, inner, "}", 31 - deeper));
        all_are(MalformedKind::TooDeep, &nested(r#"{"y":"#, inner, "}", 32 - deeper));
        all_are_valid(&nested("[", inner, "]", 31 - deeper));
        all_are(MalformedKind::TooDeep, &nested("[", inner, "]", 32 - deeper));
    }
    // Values that are never closed are rejected at the limit.
    all_are(MalformedKind::TooDeep, &["[".repeat(100_000), r#"{"x":"#.repeat(100_000), r#"[{"x":"#.repeat(100_000)]);
    // Many siblings are not deep.
    all_are_valid(&with(&format!(r#""x":[{}[]]"#, "[[]],".repeat(1000))));
}

#[test]
fn everything_else_is_a_syntax_error() {
    // Data after the end.
    for after in ["{}", "x", ",", "}", "\0", "null", "\u{a0}", GOOD] {
        all_are(MalformedKind::Syntax, &[format!("{GOOD}{after}"), format!("{GOOD}\n{after}")]);
    }
    all_are_valid(&[format!("{GOOD} \r\n\t"), format!("\n{GOOD}\n")]);
    // Halves of surrogate pairs, in values and names.
    for half in [r"\ud800", r"\udbff", r"\udc00", r"\udfff", r"\ud83ex", r"\ud83e\n", r"\udd80\ud83e", r"\ud83e\ud83e"]
    {
        let texts = [
            with(&format!(r#""x":"{half}""#)),
            with(&format!(r#""{half}":1"#)),
            with(&format!(r#""x":{{"y":["{half}"]}}"#)),
        ];
        all_are(MalformedKind::Syntax, &texts.concat());
        all_are(MalformedKind::Syntax, &[GOOD.replace("\"B\"", &format!("\"{half}\""))]);
    }
    all_are_valid(&with(r#""x":"\ud83e\udd80\u0000""#));
    // Bytes that are not UTF-8: an invalid byte, Latin-1, a lone continuation byte, an overlong encoding, a surrogate, a
    // value beyond U+10FFFF, a truncated character.
    for bytes in [&b"\xFF"[..], b"\xE9", b"\x80", b"\xC0\x80", b"\xED\xA0\x80", b"\xF4\x90\x80\x80", b"\xE7\x95"] {
        let text = |before: &str, after: &str| [before.as_bytes(), bytes, after.as_bytes()].concat();
        let open = GOOD.strip_suffix('}').unwrap();
        let texts = [
            text(&format!("{open},\"x\":\""), "\"}"),
            text(&format!("{open},\""), "\":1}"),
            text("{\"acquirerId\":\"", &GOOD[16..]),
            text("", GOOD),
            text(GOOD, ""),
        ];
        all_are(MalformedKind::Syntax, &texts);
    }
    // Syntax of other notations.
    for value in [
        "'x'",
        "x",
        "01",
        "+1",
        ".5",
        "1.",
        "0x10",
        "NaN",
        "Infinity",
        "-",
        "True",
        "undefined",
        "[1,]",
        "{1:2}",
        "{\"y\":1,}",
        "[1 2]",
        "\"\n\"",
        "\"\t\"",
        r#""\x41""#,
        r#""\u12""#,
        "/**/1",
        "1 // one",
    ] {
        all_are(MalformedKind::Syntax, &with(&format!(r#""x":{value}"#)));
    }
}

#[test]
fn the_position_is_reported() {
    let at = |text: &str| (malformed(text.as_bytes()).line, malformed(text.as_bytes()).column);
    assert_eq!(at("{\n  \"pspId\": x}"), (2, 12));
    assert_eq!(at("{}\n\n }"), (3, 2));
    let duplicate = malformed(b"{\"x\":1,\n\"x\":2}");
    assert_eq!((duplicate.what, duplicate.line), (MalformedKind::Duplicate, 2));
    let text = DecodeError::Malformed(malformed(b"{\n  \"pspId\": x}")).to_string();
    assert!(text.contains("line 2, column 12"), "{text}");
}

#[test]
fn malformed_is_reported_before_invalid() {
    let error = message::from_slice::<Request>(br#"{"acquirerId":"","pspId":7,"x":1,"x":2}"#).unwrap_err();
    assert!(matches!(error, DecodeError::Malformed(_)), "{error}");
    assert!(error.violations().is_empty());
}

#[test]
fn an_object_is_not_decoded_from_an_array_of_its_values() {
    assert!(message::from_slice::<Request>(GOOD.as_bytes()).is_ok());
    let error = message::from_slice::<Request>(br#"["A","B","C"]"#).unwrap_err();
    assert_eq!(error.to_string(), "the message: an object expected, an array found");
}

#[test]
fn a_scalar_expects_a_string() {
    let error = serde_json::from_str::<PaymentId>("1").unwrap_err();
    assert_eq!(error.to_string(), "invalid type: integer `1`, expected a string at line 1 column 1");
}
