//! RSA keys: loading, checking, signing and verifying.

mod der;
mod error;
mod private;
mod public;
mod size;
mod text;

pub use error::{KeyError, KeyErrorKind, KeySource};
pub use private::PrivateKey;
pub use public::PublicKey;
