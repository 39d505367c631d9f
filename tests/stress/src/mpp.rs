//! An MPP in this process: raw requests to it, a handler and a signer that do as they are told, and its log.

mod act;
mod ask;
mod vault;

pub(crate) use act::{Act, Actor, panic_quietly};
pub(crate) use ask::{Ask, PATH, Sign, Told};
pub(crate) use vault::{Signing, Vault};
