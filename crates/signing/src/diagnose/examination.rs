//! The steps of an examination: the header, the key, the content, the time.

use super::cause::Cause;
use super::diagnosis::{Diagnosis, Signed};
use super::hash::{Hash, hex, unhex};
use super::head_forms::{Known, head_changes};
use super::message::{Message, Refusal, Sender};
use super::opening::{Opened, open};
use super::parts::Parts;
use super::search::{Found, Search, Target};
use super::settings::{Candidate, PeerKey, Settings};
use super::shown::{Content, Contents};
use super::spelling::{self, Judge, Spelled};
use super::time_check;
use crate::client_id::is_ambiguous_client_id;
use crate::digest::Digest;
use crate::signing_input::SigningInput;
use crate::time::parse_time;

/// The sizes of signatures that are looked for without a key, in bytes.
const SIZES: [usize; 4] = [256, 384, 512, 1024];

pub(super) struct Examination<'a> {
    settings: &'a Settings,
    message: &'a Message<'a>,
    others: &'a [Message<'a>],
    diagnosis: Diagnosis,
}

impl<'a> Examination<'a> {
    pub(super) fn new(settings: &'a Settings, message: &'a Message<'a>, others: &'a [Message<'a>]) -> Self {
        let input = message.input;
        let bytes = input.to_bytes();
        let body_at = bytes.len() - input.body.len();
        let diagnosis = Diagnosis {
            causes: Vec::new(),
            notes: Vec::new(),
            signed: None,
            expected_digest: input.digest(),
            contents: Contents { expected: Content { bytes, body_at }, signed: None },
            hashed_bytes: 0,
            is_cut: false,
        };
        Self { settings, message, others, diagnosis }
    }

    /// Returns who made the signature.
    pub(super) fn sender(&self) -> Option<Sender> {
        let spelled = self.spelled(self.message);
        let candidates = self.candidates(spelled.version);
        let (candidate, _) = opened(&candidates, &spelled.signature?, &self.diagnosis.expected_digest)?;
        Some(match candidate {
            Candidate::Peer(_) => Sender::Peer,
            Candidate::Own(_) => Sender::Own,
        })
    }

    pub(super) fn run(mut self) -> Diagnosis {
        let spelled = self.spelled(self.message);
        for (cause, how) in spelled.faults {
            let is_fact = !matches!(cause, Cause::CutShort | Cause::WrongSizeKey | Cause::AnotherKindOfSignature);
            self.diagnosis.add(cause, how, is_fact && cause != Cause::SomethingAppended);
        }
        spelled.notes.into_iter().for_each(|(cause, how)| self.diagnosis.note(cause, how));
        if let Some(signature) = spelled.signature {
            self.key(&signature, spelled.version);
        } else {
            self.own_key_as_peers();
        }
        if !self.message.is_exact && !self.diagnosis.is_right() {
            let how = "the body may have had other white space, escapes or line ends on the wire";
            self.diagnosis.note(Cause::NotExact, how);
        }
        self.diagnosis
    }

    fn candidates(&self, version: Option<u64>) -> Vec<Candidate<'a>> {
        self.settings.candidates(self.message.input.client_id, version, self.message.sender == Sender::Own)
    }

    fn spelled(&self, message: &Message<'_>) -> Spelled {
        let candidates = self.candidates(None);
        let mut sizes: Vec<usize> = candidates.iter().map(|candidate| candidate.key().bits().div_ceil(8)).collect();
        if sizes.is_empty() {
            sizes.extend(SIZES);
        }
        sizes.sort_unstable();
        sizes.dedup();
        let expected = message.input.digest();
        let opens = |signature: &[u8]| opened(&candidates, signature, &expected).is_some();
        spelling::read(&message.signatures, &Judge { sizes: &sizes, opens: &opens })
    }

