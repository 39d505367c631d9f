//! Definitions of objects.

use std::collections::HashSet;

use super::{Key, Lowering, Node};
use crate::codegen::ir::{Member, Money, Object, Rule, ScalarKind, Sort};
use crate::codegen::source::{Json, Name};
use crate::codegen::{names, profile};

impl<'a> Lowering<'a> {
    pub(super) fn object(&mut self, index: usize, name: &str, node: &'a Node) {
        self.faults.keywords(node, "an object", profile::OBJECT);
        let doc = self.faults.need_text(node, "description", "an object").unwrap_or_default();
        let required = self.required(node);
        let properties = self.faults.need(node, "properties", "an object").map_or(&[][..], Node::members);
        let mut members: Vec<Member> = Vec::new();
        for (name, value) in properties {
            if let Some(member) = self.member(index, name, value, &required) {
                if let Some(other) = members.iter().find(|other| other.rust == member.rust) {
                    let title = format!("`{}` and `{}` are one name in Rust's case", name.text, other.wire);
                    self.fault(&name.place, title, "rename one of the two");
                }
                members.push(member);
            }
        }
        let mould = self.mould(index, node, &mut members);
        let mut object = Object {
            file: index,
            name: name.to_owned(),
            rust: names::type_name(name),
            doc,
            members,
            rules: Vec::new(),
            mould,
            coded: None,
            money: None,
        };
        object.money = Self::money(&object);
        self.objects[index].insert(name.to_owned(), object);
    }

    /// The conditions of an object, once every object has its members.
    pub(super) fn rules(&mut self, index: usize, name: &str, node: &'a Node) {
        let key = (index, name.to_owned());
        let Some(object) = self.objects[index].get(name).cloned() else { return };
        if self.contains(&object, &key, &mut HashSet::new()) {
            self.fault(&node.head(), format!("`{name}` contains itself"), "break the circle: a message has an end");
        }
        self.moulds(&object, node);
        let mut rules = self.conditions(&object, node);
        rules.extend(self.differs(&object, node).into_iter().map(Rule::Differs));
        rules.extend(self.compares(&object, node).into_iter().map(Rule::Compares));
        if let Some(object) = self.objects[index].get_mut(name) {
            object.rules = rules;
        }
    }

    /// A member can't hold what result objects are made from: its codes are open.
    fn moulds(&mut self, object: &Object, node: &Node) {
        for member in &object.members {
            if self.object_at(&member.ty).is_some_and(|it| it.mould.is_some()) {
                let value = node.get("properties").and_then(|it| it.get(&member.wire));
                let place = value.map_or(&node.place, Node::reference);
                let title = format!("`{}` has no code table", member.wire);
                self.fault(place, title, "refer to a definition that has `x-codes`");
            }
        }
    }

    /// Whether an object is reached again from its own members.
    fn contains(&self, object: &Object, key: &Key, seen: &mut HashSet<Key>) -> bool {
        object.members.iter().any(|member| {
            let list = self.lists[member.ty.file].get(&member.ty.name);
            let ty = list.map_or(&member.ty, |list| &list.item);
            let Some(inner) = self.object_at(ty) else { return false };
            let there = (ty.file, ty.name.clone());
            there == *key || seen.insert(there) && self.contains(inner, key, seen)
        })
    }

    /// The names in `required`, each of which has to be a member.
    fn required(&mut self, node: &Node) -> Vec<String> {
        let Some(list) = node.get("required") else { return Vec::new() };
        let mut names = Vec::new();
        for (element, name) in self.faults.texts(list, "required") {
            if node.get("properties").and_then(|it| it.get(&name)).is_none() {
                self.no_member(element, &name, node);
            }
            names.push(name);
        }
        names
    }

