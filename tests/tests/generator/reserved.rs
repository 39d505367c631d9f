//! Generated modules import all names of a module of the runtime: no definition may become a type of the same name.

use std::fs;

use alipayplus_codegen::names;
use alipayplus_tests::root;
use syn::{Item, UseTree};

#[test]
fn every_type_that_generated_modules_import_is_reserved() {
    let text = fs::read_to_string(root().join("crates/runtime/src/private.rs")).unwrap();
    let mut all = Vec::new();
    for item in syn::parse_file(&text).unwrap().items {
        let Item::Use(item) = item else { panic!("the module is a list of imports") };
        imported(&item.tree, &mut all);
    }
    let types = all.iter().filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase()));
    let free: Vec<_> = types.filter(|name| !names::is_reserved(name)).collect();
    assert!(all.len() > 20 && free.is_empty(), "{free:?}");
}

/// Collects the names that an import brings into scope.
fn imported(tree: &UseTree, all: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => imported(&path.tree, all),
        UseTree::Name(name) => all.push(name.ident.to_string()),
        UseTree::Rename(rename) => all.push(rename.rename.to_string()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| imported(tree, all)),
        UseTree::Glob(_) => panic!("an import of the module is a name"),
    }
}
