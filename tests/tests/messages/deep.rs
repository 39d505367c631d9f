//! Objects in objects, further down than the schema goes today, with names that a pointer has to escape.

use alipayplus_model::inquiry_payment::PaymentId;
use alipayplus_model::leaf::Value;
use alipayplus_model::read;
use alipayplus_model::rule::{Kind, Member, Object, Rule, Test};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Outer {
    #[serde(rename = "a/b")]
    middle: Middle,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Middle {
    #[serde(rename = "m~n")]
    inner: Inner,
    word: Option<PaymentId>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Inner {
    id: PaymentId,
    further: Option<PaymentId>,
}

impl Object for Outer {
    const MEMBERS: &'static [Member] = &[Member::required::<Middle>("a/b")];
}

impl Object for Middle {
    const MEMBERS: &'static [Member] = &[Member::required::<Inner>("m~n"), Member::optional::<PaymentId>("word")];
}

impl Object for Inner {
    const MEMBERS: &'static [Member] = &[Member::required::<PaymentId>("id"), Member::optional::<PaymentId>("further")];
    // Both have to hold.
    const RULES: &'static [Rule] =
        &[Rule::required(&[Test::is("/id", &["one", "two"]), Test::is("/why", &["because"])], &["further"])];
}

impl Value for Outer {
    const KIND: Kind = Kind::object::<Self>();
}

impl Value for Middle {
    const KIND: Kind = Kind::object::<Self>();
}

impl Value for Inner {
    const KIND: Kind = Kind::object::<Self>();
}

#[test]
fn pointers_lead_down_to_the_fault() {
    for (text, expected) in [
        (r"{}", vec!["/a~1b"]),
        (r#"{"a/b":[]}"#, vec!["/a~1b"]),
        (r#"{"a/b":{"word":""}}"#, vec!["/a~1b/m~0n", "/a~1b/word"]),
        (r#"{"a/b":{"m~n":{"further":7},"word":"w"}}"#, vec!["/a~1b/m~0n/id", "/a~1b/m~0n/further"]),
        (r#"{"a/b":{"m~n":{"id":"two","why":"because"}}}"#, vec!["/a~1b/m~0n/further"]),
        (r#"{"a/b":{"m~n":{"id":"two","why":"perhaps"}}}"#, vec![]),
        (r#"{"a/b":{"m~n":{"id":"three","why":"because","further":null}}}"#, vec![]),
        (r#"{"a/b":{"m~n":{"id":"one","why":"because","further":"f"}}}"#, vec![]),
    ] {
        match read::message::<Outer>(text.as_bytes()) {
            Ok(_) => assert!(expected.is_empty(), "{text}"),
            Err(error) => {
                let found: Vec<_> = error.violations().iter().map(|violation| violation.pointer.as_str()).collect();
                assert_eq!(found, expected, "{text}");
            }
        }
    }
}

#[test]
fn a_condition_says_why() {
    let error = read::message::<Outer>(br#"{"a/b":{"m~n":{"id":"two","why":"because","further":null}}}"#).unwrap_err();
    let said = error.to_string();
    assert!(said.contains(r#"/a~1b/m~0n/id is "one" or "two" and /a~1b/m~0n/why is "because"; null found"#), "{said}");
}
