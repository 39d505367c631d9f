//! Keys, a request and a response: the same for both sides of a table.

use std::sync::Arc;

use alipayplus_model::inquiry_payment::{InquiryPayment, Request, RequestRequired};
use alipayplus_runtime::message;
use alipayplus_runtime::operation::Operation as _;
use alipayplus_server::inquiry_payment::{self as mpp, Answer, Paid, PaidRequired};
use alipayplus_server::{Amount, Caller, KeyRing, Server, Signer};
use alipayplus_signing::{Clock, PrivateKey, PublicKey, format_time};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use crate::Failable;
use crate::baseline::message::{self as raw, Line, REQUEST_TIME};

/// The version of every key.
pub(crate) const VERSION: u64 = 1;
/// Method and path of the operation.
pub(crate) const LINE: Line<'_> = Line { method: InquiryPayment::METHOD, uri: InquiryPayment::PATH };

/// A key of 2048 bits, for the crates and for the library below them.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) raw: Arc<RsaKeyPair>,
    pub(crate) ours: PrivateKey,
}

impl Key {
    pub(crate) fn generate() -> Failable<Self> {
        let raw = RsaKeyPair::generate(KeySize::Rsa2048)?;
        let der: Pkcs8V1Der<'_> = raw.as_der()?;
        let ours = PrivateKey::from_text(&STANDARD.encode(der.as_ref()))?;
        Ok(Self { raw: Arc::new(raw), ours })
    }

    /// Returns the private key as the text of a file.
    pub(crate) fn text(&self) -> Failable<String> {
        let der: Pkcs8V1Der<'_> = self.raw.as_der()?;
        Ok(STANDARD.encode(der.as_ref()))
    }

    pub(crate) fn public(&self) -> PublicKey {
        self.ours.public_key()
    }

    pub(crate) fn raw_public(&self) -> Failable<ParsedPublicKey> {
        Ok(ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.raw.public_key().as_ref())?)
    }
}

/// The keys of client and server, and one exchange between them.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) client_key: Key,
    pub(crate) server_key: Key,
    /// The time of both messages, when the setup was made. They are fresh for five minutes.
    pub(crate) time: HeaderValue,
    pub(crate) request: Bytes,
    pub(crate) answer: Bytes,
}

impl Setup {
    pub(crate) fn new() -> Failable<Self> {
        Self::answering(paid()?)
    }

    /// Returns a setup whose response has this answer.
    pub(crate) fn answering(answer: Answer) -> Failable<Self> {
        let answer = InquiryPayment::into_response(answer, &mut Vec::new())?;
        Ok(Self {
            client_key: Key::generate()?,
            server_key: Key::generate()?,
            time: HeaderValue::try_from(format_time(Clock::system().now()))?,
            request: message::to_vec(&request()?).into(),
            answer: message::to_vec(&answer).into(),
        })
    }

    /// Returns the headers of the request of one client.
    pub(crate) fn ask(&self, client_id: &str) -> Failable<HeaderMap> {
        let content = raw::content(LINE, client_id.as_bytes(), self.time.as_bytes(), &self.request);
        let signature = raw::sign(&self.client_key.raw, &SystemRandom::new(), &content)?;
        Ok(raw::headers(HeaderValue::try_from(client_id)?, (REQUEST_TIME, self.time.clone()), signature))
    }

    /// Returns the server with default settings and this many clients, each with its own key in memory.
    pub(crate) fn server(&self, signer: impl Signer, clients: usize) -> Failable<Server> {
        let callers = KeyRing::new();
        let text = self.client_key.ours.public_key_text();
        let key = |n| Ok((client_id(n), VERSION, PublicKey::from_text(&text)?));
        callers.extend((0..clients).map(key).collect::<Failable<Vec<_>>>()?)?;
        Ok(Server::builder().sign_with(VERSION, signer).callers(callers).build()?.inquiry_payment(Wallet(paid()?)))
    }
}

/// Returns the ID of the n-th client.
pub(crate) fn client_id(n: usize) -> String {
    format!("SANDBOX_5X{n:014}")
}

pub(crate) fn request() -> Failable<Request> {
    Ok(Request::new(RequestRequired {
        acquirer_id: "1022188000000000001".parse()?,
        psp_id: "1022172000000000001".parse()?,
        payment_request_id: "2020010123456789XXXX".parse()?,
    }))
}

/// Returns what every answer about a paid payment has.
pub(crate) fn paid_required() -> Failable<PaidRequired> {
    Ok(PaidRequired {
        payment_id: "2020010123456789XXXX".parse()?,
        payment_amount: Amount::minor(100, "JPY")?,
        pay_to_amount: Amount::minor(1000, "KRW")?,
        payment_time: "2020-01-01T12:01:01+08:30".parse()?,
        customer_id: "1234567".parse()?,
    })
}

/// Returns the handler's answer about a paid payment, with every member.
pub(crate) fn paid() -> Failable<Answer> {
    let paid = Paid::new(paid_required()?)
        .with_customs_declaration_amount(Amount::minor(77, "CNY")?)
        .with_pass_through_info("k".repeat(40).parse()?);
    Ok(paid.into())
}

/// A handler with a fixed answer.
#[derive(Debug)]
struct Wallet(Answer);

impl mpp::InquiryPayment for Wallet {
    async fn inquiry_payment(&self, _: &Caller, _: mpp::Request) -> Result<Answer, mpp::Refusal> {
        Ok(self.0.clone())
    }
}
