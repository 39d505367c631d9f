//! Constructs of the intermediate form that no schema of the tests has, one per test.

use alipayplus_codegen::emit::json::Map;
use alipayplus_codegen::emit::json_schema::{Schema, Schemas};
use alipayplus_codegen::ir::{
    Compare, Comparison, File, List, Member, Object, OmittedIfEqual, Rule, Scalar, ScalarKind, ServiceModel, Type,
    TypeKind,
};
use serde_json::{Value, json};

use crate::families::self_contained;

/// A reference to a definition of the one file.
pub(crate) fn ty(name: &str, kind: TypeKind) -> Type {
    Type { file: 0, name: name.to_owned(), rust: name.to_owned(), kind }
}

pub(crate) fn scalar(name: &str, kind: ScalarKind) -> Scalar {
    Scalar { name: name.to_owned(), rust: name.to_owned(), doc: format!("Doc of {name}."), kind, sensitive: false }
}

pub(crate) fn text(name: &str) -> Scalar {
    scalar(name, ScalarKind::Text { min: 1, max: 4, pairs: false })
}

pub(crate) fn member(name: &str, required: bool, ty: Type) -> Member {
    let (wire, rust, doc) = (name.to_owned(), name.to_owned(), format!("Doc of {name}."));
    Member { wire, rust, doc, limits: None, required, default: None, ty }
}

pub(crate) fn object(name: &str, members: Vec<Member>, rules: Vec<Rule>) -> Object {
    let (rust, doc) = (name.to_owned(), format!("Doc of {name}."));
    Object { file: 0, name: name.to_owned(), rust, doc, members, rules, template: None, coded: None, money: None }
}

pub(crate) fn family(scalars: Vec<Scalar>, lists: Vec<List>, objects: Vec<Object>) -> ServiceModel {
    let file = File {
        index: 0,
        module: "ask".into(),
        source: "schema/ask.json".into(),
        id: "https://example.com/ask.json".into(),
        title: "ask".into(),
        doc: "Asks.".into(),
        scalars,
        lists,
        objects,
        operation: None,
        service: None,
    };
    ServiceModel { files: vec![file], ..ServiceModel::default() }
}

fn value(schema: Schema) -> Value {
    serde_json::to_value(schema.whole()).unwrap()
}

/// The schema of the object `A` in both styles: without references, and with all definitions beside it.
fn both(family: &ServiceModel) -> [Value; 2] {
    let bundled = value(Schemas::bundled(family).definition(&ty("A", TypeKind::Object)).unwrap());
    let refer = |ty: &Type| format!("#/$defs/{}", ty.name);
    let schemas = Schemas::referring(family, &refer, str::to_owned);
    let file = &family.files[0];
    let types = file.objects.iter().map(|it| ty(&it.name, TypeKind::Object));
    let types = types.chain(file.lists.iter().map(|it| ty(&it.name, TypeKind::List)));
    let types = types.chain(file.scalars.iter().map(|it| ty(&it.name, TypeKind::Scalar)));
    let defs: Map = types.map(|ty| (ty.name.clone(), schemas.definition(&ty).unwrap().whole())).collect();
    let referring = Map::new().with("$ref", "#/$defs/A").with("$defs", defs);
    [bundled, serde_json::to_value(referring).unwrap()]
}

