//! `cargo xtask explain`: explains a diagnostic code.

use std::path::Path;
use std::process::ExitCode;

use alipayplus_codegen::diagnostic::DiagnosticCode;
use alipayplus_codegen::explain::{Fixture, Fixtures};
use alipayplus_codegen::names;

use crate::console::{print, say};

/// Prints the explanation of a code, or lists all codes.
pub(crate) fn run(root: &Path, code: Option<&str>) -> ExitCode {
    match text(root, code) {
        Ok(text) => {
            print(text.trim_end());
            ExitCode::SUCCESS
        }
        Err(wrong) => {
            say(wrong);
            ExitCode::FAILURE
        }
    }
}

fn text(root: &Path, code: Option<&str>) -> Result<String, String> {
    let fixtures = Fixtures::read(root).map_err(|error| error.to_string())?;
    let Some(name) = code.map(str::to_ascii_uppercase) else {
        let line = |(code, fixture): &(DiagnosticCode, Fixture)| format!("{}  {}\n", code.as_str(), fixture.title);
        return Ok(fixtures.all.iter().map(line).collect());
    };
    if let Some(why) = DiagnosticCode::retired(&name) {
        return Err(format!("`{name}` is no longer used: {why}"));
    }
    let Some(code) = DiagnosticCode::from_name(&name) else {
        let known = DiagnosticCode::ALL.iter().map(|code| code.as_str());
        let help = names::did_you_mean(&name, known, "`cargo xtask explain` lists all of them".into());
        return Err(format!("there is no diagnostic `{name}`: {help}"));
    };
    fixtures.explain(code)?.ok_or_else(|| format!("`{name}` has no fixture"))
}
