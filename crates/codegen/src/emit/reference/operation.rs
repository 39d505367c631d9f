//! The page of an operation.

use super::markdown::{Page, code, in_row, prose};
use super::object;
use super::pages::{Pages, REQUEST, RESPONSE, codes_heading, list_heading, object_heading, results};
use super::{codes, values};
use crate::emit::json::Json;
use crate::emit::stem;
use crate::ir::{File, Meaning, Object, Operation, Outcome, Selector, SelectorValue, ServiceModel, Type, Waiting};
use crate::prose;
use crate::sample;

pub(super) fn page(family: &ServiceModel, pages: &Pages, file: &File, operation: &Operation) -> String {
    let mut page = Page::new(&file.source, &prose(&operation.name));
    let view = View { family, pages, file, operation, name: pages.file(file) };
    page.paragraph(&prose(&operation.doc));
    page.table(["", ""], &facts(file, operation));
    view.message(REQUEST, &operation.request, &mut page);
    view.message(RESPONSE, &operation.response, &mut page);
    view.outcomes(&mut page);
    view.codes(&mut page);
    view.definitions(&mut page);
    values::section(file, &mut page);
    page.finish()
}

/// Client and server, path and timeout.
fn facts(file: &File, operation: &Operation) -> Vec<[String; 2]> {
    let repeating = match (&operation.idempotent_by, operation.idempotent) {
        (Some(member), _) => format!("is safe: requests with the same {} are one", code(member)),
        (None, true) => "is safe".into(),
        (None, false) => "is not safe: a request is sent once".into(),
    };
    let line = format!("{} {}", operation.method, operation.path);
    let data = format!("{}.json", stem(file));
    [
        ("Asked by", prose(&operation.client)),
        ("Answered by", prose(&operation.server)),
        ("HTTP", format!("{}, unless another path is set", code(&line))),
        ("The caller waits for", format!("{} s", operation.timeout_seconds)),
        ("Repeating a request", repeating),
        ("Test data", format!("[{data}](../messages/{data}): messages, valid and broken, for each rule below")),
    ]
    .map(|(name, text)| [name.to_owned(), text])
    .into()
}

struct View<'a> {
    family: &'a ServiceModel,
    pages: &'a Pages,
    file: &'a File,
    operation: &'a Operation,
    /// The page's own name.
    name: &'a str,
}

