//! Conditions, cut into the smallest parts that say something by themselves.

use crate::ir::{Condition, Object, Obligation, Predicate, Presence, Rule};

/// A condition with one obligation. Two with the same meaning are equal.
#[derive(Clone, Debug)]
pub(super) struct Requirement {
    pub(super) tests: Vec<Condition>,
    pub(super) demand: Obligation,
}

impl Requirement {
    /// Returns a member is there in any case.
    pub(super) fn required(wire: &str) -> Self {
        Self::given(Vec::new(), Presence { path: vec![wire.to_owned()], given: true })
    }

    fn given(tests: Vec<Condition>, presence: Presence) -> Self {
        Self { tests, demand: Obligation::Members(vec![presence]) }
    }

    /// Returns the parts of an object's conditions, each with the condition's number among those of its kind.
    pub(super) fn all(object: &Object) -> Vec<(usize, Self)> {
        let conditions = object.rules.iter().filter_map(|rule| match rule {
            Rule::When { tests, then } => Some((tests, then)),
            Rule::OmittedIfEqual(_) | Rule::Compare(_) => None,
        });
        conditions.enumerate().flat_map(|(n, (tests, then))| Self::parts(tests, then).map(move |it| (n, it))).collect()
    }

    fn parts(tests: &[Condition], then: &Obligation) -> impl Iterator<Item = Self> + use<> {
        let mut tests = tests.to_vec();
        for test in &mut tests {
            if let Predicate::OneOf(among) = &mut test.is {
                among.sort_unstable();
                among.dedup();
            }
        }
        tests.sort_by(|a, b| a.path.cmp(&b.path));
        let demands: Vec<Obligation> = match then {
            Obligation::Members(members) => members.iter().map(|it| Obligation::Members(vec![it.clone()])).collect(),
            Obligation::AtLeastOne(names) => vec![Obligation::AtLeastOne(sorted(names))],
            Obligation::ExactlyOne(names) => vec![Obligation::ExactlyOne(sorted(names))],
        };
        demands.into_iter().map(move |demand| Self { tests: tests.clone(), demand })
    }

    /// Returns the paths that it looks at, tests first.
    pub(super) fn paths(&self) -> Vec<Vec<String>> {
        let tests = self.tests.iter().map(|test| test.path.clone());
        tests.chain(self.demanded()).collect()
    }

    /// Returns the paths that it asks for.
    pub(super) fn demanded(&self) -> Vec<Vec<String>> {
        match &self.demand {
            Obligation::Members(members) => members.iter().map(|it| it.path.clone()).collect(),
            Obligation::AtLeastOne(names) | Obligation::ExactlyOne(names) => {
                names.iter().map(|name| vec![name.clone()]).collect()
            }
        }
    }

    /// When it asks for something.
    pub(super) fn premise(&self) -> String {
        let tests: Vec<_> = self.tests.iter().map(test_words).collect();
        if tests.is_empty() { "in any case".into() } else { format!("when {}", tests.join(" and ")) }
    }

    /// Returns what it asks for.
    pub(super) fn consequence(&self) -> String {
        match &self.demand {
            Obligation::Members(members) => members.iter().map(presence_words).collect::<Vec<_>>().join(" and "),
            Obligation::AtLeastOne(names) => format!("at least one of {} is there", listed(names)),
            Obligation::ExactlyOne(names) => format!("exactly one of {} is there", listed(names)),
        }
    }
}

impl PartialEq for Requirement {
    fn eq(&self, other: &Self) -> bool {
        (self.premise(), self.consequence()) == (other.premise(), other.consequence())
    }
}

fn sorted(names: &[String]) -> Vec<String> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names
}

/// Returns a path as people read it.
pub(super) fn dotted(path: &[String]) -> String {
    format!("`{}`", path.join("."))
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn test_words(test: &Condition) -> String {
    let path = dotted(&test.path);
    match &test.is {
        Predicate::OneOf(among) => format!("{path} is `{}`", among.join("` or `")),
        Predicate::Present => format!("{path} is there"),
        Predicate::Absent => format!("{path} is not there"),
    }
}

fn presence_words(presence: &Presence) -> String {
    format!("{} is {}there", dotted(&presence.path), if presence.given { "" } else { "not " })
}
