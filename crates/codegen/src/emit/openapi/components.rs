//! The schemas that operations share: everything that a message reaches, each under a name of its own.

use std::collections::{HashMap, HashSet};

use heck::ToUpperCamelCase;

use crate::emit::docs::plain;
use crate::emit::json::{Json, Map};
use crate::emit::json_schema::Schemas;
use crate::emit::stem;
use crate::ir::{Coded, Definition, File, Operation, ServiceModel, Type, TypeKind};
use crate::names;

/// A definition: the file's index and the name.
type Key = (usize, String);

/// All definitions that messages reach, with their names.
#[derive(Debug)]
pub(super) struct Components {
    /// In the order in which the messages come to them.
    types: Vec<Type>,
    names: HashMap<Key, String>,
}

impl Components {
    /// Returns what the messages of these operations reach, and last, what answers no operation.
    pub(super) fn of(family: &ServiceModel, operations: &[(&File, &Operation)]) -> Result<Self, String> {
        let types = reached(family, operations);
        let mut all = HashMap::new();
        let mut taken = HashSet::new();
        for ty in &types {
            let name = name(&family.files[ty.file], &ty.name);
            if !taken.insert(name.clone()) {
                return Err(format!("two components would have the name {name}"));
            }
            all.insert(key(ty), name);
        }
        Ok(Self { types, names: all })
    }

    /// Returns the name of a definition.
    pub(super) fn name(&self, file: &File, definition: &str) -> String {
        self.named(&(file.index, definition.to_owned()))
    }

    /// Returns a schema that refers to a definition.
    pub(super) fn refer(&self, file: &File, definition: &str) -> Map {
        reference("schemas", &self.name(file, definition))
    }

    /// Returns the schemas by their names.
    pub(super) fn schemas(&self, family: &ServiceModel) -> Result<Map, String> {
        let refer = |ty: &Type| format!("#/components/schemas/{}", self.named(&key(ty)));
        let schemas = Schemas::referring(family, &refer, plain);
        let mut all = Map::new();
        for ty in &self.types {
            let schema = schemas.definition(ty)?.whole();
            let coded = family.object_of(ty).and_then(|object| object.coded.as_ref());
            all = all.with(self.named(&key(ty)), schema.maybe("x-codes", coded.map(codes)));
        }
        Ok(all)
    }

    fn named(&self, key: &Key) -> String {
        // All that messages reach has a name, and nothing else is asked for.
        self.names.get(key).cloned().unwrap_or_default()
    }
}

/// `{"$ref": …}` to a component of a sort.
pub(super) fn reference(kind: &str, name: &str) -> Map {
    Map::new().with("$ref", format!("#/components/{kind}/{name}"))
}

/// The endings of messages' names.
const MESSAGES: [&str; 2] = ["Request", "Response"];

/// Returns the component's name of a definition. It depends on nothing but the definition and its file, so that another
/// file never changes it: messages are named after their operation's file, definitions of the file that all share have
/// their own name, and all others have the file's name before theirs.
///
/// A shared definition that is called like a message has the file's name too, and no name of a definition has a `_`, so
/// that no two are equal.
fn name(file: &File, definition: &str) -> String {
    let messages = file.operation.iter().flat_map(|it| [&it.request, &it.response].into_iter().zip(MESSAGES));
    if let Some((_, role)) = messages.into_iter().find(|(name, _)| *name == definition) {
        return format!("{}{role}", stem(file).to_upper_camel_case());
    }
    let name = names::plain(definition);
    let is_shared = file.service.is_some() && !MESSAGES.iter().any(|role| name.ends_with(role));
    if is_shared { name } else { format!("{}_{name}", stem(file)) }
}

fn key(ty: &Type) -> Key {
    (ty.file, ty.name.clone())
}

/// Returns messages and all that they hold, each once; last, what answers no operation.
fn reached(family: &ServiceModel, operations: &[(&File, &Operation)]) -> Vec<Type> {
    let mut all = Vec::new();
    let mut seen = HashSet::new();
    let messages = operations.iter().flat_map(|&(file, it)| [(file, &it.request), (file, &it.response)]);
    let services = family.files.iter().flat_map(|file| file.service.iter().map(move |name| (file, name)));
    for (file, name) in messages.chain(services) {
        let rust = names::type_name(name);
        reach(family, Type { file: file.index, name: name.clone(), rust, kind: TypeKind::Object }, &mut seen, &mut all);
    }
    all
}

fn reach(family: &ServiceModel, ty: Type, seen: &mut HashSet<Key>, all: &mut Vec<Type>) {
    if !seen.insert(key(&ty)) {
        return;
    }
    let inner: Vec<Type> = match family.definition(&ty) {
        Some(Definition::Object(object)) => object.members.iter().map(|member| member.ty.clone()).collect(),
        Some(Definition::List(list)) => vec![list.item.clone()],
        Some(Definition::Scalar(_)) | None => Vec::new(),
    };
    all.push(ty);
    for ty in inner {
        reach(family, ty, seen, all);
    }
}

/// Returns a code table, for programs.
fn codes(coded: &Coded) -> Json {
    let status = |rust: &str| coded.template.words.iter().find(|word| word.rust == rust).map(|word| &word.wire);
    let row = coded.rows.iter().map(|row| {
        let cause = row.failure.map(heck::ToLowerCamelCase::to_lower_camel_case);
        Map::new()
            .with("code", &row.wire)
            .maybe("status", status(&row.status))
            .with("message", &row.message)
            .maybe("cause", cause)
    });
    row.collect()
}

/// Returns a description as markdown, with what follows it.
pub(super) fn text(doc: &str, rest: impl IntoIterator<Item = String>) -> Json {
    let all = std::iter::once(plain(doc)).chain(rest).filter(|text| !text.is_empty());
    all.collect::<Vec<_>>().join("\n\n").into()
}
