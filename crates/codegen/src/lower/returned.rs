//! Members and codes that no outcome takes, and causes without a code.

use super::context::Lowering;
use super::outcome::{Outcomes, Response};
use crate::diagnostic::DiagnosticCode;
use crate::diagnostic::Span;
use crate::ir::{Coded, File, Meaning, Member, Object, Row, ScalarKind, SelectorValue, Type, Word};
use crate::node::Node;
use crate::profile;

impl<'a> Lowering<'a> {
    /// What no outcome takes.
    pub(super) fn returned(&mut self, of: &Response<'_, 'a>, outcomes: &Outcomes<'a>) {
        let lists = |member: &Member| outcomes.iter().any(|(_, it)| it.members.iter().any(|it| it.wire == member.wire));
        let selects =
            |member: &Member| outcomes.iter().any(|(_, it)| it.when.iter().any(|it| it.member == member.wire));
        for member in &of.object.members {
            if selects(member) {
                if !lists(member) {
                    self.codes_taken(of, member, outcomes);
                    self.words_taken(of, member, outcomes);
                }
            } else if !lists(member) {
                let title = format!("`{}` is never returned: no outcome lists it", member.wire);
                let help = "add it to the `members` of the outcomes that can have it, or leave it out";
                let mut names = of.node.get("properties").map_or(&[][..], Node::members).iter().map(|(name, _)| name);
                if let Some(name) = names.find(|name| name.text == member.wire) {
                    self.diagnostics.report(DiagnosticCode::W0801, &name.span, title, help);
                }
            }
        }
    }

    /// The codes of a member that selects outcomes: each has to lead to one. What the operation's own result says beside
    /// its successes is a refusal.
    fn codes_taken(&mut self, of: &Response<'_, 'a>, member: &Member, outcomes: &Outcomes<'a>) {
        let own = member.wire == of.result;
        let Some(coded) = self.table(of.object, &member.wire) else { return };
        let takes = |n: usize, row: &Row| {
            let mut selectors = outcomes.iter().flat_map(|(_, it)| &it.when).filter(|it| it.member == member.wire);
            selectors.any(|selector| match &selector.is {
                SelectorValue::Code(code) => *code == n,
                SelectorValue::Status(meaning, _) => *meaning == row.meaning,
                SelectorValue::Word(_) => false,
            })
        };
        let rows = coded.rows.iter().enumerate().filter(|(n, row)| !takes(*n, row));
        let left: Vec<Row> =
            rows.map(|(_, row)| row.clone()).filter(|row| !own || row.meaning == Meaning::Success).collect();
        let outcomes = of.node.at("x-outcomes").head();
        for row in left {
            let Some(span) = self.row_place(&member.ty, &row.wire) else { continue };
            let title =
                format!("no outcome of `{}` takes the code `{}` of `{}`", of.object.name, row.wire, member.wire);
            let (id, help) = if own {
                (DiagnosticCode::E0816, "add an outcome that it leads to: a success is no refusal")
            } else {
                (DiagnosticCode::W0802, "add an outcome that it leads to: a response with it says nothing")
            };
            self.diagnostics.report(id, span, title, help).also(&outcomes, "the outcomes");
        }
    }

    /// The words of a member that selects outcomes.
    fn words_taken(&mut self, of: &Response<'_, 'a>, member: &Member, outcomes: &Outcomes<'a>) {
        let Some(ScalarKind::Words(words)) = self.scalar_of(&member.ty).map(|it| it.kind.clone()) else { return };
        let takes = |word: &Word| {
            let mut selectors = outcomes.iter().flat_map(|(_, it)| &it.when).filter(|it| it.member == member.wire);
            selectors.any(|selector| matches!(&selector.is, SelectorValue::Word(taken) if taken.wire == word.wire))
        };
        let set = self.node_of(&(member.ty.file, member.ty.name.clone())).and_then(|node| node.get("enum"));
        let elements = set.map_or(&[][..], Node::elements);
        for word in words.iter().filter(|word| !takes(word)) {
            let Some(element) = elements.iter().find(|it| it.text() == Some(&word.wire)) else { continue };
            let title =
                format!("no outcome of `{}` takes the word `{}` of `{}`", of.object.name, word.wire, member.wire);
            let help = "add an outcome that it leads to: a response with it says nothing";
            let outcomes = of.node.at("x-outcomes").head();
            self.diagnostics.report(DiagnosticCode::W0802, &element.span, title, help).also(&outcomes, "the outcomes");
        }
    }

