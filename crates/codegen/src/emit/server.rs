//! Emits the server: a trait per operation, and the type on which handlers are mounted.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{LINE, doc, inner, plain, root};
use super::{ident, model};
use crate::ir::{File, Operation, ServiceModel};
use crate::names;

/// Emits the module of one operation: the handler's trait and the types that it uses.
#[must_use]
pub fn file(family: &ServiceModel, file: &File, operation: &Operation) -> TokenStream {
    let head = inner(&format!("The trait that a handler of `{}` implements, and its types.", operation.name));
    let (module, marker) = (ident(&file.module), ident(&operation.rust));
    let mut names = model::handler_types(file, operation);
    names.sort();
    let cases = model::answer_structs(operation);
    let lent = model::reexports(&model::lent_types(family, file), &[names.as_slice(), cases.as_slice()].concat());
    let cases = cases.iter().map(|name| ident(name));
    let names = names.iter().map(|name| ident(name));
    let name = doc("The name of the operation, which the settings of a server refer to.");
    let refusal = doc("The error type of the handler: why there is no answer.");
    let handler = doc(&format!(
        "Handles requests of `{}`. {}\n\nOnly requests with a verified signature and a schema-valid body reach it. Implement the method as an `async fn`.",
        operation.name,
        plain(&file.doc)
    ));
    let handler_example = handler_example(&module.to_string(), &marker.to_string());
    let method = doc(
        "Answers one request.\n\nThe future is dropped half way when its deadline passes, when the grace time of a shutdown ends, and, in other HTTP servers than `HttpServer`, when the client disconnects. Work that must be finished belongs in a task of its own.\n\n# Errors\nReturns a [`Refusal`] if there is no answer: with a code of your choice, or, by `?`, converted from any error.",
    );
    // No definition of a schema can have these names.
    let answered = quote!(impl Future<Output = Result<Answer, Refusal>> + Send);
    quote! {
        #head
        use super::model::#module as op;
        use ::alipayplus_server::{Caller, __private};
        pub use op::answer::{#(#cases),*};
        pub use op::{#(#names),*};
        #lent
        #name
        pub const NAME: &str = <op::#marker as __private::Operation>::NAME;
        #refusal
        pub type Refusal = ::alipayplus_server::Refusal<op::#marker>;
        #handler
        #handler_example
        pub trait #marker: Send + Sync + 'static {
            #method
            fn #module(&self, caller: &Caller, request: Request) -> #answered;
        }
        ::alipayplus_server::handler!(#marker::#module for op);
    }
}

/// A type of the server: its name, what its documentation adds, and its operations.
struct ServerType<'a> {
    name: String,
    about: String,
    operations: Vec<(&'a File, &'a Operation)>,
}

/// Returns the types of servers: one, and one for each side whose operations can't all be on it. It has all of that side.
fn servers(family: &ServiceModel) -> Vec<ServerType<'_>> {
    let all: Vec<_> = family.operations().collect();
    let (apart, together): (Vec<_>, Vec<_>) = all.iter().copied().partition(|(_, it)| family.is_apart(it));
    let has_apart = |side: &&str| apart.iter().any(|(_, it)| it.server == *side);
    let sides = family.answering_sides().into_iter().filter(has_apart);
    let own = sides.map(|side| ServerType {
        name: names::server(side),
        about: format!(
            "\n\nIt is a server of its own, with all operations that {} answers: some have the name or the path of others, which are on [`Server`].",
            plain(side)
        ),
        operations: all.iter().copied().filter(|(_, it)| it.server == side).collect(),
    });
    let common = ServerType { name: "Server".into(), about: String::new(), operations: together };
    std::iter::once(common).chain(own).collect()
}

