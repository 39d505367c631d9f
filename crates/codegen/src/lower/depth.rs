//! Objects and lists that are nested deeper than a reader follows.

use std::collections::HashMap;

use super::context::{Key, Lowering};
use crate::diagnostic::DiagnosticCode;
use crate::limits::MAX_DEPTH;

impl Lowering<'_> {
    /// Reports the innermost definitions that are nested too deeply, each with what it holds.
    pub(super) fn depths(&mut self) {
        let mut depths = HashMap::new();
        for index in 0..self.roots.len() {
            for (name, node) in self.definitions(index) {
                let key = (index, name.text.clone());
                if self.depth(&key, &mut depths) != MAX_DEPTH + 1 {
                    continue;
                }
                let title =
                    format!("`{}` has {} levels of objects and lists inside each other", name.text, MAX_DEPTH + 1);
                let help = format!("a message has at most {MAX_DEPTH}: move what is inside further out");
                let targets = self.targets(index, node);
                let deepest = targets.into_iter().find(|(inner, _)| depths.get(inner) == Some(&MAX_DEPTH));
                let fault = self.diagnostics.report(DiagnosticCode::E0412, &name.span, title, help);
                if let Some((_, span)) = deepest {
                    fault.also(span, format!("this has {MAX_DEPTH}"));
                }
            }
        }
    }

    /// Returns the levels of a definition: 0 for a string, and one more than the deepest part for anything else.
    fn depth(&self, key: &Key, depths: &mut HashMap<Key, usize>) -> usize {
        if let Some(known) = depths.get(key) {
            return *known;
        }
        // A definition that contains itself has an error of its own.
        depths.insert(key.clone(), 0);
        let parts: Vec<Key> = if let Some(list) = self.lists[key.0].get(&key.1) {
            vec![(list.item.file, list.item.name.clone())]
        } else if let Some(object) = self.objects[key.0].get(&key.1) {
            object.members.iter().map(|member| (member.ty.file, member.ty.name.clone())).collect()
        } else {
            return 0;
        };
        let depth = 1 + parts.iter().map(|part| self.depth(part, depths)).max().unwrap_or_default();
        depths.insert(key.clone(), depth);
        depth
    }
}
