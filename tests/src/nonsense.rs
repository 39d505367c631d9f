//! The project's schemas with every name of the specification replaced by a meaningless one: operations, definitions,
//! members, codes, status words, outcomes, paths and file names. A generator that accepts them cannot depend on any of
//! the original names.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use alipayplus_codegen::names;
use alipayplus_codegen::node::{self, Json, Node};
use alipayplus_codegen::source::Source;

use super::project;

/// What a name of the specification denotes; decides in which forms generated code contains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// An operation, which names its file too.
    Operation,
    /// A definition.
    Definition,
    /// A member.
    Member,
    /// A code, a status word or any other word of a closed set.
    Word,
    /// A named outcome.
    Outcome,
    /// A text for people, a path or a party: not searched for in code.
    Text,
}

/// The names of the specification with their kinds, and the replacement of each.
pub type Names = BTreeMap<(String, NameKind), String>;

/// Returns the schemas with meaningless names.
#[must_use]
pub fn schemas() -> Vec<Source> {
    renamed(&project::schemas()).0
}

/// Returns every name in these schemas, and a meaningless one for it.
#[must_use]
pub fn names_of(schemas: &[Source]) -> Names {
    renamed(schemas).1
}

/// Returns these schemas with meaningless names, and every name that was replaced.
#[must_use]
pub fn renamed(schemas: &[Source]) -> (Vec<Source>, Names) {
    let mut renaming = Renaming::default();
    for source in schemas {
        words(&node::parse(source, 0).unwrap(), &mut renaming.words);
    }
    let mut sources: Vec<Source> = schemas.iter().enumerate().map(|(n, it)| renaming.file(n, it)).collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    (sources, renaming.names)
}

/// Returns a meaningless word, always the same one for a name.
fn meaningless(name: &str) -> String {
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let letter = |letters: &[u8], n: u64| char::from(letters[usize::try_from(n).unwrap() % letters.len()]);
    let syllable = |n: u64| [letter(b"bdfgjklmnprtvz", n), letter(b"aeiou", n / 16)];
    (0..4).flat_map(|n| syllable(hash >> (n * 16) & 0xffff)).collect()
}

/// Collects the words of closed sets and the codes. A condition may also test for a text of another kind.
fn words(node: &Node, found: &mut BTreeSet<String>) {
    found.extend(node.get("code").and_then(Node::text).map(str::to_owned));
    let listed = node.get("enum").map_or(&[][..], Node::elements).iter().filter_map(Node::text);
    found.extend(listed.filter(|word| !["true", "false"].contains(word)).map(str::to_owned));
    node.elements().iter().chain(node.members().iter().map(|(_, inner)| inner)).for_each(|it| words(it, found));
}

#[derive(Default)]
struct Renaming {
    names: Names,
    /// The words of closed sets and the codes: a default or a condition may have one of them.
    words: BTreeSet<String>,
    edits: Vec<(Range<usize>, String)>,
}

impl Renaming {
    fn file(&mut self, index: usize, source: &Source) -> Source {
        let root = node::parse(source, index).unwrap();
        self.edits.clear();
        self.walk(&root);
        self.edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        let mut text = source.text.clone();
        for (range, new) in &self.edits {
            text.replace_range(range.clone(), &serde_json::Value::from(new.as_str()).to_string());
        }
        Source { path: format!("schema/{}.json", self.stem(source.stem())), text }
    }

    /// Replaces a name. The case is kept: it distinguishes names.
    fn name(&mut self, name: &str, kind: NameKind) -> String {
        let word = meaningless(name);
        let first = name.chars().next().unwrap();
        let new = if name.chars().all(|c| !c.is_ascii_lowercase()) {
            // Two words, as most codes have.
            format!("{}_{}", &word[..4], &word[4..]).to_uppercase()
        } else if name.chars().all(|c| !c.is_ascii_uppercase()) {
            // One word, so that only the case of Rust's types changes it.
            word
        } else if first.is_ascii_uppercase() {
            format!("{}{}", word[..1].to_uppercase(), &word[1..])
        } else {
            format!("{}{}{}", &word[..4], word[4..5].to_uppercase(), &word[5..])
        };
        self.names.insert((name.to_owned(), kind), new.clone());
        new
    }

    fn stem(&mut self, stem: &str) -> String {
        self.name(stem, NameKind::Operation)
    }

