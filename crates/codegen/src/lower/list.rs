//! Definitions of lists.

use super::{Lowering, Node};
use crate::diagnostic::Id;
use crate::ir::{List, Sort};
use crate::{names, profile};

impl<'a> Lowering<'a> {
    pub(super) fn list(&mut self, index: usize, name: &str, node: &'a Node) {
        self.faults.keywords(node, "a list", profile::LIST);
        let doc = self.faults.need_text(node, "description", "a list");
        let (min, max) = (self.faults.number(node, "minItems"), self.faults.number(node, "maxItems"));
        if let (Some(max), Some(value)) = (max, node.get("maxItems"))
            && (max == 0 || min.is_some_and(|min| min > max))
        {
            let help = "write a `maxItems` of 1 or more that is not below `minItems`";
            let title = "no list has these numbers of elements, or only an empty one has";
            let fault = self.faults.report(Id::E0302, &value.place, title, help);
            if let Some(least) = node.get("minItems") {
                fault.also(&least.place, "the other bound");
            }
        }
        let Some(items) = self.faults.need(node, "items", "a list") else { return };
        self.faults.keywords(items, "the elements of a list", &["$ref"]);
        let Some(key) = self.reference(index, items, "the elements of a list") else { return };
        let item = self.type_of(&key);
        if item.sort == Sort::List {
            let place = items.get("$ref").map_or(&items.place, |it| &it.place);
            let help = "define an object that holds the inner list, and a list of these objects";
            self.faults.report(Id::E0311, place, "a list of lists", help);
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
