//! The operation itself: names and times, how answers become responses, and how responses become outcomes.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::Scope;
use super::codes::table;
use super::outcomes::{code_field, has_answer_fields, has_outcome_fields, holds, known, rust_of, status_selectors};
use crate::emit::docs::{doc, plain};
use crate::emit::ident;
use crate::ir::{Differs, Is, Member, Operation, Outcome, OutcomeMember, Selector};

/// The type that stands for the operation, and what it is to client and server.
pub(super) fn marker(scope: &Scope<'_>, operation: &Operation) -> TokenStream {
    let name = ident(&operation.rust);
    let head = doc(&format!(
        "The operation `{}`: {}\n\nAsked by: {}. Answered by: {}.",
        operation.name,
        plain(&operation.doc),
        plain(&operation.caller),
        plain(&operation.answerer)
    ));
    let (wire, method, path) = (&operation.name, &operation.method, &operation.path);
    let (wait, repeatable) = (Literal::u64_unsuffixed(operation.wait_seconds), operation.repeatable);
    let Some(coded) = table(scope, operation, &operation.result) else { return TokenStream::new() };
    let code_type = ident(&coded.codes);
    let outcomes: Vec<&Outcome> = known(operation).collect();
    let arms = outcomes.iter().map(|outcome| response_of(scope, operation, outcome));
    let cases = outcomes.iter().map(|outcome| outcome_of(scope, operation, outcome));
    let result = ident(&rust_of(scope, operation, &operation.result));
    let others = other_results(scope, operation);
    let compare = compare(scope, operation);
    let respond = if operation.checked { quote!(validated) } else { quote!(Ok) };
    let omits = outcomes.iter().any(|outcome| outcome.members.iter().any(|member| member.differs.is_some()));
    let omitted = ident(if omits { "omitted" } else { "_omitted" });
    quote! {
        #head
        #[derive(Clone, Copy, Debug)]
        pub struct #name;
        impl Operation for #name {
            const NAME: &'static str = #wire;
            const METHOD: &'static str = #method;
            const PATH: &'static str = #path;
            const TIMEOUT: Duration = Duration::from_secs(#wait);
            const IDEMPOTENT: bool = #repeatable;
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
            fn into_outcome(response: &mut Response) -> Result<Outcome, OutcomeError<Self::Code>> {
                #(#cases)*
                Err(outcome_error(&response.#result, #others))
            }
            #compare
        }
    }
}

/// The pointer of the result beside the operation's own, for the report of one that is not understood.
fn other_results(scope: &Scope<'_>, operation: &Operation) -> String {
    let members = scope.file.object(&operation.response).map_or(&[][..], |it| it.members.as_slice());
    let other = members.iter().find(|it| it.wire != operation.result && scope.coded(it).is_some());
    other.map(|member| format!("/{}", member.wire)).unwrap_or_default()
}

/// One arm of `respond`: the response of an answer.
fn response_of(scope: &Scope<'_>, operation: &Operation, outcome: &Outcome) -> TokenStream {
    let name = ident(&outcome.name);
    let own =
        outcome.when.iter().find(|it| it.member == operation.result).map(|it| code(scope, operation, outcome, it));
    let results = outcome.when.iter().filter(|it| it.member != operation.result).map(|selector| {
        let (field, code) =
            (ident(&rust_of(scope, operation, &selector.member)), code(scope, operation, outcome, selector));
        quote!(#field: result(#code))
    });
    let members = compared_first(outcome).map(|member| {
        let field = ident(&rust_of(scope, operation, &member.wire));
        match (&member.differs, member.required) {
            (Some(differs), _) => compared(scope, operation, differs),
            (None, true) => quote!(#field: Some(it.#field)),
            (None, false) => quote!(#field: it.#field),
        }
    });
    let fields: Vec<_> = results.chain(members).collect();
    let response = if fields.is_empty() {
        quote!(Response::with(#own))
    } else {
        quote!(Response { #(#fields,)* ..Response::with(#own) })
    };
    let pattern = if has_answer_fields(outcome) { quote!(Answer::#name(it)) } else { quote!(Answer::#name) };
    quote!(#pattern => #response,)
}

/// The members of an outcome, those first that look at another one before that moves.
fn compared_first(outcome: &Outcome) -> impl Iterator<Item = &OutcomeMember> {
    let (first, rest): (Vec<_>, Vec<_>) = outcome.members.iter().partition(|member| member.differs.is_some());
    first.into_iter().chain(rest)
}

/// The code that an answer gives a selector's member.
fn code(scope: &Scope<'_>, operation: &Operation, outcome: &Outcome, selector: &Selector) -> TokenStream {
    let Some(coded) = table(scope, operation, &selector.member) else { return TokenStream::new() };
    if outcome.open_selectors().any(|(open, _)| open.member == selector.member) {
        let field = ident(&code_field(outcome, selector));
        return if selector.member == operation.result { quote!(it.#field.into()) } else { quote!(it.#field) };
    }
    let row = match &selector.is {
        Is::Code(row) => Some(*row),
        Is::Status(_, rows) => rows.first().copied(),
    };
    let (table, variant) = (ident(&coded.codes), ident(row.map_or("Other", |row| coded.rows[row].rust.as_str())));
    quote!(#table::#variant)
}

/// `pay_to_amount: omit_if_equal(…)`
fn compared(scope: &Scope<'_>, operation: &Operation, differs: &Differs) -> TokenStream {
    let (field, from) =
        (ident(&rust_of(scope, operation, &differs.member)), ident(&rust_of(scope, operation, &differs.from)));
    let (part, name) = (ident(&differs.part_rust), &differs.part);
    let (pointer, counterpart) = (format!("/{}", differs.member), format!("/{}", differs.from));
    let names = quote!(Omitted { pointer: #pointer, counterpart: #counterpart, part: #name });
    quote!(#field: omit_if_equal(it.#field, &it.#from, |one| &one.#part, #names, omitted))
}

/// One case of `conclude`: what a response with this outcome says.
fn outcome_of(scope: &Scope<'_>, operation: &Operation, outcome: &Outcome) -> TokenStream {
    let name = ident(&outcome.name);
    let tests = outcome.when.iter().filter_map(|selector| {
        let field = ident(&rust_of(scope, operation, &selector.member));
        let holds = holds(selector, table(scope, operation, &selector.member)?);
        Some(if selector.member == operation.result {
            quote!(response.#field.#holds)
        } else {
            let bound = bound(&field);
            quote!(let Some(#bound) = &response.#field && #bound.#holds)
        })
    });
    let tests: Vec<_> = tests.collect();
    // What selects an outcome is taken out of the response too.
    let results = outcome.when.iter().filter(|it| it.member != operation.result);
    let results: Vec<_> = results.map(|it| ident(&rust_of(scope, operation, &it.member))).collect();
    if !has_outcome_fields(outcome) {
        return quote!(if #(#tests)&&* { #(response.#results = None;)* return Ok(Outcome::#name); });
    }
    let codes = status_selectors(outcome).filter_map(|selector| {
        let code = ident(&table(scope, operation, &selector.member)?.mould.code.1);
        let (field, member) =
            (ident(&code_field(outcome, selector)), ident(&rust_of(scope, operation, &selector.member)));
        let bound = bound(&member);
        let owner = if selector.member == operation.result { quote!(response.#member) } else { quote!(#bound) };
        Some(quote!(#field: #owner.#code.clone()))
    });
    let fields = compared_first(outcome).map(|it| {
        let (field, value) = (ident(&rust_of(scope, operation, &it.wire)), read(scope, operation, it));
        quote!(#field: #value)
    });
    quote! {
        if #(#tests)&&* {
            let it = outcome::#name { #(#codes,)* #(#fields),* };
            #(response.#results = None;)*
            return Ok(Outcome::#name(it));
        }
    }
}

/// The variable of a result member: its name, unless the code around uses that itself.
fn bound(field: &Ident) -> Ident {
    if ["response", "given", "or_counterpart"].iter().any(|name| field == name) {
        ident(&format!("{field}_"))
    } else {
        field.clone()
    }
}

/// A member of an outcome, out of the response.
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

/// `Expected`: what a caller can hold an answer against.
pub(super) fn expected(scope: &Scope<'_>, operation: &Operation) -> TokenStream {
    let fields = operation.expectable.iter().filter_map(|wire| {
        let member = member(scope, operation, wire)?;
        let (field, ty) = (ident(&member.rust), ident(&member.ty.rust));
        let doc = doc(&format!("What `{wire}` has to be, if it is there."));
        Some(quote!(#doc pub #field: Option<#ty>))
    });
    let head = doc(
        "What a caller knows already of what it asks about. A response's signature does not cover its request: what is said here is held against the answer. A member that the answer lacks is not compared, so an answer without these members can belong to another question.",
    );
    quote! {
        #head
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Expected { #(#fields),* }
    }
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
