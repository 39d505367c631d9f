//! Small random changes of bytes and texts.

use fastrand::Rng;

/// Characters that headers and keys contain, and some that they must not.
const CHARACTERS: [char; 20] =
    ['a', 'Z', '0', '=', '%', '+', '/', '-', '_', ',', ' ', '\t', '.', ':', '"', '\n', '\r', '\0', 'é', '\u{1f4b6}'];

/// Makes one to three changes. The result can equal the input.
pub(crate) fn bytes(rng: &mut Rng, genuine: &[u8]) -> Vec<u8> {
    let mut bytes = genuine.to_vec();
    for _ in 0..rng.u8(1..=3) {
        let at = rng.usize(..=bytes.len());
        match rng.u8(..5) {
            0 => bytes.insert(at, rng.u8(..)),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => bytes.truncate(at),
            3 if at < bytes.len() => bytes.swap(at, 0),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << rng.u8(..8);
                }
            }
        }
    }
    bytes
}

/// Makes one to three changes. The result can equal the input.
pub(crate) fn text(rng: &mut Rng, genuine: &str) -> String {
    let mut all: Vec<char> = genuine.chars().collect();
    for _ in 0..rng.u8(1..=3) {
        let at = rng.usize(..=all.len());
        match rng.u8(..7) {
            0 => all.insert(at, CHARACTERS[rng.usize(..CHARACTERS.len())]),
            1 if at < all.len() => drop(all.remove(at)),
            2 if at < all.len() => all[at] = CHARACTERS[rng.usize(..CHARACTERS.len())],
            3 if at < all.len() => all[at] = rng.alphanumeric(),
            4 if at < all.len() => all[at] = other_case(all[at]),
            5 if at < all.len() => all.swap(at, 0),
            _ => all.truncate(all.len().saturating_sub(rng.usize(..3))),
        }
    }
    all.into_iter().collect()
}

fn other_case(letter: char) -> char {
    if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
}

/// Returns one of these.
pub(crate) fn one_of<T: Clone>(rng: &mut Rng, all: &[T]) -> T {
    all[rng.usize(..all.len())].clone()
}
