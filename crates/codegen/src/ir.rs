//! The intermediate form of a family of operations, free of JSON: all that emitters see.

use std::collections::BTreeMap;

use super::form::Form;
use super::names;

/// A family of operations: all schema files of a run.
#[derive(Debug, Default)]
pub struct ServiceModel {
    /// One file per schema, in the order of their names.
    pub files: Vec<File>,
    /// How large the values of each definition are.
    pub sizes: Sizes,
}

/// What one schema file defines.
#[derive(Debug)]
pub struct File {
    /// Its place in the family.
    pub index: usize,
    /// The module's name, such as `inquiry_payment`.
    pub module: String,
    /// The schema's path, such as `schema/inquiryPayment.json`.
    pub source: String,
    /// The file's address.
    pub id: String,
    /// The file's own title.
    pub title: String,
    /// The file's own description.
    pub doc: String,
    /// Scalars, in the order of the file.
    pub scalars: Vec<Scalar>,
    /// Lists, in the order of the file.
    pub lists: Vec<List>,
    /// Objects, in the order of the file.
    pub objects: Vec<Object>,
    /// The operation, if the file has one.
    pub operation: Option<Operation>,
    /// The response for requests that belong to no operation, if this file defines it.
    pub service: Option<String>,
}

/// A string with rules.
#[derive(Debug, Clone)]
pub struct Scalar {
    /// The definition's name in the schema.
    pub name: String,
    /// The Rust type.
    pub rust: String,
    /// What it is.
    pub doc: String,
    /// Its rules.
    pub kind: ScalarKind,
    /// Whether it must not be printed.
    pub sensitive: bool,
}

/// The kinds of scalars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScalarKind {
    /// A text with a length in characters.
    Text {
        /// The least length.
        min: usize,
        /// The greatest length.
        max: usize,
        /// Whether it holds key-value pairs.
        pairs: bool,
    },
    /// A text of a form.
    Formed {
        /// The least length.
        min: usize,
        /// The greatest length.
        max: usize,
        /// The form.
        form: Form,
    },
    /// The message of a result object: a text.
    Message {
        /// The greatest length.
        max: usize,
    },
    /// The code of a result object: each code table makes a type of its own from it.
    Code {
        /// The greatest length.
        max: usize,
    },
    /// A closed set of words.
    Words(Vec<Word>),
    /// A whole number, in decimal digits.
    Integer {
        /// The least value.
        min: u64,
        /// The greatest value.
        max: u64,
        /// The numbers between the two as a regular expression.
        pattern: String,
    },
    /// `true` or `false`.
    Boolean,
    /// A hand-written type of the model.
    Builtin(BuiltinType),
}

/// A hand-written type of the runtime, and how a schema describes its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltinType {
    /// The Rust type.
    pub rust: &'static str,
    /// The regular expression that its texts match.
    pub pattern: &'static str,
    /// The format that JSON Schema has for it.
    pub format: Option<&'static str>,
    /// A text that is one of its values.
    pub example: &'static str,
    /// Whether one value can be less than another.
    pub is_ordered: bool,
}

/// A list with bounds.
#[derive(Debug, Clone)]
pub struct List {
    /// The definition's name in the schema.
    pub name: String,
    /// The Rust type.
    pub rust: String,
    /// What it is.
    pub doc: String,
    /// What it holds.
    pub item: Type,
    /// The least number of elements.
    pub min: usize,
    /// The greatest number of elements, if there is one.
    pub max: Option<usize>,
}

/// A word of a closed set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The Rust variant.
    pub rust: String,
    /// The word on the wire.
    pub wire: String,
    /// What it means, if the set is one of status words.
    pub meaning: Option<Meaning>,
}

/// What a status word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// It went well.
    Success,
    /// It was refused or failed.
    Failure,
    /// It is not known how it went.
    Unknown,
}

impl Meaning {
    /// Returns the runtime's variant.
    #[must_use]
    pub const fn rust(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::Failure => "Failure",
            Self::Unknown => "Unknown",
        }
    }
}

