//! How large values are: the bytes of the smallest value of each definition, and how many places for values it has.
//!
//! Both grow by multiplication from one definition to the next, so they are computed once for each definition, before
//! anything is built from it.

use super::ir::{Coded, Definition, File, List, Object, Scalar, ScalarKind, ServiceModel, Size, Sizes, Type, TypeKind};
use super::sample;

/// Computes the sizes of all definitions.
#[must_use]
pub fn sizes(family: &ServiceModel) -> Sizes {
    let mut computing = Computing { family, sizes: Sizes::default() };
    for file in &family.files {
        for (name, kind) in names(file) {
            computing.definition(&Type { file: file.index, name: name.to_owned(), rust: String::new(), kind });
        }
    }
    computing.sizes
}

struct Computing<'a> {
    family: &'a ServiceModel,
    sizes: Sizes,
}

impl Computing<'_> {
    fn definition(&mut self, ty: &Type) -> Size {
        if let Some(known) = self.sizes.known(ty) {
            return known;
        }
        // A definition that contains itself has an error of its own.
        self.sizes.insert(ty, Size::default());
        let size = match self.family.definition(ty) {
            Some(Definition::Scalar(scalar)) => Size { bytes: text(scalar).saturating_add(2), places: 1 },
            Some(Definition::List(list)) => self.list(list),
            Some(Definition::Object(object)) => self.object(object),
            None => Size::default(),
        };
        self.sizes.insert(ty, size);
        size
    }

    fn list(&mut self, list: &List) -> Size {
        let item = self.definition(&list.item);
        let elements = item.bytes.saturating_add(1).saturating_mul(list.min);
        Size { bytes: elements.saturating_add(2), places: item.places.saturating_add(1) }
    }

    fn object(&mut self, object: &Object) -> Size {
        let mut size = Size { bytes: 2, places: 1 };
        for member in &object.members {
            let value = self.definition(&member.ty);
            size.places = size.places.saturating_add(value.places);
            if member.required {
                size.bytes = size.bytes.saturating_add(self.sizes.member(&member.wire, &member.ty));
            }
        }
        if let Some(coded) = &object.coded {
            size.bytes = result(coded);
        }
        size
    }
}

/// Returns the definitions of a file.
fn names(file: &File) -> impl Iterator<Item = (&str, TypeKind)> {
    let scalars = file.scalars.iter().map(|it| (it.name.as_str(), TypeKind::Scalar));
    let lists = file.lists.iter().map(|it| (it.name.as_str(), TypeKind::List));
    scalars.chain(lists).chain(file.objects.iter().map(|it| (it.name.as_str(), TypeKind::Object)))
}

/// Returns the bytes of a member's name, with quotes, colon and comma.
const fn named(wire: &str) -> usize {
    wire.len() + 4
}

/// Returns the bytes of the smallest result of a code table.
fn result(coded: &Coded) -> usize {
    let status =
        |rust: &str| coded.template.words.iter().find(|word| word.rust == rust).map_or(0, |word| word.wire.len());
    let values = coded.rows.iter().map(|row| row.wire.len() + status(&row.status) + 4).min().unwrap_or_default();
    2 + named(&coded.template.code.0) + named(&coded.template.status.0) + values
}

/// Returns the bytes of the shortest text of a scalar, without quotes.
fn text(scalar: &Scalar) -> usize {
    match &scalar.kind {
        ScalarKind::Text { min, .. } => *min,
        ScalarKind::Words(words) => words.iter().map(|word| word.wire.len()).min().unwrap_or_default(),
        ScalarKind::Boolean => "true".len(),
        ScalarKind::Message { .. } | ScalarKind::Code { .. } => 1,
        ScalarKind::Integer { .. } | ScalarKind::Formed { .. } | ScalarKind::Builtin(_) => {
            sample::shortest(scalar).len()
        }
    }
}
