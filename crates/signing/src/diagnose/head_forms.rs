//! What a signer may have had in place of the method, the URI, the Client-Id or the order of the parts.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::cause::Cause;
use super::parts::{Parts, Template};
use super::time_forms::{TimeForm, time_changes};

/// A part of the content that a change is about. Two changes of one part are never combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Template,
    Method,
    Uri,
    Client,
    Time,
    Body,
}

/// A change of one part: what it means if the changed content is the signed one.
pub(super) struct Change<'a> {
    pub(super) part: Part,
    pub(super) cause: Cause,
    pub(super) how: Cow<'static, str>,
    pub(super) value: Value<'a>,
    /// Whether it is not combined with other changes: their number is the product.
    pub(super) is_rare: bool,
}

pub(super) enum Value<'a> {
    Text(Cow<'a, [u8]>),
    Template(Template),
}

impl Change<'_> {
    pub(super) fn apply<'b>(&'b self, parts: Parts<'b>) -> Parts<'b> {
        match (&self.value, self.part) {
            (Value::Template(template), _) => Parts { template: *template, ..parts },
            (Value::Text(text), Part::Method) => Parts { method: text, ..parts },
            (Value::Text(text), Part::Uri) => Parts { uri: text, ..parts },
            (Value::Text(text), Part::Client) => Parts { client: text, ..parts },
            (Value::Text(text), Part::Time) => Parts { time: text, ..parts },
            (Value::Text(text), Part::Body | Part::Template) => Parts { body: text, ..parts },
        }
    }
}

/// What is known besides the message.
pub(super) struct Known<'a> {
    pub(super) is_answer: bool,
    pub(super) host: Option<&'a str>,
    pub(super) clients: Vec<&'a str>,
    pub(super) uris: Vec<&'a str>,
    pub(super) prefixes: Vec<&'a str>,
    /// The time of the request, if the message is its answer.
    pub(super) request_time: Option<&'a str>,
    pub(super) times: Vec<&'a str>,
}

/// Paths in front of those of an operation in this family of gateways.
const PREFIXES: &[&str] =
    &["/aps", "/ams", "/api", "/aps/api", "/ams/api", "/aps/sandbox/api", "/ams/sandbox/api", "/sandbox", "/gateway"];

/// Returns the changes of all parts but the body.
pub(super) fn head_changes<'a>(parts: &Parts<'a>, known: &Known<'a>) -> Vec<Change<'static>> {
    let text = |bytes: &'a [u8]| str::from_utf8(bytes).unwrap_or_default();
    let mut list = List { changes: Vec::with_capacity(100), parts: *parts };
    methods(&mut list, text(parts.method));
    uris(&mut list, text(parts.uri), known);
    clients(&mut list, text(parts.client), known);
    for TimeForm { cause, how, text, is_rare } in time_changes(text(parts.time), known.request_time, &known.times) {
        let before = list.changes.len();
        list.add(Part::Time, cause, how, text);
        list.changes.iter_mut().skip(before).for_each(|change| change.is_rare = is_rare);
    }
    templates(&mut list);
    list.changes
}

struct List<'a> {
    changes: Vec<Change<'static>>,
    parts: Parts<'a>,
}

impl List<'_> {
    fn add(&mut self, part: Part, cause: Cause, how: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        let value = value.into().into_bytes();
        let now = match part {
            Part::Method => self.parts.method,
            Part::Uri => self.parts.uri,
            Part::Client => self.parts.client,
            Part::Time => self.parts.time,
            Part::Body | Part::Template => self.parts.body,
        };
        let is_known = |change: &Change<'_>| {
            change.part == part && matches!(&change.value, Value::Text(known) if **known == *value)
        };
        if value != now && !self.changes.iter().any(is_known) {
            self.changes.push(Change {
                part,
                cause,
                how: how.into(),
                value: Value::Text(value.into()),
                is_rare: false,
            });
        }
    }
}

fn methods(list: &mut List<'_>, method: &str) {
    let mut capitalized = method.to_ascii_lowercase();
    if let Some(first) = capitalized.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    for value in [method.to_ascii_uppercase(), method.to_ascii_lowercase(), capitalized] {
        list.add(Part::Method, Cause::MethodCase, format!("`{value}` for `{method}`"), value);
    }
    for value in ["POST", "GET", "PUT", "PATCH", "DELETE"] {
        list.add(Part::Method, Cause::MethodOther, format!("`{value}` for `{method}`"), value);
    }
    list.add(Part::Method, Cause::MethodOther, "no method", "");
}

