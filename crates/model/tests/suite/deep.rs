//! Objects in objects, further down than the schema goes today.

use alipayplus_model::inquiry_payment::PaymentId;
use alipayplus_model::read;
use alipayplus_model::rule::{Member, Object, Rule, Test};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Outer {
    #[serde(rename = "a-b")]
    middle: Middle,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Middle {
    #[serde(rename = "m_n")]
    inner: Inner,
    word: Option<PaymentId>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Inner {
    id: PaymentId,
    further: Option<PaymentId>,
}

impl Object for Outer {
    const MEMBERS: &'static [Member] = &[Member::required::<Middle>("a-b")];
}

impl Object for Middle {
    const MEMBERS: &'static [Member] = &[Member::required::<Inner>("m_n"), Member::optional::<PaymentId>("word")];
}

impl Object for Inner {
    const MEMBERS: &'static [Member] = &[Member::required::<PaymentId>("id"), Member::optional::<PaymentId>("further")];
    // Both have to hold.
    const RULES: &'static [Rule] =
        &[Rule::required(&[Test::is("/id", &["one", "two"]), Test::is("/why", &["because"])], &["further"])];
}

#[test]
fn pointers_lead_down_to_the_fault() {
    for (text, expected) in [
        (r"{}", vec!["/a-b"]),
        (r#"{"a-b":[]}"#, vec!["/a-b"]),
        (r#"{"a-b":{"word":""}}"#, vec!["/a-b/m_n", "/a-b/word"]),
        (r#"{"a-b":{"m_n":{"further":7},"word":"w"}}"#, vec!["/a-b/m_n/id", "/a-b/m_n/further"]),
        (r#"{"a-b":{"m_n":{"id":"two","why":"because"}}}"#, vec!["/a-b/m_n/further"]),
        (r#"{"a-b":{"m_n":{"id":"two","why":"perhaps"}}}"#, vec![]),
        (r#"{"a-b":{"m_n":{"id":"three","why":"because","further":null}}}"#, vec![]),
        (r#"{"a-b":{"m_n":{"id":"one","why":"because","further":"f"}}}"#, vec![]),
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
    let error = read::message::<Outer>(br#"{"a-b":{"m_n":{"id":"two","why":"because","further":null}}}"#).unwrap_err();
    let said = error.to_string();
    assert!(said.contains(r#"/a-b/m_n/id is "one" or "two" and /a-b/m_n/why is "because"; null found"#), "{said}");
}
