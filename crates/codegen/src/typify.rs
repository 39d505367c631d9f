//! The types of members by typify: it decides which type a member of an object has, and whether the member is optional.
//!
//! typify never sees a condition and never makes a scalar. Its own text of a struct is not used: it sorts members by
//! name, has no generic types and names everything by its full path.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use serde_json::{Map, Value, json};
use typify_impl::{Type, TypeDetails, TypeSpace, TypeSpaceSettings};

use super::ir::{File, Object};

/// The types of the members of every object of a file, by the object's Rust name, in the order of the document.
pub type MemberTypes = HashMap<String, Vec<MemberType>>;

/// The type of a member.
#[derive(Debug)]
pub struct MemberType {
    /// The type, without `Option`.
    pub ty: TokenStream,
    /// Whether the member can be absent.
    pub is_optional: bool,
}

/// Returns the types of the members of a file's objects.
///
/// # Errors
/// Returns typify's own error, or what its answer lacks. Either is an internal error of the generator.
pub fn member_types(file: &File) -> Result<MemberTypes, String> {
    let mut settings = TypeSpaceSettings::default();
    let mut definitions: Map<String, Value> = Map::new();
    for object in own(file) {
        for member in &object.members {
            // Definitions of other files, and every scalar, are replaced by their names.
            if !own(file).any(|it| it.name == member.ty.name && member.ty.file == file.index) {
                settings.with_replacement(&member.ty.rust, &member.ty.rust, std::iter::empty());
                definitions.insert(member.ty.rust.clone(), json!({ "type": "string" }));
            }
        }
        definitions.insert(object.rust.clone(), schema(object));
    }
    let definitions: HashMap<String, schemars08::schema::Schema> =
        serde_json::from_value(definitions.into()).map_err(|error| error.to_string())?;
    let mut space = TypeSpace::new(&settings);
    space.add_ref_types(definitions).map_err(|error| format!("typify: {error}"))?;
    let found: HashMap<String, Type<'_>> = space.iter_types().map(|found| (found.name(), found)).collect();
    own(file).map(|object| Ok((object.rust.clone(), of_object(object, &space, &found)?))).collect()
}

/// Returns the objects that become structs with fields. A result object is an alias of its template, and of an object
/// without members typify would make a map.
fn own(file: &File) -> impl Iterator<Item = &Object> {
    file.objects.iter().filter(|object| object.coded.is_none() && !object.members.is_empty())
}

/// Returns the object as typify sees it: its members, named after their fields.
fn schema(object: &Object) -> Value {
    let property = |field: &String, rust: &String| (field.clone(), json!({ "$ref": format!("#/definitions/{rust}") }));
    let properties: Map<String, Value> = object.members.iter().map(|it| property(&it.rust, &it.ty.rust)).collect();
    let required: Vec<_> = object.members.iter().filter(|it| it.required).map(|it| &it.rust).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

fn of_object(object: &Object, space: &TypeSpace, found: &HashMap<String, Type<'_>>) -> Result<Vec<MemberType>, String> {
    let Some(TypeDetails::Struct(made)) = found.get(&object.rust).map(Type::details) else {
        return Err(format!("typify made no struct of `{}`", object.name));
    };
    let types: HashMap<&str, _> = made.properties().collect();
    let of_member = |field: &str| {
        let id = types.get(field).ok_or_else(|| format!("typify has no member `{field}` of `{}`", object.name))?;
        let found = space.get_type(id).map_err(|error| format!("typify: {error}"))?;
        let TypeDetails::Option(inner) = found.details() else {
            return Ok(MemberType { ty: found.ident(), is_optional: false });
        };
        let inner = space.get_type(&inner).map_err(|error| format!("typify: {error}"))?;
        Ok(MemberType { ty: inner.ident(), is_optional: true })
    };
    object.members.iter().map(|member| of_member(&member.rust)).collect()
}
