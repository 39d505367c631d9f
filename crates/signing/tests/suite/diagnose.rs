//! Every cause is named for a message that has it, and not for its neighbour.

use alipayplus_signing::diagnose::{Cause, Diagnosis, Doctor, Message, Refusal, Sender};
use alipayplus_signing::{Digest, KeyRing, PrivateKey, PublicKey, SignatureHeader, Signer as _, SigningInput};
use jiff::Timestamp;

use crate::support::{
    CLIENT_ID, Folder, bytes, key_text, now, openssl, pem, private_key, public_key, text, to_base64, vectors,
};

const OTHER_CLIENT: &str = "5X00000000000042";
const BODY: &str =
    "{\"name\":\"é/<1>\",\"list\":[1,{\"b\":\"\",\"a\":\"2\"}],\"paymentRequestId\":\"20200101234567890132\"}";
const TIME: &str = "2025-02-20T16:51:49.120+08:00";
const URI: &str = "/ams/api/v1/pay%2fments/Inquiry?a=b";

/// The parts of a message, as they are on the wire or as they were signed.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) client: String,
    pub(crate) time: String,
    pub(crate) body: Vec<u8>,
}

impl Wire {
    pub(crate) fn input(&self) -> SigningInput<'_> {
        let Self { method, uri, client, time, body } = self;
        SigningInput { method, uri, client_id: client, time, body }
    }

    /// Returns these parts with one of them changed.
    fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = self.clone();
        change(&mut changed);
        changed
    }
}

pub(crate) fn wire() -> Wire {
    let [method, uri, client, time] = ["POST", URI, CLIENT_ID, TIME].map(str::to_owned);
    Wire { method, uri, client, time, body: BODY.into() }
}

/// Signs any content with a test key.
pub(crate) fn sign(key: &str, content: &[u8]) -> Vec<u8> {
    now(private_key(key).sign(&Digest::testing(content))).unwrap()
}

pub(crate) fn header(signature: Vec<u8>) -> String {
    SignatureHeader::new(Some(1), signature).to_string()
}

/// A message with what is around it.
#[derive(Clone)]
struct Capture {
    wire: Wire,
    headers: Vec<String>,
    sender: Sender,
    refusal: Option<Refusal>,
    at: Option<&'static str>,
    now: Option<&'static str>,
    is_exact: bool,
    /// The request, if this is its answer.
    request: Option<Box<Capture>>,
    others: Vec<Capture>,
    own: &'static str,
    peer: Vec<(&'static str, u64, &'static str)>,
}

impl Capture {
    /// A message as it is on the wire, with a signature over any content.
    fn over(wire: Wire, content: &[u8]) -> Self {
        Self {
            wire,
            headers: vec![header(sign("k1", content))],
            sender: Sender::Peer,
            refusal: None,
            at: None,
            now: None,
            is_exact: true,
            request: None,
            others: Vec::new(),
            own: "k2",
            peer: vec![(CLIENT_ID, 1, "k1")],
        }
    }

    fn good() -> Self {
        Self::signed(&wire())
    }

    /// The usual message, with a signature over other parts.
    fn signed(signed: &Wire) -> Self {
        Self::over(wire(), &signed.input().to_bytes())
    }

    fn changed(change: impl FnOnce(&mut Wire)) -> Self {
        Self::signed(&wire().with(change))
    }

    /// The right signature in another header.
    fn headed(make: impl FnOnce(&str) -> String) -> Self {
        let mut capture = Self::good();
        capture.headers = vec![make(&to_base64(&sign("k1", &wire().input().to_bytes())))];
        capture
    }

    fn raw(signature: Vec<u8>) -> Self {
        Self { headers: vec![header(signature)], ..Self::good() }
    }

    /// An answer whose signed parts are changed.
    fn answer(change: impl FnOnce(&mut Wire)) -> Self {
        let request = Self { headers: vec![header(sign("k2", b"a request"))], ..Self::good() };
        let wire = wire().with(|wire| wire.time = "2025-02-20T08:51:51Z".into());
        let signed = wire.with(change);
        Self { request: Some(Box::new(request)), ..Self::over(wire, &signed.input().to_bytes()) }
    }

