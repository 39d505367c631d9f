//! The schema's names in Rust's case.

use heck::{ToKebabCase, ToSnakeCase, ToUpperCamelCase};

mod taken;

use taken::taken;

/// Type names that generated code uses itself, beside what it imports from the runtime: a definition of that name gets
/// `Object` behind it, so that nothing is shadowed.
const RESERVED: &[&str] = &[
    // what every module imports
    "Box",
    "Clone",
    "Copy",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
    "Self",
    "Debug",
    "Hash",
    // what every operation's module has
    "Answer",
    "Expected",
    "Outcome",
    "Refusal",
    "RefusalCode",
    "RequestRequired",
    // what the modules of the server import
    "Caller",
    "Request",
    "Response",
];

/// Types that the generated client and server declare.
const DECLARED_TYPES: &[&str] = &["Client", "Server"];

/// Methods of the generated client and server, and modules inside the modules of operations.
const DECLARED: &[&str] = &["answer", "builder", "call", "fmt", "from", "outcome", "poll_ready"];

/// Methods of the standard library's traits, and `new`: readers, and Clippy, expect something else of them.
const STANDARD: &[&str] = &[
    "add",
    "as_mut",
    "as_ref",
    "bitand",
    "bitor",
    "bitxor",
    "borrow",
    "borrow_mut",
    "clone",
    "cmp",
    "default",
    "deref",
    "deref_mut",
    "div",
    "drop",
    "eq",
    "from_iter",
    "from_str",
    "hash",
    "index",
    "index_mut",
    "into_iter",
    "mul",
    "ne",
    "neg",
    "new",
    "next",
    "not",
    "rem",
    "shl",
    "shr",
    "sub",
];

/// Methods that a type of a message has already, or that Rust expects something else of.
const TAKEN_METHODS: &[&str] =
    &["fmt", "from_result", "idempotency_key", "into", "result", "serialize", "to_owned", "try_into", "with"];

/// Returns whether generated code uses a type's name itself. It calls its type parameters by single letters.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    name.len() == 1 || RESERVED.contains(&name) || taken().imports.contains(name)
}

/// Returns a type's name: with `Object` behind it if it is reserved, or if the client or the server has a type of that
/// name beside those of its operations.
#[must_use]
pub fn type_name(name: &str) -> String {
    let camel = variant(name);
    let is_taken = is_reserved(&camel) || DECLARED_TYPES.contains(&camel.as_str()) || taken().types.contains(&camel);
    if is_taken { format!("{camel}Object") } else { camel }
}

/// Returns the name of a file's module, and of its operation's methods: with `_` behind it if it is a keyword, or if the
/// crates have a module or a method of that name.
#[must_use]
pub fn module(stem: &str) -> String {
    let snake = snake(stem);
    let is_own = DECLARED.contains(&snake.as_str()) || STANDARD.contains(&snake.as_str());
    let is_taken = is_own || taken().modules.contains(&snake);
    if is_taken { format!("{snake}_") } else { snake }
}

/// Returns a variant's name.
#[must_use]
pub fn variant(word: &str) -> String {
    let camel = word.to_upper_camel_case();
    match camel.chars().next() {
        Some(first) if first.is_ascii_digit() => format!("N{camel}"),
        Some(_) if camel == "Self" => "SelfValue".into(),
        Some(_) => camel,
        None => "Empty".into(),
    }
}

/// Returns the name of a field, a method or a module. A keyword gets `_` behind it.
#[must_use]
pub fn snake(name: &str) -> String {
    let snake = name.to_snake_case();
    let snake = if snake.starts_with(|c: char| c.is_ascii_digit()) { format!("n{snake}") } else { snake };
    // `syn` does not know the keywords of edition 2024.
    if syn::parse_str::<syn::Ident>(&snake).is_ok() && snake != "gen" { snake } else { format!("{snake}_") }
}

/// Returns the name of a method that a field has beside it: the field's own, unless that is taken.
#[must_use]
pub fn method(field: &str) -> String {
    let is_taken = TAKEN_METHODS.contains(&field) || STANDARD.contains(&field) || field.starts_with(SETTER);
    if is_taken { format!("{field}_") } else { field.to_owned() }
}

/// Returns the name of the struct that holds the required members of a type.
#[must_use]
pub fn required(rust: &str) -> String {
    format!("{rust}Required")
}

/// Returns the name of the method that sets an optional field.
#[must_use]
pub fn setter(field: &str) -> String {
    format!("{SETTER}{field}")
}

/// How the names of methods that set a field begin.
const SETTER: &str = "with_";

/// Returns whether a name can be written in Rust at all once it is in Rust's case.
#[must_use]
pub fn is_usable(name: &str) -> bool {
    name.is_ascii() && name.chars().any(|c| c.is_ascii_alphabetic())
}

