//! Scalars: a tuple struct or an enum, and the macro call that implements its traits.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::emit::docs::{doc, plain, sentence};
use crate::emit::ident;
use crate::ir::{List, Meaning, Scalar, ScalarKind, Word};
use crate::prose;

/// Returns whether the scalar has a generated type of its own.
pub(super) fn is_emitted(scalar: &Scalar) -> bool {
    !matches!(scalar.kind, ScalarKind::Code { .. } | ScalarKind::Builtin(_))
}

pub(super) fn scalar(scalar: &Scalar) -> TokenStream {
    match &scalar.kind {
        ScalarKind::Text { min, max, pairs } => text(scalar, *min, *max, *pairs),
        ScalarKind::Message { max } => text(scalar, 1, *max, false),
        ScalarKind::Words(words) => closed(scalar, words),
        ScalarKind::Integer { min, max, pattern } => integer(scalar, *min, *max, pattern),
        ScalarKind::Boolean => boolean(scalar),
        ScalarKind::Code { .. } | ScalarKind::Builtin(_) => TokenStream::new(),
    }
}

fn text(scalar: &Scalar, min: usize, max: usize, pairs: bool) -> TokenStream {
    let name = ident(&scalar.rust);
    let hidden = if scalar.sensitive { " Sensitive: `Debug` prints `[redacted]`." } else { "" };
    let length = match (min, max) {
        (1, 1) => "Exactly 1 character.".to_owned(),
        _ if min == max => format!("Exactly {max} characters."),
        _ => format!("{min} to {max} characters."),
    };
    let doc = doc(&format!("{}\n\n{length}{hidden}", plain(&scalar.doc)));
    let (low, high) = (Literal::usize_unsuffixed(min), Literal::usize_unsuffixed(max));
    let sensitive = scalar.sensitive.then(|| quote!(, sensitive));
    let pairs = pairs.then(|| quote!(::alipayplus_runtime::key_values!(#name);));
    quote! {
        #doc
        pub struct #name(Box<str>);
        ::alipayplus_runtime::bounded_string!(#name, #low..=#high #sensitive);
        #pairs
    }
}

fn integer(scalar: &Scalar, min: u64, max: u64, pattern: &str) -> TokenStream {
    let name = ident(&scalar.rust);
    let doc = doc(&format!("{}\n\nAn integer from {min} to {max}.", plain(&scalar.doc)));
    let (min, max) = (Literal::u64_unsuffixed(min), Literal::u64_unsuffixed(max));
    quote! {
        #doc
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct #name(u64);
        ::alipayplus_runtime::integer!(#name, #min..=#max, #pattern);
    }
}

fn boolean(scalar: &Scalar) -> TokenStream {
    let name = ident(&scalar.rust);
    let doc = doc(&plain(&scalar.doc));
    quote! {
        #doc
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct #name(bool);
        ::alipayplus_runtime::boolean!(#name);
    }
}

pub(super) fn list(list: &List) -> TokenStream {
    let (name, item) = (ident(&list.rust), ident(&list.item.rust));
    let limits = sentence(&prose::elements(list.min, list.max));
    let doc = doc(&format!("{}\n\n{limits}", plain(&list.doc)));
    let min = Literal::usize_unsuffixed(list.min);
    let max = list.max.map(Literal::usize_unsuffixed);
    let bounds = max.map_or_else(|| quote!(#min..), |max| quote!(#min..=#max));
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct #name(Vec<#item>);
        ::alipayplus_runtime::list!(#name of #item, #bounds);
    }
}

fn closed(scalar: &Scalar, words: &[Word]) -> TokenStream {
    let name = ident(&scalar.rust);
    let head = doc(&plain(&scalar.doc));
    let variants = words.iter().map(|word| {
        let (variant, doc) = (ident(&word.rust), doc(&format!("`{}`.", word.wire)));
        quote!(#doc #variant)
    });
    let pairs = words.iter().map(|word| {
        let (variant, wire) = (ident(&word.rust), &word.wire);
        quote!(#variant = #wire)
    });
    let status = has_meanings(scalar).then(|| meanings(scalar, words));
    quote! {
        #head
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum #name { #(#variants),* }
        ::alipayplus_runtime::string_enum!(#name, #(#pairs),*);
        #status
    }
}

/// Returns whether a scalar is a closed set of status words.
pub(super) fn has_meanings(scalar: &Scalar) -> bool {
    matches!(&scalar.kind, ScalarKind::Words(words) if words.iter().any(|word| word.meaning.is_some()))
}

fn meanings(scalar: &Scalar, words: &[Word]) -> TokenStream {
    let name = ident(&scalar.rust);
    let arms = words.iter().map(|word| {
        let variant = ident(&word.rust);
        let meaning = ident(word.meaning.unwrap_or(Meaning::Unknown).rust());
        quote!(Self::#variant => Status::#meaning)
    });
    quote! {
        impl StatusWord for #name {
            fn meaning(self) -> Status {
                match self { #(#arms),* }
            }
            fn as_str(self) -> &'static str {
                Self::as_str(self)
            }
        }
    }
}
