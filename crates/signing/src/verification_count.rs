//! Counts the RSA verifications of a thread, for tests.

use std::cell::Cell;

thread_local! {
    static VERIFICATIONS: Cell<u64> = const { Cell::new(0) };
}

/// Returns how many RSA verifications this thread has made so far, successful or not. A signature that is refused for
/// its length costs no RSA operation and is not counted.
///
/// With this, a test can check that an unauthenticated client cannot make a server verify.
#[must_use]
pub fn verifications() -> u64 {
    VERIFICATIONS.get()
}

pub(crate) fn count_verification() {
    VERIFICATIONS.set(VERIFICATIONS.get() + 1);
}
