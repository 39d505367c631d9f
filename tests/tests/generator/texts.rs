//! Texts of a schema in documentation are rendered as sentences, never as other Markdown.

use std::path::Path;

use alipayplus_codegen::source::Source;
use alipayplus_tests::{fixture, generate};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use serde_json::Value;

/// Fixtures that together contain every kind of descriptive text.
const FIXTURES: &[&str] = &["lists", "numbers", "outcome_two_open_codes"];

/// Texts of one line.
const LINES: &[&str] = &[
    "- no list `x`",
    "> no quote",
    "1) no list",
    "# no heading",
    "___",
    "* * *",
    "| a | b |",
    "<script>alert(1)</script>",
    "[no link](javascript:alert(1)) ![no image](x)",
    "[Vec<T>] is no link, nor is [`Vec`] or [^1]",
    "[x]: javascript:alert(1)",
    "a lone ` backtick",
    "a lone \\` backtick, and `code \\` too",
    "https://example.org/`a`<script>",
    "a-b ~~struck~~ **bold &lt;b&gt;",
];

/// Texts of several lines, for descriptions.
const PARAGRAPHS: &[&str] = &[
    "Text.\n\n    no code",
    "Text.\n \n    no code",
    "- no list\n\n      no code",
    "> no quote\n>\n>     no code",
    "no heading\n===",
    "no table | b\n:-: | :-:\n1 | 2",
    "`code\n\n<script>alert(1)</script>`",
    "`code\n \n<script>alert(1)</script>`",
    "`code\n<div>\n> no quote\n- no list`",
];

/// A code span that does not fit on a line of documentation, with what would begin a block at the head of one.
fn long() -> String {
    format!("Some `{}` more", "<div> > - 1. ".repeat(20))
}

#[test]
fn texts_stay_sentences() {
    let lines = LINES.iter().map(|text| ((*text).to_owned(), (*text).to_owned()));
    let paragraphs = PARAGRAPHS.iter().map(|text| ((*text).to_owned(), "text".to_owned()));
    let texts: Vec<_> = lines.chain(paragraphs).chain([(long(), "text".into())]).collect();
    for name in FIXTURES {
        let sources = fixture(name);
        for (paragraphs, line) in &texts {
            for (path, text) in generate(&replaced(&sources, paragraphs, line)) {
                let found = documentation(&path, &text).into_iter().find_map(|docs| Some((block(&docs)?, docs)));
                if let Some((what, docs)) = found {
                    panic!("{paragraphs:?} becomes {what} in {}:\n{docs}", path.display());
                }
            }
        }
    }
}

/// Returns the sources with each descriptive text replaced.
fn replaced(sources: &[Source], paragraphs: &str, line: &str) -> Vec<Source> {
    let mut sources = sources.to_vec();
    for source in &mut sources {
        let mut root: Value = serde_json::from_str(&source.text).unwrap();
        replace(&mut root, paragraphs, line);
        source.text = root.to_string();
    }
    sources
}

fn replace(value: &mut Value, paragraphs: &str, line: &str) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), &value) {
                    ("description", Value::String(_)) => *value = paragraphs.into(),
                    ("title" | "message" | "client" | "server", Value::String(_)) => *value = line.into(),
                    _ => replace(value, paragraphs, line),
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|value| replace(value, paragraphs, line)),
        _ => {}
    }
}

/// Returns the pieces of Markdown in a generated file.
fn documentation(path: &Path, text: &str) -> Vec<String> {
    match path.extension().and_then(|it| it.to_str()) {
        Some("rs") => comments(text),
        Some("md") => vec![text.to_owned()],
        // The schemas of `docs/schemas` keep their texts as they are.
        Some("json") if path.parent() == Some(Path::new("docs")) => {
            let mut docs = Vec::new();
            let mut document: Value = serde_json::from_str(text).unwrap();
            // The description of all operations contains a code block.
            document["info"].take();
            descriptions(&document, &mut docs);
            docs
        }
        _ => Vec::new(),
    }
}

fn descriptions(value: &Value, docs: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            docs.extend(members.get("description").and_then(Value::as_str).map(str::to_owned));
            // The texts of extensions are for programs.
            let members = members.iter().filter(|(name, _)| !name.starts_with("x-"));
            members.for_each(|(_, value)| descriptions(value, docs));
        }
        Value::Array(elements) => elements.iter().for_each(|value| descriptions(value, docs)),
        _ => {}
    }
}

/// Returns the documentation of each item: consecutive lines.
fn comments(text: &str) -> Vec<String> {
    let mut docs: Vec<String> = Vec::new();
    let mut before = None;
    for line in text.lines().map(str::trim_start) {
        let kind = ["///", "//!"].into_iter().find(|kind| line.starts_with(kind));
        if let Some(kind) = kind {
            let line = line[kind.len()..].strip_prefix(' ').unwrap_or(&line[kind.len()..]);
            match docs.last_mut().filter(|_| before == Some(kind)) {
                Some(docs) => docs.extend(["\n", line]),
                None => docs.push(line.to_owned()),
            }
        }
        before = kind;
    }
    assert!(!text.contains("[doc = \""), "documentation that is no comment:\n{text}");
    docs
}

/// Returns Markdown other than sentences, headings and tables, except what the generator writes itself.
fn block(docs: &str) -> Option<String> {
    let own_html = |html: &str| {
        let html = html.trim();
        html.starts_with("<!-- @generated from ") || ["<br>", "<code>", "</code>"].contains(&html)
    };
    let own_link = |url: &str| {
        ["https://example.org/", "::", "#", "../", "README.md"].iter().any(|it| url.starts_with(it))
            || url.contains(".md")
    };
    Parser::new_ext(docs, Options::all()).find_map(|event| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if ["json", "rust"].contains(&&*language) => None,
        Event::Html(html) | Event::InlineHtml(html) if own_html(&html) => None,
        Event::Start(Tag::Link { dest_url, .. }) if own_link(&dest_url) => None,
        Event::Html(_)
        | Event::InlineHtml(_)
        | Event::FootnoteReference(_)
        | Event::Rule
        | Event::Start(
            Tag::CodeBlock(_) | Tag::BlockQuote(_) | Tag::Link { .. } | Tag::Image { .. } | Tag::FootnoteDefinition(_),
        ) => Some(format!("{event:?}")),
        _ => None,
    })
}
