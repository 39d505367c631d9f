//! Conditions over several members: `allOf` of `if`/`then`, and `x-differs`.

use super::{Lowering, Node};
use crate::codegen::ir::{Coded, Demand, Differs, Object, Presence, Rule, ScalarKind, Sort, Test, Tested, Type};
use crate::codegen::source::Json;
use crate::codegen::{names, profile};

const FORM: &str = "see \"Conditions\" in schema/README.md for the one form that a condition has";

impl Lowering<'_> {
    pub(super) fn conditions(&mut self, index: usize, object: &Object, node: &Node) -> Vec<Rule> {
        let Some(all) = node.get("allOf") else { return Vec::new() };
        if !matches!(all.json, Json::Array(_)) {
            self.fault(&all.place, "`allOf` is a list of conditions", FORM);
        }
        all.elements().iter().filter_map(|condition| self.condition(index, object, node, condition)).collect()
    }

    fn condition(&mut self, index: usize, object: &Object, node: &Node, condition: &Node) -> Option<Rule> {
        self.faults.keywords(condition, "a condition", &["if", "then"]);
        let premise = self.faults.need(condition, "if", "a condition")?;
        let then = self.faults.need(condition, "then", "a condition")?;
        let mut when = Vec::new();
        self.premise(index, object, premise, &[], &mut when);
        if when.is_empty() {
            return None;
        }
        let members = self.consequence(node, then);
        let presence = |name| Presence { path: vec![name], given: true };
        let members: Vec<_> = members.into_iter().map(presence).collect();
        (!members.is_empty()).then_some(Rule::When { tests: when, then: Demand::Members(members) })
    }

    /// `{"type": "object", "properties": {…}, "required": […]}` down to `const` or `enum`.
    fn premise(&mut self, index: usize, object: &Object, premise: &Node, path: &[String], tests: &mut Vec<Test>) {
        self.faults.keywords(premise, "a premise", &["type", "properties", "required"]);
        let properties = premise.get("properties").map_or(&[][..], Node::members);
        let names: Vec<_> = properties.iter().map(|(name, _)| name.text.clone()).collect();
        let required: Vec<_> = premise.get("required").map_or_else(Vec::new, |it| self.faults.texts(it, "required"));
        let required: Vec<_> = required.into_iter().map(|(_, name)| name).collect();
        if premise.get("type").and_then(Node::text) != Some("object") || names.is_empty() || names != required {
            let help = format!(
                "write \"type\": \"object\" and \"required\": {}, or it holds where nothing is",
                serde_json::json!(names)
            );
            self.fault(&premise.place, "a premise names the members that it looks at", help);
        }
        for (name, value) in properties {
            let Some(member) = object.member(&name.text).cloned() else {
                let node = self.definitions(index).iter().find(|(it, _)| it.text == object.name).map(|(_, it)| it);
                if node.and_then(|it| it.get("properties")?.get(&name.text)).is_some() {
                    // It is one, with a fault of its own.
                    continue;
                }
                let known = object.members.iter().map(|member| member.wire.as_str());
                let help =
                    names::nearest(&name.text, known).map_or(FORM.into(), |near| format!("did you mean `{near}`?"));
                self.fault(&name.place, format!("`{}` is no member of {}", name.text, object.name), help);
                continue;
            };
            let path: Vec<_> = path.iter().cloned().chain([name.text.clone()]).collect();
            if member.ty.sort == Sort::Object {
                if let Some(inner) = self.object_at(&member.ty).cloned() {
                    self.premise(member.ty.file, &inner, value, &path, tests);
                }
            } else {
                let test = self.test(&member.ty, value, path);
                if let (Some(test), Some(coded)) = (&test, &object.coded)
                    && coded.mould.code.0 == name.text
                {
                    self.known_codes(coded, test, value);
                }
                tests.extend(test);
            }
        }
    }

    /// A condition on a code that the table lacks is a slip of the pen.
    fn known_codes(&mut self, coded: &Coded, test: &Test, value: &Node) {
        let Tested::Among(among) = &test.is else { return };
        for word in among {
            if !coded.rows.iter().any(|row| row.wire == *word) {
                let near = names::nearest(word, coded.rows.iter().map(|row| row.wire.as_str()));
                let help = near.map_or("name a code of the table".into(), |near| format!("did you mean `{near}`?"));
                self.fault(&value.place, format!("`{word}` is no code of this table"), help);
            }
        }
    }

    fn test(&mut self, ty: &Type, value: &Node, path: Vec<String>) -> Option<Test> {
        let among: Vec<(&Node, String)> = match (value.get("const"), value.get("enum")) {
            (Some(word), None) => vec![(word, self.faults.text(word, "const")?)],
            (None, Some(words)) => self.faults.texts(words, "enum"),
            _ => return self.faults.at(&value.place, "a test is a `const` or an `enum`", FORM),
        };
        self.faults.keywords(value, "a test", &["const", "enum"]);
        if let Some(ScalarKind::Words(words)) = self.scalar_of(ty).map(|scalar| scalar.kind.clone()) {
            for (element, word) in &among {
                if !words.iter().any(|known| known.wire == *word) {
                    let known: Vec<_> = words.iter().map(|word| word.wire.as_str()).collect();
                    let title = format!("this can never hold: `{word}` is no word of {}", ty.rust);
                    self.fault(&element.place, title, format!("one of: {}", known.join(", ")));
                }
            }
        }
        let among = among.into_iter().map(|(_, word)| word).collect();
        Some(Test { path, is: Tested::Among(among) })
    }

    /// `{"properties": {"a": {"not": {"type": "null"}}}, "required": ["a"]}`: there and not `null`.
    fn consequence(&mut self, object: &Node, then: &Node) -> Vec<String> {
        self.faults.keywords(then, "a consequence", &["properties", "required"]);
        let Some(list) = self.faults.need(then, "required", "a consequence") else { return Vec::new() };
        let mut members = Vec::new();
        for (element, name) in self.faults.texts(list, "required") {
            let required = object.get("required").map_or(&[][..], Node::elements);
            if object.get("properties").and_then(|it| it.get(&name)).is_none() {
                self.no_member(element, &name, object);
            } else if required.iter().any(|it| it.text() == Some(&name)) {
                let help = "leave it out here, or out of the object's `required`";
                self.fault(&element.place, format!("`{name}` is required in any case"), help);
            }
            members.push(name);
        }
        let given = |name: &String| (name.clone(), serde_json::json!({ "not": { "type": "null" } }));
        let expected: serde_json::Map<_, _> = members.iter().map(given).collect();
        let found = then.get("properties");
        if found.map(Node::plain) != Some(expected.clone().into()) {
            let place = found.map_or(&then.place, |it| &it.place);
            let help = format!("write \"properties\": {}", serde_json::Value::from(expected));
            self.fault(place, "a consequence says of each member that it is not `null`", help);
        }
        members
    }

    pub(super) fn differs(&mut self, object: &Object, node: &Node) -> Vec<Differs> {
        let Some(list) = node.get("x-differs") else { return Vec::new() };
        if !matches!(list.json, Json::Array(_)) {
            self.fault(&list.place, "`x-differs` is a list of comparisons", "put it in brackets");
        }
        let mut all: Vec<Differs> = Vec::new();
        for element in list.elements() {
            let Some(differs) = self.one_differs(object, node, element) else { continue };
            if all.iter().any(|other| other.member == differs.member) {
                self.fault(&element.place, format!("`{}` is compared twice", differs.member), "keep one of the two");
            }
            all.push(differs);
        }
        all
    }

    fn one_differs(&mut self, object: &Object, node: &Node, element: &Node) -> Option<Differs> {
        self.faults.keywords(element, "a comparison", profile::DIFFERS);
        let mut named = |keyword| -> Option<(String, Type)> {
            let value = self.faults.need(element, keyword, "a comparison")?;
            let name = self.faults.text(value, keyword)?;
            let Some(member) = object.member(&name) else {
                self.no_member(value, &name, node);
                return None;
            };
            Some((name, member.ty.clone()))
        };
        let (member, ty) = named("member")?;
        let (from, other) = named("from")?;
        let part = self.faults.need_text(element, "in", "a comparison")?;
        if ty != other || ty.sort != Sort::Object {
            return self.faults.at(
                &element.place,
                format!("`{member}` and `{from}` do not hold the same object"),
                "compare two members of one type",
            );
        }
        if member == from || object.member(&member).is_some_and(|it| it.required) {
            let help = "compare an optional member with another one";
            return self.faults.at(&element.place, format!("`{member}` can't be left out"), help);
        }
        let inner = self.object_at(&ty)?.member(&part).filter(|member| member.ty.sort.is_scalar() && member.required);
        let Some(part_rust) = inner.map(|member| member.rust.clone()) else {
            let place = element.get("in").map_or(&element.place, |it| &it.place);
            return self.faults.at(
                place,
                format!("`{part}` is no required scalar of {}", ty.rust),
                "name the part that differs",
            );
        };
        Some(Differs { member, from, part, part_rust })
    }
}
