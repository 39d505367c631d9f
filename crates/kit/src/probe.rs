//! A request that may be wrong in any way, made into exact bytes.

use std::borrow::Cow;

use alipayplus_signing::SigningInput;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use jiff::Timestamp;
use jiff::tz::Offset;

use crate::key::Scheme;

/// The text of a time header, relative to the target's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Time {
    /// The time so many seconds from now, in a form.
    Now(i64, Form),
    /// Any text.
    Text(String),
}

/// A form of a time header: the offset in seconds, and what follows the seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Date and time at an offset in seconds, then a suffix such as `Z`.
    Iso(i32, &'static str),
    /// Milliseconds since 1970.
    Millis,
}

/// The form that everyone reads.
pub const UTC: Form = Form::Iso(0, "Z");

impl Time {
    /// Returns the text at a moment.
    #[must_use]
    pub fn text(&self, now: Timestamp) -> String {
        let (seconds, form) = match self {
            Self::Text(text) => return text.clone(),
            Self::Now(seconds, form) => (now.as_second() + seconds, form),
        };
        match *form {
            Form::Millis => format!("{seconds}000"),
            Form::Iso(offset, suffix) => {
                let offset = Offset::from_seconds(offset).unwrap_or(Offset::UTC);
                let time = offset.to_datetime(Timestamp::from_second(seconds).unwrap_or(now));
                format!("{}{suffix}", time.strftime("%Y-%m-%dT%H:%M:%S"))
            }
        }
    }
}

/// What a signature covers, and what is sent: in an honest request they are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The method.
    pub method: String,
    /// The path and the query.
    pub uri: String,
    /// The Client-Id.
    pub client_id: String,
    /// The time header.
    pub time: Time,
    /// The body.
    pub body: Vec<u8>,
}

impl Content {
    /// Returns the bytes to sign.
    #[must_use]
    pub fn to_bytes(&self, now: Timestamp) -> Vec<u8> {
        let Self { method, uri, client_id, body, .. } = self;
        SigningInput { method, uri, client_id, time: &self.time.text(now), body }.to_bytes()
    }
}

/// Whose key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The key that the target knows.
    Own,
    /// The second version of that key.
    SecondKey,
    /// The second client's key.
    SecondClient,
    /// A key that the target does not know.
    Stranger,
}

