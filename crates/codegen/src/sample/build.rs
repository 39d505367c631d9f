//! Values of a type, and changes to them that keep each member of its type.

use serde_json::{Map, Value, json};

use super::{Fill, Size, Wish, scalar};
use crate::ir::{Coded, Definition, Family, List, Member, Object, Row, Type};
use crate::size::MOST_BYTES;

/// A value of a type, the n-th where several stand in a row. Its conditions may not hold yet.
pub(super) fn value(family: &Family, ty: &Type, wish: Wish, n: usize) -> Value {
    within(family, ty, wish, n, &mut MOST_BYTES.saturating_sub(family.sizes.get(ty).bytes))
}

/// The same of a member that a message with so many bytes left can have; takes what it needs of them. Nothing where even
/// the smallest one does not fit.
pub(super) fn fitting(family: &Family, member: &Member, wish: Wish, room: &mut usize) -> Option<Value> {
    *room = room.checked_sub(family.sizes.member(&member.wire, &member.ty))?;
    Some(within(family, &member.ty, wish, 1, room))
}

/// The same with so many bytes more than the smallest value has. What does not fit is smaller or not there.
pub(super) fn within(family: &Family, ty: &Type, wish: Wish, n: usize, room: &mut usize) -> Value {
    match family.definition(ty) {
        Some(Definition::Scalar(scalar)) => {
            let least = family.sizes.get(ty).bytes;
            let texts = [wish.size, Size::Usual, Size::Least].map(|size| json!(scalar::text(scalar, size, n)));
            let more = |text: &Value| length(text).saturating_sub(least);
            let text = texts.iter().find(|text| more(text) <= *room).unwrap_or(&texts[2]);
            *room = room.saturating_sub(more(text));
            text.clone()
        }
        Some(Definition::Object(object)) => self::object(family, object, wish, n, room),
        Some(Definition::List(list)) => self::list(family, list, wish, room),
        None => Value::Null,
    }
}

/// The bytes of a value in JSON.
pub(super) fn length(value: &Value) -> usize {
    value.to_string().len()
}

fn object(family: &Family, object: &Object, wish: Wish, n: usize, room: &mut usize) -> Value {
    if let Some(row) = object.coded.as_ref().and_then(|coded| coded.rows.first()) {
        let value = coded(family, object, row, wish);
        *room = room.saturating_sub(length(&value));
        return value;
    }
    let mut members = Map::new();
    for member in &object.members {
        let value = if member.required {
            Some(within(family, &member.ty, wish, n, room))
        } else if wish.fill == Fill::All {
            let least = family.sizes.member(&member.wire, &member.ty);
            room.checked_sub(least).map(|left| {
                *room = left;
                within(family, &member.ty, wish, n, room)
            })
        } else {
            None
        };
        members.extend(value.map(|value| (member.wire.clone(), value)));
    }
    members.into()
}

/// A result object of a row of its table.
fn coded(family: &Family, object: &Object, row: &Row, wish: Wish) -> Value {
    let Some(coded) = &object.coded else { return Value::Null };
    let mut value = ending(coded, &row.wire, status_word(coded, row));
    if let (Fill::All, Some(message)) = (wish.fill, message(object, coded)) {
        let text = match wish.size {
            Size::Usual => json!(row.message),
            Size::Least | Size::Most => self::value(family, &message.ty, wish, 1),
        };
        value[message.wire.as_str()] = text;
    }
    value
}

fn message<'a>(object: &'a Object, coded: &Coded) -> Option<&'a Member> {
    object.members.iter().find(|member| member.rust == coded.mould.message)
}

/// A result object of a code and a status.
pub(super) fn ending(coded: &Coded, code: &str, status: &str) -> Value {
    let mould = &coded.mould;
    Map::from_iter([(mould.status.0.clone(), json!(status)), (mould.code.0.clone(), json!(code))]).into()
}

/// The result object of the n-th row, with the table's message.
pub(super) fn row(family: &Family, ty: &Type, row: usize) -> Value {
    let object = family.object_of(ty);
    let row = object.and_then(|object| Some((object, object.coded.as_ref()?.rows.get(row)?)));
    let wish = Wish { fill: Fill::All, size: Size::Usual };
    row.map_or(Value::Null, |(object, row)| coded(family, object, row, wish))
}

