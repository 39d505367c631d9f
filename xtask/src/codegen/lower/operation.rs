//! The operation of a file and its named outcomes.

use super::{Lowering, Node};
use crate::codegen::ir::{
    Coded, Is, Meaning, Object, Operation, Outcome, OutcomeMember, Rule, Selector, Test, Waiting,
};
use crate::codegen::{names, profile};

const METHODS: &[(&str, &str)] = &[("POST", "POST"), ("PUT", "PUT")];
const WAITING: &[(&str, Waiting)] = &[
    ("final", Waiting::Final),
    ("pending", Waiting::Pending),
    ("setting", Waiting::Setting),
    ("again", Waiting::Again),
];

impl Lowering<'_> {
    pub(super) fn operation(&mut self, index: usize, node: &Node, root: &Node) -> Option<Operation> {
        let what = "`x-operation`";
        self.faults.keywords(node, what, profile::OPERATION);
        let name = self.faults.need_text(node, "name", what);
        let method = self.faults.need(node, "method", what);
        let method = method.and_then(|it| self.faults.one_of(it, "method of an operation with a body", METHODS));
        let path = self.path(node);
        let caller = self.faults.need_text(node, "caller", what);
        let answerer = self.faults.need_text(node, "answerer", what);
        self.faults.need(node, "waitSeconds", what);
        let wait = self.faults.number(node, "waitSeconds");
        self.faults.need(node, "repeatable", what);
        let repeatable = self.faults.boolean(node, "repeatable");
        let request = self.message(index, node, "request");
        let response = self.message(index, node, "response");
        let name = name?;
        let response = response?;
        let response_node = root.get("$defs").and_then(|it| it.get(&response))?;
        let object = self.objects.get(&(index, response.clone()))?.clone();
        let result = self.result_of(index, &object, response_node)?;
        let outcomes = self.outcomes(index, &object, response_node, &result);
        let expectable = self.expectable(&object, response_node);
        Some(Operation {
            rust: names::type_name(&name),
            doc: format!("{}\n\nAsked by: {}. Answered by: {}.", root.get("description")?.text()?, caller?, answerer?),
            name,
            method: method?.to_owned(),
            path: path?,
            wait_seconds: u64::try_from(wait?).ok()?,
            repeatable: repeatable?,
            request: request?,
            response,
            result,
            expectable,
            outcomes,
        })
    }

    fn path(&mut self, node: &Node) -> Option<String> {
        let value = self.faults.need(node, "path", "`x-operation`")?;
        let path = self.faults.text(value, "path")?;
        let usable = path.starts_with('/') && path.chars().all(|c| c.is_ascii_graphic() && !"?#".contains(c));
        if usable {
            return Some(path);
        }
        self.faults.at(&value.place, "this is no absolute path", "write `/…` without host, query and fragment")
    }

    /// The request or response: an object of this file.
    fn message(&mut self, index: usize, node: &Node, keyword: &str) -> Option<String> {
        let value = self.faults.need(node, keyword, "`x-operation`")?;
        self.faults.keywords(value, "a reference", &["$ref"]);
        let (there, name) = self.reference(index, value, keyword)?;
        let is_object = self.objects.contains_key(&(there, name.clone()));
        if there == index && is_object {
            return Some(name);
        }
        self.faults.at(&value.place, format!("the {keyword} is an object of this file"), "define it under `$defs`")
    }

    /// The one required member that is a result object: the response's own.
    fn result_of(&mut self, index: usize, object: &Object, node: &Node) -> Option<String> {
        let coded = |ty| self.object_at(index, ty).is_some_and(|object| object.coded.is_some());
        let found = object.members.iter().find(|member| member.required && coded(&member.ty));
        if let Some(member) = found {
            let table = self.object_at(index, &member.ty).and_then(|it| it.coded.clone())?;
            let name = member.wire.clone();
            if !table.rows.iter().any(|row| row.cause == Some("Unexpected")) {
                let help = "mark the row of the code that answers an unforeseen failure with \"cause\": \"unexpected\"";
                self.fault(&node.place, format!("no code of `{name}` has the cause `unexpected`"), help);
            }
            return Some(name);
        }
        let help = "give it a required member whose definition has `x-codes`";
        self.faults.at(&node.place, "a response has a result with a code table", help)
    }

    fn expectable(&mut self, object: &Object, node: &Node) -> Vec<String> {
        let Some(list) = node.get("x-expectable") else { return Vec::new() };
        let mut members = Vec::new();
        for (element, name) in self.faults.texts(list, "x-expectable") {
            if object.member(&name).is_none() {
                self.no_member(element, &name, node);
            }
            members.push(name);
        }
        members
    }

    fn outcomes(&mut self, index: usize, object: &Object, node: &Node, result: &str) -> Vec<Outcome> {
        let Some(list) = self.faults.need(node, "x-outcomes", "a response") else { return Vec::new() };
        let mut outcomes: Vec<Outcome> = Vec::new();
        for element in list.elements() {
            let Some(outcome) = self.outcome(index, object, node, result, element) else { continue };
            if outcomes.iter().any(|other| other.name == outcome.name) {
                self.fault(
                    &element.place,
                    format!("the outcome `{}` stands twice", outcome.name),
                    "rename one of the two",
                );
            }
            if self.definitions(index).iter().any(|(name, _)| names::type_name(&name.text) == outcome.name) {
                self.fault(&element.place, format!("`{}` is a definition too", outcome.name), "rename one of the two");
            }
            outcomes.push(outcome);
        }
        self.leave_rows(index, object, &mut outcomes);
        for outcome in outcomes.iter().filter(|it| it.waiting != Waiting::Again) {
            if outcome.when.iter().any(|it| matches!(&it.is, Is::Status(_, rows) if rows.is_empty())) {
                let title = format!("no code leads to the outcome `{}`", outcome.name);
                self.fault(&list.place, title, "give the table a code of this status that no other outcome takes");
            }
        }
        if outcomes.is_empty() {
            self.fault(&list.place, "a response has at least one outcome", "see \"Outcomes\" in schema/README.md");
        }
        outcomes
    }

    fn outcome(&mut self, index: usize, object: &Object, node: &Node, result: &str, element: &Node) -> Option<Outcome> {
        let what = "an outcome";
        self.faults.keywords(element, what, profile::OUTCOME);
        let name = self.faults.need_text(element, "name", what);
        let doc = self.faults.need_text(element, "description", what);
        let waiting = self.faults.need(element, "waiting", what);
        let waiting = waiting.and_then(|it| self.faults.one_of(it, "meaning for a caller that waits", WAITING));
        let when = self.faults.need(element, "when", what)?;
        let mut selectors: Vec<_> = when
            .members()
            .iter()
            .filter_map(|(member, is)| self.selector(index, object, node, &member.text, is))
            .collect();
        selectors.sort_by_key(|selector| selector.member != result);
        if selectors.first().is_none_or(|first| first.member != result) {
            return self.faults.at(
                &when.place,
                format!("an outcome says what `{result}` is"),
                format!("add `{result}` to `when`"),
            );
        }
        let waiting = waiting?;
        let about_unknown = matches!(selectors.as_slice(), [Selector { is: Is::Status(Meaning::Unknown, _), .. }]);
        if (waiting == Waiting::Again) != about_unknown {
            let help =
                "an outcome that is asked for again is the one whose only selector is the unknown status of the result";
            return self.faults.at(&element.place, "`again` and the selector are at odds", help);
        }
        let members = self.outcome_members(object, node, element, &selectors);
        Some(Outcome { name: names::variant(&name?), doc: doc?, waiting, when: selectors, members })
    }

    fn selector(&mut self, index: usize, object: &Object, node: &Node, name: &str, is: &Node) -> Option<Selector> {
        let Some(coded) =
            object.member(name).and_then(|it| self.object_at(index, &it.ty)).and_then(|it| it.coded.clone())
        else {
            self.no_member(is, name, node);
            return None;
        };
        self.faults.keywords(is, "a selector", &["code", "status"]);
        let is = match (is.get("code"), is.get("status")) {
            (Some(code), None) => Is::Code(self.row_of(&coded, code)?),
            (None, Some(status)) => Is::Status(self.meaning_of(&coded, status)?, Vec::new()),
            _ => return self.faults.at(&is.place, "a selector is a `code` or a `status`", "write one of the two"),
        };
        Some(Selector { member: name.to_owned(), is })
    }

    fn row_of(&mut self, coded: &Coded, code: &Node) -> Option<usize> {
        let rows: Vec<(&str, usize)> = coded.rows.iter().enumerate().map(|(n, row)| (row.wire.as_str(), n)).collect();
        self.faults.one_of(code, "code of this table", &rows)
    }

    fn meaning_of(&mut self, coded: &Coded, status: &Node) -> Option<Meaning> {
        let words: Vec<(&str, Meaning)> =
            coded.mould.words.iter().filter_map(|word| Some((word.wire.as_str(), word.meaning?))).collect();
        self.faults.one_of(status, "status", &words)
    }

    fn outcome_members(
        &mut self,
        object: &Object,
        node: &Node,
        element: &Node,
        when: &[Selector],
    ) -> Vec<OutcomeMember> {
        let Some(list) = self.faults.need(element, "members", "an outcome") else { return Vec::new() };
        let mut members = Vec::new();
        for (place, wire) in self.faults.texts(list, "members") {
            match object.member(&wire) {
                None => self.no_member(place, &wire, node),
                Some(_) if when.iter().any(|selector| selector.member == wire) => {
                    self.fault(&place.place, format!("`{wire}` is in `when` already"), "leave it out here");
                }
                Some(_) => members.push(OutcomeMember {
                    required: object.rules.iter().any(|rule| self.follows(object, rule, &wire, when)),
                    differs: object.rules.iter().find_map(|rule| match rule {
                        Rule::Differs(differs) if differs.member == wire => Some(differs.clone()),
                        _ => None,
                    }),
                    wire,
                }),
            }
        }
        for member in &object.members {
            let implied = object.rules.iter().any(|rule| self.follows(object, rule, &member.wire, when));
            let listed =
                members.iter().any(|it| it.wire == member.wire) || when.iter().any(|it| it.member == member.wire);
            if implied && !listed {
                let help = "add it to `members`, or change the condition";
                self.fault(&list.place, format!("a condition requires `{}` here", member.wire), help);
            }
        }
        members
    }

    /// Whether a condition requires the member whenever the selectors hold.
    fn follows(&self, object: &Object, rule: &Rule, wire: &str, when: &[Selector]) -> bool {
        let Rule::Required { when: tests, members } = rule else { return false };
        members.iter().any(|member| member == wire) && tests.iter().all(|test| self.selected(object, test, when))
    }

    /// Whether the selectors make a test of a status or code hold.
    fn selected(&self, object: &Object, test: &Test, when: &[Selector]) -> bool {
        let [member, part] = test.path.as_slice() else { return false };
        let Some(selector) = when.iter().find(|selector| selector.member == *member) else { return false };
        let index = self.objects.iter().find(|(_, it)| it.name == object.name).map_or(0, |((file, _), _)| *file);
        let coded = object.member(member).and_then(|it| self.object_at(index, &it.ty)).and_then(|it| it.coded.as_ref());
        let Some(coded) = coded else { return false };
        let holds = |word: &str| match &selector.is {
            Is::Code(row) if *part == coded.mould.code.0 => coded.rows[*row].wire == word,
            Is::Code(row) => coded.mould.words.iter().any(|it| it.wire == word && it.rust == coded.rows[*row].status),
            Is::Status(meaning, _) => {
                coded.mould.words.iter().any(|it| it.wire == word && it.meaning == Some(*meaning))
            }
        };
        (*part == coded.mould.status.0 || *part == coded.mould.code.0) && test.among.iter().any(|word| holds(word))
    }

    /// A status selects the rows that no other outcome takes by their code.
    fn leave_rows(&self, index: usize, object: &Object, outcomes: &mut [Outcome]) {
        let taken: Vec<(String, usize)> = outcomes
            .iter()
            .flat_map(|outcome| &outcome.when)
            .filter_map(
                |selector| if let Is::Code(row) = selector.is { Some((selector.member.clone(), row)) } else { None },
            )
            .collect();
        for selector in outcomes.iter_mut().flat_map(|outcome| &mut outcome.when) {
            let Is::Status(meaning, rows) = &mut selector.is else { continue };
            let ty = object.member(&selector.member).map(|it| &it.ty);
            let Some(coded) = ty.and_then(|ty| self.object_at(index, ty)).and_then(|it| it.coded.as_ref()) else {
                continue;
            };
            let free =
                |n: &usize| coded.rows[*n].meaning == *meaning && !taken.contains(&(selector.member.clone(), *n));
            *rows = (0..coded.rows.len()).filter(free).collect();
        }
    }
}
