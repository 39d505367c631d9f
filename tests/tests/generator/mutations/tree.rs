//! Schemas as trees, and the mutations of them.

use alipayplus_codegen::node::{Json, Node};
use fastrand::Rng;

/// JSON that keeps the order of members and allows duplicates.
#[derive(Clone)]
pub(super) enum Tree {
    Leaf(String),
    Array(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    pub(super) fn of(node: &Node) -> Self {
        match &node.json {
            Json::Array(elements) => Self::Array(elements.iter().map(Self::of).collect()),
            Json::Object(members) => {
                Self::Object(members.iter().map(|(name, value)| (name.text.clone(), Self::of(value))).collect())
            }
            _ => Self::Leaf(node.plain().to_string()),
        }
    }

    pub(super) fn print(&self, text: &mut String) {
        match self {
            Self::Leaf(leaf) => text.push_str(leaf),
            Self::Array(elements) => {
                text.push('[');
                for (n, element) in elements.iter().enumerate() {
                    text.push_str(if n > 0 { ", " } else { "" });
                    element.print(text);
                }
                text.push(']');
            }
            Self::Object(members) => {
                text.push('{');
                for (n, (name, value)) in members.iter().enumerate() {
                    text.push_str(if n > 0 { ",\n" } else { "\n" });
                    text.push_str(&serde_json::Value::from(name.as_str()).to_string());
                    text.push_str(": ");
                    value.print(text);
                }
                text.push_str("\n}");
            }
        }
    }

    fn children(&self) -> usize {
        match self {
            Self::Leaf(_) => 0,
            Self::Array(elements) => elements.len(),
            Self::Object(members) => members.len(),
        }
    }

    fn child(&mut self, n: usize) -> &mut Tree {
        match self {
            Self::Array(elements) => &mut elements[n],
            Self::Object(members) => &mut members[n].1,
            Self::Leaf(_) => self,
        }
    }

    /// Returns a node with children, found by a random walk.
    fn parent(&mut self, rng: &mut Rng) -> &mut Tree {
        let mut at = self;
        loop {
            let count = at.children();
            let inner: Vec<usize> = (0..count).filter(|n| at.child(*n).children() > 0).collect();
            match rng.choice(inner) {
                Some(n) if rng.u8(..8) > 0 => at = at.child(n),
                _ => return at,
            }
        }
    }

    pub(super) fn names(&self, all: &mut Vec<String>) {
        match self {
            Self::Leaf(leaf) => all.extend(leaf.starts_with('"').then(|| leaf.trim_matches('"').to_owned())),
            Self::Array(elements) => elements.iter().for_each(|element| element.names(all)),
            Self::Object(members) => members.iter().for_each(|(name, value)| {
                all.push(name.clone());
                value.names(all);
            }),
        }
    }
}

const STRANGE: &[&str] = &[
    "null",
    "true",
    "0",
    "1",
    "-1",
    "2.5",
    "1e999",
    "99999999999999999999999",
    "[]",
    "{}",
    "\"\"",
    "\" \"",
    "\"self\"",
    "\"gen\"",
    "\"clone\"",
    "\"settings\"",
    "\"ERROR\"",
    "\"ERR\"",
    "\"h\"",
    "200000",
    "[0, 999999]",
    "\"Self\"",
    "\"type\"",
    "\"Option\"",
    "\"C\"",
    "\"7\"",
    "\"支付\"",
    "\"\\u0000\"",
    "\"a/b~c\"",
    "\"`\"",
    "\"²\"",
    "\"#/$defs/\"",
    "[null]",
    "{\"\": {}}",
];

pub(super) fn mutate(tree: &mut Tree, words: &[String], rng: &mut Rng) {
    let word = |rng: &mut Rng| rng.choice(words).cloned().unwrap_or_default();
    let parent = tree.parent(rng);
    let n = rng.usize(..parent.children());
    match rng.u8(..7) {
        0 => match parent {
            Tree::Array(elements) => drop(elements.remove(n)),
            Tree::Object(members) => drop(members.remove(n)),
            Tree::Leaf(_) => {}
        },
        1 => match parent {
            Tree::Array(elements) => elements.push(elements[n].clone()),
            Tree::Object(members) if rng.bool() => members.push(members[n].clone()),
            Tree::Object(members) => members.push((word(rng), members[n].1.clone())),
            Tree::Leaf(_) => {}
        },
        2 => {
            if let Tree::Object(members) = parent {
                members[n].0 = word(rng);
            }
        }
        3 => {
            let other = parent.child(rng.usize(..parent.children())).clone();
            let taken = std::mem::replace(parent.child(n), other);
            let place = tree.parent(rng);
            let m = rng.usize(..place.children());
            *place.child(m) = taken;
        }
        4 => *parent.child(n) = Tree::Leaf((*rng.choice(STRANGE).unwrap()).to_owned()),
        5 => *parent.child(n) = Tree::Leaf(serde_json::Value::from(word(rng)).to_string()),
        _ => match parent {
            Tree::Array(elements) => rng.shuffle(elements),
            Tree::Object(members) => rng.shuffle(members),
            Tree::Leaf(_) => {}
        },
    }
}
