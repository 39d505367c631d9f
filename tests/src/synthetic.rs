//! Families of operations made for measuring: as many as asked for, alike in size, all different in names.
//!
//! An operation has 20 members in the objects of its own file:
//!
//! | where | members |
//! |---|---|
//! | request, 9 | 2 identifiers that operations share, an identifier of its own, an optional text, a closed set of words, an optional shared set of words, an amount, an optional moment, a nested object |
//! | nested object, 3 | a text, a closed set of words, an optional shared identifier |
//! | response, 8 | the result, an identifier of its own, a shared identifier, 2 amounts, a moment, a closed set of words, a sensitive text |
//!
//! Beside them:
//!
//! - 5 conditions: on a word and on two words together in the request, on a word in the nested object, on the status of
//!   the result and on the status and a word together in the response;
//! - in every second operation, an amount that travels when its currency differs from that of the other;
//! - a code table of 8 codes, of which 4 have causes, which is fewer than there are: a warning says so;
//! - 2, 3 or 4 outcomes beside the one that is asked for again: by a code, by a code of the unknown status, by a
//!   status that leaves 2 codes.
//!
//! The shared file has up to 8 identifiers and 2 sets of words, as many as are used, the result object, money and time.

mod schema;
mod shared;

use serde_json::{Value, json};

use alipayplus_codegen::source::Source;
use schema::{Object, WORDS, capital, head, local, local_name, source};

/// How many members an operation has.
pub const MEMBERS: usize = 20;