    /// Reports a name that is no member of the object.
    pub(super) fn no_member(&mut self, element: &Node, name: &str, object: &Node) {
        if object.get("properties").and_then(|it| it.get(name)).is_some() {
            // It is one, with a fault of its own.
            return;
        }
        let known = object.get("properties").map_or(&[][..], Node::members).iter().map(|(name, _)| name.text.as_str());
        let help = match names::nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "see `properties`".into(),
        };
        self.fault(&element.place, format!("`{name}` is no member of this object"), help);
    }

    fn member(&mut self, index: usize, name: &Name, value: &Node, required: &[String]) -> Option<Member> {
        let required = required.contains(&name.text);
        if !names::is_member(&name.text) {
            let help = "a member's name is made of ASCII letters, digits, `_` and `-`";
            return self.faults.at(&name.place, format!("`{}` can't be a member's name", name.text), help);
        }
        let what = "a member";
        let target = if required {
            if let (None, Some(any)) = (value.get("$ref"), value.get("anyOf")) {
                let help =
                    "a required member is { \"$ref\": \"…\" }; one that may be left out does not stand in `required`";
                return self.faults.at(&any.place, "a required member can't be `null`, and this says it can", help);
            }
            self.faults.keywords(value, "a required member", profile::MEMBER);
            value
        } else {
            self.or_null(value)?
        };
        let doc = self.faults.need_text(value, "description", what)?;
        let key = self.reference(index, target, what)?;
        self.member_target(target, &key);
        Some(Member {
            wire: name.text.clone(),
            rust: self.field_name(name, value)?,
            doc,
            limits: self.limits(&key),
            required,
            default: self.default_of(value, &key),
            ty: self.type_of(&key),
        })
    }

    /// The name in Rust: the schema's own, or one for which two names would become one.
    fn field_name(&mut self, name: &Name, value: &Node) -> Option<String> {
        let Some(given) = value.get("x-rust") else { return Some(names::snake(&name.text)) };
        let rust = self.faults.text(given, "x-rust")?;
        if rust == names::snake(&name.text) {
            let help = "leave it out";
            return self.faults.at(&given.place, format!("`{}` has this name in any case", name.text), help);
        }
        if rust == names::snake(&rust) {
            return Some(rust);
        }
        let help = format!("write it as `{}`", names::snake(&rust));
        self.faults.at(&given.place, format!("`{rust}` is no name of a field"), help)
    }

    /// What the member's absence means.
    fn default_of(&mut self, value: &Node, key: &Key) -> Option<String> {
        let node = value.get("default")?;
        let text = self.faults.text(node, "default")?;
        let kind = self.scalars[key.0].get(&key.1).map(|scalar| scalar.kind.clone());
        let Some(kind @ (ScalarKind::Integer { .. } | ScalarKind::Boolean | ScalarKind::Words(_))) = kind else {
            let help = "numbers, yes and no, and closed words have defaults; say another one in the description";
            return self.faults.at(&node.place, format!("`{}` has no default", key.1), help);
        };
        match Self::refuses(&kind, &text) {
            None => Some(text),
            Some(help) => self.faults.at(&node.place, format!("`{text}` is no {}", key.1), help),
        }
    }

    /// Neither a message nor the shape of result objects can be a member.
    pub(super) fn member_target(&mut self, target: &Node, key: &Key) {
        let (there, name) = key;
        let root = &self.roots[*there].root;
        let own = format!("#/$defs/{name}");
        let is = |keyword| root.get("x-operation").and_then(|it| it.get(keyword)?.get("$ref")?.text()) == Some(&own);
        let place = target.get("$ref").map_or(&target.place, |it| &it.place);
        if is("request") || is("response") {
            self.fault(place, format!("`{name}` is a message, and no member holds one"), "define another object");
        }
    }

    /// `{"anyOf": [{"$ref": "…"}, {"type": "null"}]}`: what an optional member has to be, since `null` means absent.
    fn or_null<'n>(&mut self, value: &'n Node) -> Option<&'n Node> {
        let help = "an optional member is { \"anyOf\": [{ \"$ref\": \"…\" }, { \"type\": \"null\" }] }; a member that every message has stands in `required`";
        let (any, other) = (value.get("anyOf"), value.get("$ref"));
        if let (None, Some(reference)) = (any, other) {
            let title = "an optional member may be `null`, and this says it may not";
            return self.faults.at(&reference.place, title, help);
        }
        self.faults.keywords(value, "an optional member", profile::OPTIONAL_MEMBER);
        let Some(any) = any else {
            return match value.json {
                Json::Object(_) => self.faults.at(&value.head(), "an optional member needs `anyOf`", help),
                _ => None,
            };
        };
        match any.elements() {
            [target, null] if null.plain() == serde_json::json!({ "type": "null" }) => {
                self.faults.keywords(target, "a reference", &["$ref"]);
                Some(target)
            }
            _ => self.faults.at(&any.place, "`anyOf` is a reference or `null`, and nothing else", help),
        }
    }

    /// The limits of a scalar or a list in words.
    fn limits(&self, key: &Key) -> Option<String> {
        if let Some(list) = self.lists[key.0].get(&key.1) {
            return match (list.min, list.max) {
                (0, None) => None,
                (min, None) => Some(format!("at least {min} elements")),
                (0, Some(max)) => Some(format!("at most {max} elements")),
                (min, Some(max)) => Some(format!("{min} to {max} elements")),
            };
        }
        match &self.scalars[key.0].get(&key.1)?.kind {
            ScalarKind::Text { min, max, .. } if min == max => Some(format!("exactly {max} characters")),
            ScalarKind::Text { min: 1, max, .. } | ScalarKind::Message { max } | ScalarKind::Code { max } => {
                Some(format!("at most {max} characters"))
            }
            ScalarKind::Text { min, max, .. } => Some(format!("{min} to {max} characters")),
            ScalarKind::Words(words) => {
                let words: Vec<_> = words.iter().map(|word| format!("`{}`", word.wire)).collect();
                Some(format!("one of {}", words.join(", ")))
            }
            ScalarKind::Integer { min, max, .. } => Some(format!("a whole number from {min} to {max}")),
            ScalarKind::Boolean => Some("`true` or `false`".into()),
            ScalarKind::Written(_) => None,
        }
    }

    /// An object of nothing but minor units and a currency is money.
    fn money(object: &Object) -> Option<Money> {
        // No definition can take these names: they are reserved for the written types.
        let named =
            |name| object.members.iter().find(|member| member.ty.sort == Sort::Written && member.ty.rust == name);
        let (value, currency) = (named("MinorUnits")?, named("Currency")?);
        let both = object.members.len() == 2 && value.required && currency.required;
        both.then(|| Money { value: value.rust.clone(), currency: currency.rust.clone() })
    }
}