    fn replace(&mut self, node: &Node, kind: NameKind) {
        match (&node.json, kind) {
            (Json::Text(text), NameKind::Text) => {
                let new = format!("{}.", self.name(text, kind));
                self.edits.push((node.span.range.clone(), new));
            }
            // The words of a boolean are the generator's own.
            (Json::Text(text), NameKind::Word) if text == "true" || text == "false" => {}
            (Json::Text(text), _) => {
                let new = self.name(text, kind);
                self.edits.push((node.span.range.clone(), new));
            }
            (Json::Array(elements), _) => elements.iter().for_each(|element| self.replace(element, kind)),
            _ => {}
        }
    }

    fn keys(&mut self, node: &Node, kind: NameKind) {
        for (name, _) in node.members() {
            let new = self.name(&name.text, kind);
            self.edits.push((name.span.range.clone(), new));
        }
    }

    fn walk(&mut self, node: &Node) {
        node.elements().iter().for_each(|element| self.walk(element));
        for (keyword, value) in node.members() {
            match keyword.text.as_str() {
                "title" | "description" | "message" | "client" | "server" => self.replace(value, NameKind::Text),
                "name" if node.get("method").is_some() => self.replace(value, NameKind::Operation),
                "name" => self.replace(value, NameKind::Outcome),
                "path" => {
                    let segments = value.text().unwrap().split('/').skip(1).map(|it| self.name(it, NameKind::Text));
                    let new = format!("/{}", segments.collect::<Vec<_>>().join("/"));
                    self.edits.push((value.span.range.clone(), new));
                }
                "$id" => {
                    let (base, file) = value.text().unwrap().rsplit_once('/').unwrap();
                    let new = format!("{base}/{}.json", self.stem(file.strip_suffix(".json").unwrap()));
                    self.edits.push((value.span.range.clone(), new));
                }
                "$ref" => {
                    let (file, name) = value.text().unwrap().split_once("#/$defs/").unwrap();
                    let file = file.strip_suffix(".json").map(|stem| format!("{}.json", self.stem(stem)));
                    let name = self.name(name, NameKind::Definition);
                    let new = format!("{}#/$defs/{name}", file.unwrap_or_default());
                    self.edits.push((value.span.range.clone(), new));
                }
                "properties" | "when" => {
                    self.keys(value, NameKind::Member);
                    value.members().iter().for_each(|(_, inner)| self.walk(inner));
                }
                "$defs" => {
                    self.keys(value, NameKind::Definition);
                    value.members().iter().for_each(|(_, inner)| self.walk(inner));
                }
                "x-status" | "x-rust" => self.keys(value, NameKind::Word),
                "default" if self.words.contains(value.text().unwrap()) => self.replace(value, NameKind::Word),
                "required" | "members" | "x-expectable" | "member" | "from" | "in" | "idempotentBy" => {
                    self.replace(value, NameKind::Member);
                }
                "left" | "right" => {
                    let segments = value.text().unwrap().split('/').skip(1).map(|it| self.name(it, NameKind::Member));
                    let new = format!("/{}", segments.collect::<Vec<_>>().join("/"));
                    self.edits.push((value.span.range.clone(), new));
                }
                "const" if !self.words.contains(value.text().unwrap_or_default()) => {}
                "enum" | "const" | "code" | "status" | "word" => self.replace(value, NameKind::Word),
                _ => self.walk(value),
            }
        }
    }
}

/// Returns the forms in which generated code contains a name: on the wire, and in Rust's cases.
#[must_use]
pub fn forms(name: &str, kind: NameKind) -> Vec<String> {
    let all = match kind {
        NameKind::Operation => vec![name.to_owned(), names::snake(name), names::type_name(name)],
        NameKind::Definition => {
            let rust = names::type_name(name);
            vec![rust.clone(), format!("{rust}Code"), names::required(&rust)]
        }
        NameKind::Member => vec![name.to_owned(), names::snake(name), names::setter(&names::snake(name))],
        NameKind::Word => vec![name.to_owned(), names::variant(name)],
        NameKind::Outcome => {
            let rust = names::variant(name);
            vec![rust.clone(), format!("{rust}Code"), names::required(&rust)]
        }
        NameKind::Text => Vec::new(),
    };
    all.into_iter().filter(|form| !form.is_empty()).collect()
}

/// Replaces the names of the project's schemas in Rust source text by the meaningless ones.
#[must_use]
pub fn rust(text: &str) -> String {
    let mut map: BTreeMap<String, String> = BTreeMap::new();
    for ((name, kind), new) in names_of(&project::one_operation()) {
        map.extend(forms(&name, kind).into_iter().zip(forms(&new, kind)));
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let word = &rest[..end];
        out.push_str(map.get(word).map_or(word, String::as_str));
        rest = &rest[end..];
    }
    out + rest
}
