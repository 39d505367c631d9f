//! Opens a signature with a public key: to the algorithm and the digest that the signer had.

use num_bigint::BigUint;

use super::hash::Hash;
use crate::digest::Digest;
use crate::key::PublicKey;

/// What a signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Opened {
    /// PKCS#1 v1.5 with the name of an algorithm and a digest.
    Digest { hash: Hash, digest: Vec<u8> },
    /// PKCS#1 v1.5 around bytes without the name of an algorithm.
    Bare(Vec<u8>),
    /// PSS with a salt: `proof` is the hash of eight zeros, the digest and the salt.
    Pss { hash: Hash, salt: Vec<u8>, proof: Vec<u8>, is_sure: bool },
}

impl Opened {
    /// Returns whether the key made the signature for certain. Of 65,000 signatures that it did not make, one looks like
    /// PSS with the longest salt.
    pub(super) fn is_sure(&self) -> bool {
        !matches!(self, Self::Pss { is_sure: false, .. })
    }
}

/// Opens a signature; `None` if the key did not make it.
pub(super) fn open(key: &PublicKey, signature: &[u8], expected: &Digest) -> Option<Opened> {
    let (modulus, exponent) = key.numbers()?;
    let modulus = BigUint::from_bytes_be(modulus);
    let length = key.bits().div_ceil(8);
    let number = BigUint::from_bytes_be(signature);
    if signature.len() != length || number >= modulus {
        return None;
    }
    let opened = number.modpow(&BigUint::from_bytes_be(exponent), &modulus).to_bytes_be();
    let mut block = vec![0; length.checked_sub(opened.len())?];
    block.extend(opened);
    pkcs1(&block).or_else(|| pss(&block, key.bits(), expected))
}

fn pkcs1(block: &[u8]) -> Option<Opened> {
    let padded = block.strip_prefix(b"\x00\x01")?;
    let length = padded.iter().take_while(|byte| **byte == 0xff).count();
    let inner = padded[length..].strip_prefix(b"\x00").filter(|_| length >= 8)?;
    let named = Hash::ALL.into_iter().find_map(|hash| {
        let digest = inner.strip_prefix(hash.digest_info()).filter(|digest| digest.len() == hash.length())?;
        Some(Opened::Digest { hash, digest: digest.to_vec() })
    });
    Some(named.unwrap_or_else(|| Opened::Bare(inner.to_vec())))
}

/// Returns whether a digest is the one in a PSS signature.
pub(super) fn is_in_pss(hash: Hash, salt: &[u8], proof: &[u8], digest: &[u8]) -> bool {
    hash.of(&[&[0; 8], digest, salt]).is_some_and(|hashed| hashed == proof)
}

/// Recognizes EMSA-PSS, by RFC 8017, section 9.1.2: unmasked, the block begins with zeros and a one.
///
/// With the longest salt there are no zeros, and little by which it could be recognized. It is sure if it is over the
/// expected digest, and it is otherwise looked for with SHA-256 only, so that less is taken for it by chance.
fn pss(block: &[u8], bits: usize, expected: &Digest) -> Option<Opened> {
    /// So many are no accident.
    const ENOUGH_ZEROS: usize = 8;
    // The block has one bit less than the modulus.
    let block = if bits % 8 == 1 { block.strip_prefix(&[0])? } else { block };
    let (0xbc, block) = block.split_last()? else { return None };
    let mut unsure = None;
    for hash in [Hash::Sha256, Hash::Sha1, Hash::Sha384, Hash::Sha512] {
        let Some((zeros, salt, proof)) = unmasked(hash, block, bits) else { continue };
        let is_sure = zeros >= ENOUGH_ZEROS || is_in_pss(hash, &salt, proof, expected.as_bytes());
        let opened = Opened::Pss { hash, salt, proof: proof.to_vec(), is_sure };
        if is_sure {
            return Some(opened);
        }
        if hash == Hash::Sha256 {
            unsure = Some(opened);
        }
    }
    unsure
}

/// Returns how many zeros are in front of the one, the salt behind it, and the hash.
fn unmasked(hash: Hash, block: &[u8], bits: usize) -> Option<(usize, Vec<u8>, &[u8])> {
    let (masked, proof) = block.split_at(block.len().checked_sub(hash.length())?);
    // The first bits, which the modulus does not have, are zero.
    let used = 0xff >> ((8 - (bits - 1) % 8) % 8);
    if masked.first()? & !used != 0 {
        return None;
    }
    let mut data: Vec<u8> = masked.iter().zip(mask(hash, proof, masked.len())?).map(|(a, b)| a ^ b).collect();
    *data.first_mut()? &= used;
    let zeros = data.iter().position(|byte| *byte != 0).filter(|at| data[*at] == 1)?;
    Some((zeros, data.split_off(zeros + 1), proof))
}

/// MGF1.
fn mask(hash: Hash, seed: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut mask = Vec::with_capacity(length + hash.length());
    for counter in 0_u32.. {
        if mask.len() >= length {
            break;
        }
        mask.extend(hash.of(&[seed, &counter.to_be_bytes()])?);
    }
    Some(mask)
}