/// The status word that goes with a row.
pub(super) fn status_word<'a>(coded: &'a Coded, row: &Row) -> &'a str {
    let word = coded.mould.words.iter().find(|word| word.rust == row.status);
    word.map_or("", |word| word.wire.as_str())
}

/// A code that a table lacks.
pub(super) fn unlisted(coded: &Coded) -> String {
    let fits = |text: &str| text.chars().take(coded.mould.code_max).collect::<String>();
    let numbered = (0..=coded.rows.len()).map(|n| fits(&format!("{n}_UNLISTED_CODE")));
    let mut all = std::iter::once(fits("UNLISTED_CODE")).chain(numbered);
    all.find(|text| coded.rows.iter().all(|row| row.wire != *text)).unwrap_or_default()
}

/// The longest list that is made, unless it has to be longer.
pub(super) const MOST_ELEMENTS: usize = 1000;

fn list(family: &Family, list: &List, wish: Wish, room: &mut usize) -> Value {
    let usual = match wish.fill {
        Fill::All => 2,
        Fill::Required => 1,
    };
    let count = match wish.size {
        Size::Usual => usual.max(list.min).min(list.max.unwrap_or(usize::MAX)),
        Size::Least => list.min,
        Size::Most => list.max.unwrap_or(list.min.saturating_add(usual)),
    };
    // Where the limit is greater, no message shows it.
    let count = count.min(MOST_ELEMENTS.max(list.min));
    let element = family.sizes.get(&list.item).bytes.saturating_add(1);
    let more = count.saturating_sub(list.min).min(*room / element);
    *room -= more * element;
    in_row(family, list, wish, count.min(list.min + more), room)
}

/// So many elements of a list, as short as they can be; nothing where no message can have them.
pub(super) fn elements(family: &Family, list: &List, count: usize) -> Option<Value> {
    let element = family.sizes.get(&list.item).bytes.saturating_add(1);
    let mut room = MOST_BYTES.checked_sub(element.checked_mul(count)?)?;
    Some(in_row(family, list, Wish::SHORT, count, &mut room))
}

/// So many elements: the first as wished, the others as short as they can be.
fn in_row(family: &Family, list: &List, wish: Wish, count: usize, room: &mut usize) -> Value {
    let wish = |n| if n == 1 { wish } else { Wish::SHORT };
    (1..=count).map(|n| within(family, &list.item, wish(n), n, room)).collect()
}

/// Makes a member be there, and every object on the way to it.
pub(super) fn give(family: &Family, ty: &Type, value: &mut Value, path: &[String]) -> Option<()> {
    let (object, members, name) = inside(family, ty, value, path)?;
    let member = object.member(name)?;
    let there = members.entry(name.clone()).or_insert(Value::Null);
    if there.is_null() {
        *there = self::value(family, &member.ty, Wish::SHORT, 1);
    }
    Some(())
}

/// Makes a member be a word, and every object on the way to it be there. A code brings its status along, and a status
/// a code.
pub(super) fn say(family: &Family, ty: &Type, value: &mut Value, path: &[String], word: &str) -> Option<()> {
    let (object, members, name) = inside(family, ty, value, path)?;
    let Some(coded) = &object.coded else {
        object.member(name)?;
        members.insert(name.clone(), json!(word));
        return Some(());
    };
    let row = if *name == coded.mould.code.0 {
        coded.rows.iter().find(|row| row.wire == word)
    } else {
        coded.rows.iter().find(|row| status_word(coded, row) == word)
    };
    let new = match row {
        Some(row) => ending(coded, &row.wire, status_word(coded, row)),
        None if *name == coded.mould.status.0 => ending(coded, &unlisted(coded), word),
        None => return None,
    };
    if let Value::Object(new) = new {
        members.extend(new);
    }
    message(object, coded).and_then(|message| members.remove(&message.wire));
    Some(())
}

/// The object that holds the last name of a path, and the members that are there; made where it is missing.
fn inside<'a, 'v, 'p>(
    family: &'a Family,
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
        *inner = self::value(family, &member.ty, Wish::SHORT, 1);
    }
    inside(family, &member.ty, inner, rest)
}
