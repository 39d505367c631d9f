//! The model: messages, answers, outcomes, codes and scalars of each schema file.

mod codes;
mod construct;
mod objects;
mod operation;
mod outcomes;
mod scalars;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::{docs, ident, imports};
use crate::ir::{
    Compare, Definition, File, List, Member, Object, Operation, Rule, ScalarKind, ServiceModel, Type, TypeKind,
};
use crate::typify::MemberTypes;

/// Emits the module of one schema file.
#[must_use]
pub fn file(family: &ServiceModel, file: &File, types: &MemberTypes) -> TokenStream {
    let scope = Scope { family, file };
    let mut body = TokenStream::new();
    if let Some(operation) = &file.operation {
        body.extend(operation::marker(&scope, operation));
    }
    for object in &file.objects {
        let types = types.get(&object.rust).map_or(&[][..], Vec::as_slice);
        body.extend(objects::object(&scope, object, types));
    }
    if let Some(operation) = &file.operation {
        body.extend(outcomes::outcome(&scope, operation));
        body.extend(outcomes::answer(&scope, operation));
        body.extend(operation::expected(&scope, operation));
    }
    for coded in file.objects.iter().filter_map(|object| object.coded.as_ref()) {
        body.extend(codes::open(coded));
    }
    if let Some(operation) = &file.operation {
        body.extend(codes::subsets(&scope, operation));
    }
    for list in &file.lists {
        body.extend(scalars::list(list));
    }
    for scalar in &file.scalars {
        body.extend(scalars::scalar(scalar));
    }
    let (shared, may_be_unused) = shared_types(family, file);
    let shared: Vec<(&str, Vec<&str>)> =
        shared.iter().map(|(module, types)| (module.as_str(), types.iter().copied().collect())).collect();
    let shared: Vec<_> = shared.iter().map(|(module, types)| (*module, types.as_slice())).collect();
    let shared = imports(may_be_unused.then_some(&body), &shared);
    let head = docs::inner(&docs::plain(&file.doc));
    // Closed sets of words need only macros.
    let objects = !file.objects.is_empty();
    let scalars = file.scalars.iter().any(scalars::uses_imports);
    let imported = (objects || scalars).then(|| {
        quote!(
            use ::alipayplus_runtime::__private::*;
        )
    });
    quote!(#head #imported #shared #body)
}

/// Returns the types of other files that the objects of a file refer to, by module, and whether code may use only some of
/// them: the codes of another file are used only if an outcome is selected by one.
fn shared_types<'a>(family: &'a ServiceModel, file: &'a File) -> (BTreeMap<String, BTreeSet<&'a str>>, bool) {
    let mut all: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut may_be_unused = false;
    let mut add = |ty: &'a Type, name: &'a str| {
        if let Some(module) = family.module_of(file, ty) {
            all.entry(format!("super::{module}")).or_default().insert(name);
        }
    };
    for List { item, .. } in &file.lists {
        add(item, &item.rust);
    }
    for object in &file.objects {
        for rule in &object.rules {
            if let Rule::Compare(Compare { ty, .. }) = rule {
                add(ty, &ty.rust);
            }
        }
        if let Some(coded) = &object.coded {
            add(&coded.base, &coded.base.rust);
            add(&coded.base, &coded.template.status_type);
            continue;
        }
        for Member { ty, .. } in &object.members {
            add(ty, &ty.rust);
            if let Some(coded) = family.object_of(ty).and_then(|object| object.coded.as_ref()) {
                may_be_unused |= ty.file != file.index;
                add(ty, &coded.codes);
            }
        }
    }
    (all, may_be_unused)
}

