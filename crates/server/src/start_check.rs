//! Checks at start that the signer signs, and with its own key.

use std::time::Duration;

use alipayplus_signing::VersionedSigner;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use tokio::time::timeout;

use crate::build_error::StartError;
use crate::respond::sign_error;
use crate::telemetry;

/// How long a signer may take to sign at start: more than for a request, since it may have to connect first.
const CHECK_TIME: Duration = Duration::from_secs(10);

/// The check of a signer, which the clones of a server share. It has ended when the signer has signed or failed to.
pub(crate) type StartCheck = Shared<BoxFuture<'static, ()>>;

/// Starts the check when it is polled. A failure is logged.
pub(crate) fn start_check(signing_key: VersionedSigner) -> StartCheck {
    let check = async move {
        match check_signer(&signing_key).await {
            Ok(()) => {}
            Err(StartError::Signer(error)) => telemetry::signer_failed(&sign_error(&error)),
            Err(error) => telemetry::signer_failed(&error.to_string()),
        }
    };
    check.boxed().shared()
}

/// Signs once.
pub(crate) async fn check_signer(signing_key: &VersionedSigner) -> Result<(), StartError> {
    let checked = timeout(CHECK_TIME, signing_key.check()).await.map_err(|_| StartError::SignerTimeout)?;
    Ok(checked?)
}
