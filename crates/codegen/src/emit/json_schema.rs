//! JSON Schema, draft 2020-12, of what a definition allows: what a stock validator accepts, in standard keywords only.
//! What these can't express is described in words.

mod condition;
mod prose;

use super::json::{Json, Map};
use crate::ir::{Coded, Definition, List, Member, Object, Rule, Scalar, ScalarKind, ServiceModel, Type};

pub(super) use prose::{code, table};

/// Makes schemas in one of two styles.
#[derive(Clone, Copy)]
pub struct Schemas<'a> {
    family: &'a ServiceModel,
    /// Makes the reference to a definition; without it, each reference is replaced by the definition.
    refer: Option<&'a dyn Fn(&Type) -> String>,
    /// What becomes of the schema's own descriptions.
    text: fn(&str) -> String,
}

impl std::fmt::Debug for Schemas<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Schemas").field("refers", &self.refer.is_some()).finish_non_exhaustive()
    }
}

/// A schema: what it is in words, and every other keyword.
#[derive(Debug)]
pub struct Schema {
    /// The description.
    pub doc: String,
    /// The keywords behind it.
    pub keywords: Map,
}

impl Schema {
    /// Returns all of it, the description first, as far as there is one.
    #[must_use]
    pub fn whole(self) -> Map {
        let doc = Some(self.doc).filter(|doc| !doc.is_empty());
        Map::new().maybe("description", doc).and(self.keywords)
    }

    /// Returns the same, with a text of whoever refers to it in front of its own, unless it says so itself.
    fn under(self, doc: &str) -> Self {
        let doc = if self.doc.starts_with(doc) { self.doc } else { prose::paragraphs([doc.to_owned(), self.doc]) };
        Self { doc, ..self }
    }
}

impl<'a> Schemas<'a> {
    /// Returns each schema is self-contained, without a reference.
    #[must_use]
    pub fn bundled(family: &'a ServiceModel) -> Self {
        Self { family, refer: None, text: str::to_owned }
    }

    /// Definitions refer to one another. Descriptions are markdown, and come out of `text`.
    #[must_use]
    pub fn referring(family: &'a ServiceModel, refer: &'a dyn Fn(&Type) -> String, text: fn(&str) -> String) -> Self {
        Self { family, refer: Some(refer), text }
    }

    /// Returns the schema of what a type refers to.
    ///
    /// # Errors
    /// No such definition: an internal error of the generator.
    pub fn definition(&self, ty: &Type) -> Result<Schema, String> {
        match self.family.definition(ty) {
            Some(Definition::Scalar(scalar)) => Ok(self.scalar(scalar)),
            Some(Definition::List(list)) => self.list(list),
            Some(Definition::Object(object)) => self.object(object),
            None => Err(format!("nothing defines {}", ty.name)),
        }
    }

    /// Returns the schema of a scalar.
    #[must_use]
    pub fn scalar(&self, scalar: &Scalar) -> Schema {
        let keywords = Map::new().with("type", "string").and(limits(&scalar.kind));
        let doc = prose::paragraphs([(self.text)(&scalar.doc), prose::scalar(scalar)]);
        Schema { doc, keywords }
    }

    /// Returns the schema of a list.
    ///
    /// # Errors
    /// If it refers to a definition that does not exist: an internal error of the generator.
    pub fn list(&self, list: &List) -> Result<Schema, String> {
        let keywords = Map::new()
            .with("type", "array")
            .with("items", self.place(&list.item)?.whole())
            .maybe("minItems", Some(list.min).filter(|min| *min > 0))
            .maybe("maxItems", list.max);
        Ok(Schema { doc: (self.text)(&list.doc), keywords })
    }

