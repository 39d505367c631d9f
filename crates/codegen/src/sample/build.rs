//! Values of a type, and changes to them that keep each member of its type.

use std::io;

use serde_json::{Map, Value, json};

use super::options::{Extent, Fill, Options};
use super::scalar;
use crate::ir::{Coded, Definition, List, Member, Object, Row, ServiceModel, Type};
use crate::limits::MAX_MESSAGE_BYTES;

/// Returns a value of a type, the n-th where several stand in a row. Its conditions may not hold yet.
pub(super) fn value(family: &ServiceModel, ty: &Type, options: Options, n: usize) -> Value {
    within(family, ty, options, n, &mut MAX_MESSAGE_BYTES.saturating_sub(family.sizes.get(ty).bytes))
}

/// Returns the same of a member that a message with so many bytes left can have; takes what it needs of them. Nothing
/// where even the smallest one does not fit.
pub(super) fn fitting(family: &ServiceModel, member: &Member, options: Options, room: &mut usize) -> Option<Value> {
    *room = room.checked_sub(family.sizes.member(&member.wire, &member.ty))?;
    Some(within(family, &member.ty, options, 1, room))
}

/// Returns the same with so many bytes more than the smallest value has. What does not fit is smaller or not there.
pub(super) fn within(family: &ServiceModel, ty: &Type, options: Options, n: usize, room: &mut usize) -> Value {
    match family.definition(ty) {
        Some(Definition::Scalar(scalar)) => {
            let least = family.sizes.get(ty).bytes;
            let text = |extent| Value::String(scalar::text(scalar, extent, n));
            let more = |text: &Value| length(text).saturating_sub(least);
            let mut texts = [options.extent, Extent::Typical].into_iter().map(text);
            let text = texts.find(|text| more(text) <= *room).unwrap_or_else(|| text(Extent::Min));
            *room = room.saturating_sub(more(&text));
            text
        }
        Some(Definition::Object(object)) => self::object(family, object, options, n, room),
        Some(Definition::List(list)) => self::list(family, list, options, room),
        None => Value::Null,
    }
}

/// Returns the bytes of a value in JSON.
pub(super) fn length(value: &Value) -> usize {
    let mut counted = Counted(0);
    // Neither values nor counting have a way to fail.
    serde_json::to_writer(&mut counted, value).map_or(0, |()| counted.0)
}

/// Counts what is written to it.
struct Counted(usize);

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn object(family: &ServiceModel, object: &Object, options: Options, n: usize, room: &mut usize) -> Value {
    if let Some(row) = object.coded.as_ref().and_then(|coded| coded.rows.first()) {
        let value = coded(family, object, row, options);
        *room = room.saturating_sub(length(&value));
        return value;
    }
    let mut members = Map::new();
    for member in &object.members {
        let value = if member.required {
            Some(within(family, &member.ty, options, n, room))
        } else if options.fill == Fill::All {
            let least = family.sizes.member(&member.wire, &member.ty);
            room.checked_sub(least).map(|left| {
                *room = left;
                within(family, &member.ty, options, n, room)
            })
        } else {
            None
        };
        members.extend(value.map(|value| (member.wire.clone(), value)));
    }
    members.into()
}

/// Returns a result object of a row of its table.
fn coded(family: &ServiceModel, object: &Object, row: &Row, options: Options) -> Value {
    let Some(coded) = &object.coded else { return Value::Null };
    let mut value = ending(coded, &row.wire, status_word(coded, row));
    if let (Fill::All, Some(message)) = (options.fill, message(object, coded)) {
        let text = match options.extent {
            Extent::Typical => json!(row.message),
            Extent::Min | Extent::Max => self::value(family, &message.ty, options, 1),
        };
        value[message.wire.as_str()] = text;
    }
    value
}

fn message<'a>(object: &'a Object, coded: &Coded) -> Option<&'a Member> {
    object.members.iter().find(|member| member.rust == coded.template.message)
}

/// Returns a result object of a code and a status.
pub(super) fn ending(coded: &Coded, code: &str, status: &str) -> Value {
    let template = &coded.template;
    Map::from_iter([(template.status.0.clone(), json!(status)), (template.code.0.clone(), json!(code))]).into()
}

/// Returns the result object of the n-th row, with the table's message.
pub(super) fn row(family: &ServiceModel, ty: &Type, row: usize) -> Value {
    let object = family.object_of(ty);
    let row = object.and_then(|object| Some((object, object.coded.as_ref()?.rows.get(row)?)));
    let options = Options { fill: Fill::All, extent: Extent::Typical };
    row.map_or(Value::Null, |(object, row)| coded(family, object, row, options))
}

