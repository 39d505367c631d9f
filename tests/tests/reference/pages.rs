//! The pages of the reference: nothing is lost on the way to them, every link leads somewhere, and no text of a schema
//! becomes markup.

use std::collections::{BTreeMap, HashSet};
use std::path::{Component, Path, PathBuf};

use alipayplus_codegen::documents;
use alipayplus_codegen::ir::{
    Coded, File, Member, Object, Operation, Scalar, ScalarKind, ServiceModel, Type, TypeKind,
};
use alipayplus_codegen::output::Files;
use alipayplus_tests::{fixture, schemas, snapshots};

use crate::hand;
use crate::page::Page;
use crate::samples::{families, lowered};

const FOLDER: &str = "docs/reference";

/// The families, and the one of every construct.
fn all() -> impl Iterator<Item = (String, ServiceModel)> {
    let lowered = families().map(|(name, sources)| (name, lowered(&sources)));
    lowered.chain([("by hand".to_owned(), hand::family().0)])
}

/// The pages of a family by their names, and all files beside them.
fn pages(family: &ServiceModel) -> (BTreeMap<String, Page>, Files) {
    let files = documents(family).unwrap();
    let of = |(path, text): (&PathBuf, &String)| {
        let name = path.strip_prefix(FOLDER).ok()?.to_str()?.to_owned();
        Some((name, Page::of(text)))
    };
    (files.iter().filter_map(of).collect(), files)
}

/// A path without `..`.
fn resolved(path: &Path) -> PathBuf {
    let mut all = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            all.pop();
        } else {
            all.push(part);
        }
    }
    all
}

#[test]
fn every_link_leads_somewhere() {
    for (name, family) in all() {
        let (pages, files) = pages(&family);
        for (page, parsed) in &pages {
            for link in parsed.links.iter().filter(|link| !link.starts_with("https://")) {
                let (to, anchor) = link.split_once('#').map_or((link.as_str(), None), |(to, at)| (to, Some(at)));
                let to = if to.is_empty() { page } else { to };
                let path = resolved(&Path::new(FOLDER).join(to));
                assert!(files.keys().any(|file| file.starts_with(&path)), "{name}, {page}: {link} leads nowhere");
                let there = anchor.is_none_or(|anchor| pages[to].anchors().iter().any(|it| it == anchor));
                assert!(there, "{name}, {page}: {link} is none of {:?}", pages[to].anchors());
            }
        }
        // Every page is reached from the index.
        let mut reached = HashSet::from(["README.md"]);
        let mut next = vec!["README.md"];
        while let Some(page) = next.pop() {
            let links = pages[page].links.iter().map(|link| link.split('#').next().unwrap());
            next.extend(links.filter(|to| pages.contains_key(*to) && reached.insert(to)));
        }
        assert_eq!(reached.len(), pages.len(), "{name}: only {reached:?} are reached");
    }
}

#[test]
fn no_text_becomes_markup() {
    for (name, family) in all() {
        for (page, parsed) in pages(&family).0 {
            let (comment, rest) = parsed.html.split_first().unwrap();
            assert!(comment.starts_with("<!-- @generated from schema"), "{name}, {page}: {comment}");
            let own = ["<br>", "<code>", "</code>"];
            assert!(rest.iter().all(|html| own.contains(&html.as_str())), "{name}, {page}: {rest:?}");
            assert_eq!(parsed.headings.iter().filter(|it| it.is_empty()).count(), 0, "{name}, {page}");
        }
    }
}

/// What is read of a text, whatever of it is emphasis or code.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !"`*_".contains(*c)).collect()
}

#[track_caller]
fn assert_said(page: &Page, text: &str, what: &str) {
    assert!(bare(&page.text).contains(&bare(text)), "{what}: {text:?} is not on the page");
}

#[test]
fn nothing_is_lost() {
    for (name, family) in all() {
        let (pages, _) = pages(&family);
        for file in &family.files {
            let own = &pages[&format!("{}.md", Path::new(&file.source).file_stem().unwrap().to_str().unwrap())];
            let page = |of: &str| match file.operation {
                Some(_) => own,
                None => pages.iter().find(|(_, page)| page.headings[0] == of).unwrap().1,
            };
            for object in &file.objects {
                assert_object(page(&object.name), &family, object, &name);
            }
            for list in &file.lists {
                let page = page(&list.name);
                assert_said(page, &list.doc, &name);
                let bounds = [Some(list.min), list.max].into_iter().flatten().filter(|bound| *bound > 0);
                bounds.for_each(|bound| assert!(page.text.contains(&format!("{bound} ")), "{name}: {}", list.name));
            }
            file.scalars.iter().for_each(|scalar| assert_scalar(own, scalar, &name));
            if let Some(operation) = &file.operation {
                assert_operation(own, &family, file, operation, &name);
                let index: Vec<_> = pages["README.md"].rows(&operation.name).collect();
                assert!(index.iter().any(|row| row[2] == format!("{} {}", operation.method, operation.path)));
            }
        }
    }
}

