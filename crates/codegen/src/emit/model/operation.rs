//! The operation: its names and times, and the conversions from answers to responses and from responses to outcomes.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};

use super::Scope;
use super::codes::table;
use super::construct::{self, Field, FieldKind};
use super::outcomes::{bound, code_field, distinct, holds, known, rust_of, status_selectors, word_of};
use crate::emit::docs::{doc, plain};
use crate::emit::{ident, number};
use crate::ir::{Coded, Member, OmittedIfEqual, Operation, Outcome, OutcomeMember, Selector, SelectorValue};
use crate::names::snake;

/// Emits the type of the operation and its implementation of the trait.
pub(super) fn marker(scope: &Scope<'_>, operation: &Operation) -> TokenStream {
    let name = ident(&operation.rust);
    let head = doc(&format!(
        "The operation `{}`. {}\n\nClient: {}. Server: {}.",
        operation.name,
        plain(&operation.doc),
        plain(&operation.client),
        plain(&operation.server)
    ));
    let (wire, method, path) = (&operation.name, &operation.method, &operation.path);
    let (wait, repeatable) = (self::wait(operation.timeout_seconds), operation.idempotent);
    let Some(coded) = table(scope, operation, &operation.result) else { return TokenStream::new() };
    let code_type = ident(&coded.codes);
    let outcomes: Vec<&Outcome> = known(operation).collect();
    let arms = outcomes.iter().map(|outcome| response_of(scope, operation, outcome));
    let cases = outcomes.iter().map(|outcome| outcome_of(scope, operation, outcome));
    let result = ident(&rust_of(scope, operation, &operation.result));
    let others = selecting(scope, operation);
    let excluding = excluding(scope, operation, coded);
    let compare = compare(scope, operation);
    let respond = if operation.checked { quote!(validated) } else { quote!(Ok) };
    let omits = outcomes.iter().any(|outcome| outcome.members.iter().any(|member| member.differs.is_some()));
    let omitted = ident(if omits { "omitted" } else { "_omitted" });
    let takes = outcomes.iter().any(|outcome| outcome.when.len() > 1 || !outcome.members.is_empty());
    let mutable = takes.then(|| quote!(mut));
    quote! {
        #head
        #[derive(Clone, Copy, Debug)]
        pub struct #name;
        impl Operation for #name {
            const NAME: &'static str = #wire;
            const METHOD: &'static str = #method;
            const PATH: &'static str = #path;
            const TIMEOUT: Duration = #wait;
            const IDEMPOTENT: bool = #repeatable;
            #excluding
            type Request = Request;
            type Response = Response;
            type Answer = Answer;
            type Outcome = Outcome;
            type Expected = Expected;
            type Code = #code_type;
            type RefusalCode = RefusalCode;
            fn into_response(answer: Answer, #omitted: &mut Vec<Omitted>) -> Result<Response, AnswerError> {
                let response = match answer { #(#arms)* };
                #respond(response)
            }
            fn into_outcome(#mutable response: Response) -> Result<(Outcome, Response), OutcomeError<Self::Code>> {
                #(#cases)*
                Err(outcome_error(&response.#result, #others))
            }
            #compare
        }
    }
}

/// Emits a duration. Clippy has a function of a newer Rust for whole minutes.
fn wait(seconds: u64) -> TokenStream {
    let literal = number(seconds);
    if seconds.is_multiple_of(60) { quote!(Duration::new(#literal, 0)) } else { quote!(Duration::from_secs(#literal)) }
}

/// Returns the pointer of the first member that selects outcomes, besides the operation's own result; empty if there is
/// none.
fn selecting(scope: &Scope<'_>, operation: &Operation) -> String {
    let members = scope.file.object(&operation.response).map_or(&[][..], |response| response.members.as_slice());
    let first = members.iter().find(|member| operation.is_selected_by(&member.wire));
    first.map(|member| format!("/{}", member.wire)).unwrap_or_default()
}

/// Emits the members that an outcome of a success excludes.
fn excluding(scope: &Scope<'_>, operation: &Operation, own: &Coded) -> Option<TokenStream> {
    let response = scope.file.object(&operation.response)?;
    let pointers: Vec<_> = operation.excluding(response, own).map(|it| format!("/{}", it.wire)).collect();
    (!pointers.is_empty()).then(|| quote!(const SELECTING: &'static [&'static str] = &[#(#pointers),*];))
}

/// Emits the arm of `into_response` for an answer.
fn response_of(scope: &Scope<'_>, operation: &Operation, outcome: &Outcome) -> TokenStream {
    let (name, binding) = (ident(&outcome.name), binding(outcome));
    let own = outcome.when.iter().find(|selector| selector.member == operation.result);
    let own = own.map(|selector| code(scope, operation, outcome, selector));
    let selecting = outcome.when.iter().filter(|selector| selector.member != operation.result).map(|selector| {
        let field = ident(&rust_of(scope, operation, &selector.member));
        if let SelectorValue::Word(word) = &selector.is {
            let word = word_of(scope, operation, selector, word);
            return quote!(#field: Some(#word));
        }
        let code = code(scope, operation, outcome, selector);
        quote!(#field: result(#code))
    });
    let members = compared_first(outcome).map(|member| {
        let field = ident(&rust_of(scope, operation, &member.wire));
        match (&member.differs, member.required) {
            (Some(differs), _) => compared(scope, operation, differs, &binding),
            (None, true) => quote!(#field: Some(#binding.#field)),
            (None, false) => quote!(#field: #binding.#field),
        }
    });
    let fields: Vec<_> = selecting.chain(members).collect();
    let response = if fields.is_empty() {
        quote!(Response::with(#own))
    } else {
        quote!(Response { #(#fields,)* ..Response::with(#own) })
    };
    let is_read = !outcome.members.is_empty() || outcome.open_selectors().next().is_some();
    let pattern = if is_read { quote!(#binding) } else { quote!(_) };
    quote!(Answer::#name(#pattern) => #response,)
}

/// Returns the variable that holds an outcome, named after it.
fn binding(outcome: &Outcome) -> Ident {
    distinct(&snake(&outcome.name), &["answer", "omit_if_equal", "omitted", "response", "result"])
}

/// Returns the members of an outcome. Those that borrow another member come first, before that one is moved.
fn compared_first(outcome: &Outcome) -> impl Iterator<Item = &OutcomeMember> {
    let (first, rest): (Vec<_>, Vec<_>) = outcome.members.iter().partition(|member| member.differs.is_some());
    first.into_iter().chain(rest)
}

/// Emits the code of a selector's member in an answer.
fn code(scope: &Scope<'_>, operation: &Operation, outcome: &Outcome, selector: &Selector) -> TokenStream {
    let Some(coded) = table(scope, operation, &selector.member) else { return TokenStream::new() };
    if outcome.open_selectors().any(|(open, _)| open.member == selector.member) {
        let (field, binding) = (ident(&code_field(outcome, selector)), binding(outcome));
        let is_own = selector.member == operation.result;
        return if is_own { quote!(#binding.#field.into()) } else { quote!(#binding.#field) };
    }
    let row = match &selector.is {
        SelectorValue::Code(row) => Some(*row),
        SelectorValue::Status(_, rows) => rows.first().copied(),
        SelectorValue::Word(_) => None,
    };
    let (table, variant) = (ident(&coded.codes), ident(row.map_or("Other", |row| coded.rows[row].rust.as_str())));
    quote!(#table::#variant)
}

/// Emits `pay_to_amount: omit_if_equal(…)`.
fn compared(scope: &Scope<'_>, operation: &Operation, differs: &OmittedIfEqual, binding: &Ident) -> TokenStream {
    let (field, from) =
        (ident(&rust_of(scope, operation, &differs.member)), ident(&rust_of(scope, operation, &differs.from)));
    let (part, name) = (ident(&differs.part_rust), &differs.part);
    let (pointer, counterpart) = (format!("/{}", differs.member), format!("/{}", differs.from));
    let omission = quote!(Omitted::new(#pointer, #counterpart, #name));
    quote!(#field: omit_if_equal(#binding.#field, &#binding.#from, |member| &member.#part, #omission, omitted))
}

/// Emits the case of `into_outcome` for an outcome.
fn outcome_of(scope: &Scope<'_>, operation: &Operation, outcome: &Outcome) -> TokenStream {
    let name = ident(&outcome.name);
    let tests: Vec<_> = outcome.when.iter().filter_map(|selector| holds(scope, operation, selector)).collect();
    // The members that select the outcome are taken out of the response too.
    let selecting = outcome.when.iter().filter(|selector| selector.member != operation.result);
    let selecting: Vec<_> = selecting.map(|selector| ident(&rust_of(scope, operation, &selector.member))).collect();
    let codes = status_selectors(outcome).filter_map(|selector| {
        let code = ident(&table(scope, operation, &selector.member)?.template.code.1);
        let (field, member) =
            (ident(&code_field(outcome, selector)), ident(&rust_of(scope, operation, &selector.member)));
        let bound = bound(&member);
        let owner = if selector.member == operation.result { quote!(response.#member) } else { quote!(#bound) };
        Some(quote!(#field: #owner.#code.clone()))
    });
    let fields = compared_first(outcome).map(|member| {
        let (field, value) = (ident(&rust_of(scope, operation, &member.wire)), read(scope, operation, member));
        quote!(#field: #value)
    });
    let binding = binding(outcome);
    quote! {
        if #(#tests)&&* {
            let #binding = outcome::#name { #(#codes,)* #(#fields),* };
            #(response.#selecting = None;)*
            return Ok((Outcome::#name(#binding), response));
        }
    }
}

/// Emits the expression that takes a member of an outcome out of the response.
fn read(scope: &Scope<'_>, operation: &Operation, member: &OutcomeMember) -> TokenStream {
    let field = ident(&rust_of(scope, operation, &member.wire));
    let pointer = format!("/{}", member.wire);
    if let Some(differs) = &member.differs {
        let from = ident(&rust_of(scope, operation, &differs.from));
        let pointer = format!("/{}", differs.from);
        quote!(or_counterpart(response.#field.take(), response.#from.as_ref(), #pointer)?)
    } else if member.required {
        quote!(require(response.#field.take(), #pointer)?)
    } else {
        quote!(response.#field.take())
    }
}

fn member<'a>(scope: &'a Scope<'_>, operation: &Operation, wire: &str) -> Option<&'a Member> {
    scope.file.object(&operation.response)?.member(wire)
}

/// Emits `Expected`, the values that a client can compare a response with.
pub(super) fn expected(scope: &Scope<'_>, operation: &Operation) -> TokenStream {
    let fields = operation.expectable.iter().filter_map(|wire| {
        let member = member(scope, operation, wire)?;
        let doc = doc(&format!("The expected `{wire}`, compared if the response has it."));
        let ty = ident(&member.ty.rust).into_token_stream();
        Some(Field { doc, name: ident(&member.rust), ty, kind: FieldKind::Optional })
    });
    let fields: Vec<_> = fields.collect();
    let head = doc(
        "The values that a client expects in the response.\n\nThe signature of a response does not cover the request, so the client compares the response with these values. A member that the response lacks is not compared: a response without these members can belong to another request.",
    );
    construct::plain_struct(&head, &ident("Expected"), &fields, true)
}

fn compare(scope: &Scope<'_>, operation: &Operation) -> Option<TokenStream> {
    let each = operation.expectable.iter().filter_map(|wire| {
        let (field, pointer) = (ident(&member(scope, operation, wire)?.rust), format!("/{wire}"));
        Some(quote!(all.add(#pointer, &expected.#field, &response.#field);))
    });
    let each: Vec<_> = each.collect();
    (!each.is_empty()).then(|| {
        quote! {
            fn check_expected(expected: &Expected, response: &Response, all: &mut Mismatches) {
                #(#each)*
            }
        }
    })
}
