//! From JSON to the intermediate form, with every fault on the way.

mod answers;
mod clash;
mod coded;
mod comparison;
mod condition;
mod file;
mod graph;
mod list;
mod object;
mod operation;
mod outcome;
mod range;
mod returned;
mod scalar;
mod size;
mod text;

pub use scalar::written;

use std::collections::{HashMap, HashSet};

use super::diagnostic::{Diagnostic, Faults, Id, Place};
use super::ir::{self, Family, File, List, Object, Scalar, ScalarKind, Type};
use super::names;
use super::size::Sizes;
use super::source::{Json, Node, Source};
use file::Schema;

/// Lowers all files of a family.
///
/// # Errors
/// Every fault of every file.
pub fn lower(sources: &[Source]) -> Result<Family, Vec<Diagnostic>> {
    let (family, diagnostics) = check(sources);
    family.ok_or(diagnostics)
}

/// Lowers all files of a family: what it is, if nothing is wrong, and everything that there is to say of it.
#[must_use]
pub fn check(sources: &[Source]) -> (Option<Family>, Vec<Diagnostic>) {
    let mut faults = Faults::default();
    // The places in `sources` of those that are schemas. From here on, a file is known by its place among the schemas.
    let (schemas, unread): (Vec<usize>, Vec<usize>) = (0..sources.len()).partition(|n| sources[*n].is_schema());
    let roots: Vec<Schema<'_>> =
        schemas.iter().enumerate().map(|(n, of)| Schema::read(&sources[*of], n, &mut faults)).collect();
    let by_name = roots.iter().enumerate().map(|(index, root)| (root.source.name(), index)).collect();
    let mut lowering = Lowering {
        roots: &roots,
        by_name,
        faults,
        scalars: vec![HashMap::new(); roots.len()],
        lists: vec![HashMap::new(); roots.len()],
        objects: vec![HashMap::new(); roots.len()],
        faulty: HashSet::new(),
    };
    let family = lowering.family();
    let mut faults = lowering.faults;
    faults.renumber(&schemas);
    for n in unread {
        let title = format!("{} is not read", sources[n].path);
        let help = "a schema is a file of this folder whose name ends in `.json`";
        faults.report(Id::W0001, &Place { file: n, range: 0..0 }, title, help);
    }
    let all = faults.into_all();
    (all.iter().all(|it| !it.is_error()).then_some(family), all)
}

/// A definition: the file's index and the name.
type Key = (usize, String);

struct Lowering<'a> {
    roots: &'a [Schema<'a>],
    // The place of each file.
    by_name: HashMap<&'a str, usize>,
    faults: Faults,
    // By file and by the definition's name.
    scalars: Vec<HashMap<String, Scalar>>,
    lists: Vec<HashMap<String, List>>,
    objects: Vec<HashMap<String, Object>>,
    /// Definitions with a fault: nothing is said of what follows from them.
    faulty: HashSet<Key>,
}

/// What a definition is, by the keyword that tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Scalar,
    List,
    Object,
    Coded,
}

impl<'a> Lowering<'a> {
    fn family(&mut self) -> Family {
        self.addresses();
        for index in 0..self.roots.len() {
            self.names(index);
        }
        // Each pass needs what the one before it found.
        self.each(Sort::Scalar, Self::scalar);
        self.each(Sort::List, Self::list);
        self.each(Sort::Object, Self::object);
        self.each(Sort::Coded, Self::coded);
        self.each(Sort::Object, Self::rules);
        self.each(Sort::Object, Self::omitted);
        let roots = self.roots;
        let files: Vec<File> = roots.iter().enumerate().map(|(index, file)| self.file(index, file)).collect();
        self.clashes(&files);
        self.services();
        self.references();
        let mut family = Family { files, sizes: Sizes::default() };
        family.sizes = self.sizes(&family);
        family
    }

