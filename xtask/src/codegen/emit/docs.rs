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

fn lines(text: &str, bang: &TokenStream) -> TokenStream {
    let paragraphs = text.split("\n\n").map(|paragraph| textwrap::wrap(paragraph, WIDTH));
    let mut all: Vec<String> = Vec::new();
    for paragraph in paragraphs {
        if !all.is_empty() {
            all.push(String::new());
        }
        all.extend(paragraph.iter().map(|line| format!(" {line}")));
    }
    quote!(#(# #bang [doc = #all])*)
}

/// A description, made safe for markdown: brackets and angles outside of code are escaped.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut code = false;
    for c in text.chars() {
        code ^= c == '`';
        if !code && "[]<>".contains(c) {
            safe.push('\\');
        }
        safe.push(c);
    }
    if code { safe.replace('`', "\\`") } else { safe }
}

/// A sentence: a capital at the start, a full stop at the end.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}