/// A family of so many operations, with the file that they share.
#[must_use]
pub fn family(operations: usize) -> Vec<Source> {
    let mut files = vec![shared::file(operations)];
    files.extend((0..operations).map(|n| Names(n).file()));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The names of the n-th operation.
struct Names(usize);

impl Names {
    /// The k-th word of the operation: no two are the same.
    fn word(&self, k: usize) -> &'static str {
        WORDS[(self.0 * 11 + k * 5) % WORDS.len()]
    }

    fn operation(&self) -> String {
        format!("{}{}{}", ["hold", "seek", "turn", "send"][self.0 % 4], capital(self.word(0)), self.0)
    }

    /// The name of a type: the n-th operation's, with a word for what it is.
    fn own(&self, k: usize, what: &str) -> String {
        format!("{}{what}", capital(self.word(k)))
    }

    fn file(&self) -> Source {
        let name = self.operation();
        let definitions = [self.request(), self.nested(), self.response(), self.table()];
        let definitions = definitions.into_iter().chain(self.texts()).chain(self.words());
        let what = format!("Asks the keeper of the {} what became of it. Asking has no effect.", self.word(0));
        let mut root = head(&name, &what, &definitions.collect());
        root["x-operation"] = json!({
            "name": name,
            "method": "POST",
            "path": format!("/bench/v1/{name}"),
            "client": "the holder",
            "server": "the keeper",
            "timeoutSeconds": 5 + self.0 % 4,
            "idempotent": self.0.is_multiple_of(2),
            "request": local(&self.own(0, "Request")),
            "response": local(&self.own(0, "Response")),
        });
        source(&name, &root)
    }

    fn request(&self) -> (String, Value) {
        let kind = format!("{}Kind", self.word(3));
        let (way, clue, since) = (shared::way(self.0), format!("{}Clue", self.word(2)), "sinceTime".to_owned());
        let mut object = Object::new(&format!("Which {} is asked about, and by whom.", self.word(0)));
        object.required(&shared::id_member(self.0, 0), &shared::id(self.0, 0), "Who asks, by the shared register.");
        object.required(&shared::id_member(self.0, 1), &shared::id(self.0, 1), "Who is asked, by the shared register.");
        object.required(
            &format!("{}Number", self.word(1)),
            &local_name(&self.own(1, "Number")),
            "The order that is asked about, by the number that the holder gave it.",
        );
        object.optional(
            &clue,
            &local_name(&self.own(2, "Clue")),
            "What the holder wants to say of it, in plain words. Sent when the kind asks for it.",
        );
        object.required(
            &kind,
            &local_name(&self.own(3, "Kind")),
            "The kind of order, which decides what else is sent.",
        );
        object.optional(&way, &format!("shared.json#/$defs/{}", capital(&way)), "The way that the order came.");
        object.required(
            &format!("{}Price", self.word(4)),
            "shared.json#/$defs/Sum",
            "What the order is worth, in the currency in which it was made.",
        );
        object.optional(&since, "shared.json#/$defs/Moment", "Since when the order is open, if the holder knows it.");
        object.required(
            &format!("{}Detail", self.word(5)),
            &local_name(&self.own(5, "Detail")),
            "The state of the order at the holder's.",
        );
        object.when(&[(&[&kind], kind_word(0))], &[&clue]);
        object.when(&[(&[&kind], kind_word(1)), (&[&way], shared::WAYS[0])], &[&since]);
        (self.own(0, "Request"), object.into())
    }

    fn nested(&self) -> (String, Value) {
        let (stage, keeper) = (format!("{}Stage", self.word(6)), shared::id_member(self.0, 2));
        let mut object =
            Object::new(&format!("The state of the {}: its place, its stage, and who keeps it.", self.word(5)));
        object.required("place", &local_name(&self.own(5, "Place")), "The place, as people write it.");
        object.required(&stage, &local_name(&self.own(6, "Stage")), "The stage that it has reached.");
        object.optional(&keeper, &shared::id(self.0, 2), "Who keeps it. Sent when it is kept by somebody else.");
        object.when(&[(&[&stage], kind_word(2))], &[&keeper]);
        (self.own(5, "Detail"), object.into())
    }

    fn response(&self) -> (String, Value) {
        let number = format!("{}Number", self.word(7));
        let (amount, settled) = (format!("{}Price", self.word(4)), format!("{}Sum", self.word(8)));
        let (end, secret, id) = (format!("{}End", self.word(9)), "ownerText".to_owned(), shared::id_member(self.0, 3));
        let done = "Only there if `result.state` is `S`.";
        let sum = "shared.json#/$defs/Sum";
        let mut object = Object::new(&format!("What the keeper knows of the {}.", self.word(0)));
        object.required("result", &local_name(&self.own(0, "Result")), "How the asking went. The rest depends on it.");
        let own = local_name(&self.own(7, "Number"));
        object.optional(&number, &own, &format!("The order, by the number that the keeper gave it. {done}"));
        object.optional(&id, &shared::id(self.0, 3), &format!("Who owns it, by the shared register. {done}"));
        object.optional(&amount, sum, &format!("What was asked for, in the currency of the order. {done}"));
        object.optional(&settled, sum, "What is settled, in the keeper's currency, rounded HALF EVEN.");
        object.optional("endTime", "shared.json#/$defs/Moment", &format!("When the order reached its end. {done}"));
        object.optional(&end, &local_name(&self.own(9, "End")), "How the order ended, if the keeper knows it.");
        object.optional(&secret, &local_name(&self.own(0, "OwnerText")), "What the owner said at the end.");
        let state: &[&str] = &["result", "state"];
        object.when(&[(state, "S")], &[&number, &id, &amount, "endTime"]);
        object.when(&[(&[&end], kind_word(3)), (state, "S")], &[&secret]);
        let mut value: Value = object.into();
        if self.0.is_multiple_of(2) {
            value["x-differs"] = json!([{ "member": settled, "from": amount, "in": "currency" }]);
        }
        value["x-expectable"] = json!([number, amount]);
        let done = [&number, &id, &amount, &settled, "endTime", &end, &secret];
        value["x-outcomes"] = self.outcomes(&done, &number, &secret).into();
        (self.own(0, "Response"), value)
    }

    /// Two outcomes in every operation, and one or two more in most.
    fn outcomes(&self, done: &[&str], number: &str, secret: &str) -> Vec<Value> {
        let outcome = |name: &str, what: &str, waiting: &str, when: (&str, &str), members: &[&str]| {
            json!({
                "name": name,
                "description": what,
                "waiting": waiting,
                "when": { "result": { when.0: when.1 } },
                "members": members,
            })
        };
        let mut all = vec![
            outcome("Done", "The order went through.", "final", ("code", "DONE"), done),
            outcome("Absent", "The keeper does not know the order.", "undetermined", ("code", "ABSENT"), &[]),
        ];
        if self.0 % 3 >= 1 {
            all.push(outcome("Open", "The order is not decided yet.", "pending", ("code", "STILL_OPEN"), &[number]));
        }
        if self.has_declined() {
            all.push(outcome("Declined", "The order failed; the code says why.", "final", ("status", "F"), &[secret]));
        }
        all.push(outcome("Trouble", "Nothing is known; the holder asks again.", "retry", ("status", "U"), &[]));
        all
    }

    /// Whether it has an outcome that takes the failures without an outcome of their own.
    const fn has_declined(&self) -> bool {
        self.0 % 3 == 2
    }

    fn table(&self) -> (String, Value) {
        let what = format!("How asking for the {} went.", self.word(0));
        let expired = format!("{}_EXPIRED", self.word(0).to_uppercase());
        let mut rows = vec![
            json!({ "code": "DONE", "status": "S", "message": "The order went through." }),
            json!({ "code": "ABSENT", "status": "F", "message": "There is no order of that number." }),
            json!({ "code": expired, "status": "F", "message": "The order is too old to be asked about." }),
            json!({ "code": "NOT_ALLOWED", "status": "F", "message": "The holder may not ask.", "cause": "forbidden" }),
            json!({ "code": "ILL_FORMED", "status": "F", "message": "The question is not understood.", "cause": "invalidRequest" }),
            json!({ "code": "BAD_SEAL", "status": "F", "message": "The seal is not the holder's.", "cause": "signature" }),
            json!({ "code": "STILL_OPEN", "status": "U", "message": "The order is being looked at." }),
            json!({ "code": "BROKEN", "status": "U", "message": "Something broke on the way.", "cause": "internal" }),
        ];
        if self.has_declined() {
            // An outcome that takes all codes of a status takes none with a cause.
            rows.retain(|row| row["status"] != "F" || row.get("cause").is_none());
        }
        (self.own(0, "Result"), shared::coded("shared.json#/$defs/Ending", &what, &rows.into()))
    }

    /// Bounded texts, one of them sensitive.
    fn texts(&self) -> Vec<(String, Value)> {
        let text = |name: String, what: &str, max: usize| {
            (name, json!({ "description": what, "type": "string", "minLength": 1, "maxLength": max }))
        };
        let owner = self.own(0, "OwnerText");
        let sensitive = json!({
            "description": "The owner's own words.",
            "type": "string",
            "minLength": 1,
            "maxLength": 2000,
            "x-sensitive": true,
        });
        vec![
            text(self.own(1, "Number"), "An order, by the number that the holder gave it.", 64),
            text(self.own(2, "Clue"), "A clue in plain words.", 256),
            text(self.own(5, "Place"), "A place, as people write it.", 128),
            text(self.own(7, "Number"), "An order, by the number that the keeper gave it.", 32),
            (owner, sensitive),
        ]
    }

    /// Closed sets of words.
    fn words(&self) -> Vec<(String, Value)> {
        let all = [(3, "Kind"), (6, "Stage"), (9, "End")];
        let what = "One of a closed set: any other word is a fault.";
        all.into_iter().map(|(k, of)| (self.own(k, of), shared::words(what, &[0, 1, 2, 3].map(kind_word)))).collect()
    }
}

