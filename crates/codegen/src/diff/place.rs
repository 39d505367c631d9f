//! Where a JSON Pointer leads in a text.

use crate::node::{self, Json, Node};
use crate::source::{Source, position};

/// Line and column, from 1, of what a pointer names: the name of a member, or an element. Where it leads too far, of
/// the last thing on its way that is there.
#[must_use]
pub fn locate(sources: &[Source], file: &str, pointer: &str) -> Option<(usize, usize)> {
    let source = sources.iter().find(|source| source.path == file)?;
    let root = node::parse(source, 0).ok()?;
    let mut found = root.span.clone();
    let mut node = &root;
    for step in pointer.split('/').skip(1) {
        let Some((place, next)) = child(node, &step.replace("~1", "/").replace("~0", "~")) else { break };
        (found, node) = (place, next);
    }
    Some(position(&source.text, found.range.start))
}

fn child<'a>(node: &'a Node, step: &str) -> Option<(crate::diagnostic::Span, &'a Node)> {
    match &node.json {
        Json::Object(members) => {
            let (name, value) = members.iter().find(|(name, _)| name.text == step)?;
            Some((name.span.clone(), value))
        }
        Json::Array(elements) => {
            let element = elements.get(step.parse::<usize>().ok()?)?;
            Some((element.span.clone(), element))
        }
        _ => None,
    }
}
