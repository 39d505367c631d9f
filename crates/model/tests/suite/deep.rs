//! Nested objects, deeper than in the schema.

use alipayplus_model::inquiry_payment::PaymentId;
use alipayplus_runtime::message;
use alipayplus_runtime::rule::{Condition, Member, Object, Rule};
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
    // Both conditions must hold.
    const RULES: &'static [Rule] =
        &[Rule::required(&[Condition::is("/id", &["one", "two"]), Condition::is("/why", &["because"])], &["further"])];
}

#[test]
fn pointers_lead_to_the_nested_violation() {
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
        match message::from_slice::<Outer>(text.as_bytes()) {
            Ok(_) => assert!(expected.is_empty(), "{text}"),
            Err(error) => {
                let found: Vec<_> = error.violations().iter().map(|violation| violation.pointer.as_str()).collect();
                assert_eq!(found, expected, "{text}");
            }
        }
    }
}

#[test]
fn a_violation_shows_its_conditions() {
    let error =
        message::from_slice::<Outer>(br#"{"a-b":{"m_n":{"id":"two","why":"because","further":null}}}"#).unwrap_err();
    let text = error.to_string();
    assert!(text.contains(r#"/a-b/m_n/id is "one" or "two" and /a-b/m_n/why is "because"; null found"#), "{text}");
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Ids(Vec<PaymentId>);
alipayplus_runtime::list!(Ids of PaymentId, 1..=2);

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Several {
    ids: Ids,
}

impl Object for Several {
    const MEMBERS: &'static [Member] = &[Member::required::<Ids>("ids")];
}

#[test]
fn a_list_and_each_of_its_elements_are_checked() {
    let violations = |text: &str| match message::from_slice::<Several>(text.as_bytes()) {
        Ok(_) => Vec::new(),
        Err(error) => error.violations().iter().map(ToString::to_string).collect(),
    };
    assert!(violations(r#"{"ids":["a","b"]}"#).is_empty());
    assert_eq!(violations(r#"{"ids":"a"}"#).len(), 1);
    for (text, expected) in [
        (r#"{"ids":[]}"#, vec!["/ids: "]),
        (r#"{"ids":["a",""]}"#, vec!["/ids/1: "]),
        (r#"{"ids":["a",7,null]}"#, vec!["/ids: ", "/ids/1: ", "/ids/2: "]),
    ] {
        let found = violations(text);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        assert!(found.iter().zip(expected).all(|(violation, start)| violation.starts_with(start)), "{found:?}");
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Around {
    bound: Bound,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Bound {
    id: PaymentId,
    further: Option<PaymentId>,
}

impl Object for Around {
    const MEMBERS: &'static [Member] = &[Member::required::<Bound>("bound")];
}

impl Object for Bound {
    const MEMBERS: &'static [Member] = &[Member::required::<PaymentId>("id"), Member::optional::<PaymentId>("further")];
    const RULES: &'static [Rule] = &[Rule::required(&[Condition::is("/id", &["one"])], &["further"])];
}

#[test]
fn encoding_validates_rules_of_nested_objects() {
    let around = |id: &str| Around { bound: Bound { id: id.parse().unwrap(), further: None } };
    let error = message::to_vec_validated(&around("one")).unwrap_err();
    assert_eq!(error.violations()[0].pointer, "/bound/further");
    assert_eq!(message::to_vec_validated(&around("two")), Ok(message::to_vec(&around("two"))));
}
