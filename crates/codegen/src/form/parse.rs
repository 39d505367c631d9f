//! The syntax: `^…$` around ASCII characters, classes, groups, alternatives and repetitions.

use super::set::Set;

/// The most characters that a pattern may describe one by one, repetitions written out.
pub const MAX_CHARACTERS: usize = 256;
/// How deep groups may be nested.
const MAX_DEPTH: usize = 20;

/// A part of a pattern.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// One of some characters.
    Class(Set),
    /// All of them, one behind the other.
    All(Vec<Node>),
    /// One of them.
    Any(Vec<Node>),
    /// A part, from so many times to so many times.
    Repeat(Box<Node>, usize, Option<usize>),
}

impl Node {
    /// Returns how many characters it describes, repetitions written out.
    fn characters(&self) -> usize {
        match self {
            Self::Class(_) => 1,
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::characters).fold(0, usize::saturating_add),
            Self::Repeat(part, min, max) => part.characters().saturating_mul(max.unwrap_or(*min).max(1)),
        }
    }
}

/// Something that not all engines read alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The bytes of the pattern that say it.
    pub at: std::ops::Range<usize>,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub help: String,
}

/// Parses a pattern.
pub(super) fn parse(pattern: &str) -> Result<Node, Fault> {
    let node = any_size(pattern)?;
    if node.characters() > MAX_CHARACTERS {
        let what = format!("the pattern describes more than {MAX_CHARACTERS} characters one by one");
        let help = "repeat less, and leave long lengths to `maxLength`".into();
        return Err(Fault { at: 0..pattern.len(), what, help });
    }
    Ok(node)
}