    fn message(&self) -> Message<'_> {
        let wire = &self.wire;
        let message = match &self.request {
            Some(request) => Message::answer(&request.message(), &wire.client, &wire.time, &wire.body, &self.headers),
            None => Message::request(wire.input(), &self.headers).to_host("wallet.example"),
        };
        let message = message.sent_by(self.sender);
        let message = self.refusal.into_iter().fold(message, Message::refused);
        let message = if self.is_exact { message } else { message.inexact() };
        self.at.into_iter().fold(message, |message, at| message.captured_at(at.parse().unwrap()))
    }

    fn diagnose(&self) -> Diagnosis {
        let doctor = Doctor::new().own_key(public_key(self.own)).prefix("/gw");
        let doctor = self.now.into_iter().fold(doctor, |doctor, now| doctor.at(now.parse().unwrap()));
        let doctor = self
            .peer
            .iter()
            .fold(doctor, |doctor, (client, version, key)| doctor.peer_key(Some(client), *version, public_key(key)));
        let others: Vec<_> = self.others.iter().map(Self::message).collect();
        doctor.diagnose(&self.message(), &others)
    }
}

fn causes(diagnosis: &Diagnosis) -> Vec<Cause> {
    diagnosis.causes.iter().map(|finding| finding.cause).collect()
}

fn notes(diagnosis: &Diagnosis) -> Vec<Cause> {
    diagnosis.notes.iter().map(|finding| finding.cause).collect()
}

/// Signs with the `openssl` command, which has the other algorithms and paddings.
fn by_openssl(arguments: &str, input: &[u8]) -> Vec<u8> {
    let folder = Folder::new(&format!("diagnose-{}", arguments.len()));
    let key = folder.write("key.pem", pem("PRIVATE KEY", &key_text("k1", "private_pkcs8_base64")));
    openssl(&arguments.replace("KEY", key.to_str().unwrap()), input)
}

fn content() -> Vec<u8> {
    wire().input().to_bytes()
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{text} has no {from}");
    text.replace(from, to)
}

/// Returns a message that has the cause, and its other causes that can't be avoided.
fn capture_of(cause: Cause) -> Capture {
    let none = Capture { headers: vec![], ..Capture::good() };
    match cause {
        Cause::HeaderMissing => none,
        Cause::HeaderTwice => Capture { headers: [Capture::good().headers, Capture::good().headers].concat(), ..none },
        Cause::PairTwice => Capture::headed(|s| format!("algorithm=RSA256,keyVersion=1,signature={s},signature={s}")),
        Cause::TemplateLeft => Capture::headed(|_| "algorithm=RSA256,keyVersion=1,signature={signature}".into()),
        Cause::NotPairs => Capture::headed(str::to_owned),
        Cause::Quoted => Capture::headed(|s| format!("algorithm=\"RSA256\",keyVersion=\"1\",signature=\"{s}\"")),
        Cause::NoSignature => Capture::headed(|_| "algorithm=RSA256,keyVersion=1".into()),
        Cause::KeyVersionUnreadable => Capture::headed(|s| format!("algorithm=RSA256,keyVersion=v1,signature={s}")),
        Cause::HeaderTooLong => Capture::headed(|s| format!("signature={s},padding={}", "A".repeat(5000))),
        Cause::NotAscii => Capture::headed(|s| format!("algorithm=RSA256,\u{a0}keyVersion=1,signature={s}")),
        Cause::AlgorithmNamedOtherwise => Capture::headed(|s| format!("algorithm=RS256,keyVersion=1,signature={s}")),
        Cause::NotPercentEncoded => Capture::headed(|s| format!("algorithm=RSA256,keyVersion=1,signature={s}")),
        Cause::Base64Url => Capture::headed(|s| {
            format!(
                "algorithm=RSA256,keyVersion=1,signature={}",
                s.replace('+', "-").replace('/', "_").replace('=', "%3D")
            )
        }),
        Cause::Unpadded => Capture::headed(|s| {
            let text = s.trim_end_matches('=').replace('+', "%2B").replace('/', "%2F");
            format!("algorithm=RSA256,keyVersion=1,signature={text}")
        }),
        Cause::PercentEncodedTwice => Capture::headed(|s| {
            let once = s.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
            format!("algorithm=RSA256,keyVersion=1,signature={}", replaced(&once, "%", "%25"))
        }),
        Cause::PlusBecameBlank => {
            Capture::headed(|s| format!("algorithm=RSA256,keyVersion=1,signature={}", replaced(s, "+", " ")))
        }
        Cause::LineBreaks => Capture::headed(|s| {
            let lines: Vec<_> = s.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap()).collect();
            format!("algorithm=RSA256,keyVersion=1,signature={}", lines.join(" "))
        }),
        Cause::Hex => Capture::headed(|_| {
            let signature = sign("k1", &content());
            let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
            format!("algorithm=RSA256,keyVersion=1,signature={hex}")
        }),
        Cause::Base64OfBase64 => Capture::raw(to_base64(&sign("k1", &content())).into_bytes()),
        Cause::CutShort => Capture::raw(sign("k1", &content())[..200].to_vec()),
        Cause::SomethingAppended => Capture::raw([&*sign("k1", &content()), b"more"].concat()),
        Cause::AnotherKindOfSignature => Capture::raw(vec![7; 32]),
        Cause::NotBase64 => Capture::headed(|_| "algorithm=RSA256,keyVersion=1,signature=testing_signatur!".into()),
        cause => key_capture(cause),
    }
}

