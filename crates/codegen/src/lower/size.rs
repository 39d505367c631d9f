//! Definitions whose smallest value is too large for a message, or that have too many places.

use super::{Lowering, Node, Place};
use crate::diagnostic::Id;
use crate::ir::{Definition, Family, Sort, Type, Waiting};
use crate::names;
use crate::size::{MOST_BYTES, MOST_PLACES, Sizes};

impl<'a> Lowering<'a> {
    /// Computes the sizes of all definitions, and reports the innermost ones that are too large.
    pub(super) fn sizes(&mut self, family: &Family) -> Sizes {
        let sizes = Sizes::of(family);
        for index in 0..self.roots.len() {
            for (name, node) in self.definitions(index) {
                let Some(ty) = self.own_type(index, &name.text) else { continue };
                let Some(definition) = family.definition(&ty) else { continue };
                self.too_large(&sizes, definition, (&ty, &name.place, node));
                self.too_many_places(&sizes, definition, (&ty, &name.place));
            }
        }
        for (file, operation) in family.operations() {
            let Some(response) = file.object(&operation.response) else { continue };
            let Some(node) = self.node_of(&(file.index, response.name.clone())) else { continue };
            let is_large = |ty: &Type| sizes.get(ty).bytes > MOST_BYTES;
            if response.members.iter().any(|member| is_large(&member.ty)) {
                continue;
            }
            for outcome in operation.outcomes.iter().filter(|it| it.waiting != Waiting::Retry) {
                let bytes = sizes.outcome(response, outcome);
                let elements = node.get("x-outcomes").map_or(&[][..], Node::elements).iter();
                let mut elements = elements.filter_map(|element| element.get("name"));
                let name = elements.find(|it| it.text().map(names::variant).as_ref() == Some(&outcome.name));
                if let (true, Some(name)) = (bytes > MOST_BYTES, name) {
                    let title = format!("the smallest response with the outcome `{}` is too large", outcome.name);
                    let help = format!("{}: lower the `minItems` of what it always has", of_most(bytes));
                    self.faults.report(Id::E0312, &name.place, title, help);
                }
            }
        }
        sizes
    }

    fn own_type(&self, index: usize, name: &str) -> Option<Type> {
        let sort = match self.sort_of(&(index, name.to_owned()))? {
            super::Sort::Scalar => Sort::Scalar,
            super::Sort::List => Sort::List,
            super::Sort::Object | super::Sort::Coded => Sort::Object,
        };
        Some(Type { file: index, name: name.to_owned(), rust: String::new(), sort })
    }

    fn too_large(&mut self, sizes: &Sizes, definition: Definition<'_>, (ty, name, node): (&Type, &Place, &'a Node)) {
        let bytes = sizes.get(ty).bytes;
        let is_large = |ty: &Type| sizes.get(ty).bytes > MOST_BYTES;
        let (place, lower, inner) = match definition {
            Definition::Scalar(_) => (node.get("minLength"), "lower `minLength`", false),
            Definition::List(list) => (node.get("minItems"), "lower `minItems`", is_large(&list.item)),
            Definition::Object(object) => {
                let inner = object.members.iter().any(|member| member.required && is_large(&member.ty));
                (None, "lower the `minItems` of what it holds, or require fewer members", inner)
            }
        };
        if bytes > MOST_BYTES && !inner {
            let title = format!("the smallest `{}` is too large for a message", ty.name);
            let place = place.map_or(name, |it| &it.place);
            self.faults.report(Id::E0312, place, title, format!("{}: {lower}", of_most(bytes)));
        }
    }

    fn too_many_places(&mut self, sizes: &Sizes, definition: Definition<'_>, (ty, name): (&Type, &Place)) {
        let places = sizes.get(ty).places;
        let has_many = |ty: &Type| sizes.get(ty).places > MOST_PLACES;
        let inner = match definition {
            Definition::Scalar(_) => false,
            Definition::List(list) => has_many(&list.item),
            Definition::Object(object) => object.members.iter().any(|member| has_many(&member.ty)),
        };
        if places > MOST_PLACES && !inner {
            let title = format!("`{}` has {} places for values", ty.name, counted(places));
            let help = format!(
                "with all that its members hold, an object has at most {MOST_PLACES}: hold the larger objects in fewer places"
            );
            self.faults.report(Id::E0411, name, title, help);
        }
    }
}

fn of_most(bytes: usize) -> String {
    format!("it has {} bytes, and a message at most {MOST_BYTES}", counted(bytes))
}

/// A number, or that there is none for it.
fn counted(number: usize) -> String {
    if number == usize::MAX { "countless".into() } else { number.to_string() }
}
