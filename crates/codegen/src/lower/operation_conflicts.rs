//! Names and paths that two operations have. Operations that one side answers have different ones. One that another side
//! answers may have the same, and then one of the two is named apart with `x-rust`.

use std::collections::BTreeMap;

use super::context::Lowering;
use super::name_conflicts::Taken;
use crate::diagnostic::{DiagnosticCode, Span};
use crate::ir::{File, Operation};
use crate::names;

/// What two operations must not share.
struct Shared {
    id: DiagnosticCode,
    what: &'static str,
    keyword: &'static str,
    of: fn(&Operation) -> &str,
    clash: fn(&Operation, &Operation) -> bool,
}

const SHARED: &[Shared] = &[
    Shared {
        id: DiagnosticCode::E0707,
        what: "Rust name",
        keyword: "x-rust",
        of: |it| &it.rust,
        clash: |one, other| one.is_renamed || other.is_renamed,
    },
    Shared { id: DiagnosticCode::E0707, what: "name", keyword: "name", of: |it| &it.name, clash: are_mistaken },
    Shared { id: DiagnosticCode::E0706, what: "path", keyword: "path", of: |it| &it.path, clash: are_mistaken },
];

/// Returns whether one of two operations could be taken for the other if they had the same name.
fn are_mistaken(one: &Operation, other: &Operation) -> bool {
    one.server == other.server || !(one.is_renamed || other.is_renamed)
}

impl Lowering<'_> {
    /// Reports each operation that has a name or a path of one before it.
    pub(super) fn operation_conflicts(&mut self, files: &[File], shared_types: &mut Taken) {
        let all: Vec<_> = files.iter().filter_map(|file| Some((file, file.operation.as_ref()?))).collect();
        for (n, (file, operation)) in all.iter().enumerate() {
            for shared in SHARED {
                let is_other = |it: &&(&File, &Operation)| {
                    (shared.of)(it.1) == (shared.of)(operation) && (shared.clash)(it.1, operation)
                };
                let Some((first, other)) = all[..n].iter().find(is_other) else { continue };
                self.share((file, operation), (first, other), shared);
                if operation.server != other.server {
                    // One name in Rust mends the rest.
                    break;
                }
            }
        }
        self.documents(&all);
        for (file, operation) in all.iter().filter(|(_, operation)| operation.is_renamed) {
            let (span, what) = (self.keyword(file, "x-rust"), format!("the server of `{}`", operation.server));
            shared_types.claim(&mut self.diagnostics, &names::server(&operation.server), &span, what);
        }
    }

    fn share(&mut self, (file, operation): (&File, &Operation), (first, other): (&File, &Operation), shared: &Shared) {
        let Shared { id, what, keyword, of, .. } = shared;
        let title = format!("two operations have the {what} `{}`", of(operation));
        let help = if operation.server == other.server || operation.is_renamed || other.is_renamed {
            format!("give one of the two another {what}")
        } else {
            "different sides answer them: give one of the two a Rust name of its own with `x-rust`".into()
        };
        let (span, before) = (self.keyword(file, keyword), self.keyword(first, keyword));
        let fault = self.diagnostics.report(*id, &span, title, help);
        fault.label(format!("of {}", file.source)).also(&before, format!("of {}", first.source));
    }

    /// Returns the place of a keyword of a file's operation, or of its name.
    fn keyword(&self, file: &File, keyword: &str) -> Span {
        let operation = self.roots[file.index].root.get("x-operation");
        let node = operation.and_then(|it| it.get(keyword).or_else(|| it.get("name")));
        node.map_or_else(|| self.roots[file.index].root.head(), |it| it.span.clone())
    }

    /// Reports sides whose operations can't be in a document of their own.
    fn documents(&mut self, operations: &[(&File, &Operation)]) {
        let mut sides: BTreeMap<&str, &File> = BTreeMap::new();
        for (file, operation) in operations {
            sides.entry(&operation.server).or_insert(file);
        }
        if sides.len() < 2 {
            return;
        }
        let mut documents: BTreeMap<String, (&str, &File)> = BTreeMap::new();
        for (side, file) in sides {
            let span = self.keyword(file, "server");
            let Some(name) = names::side(side) else {
                let help = "write ASCII letters or digits, 64 at most: each side has an OpenAPI document of that name";
                self.diagnostics.report(DiagnosticCode::E0770, &span, format!("`{side}` can't name a file"), help);
                continue;
            };
            if let Some((other, first)) = documents.insert(name.clone(), (side, file)) {
                let before = self.keyword(first, "server");
                let title = format!("the sides `{other}` and `{side}` have one OpenAPI document, openapi-{name}.json");
                let help = "write them alike if they are one, or rename one of the two";
                self.diagnostics.report(DiagnosticCode::E0770, &span, title, help).also(&before, "the other side");
            }
        }
    }
}