fn key_capture(cause: Cause) -> Capture {
    let by_k2 = Capture::raw(sign("k2", &content()));
    let both = vec![(CLIENT_ID, 1, "k1"), (CLIENT_ID, 2, "k2")];
    // As long as a signature, and made by no key.
    let garbage = Capture::raw(vec![7; 256]);
    match cause {
        Cause::OwnPublicKey => by_k2,
        Cause::Echo => {
            let answer = Capture::answer(|_| ());
            Capture { headers: answer.request.as_ref().unwrap().headers.clone(), ..answer }
        }
        Cause::KeyOfAnotherVersion => Capture { peer: both, own: "k1", ..by_k2 },
        Cause::KeyOfAnotherClient => {
            Capture { peer: vec![(CLIENT_ID, 1, "k1"), (OTHER_CLIENT, 1, "k2")], own: "k1", ..by_k2 }
        }
        Cause::NoVersionNamed => {
            let signature = SignatureHeader::new(None, sign("k1", &content())).to_string();
            Capture { headers: vec![signature], peer: both, ..Capture::good() }
        }
        Cause::VersionUnknown => {
            Capture { headers: vec![SignatureHeader::new(Some(9), vec![7; 256]).to_string()], ..garbage }
        }
        Cause::KeyUnknown => garbage,
        Cause::Damaged => Capture { others: vec![Capture::good()], ..garbage },
        Cause::WrongSizeKey => Capture::raw(vec![7; 512]),
        Cause::HashSha1 => Capture::raw(by_openssl("dgst -sha1 -sign KEY", &content())),
        Cause::HashMd5 => Capture::raw(by_openssl("dgst -md5 -sign KEY", &content())),
        Cause::HashSha512 => Capture::raw(by_openssl("dgst -sha512 -sign KEY", &content())),
        Cause::HashOther => Capture::raw(by_openssl("dgst -sha384 -sign  KEY".replace("  ", " ").as_str(), &content())),
        Cause::NoDigestInfo => {
            let digest = Digest::testing(&content());
            Capture::raw(by_openssl("pkeyutl -sign -inkey KEY", digest.as_bytes()))
        }
        Cause::HashedTwice => Capture::over(wire(), Digest::testing(&content()).as_bytes()),
        Cause::Pss => Capture::raw(by_openssl("dgst -sha256 -sigopt rsa_padding_mode:pss -sign KEY", &content())),
        cause => body_capture(cause),
    }
}

fn body_capture(cause: Cause) -> Capture {
    let body = |body: &[u8]| Capture::changed(|wire| wire.body = body.to_vec());
    let pretty = "{\r\n\"a\":\"b\"\r\n}";
    match cause {
        Cause::BodyReserialised => body(replaced(BODY, ":", ": ").replace(',', ", ").as_bytes()),
        Cause::BodyNotJson => body(b"[object Object]"),
        Cause::BodyEscapes => body(replaced(BODY, "é", "\\u00e9").as_bytes()),
        Cause::BodyLineFeed => body(format!("{BODY}\n").as_bytes()),
        Cause::BodyCrlf => {
            let sent = wire().with(|wire| wire.body = pretty.into());
            let signed = wire().with(|wire| wire.body = pretty.replace('\r', "").into());
            Capture::over(sent, &signed.input().to_bytes())
        }
        Cause::BodyBom => body(format!("\u{feff}{BODY}").as_bytes()),
        Cause::BodyCharset => body(&BODY.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<_>>()),
        Cause::BodyEmpty => body(b""),
        Cause::BodyIsQuoted => body(format!("\"{}\"", BODY.replace('"', "\\\"")).as_bytes()),
        Cause::BodyEncoded => body(Digest::testing(BODY.as_bytes()).to_string().as_bytes()),
        Cause::BodyCompressed => {
            // Made by `gzip -n`.
            let zipped = "H4sIAAAAAAAAA6tWSlSyUkpSqgUAnFz2awkAAAA=";
            let sent = wire().with(|wire| wire.body = crate::support::from_base64(zipped));
            let signed = wire().with(|wire| wire.body = b"{\"a\":\"b\"}".to_vec());
            Capture::over(sent, &signed.input().to_bytes())
        }
        Cause::BodyOfAnotherMessage => {
            let other = wire().with(|wire| wire.body = b"another".to_vec());
            Capture { others: vec![Capture::over(other, b"")], ..body(b"another") }
        }
        cause => head_capture(cause),
    }
}

