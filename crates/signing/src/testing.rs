//! Two parties with throwaway keys, for tests.

use std::fmt;

use jiff::Timestamp;

use crate::{Clock, KeyError, PrivateKey, TestClock};

/// The two parties of an exchange in a test: who asks, who answers, and a clock that both go by.
///
/// Give the same parties to the builder of a client and to that of a server, and the two trust each other. The keys
/// are made on the spot and can't be stored.
///
/// ```
/// use alipayplus_signing::testing::Parties;
///
/// let parties = Parties::new()?;
/// assert_ne!(parties.caller.public_key_text(), parties.answerer.public_key_text());
/// # Ok::<(), alipayplus_signing::KeyError>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Parties {
    /// The Client-Id of the party that asks.
    pub client_id: String,
    /// The key of the party that asks.
    pub caller: PrivateKey,
    /// The key of the party that answers.
    pub answerer: PrivateKey,
    /// The time for both. It stands still until the test moves it.
    pub clock: TestClock,
}

impl Parties {
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
            caller: PrivateKey::generate()?,
            answerer: PrivateKey::generate()?,
            clock: TestClock::new(Timestamp::from_second(now.as_second()).unwrap_or(now)),
        })
    }
}

/// Prints no keys.
impl fmt::Debug for Parties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parties")
            .field("client_id", &self.client_id)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_prints_no_key() {
        let parties = Parties::new().unwrap();
        let text = format!("{parties:?}");
        assert!(text.starts_with("Parties { client_id: \"SANDBOX_5X00000000000000\""), "{text}");
        assert!(!text.contains("Key"), "{text}");
    }
}
