//! Definitions whose smallest value is too large for a message, or that have too many places.

use super::context::{DefinitionKind, Lowering};
use crate::diagnostic::DiagnosticCode;
use crate::diagnostic::Span;
use crate::ir::{Definition, ServiceModel, Sizes, Type, TypeKind, Waiting};
use crate::limits::{MAX_MESSAGE_BYTES, MAX_PLACES};
use crate::names;
use crate::node::Node;
use crate::size;

impl<'a> Lowering<'a> {
    /// Computes the sizes of all definitions, and reports the innermost ones that are too large.
    pub(super) fn sizes(&mut self, family: &ServiceModel) -> Sizes {
        let sizes = size::sizes(family);
        for index in 0..self.roots.len() {
            for (name, node) in self.definitions(index) {
                let Some(ty) = self.own_type(index, &name.text) else { continue };
                let Some(definition) = family.definition(&ty) else { continue };
                self.too_large(&sizes, definition, (&ty, &name.span, node));
                self.too_many_places(&sizes, definition, (&ty, &name.span));
            }
        }
        for (file, operation) in family.operations() {
            let Some(response) = file.object(&operation.response) else { continue };
            let Some(node) = self.node_of(&(file.index, response.name.clone())) else { continue };
            let is_large = |ty: &Type| sizes.get(ty).bytes > MAX_MESSAGE_BYTES;
            if response.members.iter().any(|member| is_large(&member.ty)) {
                continue;
            }
            for outcome in operation.outcomes.iter().filter(|it| it.waiting != Waiting::Retry) {
                let bytes = sizes.outcome(response, outcome);
                let elements = node.get("x-outcomes").map_or(&[][..], Node::elements).iter();
                let mut elements = elements.filter_map(|element| element.get("name"));
                let name = elements.find(|it| it.text().map(names::variant).as_ref() == Some(&outcome.name));
                if let (true, Some(name)) = (bytes > MAX_MESSAGE_BYTES, name) {
                    let title = format!("the smallest response with the outcome `{}` is too large", outcome.name);
                    let help = format!("{}: lower the `minItems` of what it always has", of_most(bytes));
                    self.diagnostics.report(DiagnosticCode::E0312, &name.span, title, help);
                }
            }
        }
        sizes
    }

    fn own_type(&self, index: usize, name: &str) -> Option<Type> {
        let kind = match self.kind_of(&(index, name.to_owned()))? {
            DefinitionKind::Scalar => TypeKind::Scalar,
            DefinitionKind::List => TypeKind::List,
            DefinitionKind::Object | DefinitionKind::Coded => TypeKind::Object,
        };
        Some(Type { file: index, name: name.to_owned(), rust: String::new(), kind })
    }

    fn too_large(&mut self, sizes: &Sizes, definition: Definition<'_>, (ty, name, node): (&Type, &Span, &'a Node)) {
        let bytes = sizes.get(ty).bytes;
        let is_large = |ty: &Type| sizes.get(ty).bytes > MAX_MESSAGE_BYTES;
        let (span, lower, inner) = match definition {
            Definition::Scalar(_) => (node.get("minLength"), "lower `minLength`", false),
            Definition::List(list) => (node.get("minItems"), "lower `minItems`", is_large(&list.item)),
            Definition::Object(object) => {
                let inner = object.members.iter().any(|member| member.required && is_large(&member.ty));
                (None, "lower the `minItems` of what it holds, or require fewer members", inner)
            }
        };
        if bytes > MAX_MESSAGE_BYTES && !inner {
            let title = format!("the smallest `{}` is too large for a message", ty.name);
            let span = span.map_or(name, |it| &it.span);
            self.diagnostics.report(DiagnosticCode::E0312, span, title, format!("{}: {lower}", of_most(bytes)));
        }
    }

    fn too_many_places(&mut self, sizes: &Sizes, definition: Definition<'_>, (ty, name): (&Type, &Span)) {
        let places = sizes.get(ty).places;
        let has_many = |ty: &Type| sizes.get(ty).places > MAX_PLACES;
        let inner = match definition {
            Definition::Scalar(_) => false,
            Definition::List(list) => has_many(&list.item),
            Definition::Object(object) => object.members.iter().any(|member| has_many(&member.ty)),
        };
        if places > MAX_PLACES && !inner {
            let title = format!("`{}` has {} places for values", ty.name, counted(places));
            let help = format!(
                "with all that its members hold, an object has at most {MAX_PLACES}: hold the larger objects in fewer places"
            );
            self.diagnostics.report(DiagnosticCode::E0411, name, title, help);
        }
    }
}

fn of_most(bytes: usize) -> String {
    format!("it has {} bytes, and a message at most {MAX_MESSAGE_BYTES}", counted(bytes))
}

/// Returns a number, or that there is none for it.
fn counted(number: usize) -> String {
    if number == usize::MAX { "countless".into() } else { number.to_string() }
}
