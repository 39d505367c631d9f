//! The check of a JSON value against every rule, with all violations.

use super::{ArraySchema, Condition, Member, ObjectSchema, Predicate, Rule, SchemaType};
use crate::json_value::JsonValue;
use crate::violation::{JsonType, ValueError, Violation, ViolationKind};

impl ObjectSchema {
    /// Adds every violation of the value at `pointer`.
    pub(crate) fn check(&self, object: &JsonValue<'_>, pointer: &str, found: &mut Vec<Violation>) {
        if !matches!(object, JsonValue::Object(_)) {
            let kind = ViolationKind::SchemaType { expected: JsonType::Object, found: object.json_type() };
            found.push(Violation { pointer: pointer.into(), kind });
            return;
        }
        for member in self.members {
            member.check(object.get(member.name), pointer, found);
        }
        for rule in self.rules {
            rule.check(object, pointer, found);
        }
    }

    /// Returns whether the rules over several members hold, in this object and in nested ones. The rules of single members
    /// are enforced by their types.
    pub(crate) fn rules_hold(&self, object: &JsonValue<'_>) -> bool {
        let mut found = Vec::new();
        self.rules.iter().for_each(|rule| rule.check(object, "", &mut found));
        let holds = |member: &Member| object.get(member.name).is_none_or(|value| member.kind.rules_hold(value));
        found.is_empty() && self.members.iter().filter(|member| member.kind.has_rules()).all(holds)
    }