/// Returns whether a name can be that of a file, a definition or an operation.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    is_usable(name) && name.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Returns whether a name can be that of a member, which JSON Pointers and markdown quote as it is.
#[must_use]
pub fn is_member(name: &str) -> bool {
    is_usable(name) && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
}

/// Returns the name of a side as a part of a file's name: in kebab case, with `plus` for `+`. `None` if the name has no
/// ASCII letter or digit, or is too long for that.
#[must_use]
pub fn side(name: &str) -> Option<String> {
    let ascii = |c: char| if c.is_ascii_alphanumeric() { c } else { ' ' };
    let kebab = name.replace('+', " plus ").chars().map(ascii).collect::<String>().to_kebab_case();
    (1..=64).contains(&kebab.len()).then_some(kebab)
}

/// Returns the type of the server of one side.
#[must_use]
pub fn server(side: &str) -> String {
    type_name(&format!("{}-server", self::side(side).unwrap_or_default()))
}

/// Returns a name as a part of a file's name, and as other tools take it.
#[must_use]
pub fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}

/// Returns the nearest of some names, if one is near: at most every third character is another one.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.into_iter().map(|candidate| (edits(name, candidate), candidate));
    let (edits, best) = scored.min()?;
    (edits <= name.chars().count().max(best.chars().count()) / 3).then_some(best)
}

/// Returns how many characters are added, left out, replaced or swapped with the next, whatever their case.
fn edits(from: &str, to: &str) -> usize {
    let [from, to] = [from, to].map(|text| text.to_lowercase().chars().collect::<Vec<_>>());
    // The edits from the first n characters of `from` to each beginning of `to`, for the last three n.
    let mut rows: [Vec<usize>; 3] = [Vec::new(), Vec::new(), (0..=to.len()).collect()];
    for (n, a) in from.iter().enumerate() {
        rows.rotate_left(1);
        let mut row = vec![n + 1];
        for (m, b) in to.iter().enumerate() {
            let mut least = (row[m] + 1).min(rows[1][m + 1] + 1).min(rows[1][m] + usize::from(a != b));
            if n > 0 && m > 0 && from[n - 1] == *b && *a == to[m - 1] {
                least = least.min(rows[0][m - 1] + 1);
            }
            row.push(least);
        }
        rows[2] = row;
    }
    rows[2][to.len()]
}

/// Returns a line of help: the nearest of some names, or something else where none is near.
#[must_use]
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>, otherwise: String) -> String {
    nearest(name, known).map_or(otherwise, |near| format!("did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_never_shadow_or_break() {
        assert_eq!(type_name("Result"), "ResultObject");
        assert_eq!(type_name("someResult"), "SomeResult");
        assert_eq!(variant("DOOR_IS_CLOSED"), "DoorIsClosed");
        assert_eq!(variant("3DS_REQUIRED"), "N3dsRequired");
        assert_eq!(variant("self"), "SelfValue");
        assert_eq!(snake("someOtherId"), "some_other_id");
        assert_eq!((snake("gen"), variant("gen")), ("gen_".into(), "Gen".into()));
        assert_eq!((snake("type"), snake("self"), snake("2fa")), ("type_".into(), "self_".into(), "n2fa".into()));
    }

    #[test]
    fn methods_never_hide_those_of_every_type() {
        assert_eq!((method("new"), method("clone"), method("newer")), ("new_".into(), "clone_".into(), "newer".into()));
    }

    #[test]
    fn sides_name_files_and_servers() {
        assert_eq!(side("Alipay+").as_deref(), Some("alipay-plus"));
        assert_eq!(side("a mobile  Wallet (MPP)").as_deref(), Some("a-mobile-wallet-mpp"));
        assert_eq!((side("…"), side(&"long".repeat(17))), (None, None));
        assert_eq!((server("Alipay+"), server("3DS")), ("AlipayPlusServer".into(), "N3dsServer".into()));
        // The crates have a type of that name.
        assert_eq!(server("http"), "HttpServerObject");
    }

    #[test]
    fn the_nearest_name_is_near() {
        assert_eq!(nearest("descripton", ["description", "title"]), Some("description"));
        assert_eq!(nearest("foo", ["description", "title"]), None);
        assert_eq!(nearest("tpye", ["title", "type"]), Some("type"));
        assert_eq!(nearest("timeoutseconds", ["timeoutSeconds"]), Some("timeoutSeconds"));
        assert_eq!(nearest("", ["on"]), None);
        // Half of it is another word.
        assert_eq!(nearest("x-order", ["x-codes", "x-rust"]), None);
        assert_eq!(nearest("E0817", ["E0107", "E0818"]), Some("E0818"));
    }
}
