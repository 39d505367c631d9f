//! Scalars and their valid values.

use super::markdown::{Page, code, prose};
use super::pages::VALUES;
use crate::ir::{File, Meaning, Scalar, ScalarKind, Word};
use crate::prose;
use crate::sample;

/// All scalars of a file in a table.
pub(super) fn section(file: &File, page: &mut Page) {
    if file.scalars.is_empty() {
        return;
    }
    page.heading(2, VALUES);
    page.paragraph("Each travels as a JSON string. Lengths count characters.");
    let rows: Vec<[String; 4]> = file.scalars.iter().map(row).collect();
    page.table(["Value", "Takes", "Example", "Description"], &rows);
}

fn row(scalar: &Scalar) -> [String; 4] {
    let sensitive = scalar.sensitive.then(|| "It belongs to a customer and must not be printed.".to_owned());
    let description = [prose(&scalar.doc)].into_iter().chain(sensitive).collect::<Vec<_>>().join("<br>");
    [code(&scalar.name), takes(scalar), code(&sample::text(scalar)), description]
}

fn takes(scalar: &Scalar) -> String {
    let limits = prose::limits(scalar).unwrap_or_default();
    match &scalar.kind {
        ScalarKind::Text { pairs: true, .. } => format!("{limits}, which may be a set of key-value pairs"),
        ScalarKind::Code { .. } => format!("{limits}: a code of a table, or any other"),
        ScalarKind::Words(words) if words.iter().any(|word| word.meaning.is_some()) => {
            words.iter().map(status).collect::<Vec<_>>().join(", ")
        }
        ScalarKind::Builtin(written) => {
            let format = written.format.map(|format| format!("format {}", code(format)));
            let pattern = format!("pattern {}", code(written.pattern));
            format.into_iter().chain([pattern]).collect::<Vec<_>>().join(", ")
        }
        _ => limits,
    }
}

fn status(word: &Word) -> String {
    let meaning = match word.meaning {
        Some(Meaning::Success) => "success",
        Some(Meaning::Failure) => "failure",
        Some(Meaning::Unknown) => "unknown",
        None => return code(&word.wire),
    };
    format!("{} ({meaning})", code(&word.wire))
}
