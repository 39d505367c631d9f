//! From the intermediate form to Rust: one module an artefact. Nothing here reads JSON.

pub mod client;
pub mod docs;
pub mod model;
pub mod server;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;

/// An identifier.
#[must_use]
pub fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// A path of identifiers: `ServiceResult::of`.
#[must_use]
pub fn path(text: &str) -> TokenStream {
    let parts = text.split("::").map(ident);
    quote!(#(#parts)::*)
}

/// Whether an identifier stands anywhere in the tokens.
#[must_use]
pub fn names(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(it) => it == name,
        TokenTree::Group(group) => names(&group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// `use` lines for those of the candidates that the tokens name: a prefix and the names under it.
#[must_use]
pub fn imports(tokens: &TokenStream, candidates: &[(&str, &[&str])]) -> TokenStream {
    let mut lines = TokenStream::new();
    for (prefix, all) in candidates {
        let used: Vec<_> = all.iter().filter(|name| names(tokens, name)).map(|name| ident(name)).collect();
        let prefix: syn::Path = match syn::parse_str(prefix) {
            Ok(prefix) => prefix,
            Err(_) => continue,
        };
        match used.as_slice() {
            [] => {}
            [one] => lines.extend(quote!(use #prefix::#one;)),
            many => lines.extend(quote!(use #prefix::{#(#many),*};)),
        }
    }
    lines
}
