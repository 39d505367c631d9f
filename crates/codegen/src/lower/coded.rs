//! Result objects with a code table: `{"$ref": …, "x-codes": […], "allOf": […]}`.

use serde_json::{Value, json};

use super::context::{DefinitionKind, Key, Lowering};
use crate::diagnostic::DiagnosticCode;
use crate::diagnostic::Span;
use crate::ir::{Coded, Meaning, Member, Object, ResultTemplate, Row, ScalarKind, TypeKind, Word};
use crate::node::Json;
use crate::node::Node;
use crate::{names, profile};

impl<'a> Lowering<'a> {
    pub(super) fn coded(&mut self, index: usize, name: &str, node: &'a Node) {
        if self.is_another_name(index, name, node) {
            return;
        }
        self.diagnostics.keywords(node, "a result object with a code table", profile::CODED);
        let Some(doc) = self.diagnostics.need_text(node, "description", "a result object") else { return };
        let Some(target) = self.reference(index, node, "a result object") else { return };
        let Some((base, template)) = self.base(node, &target) else { return };
        let Some(table) = self.diagnostics.need(node, "x-codes", "a result object") else { return };
        let before = self.diagnostics.count();
        let rows = self.rows(table, &target, &template);
        let excluded = self.excluded(node, table, &template, &rows);
        let words = template.words.iter().filter(|word| !excluded.contains(&word.wire)).cloned().collect();
        let template = ResultTemplate { words, ..template };
        if self.diagnostics.count() == before {
            self.agreement(node, &template, &rows, &excluded);
        }
        let codes = format!("{}Code", names::type_name(name));
        let table = Coded { codes, base: self.type_of(&target), template, excluded, rows };
        let object = Object {
            file: index,
            name: name.to_owned(),
            rust: names::type_name(name),
            doc,
            template: None,
            coded: Some(table),
            money: None,
            rules: Vec::new(),
            members: base.members,
        };
        self.objects[index].insert(name.to_owned(), object);
    }

    /// Reports a definition that is only a reference to another.
    fn is_another_name(&mut self, index: usize, name: &str, node: &Node) -> bool {
        let target = node.get("$ref").filter(|_| node.get("x-codes").is_none());
        let Some((target, text)) = target.and_then(|it| Some((it, it.text()?))) else { return false };
        let Some(key) = self.resolve(index, text) else { return false };
        let is_result = |it: &Object| {
            it.template.is_some()
                || it.members.iter().any(|member| self.is_result_text(member))
                || self.has_faulty_members(key.0, it)
        };
        if self.objects[key.0].get(&key.1).is_some_and(is_result) {
            // A code table is missing.
            return false;
        }
        let title = format!("`{name}` is only another name of `{}`", key.1);
        let help = format!("refer to \"{text}\" where `{name}` is used, or give `{name}` a `type` of its own");
        self.diagnostics.report(DiagnosticCode::E0301, &target.span, title, help);
        true
    }

    /// Returns the object that a code table goes with.
    fn base(&mut self, node: &Node, target: &Key) -> Option<(Object, ResultTemplate)> {
        // A definition of no kind has an error of its own.
        let sort = self.kind_of(target)?;
        if sort == DefinitionKind::Object {
            let base = self.objects[target.0].get(&target.1)?.clone();
            if let Some(template) = base.template.clone() {
                return Some((base, template));
            }
            // So has an object that is meant to be one.
            if self.has_faulty_members(target.0, &base) || base.members.iter().any(|it| self.is_result_text(it)) {
                return None;
            }
        }
        let span = node.at("$ref");
        let help = "refer to an object that has a member with x-scalar `code`, one with x-scalar `message`, and one with `x-status`";
        let title = format!("a code table belongs to a result object, and `{}` is not one", target.1);
        self.diagnostics.report(DiagnosticCode::E0601, span, title, help);
        None
    }

    fn is_result_text(&self, member: &Member) -> bool {
        let scalar = self.scalar_of(&member.ty);
        scalar.is_some_and(|it| matches!(it.kind, ScalarKind::Code { .. } | ScalarKind::Message { .. }))
    }

