//! Definitions of objects.

use super::context::{DefinitionKind, Key, Lowering, has_members, meant};
use crate::diagnostic::DiagnosticCode;
use crate::diagnostic::Span;
use crate::ir::{Compare, Member, Money, Object, Rule, ScalarKind, Type, TypeKind};
use crate::node::Node;
use crate::node::{Json, Name};
use crate::{names, profile, prose};

const ANOTHER_NAME: &str = "names on the wire stay: set another Rust name for one of the two with `x-rust`";

/// Keywords that describe a value.
const DESCRIBING: &[&str] = &["type", "enum", "const", "properties", "items", "pattern", "minLength", "maxLength"];

/// Returns how a member refers to its definition.
fn reference_form(target: &str, required: bool) -> String {
    let reference = format!("\"$ref\": \"{target}\"");
    if required { reference } else { format!("\"anyOf\": [{{ {reference} }}, {{ \"type\": \"null\" }}]") }
}

impl<'a> Lowering<'a> {
    pub(super) fn object(&mut self, index: usize, name: &str, node: &'a Node) {
        self.diagnostics.keywords(node, "an object", profile::OBJECT);
        let doc = self.diagnostics.need_text(node, "description", "an object").unwrap_or_default();
        let required = self.required(node);
        let properties = self.diagnostics.need(node, "properties", "an object");
        let properties = properties.map_or(&[][..], |it| self.diagnostics.members(it, "properties"));
        let mut members: Vec<(&Name, Member)> = Vec::new();
        for (name, value) in properties {
            if let Some(member) = self.member(index, name, value, &required) {
                if let Some((other, _)) = members.iter().find(|(_, other)| other.rust == member.rust) {
                    let title = format!("`{}` and `{}` are the same name in Rust's case", name.text, other.text);
                    let fault = self.diagnostics.report(DiagnosticCode::E0403, &name.span, title, ANOTHER_NAME);
                    fault.also(&other.span, "the other");
                }
                members.push((name, member));
            }
        }
        let mut members: Vec<Member> = members.into_iter().map(|(_, member)| member).collect();
        // The template of result objects holds only scalars; whether an object is present is not known yet.
        let is_object = |ty: &Type| ty.kind == TypeKind::Object && self.kind_of(&(ty.file, ty.name.clone())).is_some();
        let known = |it: &Member| is_object(&it.ty) || self.is_lowered(&it.ty);
        let complete = members.len() == properties.len() && members.iter().all(known);
        let template = if complete { self.template(index, node, &mut members) } else { None };
        let mut object = Object {
            file: index,
            name: name.to_owned(),
            rust: names::type_name(name),
            doc,
            members,
            rules: Vec::new(),
            template,
            coded: None,
            money: None,
        };
        object.money = Self::money(&object);
        self.objects[index].insert(name.to_owned(), object);
    }

    /// The conditions of an object, once every object has its members.
    pub(super) fn rules(&mut self, index: usize, name: &str, node: &'a Node) {
        let Some(object) = self.objects[index].get(name).cloned() else { return };
        self.moulds(&object, node);
        let mut rules = self.conditions(&object, node);
        self.defaults_tested(&object, &rules, node);
        let differs = self.differs(&object, node);
        // Only of an answer's own members does the runtime leave one out, and take one that is there all the same.
        let is_response = node.get("x-outcomes").is_some();
        let sent: Vec<Compare> = if is_response {
            Vec::new()
        } else {
            differs.iter().filter_map(|it| self.difference(&object, it)).collect()
        };
        rules.extend(differs.into_iter().map(Rule::OmittedIfEqual));
        rules.extend(self.compares(&object, node).into_iter().chain(sent).map(Rule::Compare));
        if let Some(object) = self.objects[index].get_mut(name) {
            object.rules = rules;
        }
    }

    /// A member can't hold what result objects are made from: its codes are open.
    fn moulds(&mut self, object: &Object, node: &Node) {
        for member in &object.members {
            if self.object_at(&member.ty).is_some_and(|it| it.template.is_some()) {
                let value = node.get("properties").and_then(|it| it.get(&member.wire));
                let span = value.map_or(&node.span, Node::reference);
                let title = format!("`{}` has no code table", member.wire);
                self.diagnostics.report(DiagnosticCode::E0408, span, title, "refer to a definition that has `x-codes`");
            }
        }
    }

