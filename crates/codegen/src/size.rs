//! How large values are: the bytes of the smallest one of each definition, and how many places for values it has with
//! all that it holds. Both grow by multiplication from one definition to the next, so they are computed once for each
//! definition, before anything is built from it.

use std::collections::BTreeMap;

use super::ir::{Coded, Definition, Family, File, List, Object, Outcome, Scalar, ScalarKind, Sort, Type};
use super::sample;

/// The most bytes that a message may have: what a server takes unless its settings say otherwise.
pub const MOST_BYTES: usize = 256 * 1024;

/// The most places for values that a definition may have. Documents describe each of them.
pub const MOST_PLACES: usize = 5000;

/// The size of a definition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// The bytes of its smallest value in JSON without spaces, as far as its own bounds and `required` tell.
    pub bytes: usize,
    /// How many places for values it has: itself, its members or its elements, and what these hold.
    pub places: usize,
}

/// The sizes of definitions, by file and name.
#[derive(Debug, Default)]
pub struct Sizes(BTreeMap<(usize, String), Size>);

impl Sizes {
    /// Computes the sizes of all definitions.
    #[must_use]
    pub fn of(family: &Family) -> Self {
        let mut sizes = Self::default();
        for file in &family.files {
            for (name, sort) in names(file) {
                let ty = Type { file: file.index, name: name.to_owned(), rust: String::new(), sort };
                sizes.compute(family, &ty);
            }
        }
        sizes
    }

    /// Returns the size of a definition; nothing where it was not computed.
    #[must_use]
    pub fn get(&self, ty: &Type) -> Size {
        self.0.get(&(ty.file, ty.name.clone())).copied().unwrap_or_default()
    }

    /// Returns the bytes of the smallest response with an outcome.
    #[must_use]
    pub fn outcome(&self, response: &Object, outcome: &Outcome) -> usize {
        let selects = |wire: &str| outcome.when.iter().any(|it| it.member == wire);
        let has = |wire: &str| outcome.members.iter().any(|it| it.wire == wire && it.required && it.differs.is_none());
        let members = response.members.iter().filter(|it| it.required || selects(&it.wire) || has(&it.wire));
        members.map(|it| self.member(&it.wire, &it.ty)).fold(2, usize::saturating_add)
    }

    /// Returns the bytes of the smallest member, with its name and a comma.
    #[must_use]
    pub fn member(&self, wire: &str, ty: &Type) -> usize {
        self.get(ty).bytes.saturating_add(named(wire))
    }

    fn compute(&mut self, family: &Family, ty: &Type) -> Size {
        let key = (ty.file, ty.name.clone());
        if let Some(known) = self.0.get(&key) {
            return *known;
        }
        // A definition that contains itself has a fault of its own.
        self.0.insert(key.clone(), Size::default());
        let size = match family.definition(ty) {
            Some(Definition::Scalar(scalar)) => Size { bytes: text(scalar).saturating_add(2), places: 1 },
            Some(Definition::List(list)) => self.list(family, list),
            Some(Definition::Object(object)) => self.object(family, object),
            None => Size::default(),
        };
        self.0.insert(key, size);
        size
    }

    fn list(&mut self, family: &Family, list: &List) -> Size {
        let item = self.compute(family, &list.item);
        let elements = item.bytes.saturating_add(1).saturating_mul(list.min);
        Size { bytes: elements.saturating_add(2), places: item.places.saturating_add(1) }
    }

    fn object(&mut self, family: &Family, object: &Object) -> Size {
        let mut size = Size { bytes: 2, places: 1 };
        for member in &object.members {
            let value = self.compute(family, &member.ty);
            size.places = size.places.saturating_add(value.places);
            if member.required {
                size.bytes = size.bytes.saturating_add(value.bytes).saturating_add(named(&member.wire));
            }
        }
        if let Some(coded) = &object.coded {
            size.bytes = result(coded);
        }
        size
    }
}

/// The definitions of a file.
fn names(file: &File) -> impl Iterator<Item = (&str, Sort)> {
    let scalars = file.scalars.iter().map(|it| (it.name.as_str(), Sort::Scalar));
    let lists = file.lists.iter().map(|it| (it.name.as_str(), Sort::List));
    scalars.chain(lists).chain(file.objects.iter().map(|it| (it.name.as_str(), Sort::Object)))
}

/// The bytes of a member's name, with quotes, colon and comma.
const fn named(wire: &str) -> usize {
    wire.len() + 4
}

/// The bytes of the smallest result of a code table.
fn result(coded: &Coded) -> usize {
    let status = |rust: &str| coded.mould.words.iter().find(|word| word.rust == rust).map_or(0, |word| word.wire.len());
    let values = coded.rows.iter().map(|row| row.wire.len() + status(&row.status) + 4).min().unwrap_or_default();
    2 + named(&coded.mould.code.0) + named(&coded.mould.status.0) + values
}

/// The bytes of the shortest text of a scalar, without quotes.
fn text(scalar: &Scalar) -> usize {
    match &scalar.kind {
        ScalarKind::Text { min, .. } => *min,
        ScalarKind::Words(words) => words.iter().map(|word| word.wire.len()).min().unwrap_or_default(),
        ScalarKind::Boolean => "true".len(),
        ScalarKind::Message { .. } | ScalarKind::Code { .. } => 1,
        ScalarKind::Integer { .. } | ScalarKind::Written(_) => sample::shortest(scalar).len(),
    }
}
