//! Conditions, cut into the smallest parts that say something by themselves.

use crate::ir::{Demand, Object, Presence, Rule, Test, Tested};

/// A condition with one demand. Two that say the same are equal.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    pub(super) tests: Vec<Test>,
    pub(super) demand: Demand,
}

impl Atom {
    /// A member is there in any case.
    pub(super) fn required(wire: &str) -> Self {
        Self::given(Vec::new(), Presence { path: vec![wire.to_owned()], given: true })
    }

    fn given(tests: Vec<Test>, presence: Presence) -> Self {
        Self { tests, demand: Demand::Members(vec![presence]) }
    }

    /// The parts of an object's conditions, each with the condition's number among those of its kind.
    pub(super) fn all(object: &Object) -> Vec<(usize, Self)> {
        let conditions = object.rules.iter().filter_map(|rule| match rule {
            Rule::When { tests, then } => Some((tests, then)),
            Rule::Differs(_) | Rule::Compares(_) => None,
        });
        conditions.enumerate().flat_map(|(n, (tests, then))| Self::parts(tests, then).map(move |it| (n, it))).collect()
    }

    fn parts(tests: &[Test], then: &Demand) -> impl Iterator<Item = Self> + use<> {
        let mut tests = tests.to_vec();
        for test in &mut tests {
            if let Tested::Among(among) = &mut test.is {
                among.sort_unstable();
                among.dedup();
            }
        }
        tests.sort_by(|a, b| a.path.cmp(&b.path));
        let demands: Vec<Demand> = match then {
            Demand::Members(members) => members.iter().map(|it| Demand::Members(vec![it.clone()])).collect(),
            Demand::AtLeastOne(names) => vec![Demand::AtLeastOne(sorted(names))],
            Demand::ExactlyOne(names) => vec![Demand::ExactlyOne(sorted(names))],
        };
        demands.into_iter().map(move |demand| Self { tests: tests.clone(), demand })
    }

    /// The paths that it looks at, tests first.
    pub(super) fn paths(&self) -> Vec<Vec<String>> {
        let tests = self.tests.iter().map(|test| test.path.clone());
        tests.chain(self.demanded()).collect()
    }

    /// The paths that it asks for.
    pub(super) fn demanded(&self) -> Vec<Vec<String>> {
        match &self.demand {
            Demand::Members(members) => members.iter().map(|it| it.path.clone()).collect(),
            Demand::AtLeastOne(names) | Demand::ExactlyOne(names) => {
                names.iter().map(|name| vec![name.clone()]).collect()
            }
        }
    }

    /// When it asks for something.
    pub(super) fn premise(&self) -> String {
        let tests: Vec<_> = self.tests.iter().map(test_words).collect();
        if tests.is_empty() { "in any case".into() } else { format!("when {}", tests.join(" and ")) }
    }

    /// What it asks for.
    pub(super) fn consequence(&self) -> String {
        match &self.demand {
            Demand::Members(members) => members.iter().map(presence_words).collect::<Vec<_>>().join(" and "),
            Demand::AtLeastOne(names) => format!("at least one of {} is there", listed(names)),
            Demand::ExactlyOne(names) => format!("exactly one of {} is there", listed(names)),
        }
    }
}

impl PartialEq for Atom {
    fn eq(&self, other: &Self) -> bool {
        (self.premise(), self.consequence()) == (other.premise(), other.consequence())
    }
}

fn sorted(names: &[String]) -> Vec<String> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names
}

/// A path as people read it.
pub(super) fn dotted(path: &[String]) -> String {
    format!("`{}`", path.join("."))
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn test_words(test: &Test) -> String {
    let path = dotted(&test.path);
    match &test.is {
        Tested::Among(among) => format!("{path} is `{}`", among.join("` or `")),
        Tested::Given => format!("{path} is there"),
        Tested::Absent => format!("{path} is not there"),
    }
}

fn presence_words(presence: &Presence) -> String {
    format!("{} is {}there", dotted(&presence.path), if presence.given { "" } else { "not " })
}
