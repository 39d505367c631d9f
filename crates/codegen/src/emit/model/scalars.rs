//! Scalars: a tuple struct or an enum, and the macro call that implements its traits.

use proc_macro2::TokenStream;
use quote::quote;

use super::codes::grouped;
use crate::emit::docs::{doc, plain, sentence};
use crate::emit::{ident, number, size};
use crate::ir::{List, Meaning, Scalar, ScalarKind, Word};
use crate::prose;

/// Returns whether the scalar has a generated type of its own.
pub(super) fn is_emitted(scalar: &Scalar) -> bool {
    !matches!(scalar.kind, ScalarKind::Code { .. } | ScalarKind::Builtin(_))
}

pub(super) fn scalar(scalar: &Scalar) -> TokenStream {
    match &scalar.kind {
        ScalarKind::Text { min, max, pairs } => text(scalar, *min, *max, *pairs, None),
        ScalarKind::Formed { min, max, form } => text(scalar, *min, *max, false, Some(form.pattern())),
        ScalarKind::Message { max } => text(scalar, 1, *max, false, None),
        ScalarKind::Words(words) => closed(scalar, words),
        ScalarKind::Integer { min, max, pattern } => integer(scalar, *min, *max, pattern),
        ScalarKind::Boolean => boolean(scalar),
        ScalarKind::Code { .. } | ScalarKind::Builtin(_) => TokenStream::new(),
    }
}

fn text(scalar: &Scalar, min: usize, max: usize, pairs: bool, pattern: Option<&str>) -> TokenStream {
    let name = ident(&scalar.rust);
    let hidden = if scalar.sensitive { " Sensitive: `Debug` prints `[redacted]`." } else { "" };
    let length = match (min, max) {
        (1, 1) => "Exactly 1 character.".to_owned(),
        _ if min == max => format!("Exactly {max} characters."),
        _ => format!("{min} to {max} characters."),
    };
    let form = pattern.map(|pattern| format!(" Of the form `{pattern}`.")).unwrap_or_default();
    let doc = doc(&format!("{}\n\n{length}{form}{hidden}", plain(&scalar.doc)));
    let pattern = pattern.map(|pattern| quote!(, #pattern));
    let (low, high) = (size(min), size(max));
    let (inner, rest, getter) =
        if scalar.sensitive { ("SensitiveText", "sensitive_text", "expose") } else { ("Text", "text", "as_str") };
    let (inner, rest, getter) = (ident(inner), ident(rest), ident(getter));
    let pairs = pairs.then(|| quote!(::alipayplus_runtime::key_values!(#name, #getter);));
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct #name(#inner<#low, #high>);
        ::alipayplus_runtime::#rest!(#name, #low, #high #pattern);
        #pairs
    }
}

fn integer(scalar: &Scalar, min: u64, max: u64, pattern: &str) -> TokenStream {
    let name = ident(&scalar.rust);
    let doc = doc(&format!("{}\n\nAn integer from {min} to {max}.", plain(&scalar.doc)));
    let (min, max) = (number(min), number(max));
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
    let min = size(list.min);
    let max = list.max.map(size);
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
        #[non_exhaustive]
        pub enum #name { #(#variants),* }
        ::alipayplus_runtime::string_enum!(#name, #(#pairs),*);
        #status
    }
}

/// Returns whether a scalar's code uses the imports of the module.
pub(super) fn uses_imports(scalar: &Scalar) -> bool {
    matches!(scalar.kind, ScalarKind::Text { .. } | ScalarKind::Formed { .. } | ScalarKind::Message { .. })
        || has_meanings(scalar)
}

/// Returns whether a scalar is a closed set of status words.
fn has_meanings(scalar: &Scalar) -> bool {
    matches!(&scalar.kind, ScalarKind::Words(words) if words.iter().any(|word| word.meaning.is_some()))
}

fn meanings(scalar: &Scalar, words: &[Word]) -> TokenStream {
    let name = ident(&scalar.rust);
    let meanings = words.iter().map(|word| (&word.rust, word.meaning.unwrap_or(Meaning::Unknown).rust()));
    let arms = grouped(meanings).into_iter().map(|(variants, meaning)| {
        let meaning = ident(meaning);
        quote!(#variants => Status::#meaning)
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
