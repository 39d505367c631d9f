//! The profile: which keywords are allowed where. `schema/README.md` documents it.

/// A schema file.
pub const FILE: &[&str] = &["$schema", "$id", "title", "description", "x-operation", "x-service", "$defs"];
/// A bounded text.
pub const TEXT: &[&str] = &["description", "type", "minLength", "maxLength", "pattern", "x-scalar", "x-sensitive"];
/// A text that may hold key-value pairs.
pub const PAIRS: &[&str] = &["description", "type", "minLength", "maxLength", "x-scalar", "x-sensitive"];
/// The code or the message of a result object.
pub const RESULT_TEXT: &[&str] = &["description", "type", "minLength", "maxLength", "x-scalar"];
/// A closed set of words.
pub const WORDS: &[&str] = &["description", "type", "enum", "x-status", "x-rust"];
/// A string whose form a hand-written type checks.
pub const WRITTEN: &[&str] = &["description", "type", "pattern", "format", "x-scalar"];
/// A whole number in a string.
pub const INTEGER: &[&str] = &["description", "type", "pattern", "x-scalar", "x-range"];
/// `true` or `false` in a string.
pub const BOOLEAN: &[&str] = &["description", "type", "enum", "x-scalar"];
/// A definition of a list.
pub const LIST: &[&str] = &["description", "type", "items", "minItems", "maxItems"];
/// A definition of an object.
pub const OBJECT: &[&str] = &[
    "description",
    "type",
    "properties",
    "required",
    "allOf",
    "x-differs",
    "x-compares",
    "x-expectable",
    "x-outcomes",
];
/// A definition that adds a code table to the result object.
pub const CODED: &[&str] = &["description", "$ref", "x-codes", "allOf"];
/// A member that every message has.
pub const MEMBER: &[&str] = &["description", "$ref", "x-rust"];
/// A member that may be left out.
pub const OPTIONAL_MEMBER: &[&str] = &["description", "anyOf", "default", "x-rust"];
/// The operation of a file.
pub const OPERATION: &[&str] = &[
    "name",
    "method",
    "path",
    "client",
    "server",
    "timeoutSeconds",
    "idempotent",
    "idempotentBy",
    "withoutCode",
    "request",
    "response",
    "x-rust",
];
/// A row of a code table.
pub const ROW: &[&str] = &["code", "status", "message", "cause", "rust"];
/// A named outcome.
pub const OUTCOME: &[&str] = &["name", "description", "waiting", "when", "members"];
/// What a member has to be for an outcome.
pub const SELECTOR: &[&str] = &["code", "status", "word", "default"];
/// A comparison of two members in a part of them.
pub const DIFFERS: &[&str] = &["member", "from", "in"];
/// A comparison of two scalars.
pub const COMPARES: &[&str] = &["left", "is", "right"];

/// The causes with which a service answers by itself, and the runtime's name for each.
pub const FAILURES: &[(&str, &str)] = &[
    ("path", "Path"),
    ("method", "Method"),
    ("mediaType", "MediaType"),
    ("overload", "Overload"),
    ("client", "Client"),
    ("key", "Key"),
    ("signature", "Signature"),
    ("forbidden", "Forbidden"),
    ("invalidRequest", "InvalidRequest"),
    ("internal", "Internal"),
];

/// The causes that answer those for which a table has no code, before the unexpected does. The runtime does the same.
pub const INSTEAD_OF_FAILURES: &[(&str, &str)] =
    &[("Key", "Signature"), ("Method", "InvalidRequest"), ("MediaType", "InvalidRequest")];

/// A condition.
pub const CONDITION: &[&str] = &["if", "then"];
/// What a condition looks at, on every level.
pub const PREMISE: &[&str] = &["type", "properties", "required"];
/// What a condition looks for in a scalar.
pub const TEST: &[&str] = &["const", "enum"];
/// What a condition requires.
pub const OBLIGATION: &[&str] = &["properties", "required"];
/// Members of which one has to be there.
pub const CHOICE: &[&str] = &["anyOf", "oneOf"];

/// Everything that has keywords, in words.
const KINDS: &[(&str, &[&str])] = &[
    ("a schema file", FILE),
    ("`x-operation`", OPERATION),
    ("a bounded text", TEXT),
    ("a text of key-value pairs", PAIRS),
    ("a result's code or message", RESULT_TEXT),
    ("a closed set of words", WORDS),
    ("a string with a hand-written type", WRITTEN),
    ("a whole number", INTEGER),
    ("a boolean", BOOLEAN),
    ("a list", LIST),
    ("an object", OBJECT),
    ("a result object with a code table", CODED),
    ("a required member", MEMBER),
    ("an optional member", OPTIONAL_MEMBER),
    ("a condition", CONDITION),
    ("a premise", PREMISE),
    ("a test", TEST),
    ("a requirement", OBLIGATION),
    ("a choice", CHOICE),
    ("a row of a code table", ROW),
    ("an outcome", OUTCOME),
    ("a selector", SELECTOR),
    ("a comparison", DIFFERS),
    ("a comparison", COMPARES),
];

