//! The documents that people write: links, the book, and the names of metrics.

#![allow(clippy::unwrap_used, reason = "a test may; clippy.toml reaches only the test functions")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use alipayplus_tests::root;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A page's links, and the anchors of its headings.
#[derive(Default)]
struct Page {
    links: Vec<String>,
    anchors: BTreeSet<String>,
}

impl Page {
    fn read(text: &str) -> Self {
        let (mut page, mut heading) = (Self::default(), None::<String>);
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => page.anchors.extend(heading.take().map(|text| anchor(&text))),
                Event::Text(text) | Event::Code(text) => heading.iter_mut().for_each(|heading| heading.push_str(&text)),
                _ => {}
            }
        }
        page
    }
}

/// Returns the anchor that a heading gets on the pages of a repository and in the book.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|it| it.is_alphanumeric() || " -_".contains(*it));
    kept.map(|it| if it == ' ' { '-' } else { it.to_ascii_lowercase() }).collect()
}

/// Returns all Markdown files of the project by their path from its root.
fn pages() -> BTreeMap<PathBuf, Page> {
    let (mut pages, mut folders) = (BTreeMap::new(), vec![PathBuf::new()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            let is_skipped =
                path.components().any(|it| [".git", "target", "node_modules"].iter().any(|no| it.as_os_str() == *no));
            if root().join(&path).is_dir() && !is_skipped {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.insert(path.clone(), Page::read(&fs::read_to_string(root().join(path)).unwrap()));
            }
        }
    }
    pages
}

/// Returns the path that a link of a page leads to, from the root; `None` if that is outside of the project.
fn resolved(page: &Path, link: &str) -> Option<PathBuf> {
    let mut path = page.parent()?.to_owned();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir if !path.pop() => return None,
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    Some(path)
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let mut wrong = Vec::new();
    for (name, page) in &pages {
        for link in page.links.iter().filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
            let (to, anchor) = link.split_once('#').map_or((link.as_str(), None), |(to, at)| (to, Some(at)));
            let to = if to.is_empty() { Some(name.clone()) } else { resolved(name, to) };
            let there = to.as_ref().is_some_and(|to| root().join(to).exists());
            let found =
                anchor.is_none_or(|at| to.and_then(|to| pages.get(&to)).is_some_and(|to| to.anchors.contains(at)));
            if !there || !found {
                wrong.push(format!("{}: {link}", name.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "these links lead nowhere: {wrong:#?}");
}

/// The generated pages of operations come and go with `schema/`.
#[test]
fn the_book_has_every_page_once() {
    let pages = pages();
    let mut listed: Vec<_> =
        pages[Path::new("docs/SUMMARY.md")].links.iter().map(|link| Path::new("docs").join(link)).collect();
    listed.sort();
    let mut written: Vec<_> = pages.into_keys().filter(|page| page.starts_with("docs")).collect();
    listed.retain(|page| !page.starts_with("docs/reference"));
    written.retain(|page| !page.starts_with("docs/reference") && !page.ends_with("SUMMARY.md"));
    assert_eq!(listed, written);
}

#[test]
fn alerts_and_dashboard_name_metrics_that_there_are() {
    let text = fs::read_to_string(root().join("docs/metrics.md")).unwrap();
    let known: BTreeSet<&str> = text.split('`').filter(|it| it.starts_with("alipayplus_")).collect();
    let mut used = BTreeSet::new();
    for file in ["alerts.yml", "dashboard.json", "running.md"] {
        let text = fs::read_to_string(root().join("docs/guide").join(file)).unwrap();
        let words = text.split(|it: char| !it.is_ascii_alphanumeric() && it != '_');
        let names =
            words.filter(|word| word.starts_with("alipayplus_server_") || word.starts_with("alipayplus_client_"));
        used.extend(names.map(|name| name.trim_end_matches("_bucket").to_owned()));
    }
    assert!(used.len() > 8, "{used:?}");
    let unknown: Vec<_> = used.iter().filter(|name| !known.contains(name.as_str())).collect();
    assert!(unknown.is_empty(), "docs/metrics.md has no {unknown:?}");
    let dashboard = fs::read_to_string(root().join("docs/guide/dashboard.json")).unwrap();
    serde_json::from_str::<serde_json::Value>(&dashboard).unwrap();
}