    /// Returns the names in `required`, each of which has to be a member.
    fn required(&mut self, node: &'a Node) -> Vec<(&'a Node, String)> {
        let Some(list) = node.get("required") else { return Vec::new() };
        let before = self.diagnostics.count();
        let mut names = self.diagnostics.texts(list, "required");
        for (element, name) in &mut names {
            self.no_member(element, name, node);
            *name = meant(node, name).to_owned();
        }
        if self.diagnostics.count() > before {
            // What else should stand here is not known, so a member is taken for what it looks like.
            let members = node.get("properties").map_or(&[][..], Node::members).iter();
            let required = members.filter(|(_, it)| it.get("$ref").is_some());
            names.extend(required.map(|(name, _)| (list, name.text.clone())));
        }
        names
    }

    /// Reports a name if it is no member of the object.
    pub(super) fn no_member(&mut self, element: &Node, name: &str, object: &Node) {
        self.no_member_at(&element.span, name, object);
    }

    /// The same for a name that is a key.
    pub(super) fn no_member_at(&mut self, span: &Span, name: &str, object: &Node) {
        if !has_members(object) || object.get("properties").and_then(|it| it.get(name)).is_some() {
            // It is one, or may be one, with a fault of its own.
            return;
        }
        let known = object.get("properties").map_or(&[][..], Node::members).iter().map(|(name, _)| name.text.as_str());
        let help = names::did_you_mean(name, known, "see `properties`".into());
        self.diagnostics.report(DiagnosticCode::E0401, span, format!("`{name}` is not a member of this object"), help);
    }

