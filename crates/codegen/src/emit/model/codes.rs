//! Code tables: open enums for decoding, closed subsets for handlers.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Scope;
use crate::emit::docs::{doc, plain, stopped};
use crate::emit::ident;
use crate::ir::{Coded, Operation, Row, Waiting};

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
    let rows = coded.rows.iter().map(|row| {
        let (variant, wire, status) = (ident(&row.rust), &row.wire, ident(&row.status));
        quote!((Self::#variant, #wire, #status))
    });
    let messages = coded.rows.iter().map(|row| &row.message);
    let failures = coded.rows.iter().enumerate().filter_map(|(n, row)| {
        let (kind, n) = (ident(row.failure?), Literal::usize_unsuffixed(n));
        Some(quote!((FailureKind::#kind, #n)))
    });
    let mut words: Vec<_> = coded.rows.iter().map(|row| row.status.as_str()).collect();
    words.dedup();
    words.sort_unstable();
    words.dedup();
    let words = words.iter().map(|word| ident(word));
    let max = Literal::usize_unsuffixed(coded.template.code_max);
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
            const TABLE: &'static [(Self, &'static str, #status)] = {
                use #status::{#(#words),*};
                &[#(#rows),*]
            };
            const MESSAGES: &'static [&'static str] = &[#(#messages),*];
            const FAILURES: &'static [(FailureKind, usize)] = &[#(#failures),*];
        }
    }
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
                all.extend(subset(&name, &what, coded, rows));
            }
        }
    }
    if let Some(coded) = table(scope, operation, &operation.result) {
        let rows = coded.refusals(&operation.result, &operation.outcomes);
        all.extend(subset("RefusalCode", "The codes that a handler can refuse a request with.", coded, &rows));
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

fn subset(name: &str, what: &str, coded: &Coded, rows: &[usize]) -> TokenStream {
    let (name, table) = (ident(name), ident(&coded.codes));
    let head = doc(&format!(
        "{what}\n\nThe discriminant of each is its row in [`{}::TABLE`](::alipayplus_runtime::code::Code::TABLE).",
        coded.codes
    ));
    let variants = rows.iter().map(|n| {
        let (variant, doc) = (ident(&coded.rows[*n].rust), doc(&row_doc(&coded.rows[*n], coded)));
        let n = Literal::usize_unsuffixed(*n);
        quote!(#doc #variant = #n)
    });
    let all = rows.iter().map(|n| ident(&coded.rows[*n].rust));
    quote! {
        #head
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum #name { #(#variants),* }
        ::alipayplus_runtime::code_subset!(#name of #table, #(#all),*);
    }
}
