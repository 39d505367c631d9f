//! The operation of a file: its settings, its two messages and the response's own result.

use super::context::{DefinitionKind, Lowering};
use super::outcome::Response;
use crate::diagnostic::DiagnosticCode;
use crate::ir::{Object, Operation};
use crate::node::Node;
use crate::{names, profile};

const METHODS: &[(&str, &str)] = &[("POST", "POST"), ("PUT", "PUT")];

const WHAT: &str = "`x-operation`";

impl<'a> Lowering<'a> {
    pub(super) fn operation(&mut self, index: usize, node: &'a Node, root: &'a Node) -> Option<Operation> {
        self.diagnostics.keywords(node, WHAT, profile::OPERATION);
        let name = self.operation_name(node);
        let method = self.diagnostics.need(node, "method", WHAT);
        let method = method.and_then(|it| {
            self.diagnostics.one_of(DiagnosticCode::E0107, it, "method of an operation with a body", METHODS)
        });
        let path = self.path(node);
        let client = self.diagnostics.need_text(node, "client", WHAT);
        let server = self.diagnostics.need_text(node, "server", WHAT);
        let wait = self.wait(node);
        self.diagnostics.need(node, "idempotent", WHAT);
        let idempotent = self.diagnostics.boolean(node, "idempotent");
        let request = self.message(index, node, "request");
        let response = self.message(index, node, "response");
        if let (true, Some(value)) = (request.is_some() && request == response, node.get("response")) {
            let help = "a request and its response are two objects";
            let fault =
                self.diagnostics.report(DiagnosticCode::E0704, &value.span, "this is the request already", help);
            fault.also(node.at("request"), "the request");
            return None;
        }
        let response = response?;
        let key = (index, response.clone());
        let object = self.objects[index].get(&response)?.clone();
        let response_node = self.node_of(&key)?;
        let result = self.result_of(index, node, &object, response_node)?;
        let of = Response { object: &object, node: response_node, result: &result };
        let outcomes = self.outcomes(&of);
        let expectable = self.expectable(&object, response_node);
        self.refusals_keep(&object, response_node, &result, &outcomes);
        let idempotent_by = self.idempotent_by(index, node, request.as_ref(), idempotent);
        let name = name?;
        let rust = self.operation_type(node, &name)?;
        Some(Operation {
            is_renamed: node.get("x-rust").is_some(),
            rust,
            doc: root.get("description")?.text()?.to_owned(),
            client: client?,
            server: server?,
            name,
            method: method?.to_owned(),
            path: path?,
            timeout_seconds: wait?,
            idempotent: idempotent?,
            idempotent_by,
            checked: self.needs_check(&object, &outcomes),
            request: request?,
            response,
            result,
            expectable,
            outcomes,
        })
    }

    /// Returns the member by which a request that is sent again is known.
    fn idempotent_by(
        &mut self,
        index: usize,
        node: &Node,
        request: Option<&String>,
        idempotent: Option<bool>,
    ) -> Option<String> {
        let value = node.get("idempotentBy")?;
        let name = self.diagnostics.text(value, "idempotentBy")?;
        if idempotent == Some(false) {
            let title = "an operation that is not idempotent has no idempotency key";
            let help = "write \"idempotent\": true, or leave this out";
            self.diagnostics
                .report(DiagnosticCode::E0708, &value.span, title, help)
                .also(node.at("idempotent"), "not repeated");
            return None;
        }
        let object = self.objects[index].get(request?)?;
        // The request gets a method for the key, and one for each member with a default.
        if let Some(member) = object.members.iter().find(|it| it.default.is_some() && it.rust == "idempotency_key") {
            let title = format!("`{}` has a default, so its method would be that of the key", member.wire);
            let help = "set another Rust name with `x-rust`";
            self.diagnostics.report(DiagnosticCode::E0403, &value.span, title, help);
            return None;
        }
        if object.member(&name).is_some_and(|it| it.required && it.ty.kind.is_scalar()) {
            return Some(name);
        }
        let title = format!("`{name}` can't identify a request");
        let help = "name a string of the request that is listed in `required`";
        self.diagnostics.report(DiagnosticCode::E0709, &value.span, title, help);
        None
    }

    fn operation_name(&mut self, node: &Node) -> Option<String> {
        let name = self.diagnostics.need_text(node, "name", WHAT)?;
        if names::is_plain(&name) {
            return Some(name);
        }
        let help = "an operation's name consists of ASCII letters and digits";
        let title = format!("`{name}` can't be an operation name");
        self.diagnostics.report(DiagnosticCode::E0701, node.at("name"), title, help);
        None
    }

