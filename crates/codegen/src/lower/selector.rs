//! What selects an outcome: a code or a status of a result, or a word of a closed set.

use super::context::Lowering;
use super::outcome::Response;
use crate::diagnostic::DiagnosticCode;
use crate::ir::{Coded, Member, Outcome, ScalarKind, Selector, SelectorValue, Waiting, Word};
use crate::node::{Name, Node};
use crate::profile;

impl<'a> Lowering<'a> {
    pub(super) fn selector(&mut self, of: &Response<'_, 'a>, name: &Name, is: &Node) -> Option<Selector> {
        let wire = &name.text;
        let Some(member) = of.object.member(wire) else {
            self.no_member_at(&name.span, wire, of.node);
            return None;
        };
        self.diagnostics.keywords(is, "a selector", profile::SELECTOR);
        let selected = if let Some(coded) = self.object_at(&member.ty).and_then(|it| it.coded.clone()) {
            self.of_result(wire, &coded, is)
        } else if let Some(ScalarKind::Words(words)) = self.scalar_of(&member.ty).map(|it| it.kind.clone()) {
            self.of_words(name, member, &words, is).map(|is| (is, None))
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
        let (is, default) = selected?;
        Some(Selector { member: wire.clone(), is, default })
    }

    /// Returns what a result has to be, and the row of the code in an answer that names none.
    fn of_result(&mut self, wire: &str, coded: &Coded, is: &Node) -> Option<(SelectorValue, Option<usize>)> {
        match (is.get("code"), is.get("status"), is.get("word"), is.get("default")) {
            (Some(code), None, None, None) => Some((SelectorValue::Code(self.row_of(coded, code)?), None)),
            (None, Some(status), None, default) => {
                let words = coded.template.words.iter().filter_map(|word| Some((word.wire.as_str(), word.meaning?)));
                let words: Vec<_> = words.collect();
                let meaning = self.diagnostics.one_of(DiagnosticCode::E0809, status, "status", &words);
                let default = default.map(|code| self.row_of(coded, code).ok_or(())).transpose().ok()?;
                Some((SelectorValue::Status(meaning?, Vec::new()), default))
            }
            _ => {
                let title = format!("a selector of the result `{wire}` is a `code` or a `status`");
                let help = "write one of the two; only a `status` has a `default`";
                self.diagnostics.report(DiagnosticCode::E0808, &is.span, title, help);
                None
            }
        }
    }

    fn row_of(&mut self, coded: &Coded, code: &Node) -> Option<usize> {
        let rows: Vec<_> = coded.rows.iter().enumerate().map(|(n, row)| (row.wire.as_str(), n)).collect();
        self.diagnostics.one_of(DiagnosticCode::E0809, code, "code of this table", &rows)
    }

    /// The code of an answer that names none has to be one that the selector leaves.
    pub(super) fn default_codes(&mut self, of: &Response<'_, 'a>, (element, outcome): &(&'a Node, Outcome)) {
        for selector in &outcome.when {
            let (Some(default), SelectorValue::Status(_, rows)) = (selector.default, &selector.is) else { continue };
            if outcome.waiting != Waiting::Retry && rows.contains(&default) {
                continue;
            }
            let Some(code) = self.table(of.object, &selector.member).and_then(|it| it.rows.get(default)) else {
                continue;
            };
            let title = format!("no answer `{}` has the code `{}`", outcome.name, code.wire);
            let help = if outcome.waiting == Waiting::Retry {
                "leave `default` out: what is asked for again is no answer"
            } else {
                "write a code of this status that no other outcome takes"
            };
            let is = element.get("when").and_then(|when| when.get(&selector.member)).unwrap_or(element);
            self.diagnostics.report(DiagnosticCode::E0851, is.at("default"), title, help);
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
        let others = ["code", "status", "default"];
        let word = is.get("word").filter(|_| others.iter().all(|it| is.get(it).is_none()));
        let Some(word) = word else {
            let title = format!("a selector of the closed set `{wire}` is a `word`");
            self.diagnostics.report(DiagnosticCode::E0808, &is.span, title, "write { \"word\": \"…\" }");
            return None;
        };
        let places: Vec<_> = words.iter().enumerate().map(|(n, word)| (word.wire.as_str(), n)).collect();
        let place = self.diagnostics.one_of(DiagnosticCode::E0809, word, "word of this set", &places)?;
        words.get(place).cloned().map(SelectorValue::Word)
    }
}
