//! The causes for which a signature does not verify: one table, from which the enum, its texts and the page of causes come.

use std::fmt;

/// The part of a message, or of what is around it, that a cause is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Section {
    /// The `Signature` header and how the signature is written in it.
    Header,
    /// The key and the algorithm.
    Key,
    /// The content that was signed.
    Content,
    /// The time, and what the other side may still have against a right signature.
    Time,
}

impl Section {
    /// All sections in the order of the examination.
    pub const ALL: &[Self] = &[Self::Header, Self::Key, Self::Content, Self::Time];

    /// Returns a title.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Header => "Header and spelling",
            Self::Key => "Key and algorithm",
            Self::Content => "Content",
            Self::Time => "Time, and what the other side says",
        }
    }
}

struct Row {
    id: &'static str,
    section: Section,
    sentence: &'static str,
    evidence: &'static str,
    neighbour: &'static str,
}

macro_rules! causes {
    ($($name:ident $id:literal $section:ident $sentence:literal $evidence:literal $neighbour:literal)*) => {
        /// A cause for which a signature does not verify, or a fact worth a note.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Cause {
            $(#[doc = $sentence] $name,)*
        }

        impl Cause {
            /// All causes in the order of the examination.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            fn row(self) -> Row {
                match self {
                    $(Self::$name => Row {
                        id: $id,
                        section: Section::$section,
                        sentence: $sentence,
                        evidence: $evidence,
                        neighbour: $neighbour,
                    },)*
                }
            }
        }
    };
}

impl Cause {
    /// Returns the stable id, such as `body-line-feed`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.row().id
    }

    /// Returns the section of the cause.
    #[must_use]
    pub fn section(self) -> Section {
        self.row().section
    }

    /// Returns the cause in one sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        self.row().sentence
    }

    /// Returns what proves the cause, or makes it likely.
    #[must_use]
    pub fn evidence(self) -> &'static str {
        self.row().evidence
    }

    /// Returns the id of the cause that looks alike, or an empty text.
    #[must_use]
    pub fn neighbour(self) -> &'static str {
        self.row().neighbour
    }

    /// Returns the cause with this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|cause| cause.id() == id)
    }
}

/// Prints the id.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

