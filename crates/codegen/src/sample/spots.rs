//! The places that messages of a type have, by the type alone.

use super::place::{ANY, Path};
use crate::ir::{Definition, Family, Member, Type};

/// A place where something can stand.
pub(super) struct Spot<'a> {
    /// Names from the message down; [`ANY`] for an element of a list.
    pub(super) path: Path,
    /// What stands there.
    pub(super) ty: &'a Type,
    /// The member that it is; nothing for the message itself and for the elements of a list.
    pub(super) member: Option<&'a Member>,
}

/// All of them, in the order of the document, an object's before those inside it.
pub(super) fn spots<'a>(family: &'a Family, ty: &'a Type) -> Vec<Spot<'a>> {
    let mut all = Vec::new();
    walk(family, Spot { path: Path::new(), ty, member: None }, &mut all);
    all
}

fn walk<'a>(family: &'a Family, spot: Spot<'a>, all: &mut Vec<Spot<'a>>) {
    let further = |name: &str| [spot.path.as_slice(), &[name.to_owned()]].concat();
    let inner: Vec<Spot<'a>> = match family.definition(spot.ty) {
        Some(Definition::Object(object)) => {
            let members = object.members.iter();
            members.map(|it| Spot { path: further(&it.wire), ty: &it.ty, member: Some(it) }).collect()
        }
        Some(Definition::List(list)) => vec![Spot { path: further(ANY), ty: &list.item, member: None }],
        Some(Definition::Scalar(_)) | None => Vec::new(),
    };
    all.push(spot);
    for spot in inner {
        walk(family, spot, all);
    }
}