/// An object with members and rules.
#[derive(Debug, Clone)]
pub struct Object {
    /// The file that defines it.
    pub file: usize,
    /// The definition's name in the schema.
    pub name: String,
    /// The Rust type.
    pub rust: String,
    /// What it is.
    pub doc: String,
    /// In the order of the document.
    pub members: Vec<Member>,
    /// Conditions over several members.
    pub rules: Vec<Rule>,
    /// What a result object is made from, if this is the shape that all of them share: a type that is generic in its
    /// codes.
    pub template: Option<ResultTemplate>,
    /// The code table, if this is a result object: an alias of its mould.
    pub coded: Option<Coded>,
    /// The members that hold value and currency, if this is money.
    pub money: Option<Money>,
}

/// The Rust names of an amount's two members.
#[derive(Debug, Clone)]
pub struct Money {
    /// The number of minor units.
    pub value: String,
    /// The currency.
    pub currency: String,
}

/// A member of an object.
#[derive(Debug, Clone)]
pub struct Member {
    /// The name on the wire.
    pub wire: String,
    /// The Rust field.
    pub rust: String,
    /// What it says.
    pub doc: String,
    /// Its limits in words, if it has any.
    pub limits: Option<String>,
    /// Whether every message has it.
    pub required: bool,
    /// The value that its absence means, as on the wire.
    pub default: Option<String>,
    /// Its type.
    pub ty: Type,
}

/// A type that a member or a list refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type {
    /// The file that defines it.
    pub file: usize,
    /// The definition's name in the schema.
    pub name: String,
    /// The Rust name.
    pub rust: String,
    /// What it is.
    pub kind: TypeKind,
}

/// What a definition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeKind {
    /// A scalar that becomes a type of its own.
    Scalar,
    /// A scalar that the model has by hand.
    Builtin,
    /// The codes of the shape that result objects share: each code table fills them in.
    Codes,
    /// An object.
    Object,
    /// A list.
    List,
}

impl TypeKind {
    /// Returns whether it is a string on the wire.
    #[must_use]
    pub const fn is_scalar(self) -> bool {
        matches!(self, Self::Scalar | Self::Builtin | Self::Codes)
    }
}

/// A definition that a type refers to.
#[derive(Debug, Clone, Copy)]
pub enum Definition<'a> {
    /// A scalar.
    Scalar(&'a Scalar),
    /// An object.
    Object(&'a Object),
    /// A list.
    List(&'a List),
}

/// A condition over several members of an object.
#[derive(Debug, Clone)]
pub enum Rule {
    /// If all tests hold, the obligation applies. Without a test it always applies.
    When {
        /// The tests.
        tests: Vec<Condition>,
        /// The obligation.
        then: Obligation,
    },
    /// The member is left out if a part of it equals the same part of another.
    OmittedIfEqual(OmittedIfEqual),
    /// A relation between two scalars, if both are present.
    Compare(Compare),
}

/// What a condition requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obligation {
    /// Members that are present and not `null`, or absent.
    Members(Vec<Presence>),
    /// At least one of the members is present. Wire names.
    AtLeastOne(Vec<String>),
    /// Exactly one of the members is present. Wire names.
    ExactlyOne(Vec<String>),
}

/// The required presence or absence of a member. It applies only if the object around the member is present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// Wire names from the object down.
    pub path: Vec<String>,
    /// Whether it is present and not `null`; otherwise it is absent or `null`.
    pub given: bool,
}

/// A comparison of two scalars of one definition.
#[derive(Debug, Clone)]
pub struct Compare {
    /// Wire names from the object down.
    pub left: Vec<String>,
    /// The relation of the left one to the right one.
    pub is: Comparison,
    /// Wire names from the object down.
    pub right: Vec<String>,
    /// The type of both.
    pub ty: Type,
}

/// The relation of two scalars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Both are the same.
    Equal,
    /// They are not the same.
    Different,
    /// The left one is the smaller or the earlier.
    Less,
    /// The left one is not the greater or the later.
    AtMost,
}

impl Comparison {
    /// Returns the runtime's variant.
    #[must_use]
    pub const fn rust(self) -> &'static str {
        match self {
            Self::Equal => "Equal",
            Self::Different => "Different",
            Self::Less => "Less",
            Self::AtMost => "AtMost",
        }
    }

    /// In words: `a` … `b`.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Equal => "equals",
            Self::Different => "differs from",
            Self::Less => "is less than",
            Self::AtMost => "is at most",
        }
    }
}

