//! The places that messages of a type can have.

use super::place::{ANY, Path};
use crate::ir::{Definition, Member, ServiceModel, Type};

/// A place where something can stand.
pub(super) struct Location<'a> {
    /// Names from the message down; [`ANY`] for an element of a list.
    pub(super) path: Path,
    /// The value there.
    pub(super) ty: &'a Type,
    /// The member that it is; `None` for the message itself and for the elements of a list.
    pub(super) member: Option<&'a Member>,
}

/// Returns all of them, in the order of the document, an object's before those inside it.
pub(super) fn locations<'a>(family: &'a ServiceModel, ty: &'a Type) -> Vec<Location<'a>> {
    let mut all = Vec::new();
    walk(family, Location { path: Path::new(), ty, member: None }, &mut all);
    all
}

fn walk<'a>(family: &'a ServiceModel, location: Location<'a>, all: &mut Vec<Location<'a>>) {
    let further = |name: &str| [location.path.as_slice(), &[name.to_owned()]].concat();
    let inner: Vec<Location<'a>> = match family.definition(location.ty) {
        Some(Definition::Object(object)) => {
            let members = object.members.iter();
            members.map(|it| Location { path: further(&it.wire), ty: &it.ty, member: Some(it) }).collect()
        }
        Some(Definition::List(list)) => vec![Location { path: further(ANY), ty: &list.item, member: None }],
        Some(Definition::Scalar(_)) | None => Vec::new(),
    };
    all.push(location);
    for location in inner {
        walk(family, location, all);
    }
}