    /// Returns what result objects are made from: an object with a code, a status and a message.
    pub(super) fn template(&mut self, index: usize, node: &Node, members: &mut [Member]) -> Option<ResultTemplate> {
        let scalar = |member: &Member| self.scalar_of(&member.ty).map(|scalar| scalar.kind.clone());
        let kinds: Vec<_> = members.iter().map(scalar).collect();
        let find =
            |wanted: &dyn Fn(&ScalarKind) -> bool| kinds.iter().position(|kind| kind.as_ref().is_some_and(wanted));
        if !members.iter().any(|member| self.is_result_text(member)) {
            return None;
        }
        let code = find(&|kind| matches!(kind, ScalarKind::Code { .. }));
        let status =
            find(&|kind| matches!(kind, ScalarKind::Words(words) if words.iter().any(|it| it.meaning.is_some())));
        let message = find(&|kind| matches!(kind, ScalarKind::Message { .. }));
        let message_max = message.and_then(|n| match kinds[n] {
            Some(ScalarKind::Message { max }) => Some(max),
            _ => None,
        });
        let mut shape = |title: &str, help: &str| {
            self.diagnostics.report(DiagnosticCode::E0611, &node.head(), title, help);
        };
        let code_max = code.and_then(|n| match kinds[n] {
            Some(ScalarKind::Code { max }) => Some(max),
            _ => None,
        });
        let ((Some(code), Some(code_max)), Some(status), (Some(message), Some(message_max))) =
            ((code, code_max), status, (message, message_max))
        else {
            let help =
                "a result object has one with x-scalar `code`, one with `x-status`, and one with x-scalar `message`";
            shape("an object with a code or a message has a code, a status and a message", help);
            return None;
        };
        let required = (members[code].required, members[status].required, members[message].required);
        let help = "code and status are required, the message is optional, and there is nothing else";
        if members.len() != 3 {
            shape("a result object has three members", help);
            return None;
        }
        if required != (true, true, false) {
            shape("every result has a code and a status, and may lack its message", help);
            return None;
        }
        if members.iter().any(|member| member.ty.file != index) {
            let help = "define code, status and message in the file of the result object";
            shape("a result object refers to another file", help);
            return None;
        }
        let words = match &kinds[status] {
            Some(ScalarKind::Words(words)) => words.clone(),
            _ => Vec::new(),
        };
        let both = |member: &Member| (member.wire.clone(), member.rust.clone());
        let template = ResultTemplate {
            code_max,
            message_max,
            code: both(&members[code]),
            status: both(&members[status]),
            message: members[message].rust.clone(),
            status_type: members[status].ty.rust.clone(),
            message_type: members[message].ty.rust.clone(),
            words,
        };
        // The type of the codes is left open: each table fills it in.
        members[code].ty.kind = TypeKind::Codes;
        members[code].ty.rust = "C".into();
        Some(template)
    }

    /// Returns the status words that no result of a table has: those that an entry of its `allOf` leaves out.
    fn excluded(&mut self, node: &Node, table: &Node, template: &ResultTemplate, rows: &[Row]) -> Vec<String> {
        let Some(listed) = allowed(node, template) else { return Vec::new() };
        let known: Vec<_> = template.words.iter().map(|word| (word.wire.as_str(), word.wire.as_str())).collect();
        let before = self.diagnostics.count();
        let words = listed.elements().iter();
        let words = words.map(|word| self.diagnostics.one_of(DiagnosticCode::E0606, word, "status", &known));
        let words: Vec<_> = words.flatten().collect();
        for row in rows.iter().filter(|row| !row.status.is_empty() && !words.contains(&word(template, row))) {
            let is_its = |it: &&Node| it.get("code").and_then(Node::text) == Some(row.wire.as_str());
            let span = table.elements().iter().find(is_its).map_or(&table.span, |element| element.at("status"));
            let title = format!("`allOf` excludes the status of `{}`", row.wire);
            let help = "list the status in `allOf`, or give the code another one";
            self.diagnostics.report(DiagnosticCode::E0615, span, title, help).also(&listed.span, "the statuses");
        }
        // Where one of the two is wrong, outcomes and conditions may name every status.
        let is_right = self.diagnostics.count() == before;
        let others = known.iter().map(|(word, _)| *word).filter(|word| is_right && !words.contains(word));
        others.map(str::to_owned).collect()
    }

