//! Doc comments from the schema's descriptions.

use proc_macro2::TokenStream;
use quote::quote;

/// Room for the text of a doc line.
const WIDTH: usize = 96;

/// `#[doc]` lines of a text, wrapped, with nothing in it that rustdoc would take for a link or for HTML.
#[must_use]
pub fn doc(text: &str) -> TokenStream {
    lines(text, &quote!())
}

/// The same for a module's own docs.
#[must_use]
pub fn inner(text: &str) -> TokenStream {
    lines(text, &quote!(!))
}

/// The docs of the root of a generated folder, with what all of its modules are allowed.
#[must_use]
pub fn root(text: &str) -> TokenStream {
    let docs = inner(text);
    quote!(#![allow(clippy::doc_markdown, reason = "descriptions are the schema's own")] #docs)
}

fn lines(text: &str, bang: &TokenStream) -> TokenStream {
    let mut all: Vec<String> = Vec::new();
    for paragraph in text.split("\n\n") {
        if !all.is_empty() {
            all.push(String::new());
        }
        let wrapped = textwrap::wrap(paragraph, WIDTH);
        // Wrapping must not put at the head of a line what is none there.
        all.extend(
            wrapped
                .iter()
                .enumerate()
                .map(|(n, line)| if n == 0 { format!(" {line}") } else { format!(" {}", head(line)) }),
        );
    }
    quote!(#(# #bang [doc = #all])*)
}

/// A description, made safe for markdown: outside of code, what would become a link, HTML, a heading, a list or an
/// indented block is escaped; a URL becomes a link.
#[must_use]
pub fn plain(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(paragraph).collect::<Vec<_>>().join("\n\n")
}

fn paragraph(text: &str) -> String {
    // A code span that does not end is none.
    let spans = text.matches('`').count().is_multiple_of(2);
    let mut safe = String::with_capacity(text.len());
    let mut code = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if !code && (rest.starts_with("https://") || rest.starts_with("http://")) {
            let end = rest.find(|c: char| c.is_whitespace() || "<>[]`".contains(c)).unwrap_or(rest.len());
            let url = rest[..end].trim_end_matches(|c: char| ".,;:!?)\"'".contains(c));
            safe.extend(["<", url, ">"]);
            rest = &rest[url.len()..];
            continue;
        }
        code ^= c == '`' && spans;
        if !code && ("[]<>\\".contains(c) || (c == '`' && !spans)) {
            safe.push('\\');
        }
        safe.push(c);
        rest = &rest[c.len_utf8()..];
    }
    safe.lines().map(|line| head(line.trim())).collect::<Vec<_>>().join("\n")
}

/// A line that does not begin a heading, a list, a rule or a table.
fn head(line: &str) -> String {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    match line[digits..].chars().next() {
        Some('.' | ')') if digits > 0 => format!("{}\\{}", &line[..digits], &line[digits..]),
        Some('#' | '-' | '+' | '=' | '|' | '~') if digits == 0 => format!("\\{line}"),
        Some('*') if line.starts_with("* ") || line.starts_with("**") && line.trim_matches('*').is_empty() => {
            format!("\\{line}")
        }
        _ => line.to_owned(),
    }
}

/// A sentence: a capital at the start, a full stop at the end.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", stopped(chars.as_str()))
}

/// A text with a full stop at its end, unless it ends in a mark already.
#[must_use]
pub fn stopped(text: &str) -> String {
    let end = if text.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    format!("{text}{end}")
}