/// Emits the types of the server, with a method per operation that mounts its handler.
#[must_use]
pub fn modules(family: &ServiceModel) -> TokenStream {
    let head = root("A module per operation, and the [`Server`] on which their handlers are mounted.");
    let modules = family.operations().map(|(file, _)| {
        let name = ident(&file.module);
        quote!(pub mod #name;)
    });
    let fallback = family.files.iter().find_map(|file| Some((ident(&file.module), ident(&model::service_type(file)?))));
    let fallback = fallback.map(|(module, name)| quote!(model::#module::#name));
    let shared = model::reexports(&model::shared_by_operations(family), &[]);
    let servers = servers(family).into_iter().map(|it| server(&it, fallback.as_ref()));
    quote! {
        #head
        #(#modules)*
        // The `model` of the parent module: in a fixture, it is the fixture's own.
        use super::model;
        use ::alipayplus_server::__private;
        #shared
        #(#servers)*
    }
}

/// Emits a type of the server.
fn server(of: &ServerType<'_>, fallback: Option<&TokenStream>) -> TokenStream {
    let name = ident(&of.name);
    let methods = of.operations.iter().map(|(file, operation)| mount(&of.name, file, operation));
    let operations = of.operations.iter().map(|(file, operation)| {
        let (module, marker) = (ident(&file.module), ident(&operation.rust));
        quote!(__private::OperationInfo::of::<model::#module::#marker>())
    });
    let about = doc(&format!(
        "A `tower::Service` that answers requests by the handlers mounted on it.\n\nClones share the settings and the handlers that were mounted before.{}",
        of.about
    ));
    let builder = doc("Returns a builder with the default settings.");
    quote! {
        #about
        #[derive(Clone, Debug)]
        pub struct #name(__private::Router);
        impl #name {
            #builder
            pub fn builder() -> ::alipayplus_server::Builder<Self> {
                ::alipayplus_server::Builder::new()
            }
            #(#methods)*
        }
        impl __private::ServiceSpec for #name {
            type Fallback = #fallback;
            const OPERATIONS: &'static [__private::OperationInfo] = &[#(#operations),*];
        }
        impl ::core::convert::From<__private::Router> for #name {
            fn from(router: __private::Router) -> Self {
                Self(router)
            }
        }
        impl<R> __private::Service<R> for #name
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

/// Emits the method that mounts the handler of an operation.
fn mount(server: &str, file: &File, operation: &Operation) -> TokenStream {
    let (module, marker) = (ident(&file.module), ident(&operation.rust));
    let doc = doc(&format!(
        "Mounts the handler of `{}`. Replaces the previous one.\n\nUntil it is called, requests to the path of the operation are refused.",
        operation.name
    ));
    let example = mount_example(server, &module.to_string(), &marker.to_string());
    quote! {
        #doc
        #example
        #[must_use]
        pub fn #module(self, handler: impl #module::#marker) -> Self {
            Self(self.0.mount::<model::#module::#marker, _>(handler))
        }
    }
}

/// The example of a handler's trait. It compiles for every operation, because it only uses names that each has.
fn handler_example(module: &str, marker: &str) -> TokenStream {
    example(&format!(
        "use alipayplus_server::Caller;
use alipayplus_server::{module}::{{
    Answer, {marker}, Refusal, Request,
}};

struct MyHandler;

impl {marker} for MyHandler {{
    async fn {module}(
        &self,
        _caller: &Caller,
        _request: Request,
    ) -> Result<Answer, Refusal> {{
        // Return a variant of `Answer`, or use `?` with any error.
        Err(Refusal::internal(\"not implemented\"))
    }}
}}"
    ))
}

/// The example of the method that mounts a handler.
fn mount_example(server: &str, module: &str, marker: &str) -> TokenStream {
    example(&format!(
        "use alipayplus_server::{module}::{marker};
use alipayplus_server::{{BuildError, KeyRing, PrivateKey, {server}}};

fn server(
    key: PrivateKey,
    callers: KeyRing,
    handler: impl {marker},
) -> Result<{server}, BuildError> {{
    let server = {server}::builder()
        .sign_with(1, key)
        .callers(callers)
        .build()?;
    Ok(server.{module}(handler))
}}"
    ))
}

/// Emits the section `# Examples` of a doc comment with this code.
fn example(code: &str) -> TokenStream {
    let mut lines = format!("{LINE} # Examples{LINE} ```rust");
    for line in code.lines() {
        lines.extend([LINE.to_string().as_str(), if line.is_empty() { "" } else { " " }, line]);
    }
    lines.extend([LINE.to_string().as_str(), " ```"]);
    quote!(#[doc = #lines])
}
