//! `cargo xtask explain`: what an id of a diagnostic means.

use std::path::Path;
use std::process::ExitCode;

use alipayplus_codegen::diagnostic::Id;
use alipayplus_codegen::explain::{Fixture, Fixtures};
use alipayplus_codegen::names;

use crate::console::{print, say};

/// Prints what an id means, or all ids.
pub(crate) fn run(root: &Path, id: Option<&str>) -> ExitCode {
    match text(root, id) {
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

fn text(root: &Path, id: Option<&str>) -> Result<String, String> {
    let fixtures = Fixtures::read(root).map_err(|error| error.to_string())?;
    let Some(name) = id.map(str::to_ascii_uppercase) else {
        let line = |(id, fixture): &(Id, Fixture)| format!("{}  {}\n", id.as_str(), fixture.title);
        return Ok(fixtures.all.iter().map(line).collect());
    };
    let Some(id) = Id::named(&name) else {
        let known = Id::ALL.iter().map(|id| id.as_str());
        let help = names::did_you_mean(&name, known, "`cargo xtask explain` lists all of them".into());
        return Err(format!("there is no diagnostic `{name}`: {help}"));
    };
    fixtures.explain(id)?.ok_or_else(|| format!("`{name}` has no fixture"))
}