    fn key(&mut self, signature: &[u8], version: Option<u64>) {
        if self.is_echo(signature) {
            self.diagnosis.add(Cause::Echo, "", true);
            return;
        }
        let candidates = self.candidates(version);
        let Some((candidate, opened)) = opened(&candidates, signature, &self.diagnosis.expected_digest) else {
            return self.unopened(version);
        };
        if opened.is_sure() {
            self.diagnosis.prove();
        }
        let wrong_key = self.wrong_key(candidate, version);
        let (algorithm, digest) = algorithm(&opened);
        self.diagnosis.signed = Some(Signed {
            key: candidate.shown(),
            fingerprint: candidate.key().fingerprint(),
            algorithm,
            digest: hex(digest),
        });
        if let Some((cause, how)) = &wrong_key {
            self.diagnosis.add(*cause, how, opened.is_sure());
        } else if version.is_none() {
            self.note_older_key(candidate);
        }
        if let Some((cause, how)) = hash_cause(&opened) {
            self.diagnosis.add(cause, how, opened.is_sure());
        }
        let found = self.content(&opened);
        if found.is_some() {
            self.diagnosis.prove();
        }
        if let (Some(found), Candidate::Peer(key)) = (&found, candidate)
            && found.causes.iter().any(|(cause, _)| *cause == Cause::ClientOfAnotherEnvironment)
            && key.client_id.as_deref().is_some_and(|id| contains(&found.content, id))
        {
            // The key is that of the Client-Id that was signed: only the Client-Id of the header is another.
            self.diagnosis.causes.retain(|finding| finding.cause != Cause::KeyOfAnotherClient);
        }
        self.conclude(found);
    }

    fn is_echo(&self, signature: &[u8]) -> bool {
        let Some(request) = self.message.request.as_ref().filter(|_| self.message.is_answer) else { return false };
        self.spelled(request).signature.is_some_and(|of_request| of_request == signature)
    }