fn assert_object(page: &Page, family: &ServiceModel, object: &Object, of: &str) {
    assert_said(page, &object.doc, of);
    if let Some(coded) = &object.coded {
        return assert_codes(page, coded, of);
    }
    for member in &object.members {
        let what = format!("{of}, {}.{}", object.name, member.wire);
        let rows = page.rows(&member.wire);
        let row = rows.into_iter().find(|row| row.len() == 5 && bare(&row[4]).starts_with(&bare(&member.doc)));
        let row = row.unwrap_or_else(|| panic!("{what} has no row"));
        assert!(row[1].contains(&member.ty.name), "{what}: {row:?}");
        assert_eq!(row[2] == "M", member.required, "{what}: {row:?}");
        assert!(member.default.as_ref().is_none_or(|default| row[4].contains(default)), "{what}: {row:?}");
        let scalars = family.files[member.ty.file].scalars.iter();
        for bound in scalars.filter(|it| it.name == member.ty.name).flat_map(bounds) {
            assert!(row[3].contains(&bound), "{what}: {row:?} does not say {bound}");
        }
    }
}

/// What a scalar's limits have to name.
fn bounds(scalar: &Scalar) -> Vec<String> {
    match &scalar.kind {
        ScalarKind::Text { min, max, .. } => vec![min.to_string(), max.to_string()],
        ScalarKind::Formed { min, max, form } => vec![min.to_string(), max.to_string(), form.pattern().to_owned()],
        ScalarKind::Message { max } | ScalarKind::Code { max } => vec!["1".into(), max.to_string()],
        ScalarKind::Integer { min, max, .. } => vec![min.to_string(), max.to_string()],
        ScalarKind::Words(words) => words.iter().map(|word| word.wire.clone()).collect(),
        ScalarKind::Boolean => vec!["true".into(), "false".into()],
        ScalarKind::Builtin(written) => vec![written.example.into()],
    }
}

fn assert_scalar(page: &Page, scalar: &Scalar, of: &str) {
    let row = page.rows(&scalar.name).find(|row| row.len() == 4).unwrap_or_else(|| panic!("{of}, {}", scalar.name));
    assert!(bare(&row[3]).starts_with(&bare(&scalar.doc)), "{of}, {}: {row:?}", scalar.name);
    match &scalar.kind {
        ScalarKind::Builtin(written) => {
            assert!(row[1].contains(written.pattern), "{of}: {row:?}");
            assert_eq!(row[2], written.example);
        }
        _ => bounds(scalar).iter().for_each(|bound| assert!(row[1].contains(bound), "{of}: {row:?}")),
    }
    assert_eq!(row[3].contains("must not be printed"), scalar.sensitive, "{of}: {row:?}");
}

fn assert_codes(page: &Page, coded: &Coded, of: &str) {
    for row in &coded.rows {
        let status = coded.template.words.iter().find(|word| word.rust == row.status).unwrap();
        let found = page
            .rows(&row.wire)
            .any(|found| found.len() >= 3 && found[1] == status.wire && bare(&found[2]) == bare(&row.message));
        assert!(found, "{of}: {} has no row", row.wire);
    }
}

fn assert_operation(page: &Page, family: &ServiceModel, file: &File, operation: &Operation, of: &str) {
    assert_eq!(page.headings[0], operation.name);
    assert_said(page, &operation.doc, of);
    let fact = |name: &str| bare(&page.rows(name).next().unwrap()[1]);
    assert_eq!(fact("Asked by"), bare(&operation.client));
    assert_eq!(fact("Answered by"), bare(&operation.server));
    assert!(fact("HTTP").starts_with(&bare(&format!("{} {}", operation.method, operation.path))));
    assert_eq!(fact("The caller waits for"), format!("{}s", operation.timeout_seconds));
    let by = operation.idempotent_by.as_deref();
    assert!(by.is_none_or(|by| fact("Repeating a request").contains(by)), "{of}: {by:?}");
    for outcome in &operation.outcomes {
        let wanted = format!("{}\n", outcome.name);
        let row = page.tables.iter().flatten().find(|row| row[0].starts_with(&wanted)).unwrap();
        assert!(bare(&row[0]).ends_with(&bare(&outcome.doc)), "{of}: {row:?}");
        assert!(outcome.when.iter().all(|selector| row[1].contains(&selector.member)), "{of}: {row:?}");
        assert!(outcome.members.iter().all(|member| row[2].contains(&member.wire)), "{of}: {row:?}");
    }
    let response = file.object(&operation.response).unwrap();
    for member in &response.members {
        let coded = |ty: &Type| family.object_of(ty).and_then(|object| object.coded.as_ref());
        if let Some(coded) = coded(&member.ty) {
            assert!(page.headings.contains(&format!("Codes of {}", member.wire)), "{of}: {:?}", page.headings);
            assert_codes(page, coded, of);
        }
    }
    let examples = page.blocks.iter().map(|block| serde_json::from_str::<serde_json::Value>(block).unwrap());
    assert!(examples.count() >= 2, "{of}: a request and a response");
}

