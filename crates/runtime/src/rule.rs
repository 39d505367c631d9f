//! The members and rules of an object as data. Generated code declares them once; decoding checks them, and the feature
//! `schemars` converts them to JSON Schema.

mod check;
mod lenient;

pub use crate::comparison::Comparison;
use crate::scalar::Scalar;
use crate::status::Status;
use crate::violation::ValueError;

/// The schema of a value.
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
    /// Returns the schema of an object type.
    #[must_use]
    pub const fn object<T: Object>() -> Self {
        Self::Object(ObjectSchema { members: T::MEMBERS, rules: T::RULES })
    }

    /// Returns whether the schema has rules that the types of the members do not enforce.
    pub(crate) const fn has_rules(&self) -> bool {
        match self {
            Self::Text(_) => false,
            Self::List(array) => array.item.has_rules(),
            Self::Object(object) => {
                let mut n = 0;
                while n < object.members.len() {
                    if object.members[n].kind.has_rules() {
                        return true;
                    }
                    n += 1;
                }
                !object.rules.is_empty()
            }
        }
    }
}

/// A type with a schema: a scalar, an object or a list.
pub trait HasSchema {
    /// The schema of the type.
    const SCHEMA: SchemaType;
}

/// A type that is sent as a JSON object.
pub trait Object {
    /// The members, in the order of the specification.
    const MEMBERS: &'static [Member];
    /// The rules over several members.
    const RULES: &'static [Rule] = &[];
}

impl<T: Object> HasSchema for T {
    const SCHEMA: SchemaType = SchemaType::object::<T>();
}

/// A member of an object.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// The name, as sent on the wire.
    pub name: &'static str,
    /// Whether the member is required.
    pub required: bool,
    /// The schema of its value.
    pub kind: SchemaType,
}

impl Member {
    /// Declares a required member.
    #[must_use]
    pub const fn required<T: HasSchema>(name: &'static str) -> Self {
        Self { name, required: true, kind: T::SCHEMA }
    }

    /// Declares a member that may be missing or `null`.
    #[must_use]
    pub const fn optional<T: HasSchema>(name: &'static str) -> Self {
        Self { name, required: false, kind: T::SCHEMA }
    }
}

/// The members and rules of an object.
#[derive(Clone, Copy, Debug)]
pub struct ObjectSchema {
    /// The members, in the order of the specification.
    pub members: &'static [Member],
    /// The rules over several members.
    pub rules: &'static [Rule],
}

/// The schema of a list.
#[derive(Clone, Copy, Debug)]
pub struct ArraySchema {
    /// The schema of each element.
    pub item: &'static SchemaType,
    /// The smallest number of elements.
    pub min: usize,
    /// The largest number of elements.
    pub max: usize,
}

/// A condition on one member. It holds only if the object that contains the member is present.
#[derive(Clone, Copy, Debug)]
pub struct Condition {
    /// The member, as a JSON Pointer relative to the object.
    pub pointer: &'static str,
    /// The predicate on the member.
    pub is: Predicate,
}

/// The predicate of a condition.
#[derive(Clone, Copy, Debug)]
pub enum Predicate {
    /// The member is one of the words.
    OneOf(&'static [&'static str]),
    /// The member is present and not `null`.
    Present,
    /// The member is missing or `null`.
    Absent,
}

