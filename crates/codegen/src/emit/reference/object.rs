//! An object: its members in a table, and its rules in words.

use super::codes;
use super::markdown::{Page, code, in_row, prose};
use super::pages::{Pages, in_order};
use crate::emit::json::Json;
use crate::ir::{
    Coded, Definition, File, List, Member, Object, Obligation, Rule, ScalarKind, ServiceModel, Type, TypeKind,
};
use crate::prose;
use crate::sample;

/// What is said of codes that a table lacks.
const UNLISTED: &str = "A code that is not listed is valid, and is never taken for a success.";

/// Returns what is said of all codes of a table.
pub(super) fn heading(pages: &Pages, from: &str, coded: &Coded) -> String {
    let base = pages.link(from, &coded.base);
    let fewer = prose::statuses(coded);
    format!("The members of {base}, with these codes.{fewer} {UNLISTED}")
}

/// What is said of required, optional and conditional members.
const LEGEND: &str = "M: every message has it. O: it may be left out, or `null`. C: the same, as its condition says. An empty text is never valid.";

/// All that is to be said of an object below its heading.
pub(super) fn body(family: &ServiceModel, pages: &Pages, from: &str, file: &File, object: &Object, page: &mut Page) {
    page.paragraph(&prose(&object.doc));
    let ty = sample::own_type(file, &object.name);
    match &object.coded {
        Some(coded) => {
            page.paragraph(&heading(pages, from, coded));
            codes::plain(coded, page);
        }
        None => members(family, pages, from, object, page),
    }
    if object.template.is_some() {
        page.paragraph("What refers to it gives it a table of codes, which says the status of each.");
    }
    page.paragraph(&users(family, pages, from, &ty).unwrap_or_default());
    if let (None, Some(message)) = (&object.template, sample::example(family, &ty)) {
        page.paragraph("For example:");
        page.json(&Json::typed(family, &ty, message).print());
    }
}

/// All that is to be said of a list below its heading.
pub(super) fn list(family: &ServiceModel, pages: &Pages, from: &str, file: &File, list: &List, page: &mut Page) {
    page.paragraph(&prose(&list.doc));
    let item = ty(family, pages, from, &list.item);
    page.paragraph(&format!("An array of {}, each: {item}.", elements(list)));
    let ty = Type { file: file.index, name: list.name.clone(), rust: list.rust.clone(), kind: TypeKind::List };
    page.paragraph(&users(family, pages, from, &ty).unwrap_or_default());
}

/// The members of an object, and its rules.
pub(super) fn members(family: &ServiceModel, pages: &Pages, from: &str, object: &Object, page: &mut Page) {
    if object.members.is_empty() {
        page.paragraph("It has no members: `{}`.");
        return;
    }
    page.paragraph(LEGEND);
    let rows: Vec<[String; 5]> = object.members.iter().map(|it| row(family, pages, from, object, it)).collect();
    page.table(["Parameter", "Type", "Required", "Length or values", "Description"], &rows);
    let rules = rules(object);
    if !rules.is_empty() {
        page.paragraph("Rules:");
        page.bullets(&rules);
    }
}

fn row(family: &ServiceModel, pages: &Pages, from: &str, object: &Object, member: &Member) -> [String; 5] {
    let conditions = conditions(object, member);
    let required = match (member.required, conditions.is_empty()) {
        (true, _) => "M",
        (false, false) => "C",
        (false, true) => "O",
    };
    let default = member.default.as_ref().map(|value| format!("Default: {}.", code(value)));
    let parts = [prose(&member.doc)].into_iter().chain(default).chain(conditions);
    [
        code(&member.wire),
        ty(family, pages, from, &member.ty),
        required.into(),
        limits(family, &member.ty),
        parts.collect::<Vec<_>>().join("<br>"),
    ]
}

