//! Says why a signature does not verify: [`Doctor`] examines a captured [`Message`] and names the [`Cause`]s.
//!
//! A signature of RSA with PKCS#1 v1.5 padding opens with the public key: to the algorithm and the digest that the signer
//! had. That tells a wrong key from a wrong content, and a wrong content is found by comparing that digest with the
//! digests of candidates: first with one change each, then with two. A cause that a digest or a key proves is marked so.
//!
//! No result holds a key. [`Diagnosis`] and its texts hold nothing of the body; [`Contents`] does, and masks it unless it
//! is asked not to.

mod body_forms;
mod cause;
mod diagnosis;
mod doctor;
mod examination;
mod hash;
mod head_forms;
mod json;
mod key_cause;
mod message;
mod opening;
mod parts;
mod search;
mod settings;
mod shown;
mod spelling;
mod time_check;
mod time_forms;

pub use cause::{Cause, Section};
pub use diagnosis::{Diagnosis, Finding, Signed};
pub use doctor::Doctor;
pub use message::{Message, Refusal, Sender};
pub use shown::{Contents, Difference};