/// A comparison between two members that hold the same object.
#[derive(Debug, Clone)]
pub struct OmittedIfEqual {
    /// The wire name of the member.
    pub member: String,
    /// The wire name of the other.
    pub from: String,
    /// The wire name of the part of both.
    pub part: String,
    /// The Rust name of the part.
    pub part_rust: String,
}

impl OmittedIfEqual {
    /// Returns whether a comparison says that the two parts differ where both members are sent.
    #[must_use]
    pub fn is_said_by(&self, compare: &Compare) -> bool {
        let is = |path: &[String], member: &String| path == [member.clone(), self.part.clone()];
        compare.is == Comparison::Different && is(&compare.left, &self.member) && is(&compare.right, &self.from)
    }
}

/// A test of a member. Every object on the path to it has to be present.
#[derive(Debug, Clone)]
pub struct Condition {
    /// Wire names from the object down.
    pub path: Vec<String>,
    /// What the member has to be.
    pub is: Predicate,
}

/// What a member has to be for a test to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate {
    /// One of the words.
    OneOf(Vec<String>),
    /// There and not `null`.
    Present,
    /// Missing or `null`.
    Absent,
}

/// The parts of the object that result objects share.
#[derive(Debug, Clone)]
pub struct ResultTemplate {
    /// The greatest length of a code.
    pub code_max: usize,
    /// The greatest length of a message.
    pub message_max: usize,
    /// The wire and Rust name of the code's member.
    pub code: (String, String),
    /// The wire and Rust name of the status's member.
    pub status: (String, String),
    /// The Rust name of the message's member.
    pub message: String,
    /// The Rust type of the status words.
    pub status_type: String,
    /// The Rust type of the message.
    pub message_type: String,
    /// The status words.
    pub words: Vec<Word>,
}

/// A result object's code table.
#[derive(Debug, Clone)]
pub struct Coded {
    /// The Rust type of its codes.
    pub codes: String,
    /// The type that it is made from.
    pub base: Type,
    /// The parts of that type, with the status words that a result of this table can have.
    pub template: ResultTemplate,
    /// The other status words of that type, as on the wire.
    pub excluded: Vec<String>,
    /// The table.
    pub rows: Vec<Row>,
}

/// A row of a code table.
#[derive(Debug, Clone)]
pub struct Row {
    /// The Rust variant.
    pub rust: String,
    /// The code on the wire.
    pub wire: String,
    /// The variant of its status.
    pub status: String,
    /// What the status means.
    pub meaning: Meaning,
    /// The document's message.
    pub message: String,
    /// The runtime's variant of the cause with which the service answers by itself.
    pub failure: Option<&'static str>,
}

/// An operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The name.
    pub name: String,
    /// The Rust marker type, and the trait of its handlers.
    pub rust: String,
    /// Whether the schema sets that name.
    pub is_renamed: bool,
    /// What it is for.
    pub doc: String,
    /// The client, in words.
    pub client: String,
    /// The server, in words.
    pub server: String,
    /// The HTTP method.
    pub method: String,
    /// The default path.
    pub path: String,
    /// How long the client waits for a response, in seconds.
    pub timeout_seconds: u64,
    /// Whether a request may be sent again.
    pub idempotent: bool,
    /// The wire name of the request's member that makes two requests the same one, if repeating is safe by it.
    pub idempotent_by: Option<String>,
    /// Whether an answer can break a condition that its types do not rule out.
    pub checked: bool,
    /// The definition of the request.
    pub request: String,
    /// The definition of the response.
    pub response: String,
    /// The wire name of the response's own result.
    pub result: String,
    /// Wire names of the members that a client can compare.
    pub expectable: Vec<String>,
    /// The named outcomes, the first that fits wins.
    pub outcomes: Vec<Outcome>,
}

/// A named outcome of an operation.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The name, in Rust's case.
    pub name: String,
    /// What it means.
    pub doc: String,
    /// What it means for a client that waits.
    pub waiting: Waiting,
    /// What selects it, the operation's own result first.
    pub when: Vec<Selector>,
    /// Members that a response with this outcome can have beside those that select it.
    pub members: Vec<OutcomeMember>,
}

/// A member of an outcome.
#[derive(Debug, Clone)]
pub struct OutcomeMember {
    /// The wire name.
    pub wire: String,
    /// Whether the outcome always has it.
    pub required: bool,
    /// The comparison that decides whether it is sent.
    pub differs: Option<OmittedIfEqual>,
}

