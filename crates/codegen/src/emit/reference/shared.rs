//! The pages of a file that operations share: its own, and one for each object and list.

use super::markdown::{Page, prose};
use super::object;
use super::pages::Pages;
use super::values;
use crate::ir::{File, Object, ServiceModel, Type, TypeKind};

/// Returns the page of the file: links to its definitions, and its scalars.
pub(super) fn page(family: &ServiceModel, pages: &Pages, file: &File) -> String {
    let name = pages.file(file);
    let mut page = Page::new(&file.source, &prose(&file.title));
    page.paragraph(&prose(&file.doc));
    let objects =
        file.objects.iter().map(|it| [pages.link(name, &here(file, &it.name, TypeKind::Object)), prose(&it.doc)]);
    let objects: Vec<[String; 2]> = objects.collect();
    page.table(["Object", "Description"], &objects);
    let lists = file.lists.iter().map(|it| {
        let item = object::ty(family, pages, name, &it.item);
        let elements = format!("{} of {item}", object::elements(it));
        [pages.link(name, &here(file, &it.name, TypeKind::List)), elements, prose(&it.doc)]
    });
    page.table(["List", "Holds", "Description"], &lists.collect::<Vec<_>>());
    if let Some(service) = &file.service {
        let link = pages.link(name, &here(file, service, TypeKind::Object));
        page.paragraph(&format!("A request that belongs to no operation is answered by a {link} object."));
    }
    values::section(file, &mut page);
    page.finish()
}

/// Returns the pages of its objects and lists, each with its file name.
pub(super) fn definitions(family: &ServiceModel, pages: &Pages, file: &File) -> Vec<(String, String)> {
    let name = |of: &str| pages.definition(file, of).to_owned();
    let objects = file.objects.iter().map(|it| (name(&it.name), self::object(family, pages, file, it)));
    let lists = file.lists.iter().map(|list| {
        let mut page = Page::new(&file.source, &prose(&list.name));
        object::list(family, pages, &name(&list.name), file, list, &mut page);
        (name(&list.name), page.finish())
    });
    objects.chain(lists).collect()
}

fn object(family: &ServiceModel, pages: &Pages, file: &File, object: &Object) -> String {
    let name = pages.definition(file, &object.name);
    let mut page = Page::new(&file.source, &prose(&object.name));
    object::body(family, pages, name, file, object, &mut page);
    page.finish()
}

fn here(file: &File, name: &str, kind: TypeKind) -> Type {
    Type { file: file.index, name: name.to_owned(), rust: String::new(), kind }
}
