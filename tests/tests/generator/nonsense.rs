//! The generator depends on no name of the specification: schemas with meaningless names generate too, and no original
//! name is left. `tests/fixtures` compiles the result and runs the same exchange on it.

use std::collections::BTreeSet;

use alipayplus_codegen::output::Files;
use alipayplus_tests::nonsense::{self, NameKind, forms};
use alipayplus_tests::{generate_code, schemas};
use proc_macro2::{TokenStream, TokenTree};

/// Identifiers that the runtime or Rust have too: the meaning of a status, a parameter of money's methods, and
/// `core::result`. No string may contain them.
const OWN: &[&str] = &["Success", "currency", "result"];

#[test]
fn meaningless_schemas_generate() {
    let files = generate_code(&nonsense::schemas());
    assert_eq!(files.len(), generate_code(&schemas()).len());
}

#[test]
fn distinct_names_stay_distinct() {
    let names = nonsense::names();
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
    let originals: BTreeSet<String> =
        nonsense::names().keys().flat_map(|(name, kind)| forms(name, *kind)).filter(|it| it.len() > 1).collect();
    let left = |files: &Files| -> BTreeSet<String> {
        let mut words = Words::default();
        for text in files.values() {
            words.collect(text.parse().unwrap());
        }
        words.identifiers.retain(|it| !OWN.contains(&it.as_str()));
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
