//! The handler's answers and the client's outcomes: one variant per named outcome on each side.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};

use super::Scope;
use super::codes::{subset_names, table};
use super::construct::{Field, FieldKind, plain_struct};
use super::objects::{default_method, wire_doc};
use crate::emit::docs::{doc, plain};
use crate::emit::{ident, imports};
use crate::ir::{Meaning, OmittedIfEqual, Operation, Outcome, OutcomeMember, Selector, SelectorValue, Waiting, Word};

/// Returns the outcomes that are variants; those for which the client asks again are errors.
pub(super) fn known(operation: &Operation) -> impl Iterator<Item = &Outcome> {
    operation.outcomes.iter().filter(|outcome| outcome.waiting != Waiting::Retry)
}

/// Returns whether answer and outcome hold the same members, and so are one type. They differ if an outcome has any code of
/// a status, of which a handler can answer only the listed ones.
fn is_shared(outcome: &Outcome) -> bool {
    status_selectors(outcome).next().is_none()
}

/// Returns the names of an outcome's types in the module `answer`.
pub(super) fn answer_names(outcome: &Outcome) -> Vec<String> {
    let codes = outcome.open_selectors().filter(|(selector, _)| selector.default.is_none()).count();
    let required = codes + outcome.members.iter().filter(|member| is_required(member)).count();
    let members = (required > 1).then(|| crate::names::required(&outcome.name));
    std::iter::once(outcome.name.clone()).chain(members).collect()
}

/// Returns the selectors by status, which accept any code.
pub(super) fn status_selectors(outcome: &Outcome) -> impl Iterator<Item = &Selector> {
    outcome.when.iter().filter(|selector| matches!(selector.is, SelectorValue::Status(_, _)))
}

