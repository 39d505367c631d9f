//! The project's schemas as they may become: every object has one more optional member, every outcome may have it, and
//! every code table has one more row, none of them at the end.

use std::collections::BTreeSet;

use alipayplus_codegen::node::{self, Node};
use alipayplus_codegen::source::Source;

use super::project;

/// The member that is added.
const MEMBER: &str = r##""laterNote": { "description": "Added later.", "anyOf": [{ "$ref": "#/$defs/LaterNote" }, { "type": "null" }] }"##;
/// Its definition.
const DEFINITION: &str =
    r#""LaterNote": { "description": "Added later.", "type": "string", "minLength": 1, "maxLength": 64 }, "#;
/// The code that is added.
const CODE: &str = "LATER_CODE";

/// Returns the grown schemas.
#[must_use]
pub fn schemas() -> Vec<Source> {
    project::schemas().into_iter().enumerate().map(|(n, source)| grown(n, source)).collect()
}

fn grown(index: usize, source: Source) -> Source {
    let root = node::parse(&source, index).unwrap();
    let definitions = root.get("$defs").unwrap();
    let mut insertions = vec![(inside(definitions), DEFINITION.to_owned())];
    // The shape that results share is written out in the runtime.
    let references = definitions.members().iter().filter(|(_, node)| node.get("x-codes").is_some());
    let results: BTreeSet<_> = references.filter_map(|(_, node)| node.get("$ref")?.text()).collect();
    for (name, node) in definitions.members() {
        let is_result = results.iter().any(|reference| reference.ends_with(&format!("/{}", name.text)));
        if let Some(properties) = node.get("properties").filter(|_| !is_result) {
            let comma = comma(properties.members());
            insertions.push((inside(properties), format!("{MEMBER}{comma}")));
        }
        for outcome in node.get("x-outcomes").map_or(&[][..], Node::elements) {
            let members = outcome.get("members").unwrap();
            if outcome.get("waiting").unwrap().text() != Some("retry") {
                let comma = comma(members.elements());
                insertions.push((inside(members), format!("\"laterNote\"{comma}")));
            }
        }
        if let Some(rows) = node.get("x-codes") {
            add_row(node, rows.elements(), &mut insertions);
        }
    }
    insertions.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut text = source.text.clone();
    for (at, new) in &insertions {
        text.insert_str(*at, new);
    }
    Source { text, ..source }
}

/// Adds a row before the second of a table, with its status, and the code to the condition of that status.
fn add_row(table: &Node, rows: &[Node], insertions: &mut Vec<(usize, String)>) {
    let row = &rows[rows.len().min(2) - 1];
    let (code, status) = (row.get("code").unwrap().text().unwrap(), row.get("status").unwrap().text().unwrap());
    let new = format!(r#"{{ "code": "{CODE}", "status": "{status}", "message": "Added later." }}, "#);
    insertions.push((row.span.range.start, new));
    let mut open: Vec<&Node> = table.get("allOf").unwrap().elements().iter().collect();
    while let Some(node) = open.pop() {
        open.extend(node.members().iter().map(|(_, inner)| inner).chain(node.elements()));
        if node.text() == Some(code) {
            insertions.push((node.span.range.start, format!("\"{CODE}\", ")));
        }
    }
}

/// Returns what is between a new element at the beginning and the others.
fn comma<T>(others: &[T]) -> &'static str {
    if others.is_empty() { "" } else { ", " }
}

/// Returns the place behind the opening bracket of a value.
fn inside(node: &Node) -> usize {
    node.span.range.start + 1
}
