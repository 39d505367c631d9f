//! Construction of structs that can grow, from their required members by name.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::emit::docs::doc;
use crate::emit::ident;
use crate::names;

/// A field of a struct.
pub(super) struct Field {
    pub(super) doc: TokenStream,
    pub(super) name: Ident,
    /// The type, without `Option`.
    pub(super) ty: TokenStream,
    pub(super) kind: FieldKind,
}

/// Whether an object is made without a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldKind {
    Required,
    /// It is an `Option`.
    Optional,
    /// It has the default of its type.
    Defaulted,
}

impl Field {
    pub(super) fn is_required(&self) -> bool {
        self.kind == FieldKind::Required
    }

    /// Emits the value of a field that is not required.
    fn initial(&self) -> TokenStream {
        let Self { name, ty, kind, .. } = self;
        if *kind == FieldKind::Optional { quote!(#name: None) } else { quote!(#name: #ty::default()) }
    }

    /// Emits the declaration of the field.
    pub(super) fn declaration(&self) -> TokenStream {
        let Self { doc, name, ty, kind } = self;
        if *kind == FieldKind::Optional { quote!(#doc pub #name: Option<#ty>) } else { quote!(#doc pub #name: #ty) }
    }
}

/// Emits a struct that is no message, with its construction.
pub(super) fn plain_struct(head: &TokenStream, name: &Ident, fields: &[Field], has_setters: bool) -> TokenStream {
    let declarations = fields.iter().map(Field::declaration);
    let default = default(fields);
    let construction = construction(name, fields, has_setters);
    quote! {
        #head
        #[derive(Clone, Debug, #default PartialEq, Eq)]
        #[non_exhaustive]
        pub struct #name { #(#declarations),* }
        #construction
    }
}

/// Emits the derive of `Default` for a struct without required members.
pub(super) fn default(fields: &[Field]) -> Option<TokenStream> {
    fields.iter().all(|field| !field.is_required()).then(|| quote!(Default,))
}

/// Emits `new`, which takes the required members, and a method `with_…` per optional member if programs construct the object
/// outside of tests.
///
/// Two or more required members are named by a struct of their own, so that the compiler finds the missing ones and none
/// are swapped. A member that is added later and is optional changes neither.
pub(super) fn construction(name: &Ident, fields: &[Field], has_setters: bool) -> TokenStream {
    let (required, optional): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.is_required());
    let from_members = match required.as_slice() {
        [] => None,
        [only] => Some(new(name, only, &optional)),
        required => Some(new_of_many(name, required, &optional)),
    };
    let of_kind = |kind| fields.iter().filter(move |field| has_setters && field.kind == kind);
    let defaulted: Vec<_> = of_kind(FieldKind::Defaulted).map(setter).collect();
    let defaulted = (!defaulted.is_empty()).then(|| quote!(impl #name { #(#defaulted)* }));
    let setters: Vec<_> = of_kind(FieldKind::Optional).map(optional_setter).collect();
    let setters = (!setters.is_empty()).then(|| quote!(::alipayplus_runtime::setters!(#name, #(#setters),*);));
    quote!(#from_members #defaulted #setters)
}

/// Emits `new` with the only required member.
fn new(name: &Ident, Field { name: field, ty, .. }: &Field, optional: &[&Field]) -> TokenStream {
    let summary = doc("Constructs an object with these members, and without the optional ones.");
    let initial = optional.iter().map(|field| field.initial());
    quote! {
        impl #name {
            #summary
            #[must_use]
            pub fn new(#field: #ty) -> Self {
                Self { #field, #(#initial),* }
            }
        }
    }
}

/// Emits the struct of the required members, and `new` with it.
fn new_of_many(name: &Ident, required: &[&Field], optional: &[&Field]) -> TokenStream {
    let all = ident(&names::required(&name.to_string()));
    let declared = required_members(name, &all, required);
    let names = |fields: &[&Field]| fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
    let (required, optional) = (names(required), names(optional));
    let optional = (!optional.is_empty()).then(|| quote!(; #(#optional),*));
    quote! {
        #declared
        ::alipayplus_runtime::constructor!(#name from #all, #(#required),* #optional);
    }
}

fn required_members(name: &Ident, all: &Ident, required: &[&Field]) -> TokenStream {
    let head = doc(&format!("The required members of [`{name}`], for [`{name}::new`]."));
    let fields = required.iter().map(|Field { name: field, ty, .. }| {
        let doc = doc(&format!("See [`{name}::{field}`]."));
        quote!(#doc pub #field: #ty)
    });
    quote! {
        #head
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct #all { #(#fields),* }
    }
}

/// Emits the declaration of the method that sets an optional field.
fn optional_setter(Field { name, ty, .. }: &Field) -> TokenStream {
    let method = ident(&names::setter(&name.to_string()));
    quote!(#method(#name: #ty))
}

/// Emits the method that sets a field with a default.
fn setter(Field { name, ty, .. }: &Field) -> TokenStream {
    let (method, doc) = (ident(&names::setter(&name.to_string())), doc(&format!("Sets [`Self::{name}`].")));
    quote! {
        #doc
        #[must_use]
        pub fn #method(mut self, #name: #ty) -> Self {
            self.#name = #name;
            self
        }
    }
}
