//! Signing and verifying, beside aws-lc-rs on a message that is in one piece already.

use std::error::Error;
use std::hint::black_box;

use alipayplus_signing::{Content, PrivateKey, SignatureHeader, SigningKey};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt as _;

use crate::pair::Pair;
use crate::table::{Row, Table};

/// The goal: no more than this beside the cryptography alone.
const GOAL: f64 = 1.02;

pub(crate) fn table() -> Result<Table, Box<dyn Error>> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048)?;
    let mut rows = Vec::new();
    for length in [500, 20_000] {
        let body = vec![b'x'; length];
        let content = Content {
            method: "POST",
            uri: "/aps/api/v1/payments/inquiryPayment",
            client_id: "SANDBOX_5X00000000000000",
            time: "2025-02-20T08:51:49Z",
            body: &body,
        };
        rows.push(sign(&pair, &content)?);
        rows.push(verify(&pair, &content)?);
    }
    Ok(Table { other: "aws-lc-rs alone, RSA 2048", rows })
}

/// From the parts of a message to the text of its header; beside it, from the joined message to the signature.
fn sign(pair: &RsaKeyPair, content: &Content<'_>) -> Result<Row, Box<dyn Error>> {
    let der: Pkcs8V1Der<'_> = pair.as_der()?;
    let signing_key = SigningKey::new(1, PrivateKey::from_text(&STANDARD.encode(der.as_ref()))?);
    let ours = &mut || {
        let signed = signing_key.sign(black_box(content)).now_or_never();
        black_box(signed.ok_or("a key in memory does not wait")??.to_string());
        Ok(())
    };
    let (joined, random) = (content.to_bytes(), SystemRandom::new());
    let mut signature = vec![0; pair.public_modulus_len()];
    let alone = &mut || {
        pair.sign(&RSA_PKCS1_SHA256, &random, black_box(&joined), &mut signature)?;
        black_box(&signature);
        Ok(())
    };
    let what = format!("sign {} bytes", content.body.len());
    Ok(Row { what, pair: Pair::measure(ours, alone)?, goal: Some(GOAL) })
}

/// From the text of a header and the parts of a message; beside it, from the bytes of the signature and the message.
fn verify(pair: &RsaKeyPair, content: &Content<'_>) -> Result<Row, Box<dyn Error>> {
    let der: Pkcs8V1Der<'_> = pair.as_der()?;
    let private = PrivateKey::from_text(&STANDARD.encode(der.as_ref()))?;
    let (public, signing_key) = (private.public_key(), SigningKey::new(1, private));
    let header = signing_key.sign(content).now_or_never().ok_or("a key in memory does not wait")??.to_string();
    let ours = &mut || {
        let header: SignatureHeader = black_box(&header).parse()?;
        Ok(public.verify(&black_box(content).digest(), &header)?)
    };
    let (joined, signature) = (content.to_bytes(), header.parse::<SignatureHeader>()?);
    let parsed = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref())?;
    let alone = &mut || Ok(parsed.verify_sig(black_box(&joined), black_box(signature.as_ref()))?);
    let what = format!("verify {} bytes", content.body.len());
    Ok(Row { what, pair: Pair::measure(ours, alone)?, goal: None })
}