    /// Names why no key opens a signature of the right length.
    fn unopened(&mut self, version: Option<u64>) {
        if self.own_key_as_peers() {
            return;
        }
        let is_of_sender = |other: &&Message<'_>| {
            other.sender == self.message.sender
                && other.is_answer == self.message.is_answer
                && other.input.client_id == self.message.input.client_id
        };
        let opens = |other: &Message<'_>| {
            let spelled = self.spelled(other);
            let expected = other.input.digest();
            spelled
                .signature
                .is_some_and(|signature| opened(&self.candidates(spelled.version), &signature, &expected).is_some())
        };
        if self.others.iter().filter(is_of_sender).any(opens) {
            return self.diagnosis.add(Cause::Damaged, "", true);
        }
        let is_given = |named: u64| self.settings.peer.iter().any(|key| key.version == named);
        match version.filter(|named| !is_given(*named)) {
            Some(named) if !self.settings.peer.is_empty() => {
                self.diagnosis.add(Cause::VersionUnknown, format!("version {named}"), false);
            }
            _ => {
                let tried = self.candidates(version).len();
                self.diagnosis.add(Cause::KeyUnknown, format!("{tried} keys tried"), false);
            }
        }
    }

    /// Names one's own key among the other side's.
    fn own_key_as_peers(&mut self) -> bool {
        let is_own = |peer: &PeerKey| self.settings.own.contains(&peer.key);
        let Some(peer) = self.settings.peer.iter().find(|peer| is_own(peer)) else { return false };
        if self.message.sender == Sender::Own || self.diagnosis.has(Cause::HeaderMissing) {
            return false;
        }
        let how = format!("{} has the same fingerprint as your own key", Candidate::Peer(peer).shown());
        self.diagnosis.add(Cause::OwnPublicKey, how, true);
        true
    }

    /// Returns what is wrong with the key that opens the signature.
    fn wrong_key(&self, candidate: Candidate<'_>, version: Option<u64>) -> Option<(Cause, String)> {
        let shown = candidate.shown();
        match (candidate, self.message.sender) {
            (Candidate::Own(_), Sender::Own) => None,
            (Candidate::Own(_), Sender::Peer) => Some((Cause::OwnPublicKey, "your own key opens it".into())),
            (Candidate::Peer(_), Sender::Own) => Some((Cause::KeyOfAnotherClient, format!("{shown} opens it"))),
            (Candidate::Peer(key), Sender::Peer) if !key.is_of(self.message.input.client_id) => {
                Some((Cause::KeyOfAnotherClient, format!("{shown} opens it")))
            }
            (Candidate::Peer(key), Sender::Peer) => {
                let named = version.filter(|named| *named != key.version)?;
                Some((Cause::KeyOfAnotherVersion, format!("the header names version {named}, and {shown} opens it")))
            }
        }
    }

    fn note_older_key(&mut self, candidate: Candidate<'_>) {
        let Candidate::Peer(key) = candidate else { return };
        let versions = self.settings.peer.iter().filter(|other| other.client_id == key.client_id);
        if versions.map(|other| other.version).max() > Some(key.version) {
            self.diagnosis.note(Cause::NoVersionNamed, format!("{} opens it", candidate.shown()));
        }
    }

    /// Searches the content that was signed; `None` if it can't be compared or was not found.
    fn content(&mut self, opened: &Opened) -> Option<Found> {
        let target = target(opened)?;
        let parts = Parts::of(&self.message.input);
        let known = self.known();
        let heads = head_changes(&parts, &known);
        let bodies: Vec<&[u8]> = self.related().map(|other| other.input.body).collect();
        let limit = self.settings.hash_limit;
        let mut search = Search { target, limit, hashed: 0, is_cut: false };
        let found = search.run(parts, &heads, &bodies);
        self.diagnosis.hashed_bytes = search.hashed;
        self.diagnosis.is_cut = found.is_none() && search.is_cut;
        if found.is_none() {
            let how = if search.is_cut { "not found within the bound" } else { "" };
            self.diagnosis.add(Cause::ContentNotFound, how, opened.is_sure());
        }
        found
    }

    /// The other messages, the request of an answer among them.
    fn related(&self) -> impl Iterator<Item = &Message<'a>> {
        self.message.request.as_deref().into_iter().chain(self.others)
    }

    fn known(&self) -> Known<'a> {
        let request = self.message.request.as_deref();
        let keys = self.settings.peer.iter().filter_map(|key| key.client_id.as_deref());
        Known {
            is_answer: self.message.is_answer,
            host: self.message.host.or_else(|| request?.host),
            clients: request
                .into_iter()
                .map(|request| request.input.client_id)
                .chain(keys)
                .chain(self.others.iter().map(|other| other.input.client_id))
                .collect(),
            uris: self.others.iter().map(|other| other.input.uri).collect(),
            prefixes: self.settings.prefixes.iter().map(String::as_str).collect(),
            request_time: request.map(|request| request.input.time),
            times: self.others.iter().map(|other| other.input.time).collect(),
        }
    }

    /// Names the changes, or judges what is left when the content is right.
    fn conclude(&mut self, found: Option<Found>) {
        let Some(found) = found else { return };
        let is_right = found.causes.is_empty();
        for (cause, how) in &found.causes {
            self.diagnosis.add(*cause, format!("signed: {how}"), true);
        }
        let body_at = body_at(&found.content, self.message.input.body, &self.diagnosis.contents.expected);
        self.diagnosis.contents.signed = Some(Content { bytes: found.content, body_at });
        if !is_right {
            return;
        }
        let input = self.message.input;
        if is_shifted(&input) {
            return self.diagnosis.add(Cause::BoundaryShifted, "", true);
        }
        if let Some(request) =
            self.message.request.as_ref().filter(|request| request.input.client_id != input.client_id)
        {
            let (ours, theirs) = (request.input.client_id.escape_debug(), input.client_id.escape_debug());
            let how = format!("`{theirs}`, and the request names `{ours}`");
            self.diagnosis.add(Cause::ClientMismatch, how, true);
        }
        self.time();
    }

    fn time(&mut self) {
        let now = self.message.captured_at.or(self.settings.now);
        let is_then = self.message.captured_at.is_some();
        match time_check::check(self.message.input.time, now, is_then, self.settings.window) {
            Some((Cause::OldCapture, how)) => self.diagnosis.note(Cause::OldCapture, how),
            Some((cause, how)) => self.diagnosis.add(cause, how, true),
            None => {}
        }
        if self.message.sender == Sender::Own && self.diagnosis.is_right() {
            match self.message.refusal {
                Some(Refusal::Signature) => self.diagnosis.add(Cause::OnThePeersSide, "", true),
                Some(Refusal::BeforeTheSignature) => {
                    self.diagnosis.add(Cause::RefusedBeforeTheSignature, "", true);
                }
                None => {}
            }
        }
    }
}

