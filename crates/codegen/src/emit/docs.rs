//! Doc comments from the schema's descriptions.

use proc_macro2::TokenStream;
use quote::quote;
use textwrap::WordSplitter;

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
        let whole = unbroken(paragraph);
        let options = textwrap::Options::new(WIDTH).break_words(false).word_splitter(WordSplitter::NoHyphenation);
        let wrapped = textwrap::wrap(&whole, options);
        // Wrapping must not put at the head of a line what is none there.
        all.extend(
            wrapped
                .iter()
                .map(|line| line.replace(SPACE, " "))
                .enumerate()
                .map(|(n, line)| if n == 0 { format!(" {line}") } else { format!(" {}", head(&line)) }),
        );
    }
    quote!(#(# #bang [doc = #all])*)
}

/// Replaces a space of a code span until its paragraph is wrapped. No text of a schema has it.
const SPACE: char = '\u{e001}';

/// Replaces the spaces in the code spans of a paragraph, so that no line ends there: what is at the head of a line can
/// begin another block, and code has no escapes.
fn unbroken(paragraph: &str) -> String {
    let (mut code, mut escaped) = (false, false);
    let mut keep = |c: char| {
        code ^= c == '`' && !escaped;
        escaped = c == '\\' && !code && !escaped;
        if c == ' ' && code { SPACE } else { c }
    };
    paragraph.chars().map(&mut keep).collect()
}

/// A description, made safe for markdown: outside of code, what would become a link, HTML, a heading, a list or an
/// indented block is escaped; a URL becomes a link. No line ends in code.
#[must_use]
pub fn plain(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(|lines| paragraph(&lines.join("\n"))).collect::<Vec<_>>().join("\n\n")
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
        safe.push(if code && c == '\n' { ' ' } else { c });
        rest = &rest[c.len_utf8()..];
    }
    safe.lines().map(head).collect::<Vec<_>>().join("\n")
}

/// A line that does not begin a heading, a list, a rule or a table.
fn head(line: &str) -> String {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    match line[digits..].chars().next() {
        Some('.' | ')') if digits > 0 => format!("{}\\{}", &line[..digits], &line[digits..]),
        Some('#' | '-' | '+' | '=' | '|' | '~') if digits == 0 => format!("\\{line}"),
        Some(c @ ('*' | '_')) if line.starts_with("* ") || line.trim_matches(|it| it == c || it == ' ').is_empty() => {
            format!("\\{line}")
        }
        Some(':') if line.starts_with(":-") => format!("\\{line}"),
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