causes! {
    HeaderMissing "header-missing" Header
        "The message has no Signature header."
        "There is no value. An answer may be unsigned because it refuses a request that was not verified."
        "header-twice"
    HeaderTwice "header-twice" Header
        "The message has two Signature headers, or a proxy joined two into one."
        "There are two values, or one value with every key twice."
        "pair-twice"
    PairTwice "pair-twice" Header
        "The Signature header has one key twice."
        "One value has the same key twice and its other keys once."
        "header-twice"
    TemplateLeft "template-left" Header
        "The Signature header still has a placeholder where a value belongs."
        "A whole value is `{…}`, `<…>`, `%s`, `undefined`, `null`, `None` or the like."
        "not-base64"
    NotPairs "not-pairs" Header
        "The Signature header is not a list of key=value pairs with commas between them."
        "It is a bare signature, has other separators, an empty pair or blanks around `=`."
        "no-signature"
    Quoted "quoted" Header
        "The Signature header has quotes around a value."
        "Without the quotes the header can be read."
        "not-pairs"
    NoSignature "no-signature" Header
        "The Signature header has other pairs and no signature."
        "The pair `signature` is missing or empty."
        "not-pairs"
    KeyVersionUnreadable "key-version-unreadable" Header
        "The key version in the Signature header is no number."
        "The value of keyVersion has other characters than digits."
        "version-unknown"
    HeaderTooLong "header-too-long" Header
        "The Signature header is longer than any signature needs."
        "It has more than 4096 bytes."
        "something-appended"
    NotAscii "not-ascii" Header
        "The Signature header has an invisible or non-ASCII character."
        "A byte is not printable ASCII, and it is no line end."
        "line-breaks"
    AlgorithmNamedOtherwise "algorithm-named-otherwise" Header
        "The Signature header names another algorithm than RSA256."
        "The value of algorithm. What was really used is read from the opened signature."
        "hash-sha512"
    NotPercentEncoded "not-percent-encoded" Header
        "The signature is raw base64: accepted here, and broken by receivers that read `+` as a blank."
        "It has `+`, `/` or `=` and no `%`. A note, never the cause."
        "plus-became-blank"
    Base64Url "base64url" Header
        "The signature uses the url-safe alphabet: accepted here, and refused by many other receivers."
        "It has `-` or `_`. A note, never the cause."
        "not-percent-encoded"
    Unpadded "unpadded" Header
        "The signature has no padding: accepted here, and refused by some other receivers."
        "The `=` at the end is missing, and the length is right. A note, never the cause."
        "cut-short"
    PercentEncodedTwice "percent-encoded-twice" Header
        "The signature is percent-encoded twice."
        "It can be decoded after two rounds only, such as `%252B`."
        "not-base64"
    PlusBecameBlank "plus-became-blank" Header
        "A form decoder turned each `+` of the signature into a blank."
        "There are blanks inside; with `+` in their place the length is right."
        "line-breaks"
    LineBreaks "line-breaks" Header
        "The signature was broken into lines."
        "There are line ends inside, or blanks at every 64th or 76th character."
        "plus-became-blank"
    Hex "hex" Header
        "The signature is written in hexadecimal digits."
        "It has only such digits, two for each byte of the key's modulus."
        "not-base64"
    Base64OfBase64 "base64-of-base64" Header
        "The signature is base64-encoded twice."
        "It decodes to base64 that decodes to the length of the key's modulus."
        "something-appended"
    CutShort "cut-short" Header
        "The end of the signature is missing."
        "It is shorter than the key's modulus, as if a column or a header had a limit."
        "wrong-size-key"
    SomethingAppended "something-appended" Header
        "There is something after the signature."
        "It is longer than the key's modulus; where its beginning opens, that is the proof."
        "wrong-size-key"
    AnotherKindOfSignature "another-kind-of-signature" Header
        "The signature is of another kind than RSA, such as an HMAC or ECDSA."
        "It has the length of a hash, or the form of a DER pair of numbers."
        "cut-short"
    NotBase64 "not-base64" Header
        "The signature is not base64 in any spelling."
        "It has characters that no spelling of base64 has."
        "hex"

    OwnPublicKey "own-public-key" Key
        "Your own public key is used where the other side's belongs."
        "The fingerprints are equal, or your own key opens a message of the other side."
        "echo"
    Echo "echo" Key
        "The answer carries the signature of its request."
        "The two signatures are equal."
        "own-public-key"
    KeyOfAnotherVersion "key-of-another-version" Key
        "The signature was made with another key version than the header names."
        "It opens under the key of another version of the same client."
        "key-of-another-client"
    KeyOfAnotherClient "key-of-another-client" Key
        "The signature was made with the key of another Client-Id, such as another environment's."
        "It opens under that key, and the signed Client-Id is the message's."
        "client-of-another-environment"
    NoVersionNamed "no-version-named" Key
        "The header names no key version, and the signature is of an older key: accepted here."
        "It opens under a key that is not the newest. A note, never the cause."
        "key-of-another-version"
    VersionUnknown "version-unknown" Key
        "The key version that the header names is not among the keys given."
        "It opens under none of the keys, and none has that version."
        "key-unknown"
    KeyUnknown "key-unknown" Key
        "The signature was made with none of the keys given, or its bytes were changed."
        "It has the right length and opens under none of the keys."
        "damaged"
    Damaged "damaged" Key
        "The bytes of this signature were changed."
        "It opens under none of the keys, and another message of the same sender verifies."
        "key-unknown"
    WrongSizeKey "wrong-size-key" Key
        "The signature was made with a key of another size."
        "Its length is the modulus of another common size of key."
        "cut-short"
    PublicKeyIsPrivate "public-key-is-private" Key
        "What was given as a public key is a private key."
        "The form of the file."
        "certificate-given"
    CertificateGiven "certificate-given" Key
        "What was given as a public key is a certificate."
        "The form of the file."
        "public-key-is-private"
    KeyTruncated "key-truncated" Key
        "What was given as a public key is a part of one, or damaged."
        "It is PEM without its end, or base64 of no whole key."
        "certificate-given"
    KeyTooSmall "key-too-small" Key
        "The key has fewer than 2048 bits."
        "The size of its modulus."
        "key-truncated"
    HashSha1 "hash-sha1" Key
        "The content was hashed with SHA-1 and not with SHA-256."
        "The algorithm in the opened signature."
        "hash-other"
    HashMd5 "hash-md5" Key
        "The content was hashed with MD5 and not with SHA-256."
        "The algorithm in the opened signature."
        "hash-other"
    HashSha512 "hash-sha512" Key
        "The content was hashed with SHA-512 and not with SHA-256."
        "The algorithm in the opened signature."
        "hash-other"
    HashOther "hash-other" Key
        "The content was hashed with another algorithm than SHA-256."
        "The algorithm in the opened signature."
        "hash-sha512"
    NoDigestInfo "no-digest-info" Key
        "The digest was padded without the name of its algorithm, as a raw private-key encryption does."
        "The opened signature holds a bare digest."
        "hashed-twice"
    HashedTwice "hashed-twice" Key
        "The digest was given to a function that hashes again."
        "The SHA-256 of the content's digest matches, as bytes or as text."
        "no-digest-info"
    Pss "pss" Key
        "The signature has PSS padding and not PKCS#1 v1.5."
        "The opened signature has the structure of PSS."
        "key-unknown"

    BodyReserialised "body-reserialised" Content
        "The signed body is the same JSON written in another way."
        "The digest of that form matches."
        "content-not-found"
    BodyNotJson "body-not-json" Content
        "The signature is over a program's own text of the object, and not over the JSON that was sent."
        "The digest of that text matches, such as of Java's Map.toString() or Python's str()."
        "body-reserialised"
    BodyEscapes "body-escapes" Content
        "The signed body escapes other characters in its texts."
        "The digest of that form matches."
        "body-charset"
    BodyLineFeed "body-line-feed" Content
        "A line end at the end of the body was added or lost after signing."
        "The digest matches with it, or without it."
        "body-crlf"
    BodyCrlf "body-crlf" Content
        "Line ends inside the body were converted or removed after signing."
        "The digest matches with the other line ends; `curl -d @file` removes them, `--data-binary` does not."
        "body-line-feed"
    BodyBom "body-bom" Content
        "A byte order mark at the beginning of the body was added or lost after signing."
        "The digest matches with it, or without it."
        "body-charset"
    BodyCharset "body-charset" Content
        "The signed body is in another character set than the body on the wire."
        "The digest matches after recoding, and the body has characters beyond ASCII."
        "body-escapes"
    BodyEmpty "body-empty" Content
        "The signature is over an empty body: it was read before it was signed or verified."
        "The digest of an empty body, `{}` or `null` matches."
        "body-of-another-message"
    BodyIsQuoted "body-is-quoted" Content
        "The body was serialised twice: a JSON text that holds JSON."
        "The digest of the other form matches."
        "body-escapes"
    BodyEncoded "body-encoded" Content
        "The signature is over an encoding or a digest of the body in place of the body."
        "The digest of that form matches."
        "hashed-twice"
    BodyCompressed "body-compressed" Content
        "The signature is over the body before it was compressed."
        "The digest of the decompressed body matches."
        "body-encoded"
    BodyOfAnotherMessage "body-of-another-message" Content
        "The signature is over the body of another message."
        "The body of another capture matches."
        "body-empty"
    PathWithoutPrefix "path-without-prefix" Content
        "The signed path lacks the first segments of the path here: something in front added them, or the signer left them out."
        "The rest of the path matches."
        "path-with-prefix"
    PathWithPrefix "path-with-prefix" Content
        "The signed path has segments in front of the path here: a proxy or a router removed them."
        "A known prefix and the path match."
        "path-without-prefix"
    PathWithHost "path-with-host" Content
        "The signed path has the host, or scheme and host, in front."
        "The digest with it matches."
        "path-with-prefix"
    PathQuery "path-query" Content
        "The signed path has another query: it was left out, added or changed."
        "The digest without it, or with that of another capture, matches."
        "path-percent"
    PathSlash "path-slash" Content
        "The signed path has a slash more or less."
        "The digest of that path matches."
        "path-without-prefix"
    PathPercent "path-percent" Content
        "The signed path is percent-encoded in another way."
        "The digest of that path matches."
        "path-case"
    PathCase "path-case" Content
        "The signed path has letters of another case."
        "The digest of that path matches."
        "path-percent"
    PathSandbox "path-sandbox" Content
        "The signed path is that of the other environment: with `/sandbox`, or without."
        "The digest of that path matches."
        "path-with-prefix"
    PathOfAnotherMessage "path-of-another-message" Content
        "The signature is over the path of another message."
        "The path of another capture matches."
        "path-with-prefix"
    MethodCase "method-case" Content
        "The method was signed in letters of another case."
        "The digest with it matches."
        "method-other"
    MethodOther "method-other" Content
        "Another method was signed than the message has."
        "The digest with it matches."
        "method-case"
    ClientOfAnotherEnvironment "client-of-another-environment" Content
        "Another Client-Id was signed than the message names."
        "The digest with another known Client-Id, another case, blanks around it or none matches."
        "key-of-another-client"
    TimeRewritten "time-rewritten" Content
        "The signed time is the same moment in another form."
        "The digest with that form matches."
        "time-other"
    TimeZoneDropped "time-zone-dropped" Content
        "The signed time has no offset, or calls the local time UTC."
        "The digest with that text matches."
        "time-rewritten"
    TimeOther "time-other" Content
        "Another time was signed than the header has: the clock was read twice."
        "The digest with a time within 5 seconds matches."
        "time-rewritten"
    TimeOfTheRequest "time-of-the-request" Content
        "The answer was signed with the time of its request."
        "The digest with that time matches."
        "time-other"
    TimeOfTheAnswer "time-of-the-answer" Content
        "The message was signed with the time of another message."
        "The digest with the time of another capture matches."
        "time-of-the-request"
    AnswerOverItsOwnUri "answer-over-its-own-uri" Content
        "The answer was signed over another path than its request's."
        "The digest with the other path matches."
        "path-with-host"
    AnswerClient "answer-client" Content
        "The answer was signed with another Client-Id than its request's, or with none."
        "The digest with it matches."
        "client-of-another-environment"
    TemplateOrder "template-order" Content
        "The parts of the content were joined in another order or by other separators."
        "The digest of that form matches."
        "template-parts-missing"
    TemplatePartsMissing "template-parts-missing" Content
        "Parts of the content were left out."
        "The digest without them matches."
        "template-order"
    BoundaryShifted "boundary-shifted" Content
        "The signature is good, and the message is cut into parts at other dots: possibly an attack."
        "The same bytes read strictly when they are cut elsewhere."
        "time-unreadable"
    ClientMismatch "client-mismatch" Content
        "The answer names another Client-Id than its request."
        "The two headers differ."
        "answer-client"
    ContentNotFound "content-not-found" Content
        "The key is right, and another content was signed that is none of the usual variations."
        "The signature opens, and no candidate's digest matches."
        "body-reserialised"

    ClockBehind "clock-behind" Time
        "The clock of the sender is behind."
        "The signature is good; the difference of the times."
        "time-zone-wrong"
    ClockAhead "clock-ahead" Time
        "The clock of the sender is ahead."
        "The signature is good; the difference of the times."
        "time-zone-wrong"
    TimeZoneWrong "time-zone-wrong" Time
        "The sender writes its local time with a wrong offset."
        "The signature is good; the times differ by a multiple of 15 minutes."
        "clock-ahead"
    TimeInSeconds "time-in-seconds" Time
        "The time header counts seconds, where milliseconds are read."
        "The signature is good; the time has ten digits."
        "time-unreadable"
    TimeUnreadable "time-unreadable" Time
        "The time header can't be read."
        "The signature is good; the time is neither ISO 8601 with an offset nor milliseconds since 1970."
        "boundary-shifted"
    OldCapture "old-capture" Time
        "The message is older than the window now: no fault if it was captured then."
        "The signature is good; no moment of the capture was given. A note, never the cause."
        "clock-behind"
    RefusedBeforeTheSignature "refused-before-the-signature" Time
        "The other side refused the request before it looked at the signature."
        "The signature is good under your own key, and the answer's code is that of an earlier check."
        "on-the-peers-side"
    OnThePeersSide "on-the-peers-side" Time
        "Everything here is right: what is left is the other side's key, path or clock."
        "The signature is good under your own key, and the other side calls it invalid."
        "refused-before-the-signature"
    NotExact "not-exact" Time
        "The capture can't prove it, because its source does not keep the exact bytes."
        "The source of the capture. A note, never the cause."
        "content-not-found"
}
