//! A comparison as people and as programs read it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::change::{Change, Side, Step, Verdict};
use super::place::locate;
use super::read::Schemas;

/// What came out of a comparison.
#[derive(Debug)]
pub struct Report<'a> {
    old: &'a Schemas,
    new: &'a Schemas,
    version: [u64; 3],
    changes: Vec<(Change, (usize, usize))>,
}

/// Who is broken, the worst first. A change is listed under the first heading that fits; the others are harmless.
const BROKEN: [(&str, &[Verdict]); 4] = [
    ("clients and servers", &[Verdict::Client, Verdict::Server]),
    ("clients", &[Verdict::Client]),
    ("servers", &[Verdict::Server]),
    ("Rust source only", &[Verdict::Source]),
];

fn heading(change: &Change) -> usize {
    let takes = |(_, verdicts): &(&str, &[Verdict])| verdicts.iter().all(|verdict| change.is(*verdict));
    BROKEN.iter().position(takes).unwrap_or(BROKEN.len())
}

impl<'a> Report<'a> {
    /// Compares two sides. The version is that of the last release.
    #[must_use]
    pub fn of(old: &'a Schemas, new: &'a Schemas, version: [u64; 3]) -> Self {
        let place = |change: &Change| {
            let sources = if change.place.side == Side::Old { &old.sources } else { &new.sources };
            locate(sources, &change.place.file, &change.place.pointer).unwrap_or((1, 1))
        };
        let changes = super::diff(&old.family, &new.family).into_iter();
        let mut changes: Vec<_> = changes.map(|change| (place(&change), change)).map(|(at, it)| (it, at)).collect();
        changes.sort_by(|(a, at), (b, other)| {
            let key = |change: &'_ Change| (heading(change), change.place.side);
            key(a).cmp(&key(b)).then_with(|| a.place.file.cmp(&b.place.file)).then(at.cmp(other))
        });
        Self { old, new, version, changes }
    }

    /// Returns the changes, the worst first.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().map(|(change, _)| change)
    }

    /// Returns the greatest step that a change asks for.
    #[must_use]
    pub fn step(&self) -> Option<Step> {
        self.changes().map(|change| change.step).max()
    }

    /// 0 for none or harmless changes, 1 for a break of Rust source only, 2 for one on the wire.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self.changes().map(Change::worst).min() {
            Some(Verdict::Client | Verdict::Server) => 2,
            Some(Verdict::Source) => 1,
            Some(Verdict::Harmless) | None => 0,
        }
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for n in 0..=BROKEN.len() {
            let title = BROKEN.get(n).map_or("Harmless".into(), |(who, _)| format!("Breaks {who}"));
            let changes: Vec<_> = self.under(n).collect();
            if !changes.is_empty() {
                // Writing to a string does not fail.
                let _ = writeln!(text, "{title}");
                for (change, at) in changes {
                    one(&mut text, change, *at);
                }
                text.push('\n');
            }
        }
        text + &self.summary()
    }

    /// Returns the changes under a heading, each with its place.
    fn under(&self, n: usize) -> impl Iterator<Item = &(Change, (usize, usize))> {
        self.changes.iter().filter(move |(change, _)| heading(change) == n)
    }

    fn summary(&self) -> String {
        let (old, new) = (&self.old.name, &self.new.name);
        let Some(step) = self.step() else { return format!("No change from {old} to {new}.\n") };
        let counts = (0..=BROKEN.len()).map(|n| (self.under(n).count(), BROKEN.get(n))).filter(|(count, _)| *count > 0);
        let counts = counts.map(|(count, who)| match who {
            Some((who, _)) if count == 1 => format!("1 breaks {who}"),
            Some((who, _)) => format!("{count} break {who}"),
            None => format!("{count} harmless"),
        });
        let counts: Vec<_> = counts.collect();
        let plural = if self.changes.len() == 1 { "change" } else { "changes" };
        format!(
            "{} {plural} from {old} to {new}: {}.\nVersion step: {}, {} to {}.\n",
            self.changes.len(),
            counts.join(", "),
            step.word(),
            dotted(self.version),
            dotted(step.after(self.version))
        )
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let worst = match self.code() {
            2 => "wire",
            1 => "source",
            _ if self.changes.is_empty() => "none",
            _ => "harmless",
        };
        let step = self.step().map(|step| {
            let (from, to) = (dotted(self.version), dotted(step.after(self.version)));
            json!({ "name": step.word(), "from": from, "to": to })
        });
        json!({
            "old": self.old.name,
            "new": self.new.name,
            "worst": worst,
            "step": step,
            "changes": self.changes.iter().map(|(change, at)| in_json(change, *at)).collect::<Vec<_>>(),
        })
    }
}

fn one(text: &mut String, change: &Change, (line, column): (usize, usize)) {
    let place = &change.place;
    let _ = writeln!(text, "  {}:{line}:{column}: {}", place.file, change.what);
    let _ = writeln!(text, "    #{}", place.pointer);
    for effect in &change.effects {
        let _ = writeln!(text, "    {}: {}", effect.verdict.word(), effect.why);
    }
}

fn in_json(change: &Change, (line, column): (usize, usize)) -> Value {
    let place = &change.place;
    let effects = change.effects.iter().map(|effect| {
        let on = effect.on.map(super::change::Message::word);
        json!({ "verdict": effect.verdict.word(), "on": on, "why": effect.why })
    });
    json!({
        "place": {
            "side": if place.side == Side::Old { "old" } else { "new" },
            "file": place.file,
            "pointer": place.pointer,
            "line": line,
            "column": column,
        },
        "what": change.what,
        "step": change.step.word(),
        "effects": effects.collect::<Vec<_>>(),
    })
}

fn dotted([major, minor, patch]: [u64; 3]) -> String {
    format!("{major}.{minor}.{patch}")
}
