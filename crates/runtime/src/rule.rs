//! The rules of an object as data: its members and its conditions. Generated code states them once; reading checks
//! them, and the `schemars` feature turns them back into JSON Schema.

mod check;
mod salvage;

pub use crate::comparison::Comparison;
use crate::scalar::Scalar;
use crate::status::Status;
use crate::violation::ValueError;

/// What a member holds.
#[derive(Clone, Copy, Debug)]
pub enum SchemaType {
    /// A string that a scalar type checks.
    Text(fn(&str) -> Result<(), ValueError>),
    /// An object.
    Object(ObjectSchema),
    /// A list.
    List(ArraySchema),
}

impl SchemaType {
    /// The kind of an object type.
    #[must_use]
    pub const fn object<T: Object>() -> Self {
        Self::Object(ObjectSchema { members: T::MEMBERS, rules: T::RULES })
    }

    /// Whether a value can break a rule that the types of its members do not rule out.
    pub(crate) const fn has_rules(&self) -> bool {
        match self {
            Self::Text(_) => false,
            Self::List(elements) => elements.item.has_rules(),
            Self::Object(shape) => {
                let mut n = 0;
                while n < shape.members.len() {
                    if shape.members[n].kind.has_rules() {
                        return true;
                    }
                    n += 1;
                }
                !shape.rules.is_empty()
            }
        }
    }
}

/// What a member can hold: a scalar, an object or a list.
pub trait HasSchema {
    /// The kind, as the reader and the rules need it.
    const SCHEMA: SchemaType;
}

/// A type that stands in a message as a JSON object.
pub trait Object {
    /// The members, in the order of the document.
    const MEMBERS: &'static [Member];
    /// The conditions over several members.
    const RULES: &'static [Rule] = &[];
}

impl<T: Object> HasSchema for T {
    const SCHEMA: SchemaType = SchemaType::object::<T>();
}

/// A member of an object.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// The name on the wire.
    pub name: &'static str,
    /// Whether every message has it.
    pub required: bool,
    /// What it holds.
    pub kind: SchemaType,
}

impl Member {
    /// A member that every message has.
    #[must_use]
    pub const fn required<T: HasSchema>(name: &'static str) -> Self {
        Self { name, required: true, kind: T::SCHEMA }
    }

    /// A member that may be left out or `null`.
    #[must_use]
    pub const fn optional<T: HasSchema>(name: &'static str) -> Self {
        Self { name, required: false, kind: T::SCHEMA }
    }
}

/// The members and rules of an object.
#[derive(Clone, Copy, Debug)]
pub struct ObjectSchema {
    /// In the order of the document.
    pub members: &'static [Member],
    /// The conditions over several members.
    pub rules: &'static [Rule],
}

/// The elements of a list.
#[derive(Clone, Copy, Debug)]
pub struct ArraySchema {
    /// What each of them is.
    pub item: &'static SchemaType,
    /// The least number of them.
    pub min: usize,
    /// The greatest number of them.
    pub max: usize,
}

/// What a condition looks at. Every object on the way to the member has to be there.
#[derive(Clone, Copy, Debug)]
pub struct Condition {
    /// The member, as a JSON Pointer from the object down.
    pub pointer: &'static str,
    /// What the member has to be.
    pub is: Predicate,
}

/// What a member has to be for a test to hold.
#[derive(Clone, Copy, Debug)]
pub enum Predicate {
    /// One of the words.
    OneOf(&'static [&'static str]),
    /// There and not `null`.
    Present,
    /// Missing or `null`.
    Absent,
}

