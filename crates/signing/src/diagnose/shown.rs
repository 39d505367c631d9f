//! Shows two contents one below the other: masked, with invisible characters visible and the first difference marked.

use super::json;

/// Characters shown on each side of the first difference.
const AROUND: usize = 60;

/// The content that a message has, and the one that was signed, if it was found.
#[derive(Clone, PartialEq, Eq)]
pub struct Contents {
    pub(super) expected: Content,
    pub(super) signed: Option<Content>,
}

/// A content, and where the body in it begins.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) bytes: Vec<u8>,
    pub(super) body_at: usize,
}

/// Two contents as text, each on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The content that the message has, near the first difference.
    pub expected: String,
    /// The content that was signed, near the first difference.
    pub signed: String,
    /// The first byte that differs.
    pub at_byte: usize,
    /// The character of both texts at which they begin to differ.
    pub at_character: usize,
}

impl Contents {
    /// Returns the content that the message has. It holds the body, and so a customer's data.
    #[must_use]
    pub fn expected(&self) -> &[u8] {
        &self.expected.bytes
    }

    /// Returns the content that was signed, if it was found. It holds the body, and so a customer's data.
    #[must_use]
    pub fn signed(&self) -> Option<&[u8]> {
        self.signed.as_ref().map(|content| &*content.bytes)
    }

    /// Returns the beginning of the content that the message has, as a text.
    #[must_use]
    pub fn expected_text(&self, show_body: bool) -> String {
        let cells = self.expected.cells(show_body);
        window(&cells, 0, 4 * AROUND).0
    }

    /// Returns both contents as texts; `None` if the signed one was not found or is the same.
    ///
    /// Unless `show_body` says otherwise, the texts and numbers in the body and the query of the path are masked, each
    /// character by a `*`. Invisible characters are made visible.
    #[must_use]
    pub fn difference(&self, show_body: bool) -> Option<Difference> {
        let signed = self.signed.as_ref()?;
        let (ours, theirs) = (&self.expected.bytes, &signed.bytes);
        if ours == theirs {
            return None;
        }
        let same = ours.iter().zip(theirs).take_while(|(ours, theirs)| ours == theirs).count();
        let (ours, theirs) = (self.expected.cells(show_body), signed.cells(show_body));
        // A character of several bytes may differ in its last.
        let cell = |cells: &[Cell]| cells.iter().take_while(|cell| cell.end <= same).count();
        let at = cell(&ours).min(cell(&theirs));
        let (expected, at_character) = window(&ours, at, AROUND);
        let (signed, _) = window(&theirs, at, AROUND);
        Some(Difference { expected, signed, at_byte: same, at_character })
    }
}

/// Prints the lengths.
impl std::fmt::Debug for Contents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contents")
            .field("expected", &format_args!("{} bytes", self.expected.bytes.len()))
            .field("signed", &self.signed.as_ref().map(|content| content.bytes.len()))
            .finish()
    }
}

/// A character as it is shown.
struct Cell {
    text: String,
    /// The byte after it.
    end: usize,
}

impl Content {
    fn cells(&self, show_body: bool) -> Vec<Cell> {
        let masked = if show_body { vec![false; self.bytes.len()] } else { self.masked() };
        let mut cells = Vec::with_capacity(self.bytes.len());
        let mut end = 0;
        for chunk in self.bytes.utf8_chunks() {
            for c in chunk.valid().chars() {
                let is_masked = masked.get(end) == Some(&true);
                end += c.len_utf8();
                cells.push(Cell { text: if is_masked { "*".into() } else { visible(c) }, end });
            }
            for byte in chunk.invalid() {
                let is_masked = masked.get(end) == Some(&true);
                end += 1;
                cells.push(Cell { text: if is_masked { "*".into() } else { format!("\\x{byte:02x}") }, end });
            }
        }
        cells
    }

    /// Returns which bytes are masked.
    fn masked(&self) -> Vec<bool> {
        let (head, body) = self.bytes.split_at(self.body_at.min(self.bytes.len()));
        let line = head.iter().position(|byte| *byte == b'\n').unwrap_or(head.len());
        let query = head[..line].iter().position(|byte| *byte == b'?').unwrap_or(line);
        let mut masked: Vec<bool> = head
            .iter()
            .enumerate()
            .map(|(at, byte)| (query..line).contains(&at) && byte.is_ascii_alphanumeric())
            .collect();
        if !json::is_json(body) {
            masked.extend(body.iter().map(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()));
            return masked;
        }
        let mut parts = json::texts(body).peekable();
        while let Some((is_text, part)) = parts.next() {
            let is_name = parts.peek().is_some_and(|(_, next)| next.trim_ascii_start().starts_with(b":"));
            let last = part.len().saturating_sub(1);
            let is_inner = |at: usize| at != 0 && at != last;
            masked.extend(part.iter().enumerate().map(|(at, byte)| {
                if is_text {
                    !is_name && is_inner(at) && !byte.is_ascii_control()
                } else {
                    byte.is_ascii_alphanumeric() || !byte.is_ascii()
                }
            }));
        }
        masked
    }
}

/// Returns a character so that it can be seen.
fn visible(c: char) -> String {
    match c {
        '\n' => "␊".into(),
        '\r' => "␍".into(),
        '\t' => "␉".into(),
        ' '..='~' => c.into(),
        // Letters and signs of other scripts are themselves; blanks, marks and controls are not.
        _ if c.is_alphanumeric() => c.into(),
        _ => format!("<U+{:04X}>", u32::from(c)),
    }
}

/// Returns the cells around one, with `…` where something is left out, and the character at which it begins.
fn window(cells: &[Cell], at: usize, around: usize) -> (String, usize) {
    let from = at.saturating_sub(around);
    let to = at.saturating_add(around).min(cells.len());
    let mut text = String::from(if from > 0 { "…" } else { "" });
    let mut character = 0;
    for (index, cell) in cells.iter().enumerate().take(to).skip(from) {
        if index == at {
            character = text.chars().count();
        }
        text.push_str(&cell.text);
    }
    if at >= to {
        character = text.chars().count();
    }
    text.push_str(if to < cells.len() { "…" } else { "" });
    (text, character)
}
