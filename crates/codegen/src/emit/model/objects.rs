//! Objects: the struct, its rules as data, and what result objects and money have beside.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Field;

use super::Scope;
use crate::emit::docs::{doc, plain, sentence};
use crate::emit::ident;
use crate::ir::{Coded, Demand, File, Meaning, Member, Money, Mould, Object, Rule, Tested};
use crate::names::method;
use crate::words;

pub(super) fn object(scope: &Scope<'_>, object: &Object, fields: &[Field]) -> TokenStream {
    if let Some(coded) = &object.coded {
        return alias(object, coded);
    }
    let name = ident(&rust_name(scope.file, object));
    let head = doc(&object_doc(object));
    let fields = object.members.iter().zip(fields).map(|(member, shape)| field(object, member, shape));
    let conditions = has_conditions(object)
        .then(|| quote!(#[cfg_attr(feature = "schemars", schemars(transform = conditions::<Self>))]));
    // What result objects share leaves the type of its codes open.
    let (declared, generics, full) = match &object.mould {
        Some(mould) => {
            let status = ident(&mould.status_type);
            (quote!(<C>), quote!(<C: Code<Status = #status>>), quote!(#name<C>))
        }
        None => (quote!(), quote!(), quote!(#name)),
    };
    let value = value(&generics, &full, object);
    let coded = object.mould.as_ref().map(|mould| self::coded(&generics, &full, object, mould));
    let refuse = refuse(scope, object, &name);
    let money = object.money.as_ref().map(|money| self::money(&name, object, money));
    let own = own_methods(scope, object, &name);
    let bounds = object.mould.as_ref().map(|mould| {
        let schema = format!("C: Code<Status = {}> + schemars::JsonSchema", mould.status_type);
        quote!(#[serde(bound = "C: Code")] #[cfg_attr(feature = "schemars", schemars(bound = #schema))])
    });
    quote! {
        #head
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #bounds
        #conditions
        pub struct #name #declared { #(#fields),* }
        #value
        #coded
        #refuse
        #money
        #own
    }
}

/// A result object: its mould, with the codes of its table.
fn alias(object: &Object, coded: &Coded) -> TokenStream {
    let (name, base, table) = (ident(&object.rust), ident(&coded.base.rust), ident(&coded.codes));
    let head = doc(&plain(&object.doc));
    quote!(#head pub type #name = #base<#table>;)
}

/// Request and response have short names in their module.
pub(super) fn rust_name(file: &File, object: &Object) -> String {
    match &file.operation {
        Some(operation) if operation.request == object.name => "Request".into(),
        Some(operation) if operation.response == object.name => "Response".into(),
        _ => object.rust.clone(),
    }
}

fn has_conditions(object: &Object) -> bool {
    object.mould.is_some() || object.rules.iter().any(|rule| matches!(rule, Rule::When { .. }))
}

fn field(object: &Object, member: &Member, shape: &Field) -> TokenStream {
    let doc = doc(&member_doc(object, member));
    let (name, ty, wire) = (ident(&member.rust), &shape.ty, &member.wire);
    let ty = plain_option(ty);
    if member.required {
        quote!(#doc #[serde(rename = #wire)] pub #name: #ty)
    } else {
        quote!(#doc #[serde(rename = #wire, skip_serializing_if = "Option::is_none")] pub #name: #ty)
    }
}

/// typify writes `::std::option::Option<T>`; people write `Option<T>`.
fn plain_option(ty: &syn::Type) -> TokenStream {
    let tokens = ty.to_token_stream();
    if let syn::Type::Path(path) = ty
        && let Some(last) = path.path.segments.last()
        && last.ident == "Option"
    {
        return last.to_token_stream();
    }
    tokens
}

/// What an object asks of its members that no member's own docs say.
fn object_doc(object: &Object) -> String {
    let told = |rule: &Rule| match rule {
        Rule::When { tests, then: Demand::Members(members) } => {
            let other: Vec<_> = members.iter().filter(|it| !it.given || it.path.len() > 1).cloned().collect();
            (!other.is_empty()).then(|| words::condition(tests, &Demand::Members(other)))
        }
        Rule::When { tests, then } => Some(words::condition(tests, then)),
        Rule::Compares(it) => Some(words::comparison(it)),
        Rule::Differs(_) => None,
    };
    let rules = object.rules.iter().filter_map(told).map(|rule| sentence(&rule));
    std::iter::once(plain(&object.doc)).chain(rules).collect::<Vec<_>>().join("\n\n")
}

/// What the member says, its wire name and limits, what its absence means, and when it is required.
pub(super) fn member_doc(object: &Object, member: &Member) -> String {
    let limits = member.limits.as_ref().map(|limits| format!(", {limits}")).unwrap_or_default();
    let optional = match &member.default {
        Some(default) => format!(", optional: `{default}` where it is not there"),
        None if member.required => String::new(),
        None => ", optional".to_owned(),
    };
    let mut text = format!("{}\n\nOn the wire: `{}`{limits}{optional}.", plain(&member.doc), member.wire);
    for rule in &object.rules {
        if let Rule::When { tests, then: Demand::Members(members) } = rule
            && members.iter().any(|it| it.given && it.path == [member.wire.as_str()])
        {
            text = format!("{text} Required{}.", words::premise(tests));
        }
    }
    text
}

fn value(generics: &TokenStream, name: &TokenStream, object: &Object) -> TokenStream {
    let members = object.members.iter().map(|member| {
        let (wire, ty) = (&member.wire, ident(&member.ty.rust));
        let presence = ident(if member.required { "required" } else { "optional" });
        quote!(Member::#presence::<#ty>(#wire))
    });
    let agrees = object.mould.as_ref().map(|mould| {
        let message = object.members.iter().find(|member| member.rust == mould.message).map(|member| &member.wire);
        let (code, status) = (&mould.code.0, &mould.status.0);
        quote!(Rule::status_matches_code::<C>(#code, #status, #message))
    });
    let rules: Vec<_> = object.rules.iter().flat_map(rule).chain(agrees).collect();
    let rules = (!rules.is_empty()).then(|| quote!(const RULES: &'static [Rule] = &[#(#rules),*];));
    quote! {
        impl #generics Object for #name {
            const MEMBERS: &'static [Member] = &[#(#members),*];
            #rules
        }
    }
}

fn rule(rule: &Rule) -> Vec<TokenStream> {
    match rule {
        Rule::When { tests, then } => {
            let tests = tests.iter().map(|test| {
                let pointer = pointer(&test.path);
                match &test.is {
                    Tested::Among(among) => quote!(Condition::is(#pointer, &[#(#among),*])),
                    Tested::Given => quote!(Condition::present(#pointer)),
                    Tested::Absent => quote!(Condition::absent(#pointer)),
                }
            });
            let tests = quote!(&[#(#tests),*]);
            match then {
                Demand::Members(members) => [("required", true), ("forbidden", false)]
                    .into_iter()
                    .filter_map(|(name, given)| {
                        let paths: Vec<_> =
                            members.iter().filter(|it| it.given == given).map(|it| it.path.join("/")).collect();
                        let name = ident(name);
                        (!paths.is_empty()).then(|| quote!(Rule::#name(#tests, &[#(#paths),*])))
                    })
                    .collect(),
                Demand::AtLeastOne(members) => vec![quote!(Rule::at_least_one(#tests, &[#(#members),*]))],
                Demand::ExactlyOne(members) => vec![quote!(Rule::exactly_one(#tests, &[#(#members),*]))],
            }
        }
        Rule::Differs(differs) => {
            let (member, from, part) = (&differs.member, &differs.from, &differs.part);
            vec![quote!(Rule::omitted_if_equal(#member, #from, #part))]
        }
        Rule::Compares(it) => {
            let (ty, is) = (ident(&it.ty.rust), ident(it.is.rust()));
            let (left, right) = (pointer(&it.left), pointer(&it.right));
            vec![quote!(Rule::compare::<#ty>(#left, Comparison::#is, #right))]
        }
    }
}

fn pointer(path: &[String]) -> String {
    format!("/{}", path.join("/"))
}

/// What absent members mean, and what makes two requests the same one.
fn own_methods(scope: &Scope<'_>, object: &Object, name: &proc_macro2::Ident) -> Option<TokenStream> {
    let defaults = object.members.iter().filter_map(|member| {
        let text = member.default.as_ref()?;
        let (field, ty) = (ident(&member.rust), ident(&member.ty.rust));
        let value = scope.value(&member.ty, text)?;
        let method = ident(&method(&member.rust));
        let doc = doc(&format!("`{}`, or `{text}` where it is not there.", member.wire));
        Some(quote! {
            #doc
            #[must_use]
            pub fn #method(&self) -> #ty {
                self.#field.unwrap_or(#value)
            }
        })
    });
    let operation = scope.file.operation.as_ref().filter(|it| it.request == object.name);
    let key = operation.and_then(|it| object.member(it.idempotent_by.as_ref()?)).map(|member| {
        let (field, ty) = (ident(&member.rust), ident(&member.ty.rust));
        let doc = doc(&format!(
            "What makes two requests the same one: `{}`. A request with a known one is answered as the first was.",
            member.wire
        ));
        quote! {
            #doc
            #[must_use]
            pub fn idempotency_key(&self) -> &#ty {
                &self.#field
            }
        }
    });
    let methods: Vec<_> = defaults.chain(key).collect();
    (!methods.is_empty()).then(|| quote!(impl #name { #(#methods)* }))
}

fn coded(generics: &TokenStream, name: &TokenStream, object: &Object, mould: &Mould) -> TokenStream {
    let (status_type, message_type) = (ident(&mould.status_type), ident(&mould.message_type));
    let (code, status, message) = (ident(&mould.code.1), ident(&mould.status.1), ident(&mould.message));
    let fields = object.members.iter().map(|member| ident(&member.rust));
    let named = |meaning| mould.words.iter().find(|word| word.meaning == Some(meaning));
    let fallback = named(Meaning::Unknown).or_else(|| named(Meaning::Failure));
    let fallback = ident(fallback.map_or("Unknown", |word| word.rust.as_str()));
    quote! {
        impl #generics CodedResult for #name {
            type Code = C;
            type Message = #message_type;
            const MESSAGE_MAX: usize = #message_type::MAX;
            const UNLISTED: #status_type = #status_type::#fallback;
            fn new(#code: C, #status: #status_type, #message: Option<#message_type>) -> Self {
                Self { #(#fields),* }
            }
            fn code(&self) -> &C {
                &self.#code
            }
            fn status(&self) -> #status_type {
                self.#status
            }
        }
        impl<C: Code<Status = #status_type>> From<C> for #name {
            fn from(code: C) -> Self {
                Self::with(code)
            }
        }
    }
}

/// A message whose one required member is a result can carry a refusal.
fn refuse(scope: &Scope<'_>, object: &Object, name: &proc_macro2::Ident) -> Option<TokenStream> {
    let is_response = scope.file.operation.as_ref().is_some_and(|it| it.response == object.name);
    let is_service = scope.file.service.as_ref() == Some(&object.name);
    if !is_response && !is_service {
        return None;
    }
    let result = object.members.iter().find(|member| member.required && scope.coded(member).is_some())?;
    let (field, ty, wire) = (ident(&result.rust), ident(&result.ty.rust), &result.wire);
    let rest = object.members.iter().filter(|member| member.wire != result.wire).map(|member| {
        let field = ident(&member.rust);
        quote!(#field: None)
    });
    Some(quote! {
        impl FromResult for #name {
            type Result = #ty;
            const RESULT: &'static str = #wire;
            fn result(&self) -> &#ty {
                &self.#field
            }
            fn from_result(#field: #ty) -> Self {
                Self { #field, #(#rest),* }
            }
        }
    })
}

fn money(name: &proc_macro2::Ident, object: &Object, money: &Money) -> TokenStream {
    let (value, currency) = (ident(&money.value), ident(&money.currency));
    let fields: Vec<_> = object.members.iter().map(|member| ident(&member.rust)).collect();
    let doc = |text: &str| doc(&sentence(text));
    let (minor, from_major) = (
        doc(
            "From a number of the currency's smallest unit: `minor(100, \"USD\")` is USD 1.00.\n\n# Errors\nThe number is negative or has more than 28 digits, or the currency is not three capital letters",
        ),
        doc(
            "From a number of major units: `1.00` of `USD` is 100 of its smallest unit.\n\n# Errors\nAs [`Self::minor`], and when the currency is not in ISO 4217 or the number has more decimals than it",
        ),
    );
    let (to_major, convert, convert_minor) = (
        doc("The number of major units: 100 of `USD` is `1.00`.\n\n# Errors\nThe currency is not in ISO 4217"),
        doc(
            "Converts by a price between major units, rounded once, HALF EVEN; see [`money::convert`].\n\n# Errors\nAs [`money::convert`]",
        ),
        doc(
            "Multiplies the smallest units by a price as they are, rounded once, HALF EVEN; see [`money::convert_minor`].\n\n# Errors\nAs [`money::convert_minor`]",
        ),
    );
    quote! {
        impl #name {
            #minor
            pub fn minor(units: impl TryInto<u128>, currency: &str) -> Result<Self, MoneyError> {
                money::minor(units, currency).map(|(#value, #currency)| Self { #(#fields),* })
            }
            #from_major
            pub fn from_major(amount: Decimal, currency: &str) -> Result<Self, MoneyError> {
                money::from_major(amount, currency).map(|(#value, #currency)| Self { #(#fields),* })
            }
            #to_major
            pub fn to_major(&self) -> Result<Decimal, MoneyError> {
                money::to_major(self.#value, self.#currency)
            }
            #convert
            pub fn convert(&self, price: Decimal, to: Currency) -> Result<Self, MoneyError> {
                Ok(Self { #value: money::convert(self.#value, self.#currency, price, to)?, #currency: to })
            }
            #convert_minor
            pub fn convert_minor(&self, price: Decimal, to: Currency) -> Result<Self, MoneyError> {
                Ok(Self { #value: money::convert_minor(self.#value, price, to)?, #currency: to })
            }
        }
    }
}