/// Keywords of an earlier form of the profile, and those that replaced them.
pub const RENAMED: &[(&str, &str)] =
    &[("caller", "client"), ("answerer", "server"), ("waitSeconds", "timeoutSeconds"), ("repeatable", "idempotent")];

/// The same of the words that a keyword can have: the keyword, and its earlier and present words.
pub const RENAMED_WORDS: &[(&str, &[(&str, &str)])] = &[
    ("cause", &[("illegal", "invalidRequest"), ("unexpected", "internal"), ("access", "forbidden")]),
    ("waiting", &[("setting", "undetermined"), ("again", "retry")]),
];

/// Returns where a keyword of the profile belongs; `None` for one that is no keyword of it.
#[must_use]
pub fn belongs_to(keyword: &str) -> Vec<&'static str> {
    KINDS.iter().filter(|(_, keywords)| keywords.contains(&keyword)).map(|(kind, _)| *kind).collect()
}

/// Returns how the value of a keyword looks.
#[must_use]
pub fn form_of(keyword: &str) -> &'static str {
    FORMS.iter().find(|(known, _)| *known == keyword).map_or("\"…\"", |(_, form)| form)
}

/// The forms of those that are no text of one's own.
const FORMS: &[(&str, &str)] = &[
    ("$schema", "\"https://json-schema.org/draft/2020-12/schema\""),
    ("$id", "\"https://….json\", the address of the file"),
    ("$defs", "{ … }, the definitions"),
    ("$ref", "\"#/$defs/…\""),
    ("properties", "{ … }, the members"),
    ("required", "[\"…\"]"),
    ("minLength", "1, or more"),
    ("maxLength", "64, or what the document says"),
    ("method", "\"POST\""),
    ("path", "\"/…\""),
    ("timeoutSeconds", "5, or what the document says"),
    ("idempotent", "true, if a request may be sent again"),
    ("request", "{ \"$ref\": \"#/$defs/…\" }"),
    ("response", "{ \"$ref\": \"#/$defs/…\" }"),
    ("x-codes", "[…], the code table"),
    ("x-outcomes", "[…]: see \"Outcomes\" in schema/README.md"),
    ("is", "\"equal\", \"different\", \"less\" or \"atMost\""),
    ("waiting", "\"final\", \"pending\", \"undetermined\" or \"retry\""),
    ("when", "{ … }, what selects the outcome"),
    ("members", "[…], the names of what else it can have"),
    ("items", "{ \"$ref\": \"#/$defs/…\" }"),
    ("x-range", "[1, 10], the least and the greatest number"),
    ("if", "{ … }: see \"Conditions\" in schema/README.md"),
    ("then", "{ … }: see \"Conditions\" in schema/README.md"),
];

/// Returns how a part of a condition is written inside `allOf`; `None` for every other keyword.
#[must_use]
pub fn in_all_of(keyword: &str) -> Option<&'static str> {
    match keyword {
        "if" | "then" | "else" => Some("[{ \"if\": { … }, \"then\": { … } }]"),
        "anyOf" => Some("[{ \"anyOf\": […] }]"),
        "oneOf" => Some("[{ \"oneOf\": […] }]"),
        _ => None,
    }
}

/// Returns what to write instead of a keyword of JSON Schema that the profile leaves out.
#[must_use]
pub fn instead_of(keyword: &str) -> Option<&'static str> {
    let (_, help) = INSTEAD.iter().find(|(keywords, _)| keywords.contains(&keyword))?;
    Some(help)
}

const INSTEAD: &[(&[&str], &str)] = &[
    (
        &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
        "a number is sent as a string: see \"Strings\" in schema/README.md for its kinds",
    ),
    (
        &["additionalProperties", "unevaluatedProperties", "patternProperties", "propertyNames"],
        "leave it out: members that the schema does not name are ignored when they are read",
    ),
    (&["minProperties", "maxProperties"], "write a condition on the members that it is about"),
    (
        &["dependentRequired", "dependentSchemas", "dependencies", "not"],
        "write a condition: see \"Conditions\" in schema/README.md",
    ),
    (&["else"], "write a second condition, on what the first one does not look for"),
    (
        &["oneOf", "anyOf"],
        "one type has one form: an optional member is `anyOf` a reference or `null`, and what depends on something else is a condition",
    ),
    (&["nullable"], "an optional member is { \"anyOf\": [{ \"$ref\": \"…\" }, { \"type\": \"null\" }] }"),
    (&["const"], "a set of one word is an `enum` with one element"),
    (&["prefixItems", "contains", "additionalItems", "uniqueItems"], "describe its elements in the description"),
    (
        &["title", "$comment", "examples", "example", "deprecated", "readOnly", "writeOnly"],
        "write it in the description",
    ),
    (&["definitions"], "definitions are in `$defs` of the file"),
    (
        &["$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary"],
        "refer by `#/$defs/Name` or `file.json#/$defs/Name`",
    ),
];
