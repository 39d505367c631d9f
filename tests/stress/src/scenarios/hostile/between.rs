//! A man in the middle between the real client and the real server, over TCP. Both sides are checked.

use alipayplus_client::{RetryPolicy, TransportErrorKind};
use futures_util::future;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

use super::ending::Ending;
use super::message::{Message, Scene};
use super::requests::{LONG, PAYMENT, Reaction, Victim};
use super::responses::read_question;
use crate::failure::Failure;
use crate::test_bed::{CLIENT_ID, TestBed, VERSION, expected, inquiry};

/// One kind of interference.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// What is forwarded instead of the request, or done while it is in flight.
    does: fn(&Scene, Message) -> Result<Message, Failure>,
    /// What happens to the response.
    then: Then,
    /// The required reaction of the server.
    reaction: Reaction,
    /// How the client's call must end.
    must_cause: Ending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Passes,
    /// The request is sent twice, and the second response is forwarded.
    Twice,
    /// The response is withheld, and the client disconnected.
    Kept,
}

const MISMATCH: Reaction = Reaction::Code("INVALID_SIGNATURE", "signature: the signature does not match the key");
const PAID: Reaction = Reaction::Code("SUCCESS", "Paid");
const STALE: Reaction = Reaction::Code("INVALID_SIGNATURE", "signature: stale by 301 s");
/// A refusal of an unverified request is unsigned.
const REFUSED: Ending = Ending::Unsigned(true);

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "a changed request",
        does: |_, question| {
            let body = String::from_utf8(question.body.clone())?.replace("paid-7", "paid-8");
            Ok(question.body(body))
        },
        then: Then::Passes,
        reaction: MISMATCH,
        must_cause: REFUSED,
    },
    Fault {
        name: "a shortened request",
        does: |_, question| {
            let body = question.body[..question.body.len() - 1].to_vec();
            Ok(question.body(body))
        },
        then: Then::Passes,
        reaction: MISMATCH,
        must_cause: REFUSED,
    },
    Fault {
        name: "a request without its signature",
        does: |_, question| Ok(question.without("signature")),
        then: Then::Passes,
        reaction: Reaction::Code("INVALID_SIGNATURE", "signature: there is no Signature header"),
        must_cause: REFUSED,
    },
    Fault {
        name: "a request without its Client-Id",
        does: |_, question| Ok(question.without("client-id")),
        then: Then::Passes,
        reaction: Reaction::Code("INVALID_CLIENT", "client: Client-Id is missing"),
        must_cause: REFUSED,
    },
    Fault {
        name: "a request to another path",
        does: |_, question| Ok(question.begin("POST /other HTTP/1.1")),
        then: Then::Passes,
        reaction: Reaction::Code("NO_INTERFACE_DEF", "path: nothing at "),
        must_cause: REFUSED,
    },
    Fault {
        name: "a request of another time",
        does: |scene, question| Ok(question.set("request-time", scene.time(-1))),
        then: Then::Passes,
        reaction: MISMATCH,
        must_cause: REFUSED,
    },
    Fault {
        name: "another key version",
        does: |_, question| {
            let signature = question.get("signature").unwrap_or_default().replace("keyVersion=1", "keyVersion=2");
            Ok(question.set("signature", signature))
        },
        then: Then::Passes,
        reaction: Reaction::Code("KEY_NOT_FOUND", "key: this client has no key of version 2"),
        must_cause: REFUSED,
    },
    Fault {
        name: "an older request of the same client, about another payment",
        does: |scene, question| {
            let body = String::from_utf8(question.body.clone())?.replace("paid-7", "paid-9");
            let older = question.set("request-time", scene.time(-60)).body(body);
            Scene::question_of(older, &scene.bed.client_key, VERSION)
        },
        then: Then::Passes,
        reaction: PAID,
        must_cause: Ending::Unexpected,
    },
    Fault {
        name: "a request that is held back for too long",
        does: |scene, question| {
            scene.bed.clock.advance(std::time::Duration::from_secs(301));
            Ok(question)
        },
        then: Then::Passes,
        reaction: STALE,
        must_cause: REFUSED,
    },
    Fault {
        name: "a request that is sent twice",
        does: |_, question| Ok(question),
        then: Then::Twice,
        reaction: PAID,
        must_cause: Ending::Truth,
    },
    Fault {
        name: "an answer that is kept",
        does: |_, question| Ok(question),
        then: Then::Kept,
        reaction: PAID,
        must_cause: Ending::Transport(TransportErrorKind::Send),
    },
    Fault {
        name: "the caller's key withdrawn in mid-flight",
        does: |scene, question| {
            scene.bed.callers.insert(CLIENT_ID, 2, scene.bed.untrusted_key.public_key())?;
            scene.bed.callers.remove(CLIENT_ID, VERSION);
            Ok(question)
        },
        then: Then::Passes,
        reaction: Reaction::Code("KEY_NOT_FOUND", "key: this client has no key of version 1"),
        must_cause: REFUSED,
    },
    Fault {
        name: "the server's key replaced in mid-flight, both trusted",
        does: |scene, question| {
            scene.bed.trusted.insert(2, scene.bed.untrusted_key.public_key());
            scene.bed.server_signer.replace(2, scene.bed.untrusted_key.clone());
            Ok(question)
        },
        then: Then::Passes,
        reaction: PAID,
        must_cause: Ending::Truth,
    },
    Fault {
        name: "the server's key replaced in mid-flight, the new one not trusted",
        does: |scene, question| {
            scene.bed.server_signer.replace(2, scene.bed.untrusted_key.clone());
            Ok(question)
        },
        then: Then::Passes,
        reaction: PAID,
        must_cause: Ending::UnknownVersion,
    },
];

