//! Every rule held against a message as it came.

use super::{ArraySchema, Condition, Member, ObjectSchema, Predicate, Rule, SchemaType};
use crate::json_value::JsonValue;
use crate::violation::{JsonType, ValueError, Violation, ViolationKind};

impl ObjectSchema {
    /// Adds every violation of the object at `place`.
    pub(crate) fn check(&self, object: &JsonValue<'_>, place: &str, found: &mut Vec<Violation>) {
        if !matches!(object, JsonValue::Object(_)) {
            let kind = ViolationKind::SchemaType { expected: JsonType::Object, found: object.json_type() };
            found.push(Violation { pointer: place.into(), kind });
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
    pub(crate) fn conditions_hold(&self, object: &JsonValue<'_>) -> bool {
        let mut found = Vec::new();
        self.rules.iter().for_each(|rule| rule.check(object, "", &mut found));
        let holds = |member: &Member| object.get(member.name).is_none_or(|value| member.kind.conditions_hold(value));
        found.is_empty() && self.members.iter().filter(|member| member.kind.has_rules()).all(holds)
    }

    /// The names of the members that the object has and that are not `null`.
    pub(crate) fn present(&self, object: &JsonValue<'_>) -> Vec<&'static str> {
        self.members.iter().map(|member| member.name).filter(|name| is_given(object.get(name))).collect()
    }

    /// Of these, the names of those that a message may lack.
    pub(crate) fn optional(&self, object: &JsonValue<'_>) -> Vec<&'static str> {
        let present = self.present(object).into_iter();
        present.filter(|name| self.members.iter().any(|it| it.name == *name && !it.required)).collect()
    }

    /// The members that are there though the comparison that they depend on does not hold.
    pub(crate) fn redundant(&self, object: &JsonValue<'_>) -> Vec<&'static str> {
        let part = |name, part| object.get(name).and_then(|member| member.get(part)).and_then(JsonValue::text);
        let idle = |rule: &Rule| match *rule {
            Rule::OmittedIfEqual { member, from, part: of } => {
                (part(member, of).is_some() && part(member, of) == part(from, of)).then_some(member)
            }
            _ => None,
        };
        self.rules.iter().filter_map(idle).collect()
    }
}

impl SchemaType {
    fn conditions_hold(&self, value: &JsonValue<'_>) -> bool {
        match (self, value) {
            (Self::Object(shape), object @ JsonValue::Object(_)) => shape.conditions_hold(object),
            (Self::List(elements), JsonValue::Array(list)) => list.iter().all(|it| elements.item.conditions_hold(it)),
            // Nothing to ask, or not of the kind, which is for the types to say.
            _ => true,
        }
    }

    fn check(&self, value: &JsonValue<'_>, place: &str, found: &mut Vec<Violation>) {
        let kind = match (self, value) {
            (Self::Object(shape), object) => return shape.check(object, place, found),
            (Self::List(elements), JsonValue::Array(list)) => return elements.check(list, place, found),
            (Self::List(_), other) => ViolationKind::SchemaType { expected: JsonType::Array, found: other.json_type() },
            (Self::Text(check), JsonValue::Text(text)) => match check(text) {
                Ok(()) => return,
                Err(fault) => ViolationKind::Value(fault),
            },
            (Self::Text(_), other) => ViolationKind::SchemaType { expected: JsonType::Text, found: other.json_type() },
        };
        found.push(Violation { pointer: place.into(), kind });
    }
}

impl ArraySchema {
    fn check(&self, list: &[JsonValue<'_>], place: &str, found: &mut Vec<Violation>) {
        if let Err(fault) = self.count(list.len()) {
            found.push(Violation { pointer: place.into(), kind: ViolationKind::Value(fault) });
        }
        for (n, element) in list.iter().enumerate() {
            self.item.check(element, &format!("{place}/{n}"), found);
        }
    }

    /// Whether a list may have so many elements.
    ///
    /// # Errors
    /// [`ValueError::TooFew`] or [`ValueError::TooMany`].
    pub const fn count(&self, found: usize) -> Result<(), ValueError> {
        if found < self.min {
            Err(ValueError::TooFew { min: self.min, found })
        } else if found > self.max {
            Err(ValueError::TooMany { max: self.max, found })
        } else {
            Ok(())
        }
    }
}

impl Member {
    pub(super) fn check(&self, value: Option<&JsonValue<'_>>, place: &str, found: &mut Vec<Violation>) {
        match value {
            None | Some(JsonValue::Null) if !self.required => {}
            None | Some(JsonValue::Null) => {
                let kind = ViolationKind::Required { found: JsonValue::type_of(value) };
                found.push(Violation { pointer: pointer(place, self.name), kind });
            }
            Some(value) => self.kind.check(value, &pointer(place, self.name), found),
        }
    }
}

impl Rule {
    fn check(&self, object: &JsonValue<'_>, place: &str, found: &mut Vec<Violation>) {
        match *self {
            Self::Required { when, members } if holds(when, object) => {
                for path in members {
                    let Some((around, name)) = around(object, path) else { continue };
                    let value = around.get(name);
                    if !is_given(value) {
                        let kind = ViolationKind::RequiredIf {
                            condition: condition(when, place),
                            found: JsonValue::type_of(value),
                        };
                        found.push(Violation { pointer: pointer(place, path), kind });
                    }
                }
            }
            Self::Forbidden { when, members } if holds(when, object) => {
                for path in members {
                    if around(object, path).is_some_and(|(around, name)| is_given(around.get(name))) {
                        let kind = ViolationKind::Forbidden { condition: condition(when, place) };
                        found.push(Violation { pointer: pointer(place, path), kind });
                    }
                }
            }
            Self::Choice { when, members, several } if holds(when, object) => {
                let given = members.iter().filter(|name| is_given(object.get(name))).count();
                if given == 0 || (given > 1 && !several) {
                    let condition = (!when.is_empty()).then(|| condition(when, place));
                    let kind = ViolationKind::Choice { members, several, given, condition };
                    found.push(Violation { pointer: place.into(), kind });
                }
            }
            Self::StatusMatchesCode { code, status, row, .. } => {
                let text = |name| object.get(name).and_then(JsonValue::text);
                let known = (0..).map_while(row).find(|(known, _)| text(code) == Some(known));
                let there = object.get(status).is_some();
                if let Some((code, expected)) = known.filter(|(_, expected)| there && text(status) != Some(expected)) {
                    let kind = ViolationKind::StatusOfCode { code, expected };
                    found.push(Violation { pointer: pointer(place, status), kind });
                }
            }
            Self::Compare { left, is, right, keeps } => {
                let text = |path| around(object, path).and_then(|(around, name)| around.get(name)?.text());
                if let Some((one, other)) = text(left).zip(text(right))
                    && !keeps(is, one, other)
                {
                    let kind = ViolationKind::Compared { is, with: format!("{place}{right}") };
                    found.push(Violation { pointer: format!("{place}{left}"), kind });
                }
            }
            Self::Required { .. } | Self::Forbidden { .. } | Self::Choice { .. } | Self::OmittedIfEqual { .. } => {}
        }
    }
}

impl Condition {
    fn holds(&self, object: &JsonValue<'_>) -> bool {
        let Some((around, name)) = around(object, self.pointer) else { return false };
        let value = around.get(name);
        match self.is {
            Predicate::OneOf(words) => value.and_then(JsonValue::text).is_some_and(|text| words.contains(&text)),
            Predicate::Present => is_given(value),
            Predicate::Absent => !is_given(value),
        }
    }

    fn words(&self, place: &str) -> String {
        let at = format!("{place}{}", self.pointer);
        match self.is {
            Predicate::OneOf(words) => format!("{at} is \"{}\"", words.join("\" or \"")),
            Predicate::Present => format!("{at} is there"),
            Predicate::Absent => format!("{at} is not there"),
        }
    }
}

fn holds(when: &[Condition], object: &JsonValue<'_>) -> bool {
    when.iter().all(|test| test.holds(object))
}

fn condition(when: &[Condition], place: &str) -> String {
    when.iter().map(|test| test.words(place)).collect::<Vec<_>>().join(" and ")
}

fn is_given(value: Option<&JsonValue<'_>>) -> bool {
    !matches!(value, None | Some(JsonValue::Null))
}

/// The object around the member at a path, and the member's name; nothing where that object is not there.
fn around<'n, 'a, 'p>(object: &'n JsonValue<'a>, path: &'p str) -> Option<(&'n JsonValue<'a>, &'p str)> {
    let path = path.trim_start_matches('/');
    let (around, name) = match path.rsplit_once('/') {
        Some((around, name)) => (around.split('/').try_fold(object, |node, name| node.get(name))?, name),
        None => (object, path),
    };
    matches!(around, JsonValue::Object(_)).then_some((around, name))
}

/// The JSON Pointer of a member. Names of members have none of the characters that a pointer escapes.
fn pointer(place: &str, path: &str) -> String {
    format!("{place}/{path}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::Comparison;
    use crate::json_value;
    use crate::minor_units::MinorUnits;

    /// The violations of one rule, as people read them.
    fn told(rule: Rule, json: &str) -> Vec<String> {
        let node = json_value::parse(json.as_bytes()).unwrap();
        let mut found = Vec::new();
        rule.check(&node, "/m", &mut found);
        found.iter().map(ToString::to_string).collect()
    }

    const GIVEN: &[Condition] = &[Condition::present("/a")];
    const ABSENT: &[Condition] = &[Condition::absent("/a")];
    const DEEP: &[Condition] = &[Condition::absent("/a/b")];

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
        let at_most = Rule::compare::<MinorUnits>("/a/v", Comparison::AtMost, "/b");
        assert_eq!(told(at_most, r#"{"a":{"v":"10"},"b":"9"}"#), ["/m/a/v: has to be at most /m/b"]);
        for json in
            [r#"{"a":{"v":"9"},"b":"10"}"#, r#"{"a":{"v":"9"},"b":"9"}"#, r#"{"b":"9"}"#, r#"{"a":{"v":9},"b":"1"}"#]
        {
            assert!(told(at_most, json).is_empty(), "{json}");
        }
        let less = Rule::compare::<MinorUnits>("/a", Comparison::Less, "/b");
        assert!(!told(less, r#"{"a":"9","b":"9"}"#).is_empty());
        let different = Rule::compare::<MinorUnits>("/a", Comparison::Different, "/b");
        assert!(
            !told(different, r#"{"a":"9","b":"9"}"#).is_empty() && told(different, r#"{"a":"9","b":"8"}"#).is_empty()
        );
    }
}
