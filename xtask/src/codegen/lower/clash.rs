//! Names that generated code would have twice. Each is reported where the second of the two stands.

use std::collections::HashMap;

use super::{Lowering, Node, Place};
use crate::codegen::ir::{File, Operation, Sort, Waiting};
use crate::codegen::names;

/// Rust names, with what has them in words.
#[derive(Default)]
struct Taken(HashMap<String, String>);

impl Taken {
    /// Takes a name, or says what has it already.
    fn claim(&mut self, rust: &str, what: String) -> Result<(), String> {
        match self.0.get(rust) {
            Some(other) if *other != what => Err(format!("`{rust}` would be {other} and {what}")),
            _ => {
                self.0.insert(rust.to_owned(), what);
                Ok(())
            }
        }
    }
}

impl Lowering<'_> {
    pub(super) fn clashes(&mut self, files: &[File]) {
        let (mut modules, mut shared) = (Taken::default(), Taken::default());
        for (index, file) in files.iter().enumerate() {
            self.module(index, file, &mut modules);
            let mut taken = Taken::default();
            self.types(index, file, &mut taken);
            if let Some(operation) = &file.operation {
                self.operation_names(index, operation, &mut taken);
            } else {
                // What no operation owns stands at the top of the model.
                for (name, _) in self.definitions(index) {
                    let claim = shared.claim(&names::type_name(&name.text), format!("a definition of {}", file.source));
                    self.taken(&name.place, claim);
                }
            }
        }
    }

    fn taken(&mut self, place: &Place, claim: Result<(), String>) {
        if let Err(title) = claim {
            self.fault(place, title, "rename one of the two");
        }
    }

    fn module(&mut self, index: usize, file: &File, modules: &mut Taken) {
        let root = self.roots[index].root.place.clone();
        let place = Place { range: root.range.start..(root.range.start + 1).min(root.range.end), ..root };
        let stem = self.roots[index].source.stem();
        if !names::is_usable(stem) || names::is_module_taken(&file.module) {
            let title = format!("`{stem}` can't be a module's name");
            self.fault(&place, title, "rename the file: ASCII letters and digits, and no module of the crates");
        }
        let claim = modules.claim(&file.module, format!("the module of {}", file.source));
        self.taken(&place, claim);
    }

    /// Definitions, the codes of tables, and what other files lend.
    fn types(&mut self, index: usize, file: &File, taken: &mut Taken) {
        for (name, _) in self.definitions(index) {
            // Two definitions of one name are reported already.
            taken.0.insert(names::type_name(&name.text), format!("the definition `{}`", name.text));
        }
        for (name, node) in self.definitions(index) {
            let Some(object) = file.object(&name.text) else { continue };
            if let Some(coded) = &object.coded {
                let claim = taken.claim(&coded.codes, format!("the codes of `{}`", name.text));
                self.taken(&name.place, claim);
                let words = [&coded.base.rust, &coded.mould.status_type];
                for rust in words.into_iter().filter(|_| coded.base.file != index) {
                    let claim = taken.claim(rust, self.lent(rust, coded.base.file));
                    self.taken(node.get("$ref").map_or(&node.place, |it| &it.place), claim);
                }
                continue;
            }
            for member in
                object.members.iter().filter(|member| member.ty.file != index && member.ty.sort != Sort::Written)
            {
                let value = node.get("properties").and_then(|it| it.get(&member.wire));
                let place = value.map_or(&node.place, Node::reference);
                let codes = self.object_at(&member.ty).and_then(|it| Some(it.coded.as_ref()?.codes.clone()));
                for rust in codes.iter().chain([&member.ty.rust]) {
                    let claim = taken.claim(rust, self.lent(rust, member.ty.file));
                    self.taken(place, claim);
                }
            }
        }
    }

    fn lent(&self, rust: &str, file: usize) -> String {
        format!("`{rust}` of the module `{}`", names::snake(self.roots[file].source.stem()))
    }

    /// The operation, its outcomes and their codes.
    fn operation_names(&mut self, index: usize, operation: &Operation, taken: &mut Taken) {
        let root = &self.roots[index].root;
        if let Some(name) = root.get("x-operation").and_then(|it| it.get("name")) {
            let claim = taken.claim(&operation.rust, "the operation".into());
            self.taken(&name.place, claim);
        }
        let response = root.get("$defs").and_then(|it| it.get(&operation.response)).and_then(|it| it.get("x-outcomes"));
        let names = response.map_or(&[][..], Node::elements).iter().filter_map(|element| element.get("name"));
        for place in names {
            let name = place.text().map(names::variant);
            let outcome = operation.outcomes.iter().find(|it| Some(&it.name) == name.as_ref());
            let Some(outcome) = outcome.filter(|it| it.waiting != Waiting::Again) else { continue };
            if names::is_reserved(&outcome.name) {
                let title = format!("`{}` is a name that generated code uses itself", outcome.name);
                self.fault(&place.place, title, "rename the outcome");
            }
            let claim = taken.claim(&outcome.name, format!("the outcome `{}`", outcome.name));
            self.taken(&place.place, claim);
            for (selector, _) in outcome.open_selectors() {
                let claim =
                    taken.claim(&outcome.codes(selector), format!("the codes of the outcome `{}`", outcome.name));
                self.taken(&place.place, claim);
            }
        }
    }
}