fn head_capture(cause: Cause) -> Capture {
    let uri = |uri: &str| Capture::changed(|wire| wire.uri = uri.into());
    let time = |time: &str| Capture::changed(|wire| wire.time = time.into());
    match cause {
        Cause::PathWithoutPrefix => uri(&URI.replace("/ams/api", "")),
        Cause::PathWithPrefix => uri(&format!("/gw{URI}")),
        Cause::PathWithHost => uri(&format!("https://wallet.example{URI}")),
        Cause::PathQuery => uri(URI.split('?').next().unwrap()),
        Cause::PathSlash => uri(&replaced(URI, "?", "/?")),
        Cause::PathPercent => uri(&replaced(URI, "%2f", "%2F")),
        Cause::PathCase => uri(&URI.to_lowercase()),
        Cause::PathSandbox => uri(&replaced(URI, "/ams", "/ams/sandbox")),
        Cause::PathOfAnotherMessage => {
            let other = wire().with(|wire| wire.uri = "/another".into());
            Capture { others: vec![Capture::over(other, b"")], ..uri("/another") }
        }
        Cause::MethodCase => Capture::changed(|wire| wire.method = "post".into()),
        Cause::MethodOther => Capture::changed(|wire| wire.method = "GET".into()),
        Cause::ClientOfAnotherEnvironment => {
            let capture = Capture::changed(|wire| wire.client = OTHER_CLIENT.into());
            Capture { peer: vec![(CLIENT_ID, 1, "k1"), (OTHER_CLIENT, 1, "k2")], own: "k1", ..capture }
        }
        Cause::TimeRewritten => time("2025-02-20T08:51:49.12Z"),
        Cause::TimeZoneDropped => time("2025-02-20T16:51:49.120"),
        Cause::TimeOther => time("2025-02-20T16:51:49.127+08:00"),
        Cause::TimeOfTheRequest => Capture::answer(|wire| wire.time = TIME.into()),
        Cause::TimeOfTheAnswer => {
            let other = wire().with(|wire| wire.time = "2020-01-01T00:00:00Z".into());
            Capture { others: vec![Capture::over(other, b"")], ..time("2020-01-01T00:00:00Z") }
        }
        Cause::AnswerOverItsOwnUri => Capture::answer(|wire| wire.uri = "/".into()),
        Cause::AnswerClient => Capture::answer(|wire| wire.client.clear()),
        Cause::TemplateOrder => Capture::over(wire(), &replaced_bytes(&content(), "\n", "\\n")),
        Cause::TemplatePartsMissing => {
            Capture::over(wire(), &content()[content().iter().position(|b| *b == b'\n').unwrap() + 1..])
        }
        Cause::BoundaryShifted => {
            let shifted = wire().with(|wire| {
                wire.time = "2025-02-20T16:51:49".into();
                wire.body = [b"120+08:00.", BODY.as_bytes()].concat();
            });
            Capture::over(shifted, &content())
        }
        Cause::ClientMismatch => {
            let mut answer = Capture::answer(|_| ());
            answer.wire.client = OTHER_CLIENT.into();
            answer.peer.push((OTHER_CLIENT, 1, "k1"));
            answer.headers = vec![header(sign("k1", &answer.wire.input().to_bytes()))];
            answer
        }
        Cause::ContentNotFound => Capture::changed(|wire| wire.body = BODY.replace('2', "3").into()),
        cause => time_capture(cause),
    }
}