impl View<'_> {
    fn object(&self, ty: &Type) -> Option<&Object> {
        self.family.object_of(ty)
    }

    fn message(&self, heading: &str, name: &str, page: &mut Page) {
        let Some(object) = self.file.object(name) else { return };
        page.heading(2, heading);
        page.paragraph(&prose(&object.doc));
        object::members(self.family, self.pages, self.name, object, page);
        if heading == RESPONSE && !self.operation.expectable.is_empty() {
            let members = in_row(&self.operation.expectable);
            page.paragraph(&format!("What a caller can hold against what it knows already: {members}."));
        }
        let ty = sample::own_type(self.file, name);
        let message = match heading {
            RESPONSE => {
                let first = self.operation.outcomes.first();
                first.and_then(|outcome| sample::outcome(self.family, self.file, self.operation, outcome))
            }
            _ => sample::example(self.family, &ty),
        };
        if let Some(message) = message {
            page.paragraph("For example:");
            page.json(&Json::typed(self.family, &ty, message).print());
        }
    }

    fn outcomes(&self, page: &mut Page) {
        page.heading(2, "Outcomes");
        page.paragraph("What a caller learns from a response. The first one that fits counts.");
        let rows: Vec<[String; 4]> = self.operation.outcomes.iter().map(|outcome| self.outcome(outcome)).collect();
        page.table(["Outcome", "When", "With", "For a caller that waits"], &rows);
        page.paragraph(&self.rest());
    }

    /// Returns what the client learns from a response that no outcome takes.
    fn rest(&self) -> String {
        let status = |meaning| {
            self.selector(&Selector {
                member: self.operation.result.clone(),
                is: SelectorValue::Status(meaning, Vec::new()),
                default: None,
            })
        };
        let trouble = status(Meaning::Unknown).map(|test| format!(" If {test}, it is trouble: asking again can help."));
        let refusal = status(Meaning::Failure).map(|test| format!(" If {test}, it is a refusal."));
        let rest = refusal.into_iter().chain(trouble).collect::<String>();
        format!("A response that fits none is never a success.{}{rest}", self.excluded().unwrap_or_default())
    }

    /// Returns which members are not ignored in a success.
    fn excluded(&self) -> Option<String> {
        let response = self.file.object(&self.operation.response)?;
        let own = self.object(&response.member(&self.operation.result)?.ty)?.coded.as_ref()?;
        let members: Vec<_> = self.operation.excluding(response, own).map(|member| &member.wire).collect();
        (!members.is_empty()).then(|| format!(" Nor is a success with {}, unless its row has it.", in_row(members)))
    }

    fn outcome(&self, outcome: &Outcome) -> [String; 4] {
        let when: Vec<String> = outcome.when.iter().filter_map(|selector| self.selector(selector)).collect();
        let all = |required| outcome.members.iter().filter(move |it| it.required == required).map(|it| &it.wire);
        let (always, perhaps) = (in_row(all(true)), in_row(all(false)));
        let always = (!always.is_empty()).then_some(always);
        let perhaps = (!perhaps.is_empty()).then(|| format!("perhaps {perhaps}"));
        let with: Vec<String> = always.into_iter().chain(perhaps).collect();
        let waiting = match outcome.waiting {
            Waiting::Final => "final: it will not change",
            Waiting::Pending => "pending: it will change",
            Waiting::Undetermined => "a setting decides whether it is final",
            Waiting::Retry => "nothing is known: it asks again",
        };
        let name = format!("**{}**<br>{}", outcome.name, prose(&outcome.doc));
        [name, when.join(" and "), if with.is_empty() { "–".into() } else { with.join("; ") }, waiting.into()]
    }

    /// Returns a selector in words; `None` for a status that no word means.
    fn selector(&self, selector: &Selector) -> Option<String> {
        let coded = || {
            let member = self.file.object(&self.operation.response)?.member(&selector.member)?;
            self.object(&member.ty)?.coded.as_ref()
        };
        let part = |name: &str| code(&format!("{}.{name}", selector.member));
        match &selector.is {
            SelectorValue::Word(word) => Some(format!("{} is {}", code(&selector.member), code(&word.wire))),
            SelectorValue::Code(row) => {
                let coded = coded()?;
                Some(format!("{} is {}", part(&coded.template.code.0), code(&coded.rows.get(*row)?.wire)))
            }
            SelectorValue::Status(meaning, _) => {
                let coded = coded()?;
                let words = coded.template.words.iter().filter(|word| word.meaning == Some(*meaning));
                let words: Vec<&str> = words.map(|word| word.wire.as_str()).collect();
                let is = format!("{} is {}", part(&coded.template.status.0), prose::among(&words, "or"));
                (!words.is_empty()).then_some(is)
            }
        }
    }

    fn codes(&self, page: &mut Page) {
        for (wire, ty) in results(self.family, self.file, self.operation) {
            let Some((object, coded)) = self.object(ty).and_then(|it| Some((it, it.coded.as_ref()?))) else { continue };
            page.heading(2, &codes_heading(wire));
            page.paragraph(&prose(&object.doc));
            page.paragraph(&object::heading(self.pages, self.name, coded));
            if wire == self.operation.result {
                codes::own(self.operation, coded, page);
            } else {
                codes::other(self.operation, wire, coded, page);
            }
        }
    }

    /// Objects and lists of the file that stand in none of the sections above.
    fn definitions(&self, page: &mut Page) {
        let operation = self.operation;
        let results = results(self.family, self.file, operation);
        let above = |name: &str| {
            name == operation.request
                || name == operation.response
                || results.iter().any(|(_, ty)| ty.file == self.file.index && ty.name == name)
        };
        for object in self.file.objects.iter().filter(|object| !above(&object.name)) {
            page.heading(2, &object_heading(&object.name));
            object::body(self.family, self.pages, self.name, self.file, object, page);
        }
        for list in &self.file.lists {
            page.heading(2, &list_heading(&list.name));
            object::list(self.family, self.pages, self.name, self.file, list, page);
        }
    }
}
