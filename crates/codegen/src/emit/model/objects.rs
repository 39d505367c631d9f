//! Objects: the struct, its rules as data, and the methods of result objects and money.

use proc_macro2::TokenStream;
use quote::quote;

use super::Scope;
use super::construct::{self, Field, FieldKind};
use crate::emit::docs::{doc, plain, sentence};
use crate::emit::ident;
use crate::ir::{Coded, File, Member, Money, Object, Obligation, Predicate, ResultTemplate, Rule};
use crate::names::method;
use crate::prose;
use crate::typify::MemberType;

pub(super) fn object(scope: &Scope<'_>, object: &Object, types: &[MemberType]) -> TokenStream {
    if let Some(coded) = &object.coded {
        return alias(object, coded);
    }
    let name = ident(&rust_name(scope.file, object));
    let head = doc(&object_doc(object));
    let fields: Vec<Field> = object.members.iter().zip(types).map(|(member, of)| field(object, member, of)).collect();
    let declarations = fields.iter().zip(&object.members).map(|(field, member)| declaration(field, &member.wire));
    let conditions = has_conditions(object)
        .then(|| quote!(#[cfg_attr(feature = "schemars", schemars(transform = conditions::<Self>))]));
    // The shared result object is generic over the type of its codes.
    let (declared, generics, full) = match &object.template {
        Some(template) => {
            let status = ident(&template.status_type);
            (quote!(<C>), quote!(<C: Code<Status = #status>>), quote!(#name<C>))
        }
        None => (quote!(), quote!(), quote!(#name)),
    };
    let (default, construction) = if is_constructed(scope.file, object) {
        (construct::default(&fields), Some(construct::construction(&name, &fields, true)))
    } else {
        (None, None)
    };
    let schema = schema(&generics, &full, object);
    let coded = object.template.as_ref().map(|template| self::coded(&generics, &full, object, template));
    let refuse = refuse(scope, object, &name);
    let money = object.money.as_ref().map(|money| self::money(&name, object, money));
    let own = own_methods(scope, object, &name);
    let bounds = object.template.as_ref().map(|template| {
        let schema = format!("C: Code<Status = {}> + schemars::JsonSchema", template.status_type);
        quote!(#[serde(bound = "C: Code")] #[cfg_attr(feature = "schemars", schemars(bound = #schema))])
    });
    quote! {
        #head
        #[derive(Clone, Debug, #default PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #bounds
        #conditions
        #[non_exhaustive]
        pub struct #name #declared { #(#declarations),* }
        #construction
        #schema
        #coded
        #refuse
        #money
        #own
    }
}

/// Returns whether programs construct an object. A message that can consist of a result is constructed from that, and a
/// result from its code.
fn is_constructed(file: &File, object: &Object) -> bool {
    let is_response = file.operation.as_ref().is_some_and(|operation| operation.response == object.name);
    object.template.is_none() && object.coded.is_none() && !is_response && file.service.as_ref() != Some(&object.name)
}

/// Returns the names of an object's types: its own, and that of its required members if they have one.
pub(super) fn names(file: &File, object: &Object) -> Vec<String> {
    let own = rust_name(file, object);
    let required = object.members.iter().filter(|member| member.required).count();
    let members = (is_constructed(file, object) && required > 1).then(|| crate::names::required(&own));
    std::iter::once(own).chain(members).collect()
}

/// Emits a result object: an alias of the shared one with the codes of its table.
fn alias(object: &Object, coded: &Coded) -> TokenStream {
    let (name, base, table) = (ident(&object.rust), ident(&coded.base.rust), ident(&coded.codes));
    let head = doc(&format!("{}{}", plain(&object.doc), prose::statuses(coded)));
    quote!(#head pub type #name = #base<#table>;)
}

/// Returns the name of an object. Request and response have short names in their module.
pub(super) fn rust_name(file: &File, object: &Object) -> String {
    match &file.operation {
        Some(operation) if operation.request == object.name => "Request".into(),
        Some(operation) if operation.response == object.name => "Response".into(),
        _ => object.rust.clone(),
    }
}

fn has_conditions(object: &Object) -> bool {
    object.template.is_some() || object.rules.iter().any(|rule| matches!(rule, Rule::When { .. }))
}

fn field(object: &Object, member: &Member, of: &MemberType) -> Field {
    Field {
        doc: doc(&member_doc(object, member)),
        name: ident(&member.rust),
        ty: of.ty.clone(),
        kind: if of.is_optional { FieldKind::Optional } else { FieldKind::Required },
    }
}

/// Emits the declaration of a field with its name on the wire, which can be searched for even where it is the same.
fn declaration(field: &Field, wire: &str) -> TokenStream {
    let declaration = field.declaration();
    if field.is_required() {
        quote!(#[serde(rename = #wire)] #declaration)
    } else {
        quote!(#[serde(rename = #wire, skip_serializing_if = "Option::is_none")] #declaration)
    }
}

/// Returns the docs of an object, with the rules that the docs of its members do not mention.
fn object_doc(object: &Object) -> String {
    let sentence_of = |rule: &Rule| match rule {
        Rule::When { tests, then: Obligation::Members(members) } => {
            let other: Vec<_> =
                members.iter().filter(|member| !member.given || member.path.len() > 1).cloned().collect();
            (!other.is_empty()).then(|| prose::condition(tests, &Obligation::Members(other)))
        }
        Rule::When { tests, then } => Some(prose::condition(tests, then)),
        Rule::Compare(comparison) => Some(prose::comparison(comparison)),
        Rule::OmittedIfEqual(_) => None,
    };
    let rules = object.rules.iter().filter_map(sentence_of).map(|rule| sentence(&rule));
    std::iter::once(plain(&object.doc)).chain(rules).collect::<Vec<_>>().join("\n\n")
}

/// Returns the description of a member, its wire name and limits, and a note on its presence.
pub(super) fn wire_doc(member: &Member, presence: &str) -> String {
    let limits = member.limits.as_ref().map(|limits| format!(", {limits}")).unwrap_or_default();
    format!("{}\n\nOn the wire: `{}`{limits}{presence}.", plain(&member.doc), member.wire)
}

/// Returns the docs of a member of a message, with its default and the conditions under which it is required.
fn member_doc(object: &Object, member: &Member) -> String {
    let presence = match &member.default {
        Some(default) => format!(", optional, `{default}` if absent"),
        None if member.required => String::new(),
        None => ", optional".to_owned(),
    };
    let mut text = wire_doc(member, &presence);
    for rule in &object.rules {
        if let Rule::When { tests, then: Obligation::Members(members) } = rule
            && members.iter().any(|other| other.given && other.path == [member.wire.as_str()])
        {
            text = format!("{text} Required{}.", prose::premise(tests));
        }
    }
    text
}

fn schema(generics: &TokenStream, name: &TokenStream, object: &Object) -> TokenStream {
    let members = object.members.iter().map(|member| {
        let (wire, ty) = (&member.wire, ident(&member.ty.rust));
        let presence = ident(if member.required { "required" } else { "optional" });
        quote!(Member::#presence::<#ty>(#wire))
    });
    let agrees = object.template.as_ref().map(|template| {
        let message = object.members.iter().find(|member| member.rust == template.message).map(|member| &member.wire);
        let (code, status) = (&template.code.0, &template.status.0);
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
                    Predicate::OneOf(among) => quote!(Condition::is(#pointer, &[#(#among),*])),
                    Predicate::Present => quote!(Condition::present(#pointer)),
                    Predicate::Absent => quote!(Condition::absent(#pointer)),
                }
            });
            let tests = quote!(&[#(#tests),*]);
            match then {
                Obligation::Members(members) => [("required", true), ("forbidden", false)]
                    .into_iter()
                    .filter_map(|(name, given)| {
                        let paths: Vec<_> = members
                            .iter()
                            .filter(|member| member.given == given)
                            .map(|member| member.path.join("/"))
                            .collect();
                        let name = ident(name);
                        (!paths.is_empty()).then(|| quote!(Rule::#name(#tests, &[#(#paths),*])))
                    })
                    .collect(),
                Obligation::AtLeastOne(members) => vec![quote!(Rule::at_least_one(#tests, &[#(#members),*]))],
                Obligation::ExactlyOne(members) => vec![quote!(Rule::exactly_one(#tests, &[#(#members),*]))],
            }
        }
        Rule::OmittedIfEqual(differs) => {
            let (member, from, part) = (&differs.member, &differs.from, &differs.part);
            vec![quote!(Rule::omitted_if_equal(#member, #from, #part))]
        }
        Rule::Compare(comparison) => {
            let (ty, is) = (ident(&comparison.ty.rust), ident(comparison.is.rust()));
            let (left, right) = (pointer(&comparison.left), pointer(&comparison.right));
            vec![quote!(Rule::compare::<#ty>(#left, Comparison::#is, #right))]
        }
    }
}

fn pointer(path: &[String]) -> String {
    format!("/{}", path.join("/"))
}

/// Emits the method that applies a member's default, if it has one.
pub(super) fn default_method(scope: &Scope<'_>, member: &Member) -> Option<TokenStream> {
    let text = member.default.as_ref()?;
    let (field, ty) = (ident(&member.rust), ident(&member.ty.rust));
    let value = scope.value(&member.ty, text)?;
    let method = ident(&method(&member.rust));
    let doc = doc(&format!("Returns `{}`, or `{text}` if it is absent.", member.wire));
    Some(quote! {
        #doc
        #[must_use]
        pub fn #method(&self) -> #ty {
            self.#field.unwrap_or(#value)
        }
    })
}

/// Emits the methods of members with a default, and of the idempotency key.
fn own_methods(scope: &Scope<'_>, object: &Object, name: &proc_macro2::Ident) -> Option<TokenStream> {
    let defaults = object.members.iter().filter_map(|member| default_method(scope, member));
    let operation = scope.file.operation.as_ref().filter(|operation| operation.request == object.name);
    let key = operation.and_then(|operation| object.member(operation.idempotent_by.as_ref()?)).map(|member| {
        let (field, ty) = (ident(&member.rust), ident(&member.ty.rust));
        let doc = doc(&format!(
            "Returns the idempotency key, `{}`. A repeated request with the same key receives the answer of the first one.",
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

fn coded(generics: &TokenStream, name: &TokenStream, object: &Object, template: &ResultTemplate) -> TokenStream {
    let (status_type, message_type) = (ident(&template.status_type), ident(&template.message_type));
    let (code, status, message) = (ident(&template.code.1), ident(&template.status.1), ident(&template.message));
    let fields = object.members.iter().map(|member| ident(&member.rust));
    quote! {
        impl #generics CodedResult for #name {
            type Code = C;
            type Message = #message_type;
            const MESSAGE_MAX: usize = #message_type::MAX;
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

/// Emits `FromResult` for a message whose only required member is a result.
fn refuse(scope: &Scope<'_>, object: &Object, name: &proc_macro2::Ident) -> Option<TokenStream> {
    let is_response = scope.file.operation.as_ref().is_some_and(|operation| operation.response == object.name);
    let is_service = scope.file.service.as_ref() == Some(&object.name);
    if !is_response && !is_service {
        return None;
    }
    let result = object.members.iter().find(|member| member.required && scope.coded(member).is_some())?;
    let (field, ty, wire) = (ident(&result.rust), ident(&result.ty.rust), &result.wire);
    let optional = object.members.iter().filter(|member| member.wire != result.wire);
    let optional = optional.map(|member| ident(&member.rust));
    Some(quote!(::alipayplus_runtime::from_result!(#name, #field: #ty = #wire #(, #optional)*);))
}

fn money(name: &proc_macro2::Ident, object: &Object, money: &Money) -> TokenStream {
    let (value, currency) = (ident(&money.value), ident(&money.currency));
    // The fields in their order; the currency's differs.
    let fields = |of_currency: &TokenStream| {
        let fields = object.members.iter().map(|member| match ident(&member.rust) {
            name if name == currency => of_currency.clone(),
            name if name == value => quote!(#name),
            name => quote!(#name: None),
        });
        fields.collect::<Vec<_>>()
    };
    let (same, other) = (fields(&quote!(#currency)), fields(&quote!(#currency: to)));
    let made = quote!(|(#value, #currency)| Self { #(#same),* });
    let converted = quote!(|#value| Self { #(#other),* });
    let method = |summary: &str, errors: &str| doc(&format!("{summary}\n\n# Errors\n{errors}"));
    let minor = method(
        "Constructs an amount from a number of minor units: `minor(100, \"USD\")` is USD 1.00.",
        "Returns an error if the number is negative or has more than 28 digits, or if the currency is not three uppercase letters.",
    );
    let from_major = method(
        "Constructs an amount from a number of major units: `1.00` of `USD` is 100 minor units.",
        "Fails as [`Self::minor`] does, and if the currency is not in ISO 4217 or the number has more decimal places than the currency.",
    );
    let to_major = method(
        "Returns the number of major units: 100 minor units of `USD` are `1.00`.",
        "Returns an error if the currency is not in ISO 4217.",
    );
    let convert = method(
        "Converts the amount by a price between major units, rounded once, HALF EVEN; see [`money::convert`].",
        "Fails as [`money::convert`] does.",
    );
    let convert_minor = method(
        "Multiplies the minor units by a price between minor units, rounded once, HALF EVEN; see [`money::convert_minor`].",
        "Fails as [`money::convert_minor`] does.",
    );
    quote! {
        impl #name {
            #minor
            pub fn minor(units: impl money::WholeNumber, currency: &str) -> Result<Self, MoneyError> {
                money::minor(units, currency).map(#made)
            }
            #from_major
            pub fn from_major(amount: Decimal, currency: &str) -> Result<Self, MoneyError> {
                money::from_major(amount, currency).map(#made)
            }
            #to_major
            pub fn to_major(&self) -> Result<Decimal, MoneyError> {
                money::to_major(self.#value, self.#currency)
            }
            #convert
            pub fn convert(&self, price: Decimal, to: Currency) -> Result<Self, MoneyError> {
                money::convert(self.#value, self.#currency, price, to).map(#converted)
            }
            #convert_minor
            pub fn convert_minor(&self, price: Decimal, to: Currency) -> Result<Self, MoneyError> {
                money::convert_minor(self.#value, price, to).map(#converted)
            }
        }
    }
}