fn time_capture(cause: Cause) -> Capture {
    let at = |at| Capture { at: Some(at), ..Capture::good() };
    let dated = |time: &str| {
        let sent = wire().with(|wire| wire.time = time.into());
        Capture::over(sent.clone(), &sent.input().to_bytes())
    };
    let ours = |refusal| {
        let by_us = Capture::raw(sign("k2", &content()));
        Capture { sender: Sender::Own, refusal: Some(refusal), ..by_us }
    };
    match cause {
        Cause::ClockBehind => at("2025-02-20T08:58:00Z"),
        Cause::ClockAhead => at("2025-02-20T08:45:00Z"),
        Cause::TimeZoneWrong => at("2025-02-20T16:51:50Z"),
        Cause::TimeInSeconds => dated("1740041509"),
        Cause::TimeUnreadable => dated("2025-02-20T08:51:49"),
        Cause::OldCapture => Capture { now: Some("2026-02-20T08:51:49Z"), ..Capture::good() },
        Cause::RefusedBeforeTheSignature => ours(Refusal::BeforeTheSignature),
        Cause::OnThePeersSide => ours(Refusal::Signature),
        Cause::NotExact => Capture { is_exact: false, ..capture_of(Cause::ContentNotFound) },
        cause => panic!("no message has {cause}"),
    }
}

fn replaced_bytes(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    replaced(str::from_utf8(bytes).unwrap(), from, to).into_bytes()
}

/// Facts, which are no causes.
const NOTES: &[Cause] = &[
    Cause::NotPercentEncoded,
    Cause::Base64Url,
    Cause::Unpadded,
    Cause::NoVersionNamed,
    Cause::OldCapture,
    Cause::NotExact,
];
/// Causes of a text that is no key: there is no message to examine.
const OF_KEYS: &[Cause] =
    &[Cause::PublicKeyIsPrivate, Cause::CertificateGiven, Cause::KeyTruncated, Cause::KeyTooSmall];

#[test]
fn each_cause_is_named_and_its_neighbour_is_not() {
    for cause in Cause::ALL.iter().filter(|cause| !OF_KEYS.contains(cause)) {
        let diagnosis = capture_of(*cause).diagnose();
        if NOTES.contains(cause) {
            assert!(notes(&diagnosis).contains(cause), "{cause}: {diagnosis:?}");
            let is_not_found = *cause == Cause::NotExact;
            assert_eq!(diagnosis.is_right(), !is_not_found, "{cause}: {diagnosis}");
        } else {
            // Nothing else is named, and so no neighbour.
            assert_eq!(causes(&diagnosis), [*cause], "{cause}: {diagnosis}");
        }

        // The other way round: what looks alike is named as itself.
        let neighbour = Cause::from_id(cause.neighbour()).unwrap_or_else(|| panic!("{cause} has no neighbour"));
        let other = if OF_KEYS.contains(&neighbour) { Capture::good() } else { capture_of(neighbour) }.diagnose();
        let named = [causes(&other), notes(&other)].concat();
        assert!(!named.contains(cause), "{neighbour}: {other}");
    }
}

#[test]
fn ids_are_unique_and_texts_are_sentences() {
    for (at, cause) in Cause::ALL.iter().enumerate() {
        assert_eq!(Cause::from_id(cause.id()), Some(*cause));
        assert!(Cause::ALL[..at].iter().all(|other| other.id() != cause.id()), "{cause}");
        assert!(cause.sentence().ends_with('.') && cause.evidence().ends_with('.'), "{cause}");
    }
    assert!(Cause::ALL.len() >= 75, "{}", Cause::ALL.len());
}

#[test]
fn texts_that_are_no_public_key_are_named() {
    let spki = key_text("k1", "public_spki_base64");
    let small = openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024", b"");
    let small = String::from_utf8(openssl("pkey -pubout", &small)).unwrap();
    let key = pem("PRIVATE KEY", &key_text("k1", "private_pkcs8_base64"));
    let folder = Folder::new("diagnose-certificate");
    let path = folder.write("key.pem", &key);
    let certificate = openssl(&format!("req -x509 -key {} -subj /CN=a -days 1", path.display()), b"");
    for (text, cause) in [
        (key, Cause::PublicKeyIsPrivate),
        (String::from_utf8(certificate).unwrap(), Cause::CertificateGiven),
        (spki[..200].to_owned(), Cause::KeyTruncated),
        (small, Cause::KeyTooSmall),
    ] {
        let error = PublicKey::from_text(&text).unwrap_err();
        assert_eq!(Cause::of_key_error(&error), Some(cause), "{error}");
    }
}

