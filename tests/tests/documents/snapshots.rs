//! Documents of small fixtures, for review.

use std::path::Path;

use alipayplus_tests::{fixture, generate, snapshots};

fn check(fixture_name: &str, path: &str, name: &str) {
    let files = generate(&fixture(fixture_name));
    // A release does not change the snapshot.
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let text = files[Path::new(path)].replace(&version, "\"version\": \"…\"");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(snapshots().join("documents"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn a_bundled_schema() {
    check("differs", "docs/schemas/ask.response.json", "differs.ask.response");
}

#[test]
fn an_openapi_document() {
    check("two_operations", "docs/openapi.json", "two_operations.openapi");
}