/// Returns the status word that goes with a row.
pub(super) fn status_word<'a>(coded: &'a Coded, row: &Row) -> &'a str {
    let word = coded.template.words.iter().find(|word| word.rust == row.status);
    word.map_or("", |word| word.wire.as_str())
}

/// Returns a code that a table lacks.
pub(super) fn unlisted(coded: &Coded) -> String {
    let fits = |text: &str| text.chars().take(coded.template.code_max).collect::<String>();
    let numbered = (0..=coded.rows.len()).map(|n| fits(&format!("{n}_UNLISTED_CODE")));
    let mut all = std::iter::once(fits("UNLISTED_CODE")).chain(numbered);
    all.find(|text| coded.rows.iter().all(|row| row.wire != *text)).unwrap_or_default()
}

/// The longest list that is made, unless it has to be longer.
pub(super) const MOST_ELEMENTS: usize = 1000;

fn list(family: &ServiceModel, list: &List, options: Options, room: &mut usize) -> Value {
    let usual = match options.fill {
        Fill::All => 2,
        Fill::Required => 1,
    };
    let count = match options.extent {
        Extent::Typical => usual.max(list.min).min(list.max.unwrap_or(usize::MAX)),
        Extent::Min => list.min,
        Extent::Max => list.max.unwrap_or(list.min.saturating_add(usual)),
    };
    // Where the limit is greater, no message shows it.
    let count = count.min(MOST_ELEMENTS.max(list.min));
    let element = family.sizes.get(&list.item).bytes.saturating_add(1);
    let more = count.saturating_sub(list.min).min(*room / element);
    *room -= more * element;
    in_row(family, list, options, count.min(list.min + more), room)
}

/// Returns so many elements of a list, as short as they can be; `None` where no message can have them.
pub(super) fn elements(family: &ServiceModel, list: &List, count: usize) -> Option<Value> {
    let element = family.sizes.get(&list.item).bytes.saturating_add(1);
    let mut room = MAX_MESSAGE_BYTES.checked_sub(element.checked_mul(count)?)?;
    Some(in_row(family, list, Options::SHORT, count, &mut room))
}

/// Returns so many elements: the first as wished, the others as short as they can be.
fn in_row(family: &ServiceModel, list: &List, options: Options, count: usize, room: &mut usize) -> Value {
    let options = |n| if n == 1 { options } else { Options::SHORT };
    (1..=count).map(|n| within(family, &list.item, options(n), n, room)).collect()
}

/// Makes a member be there, and every object on the way to it.
pub(super) fn insert(family: &ServiceModel, ty: &Type, value: &mut Value, path: &[String]) -> Option<()> {
    let (object, members, name) = inside(family, ty, value, path)?;
    let member = object.member(name)?;
    let there = members.entry(name.clone()).or_insert(Value::Null);
    if there.is_null() {
        *there = self::value(family, &member.ty, Options::SHORT, 1);
    }
    Some(())
}

/// Makes a member be a word, and every object on the way to it be there. A code brings its status along, and a status
/// a code.
pub(super) fn set(family: &ServiceModel, ty: &Type, value: &mut Value, path: &[String], word: &str) -> Option<()> {
    let (object, members, name) = inside(family, ty, value, path)?;
    let Some(coded) = &object.coded else {
        object.member(name)?;
        members.insert(name.clone(), json!(word));
        return Some(());
    };
    let row = if *name == coded.template.code.0 {
        coded.rows.iter().find(|row| row.wire == word)
    } else {
        coded.rows.iter().find(|row| status_word(coded, row) == word)
    };
    let new = match row {
        Some(row) => ending(coded, &row.wire, status_word(coded, row)),
        None if *name == coded.template.status.0 => ending(coded, &unlisted(coded), word),
        None => return None,
    };
    if let Value::Object(new) = new {
        members.extend(new);
    }
    message(object, coded).and_then(|message| members.remove(&message.wire));
    Some(())
}

/// Returns the object that holds the last name of a path, and the members that are there; made where it is missing.
fn inside<'a, 'v, 'p>(
    family: &'a ServiceModel,
    ty: &Type,
    value: &'v mut Value,
    path: &'p [String],
) -> Option<(&'a Object, &'v mut Map<String, Value>, &'p String)> {
    let object = family.object_of(ty)?;
    let members = value.as_object_mut()?;
    let (first, rest) = path.split_first()?;
    if rest.is_empty() {
        return Some((object, members, first));
    }
    let member = object.member(first)?;
    let inner = members.entry(first.clone()).or_insert(Value::Null);
    if inner.is_null() {
        *inner = self::value(family, &member.ty, Options::SHORT, 1);
    }
    inside(family, &member.ty, inner, rest)
}
