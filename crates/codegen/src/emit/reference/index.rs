//! The index of all pages.

use super::markdown::{Page, code, prose};
use super::pages::{Pages, in_order};
use crate::ir::{File, Operation, ServiceModel};

pub(super) fn page(family: &ServiceModel, pages: &Pages) -> String {
    let mut page = Page::new("schema", "Reference");
    page.paragraph(
        "The messages of all operations, as the schemas describe them. Beside each page lie [messages](../messages) as \
         test data, valid and broken.",
    );
    let link = |file: &File, text: &str| format!("[{}]({})", prose(text), pages.file(file));
    let row = |(file, operation): (&File, &Operation)| {
        [
            link(file, &operation.name),
            format!("{} → {}", prose(&operation.client), prose(&operation.server)),
            code(&format!("{} {}", operation.method, operation.path)),
            format!("{} s", operation.timeout_seconds),
            prose(&operation.doc),
        ]
    };
    let files = in_order(family);
    let operations = files.iter().filter_map(|file| Some((*file, file.operation.as_ref()?)));
    page.heading(2, "Operations");
    page.table(
        ["Operation", "Who asks whom", "HTTP", "The caller waits", "Description"],
        &operations.map(row).collect::<Vec<_>>(),
    );
    for file in files.iter().filter(|file| file.operation.is_none()) {
        page.heading(2, &prose(&file.title));
        page.paragraph(&prose(&file.doc));
        let definitions = file.objects.iter().map(|it| &it.name).chain(file.lists.iter().map(|it| &it.name));
        let mut links: Vec<String> =
            definitions.map(|name| format!("[{}]({})", prose(name), pages.definition(file, name))).collect();
        if !file.scalars.is_empty() {
            links.push(format!("[values]({})", pages.file(file)));
        }
        page.bullets(&links);
    }
    page.finish()
}