impl Fault {
    /// Interferes once, and checks both sides.
    pub(crate) async fn cause(&self, bed: &TestBed) -> Result<(), Failure> {
        let victim = Victim::start(bed, LONG).await?;
        victim.log.take();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let client = victim.scene.bed.client(url).retry(RetryPolicy::never()).build()?;
        let request = inquiry(PAYMENT)?;
        let asked = client.inquiry_payment(&request).expecting(expected(PAYMENT)?).into_future();
        let (result, answers) = future::join(asked, self.interfere(&victim, &listener)).await;
        let answers = answers?;
        let causes = victim.log.causes();
        let named = |what: String| Failure::from(format!("{}: {what}: {answers:?} {causes:?}", self.name));
        self.reaction.check(&answers, &causes).map_err(|what| named(what.to_owned()))?;
        let decided = victim.wallet.decided(PAYMENT);
        let ending = Ending::of(&result, decided.last().ok_or("the wallet was not called")?);
        if ending != self.must_cause {
            return Err(named(format!("ended with {ending:?} instead of {:?}", self.must_cause)));
        }
        victim.stop().await
    }

    /// Acts as the man in the middle; returns the server's response.
    async fn interfere(&self, victim: &Victim, listener: &TcpListener) -> Result<Vec<Message>, Failure> {
        let (mut from_client, _) = listener.accept().await?;
        let genuine = read_question(&mut from_client).await?;
        let before = victim.scene.bed.state();
        let sent = (self.does)(&victim.scene, genuine.clone())?;
        let is_genuine = sent.bytes() == genuine.bytes() && victim.scene.bed.state() == before;
        if is_genuine && self.then == Then::Passes {
            return Err(format!("{}: the fault changed nothing", self.name).into());
        }
        let mut answers = vec![pass_on(&sent, victim).await?];
        if self.then == Then::Twice {
            answers.push(pass_on(&sent, victim).await?);
        }
        if let (true, Some(answer)) = (self.then != Then::Kept, answers.last()) {
            from_client.write_all(&answer.bytes()).await?;
        }
        Ok(answers)
    }
}

async fn pass_on(question: &Message, victim: &Victim) -> Result<Message, Failure> {
    let mut to_server = TcpStream::connect(victim.address).await?;
    to_server.write_all(&question.bytes()).await?;
    read_question(&mut to_server).await
}
