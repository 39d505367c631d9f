//! Result objects with a code table: `{"$ref": …, "x-codes": […], "allOf": […]}`.

use serde_json::{Value, json};

use super::{Lowering, Node};
use crate::codegen::ir::{Coded, Meaning, Member, Mould, Object, Row, ScalarKind, Sort, Word};
use crate::codegen::{names, profile};

impl<'a> Lowering<'a> {
    pub(super) fn coded(&mut self, index: usize, name: &str, node: &'a Node) {
        self.faults.keywords(node, "a result object with a code table", profile::CODED);
        let Some(doc) = self.faults.need_text(node, "description", "a result object") else { return };
        let Some(target) = self.reference(index, node, "a result object") else { return };
        // One that is not there has a fault of its own.
        let Some(base) = self.objects[target.0].get(&target.1).cloned() else { return };
        let Some(mould) = base.mould.clone() else {
            let place = node.get("$ref").map_or(&node.place, |it| &it.place);
            let help = "refer to an object that has a member with x-scalar `code`, one with x-scalar `message`, and one with `x-status`";
            self.fault(place, "a code table goes with a result object, and this is none", help);
            return;
        };
        let Some(table) = self.faults.need(node, "x-codes", "a result object") else { return };
        let before = self.faults.count();
        let rows = self.rows(table, &mould);
        if self.faults.count() == before {
            self.agreement(node, &mould, &rows);
        }
        let codes = format!("{}Code", names::type_name(name));
        let table = Coded { codes, base: self.type_of(&target), mould, rows };
        let object = Object {
            file: index,
            name: name.to_owned(),
            rust: names::type_name(name),
            doc,
            mould: None,
            coded: Some(table),
            money: None,
            rules: Vec::new(),
            members: base.members,
        };
        self.objects[index].insert(name.to_owned(), object);
    }

    /// What result objects are made from: an object with a code, a status and a message.
    pub(super) fn mould(&mut self, index: usize, node: &Node, members: &mut [Member]) -> Option<Mould> {
        let scalar = |member: &Member| self.scalar_of(&member.ty).map(|scalar| scalar.kind.clone());
        let kinds: Vec<_> = members.iter().map(scalar).collect();
        let find =
            |wanted: &dyn Fn(&ScalarKind) -> bool| kinds.iter().position(|kind| kind.as_ref().is_some_and(wanted));
        let code = find(&|kind| matches!(kind, ScalarKind::Code { .. }))?;
        let status =
            find(&|kind| matches!(kind, ScalarKind::Words(words) if words.iter().any(|it| it.meaning.is_some())));
        let message = find(&|kind| matches!(kind, ScalarKind::Message { .. }));
        let message_max = message.and_then(|n| match kinds[n] {
            Some(ScalarKind::Message { max }) => Some(max),
            _ => None,
        });
        let (Some(status), Some(message), Some(message_max), Some(Some(ScalarKind::Code { max }))) =
            (status, message, message_max, kinds.get(code))
        else {
            let help = "give it one with `x-status` and one with x-scalar `message`";
            return self.faults.at(&node.head(), "an object with a code has a status and a message too", help);
        };
        let words = match &kinds[status] {
            Some(ScalarKind::Words(words)) => words.clone(),
            _ => Vec::new(),
        };
        let both = |member: &Member| (member.wire.clone(), member.rust.clone());
        let mould = Mould {
            code_max: *max,
            message_max,
            code: both(&members[code]),
            status: both(&members[status]),
            message: members[message].rust.clone(),
            status_type: members[status].ty.rust.clone(),
            message_type: members[message].ty.rust.clone(),
            words,
        };
        let shape = (members.len(), members[code].required, members[status].required, members[message].required);
        if shape != (3, true, true, false) {
            let help = "code and status are required, the message is optional, and there is nothing else";
            return self.faults.at(&node.head(), "a result object has three members", help);
        }
        if members.iter().any(|member| member.ty.file != index) {
            let help = "define code, status and message in the file of the result object";
            return self.faults.at(&node.head(), "a result object refers to another file", help);
        }
        // The type of the codes is left open: each table fills it in.
        members[code].ty.sort = Sort::Codes;
        members[code].ty.rust = "C".into();
        Some(mould)
    }

