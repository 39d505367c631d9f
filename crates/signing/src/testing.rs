//! Two parties with throwaway keys, for tests, and a count of what was verified.

use std::cell::Cell;
use std::fmt;

use jiff::Timestamp;

use crate::{Clock, KeyError, PrivateKey, TestClock};

/// The two parties of an exchange in a test: who asks, who answers, and a clock that both go by.
///
/// Give the same parties to the builder of a client and to that of a server, and the two trust each other. The keys
/// are made on the spot and can't be stored.
///
/// ```
/// use alipayplus_signing::testing::TestKeys;
///
/// let parties = TestKeys::new()?;
/// assert_ne!(parties.client.public_key_text(), parties.server.public_key_text());
/// # Ok::<(), alipayplus_signing::KeyError>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct TestKeys {
    /// The Client-Id of the party that asks.
    pub client_id: String,
    /// The key of the party that asks.
    pub client: PrivateKey,
    /// The key of the party that answers.
    pub server: PrivateKey,
    /// The time for both. It stands still until the test moves it.
    pub clock: TestClock,
}

impl TestKeys {
    /// The key version of both keys.
    pub const KEY_VERSION: u64 = 1;

    /// Two new keys of 2048 bits, which takes a moment, and a clock that shows the machine's time in whole seconds.
    ///
    /// # Errors
    /// [`KeyError::NotGenerated`] when the machine has no randomness to give.
    pub fn new() -> Result<Self, KeyError> {
        let now = Clock::system().now();
        Ok(Self {
            client_id: "SANDBOX_5X00000000000000".to_owned(),
            client: PrivateKey::generate()?,
            server: PrivateKey::generate()?,
            clock: TestClock::new(Timestamp::from_second(now.as_second()).unwrap_or(now)),
        })
    }
}

/// Prints no keys.
impl fmt::Debug for TestKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestKeys")
            .field("client_id", &self.client_id)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

thread_local! {
    static VERIFICATIONS: Cell<u64> = const { Cell::new(0) };
}

/// How many signatures this thread has verified so far, whatever came of it: the RSA operations. One that is refused
/// for its length alone is none.
///
/// A test can tell by it whether anybody makes a server verify for nothing.
#[must_use]
pub fn verifications() -> u64 {
    VERIFICATIONS.get()
}

pub(crate) fn count_verification() {
    VERIFICATIONS.set(VERIFICATIONS.get() + 1);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SigningInput;

    #[test]
    fn verifications_are_counted() {
        let key = PrivateKey::generate().unwrap().public_key();
        let content = SigningInput { method: "POST", uri: "/", client_id: "a", time: "b", body: b"" };
        let before = verifications();
        assert!(key.verify(&content.digest(), [0; 255]).is_err());
        assert_eq!(verifications() - before, 0);
        assert!(key.verify(&content.digest(), [0; 256]).is_err());
        assert_eq!(verifications() - before, 1);
    }

    #[test]
    fn debug_prints_no_key() {
        let parties = TestKeys::new().unwrap();
        let text = format!("{parties:?}");
        assert!(text.starts_with("TestKeys { client_id: \"SANDBOX_5X00000000000000\""), "{text}");
        assert!(!text.contains("PrivateKey"), "{text}");
    }
}
