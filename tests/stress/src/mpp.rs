//! An MPP in this process: raw requests to it, a handler and a signer that do as they are told, and its log.

mod handler;
mod request;
mod signer;

pub(crate) use handler::{HandlerBehavior, ScriptedHandler, panic_quietly};
pub(crate) use request::{PATH, Sign, TestRequest, TestResponse};
pub(crate) use signer::{ScriptedSigner, SignerBehavior};