#[test]
fn each_negative_vector_has_its_cause() {
    for vector in vectors("negative.json") {
        let id = text(&vector, "id");
        let diagnosis = diagnose_vector(&vector);
        let expected = match id {
            // What was signed can't be known from the message: another digit, query, host or fraction.
            "body-changed" | "res-body-changed" | "uri-changed" | "uri-query-dropped" | "absolute-uri"
            | "res-time-changed" | "res-other-path" => Cause::ContentNotFound,
            "body-reserialised" => Cause::BodyReserialised,
            "body-trailing-lf" => Cause::BodyLineFeed,
            "body-escaped-vs-utf8" => Cause::BodyEscapes,
            "time-changed" => Cause::TimeOther,
            "client-changed" => Cause::ClientOfAnotherEnvironment,
            "uri-trailing-slash" => Cause::PathSlash,
            "method-changed" => Cause::MethodOther,
            "method-lower" => Cause::MethodCase,
            "wrong-key" | "bitflip" | "res-by-another-key" => Cause::KeyUnknown,
            "sha1" => Cause::HashSha1,
            "sha512" => Cause::HashSha512,
            "sig-short" => Cause::CutShort,
            "sig-long" => Cause::SomethingAppended,
            "sig-empty" | "no-signature-param" => Cause::NoSignature,
            "sig-not-base64" => Cause::NotBase64,
            "sig-plus-as-space" => Cause::PlusBecameBlank,
            "alg-none" | "alg-rsa512" => Cause::AlgorithmNamedOtherwise,
            "kv-unknown" | "kv-other" => Cause::KeyOfAnotherVersion,
            "dup-signature-param" => Cause::PairTwice,
            "two-headers" => Cause::HeaderTwice,
            "no-header" | "res-unsigned" => Cause::HeaderMissing,
            "huge-header" => Cause::HeaderTooLong,
            "boundary-time-body" => Cause::BoundaryShifted,
            "res-without-method" | "res-body-only" => Cause::TemplatePartsMissing,
            "res-client-changed" => Cause::ClientMismatch,
            other => panic!("the vector {other} has no expected cause"),
        };
        assert_eq!(causes(&diagnosis), [expected], "{id}: {diagnosis}");
    }
}

fn diagnose_vector(vector: &serde_json::Value) -> Diagnosis {
    let body = bytes(vector, "body_base64");
    let [method, uri, client_id, time] = ["method", "uri", "client_id", "time"].map(|member| text(vector, member));
    let input = SigningInput { method, uri, client_id, time, body: &body };
    let headers: Vec<&str> = match vector["signature_headers"].as_array() {
        Some(headers) => headers.iter().map(|header| header.as_str().unwrap()).collect(),
        None => vec![text(vector, "signature_header")],
    };
    let keys = vector["keyring"]
        .as_array()
        .map_or(vec!["k1", "k2"], |keys| keys.iter().map(|key| key.as_str().unwrap()).collect());
    let doctor = keys
        .iter()
        .zip(1..)
        .fold(Doctor::new(), |doctor, (key, version)| doctor.peer_key(Some(CLIENT_ID), version, public_key(key)));
    if text(vector, "kind") == "request" {
        return doctor.diagnose(&Message::request(input, &headers), &[]);
    }
    let doctor =
        keys.iter().zip(1..).fold(doctor, |doctor, (key, version)| doctor.peer_key(None, version, public_key(key)));
    let none: [&str; 0] = [];
    let request = Message::request(SigningInput { client_id: CLIENT_ID, body: b"", time: "", ..input }, &none);
    doctor.diagnose(&Message::answer(&request, client_id, time, &body, &headers), &[])
}

#[test]
fn positive_vectors_have_no_cause() {
    for vector in vectors("positive.json") {
        let diagnosis = diagnose_vector(&vector);
        assert!(diagnosis.is_right(), "{}: {diagnosis}", text(&vector, "id"));
    }
}