/// Emits `Answer` and the structs of its variants that `Outcome` does not have.
pub(super) fn answer(scope: &Scope<'_>, operation: &Operation) -> TokenStream {
    let known: Vec<&Outcome> = self::known(operation).collect();
    let variants = variants(&known, "answer");
    let (shared, own): (Vec<&Outcome>, Vec<&Outcome>) = known.iter().partition(|outcome| is_shared(outcome));
    let shared: BTreeSet<String> = shared.into_iter().flat_map(answer_names).collect();
    let shared: Vec<_> = shared.iter().map(|name| ident(name)).collect();
    let shared = (!shared.is_empty()).then(|| quote!(#[doc(inline)] pub use super::outcome::{#(#shared),*};));
    let structs = own.iter().map(|outcome| answer_struct(scope, operation, outcome)).collect();
    let names: Vec<_> = known.iter().map(|outcome| ident(&outcome.name)).collect();
    let froms = (!names.is_empty()).then(|| quote!(::alipayplus_runtime::variants!(Answer of answer, #(#names),*);));
    let head = doc(
        "The handler's response; each variant carries exactly the members that the specification requires or allows.",
    );
    let module =
        cases(scope, operation, "answer", "The variants of [`Answer`].", &shared.into_token_stream(), &structs);
    quote! {
        #head
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Answer { #(#variants),* }
        #froms
        #module
    }
}

/// Emits the variants of outcomes, each with its struct in a module.
fn variants(known: &[&Outcome], module: &str) -> Vec<TokenStream> {
    let module = ident(module);
    let variant = |outcome: &&Outcome| {
        let (name, doc) = (ident(&outcome.name), doc(&plain(&outcome.doc)));
        quote!(#doc #name(#module::#name))
    };
    known.iter().map(variant).collect()
}

/// Emits the module of the variants.
fn cases(
    scope: &Scope<'_>,
    operation: &Operation,
    name: &str,
    text: &str,
    shared: &TokenStream,
    structs: &TokenStream,
) -> TokenStream {
    let (name, head) = (ident(name), doc(text));
    let types = held_types(scope, operation);
    let uses = imports(Some(structs), &[("super", &types.iter().map(String::as_str).collect::<Vec<_>>())]);
    quote! {
        #head
        pub mod #name {
            #shared
            #uses
            #structs
        }
    }
}

/// Returns every type that a variant can hold: those of members, and of codes on either side.
fn held_types(scope: &Scope<'_>, operation: &Operation) -> BTreeSet<String> {
    let members = scope.file.object(&operation.response).map_or(&[][..], |response| &response.members);
    let tables = members.iter().filter_map(|member| Some(table(scope, operation, &member.wire)?.codes.clone()));
    let types = members.iter().map(|member| member.ty.rust.clone()).chain(tables);
    types.chain(subset_names(operation)).collect()
}

fn answer_struct(scope: &Scope<'_>, operation: &Operation, outcome: &Outcome) -> TokenStream {
    let name = ident(&outcome.name);
    let codes: Vec<_> = outcome.open_selectors().map(|(selector, _)| selector).collect();
    let code_type = |selector: &Selector| Some(ident(&outcome.codes(selector)));
    let kind = |selector: &Selector| match selector.default {
        Some(_) => FieldKind::Defaulted,
        None => FieldKind::Required,
    };
    let fields = fields(scope, operation, outcome, ("The reason.", &codes), code_type, kind);
    let of_case = plain_struct(&doc(&plain(&outcome.doc)), &name, &fields, true);
    let required: Vec<_> = fields.iter().filter(|field| field.is_required()).collect();
    // The codes are the first fields. A case that needs only its code is made from it.
    let from_code = match (codes.as_slice(), fields.first(), required.as_slice()) {
        ([_], Some(code), []) => {
            let with = ident(&crate::names::setter(&code.name.to_string()));
            Some(from_code(&name, code, |field| quote!(Self::default().#with(#field))))
        }
        ([_], Some(code), [only]) if only.name == code.name => {
            Some(from_code(&name, code, |field| quote!(Self::new(#field))))
        }
        _ => None,
    };
    quote!(#of_case #from_code)
}

/// Emits the conversion of a code to a case.
fn from_code(name: &Ident, code: &Field, value: impl Fn(&Ident) -> TokenStream) -> TokenStream {
    let Field { name: field, ty, .. } = code;
    let value = value(field);
    quote! {
        impl From<#ty> for #name {
            fn from(#field: #ty) -> Self {
                #value
            }
        }
    }
}

/// Returns the fields of a case: the codes of these selectors, then the members.
fn fields(
    scope: &Scope<'_>,
    operation: &Operation,
    outcome: &Outcome,
    (text, codes): (&str, &[&Selector]),
    code_type: impl Fn(&Selector) -> Option<Ident>,
    kind: impl Fn(&Selector) -> FieldKind,
) -> Vec<Field> {
    let codes = codes.iter().filter_map(|selector| {
        let (name, ty) = (ident(&code_field(outcome, selector)), code_type(selector)?);
        Some(Field { doc: doc(text), name, ty: ty.into_token_stream(), kind: kind(selector) })
    });
    codes.chain(outcome.members.iter().filter_map(|member| field(scope, operation, member))).collect()
}

/// Emits `Outcome` and the structs of its variants.
pub(super) fn outcome(scope: &Scope<'_>, operation: &Operation) -> TokenStream {
    let known: Vec<&Outcome> = self::known(operation).collect();
    let variants = variants(&known, "outcome");
    let structs = known.iter().map(|outcome| outcome_struct(scope, operation, outcome)).collect();
    let arms = known.iter().map(|outcome| meta(outcome));
    let again = operation.outcomes.iter().filter(|outcome| outcome.waiting == Waiting::Retry);
    let mut text = vec![
        "The outcome that the client reads from a response, one variant per named outcome of the specification."
            .to_owned(),
    ];
    text.extend(again.map(|outcome| format!("Not an outcome: {}. {}", outcome.name, plain(&outcome.doc))));
    let head = doc(&text.join("\n\n"));
    let module = cases(scope, operation, "outcome", "The variants of [`Outcome`].", &quote!(), &structs);
    quote! {
        #head
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Outcome { #(#variants),* }
        impl OutcomeInfo for Outcome {
            fn meta(&self) -> OutcomeMeta {
                match self { #(#arms),* }
            }
        }
        #module
    }
}

fn meta(outcome: &Outcome) -> TokenStream {
    let (name, text) = (ident(&outcome.name), &outcome.name);
    let finality = match outcome.waiting {
        Waiting::Final | Waiting::Retry => ident("Final"),
        Waiting::Pending => ident("Pending"),
        Waiting::Undetermined => ident("Undetermined"),
    };
    quote!(Self::#name(_) => OutcomeMeta::new(#text, Finality::#finality))
}

fn outcome_struct(scope: &Scope<'_>, operation: &Operation, outcome: &Outcome) -> TokenStream {
    let codes: Vec<_> = status_selectors(outcome).collect();
    let code_type = |selector: &Selector| Some(ident(&table(scope, operation, &selector.member)?.codes));
    let text = "The reason. A code that is not in the table keeps its text.";
    let fields = fields(scope, operation, outcome, (text, &codes), code_type, |_| FieldKind::Required);
    let of_case = plain_struct(&doc(&plain(&outcome.doc)), &ident(&outcome.name), &fields, is_shared(outcome));
    let methods = default_methods(scope, operation, outcome);
    quote!(#of_case #methods)
}

/// Emits the methods that apply the defaults of members that an outcome may lack.
fn default_methods(scope: &Scope<'_>, operation: &Operation, outcome: &Outcome) -> Option<TokenStream> {
    let response = scope.file.object(&operation.response)?;
    let optional = outcome.members.iter().filter(|it| !it.required && it.differs.is_none());
    let members = optional.filter_map(|it| response.member(&it.wire));
    let methods: Vec<_> = members.filter_map(|member| default_method(scope, member)).collect();
    let name = ident(&outcome.name);
    (!methods.is_empty()).then(|| quote!(impl #name { #(#methods)* }))
}

/// Returns the name of a code's field: `code`, or the member's name with `_code` if the outcome has several codes.
pub(super) fn code_field(outcome: &Outcome, selector: &Selector) -> String {
    if status_selectors(outcome).count() == 1 {
        "code".into()
    } else {
        format!("{}_code", crate::names::snake(&selector.member))
    }
}

pub(super) fn rust_of(scope: &Scope<'_>, operation: &Operation, wire: &str) -> String {
    let response = scope.file.object(&operation.response);
    response.and_then(|response| response.member(wire)).map_or_else(String::new, |member| member.rust.clone())
}

/// Returns whether a case always has a member.
fn is_required(member: &OutcomeMember) -> bool {
    member.required || member.differs.is_some()
}

fn field(scope: &Scope<'_>, operation: &Operation, member: &OutcomeMember) -> Option<Field> {
    let shape = scope.file.object(&operation.response)?.member(&member.wire)?;
    let presence = match &member.differs {
        Some(differs) => {
            let OmittedIfEqual { part, from, .. } = differs;
            format!(", omitted if its `{part}` equals that of `{from}`. Absent means equal to `{from}`")
        }
        None if member.required => String::new(),
        None => match &shape.default {
            Some(default) => format!(", optional, `{default}` if absent"),
            None => ", optional".to_owned(),
        },
    };
    Some(Field {
        doc: doc(&wire_doc(shape, &presence)),
        name: ident(&shape.rust),
        ty: ident(&shape.ty.rust).into_token_stream(),
        kind: if is_required(member) { FieldKind::Required } else { FieldKind::Optional },
    })
}

/// Emits the condition of a selector.
pub(super) fn holds(scope: &Scope<'_>, operation: &Operation, selector: &Selector) -> Option<TokenStream> {
    let field = ident(&rust_of(scope, operation, &selector.member));
    let test = match &selector.is {
        SelectorValue::Word(word) => {
            let word = word_of(scope, operation, selector, word)?;
            return Some(quote!(response.#field == Some(#word)));
        }
        SelectorValue::Code(row) => {
            let table = table(scope, operation, &selector.member)?;
            let (codes, variant) = (ident(&table.codes), ident(&table.rows[*row].rust));
            quote!(is(&#codes::#variant))
        }
        SelectorValue::Status(meaning, _) => {
            let meaning = ident(Meaning::rust(*meaning));
            quote!(means(Status::#meaning))
        }
    };
    Some(if selector.member == operation.result {
        quote!(response.#field.#test)
    } else {
        let bound = bound(&field);
        quote!(let Some(#bound) = &response.#field && #bound.#test)
    })
}

/// Emits a word of a member's closed set.
pub(super) fn word_of(
    scope: &Scope<'_>,
    operation: &Operation,
    selector: &Selector,
    word: &Word,
) -> Option<TokenStream> {
    let member = scope.file.object(&operation.response)?.member(&selector.member)?;
    let (set, variant) = (ident(&member.ty.rust), ident(&word.rust));
    Some(quote!(#set::#variant))
}

/// Returns the variable of a result member, named after it.
pub(super) fn bound(field: &Ident) -> Ident {
    distinct(&field.to_string(), &["or_counterpart", "require", "response"])
}

/// Returns an identifier, with `_` appended if the generated function uses the name itself.
pub(super) fn distinct(name: &str, used: &[&str]) -> Ident {
    if used.contains(&name) { ident(&format!("{name}_")) } else { ident(name) }
}
