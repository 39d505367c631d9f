//! Signing and verifying, beside aws-lc-rs on a message that is in one piece already.

use std::hint::black_box;

use alipayplus_signing::{SignatureHeader, SigningInput, VersionedSigner};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use futures_util::FutureExt as _;

use crate::Failable;
use crate::interleave::{interleave, repeated};
use crate::setup::{Key, VERSION};
use crate::table::{Goal, Row, Table};

/// The goal: at most this multiple of the bare cryptography.
const GOAL: f64 = 1.02;
/// Slices of a round. A signature takes long, and what comes on top is little: it takes many to see it.
const SLICES: usize = 200;

pub(crate) fn table() -> Failable<Table> {
    let key = Key::generate()?;
    let mut rows = Vec::new();
    for length in [500, 20_000] {
        let body = vec![b'x'; length];
        let content = SigningInput {
            method: "POST",
            uri: "/aps/api/v1/payments/inquiryPayment",
            client_id: "SANDBOX_5X00000000000000",
            time: "2025-02-20T08:51:49Z",
            body: &body,
        };
        rows.push(sign(&key, &content)?);
        rows.push(verify(&key, &content)?);
    }
    Ok(Table { other: "aws-lc-rs, RSA 2048", rows })
}

/// From the parts of a message to the text of its header; beside it, from the joined message to the signature.
fn sign(key: &Key, content: &SigningInput<'_>) -> Failable<Row> {
    let signing_key = VersionedSigner::new(VERSION, key.ours.clone());
    let mut ours = repeated(|| {
        let signed = signing_key.sign(black_box(content)).now_or_never();
        black_box(signed.ok_or("a key in memory does not wait")??.to_string());
        Ok(())
    })?;
    let (joined, random) = (content.to_bytes(), SystemRandom::new());
    let mut signature = vec![0; key.raw.public_modulus_len()];
    let mut baseline = repeated(|| {
        key.raw.sign(&RSA_PKCS1_SHA256, &random, black_box(&joined), &mut signature)?;
        black_box(&signature);
        Ok(())
    })?;
    let what = format!("sign {} bytes", content.body.len());
    Ok(Row { what, rounds: interleave(SLICES, &mut [&mut ours, &mut baseline])?, goal: Goal::Times(GOAL) })
}

/// From the text of a header and the parts of a message; beside it, from the bytes of the signature and the message.
fn verify(key: &Key, content: &SigningInput<'_>) -> Failable<Row> {
    let (public, signing_key) = (key.public(), VersionedSigner::new(VERSION, key.ours.clone()));
    let header = signing_key.sign(content).now_or_never().ok_or("a key in memory does not wait")??.to_string();
    let mut ours = repeated(|| {
        let header: SignatureHeader = black_box(&header).parse()?;
        Ok(public.verify(&black_box(content).digest(), &header)?)
    })?;
    let (joined, signature, parsed) = (content.to_bytes(), header.parse::<SignatureHeader>()?, key.raw_public()?);
    let mut baseline = repeated(|| Ok(parsed.verify_sig(black_box(&joined), black_box(signature.as_ref()))?))?;
    let what = format!("verify {} bytes", content.body.len());
    Ok(Row { what, rounds: interleave(SLICES, &mut [&mut ours, &mut baseline])?, goal: Goal::None })
}
