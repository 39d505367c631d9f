//! The generator depends on no name of the specification: schemas with meaningless names generate too, and no original
//! name is left. `tests/fixtures` compiles the result and runs the same exchange on it.

use std::collections::BTreeSet;

use alipayplus_codegen::output::Files;
use alipayplus_codegen::source::Source;
use alipayplus_tests::nonsense::{self, NameKind, forms};
use alipayplus_tests::{fixture, fixtures, generate_code, schemas};
use proc_macro2::{TokenStream, TokenTree};

use crate::nameless::words;

/// The hand-written code that generated code calls.
const CALLED: &[&str] = &["crates/runtime/src", "crates/client/src", "crates/server/src"];

#[test]
fn meaningless_schemas_generate() {
    let files = generate_code(&nonsense::schemas());
    assert_eq!(files.len(), generate_code(&schemas()).len());
}

/// The renaming knows every keyword that holds a name, so that an operation may use any of them.
#[test]
fn every_fixture_generates_with_meaningless_names() {
    for name in fixtures() {
        let (sources, names) = nonsense::renamed(&fixture(&name));
        let files = generate_code(&sources);
        assert_eq!(files.len(), generate_code(&fixture(&name)).len(), "{name}");
        // Other names may be keywords too.
        let left: Vec<_> = names.keys().filter(|(old, _)| is_compound(old) && leaves(&sources, old)).collect();
        assert!(left.is_empty(), "{name}: {left:?}");
    }
}

/// Returns whether a name has several words, so that no other text is like it by chance.
pub(crate) fn is_compound(name: &str) -> bool {
    let is_inner = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
    name.trim_matches('_').contains('_') || name.as_bytes().windows(2).any(is_inner)
}

/// Returns whether schemas have this text as a whole string.
fn leaves(sources: &[Source], text: &str) -> bool {
    let quoted = serde_json::Value::from(text).to_string();
    sources.iter().any(|source| source.text.contains(&quoted))
}

#[test]
fn distinct_names_stay_distinct() {
    let names = nonsense::names_of(&schemas());
    let old: BTreeSet<_> = names.keys().map(|(name, _)| name).collect();
    let new: BTreeSet<_> = names.values().collect();
    assert_eq!(old.len(), new.len());
    let all = |kind| names.keys().filter(move |(_, it)| *it == kind).count();
    for kind in [NameKind::Operation, NameKind::Definition, NameKind::Member, NameKind::Word, NameKind::Outcome] {
        assert!(all(kind) > 0, "{kind:?}");
    }
}

#[test]
fn no_name_of_the_specification_is_left() {
    let originals: BTreeSet<String> = nonsense::names_of(&schemas())
        .keys()
        .flat_map(|(name, kind)| forms(name, *kind))
        .filter(|it| it.len() > 1)
        .collect();
    // Identifiers such as `Success` are the hand-written crates' own. No string may contain a name.
    let known: BTreeSet<String> = CALLED.iter().flat_map(|folder| words(folder).into_values()).flatten().collect();
    let left = |files: &Files| -> BTreeSet<String> {
        let mut words = Words::default();
        for text in files.values() {
            words.collect(text.parse().unwrap());
        }
        words.identifiers.retain(|it| !known.contains(it));
        let all = words.identifiers.iter().chain(&words.strings);
        all.filter(|it| originals.contains(*it)).cloned().collect()
    };
    assert_eq!(left(&generate_code(&nonsense::schemas())), BTreeSet::new());
    // The search does find names where they are.
    let real = left(&generate_code(&schemas()));
    for name in ["payment_id", "paymentId", "PaymentId", "ORDER_NOT_EXIST", "OrderNotExist", "Paid", "FailedCode"] {
        assert!(real.contains(name), "{name} is not in {real:?}");
    }
}

/// The words of code without documentation.
#[derive(Default)]
pub(crate) struct Words {
    pub(crate) identifiers: BTreeSet<String>,
    pub(crate) strings: BTreeSet<String>,
}

impl Words {
    pub(crate) fn collect(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(it) => drop(self.identifiers.insert(it.to_string())),
                TokenTree::Group(group) => {
                    let first = group.stream().into_iter().next();
                    if !matches!(first, Some(TokenTree::Ident(it)) if it == "doc") {
                        self.collect(group.stream());
                    }
                }
                TokenTree::Literal(it) => {
                    let text = it.to_string();
                    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
                    self.strings.extend(words.map(str::to_owned));
                }
                TokenTree::Punct(_) => {}
            }
        }
    }
}