/// The object `A` is what these are and those are not, in both styles.
#[track_caller]
pub(crate) fn assert_verdicts(family: &ServiceModel, valid: &[Value], invalid: &[Value]) {
    for schema in both(family) {
        assert!(jsonschema::draft202012::meta::is_valid(&schema), "{schema:#}");
        let validator = self_contained(&schema);
        for value in valid {
            let errors: Vec<_> = validator.iter_errors(value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{value} is valid: {errors:?}\n{schema:#}");
        }
        for value in invalid {
            assert!(!validator.is_valid(value), "{value} is not valid\n{schema:#}");
        }
    }
}

fn list(min: usize, max: Option<usize>, item: Type) -> List {
    List { name: "L".into(), rust: "L".into(), doc: "Doc of L.".into(), item, min, max }
}

#[test]
fn a_list_of_scalars_with_bounds() {
    let a = object("A", vec![member("l", true, ty("L", TypeKind::List))], vec![]);
    let family = family(vec![text("T")], vec![list(1, Some(2), ty("T", TypeKind::Scalar))], vec![a]);
    assert_verdicts(
        &family,
        &[json!({ "l": ["a"] }), json!({ "l": ["a", "four"] })],
        &[
            json!({ "l": [] }),
            json!({ "l": ["a", "b", "c"] }),
            json!({ "l": [""] }),
            json!({ "l": [null] }),
            json!({ "l": "a" }),
            json!({ "l": null }),
            json!({}),
        ],
    );
}

#[test]
fn a_list_of_objects_without_bounds() {
    let a = object("A", vec![member("l", false, ty("L", TypeKind::List))], vec![]);
    let b = object("B", vec![member("t", true, ty("T", TypeKind::Scalar))], vec![]);
    let family = family(vec![text("T")], vec![list(0, None, ty("B", TypeKind::Object))], vec![a, b]);
    let many: Vec<_> = (0..100).map(|_| json!({ "t": "x" })).collect();
    assert_verdicts(
        &family,
        &[json!({}), json!({ "l": null }), json!({ "l": [] }), json!({ "l": many })],
        &[json!({ "l": [{}] }), json!({ "l": ["x"] }), json!({ "l": {} })],
    );
    let schema = both(&family)[0].to_string();
    assert!(!schema.contains("minItems") && !schema.contains("maxItems"), "{schema}");
}

#[test]
fn a_list_in_a_list() {
    let a = object("A", vec![member("l", true, ty("M", TypeKind::List))], vec![]);
    let outer = List { name: "M".into(), ..list(1, None, ty("L", TypeKind::List)) };
    let family = family(vec![text("T")], vec![list(0, Some(1), ty("T", TypeKind::Scalar)), outer], vec![a]);
    assert_verdicts(
        &family,
        &[json!({ "l": [[]] }), json!({ "l": [["a"], []] })],
        &[json!({ "l": [] }), json!({ "l": [["a", "b"]] }), json!({ "l": ["a"] })],
    );
}

fn of_one_scalar(kind: ScalarKind) -> ServiceModel {
    let a = object("A", vec![member("s", true, ty("S", TypeKind::Scalar))], vec![]);
    family(vec![scalar("S", kind)], vec![], vec![a])
}

#[test]
fn an_integer() {
    let family = of_one_scalar(ScalarKind::Integer { min: 1, max: 10, pattern: "^([1-9]|10)$".into() });
    let values = |all: &[Value]| all.iter().map(|it| json!({ "s": it })).collect::<Vec<_>>();
    assert_verdicts(
        &family,
        &values(&[json!("1"), json!("9"), json!("10")]),
        &values(&[json!("0"), json!("11"), json!("01"), json!("+1"), json!("1.0"), json!(""), json!(1), Value::Null]),
    );
    let said = both(&family)[0]["properties"]["s"]["description"].to_string();
    assert!(said.contains("Doc of s.") && said.contains("Doc of S.") && said.contains("from 1 to 10"), "{said}");
}

#[test]
fn a_boolean() {
    assert_verdicts(
        &of_one_scalar(ScalarKind::Boolean),
        &[json!({ "s": "true" }), json!({ "s": "false" })],
        &[json!({ "s": true }), json!({ "s": "True" }), json!({ "s": "1" }), json!({ "s": "" })],
    );
}

#[test]
fn a_default() {
    let mut quantity = member("s", false, ty("S", TypeKind::Scalar));
    quantity.default = Some("1".into());
    let family = family(vec![text("S")], vec![], vec![object("A", vec![quantity], vec![])]);
    assert_verdicts(&family, &[json!({}), json!({ "s": null }), json!({ "s": "2" })], &[json!({ "s": 1 })]);
    assert_eq!(both(&family)[0]["properties"]["s"]["default"], "1");
    assert_eq!(both(&family)[1]["$defs"]["A"]["properties"]["s"]["default"], "1");
}

#[test]
fn a_sensitive_text_is_called_so() {
    let mut family = of_one_scalar(ScalarKind::Text { min: 1, max: 4, pairs: true });
    let said = |family: &ServiceModel| both(family)[1]["$defs"]["S"]["description"].to_string();
    assert!(!said(&family).contains("Sensitive"));
    family.files[0].scalars[0].sensitive = true;
    assert!(said(&family).contains("Sensitive"));
}

#[test]
fn comparisons_are_said_in_words() {
    let path = |names: &[&str]| names.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
    let compares = |left: &[&str], is, right: &[&str]| {
        Rule::Compare(Compare { left: path(left), is, right: path(right), ty: ty("T", TypeKind::Scalar) })
    };
    let differs = OmittedIfEqual { member: "c".into(), from: "b".into(), part: "t".into(), part_rust: "t".into() };
    let rules = vec![
        compares(&["b", "t"], Comparison::AtMost, &["c", "t"]),
        compares(&["b"], Comparison::Different, &["c"]),
        Rule::OmittedIfEqual(differs),
    ];
    let members = ["b", "c"].map(|name| member(name, false, ty("B", TypeKind::Object)));
    let b = object("B", vec![member("t", true, ty("T", TypeKind::Scalar))], vec![]);
    let family = family(vec![text("T")], vec![], vec![object("A", members.into(), rules), b]);
    for schema in both(&family) {
        let a = schema.pointer("/$defs/A").unwrap_or(&schema);
        assert_eq!(
            a["description"],
            "Doc of A.\n\n`b.t` is at most `c.t`, where both are there.\n\n`b` differs from `c`, where both are there.\n\n\
             `c` travels when its `t` differs from that of `b`; where it is not there, `b` counts."
        );
        assert_eq!(a.get("allOf"), None);
    }
}

#[test]
fn what_nothing_defines_is_an_error() {
    let family = family(vec![], vec![], vec![object("A", vec![member("t", true, ty("T", TypeKind::Scalar))], vec![])]);
    let error = Schemas::bundled(&family).definition(&ty("A", TypeKind::Object)).unwrap_err();
    assert!(error.contains('T'), "{error}");
}
