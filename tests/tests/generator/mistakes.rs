//! Mistakes that people make, each with the one error that names it, its place, and what to write instead.

use alipayplus_codegen::diagnostic;
use alipayplus_codegen::diagnostic::DiagnosticCode::{
    self, E0001, E0006, E0101, E0102, E0103, E0104, E0107, E0201, E0202, E0301, E0304, E0310, E0313, E0403, E0406,
    E0603, E0706, E0707, E0711, W0601,
};
use alipayplus_codegen::lower;

use crate::diagnostics::edited;

/// Edits of the base, and the diagnostics after them: the code, the text that is marked, and a part of the help.
struct Mistake {
    name: &'static str,
    edits: &'static [(&'static str, &'static str, &'static str)],
    found: &'static [(DiagnosticCode, &'static str, &'static str)],
}

const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "two members that become one field",
        edits: &[(
            "find.json",
            r##""town": { "description": "The town.", "anyOf": [{ "$ref": "#/$defs/Town" }, { "type": "null" }] }"##,
            r##""town": { "description": "The town.", "anyOf": [{ "$ref": "#/$defs/Town" }, { "type": "null" }] }, "Town": { "description": "Other.", "anyOf": [{ "$ref": "#/$defs/Town" }, { "type": "null" }] }"##,
        )],
        found: &[(E0403, r#""Town""#, "set another Rust name for one of the two with `x-rust`")],
    },
    Mistake {
        name: "two codes that become one variant",
        edits: &[(
            "find.json",
            r#"{ "code": "STOLEN", "status""#,
            r#"{ "code": "stolen", "status": "N", "message": "x" }, { "code": "STOLEN", "status""#,
        )],
        found: &[(E0603, r#""STOLEN""#, "set another name for one of the two with `rust` in its row")],
    },
    Mistake {
        name: "a keyword that is near none",
        edits: &[(
            "find.json",
            r#""x-expectable": ["price", "receiver"],"#,
            "\"x-expectable\": [\"price\", \"receiver\"],\n\"x-order\": [\"price\"],",
        )],
        found: &[(E0101, r#""x-order""#, "allowed here: description, type, properties")],
    },
    Mistake {
        name: "a keyword that is near none in a table",
        edits: &[(
            "find.json",
            "\"$ref\": \"common.json#/$defs/Ending\",\n      \"x-codes\": [\n        { \"code\": \"DONE\"",
            "\"$ref\": \"common.json#/$defs/Ending\", \"x-order\": [],\n      \"x-codes\": [\n        { \"code\": \"DONE\"",
        )],
        found: &[(E0101, r#""x-order""#, "allowed here: description, $ref, x-codes, allOf")],
    },
    Mistake {
        name: "a keyword near one that is there already",
        edits: &[(
            "find.json",
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 32 }"#,
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 32, "maxLenght": 3 }"#,
        )],
        found: &[(E0101, r#""maxLenght""#, "allowed here: ")],
    },
    Mistake {
        name: "a boolean without words",
        edits: &[("book.json", r#", "enum": ["true", "false"]"#, "")],
        found: &[(E0103, "{", r#"write "enum": ["true", "false"]"#)],
    },
    Mistake {
        name: "a relation that is missing",
        edits: &[("book.json", r#""left": "/begin", "is": "less", "#, r#""left": "/begin", "#)],
        found: &[(E0103, "{", r#"add "is": "equal", "different", "less" or "atMost""#)],
    },
    Mistake {
        name: "a range beyond 64 bits",
        edits: &[(
            "book.json",
            "      \"x-scalar\": \"integer\",\n      \"x-range\": [1, 4],\n      \"pattern\": \"^([1-4])$\"",
            r#""x-scalar": "integer", "x-range": [1, 99999999999999999999], "pattern": "^([1-4])$""#,
        )],
        found: &[(E0310, "[1, 99999999999999999999]", "write numbers up to 18446744073709551615")],
    },
    Mistake {
        name: "a length beyond 64 bits",
        edits: &[(
            "find.json",
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 32 }"#,
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 99999999999999999999 }"#,
        )],
        found: &[(E0104, "99999999999999999999", "write a number up to ")],
    },
    Mistake {
        name: "a number with an exponent",
        edits: &[(
            "find.json",
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 32 }"#,
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 1e2 }"#,
        )],
        found: &[(E0104, "1e2", "in digits, without quotes, point, sign or exponent")],
    },
    Mistake {
        name: "a definition that is only a reference",
        edits: &[(
            "find.json",
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 32 }"#,
            r##""Town": { "$ref": "#/$defs/Street" }"##,
        )],
        found: &[(
            E0301,
            r##""#/$defs/Street""##,
            r##"refer to "#/$defs/Street" where `Town` is used, or give `Town` a `type` of its own"##,
        )],
    },
    Mistake {
        name: "the same to another file",
        edits: &[(
            "find.json",
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 32 }"#,
            r#""Town": { "$ref": "common.json#/$defs/ParcelId" }"#,
        )],
        found: &[(E0301, r#""common.json#/$defs/ParcelId""#, r#"refer to "common.json#/$defs/ParcelId""#)],
    },
    Mistake {
        name: "the same with a description",
        edits: &[(
            "find.json",
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 32 }"#,
            r##""Town": { "description": "A town.", "$ref": "#/$defs/Street" }"##,
        )],
        found: &[(E0301, r##""#/$defs/Street""##, r##"refer to "#/$defs/Street""##)],
    },
    Mistake {
        name: "a result object without its table",
        edits: &[(
            "find.json",
            r#""Size": { "description": "A size.", "type": "string", "enum": ["small", "large"] }"#,
            r#""Size": { "description": "A size.", "$ref": "common.json#/$defs/Ending" }"#,
        )],
        found: &[(E0103, "{", r#"add "x-codes""#)],
    },
    Mistake {
        name: "the first file in another folder",
        edits: &[("book.json", "diagnostics/book.json", "parcels/book.json")],
        found: &[(
            E0006,
            r#""https://alipayplus-sdk.example/parcels/book.json""#,
            r#"write "https://alipayplus-sdk.example/diagnostics/book.json""#,
        )],
    },
    Mistake {
        name: "the shared file in another folder",
        edits: &[("common.json", "diagnostics/common.json", "parcels/common.json")],
        found: &[(
            E0006,
            r#""https://alipayplus-sdk.example/parcels/common.json""#,
            r#"write "https://alipayplus-sdk.example/diagnostics/common.json""#,
        )],
    },
    Mistake {
        name: "two operations with one path",
        edits: &[("book.json", r#""path": "/desks/book""#, r#""path": "/parcels/find""#)],
        found: &[(E0706, r#""/parcels/find""#, "give one of the two another path")],
    },
    Mistake {
        name: "two operations with one name",
        edits: &[("book.json", r#""name": "bookDesk""#, r#""name": "findParcel""#)],
        found: &[(E0707, r#""findParcel""#, "give one of the two another name")],
    },
    Mistake {
        name: "null among words",
        edits: &[("find.json", r#"["small", "large"]"#, r#"["small", "large", null]"#)],
        found: &[(E0104, "null", "leave `null` out: a member that can be `null` says so itself")],
    },
    Mistake {
        name: "null as a default",
        edits: &[("book.json", r#""default": "1""#, r#""default": null"#)],
        found: &[(E0104, "null", "leave `default` out")],
    },
    Mistake {
        name: "a condition beside the members",
        edits: &[(
            "find.json",
            "      \"required\": [\"street\"]\n    },\n    \"Street\"",
            "      \"required\": [\"street\"],\n      \"if\": { \"type\": \"object\", \"properties\": { \"street\": { \"const\": \"a\" } }, \"required\": [\"street\"] }, \"then\": { \"properties\": { \"town\": { \"not\": { \"type\": \"null\" } } }, \"required\": [\"town\"] }\n    },\n    \"Street\"",
        )],
        found: &[(E0102, r#""if""#, r#"put it into `allOf`: [{ "if": { … }, "then": { … } }]"#)],
    },
    Mistake {
        name: "a condition with else beside the members",
        edits: &[(
            "find.json",
            "      \"required\": [\"street\"]\n    },\n    \"Street\"",
            "      \"required\": [\"street\"],\n      \"if\": { \"type\": \"object\", \"properties\": { \"town\": { \"type\": \"null\" } } }, \"then\": { \"properties\": { \"town\": { \"not\": { \"type\": \"null\" } } }, \"required\": [\"town\"] }, \"else\": {}\n    },\n    \"Street\"",
        )],
        found: &[(E0102, r#""if""#, "put it into `allOf`")],
    },
    Mistake {
        name: "a choice beside the members",
        edits: &[(
            "find.json",
            "      \"required\": [\"street\"]\n    },\n    \"Street\"",
            "      \"required\": [\"street\"],\n      \"anyOf\": [{ \"required\": [\"town\"] }, { \"required\": [\"street\"] }]\n    },\n    \"Street\"",
        )],
        found: &[(E0102, r#""anyOf""#, r#"put it into `allOf`: [{ "anyOf": […] }]"#)],
    },
    Mistake {
        name: "another choice beside the members",
        edits: &[(
            "find.json",
            "      \"required\": [\"street\"]\n    },\n    \"Street\"",
            "      \"required\": [\"street\"],\n      \"oneOf\": [{ \"required\": [\"town\"] }, { \"required\": [\"street\"] }]\n    },\n    \"Street\"",
        )],
        found: &[(E0102, r#""oneOf""#, r#"put it into `allOf`: [{ "oneOf": […] }]"#)],
    },
    Mistake {
        name: "an object that takes over another",
        edits: &[(
            "find.json",
            "      \"required\": [\"street\"]\n    },\n    \"Street\"",
            "      \"required\": [\"street\"],\n      \"allOf\": [{ \"$ref\": \"common.json#/$defs/Price\" }]\n    },\n    \"Street\"",
        )],
        found: &[(E0102, r#""common.json#/$defs/Price""#, "list the members in `properties`")],
    },
    Mistake {
        name: "an optional member by allOf",
        edits: &[(
            "find.json",
            r##""town": { "description": "The town.", "anyOf": [{ "$ref": "#/$defs/Town" }, { "type": "null" }] }"##,
            r##""town": { "description": "The town.", "allOf": [{ "$ref": "#/$defs/Town" }] }"##,
        )],
        found: &[(
            E0406,
            r##"[{ "$ref": "#/$defs/Town" }]"##,
            r##"write "anyOf": [{ "$ref": "#/$defs/Town" }, { "type": "null" }]"##,
        )],
    },
    Mistake {
        name: "a required member by allOf",
        edits: &[(
            "find.json",
            r##""street": { "description": "The street.", "$ref": "#/$defs/Street" }"##,
            r##""street": { "description": "The street.", "allOf": [{ "$ref": "#/$defs/Street" }] }"##,
        )],
        found: &[(E0406, r##"[{ "$ref": "#/$defs/Street" }]"##, r##"write "$ref": "#/$defs/Street""##)],
    },
    Mistake {
        name: "an optional member by oneOf",
        edits: &[(
            "find.json",
            r##""town": { "description": "The town.", "anyOf": [{ "$ref": "#/$defs/Town" }, { "type": "null" }] }"##,
            r##""town": { "description": "The town.", "oneOf": [{ "$ref": "#/$defs/Town" }, { "type": "null" }] }"##,
        )],
        found: &[(
            E0406,
            r##"[{ "$ref": "#/$defs/Town" }, { "type": "null" }]"##,
            r##"write "anyOf": [{ "$ref": "#/$defs/Town" }, { "type": "null" }]"##,
        )],
    },
    Mistake {
        name: "words in a member",
        edits: &[(
            "find.json",
            r##""town": { "description": "The town.", "anyOf": [{ "$ref": "#/$defs/Town" }, { "type": "null" }] }"##,
            r#""town": { "description": "The town.", "enum": ["A"] }"#,
        )],
        found: &[(E0406, r#"["A"]"#, r#"put this into `$defs`, and write "anyOf""#)],
    },
    Mistake {
        name: "a list of types",
        edits: &[(
            "find.json",
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 32 }"#,
            r#""Town": { "description": "A town.", "type": ["string", "null"], "minLength": 2, "maxLength": 32 }"#,
        )],
        found: &[(
            E0301,
            r#"["string", "null"]"#,
            r#"write "type": "string": a member that can be `null` says so itself"#,
        )],
    },
    Mistake {
        name: "a list of types in a member",
        edits: &[(
            "find.json",
            r##""town": { "description": "The town.", "anyOf": [{ "$ref": "#/$defs/Town" }, { "type": "null" }] }"##,
            r#""town": { "description": "The town.", "type": ["string", "null"] }"#,
        )],
        found: &[(E0406, r#"["string", "null"]"#, r#"put this into `$defs`, and write "anyOf""#)],
    },
    Mistake {
        name: "a required flag in a member",
        edits: &[(
            "find.json",
            r##""town": { "description": "The town.", "anyOf": [{ "$ref": "#/$defs/Town" }, { "type": "null" }] }"##,
            r##""town": { "description": "The town.", "$ref": "#/$defs/Town", "required": true }"##,
        )],
        found: &[(E0102, "true", "leave it out, and list `town` in `required` of the object")],
    },
    Mistake {
        name: "the same beside required",
        edits: &[(
            "find.json",
            r##""street": { "description": "The street.", "$ref": "#/$defs/Street" }"##,
            r##""street": { "description": "The street.", "$ref": "#/$defs/Street", "required": true }"##,
        )],
        found: &[(E0102, "true", "leave it out, and list `street` in `required` of the object")],
    },
    Mistake {
        name: "a flag that is false",
        edits: &[(
            "find.json",
            r##""town": { "description": "The town.", "anyOf": [{ "$ref": "#/$defs/Town" }, { "type": "null" }] }"##,
            r##""town": { "description": "The town.", "anyOf": [{ "$ref": "#/$defs/Town" }, { "type": "null" }], "required": false }"##,
        )],
        found: &[(E0102, "false", "leave it out: a member that `required` of the object does not list is optional")],
    },
    Mistake {
        name: "a flag in the object",
        edits: &[(
            "find.json",
            "      \"required\": [\"street\"]\n    },\n    \"Street\"",
            "      \"required\": true\n    },\n    \"Street\"",
        )],
        found: &[(E0104, "true", r#"write "required": ["…"]"#)],
    },
    Mistake {
        name: "elements in place",
        edits: &[(
            "book.json",
            r##""items": { "$ref": "#/$defs/Piece" }"##,
            r#""items": { "type": "string", "minLength": 1, "maxLength": 5 }"#,
        )],
        found: &[(
            E0313,
            r#"{ "type": "string", "minLength": 1, "maxLength": 5 }"#,
            r##"put this into `$defs`, and write { "$ref": "#/$defs/…" }"##,
        )],
    },
    Mistake {
        name: "elements of several kinds",
        edits: &[(
            "book.json",
            r##""items": { "$ref": "#/$defs/Piece" }"##,
            r##""items": [{ "$ref": "#/$defs/Piece" }]"##,
        )],
        found: &[(E0313, r##"[{ "$ref": "#/$defs/Piece" }]"##, "all elements are of one definition")],
    },
    Mistake {
        name: "elements by name",
        edits: &[("book.json", r##""items": { "$ref": "#/$defs/Piece" }"##, r#""items": "Piece""#)],
        found: &[(E0104, r#""Piece""#, r##"write { "$ref": "#/$defs/Piece" }"##)],
    },
    Mistake {
        name: "a request by name",
        edits: &[("find.json", r##""request": { "$ref": "#/$defs/FindRequest" }"##, r#""request": "FindRequest""#)],
        found: &[(E0104, r#""FindRequest""#, r##"write { "$ref": "#/$defs/FindRequest" }"##)],
    },
    Mistake {
        name: "a request by address",
        edits: &[(
            "find.json",
            r##""request": { "$ref": "#/$defs/FindRequest" }"##,
            r##""request": "#/$defs/FindRequest""##,
        )],
        found: &[(E0104, r##""#/$defs/FindRequest""##, r##"write { "$ref": "#/$defs/FindRequest" }"##)],
    },
    Mistake {
        name: "a reference of an earlier draft",
        edits: &[(
            "find.json",
            r##""town": { "description": "The town.", "anyOf": [{ "$ref": "#/$defs/Town" }, { "type": "null" }] }"##,
            r##""town": { "description": "The town.", "anyOf": [{ "$ref": "#/definitions/Town" }, { "type": "null" }] }"##,
        )],
        found: &[(E0201, r##""#/definitions/Town""##, r##"write "#/$defs/Town""##)],
    },
    Mistake {
        name: "an absolute reference",
        edits: &[(
            "find.json",
            r#""$ref": "common.json#/$defs/ParcelId""#,
            r#""$ref": "https://alipayplus-sdk.example/diagnostics/common.json#/$defs/ParcelId""#,
        )],
        found: &[(
            E0202,
            r#""https://alipayplus-sdk.example/diagnostics/common.json#/$defs/ParcelId""#,
            r#"write "common.json#/$defs/ParcelId""#,
        )],
    },
    Mistake {
        name: "an absolute reference to the same file",
        edits: &[(
            "find.json",
            r##""street": { "description": "The street.", "$ref": "#/$defs/Street" }"##,
            r#""street": { "description": "The street.", "$ref": "https://alipayplus-sdk.example/diagnostics/find.json#/$defs/Street" }"#,
        )],
        found: &[(
            E0202,
            r#""https://alipayplus-sdk.example/diagnostics/find.json#/$defs/Street""#,
            r##"write "#/$defs/Street""##,
        )],
    },
    Mistake {
        name: "a file whose name is near none",
        edits: &[("find.json", "common.json#/$defs/Moment", "time.json#/$defs/Moment")],
        found: &[(E0202, r#""time.json#/$defs/Moment""#, "the files are: book.json, common.json")],
    },
    Mistake {
        name: "a file whose name is near another",
        edits: &[("find.json", "common.json#/$defs/Moment", "comon.json#/$defs/Moment")],
        found: &[(E0202, r#""comon.json#/$defs/Moment""#, "did you mean `common.json`?")],
    },
    Mistake {
        name: "a byte order mark",
        edits: &[("find.json", "{\n  \"$schema\"", "\u{feff}{\n  \"$schema\"")],
        found: &[(E0001, "\u{feff}", "remove the byte order mark, U+FEFF")],
    },
    Mistake {
        name: "a byte order mark inside",
        edits: &[("find.json", r#""timeoutSeconds": 5,"#, "\u{feff}\"timeoutSeconds\": 5,")],
        found: &[(E0001, "\u{feff}", "remove the byte order mark, U+FEFF")],
    },
    Mistake {
        name: "a typographic quote before a name",
        edits: &[("find.json", r#""method": "POST""#, "\u{201c}method\u{201d}: \"POST\"")],
        found: &[(E0001, "\u{201c}", "write straight quotes, U+0022")],
    },
    Mistake {
        name: "a typographic quote behind a value",
        edits: &[("find.json", r#""method": "POST","#, "\"method\": \"POST\u{201d},")],
        found: &[(E0001, "", "write straight quotes, U+0022")],
    },
    Mistake {
        name: "a single typographic quote",
        edits: &[("find.json", r#""method": "POST""#, "\"method\": \u{2018}POST\u{2019}")],
        found: &[(E0001, "\u{2018}", "write straight quotes, U+0022")],
    },
    Mistake {
        name: "single quotes",
        edits: &[("find.json", r#""method": "POST""#, "'method': 'POST'")],
        found: &[(E0001, "'", "write double quotes")],
    },
    Mistake {
        name: "a moment without anything else",
        edits: &[(
            "find.json",
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 32 }"#,
            r#""Town": { "type": "string", "format": "date-time" }"#,
        )],
        found: &[
            (E0103, "{", r#"add "description""#),
            (E0102, r#""format""#, r#"add "x-scalar": "datetime" and "pattern": "^("#),
        ],
    },
    Mistake {
        name: "a moment without its type",
        edits: &[(
            "find.json",
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 32 }"#,
            r#""Town": { "description": "A town.", "type": "string", "format": "date-time" }"#,
        )],
        found: &[(E0102, r#""format""#, r#"add "x-scalar": "datetime" and "pattern": "^("#)],
    },
    Mistake {
        name: "an unknown format",
        edits: &[(
            "find.json",
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 32 }"#,
            r#""Town": { "description": "A town.", "type": "string", "format": "email", "minLength": 1, "maxLength": 40 }"#,
        )],
        found: &[(E0102, r#""format""#, "leave it out and say it in the description")],
    },
    Mistake {
        name: "one word",
        edits: &[(
            "find.json",
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 32 }"#,
            r#""Town": { "description": "A town.", "type": "string", "const": "HERE" }"#,
        )],
        found: &[(E0102, r#""const""#, "a set of one word is an `enum` with one element")],
    },
    Mistake {
        name: "a range without its type",
        edits: &[(
            "find.json",
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 32 }"#,
            r#""Town": { "description": "A town.", "type": "string", "x-range": [1, 4], "pattern": "^([1-4])$" }"#,
        )],
        found: &[(E0102, r#""x-range""#, r#"add "x-scalar": "integer""#)],
    },
    Mistake {
        name: "a range without type and pattern",
        edits: &[(
            "find.json",
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 32 }"#,
            r#""Town": { "description": "A town.", "type": "string", "x-range": [1, 4] }"#,
        )],
        found: &[(E0102, r#""x-range""#, r#"add "x-scalar": "integer" and "pattern": "^([1-4])$""#)],
    },
    Mistake {
        name: "meanings without words",
        edits: &[(
            "find.json",
            r#""Town": { "description": "A town.", "type": "string", "minLength": 2, "maxLength": 32 }"#,
            r#""Town": { "description": "A town.", "type": "string", "x-status": { "A": "success" } }"#,
        )],
        found: &[(E0102, r#""x-status""#, "it belongs to a closed set of words")],
    },
    Mistake {
        name: "another spelling of a range",
        edits: &[(
            "book.json",
            "      \"x-scalar\": \"integer\",\n      \"x-range\": [1, 4],\n      \"pattern\": \"^([1-4])$\"",
            r#""x-scalar": "integer", "x-range": [1, 4], "pattern": "^[1-4]$""#,
        )],
        found: &[(E0304, r#""^[1-4]$""#, r#"write "pattern": "^([1-4])$""#)],
    },
    Mistake {
        name: "another range",
        edits: &[(
            "book.json",
            "      \"x-scalar\": \"integer\",\n      \"x-range\": [1, 4],\n      \"pattern\": \"^([1-4])$\"",
            r#""x-scalar": "integer", "x-range": [1, 4], "pattern": "^[1-9]$""#,
        )],
        found: &[(E0304, r#""^[1-9]$""#, r#"write "pattern": "^([1-4])$""#)],
    },
    Mistake {
        name: "causes without a code, which the operation lists",
        edits: &[
            ("send.json", r#", "cause": "key" }"#, " }"),
            ("send.json", r#""idempotent": false"#, r#""idempotent": false, "withoutCode": ["key"]"#),
        ],
        found: &[],
    },
    Mistake {
        name: "causes of which the operation lists one",
        edits: &[
            ("send.json", r#", "cause": "key" }"#, " }"),
            ("send.json", r#", "cause": "overload" }"#, " }"),
            ("send.json", r#""idempotent": false"#, r#""idempotent": false, "withoutCode": ["key"]"#),
        ],
        found: &[(W0601, r#""SendEnding""#, r#"or write "withoutCode": ["overload"] in `x-operation`"#)],
    },
    Mistake {
        name: "a listed cause that has a code",
        edits: &[("send.json", r#""idempotent": false"#, r#""idempotent": false, "withoutCode": ["internal"]"#)],
        found: &[(E0711, r#""internal""#, "leave it out")],
    },
    Mistake {
        name: "a listed cause that is none",
        edits: &[("send.json", r#""idempotent": false"#, r#""idempotent": false, "withoutCode": ["keys"]"#)],
        found: &[(E0107, r#""keys""#, "did you mean `key`?")],
    },
];

#[test]
fn a_mistake_is_one_error_with_its_place_and_what_to_write() {
    let mut wrong = Vec::new();
    for Mistake { name, edits, found } in MISTAKES {
        let sources = edited(edits);
        let (_, all) = lower::check(&sources);
        let fits = all.len() == found.len()
            && all.iter().zip(*found).all(|(it, (code, at, help))| {
                let marked = &sources[it.span.file].text[it.span.range.clone()];
                it.code == *code && it.help.contains(help) && (at.is_empty() || marked == *at)
            });
        if !fits {
            wrong.push(format!("{name}:\n{}", diagnostic::render(&sources, &all, false)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An error that blames no side names both.
#[test]
fn two_places_that_contradict_each_other_are_both_named() {
    for (edit, title, labels) in [
        (
            ("book.json", r#""path": "/desks/book""#, r#""path": "/parcels/find""#),
            "two operations have the path `/parcels/find`",
            ["of schema/find.json", "of schema/book.json"],
        ),
        (
            ("book.json", r#""name": "bookDesk""#, r#""name": "findParcel""#),
            "two operations have the name `findParcel`",
            ["of schema/find.json", "of schema/book.json"],
        ),
    ] {
        let (_, all) = lower::check(&edited(&[edit]));
        assert_eq!(all[0].title, title);
        assert_eq!([all[0].label.as_deref(), Some(all[0].also[0].1.as_str())], labels.map(Some));
    }
}

/// What is right but spelt in another way is not called wrong.
#[test]
fn another_spelling_is_called_another_spelling() {
    for (edit, expected) in [
        (
            ("book.json", r#""pattern": "^([1-4])$""#, r#""pattern": "^[1-4]$""#),
            "this `pattern` is another spelling of what `x-range` says, and patterns are compared as texts",
        ),
        (
            ("book.json", r#""pattern": "^([1-4])$""#, r#""pattern": "^[1-9]$""#),
            "the `pattern` does not say what `x-range` says",
        ),
        (
            ("common.json", r#""pattern": "^[A-Z]{3}$""#, r#""pattern": "^[A-Z][A-Z][A-Z]$""#),
            "this `pattern` is not written as that of Currency",
        ),
        (
            (
                "find.json",
                r#""enum": ["RETURNED", "DAMAGED", "STOLEN"]"#,
                r#""enum": ["DAMAGED", "RETURNED", "STOLEN"]"#,
            ),
            "`allOf` is not written as the table implies",
        ),
    ] {
        let (_, all) = lower::check(&edited(&[edit]));
        assert_eq!(all.iter().map(|it| it.title.as_str()).collect::<Vec<_>>(), [expected]);
    }
}

/// A code that is no longer used explains itself, and no kind has it.
#[test]
fn a_code_that_is_no_longer_used_is_no_other_one() {
    assert!(DiagnosticCode::retired("E0817").is_some());
    assert_eq!(DiagnosticCode::from_name("E0817"), None);
    assert!(DiagnosticCode::ALL.iter().all(|code| DiagnosticCode::retired(code.as_str()).is_none()));
}