    fn member(&mut self, index: usize, name: &Name, value: &Node, required: &[(&Node, String)]) -> Option<Member> {
        let mut listed = required.iter().find(|(_, required)| *required == name.text).map(|(element, _)| &element.span);
        let without_flag = self.without_flag(name, value);
        let value = match &without_flag {
            Some((rest, flag)) => {
                listed = listed.or(flag.as_ref());
                rest
            }
            None => value,
        };
        let required = listed.is_some();
        if !names::is_member(&name.text) {
            let help = "a member's name consists of ASCII letters, digits, `_` and `-`";
            self.diagnostics.report(
                DiagnosticCode::E0402,
                &name.span,
                format!("`{}` can't be a member name", name.text),
                help,
            );
            return None;
        }
        let what = "a member";
        if value.get("$ref").is_none() && value.get("anyOf").is_none() && self.describes_itself(name, value, required) {
            return None;
        }
        let target = if let Some(listed) = listed {
            if let (None, Some(any)) = (value.get("$ref"), value.get("anyOf")) {
                let help =
                    "a required member is { \"$ref\": \"…\" }; one that may be left out does not stand in `required`";
                let title = "a required member can't be `null`";
                self.diagnostics.report(DiagnosticCode::E0404, &any.span, title, help).also(listed, "required");
                return None;
            }
            self.diagnostics.keywords(value, "a required member", profile::MEMBER);
            value
        } else {
            self.or_null(value)?
        };
        let doc = self.diagnostics.need_text(value, "description", what)?;
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

    /// Reports `required` as a member's own flag. Returns the member without it, and the flag where it is `true`.
    fn without_flag(&mut self, name: &Name, value: &Node) -> Option<(Node, Option<Span>)> {
        let flag = value.get("required")?;
        let Json::Bool(is_required) = flag.json else { return None };
        let help = if is_required {
            format!("leave it out, and list `{}` in `required` of the object", name.text)
        } else {
            "leave it out: a member that `required` of the object does not list is optional".to_owned()
        };
        let title = "`required` is not allowed in a member";
        self.diagnostics.report(DiagnosticCode::E0102, &flag.span, title, help);
        let rest = value.members().iter().filter(|(name, _)| name.text != "required").cloned().collect();
        let span = value.span.clone();
        Some((Node { span, json: Json::Object(rest) }, is_required.then(|| flag.span.clone())))
    }

    /// Reports a member that says what its value is, or refers to it in another form.
    fn describes_itself(&mut self, name: &Name, value: &Node, required: bool) -> bool {
        for keyword in ["allOf", "oneOf"] {
            let Some(all) = value.get(keyword) else { continue };
            let target = all.elements().iter().find_map(|it| it.get("$ref")?.text());
            let title = format!("`{}` refers to its definition by `{keyword}`", name.text);
            let help = format!("write {}", reference_form(target.unwrap_or("#/$defs/…"), required));
            self.diagnostics.report(DiagnosticCode::E0406, &all.span, title, help);
            return true;
        }
        let Some(form) = DESCRIBING.iter().find_map(|keyword| value.get(keyword)) else { return false };
        let title = format!("`{}` describes its value here", name.text);
        let form_of = reference_form("#/$defs/…", required);
        let help = format!("a member refers to a definition: put this into `$defs`, and write {form_of}");
        self.diagnostics.report(DiagnosticCode::E0406, &form.span, title, help);
        true
    }

    /// Returns the name in Rust: the schema's own, or one for which two names would become one.
    fn field_name(&mut self, name: &Name, value: &Node) -> Option<String> {
        let Some(given) = value.get("x-rust") else { return Some(names::snake(&name.text)) };
        self.diagnostics.rust_name(("x-rust", given), &name.text, "field", names::snake)
    }

    /// Returns what the member's absence means.
    fn default_of(&mut self, value: &Node, key: &Key) -> Option<String> {
        let node = value.get("default")?;
        let text = self.diagnostics.text(node, "default")?;
        let kind = self.scalars[key.0].get(&key.1).map(|scalar| scalar.kind.clone());
        let sort = self.node_of(key).and_then(Self::kind);
        if kind.is_none() && matches!(sort, None | Some(DefinitionKind::Scalar)) {
            // It has an error of its own.
            return None;
        }
        let Some(kind @ (ScalarKind::Integer { .. } | ScalarKind::Boolean | ScalarKind::Words(_))) = kind else {
            let help =
                "only numbers, booleans and closed sets of words have defaults; describe any other in the description";
            self.diagnostics.report(DiagnosticCode::E0409, &node.span, format!("`{}` has no default", key.1), help);
            return None;
        };
        let Some(help) = Self::refuses(&kind, &text) else { return Some(text) };
        self.diagnostics.report(DiagnosticCode::E0410, &node.span, format!("`{text}` is not a {}", key.1), help);
        None
    }

    /// Neither a message nor the shape of result objects can be a member.
    pub(super) fn member_target(&mut self, target: &Node, key: &Key) {
        let (there, name) = key;
        let root = &self.roots[*there].root;
        let own = format!("#/$defs/{name}");
        let is = |keyword| root.get("x-operation").and_then(|it| it.get(keyword)?.get("$ref")?.text()) == Some(&own);
        let span = target.at("$ref");
        let is_object = self.kind_of(key) == Some(DefinitionKind::Object);
        if is_object && (is("request") || is("response")) {
            let title = format!("`{name}` is a message, and no member holds one");
            self.diagnostics.report(DiagnosticCode::E0407, span, title, "define another object");
        }
    }

    /// `{"anyOf": [{"$ref": "…"}, {"type": "null"}]}`: what an optional member has to be, since `null` means absent.
    fn or_null<'n>(&mut self, value: &'n Node) -> Option<&'n Node> {
        let help = "an optional member is { \"anyOf\": [{ \"$ref\": \"…\" }, { \"type\": \"null\" }] }; a member that every message has is listed in `required`";
        let (any, other) = (value.get("anyOf"), value.get("$ref"));
        if let (None, Some(reference)) = (any, other) {
            let title = "an optional member has to allow `null`";
            self.diagnostics.report(DiagnosticCode::E0405, &reference.span, title, help);
            return None;
        }
        self.diagnostics.keywords(value, "an optional member", profile::OPTIONAL_MEMBER);
        let Some(any) = any else {
            if matches!(value.json, Json::Object(_)) {
                self.diagnostics.report(DiagnosticCode::E0406, &value.head(), "an optional member needs `anyOf`", help);
            }
            return None;
        };
        match any.elements() {
            [target, null] if null.plain() == serde_json::json!({ "type": "null" }) => {
                self.diagnostics.keywords(target, "a reference", &["$ref"]);
                Some(target)
            }
            _ => {
                self.diagnostics.report(
                    DiagnosticCode::E0406,
                    &any.span,
                    "`anyOf` is a reference or `null`, and nothing else",
                    help,
                );
                None
            }
        }
    }

    /// Returns the limits of a scalar or a list in words.
    fn limits(&self, (file, name): &Key) -> Option<String> {
        let list = self.lists[*file].get(name).map(|list| prose::elements(list.min, list.max));
        list.or_else(|| prose::limits(self.scalars[*file].get(name)?))
    }

    /// Returns the two members of an object that is money: it requires minor units and a currency and nothing else.
    fn money(object: &Object) -> Option<Money> {
        // No definition can take these names: they are reserved for the written types.
        let named = |name| {
            let mut all = object.members.iter().filter(move |it| it.ty.kind == TypeKind::Builtin && it.ty.rust == name);
            all.next().filter(|_| all.next().is_none())
        };
        let (value, currency) = (named("MinorUnits")?, named("Currency")?);
        let required = object.members.iter().filter(|member| member.required).count();
        let both = required == 2 && value.required && currency.required;
        both.then(|| Money { value: value.rust.clone(), currency: currency.rust.clone() })
    }
}
