//! The client: one thin method for each operation, over the hand-written core.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{doc, inner, plain, root};
use super::{ident, model};
use crate::ir::{Family, File, Operation};

/// What a caller needs of one operation.
#[must_use]
pub fn file(family: &Family, file: &File, operation: &Operation) -> TokenStream {
    let head = inner(&plain(&file.doc));
    let module = ident(&file.module);
    let mut names = model::public_types(file);
    names.extend(["Expected".into(), "Outcome".into(), operation.rust.clone()]);
    names.extend(model::has_outcome_structs(operation).then(|| "outcome".into()));
    names.sort();
    let lent = model::reexports(&model::lent_types(family, file), &names);
    let names = names.iter().map(|name| ident(name));
    quote! {
        #head
        pub use super::model::#module::{#(#names),*};
        #lent
    }
}

/// The client and the list of operations.
#[must_use]
pub fn modules(family: &Family) -> TokenStream {
    let head = root("The client, with one method for each operation.");
    let modules = family.operations().map(|(file, _)| {
        let name = ident(&file.module);
        quote!(pub mod #name;)
    });
    let methods = family.operations().map(|(file, operation)| {
        let (module, marker) = (ident(&file.module), ident(&operation.rust));
        let doc = doc(&format!("{}\n\nNothing is sent until the call is awaited.", plain(&file.doc)));
        quote! {
            #doc
            pub fn #module<'a>(
                &'a self,
                request: &'a #module::Request,
            ) -> ::alipayplus_client::Call<'a, #module::#marker> {
                self.0.call(request)
            }
        }
    });
    let shared = model::reexports(&model::shared_by_operations(family), &[]);
    let client = doc("Asks a service: one method for each operation. Clones share their connections and their keys.");
    let builder = doc(
        "Starts a client of the service at this base URL: scheme and authority, and a path prefix where there is one.",
    );
    quote! {
        #head
        #(#modules)*
        use super::model;
        #shared
        #client
        #[derive(Clone, Debug)]
        pub struct Client(::alipayplus_client::Core);
        impl Client {
            #builder
            pub fn builder(
                url: impl ::std::convert::Into<::std::string::String>,
            ) -> ::alipayplus_client::Builder<Self> {
                ::alipayplus_client::Builder::new(url)
            }
            #(#methods)*
        }
        impl ::std::convert::From<::alipayplus_client::Core> for Client {
            fn from(core: ::alipayplus_client::Core) -> Self {
                Self(core)
            }
        }
    }
}
