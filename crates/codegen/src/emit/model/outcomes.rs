//! The handler's answers and the client's outcomes: one variant per named outcome on each side.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::Scope;
use super::codes::{subset_names, table};
use super::objects::wire_doc;
use crate::emit::docs::{doc, plain};
use crate::emit::{ident, imports, names};
use crate::ir::{Meaning, OmittedIfEqual, Operation, Outcome, OutcomeMember, Selector, SelectorValue, Waiting};

/// Returns the outcomes that are variants; those for which the client asks again are errors.
pub(super) fn known(operation: &Operation) -> impl Iterator<Item = &Outcome> {
    operation.outcomes.iter().filter(|outcome| outcome.waiting != Waiting::Retry)
}

/// Returns whether the answer of this outcome has fields.
pub(super) fn has_answer_fields(outcome: &Outcome) -> bool {
    !outcome.members.is_empty() || outcome.open_selectors().next().is_some()
}

/// Returns whether the outcome has fields for the client.
pub(super) fn has_outcome_fields(outcome: &Outcome) -> bool {
    !outcome.members.is_empty() || status_selectors(outcome).next().is_some()
}

/// Returns the selectors by status, which accept any code.
pub(super) fn status_selectors(outcome: &Outcome) -> impl Iterator<Item = &Selector> {
    outcome.when.iter().filter(|selector| matches!(selector.is, SelectorValue::Status(_, _)))
}

