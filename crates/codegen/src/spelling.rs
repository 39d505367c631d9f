//! Misspelt and renamed keywords. Each is reported and then read as the intended one, so that one mistake gives one
//! error.

use super::diagnostic::{DiagnosticCode, Diagnostics, Span};
use super::names;
use super::node::{Json, Name, Node};
use super::profile::{
    self, CODED, DIFFERS, FILE, MEMBER, OBJECT, OPERATION, OPTIONAL_MEMBER, OUTCOME, ROW, SELECTOR, TEXT, WORDS,
};
use super::profile::{
    BOOLEAN, CHOICE, COMPARES, CONDITION, INTEGER, LIST, OBLIGATION, PREMISE, RESULT_TEXT, TEST, WRITTEN,
};

/// What is allowed at some place of a file.
struct Shape {
    /// The keywords that it can have, in several lists. None for an object of names.
    keywords: &'static [&'static [&'static str]],
    /// What is allowed under a keyword.
    under: &'static [(&'static str, &'static Shape)],
    /// What is allowed under each name.
    each: Option<&'static Shape>,
}

impl Shape {
    fn has(&self, keyword: &str) -> bool {
        self.keywords.iter().any(|keywords| keywords.contains(&keyword))
    }
}

const NOTHING: Shape = Shape { keywords: &[], under: &[], each: None };

static ROOT: Shape = Shape {
    keywords: &[FILE],
    under: &[("x-operation", &ASKED), ("x-service", &REFERENCE), ("$defs", &each(&DEFINITION))],
    ..NOTHING
};

static ASKED: Shape =
    Shape { keywords: &[OPERATION], under: &[("request", &REFERENCE), ("response", &REFERENCE)], ..NOTHING };

static REFERENCE: Shape = Shape { keywords: &[&["$ref"]], ..NOTHING };

static DEFINITION: Shape = Shape {
    keywords: &[TEXT, RESULT_TEXT, WORDS, INTEGER, BOOLEAN, WRITTEN, LIST, OBJECT, CODED],
    under: &[
        ("properties", &each(&VALUE)),
        ("items", &REFERENCE),
        ("allOf", &RULE),
        ("x-codes", &Shape { keywords: &[ROW], ..NOTHING }),
        ("x-differs", &Shape { keywords: &[DIFFERS], ..NOTHING }),
        ("x-compares", &Shape { keywords: &[COMPARES], ..NOTHING }),
        ("x-outcomes", &OUTCOMES),
    ],
    ..NOTHING
};

static OUTCOMES: Shape =
    Shape { keywords: &[OUTCOME], under: &[("when", &each(&Shape { keywords: &[SELECTOR], ..NOTHING }))], ..NOTHING };

/// What a member is: a reference, or one beside `null`.
static VALUE: Shape = Shape {
    keywords: &[MEMBER, OPTIONAL_MEMBER],
    under: &[("anyOf", &Shape { keywords: &[&["$ref", "type"]], ..NOTHING })],
    ..NOTHING
};

/// A condition, or a choice that always holds.
static RULE: Shape = Shape {
    keywords: &[CONDITION, CHOICE],
    under: &[("if", &INNER), ("then", &INNER), ("anyOf", &INNER), ("oneOf", &INNER)],
    ..NOTHING
};

/// A premise or an obligation, at every level.
static INNER: Shape = Shape {
    keywords: &[PREMISE, TEST, OBLIGATION, CHOICE, &["not"]],
    under: &[("properties", &each(&INNER)), ("not", &INNER), ("anyOf", &INNER), ("oneOf", &INNER)],
    ..NOTHING
};

const fn each(shape: &'static Shape) -> Shape {
    Shape { each: Some(shape), ..NOTHING }
}

/// Mends the keywords of a file.
pub fn correct(root: &mut Node, diagnostics: &mut Diagnostics) {
    correct_as(root, &ROOT, diagnostics);
}

fn correct_as(node: &mut Node, shape: &Shape, diagnostics: &mut Diagnostics) {
    match &mut node.json {
        Json::Array(elements) => elements.iter_mut().for_each(|element| correct_as(element, shape, diagnostics)),
        Json::Object(members) => {
            for n in 0..members.len() {
                rename_word(&mut members[n], shape, diagnostics);
                if let Some(new) = renamed(&members[n].0.text, shape, members) {
                    report_renamed(&members[n].0.span, &members[n].0.text, new, diagnostics);
                    new.clone_into(&mut members[n].0.text);
                    continue;
                }
                let (name, _) = &members[n];
                let Some(meant) = meant(&name.text, shape, members) else { continue };
                let title = format!("`{}` is not a keyword", name.text);
                diagnostics.report(DiagnosticCode::E0101, &name.span, title, format!("did you mean `{meant}`?"));
                meant.clone_into(&mut members[n].0.text);
            }
            for (name, value) in members {
                let under = shape.under.iter().find(|(keyword, _)| *keyword == name.text).map(|(_, inner)| *inner);
                if let Some(inner) = under.or(shape.each) {
                    correct_as(value, inner, diagnostics);
                }
            }
        }
        _ => {}
    }
}

/// Returns the keyword that replaced this one, if it has a place here and is missing.
fn renamed(word: &str, shape: &Shape, members: &[(Name, Node)]) -> Option<&'static str> {
    let (_, new) = profile::RENAMED.iter().find(|(old, _)| *old == word)?;
    (shape.has(new) && members.iter().all(|(name, _)| name.text != *new)).then_some(*new)
}