/// Emits the list of modules.
#[must_use]
pub fn modules(family: &ServiceModel) -> TokenStream {
    let modules = family.files.iter().map(|file| {
        let name = ident(&file.module);
        quote!(pub mod #name;)
    });
    let shared = family.files.iter().filter(|file| file.operation.is_none()).map(|file| {
        let name = ident(&file.module);
        quote!(pub use #name::*;)
    });
    let head = docs::root("The generated modules: one per operation, and one for shared objects.");
    // A list of the imported names would be long and of no use to the reader.
    let imports = quote!(#![allow(clippy::wildcard_imports, reason = "the imports of every module")]);
    // Whether a struct of only `Copy` types is used up depends on its members.
    let moved =
        quote!(#![allow(clippy::needless_pass_by_value, reason = "required members are moved into their object")]);
    quote!(#imports #moved #head #(#modules)* #(#shared)*)
}

/// A file within its family.
struct Scope<'a> {
    family: &'a ServiceModel,
    file: &'a File,
}

impl Scope<'_> {
    /// Returns the code table of a member.
    fn coded(&self, member: &crate::ir::Member) -> Option<&crate::ir::Coded> {
        self.family.object_of(&member.ty)?.coded.as_ref()
    }

    /// Emits the Rust value of a scalar's text, for the kinds with infallible constructors.
    fn value(&self, ty: &Type, text: &str) -> Option<TokenStream> {
        let Some(Definition::Scalar(scalar)) = self.family.definition(ty) else { return None };
        let name = ident(&ty.rust);
        match &scalar.kind {
            ScalarKind::Integer { .. } => {
                let number = super::number(text.parse().ok()?);
                Some(quote!(#name::saturating(#number)))
            }
            ScalarKind::Boolean => {
                let value = ident(if text == "true" { "TRUE" } else { "FALSE" });
                Some(quote!(#name::#value))
            }
            ScalarKind::Words(words) => {
                let word = ident(&words.iter().find(|word| word.wire == text)?.rust);
                Some(quote!(#name::#word))
            }
            _ => None,
        }
    }
}

/// Returns the names of a file's public types: messages, result objects with their codes, scalars.
#[must_use]
pub fn public_types(file: &File) -> Vec<String> {
    let objects = file.objects.iter().flat_map(|object| objects::names(file, object));
    let codes = file.objects.iter().filter_map(|object| object.coded.as_ref()).map(|coded| coded.codes.clone());
    objects.chain(codes).chain(list_types(file)).chain(scalar_types(file)).collect()
}

/// Returns the name of the response for requests that belong to no operation, if this file defines it.
#[must_use]
pub fn service_type(file: &File) -> Option<String> {
    Some(objects::rust_name(file, file.object(file.service.as_ref()?)?))
}

/// Returns the names of the types of other files that the messages of a file contain, by module, down to the scalars.
/// Result objects are known by the names of their tables.
#[must_use]
pub fn lent_types(family: &ServiceModel, file: &File) -> BTreeMap<String, BTreeSet<String>> {
    let mut lent: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<&Type> = file.objects.iter().filter(|object| object.coded.is_none()).flat_map(types_in).collect();
    open.extend(file.lists.iter().map(|list| &list.item));
    while let Some(ty) = open.pop() {
        if !seen.insert((ty.file, &ty.name)) || matches!(ty.kind, TypeKind::Builtin | TypeKind::Codes) {
            continue;
        }
        let mut add = |rust: &str| {
            if let Some(module) = family.module_of(file, ty) {
                lent.entry(module.to_owned()).or_default().insert(rust.to_owned());
            }
        };
        add(&ty.rust);
        if let Some(object) = family.object_of(ty) {
            for name in objects::names(&family.files[ty.file], object) {
                add(&name);
            }
        }
        match family.definition(ty) {
            Some(Definition::Object(object)) if object.coded.is_some() => {
                object.coded.iter().for_each(|coded| add(&coded.codes));
            }
            Some(Definition::Object(object)) => open.extend(types_in(object)),
            Some(Definition::List(list)) => open.push(&list.item),
            Some(Definition::Scalar(_)) | None => {}
        }
    }
    lent
}

fn types_in(object: &Object) -> impl Iterator<Item = &Type> {
    object.members.iter().map(|member| &member.ty)
}

/// Emits the `pub use` lines of lent types, except for names that are taken.
#[must_use]
pub fn reexports(lent: &BTreeMap<String, BTreeSet<String>>, taken: &[String]) -> TokenStream {
    let mut taken: BTreeSet<&String> = taken.iter().collect();
    let mut lines = TokenStream::new();
    for (module, names) in lent {
        let free: Vec<_> = names.iter().filter(|name| taken.insert(name)).map(|name| ident(name)).collect();
        if !free.is_empty() {
            let module = ident(module);
            lines.extend(quote!(pub use super::model::#module::{#(#free),*};));
        }
    }
    lines
}

/// Returns the types that operations borrow from files without an operation. Client and server re-export them at the top.
#[must_use]
pub fn shared_by_operations(family: &ServiceModel) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, _) in family.operations() {
        for (module, names) in lent_types(family, file) {
            if family.files.iter().any(|file| file.module == module && file.operation.is_none()) {
                all.entry(module).or_default().extend(names);
            }
        }
    }
    all
}

/// Returns the types that a handler of the operation uses, except for the variants of its answer.
#[must_use]
pub fn handler_types(file: &File, operation: &Operation) -> Vec<String> {
    let own = ["Answer", "RefusalCode"].map(str::to_owned);
    let is_message = |name: &String| [&operation.request, &operation.response].contains(&name);
    let parts = file
        .objects
        .iter()
        .filter(|object| object.coded.is_none() && object.template.is_none() && !is_message(&object.name));
    let parts = parts.chain(file.object(&operation.request)).flat_map(|object| objects::names(file, object));
    own.into_iter()
        .chain(codes::subset_names(operation))
        .chain(parts)
        .chain(held_results(file, operation))
        .chain(list_types(file))
        .chain(scalar_types(file))
        .collect()
}

/// Returns the result objects that a handler reads or constructs, with their codes. Those of the response itself are not
/// among them, since they follow from the outcome.
fn held_results(file: &File, operation: &Operation) -> impl Iterator<Item = String> {
    let holds = |ty: &Type, name: &String| ty.file == file.index && ty.name == *name;
    let is_held = move |name: &String| {
        let objects = file.objects.iter().filter(|object| object.name != operation.response);
        let members = objects.flat_map(|object| &object.members).map(|member| &member.ty);
        members.chain(file.lists.iter().map(|list| &list.item)).any(|ty| holds(ty, name))
    };
    let held = file.objects.iter().filter(move |object| is_held(&object.name));
    let tables = held.filter_map(|object| Some((object, object.coded.as_ref()?)));
    tables.flat_map(|(object, coded)| [object.rust.clone(), coded.codes.clone()])
}

/// Returns the structs in the module `answer`.
#[must_use]
pub fn answer_structs(operation: &Operation) -> Vec<String> {
    let mut names: Vec<_> = outcomes::known(operation).flat_map(outcomes::answer_names).collect();
    names.sort();
    names
}

fn list_types(file: &File) -> impl Iterator<Item = String> {
    file.lists.iter().map(|list| list.rust.clone())
}

fn scalar_types(file: &File) -> impl Iterator<Item = String> {
    file.scalars.iter().filter(|scalar| scalars::is_emitted(scalar)).map(|scalar| scalar.rust.clone())
}