impl Condition {
    /// Requires that the member is one of the words.
    #[must_use]
    pub const fn is(pointer: &'static str, words: &'static [&'static str]) -> Self {
        Self { pointer, is: Predicate::OneOf(words) }
    }

    /// Requires that the member is present and not `null`.
    #[must_use]
    pub const fn present(pointer: &'static str) -> Self {
        Self { pointer, is: Predicate::Present }
    }

    /// Requires that the member is missing or `null`, in an object that is present.
    #[must_use]
    pub const fn absent(pointer: &'static str) -> Self {
        Self { pointer, is: Predicate::Absent }
    }
}

/// A rule over several members of an object.
///
/// Paths are names separated by `/`, relative to the object. A rule does not apply to a member whose object is missing.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// If all conditions hold, the members are required.
    Required {
        /// The conditions.
        when: &'static [Condition],
        /// The paths of the members.
        members: &'static [&'static str],
    },
    /// If all conditions hold, the members must be missing or `null`.
    Forbidden {
        /// The conditions.
        when: &'static [Condition],
        /// The paths of the members.
        members: &'static [&'static str],
    },
    /// If all conditions hold, one of the members is required.
    Choice {
        /// The conditions.
        when: &'static [Condition],
        /// The names of the members.
        members: &'static [&'static str],
        /// Whether more than one may be present.
        several: bool,
    },
    /// The object is a result: the status is one that the code table allows, and that of a known code is the one in it.
    StatusMatchesCode {
        /// The name of the code.
        code: &'static str,
        /// The name of the status.
        status: &'static str,
        /// The name of the message.
        message: &'static str,
        /// The allowed statuses, as sent on the wire; `None` for all.
        statuses: Option<&'static [&'static str]>,
        /// Returns a known code and its status, as sent on the wire, by the code's text.
        find: fn(&str) -> Option<(&'static str, &'static str)>,
        /// Returns a known code and its status, as sent on the wire, by its index.
        row: fn(usize) -> Option<(&'static str, &'static str)>,
        /// Returns the meaning of a status word; `None` for any other text.
        meaning: fn(&str) -> Option<Status>,
    },
    /// The member is omitted if a part of it equals the same part of another member. Breaking this rule is not a
    /// violation: decoding reports the member as redundant.
    OmittedIfEqual {
        /// The member.
        member: &'static str,
        /// The member to compare with.
        from: &'static str,
        /// The part to compare.
        part: &'static str,
    },
    /// A comparison between two scalars holds if both are present.
    Compare {
        /// The left scalar, as a JSON Pointer relative to the object.
        left: &'static str,
        /// The comparison.
        is: Comparison,
        /// The right scalar, as a JSON Pointer relative to the object.
        right: &'static str,
        /// Returns whether a comparison holds for two texts of the type.
        holds: fn(Comparison, &str, &str) -> bool,
    },
}

impl Rule {
    /// Requires the members if all conditions hold.
    #[must_use]
    pub const fn required(when: &'static [Condition], members: &'static [&'static str]) -> Self {
        Self::Required { when, members }
    }

    /// Forbids the members if all conditions hold.
    #[must_use]
    pub const fn forbidden(when: &'static [Condition], members: &'static [&'static str]) -> Self {
        Self::Forbidden { when, members }
    }

    /// Requires at least one of the members if all conditions hold.
    #[must_use]
    pub const fn at_least_one(when: &'static [Condition], members: &'static [&'static str]) -> Self {
        Self::Choice { when, members, several: true }
    }

    /// Requires exactly one of the members if all conditions hold.
    #[must_use]
    pub const fn exactly_one(when: &'static [Condition], members: &'static [&'static str]) -> Self {
        Self::Choice { when, members, several: false }
    }

    /// Omits the member if its part equals that of another member.
    #[must_use]
    pub const fn omitted_if_equal(member: &'static str, from: &'static str, part: &'static str) -> Self {
        Self::OmittedIfEqual { member, from, part }
    }

    /// Compares two scalars of a type if both are present.
    #[must_use]
    pub const fn compare<T: Scalar>(left: &'static str, is: Comparison, right: &'static str) -> Self {
        Self::Compare { left, is, right, holds: holds::<T> }
    }
}

/// Returns whether a comparison holds for two texts of a type. A text that is not a value of the type is a violation of
/// its own and not compared.
fn holds<T: Scalar>(is: Comparison, left: &str, right: &str) -> bool {
    T::check(left).is_err() || T::check(right).is_err() || is.holds(T::order(left, right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::currency::Currency;
    use crate::minor_units::MinorUnits;

    #[test]
    fn invalid_values_are_not_compared() {
        for (left, right) in [("07", "6"), ("7", "-6"), ("", "6"), ("7", "six")] {
            assert!(holds::<MinorUnits>(Comparison::AtMost, left, right), "{left} {right}");
        }
        assert!(!holds::<MinorUnits>(Comparison::AtMost, "7", "6"));
        assert!(holds::<Currency>(Comparison::Equal, "EUR", "eur"));
        assert!(!holds::<Currency>(Comparison::Equal, "EUR", "USD"));
    }
}
