//! What a handler answers and what a caller reads: one case per named outcome on each side.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::Scope;
use super::codes::{subset_names, table};
use super::objects::member_doc;
use crate::emit::docs::{doc, plain};
use crate::emit::{ident, imports, names};
use crate::ir::{Is, Meaning, Operation, Outcome, OutcomeMember, Selector, Waiting};

/// The outcomes that are knowledge, and no trouble that is asked for again.
pub(super) fn known(operation: &Operation) -> impl Iterator<Item = &Outcome> {
    operation.outcomes.iter().filter(|outcome| outcome.waiting != Waiting::Again)
}

/// Whether an answer with this outcome holds anything.
pub(super) fn has_answer_fields(outcome: &Outcome) -> bool {
    !outcome.members.is_empty() || outcome.open_selectors().next().is_some()
}

/// Whether a caller reads anything beside the outcome itself.
pub(super) fn has_outcome_fields(outcome: &Outcome) -> bool {
    !outcome.members.is_empty() || status_selectors(outcome).next().is_some()
}

/// The selectors that leave the code open to whatever is read.
pub(super) fn status_selectors(outcome: &Outcome) -> impl Iterator<Item = &Selector> {
    outcome.when.iter().filter(|selector| matches!(selector.is, Is::Status(_, _)))
}

/// `Answer` and the structs of its cases.
pub(super) fn answer(scope: &Scope<'_>, operation: &Operation) -> TokenStream {
    let known: Vec<&Outcome> = self::known(operation).collect();
    let variants = known.iter().map(|outcome| {
        let (name, doc) = (ident(&outcome.name), doc(&plain(&outcome.doc)));
        if has_answer_fields(outcome) { quote!(#doc #name(answer::#name)) } else { quote!(#doc #name) }
    });
    let structs =
        known.iter().filter(|it| has_answer_fields(it)).map(|outcome| answer_struct(scope, operation, outcome));
    let froms = known.iter().filter(|it| has_answer_fields(it)).map(|outcome| {
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
        "What a handler answers: each case with all that it has to say. An answer that the document does not allow does not compile.",
    );
    let module = cases(scope, operation, "answer", "The cases of [`Answer`], made by struct literals.", structs);
    quote! {
        #head
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Answer { #(#variants),* }
        #(#froms)*
        #module
    }
}

/// The module of the cases that hold something, if there is one.
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

/// Every type that a case can hold: those of members, and of open codes on either side.
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
        let doc = doc("Why.");
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

/// `Outcome` and the structs of its cases.
pub(super) fn outcome(scope: &Scope<'_>, operation: &Operation) -> TokenStream {
    let known: Vec<&Outcome> = self::known(operation).collect();
    let variants = known.iter().map(|outcome| {
        let (name, doc) = (ident(&outcome.name), doc(&plain(&outcome.doc)));
        if has_outcome_fields(outcome) { quote!(#doc #name(outcome::#name)) } else { quote!(#doc #name) }
    });
    let structs =
        known.iter().filter(|it| has_outcome_fields(it)).map(|outcome| outcome_struct(scope, operation, outcome));
    let arms = known.iter().map(|outcome| about(outcome));
    let again = operation.outcomes.iter().filter(|it| it.waiting == Waiting::Again);
    let mut text =
        vec!["What a caller reads: knowledge of what was asked about, one case per named outcome.".to_owned()];
    text.extend(again.map(|it| format!("No outcome: {} ({})", it.name, plain(&it.doc))));
    let head = doc(&text.join("\n\n"));
    let module = cases(scope, operation, "outcome", "The cases of [`Outcome`].", structs);
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

fn about(outcome: &Outcome) -> TokenStream {
    let (name, text) = (ident(&outcome.name), &outcome.name);
    let pattern = if has_outcome_fields(outcome) { quote!(Self::#name(_)) } else { quote!(Self::#name) };
    let waiting = match outcome.waiting {
        Waiting::Final | Waiting::Again => ident("Final"),
        Waiting::Pending => ident("Pending"),
        Waiting::Setting => ident("Undetermined"),
    };
    quote!(#pattern => OutcomeMeta::new(#text, Finality::#waiting))
}

fn outcome_struct(scope: &Scope<'_>, operation: &Operation, outcome: &Outcome) -> TokenStream {
    let name = ident(&outcome.name);
    let head = doc(&plain(&outcome.doc));
    let codes = status_selectors(outcome).filter_map(|selector| {
        let ty = ident(&table(scope, operation, &selector.member)?.codes);
        let (field, doc) =
            (ident(&code_field(outcome, selector)), doc("Why. A code that the table lacks is kept as its text."));
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

/// The field of an open code: `code`, or the member's name with `_code` when an outcome has several.
pub(super) fn code_field(outcome: &Outcome, selector: &Selector) -> String {
    if status_selectors(outcome).count() == 1 {
        "code".into()
    } else {
        format!("{}_code", crate::names::snake(&selector.member))
    }
}

pub(super) fn rust_of(scope: &Scope<'_>, operation: &Operation, wire: &str) -> String {
    let response = scope.file.object(&operation.response);
    response.and_then(|it| it.member(wire)).map_or_else(String::new, |member| member.rust.clone())
}

fn field(scope: &Scope<'_>, operation: &Operation, member: &OutcomeMember) -> TokenStream {
    let response = scope.file.object(&operation.response);
    let Some((response, shape)) = response.and_then(|it| Some((it, it.member(&member.wire)?))) else {
        return TokenStream::new();
    };
    let (name, ty) = (ident(&shape.rust), ident(&shape.ty.rust));
    let mut text = member_doc(response, shape);
    if let Some(differs) = &member.differs {
        text = format!(
            "{text} Always stated here; it travels when its `{}` differs from that of `{}`, and absent means the same as that.",
            differs.part, differs.from
        );
    }
    let doc = doc(&text);
    if member.required || member.differs.is_some() {
        quote!(#doc pub #name: #ty)
    } else {
        quote!(#doc pub #name: Option<#ty>)
    }
}

/// The runtime's condition that a selector stands for.
pub(super) fn holds(selector: &Selector, rows: &crate::ir::Coded) -> TokenStream {
    let codes = ident(&rows.codes);
    match &selector.is {
        Is::Code(row) => {
            let variant = ident(&rows.rows[*row].rust);
            quote!(is(&#codes::#variant))
        }
        Is::Status(meaning, _) => {
            let meaning = ident(Meaning::rust(*meaning));
            quote!(means(Status::#meaning))
        }
    }
}