    /// Returns the operation's type in Rust: named as the operation is, or by `x-rust`.
    fn operation_type(&mut self, node: &Node, name: &str) -> Option<String> {
        let Some(given) = node.get("x-rust") else { return Some(names::type_name(name)) };
        self.diagnostics.rust_name(("x-rust", given), name, "type", names::type_name)
    }

    fn wait(&mut self, node: &Node) -> Option<u64> {
        self.diagnostics.need(node, "timeoutSeconds", WHAT);
        let wait = self.diagnostics.number(node, "timeoutSeconds")?;
        if wait == 0 {
            let help = "write how long the client waits for a response, in seconds";
            self.diagnostics.report(DiagnosticCode::E0705, node.at("timeoutSeconds"), "a timeout of 0 seconds", help);
        }
        u64::try_from(wait).ok()
    }

    fn path(&mut self, node: &Node) -> Option<String> {
        let value = self.diagnostics.need(node, "path", WHAT)?;
        let path = self.diagnostics.text(value, "path")?;
        let Some(title) = path_fault(&path) else { return Some(path) };
        let help = "write `/` and a segment, as often as needed: each has letters, digits, `-`, `.`, `_` or `~`";
        self.diagnostics.report(DiagnosticCode::E0702, &value.span, title, help);
        None
    }

    /// Returns the request or response: an object of this file.
    fn message(&mut self, index: usize, node: &Node, keyword: &str) -> Option<String> {
        let value = self.diagnostics.need(node, keyword, WHAT)?;
        self.diagnostics.keywords(value, "a reference", &["$ref"]);
        let (there, name) = self.reference(index, value, keyword)?;
        // A definition of no kind has an error of its own.
        let sort = self.kind_of(&(there, name.clone()))?;
        let is_template = self.objects[there].get(&name).is_some_and(|it| it.template.is_some());
        if there == index && sort == DefinitionKind::Object && !is_template {
            return Some(name);
        }
        let title = format!("the {keyword} is an object of this file");
        self.diagnostics.report(DiagnosticCode::E0703, &value.span, title, "define it under `$defs`");
        None
    }

    /// Returns the one required member that is a result object: the response's own.
    fn result_of(&mut self, index: usize, operation: &Node, object: &Object, node: &Node) -> Option<String> {
        let coded = |ty| self.object_at(ty).is_some_and(|object| object.coded.is_some());
        let Some(member) = object.members.iter().find(|member| member.required && coded(&member.ty)) else {
            if !self.has_faulty_members(index, object) {
                let help = "give it a required member whose definition has `x-codes`";
                self.diagnostics.report(
                    DiagnosticCode::E0801,
                    &node.head(),
                    "a response has a result with a code table",
                    help,
                );
            }
            return None;
        };
        let name = member.wire.clone();
        let required = |wire: &str| node.get("required")?.elements().iter().find(|it| it.text() == Some(wire));
        for other in object.members.iter().filter(|it| it.required && it.wire != name) {
            let span = required(&other.wire).map_or(&node.span, |it| &it.span);
            let title = format!("a response can't require `{}` beside its result", other.wire);
            let help = "a refusal is a response with a result and nothing else: make the member optional";
            let fault = self.diagnostics.report(DiagnosticCode::E0802, span, title, help);
            if let Some(result) = required(&name) {
                fault.also(&result.span, "the result");
            }
        }
        self.causes(operation, &member.ty);
        Some(name)
    }

    fn expectable(&mut self, object: &Object, node: &Node) -> Vec<String> {
        let Some(list) = node.get("x-expectable") else { return Vec::new() };
        let mut members = Vec::new();
        for (element, name) in self.diagnostics.texts(list, "x-expectable") {
            if object.member(&name).is_none() {
                self.no_member(element, &name, node);
            }
            members.push(name);
        }
        members
    }
}

/// Returns what is wrong with a path. It reaches the server as it was signed only if nothing on the way has a reason to
/// write it in another way, and braces mean parameters elsewhere.
fn path_fault(path: &str) -> Option<String> {
    let Some(segments) = path.strip_prefix('/') else { return Some("a path begins with `/`".into()) };
    let is_odd = |c: &char| !(c.is_ascii_alphanumeric() || "-._~/".contains(*c));
    if let Some(odd) = segments.chars().find(is_odd) {
        return Some(format!("a path can't have the character `{odd}`"));
    }
    let mut segments = segments.split('/');
    let segment = segments.find(|segment| ["", ".", ".."].contains(segment))?;
    Some(if segment.is_empty() {
        "a path has no empty segment".into()
    } else {
        format!("a path has no segment `{segment}`")
    })
}