    fn rows(&mut self, table: &'a Node, base: &Key, template: &ResultTemplate) -> Vec<Row> {
        let mut rows: Vec<(&Node, Row)> = Vec::new();
        let statuses: Vec<(&str, (&str, Meaning))> = template
            .words
            .iter()
            .filter_map(|word| Some((word.wire.as_str(), (word.rust.as_str(), word.meaning?))))
            .collect();
        let elements = self.diagnostics.elements(table, "x-codes");
        for element in elements {
            let Some(row) = self.row(element, base, template, &statuses) else { continue };
            for (first, other) in &rows {
                self.two_rows((first, other), (element, &row));
            }
            rows.push((element, row));
        }
        if elements.is_empty() && matches!(table.json, Json::Array(_)) {
            self.diagnostics.report(
                DiagnosticCode::E0610,
                &table.span,
                "a code table without a code",
                "write at least one row",
            );
        }
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// What two rows of a table can't share.
    fn two_rows(&mut self, (first, other): (&Node, &Row), (second, row): (&Node, &Row)) {
        let span = second.at("code");
        let fault = if other.wire == row.wire {
            let title = format!("duplicate code `{}`", row.wire);
            Some(self.diagnostics.report(DiagnosticCode::E0602, span, title, "a code has one row"))
        } else if other.rust == row.rust {
            let title = format!("`{}` and `{}` become the same variant, {}", row.wire, other.wire, row.rust);
            let help = "set another name for one of the two with `rust` in its row";
            Some(self.diagnostics.report(DiagnosticCode::E0603, span, title, help))
        } else {
            None
        };
        if let Some(fault) = fault {
            fault.also(first.at("code"), "the first");
        }
        if row.failure.is_some() && other.failure == row.failure {
            let title = format!("`{}` has this cause already", other.wire);
            let fault =
                self.diagnostics.report(DiagnosticCode::E0607, second.at("cause"), title, "a cause has one code");
            fault.also(first.at("cause"), "the first");
        }
    }

    fn row(
        &mut self,
        element: &Node,
        base: &Key,
        template: &ResultTemplate,
        statuses: &[(&str, (&str, Meaning))],
    ) -> Option<Row> {
        let what = "a row of a code table";
        self.diagnostics.keywords(element, what, profile::ROW);
        let wire = self.diagnostics.need_text(element, "code", what);
        let message = self.diagnostics.need_text(element, "message", what);
        let status = self.diagnostics.need(element, "status", what);
        let status =
            status.and_then(|status| self.diagnostics.one_of(DiagnosticCode::E0606, status, "status", statuses));
        let cause = element.get("cause");
        let cause =
            cause.and_then(|cause| self.diagnostics.one_of(DiagnosticCode::E0107, cause, "cause", profile::FAILURES));
        for (keyword, text, max) in [("code", &wire, template.code_max), ("message", &message, template.message_max)] {
            if text.as_ref().is_some_and(|text| text.chars().count() > max) {
                self.too_long(element.at(keyword), base, keyword, max);
            }
        }
        let wire = wire?;
        let rust = self.variant_of(element, &wire);
        if !names::is_usable(&wire) {
            let title = format!("`{wire}` can't be a variant name");
            self.diagnostics.report(DiagnosticCode::E0604, element.at("code"), title, "a code has ASCII letters");
        } else if rust == "Other" {
            let title = "`Other` is the variant of all codes that are not listed";
            self.diagnostics.report(
                DiagnosticCode::E0604,
                element.at("code"),
                title,
                "give the row another `rust` name",
            );
        }
        if let (Some(_), Some((_, Meaning::Success))) = (cause, status) {
            let title = format!("`{wire}` is a success");
            let help = "the server never answers with a success by itself";
            self.diagnostics
                .report(DiagnosticCode::E0608, element.at("cause"), title, help)
                .also(element.at("status"), "success");
        }
        // The row stays, whatever is wrong with it: outcomes refer to its code.
        let (status, meaning) = status.unwrap_or(("", Meaning::Failure));
        let message = message.unwrap_or_default();
        Some(Row { rust, wire, status: status.to_owned(), meaning, message, failure: cause })
    }

    /// Returns the variant's name: the code's own, or one for which two codes would become one.
    fn variant_of(&mut self, element: &Node, wire: &str) -> String {
        let given = element.get("rust");
        let other = given.and_then(|it| self.diagnostics.rust_name(("rust", it), wire, "variant", names::variant));
        other.unwrap_or_else(|| names::variant(wire))
    }

    /// A code or a message that is longer than the result object allows.
    fn too_long(&mut self, span: &Span, base: &Key, keyword: &str, max: usize) {
        let bound = self.bound_of(base, keyword);
        let help = format!("at most {max} characters");
        let fault = self.diagnostics.report(DiagnosticCode::E0605, span, format!("this {keyword} is too long"), help);
        if let Some(bound) = bound {
            fault.also(bound, "the bound");
        }
    }

    /// Returns the span of the maximum length of a result's code or message.
    fn bound_of(&self, base: &Key, scalar: &str) -> Option<&'a Span> {
        let properties = self.node_of(base)?.get("properties")?.members();
        let targets = properties.iter().flat_map(|(_, member)| self.targets(base.0, member));
        let mut nodes = targets.filter_map(|(key, _)| self.node_of(&key));
        let node = nodes.find(|node| node.get("x-scalar").and_then(Node::text) == Some(scalar))?;
        node.get("maxLength").map(|it| &it.span)
    }

