//! A page of Markdown, and texts that stay what they are in it.

use std::fmt::Write as _;

use crate::emit::docs;

/// Replaces a `|` of a description until it is known whether that is in a table.
const PIPE: char = '\u{e000}';

/// A page in the making.
pub(super) struct Page(String);

impl Page {
    /// Returns a page that says where it comes from.
    pub(super) fn new(source: &str, title: &str) -> Self {
        let mut page = Self(format!("<!-- @generated from {source} by `cargo xtask codegen`. Do not edit. -->\n"));
        page.heading(1, title);
        page
    }

    pub(super) fn heading(&mut self, level: usize, title: &str) {
        self.paragraph(&format!("{} {title}", "#".repeat(level)));
    }

    /// A paragraph of Markdown.
    pub(super) fn paragraph(&mut self, text: &str) {
        if !text.is_empty() {
            _ = write!(self.0, "\n{}\n", text.replace(PIPE, "|"));
        }
    }

    pub(super) fn bullets(&mut self, items: &[String]) {
        let lines: Vec<String> = items.iter().map(|item| format!("- {item}")).collect();
        self.paragraph(&lines.join("\n"));
    }

    /// A table; `None` where it has no rows.
    pub(super) fn table<const N: usize>(&mut self, head: [&str; N], rows: &[[String; N]]) {
        if rows.is_empty() {
            return;
        }
        let line = |cells: &[String; N]| format!("| {} |\n", cells.each_ref().map(|text| cell(text)).join(" | "));
        let mut text = line(&head.map(str::to_owned));
        _ = writeln!(text, "|{}", "---|".repeat(N));
        text.extend(rows.iter().map(line));
        _ = write!(self.0, "\n{text}");
    }

    pub(super) fn json(&mut self, text: &str) {
        _ = write!(self.0, "\n```json\n{text}\n```\n");
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// Returns a description of the schema: what it says, and no link, HTML, heading or list that it does not mean.
pub(super) fn prose(text: &str) -> String {
    docs::plain(&text.replace('|', &PIPE.to_string()))
}

/// Returns a text as code.
pub(super) fn code(text: &str) -> String {
    let text = text.replace('|', &PIPE.to_string());
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// Returns texts as code, in a row.
pub(super) fn in_row<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    texts.into_iter().map(|text| code(text)).collect::<Vec<_>>().join(", ")
}

/// Markdown as the cell of a table: on one line, and with no `|` that would end it.
fn cell(markdown: &str) -> String {
    let text = markdown.trim().replace("\n\n", "<br><br>").replace('\n', " ").replace('|', &PIPE.to_string());
    if !text.contains(PIPE) {
        return text;
    }
    let mut cell = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find('`') {
        let (before, from) = rest.split_at(start);
        let fence = &from[..from.len() - from.trim_start_matches('`').len()];
        let inside = &from[fence.len()..];
        cell.push_str(before);
        // A backtick that is escaped, or that none answers, opens nothing.
        let end = inside.find(fence).filter(|_| !before.ends_with('\\'));
        let span = &inside[..end.unwrap_or_default()];
        cell.push_str(&if end.is_some() { code_cell(fence, span) } else { fence.to_owned() });
        rest = end.map_or(inside, |end| &inside[end + fence.len()..]);
    }
    cell.push_str(rest);
    cell.replace(PIPE, "&#124;")
}

/// Code in a table: `\|` there, unless the `|` already has a backslash before it.
fn code_cell(fence: &str, span: &str) -> String {
    if span.contains(&format!("\\{PIPE}")) {
        let text: String =
            span.trim().chars().map(|c| if c.is_alphanumeric() { c.to_string() } else { entity(c) }).collect();
        format!("<code>{text}</code>")
    } else {
        format!("{fence}{}{fence}", span.replace(PIPE, "\\|"))
    }
}

fn entity(c: char) -> String {
    let c = if c == PIPE { '|' } else { c };
    format!("&#{};", u32::from(c))
}