fn uris(list: &mut List<'_>, uri: &str, known: &Known<'_>) {
    let is_answer = known.is_answer;
    let mut add = |cause, how: String, value: String| {
        // An answer is signed over its request's path, so that every other path is the same mistake.
        let cause = if is_answer { Cause::AnswerOverItsOwnUri } else { cause };
        list.add(Part::Uri, cause, how, value);
    };
    let (path, query) = uri.split_once('?').map_or((uri, None), |(path, query)| (path, Some(query)));
    let with_query = |path: &str| query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    queries(&mut add, path, query, known);
    slashes(&mut add, path, &with_query);
    if let Some(host) = known.host {
        for prefix in [format!("https://{host}"), format!("http://{host}"), host.to_owned(), format!("//{host}")] {
            add(Cause::PathWithHost, format!("with `{}` in front", shown(&prefix)), format!("{prefix}{uri}"));
        }
    }
    percents(&mut add, uri);
    sandbox(&mut add, path, &with_query);
    add(Cause::PathCase, "in lower case".into(), uri.to_ascii_lowercase());
    for prefix in known.prefixes.iter().chain(PREFIXES) {
        add(Cause::PathWithPrefix, format!("with `{}` in front", shown(prefix)), format!("{prefix}{uri}"));
    }
    for (at, _) in path.match_indices('/').skip(1).take(8) {
        let how = format!("without `{}` in front", shown(&path[..at]));
        add(Cause::PathWithoutPrefix, how, with_query(&path[at..]));
    }
    if is_answer {
        add(Cause::AnswerOverItsOwnUri, "over `/`".into(), "/".to_owned());
        add(Cause::AnswerOverItsOwnUri, "over an empty path".into(), String::new());
    }
}

fn queries(add: &mut impl FnMut(Cause, String, String), path: &str, query: Option<&str>, known: &Known<'_>) {
    if query.is_some() {
        add(Cause::PathQuery, "without the query".into(), path.to_owned());
    } else {
        add(Cause::PathQuery, "with `?` at the end".into(), format!("{path}?"));
    }
    for other in &known.uris {
        if other.split('?').next() == Some(path) {
            add(Cause::PathQuery, "with the query of another message".into(), (*other).to_owned());
        } else {
            add(Cause::PathOfAnotherMessage, shown(other), (*other).to_owned());
        }
    }
}

fn slashes(add: &mut impl FnMut(Cause, String, String), path: &str, with_query: &impl Fn(&str) -> String) {
    for (how, value) in [
        ("without the slash at its end", path.strip_suffix('/').unwrap_or(path).to_owned()),
        ("with a slash at its end", format!("{path}/")),
        ("without the slash at its beginning", path.trim_start_matches('/').to_owned()),
        ("with two slashes at its beginning", format!("/{path}")),
        ("without double slashes", path.replace("//", "/")),
    ] {
        add(Cause::PathSlash, how.into(), with_query(&value));
    }
}

fn percents(add: &mut impl FnMut(Cause, String, String), uri: &str) {
    if !uri.contains('%') {
        return;
    }
    add(Cause::PathPercent, "percent-decoded".into(), percent_decode_str(uri).decode_utf8_lossy().into_owned());
    for (how, change) in [
        ("with capital hexadecimal digits", str::to_ascii_uppercase as fn(&str) -> String),
        ("with small hexadecimal digits", str::to_ascii_lowercase),
    ] {
        let mut parts = uri.split('%');
        let mut value = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
            value.push('%');
            value.push_str(&change(digits));
            value.push_str(rest);
        }
        add(Cause::PathPercent, how.into(), value);
    }
    add(Cause::PathPercent, "percent-encoded once more".into(), uri.replace('%', "%25"));
}

/// The official SDKs write another path for a sandbox's Client-Id before they sign.
fn sandbox(add: &mut impl FnMut(Cause, String, String), path: &str, with_query: &impl Fn(&str) -> String) {
    const SANDBOX: &str = "/sandbox";
    if let Some(at) = path.find("/sandbox/") {
        let without = format!("{}{}", &path[..at], &path[at + SANDBOX.len()..]);
        add(Cause::PathSandbox, "without `/sandbox`".into(), with_query(&without));
    } else if let Some((at, _)) = path.match_indices('/').nth(1) {
        let value = format!("{}{SANDBOX}{}", &path[..at], &path[at..]);
        add(Cause::PathSandbox, format!("with `{SANDBOX}` behind `{}`", shown(&path[..at])), with_query(&value));
    }
}

