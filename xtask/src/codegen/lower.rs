//! From JSON to the intermediate form, with every fault on the way.

mod answers;
mod clash;
mod coded;
mod comparison;
mod condition;
mod list;
mod object;
mod operation;
mod range;
mod scalar;

use std::collections::HashMap;

use super::diagnostic::{Diagnostic, Place};
use super::ir::{self, Family, File, List, Member, Object, Scalar, ScalarKind, Type};
use super::names;
use super::profile::{self, Faults};
use super::source::{Node, Source};

/// Lowers all files of a family.
///
/// # Errors
/// Every fault of every file.
pub fn lower(sources: &[Source]) -> Result<Family, Vec<Diagnostic>> {
    let mut faults = Faults::default();
    let mut roots = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        match super::source::parse(source, index) {
            Ok(root) => roots.push(Root { source, root }),
            Err(all) => all.into_iter().for_each(|fault| {
                faults.add::<()>(fault);
            }),
        }
    }
    if !faults.is_empty() {
        return Err(faults.into_all());
    }
    let mut lowering = Lowering {
        roots: &roots,
        faults,
        scalars: vec![HashMap::new(); roots.len()],
        lists: vec![HashMap::new(); roots.len()],
        objects: vec![HashMap::new(); roots.len()],
    };
    let family = lowering.family();
    let faults = lowering.faults.into_all();
    if faults.is_empty() { Ok(family) } else { Err(faults) }
}

struct Root<'a> {
    source: &'a Source,
    root: Node,
}

/// A definition: the file's index and the name.
type Key = (usize, String);

