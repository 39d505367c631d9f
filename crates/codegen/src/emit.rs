//! From the intermediate form to Rust and to documents: one module per artefact. Nothing here reads JSON.

pub mod bundle;
pub mod client;
pub mod docs;
pub mod json;
pub mod json_schema;
pub mod messages;
pub mod model;
pub mod openapi;
pub mod reference;
pub mod server;

use std::collections::HashSet;

use proc_macro2::{Delimiter, Ident, Literal, Span, TokenStream, TokenTree};
use quote::quote;

use super::ir::File;

/// Returns the name of a schema file without its folder and ending: what the files that come from it are named after.
#[must_use]
pub fn stem(file: &File) -> &str {
    let name = file.source.rsplit('/').next().unwrap_or(&file.source);
    name.strip_suffix(".json").unwrap_or(name)
}

/// Returns an identifier.
#[must_use]
pub fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// Returns a number as a literal, with digits in groups of three if there are more than five.
#[must_use]
pub fn number(value: u64) -> Literal {
    let digits = value.to_string();
    let grouped = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect::<Vec<_>>().join("_");
    let text = if digits.len() > 5 { grouped } else { digits };
    text.parse().unwrap_or_else(|_| Literal::u64_unsuffixed(value))
}

/// Returns a size as such a literal.
#[must_use]
pub fn size(value: usize) -> Literal {
    u64::try_from(value).map_or_else(|_| Literal::usize_unsuffixed(value), number)
}

/// Finds those of the names that have to be in scope for the tokens: the first of a path, and no declared name.
fn find<'a>(tokens: TokenStream, names: &[&'a str], found: &mut HashSet<&'a str>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let punct = |n: Option<usize>, c: char| matches!(n.and_then(|n| tokens.get(n)), Some(TokenTree::Punct(it)) if it.as_char() == c);
    let attribute = |n: Option<usize>| matches!(n.and_then(|n| tokens.get(n)), Some(TokenTree::Group(it)) if it.delimiter() == Delimiter::Bracket);
    for (n, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(it) => {
                let (before, after) = (n.checked_sub(1), Some(n + 1));
                // `a::B`, `.b`, `b: …`, `B = …`, and a variant behind its docs.
                let in_path = punct(before, ':') && punct(n.checked_sub(2), ':') || punct(before, '.');
                let is_field = punct(after, ':') && !punct(Some(n + 2), ':');
                let is_declared = punct(after, '=') || attribute(before) && punct(n.checked_sub(2), '#');
                if !(in_path || is_field || is_declared) {
                    found.extend(names.iter().find(|name| it == **name));
                }
            }
            // An attribute holds docs, wire names and traits.
            TokenTree::Group(_) if attribute(Some(n)) && punct(n.checked_sub(1), '#') => {}
            TokenTree::Group(group) => find(group.stream(), names, found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Returns `use` lines for the candidates, a prefix and the names under it; if there are tokens, for those that they use.
#[must_use]
pub fn imports(tokens: Option<&TokenStream>, candidates: &[(&str, &[&str])]) -> TokenStream {
    let names: Vec<&str> = candidates.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let mut used = HashSet::new();
    match tokens {
        Some(tokens) => find(tokens.clone(), &names, &mut used),
        None => used.extend(names),
    }
    let mut lines = TokenStream::new();
    for (prefix, all) in candidates {
        let used: Vec<_> = all.iter().filter(|name| used.contains(**name)).map(|name| ident(name)).collect();
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
