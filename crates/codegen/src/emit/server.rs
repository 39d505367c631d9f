//! The server: a trait for each operation, and the type that they are mounted on.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{doc, inner, plain, root};
use super::{ident, model};
use crate::ir::{Family, File, Operation};

/// What a handler of one operation needs, its trait first.
#[must_use]
pub fn file(family: &Family, file: &File, operation: &Operation) -> TokenStream {
    let head = inner(&format!("`{}`: what its handler implements and uses.", operation.name));
    let (module, marker) = (ident(&file.module), ident(&operation.rust));
    let mut names = model::handler_types(file, operation);
    names.sort();
    let cases = model::answer_structs(operation);
    let lent = model::reexports(&model::lent_types(family, file), &[names.as_slice(), cases.as_slice()].concat());
    let cases = (!cases.is_empty()).then(|| {
        let cases = cases.iter().map(|name| ident(name));
        quote!(pub use op::answer::{#(#cases),*};)
    });
    let names = names.iter().map(|name| ident(name));
    let name = doc("The name of the operation, as settings take it.");
    let refusal = doc("What a handler returns when there is no answer.");
    let handler = doc(&format!(
        "Answers `{}`. {}\n\nWrite it as a plain `async fn`. It gets requests alone whose signature was verified and whose body keeps the schema.",
        operation.name,
        plain(&file.doc)
    ));
    let method = doc(
        "Answers one request.\n\n# Errors\nA [`Refusal`]: with a code of one's own choice, or, by `?`, of any error.",
    );
    // No definition can take these names.
    let answered = quote!(impl Future<Output = Result<Answer, Refusal>> + Send);
    quote! {
        #head
        use super::model::#module as op;
        use ::alipayplus_server::{Caller, __private};
        #cases
        pub use op::{#(#names),*};
        #lent
        #name
        pub const NAME: &str = <op::#marker as __private::Operation>::NAME;
        #refusal
        pub type Refusal = ::alipayplus_server::Refusal<op::#marker>;
        #handler
        pub trait #marker: Send + Sync + 'static {
            #method
            fn #module(&self, caller: &Caller, request: Request) -> #answered;
        }
        impl<H: #marker> __private::Handler<H> for op::#marker {
            fn handle(handler: &H, caller: &Caller, request: Request) -> #answered {
                handler.#module(caller, request)
            }
        }
    }
}

/// The server and the list of operations.
#[must_use]
pub fn modules(family: &Family) -> TokenStream {
    let head = root("A module for each operation, and the [`Server`] that they are mounted on.");
    let modules = family.operations().map(|(file, _)| {
        let name = ident(&file.module);
        quote!(pub mod #name;)
    });
    let methods = family.operations().map(|(file, operation)| {
        let (module, marker) = (ident(&file.module), ident(&operation.rust));
        let doc = doc(&format!("Answers `{}` by this handler.", operation.name));
        quote! {
            #doc
            #[must_use]
            pub fn #module(self, handler: impl #module::#marker) -> Self {
                Self(self.0.mount::<model::#module::#marker, _>(handler))
            }
        }
    });
    let operations = family.operations().map(|(file, operation)| {
        let (module, marker) = (ident(&file.module), ident(&operation.rust));
        quote!(__private::OperationInfo::of::<model::#module::#marker>())
    });
    let fallback = family.files.iter().find_map(|file| Some((ident(&file.module), ident(file.service.as_ref()?))));
    let fallback = fallback.map(|(module, name)| quote!(model::#module::#name));
    let shared = model::reexports(&model::shared_by_operations(family), &[]);
    let server = doc(
        "The endpoint of a service: a `tower::Service` that answers the operations mounted on it. Clones share everything.",
    );
    let builder = doc("The settings of a server.");
    quote! {
        #head
        #(#modules)*
        // Whatever `model` the parent has: a fixture's own, in a fixture.
        use super::model;
        use ::alipayplus_server::__private;
        #shared
        #server
        #[derive(Clone, Debug)]
        pub struct Server(__private::Router);
        impl Server {
            #builder
            pub fn builder() -> ::alipayplus_server::Builder<Self> {
                ::alipayplus_server::Builder::new()
            }
            #(#methods)*
        }
        impl __private::ServiceSpec for Server {
            type Fallback = #fallback;
            const OPERATIONS: &'static [__private::OperationInfo] = &[#(#operations),*];
        }
        impl ::core::convert::From<__private::Router> for Server {
            fn from(router: __private::Router) -> Self {
                Self(router)
            }
        }
        impl<R> __private::Service<R> for Server
        where
            __private::Router: __private::Service<R>,
        {
            type Response = <__private::Router as __private::Service<R>>::Response;
            type Error = <__private::Router as __private::Service<R>>::Error;
            type Future = <__private::Router as __private::Service<R>>::Future;
            fn poll_ready(
                &mut self,
                context: &mut ::core::task::Context<'_>,
            ) -> ::core::task::Poll<::core::result::Result<(), Self::Error>> {
                __private::Service::poll_ready(&mut self.0, context)
            }
            fn call(&mut self, request: R) -> Self::Future {
                __private::Service::call(&mut self.0, request)
            }
        }
    }
}