    /// The `allOf` of a table says to validators what the table says to the generator: they must agree.
    fn agreement(&mut self, node: &Node, template: &ResultTemplate, rows: &[Row], excluded: &[String]) {
        let mut expected = agreement(template, rows);
        if !excluded.is_empty() {
            let words: Vec<_> = template.words.iter().map(|word| &word.wire).collect();
            expected.insert(0, json!({ "properties": { &template.status.0: { "enum": words } } }));
        }
        // The same text with each order of members that serde_json can keep: another crate may turn on `preserve_order`.
        expected.iter_mut().for_each(Value::sort_all_objects);
        let found = node.get("allOf");
        if found.is_some_and(|it| it.plain() == Value::Array(expected.clone())) {
            return;
        }
        let span = found.map_or_else(|| node.head(), |it| it.span.clone());
        let lines: Vec<_> = expected.iter().map(|line| format!("  {line}")).collect();
        let help = format!("write \"allOf\": [\n{}\n]", lines.join(",\n"));
        let table = node.get("x-codes").map_or(&[][..], Node::elements);
        let mut shown =
            rows.iter().zip(table).filter(|(row, _)| statuses(found, template, row) != [Some(word(template, row))]);
        let (title, also) = match shown.next().filter(|_| found.is_some()) {
            Some((row, element)) => (
                format!("`allOf` does not say that `{}` goes with `{}`", row.wire, word(template, row)),
                element.at("code"),
            ),
            None if found.is_none() => ("no `allOf` says what the table says".to_owned(), node.at("x-codes")),
            None => ("`allOf` is not written as the table implies".to_owned(), node.at("x-codes")),
        };
        self.diagnostics.report(DiagnosticCode::E0609, &span, title, help).also(also, "the table");
    }
}

/// Returns the status word of a row.
fn word<'m>(template: &'m ResultTemplate, row: &Row) -> &'m str {
    template.words.iter().find(|word| word.rust == row.status).map_or("", |word| word.wire.as_str())
}

/// Returns the status words that an `allOf` lists for all codes.
fn allowed<'n>(node: &'n Node, template: &ResultTemplate) -> Option<&'n Node> {
    let entry = node.get("allOf")?.elements().iter().find(|it| it.get("if").is_none())?;
    entry.get("properties")?.get(&template.status.0)?.get("enum")
}

/// Returns the statuses that an `allOf` gives to a code.
fn statuses<'n>(all: Option<&'n Node>, template: &ResultTemplate, row: &Row) -> Vec<Option<&'n str>> {
    let under = |node: &'n Node, keyword, member: &str| node.get(keyword)?.get("properties")?.get(member);
    let names = |node: &'n Node| {
        let codes = under(node, "if", &template.code.0).and_then(|it| it.get("enum"));
        codes.is_some_and(|it| it.elements().iter().any(|code| code.text() == Some(row.wire.as_str())))
    };
    let conditions = all.map_or(&[][..], Node::elements).iter().filter(|node| names(node));
    conditions.map(|node| under(node, "then", &template.status.0)?.get("const")?.text()).collect()
}

/// Returns what an `allOf` has to say: one condition for each status that has codes.
fn agreement(template: &ResultTemplate, rows: &[Row]) -> Vec<Value> {
    let one = |word: &Word| {
        let rows: Vec<_> = rows.iter().filter(|row| row.status == word.rust).map(|row| &row.wire).collect();
        let (code, status) = (&template.code.0, &template.status.0);
        (!rows.is_empty()).then(|| {
            json!({
                "if": { "type": "object", "properties": { code: { "enum": rows } }, "required": [code] },
                "then": { "properties": { status: { "const": word.wire } } },
            })
        })
    };
    template.words.iter().filter_map(one).collect()
}
