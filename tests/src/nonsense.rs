//! The project's schemas with every name that the document gives replaced by a meaningless one: operations,
//! definitions, members, codes, status words, outcomes, paths and file names. What generates from them can't know any
//! of these names.

use std::collections::BTreeMap;
use std::ops::Range;

use alipayplus_codegen::names;
use alipayplus_codegen::source::{self, Json, Node, Source};

/// What a name of the document is; it decides in which forms generated code has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
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
    /// A text for people, a path or a party: not looked for in code.
    Text,
}

/// The names of the document, with what each is.
pub type Names = BTreeMap<(String, Sort), String>;

/// The schemas with meaningless names.
#[must_use]
pub fn schemas() -> Vec<Source> {
    renamed(&crate::schemas()).0
}

/// Every name that was replaced, and by what.
#[must_use]
pub fn names() -> Names {
    names_of(&crate::schemas())
}

/// Every name that these schemas give, and a meaningless one for it.
#[must_use]
pub fn names_of(schemas: &[Source]) -> Names {
    renamed(schemas).1
}

fn renamed(schemas: &[Source]) -> (Vec<Source>, Names) {
    let mut renaming = Renaming::default();
    let mut sources: Vec<Source> = schemas.iter().enumerate().map(|(n, it)| renaming.file(n, it)).collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    (sources, renaming.names)
}

/// A meaningless word, always the same one for a name.
fn meaningless(name: &str) -> String {
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let letter = |letters: &[u8], n: u64| char::from(letters[usize::try_from(n).unwrap() % letters.len()]);
    let syllable = |n: u64| [letter(b"bdfgjklmnprtvz", n), letter(b"aeiou", n / 16)];
    (0..4).flat_map(|n| syllable(hash >> (n * 16) & 0xffff)).collect()
}

#[derive(Default)]
struct Renaming {
    names: Names,
    edits: Vec<(Range<usize>, String)>,
}

impl Renaming {
    fn file(&mut self, index: usize, source: &Source) -> Source {
        let root = source::parse(source, index).unwrap();
        self.edits.clear();
        self.walk(&root);
        self.edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        let mut text = source.text.clone();
        for (range, new) in &self.edits {
            text.replace_range(range.clone(), &serde_json::Value::from(new.as_str()).to_string());
        }
        Source { path: format!("schema/{}.json", self.stem(source.stem())), text }
    }

    /// A new name. Case is kept, as it is part of what a name is.
    fn name(&mut self, name: &str, sort: Sort) -> String {
        let word = meaningless(name);
        let first = name.chars().next().unwrap();
        let new = if name.chars().all(|c| !c.is_ascii_lowercase()) {
            // Of two words, so that a code is still one of several.
            format!("{}_{}", &word[..4], &word[4..]).to_uppercase()
        } else if name.chars().all(|c| !c.is_ascii_uppercase()) {
            // One word, so that it is the same in every case but Rust's types'.
            word
        } else if first.is_ascii_uppercase() {
            format!("{}{}", word[..1].to_uppercase(), &word[1..])
        } else {
            format!("{}{}{}", &word[..4], word[4..5].to_uppercase(), &word[5..])
        };
        self.names.insert((name.to_owned(), sort), new.clone());
        new
    }

    fn stem(&mut self, stem: &str) -> String {
        self.name(stem, Sort::Operation)
    }

    fn replace(&mut self, node: &Node, sort: Sort) {
        match (&node.json, sort) {
            (Json::Text(text), Sort::Text) => {
                let new = format!("{}.", self.name(text, sort));
                self.edits.push((node.place.range.clone(), new));
            }
            (Json::Text(text), _) => {
                let new = self.name(text, sort);
                self.edits.push((node.place.range.clone(), new));
            }
            (Json::Array(elements), _) => elements.iter().for_each(|element| self.replace(element, sort)),
            _ => {}
        }
    }

    fn keys(&mut self, node: &Node, sort: Sort) {
        for (name, _) in node.members() {
            let new = self.name(&name.text, sort);
            self.edits.push((name.place.range.clone(), new));
        }
    }

    fn walk(&mut self, node: &Node) {
        node.elements().iter().for_each(|element| self.walk(element));
        for (keyword, value) in node.members() {
            match keyword.text.as_str() {
                "title" | "description" | "message" | "caller" | "answerer" => self.replace(value, Sort::Text),
                "name" if node.get("method").is_some() => self.replace(value, Sort::Operation),
                "name" => self.replace(value, Sort::Outcome),
                "path" => {
                    let segments = value.text().unwrap().split('/').skip(1).map(|it| self.name(it, Sort::Text));
                    let new = format!("/{}", segments.collect::<Vec<_>>().join("/"));
                    self.edits.push((value.place.range.clone(), new));
                }
                "$id" => {
                    let (base, file) = value.text().unwrap().rsplit_once('/').unwrap();
                    let new = format!("{base}/{}.json", self.stem(file.strip_suffix(".json").unwrap()));
                    self.edits.push((value.place.range.clone(), new));
                }
                "$ref" => {
                    let (file, name) = value.text().unwrap().split_once("#/$defs/").unwrap();
                    let file = file.strip_suffix(".json").map(|stem| format!("{}.json", self.stem(stem)));
                    let name = self.name(name, Sort::Definition);
                    let new = format!("{}#/$defs/{name}", file.unwrap_or_default());
                    self.edits.push((value.place.range.clone(), new));
                }
                "properties" | "when" => {
                    self.keys(value, Sort::Member);
                    value.members().iter().for_each(|(_, inner)| self.walk(inner));
                }
                "$defs" => {
                    self.keys(value, Sort::Definition);
                    value.members().iter().for_each(|(_, inner)| self.walk(inner));
                }
                "x-status" => self.keys(value, Sort::Word),
                "required" | "members" | "x-expectable" | "member" | "from" | "in" => {
                    self.replace(value, Sort::Member);
                }
                "enum" | "const" | "code" | "status" => self.replace(value, Sort::Word),
                _ => self.walk(value),
            }
        }
    }
}

/// The forms in which generated code has a name: as it travels, and in Rust's cases.
#[must_use]
pub fn forms(name: &str, sort: Sort) -> Vec<String> {
    let all = match sort {
        Sort::Operation => vec![name.to_owned(), names::snake(name), names::type_name(name)],
        Sort::Definition => vec![names::type_name(name), format!("{}Code", names::type_name(name))],
        Sort::Member => vec![name.to_owned(), names::snake(name)],
        Sort::Word => vec![name.to_owned(), names::variant(name)],
        Sort::Outcome => vec![names::variant(name), format!("{}Code", names::variant(name))],
        Sort::Text => Vec::new(),
    };
    all.into_iter().filter(|form| !form.is_empty()).collect()
}

/// Rust that speaks of the project's own schemas, speaking of the meaningless ones instead.
#[must_use]
pub fn rust(text: &str) -> String {
    let mut map: BTreeMap<String, String> = BTreeMap::new();
    for ((name, sort), new) in names() {
        map.extend(forms(&name, sort).into_iter().zip(forms(&new, sort)));
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
