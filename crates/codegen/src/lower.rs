//! Lowering: from JSON to the intermediate form, with all diagnostics.

mod answers;
mod coded;
mod comparison;
mod condition;
mod context;
mod depth;
mod file;
mod graph;
mod list;
mod name_conflicts;
mod object;
mod operation;
mod operation_conflicts;
mod outcome;
mod range;
mod returned;
mod scalar;
mod schema;
mod selector;
mod size;
mod text;

pub use scalar::written;

use std::collections::{HashMap, HashSet};

use super::diagnostic::{Diagnostic, DiagnosticCode, Diagnostics, Span};
use super::ir::{File, ServiceModel, Sizes};
use super::names;
use super::node::{Json, Node};
use super::parallel;
use super::source::Source;
use context::{DefinitionKind, Lowering};
use schema::Schema;

/// Lowers all files of a family.
///
/// # Errors
/// If there is an error; the result has all errors of all files.
pub fn lower(sources: &[Source]) -> Result<ServiceModel, Vec<Diagnostic>> {
    let (family, diagnostics) = check(sources);
    family.ok_or(diagnostics)
}

/// Lowers all files of a family. Returns the family, if there is no error, and all diagnostics.
#[must_use]
pub fn check(sources: &[Source]) -> (Option<ServiceModel>, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::default();
    // The places in `sources` of those that are schemas. From here on, a file is known by its place among the schemas.
    let (schemas, unread): (Vec<usize>, Vec<usize>) = (0..sources.len()).partition(|n| sources[*n].is_schema());
    let files: Vec<(usize, &Source)> = schemas.iter().map(|of| &sources[*of]).enumerate().collect();
    let read = parallel::map(&files, |(n, source)| {
        let mut diagnostics = Diagnostics::default();
        (Schema::read(source, *n, &mut diagnostics), diagnostics)
    });
    let (roots, found): (Vec<Schema<'_>>, Vec<Diagnostics>) = read.into_iter().unzip();
    for of_file in found {
        diagnostics.append(of_file);
    }
    let by_name = roots.iter().enumerate().map(|(index, root)| (root.source.name(), index)).collect();
    let mut lowering = Lowering {
        roots: &roots,
        by_name,
        diagnostics,
        scalars: vec![HashMap::new(); roots.len()],
        lists: vec![HashMap::new(); roots.len()],
        objects: vec![HashMap::new(); roots.len()],
        faulty: HashSet::new(),
    };
    let family = lowering.family();
    let mut diagnostics = lowering.diagnostics;
    diagnostics.renumber(&schemas);
    for n in unread {
        let title = format!("{} is not read", sources[n].path);
        let help = "a schema is a file of this folder whose name ends in `.json`";
        diagnostics.report(DiagnosticCode::W0001, &Span { file: n, range: 0..0 }, title, help);
    }
    let all = diagnostics.into_all();
    (all.iter().all(|it| !it.is_error()).then_some(family), all)
}

impl<'a> Lowering<'a> {
    fn family(&mut self) -> ServiceModel {
        self.addresses();
        for index in 0..self.roots.len() {
            self.names(index);
        }
        // Each pass needs what the one before it found.
        self.each(DefinitionKind::Scalar, Self::scalar);
        self.each(DefinitionKind::List, Self::list);
        self.each(DefinitionKind::Object, Self::object);
        self.each(DefinitionKind::Coded, Self::coded);
        self.each(DefinitionKind::Object, Self::rules);
        self.each(DefinitionKind::Object, Self::omitted);
        let roots = self.roots;
        let files: Vec<File> = roots.iter().enumerate().map(|(index, file)| self.file(index, file)).collect();
        self.name_conflicts(&files);
        self.services();
        self.idle_causes(&files);
        self.references();
        self.depths();
        let mut family = ServiceModel { files, sizes: Sizes::default() };
        family.sizes = self.sizes(&family);
        family
    }

    fn each(&mut self, kind: DefinitionKind, lower: fn(&mut Self, usize, &str, &'a Node)) {
        for index in 0..self.roots.len() {
            for (name, node) in self.definitions(index) {
                match Self::kind(node) {
                    Some(found) if found == kind => {
                        let before = self.diagnostics.count();
                        lower(self, index, &name.text, node);
                        if self.diagnostics.count() > before {
                            self.faulty.insert((index, name.text.clone()));
                        }
                    }
                    None if kind == DefinitionKind::Scalar => {
                        let title = format!("`{}` is not a string, an object or a list", name.text);
                        let help = kind_help(node);
                        let span = node.get("type").map_or(&name.span, |it| &it.span);
                        self.diagnostics.report(DiagnosticCode::E0301, span, title, help);
                    }
                    _ => {}
                }
            }
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
            module: names::module(file.source.stem()),
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

    /// Reports keywords of a response on an object that is not one.
    fn stray(&mut self, index: usize, operation: Option<&Node>) {
        let message = |keyword| operation.and_then(|it| it.get(keyword)?.get("$ref"));
        let reference = message("response");
        let response = reference.and_then(|it| self.resolve(index, it.text()?));
        let is_object = response.as_ref().and_then(|key| self.kind_of(key)) == Some(DefinitionKind::Object);
        let is_request = message("request").map(Node::text) == reference.map(Node::text);
        if operation.is_some() && (!is_object || is_request) {
            // Which object it is has an error of its own.
            return;
        }
        for (name, node) in self.definitions(index) {
            let is_response = response.as_ref().is_some_and(|(file, it)| *file == index && *it == name.text);
            for keyword in ["x-outcomes", "x-expectable"] {
                if let Some(value) = node.get(keyword).filter(|_| !is_response) {
                    let title = format!("`{keyword}` belongs to a response, and `{}` is not one", name.text);
                    let help = "leave it out, or name this object in `x-operation`";
                    self.diagnostics.report(DiagnosticCode::E0102, &value.span, title, help);
                }
            }
        }
    }
}

/// Returns how a definition of no kind is written.
fn kind_help(node: &Node) -> String {
    let bound = |keyword: &str, otherwise: &str| match node.get(keyword).map(|it| &it.json) {
        Some(Json::Number(text)) => text.clone(),
        _ => otherwise.to_owned(),
    };
    let form = node.get("type");
    let with_null = |it: &&Node| it.elements().iter().any(|word| word.text() == Some("null"));
    if let Some(list) = form.filter(with_null) {
        let other = list.elements().iter().filter_map(Node::text).find(|word| *word != "null").unwrap_or("string");
        return format!("write \"type\": \"{other}\": a member that can be `null` says so itself, with `anyOf`");
    }
    match form.and_then(Node::text) {
        Some("integer" | "number") => format!(
            "a number is sent as a string: write \"type\": \"string\", \"x-scalar\": \"integer\", \"x-range\": [{}, {}]",
            bound("minimum", "0"),
            bound("maximum", "999999")
        ),
        Some("boolean") => "a boolean is sent as a string: write \"type\": \"string\", \"x-scalar\": \"boolean\", \"enum\": [\"true\", \"false\"]".into(),
        _ => "give it `\"type\"` of `\"string\"`, `\"object\"` or `\"array\"`, or a `$ref` and `x-codes`".into(),
    }
}