struct Lowering<'a> {
    roots: &'a [Root<'a>],
    faults: Faults,
    // By file and by the definition's name.
    scalars: Vec<HashMap<String, Scalar>>,
    lists: Vec<HashMap<String, List>>,
    objects: Vec<HashMap<String, Object>>,
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
        for (index, file) in self.roots.iter().enumerate() {
            self.head(file);
            self.names(index);
        }
        // Each pass needs what the one before it found.
        self.each(Sort::Scalar, Self::scalar);
        self.each(Sort::List, Self::list);
        self.each(Sort::Object, Self::object);
        self.each(Sort::Coded, Self::coded);
        self.each(Sort::Object, Self::rules);
        let roots = self.roots;
        let files: Vec<File> = roots.iter().enumerate().map(|(index, file)| self.file(index, file)).collect();
        self.clashes(&files);
        let services = roots.iter().filter_map(|file| file.root.get("x-service"));
        match (services.clone().count(), roots.first()) {
            (0, Some(first)) => {
                let help = "add \"x-service\": { \"$ref\": \"…\" } to the file that operations share";
                let start = first.root.place.range.start;
                let place = Place { range: start..start + 1, ..first.root.place.clone() };
                self.fault(&place, "no file says what answers an unknown path", help);
            }
            (1, _) | (_, None) => {}
            _ => services
                .skip(1)
                .for_each(|again| self.fault(&again.place, "`x-service` stands twice", "keep one of them")),
        }
        Family { files }
    }

    fn head(&mut self, file: &Root<'a>) {
        self.faults.keywords(&file.root, "a schema file", profile::FILE);
        for keyword in ["$id", "title", "description"] {
            self.faults.need_text(&file.root, keyword, "a schema file");
        }
        if let Some(dialect) = self.faults.need(&file.root, "$schema", "a schema file")
            && dialect.text() != Some("https://json-schema.org/draft/2020-12/schema")
        {
            let help = "write \"https://json-schema.org/draft/2020-12/schema\"";
            self.faults.at::<()>(&dialect.place, "the profile is one of draft 2020-12", help);
        }
        self.faults.need(&file.root, "$defs", "a schema file");
    }

    /// Two definitions of a file must not become one Rust name.
    fn names(&mut self, index: usize) {
        let mut taken: HashMap<String, String> = HashMap::new();
        for (name, _) in self.definitions(index) {
            if !names::is_usable(&name.text) {
                let title = format!("`{}` can't be a type's name", name.text);
                self.faults.at::<()>(&name.place, title, "a definition's name is made of ASCII letters and digits");
            }
            if let Some(other) = taken.insert(names::type_name(&name.text), name.text.clone()) {
                let title = format!("`{}` and `{other}` are one name in Rust's case", name.text);
                self.faults.at::<()>(&name.place, title, "rename one of the two");
            }
        }
    }

    fn definitions(&self, index: usize) -> &'a [(super::source::Name, Node)] {
        let roots: &'a [Root<'a>] = self.roots;
        roots[index].root.get("$defs").map_or(&[], Node::members)
    }

    fn each(&mut self, sort: Sort, lower: fn(&mut Self, usize, &str, &'a Node)) {
        for index in 0..self.roots.len() {
            for (name, node) in self.definitions(index) {
                match Self::sort(node) {
                    Some(found) if found == sort => lower(self, index, &name.text, node),
                    None if sort == Sort::Scalar => {
                        let help = "give it `\"type\"` of `\"string\"`, `\"object\"` or `\"array\"`, or a `$ref` and `x-codes`";
                        self.faults.at::<()>(
                            &name.place,
                            format!("`{}` is no string, no object and no list", name.text),
                            help,
                        );
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

    fn file(&mut self, index: usize, file: &Root<'a>) -> File {
        let (mut scalars, mut lists, mut objects) = (Vec::new(), Vec::new(), Vec::new());
        for (name, _) in self.definitions(index) {
            scalars.extend(self.scalars[index].get(&name.text).cloned());
            lists.extend(self.lists[index].get(&name.text).cloned());
            objects.extend(self.objects[index].get(&name.text).cloned());
        }
        let text = |keyword| file.root.get(keyword).and_then(Node::text).unwrap_or_default().to_owned();
        let service = file.root.get("x-service").and_then(|node| self.service(index, node));
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
        let node = self.definitions(index).iter().find(|(name, _)| name.text == object.name).map(|(_, node)| node);
        let properties = node.and_then(|it| it.get("properties")).map_or(&[][..], Node::members);
        let lowered = |member: &Member| member.ty.sort != ir::Sort::Object || self.object_at(&member.ty).is_some();
        properties.len() > object.members.len() || !object.members.iter().all(lowered)
    }

    /// Keywords of a response on an object that is none.
    fn stray(&mut self, index: usize, operation: Option<&Node>) {
        let response = operation.and_then(|it| it.get("response")?.get("$ref")?.text()?.strip_prefix("#/$defs/"));
        for (name, node) in self.definitions(index) {
            for keyword in ["x-outcomes", "x-expectable"] {
                if let Some(value) = node.get(keyword).filter(|_| response != Some(name.text.as_str())) {
                    let title = format!("`{keyword}` says something of a response, and `{}` is none", name.text);
                    self.fault(&value.place, title, "leave it out, or name this object in `x-operation`");
                }
            }
        }
    }

    /// The object that answers what belongs to no operation.
    fn service(&mut self, index: usize, node: &Node) -> Option<String> {
        self.faults.keywords(node, "a reference", &["$ref"]);
        let (there, name) = self.reference(index, node, "x-service")?;
        let object = self.objects[there].get(&name).filter(|_| there == index);
        if object.is_some_and(|object| self.has_faulty_members(index, object)) {
            return None;
        }
        let result = object.and_then(|it| match it.members.iter().filter(|it| it.required).collect::<Vec<_>>()[..] {
            [result] => Some(result),
            _ => None,
        });
        let table = result.and_then(|member| {
            let coded = self.object_at(&member.ty)?.coded.as_ref()?;
            Some(coded.rows.iter().any(|row| row.cause == Some("Path")))
        });
        if table == Some(true) {
            return Some(name);
        }
        let help = "refer to an object of this file whose one required member has a code with the cause `path`";
        self.faults.at(&node.place, "this can't answer what belongs to no operation", help)
    }

    fn scalar_of(&self, ty: &Type) -> Option<&Scalar> {
        self.scalars[ty.file].get(&ty.name)
    }

    /// The schema of an object.
    fn node_of(&self, object: &Object) -> Option<&'a Node> {
        let roots: &'a [Root<'a>] = self.roots;
        roots[object.file].root.get("$defs")?.get(&object.name)
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
            return self.faults.at(&target.place, format!("`{text}` is no reference to a definition"), form);
        };
        let there =
            if file.is_empty() { Some(index) } else { self.roots.iter().position(|it| it.source.name() == file) };
        let Some(there) = there else {
            let known: Vec<_> = self.roots.iter().map(|it| it.source.name()).collect();
            let help = format!("the files are: {}", known.join(", "));
            return self.faults.at(&target.place, format!("there is no schema file `{file}`"), help);
        };
        let known = self.definitions(there).iter().map(|(name, _)| name.text.as_str());
        if known.clone().any(|known| known == name) {
            return Some((there, name.to_owned()));
        }
        let help = match names::nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => form.to_owned(),
        };
        self.faults.at(&target.place, format!("there is no definition `{name}`"), help)
    }

    /// The type of a definition.
    fn type_of(&self, key: &Key) -> Type {
        let (file, name) = key;
        let node = self.definitions(*file).iter().find(|(known, _)| known.text == *name);
        let written = self.scalars[*file].get(name).and_then(|scalar| match &scalar.kind {
            ScalarKind::Written(written) => Some(written.rust),
            _ => None,
        });
        let sort = match (written, node.and_then(|(_, node)| Self::sort(node))) {
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

    fn fault(&mut self, place: &Place, title: impl Into<String>, help: impl Into<String>) {
        self.faults.at::<()>(place, title, help);
    }
}