fn opened<'a>(candidates: &[Candidate<'a>], signature: &[u8], expected: &Digest) -> Option<(Candidate<'a>, Opened)> {
    let mut unsure = None;
    for candidate in candidates {
        let key = candidate.key();
        // The verifier itself decides whether a message is good, and is faster.
        let is_good = key.verify(expected, signature).is_ok();
        let good = is_good.then(|| Opened::Digest { hash: Hash::Sha256, digest: expected.as_bytes().to_vec() });
        match good.or_else(|| open(key, signature, expected)) {
            Some(opened) if opened.is_sure() => return Some((*candidate, opened)),
            Some(opened) => unsure = unsure.or(Some((*candidate, opened))),
            None => {}
        }
    }
    unsure
}

fn algorithm(opened: &Opened) -> (String, &[u8]) {
    match opened {
        Opened::Digest { hash, digest } => (format!("RSA with {}", hash.name()), digest),
        Opened::Bare(digest) => ("RSA around bytes without the name of an algorithm".to_owned(), digest),
        Opened::Pss { hash, .. } => (format!("RSA-PSS with {}", hash.name()), b""),
    }
}

fn hash_cause(opened: &Opened) -> Option<(Cause, &'static str)> {
    match opened {
        Opened::Digest { hash: Hash::Sha256, .. } => None,
        Opened::Digest { hash: Hash::Sha1, .. } => Some((Cause::HashSha1, "")),
        Opened::Digest { hash: Hash::Md5, .. } => Some((Cause::HashMd5, "the content can't be compared")),
        Opened::Digest { hash: Hash::Sha512, .. } => Some((Cause::HashSha512, "")),
        Opened::Digest { hash, .. } => Some((Cause::HashOther, hash.name())),
        Opened::Bare(_) => Some((Cause::NoDigestInfo, "")),
        Opened::Pss { .. } => Some((Cause::Pss, "")),
    }
}

/// Returns what the signature holds, if contents can be compared with it.
fn target(opened: &Opened) -> Option<Target> {
    match opened {
        Opened::Digest { hash: Hash::Md5, .. } => None,
        Opened::Digest { hash, digest } => Some(Target::Digest { hash: *hash, digest: digest.clone() }),
        Opened::Pss { hash, salt, proof, .. } => {
            Some(Target::Pss { hash: *hash, salt: salt.clone(), proof: proof.clone() })
        }
        Opened::Bare(bytes) => {
            let digest = str::from_utf8(bytes).ok().and_then(unhex).unwrap_or_else(|| bytes.clone());
            let hash = Hash::ALL.into_iter().find(|hash| hash.length() == digest.len() && *hash != Hash::Md5)?;
            Some(Target::Digest { hash, digest })
        }
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    !text.is_empty() && bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Returns where the body begins in a content that was found: everything behind what equals the head is masked.
fn body_at(content: &[u8], body: &[u8], expected: &Content) -> usize {
    if content.ends_with(body) {
        return content.len() - body.len();
    }
    let head = &expected.bytes[..expected.body_at];
    content.iter().zip(head).take_while(|(found, expected)| found == expected).count()
}

/// Returns whether the bytes that are signed read strictly when they are cut into parts at other dots.
fn is_shifted(input: &SigningInput<'_>) -> bool {
    if is_ambiguous_client_id(input.client_id) {
        return true;
    }
    if parse_time(input.time).is_some() {
        return false;
    }
    // A dot of the time or of the body may belong to the other part.
    let body: String = String::from_utf8_lossy(&input.body[..input.body.len().min(64)]).into_owned();
    let joined = format!("{}.{}.{body}", input.client_id, input.time);
    let dots: Vec<usize> = joined.match_indices('.').map(|(at, _)| at).collect();
    dots.iter()
        .any(|first| dots.iter().any(|second| second > first && parse_time(&joined[first + 1..*second]).is_some()))
}