/// Returns the type on the wire, with a link to its definition.
pub(super) fn ty(family: &ServiceModel, pages: &Pages, from: &str, ty: &Type) -> String {
    let link = pages.link(from, ty);
    match family.definition(ty) {
        Some(Definition::Scalar(scalar)) => {
            let travels = match scalar.kind {
                ScalarKind::Integer { .. } => "Integer, as a string",
                ScalarKind::Boolean => "Boolean, as a string",
                _ => "String",
            };
            format!("{travels}: {link}")
        }
        Some(Definition::Object(_)) => format!("{link} object"),
        Some(Definition::List(list)) => format!("{link}: array of {}", self::ty(family, pages, from, &list.item)),
        None => code(&ty.name),
    }
}

fn limits(family: &ServiceModel, ty: &Type) -> String {
    match family.definition(ty) {
        Some(Definition::Scalar(scalar)) => {
            prose::limits(scalar).unwrap_or_else(|| format!("such as {}", code(&sample::text(scalar))))
        }
        Some(Definition::List(list)) => elements(list),
        Some(Definition::Object(_)) | None => String::new(),
    }
}

pub(super) fn elements(list: &List) -> String {
    prose::elements(list.min, list.max)
}

/// Returns what the rules of an object say of one of its members.
fn conditions(object: &Object, member: &Member) -> Vec<String> {
    let own = |path: &[String]| path == [member.wire.as_str()];
    let mut all = Vec::new();
    for rule in &object.rules {
        match rule {
            Rule::When { tests, then: Obligation::Members(members) } => {
                let own = members.iter().filter(|it| own(&it.path));
                all.extend(own.map(|it| format!("**{}**.", capital(&prose::presence(it, tests)))));
            }
            Rule::When { tests, then: Obligation::AtLeastOne(names) } if names.contains(&member.wire) => {
                let of = prose::among(names, "and");
                all.push(format!("**At least one of {of}{}**.", prose::premise(tests)));
            }
            Rule::When { tests, then: Obligation::ExactlyOne(names) } if names.contains(&member.wire) => {
                let of = prose::among(names, "and");
                all.push(format!("**Exactly one of {of}{}**.", prose::premise(tests)));
            }
            Rule::OmittedIfEqual(differs) if differs.member == member.wire => {
                let (part, other) = (code(&differs.part), code(&differs.from));
                all.push(format!("**Only where its {part} differs from that of {other}**; absent, it is as {other}."));
            }
            Rule::When { .. } | Rule::OmittedIfEqual(_) | Rule::Compare(_) => {}
        }
    }
    all
}

/// Returns all rules over several members.
fn rules(object: &Object) -> Vec<String> {
    let rule = |rule: &Rule| match rule {
        Rule::When { tests, then } => prose::condition(tests, then),
        Rule::OmittedIfEqual(differs) => prose::differs(differs),
        Rule::Compare(compares) => format!("{}, where both are there", prose::comparison(compares)),
    };
    object.rules.iter().map(|it| format!("{}.", capital(&rule(it)))).collect()
}

/// Returns a text with a capital at its start, unless it starts with a name.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + chars.as_str()
}

/// Returns the members that hold a type, each with a link to the object around it; `None` where none does.
pub(super) fn users(family: &ServiceModel, pages: &Pages, from: &str, ty: &Type) -> Option<String> {
    let mut all = Vec::new();
    for file in in_order(family) {
        let here = |name: &str| Type { file: file.index, name: name.into(), rust: String::new(), kind: ty.kind };
        for object in &file.objects {
            let holds = |it: &&Member| it.ty.file == ty.file && it.ty.name == ty.name;
            let names: Vec<&String> = object.members.iter().filter(holds).map(|it| &it.wire).collect();
            if !names.is_empty() {
                all.push(format!("{} ({})", pages.link(from, &here(&object.name)), in_row(names)));
            }
            let base = object.coded.as_ref().map(|coded| &coded.base);
            if base.is_some_and(|base| base.file == ty.file && base.name == ty.name) {
                all.push(pages.link(from, &here(&object.name)));
            }
        }
        let lists = file.lists.iter().filter(|list| list.item.file == ty.file && list.item.name == ty.name);
        all.extend(lists.map(|list| pages.link(from, &here(&list.name))));
    }
    (!all.is_empty()).then(|| format!("Used by {}.", prose::listed(&all, "and")))
}