#[test]
fn every_construct_is_told() {
    let (family, _) = hand::family();
    let (pages, _) = pages(&family);
    let page = &pages["ask.md"];
    for text in [
        "Exactly one of byId and byMail is required.",
        "At least one of phone and fax is required if color is red or green.",
        "Fax is not allowed if byMail is there.",
        "Tip and price are required if hasTip is true.",
        "Tip is not allowed if hasTip is not there.",
        "Price.note is required, tip.note is not allowed if price.unit is EUR and color is there.",
        "Price.note is required if color is blue.",
        "From is less than until, where both are there.",
        "Tip.units is at most price.units, where both are there.",
        "Serial is required if kind is green or blue.",
        "requests with the same name are one",
        "Default: 1.",
        "Goods: array of Good object",
        "Integer, as a string: Count",
        "Boolean, as a string: Flag",
        "An array of 1 to 3 elements, each: Good object.",
    ] {
        let text = bare(text).to_lowercase();
        assert!(bare(&page.text).to_lowercase().contains(&text), "{text} is not on the page");
    }
    assert!(page.headings.contains(&"Object Good".into()) && page.headings.contains(&"List Goods".into()));
}

#[test]
fn pages_never_share_a_name() {
    let mut family = lowered(&schemas());
    let shared = family.files.iter_mut().find(|file| file.operation.is_none()).unwrap();
    shared.source = "schema/readme.json".into();
    let mut twin = shared.objects.iter().find(|object| object.coded.is_none()).unwrap().clone();
    twin.name = twin.name.to_uppercase();
    shared.objects.push(twin);
    let own = family.files.iter_mut().find(|file| file.operation.is_some()).unwrap();
    let object = |name: &str| Object { name: name.into(), doc: format!("A {name}."), ..own.objects[0].clone() };
    let twins = ["Pair", "PAIR"].map(object);
    own.objects.extend(twins);
    let mut holder = own.objects[0].members[0].clone();
    holder.ty = Type { name: "PAIR".into(), kind: TypeKind::Object, ..holder.ty };
    own.objects[0].members.push(Member { wire: "pair".into(), ..holder });
    let (pages, _) = pages(&family);
    let names: HashSet<String> = pages.keys().map(|name| name.to_lowercase()).collect();
    assert_eq!(names.len(), pages.len());
    assert!(pages.contains_key("readme-2.md"), "{:?}", pages.keys());
    let operation = pages.values().find(|page| page.headings.contains(&"Object PAIR".into())).unwrap();
    assert!(operation.anchors().contains(&"object-pair-1".into()), "{:?}", operation.anchors());
    assert!(operation.links.contains(&"#object-pair-1".into()), "{:?}", operation.links);
}

#[test]
fn a_small_page_and_its_messages() {
    let files = documents(&lowered(&fixture("condition_enum"))).unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(snapshots().join("reference"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::assert_snapshot!("page", files[Path::new("docs/reference/ask.md")]);
        insta::assert_snapshot!("messages", files[Path::new("docs/messages/ask.json")]);
    });
}

/// The file of messages says what the sampler does.
#[test]
fn the_messages_are_those_of_the_sampler() {
    for (name, family) in all() {
        let files = documents(&family).unwrap();
        for (file, operation) in family.operations() {
            let stem = Path::new(&file.source).file_stem().unwrap().to_str().unwrap();
            let text = &files[&PathBuf::from(format!("docs/messages/{stem}.json"))];
            assert!(text.ends_with("}\n") && !text.ends_with("\n\n"), "{name}");
            let found: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(found["operation"], operation.name.as_str());
            let request = alipayplus_codegen::sample::request(&family, file, operation);
            let response = alipayplus_codegen::sample::response(&family, file, operation);
            for (of, samples) in [("request", &request), ("response", &response)] {
                let valid = found[of]["valid"].as_array().unwrap();
                let expected: Vec<_> = samples.valid.iter().map(|it| (it.name.as_str(), &it.message)).collect();
                let shown: Vec<_> = valid.iter().map(|it| (it["name"].as_str().unwrap(), &it["message"])).collect();
                assert_eq!(shown, expected, "{name}");
                let ends = ["outcome", "refused", "trouble", "notUnderstood"];
                let ended = |it: &serde_json::Value| ends.iter().filter(|key| it[**key].is_string()).count();
                assert!(valid.iter().all(|it| ended(it) == usize::from(of == "response")), "{name}");
                let invalid = found[of]["invalid"].as_array().unwrap();
                assert_eq!(invalid.len(), samples.invalid.len(), "{name}");
                for (shown, case) in invalid.iter().zip(&samples.invalid) {
                    assert_eq!(shown["message"], case.message, "{name}");
                    assert_eq!(
                        (shown["at"].as_str(), shown["rule"].as_str()),
                        (Some(&*case.pointer), Some(&*case.rule))
                    );
                    assert_eq!(shown["schema"] == "valid", !case.in_schema, "{name}");
                }
            }
        }
    }
}
