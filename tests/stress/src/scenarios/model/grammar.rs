//! A JSON parser that follows the grammar byte by byte: slow, but easy to verify.

use std::collections::BTreeSet;

use alipayplus_runtime::message::MalformedKind as Fault;

/// The nesting limit.
const MAX_DEPTH: usize = 32;

/// Returns the first fault of a text in reading order; `None` if it is JSON without duplicate names.
pub(super) fn fault(text: &[u8]) -> Option<Fault> {
    let fault = Reader { rest: text, depth: 0 }.whole().err()?;
    Some(if text.starts_with("\u{feff}".as_bytes()) { Fault::ByteOrderMark } else { fault })
}

/// The unread text, and the current nesting.
struct Reader<'a> {
    rest: &'a [u8],
    depth: usize,
}

impl Reader<'_> {
    fn whole(mut self) -> Result<(), Fault> {
        self.value()?;
        self.space();
        if self.rest.is_empty() { Ok(()) } else { Err(Fault::Syntax) }
    }

    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn next(&mut self) -> Result<u8, Fault> {
        let (first, rest) = self.rest.split_first().ok_or(Fault::Incomplete)?;
        self.rest = rest;
        Ok(*first)
    }

    fn expect(&mut self, text: &[u8]) -> Result<(), Fault> {
        text.iter().try_for_each(|byte| if self.next()? == *byte { Ok(()) } else { Err(Fault::Syntax) })
    }

    fn space(&mut self) {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    fn value(&mut self) -> Result<(), Fault> {
        self.space();
        match self.peek().ok_or(Fault::Incomplete)? {
            b'{' => self.within(Self::members),
            b'[' => self.within(Self::elements),
            b'"' => self.string().map(drop),
            b't' => self.expect(b"true"),
            b'f' => self.expect(b"false"),
            b'n' => self.expect(b"null"),
            _ => self.number(),
        }
    }

    fn within(&mut self, inside: impl FnOnce(&mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        self.next()?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Fault::TooDeep);
        }
        inside(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn elements(&mut self) -> Result<(), Fault> {
        self.listed(b']', Self::value)
    }

    fn members(&mut self) -> Result<(), Fault> {
        let mut names = BTreeSet::new();
        self.listed(b'}', |reader| {
            if !names.insert(reader.string()?) {
                return Err(Fault::Duplicate);
            }
            reader.space();
            reader.expect(b":")?;
            reader.value()
        })
    }

    /// Reads items separated by commas, up to the end.
    fn listed(&mut self, end: u8, mut item: impl FnMut(&mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        self.space();
        if self.peek() == Some(end) {
            return self.next().map(drop);
        }
        loop {
            self.space();
            item(self)?;
            self.space();
            match self.next()? {
                b',' => {}
                byte if byte == end => return Ok(()),
                _ => return Err(Fault::Syntax),
            }
        }
    }

    fn string(&mut self) -> Result<String, Fault> {
        self.expect(b"\"")?;
        let mut bytes = Vec::new();
        loop {
            match self.next()? {
                // Only a terminated string is checked as a whole.
                b'"' => return String::from_utf8(bytes).map_err(|_| Fault::Syntax),
                b'\\' => bytes.extend_from_slice(self.escaped()?.encode_utf8(&mut [0; 4]).as_bytes()),
                0..0x20 => return Err(Fault::Syntax),
                byte => bytes.push(byte),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Fault> {
        Ok(match self.next()? {
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.code_point(),
            _ => return Err(Fault::Syntax),
        })
    }

    /// Reads one UTF-16 unit, or a surrogate pair.
    fn code_point(&mut self) -> Result<char, Fault> {
        let first = self.four_digits()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or(Fault::Syntax);
        }
        self.expect(b"\\u")?;
        let second = self.four_digits()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(Fault::Syntax);
        }
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or(Fault::Syntax)
    }

    fn four_digits(&mut self) -> Result<u32, Fault> {
        // Four digits are read at once: a text that ends before them is incomplete, whatever it contains.
        let (digits, rest) = self.rest.split_at_checked(4).ok_or(Fault::Incomplete)?;
        self.rest = rest;
        digits.iter().try_fold(0, |all, byte| Ok(all * 16 + char::from(*byte).to_digit(16).ok_or(Fault::Syntax)?))
    }

    fn number(&mut self) -> Result<(), Fault> {
        if self.peek() == Some(b'-') {
            self.next()?;
        }
        // No digit follows a leading zero.
        if self.peek() == Some(b'0') {
            self.next()?;
            if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return Err(Fault::Syntax);
            }
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.next()?;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.next()?;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.next()?;
            }
            self.digits()?;
        }
        // No member is a number, so the value does not matter, not even one beyond the range of `f64`.
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Fault> {
        if !self.next()?.is_ascii_digit() {
            return Err(Fault::Syntax);
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.next()?;
        }
        Ok(())
    }
}
