//! Writes JSON in other ways without changing a name, a text or a number.
//!
//! The input need not be JSON in every detail: what comes of other input is a candidate that does not match.

/// Deeper documents are not written again: indentation grows with the square of the depth.
const MAX_DEPTH: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Open(u8),
    Close(u8),
    Comma,
    Colon,
    /// A text with its quotes, a number or a word.
    Scalar(&'a [u8]),
}

/// How a document is written.
pub(super) struct Style {
    pub(super) comma: &'static [u8],
    pub(super) colon: &'static [u8],
    /// Written once per level after a line feed, with each member on a line of its own.
    pub(super) indent: Option<&'static [u8]>,
    pub(super) is_sorted: bool,
    /// Writes a text with its quotes, a number or a word.
    pub(super) scalar: fn(&[u8], &mut Vec<u8>),
}

/// Writes a scalar as it is.
pub(super) fn same(scalar: &[u8], out: &mut Vec<u8>) {
    out.extend(scalar);
}

/// Writes a document in a style; `None` if it is no JSON.
pub(super) fn write(json: &[u8], style: &Style) -> Option<Vec<u8>> {
    let mut tokens = tokens(json)?;
    if style.is_sorted {
        tokens = sorted(&tokens)?;
    }
    let mut out = Vec::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let mut last = None;
    for token in tokens {
        let is_empty = matches!((last, token), (Some(Token::Open(_)), Token::Close(_)));
        if let Token::Close(_) = token {
            depth = depth.checked_sub(1)?;
        }
        let is_inner = matches!(last, Some(Token::Open(_) | Token::Comma));
        if let Some(indent) = style.indent
            && !is_empty
            && (is_inner || matches!(token, Token::Close(_)))
        {
            out.push(b'\n');
            (0..depth).for_each(|_| out.extend(indent));
        }
        match token {
            Token::Open(byte) | Token::Close(byte) => out.push(byte),
            Token::Comma => out.extend(style.comma),
            Token::Colon => out.extend(style.colon),
            Token::Scalar(text) => (style.scalar)(text, &mut out),
        }
        if let Token::Open(_) = token {
            depth += 1;
        }
        last = Some(token);
    }
    Some(out)
}

/// Splits JSON into its texts (with quotes) and what is between them.
pub(super) fn texts(json: &[u8]) -> impl Iterator<Item = (bool, &[u8])> {
    let mut rest = json;
    std::iter::from_fn(move || {
        let is_text = *rest.first()? == b'"';
        let length = if is_text {
            text_length(rest).unwrap_or(rest.len())
        } else {
            rest.iter().position(|byte| *byte == b'"').unwrap_or(rest.len())
        };
        let (part, after) = rest.split_at(length);
        rest = after;
        Some((is_text, part))
    })
}

/// Returns whether the bytes have the tokens of a JSON document in balance.
pub(super) fn is_json(json: &[u8]) -> bool {
    tokens(json).is_some()
}

fn tokens(json: &[u8]) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut depth = 0_usize;
    let mut rest = json;
    while let Some(&byte) = rest.first() {
        let length = match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {
                rest = &rest[1..];
                continue;
            }
            b'"' => text_length(rest)?,
            b'{' | b'[' | b'}' | b']' | b',' | b':' => 1,
            _ => rest.iter().position(|byte| b"{}[],: \t\r\n\"".contains(byte)).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        tokens.push(match byte {
            b'{' | b'[' => {
                depth += 1;
                Token::Open(byte)
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                Token::Close(byte)
            }
            b',' => Token::Comma,
            b':' => Token::Colon,
            _ => Token::Scalar(token),
        });
        if depth > MAX_DEPTH {
            return None;
        }
    }
    (depth == 0 && !tokens.is_empty()).then_some(tokens)
}

/// Returns the length of the text at the beginning, with its quotes.
fn text_length(rest: &[u8]) -> Option<usize> {
    let mut bytes = rest.iter().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return Some(at + 1),
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
    None
}

/// Sorts the members of all objects by their names.
fn sorted<'a>(tokens: &[Token<'a>]) -> Option<Vec<Token<'a>>> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut rest = tokens;
    while !rest.is_empty() {
        rest = sorted_value(rest, &mut out)?;
    }
    Some(out)
}

/// Writes the first value, and returns the tokens after it. The depth of the recursion is at most [`MAX_DEPTH`].
fn sorted_value<'a, 't>(tokens: &'t [Token<'a>], out: &mut Vec<Token<'a>>) -> Option<&'t [Token<'a>]> {
    let (first, mut rest) = tokens.split_first()?;
    let Token::Open(open) = *first else {
        out.push(*first);
        return Some(rest);
    };
    let mut members: Vec<Vec<Token<'a>>> = Vec::new();
    let mut member = Vec::new();
    let close = loop {
        match *rest.first()? {
            close @ Token::Close(_) => break close,
            Token::Comma => {
                members.push(std::mem::take(&mut member));
                rest = &rest[1..];
            }
            _ => rest = sorted_value(rest, &mut member)?,
        }
    };
    if !member.is_empty() {
        members.push(member);
    }
    if open == b'{' {
        members.sort_by_key(|member| match member.first() {
            Some(Token::Scalar(name)) => *name,
            _ => b"",
        });
    }
    out.push(*first);
    for (at, member) in members.into_iter().enumerate() {
        if at > 0 {
            out.push(Token::Comma);
        }
        out.extend(member);
    }
    out.push(close);
    Some(&rest[1..])
}
