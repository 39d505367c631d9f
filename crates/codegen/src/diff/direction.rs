//! Who breaks when what may be sent becomes more or less.
//!
//! Clients send requests and read responses, servers the other way round. So the same change of a definition breaks
//! the one or the other, by the messages that contain it.

use std::ops::BitOrAssign;

use super::change::{Effect, Message, Verdict};

/// The messages that contain a definition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct On {
    pub(super) request: bool,
    pub(super) response: bool,
}

impl On {
    pub(super) const REQUEST: Self = Self { request: true, response: false };
    pub(super) const RESPONSE: Self = Self { request: false, response: true };

    pub(super) const fn covers(self, other: Self) -> bool {
        (self.request || !other.request) && (self.response || !other.response)
    }
}

impl BitOrAssign for On {
    fn bitor_assign(&mut self, other: Self) {
        self.request |= other.request;
        self.response |= other.response;
    }
}

/// What a sender built on one side may do, and what a reader on the other makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clash {
    sends: String,
    reads: String,
}

impl Clash {
    /// It sends what the other refuses.
    pub(super) fn refused(sent: impl AsRef<str>) -> Self {
        Self::new(format!("may send {}", sent.as_ref()), "refuses it")
    }

    pub(super) fn new(sends: impl Into<String>, reads: impl Into<String>) -> Self {
        Self { sends: sends.into(), reads: reads.into() }
    }

    fn why(&self, sender: &str, built_on: &str, reader: &str, on: &str) -> String {
        format!("{sender} built on {built_on} {}; {reader} on {on} {}", self.sends, self.reads)
    }
}

/// How the two sides clash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Clashes {
    /// What is sent on OLD and clashes with NEW.
    pub(super) old_sends: Option<Clash>,
    /// What is sent on NEW and clashes with OLD.
    pub(super) new_sends: Option<Clash>,
}

impl Clashes {
    /// Returns texts that one side may send and the other refuses: what was allowed and is no longer, and the reverse.
    pub(super) fn refused(narrower: Option<String>, wider: Option<String>) -> Self {
        Self { old_sends: narrower.map(Clash::refused), new_sends: wider.map(Clash::refused) }
    }

    pub(super) fn effects(&self, on: On) -> Vec<Effect> {
        const CLIENT: &str = "a client";
        const SERVER: &str = "a server";
        let mut all = Vec::new();
        let mut add = |verdict, message, why| all.push(Effect { verdict, on: Some(message), why });
        if let Some(clash) = &self.old_sends {
            if on.request {
                add(Verdict::Client, Message::Request, clash.why(CLIENT, "OLD", SERVER, "NEW"));
            }
            if on.response {
                add(Verdict::Server, Message::Response, clash.why(SERVER, "OLD", CLIENT, "NEW"));
            }
        }
        if let Some(clash) = &self.new_sends {
            if on.request {
                add(Verdict::Server, Message::Request, clash.why(CLIENT, "NEW", SERVER, "OLD"));
            }
            if on.response {
                add(Verdict::Client, Message::Response, clash.why(SERVER, "NEW", CLIENT, "OLD"));
            }
        }
        all
    }
}
