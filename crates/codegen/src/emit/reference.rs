//! Markdown pages for people who read: one for each operation, one for each object and list that operations share, one
//! for each shared file, and an index.

mod codes;
mod index;
mod markdown;
mod object;
mod operation;
mod pages;
mod shared;
mod values;

use crate::ir::ServiceModel;
use pages::Pages;

/// Returns the pages, each with its file name.
#[must_use]
pub fn pages(family: &ServiceModel) -> Vec<(String, String)> {
    let pages = Pages::of(family);
    let mut all = vec![(pages::INDEX.to_owned(), index::page(family, &pages))];
    for file in &family.files {
        let name = pages.file(file).to_owned();
        if let Some(operation) = &file.operation {
            all.push((name, operation::page(family, &pages, file, operation)));
        } else {
            all.push((name, shared::page(family, &pages, file)));
            all.extend(shared::definitions(family, &pages, file));
        }
    }
    all
}
