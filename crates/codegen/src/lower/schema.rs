//! A schema file as it is read.

use super::text;
use crate::diagnostic::{DiagnosticCode, Diagnostics, Span};
use crate::node::{self, Json, Node};
use crate::source::Source;
use crate::{profile, spelling};

/// A file as it is read.
pub(super) struct Schema<'a> {
    pub(super) source: &'a Source,
    pub(super) root: Node,
    /// Whether its definitions can't be read. References to them are then not reported.
    pub(super) broken: bool,
}

impl<'a> Schema<'a> {
    pub(super) fn read(source: &'a Source, index: usize, diagnostics: &mut Diagnostics) -> Self {
        let nothing = Node { span: Span { file: index, range: 0..0 }, json: Json::Null };
        let read = node::read(source, index, diagnostics);
        let is_json = read.is_some();
        let mut root = read.unwrap_or(nothing);
        spelling::correct(&mut root, diagnostics);
        let broken = !root.get("$defs").is_some_and(|it| matches!(it.json, Json::Object(_)));
        let root = Self { source, root, broken };
        if is_json {
            root.head(diagnostics);
            text::texts(&root.root, diagnostics);
        }
        root
    }

    /// Checks the keywords that every file has.
    fn head(&self, diagnostics: &mut Diagnostics) {
        let (root, what) = (&self.root, "a schema file");
        diagnostics.keywords(root, what, profile::FILE);
        for keyword in ["title", "description"] {
            diagnostics.need_text(root, keyword, what);
        }
        if let Some(dialect) = diagnostics.need(root, "$schema", what)
            && dialect.text() != Some("https://json-schema.org/draft/2020-12/schema")
        {
            let help = "write \"https://json-schema.org/draft/2020-12/schema\"";
            diagnostics.report(DiagnosticCode::E0004, &dialect.span, "the profile is one of draft 2020-12", help);
        }
        if let Some(definitions) = diagnostics.need(root, "$defs", what) {
            diagnostics.members(definitions, "$defs");
        }
        if let Some(id) = diagnostics.need_text(root, "$id", what)
            && let Some(value) = root.get("$id")
            && address(&id).is_none_or(|(_, file)| file != self.source.name())
        {
            let title = format!("this is no address of `{}`", self.source.name());
            let help = format!("write \"https://…/{}\", so that references by file name are found", self.source.name());
            diagnostics.report(DiagnosticCode::E0005, &value.span, title, help);
        }
    }
}

/// Returns the folder and the file of an absolute address.
pub(super) fn address(id: &str) -> Option<(&str, &str)> {
    id.contains("://").then(|| id.rsplit_once('/'))?
}
