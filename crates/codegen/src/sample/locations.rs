//! The places that messages of a type can have.

use std::collections::HashMap;

use super::place::{ANY, Path};
use crate::ir::{Definition, Member, Scalar, ScalarKind, ServiceModel, Type};
use crate::limits::{MAX_MESSAGE_BYTES, MAX_PLACES_OF_ONE};

/// A place where something can stand.
pub(super) struct Location<'a> {
    /// Names from the message down; [`ANY`] for an element of a list.
    pub(super) path: Path,
    /// The value there.
    pub(super) ty: &'a Type,
    /// The member that it is; `None` for the message itself and for the elements of a list.
    pub(super) member: Option<&'a Member>,
}

/// Returns them in the order of the document, an object's before those inside it; inside a definition, only those of its
/// first places.
pub(super) fn locations<'a>(family: &'a ServiceModel, ty: &'a Type) -> Vec<Location<'a>> {
    let mut walk = Walk { family, found: Vec::new(), entered: HashMap::new() };
    walk.at(Location { path: Path::new(), ty, member: None });
    walk.found
}

struct Walk<'a> {
    family: &'a ServiceModel,
    found: Vec<Location<'a>>,
    /// How often each definition was looked into.
    entered: HashMap<(usize, &'a str), usize>,
}

impl<'a> Walk<'a> {
    fn at(&mut self, location: Location<'a>) {
        let further = |name: &str| [location.path.as_slice(), &[name.to_owned()]].concat();
        let inner: Vec<Location<'a>> = match self.family.definition(location.ty) {
            Some(Definition::Object(object)) => {
                let members = object.members.iter();
                members.map(|it| Location { path: further(&it.wire), ty: &it.ty, member: Some(it) }).collect()
            }
            Some(Definition::List(list)) => vec![Location { path: further(ANY), ty: &list.item, member: None }],
            Some(Definition::Scalar(_)) | None => Vec::new(),
        };
        let entered = self.entered.entry((location.ty.file, &location.ty.name)).or_default();
        *entered += 1;
        let is_known = *entered > MAX_PLACES_OF_ONE;
        self.found.push(location);
        for location in inner.into_iter().filter(|_| !is_known) {
            self.at(location);
        }
    }
}

/// Returns how many bytes the valid, or the broken, messages of a type have in all.
///
/// A small type's messages all have room. A large one's take no more bytes for each member: all that there could be would
/// be as long as the square of the number of members, since each message has most of them.
pub(super) fn room(family: &ServiceModel, ty: &Type, locations: &[Location<'_>]) -> usize {
    let own = |location: &Location<'_>| match family.definition(location.ty) {
        Some(Definition::Object(object)) => object.rules.len() + object.coded.as_ref().map_or(0, |it| it.rows.len()),
        Some(Definition::Scalar(Scalar { kind: ScalarKind::Words(words), .. })) => words.len(),
        _ => 0,
    };
    let cases: usize = locations.iter().map(|location| CASES + own(location)).sum();
    let few = family.sizes.get(ty).bytes.saturating_mul(FEW);
    cases.saturating_add(128).saturating_mul(512).max(few).min(MOST_IN_ALL)
}

/// The most bytes that the messages of one kind have in all.
const MOST_IN_ALL: usize = 16 * MAX_MESSAGE_BYTES;

/// How many messages there are at least, however large they are.
const FEW: usize = 4;

/// How many messages show the ways in which a value can be wrong by itself.
const CASES: usize = 8;
