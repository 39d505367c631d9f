//! Each case's verdicts, place and version step, and whether a validator agrees.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use alipayplus_codegen::diff::change::{Change, Message, Side, Step, Verdict};
use alipayplus_codegen::diff::read::{Schemas, lowered};
use alipayplus_codegen::diff::report::Report;
use alipayplus_codegen::source::Source;
use alipayplus_tests::{fixture, grown, one_operation, snapshots};

use crate::cases::{self, Case, Edit, GROUPS, REAL, Way, cases};
use crate::validator::seen;

/// Returns the old and the new schemas of a case.
fn sides(case: &Case) -> (Schemas, Schemas) {
    let old = if case.of == REAL { one_operation() } else { fixture(case.of) };
    let mut new = old.clone();
    for edit in case.edits {
        assert!(apply(&mut new, edit), "{}: `{}` is not in {}", case.name, edit.1, edit.0);
    }
    let lower = |name: &str, sources: Vec<Source>| {
        lowered(name, sources).unwrap_or_else(|faults| panic!("{}: {faults}", case.name))
    };
    match case.way {
        Way::There => (lower("old", old), lower("new", new)),
        Way::Back => (lower("old", new), lower("new", old)),
    }
}

/// Applies an edit; returns whether its text was found.
fn apply(sources: &mut [Source], (file, from, to): &Edit) -> bool {
    let source = sources.iter_mut().find(|source| source.name() == *file).unwrap();
    let found = source.text.contains(from);
    source.text = source.text.replacen(from, to, 1);
    found
}

/// Returns a verdict as the cases write it.
fn token(verdict: Verdict, on: Option<Message>) -> String {
    match on {
        Some(on) => format!("{}/{}", verdict.word(), on.word()),
        None => verdict.word().to_owned(),
    }
}

/// Returns all verdicts of changes; of harmless ones the step.
pub(crate) fn tokens<'a>(changes: impl Iterator<Item = &'a Change>) -> BTreeSet<String> {
    let of_one = |change: &Change| -> Vec<String> {
        if change.worst() == Verdict::Harmless {
            return vec![change.step.word().to_owned()];
        }
        assert_eq!(change.step, Step::Major, "{change:?}");
        change.effects.iter().map(|effect| token(effect.verdict, effect.on)).collect()
    };
    changes.flat_map(of_one).collect()
}

fn place(change: &Change) -> String {
    let side = if change.place.side == Side::Old { "old " } else { "" };
    let file = change.place.file.rsplit('/').next().unwrap();
    format!("{side}{file}#{}", change.place.pointer)
}

#[test]
fn every_change_has_its_verdicts_its_place_and_its_step() {
    for (group, cases) in GROUPS {
        let mut texts = String::new();
        for case in *cases {
            let (old, new) = sides(case);
            let report = Report::of(&old, &new, [0, 1, 0]);
            let (name, text) = (case.name, report.text());
            let expected: BTreeSet<_> =
                case.verdicts.split(' ').map(|word| word.trim_end_matches('?').to_owned()).collect();
            assert_eq!(tokens(report.changes()), expected, "{name}:\n{text}");
            assert!(report.changes().any(|change| place(change) == case.place), "{name}: {}\n{text}", case.place);
            // The counts at the end say nothing new.
            let (changes, counts) = text.rsplit_once("\n\n").unwrap();
            assert!(
                counts.contains(&format!("\nVersion step: {}, ", report.step().unwrap().word())),
                "{name}:\n{text}"
            );
            writeln!(texts, "=== {name}\n{changes}\n").unwrap();
        }
        assert_text(group, &texts);
    }
}

/// Compares the verdicts of cases with what validators see. The groups run in parallel.
fn assert_seen(cases: &[Case]) {
    for case in cases {
        let (old, new) = sides(case);
        let seen = seen(&old, &new);
        assert!(seen.valid > 50, "{}: {} messages were valid", case.name, seen.valid);
        let seen: BTreeSet<_> = seen.broken.into_iter().map(|(verdict, on)| token(verdict, Some(on))).collect();
        // A question mark follows what no validator can see.
        let claimed = case.verdicts.split(' ').filter(|word| word.contains('/') && !word.ends_with('?'));
        let claimed: BTreeSet<_> = claimed.map(str::to_owned).collect();
        assert_eq!(seen, claimed, "{}:\n{}", case.name, Report::of(&old, &new, [0, 1, 0]).text());
    }
}

#[test]
fn validators_agree_on_messages() {
    assert_seen(cases::messages::CASES);
}

#[test]
fn validators_agree_on_conditions() {
    assert_seen(cases::conditions::CASES);
}

#[test]
fn validators_agree_on_constructs() {
    assert_seen(cases::constructs::CASES);
}

#[test]
fn validators_agree_on_tables() {
    assert_seen(cases::tables::CASES);
}

#[test]
fn validators_do_not_see_the_rest() {
    assert_seen(cases::exchange::CASES);
    assert_seen(cases::names::CASES);
}

/// Two edits at once: no change of messages may be missed.
#[test]
fn two_changes_at_once_hide_nothing() {
    let all: Vec<_> = cases().filter(|case| case.of == REAL && matches!(case.way, Way::There)).collect();
    let mut rng = fastrand::Rng::with_seed(3);
    let mut compared = 0;
    while compared < 40 {
        let (one, other) = (rng.choice(&all).unwrap(), rng.choice(&all).unwrap());
        let mut sources = one_operation();
        // Edits that conflict are skipped.
        let both = one.edits.iter().chain(other.edits).all(|edit| apply(&mut sources, edit));
        let Some(new) = both.then(|| lowered("new", sources).ok()).flatten() else { continue };
        let old = lowered("old", one_operation()).unwrap();
        let report = Report::of(&old, &new, [0, 1, 0]);
        let claimed = tokens(report.changes());
        for (verdict, on) in seen(&old, &new).broken {
            let token = token(verdict, Some(on));
            assert!(claimed.contains(&token), "{} and {}: {token}\n{}", one.name, other.name, report.text());
        }
        compared += 1;
    }
}

/// Compares a text with its snapshot.
fn assert_text(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(snapshots().join("schema_diff"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn every_case_has_its_own_name() {
    let names: BTreeSet<_> = cases().map(|case| case.name).collect();
    assert_eq!(names.len(), cases().count());
}

/// An optional member in each object and a code in each table are a minor version for programs. Where no outcome is
/// selected by the status of a new code, as in other operations, it is not.
#[test]
fn grown_schemas_are_a_minor_version() {
    let own = one_operation();
    let mut grown = grown::schemas();
    grown.retain(|source| own.iter().any(|it| it.path == source.path));
    let (old, new) = (lowered("old", own).unwrap(), lowered("new", grown).unwrap());
    let report = Report::of(&old, &new, [0, 1, 0]);
    assert_eq!(report.step(), Some(Step::Minor), "{}", report.text());
    assert!(report.changes().count() > 8, "{}", report.text());
}
