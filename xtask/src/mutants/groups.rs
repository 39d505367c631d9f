//! What is changed, and by which tests a change has to be noticed.

/// Files of one package.
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) package: &'static str,
    /// Globs.
    pub(super) files: &'static [&'static str],
    /// Globs of what `files` names and is not meant.
    pub(super) excluded: &'static [&'static str],
    /// Tests that are left out, since they take longer than all others: the start of their names.
    pub(super) skipped: &'static [&'static str],
}

pub(super) const GROUPS: &[Group] = &[
    Group {
        name: "signing",
        package: "alipayplus-signing",
        files: &["crates/signing/src/**/*.rs"],
        excluded: &[],
        skipped: &[],
    },
    Group {
        name: "model",
        package: "alipayplus-model",
        files: &["crates/model/src/*.rs", "crates/model/src/rule/*.rs"],
        // Its feature is tested in a package of its own.
        excluded: &["crates/model/src/schema.rs"],
        // All pairs of faults in all kinds of messages.
        skipped: &["pairs::"],
    },
    // The way of a request from its head to the signed answer.
    Group {
        name: "server",
        package: "alipayplus-server",
        files: &["crates/server/src/*.rs"],
        excluded: &[
            "crates/server/src/builder.rs",
            "crates/server/src/observe.rs",
            "crates/server/src/serve.rs",
            "crates/server/src/settings.rs",
        ],
        skipped: &[],
    },
    // The way of an inquiry to its outcome or error.
    Group {
        name: "client",
        package: "alipayplus-client",
        files: &["crates/client/src/*.rs"],
        excluded: &[
            "crates/client/src/builder.rs",
            "crates/client/src/observe.rs",
            "crates/client/src/testing.rs",
            "crates/client/src/transport.rs",
        ],
        skipped: &[],
    },
];