/// Returns a path for a text: without its query, which may be confidential, and cut.
fn shown(path: &str) -> String {
    path.split('?').next().unwrap_or_default().chars().take(80).flat_map(char::escape_debug).collect()
}

fn clients(list: &mut List<'_>, client: &str, known: &Known<'_>) {
    let mut add = |cause, how: String, value: String| list.add(Part::Client, cause, how, value);
    let (empty, other) = if known.is_answer {
        (Cause::AnswerClient, Cause::AnswerClient)
    } else {
        (Cause::ClientOfAnotherEnvironment, Cause::ClientOfAnotherEnvironment)
    };
    add(Cause::ClientOfAnotherEnvironment, "without the blanks around it".into(), client.trim().to_owned());
    for value in known.clients.iter().filter(|id| !id.eq_ignore_ascii_case(client)) {
        add(other, format!("`{}` for `{}`", shown(value), shown(client)), (*value).to_owned());
    }
    for value in [client.to_ascii_lowercase(), client.to_ascii_uppercase()] {
        add(Cause::ClientOfAnotherEnvironment, "in another case".into(), value);
    }
    for value in [format!(" {client}"), format!("{client} "), format!("{client}\n"), format!("{client}\r")] {
        add(Cause::ClientOfAnotherEnvironment, "with a blank or a line end beside it".into(), value);
    }
    add(empty, "no Client-Id".into(), String::new());
}

fn templates(list: &mut List<'_>) {
    /// So many of them are combined with other changes.
    const COMMON_TEMPLATES: usize = 17;
    use Cause::{TemplateOrder, TemplatePartsMissing};
    let templates = [
        (TemplatePartsMissing, "without method and path", Template::WithoutMethodAndUri),
        (TemplatePartsMissing, "an empty method and an empty path", Template::EmptyMethodAndUri),
        (TemplatePartsMissing, "only the body", Template::Body),
        (TemplatePartsMissing, "only time and body", Template::TimeAndBody),
        (TemplatePartsMissing, "without the Client-Id", Template::WithoutClient),
        (TemplatePartsMissing, "without the time", Template::WithoutTime),
        (TemplatePartsMissing, "without the method", Template::WithoutMethod),
        (TemplateOrder, "the time before the Client-Id", Template::TimeFirst),
        (TemplateOrder, "`\\n` as two characters for the line feed", Template::Separated([" ", "\\n", ".", "."])),
        (TemplateOrder, "CR LF for the line feed", Template::Separated([" ", "\r\n", ".", "."])),
        (TemplateOrder, "a line feed between all parts", Template::Separated([" ", "\n", "\n", "\n"])),
        (TemplateOrder, "a line feed between all parts, the method too", Template::Separated(["\n", "\n", "\n", "\n"])),
        (TemplateOrder, "a line feed behind the method", Template::Separated(["\n", "\n", ".", "."])),
        (TemplateOrder, "a dot for the line feed", Template::Separated([" ", ".", ".", "."])),
        (TemplateOrder, "a blank for the line feed", Template::Separated([" ", " ", ".", "."])),
        (TemplateOrder, "no line feed", Template::Separated([" ", "", ".", "."])),
        (TemplateOrder, "no blank behind the method", Template::Separated(["", "\n", ".", "."])),
        (TemplateOrder, "a line feed in front of the body", Template::Separated([" ", "\n", ".", "\n"])),
        (TemplateOrder, "no dot in front of the body", Template::Separated([" ", "\n", ".", ""])),
        (TemplateOrder, "no separators", Template::Separated(["", "", "", ""])),
        (TemplateOrder, "`&` between all parts", Template::Separated(["&", "&", "&", "&"])),
        (TemplateOrder, "commas between all parts", Template::Separated([",", ",", ",", ","])),
    ];
    for (at, (cause, how, template)) in templates.into_iter().enumerate() {
        let value = Value::Template(template);
        list.changes.push(Change {
            part: Part::Template,
            cause,
            how: how.into(),
            value,
            is_rare: at >= COMMON_TEMPLATES,
        });
    }
}
