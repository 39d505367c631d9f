//! The names that the crates have themselves, read from their sources, so that no list of them can be out of date.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use syn::{Item, UseTree};

/// What every generated module of the model imports.
const IMPORTS: &str = include_str!("../../../runtime/src/private.rs");

/// The roots of the crates that have generated modules.
const ROOTS: &[&str] = &[
    include_str!("../../../model/src/lib.rs"),
    include_str!("../../../client/src/lib.rs"),
    include_str!("../../../server/src/lib.rs"),
];

/// Names that no generated item of the same scope can have.
#[derive(Default)]
pub(super) struct Taken {
    /// The types that a module of the model imports.
    pub(super) imports: BTreeSet<String>,
    /// The types at the roots of the crates.
    pub(super) types: BTreeSet<String>,
    /// The modules at the roots of the crates, and whatever else has a name like one.
    pub(super) modules: BTreeSet<String>,
}

/// Returns the names that are taken.
pub(super) fn taken() -> &'static Taken {
    static TAKEN: OnceLock<Taken> = OnceLock::new();
    TAKEN.get_or_init(|| {
        let is_type = |name: &String| name.starts_with(|c: char| c.is_ascii_uppercase());
        let imports = items(IMPORTS).into_iter().filter(is_type).collect();
        let roots = ROOTS.iter().flat_map(|root| items(root));
        let (types, modules) = roots.partition(is_type);
        Taken { imports, types, modules }
    })
}

/// Returns the names of the modules and imports of a source file. One that can't be parsed has none: its crate does not
/// compile either.
fn items(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for item in syn::parse_file(text).map(|file| file.items).unwrap_or_default() {
        match item {
            Item::Mod(item) => all.push(item.ident.to_string()),
            Item::Use(item) => imported(&item.tree, &mut all),
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
        // The generated names themselves.
        UseTree::Glob(_) => {}
    }
}
