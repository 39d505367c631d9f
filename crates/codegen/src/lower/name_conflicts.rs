//! Names that generated code would have twice. Each is reported at the second of the two.

use std::collections::{HashMap, HashSet};

use super::context::Lowering;
use crate::diagnostic::Span;
use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::ir::{File, Object, Operation, Rule, Type, TypeKind, Waiting};
use crate::names;
use crate::node::Node;

/// Rust names of one kind, with what has each of them in words, and where.
pub(super) struct Taken {
    id: DiagnosticCode,
    names: HashMap<String, (String, Span)>,
    /// What is reported already: a type that is lent to many members clashes once.
    reported: HashSet<String>,
}

impl Taken {
    fn new(id: DiagnosticCode) -> Self {
        Self { id, names: HashMap::new(), reported: HashSet::new() }
    }

    /// Takes a name, or reports what has it already.
    pub(super) fn claim(&mut self, diagnostics: &mut Diagnostics, rust: &str, span: &Span, what: String) {
        match self.names.get(rust) {
            Some((other, first)) if *other != what => {
                let title = format!("`{rust}` would be {other} and {what}");
                if self.reported.insert(title.clone()) {
                    diagnostics.report(self.id, span, title, "rename one of the two").also(first, other.clone());
                }
            }
            _ => {
                self.names.insert(rust.to_owned(), (what, span.clone()));
            }
        }
    }
}

impl Lowering<'_> {
    pub(super) fn name_conflicts(&mut self, files: &[File]) {
        let (mut modules, mut shared) = (Taken::new(DiagnosticCode::E0209), Taken::new(DiagnosticCode::E0208));
        for (index, file) in files.iter().enumerate() {
            self.module(index, file, &mut modules);
            let mut taken = Taken::new(DiagnosticCode::E0207);
            self.types(index, file, &mut taken);
            if let Some(operation) = &file.operation {
                self.operation_names(index, operation, &mut taken);
            } else if self.roots[index].root.get("x-operation").is_none() {
                // What belongs to no operation is at the top of the model.
                for (name, _) in self.definitions(index) {
                    let what = format!("a definition of {}", file.source);
                    shared.claim(&mut self.diagnostics, &names::type_name(&name.text), &name.span, what);
                }
            }
        }
        self.operation_conflicts(files, &mut shared);
    }

    fn module(&mut self, index: usize, file: &File, modules: &mut Taken) {
        let span = self.roots[index].root.head();
        let stem = self.roots[index].source.stem();
        if !names::is_plain(stem) {
            let help = "rename the file: its name consists of ASCII letters and digits";
            self.diagnostics.report(DiagnosticCode::E0007, &span, format!("`{stem}` can't be a module name"), help);
        }
        modules.claim(&mut self.diagnostics, &file.module, &span, format!("the module of {}", file.source));
    }

    /// Definitions, the codes of tables, and what other files lend.
    fn types(&mut self, index: usize, file: &File, taken: &mut Taken) {
        for (name, _) in self.definitions(index) {
            // Two definitions of one name are reported already.
            let what = format!("the definition `{}`", name.text);
            taken.names.entry(names::type_name(&name.text)).or_insert((what, name.span.clone()));
        }
        for (name, node) in self.definitions(index) {
            if let Some(list) = file.lists.iter().find(|list| list.name == name.text) {
                let span = node.get("items").map_or(&node.span, Node::reference);
                self.lends(index, &list.item, span, taken);
            }
            let Some(object) = file.object(&name.text) else { continue };
            if let Some(coded) = &object.coded {
                taken.claim(&mut self.diagnostics, &coded.codes, &name.span, format!("the codes of `{}`", name.text));
                let words = [&coded.base.rust, &coded.template.status_type];
                for rust in words.into_iter().filter(|_| coded.base.file != index) {
                    let what = self.lent(rust, coded.base.file);
                    taken.claim(&mut self.diagnostics, rust, node.at("$ref"), what);
                }
                continue;
            }
            if let Some(rust) = required_members(object) {
                taken.claim(
                    &mut self.diagnostics,
                    &rust,
                    &name.span,
                    format!("the required members of `{}`", name.text),
                );
            }
            for member in &object.members {
                let value = node.get("properties").and_then(|it| it.get(&member.wire));
                self.lends(index, &member.ty, value.map_or(&node.span, Node::reference), taken);
            }
            // A comparison names the type of what it compares, however deep it is.
            for rule in &object.rules {
                if let Rule::Compare(compare) = rule {
                    self.lends(index, &compare.ty, node.at("x-compares"), taken);
                }
            }
        }
    }

    /// A type of another file that this one imports, with the codes of its table.
    fn lends(&mut self, index: usize, ty: &Type, span: &Span, taken: &mut Taken) {
        if ty.file == index || ty.kind == TypeKind::Builtin {
            return;
        }
        let object = self.object_at(ty);
        let codes = object.and_then(|it| Some(it.coded.as_ref()?.codes.clone()));
        let members = object.and_then(required_members);
        for rust in codes.iter().chain(&members).chain([&ty.rust]) {
            let what = self.lent(rust, ty.file);
            taken.claim(&mut self.diagnostics, rust, span, what);
        }
    }

    fn lent(&self, rust: &str, file: usize) -> String {
        format!("`{rust}` of the module `{}`", names::module(self.roots[file].source.stem()))
    }

    /// The operation, its outcomes and their codes.
    fn operation_names(&mut self, index: usize, operation: &Operation, taken: &mut Taken) {
        let root = &self.roots[index].root;
        if let Some(name) = root.get("x-operation").and_then(|it| it.get("name")) {
            taken.claim(&mut self.diagnostics, &operation.rust, &name.span, "the operation".into());
        }
        let response = root.get("$defs").and_then(|it| it.get(&operation.response)).and_then(|it| it.get("x-outcomes"));
        let names = response.map_or(&[][..], Node::elements).iter().filter_map(|element| element.get("name"));
        for span in names {
            let name = span.text().map(names::variant);
            let outcome = operation.outcomes.iter().find(|it| Some(&it.name) == name.as_ref());
            let Some(outcome) = outcome.filter(|it| it.waiting != Waiting::Retry) else { continue };
            if names::is_reserved(&outcome.name) {
                let title = format!("`{}` is a name that generated code uses itself", outcome.name);
                self.diagnostics.report(DiagnosticCode::E0805, &span.span, title, "rename the outcome");
            }
            taken.claim(&mut self.diagnostics, &outcome.name, &span.span, format!("the outcome `{}`", outcome.name));
            let members = names::required(&outcome.name);
            let what = format!("the required members of the outcome `{}`", outcome.name);
            taken.claim(&mut self.diagnostics, &members, &span.span, what);
            for (selector, _) in outcome.open_selectors() {
                let what = format!("the codes of the outcome `{}`", outcome.name);
                taken.claim(&mut self.diagnostics, &outcome.codes(selector), &span.span, what);
            }
        }
    }
}

/// Returns the name of the struct of an object's required members, if it has one.
fn required_members(object: &Object) -> Option<String> {
    let required = object.members.iter().filter(|member| member.required).count();
    (object.coded.is_none() && required > 1).then(|| names::required(&object.rust))
}
