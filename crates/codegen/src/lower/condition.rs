//! Conditions over several members: `allOf` of `if`/`then`, and demands that always hold.

use serde_json::{Value, json};

use super::context::Lowering;
use crate::diagnostic::DiagnosticCode;
use crate::ir::{Coded, Condition, Member, Object, Obligation, Predicate, Presence, Rule, ScalarKind, Type, TypeKind};
use crate::node::Node;
use crate::node::{Json, Name};
use crate::{names, profile};

const FORM: &str = "see \"Conditions\" in schema/README.md for the forms that a condition has";

/// There and not `null`.
fn given() -> Value {
    json!({ "not": { "type": "null" } })
}

/// Missing or `null`.
fn absent() -> Value {
    json!({ "type": "null" })
}

impl Lowering<'_> {
    pub(super) fn conditions(&mut self, object: &Object, node: &Node) -> Vec<Rule> {
        let Some(all) = node.get("allOf") else { return Vec::new() };
        let conditions = self.diagnostics.elements(all, "allOf");
        conditions.iter().filter_map(|condition| self.condition(object, condition)).collect()
    }

    fn condition(&mut self, object: &Object, condition: &Node) -> Option<Rule> {
        if condition.get("anyOf").or_else(|| condition.get("oneOf")).is_some() {
            return Some(Rule::When { tests: Vec::new(), then: self.choice(object, condition)? });
        }
        if let Some(reference) = condition.get("$ref") {
            let title = "an object does not take over the members of another";
            let help = "list the members in `properties`, or add a member that refers to the other object";
            self.diagnostics.report(DiagnosticCode::E0102, &reference.span, title, help);
            return None;
        }
        self.diagnostics.keywords(condition, "a condition", profile::CONDITION);
        let premise = self.diagnostics.need(condition, "if", "a condition")?;
        let then = self.diagnostics.need(condition, "then", "a condition")?;
        let mut tests = Vec::new();
        self.premise(object, premise, &[], &mut tests);
        let then = if then.get("anyOf").or_else(|| then.get("oneOf")).is_some() {
            self.choice(object, then)?
        } else {
            let mut members = Vec::new();
            self.demand(object, then, &[], &mut members);
            Obligation::Members(members)
        };
        let asks = !matches!(&then, Obligation::Members(members) if members.is_empty());
        (!tests.is_empty() && asks).then_some(Rule::When { tests, then })
    }

    /// `{"type": "object", "properties": {…}, "required": […]}` down to the tests.
    fn premise(&mut self, object: &Object, premise: &Node, path: &[String], tests: &mut Vec<Condition>) {
        self.diagnostics.keywords(premise, "a premise", profile::PREMISE);
        let properties = premise.get("properties").map_or(&[][..], Node::members);
        let looked_at = properties.iter().filter(|(_, value)| value.plain() != absent());
        let looked_at: Vec<_> = looked_at.map(|(name, _)| name.text.clone()).collect();
        let required: Vec<_> =
            premise.get("required").map_or_else(Vec::new, |it| self.diagnostics.texts(it, "required"));
        let required: Vec<_> = required.into_iter().map(|(_, name)| name).collect();
        let in_vain =
            |name: &&String| premise.get("properties").and_then(|it| it.get(name)).map(Node::plain) == Some(absent());
        if let Some(name) = required.iter().find(in_vain) {
            let title = format!("`{name}` is tested for absence, but `required` lists it");
            let help = format!("take `{name}` out of `required`");
            self.diagnostics.report(DiagnosticCode::E0501, premise.at("required"), title, help);
            return;
        }
        // A name that is no member has an error of its own.
        let is_known = |(name, _): &(Name, Node)| object.member(&name.text).is_some();
        let names_all = looked_at == required || !properties.iter().all(is_known);
        if premise.get("type").and_then(Node::text) != Some("object") || properties.is_empty() || !names_all {
            let listed = if looked_at.is_empty() {
                "name a member in \"properties\"".into()
            } else {
                format!("\"required\": {}, or it holds where nothing is", json!(looked_at))
            };
            let help = format!("write \"type\": \"object\" and {listed}");
            self.diagnostics.report(
                DiagnosticCode::E0501,
                &premise.span,
                "a premise names the members that it looks at",
                help,
            );
        }
        let before = tests.len();
        for (name, value) in properties {
            let Some(member) = self.member_of(object, name) else { continue };
            let path: Vec<_> = path.iter().cloned().chain([name.text.clone()]).collect();
            if member.ty.kind == TypeKind::Object && value.get("properties").is_some() {
                if let Some(inner) = self.object_at(&member.ty).cloned() {
                    self.premise(&inner, value, &path, tests);
                }
            } else if let Some(is) = self.test(&member, value) {
                tests.push(Condition { path, is });
            }
        }
        if let Some(coded) = &object.coded {
            self.codes_can_be(coded, &tests[before..], premise);
        }
    }

    /// Returns the member of that name; reports an error if there is none, unless it has one of its own.
    fn member_of(&mut self, object: &Object, name: &Name) -> Option<Member> {
        if let Some(member) = object.member(&name.text) {
            return Some(member.clone());
        }
        if self.is_faulty(object, &name.text) {
            return None;
        }
        let known = object.members.iter().map(|member| member.wire.as_str());
        let help = names::did_you_mean(&name.text, known, "see its `properties`".into());
        self.diagnostics.report(
            DiagnosticCode::E0401,
            &name.span,
            format!("`{}` is not a member of {}", name.text, object.name),
            help,
        );
        None
    }

    fn test(&mut self, member: &Member, value: &Node) -> Option<Predicate> {
        let plain = value.plain();
        if plain == given() || plain == absent() {
            if member.required {
                let (id, title, help) = if plain == given() {
                    (DiagnosticCode::E0504, "this always holds", "leave the test out")
                } else {
                    let help = "leave the condition out, or the member out of the object's `required`";
                    (DiagnosticCode::E0503, "this can never hold", help)
                };
                self.diagnostics.report(id, &value.span, format!("{title}: `{}` is required", member.wire), help);
                return None;
            }
            return Some(if plain == given() { Predicate::Present } else { Predicate::Absent });
        }
        let among = match (value.get("const"), value.get("enum")) {
            (Some(word), None) => vec![(word, self.diagnostics.text(word, "const")?)],
            (None, Some(words)) => self.diagnostics.texts(words, "enum"),
            _ => {
                self.diagnostics.report(
                    DiagnosticCode::E0502,
                    &value.span,
                    "a test is a `const`, an `enum`, or tests for presence or absence",
                    FORM,
                );
                return None;
            }
        };
        self.diagnostics.keywords(value, "a test", &["const", "enum"]);
        // A definition of no kind has an error of its own.
        self.node_of(&(member.ty.file, member.ty.name.clone())).and_then(Self::kind)?;
        if !member.ty.kind.is_scalar() {
            let help = "test whether it is present or absent, or test a scalar inside an object";
            self.diagnostics.report(
                DiagnosticCode::E0502,
                &value.span,
                format!("`{}` is not a string", member.wire),
                help,
            );
            return None;
        }
        for (element, word) in &among {
            self.can_be(&member.ty, element, word);
        }
        Some(Predicate::OneOf(among.into_iter().map(|(_, word)| word).collect()))
    }

    /// A scalar that can't have a value never has it.
    fn can_be(&mut self, ty: &Type, element: &Node, word: &str) {
        let Some(kind) = self.scalar_of(ty).map(|scalar| scalar.kind.clone()) else { return };
        if let Some(help) = Self::refuses(&kind, word) {
            let title = format!("this can never hold: `{word}` is no {}", ty.name);
            self.diagnostics.report(DiagnosticCode::E0503, &element.span, title, help);
        }
    }

    /// A condition tests what is on the wire. If a default means the same word, it does not hold.
    pub(super) fn defaults_tested(&mut self, object: &Object, rules: &[Rule], node: &Node) {
        for (n, rule) in rules.iter().enumerate() {
            let Rule::When { tests, then } = rule else { continue };
            for test in tests {
                let (Predicate::OneOf(words), [name]) = (&test.is, test.path.as_slice()) else { continue };
                let default = object.member(name).and_then(|member| member.default.as_ref());
                let Some(default) = default.filter(|it| words.contains(it)) else { continue };
                let absent = |other: &Rule| match other {
                    Rule::When { tests, then: same } => {
                        same == then && tests.iter().any(|it| it.path == test.path && it.is == Predicate::Absent)
                    }
                    _ => false,
                };
                if rules.iter().any(absent) {
                    continue;
                }
                let condition = node.get("allOf").and_then(|all| all.elements().get(n)).unwrap_or(node);
                let title = format!("`{name}` means `{default}` when it is absent, and this does not hold then");
                let help = format!("add the same condition with \"{name}\": {} in its premise", self::absent());
                self.diagnostics.report(DiagnosticCode::W0501, condition.at("if"), title, help);
            }
        }
    }

    /// Returns what a scalar expects instead of a text, if it is not one of its values as far as bounds and words tell.
    pub(super) fn refuses(kind: &ScalarKind, text: &str) -> Option<String> {
        let length = text.chars().count();
        match kind {
            ScalarKind::Words(words) if !words.iter().any(|known| known.wire == text) => {
                let known: Vec<_> = words.iter().map(|word| word.wire.as_str()).collect();
                Some(format!("one of: {}", known.join(", ")))
            }
            ScalarKind::Boolean if text != "true" && text != "false" => Some("one of: true, false".into()),
            ScalarKind::Integer { min, max, .. } => {
                let number = text.parse::<u64>().ok().filter(|it| it.to_string() == text);
                let is_one = number.is_some_and(|number| (*min..=*max).contains(&number));
                (!is_one).then(|| format!("a whole number from {min} to {max}, in quotes"))
            }
            ScalarKind::Text { min, max, .. } if !(*min..=*max).contains(&length) => {
                Some(format!("{min} to {max} characters"))
            }
            ScalarKind::Formed { min, max, form } if !(*min..=*max).contains(&length) || !form.takes(text) => {
                Some(format!("{min} to {max} characters of the form {}", form.pattern()))
            }
            _ => None,
        }
    }

    /// A condition on a code that the table lacks is a slip of the pen, and one on a code and another's status never
    /// holds.
    fn codes_can_be(&mut self, coded: &Coded, tests: &[Condition], premise: &Node) {
        let words = |name: &str| {
            let test = tests.iter().find(|test| test.path.last().is_some_and(|it| it == name))?;
            if let Predicate::OneOf(words) = &test.is { Some(words) } else { None }
        };
        let excluded = words(&coded.template.status.0).into_iter().flatten().filter(|it| coded.excluded.contains(it));
        for word in excluded {
            let title = format!("this can never hold: `allOf` of the table excludes the status `{word}`");
            let help = "leave the word out of the test, or list it in that `allOf`";
            self.diagnostics.report(DiagnosticCode::E0503, &premise.span, title, help);
        }
        let Some(tested) = words(&coded.template.code.0) else { return };
        let span =
            premise.get("properties").and_then(|it| it.get(&coded.template.code.0)).unwrap_or(premise).span.clone();
        let mut rows = Vec::new();
        for word in tested {
            if let Some(row) = coded.rows.iter().find(|row| row.wire == *word) {
                rows.push(row);
                continue;
            }
            let known = coded.rows.iter().map(|row| row.wire.as_str());
            let help = names::did_you_mean(word, known, "name a code of the table".into());
            self.diagnostics.report(
                DiagnosticCode::E0503,
                &span,
                format!("this can never hold: the table has no code `{word}`"),
                help,
            );
        }
        let Some(statuses) = words(&coded.template.status.0) else { return };
        let wire = |rust: &str| coded.template.words.iter().find(|word| word.rust == rust).map(|word| &word.wire);
        if rows.len() == tested.len()
            && !rows.iter().any(|row| wire(&row.status).is_some_and(|it| statuses.contains(it)))
        {
            let help = "the table gives each code its status: test one of the two";
            let title = "this can never hold: these codes do not go with these statuses";
            self.diagnostics.report(DiagnosticCode::E0503, &premise.span, title, help);
        }
    }

    /// `{"properties": {"a": {"not": {"type": "null"}}}, "required": ["a"]}` and its relatives, down to the members.
    fn demand(&mut self, object: &Object, then: &Node, path: &[String], members: &mut Vec<Presence>) {
        self.diagnostics.keywords(then, "a requirement", profile::OBLIGATION);
        let properties = then.get("properties").map_or(&[][..], Node::members);
        let list: Vec<_> = then.get("required").map_or_else(Vec::new, |it| self.diagnostics.texts(it, "required"));
        for (name, value) in properties {
            let Some(member) = self.member_of(object, name) else { continue };
            let path: Vec<_> = path.iter().cloned().chain([name.text.clone()]).collect();
            let plain = value.plain();
            let is_listed = list.iter().any(|(_, listed)| *listed == name.text);
            if plain == given() && is_listed || plain == absent() {
                self.free(&member, name, plain == given());
                members.push(Presence { path, given: plain == given() });
            } else if member.ty.kind == TypeKind::Object && value.get("properties").is_some() {
                if let Some(inner) = self.object_at(&member.ty).cloned() {
                    self.demand(&inner, value, &path, members);
                }
            } else {
                let help = format!(
                    "write \"{0}\": {1} and list it in `required`, or \"{0}\": {2} where it must not be there",
                    name.text,
                    given(),
                    absent()
                );
                let title = format!("this does not require that `{}` is present or absent", name.text);
                self.diagnostics.report(DiagnosticCode::E0505, &value.span, title, help);
            }
        }
        for (element, listed) in &list {
            let name = Name { span: element.span.clone(), text: listed.clone() };
            let value = then.get("properties").and_then(|it| it.get(listed));
            // A member in `properties` with another requirement has an error of its own.
            if value.is_none_or(|it| it.plain() == absent()) && self.member_of(object, &name).is_some() {
                let help = format!("add \"{listed}\": {} to `properties`", given());
                self.diagnostics.report(
                    DiagnosticCode::E0505,
                    &element.span,
                    format!("`{listed}` could be `null` here"),
                    help,
                );
            }
        }
        if properties.is_empty() && list.is_empty() && matches!(then.json, Json::Object(_)) {
            self.diagnostics.report(DiagnosticCode::E0508, &then.span, "this requires nothing", FORM);
        }
    }

    /// A member that every message has is there whatever a condition says.
    fn free(&mut self, member: &Member, name: &Name, given: bool) {
        if member.required {
            let help = "leave it out here, or out of the object's `required`";
            let title = if given { "is required in any case" } else { "is required, so it is always there" };
            self.diagnostics.report(DiagnosticCode::E0506, &name.span, format!("`{}` {title}", member.wire), help);
        }
    }

    /// `{"anyOf": […]}` or `{"oneOf": […]}` of members that are given.
    fn choice(&mut self, object: &Object, node: &Node) -> Option<Obligation> {
        self.diagnostics.keywords(node, "a choice", profile::CHOICE);
        let (several, list) = match (node.get("anyOf"), node.get("oneOf")) {
            (Some(list), None) => (true, list),
            (None, Some(list)) => (false, list),
            _ => {
                let title = "a choice is `anyOf` or `oneOf`";
                self.diagnostics
                    .report(DiagnosticCode::E0507, node.at("anyOf"), title, "remove one of the two")
                    .also(node.at("oneOf"), "the other");
                return None;
            }
        };
        let mut members: Vec<String> = Vec::new();
        for element in list.elements() {
            let mut one = Vec::new();
            self.demand(object, element, &[], &mut one);
            match one.as_slice() {
                [Presence { path, given: true }] if path.len() == 1 && !members.contains(&path[0]) => {
                    members.push(path[0].clone());
                }
                [] => {}
                _ => {
                    let help = "write one member of this object in each, that is not `null`";
                    self.diagnostics.report(
                        DiagnosticCode::E0507,
                        &element.span,
                        "this is no choice between members",
                        help,
                    );
                }
            }
        }
        if list.elements().len() < 2 {
            self.diagnostics.report(DiagnosticCode::E0507, &list.span, "a choice is between two members or more", FORM);
            return None;
        }
        (members.len() == list.elements().len()).then_some(if several {
            Obligation::AtLeastOne(members)
        } else {
            Obligation::ExactlyOne(members)
        })
    }
}