    fn rows(&mut self, table: &Node, mould: &Mould) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        let statuses: Vec<(&str, (&str, Meaning))> = mould
            .words
            .iter()
            .filter_map(|word| Some((word.wire.as_str(), (word.rust.as_str(), word.meaning?))))
            .collect();
        for element in table.elements() {
            let Some(row) = self.row(element, mould, &statuses) else { continue };
            for other in &rows {
                let place = element.get("code").map_or(&element.place, |it| &it.place);
                if other.wire == row.wire {
                    self.fault(place, format!("the code `{}` stands twice", row.wire), "a code has one row");
                } else if other.rust == row.rust {
                    let title = format!("`{}` and `{}` become one variant, {}", row.wire, other.wire, row.rust);
                    self.fault(place, title, "give one of the two rows a `rust` name of its own");
                }
                if row.cause.is_some() && other.cause == row.cause {
                    let place = element.get("cause").map_or(&element.place, |it| &it.place);
                    self.fault(place, format!("`{}` has this cause already", other.wire), "a cause has one code");
                }
            }
            rows.push(row);
        }
        if table.elements().is_empty() {
            self.fault(&table.place, "a code table is a list of rows", "write at least one row");
        }
        rows
    }

    fn row(&mut self, element: &Node, mould: &Mould, statuses: &[(&str, (&str, Meaning))]) -> Option<Row> {
        self.faults.keywords(element, "a row of a code table", profile::ROW);
        let wire = self.faults.need_text(element, "code", "a row of a code table")?;
        let message = self.faults.need_text(element, "message", "a row of a code table").unwrap_or_default();
        let status = self.faults.need(element, "status", "a row of a code table");
        let status = status.and_then(|status| self.faults.one_of(status, "status", statuses));
        // The row stays, whatever is wrong with it: outcomes refer to its code.
        let (status, meaning) = status.unwrap_or(("", Meaning::Failure));
        let cause = element.get("cause").and_then(|cause| self.faults.one_of(cause, "cause", profile::CAUSES));
        if let (Some(_), Meaning::Success, Some(value)) = (cause, meaning, element.get("cause")) {
            self.fault(&value.place, format!("`{wire}` is a success"), "a service answers by itself with no success");
        }
        for (keyword, text, max) in [("code", &wire, mould.code_max), ("message", &message, mould.message_max)] {
            if text.chars().count() > max {
                let place = element.get(keyword).map_or(&element.place, |it| &it.place);
                self.fault(place, format!("this {keyword} is too long"), format!("at most {max} characters"));
            }
        }
        let place = element.get("code").map_or(&element.place, |it| &it.place);
        let rust = self.variant_of(element, &wire);
        if !names::is_usable(&wire) {
            self.fault(place, format!("`{wire}` can't be a variant's name"), "a code has ASCII letters");
        } else if rust == "Other" {
            self.fault(
                place,
                "`Other` is the variant of all codes that are not listed",
                "give the row another `rust` name",
            );
        }
        Some(Row { rust, wire, status: status.to_owned(), meaning, message, cause })
    }

    /// The variant's name: the code's own, or one for which two codes would become one.
    fn variant_of(&mut self, element: &Node, wire: &str) -> String {
        let own = names::variant(wire);
        let Some(given) = element.get("rust") else { return own };
        match self.faults.text(given, "rust") {
            Some(rust) if rust == names::variant(&rust) && rust != own => rust,
            Some(rust) if rust == own => {
                self.fault(&given.place, format!("`{wire}` has this name in any case"), "leave it out");
                own
            }
            Some(rust) => {
                let help = format!("write it as `{}`", names::variant(&rust));
                self.fault(&given.place, format!("`{rust}` is no name of a variant"), help);
                own
            }
            None => own,
        }
    }

    /// The `allOf` of a table says to validators what the table says to the generator: they must agree.
    fn agreement(&mut self, node: &Node, mould: &Mould, rows: &[Row]) {
        let expected = agreement(mould, rows);
        let found = node.get("allOf");
        if found.map(Node::plain).as_ref() != Some(&expected) {
            let place = found.map_or_else(|| node.head(), |it| it.place.clone());
            let help = format!("write \"allOf\": {expected}");
            self.fault(&place, "`allOf` does not say which status goes with which code", help);
        }
    }
}

fn agreement(mould: &Mould, rows: &[Row]) -> Value {
    let one = |word: &Word| {
        let rows: Vec<_> = rows.iter().filter(|row| row.status == word.rust).map(|row| &row.wire).collect();
        let (code, status) = (&mould.code.0, &mould.status.0);
        (!rows.is_empty()).then(|| {
            json!({
                "if": { "type": "object", "properties": { code: { "enum": rows } }, "required": [code] },
                "then": { "properties": { status: { "const": word.wire } } },
            })
        })
    };
    mould.words.iter().filter_map(one).collect()
}
