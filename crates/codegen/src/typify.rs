//! Object shapes by typify: it turns members into fields. It never sees a condition and never makes a scalar; its
//! output is taken apart, put in the document's order and dressed by the emitters.

use std::collections::HashMap;

use quote::ToTokens;
use serde_json::{Map, Value, json};
use syn::{Field, Fields, Item, ItemStruct};
use typify_impl::{TypeSpace, TypeSpaceSettings};

use super::ir::{File, Object};

/// The fields of every object of a file, by the object's Rust name; each list in the document's order.
pub type Shapes = HashMap<String, Vec<Field>>;

/// Makes the shapes of a file.
///
/// # Errors
/// typify's own error, or a sign that its output is not what is read back here. Either is an internal error of the generator.
pub fn structs(file: &File) -> Result<Shapes, String> {
    let mut settings = TypeSpaceSettings::default();
    settings.with_struct_builder(false);
    let mut definitions: Map<String, Value> = Map::new();
    for object in own(file) {
        for member in &object.members {
            // Definitions of other files, and every scalar, are replaced by their names.
            if !own(file).any(|it| it.name == member.ty.name && member.ty.file == file.index) {
                settings.with_replacement(&member.ty.rust, &member.ty.rust, std::iter::empty());
                definitions.insert(member.ty.rust.clone(), json!({ "type": "string" }));
            }
        }
        definitions.insert(object.rust.clone(), shape(object));
    }
    let definitions: HashMap<String, schemars08::schema::Schema> =
        serde_json::from_value(definitions.into()).map_err(|error| error.to_string())?;
    let mut space = TypeSpace::new(&settings);
    space.add_ref_types(definitions).map_err(|error| format!("typify: {error}"))?;
    if space.uses_chrono() || space.uses_regress() || space.uses_uuid() || space.uses_serde_json() {
        return Err("typify made a scalar of its own".into());
    }
    let output: syn::File = syn::parse2(space.to_stream()).map_err(|error| format!("typify's output: {error}"))?;
    let structs: Vec<&ItemStruct> =
        output.items.iter().filter_map(|item| if let Item::Struct(it) = item { Some(it) } else { None }).collect();
    own(file).map(|object| Ok((object.rust.clone(), ordered(object, &structs)?))).collect()
}

/// Returns the objects that become structs with fields. A result object is an alias of its mould, and of an object
/// without members typify would make a map.
fn own(file: &File) -> impl Iterator<Item = &Object> {
    file.objects.iter().filter(|object| object.coded.is_none() && !object.members.is_empty())
}

/// Returns the object as typify sees it: members and nothing else.
fn shape(object: &Object) -> Value {
    let property = |wire: &String, rust: &String| (wire.clone(), json!({ "$ref": format!("#/definitions/{rust}") }));
    let properties: Map<String, Value> = object.members.iter().map(|it| property(&it.wire, &it.ty.rust)).collect();
    let required: Vec<_> = object.members.iter().filter(|it| it.required).map(|it| &it.wire).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

/// typify sorts members by name: this puts them back.
fn ordered(object: &Object, structs: &[&ItemStruct]) -> Result<Vec<Field>, String> {
    let lost = |what: &str| format!("typify's output has no {what} of `{}`", object.name);
    let found = structs.iter().find(|it| it.ident == object.rust).ok_or_else(|| lost("struct"))?;
    let Fields::Named(fields) = &found.fields else { return Err(lost("fields")) };
    let by_wire = |wire: &str| fields.named.iter().find(|field| wire_name(field).as_deref() == Some(wire));
    object.members.iter().map(|member| by_wire(&member.wire).cloned().ok_or_else(|| lost(&member.wire))).collect()
}

/// Returns the name that a field has on the wire: serde's `rename`, or its own.
fn wire_name(field: &Field) -> Option<String> {
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let mut renamed = None;
        let read = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                renamed = Some(meta.value()?.parse::<syn::LitStr>()?.value());
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<syn::Lit>()?;
            }
            Ok(())
        });
        if read.is_ok() && renamed.is_some() {
            return renamed;
        }
    }
    let name = field.ident.as_ref()?.to_token_stream().to_string();
    Some(name.strip_prefix("r#").unwrap_or(&name).to_owned())
}