    fn definitions(&self, index: usize) -> &'a [(super::source::Name, Node)] {
        let roots: &'a [Schema<'a>] = self.roots;
        roots[index].root.get("$defs").map_or(&[], Node::members)
    }

    /// The place of a definition's name.
    fn name_of(&self, key: &Key) -> Option<&'a Place> {
        let (file, name) = key;
        self.definitions(*file).iter().find(|(known, _)| known.text == *name).map(|(name, _)| &name.place)
    }

    /// A definition as it is written.
    fn node_of(&self, key: &Key) -> Option<&'a Node> {
        let (file, name) = key;
        self.definitions(*file).iter().find(|(known, _)| known.text == *name).map(|(_, node)| node)
    }

    fn sort_of(&self, key: &Key) -> Option<Sort> {
        self.node_of(key).and_then(Self::sort)
    }

    fn each(&mut self, sort: Sort, lower: fn(&mut Self, usize, &str, &'a Node)) {
        for index in 0..self.roots.len() {
            for (name, node) in self.definitions(index) {
                match Self::sort(node) {
                    Some(found) if found == sort => {
                        let before = self.faults.count();
                        lower(self, index, &name.text, node);
                        if self.faults.count() > before {
                            self.faulty.insert((index, name.text.clone()));
                        }
                    }
                    None if sort == Sort::Scalar => {
                        let title = format!("`{}` is no string, no object and no list", name.text);
                        let help = kind_of(node);
                        let place = node.get("type").map_or(&name.place, |it| &it.place);
                        self.faults.report(Id::E0301, place, title, help);
                    }
                    _ => {}
                }
            }
        }
    }

    fn sort(node: &Node) -> Option<Sort> {
        match node.get("type").and_then(Node::text) {
            Some("string") => Some(Sort::Scalar),
            Some("array") => Some(Sort::List),
            Some("object") => Some(Sort::Object),
            None if node.get("$ref").is_some() => Some(Sort::Coded),
            _ => None,
        }
    }

    fn file(&mut self, index: usize, file: &'a Schema<'a>) -> File {
        let (mut scalars, mut lists, mut objects) = (Vec::new(), Vec::new(), Vec::new());
        for (name, _) in self.definitions(index) {
            scalars.extend(self.scalars[index].get(&name.text).cloned());
            lists.extend(self.lists[index].get(&name.text).cloned());
            objects.extend(self.objects[index].get(&name.text).cloned());
        }
        let text = |keyword| file.root.get(keyword).and_then(Node::text).unwrap_or_default().to_owned();
        let is_first = self.roots[..index].iter().all(|it| it.root.get("x-service").is_none());
        let service = file.root.get("x-service").filter(|_| is_first).and_then(|node| self.service(index, node));
        let operation = file.root.get("x-operation").and_then(|node| self.operation(index, node, &file.root));
        self.stray(index, file.root.get("x-operation"));
        File {
            index,
            module: names::snake(file.source.stem()),
            source: file.source.path.clone(),
            id: text("$id"),
            title: text("title"),
            doc: text("description"),
            scalars,
            lists,
            objects,
            operation,
            service,
        }
    }

    /// Whether a member or what it holds is missing, since it has a fault of its own.
    fn has_faulty_members(&self, index: usize, object: &Object) -> bool {
        let node = self.node_of(&(index, object.name.clone()));
        let properties = node.and_then(|it| it.get("properties")).map_or(&[][..], Node::members);
        !node.is_some_and(has_members)
            || properties.len() > object.members.len()
            || !object.members.iter().all(|member| self.is_lowered(&member.ty))
    }

    /// Whether a definition has become what it is to become; if not, it has a fault of its own.
    fn is_lowered(&self, ty: &Type) -> bool {
        match ty.sort {
            ir::Sort::Scalar | ir::Sort::Written | ir::Sort::Codes => self.scalars[ty.file].contains_key(&ty.name),
            ir::Sort::List => self.lists[ty.file].contains_key(&ty.name),
            ir::Sort::Object => self.objects[ty.file].contains_key(&ty.name),
        }
    }

    /// Keywords of a response on an object that is none.
    fn stray(&mut self, index: usize, operation: Option<&Node>) {
        let message = |keyword| operation.and_then(|it| it.get(keyword)?.get("$ref"));
        let reference = message("response");
        let response = reference.and_then(|it| self.resolve(index, it.text()?));
        let is_object = response.as_ref().and_then(|key| self.sort_of(key)) == Some(Sort::Object);
        let is_request = message("request").map(Node::text) == reference.map(Node::text);
        if operation.is_some() && (!is_object || is_request) {
            // Which object it is has a fault of its own.
            return;
        }
        for (name, node) in self.definitions(index) {
            let is_response = response.as_ref().is_some_and(|(file, it)| *file == index && *it == name.text);
            for keyword in ["x-outcomes", "x-expectable"] {
                if let Some(value) = node.get(keyword).filter(|_| !is_response) {
                    let title = format!("`{keyword}` says something of a response, and `{}` is none", name.text);
                    let help = "leave it out, or name this object in `x-operation`";
                    self.faults.report(Id::E0102, &value.place, title, help);
                }
            }
        }
    }

    fn scalar_of(&self, ty: &Type) -> Option<&Scalar> {
        self.scalars[ty.file].get(&ty.name)
    }

    /// The object of a member, if it has one that is lowered already.
    fn object_at(&self, ty: &Type) -> Option<&Object> {
        self.objects[ty.file].get(&ty.name)
    }

    /// The definition that `{"$ref": "…"}` names.
    fn reference(&mut self, index: usize, node: &Node, what: &str) -> Option<Key> {
        let target = self.faults.need(node, "$ref", what)?;
        let text = self.faults.text(target, "$ref")?;
        let form = "write `#/$defs/Name` or `file.json#/$defs/Name`";
        let Some((file, name)) = text.split_once("#/$defs/") else {
            self.faults.report(Id::E0201, &target.place, format!("`{text}` is no reference to a definition"), form);
            return None;
        };
        let there = self.file_of(index, target, file, name)?;
        let root = &self.roots[there];
        let known = self.definitions(there).iter().map(|(name, _)| name.text.as_str());
        if root.broken {
            return None;
        }
        if !known.clone().any(|known| known == name) {
            let elsewhere = self.roots.iter().enumerate().find(|(n, _)| self.node_of(&(*n, name.to_owned())).is_some());
            let help = match elsewhere {
                Some((n, _)) if n == index => format!("it is defined here: write \"#/$defs/{name}\""),
                Some((_, file)) => format!("write \"{}#/$defs/{name}\"", file.source.name()),
                None => names::did_you_mean(name, known.clone(), format!("it has {}", listed(known))),
            };
            let title = format!("there is no definition `{name}` in {}", root.source.name());
            self.faults.report(Id::E0203, &target.place, title, help);
            return None;
        }
        Some((there, name.to_owned()))
    }

    /// The file that a reference names.
    fn file_of(&mut self, index: usize, target: &Node, file: &str, name: &str) -> Option<usize> {
        if file.is_empty() {
            return Some(index);
        }
        let there = self.by_name.get(file).copied();
        if there == Some(index) {
            let title = format!("`{file}` is this file");
            self.faults.report(Id::E0204, &target.place, title, format!("write \"#/$defs/{name}\""));
        } else if there.is_none() {
            let known: Vec<_> = self.roots.iter().map(|it| it.source.name()).collect();
            let help = names::did_you_mean(file, known.iter().copied(), format!("the files are: {}", known.join(", ")));
            self.faults.report(Id::E0202, &target.place, format!("there is no schema file `{file}`"), help);
        }
        there
    }

    /// The type of a definition.
    fn type_of(&self, key: &Key) -> Type {
        let (file, name) = key;
        let node = self.node_of(key);
        let written = self.scalars[*file].get(name).and_then(|scalar| match &scalar.kind {
            ScalarKind::Written(written) => Some(written.rust),
            _ => None,
        });
        let sort = match (written, node.and_then(Self::sort)) {
            (Some(_), _) => ir::Sort::Written,
            (None, Some(Sort::Scalar)) => ir::Sort::Scalar,
            (None, Some(Sort::List)) => ir::Sort::List,
            (None, Some(Sort::Object | Sort::Coded) | None) => ir::Sort::Object,
        };
        Type {
            file: *file,
            name: name.clone(),
            rust: written.map_or_else(|| names::type_name(name), str::to_owned),
            sort,
        }
    }
}