#[test]
fn own_keys_and_echoes_are_told_from_each_other() {
    // The own key was given as the other side's: nothing of the other side opens.
    let swapped = Capture { peer: vec![(CLIENT_ID, 1, "k2")], ..Capture::good() };
    assert_eq!(causes(&swapped.diagnose()), [Cause::OwnPublicKey]);
    // Who sent a message is found by the keys.
    let doctor = Doctor::new().own_key(public_key("k2")).peer_key(None, 1, public_key("k1"));
    assert_eq!(doctor.sender_of(&Capture::good().message()), Some(Sender::Peer));
    assert_eq!(doctor.sender_of(&capture_of(Cause::OnThePeersSide).message()), Some(Sender::Own));
    assert_eq!(doctor.sender_of(&capture_of(Cause::KeyUnknown).message()), None);
}

#[test]
fn the_keys_of_a_ring_take_part() {
    let ring = KeyRing::new();
    let many = |client: u64| (format!("5X{client:014}"), 1, public_key("k1"));
    ring.extend((0..100).map(many)).unwrap();
    ring.insert(CLIENT_ID, 1, public_key("k1")).unwrap();
    ring.insert(CLIENT_ID, 2, public_key("k2")).unwrap();
    let capture = Capture::raw(sign("k2", &content()));
    let diagnosis = Doctor::new().key_ring(&ring, CLIENT_ID).diagnose(&capture.message(), &[]);
    assert_eq!(causes(&diagnosis), [Cause::KeyOfAnotherVersion]);
    // Of other clients, some.
    let diagnosis = Doctor::new().key_ring(&ring, "5X_UNKNOWN").diagnose(&Capture::good().message(), &[]);
    assert!(diagnosis.is_right() || causes(&diagnosis) == [Cause::KeyOfAnotherClient], "{diagnosis}");
}

#[test]
fn a_wrong_key_and_a_wrong_content_are_both_named() {
    let signed = wire().with(|wire| wire.body.push(b'\n'));
    let capture = Capture {
        headers: vec![header(sign("k2", &signed.input().to_bytes()))],
        peer: vec![(CLIENT_ID, 1, "k1"), (CLIENT_ID, 2, "k2")],
        own: "k1",
        ..Capture::good()
    };
    assert_eq!(causes(&capture.diagnose()), [Cause::KeyOfAnotherVersion, Cause::BodyLineFeed]);
}

#[test]
fn pss_is_recognized_by_any_salt() {
    let lost = wire().with(|wire| wire.body.push(b'\n')).input().to_bytes();
    for salt in ["0", "32", "max"] {
        let sign = format!("dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:{salt} -sign KEY");
        let diagnose = |content: &[u8]| Capture::raw(by_openssl(&sign, content)).diagnose();
        assert_eq!(causes(&diagnose(&content())), [Cause::Pss], "{salt}");
        assert_eq!(causes(&diagnose(&lost)), [Cause::Pss, Cause::BodyLineFeed], "{salt}");
        assert!(diagnose(&lost).causes.iter().all(|finding| finding.is_proved), "{salt}");
        // Whatever the content is. The longest salt leaves no padding, so that it only looks like PSS.
        let unknown = diagnose(b"unknown");
        assert_eq!(causes(&unknown), [Cause::Pss, Cause::ContentNotFound], "{salt}");
        assert!(unknown.causes.iter().all(|finding| finding.is_proved == (salt != "max")), "{unknown}");
    }
}

#[test]
fn another_keys_pss_is_no_pss_of_this_key() {
    // Without a salt, so that it is the same signature in every run.
    let sign = "dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:0 -sign KEY";
    let capture = Capture { peer: vec![(CLIENT_ID, 1, "k2")], own: "k2", ..Capture::raw(by_openssl(sign, &content())) };
    assert_eq!(causes(&capture.diagnose()), [Cause::OwnPublicKey]);
}

#[test]
fn texts_of_objects_are_recognized() {
    let nested = "{\"b\":\"é\",\"c\":[true,null,1.0],\"a\":{\"d\":\"it's\"}}";
    for (body, text) in [
        (nested, "{b=é, c=[true, null, 1.0], a={d=it's}}"),
        (nested, "{a={d=it's}, b=é, c=[true, null, 1.0]}"),
        (nested, "{'b': 'é', 'c': [True, None, 1.0], 'a': {'d': \"it's\"}}"),
        (nested, "[object Object]"),
        ("{\"b\":\"1\",\"a\":2}", "a=2&b=1"),
    ] {
        let sent = wire().with(|wire| wire.body = body.into());
        let signed = sent.with(|wire| wire.body = text.into());
        let diagnosis = Capture::over(sent, &signed.input().to_bytes()).diagnose();
        assert_eq!(causes(&diagnosis), [Cause::BodyNotJson], "{text}");
    }
}

