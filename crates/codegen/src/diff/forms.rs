//! Which texts of a form another scalar refuses, and the reverse.

use std::ops::RangeInclusive;

use crate::form::{Difference, Form};
use crate::ir::ScalarKind;

/// Searches for a text that `from` allows and `by` refuses; `None` unless one of the two is a form and both can be
/// described as one.
pub(super) fn difference(from: &ScalarKind, by: &ScalarKind) -> Option<Difference> {
    let is_form = |kind: &ScalarKind| matches!(kind, ScalarKind::Formed { .. });
    if !is_form(from) && !is_form(by) {
        return None;
    }
    let ((form, bounds), (other, others)) = (described(from, false)?, described(by, true)?);
    Some(form.beyond(&bounds, &other, &others))
}

/// Returns the texts of a scalar as a form and bounds; `None` for those of which a form says too little. A bounded text
/// refuses no character: as what refuses, it is the form of all characters that forms have.
fn described(kind: &ScalarKind, refuses: bool) -> Option<(Form, RangeInclusive<usize>)> {
    let any = 1..=usize::MAX;
    let words = |words: Vec<&str>| Some((Form::words(&words), any.clone()));
    match kind {
        ScalarKind::Formed { min, max, form } => Some((form.clone(), *min..=*max)),
        ScalarKind::Text { min, max, .. } if refuses => Some((Form::printable(), *min..=*max)),
        ScalarKind::Message { max } | ScalarKind::Code { max } if refuses => Some((Form::printable(), 1..=*max)),
        ScalarKind::Text { .. } | ScalarKind::Message { .. } | ScalarKind::Code { .. } => None,
        ScalarKind::Words(all) => words(all.iter().map(|word| word.wire.as_str()).collect()),
        ScalarKind::Boolean => words(vec!["true", "false"]),
        ScalarKind::Integer { pattern, .. } => Some((Form::known(pattern)?, any)),
        ScalarKind::Builtin(written) => Some((Form::known(written.pattern)?, any)),
    }
}
