//! A page as a renderer of Markdown reads it.

use std::collections::HashMap;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The content of a page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// The texts of the headings, in order.
    pub(crate) headings: Vec<String>,
    /// Each table as its rows, the head first.
    pub(crate) tables: Vec<Vec<Vec<String>>>,
    /// Where links lead.
    pub(crate) links: Vec<String>,
    /// HTML, whatever it is.
    pub(crate) html: Vec<String>,
    /// Code blocks.
    pub(crate) blocks: Vec<String>,
    /// All that is read, in order.
    pub(crate) text: String,
}

/// What is being read.
enum In {
    Heading,
    Cell,
    Block,
    Other,
}

impl Page {
    pub(crate) fn of(markdown: &str) -> Self {
        let mut page = Self::default();
        let mut at = In::Other;
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { .. }) => {
                    page.headings.push(String::new());
                    at = In::Heading;
                }
                Event::Start(Tag::Table(_)) => page.tables.push(Vec::new()),
                Event::Start(Tag::TableHead | Tag::TableRow) => page.tables.last_mut().unwrap().push(Vec::new()),
                Event::Start(Tag::TableCell) => {
                    page.tables.last_mut().unwrap().last_mut().unwrap().push(String::new());
                    at = In::Cell;
                }
                Event::Start(Tag::CodeBlock(_)) => {
                    page.blocks.push(String::new());
                    at = In::Block;
                }
                Event::Start(Tag::Link { dest_url, .. }) => page.links.push(dest_url.into_string()),
                Event::End(TagEnd::Heading(_) | TagEnd::TableCell | TagEnd::CodeBlock) => at = In::Other,
                Event::Text(text) | Event::Code(text) => page.read(&at, &text),
                Event::SoftBreak | Event::HardBreak => page.read(&at, " "),
                Event::InlineHtml(html) | Event::Html(html) => {
                    page.read(&at, if html.starts_with("<br>") { "\n" } else { "" });
                    page.html.push(html.into_string());
                }
                _ => {}
            }
        }
        page
    }

    fn read(&mut self, at: &In, text: &str) {
        self.text.push_str(text);
        let into = match at {
            In::Heading => self.headings.last_mut(),
            In::Cell => self.tables.last_mut().and_then(|table| table.last_mut()?.last_mut()),
            In::Block => self.blocks.last_mut(),
            In::Other => None,
        };
        if let Some(into) = into {
            into.push_str(text);
        }
    }

    /// The anchors of the headings: in lower case, without punctuation, with `-` for a space, and numbered where they
    /// are taken.
    pub(crate) fn anchors(&self) -> Vec<String> {
        let mut taken: HashMap<String, usize> = HashMap::new();
        let anchor = |heading: &String| {
            let kept = heading.to_lowercase().replace(' ', "-");
            let kept: String = kept.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect();
            let again = taken.entry(kept.clone()).or_insert(0);
            *again += 1;
            if *again == 1 { kept } else { format!("{kept}-{}", *again - 1) }
        };
        self.headings.iter().map(anchor).collect()
    }

    /// The rows that begin with a text.
    pub(crate) fn rows<'a>(&'a self, first: &'a str) -> impl Iterator<Item = &'a [String]> {
        self.tables.iter().flatten().map(Vec::as_slice).filter(move |row| row.first().is_some_and(|it| it == first))
    }
}
