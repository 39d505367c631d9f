//! Throwaway keys for both sides and a count of verifications, for tests.

use std::fmt;

use jiff::Timestamp;

use crate::clock::{Clock, TestClock};
use crate::key::{KeyError, PrivateKey};
pub use crate::verification_count::verifications;

/// The keys of a client and a server in a test, and the clock that both use.
///
/// Pass the same keys to the builder of a client and to the builder of a server, and the two trust each other. The keys
/// are generated and cannot be stored.
///
/// ```
/// use alipayplus_signing::testing::TestKeys;
///
/// let keys = TestKeys::new()?;
/// assert_ne!(keys.client.public_key(), keys.server.public_key());
/// # Ok::<(), alipayplus_signing::KeyError>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct TestKeys {
    /// The Client-Id.
    pub client_id: String,
    /// The client's private key.
    pub client: PrivateKey,
    /// The server's private key.
    pub server: PrivateKey,
    /// The clock of both, which moves only when the test moves it.
    pub clock: TestClock,
}

impl TestKeys {
    /// The version of both keys.
    pub const KEY_VERSION: u64 = 1;

    /// Generates two keys of 2048 bits, which takes a moment, and sets the clock to the system time in whole seconds.
    ///
    /// # Errors
    /// Returns [`KeyError::NotGenerated`] if the system has no random numbers.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing_input::SigningInput;

    #[test]
    fn counts_verifications_but_not_refused_lengths() {
        let key = PrivateKey::generate().unwrap().public_key();
        let input = SigningInput { method: "POST", uri: "/", client_id: "a", time: "b", body: b"" };
        let before = verifications();
        assert!(key.verify(&input.digest(), [0; 255]).is_err());
        assert_eq!(verifications() - before, 0);
        assert!(key.verify(&input.digest(), [0; 256]).is_err());
        assert_eq!(verifications() - before, 1);
    }

    #[test]
    fn debug_prints_no_key() {
        let keys = TestKeys::new().unwrap();
        let text = format!("{keys:?}");
        assert!(text.starts_with("TestKeys { client_id: \"SANDBOX_5X00000000000000\""), "{text}");
        assert!(!text.contains("PrivateKey"), "{text}");
    }
}