    /// Returns the schema of an object, with all its conditions.
    ///
    /// # Errors
    /// If it refers to a definition that does not exist: an internal error of the generator.
    pub fn object(&self, object: &Object) -> Result<Schema, String> {
        let mut properties = Map::new();
        for member in &object.members {
            properties = properties.with(&member.wire, self.member(object.coded.as_ref(), member)?);
        }
        let required: Vec<_> = object.members.iter().filter(|it| it.required).map(|it| &it.wire).collect();
        let always = required.first().copied();
        let keywords = Map::new()
            .with("type", "object")
            .with("properties", properties)
            .maybe("required", Some(required).filter(|it| !it.is_empty()))
            .and(aside(always, conditions(object)));
        let table = object.coded.as_ref().map(|it| prose::codes(it, self.text)).unwrap_or_default();
        let rules = object.rules.iter().map(prose::rule);
        let doc = prose::paragraphs([(self.text)(&object.doc)].into_iter().chain(rules).chain([table]));
        Ok(Schema { doc, keywords })
    }

    fn member(&self, coded: Option<&Coded>, member: &Member) -> Result<Map, String> {
        let place = self.place(&member.ty)?;
        let doc = (self.text)(&member.doc);
        let schema = if member.required {
            place.under(&doc).whole()
        } else {
            let null = Map::new().with("type", "null");
            let keywords = Map::new().with("anyOf", vec![place.whole(), null]).maybe("default", member.default.clone());
            Schema { doc, keywords }.whole()
        };
        // Any code is valid; these are known.
        let known = coded.filter(|coded| coded.template.code.0 == member.wire);
        Ok(schema.maybe("examples", known.map(|coded| coded.rows.iter().map(|row| &row.wire).collect::<Json>())))
    }

    /// Returns a reference, or what it refers to.
    fn place(&self, ty: &Type) -> Result<Schema, String> {
        match self.refer {
            Some(refer) => Ok(Schema { doc: String::new(), keywords: Map::new().with("$ref", refer(ty)) }),
            None => self.definition(ty),
        }
    }
}

fn limits(kind: &ScalarKind) -> Map {
    let lengths = |min: usize, max: usize| Map::new().with("minLength", min).with("maxLength", max);
    match kind {
        ScalarKind::Text { min, max, .. } => lengths(*min, *max),
        ScalarKind::Formed { min, max, form } => lengths(*min, *max).and(pattern(form.pattern())),
        ScalarKind::Message { max } | ScalarKind::Code { max } => lengths(1, *max),
        ScalarKind::Words(words) => Map::new().with("enum", words.iter().map(|it| &it.wire).collect::<Json>()),
        ScalarKind::Integer { pattern: written, .. } => pattern(written),
        ScalarKind::Boolean => Map::new().with("enum", vec!["true", "false"]),
        ScalarKind::Builtin(written) => Map::new()
            .maybe("format", written.format)
            .and(pattern(written.pattern))
            .with("examples", vec![written.example]),
    }
}

/// Returns the conditions of an object, all of which apply always, where generators of code do not look: with `allOf`
/// beside `properties`, some make a type without the members, and some fail.
///
/// They depend on a member that is always there. An object without one says the same by two negations.
fn aside(always: Option<&String>, mut conditions: Vec<Map>) -> Map {
    let Some(last) = conditions.pop() else { return Map::new() };
    let all = if conditions.is_empty() {
        last
    } else {
        conditions.push(last);
        Map::new().with("allOf", conditions)
    };
    match always {
        Some(member) => Map::new().with("dependentSchemas", Map::new().with(member, all)),
        // `oneOf`, since typify does not look into one that is negated.
        None => Map::new().with("not", Map::new().with("oneOf", vec![Map::new().with("not", all)])),
    }
}

/// Returns a pattern, and that the text has no line feed: to some engines, `$` is before a line feed at the end, too.
/// None of the patterns matches a line feed itself.
fn pattern(pattern: &str) -> Map {
    Map::new().with("pattern", pattern).with("not", Map::new().with("pattern", "\\n"))
}

fn conditions(object: &Object) -> Vec<Map> {
    let agreement = object.coded.iter().flat_map(condition::agreement);
    let rules = object.rules.iter().filter_map(|rule| match rule {
        Rule::When { tests, then } => Some(condition::when(tests, then)),
        Rule::OmittedIfEqual(_) | Rule::Compare(_) => None,
    });
    agreement.chain(rules).collect()
}