    pub(super) fn row_place(&self, ty: &Type, code: &str) -> Option<&'a Span> {
        let table = self.node_of(&(ty.file, ty.name.clone()))?.get("x-codes")?;
        let mut codes = table.elements().iter().filter_map(|row| row.get("code"));
        codes.find(|it| it.text() == Some(code)).map(|it| &it.span)
    }

    /// Causes in tables that the server never answers with: neither an operation's own result nor the fallback's has
    /// them.
    pub(super) fn idle_causes(&mut self, files: &[File]) {
        if files.iter().all(|file| file.service.is_none()) {
            // Which result the fallback has is not known either.
            return;
        }
        let mut answering: Vec<(usize, String)> = Vec::new();
        for (file, root) in files.iter().zip(self.roots) {
            let is_lost = |keyword, is_some: bool| root.root.get(keyword).is_some() && !is_some;
            if root.broken
                || is_lost("x-operation", file.operation.is_some())
                || is_lost("x-service", file.service.is_some())
            {
                // Which results it answers with is not known.
                return;
            }
            let response = file.operation.as_ref().map(|operation| &operation.response);
            for object in response.into_iter().chain(&file.service).filter_map(|name| file.object(name)) {
                let required = object.members.iter().filter(|member| member.required);
                answering.extend(required.map(|member| (member.ty.file, member.ty.name.clone())));
            }
        }
        let is_idle = |(file, object): &(usize, &Object)| !answering.contains(&(*file, object.name.clone()));
        let objects = files.iter().enumerate().flat_map(|(n, file)| file.objects.iter().map(move |object| (n, object)));
        for (file, object) in objects.filter(is_idle).filter(|(_, object)| object.coded.is_some()) {
            let table = self.node_of(&(file, object.name.clone())).and_then(|node| node.get("x-codes"));
            for cause in table.map_or(&[][..], Node::elements).iter().filter_map(|row| row.get("cause")) {
                let title = format!("the server answers nothing by itself with `{}`", object.name);
                let help = "leave the cause out: it belongs to the table of the operation's own result";
                self.diagnostics.report(DiagnosticCode::E0614, &cause.span, title, help);
            }
        }
    }

    /// The causes that the table of an operation's own result answers, and those that it leaves to the unexpected.
    pub(super) fn causes(&mut self, operation: &Node, ty: &Type) {
        let Some(coded) = self.object_at(ty).and_then(|it| it.coded.clone()) else { return };
        let without = self.without_code(operation, &coded, ty);
        let answered = |cause: &str| coded.rows.iter().any(|row| row.failure == Some(cause));
        // What belongs to no operation is answered from another table.
        let causes = profile::FAILURES.iter().filter(|(_, rust)| *rust != "Path" && !answered(rust));
        let missing: Vec<(&str, &str)> = causes.filter(|(_, rust)| !without.contains(rust)).copied().collect();
        let (name, key) = (&ty.name, (ty.file, ty.name.clone()));
        let Some(span) = self.name_of(&key) else { return };
        if !answered("Internal") {
            // A row with a fault may have it.
            if !self.faulty.contains(&key) {
                let title = format!("no code of `{name}` has the cause `internal`");
                let help = "add to the row of the code for unforeseen failures: \"cause\": \"internal\"";
                self.diagnostics.report(DiagnosticCode::E0612, span, title, help);
            }
        } else if !missing.is_empty() {
            let words: Vec<_> = missing.iter().map(|(word, _)| format!("`{word}`")).collect();
            let title = format!("`{name}` has no code for {}", words.join(", "));
            let listed: Vec<_> = missing.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            let help = format!(
                "{}; give them codes of their own, or write \"withoutCode\": [{}] in `x-operation` if the document has none",
                instead(&coded, &missing),
                listed.join(", ")
            );
            self.diagnostics.report(DiagnosticCode::W0601, span, title, help);
        }
    }

    /// Returns the causes for which the document has no code, as the operation says.
    fn without_code(&mut self, operation: &Node, coded: &Coded, ty: &Type) -> Vec<&'static str> {
        let Some(value) = operation.get("withoutCode") else { return Vec::new() };
        let mut causes = Vec::new();
        for (element, word) in self.diagnostics.texts(value, "withoutCode") {
            let cause = self.diagnostics.one_of(DiagnosticCode::E0107, element, "cause", profile::FAILURES);
            causes.extend(cause);
            let row = coded.rows.iter().find(|row| row.failure.is_some() && row.failure == cause);
            let title = match row {
                Some(row) => format!("`{}` has the cause `{word}`", row.wire),
                None if cause == Some("Path") => "the table of `x-service` has the code for `path`".to_owned(),
                None => continue,
            };
            let place = row.and_then(|row| self.row_place(ty, &row.wire));
            let fault = self.diagnostics.report(DiagnosticCode::E0711, &element.span, title, "leave it out");
            if let Some(place) = place {
                fault.also(place, "the code");
            }
        }
        causes
    }
}

/// Returns what answers the causes that a table has no code for.
fn instead(coded: &Coded, missing: &[(&str, &str)]) -> String {
    let row = |cause: &str| coded.rows.iter().find(|row| row.failure == Some(cause));
    let nearest = |cause: &str| profile::INSTEAD_OF_FAILURES.iter().find(|(of, _)| *of == cause).map(|(_, it)| *it);
    let mut answers: Vec<(&Row, Vec<String>)> = Vec::new();
    for (word, cause) in missing {
        let Some(found) = nearest(cause).and_then(row).or_else(|| row("Internal")) else { continue };
        match answers.iter_mut().find(|(other, _)| other.wire == found.wire) {
            Some((_, words)) => words.push(format!("`{word}`")),
            None => answers.push((found, vec![format!("`{word}`")])),
        }
    }
    let shown = answers.iter().map(|(row, words)| {
        let again = if row.meaning == Meaning::Unknown { ", so the caller asks again" } else { "" };
        format!("`{}` answers {}{again}", row.wire, words.join(", "))
    });
    shown.collect::<Vec<_>>().join("; ")
}
