//! The rules of an object as data: its members and its conditions. Generated code states them once; reading checks
//! them, and the `schemars` feature turns them back into JSON Schema.

use crate::leaf::Value;
use crate::node::Node;
use crate::violation::{Broken, Fault, Found, Violation};

/// What a member holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A string that a scalar type checks.
    Text(fn(&str) -> Result<(), Fault>),
    /// An object.
    Object(Shape),
}

impl Kind {
    /// The kind of an object type.
    #[must_use]
    pub const fn object<T: Object>() -> Self {
        Self::Object(Shape { members: T::MEMBERS, rules: T::RULES })
    }
}

/// A type that stands in a message as a JSON object.
pub trait Object {
    /// The members, in the order of the document.
    const MEMBERS: &'static [Member];
    /// The conditions over several members.
    const RULES: &'static [Rule] = &[];
}

/// A member of an object.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// The name on the wire.
    pub name: &'static str,
    /// Whether every message has it.
    pub required: bool,
    /// What it holds.
    pub kind: Kind,
}

impl Member {
    /// A member that every message has.
    #[must_use]
    pub const fn required<T: Value>(name: &'static str) -> Self {
        Self { name, required: true, kind: T::KIND }
    }

    /// A member that may be left out or `null`.
    #[must_use]
    pub const fn optional<T: Value>(name: &'static str) -> Self {
        Self { name, required: false, kind: T::KIND }
    }
}

/// The members and rules of an object.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// In the order of the document.
    pub members: &'static [Member],
    /// The conditions over several members.
    pub rules: &'static [Rule],
}

/// Holds when the member at the pointer is one of the words.
#[derive(Clone, Copy, Debug)]
pub struct Test {
    /// The member, as a JSON Pointer from the object down.
    pub pointer: &'static str,
    /// The words.
    pub among: &'static [&'static str],
}

impl Test {
    /// A test.
    #[must_use]
    pub const fn is(pointer: &'static str, among: &'static [&'static str]) -> Self {
        Self { pointer, among }
    }

    /// The names from the object down to the member.
    pub(crate) fn path(&self) -> impl DoubleEndedIterator<Item = &'static str> {
        self.pointer.trim_start_matches('/').split('/')
    }
}

/// A condition over several members of an object.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// When all tests hold, the members are there and not `null`.
    Required {
        /// The tests.
        when: &'static [Test],
        /// The members' names.
        members: &'static [&'static str],
    },
    /// A known code goes with the status of its table.
    Agrees {
        /// The code's member.
        code: &'static str,
        /// The status's member.
        status: &'static str,
        /// The code and status of the table's n-th row.
        row: fn(usize) -> Option<(&'static str, &'static str)>,
    },
    /// The member says something only when a part of it differs from the same part of another member. That is no
    /// violation: a reader reports it beside the outcome.
    Differs {
        /// The member.
        member: &'static str,
        /// The member that it is compared with.
        from: &'static str,
        /// The part of both that is compared.
        part: &'static str,
    },
}

impl Rule {
    /// When all tests hold, the members are there and not `null`.
    #[must_use]
    pub const fn required(when: &'static [Test], members: &'static [&'static str]) -> Self {
        Self::Required { when, members }
    }

    /// The member says something only when its part differs from that of the other.
    #[must_use]
    pub const fn differs(member: &'static str, from: &'static str, part: &'static str) -> Self {
        Self::Differs { member, from, part }
    }
}

impl Shape {
    /// Adds every violation of the object at `place`.
    pub(crate) fn check(&self, object: &Node<'_>, place: &str, found: &mut Vec<Violation>) {
        if !matches!(object, Node::Object(_)) {
            let broken = Broken::Kind { expected: Found::Object, found: object.found() };
            found.push(Violation { pointer: place.into(), broken });
            return;
        }
        for member in self.members {
            member.check(object.get(member.name), place, found);
        }
        for rule in self.rules {
            rule.check(object, place, found);
        }
    }

    /// The names of the members that the object has and that are not `null`.
    pub(crate) fn present(&self, object: &Node<'_>) -> Vec<&'static str> {
        let there = |name| !matches!(object.get(name), None | Some(Node::Null));
        self.members.iter().map(|member| member.name).filter(|name| there(name)).collect()
    }

    /// The members that are there though the comparison that they depend on does not hold.
    pub(crate) fn undiffering(&self, object: &Node<'_>) -> Vec<&'static str> {
        let part = |name, part| object.get(name).and_then(|member| member.get(part)).and_then(Node::text);
        let idle = |rule: &Rule| match *rule {
            Rule::Differs { member, from, part: of } => {
                (part(member, of).is_some() && part(member, of) == part(from, of)).then_some(member)
            }
            Rule::Required { .. } | Rule::Agrees { .. } => None,
        };
        self.rules.iter().filter_map(idle).collect()
    }
}

impl Member {
    fn check(&self, value: Option<&Node<'_>>, place: &str, found: &mut Vec<Violation>) {
        let broken = match (value, self.kind) {
            (None | Some(Node::Null), _) if !self.required => return,
            (None | Some(Node::Null), _) => Broken::Required { found: Node::found_in(value) },
            (Some(Node::Text(text)), Kind::Text(check)) => match check(text) {
                Ok(()) => return,
                Err(fault) => Broken::Scalar(fault),
            },
            (Some(other), Kind::Text(_)) => Broken::Kind { expected: Found::Text, found: other.found() },
            (Some(object), Kind::Object(shape)) => {
                return shape.check(object, &pointer(place, self.name), found);
            }
        };
        found.push(Violation { pointer: pointer(place, self.name), broken });
    }
}

impl Rule {
    fn check(&self, object: &Node<'_>, place: &str, found: &mut Vec<Violation>) {
        match *self {
            Self::Required { when, members } if when.iter().all(|test| test.holds(object)) => {
                for name in members {
                    let value = object.get(name);
                    if matches!(value, None | Some(Node::Null)) {
                        let because = when.iter().map(|test| test.words(place)).collect::<Vec<_>>().join(" and ");
                        let broken = Broken::RequiredSince { because, found: Node::found_in(value) };
                        found.push(Violation { pointer: pointer(place, name), broken });
                    }
                }
            }
            Self::Agrees { code, status, row } => {
                let text = |name| object.get(name).and_then(Node::text);
                let known = (0..).map_while(row).find(|(known, _)| text(code) == Some(known));
                let there = object.get(status).is_some();
                if let Some((code, expected)) = known.filter(|(_, expected)| there && text(status) != Some(expected)) {
                    let broken = Broken::StatusOfCode { code, expected };
                    found.push(Violation { pointer: pointer(place, status), broken });
                }
            }
            Self::Required { .. } | Self::Differs { .. } => {}
        }
    }
}

impl Test {
    fn holds(&self, object: &Node<'_>) -> bool {
        let value = self.path().try_fold(object, |node, name| node.get(name));
        value.and_then(Node::text).is_some_and(|text| self.among.contains(&text))
    }

    fn words(&self, place: &str) -> String {
        format!("{place}{} is \"{}\"", self.pointer, self.among.join("\" or \""))
    }
}

/// The JSON Pointer of a member.
fn pointer(place: &str, name: &str) -> String {
    format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"))
}