    /// Returns the names of the members that are present and not `null`.
    pub(crate) fn present(&self, object: &JsonValue<'_>) -> Vec<&'static str> {
        self.members.iter().map(|member| member.name).filter(|name| is_present(object.get(name))).collect()
    }

    /// Returns the names of the optional members that are present and not `null`.
    pub(crate) fn optional(&self, object: &JsonValue<'_>) -> Vec<&'static str> {
        let optional = self.members.iter().filter(|member| !member.required).map(|member| member.name);
        optional.filter(|name| is_present(object.get(name))).collect()
    }

    /// Returns the names of the members that [`Rule::OmittedIfEqual`] would have omitted.
    pub(crate) fn redundant(&self, object: &JsonValue<'_>) -> Vec<&'static str> {
        let part = |name, part| object.get(name).and_then(|member| member.get(part)).and_then(JsonValue::as_str);
        let redundant = |rule: &Rule| match *rule {
            Rule::OmittedIfEqual { member, from, part: of } => {
                (part(member, of).is_some() && part(member, of) == part(from, of)).then_some(member)
            }
            _ => None,
        };
        self.rules.iter().filter_map(redundant).collect()
    }
}

impl SchemaType {
    fn rules_hold(&self, value: &JsonValue<'_>) -> bool {
        match (self, value) {
            (Self::Object(schema), object @ JsonValue::Object(_)) => schema.rules_hold(object),
            (Self::List(array), JsonValue::Array(elements)) => {
                elements.iter().all(|element| array.item.rules_hold(element))
            }
            // A scalar has no such rules, and a value of another JSON type is rejected by its Rust type.
            _ => true,
        }
    }

    fn check(&self, value: &JsonValue<'_>, pointer: &str, found: &mut Vec<Violation>) {
        let kind = match (self, value) {
            (Self::Object(schema), object) => return schema.check(object, pointer, found),
            (Self::List(array), JsonValue::Array(elements)) => return array.check(elements, pointer, found),
            (Self::List(_), other) => ViolationKind::SchemaType { expected: JsonType::Array, found: other.json_type() },
            (Self::Text(check), JsonValue::Text(text)) => match check(text) {
                Ok(()) => return,
                Err(error) => ViolationKind::Value(error),
            },
            (Self::Text(_), other) => ViolationKind::SchemaType { expected: JsonType::Text, found: other.json_type() },
        };
        found.push(Violation { pointer: pointer.into(), kind });
    }
}

impl ArraySchema {
    fn check(&self, elements: &[JsonValue<'_>], pointer: &str, found: &mut Vec<Violation>) {
        if let Err(error) = self.check_count(elements.len()) {
            found.push(Violation { pointer: pointer.into(), kind: ViolationKind::Value(error) });
        }
        for (n, element) in elements.iter().enumerate() {
            self.item.check(element, &format!("{pointer}/{n}"), found);
        }
    }

    /// Checks the number of elements of a list.
    ///
    /// # Errors
    /// Returns [`ValueError::TooFew`] below the smallest number and [`ValueError::TooMany`] above the largest.
    pub const fn check_count(&self, found: usize) -> Result<(), ValueError> {
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
    pub(super) fn check(&self, value: Option<&JsonValue<'_>>, parent: &str, found: &mut Vec<Violation>) {
        match value {
            None | Some(JsonValue::Null) if !self.required => {}
            None | Some(JsonValue::Null) => {
                let kind = ViolationKind::Required { found: JsonValue::type_of(value) };
                found.push(Violation { pointer: join(parent, self.name), kind });
            }
            Some(value) => self.kind.check(value, &join(parent, self.name), found),
        }
    }
}

impl Rule {
    fn check(&self, object: &JsonValue<'_>, pointer: &str, found: &mut Vec<Violation>) {
        match *self {
            Self::Required { when, members } if all_hold(when, object) => {
                for path in members {
                    let Some((parent, name)) = parent_of(object, path) else { continue };
                    let value = parent.get(name);
                    if !is_present(value) {
                        let kind = ViolationKind::RequiredIf {
                            condition: describe(when, pointer),
                            found: JsonValue::type_of(value),
                        };
                        found.push(Violation { pointer: join(pointer, path), kind });
                    }
                }
            }
            Self::Forbidden { when, members } if all_hold(when, object) => {
                for path in members {
                    if parent_of(object, path).is_some_and(|(parent, name)| is_present(parent.get(name))) {
                        let kind = ViolationKind::Forbidden { condition: describe(when, pointer) };
                        found.push(Violation { pointer: join(pointer, path), kind });
                    }
                }
            }
            Self::Choice { when, members, several } if all_hold(when, object) => {
                let given = members.iter().filter(|name| is_present(object.get(name))).count();
                if given == 0 || (given > 1 && !several) {
                    let condition = (!when.is_empty()).then(|| describe(when, pointer));
                    let kind = ViolationKind::Choice { members, several, given, condition };
                    found.push(Violation { pointer: pointer.into(), kind });
                }
            }
            Self::StatusMatchesCode { code, status, statuses, find, meaning, .. } => {
                let text = |name| object.get(name).and_then(JsonValue::as_str);
                // A word without a meaning is a violation of the member.
                let is_excluded =
                    |allowed: &&[_]| text(status).is_some_and(|it| !allowed.contains(&it) && meaning(it).is_some());
                if let Some(allowed) = statuses.filter(is_excluded) {
                    let kind = ViolationKind::Value(ValueError::NotOneOf(allowed));
                    found.push(Violation { pointer: join(pointer, status), kind });
                }
                let known = text(code).and_then(find);
                let is_wrong = |expected: &str| object.get(status).is_some() && text(status) != Some(expected);
                if let Some((code, expected)) = known.filter(|(_, expected)| is_wrong(expected)) {
                    let kind = ViolationKind::StatusOfCode { code, expected };
                    found.push(Violation { pointer: join(pointer, status), kind });
                }
            }
            Self::Compare { left, is, right, holds } => {
                let text = |path| parent_of(object, path).and_then(|(parent, name)| parent.get(name)?.as_str());
                if let Some((left_text, right_text)) = text(left).zip(text(right))
                    && !holds(is, left_text, right_text)
                {
                    let kind = ViolationKind::Compared { is, with: format!("{pointer}{right}") };
                    found.push(Violation { pointer: format!("{pointer}{left}"), kind });
                }
            }
            Self::Required { .. } | Self::Forbidden { .. } | Self::Choice { .. } | Self::OmittedIfEqual { .. } => {}
        }
    }
}

impl Condition {
    fn holds(&self, object: &JsonValue<'_>) -> bool {
        let Some((parent, name)) = parent_of(object, self.pointer) else { return false };
        let value = parent.get(name);
        match self.is {
            Predicate::OneOf(words) => value.and_then(JsonValue::as_str).is_some_and(|text| words.contains(&text)),
            Predicate::Present => is_present(value),
            Predicate::Absent => !is_present(value),
        }
    }

    /// Describes the condition on an object at `parent`.
    fn describe(&self, parent: &str) -> String {
        let at = format!("{parent}{}", self.pointer);
        match self.is {
            Predicate::OneOf(words) => format!("{at} is \"{}\"", words.join("\" or \"")),
            Predicate::Present => format!("{at} is present"),
            Predicate::Absent => format!("{at} is absent"),
        }
    }
}

fn all_hold(when: &[Condition], object: &JsonValue<'_>) -> bool {
    when.iter().all(|condition| condition.holds(object))
}

fn describe(when: &[Condition], parent: &str) -> String {
    when.iter().map(|condition| condition.describe(parent)).collect::<Vec<_>>().join(" and ")
}

fn is_present(value: Option<&JsonValue<'_>>) -> bool {
    !matches!(value, None | Some(JsonValue::Null))
}

/// Returns the object that contains the member at a path, and the member's name; `None` if there is no such object.
fn parent_of<'n, 'a, 'p>(object: &'n JsonValue<'a>, path: &'p str) -> Option<(&'n JsonValue<'a>, &'p str)> {
    let path = path.trim_start_matches('/');
    let (parent, name) = match path.rsplit_once('/') {
        Some((parent, name)) => (parent.split('/').try_fold(object, |value, name| value.get(name))?, name),
        None => (object, path),
    };
    matches!(parent, JsonValue::Object(_)).then_some((parent, name))
}

/// Returns the JSON Pointer of a member. Member names contain no character that a pointer escapes.
fn join(parent: &str, path: &str) -> String {
    format!("{parent}/{path}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::Comparison;
    use crate::json_value;
    use crate::minor_units::MinorUnits;

    /// Returns the violations of one rule as displayed.
    fn violations(rule: Rule, json: &str) -> Vec<String> {
        let value = json_value::parse(json.as_bytes()).unwrap();
        let mut found = Vec::new();
        rule.check(&value, "/m", &mut found);
        found.iter().map(ToString::to_string).collect()
    }

    const PRESENT: &[Condition] = &[Condition::present("/a")];
    const ABSENT: &[Condition] = &[Condition::absent("/a")];
    const DEEP: &[Condition] = &[Condition::absent("/a/b")];

    #[test]
    fn conditions_distinguish_present_and_absent_members() {
        let applies = |when, json| !violations(Rule::required(when, &["z"]), json).is_empty();
        for (json, present) in [("{}", false), (r#"{"a":null}"#, false), (r#"{"a":1}"#, true), (r#"{"a":""}"#, true)] {
            assert_eq!((applies(PRESENT, json), applies(ABSENT, json)), (present, !present), "{json}");
        }
        // A condition does not hold if the containing object is missing or is not an object.
        for (json, expected) in
            [("{}", false), (r#"{"a":[]}"#, false), (r#"{"a":{}}"#, true), (r#"{"a":{"b":1}}"#, false)]
        {
            assert_eq!(applies(DEEP, json), expected, "{json}");
        }
    }

    #[test]
    fn a_violation_shows_pointer_and_condition() {
        assert_eq!(
            violations(Rule::required(PRESENT, &["z"]), r#"{"a":1}"#),
            ["/m/z: required when /m/a is present; nothing found"]
        );
        let deep = Rule::required(PRESENT, &["a/b"]);
        assert_eq!(violations(deep, r#"{"a":{"b":null}}"#), ["/m/a/b: required when /m/a is present; null found"]);
        assert!(violations(deep, "{}").is_empty() && violations(deep, r#"{"a":"x"}"#).is_empty());
        let forbidden = Rule::forbidden(ABSENT, &["z", "y/z"]);
        assert_eq!(
            violations(forbidden, r#"{"z":1,"y":{"z":{}}}"#),
            ["/m/z: not allowed when /m/a is absent", "/m/y/z: not allowed when /m/a is absent"]
        );
        assert!(
            violations(forbidden, r#"{"a":1,"z":1}"#).is_empty() && violations(forbidden, r#"{"z":null}"#).is_empty()
        );
    }

    #[test]
    fn a_choice_counts_the_members_that_are_present() {
        let (some, one) = (Rule::at_least_one(&[], &["b", "c"]), Rule::exactly_one(PRESENT, &["b", "c"]));
        assert_eq!(violations(some, r#"{"b":null}"#), ["/m: at least one of b, c, 0 found"]);
        assert!(violations(some, r#"{"b":1,"c":1}"#).is_empty());
        assert_eq!(
            violations(one, r#"{"a":1,"b":1,"c":1}"#),
            ["/m: exactly one of b, c when /m/a is present, 2 found"]
        );
        assert!(violations(one, r#"{"a":1,"c":1}"#).is_empty() && violations(one, "{}").is_empty());
    }

    #[test]
    fn a_comparison_is_by_value_if_both_members_are_present() {
        let at_most = Rule::compare::<MinorUnits>("/a/v", Comparison::AtMost, "/b");
        assert_eq!(violations(at_most, r#"{"a":{"v":"10"},"b":"9"}"#), ["/m/a/v: must be at most /m/b"]);
        for json in
            [r#"{"a":{"v":"9"},"b":"10"}"#, r#"{"a":{"v":"9"},"b":"9"}"#, r#"{"b":"9"}"#, r#"{"a":{"v":9},"b":"1"}"#]
        {
            assert!(violations(at_most, json).is_empty(), "{json}");
        }
        let less = Rule::compare::<MinorUnits>("/a", Comparison::Less, "/b");
        assert!(!violations(less, r#"{"a":"9","b":"9"}"#).is_empty());
        let different = Rule::compare::<MinorUnits>("/a", Comparison::Different, "/b");
        assert!(
            !violations(different, r#"{"a":"9","b":"9"}"#).is_empty()
                && violations(different, r#"{"a":"9","b":"8"}"#).is_empty()
        );
    }
}
