//! The names of the pages, and links to definitions.

use std::collections::{HashMap, HashSet};

use super::markdown::code;
use crate::emit::stem;
use crate::ir::{Definition, File, Operation, ServiceModel, Type};

/// The index of all pages.
pub(super) const INDEX: &str = "README.md";
/// The heading of a page's scalars.
pub(super) const VALUES: &str = "Values";

type Key = (usize, String);

/// Returns the files in the order of their names, in whichever order they were found.
pub(super) fn in_order(family: &ServiceModel) -> Vec<&File> {
    let mut files: Vec<&File> = family.files.iter().collect();
    files.sort_by(|a, b| a.source.cmp(&b.source));
    files
}

/// The names of the pages, and the page of each definition.
pub(super) struct Pages {
    /// The page of each file, by the file's place in the family.
    files: HashMap<usize, String>,
    /// The page of a definition, and the heading above it, if it is not the page's own.
    places: HashMap<Key, (String, Option<String>)>,
}

impl Pages {
    pub(super) fn of(family: &ServiceModel) -> Self {
        // Names that differ only in case are the same file on some file systems.
        let mut taken = HashSet::from([INDEX.to_lowercase()]);
        let mut name = |wanted: String| {
            let numbered = (2..).map(|n| format!("{wanted}-{n}.md"));
            let mut free = std::iter::once(format!("{wanted}.md")).chain(numbered);
            let name = free.find(|name| taken.insert(name.to_lowercase()));
            name.unwrap_or_default()
        };
        let files = in_order(family);
        let names: Vec<String> = files.iter().map(|file| name(stem(file).to_owned())).collect();
        let mut places = HashMap::new();
        for (file, page) in files.iter().zip(&names) {
            let mut anchors = Anchors::default();
            for (definition, heading) in headings(family, file) {
                let anchor = heading.map(|heading| anchors.of(&heading));
                let page = match anchor {
                    Some(_) => page.clone(),
                    None => name(format!("{}.{definition}", stem(file))),
                };
                places.insert((file.index, definition.to_owned()), (page, anchor));
            }
            for scalar in &file.scalars {
                places.insert((file.index, scalar.name.clone()), (page.clone(), Some(slug(VALUES))));
            }
        }
        Self { files: files.iter().map(|file| file.index).zip(names).collect(), places }
    }

    /// Returns the page of a file.
    pub(super) fn file(&self, file: &File) -> &str {
        self.files.get(&file.index).map_or(INDEX, String::as_str)
    }

    /// Returns the page of an object or a list that has one of its own.
    pub(super) fn definition(&self, file: &File, name: &str) -> &str {
        self.places.get(&(file.index, name.to_owned())).map_or(INDEX, |(page, _)| page.as_str())
    }

    /// Returns a link from a page to a definition.
    pub(super) fn link(&self, from: &str, ty: &Type) -> String {
        self.link_as(from, ty, &ty.name)
    }

    /// Returns the same, with a text of its own.
    pub(super) fn link_as(&self, from: &str, ty: &Type, text: &str) -> String {
        let Some((page, anchor)) = self.places.get(&(ty.file, ty.name.clone())) else { return code(text) };
        let page = if page == from { "" } else { page.as_str() };
        match anchor {
            Some(anchor) => format!("[{text}]({page}#{anchor})"),
            None => format!("[{text}]({page})"),
        }
    }
}

/// Objects and lists of a file in the order of its page, each with its heading; without one where it has a page of its
/// own.
fn headings<'a>(family: &ServiceModel, file: &'a File) -> Vec<(&'a str, Option<String>)> {
    let Some(operation) = &file.operation else {
        let objects = file.objects.iter().map(|object| object.name.as_str());
        return objects.chain(file.lists.iter().map(|list| list.name.as_str())).map(|name| (name, None)).collect();
    };
    let mut all = vec![
        (operation.request.as_str(), Some(REQUEST.to_owned())),
        (operation.response.as_str(), Some(RESPONSE.to_owned())),
    ];
    let results = results(family, file, operation);
    for (wire, ty) in results {
        if ty.file == file.index && all.iter().all(|(name, _)| *name != ty.name) {
            let own = file.object(&ty.name).map(|object| object.name.as_str());
            all.extend(own.map(|name| (name, Some(codes_heading(wire)))));
        }
    }
    let rest = file.objects.iter().map(|object| (object.name.as_str(), object_heading(&object.name)));
    let lists = file.lists.iter().map(|list| (list.name.as_str(), list_heading(&list.name)));
    for (name, heading) in rest.chain(lists) {
        if all.iter().all(|(other, _)| *other != name) {
            all.push((name, Some(heading)));
        }
    }
    all
}

pub(super) const REQUEST: &str = "Request";
pub(super) const RESPONSE: &str = "Response";

pub(super) fn codes_heading(wire: &str) -> String {
    format!("Codes of {}", code(wire))
}

pub(super) fn object_heading(name: &str) -> String {
    format!("Object {name}")
}

pub(super) fn list_heading(name: &str) -> String {
    format!("List {name}")
}

/// Returns the members of the response that have a code table, with their types.
pub(super) fn results<'a>(family: &'a ServiceModel, file: &'a File, operation: &Operation) -> Vec<(&'a str, &'a Type)> {
    let response = file.object(&operation.response);
    let members = response.map_or(&[][..], |response| response.members.as_slice());
    let coded = |ty: &Type| matches!(family.definition(ty), Some(Definition::Object(object)) if object.coded.is_some());
    members.iter().filter(|member| coded(&member.ty)).map(|member| (member.wire.as_str(), &member.ty)).collect()
}

/// The anchors of a page, as GitHub gives them.
#[derive(Default)]
struct Anchors(HashMap<String, usize>);

impl Anchors {
    fn of(&mut self, heading: &str) -> String {
        let slug = slug(heading);
        let again = self.0.entry(slug.clone()).or_default();
        *again += 1;
        if *again == 1 { slug } else { format!("{slug}-{}", *again - 1) }
    }
}

fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}