/// What an outcome means for a client that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// It will not change.
    Final,
    /// It will change.
    Pending,
    /// It is not known whether it will change: a setting of the client decides.
    Undetermined,
    /// Nothing is known: the client retries. An error, not an outcome.
    Retry,
}

/// What a member of a response has to be for an outcome.
#[derive(Debug, Clone)]
pub struct Selector {
    /// The wire name of the member.
    pub member: String,
    /// What it has to be.
    pub is: SelectorValue,
    /// The row of the code in an answer that names none. It counts only where the selector leaves several codes.
    pub default: Option<usize>,
}

/// What the member has to be.
#[derive(Debug, Clone)]
pub enum SelectorValue {
    /// A result with the code of the n-th row.
    Code(usize),
    /// A result with a status; with it, the rows that are left to this outcome.
    Status(Meaning, Vec<usize>),
    /// A word of the member's closed set.
    Word(Word),
}

/// The size of a definition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// The bytes of its smallest value in JSON without spaces, as far as its own bounds and `required` tell.
    pub bytes: usize,
    /// How many places for values it has: itself, its members or its elements, and what these hold.
    pub places: usize,
}

/// The sizes of definitions, by file and name.
#[derive(Debug, Default)]
pub struct Sizes(BTreeMap<(usize, String), Size>);

impl Sizes {
    /// Records the size of a definition.
    pub fn insert(&mut self, ty: &Type, size: Size) {
        self.0.insert((ty.file, ty.name.clone()), size);
    }

    /// Returns the size of a definition; `None` if it was not computed.
    #[must_use]
    pub fn known(&self, ty: &Type) -> Option<Size> {
        self.0.get(&(ty.file, ty.name.clone())).copied()
    }

    /// Returns the size of a definition; zero if it was not computed.
    #[must_use]
    pub fn get(&self, ty: &Type) -> Size {
        self.known(ty).unwrap_or_default()
    }

    /// Returns the bytes of the smallest response with an outcome.
    #[must_use]
    pub fn outcome(&self, response: &Object, outcome: &Outcome) -> usize {
        let selects = |wire: &str| outcome.when.iter().any(|it| it.member == wire);
        let has = |wire: &str| outcome.members.iter().any(|it| it.wire == wire && it.required && it.differs.is_none());
        let members = response.members.iter().filter(|it| it.required || selects(&it.wire) || has(&it.wire));
        members.map(|it| self.member(&it.wire, &it.ty)).fold(2, usize::saturating_add)
    }

    /// Returns the bytes of the smallest member, with its name, quotes, colon and comma.
    #[must_use]
    pub fn member(&self, wire: &str, ty: &Type) -> usize {
        self.get(ty).bytes.saturating_add(wire.len() + 4)
    }
}

impl File {
    /// Returns the object of a definition.
    #[must_use]
    pub fn object(&self, name: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.name == name)
    }
}

impl Object {
    /// Returns the member of a wire name.
    #[must_use]
    pub fn member(&self, wire: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.wire == wire)
    }
}

impl Coded {
    /// Returns the rows that are left to refusals, if this is the table of the operation's own result: those that are
    /// no success and that no outcome takes. A refusal has nothing but its result, so an outcome that also selects by
    /// another member takes only the code that it names, and not all codes of a status.
    #[must_use]
    pub fn refusals(&self, result: &str, outcomes: &[Outcome]) -> Vec<usize> {
        let takes = |outcome: &Outcome, n: usize| {
            outcome.when.iter().filter(|it| it.member == result).any(|it| match &it.is {
                SelectorValue::Code(row) => *row == n,
                SelectorValue::Status(_, rows) => {
                    outcome.waiting != Waiting::Retry && outcome.when.len() == 1 && rows.contains(&n)
                }
                SelectorValue::Word(_) => false,
            })
        };
        let is_left =
            |n: &usize| self.rows[*n].meaning != Meaning::Success && !outcomes.iter().any(|outcome| takes(outcome, *n));
        (0..self.rows.len()).filter(is_left).collect()
    }
}

impl Operation {
    /// Returns whether an outcome is selected by a member other than the operation's own result.
    #[must_use]
    pub fn is_selected_by(&self, wire: &str) -> bool {
        wire != self.result && self.outcomes.iter().any(|outcome| outcome.selects_by(wire))
    }