#[test]
fn the_line_feeds_of_an_indented_file_are_found_again() {
    for indent in ["  ", "    ", "\t"] {
        for end in ["\n", ""] {
            let file = format!("{{\n{indent}\"a\": \"b\",\n{indent}\"c\": [\n{indent}{indent}1\n{indent}]\n}}{end}");
            let sent = wire().with(|wire| wire.body = file.replace('\n', "").into());
            let signed = wire().with(|wire| wire.body = file.clone().into());
            let diagnosis = Capture::over(sent, &signed.input().to_bytes()).diagnose();
            assert_eq!(causes(&diagnosis), [Cause::BodyCrlf], "{file}");
        }
    }
}

#[test]
fn any_two_changes_of_different_parts_are_both_named() {
    type Change = (Cause, fn(&mut Wire));
    let changes: [Change; 5] = [
        (Cause::MethodCase, |wire| wire.method = "post".into()),
        (Cause::PathSlash, |wire| wire.uri = URI.replace('?', "/?")),
        (Cause::ClientOfAnotherEnvironment, |wire| wire.client = wire.client.to_lowercase()),
        (Cause::TimeRewritten, |wire| wire.time = "2025-02-20T08:51:49.120Z".into()),
        (Cause::BodyLineFeed, |wire| wire.body.push(b'\n')),
    ];
    for (at, first) in changes.iter().enumerate() {
        for second in &changes[at + 1..] {
            let capture = Capture::changed(|wire| {
                first.1(wire);
                second.1(wire);
            });
            assert_eq!(causes(&capture.diagnose()), [first.0, second.0]);
        }
        // The template is the sixth part; the separator is not in the changed part.
        let signed = wire().with(first.1);
        let capture = Capture::over(wire(), &replaced_bytes(&signed.input().to_bytes(), " ", ""));
        let named = causes(&capture.diagnose());
        assert!(named.contains(&first.0) && named.contains(&Cause::TemplateOrder), "{named:?}");
    }
}

#[test]
fn contents_are_masked_and_the_difference_is_marked() {
    let diagnosis = capture_of(Cause::BodyLineFeed).diagnose();
    let difference = diagnosis.contents.difference(false).unwrap();
    assert_eq!(difference.at_byte, content().len());
    assert_eq!(difference.signed.chars().nth(difference.at_character), Some('␊'));
    assert!(difference.expected.ends_with("\"paymentRequestId\":\"********************\"}"), "{}", difference.expected);
    assert!(diagnosis.contents.difference(true).unwrap().expected.contains("20200101234567890132"));

    // A difference within a value is marked, and the value stays masked.
    let diagnosis = capture_of(Cause::BodyEscapes).diagnose();
    let difference = diagnosis.contents.difference(false).unwrap();
    assert_eq!(difference.at_byte, content().windows(2).position(|bytes| bytes == "é".as_bytes()).unwrap());
    assert!(
        !difference.signed.contains("00e9") && difference.signed.contains("\"name\":\"******"),
        "{}",
        difference.signed
    );
    // The query of the path is masked too.
    assert!(diagnosis.contents.expected_text(false).contains("Inquiry?*=*␊SANDBOX"), "{difference:?}");
}

#[test]
fn no_text_has_a_value_of_the_body() {
    for cause in Cause::ALL.iter().filter(|cause| !OF_KEYS.contains(cause)) {
        let diagnosis = capture_of(*cause).diagnose();
        let shown = diagnosis.contents.difference(false);
        let text = format!("{diagnosis} {diagnosis:?} {shown:?} {}", diagnosis.contents.expected_text(false));
        for secret in ["20200101234567890132", "é/<1>", "MIIEv", "PRIVATE"] {
            assert!(!text.contains(secret), "{cause}: {text}");
        }
    }
}

#[test]
fn a_generated_key_takes_part() {
    // Another size of modulus than the vectors' keys would fit neither; a fresh key of the same size does.
    let key = PrivateKey::generate().unwrap();
    let signature = now(key.sign(&wire().input().digest())).unwrap();
    let doctor = Doctor::new().peer_key(None, 1, key.public_key()).at(Timestamp::UNIX_EPOCH);
    let header = header(signature);
    let wire = wire();
    let diagnosis = doctor.diagnose(&Message::request(wire.input(), [&header]), &[]);
    assert_eq!(causes(&diagnosis), [Cause::ClockAhead]);
}
