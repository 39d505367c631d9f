//! Names that generated code would have twice. Each is reported where the second of the two stands.

use std::collections::{HashMap, HashSet};

use super::{Lowering, Node, Place};
use crate::diagnostic::{Faults, Id};
use crate::ir::{File, Operation, Sort, Waiting};
use crate::names;

/// Rust names of one kind, with what has each of them in words, and where.
struct Taken {
    id: Id,
    names: HashMap<String, (String, Place)>,
    /// What is reported already: a type that is lent to many members clashes once.
    told: HashSet<String>,
}

impl Taken {
    fn new(id: Id) -> Self {
        Self { id, names: HashMap::new(), told: HashSet::new() }
    }

    /// Takes a name, or reports what has it already.
    fn claim(&mut self, faults: &mut Faults, rust: &str, place: &Place, what: String) {
        match self.names.get(rust) {
            Some((other, first)) if *other != what => {
                let title = format!("`{rust}` would be {other} and {what}");
                if self.told.insert(title.clone()) {
                    faults.report(self.id, place, title, "rename one of the two").also(first, other.clone());
                }
            }
            _ => {
                self.names.insert(rust.to_owned(), (what, place.clone()));
            }
        }
    }
}

impl Lowering<'_> {
    pub(super) fn clashes(&mut self, files: &[File]) {
        let (mut modules, mut shared) = (Taken::new(Id::E0209), Taken::new(Id::E0208));
        let (mut paths, mut operations) = (Taken::new(Id::E0706), Taken::new(Id::E0707));
        for (index, file) in files.iter().enumerate() {
            self.module(index, file, &mut modules);
            let mut taken = Taken::new(Id::E0207);
            self.types(index, file, &mut taken);
            let node = self.roots[index].root.get("x-operation");
            if let (Some(operation), Some(node)) = (&file.operation, node) {
                self.operation_names(index, operation, &mut taken);
                let what = || format!("of {}", file.source);
                operations.claim(
                    &mut self.faults,
                    &operation.name,
                    node.at("name"),
                    format!("the operation {}", what()),
                );
                paths.claim(&mut self.faults, &operation.path, node.at("path"), format!("the path {}", what()));
            } else if node.is_none() {
                // What no operation owns stands at the top of the model.
                for (name, _) in self.definitions(index) {
                    let what = format!("a definition of {}", file.source);
                    shared.claim(&mut self.faults, &names::type_name(&name.text), &name.place, what);
                }
            }
        }
    }

    fn module(&mut self, index: usize, file: &File, modules: &mut Taken) {
        let place = self.roots[index].root.head();
        let stem = self.roots[index].source.stem();
        if !names::is_plain(stem) || names::is_module_taken(&file.module) {
            let help = "rename the file: ASCII letters and digits, and no module of the crates";
            self.faults.report(Id::E0007, &place, format!("`{stem}` can't be a module's name"), help);
        }
        modules.claim(&mut self.faults, &file.module, &place, format!("the module of {}", file.source));
    }

    /// Definitions, the codes of tables, and what other files lend.
    fn types(&mut self, index: usize, file: &File, taken: &mut Taken) {
        for (name, _) in self.definitions(index) {
            // Two definitions of one name are reported already.
            let what = format!("the definition `{}`", name.text);
            taken.names.entry(names::type_name(&name.text)).or_insert((what, name.place.clone()));
        }
        for (name, node) in self.definitions(index) {
            let Some(object) = file.object(&name.text) else { continue };
            if let Some(coded) = &object.coded {
                taken.claim(&mut self.faults, &coded.codes, &name.place, format!("the codes of `{}`", name.text));
                let words = [&coded.base.rust, &coded.mould.status_type];
                for rust in words.into_iter().filter(|_| coded.base.file != index) {
                    let what = self.lent(rust, coded.base.file);
                    taken.claim(&mut self.faults, rust, node.at("$ref"), what);
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
                    let what = self.lent(rust, member.ty.file);
                    taken.claim(&mut self.faults, rust, place, what);
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
            taken.claim(&mut self.faults, &operation.rust, &name.place, "the operation".into());
        }
        let response = root.get("$defs").and_then(|it| it.get(&operation.response)).and_then(|it| it.get("x-outcomes"));
        let names = response.map_or(&[][..], Node::elements).iter().filter_map(|element| element.get("name"));
        for place in names {
            let name = place.text().map(names::variant);
            let outcome = operation.outcomes.iter().find(|it| Some(&it.name) == name.as_ref());
            let Some(outcome) = outcome.filter(|it| it.waiting != Waiting::Retry) else { continue };
            if names::is_reserved(&outcome.name) {
                let title = format!("`{}` is a name that generated code uses itself", outcome.name);
                self.faults.report(Id::E0805, &place.place, title, "rename the outcome");
            }
            taken.claim(&mut self.faults, &outcome.name, &place.place, format!("the outcome `{}`", outcome.name));
            for (selector, _) in outcome.open_selectors() {
                let what = format!("the codes of the outcome `{}`", outcome.name);
                taken.claim(&mut self.faults, &outcome.codes(selector), &place.place, what);
            }
        }
    }
}