    /// Returns whether a successful response with the member can't have this outcome: the member selects others, and has
    /// no place in this one.
    #[must_use]
    pub fn excludes(&self, outcome: &Outcome, wire: &str) -> bool {
        let has = outcome.selects_by(wire) || outcome.members.iter().any(|member| member.wire == wire);
        self.is_selected_by(wire) && !has
    }

    /// Returns the members that some outcome of a success excludes, given the table of the operation's own result.
    pub fn excluding<'a>(&'a self, response: &'a Object, own: &'a Coded) -> impl Iterator<Item = &'a Member> {
        let is_success = |selector: &&Selector| match &selector.is {
            SelectorValue::Code(row) => own.rows.get(*row).is_some_and(|row| row.meaning == Meaning::Success),
            SelectorValue::Status(meaning, _) => *meaning == Meaning::Success,
            SelectorValue::Word(_) => false,
        };
        let of_success = move |outcome: &&Outcome| {
            outcome.when.iter().filter(|selector| selector.member == self.result).any(|it| is_success(&it))
        };
        let outcomes: Vec<_> = self.outcomes.iter().filter(of_success).collect();
        response.members.iter().filter(move |member| outcomes.iter().any(|it| self.excludes(it, &member.wire)))
    }
}

impl Outcome {
    /// Returns whether a member selects it.
    #[must_use]
    pub fn selects_by(&self, wire: &str) -> bool {
        self.when.iter().any(|selector| selector.member == wire)
    }

    /// Returns the selectors that leave a handler more than one code, with the rows.
    pub fn open_selectors(&self) -> impl Iterator<Item = (&Selector, &[usize])> {
        self.when.iter().filter_map(|selector| match &selector.is {
            SelectorValue::Status(_, rows) if rows.len() > 1 => Some((selector, rows.as_slice())),
            _ => None,
        })
    }

    /// Returns the Rust type of the codes that one of these leaves.
    #[must_use]
    pub fn codes(&self, selector: &Selector) -> String {
        match self.open_selectors().count() {
            0 | 1 => format!("{}Code", self.name),
            _ => format!("{}{}Code", self.name, names::variant(&selector.member)),
        }
    }
}

impl ServiceModel {
    /// Returns the files that have an operation, each with it.
    pub fn operations(&self) -> impl Iterator<Item = (&File, &Operation)> {
        self.files.iter().filter_map(|file| Some((file, file.operation.as_ref()?)))
    }

    /// Returns who answers operations, in the order of the files.
    #[must_use]
    pub fn answering_sides(&self) -> Vec<&str> {
        let mut sides = Vec::new();
        for (_, Operation { server, .. }) in self.operations() {
            if !sides.contains(&server.as_str()) {
                sides.push(server);
            }
        }
        sides
    }

    /// Returns whether an operation is the renamed one of those that have its name or its path, so that no server has both.
    #[must_use]
    pub fn is_apart(&self, operation: &Operation) -> bool {
        let is_like = |other: &Operation| other.name == operation.name || other.path == operation.path;
        let is_other = |other: &Operation| other.server != operation.server && is_like(other);
        operation.is_renamed && self.operations().any(|(_, other)| is_other(other))
    }

    /// Returns the definition that a type refers to.
    #[must_use]
    pub fn definition(&self, ty: &Type) -> Option<Definition<'_>> {
        let file = self.files.get(ty.file)?;
        match ty.kind {
            TypeKind::Object => file.object(&ty.name).map(Definition::Object),
            TypeKind::List => file.lists.iter().find(|list| list.name == ty.name).map(Definition::List),
            TypeKind::Scalar | TypeKind::Builtin | TypeKind::Codes => {
                file.scalars.iter().find(|scalar| scalar.name == ty.name).map(Definition::Scalar)
            }
        }
    }

    /// Returns the object that a type refers to, if it is one.
    #[must_use]
    pub fn object_of(&self, ty: &Type) -> Option<&Object> {
        if let Some(Definition::Object(object)) = self.definition(ty) { Some(object) } else { None }
    }

    /// Returns the module of a type; `None` if the type is of the given file or of the runtime.
    #[must_use]
    pub fn module_of(&self, from: &File, ty: &Type) -> Option<&str> {
        (ty.file != from.index && ty.kind != TypeKind::Builtin).then(|| self.files[ty.file].module.as_str())
    }
}
