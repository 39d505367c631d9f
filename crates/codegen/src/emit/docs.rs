//! Doc comments from the descriptions of the schema.

use proc_macro2::TokenStream;
use quote::quote;
use textwrap::WordSplitter;

/// The width of a doc line's text.
const WIDTH: usize = 96;

/// Emits a text as a wrapped doc comment.
#[must_use]
pub fn doc(text: &str) -> TokenStream {
    lines(text, &quote!())
}

/// Emits a text as a wrapped doc comment of the item around it.
#[must_use]
pub fn inner(text: &str) -> TokenStream {
    lines(text, &quote!(!))
}

/// Emits the docs of the root of a generated folder, with the lint levels of all of its modules.
#[must_use]
pub fn root(text: &str) -> TokenStream {
    let docs = inner(text);
    quote! {
        #![allow(clippy::doc_markdown, reason = "descriptions come from the schema")]
        #![allow(clippy::large_enum_variant, clippy::too_many_lines, reason = "sizes come from the schema")]
        #docs
    }
}

fn lines(text: &str, bang: &TokenStream) -> TokenStream {
    let mut all = String::with_capacity(text.len() + text.len() / 16);
    for paragraph in text.split("\n\n") {
        if !all.is_empty() {
            all.extend([LINE, LINE]);
        }
        if paragraph.len() <= WIDTH && !paragraph.contains('\n') {
            all.extend([" ", paragraph]);
            continue;
        }
        let whole = unbroken(paragraph);
        let options = textwrap::Options::new(WIDTH).break_words(false).word_splitter(WordSplitter::NoHyphenation);
        let wrapped = textwrap::wrap(&whole, options);
        for (n, line) in wrapped.iter().map(|line| line.replace(SPACE, " ")).enumerate() {
            // Wrapping must not start a line with text that begins another Markdown block there.
            let line = if n == 0 {
                line
            } else {
                all.push(LINE);
                head(&line)
            };
            all.push(' ');
            all.push_str(&line);
        }
    }
    quote!(# #bang [doc = #all])
}

/// Separates the lines of a doc comment, which is one attribute until it is printed: lines are half of the tokens
/// otherwise. No text of a schema contains it.
pub const LINE: char = '\u{e002}';

/// Replaces a space of a code span while its paragraph is wrapped. No text of a schema contains it.
const SPACE: char = '\u{e001}';

/// Replaces the spaces in the code spans of a paragraph, so that no line ends there: the start of a line can begin
/// another block, and code has no escapes.
fn unbroken(paragraph: &str) -> String {
    let (mut code, mut escaped) = (false, false);
    let mut keep = |c: char| {
        code ^= c == '`' && !escaped;
        escaped = c == '\\' && !code && !escaped;
        if c == ' ' && code { SPACE } else { c }
    };
    paragraph.chars().map(&mut keep).collect()
}

/// Escapes a description for Markdown: outside of code spans, links, HTML, headings, lists and indented blocks are
/// escaped, and URLs become links. No line ends in a code span.
#[must_use]
pub fn plain(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(|lines| paragraph(&lines.join("\n"))).collect::<Vec<_>>().join("\n\n")
}

fn paragraph(text: &str) -> String {
    // Without an even number of backticks, none of them delimits a code span.
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

/// Escapes the start of a line, so that it does not begin a heading, a list, a rule or a table.
fn head(line: &str) -> String {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    match line[digits..].chars().next() {
        Some('.' | ')') if digits > 0 => format!("{}\\{}", &line[..digits], &line[digits..]),
        Some('#' | '-' | '+' | '=' | '|' | '~') if digits == 0 => format!("\\{line}"),
        Some(c @ ('*' | '_')) if line.starts_with("* ") || line.trim_matches([c, ' ']).is_empty() => {
            format!("\\{line}")
        }
        Some(':') if line.starts_with(":-") => format!("\\{line}"),
        _ => line.to_owned(),
    }
}

/// Returns a text as a sentence, with a capital letter and a full stop.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", stopped(chars.as_str()))
}

/// Returns a text with a full stop at its end, unless it ends in a punctuation mark.
#[must_use]
pub fn stopped(text: &str) -> String {
    let end = if text.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    format!("{text}{end}")
}
