//! Every rule held against a message as it came.

use super::{Elements, Is, Kind, Member, Rule, Shape, Test};
use crate::node::Node;
use crate::violation::{Broken, Fault, Found, Violation};

impl Shape {
    /// Adds every violation of the object at `place`.
    pub(crate) fn check(&self, object: &Node<'_>, place: &str, found: &mut Vec<Violation>) {
        if !matches!(object, Node::Object(_)) {
            let broken = Broken::Kind { expected: Found::Object, found: object.found() };
            found.push(Violation { pointer: place.into(), broken });
            return;
        }
        for member in self.members {
            member.check(object.get(member.name), place, found);
        }
        for rule in self.rules {
            rule.check(object, place, found);
        }
    }

    /// Whether the conditions over several members hold, here and further inside. The members' own rules are those of
    /// their types.
    pub(crate) fn conditions_hold(&self, object: &Node<'_>) -> bool {
        let mut found = Vec::new();
        self.rules.iter().for_each(|rule| rule.check(object, "", &mut found));
        let holds = |member: &Member| object.get(member.name).is_none_or(|value| member.kind.conditions_hold(value));
        found.is_empty() && self.members.iter().filter(|member| member.kind.has_rules()).all(holds)
    }

    /// The names of the members that the object has and that are not `null`.
    pub(crate) fn present(&self, object: &Node<'_>) -> Vec<&'static str> {
        self.members.iter().map(|member| member.name).filter(|name| is_given(object.get(name))).collect()
    }

    /// Of these, the names of those that a message may lack.
    pub(crate) fn optional(&self, object: &Node<'_>) -> Vec<&'static str> {
        let present = self.present(object).into_iter();
        present.filter(|name| self.members.iter().any(|it| it.name == *name && !it.required)).collect()
    }

    /// The members that are there though the comparison that they depend on does not hold.
    pub(crate) fn undiffering(&self, object: &Node<'_>) -> Vec<&'static str> {
        let part = |name, part| object.get(name).and_then(|member| member.get(part)).and_then(Node::text);
        let idle = |rule: &Rule| match *rule {
            Rule::Differs { member, from, part: of } => {
                (part(member, of).is_some() && part(member, of) == part(from, of)).then_some(member)
            }
            _ => None,
        };
        self.rules.iter().filter_map(idle).collect()
    }
}

impl Kind {
    fn conditions_hold(&self, value: &Node<'_>) -> bool {
        match (self, value) {
            (Self::Object(shape), object @ Node::Object(_)) => shape.conditions_hold(object),
            (Self::List(elements), Node::Array(list)) => list.iter().all(|it| elements.item.conditions_hold(it)),
            // Nothing to ask, or not of the kind, which is for the types to say.
            _ => true,
        }
    }

    fn check(&self, value: &Node<'_>, place: &str, found: &mut Vec<Violation>) {
        let broken = match (self, value) {
            (Self::Object(shape), object) => return shape.check(object, place, found),
            (Self::List(elements), Node::Array(list)) => return elements.check(list, place, found),
            (Self::List(_), other) => Broken::Kind { expected: Found::Array, found: other.found() },
            (Self::Text(check), Node::Text(text)) => match check(text) {
                Ok(()) => return,
                Err(fault) => Broken::Value(fault),
            },
            (Self::Text(_), other) => Broken::Kind { expected: Found::Text, found: other.found() },
        };
        found.push(Violation { pointer: place.into(), broken });
    }
}

impl Elements {
    fn check(&self, list: &[Node<'_>], place: &str, found: &mut Vec<Violation>) {
        if let Err(fault) = self.count(list.len()) {
            found.push(Violation { pointer: place.into(), broken: Broken::Value(fault) });
        }
        for (n, element) in list.iter().enumerate() {
            self.item.check(element, &format!("{place}/{n}"), found);
        }
    }

    /// Whether a list may have so many elements.
    ///
    /// # Errors
    /// [`Fault::TooFew`] or [`Fault::TooMany`].
    pub const fn count(&self, found: usize) -> Result<(), Fault> {
        if found < self.min {
            Err(Fault::TooFew { min: self.min, found })
        } else if found > self.max {
            Err(Fault::TooMany { max: self.max, found })
        } else {
            Ok(())
        }
    }
}

impl Member {
    pub(super) fn check(&self, value: Option<&Node<'_>>, place: &str, found: &mut Vec<Violation>) {
        match value {
            None | Some(Node::Null) if !self.required => {}
            None | Some(Node::Null) => {
                let broken = Broken::Required { found: Node::found_in(value) };
                found.push(Violation { pointer: pointer(place, self.name), broken });
            }
            Some(value) => self.kind.check(value, &pointer(place, self.name), found),
        }
    }
}

impl Rule {
    fn check(&self, object: &Node<'_>, place: &str, found: &mut Vec<Violation>) {
        match *self {
            Self::Required { when, members } if holds(when, object) => {
                for path in members {
                    let Some((around, name)) = around(object, path) else { continue };
                    let value = around.get(name);
                    if !is_given(value) {
                        let broken =
                            Broken::RequiredSince { because: because(when, place), found: Node::found_in(value) };
                        found.push(Violation { pointer: pointer(place, path), broken });
                    }
                }
            }
            Self::Forbidden { when, members } if holds(when, object) => {
                for path in members {
                    if around(object, path).is_some_and(|(around, name)| is_given(around.get(name))) {
                        let broken = Broken::Forbidden { because: because(when, place) };
                        found.push(Violation { pointer: pointer(place, path), broken });
                    }
                }
            }
            Self::Choice { when, members, several } if holds(when, object) => {
                let given = members.iter().filter(|name| is_given(object.get(name))).count();
                if given == 0 || (given > 1 && !several) {
                    let because = (!when.is_empty()).then(|| because(when, place));
                    let broken = Broken::Choice { members, several, given, because };
                    found.push(Violation { pointer: place.into(), broken });
                }
            }
            Self::Agrees { code, status, row, .. } => {
                let text = |name| object.get(name).and_then(Node::text);
                let known = (0..).map_while(row).find(|(known, _)| text(code) == Some(known));
                let there = object.get(status).is_some();
                if let Some((code, expected)) = known.filter(|(_, expected)| there && text(status) != Some(expected)) {
                    let broken = Broken::StatusOfCode { code, expected };
                    found.push(Violation { pointer: pointer(place, status), broken });
                }
            }
            Self::Compares { left, is, right, keeps } => {
                let text = |path| around(object, path).and_then(|(around, name)| around.get(name)?.text());
                if let Some((one, other)) = text(left).zip(text(right))
                    && !keeps(is, one, other)
                {
                    let broken = Broken::Compared { is, with: format!("{place}{right}") };
                    found.push(Violation { pointer: format!("{place}{left}"), broken });
                }
            }
            Self::Required { .. } | Self::Forbidden { .. } | Self::Choice { .. } | Self::Differs { .. } => {}
        }
    }
}

impl Test {
    fn holds(&self, object: &Node<'_>) -> bool {
        let Some((around, name)) = around(object, self.pointer) else { return false };
        let value = around.get(name);
        match self.is {
            Is::Among(words) => value.and_then(Node::text).is_some_and(|text| words.contains(&text)),
            Is::Given => is_given(value),
            Is::Absent => !is_given(value),
        }
    }

    fn words(&self, place: &str) -> String {
        let at = format!("{place}{}", self.pointer);
        match self.is {
            Is::Among(words) => format!("{at} is \"{}\"", words.join("\" or \"")),
            Is::Given => format!("{at} is there"),
            Is::Absent => format!("{at} is not there"),
        }
    }
}

fn holds(when: &[Test], object: &Node<'_>) -> bool {
    when.iter().all(|test| test.holds(object))
}

fn because(when: &[Test], place: &str) -> String {
    when.iter().map(|test| test.words(place)).collect::<Vec<_>>().join(" and ")
}

fn is_given(value: Option<&Node<'_>>) -> bool {
    !matches!(value, None | Some(Node::Null))
}

/// The object around the member at a path, and the member's name; nothing where that object is not there.
fn around<'n, 'a, 'p>(object: &'n Node<'a>, path: &'p str) -> Option<(&'n Node<'a>, &'p str)> {
    let path = path.trim_start_matches('/');
    let (around, name) = match path.rsplit_once('/') {
        Some((around, name)) => (around.split('/').try_fold(object, |node, name| node.get(name))?, name),
        None => (object, path),
    };
    matches!(around, Node::Object(_)).then_some((around, name))
}

/// The JSON Pointer of a member. Names of members have none of the characters that a pointer escapes.
fn pointer(place: &str, path: &str) -> String {
    format!("{place}/{path}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MinorUnits;
    use crate::node;
    use crate::rule::Comparison;

    /// The violations of one rule, as people read them.
    fn told(rule: Rule, json: &str) -> Vec<String> {
        let node = node::parse(json.as_bytes()).unwrap();
        let mut found = Vec::new();
        rule.check(&node, "/m", &mut found);
        found.iter().map(ToString::to_string).collect()
    }

    const GIVEN: &[Test] = &[Test::given("/a")];
    const ABSENT: &[Test] = &[Test::absent("/a")];
    const DEEP: &[Test] = &[Test::absent("/a/b")];

    #[test]
    fn a_test_sees_whether_a_member_is_there() {
        let asks = |when, json| !told(Rule::required(when, &["z"]), json).is_empty();
        for (json, given) in [("{}", false), (r#"{"a":null}"#, false), (r#"{"a":1}"#, true), (r#"{"a":""}"#, true)] {
            assert_eq!((asks(GIVEN, json), asks(ABSENT, json)), (given, !given), "{json}");
        }
        // Nothing is tested inside of what is not there, or is no object.
        for (json, asked) in [("{}", false), (r#"{"a":[]}"#, false), (r#"{"a":{}}"#, true), (r#"{"a":{"b":1}}"#, false)]
        {
            assert_eq!(asks(DEEP, json), asked, "{json}");
        }
    }

    #[test]
    fn a_demand_says_where_and_why() {
        assert_eq!(
            told(Rule::required(GIVEN, &["z"]), r#"{"a":1}"#),
            ["/m/z: required since /m/a is there; nothing found"]
        );
        let deep = Rule::required(GIVEN, &["a/b"]);
        assert_eq!(told(deep, r#"{"a":{"b":null}}"#), ["/m/a/b: required since /m/a is there; null found"]);
        assert!(told(deep, "{}").is_empty() && told(deep, r#"{"a":"x"}"#).is_empty());
        let forbidden = Rule::forbidden(ABSENT, &["z", "y/z"]);
        assert_eq!(
            told(forbidden, r#"{"z":1,"y":{"z":{}}}"#),
            ["/m/z: not allowed since /m/a is not there", "/m/y/z: not allowed since /m/a is not there"]
        );
        assert!(told(forbidden, r#"{"a":1,"z":1}"#).is_empty() && told(forbidden, r#"{"z":null}"#).is_empty());
    }

    #[test]
    fn a_choice_counts_what_is_there() {
        let (some, one) = (Rule::at_least_one(&[], &["b", "c"]), Rule::exactly_one(GIVEN, &["b", "c"]));
        assert_eq!(told(some, r#"{"b":null}"#), ["/m: at least one of b, c, 0 found"]);
        assert!(told(some, r#"{"b":1,"c":1}"#).is_empty());
        assert_eq!(told(one, r#"{"a":1,"b":1,"c":1}"#), ["/m: exactly one of b, c since /m/a is there, 2 found"]);
        assert!(told(one, r#"{"a":1,"c":1}"#).is_empty() && told(one, "{}").is_empty());
    }

    #[test]
    fn a_comparison_goes_by_value_where_both_are_there() {
        let at_most = Rule::compares::<MinorUnits>("/a/v", Comparison::AtMost, "/b");
        assert_eq!(told(at_most, r#"{"a":{"v":"10"},"b":"9"}"#), ["/m/a/v: has to be at most /m/b"]);
        for json in
            [r#"{"a":{"v":"9"},"b":"10"}"#, r#"{"a":{"v":"9"},"b":"9"}"#, r#"{"b":"9"}"#, r#"{"a":{"v":9},"b":"1"}"#]
        {
            assert!(told(at_most, json).is_empty(), "{json}");
        }
        let less = Rule::compares::<MinorUnits>("/a", Comparison::Less, "/b");
        assert!(!told(less, r#"{"a":"9","b":"9"}"#).is_empty());
        let different = Rule::compares::<MinorUnits>("/a", Comparison::Different, "/b");
        assert!(
            !told(different, r#"{"a":"9","b":"9"}"#).is_empty() && told(different, r#"{"a":"9","b":"8"}"#).is_empty()
        );
    }
}
