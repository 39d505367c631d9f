//! Whatever the schema says, the generator ends with faults or with Rust, and never with a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use alipayplus_tests::schemas;
use fastrand::Rng;
use xtask::codegen::source::{self, Json, Node, Source};
use xtask::codegen::{Failure, generate};

/// JSON that keeps the order of its members, and takes a name twice.
#[derive(Clone)]
enum Tree {
    Leaf(String),
    Array(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    fn of(node: &Node) -> Self {
        match &node.json {
            Json::Array(elements) => Self::Array(elements.iter().map(Self::of).collect()),
            Json::Object(members) => {
                Self::Object(members.iter().map(|(name, value)| (name.text.clone(), Self::of(value))).collect())
            }
            _ => Self::Leaf(node.plain().to_string()),
        }
    }

    fn print(&self, text: &mut String) {
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

    /// Some node that has children, on a random walk.
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

    fn names(&self, all: &mut Vec<String>) {
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

fn mutate(tree: &mut Tree, words: &[String], rng: &mut Rng) {
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

/// The project's schemas with one to three mutations.
fn mutated(seed: u64, trees: &[(String, Tree)], words: &[String]) -> Vec<Source> {
    let mut rng = Rng::with_seed(seed);
    let mut trees = trees.to_vec();
    for _ in 0..rng.usize(1..=3) {
        let n = rng.usize(..trees.len());
        mutate(&mut trees[n].1, words, &mut rng);
    }
    let source = |(path, tree): &(String, Tree)| {
        let mut text = String::new();
        tree.print(&mut text);
        Source { path: path.clone(), text }
    };
    trees.iter().map(source).collect()
}

/// Whether the generator took a schema and made Rust of it; an error when it ended with neither that nor faults.
fn taken(sources: &[Source]) -> Result<bool, String> {
    match catch_unwind(AssertUnwindSafe(|| generate(sources, false))) {
        Ok(Err(Failure::Schema(_))) => Ok(false),
        Ok(Err(other)) => Err(other.to_string()),
        Ok(Ok(files)) => {
            for (path, text) in &files {
                let error = match path.extension().and_then(|it| it.to_str()) {
                    Some("rs") => syn::parse_file(text).err().map(|error| error.to_string()),
                    // A name that stands twice is a fault, too.
                    Some("json") => {
                        let source = Source { path: path.display().to_string(), text: text.clone() };
                        source::parse(&source, 0).err().map(|faults| format!("{faults:?}"))
                    }
                    _ => None,
                };
                if let Some(error) = error {
                    return Err(format!("{}: {error}", path.display()));
                }
            }
            Ok(true)
        }
        Err(_) => Err("it panicked".into()),
    }
}

#[test]
fn mutated_schemas_give_faults_or_rust() {
    let sources = schemas();
    let parse = |source: &Source| (source.path.clone(), Tree::of(&source::parse(source, 0).unwrap()));
    let trees: Vec<_> = sources.iter().map(parse).collect();
    let mut words = Vec::new();
    for (_, tree) in &trees {
        tree.names(&mut words);
    }

    let count = 2000;
    let mut all = 0;
    for seed in 0..count {
        match taken(&mutated(seed, &trees, &words)) {
            Ok(taken) => all += u64::from(taken),
            Err(wrong) => panic!("seed {seed}: {wrong}"),
        }
    }
    // Neither all nor none: the mutations reach both ends.
    assert!((count / 20..count / 2).contains(&all), "{all} of {count} schemas were taken");
}