/// A change of a signature's bytes: by a function, and in a shell.
#[derive(Clone, Copy, Debug)]
pub struct Mangle(pub fn(Vec<u8>) -> Vec<u8>, pub &'static str);

impl Mangle {
    /// Leaves the signature as it is.
    pub const NONE: Self = Self(|signature| signature, "cat");
    /// Changes the last bit.
    pub const FLIP: Self = Self(flip, "{ head -c 255; cat >/dev/null; printf x; }");
    /// Leaves the last byte out.
    pub const SHORT: Self = Self(shorten, "head -c 255");
    /// Adds a byte.
    pub const LONG: Self = Self(lengthen, "{ cat; printf '\\0'; }");
}

fn flip(mut signature: Vec<u8>) -> Vec<u8> {
    if let Some(last) = signature.last_mut() {
        *last ^= 1;
    }
    signature
}

fn shorten(mut signature: Vec<u8>) -> Vec<u8> {
    signature.pop();
    signature
}

fn lengthen(mut signature: Vec<u8>) -> Vec<u8> {
    signature.push(0);
    signature
}

/// How a signature's bytes become text: by a function, and in a shell.
#[derive(Clone, Copy, Debug)]
pub struct Encoding(pub fn(&[u8]) -> String, pub &'static str);

impl Encoding {
    /// Percent-encoded standard base64 with padding: the form that every official SDK reads.
    pub const PERCENT: Self =
        Self(|signature| percent(signature, ["%2B", "%2F", "%3D"]), "sed 's/+/%2B/g;s,/,%2F,g;s/=/%3D/g'");
    /// The same with lower-case digits.
    pub const LOWER_PERCENT: Self =
        Self(|signature| percent(signature, ["%2b", "%2f", "%3d"]), "sed 's/+/%2b/g;s,/,%2f,g;s/=/%3d/g'");
    /// Standard base64 as it is.
    pub const RAW: Self = Self(|signature| STANDARD.encode(signature), "cat");
    /// Standard base64 without padding.
    pub const UNPADDED: Self = Self(|signature| STANDARD_NO_PAD.encode(signature), "tr -d =");
    /// The URL-safe alphabet.
    pub const URL_SAFE: Self = Self(|signature| URL_SAFE.encode(signature), "tr +/ -_");
    /// A blank in the place of each plus, and of the first character, so that there is one.
    pub const BLANKS: Self = Self(blanks, "sed 's/+/ /g;s/^./ /'");
    /// Characters that base64 does not have.
    pub const STARS: Self = Self(|signature| STANDARD.encode(signature).replace(['A', 'B'], "*"), "tr AB '**'");
}

fn percent(signature: &[u8], [plus, slash, equals]: [&str; 3]) -> String {
    STANDARD.encode(signature).replace('+', plus).replace('/', slash).replace('=', equals)
}

fn blanks(signature: &[u8]) -> String {
    let text = STANDARD.encode(signature).replace('+', " ");
    format!(" {}", text.get(1..).unwrap_or_default())
}

/// How the end of the body is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// By `Content-Length`.
    Length,
    /// By chunks.
    Chunked,
}

/// A request to be signed and sent. Each part can be made wrong without the others.
#[derive(Clone, Debug)]
pub struct Probe {
    /// What is particular about it, for reports.
    pub label: String,
    /// The position of the subject that it asks about.
    pub subject: Option<usize>,
    /// What the signature covers.
    pub signed: Content,
    /// What is sent.
    pub sent: Content,
    /// Whose key signs.
    pub who: Who,
    /// How it is signed.
    pub scheme: Scheme,
    /// How the signature's bytes are changed.
    pub mangle: Mangle,
    /// How the signature is written.
    pub encoding: Encoding,
    /// The headers but `Host` and those of the framing. In a value, `{signature}`, `{version}`, `{client}` and `{time}`
    /// are replaced.
    pub headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    /// The key version that `{version}` is replaced by.
    pub version: String,
    /// How the body is framed.
    pub framing: Framing,
    /// Whether every target has to accept the signature.
    pub genuine: bool,
}

/// The right value of the header `Signature`.
pub const SIGNATURE: &str = "algorithm=RSA256, keyVersion={version}, signature={signature}";

impl Probe {
    /// Returns an honest request.
    #[must_use]
    pub fn new(content: Content, version: String) -> Self {
        let headers = [
            ("Content-Type", "application/json; charset=UTF-8"),
            ("Client-Id", "{client}"),
            ("Request-Time", "{time}"),
            ("Signature", SIGNATURE),
        ];
        Self {
            label: String::new(),
            subject: None,
            signed: content.clone(),
            sent: content,
            who: Who::Own,
            scheme: Scheme::Sha256,
            mangle: Mangle::NONE,
            encoding: Encoding::PERCENT,
            headers: headers.map(|(name, value)| (name.into(), value.into())).to_vec(),
            version,
            framing: Framing::Length,
            genuine: true,
        }
    }

    /// Says what is particular.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Sends and signs another body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.sent.body = body.into();
        self.signed.body.clone_from(&self.sent.body);
        self
    }

    /// Sends and signs another time.
    #[must_use]
    pub fn time(mut self, time: Time) -> Self {
        self.signed.time = time.clone();
        self.sent.time = time;
        self
    }

    /// Sends and signs other content, which not every target accepts.
    #[must_use]
    pub fn both(mut self, change: impl Fn(&mut Content)) -> Self {
        change(&mut self.sent);
        change(&mut self.signed);
        self.unusual()
    }

    /// Changes what is sent after it was signed.
    #[must_use]
    pub fn sent(mut self, change: impl FnOnce(&mut Content)) -> Self {
        change(&mut self.sent);
        self.unusual()
    }

    /// Signs something else than what is sent.
    #[must_use]
    pub fn signed(mut self, change: impl FnOnce(&mut Content)) -> Self {
        change(&mut self.signed);
        self.unusual()
    }

    /// Signs with another key.
    #[must_use]
    pub fn who(mut self, who: Who) -> Self {
        self.who = who;
        self.unusual()
    }

    /// Signs in another way.
    #[must_use]
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self.unusual()
    }

    /// Changes the signature's bytes.
    #[must_use]
    pub fn mangle(mut self, mangle: Mangle) -> Self {
        self.mangle = mangle;
        self.unusual()
    }

    /// Writes the signature in another way.
    #[must_use]
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self.unusual()
    }

    /// Writes the header `Signature` in another way.
    #[must_use]
    pub fn signature(self, value: impl Into<Cow<'static, str>>) -> Self {
        self.header("Signature", value)
    }

    /// Names another key version.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self.unusual()
    }

    /// Replaces a header, or adds one that is not there.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.add(name, value)
    }

    /// Adds a header.
    #[must_use]
    pub fn add(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self.unusual()
    }

    /// Leaves a header out.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.unusual()
    }

    /// Says that a target may refuse the signature.
    #[must_use]
    pub fn unusual(mut self) -> Self {
        self.genuine = false;
        self
    }
}

/// Replaces the names in a header's value, once from left to right, so that what was put in stays as it is.
pub(crate) fn fill<'a>(template: &str, value: impl Fn(&str) -> Option<Cow<'a, str>>) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        if let Some((value, after)) = after.split_once('}').and_then(|(name, after)| Some((value(name)?, after))) {
            text.push_str(&value);
            rest = after;
        } else {
            text.push('{');
            rest = after;
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Encoding, Form, Time, UTC, fill};

    #[test]
    fn times_are_written_in_each_form() {
        let now = Timestamp::from_second(1_574_820_000).unwrap();
        let text = |seconds, form| Time::Now(seconds, form).text(now);
        assert_eq!(text(0, UTC), "2019-11-27T02:00:00Z");
        assert_eq!(text(1, Form::Iso(30_600, "+08:30")), "2019-11-27T10:30:01+08:30");
        assert_eq!(text(-1, Form::Millis), "1574819999000");
    }

    #[test]
    fn what_is_put_into_a_header_is_not_replaced_again() {
        let filled = fill("a={x}, {y} {", |name| (name == "x").then(|| "{x}".into()));
        assert_eq!(filled, "a={x}, {y} {");
        assert!((Encoding::BLANKS.0)(&[0xFB; 6]).starts_with(' '));
    }
}
