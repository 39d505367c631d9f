//! Places in a message: names from the message down, an element of a list by its number.

use serde_json::Value;

use crate::ir::Predicate;

/// A place, from the message down.
pub(super) type Path = Vec<String>;

/// Returns a place as a JSON Pointer.
pub(super) fn pointer(path: &[String]) -> String {
    path.iter().flat_map(|name| ["/".to_owned(), name.replace('~', "~0").replace('/', "~1")]).collect()
}

/// Returns a place further down.
pub(super) fn join(path: &[String], rest: &[String]) -> Path {
    [path, rest].concat()
}

/// Returns the value at a place.
pub(super) fn at<'v>(message: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(message, |value, name| match value {
        Value::Object(members) => members.get(name),
        Value::Array(elements) => elements.get(name.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Returns the value at a place, to be changed.
pub(super) fn at_mut<'v>(message: &'v mut Value, path: &[String]) -> Option<&'v mut Value> {
    path.iter().try_fold(message, |value, name| match value {
        Value::Object(members) => members.get_mut(name),
        Value::Array(elements) => elements.get_mut(name.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Returns whether a member is there and not `null`.
pub(super) fn is_given(object: &Value, path: &[String]) -> bool {
    at(object, path).is_some_and(|value| !value.is_null())
}

/// Returns whether a test of an object holds. Every object on the way has to be there.
pub(super) fn holds(object: &Value, path: &[String], is: &Predicate) -> bool {
    let Some((_, way)) = path.split_last() else { return false };
    let text = || at(object, path).and_then(Value::as_str);
    at(object, way).is_some_and(Value::is_object)
        && match is {
            Predicate::OneOf(words) => text().is_some_and(|text| words.iter().any(|word| word == text)),
            Predicate::Present => is_given(object, path),
            Predicate::Absent => !is_given(object, path),
        }
}

/// Puts a value at a place. The object or list around it has to be there.
pub(super) fn put(message: &mut Value, path: &[String], value: Value) -> Option<()> {
    let Some((name, way)) = path.split_last() else {
        *message = value;
        return Some(());
    };
    match at_mut(message, way)? {
        Value::Object(members) => drop(members.insert(name.clone(), value)),
        Value::Array(elements) => *elements.get_mut(name.parse::<usize>().ok()?)? = value,
        _ => return None,
    }
    Some(())
}

/// Takes a member out.
pub(super) fn take(message: &mut Value, path: &[String]) -> Option<()> {
    let (name, way) = path.split_last()?;
    at_mut(message, way)?.as_object_mut()?.remove(name).map(drop)
}

/// Finds a value by names and, for any element of a list, `*`.
pub(super) fn locate(message: &Value, names: &[String]) -> Option<Path> {
    let mut path = upwards(message, names)?;
    path.reverse();
    Some(path)
}

/// Returns the same from the value up.
fn upwards(message: &Value, names: &[String]) -> Option<Path> {
    let Some((first, rest)) = names.split_first() else { return Some(Path::new()) };
    let below = |name: &dyn Fn() -> String, value: &Value| {
        let mut path = upwards(value, rest)?;
        path.push(name());
        Some(path)
    };
    match message {
        Value::Object(members) => below(&|| first.clone(), members.get(first).filter(|it| !it.is_null())?),
        Value::Array(elements) if first == ANY => {
            elements.iter().enumerate().find_map(|(n, element)| below(&|| n.to_string(), element))
        }
        _ => None,
    }
}

/// Any element of a list.
pub(super) const ANY: &str = "*";