/// Emits `Answer` and the structs of its variants.
pub(super) fn answer(scope: &Scope<'_>, operation: &Operation) -> TokenStream {
    let known: Vec<&Outcome> = self::known(operation).collect();
    let variants = known.iter().map(|outcome| {
        let (name, doc) = (ident(&outcome.name), doc(&plain(&outcome.doc)));
        if has_answer_fields(outcome) { quote!(#doc #name(answer::#name)) } else { quote!(#doc #name) }
    });
    let structs = known
        .iter()
        .filter(|outcome| has_answer_fields(outcome))
        .map(|outcome| answer_struct(scope, operation, outcome));
    let froms = known.iter().filter(|outcome| has_answer_fields(outcome)).map(|outcome| {
        let name = ident(&outcome.name);
        quote! {
            impl From<answer::#name> for Answer {
                fn from(answer: answer::#name) -> Self {
                    Self::#name(answer)
                }
            }
        }
    });
    let head = doc(
        "The handler's response; each variant carries exactly the members that the specification requires or allows.",
    );
    let module =
        cases(scope, operation, "answer", "The variants of [`Answer`], constructed by struct literals.", structs);
    quote! {
        #head
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Answer { #(#variants),* }
        #(#froms)*
        #module
    }
}

/// Emits the module of the variants with fields, if there are any.
fn cases(
    scope: &Scope<'_>,
    operation: &Operation,
    name: &str,
    text: &str,
    structs: impl Iterator<Item = TokenStream>,
) -> Option<TokenStream> {
    let (name, head) = (ident(name), doc(text));
    let structs: TokenStream = structs.collect();
    let types = held_types(scope, operation);
    let uses = imports(&names(&structs), &[("super", &types.iter().map(String::as_str).collect::<Vec<_>>())]);
    (!structs.is_empty()).then(|| {
        quote! {
            #head
            pub mod #name {
                #uses
                #structs
            }
        }
    })
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
    let head = doc(&plain(&outcome.doc));
    let codes: Vec<_> = outcome.open_selectors().collect();
    let code_fields = codes.iter().map(|(selector, _)| {
        let (field, ty) = (ident(&code_field(outcome, selector)), ident(&outcome.codes(selector)));
        let doc = doc("The reason.");
        quote!(#doc pub #field: #ty)
    });
    let fields = outcome.members.iter().map(|member| field(scope, operation, member));
    let all_optional = codes.is_empty() && outcome.members.iter().all(|it| !it.required && it.differs.is_none());
    let default = all_optional.then(|| quote!(Default,));
    let from_code = match codes.as_slice() {
        [(selector, _)] if outcome.members.iter().all(|it| !it.required && it.differs.is_none()) => {
            let (field, ty) = (ident(&code_field(outcome, selector)), ident(&outcome.codes(selector)));
            let rest = outcome.members.iter().map(|it| {
                let field = ident(&rust_of(scope, operation, &it.wire));
                quote!(#field: None)
            });
            Some(quote! {
                impl From<#ty> for #name {
                    fn from(#field: #ty) -> Self {
                        Self { #field, #(#rest),* }
                    }
                }
            })
        }
        _ => None,
    };
    quote! {
        #head
        #[derive(Clone, Debug, #default PartialEq, Eq)]
        pub struct #name { #(#code_fields,)* #(#fields),* }
        #from_code
    }
}

/// Emits `Outcome` and the structs of its variants.
pub(super) fn outcome(scope: &Scope<'_>, operation: &Operation) -> TokenStream {
    let known: Vec<&Outcome> = self::known(operation).collect();
    let variants = known.iter().map(|outcome| {
        let (name, doc) = (ident(&outcome.name), doc(&plain(&outcome.doc)));
        if has_outcome_fields(outcome) { quote!(#doc #name(outcome::#name)) } else { quote!(#doc #name) }
    });
    let structs = known
        .iter()
        .filter(|outcome| has_outcome_fields(outcome))
        .map(|outcome| outcome_struct(scope, operation, outcome));
    let arms = known.iter().map(|outcome| meta(outcome));
    let again = operation.outcomes.iter().filter(|outcome| outcome.waiting == Waiting::Retry);
    let mut text = vec![
        "The outcome that the client reads from a response, one variant per named outcome of the specification."
            .to_owned(),
    ];
    text.extend(again.map(|outcome| format!("Not an outcome: {}. {}", outcome.name, plain(&outcome.doc))));
    let head = doc(&text.join("\n\n"));
    let module = cases(scope, operation, "outcome", "The variants of [`Outcome`].", structs);
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
    let pattern = if has_outcome_fields(outcome) { quote!(Self::#name(_)) } else { quote!(Self::#name) };
    let finality = match outcome.waiting {
        Waiting::Final | Waiting::Retry => ident("Final"),
        Waiting::Pending => ident("Pending"),
        Waiting::Undetermined => ident("Undetermined"),
    };
    quote!(#pattern => OutcomeMeta::new(#text, Finality::#finality))
}

fn outcome_struct(scope: &Scope<'_>, operation: &Operation, outcome: &Outcome) -> TokenStream {
    let name = ident(&outcome.name);
    let head = doc(&plain(&outcome.doc));
    let codes = status_selectors(outcome).filter_map(|selector| {
        let ty = ident(&table(scope, operation, &selector.member)?.codes);
        let (field, doc) =
            (ident(&code_field(outcome, selector)), doc("The reason. A code that is not in the table keeps its text."));
        Some(quote!(#doc pub #field: #ty))
    });
    let fields = outcome.members.iter().map(|member| field(scope, operation, member));
    quote! {
        #head
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct #name { #(#codes,)* #(#fields),* }
    }
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

fn field(scope: &Scope<'_>, operation: &Operation, member: &OutcomeMember) -> TokenStream {
    let response = scope.file.object(&operation.response);
    let Some(shape) = response.and_then(|response| response.member(&member.wire)) else {
        return TokenStream::new();
    };
    let (name, ty) = (ident(&shape.rust), ident(&shape.ty.rust));
    let is_required = member.required || member.differs.is_some();
    let presence = match &member.differs {
        Some(differs) => {
            let OmittedIfEqual { part, from, .. } = differs;
            format!(", omitted if its `{part}` equals that of `{from}`. Absent means equal to `{from}`")
        }
        None if is_required => String::new(),
        None => ", optional".to_owned(),
    };
    let doc = doc(&wire_doc(shape, &presence));
    if is_required { quote!(#doc pub #name: #ty) } else { quote!(#doc pub #name: Option<#ty>) }
}

/// Emits the condition of a selector.
pub(super) fn holds(selector: &Selector, rows: &crate::ir::Coded) -> TokenStream {
    let codes = ident(&rows.codes);
    match &selector.is {
        SelectorValue::Code(row) => {
            let variant = ident(&rows.rows[*row].rust);
            quote!(is(&#codes::#variant))
        }
        SelectorValue::Status(meaning, _) => {
            let meaning = ident(Meaning::rust(*meaning));
            quote!(means(Status::#meaning))
        }
    }
}
