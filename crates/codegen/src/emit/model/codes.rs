//! Code tables: open enums for decoding, closed subsets for handlers.

use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::Scope;
use crate::emit::docs::{doc, plain, stopped};
use crate::emit::{ident, size};
use crate::ir::{Coded, Meaning, Operation, Row, Waiting};

/// Emits the open enum of a table.
pub(super) fn open(coded: &Coded) -> TokenStream {
    let (name, status) = (ident(&coded.codes), ident(&coded.template.status_type));
    let head = doc(&format!(
        "A result code: a known one, or any other text of at most {} characters.",
        coded.template.code_max
    ));
    let variants = coded.rows.iter().map(|row| {
        let (variant, doc) = (ident(&row.rust), doc(&row_doc(row, coded)));
        quote!(#doc #variant)
    });
    let all = coded.rows.iter().map(|row| ident(&row.rust));
    let wires = column(coded, |row| row.wire.as_str(), |wire| quote!(Some(#wire)));
    let statuses = column(
        coded,
        |row| row.status.as_str(),
        |word| {
            let word = ident(word);
            quote!(Some(#status::#word))
        },
    );
    let messages = column(coded, |row| row.message.as_str(), |message| quote!(#message));
    let failures = failures(coded);
    let named = |meaning| coded.template.words.iter().find(|word| word.meaning == Some(meaning));
    let unlisted = named(Meaning::Unknown).or_else(|| named(Meaning::Failure)).or(coded.template.words.first());
    let unlisted = ident(unlisted.map_or("Unknown", |word| word.rust.as_str()));
    let words = coded.template.words.iter().map(|word| &word.wire);
    let fewer = (!coded.excluded.is_empty())
        .then(|| quote!(const STATUSES: Option<&'static [&'static str]> = Some(&[#(#words),*]);));
    let max = size(coded.template.code_max);
    let other = doc("A code that is not in the table. It is never treated as a success.");
    quote! {
        #head
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
            #other
            Other(UnlistedCode),
        }
        ::alipayplus_runtime::open_enum!(#name: #status, 1..=#max);
        impl Code for #name {
            const ALL: &'static [Self] = &[#(Self::#all),*];
            const UNLISTED: #status = #status::#unlisted;
            #fewer
            fn wire(&self) -> Option<&'static str> {
                match self { #(#wires,)* Self::Other(_) => None }
            }
            fn status(&self) -> Option<#status> {
                match self { #(#statuses,)* Self::Other(_) => None }
            }
            fn message(&self) -> Option<&'static str> {
                let message = match self { #(#messages,)* Self::Other(_) => return None };
                Some(message)
            }
            #failures
        }
    }
}

/// Emits the arms of a `match` over the rows of a table.
fn column<'a>(
    coded: &'a Coded,
    of: impl Fn(&'a Row) -> &'a str,
    value: impl Fn(&'a str) -> TokenStream,
) -> Vec<TokenStream> {
    let arm = |(rows, text)| {
        let value = value(text);
        quote!(#rows => #value)
    };
    grouped(coded.rows.iter().map(|row| (&row.rust, of(row)))).into_iter().map(arm).collect()
}

/// Returns a pattern for each value, of all variants that have it, in the order of the first of them.
pub(super) fn grouped<'a>(pairs: impl Iterator<Item = (&'a String, &'a str)>) -> Vec<(TokenStream, &'a str)> {
    let (mut groups, mut places) = (Vec::<(Vec<Ident>, &str)>::new(), HashMap::new());
    for (variant, value) in pairs {
        let place = *places.entry(value).or_insert(groups.len());
        if place == groups.len() {
            groups.push((Vec::new(), value));
        }
        groups[place].0.push(ident(variant));
    }
    groups.into_iter().map(|(variants, value)| (quote!(#(Self::#variants)|*), value)).collect()
}

/// Emits the codes with which the server answers failures.
fn failures(coded: &Coded) -> Option<TokenStream> {
    let arms = coded.rows.iter().filter_map(|row| {
        let (kind, variant) = (ident(row.failure?), ident(&row.rust));
        Some(quote!(FailureKind::#kind => Some(Self::#variant)))
    });
    let arms: Vec<_> = arms.collect();
    (!arms.is_empty()).then(|| {
        quote! {
            fn of_failure(failure: FailureKind) -> Option<Self> {
                match failure { #(#arms,)* _ => None }
            }
        }
    })
}

fn row_doc(row: &Row, coded: &Coded) -> String {
    let status = coded.template.words.iter().find(|word| word.rust == row.status).map_or("", |word| word.wire.as_str());
    let sender = if row.failure.is_some() { " The server also sends this code itself." } else { "" };
    format!("`{}`, status `{status}`: {}{sender}", row.wire, stopped(&plain(&row.message)))
}

/// Emits the closed subsets of an operation: one for each outcome with several codes, and one for refusals.
pub(super) fn subsets(scope: &Scope<'_>, operation: &Operation) -> TokenStream {
    let mut all = TokenStream::new();
    for outcome in operation.outcomes.iter().filter(|outcome| outcome.waiting != Waiting::Retry) {
        for (selector, rows) in outcome.open_selectors() {
            if let Some(coded) = table(scope, operation, &selector.member) {
                let name = outcome.codes(selector);
                let what = format!("The codes that a handler can answer [`Answer::{}`] with.", outcome.name);
                all.extend(subset(&name, &what, coded, rows, selector.default));
            }
        }
    }
    if let Some(coded) = table(scope, operation, &operation.result) {
        let rows = coded.refusals(&operation.result, &operation.outcomes);
        all.extend(subset("RefusalCode", "The codes that a handler can refuse a request with.", coded, &rows, None));
    }
    all
}

/// Returns the names of the closed subsets of an operation's outcomes.
pub(super) fn subset_names(operation: &Operation) -> impl Iterator<Item = String> {
    let known = operation.outcomes.iter().filter(|outcome| outcome.waiting != Waiting::Retry);
    known.flat_map(|outcome| outcome.open_selectors().map(|(selector, _)| outcome.codes(selector)))
}

/// Returns the code table of a response's member.
pub(super) fn table<'a>(scope: &'a Scope<'_>, operation: &Operation, member: &str) -> Option<&'a Coded> {
    scope.coded(scope.file.object(&operation.response)?.member(member)?)
}

fn subset(name: &str, what: &str, coded: &Coded, rows: &[usize], default: Option<usize>) -> TokenStream {
    let (name, table, head) = (ident(name), ident(&coded.codes), doc(what));
    let variants = rows.iter().map(|n| {
        let (variant, doc) = (ident(&coded.rows[*n].rust), doc(&row_doc(&coded.rows[*n], coded)));
        let mark = (default == Some(*n)).then(|| quote!(#[default]));
        quote!(#doc #mark #variant)
    });
    let derived = default.map(|_| quote!(Default,));
    let all = rows.iter().map(|n| ident(&coded.rows[*n].rust));
    quote! {
        #head
        #[derive(Clone, Copy, Debug, #derived PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name { #(#variants),* }
        ::alipayplus_runtime::code_subset!(#name of #table, #(#all),*);
    }
}
