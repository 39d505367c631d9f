//! Turns the bytes of an input into UTF-8, hashes them, and limits how much one row may take.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::rc::Rc;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::{Decoder, DecoderResult, Encoding};

/// How many bytes of UTF-8 may be read for one row.
const MAX_ROW: usize = 256 * 1024;
const BUFFER: usize = 64 * 1024;

/// A reader of UTF-8 over bytes of another encoding. A byte order mark decides before the encoding that was named.
pub(super) struct Utf8<R> {
    bytes: R,
    decoder: Decoder,
    encoding: &'static Encoding,
    raw: Vec<u8>,
    text: Vec<u8>,
    /// What of `text` was read.
    read: usize,
    is_at_end: bool,
    /// The number of lines in all texts so far.
    lines: u64,
    shared: Shared,
}

/// What the reader of rows knows of the bytes below it.
#[derive(Clone)]
pub(super) struct Shared {
    hash: Rc<RefCell<Context>>,
    left: Rc<Cell<usize>>,
}

impl Shared {
    /// Starts the limit of another row.
    pub(super) fn next_row(&self) {
        self.left.set(MAX_ROW);
    }

    /// Returns the hash of all bytes so far.
    pub(super) fn hash(&self) -> String {
        STANDARD.encode(self.hash.borrow().clone().finish())
    }
}

impl<R: Read> Utf8<R> {
    pub(super) fn new(bytes: R, encoding: &'static Encoding) -> (Self, Shared) {
        let shared = Shared { hash: Rc::new(RefCell::new(Context::new(&SHA256))), left: Rc::default() };
        shared.next_row();
        let reader = Self {
            bytes,
            decoder: encoding.new_decoder(),
            encoding,
            raw: Vec::new(),
            text: Vec::new(),
            read: 0,
            is_at_end: false,
            lines: 1,
            shared: shared.clone(),
        };
        (reader, shared)
    }

    /// Decodes some more bytes.
    fn decode(&mut self) -> io::Result<()> {
        if self.raw.is_empty() {
            self.raw.resize(BUFFER, 0);
            let count = self.bytes.read(&mut self.raw)?;
            self.raw.truncate(count);
            self.is_at_end = count == 0;
            self.shared.hash.borrow_mut().update(&self.raw);
        }
        self.text.resize(BUFFER * 4, 0);
        let (result, taken, written) =
            self.decoder.decode_to_utf8_without_replacement(&self.raw, &mut self.text, self.is_at_end);
        self.raw.drain(..taken);
        self.text.truncate(written);
        self.read = 0;
        self.lines += self.text.split(|byte| *byte == b'\n').skip(1).count() as u64;
        match result {
            DecoderResult::Malformed(..) => {
                let (line, encoding) = (self.lines, self.encoding.name());
                let what = format!(
                    "row {line}: there are bytes that are not {encoding}: save the file as CSV UTF-8, or name its \
                     encoding, such as --encoding windows-1252"
                );
                Err(io::Error::new(io::ErrorKind::InvalidData, what))
            }
            _ => Ok(()),
        }
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.read == self.text.len() {
            if self.is_at_end && self.raw.is_empty() {
                return Ok(0);
            }
            self.decode()?;
            if self.is_at_end && self.text.is_empty() {
                return Ok(0);
            }
        }
        let left = self.shared.left.get();
        if left == 0 {
            let what = format!("a row is longer than {MAX_ROW} bytes: is a quotation mark not closed?");
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        let count = to.len().min(self.text.len() - self.read).min(left);
        to[..count].copy_from_slice(&self.text[self.read..self.read + count]);
        self.read += count;
        self.shared.left.set(left - count);
        Ok(count)
    }
}
