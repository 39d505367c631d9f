//! Definitions of lists.

use super::context::Lowering;
use crate::diagnostic::DiagnosticCode;
use crate::ir::{List, TypeKind};
use crate::node::Node;
use crate::{names, profile};

impl<'a> Lowering<'a> {
    pub(super) fn list(&mut self, index: usize, name: &str, node: &'a Node) {
        self.diagnostics.keywords(node, "a list", profile::LIST);
        let doc = self.diagnostics.need_text(node, "description", "a list");
        let (min, max) = (self.diagnostics.number(node, "minItems"), self.diagnostics.number(node, "maxItems"));
        if let (Some(max), Some(value)) = (max, node.get("maxItems"))
            && (max == 0 || min.is_some_and(|min| min > max))
        {
            let help = "write a `maxItems` of 1 or more that is not below `minItems`";
            let title = "`minItems` and `maxItems` leave no list but an empty one";
            let fault = self.diagnostics.report(DiagnosticCode::E0302, &value.span, title, help);
            if let Some(least) = node.get("minItems") {
                fault.also(&least.span, "the other bound");
            }
        }
        let Some(items) = self.diagnostics.need(node, "items", "a list") else { return };
        if items.get("$ref").is_none() && (!items.members().is_empty() || !items.elements().is_empty()) {
            let title = format!("the elements of `{name}` are described here");
            let help = match items.elements() {
                [] => "put this into `$defs`, and write { \"$ref\": \"#/$defs/…\" }",
                _ => "all elements are of one definition: write { \"$ref\": \"#/$defs/…\" }",
            };
            self.diagnostics.report(DiagnosticCode::E0313, &items.span, title, help);
            return;
        }
        self.diagnostics.keywords(items, "the elements of a list", &["$ref"]);
        let Some(key) = self.reference(index, items, "the elements of a list") else { return };
        let item = self.type_of(&key);
        if item.kind == TypeKind::List {
            let span = items.get("$ref").map_or(&items.span, |it| &it.span);
            let help = "define an object that holds the inner list, and a list of these objects";
            self.diagnostics.report(DiagnosticCode::E0311, span, "a list of lists", help);
            return;
        }
        self.member_target(items, &key);
        let list = List {
            name: name.to_owned(),
            rust: names::type_name(name),
            doc: doc.unwrap_or_default(),
            item,
            min: min.unwrap_or_default(),
            max,
        };
        self.lists[index].insert(name.to_owned(), list);
    }
}
