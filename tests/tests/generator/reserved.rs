//! Names that the crates have themselves: no schema becomes a type, a module or a method of such a name.

use std::fs;

use alipayplus_codegen::names;
use alipayplus_tests::root;
use syn::{Item, TraitItem, UseTree};

fn items(path: &str) -> Vec<Item> {
    syn::parse_file(&fs::read_to_string(root().join(path)).unwrap()).unwrap().items
}

/// Returns the names that a file imports or declares as modules.
fn in_scope(path: &str) -> Vec<String> {
    let mut all = Vec::new();
    for item in items(path) {
        match item {
            Item::Use(item) => imported(&item.tree, &mut all),
            Item::Mod(item) => all.push(item.ident.to_string()),
            _ => {}
        }
    }
    all
}

/// Collects the names that an import brings into scope.
fn imported(tree: &UseTree, all: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => imported(&path.tree, all),
        UseTree::Name(name) => all.push(name.ident.to_string()),
        UseTree::Rename(rename) => all.push(rename.rename.to_string()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| imported(tree, all)),
        UseTree::Glob(_) => {}
    }
}

fn is_type(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
}

#[test]
fn every_type_that_generated_modules_import_is_reserved() {
    let all = in_scope("crates/runtime/src/private.rs");
    let free: Vec<_> = all.iter().filter(|name| is_type(name) && !names::is_reserved(name)).collect();
    assert!(all.len() > 20 && free.is_empty(), "{free:?}");
}

#[test]
fn no_name_at_the_root_of_a_crate_is_generated() {
    for (of, least) in [("model", 3), ("client", 20), ("server", 30)] {
        let all = in_scope(&format!("crates/{of}/src/lib.rs"));
        assert!(all.len() >= least, "{of}: {all:?}");
        for name in all {
            let made = if is_type(&name) { names::type_name(&name) } else { names::module(&name) };
            assert_ne!(made, name, "{of}");
        }
    }
}

/// A response has the methods of this trait, which generated code calls by the type's name.
#[test]
fn no_member_becomes_a_method_of_a_response() {
    let traits = items("crates/runtime/src/operation.rs").into_iter().find_map(|item| match item {
        Item::Trait(item) if item.ident == "FromResult" => Some(item.items),
        _ => None,
    });
    let methods = traits.unwrap().into_iter().filter_map(|item| match item {
        TraitItem::Fn(method) => Some(method.sig.ident.to_string()),
        _ => None,
    });
    let free: Vec<_> = methods.filter(|name| names::method(name) == *name).collect();
    assert!(free.is_empty(), "{free:?}");
}
