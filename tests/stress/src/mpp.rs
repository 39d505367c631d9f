//! An MPP in this process: raw requests, and a handler and a signer with scripted behaviour.

mod handler;
mod request;
mod signer;

pub(crate) use handler::{HandlerBehavior, ScriptedHandler, panic_quietly};
pub(crate) use request::{PATH, Sign, TestRequest, TestResponse};
pub(crate) use signer::{ScriptedSigner, SignerBehavior};
