//! The member names of a JSON text in their order, which a sorted map does not keep.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A JSON Pointer for each member; that of an object comes before those of its members.
#[derive(Debug)]
pub(crate) struct Names(pub(crate) Vec<String>);

impl Names {
    pub(crate) fn of(text: &[u8]) -> Self {
        serde_json::from_slice(text).unwrap()
    }

    /// Returns the names of the members of the object at a pointer.
    pub(crate) fn inside(&self, pointer: &str) -> Vec<String> {
        let inside = |name: &String| Some(name.strip_prefix(pointer)?.strip_prefix('/')?.to_owned());
        self.0.iter().filter_map(inside).filter(|name| !name.contains('/')).collect()
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Names;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Names, A::Error> {
        let mut all = Vec::new();
        while let Some((name, Names(inner))) = members.next_entry::<String, Names>()? {
            let place = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            all.extend(std::iter::once(place.clone()).chain(inner.iter().map(|inner| format!("{place}{inner}"))));
        }
        Ok(Names(all))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Names, A::Error> {
        while elements.next_element::<Names>()?.is_some() {}
        Ok(Names(Vec::new()))
    }

    fn visit_unit<E>(self) -> Result<Names, E> {
        Ok(Names(Vec::new()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Names, E> {
        Ok(Names(Vec::new()))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Names, E> {
        Ok(Names(Vec::new()))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Names, E> {
        Ok(Names(Vec::new()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Names, E> {
        Ok(Names(Vec::new()))
    }

    fn visit_str<E>(self, _: &str) -> Result<Names, E> {
        Ok(Names(Vec::new()))
    }
}
