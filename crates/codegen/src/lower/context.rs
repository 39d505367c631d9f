//! What is known while files are lowered, and how definitions are found.

use std::collections::{HashMap, HashSet};

use super::schema::Schema;
use crate::diagnostic::{DiagnosticCode, Diagnostics, Span};
use crate::ir::{self, List, Object, Scalar, ScalarKind, Type};
use crate::names;
use crate::node::{Json, Name, Node};

/// A definition: the file's index and the name.
pub(super) type Key = (usize, String);

pub(super) struct Lowering<'a> {
    pub(super) roots: &'a [Schema<'a>],
    // The place of each file.
    pub(super) by_name: HashMap<&'a str, usize>,
    pub(super) diagnostics: Diagnostics,
    // By file and by the definition's name.
    pub(super) scalars: Vec<HashMap<String, Scalar>>,
    pub(super) lists: Vec<HashMap<String, List>>,
    pub(super) objects: Vec<HashMap<String, Object>>,
    /// Definitions with an error. Errors that follow from them are not reported.
    pub(super) faulty: HashSet<Key>,
}

/// What a definition is, by the keyword that tells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum DefinitionKind {
    Scalar,
    List,
    Object,
    Coded,
}

impl<'a> Lowering<'a> {
    pub(super) fn definitions(&self, index: usize) -> &'a [(Name, Node)] {
        let roots: &'a [Schema<'a>] = self.roots;
        roots[index].root.get("$defs").map_or(&[], Node::members)
    }

    /// Returns the place of a definition's name.
    pub(super) fn name_of(&self, key: &Key) -> Option<&'a Span> {
        let (file, name) = key;
        self.definitions(*file).iter().find(|(known, _)| known.text == *name).map(|(name, _)| &name.span)
    }

    /// Returns a definition as it is written.
    pub(super) fn node_of(&self, key: &Key) -> Option<&'a Node> {
        let (file, name) = key;
        self.definitions(*file).iter().find(|(known, _)| known.text == *name).map(|(_, node)| node)
    }

    pub(super) fn kind_of(&self, key: &Key) -> Option<DefinitionKind> {
        self.node_of(key).and_then(Self::kind)
    }

    pub(super) fn kind(node: &Node) -> Option<DefinitionKind> {
        match node.get("type").and_then(Node::text) {
            Some("string") => Some(DefinitionKind::Scalar),
            Some("array") => Some(DefinitionKind::List),
            Some("object") => Some(DefinitionKind::Object),
            None if node.get("$ref").is_some() => Some(DefinitionKind::Coded),
            _ => None,
        }
    }

    /// Returns whether a member or what it holds is missing, since it has an error of its own.
    pub(super) fn has_faulty_members(&self, index: usize, object: &Object) -> bool {
        let node = self.node_of(&(index, object.name.clone()));
        let properties = node.and_then(|it| it.get("properties")).map_or(&[][..], Node::members);
        !node.is_some_and(has_members)
            || properties.len() > object.members.len()
            || !object.members.iter().all(|member| self.is_lowered(&member.ty))
    }

    /// Returns whether a definition has become what it is to become; if not, it has an error of its own.
    pub(super) fn is_lowered(&self, ty: &Type) -> bool {
        match ty.kind {
            ir::TypeKind::Scalar | ir::TypeKind::Builtin | ir::TypeKind::Codes => {
                self.scalars[ty.file].contains_key(&ty.name)
            }
            ir::TypeKind::List => self.lists[ty.file].contains_key(&ty.name),
            ir::TypeKind::Object => self.objects[ty.file].contains_key(&ty.name),
        }
    }

    pub(super) fn scalar_of(&self, ty: &Type) -> Option<&Scalar> {
        self.scalars[ty.file].get(&ty.name)
    }

    /// Returns the object of a member, if it has one that is lowered already.
    pub(super) fn object_at(&self, ty: &Type) -> Option<&Object> {
        self.objects[ty.file].get(&ty.name)
    }

    /// Returns the definition that `{"$ref": "…"}` names.
    pub(super) fn reference(&mut self, index: usize, node: &Node, what: &str) -> Option<Key> {
        let target = self.diagnostics.need(node, "$ref", what)?;
        let text = self.diagnostics.text(target, "$ref")?;
        let Some((file, name)) = text.split_once("#/$defs/") else {
            let form = self.form_of_reference(index, &text);
            self.diagnostics.report(
                DiagnosticCode::E0201,
                &target.span,
                format!("`{text}` is not a reference to a definition"),
                form,
            );
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
            self.diagnostics.report(DiagnosticCode::E0203, &target.span, title, help);
            return None;
        }
        Some((there, name.to_owned()))
    }

    /// Returns how a reference of another form is written: that to the definition which it seems to mean.
    fn form_of_reference(&self, index: usize, text: &str) -> String {
        let name = text.rsplit(['/', '#']).next().unwrap_or(text);
        let has = |n: usize| self.node_of(&(n, name.to_owned())).is_some();
        if has(index) {
            return format!("write \"#/$defs/{name}\"");
        }
        match (0..self.roots.len()).find(|n| has(*n)) {
            Some(n) => format!("write \"{}#/$defs/{name}\"", self.roots[n].source.name()),
            None => "write `#/$defs/Name` or `file.json#/$defs/Name`".into(),
        }
    }

    /// Returns the file that a reference names.
    pub(super) fn file_of(&mut self, index: usize, target: &Node, file: &str, name: &str) -> Option<usize> {
        if file.is_empty() {
            return Some(index);
        }
        let there = self.by_name.get(file).copied();
        if there == Some(index) {
            let title = format!("`{file}` is this file");
            self.diagnostics.report(DiagnosticCode::E0204, &target.span, title, format!("write \"#/$defs/{name}\""));
        } else if there.is_none() {
            let known: Vec<_> = self.roots.iter().map(|it| it.source.name()).collect();
            let last = file.rsplit('/').next().filter(|last| known.contains(last));
            let help = match last {
                Some(last) if self.by_name.get(last) == Some(&index) => format!("write \"#/$defs/{name}\""),
                Some(last) => format!("files are known by their names: write \"{last}#/$defs/{name}\""),
                None => {
                    // All names end in the same way, which makes them no nearer.
                    let stem = |name: &'a str| name.strip_suffix(".json").unwrap_or(name);
                    let near = names::nearest(file.trim_end_matches(".json"), known.iter().map(|name| stem(name)));
                    near.map_or_else(
                        || format!("the files are: {}", known.join(", ")),
                        |near| format!("did you mean `{near}.json`?"),
                    )
                }
            };
            self.diagnostics.report(
                DiagnosticCode::E0202,
                &target.span,
                format!("there is no schema file `{file}`"),
                help,
            );
        }
        there
    }

    /// Returns the type of a definition.
    pub(super) fn type_of(&self, key: &Key) -> Type {
        let (file, name) = key;
        let node = self.node_of(key);
        let written = self.scalars[*file].get(name).and_then(|scalar| match &scalar.kind {
            ScalarKind::Builtin(written) => Some(written.rust),
            _ => None,
        });
        let kind = match (written, node.and_then(Self::kind)) {
            (Some(_), _) => ir::TypeKind::Builtin,
            (None, Some(DefinitionKind::Scalar)) => ir::TypeKind::Scalar,
            (None, Some(DefinitionKind::List)) => ir::TypeKind::List,
            (None, Some(DefinitionKind::Object | DefinitionKind::Coded) | None) => ir::TypeKind::Object,
        };
        Type {
            file: *file,
            name: name.clone(),
            rust: written.map_or_else(|| names::type_name(name), str::to_owned),
            kind,
        }
    }
}

/// Returns some names in a line.
pub(super) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Returns whether the members of an object can be read: nothing is said of names among those that can't.
pub(super) fn has_members(node: &Node) -> bool {
    node.get("properties").is_some_and(|it| matches!(it.json, Json::Object(_)))
}

/// Returns the member that a name means: itself, or the nearest where there is none of that name.
pub(super) fn meant<'n>(object: &'n Node, name: &'n str) -> &'n str {
    let known = object.get("properties").map_or(&[][..], Node::members).iter().map(|(name, _)| name.text.as_str());
    if known.clone().any(|known| known == name) { name } else { names::nearest(name, known).unwrap_or(name) }
}