/// Replaces a word that a keyword no longer has.
fn rename_word((name, value): &mut (Name, Node), shape: &Shape, diagnostics: &mut Diagnostics) {
    let words = profile::RENAMED_WORDS.iter().find(|(keyword, _)| *keyword == name.text);
    let Some((keyword, words)) = words.filter(|(keyword, _)| shape.has(keyword)) else { return };
    let Json::Text(text) = &mut value.json else { return };
    if let Some((old, new)) = words.iter().find(|(old, _)| old == text) {
        report_renamed(&value.span, &format!("{old}` of `{keyword}"), new, diagnostics);
        (*new).clone_into(text);
    }
}

fn report_renamed(span: &Span, old: &str, new: &str, diagnostics: &mut Diagnostics) {
    let title = format!("`{old}` was renamed");
    diagnostics.report(DiagnosticCode::E0110, span, title, format!("write `{new}`"));
}

/// Returns the keyword that a word was meant to be, if it is none and that one is missing.
fn meant(word: &str, shape: &Shape, members: &[(Name, Node)]) -> Option<&'static str> {
    let mut keywords = shape.keywords.iter().copied().flatten().copied();
    // What is right is the most of it, and names are no keywords.
    if keywords.clone().any(|keyword| keyword == word) || keywords.next().is_none() {
        return None;
    }
    if !profile::belongs_to(word).is_empty() || profile::instead_of(word).is_some() {
        return None;
    }
    let nearest = names::nearest(word, fitting(shape, members))?;
    members.iter().all(|(name, _)| name.text != nearest).then_some(nearest)
}

/// Returns the keywords of what this can be, by its other keywords: what is right elsewhere is the next error here.
fn fitting(shape: &Shape, members: &[(Name, Node)]) -> impl Iterator<Item = &'static str> {
    let known: Vec<&str> = members.iter().map(|(name, _)| name.text.as_str()).filter(|word| shape.has(word)).collect();
    let fits = |keywords: &[&str]| known.iter().all(|word| keywords.contains(word));
    let any = shape.keywords.iter().any(|keywords| fits(keywords));
    let kinds: Vec<_> = shape.keywords.iter().copied().filter(|keywords| !any || fits(keywords)).collect();
    kinds.into_iter().flatten().copied()
}