/// Parses a pattern, however large the automaton is that it makes.
pub(super) fn any_size(pattern: &str) -> Result<Node, Fault> {
    let end = pattern.len();
    let fault =
        |at: std::ops::Range<usize>, what: &str, help: &str| Err(Fault { at, what: what.into(), help: help.into() });
    if let Some((at, c)) = pattern.char_indices().find(|(_, c)| !matches!(c, ' '..='~') || *c == '`') {
        let (what, help) = match c {
            '`' => ("a backtick, which documentation takes for the end of the pattern".into(), "leave it out"),
            _ => (
                format!("the character {c:?} is not a printable ASCII character"),
                "write ASCII characters, without escapes",
            ),
        };
        return Err(Fault { at: at..at + c.len_utf8(), what, help: help.into() });
    }
    if !pattern.starts_with('^') {
        return fault(
            0..end.min(1),
            "the pattern does not begin with `^`",
            "begin it with `^`: a form is that of the whole text",
        );
    }
    let is_escaped = pattern.bytes().rev().skip(1).take_while(|byte| *byte == b'\\').count() % 2 == 1;
    if !pattern.ends_with('$') || end < 2 || is_escaped {
        return fault(
            end.saturating_sub(1)..end,
            "the pattern does not end with `$`",
            "end it with `$`: a form is that of the whole text",
        );
    }
    let mut parser = Parser { text: &pattern.as_bytes()[..end - 1], at: 1, depth: 0 };
    let node = parser.sequence()?;
    match parser.peek() {
        Some(b'|') => parser.fault(
            1,
            "an alternative outside a group",
            "put all alternatives into one group, as in `^(A|B)$`: `^A|B$` ties each to one end only",
        ),
        Some(_) => parser.fault(1, "`)` closes no group", "write `\\\\)` for the character"),
        None => Ok(node),
    }
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn follows(&self, text: &str) -> bool {
        self.text[self.at..].starts_with(text.as_bytes())
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    /// Fails at the next bytes.
    fn fault<T>(&self, length: usize, what: &str, help: &str) -> Result<T, Fault> {
        Err(self.fault_from(self.at, length, what, help))
    }

    fn fault_from(&self, from: usize, length: usize, what: &str, help: &str) -> Fault {
        // What is missing at the end is missing at the `$`.
        let from = from.min(self.text.len());
        Fault { at: from..(from + length).min(self.text.len() + 1), what: what.into(), help: help.into() }
    }

    /// Parses up to `|`, `)` or the end.
    fn sequence(&mut self) -> Result<Node, Fault> {
        let mut parts = Vec::new();
        while !matches!(self.peek(), None | Some(b'|' | b')')) {
            let atom = self.atom()?;
            parts.push(self.repeated(atom)?);
        }
        if parts.is_empty() {
            return self.fault(
                1,
                "nothing is described here",
                "write what is there, and `?` behind what may be missing",
            );
        }
        Ok(Node::All(parts))
    }

    fn atom(&mut self) -> Result<Node, Fault> {
        let byte = self.peek().unwrap_or_default();
        match byte {
            b'(' => return self.group(),
            b'[' => return self.class(),
            b'\\' => return self.escape(false).map(|byte| Node::Class(Set::of(byte))),
            b'.' => {
                return self.fault(
                    1,
                    "engines disagree about `.`",
                    "write a class, such as `[ -~]` for any ASCII character, or `\\\\.` for the point",
                );
            }
            b'^' | b'$' => {
                return self.fault(
                    1,
                    "an anchor inside the pattern",
                    "leave it out, or write a backslash before it (in JSON two) for the character",
                );
            }
            b'?' | b'*' | b'+' => return self.fault(1, "a repetition of nothing", "write what is repeated before it"),
            b'{' | b'}' | b']' => {
                return self.fault(
                    1,
                    &format!("`{}` without a backslash", char::from(byte)),
                    "write a backslash before it (in JSON two) for the character",
                );
            }
            _ => {}
        }
        self.at += 1;
        Ok(Node::Class(Set::of(byte)))
    }

    fn group(&mut self) -> Result<Node, Fault> {
        let open = self.at;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.fault(1, "groups are nested too deeply", "write less deep groups");
        }
        self.at += 1;
        if self.peek() == Some(b'?') {
            self.marked()?;
        }
        let mut ways = vec![self.sequence()?];
        while self.eat(b'|') {
            ways.push(self.sequence()?);
        }
        if !self.eat(b')') {
            return Err(self.fault_from(open, 1, "the group is not closed", "write `)` at its end"));
        }
        self.depth -= 1;
        Ok(Node::Any(ways))
    }

    /// Parses what makes a group something else: all but `(?:` is refused.
    fn marked(&mut self) -> Result<(), Fault> {
        let lookaround = ["?=", "?!", "?<=", "?<!"].into_iter().find(|it| self.follows(it));
        let named = ["?<", "?P<"].into_iter().find(|it| self.follows(it));
        let help = "describe what is there with classes and alternatives";
        if self.follows("?:") {
            self.at += 2;
            return Ok(());
        }
        match (lookaround, named) {
            (Some(mark), _) => {
                self.fault(mark.len(), "a text is described by what is around it, which Rust's engine can't", help)
            }
            (None, Some(mark)) => self.fault(
                mark.len(),
                "the name of a group is written differently for each engine",
                "leave the name out",
            ),
            (None, None) => {
                self.fault(2, "flags and other marks of a group differ between engines", "write a plain group")
            }
        }
    }

    /// Parses a backslash and the character behind it.
    fn escape(&mut self, in_class: bool) -> Result<u8, Fault> {
        let escaped = self.text.get(self.at + 1).copied();
        let help = match escaped {
            Some(b'd') => "write `[0-9]`",
            Some(b'w') => "write `[0-9A-Za-z_]`",
            Some(b's') => "write the space itself",
            Some(b'D' | b'W' | b'S') => "write a class of the characters that are allowed",
            Some(b'0'..=b'9') => "write the group again",
            _ => "write the character without a backslash",
        };
        match escaped {
            Some(byte) if b"^$\\.*+?()[]{}|/".contains(&byte) || (in_class && byte == b'-') => {
                self.at += 2;
                Ok(byte)
            }
            Some(b'd' | b'w' | b's' | b'D' | b'W' | b'S') => {
                self.fault(2, "engines disagree about which characters beyond ASCII it means", help)
            }
            Some(b'0'..=b'9') => self.fault(2, "a reference to a group, which Rust's engine does not have", help),
            Some(b'b' | b'B' | b'A' | b'z' | b'Z') => self.fault(2, "an anchor inside the pattern", "leave it out"),
            Some(_) => self.fault(2, "an escape that not all engines have", help),
            None => self.fault(1, "a backslash before nothing", "leave it out"),
        }
    }

    fn class(&mut self) -> Result<Node, Fault> {
        let open = self.at;
        self.at += 1;
        let mut set = Set::default();
        if self.peek() == Some(b'^') {
            return self.fault(
                1,
                "a class of all other characters, which has characters beyond ASCII",
                "list the characters that are allowed, or write a backslash before it (in JSON two) for the character",
            );
        }
        while self.peek() != Some(b']') {
            if self.peek().is_none() {
                return Err(self.fault_from(open, 1, "the class is not closed", "write `]` at its end"));
            }
            let start = self.at;
            let from = self.member()?;
            if self.follows("--") {
                self.member()?;
            }
            let is_range = self.peek() == Some(b'-') && !matches!(self.text.get(self.at + 1), None | Some(b']'));
            let to = if is_range {
                self.at += 1;
                self.member()?
            } else {
                from
            };
            if from > to {
                return Err(self.fault_from(
                    start,
                    self.at - start,
                    "a range that ends before it begins",
                    "write the lower character first",
                ));
            }
            set.insert(from..=to);
        }
        if set.is_empty() {
            return Err(self.fault_from(
                open,
                2,
                "engines disagree about a class that begins with `]`",
                "write `\\\\]` for the character",
            ));
        }
        self.at += 1;
        Ok(Node::Class(set))
    }

    /// Parses a character of a class.
    fn member(&mut self) -> Result<u8, Fault> {
        let byte = self.peek().unwrap_or_default();
        match byte {
            b'\\' => return self.escape(true),
            b'[' => return self.fault(1, "a class in a class", "write one class, and `\\\\[` for the character"),
            b'&' | b'~' | b'|' | b'-' if self.text.get(self.at + 1) == Some(&byte) => {
                return self.fault(
                    2,
                    "an operation on classes, which not all engines have",
                    "write one class, and each character once",
                );
            }
            _ => self.at += 1,
        }
        Ok(byte)
    }

    /// Parses the repetition behind a part, if there is one.
    fn repeated(&mut self, part: Node) -> Result<Node, Fault> {
        let (min, max) = match self.peek() {
            Some(b'?') => (0, Some(1)),
            Some(b'*') => (0, None),
            Some(b'+') => (1, None),
            Some(b'{') => self.counts()?,
            _ => return Ok(part),
        };
        self.at += 1;
        if matches!(self.peek(), Some(b'?' | b'*' | b'+' | b'{')) {
            return self.fault(
                1,
                "a repetition behind a repetition, which not all engines have",
                "write one of the two; put the first into a group if both are meant",
            );
        }
        Ok(Node::Repeat(Box::new(part), min, max))
    }

    /// Parses `{n}`, `{n,}` or `{n,m}` up to the brace at its end.
    fn counts(&mut self) -> Result<(usize, Option<usize>), Fault> {
        let open = self.at;
        let length = self.text[open..].iter().position(|byte| *byte == b'}').unwrap_or(self.text.len() - open);
        let inside = String::from_utf8_lossy(&self.text[open + 1..open + length.max(1)]).into_owned();
        let (least, most) = inside.split_once(',').unwrap_or((&inside, &inside));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number =
            |text: &str| text.parse::<usize>().ok().filter(|number| is_number(text) && *number <= MAX_CHARACTERS);
        let closed = self.text.get(open + length) == Some(&b'}');
        let counts = match (number(least), number(most)) {
            (Some(min), None) if most.is_empty() => Some((min, None)),
            (Some(min), Some(max)) if min <= max && max > 0 => Some((min, Some(max))),
            _ => None,
        };
        let Some(counts) = counts.filter(|_| closed) else {
            let help =
                format!("write `{{n}}`, `{{n,m}}` or `{{n,}}`, with numbers up to {MAX_CHARACTERS} in ascending order");
            return Err(self.fault_from(open, length + 1, "not a repetition", &help));
        };
        self.at = open + length;
        Ok(counts)
    }
}
