//! The operation of a file and its named outcomes.

use super::{Lowering, Node, Place};
use crate::codegen::ir::{
    Coded, Demand, Is, Meaning, Object, Operation, Outcome, OutcomeMember, Rule, Selector, Test, Tested, Waiting,
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
        if let (Some(text), Some(value)) = (&name, node.get("name"))
            && !names::is_usable(text)
        {
            let help = "an operation's name is made of ASCII letters and digits";
            self.fault(&value.place, format!("`{text}` can't be an operation's name"), help);
        }
        let method = self.faults.need(node, "method", what);
        let method = method.and_then(|it| self.faults.one_of(it, "method of an operation with a body", METHODS));
        let path = self.path(node);
        let caller = self.faults.need_text(node, "caller", what);
        let answerer = self.faults.need_text(node, "answerer", what);
        self.faults.need(node, "waitSeconds", what);
        let wait = self.faults.number(node, "waitSeconds");
        if let (Some(0), Some(value)) = (wait, node.get("waitSeconds")) {
            self.fault(&value.place, "nobody waits 0 seconds", "write how long the caller waits for an answer");
        }
        self.faults.need(node, "repeatable", what);
        let repeatable = self.faults.boolean(node, "repeatable");
        let request = self.message(index, node, "request");
        let response = self.message(index, node, "response");
        if let (true, Some(value)) = (request.is_some() && request == response, node.get("response")) {
            self.fault(&value.place, "this is the request already", "a request and its response are two objects");
        }
        let name = name?;
        let response = response?;
        let response_node = root.get("$defs").and_then(|it| it.get(&response))?;
        let object = self.objects[index].get(&response)?.clone();
        let result = self.result_of(index, &object, response_node)?;
        let outcomes = self.outcomes(&object, response_node, &result);
        let expectable = self.expectable(&object, response_node);
        self.refusals_keep(&object, response_node, &result, &outcomes);
        let idempotent_by = self.idempotent_by(index, node, request.as_ref(), repeatable);
        Some(Operation {
            rust: names::type_name(&name),
            doc: root.get("description")?.text()?.to_owned(),
            caller: caller?,
            answerer: answerer?,
            name,
            method: method?.to_owned(),
            path: path?,
            wait_seconds: u64::try_from(wait?).ok()?,
            repeatable: repeatable?,
            idempotent_by,
            checked: self.needs_check(&object, &outcomes),
            request: request?,
            response,
            result,
            expectable,
            outcomes,
        })
    }

    /// The member by which a request that is sent again is known.
    fn idempotent_by(
        &mut self,
        index: usize,
        node: &Node,
        request: Option<&String>,
        repeatable: Option<bool>,
    ) -> Option<String> {
        let value = node.get("idempotentBy")?;
        let name = self.faults.text(value, "idempotentBy")?;
        if repeatable == Some(false) {
            let help = "write \"repeatable\": true, or leave this out";
            return self.faults.at(&value.place, "what must not be repeated is not known again by a member", help);
        }
        let object = self.objects[index].get(request?)?;
        let is_key = object.member(&name).is_some_and(|it| it.required && it.ty.sort.is_scalar());
        if is_key {
            return Some(name);
        }
        let help = "name a member of the request that is a string and stands in `required`";
        self.faults.at(&value.place, format!("`{name}` can't tell requests apart"), help)
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
        let object = self.objects[there].get(&name);
        let is_message = object.is_some_and(|it| it.coded.is_none() && it.mould.is_none());
        if there == index && is_message {
            return Some(name);
        }
        self.faults.at(&value.place, format!("the {keyword} is an object of this file"), "define it under `$defs`")
    }

    /// The one required member that is a result object: the response's own.
    fn result_of(&mut self, index: usize, object: &Object, node: &Node) -> Option<String> {
        let coded = |ty| self.object_at(ty).is_some_and(|object| object.coded.is_some());
        let found = object.members.iter().find(|member| member.required && coded(&member.ty));
        if let Some(member) = found {
            let table = self.object_at(&member.ty).and_then(|it| it.coded.clone())?;
            let name = member.wire.clone();
            if let Some(other) = object.members.iter().find(|it| it.required && it.wire != name) {
                let place = node.get("required").map_or(&node.place, |it| &it.place);
                let help = "a refusal is a response with a result and nothing else: make the member optional";
                self.fault(place, format!("a response can't require `{}` beside its result", other.wire), help);
            }
            if !table.rows.iter().any(|row| row.cause == Some("Unexpected")) {
                let help = "mark the row of the code that answers an unforeseen failure with \"cause\": \"unexpected\"";
                let place = node.get("properties").and_then(|it| it.get(&name)).map_or_else(|| node.head(), Node::head);
                self.fault(&place, format!("no code of `{name}` has the cause `unexpected`"), help);
            }
            return Some(name);
        }
        if self.has_faulty_members(index, object) {
            return None;
        }
        let help = "give it a required member whose definition has `x-codes`";
        self.faults.at(&node.head(), "a response has a result with a code table", help)
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

    fn outcomes(&mut self, object: &Object, node: &Node, result: &str) -> Vec<Outcome> {
        let Some(list) = self.faults.need(node, "x-outcomes", "a response") else { return Vec::new() };
        let mut outcomes: Vec<Outcome> = Vec::new();
        for element in list.elements() {
            let Some(outcome) = self.outcome(object, node, result, element) else { continue };
            if outcomes.iter().any(|other| other.name == outcome.name) {
                let place = element.get("name").map_or(&element.place, |it| &it.place);
                let title = format!("the outcome `{}` stands twice", outcome.name);
                self.fault(place, title, "rename one of the two");
            }
            outcomes.push(outcome);
        }
        self.leave_rows(object, &mut outcomes);
        self.hidden(list, object, &outcomes);
        self.refusable(list, object, result, &outcomes);
        for outcome in outcomes.iter().filter(|it| it.waiting != Waiting::Again) {
            if outcome.when.iter().any(|it| matches!(&it.is, Is::Status(_, rows) if rows.is_empty())) {
                let title = format!("no code leads to the outcome `{}`", outcome.name);
                self.fault(
                    &named(list, outcome),
                    title,
                    "give the table a code of this status that no other outcome takes",
                );
            }
        }
        if list.elements().is_empty() {
            self.fault(&list.place, "a response has at least one outcome", "see \"Outcomes\" in schema/README.md");
        }
        outcomes
    }

    fn outcome(&mut self, object: &Object, node: &Node, result: &str, element: &Node) -> Option<Outcome> {
        let what = "an outcome";
        self.faults.keywords(element, what, profile::OUTCOME);
        let name = self.faults.need_text(element, "name", what);
        let doc = self.faults.need_text(element, "description", what);
        let waiting = self.faults.need(element, "waiting", what);
        let waiting = waiting.and_then(|it| self.faults.one_of(it, "meaning for a caller that waits", WAITING));
        let when = self.faults.need(element, "when", what)?;
        let mut selectors: Vec<_> =
            when.members().iter().filter_map(|(member, is)| self.selector(object, node, &member.text, is)).collect();
        if selectors.len() != when.members().len() {
            return None;
        }
        selectors.sort_by_key(|selector| selector.member != result);
        if selectors.first().is_none_or(|first| first.member != result) {
            return self.faults.at(
                &when.place,
                format!("an outcome says what `{result}` is"),
                format!("add `{result}` to `when`"),
            );
        }
        if let (Some(text), Some(value)) = (&name, element.get("name"))
            && !names::is_usable(text)
        {
            let help = "an outcome's name is made of ASCII letters and digits";
            self.fault(&value.place, format!("`{text}` can't be an outcome's name"), help);
        }
        let waiting = waiting?;
        let about_unknown = matches!(selectors.as_slice(), [Selector { is: Is::Status(Meaning::Unknown, _), .. }]);
        if (waiting == Waiting::Again) != about_unknown {
            let help =
                "an outcome that is asked for again is the one whose only selector is the unknown status of the result";
            let place = element.get("waiting").map_or(&element.place, |it| &it.place);
            return self.faults.at(place, "`again` and the selector are at odds", help);
        }
        let members = self.outcome_members(object, node, element, &selectors);
        Some(Outcome { name: names::variant(&name?), doc: doc?, waiting, when: selectors, members })
    }

    fn selector(&mut self, object: &Object, node: &Node, name: &str, is: &Node) -> Option<Selector> {
        let Some(coded) = object.member(name).and_then(|it| self.object_at(&it.ty)).and_then(|it| it.coded.clone())
        else {
            if object.member(name).is_some_and(|it| it.ty.sort.is_scalar()) {
                let help = "select by members whose definition has `x-codes`";
                return self.faults.at(&is.place, format!("`{name}` has no code table"), help);
            }
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
        for (wire, from) in members.iter().filter_map(|it| Some((&it.wire, &it.differs.as_ref()?.from))) {
            if !members.iter().any(|it| it.wire == *from && it.required) {
                let help = "list it too, and let a condition require it; `x-differs` compares with it";
                self.fault(&list.place, format!("`{wire}` needs `{from}`, which this outcome may lack"), help);
            }
        }
        let open = when.iter().filter(|selector| matches!(selector.is, Is::Status(_, _)));
        let fields: Vec<String> = match open.clone().count() {
            1 => vec!["code".into()],
            _ => open.map(|selector| format!("{}_code", names::snake(&selector.member))).collect(),
        };
        for member in object.members.iter().filter(|it| members.iter().any(|listed| listed.wire == it.wire)) {
            if fields.contains(&member.rust) {
                let help = "select by a code, or rename the member";
                let title = format!("`{}` would stand beside the code that the outcome leaves open", member.wire);
                self.fault(&list.place, title, help);
            }
        }
        members
    }

    /// Whether a condition requires the member whenever the selectors hold.
    fn follows(&self, object: &Object, rule: &Rule, wire: &str, when: &[Selector]) -> bool {
        let Rule::When { tests, then: Demand::Members(members) } = rule else { return false };
        members.iter().any(|it| it.given && it.path == [wire])
            && tests.iter().all(|test| self.selected(object, test, when))
    }

    /// Whether the selectors make a test of a status or code hold.
    fn selected(&self, object: &Object, test: &Test, when: &[Selector]) -> bool {
        let [member, part] = test.path.as_slice() else { return false };
        let Some(selector) = when.iter().find(|selector| selector.member == *member) else { return false };
        let coded = object.member(member).and_then(|it| self.object_at(&it.ty)).and_then(|it| it.coded.as_ref());
        let Some(coded) = coded else { return false };
        let holds = |word: &str| match &selector.is {
            Is::Code(row) if *part == coded.mould.code.0 => coded.rows[*row].wire == word,
            Is::Code(row) => coded.mould.words.iter().any(|it| it.wire == word && it.rust == coded.rows[*row].status),
            Is::Status(meaning, _) => {
                coded.mould.words.iter().any(|it| it.wire == word && it.meaning == Some(*meaning))
            }
        };
        let Tested::Among(among) = &test.is else { return false };
        (*part == coded.mould.status.0 || *part == coded.mould.code.0) && among.iter().any(|word| holds(word))
    }

    /// A handler needs a code to refuse with.
    fn refusable(&mut self, list: &Node, object: &Object, result: &str, outcomes: &[Outcome]) {
        let taken = |row: usize| {
            let mut selectors = outcomes.iter().flat_map(|outcome| &outcome.when);
            selectors.any(|it| it.member == result && matches!(it.is, Is::Code(code) if code == row))
        };
        let coded = object.member(result).and_then(|it| self.object_at(&it.ty)).and_then(|it| it.coded.as_ref());
        let rows = coded.map_or(&[][..], |coded| &coded.rows);
        let left = rows.iter().enumerate().any(|(n, row)| row.meaning != Meaning::Success && !taken(n));
        if !left && !rows.is_empty() {
            let title = format!("no code of `{result}` is left for a refusal");
            self.fault(&list.place, title, "leave a code that is no success to no outcome");
        }
    }

    /// An outcome whose selectors all hold only where an earlier one is taken is never read.
    fn hidden(&mut self, list: &Node, object: &Object, outcomes: &[Outcome]) {
        let meaning = |member: &str, row: usize| {
            let coded = object.member(member).and_then(|it| self.object_at(&it.ty))?.coded.as_ref()?;
            Some(coded.rows.get(row)?.meaning)
        };
        let covers = |earlier: &Selector, later: &Selector| {
            earlier.member == later.member
                && match (&earlier.is, &later.is) {
                    (Is::Code(a), Is::Code(b)) => a == b,
                    (Is::Status(a, _), Is::Status(b, _)) => a == b,
                    (Is::Status(a, _), Is::Code(row)) => meaning(&later.member, *row) == Some(*a),
                    (Is::Code(_), Is::Status(_, _)) => false,
                }
        };
        let hides = |earlier: &Outcome, later: &Outcome| {
            earlier.when.iter().all(|selector| later.when.iter().any(|other| covers(selector, other)))
        };
        let mut hidden = Vec::new();
        for (n, later) in outcomes.iter().enumerate() {
            hidden.extend(outcomes[..n].iter().find(|earlier| hides(earlier, later)).map(|earlier| (earlier, later)));
        }
        for (earlier, later) in hidden {
            let title = format!("`{}` is never read: `{}` comes first and takes all of it", later.name, earlier.name);
            self.fault(&named(list, later), title, "the first outcome that fits wins: put the narrower one first");
        }
    }

    /// A status selects the rows that no other outcome takes by their code.
    fn leave_rows(&self, object: &Object, outcomes: &mut [Outcome]) {
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
            let Some(coded) = ty.and_then(|ty| self.object_at(ty)).and_then(|it| it.coded.as_ref()) else {
                continue;
            };
            let free =
                |n: &usize| coded.rows[*n].meaning == *meaning && !taken.contains(&(selector.member.clone(), *n));
            *rows = (0..coded.rows.len()).filter(free).collect();
        }
    }
}

/// Where the name of an outcome stands.
fn named(list: &Node, outcome: &Outcome) -> Place {
    let names = list.elements().iter().filter_map(|element| element.get("name"));
    let mut own = names.filter(|name| name.text().is_some_and(|text| names::variant(text) == outcome.name));
    own.next().map_or_else(|| list.place.clone(), |name| name.place.clone())
}