/// The words of the closed sets.
fn kind_word(n: usize) -> &'static str {
    ["PLAIN", "ROUND_ABOUT", "KEPT_ELSEWHERE", "LAST"][n]
}

#[cfg(test)]
mod tests {
    use super::*;
    use alipayplus_codegen::diagnostic::DiagnosticCode;
    use alipayplus_codegen::{diagnostic, generate, lower};

    #[test]
    fn nothing_is_wrong_with_any_family() {
        for operations in [1, 2, 3, 12] {
            let sources = family(operations);
            // A table of 8 codes lacks some causes, which is a warning.
            let (_, mut said) = lower::check(&sources);
            said.retain(|it| it.code != DiagnosticCode::W0601);
            assert!(said.is_empty(), "{}", diagnostic::render(&sources, &said, false));
            let files = generate(&sources, false).map_err(|failure| failure.to_string()).unwrap();
            // Three crates with a module each for operation, one for the shared file, and three roots.
            let code = files.keys().filter(|path| path.starts_with("crates")).count();
            assert_eq!(code, 3 * operations + 1 + 3);
        }
    }

    #[test]
    fn an_operation_has_as_many_members_as_it_says() {
        let (family, _) = lower::check(&family(42));
        let family = family.unwrap();
        for (file, _) in family.operations() {
            let own = file.objects.iter().filter(|object| object.coded.is_none());
            assert_eq!(own.map(|object| object.members.len()).sum::<usize>(), MEMBERS, "{}", file.source);
        }
    }

    #[test]
    fn operations_have_different_names() {
        let names: std::collections::HashSet<String> = family(200).into_iter().map(|source| source.path).collect();
        assert_eq!(names.len(), 201);
    }
}
