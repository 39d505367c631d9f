//! Checks of whole files, by themselves and together.

use std::collections::HashMap;

use super::context::Lowering;
use super::schema::{Schema, address};
use crate::diagnostic::DiagnosticCode;
use crate::names;
use crate::node::{Name, Node};

impl Lowering<'_> {
    /// Files refer to each other by their names, so their addresses have one folder.
    pub(super) fn addresses(&mut self) {
        let ids = self.roots.iter().filter_map(|file| {
            let id = file.root.get("$id")?;
            Some((file, id, address(id.text()?)?.0))
        });
        let ids: Vec<_> = ids.collect();
        // That of most files is meant; of two, that of the file which the other one uses.
        let files_in = |folder: &str| ids.iter().filter(|(_, _, other)| *other == folder).count();
        let is_shared = |file: &Schema<'_>| file.root.get("x-operation").is_none();
        let Some((_, meant, folder)) =
            ids.iter().rev().max_by_key(|(file, _, folder)| (files_in(folder), is_shared(file)))
        else {
            return;
        };
        for (file, id, _) in ids.iter().filter(|(_, _, other)| other != folder) {
            let title = "this is not the folder of the other files";
            let help = format!("write \"{folder}/{}\": references by file name are relative to it", file.source.name());
            let fault = self.diagnostics.report(DiagnosticCode::E0006, &id.span, title, help);
            fault.also(&meant.span, "their folder");
        }
    }

    /// One file says what answers a request that belongs to no operation.
    pub(super) fn services(&mut self) {
        let services: Vec<_> = self.roots.iter().filter_map(|file| file.root.get("x-service")).collect();
        match (services.as_slice(), self.roots.first()) {
            ([], Some(first)) if self.roots.iter().all(|file| !file.broken) => {
                let help = "add \"x-service\": { \"$ref\": \"…\" } to the file that operations share";
                let title = "no file has the response for an unknown path";
                self.diagnostics.report(DiagnosticCode::E0008, &first.root.head(), title, help);
            }
            ([first, others @ ..], _) => {
                for again in others {
                    let fault = self.diagnostics.report(
                        DiagnosticCode::E0009,
                        &again.span,
                        "a second `x-service`",
                        "keep one of them",
                    );
                    fault.also(&first.span, "the first");
                }
            }
            _ => {}
        }
    }

    /// Two definitions of a file must not become one Rust name.
    pub(super) fn names(&mut self, index: usize) {
        let mut taken: HashMap<String, &Name> = HashMap::new();
        for (name, _) in self.definitions(index) {
            if !names::is_plain(&name.text) {
                let title = format!("`{}` can't be a type name", name.text);
                let help = "a definition's name consists of ASCII letters and digits";
                self.diagnostics.report(DiagnosticCode::E0205, &name.span, title, help);
            } else if let Some(other) = taken.insert(names::type_name(&name.text), name) {
                let title = format!("`{}` and `{}` are the same name in Rust's case", name.text, other.text);
                self.diagnostics
                    .report(DiagnosticCode::E0206, &name.span, title, "rename one of the two")
                    .also(&other.span, "the other");
            }
        }
    }

    /// Returns the object that answers what belongs to no operation.
    pub(super) fn service(&mut self, index: usize, node: &Node) -> Option<String> {
        self.diagnostics.keywords(node, "a reference", &["$ref"]);
        let (there, name) = self.reference(index, node, "x-service")?;
        // A definition of no kind has an error of its own.
        self.kind_of(&(there, name.clone()))?;
        let object = self.objects[there].get(&name);
        if object.is_some_and(|object| self.has_faulty_members(there, object)) {
            return None;
        }
        let required = object.map(|it| it.members.iter().filter(|it| it.required).collect::<Vec<_>>());
        let result = match required.as_deref() {
            Some([result]) if there == index => Some(&result.ty),
            _ => None,
        };
        let table = result.and_then(|ty| self.object_at(ty)?.coded.as_ref());
        if table.is_some_and(|it| it.rows.iter().any(|row| row.failure == Some("Path"))) {
            return Some(name);
        }
        // So has a table, or a result that lacks one.
        let is_template = result.and_then(|ty| self.object_at(ty)).is_some_and(|it| it.template.is_some());
        if is_template || result.is_some_and(|ty| self.faulty.contains(&(ty.file, ty.name.clone()))) {
            return None;
        }
        let help = "refer to an object of this file whose one required member has a code with the cause `path`";
        self.diagnostics.report(
            DiagnosticCode::E0010,
            &node.span,
            "this can't answer what belongs to no operation",
            help,
        );
        None
    }
}