/// Some names in a line.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// How a definition of no kind is written.
fn kind_of(node: &Node) -> String {
    let bound = |keyword: &str, otherwise: &str| match node.get(keyword).map(|it| &it.json) {
        Some(Json::Number(text)) => text.clone(),
        _ => otherwise.to_owned(),
    };
    match node.get("type").and_then(Node::text) {
        Some("integer" | "number") => format!(
            "a number travels as a string: write \"type\": \"string\", \"x-scalar\": \"integer\", \"x-range\": [{}, {}]",
            bound("minimum", "0"),
            bound("maximum", "999999")
        ),
        Some("boolean") => "yes and no travel as strings: write \"type\": \"string\", \"x-scalar\": \"boolean\", \"enum\": [\"true\", \"false\"]".into(),
        _ => "give it `\"type\"` of `\"string\"`, `\"object\"` or `\"array\"`, or a `$ref` and `x-codes`".into(),
    }
}

/// Whether the members of an object can be read: nothing is said of names among those that can't.
fn has_members(node: &Node) -> bool {
    node.get("properties").is_some_and(|it| matches!(it.json, Json::Object(_)))
}

/// The member that a name means: itself, or the nearest where there is none of that name.
fn meant<'n>(object: &'n Node, name: &'n str) -> &'n str {
    let known = object.get("properties").map_or(&[][..], Node::members).iter().map(|(name, _)| name.text.as_str());
    if known.clone().any(|known| known == name) { name } else { names::nearest(name, known).unwrap_or(name) }
}
