//! Files as a whole: what each says of itself, and what they say together.

use std::collections::HashMap;

use super::{Lowering, Place, text};
use crate::diagnostic::{Faults, Id};
use crate::source::{self, Json, Name, Node, Source};
use crate::{names, profile, spelling};

/// A file as it is read.
pub(super) struct Schema<'a> {
    pub(super) source: &'a Source,
    pub(super) root: Node,
    /// Whether its definitions can't be read: nothing is said of what refers to them.
    pub(super) broken: bool,
}

impl<'a> Schema<'a> {
    pub(super) fn read(source: &'a Source, index: usize, faults: &mut Faults) -> Self {
        let nothing = Node { place: Place { file: index, range: 0..0 }, json: Json::Null };
        let read = source::read(source, index, faults);
        let is_json = read.is_some();
        let mut root = read.unwrap_or(nothing);
        spelling::mend(&mut root, faults);
        let broken = !root.get("$defs").is_some_and(|it| matches!(it.json, Json::Object(_)));
        let root = Self { source, root, broken };
        if is_json {
            root.head(faults);
            text::texts(&root.root, faults);
        }
        root
    }

    /// What every file says.
    fn head(&self, faults: &mut Faults) {
        let (root, what) = (&self.root, "a schema file");
        faults.keywords(root, what, profile::FILE);
        for keyword in ["title", "description"] {
            faults.need_text(root, keyword, what);
        }
        if let Some(dialect) = faults.need(root, "$schema", what)
            && dialect.text() != Some("https://json-schema.org/draft/2020-12/schema")
        {
            let help = "write \"https://json-schema.org/draft/2020-12/schema\"";
            faults.report(Id::E0004, &dialect.place, "the profile is one of draft 2020-12", help);
        }
        if let Some(definitions) = faults.need(root, "$defs", what) {
            faults.members(definitions, "$defs");
        }
        if let Some(id) = faults.need_text(root, "$id", what)
            && let Some(value) = root.get("$id")
            && address(&id).is_none_or(|(_, file)| file != self.source.name())
        {
            let title = format!("this is no address of `{}`", self.source.name());
            let help = format!("write \"https://…/{}\", so that references by file name are found", self.source.name());
            faults.report(Id::E0005, &value.place, title, help);
        }
    }
}

/// The folder and the file of an absolute address.
fn address(id: &str) -> Option<(&str, &str)> {
    id.contains("://").then(|| id.rsplit_once('/'))?
}

impl Lowering<'_> {
    /// Files refer to each other by their names, so their addresses have one folder.
    pub(super) fn addresses(&mut self) {
        let ids = self.roots.iter().filter_map(|file| file.root.get("$id"));
        let ids: Vec<_> = ids.filter_map(|it| Some((it, address(it.text()?)?.0))).collect();
        let Some(((first, folder), others)) = ids.split_first() else { return };
        for (id, _) in others.iter().filter(|(_, other)| other != folder) {
            let help = format!("write \"{folder}/…\": references by file name are relative to it");
            let fault = self.faults.report(Id::E0006, &id.place, "this is not the folder of the other files", help);
            fault.also(&first.place, "another folder");
        }
    }

    /// One file says what answers a request that belongs to no operation.
    pub(super) fn services(&mut self) {
        let services: Vec<_> = self.roots.iter().filter_map(|file| file.root.get("x-service")).collect();
        match (services.as_slice(), self.roots.first()) {
            ([], Some(first)) if self.roots.iter().all(|file| !file.broken) => {
                let help = "add \"x-service\": { \"$ref\": \"…\" } to the file that operations share";
                let title = "no file says what answers an unknown path";
                self.faults.report(Id::E0008, &first.root.head(), title, help);
            }
            ([first, others @ ..], _) => {
                for again in others {
                    let fault =
                        self.faults.report(Id::E0009, &again.place, "`x-service` stands twice", "keep one of them");
                    fault.also(&first.place, "the first");
                }
            }
            _ => {}
        }
    }

    /// Two definitions of a file must not become one Rust name.
    pub(super) fn names(&mut self, index: usize) {
        let mut taken: HashMap<String, &Name> = HashMap::new();
        for (name, _) in self.definitions(index) {
            if !names::is_plain(&name.text) {
                let title = format!("`{}` can't be a type's name", name.text);
                let help = "a definition's name is made of ASCII letters and digits";
                self.faults.report(Id::E0205, &name.place, title, help);
            } else if let Some(other) = taken.insert(names::type_name(&name.text), name) {
                let title = format!("`{}` and `{}` are one name in Rust's case", name.text, other.text);
                self.faults
                    .report(Id::E0206, &name.place, title, "rename one of the two")
                    .also(&other.place, "the other");
            }
        }
    }

    /// The object that answers what belongs to no operation.
    pub(super) fn service(&mut self, index: usize, node: &Node) -> Option<String> {
        self.faults.keywords(node, "a reference", &["$ref"]);
        let (there, name) = self.reference(index, node, "x-service")?;
        // A definition of no kind has a fault of its own.
        self.sort_of(&(there, name.clone()))?;
        let object = self.objects[there].get(&name);
        if object.is_some_and(|object| self.has_faulty_members(there, object)) {
            return None;
        }
        let required = object.map(|it| it.members.iter().filter(|it| it.required).collect::<Vec<_>>());
        let result = match required.as_deref() {
            Some([result]) if there == index => Some(&result.ty),
            _ => None,
        };
        let table = result.and_then(|ty| self.object_at(ty)?.coded.as_ref());
        if table.is_some_and(|it| it.rows.iter().any(|row| row.cause == Some("Path"))) {
            return Some(name);
        }
        // So has a table, or a result that lacks one.
        let is_mould = result.and_then(|ty| self.object_at(ty)).is_some_and(|it| it.mould.is_some());
        if is_mould || result.is_some_and(|ty| self.faulty.contains(&(ty.file, ty.name.clone()))) {
            return None;
        }
        let help = "refer to an object of this file whose one required member has a code with the cause `path`";
        self.faults.report(Id::E0010, &node.place, "this can't answer what belongs to no operation", help);
        None
    }
}
