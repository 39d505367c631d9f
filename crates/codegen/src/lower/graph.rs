//! References between definitions: those that contain each other, and those that are not used.

use std::collections::{HashMap, HashSet};

use super::context::{DefinitionKind, Key, Lowering};
use crate::diagnostic::DiagnosticCode;
use crate::diagnostic::Span;
use crate::node::Node;

/// Definitions, each with those that it refers to and where it does.
type Edges<'a> = HashMap<Key, Vec<(Key, &'a Span)>>;

impl<'a> Lowering<'a> {
    pub(super) fn references(&mut self) {
        let keys: Vec<Key> = (0..self.roots.len())
            .flat_map(|file| self.definitions(file).iter().map(move |(name, _)| (file, name.text.clone())))
            .collect();
        let edges: Edges<'a> = keys.iter().map(|key| (key.clone(), self.edges(key))).collect();
        let mut walk = Walk { edges: &edges, path: Vec::new(), done: HashSet::new(), circles: Vec::new() };
        for key in &keys {
            walk.visit(key);
        }
        for circle in walk.circles {
            self.circle(&circle);
        }
        self.unused(&keys, &edges);
    }

    /// Returns the definitions that one refers to.
    fn edges(&self, key: &Key) -> Vec<(Key, &'a Span)> {
        let Some(node) = self.node_of(key) else { return Vec::new() };
        let mut targets = self.targets(key.0, node);
        if Self::kind(node) == Some(DefinitionKind::Coded) {
            // A code table of anything else has an error of its own.
            targets.retain(|(key, _)| self.kind_of(key) == Some(DefinitionKind::Object));
        }
        targets
    }

    /// Returns the definitions that something refers to, wherever in it.
    pub(super) fn targets(&self, file: usize, node: &'a Node) -> Vec<(Key, &'a Span)> {
        let own = node.get("$ref").and_then(|target| Some((self.resolve(file, target.text()?)?, &target.span)));
        let members = node.members().iter().map(|(_, value)| value);
        own.into_iter().chain(members.chain(node.elements()).flat_map(|inner| self.targets(file, inner))).collect()
    }

    /// Returns the definition that a reference names, if there is one.
    pub(super) fn resolve(&self, index: usize, text: &str) -> Option<Key> {
        let (file, name) = text.split_once("#/$defs/")?;
        let there = if file.is_empty() { index } else { *self.by_name.get(file)? };
        let key = (there, name.to_owned());
        self.node_of(&key).map(|_| key)
    }

    fn circle(&mut self, circle: &[(Key, &Span)]) {
        let Some((((_, last), span), others)) = circle.split_last() else { return };
        let names: Vec<&str> = circle.iter().map(|((_, name), _)| name.as_str()).collect();
        let title = match names.as_slice() {
            [own] => format!("`{own}` contains itself"),
            [first, between @ ..] => format!("`{first}` contains itself, by `{}`", between.join("`, `")),
            [] => return,
        };
        let fault =
            self.diagnostics.report(DiagnosticCode::E0210, span, title, "break the circle: a message has an end");
        fault.label(format!("`{last}` holds `{}`", names[0]));
        for (((_, name), span), inner) in others.iter().zip(&names[1..]) {
            fault.also(span, format!("`{name}` holds `{inner}`"));
        }
    }

    /// Definitions that no message of an operation and no answer of the service reaches.
    fn unused(&mut self, keys: &[Key], edges: &Edges<'_>) {
        let roots = self.roots;
        let mut open: Vec<Key> = Vec::new();
        for (file, root) in roots.iter().enumerate() {
            for keyword in ["x-operation", "x-service"] {
                let targets = root.root.get(keyword).map_or_else(Vec::new, |node| self.targets(file, node));
                open.extend(targets.into_iter().map(|(key, _)| key));
            }
        }
        let mut used = HashSet::new();
        while let Some(key) = open.pop() {
            if used.insert(key.clone()) {
                open.extend(edges.get(&key).into_iter().flatten().map(|(inner, _)| inner.clone()));
            }
        }
        for key in keys.iter().filter(|key| !used.contains(*key)) {
            if let Some(span) = self.name_of(key) {
                let title = format!("no operation uses `{}`", key.1);
                self.diagnostics.report(DiagnosticCode::W0201, span, title, "refer to it, or leave it out");
            }
        }
    }
}

/// A walk along the references, depth first.
struct Walk<'e, 'a> {
    edges: &'e Edges<'a>,
    /// The definitions from the first one to here, each with the reference that leads on.
    path: Vec<(Key, &'a Span)>,
    done: HashSet<Key>,
    circles: Vec<Vec<(Key, &'a Span)>>,
}

impl Walk<'_, '_> {
    fn visit(&mut self, key: &Key) {
        if self.done.contains(key) {
            return;
        }
        for (inner, span) in self.edges.get(key).into_iter().flatten() {
            self.path.push((key.clone(), span));
            match self.path.iter().position(|(known, _)| known == inner) {
                Some(start) => self.circles.push(self.path[start..].to_vec()),
                None => self.visit(inner),
            }
            self.path.pop();
        }
        self.done.insert(key.clone());
    }
}
