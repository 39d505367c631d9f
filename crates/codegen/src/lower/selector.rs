//! What selects an outcome: a code or a status of a result, or a word of a closed set.

use super::context::Lowering;
use super::outcome::Response;
use crate::diagnostic::DiagnosticCode;
use crate::ir::{Coded, Member, ScalarKind, Selector, SelectorValue, Word};
use crate::node::{Name, Node};
use crate::profile;

const WHAT: &str = "a selector";

impl<'a> Lowering<'a> {
    pub(super) fn selector(&mut self, of: &Response<'_, 'a>, name: &Name, is: &Node) -> Option<Selector> {
        let wire = &name.text;
        let Some(member) = of.object.member(wire) else {
            self.no_member_at(&name.span, wire, of.node);
            return None;
        };
        let selected = if let Some(coded) = self.object_at(&member.ty).and_then(|it| it.coded.clone()) {
            self.of_result(wire, &coded, is)
        } else if let Some(ScalarKind::Words(words)) = self.scalar_of(&member.ty).map(|it| it.kind.clone()) {
            self.of_words(name, member, &words, is)
        } else {
            // One that is not lowered, or that lacks its table, has an error of its own.
            let is_template = self.object_at(&member.ty).is_some_and(|it| it.template.is_some());
            if self.is_lowered(&member.ty) && !is_template {
                let title = format!("`{wire}` has neither codes nor words");
                let help = "select by members whose definition has `x-codes`, or is a closed set of words";
                self.diagnostics.report(DiagnosticCode::E0807, &name.span, title, help);
            }
            None
        };
        selected.map(|is| Selector { member: wire.clone(), is })
    }

    fn of_result(&mut self, wire: &str, coded: &Coded, is: &Node) -> Option<SelectorValue> {
        self.diagnostics.keywords(is, WHAT, profile::SELECTOR);
        match (is.get("code"), is.get("status"), is.get("word")) {
            (Some(code), None, None) => {
                let rows = coded.rows.iter().enumerate().map(|(n, row)| (row.wire.as_str(), n));
                let rows: Vec<_> = rows.collect();
                let row = self.diagnostics.one_of(DiagnosticCode::E0809, code, "code of this table", &rows)?;
                Some(SelectorValue::Code(row))
            }
            (None, Some(status), None) => {
                let words = coded.template.words.iter().filter_map(|word| Some((word.wire.as_str(), word.meaning?)));
                let words: Vec<_> = words.collect();
                let meaning = self.diagnostics.one_of(DiagnosticCode::E0809, status, "status", &words)?;
                Some(SelectorValue::Status(meaning, Vec::new()))
            }
            _ => {
                let title = format!("a selector of the result `{wire}` is a `code` or a `status`");
                self.diagnostics.report(DiagnosticCode::E0808, &is.span, title, "write one of the two");
                None
            }
        }
    }

    fn of_words(&mut self, name: &Name, member: &Member, words: &[Word], is: &Node) -> Option<SelectorValue> {
        let wire = &name.text;
        if member.default.is_some() {
            let title = format!("`{wire}` has a default, and selects an outcome");
            let help = "take the `default` out: a response without the member has no outcome by it";
            self.diagnostics.report(DiagnosticCode::E0850, &name.span, title, help);
            return None;
        }
        self.diagnostics.keywords(is, WHAT, profile::SELECTOR);
        let (Some(word), None, None) = (is.get("word"), is.get("code"), is.get("status")) else {
            let title = format!("a selector of the closed set `{wire}` is a `word`");
            self.diagnostics.report(DiagnosticCode::E0808, &is.span, title, "write { \"word\": \"…\" }");
            return None;
        };
        let places: Vec<_> = words.iter().enumerate().map(|(n, word)| (word.wire.as_str(), n)).collect();
        let place = self.diagnostics.one_of(DiagnosticCode::E0809, word, "word of this set", &places)?;
        words.get(place).cloned().map(SelectorValue::Word)
    }
}