impl Condition {
    /// The member is one of the words.
    #[must_use]
    pub const fn is(pointer: &'static str, among: &'static [&'static str]) -> Self {
        Self { pointer, is: Predicate::OneOf(among) }
    }

    /// The member is there and not `null`.
    #[must_use]
    pub const fn present(pointer: &'static str) -> Self {
        Self { pointer, is: Predicate::Present }
    }

    /// The member is missing or `null`, in an object that is there.
    #[must_use]
    pub const fn absent(pointer: &'static str) -> Self {
        Self { pointer, is: Predicate::Absent }
    }
}

/// A condition over several members of an object. A member is named by its path: names from the object down, with `/`
/// between them; nothing is asked of a member whose object is not there.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// When all tests hold, the members are there and not `null`.
    Required {
        /// The tests.
        when: &'static [Condition],
        /// The members' paths.
        members: &'static [&'static str],
    },
    /// When all tests hold, the members are missing or `null`.
    Forbidden {
        /// The tests.
        when: &'static [Condition],
        /// The members' paths.
        members: &'static [&'static str],
    },
    /// When all tests hold, one of the members is there and not `null`.
    Choice {
        /// The tests.
        when: &'static [Condition],
        /// The members' names.
        members: &'static [&'static str],
        /// Whether more than one may be there.
        several: bool,
    },
    /// The object is a result: a known code goes with the status of its table.
    StatusMatchesCode {
        /// The code's member.
        code: &'static str,
        /// The status's member.
        status: &'static str,
        /// The message's member.
        message: &'static str,
        /// The code and status of the table's n-th row.
        row: fn(usize) -> Option<(&'static str, &'static str)>,
        /// What a status word means, if it is one.
        meaning: fn(&str) -> Option<Status>,
    },
    /// The member says something only when a part of it differs from the same part of another member. That is no
    /// violation: a reader reports it beside the outcome.
    OmittedIfEqual {
        /// The member.
        member: &'static str,
        /// The member that it is compared with.
        from: &'static str,
        /// The part of both that is compared.
        part: &'static str,
    },
    /// Two scalars stand in an order, where both are there.
    Compare {
        /// The one, as a JSON Pointer from the object down.
        left: &'static str,
        /// How it stands to the other.
        is: Comparison,
        /// The other, as a JSON Pointer from the object down.
        right: &'static str,
        /// Whether two texts of the type keep it.
        keeps: fn(Comparison, &str, &str) -> bool,
    },
}

impl Rule {
    /// When all tests hold, the members are there and not `null`.
    #[must_use]
    pub const fn required(when: &'static [Condition], members: &'static [&'static str]) -> Self {
        Self::Required { when, members }
    }

    /// When all tests hold, the members are missing or `null`.
    #[must_use]
    pub const fn forbidden(when: &'static [Condition], members: &'static [&'static str]) -> Self {
        Self::Forbidden { when, members }
    }

    /// When all tests hold, at least one of the members is there.
    #[must_use]
    pub const fn at_least_one(when: &'static [Condition], members: &'static [&'static str]) -> Self {
        Self::Choice { when, members, several: true }
    }

    /// When all tests hold, one of the members is there and no other.
    #[must_use]
    pub const fn exactly_one(when: &'static [Condition], members: &'static [&'static str]) -> Self {
        Self::Choice { when, members, several: false }
    }

    /// The member says something only when its part differs from that of the other.
    #[must_use]
    pub const fn omitted_if_equal(member: &'static str, from: &'static str, part: &'static str) -> Self {
        Self::OmittedIfEqual { member, from, part }
    }

    /// Two scalars of a type stand in an order, where both are there.
    #[must_use]
    pub const fn compare<T: Scalar>(left: &'static str, is: Comparison, right: &'static str) -> Self {
        Self::Compare { left, is, right, keeps: keeps::<T> }
    }
}

/// Whether two texts of a type keep a comparison. One that is no value of the type is wrong for that alone.
fn keeps<T: Scalar>(is: Comparison, one: &str, other: &str) -> bool {
    T::check(one).is_err() || T::check(other).is_err() || is.holds(T::order(one, other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::currency::Currency;
    use crate::minor_units::MinorUnits;

    #[test]
    fn what_is_no_value_is_compared_with_nothing() {
        for (one, other) in [("07", "6"), ("7", "-6"), ("", "6"), ("7", "six")] {
            assert!(keeps::<MinorUnits>(Comparison::AtMost, one, other), "{one} {other}");
        }
        assert!(!keeps::<MinorUnits>(Comparison::AtMost, "7", "6"));
        assert!(keeps::<Currency>(Comparison::Equal, "EUR", "eur"));
        assert!(!keeps::<Currency>(Comparison::Equal, "EUR", "USD"));
    }
}
