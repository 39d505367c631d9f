//! Emits the client: one thin method per operation over the hand-written `ClientInner`.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{doc, inner, plain, root};
use super::{ident, model};
use crate::ir::{File, Operation, ServiceModel};

/// Emits the module of one operation: the types that its caller needs.
#[must_use]
pub fn file(family: &ServiceModel, file: &File, operation: &Operation) -> TokenStream {
    let head = inner(&plain(&file.doc));
    let module = ident(&file.module);
    let mut names = model::public_types(file);
    names.extend(["Expected".into(), "Outcome".into(), "outcome".into(), operation.rust.clone()]);
    names.sort();
    let lent = model::reexports(&model::lent_types(family, file), &names);
    let names = names.iter().map(|name| ident(name));
    quote! {
        #head
        pub use super::model::#module::{#(#names),*};
        #lent
    }
}

/// Emits the root module: the client and the modules of its operations.
#[must_use]
pub fn modules(family: &ServiceModel) -> TokenStream {
    let head = root("The client, with one method per operation.");
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
    let client = doc("Calls a server, with one method per operation. Clones share their connections and their keys.");
    let builder = doc(
        "Starts building a client of the server at this base URL: scheme and authority, and a path prefix where there is one.",
    );
    quote! {
        #head
        #(#modules)*
        use super::model;
        #shared
        #client
        #[derive(Clone, Debug)]
        pub struct Client(::alipayplus_client::ClientInner);
        impl Client {
            #builder
            pub fn builder(
                url: impl ::std::convert::Into<::std::string::String>,
            ) -> ::alipayplus_client::Builder<Self> {
                ::alipayplus_client::Builder::new(url)
            }
            #(#methods)*
        }
        impl ::std::convert::From<::alipayplus_client::ClientInner> for Client {
            fn from(inner: ::alipayplus_client::ClientInner) -> Self {
                Self(inner)
            }
        }
    }
}
