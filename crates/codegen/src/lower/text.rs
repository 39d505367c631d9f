//! Characters that a text of a schema can't have: descriptions become documentation, which a tool may run or a reader
//! may misread.

use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::node::Json;
use crate::node::Node;

/// The keywords whose texts are for people. All others are names, words and patterns, which documentation shows as code.
const PROSE: &[&str] = &["title", "description", "message", "client", "server"];

/// What begins a code block, each with what is wrong about it.
const FENCES: &[(&str, &str)] = &[
    ("``", "backticks in a row begin a code block, which documentation tools run"),
    ("~~~", "`~~~` begins a code block, which documentation tools run"),
];

/// Checks every text of a file.
pub(super) fn texts(root: &Node, diagnostics: &mut Diagnostics) {
    walk(root, "", diagnostics);
}

fn walk(node: &Node, keyword: &str, diagnostics: &mut Diagnostics) {
    match &node.json {
        // What a path can have is fewer characters, and has an error of its own.
        Json::Text(_) if keyword == "path" => {}
        Json::Text(text) => check(node, text, keyword, diagnostics),
        Json::Array(elements) => elements.iter().for_each(|element| walk(element, keyword, diagnostics)),
        Json::Object(members) => members.iter().for_each(|(name, value)| walk(value, &name.text, diagnostics)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

fn check(node: &Node, text: &str, keyword: &str, diagnostics: &mut Diagnostics) {
    // Nearly all texts are plain ones.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'`' && byte != b'~') {
        return;
    }
    let is_prose = PROSE.contains(&keyword);
    let found = text.chars().find_map(|c| Some((c, misread(c, keyword, is_prose)?)));
    if let Some((c, help)) = found {
        let name = match c {
            '\n' => "a line break".to_owned(),
            '\t' => "a tab".to_owned(),
            '`' => "a backtick".to_owned(),
            _ => format!("the character U+{:04X}", u32::from(c)),
        };
        diagnostics.report(DiagnosticCode::E0108, &node.span, format!("this text has {name}"), help);
    } else if let Some((_, title)) = FENCES.iter().find(|(fence, _)| text.contains(fence)) {
        let help = "write sentences, with code between single backticks and an empty line between paragraphs";
        diagnostics.report(DiagnosticCode::E0109, &node.span, *title, help);
    }
}

/// Returns what to write instead of a character that is not shown as it is.
fn misread(c: char, keyword: &str, is_prose: bool) -> Option<&'static str> {
    match c {
        '\n' if keyword == "description" => None,
        '\n' => Some("write it on one line: only a `description` has paragraphs"),
        '\t' => Some("write a space instead"),
        '`' if is_prose => None,
        '`' => Some("leave it out: documentation shows this text as code, which a backtick ends"),
        c if c.is_control() || is_unseen(c) => {
            Some("leave it out: it is not shown, or changes how the text around it is shown")
        }
        _ => None,
    }
}

/// Marks that are not shown, that end a line or that turn the direction of a text, and characters for private use.
const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e000}'..='\u{f8ff}'
            | '\u{e0000}'..='\u{e007f}'
            | '\u{f0000}'..
    )
}
