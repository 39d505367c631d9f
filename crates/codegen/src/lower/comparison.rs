//! Comparisons between members: `x-differs` and `x-compares`.

use super::context::Lowering;
use crate::diagnostic::DiagnosticCode;
use crate::diagnostic::Span;
use crate::ir::{
    Compare, Comparison, Condition, Object, Obligation, OmittedIfEqual, Predicate, Rule, ScalarKind, Type, TypeKind,
};
use crate::node::Node;
use crate::profile;

const COMPARISONS: &[(&str, Comparison)] = &[
    ("equal", Comparison::Equal),
    ("different", Comparison::Different),
    ("less", Comparison::Less),
    ("atMost", Comparison::AtMost),
];

impl Lowering<'_> {
    pub(super) fn differs(&mut self, object: &Object, node: &Node) -> Vec<OmittedIfEqual> {
        let mut all: Vec<OmittedIfEqual> = Vec::new();
        for element in self.comparisons(node, "x-differs") {
            let Some(differs) = self.one_differs(object, node, element) else { continue };
            if all.iter().any(|other| other.member == differs.member) {
                let title = format!("`{}` is compared twice", differs.member);
                self.diagnostics.report(DiagnosticCode::E0511, element.at("member"), title, "remove one of the two");
            }
            all.push(differs);
        }
        self.chained(node, &all);
        all
    }

    /// A member can't be compared with one that is left out by a comparison of its own: what its absence means would
    /// depend on what another absence means.
    fn chained(&mut self, node: &Node, all: &[OmittedIfEqual]) {
        let elements = node.get("x-differs").map_or(&[][..], Node::elements);
        let named = |element: &&Node, keyword, name: &str| element.get(keyword).and_then(Node::text) == Some(name);
        for OmittedIfEqual { member, from, .. } in all {
            if !all.iter().any(|other| other.member == *from) {
                continue;
            }
            let Some(element) = elements.iter().find(|it| named(it, "member", member)) else { continue };
            let title = format!("`{from}` can be left out itself");
            let help = format!("compare `{member}` with a member that no `x-differs` leaves out");
            let fault = self.diagnostics.report(DiagnosticCode::E0520, element.at("from"), title, help);
            if let Some(other) = elements.iter().find(|it| named(it, "member", from)) {
                fault.also(other.at("member"), "by this comparison");
            }
        }
    }

    fn comparisons<'n>(&mut self, node: &'n Node, keyword: &str) -> &'n [Node] {
        let Some(list) = node.get(keyword) else { return &[] };
        self.diagnostics.elements(list, keyword)
    }

    fn one_differs(&mut self, object: &Object, node: &Node, element: &Node) -> Option<OmittedIfEqual> {
        self.diagnostics.keywords(element, "a comparison", profile::DIFFERS);
        let mut named = |keyword| -> Option<(String, Type)> {
            let value = self.diagnostics.need(element, keyword, "a comparison")?;
            let name = self.diagnostics.text(value, keyword)?;
            let Some(member) = object.member(&name) else {
                self.no_member(value, &name, node);
                return None;
            };
            Some((name, member.ty.clone()))
        };
        let (member, ty) = named("member")?;
        let (from, other) = named("from")?;
        let part = self.diagnostics.need_text(element, "in", "a comparison")?;
        if ty != other || ty.kind != TypeKind::Object {
            let title = format!("`{member}` and `{from}` do not hold the same object");
            let fault = self.diagnostics.report(
                DiagnosticCode::E0510,
                element.at("member"),
                title,
                "compare two members of one type",
            );
            fault.also(element.at("from"), "the other");
            return None;
        }
        if member == from || object.member(&member).is_some_and(|it| it.required) {
            let help = "compare an optional member with another one";
            self.diagnostics.report(
                DiagnosticCode::E0512,
                element.at("member"),
                format!("`{member}` can't be left out"),
                help,
            );
            return None;
        }
        let inner = self.object_at(&ty)?.member(&part).filter(|member| member.ty.kind.is_scalar() && member.required);
        let Some(part_rust) = inner.map(|member| member.rust.clone()) else {
            let title = format!("`{part}` is not a required scalar of {}", ty.name);
            self.diagnostics.report(DiagnosticCode::E0513, element.at("in"), title, "name the part that differs");
            return None;
        };
        Some(OmittedIfEqual { member, from, part, part_rust })
    }

    /// Returns what holds where both members are sent: their parts differ.
    pub(super) fn difference(&self, object: &Object, differs: &OmittedIfEqual) -> Option<Compare> {
        let inner = self.object_at(&object.member(&differs.member)?.ty)?;
        let path = |member: &String| vec![member.clone(), differs.part.clone()];
        Some(Compare {
            left: path(&differs.member),
            is: Comparison::Different,
            right: path(&differs.from),
            ty: inner.member(&differs.part)?.ty.clone(),
        })
    }

    /// A member that `x-differs` leaves out and that a condition of this object requires all the same, in this object or
    /// in one inside it.
    pub(super) fn omitted(&mut self, index: usize, name: &str, node: &Node) {
        let Some(object) = self.objects[index].get(name).cloned() else { return };
        let conditions = node.get("allOf").map_or(&[][..], Node::elements);
        for (n, rule) in object.rules.iter().enumerate() {
            let Rule::When { tests, then } = rule else { continue };
            for path in required(then) {
                let Some((span, differs)) = self.differs_at(&object, &path) else { continue };
                // A choice that the other one settles holds without it.
                let is_settled = matches!(then, Obligation::AtLeastOne(all) if all.contains(&differs.from));
                if is_settled || !can_be_left_out(&differs, &path, tests) {
                    continue;
                }
                let title = format!("`{}` can't be left out: a condition requires it", differs.member);
                let help = format!(
                    "take it out of the condition: where it is absent, `{}` says what it is; or take this comparison out",
                    differs.from
                );
                let fault = self.diagnostics.report(DiagnosticCode::E0512, &span, title, help);
                if let Some(condition) = conditions.get(n) {
                    fault.also(&condition.get("then").unwrap_or(condition).span, "the condition");
                }
            }
        }
    }

    /// Finds the comparison that decides whether the member at the end of a path is sent, and its place.
    fn differs_at(&self, object: &Object, path: &[String]) -> Option<(Span, OmittedIfEqual)> {
        let (name, way) = path.split_last()?;
        let holder = way.iter().try_fold(object, |object, name| self.object_at(&object.member(name)?.ty))?;
        let is_it = |rule: &Rule| match rule {
            Rule::OmittedIfEqual(differs) if differs.member == *name => Some(differs.clone()),
            _ => None,
        };
        let differs = holder.rules.iter().find_map(is_it)?;
        let node = self.node_of(&(holder.file, holder.name.clone()))?;
        Some((differs_place(node, name)?.clone(), differs))
    }

    pub(super) fn compares(&mut self, object: &Object, node: &Node) -> Vec<Compare> {
        let elements = self.comparisons(node, "x-compares");
        elements.iter().filter_map(|element| self.one_compares(object, element)).collect()
    }

    fn one_compares(&mut self, object: &Object, element: &Node) -> Option<Compare> {
        self.diagnostics.keywords(element, "a comparison", profile::COMPARES);
        let left = self.diagnostics.need(element, "left", "a comparison").and_then(|it| self.scalar_at(object, it));
        let right = self.diagnostics.need(element, "right", "a comparison").and_then(|it| self.scalar_at(object, it));
        let value = self.diagnostics.need(element, "is", "a comparison")?;
        let is = self.diagnostics.one_of(DiagnosticCode::E0107, value, "comparison", COMPARISONS)?;
        let ((left, ty), (right, other)) = (left?, right?);
        if ty != other {
            let title = format!("`{}` and `{}` have different definitions", ty.name, other.name);
            let help = "compare two scalars that have the same definition";
            self.diagnostics
                .report(DiagnosticCode::E0515, element.at("left"), title, help)
                .also(element.at("right"), "the other");
            return None;
        }
        if left == right {
            let title = "this compares a member with itself";
            let fault = self.diagnostics.report(DiagnosticCode::E0516, element.at("left"), title, "name another one");
            fault.also(element.at("right"), "the same");
            return None;
        }
        if matches!(is, Comparison::Less | Comparison::AtMost) && !self.is_ordered(&ty) {
            let help = "only numbers and moments have an order; others are `equal` or `different`";
            self.diagnostics.report(
                DiagnosticCode::E0517,
                &value.span,
                format!("no `{}` is less than another", ty.name),
                help,
            );
            return None;
        }
        Some(Compare { left, is, right, ty })
    }

    /// Returns a JSON Pointer from the object down to a scalar.
    fn scalar_at(&mut self, object: &Object, value: &Node) -> Option<(Vec<String>, Type)> {
        let text = self.diagnostics.text(value, "a comparison's member")?;
        let path: Vec<String> = text.strip_prefix('/').unwrap_or_default().split('/').map(str::to_owned).collect();
        let mut at = Some(object);
        let mut found: Option<Type> = None;
        for name in &path {
            if at.is_some_and(|object| self.is_faulty(object, name)) {
                return None;
            }
            found = at.and_then(|object| object.member(name)).map(|member| member.ty.clone());
            at = found.as_ref().and_then(|ty| self.object_at(ty));
        }
        match found {
            Some(ty) if ty.kind.is_scalar() => Some((path, ty)),
            _ => {
                let help = "write a JSON Pointer from this object down to a scalar, such as `/amount/value`";
                self.diagnostics.report(
                    DiagnosticCode::E0514,
                    &value.span,
                    format!("`{text}` does not lead to a scalar"),
                    help,
                );
                None
            }
        }
    }

    /// Returns whether the object has a member of that name that has an error of its own.
    pub(super) fn is_faulty(&self, object: &Object, name: &str) -> bool {
        let node = self.node_of(&(object.file, object.name.clone()));
        object.member(name).is_none()
            && node.is_some_and(|it| it.get("properties").is_some_and(|it| it.get(name).is_some()))
    }

    fn is_ordered(&self, ty: &Type) -> bool {
        match self.scalar_of(ty).map(|scalar| &scalar.kind) {
            Some(ScalarKind::Integer { .. }) => true,
            Some(ScalarKind::Builtin(written)) => written.is_ordered,
            _ => false,
        }
    }
}

/// Returns the members that an obligation asks for. One of a choice is one of them: without it, the choice may fail.
fn required(then: &Obligation) -> Vec<Vec<String>> {
    match then {
        Obligation::Members(members) => members.iter().filter(|it| it.given).map(|it| it.path.clone()).collect(),
        Obligation::AtLeastOne(members) | Obligation::ExactlyOne(members) => {
            members.iter().map(|name| vec![name.clone()]).collect()
        }
    }
}

/// Returns whether a condition with these tests can hold while the member at the path is left out because it equals the
/// other one: not if it holds only where the member is there, or only where the other one is not.
fn can_be_left_out(differs: &OmittedIfEqual, path: &[String], tests: &[Condition]) -> bool {
    let way = &path[..path.len() - 1];
    let rules_out = |test: &Condition| match (test.path.strip_prefix(way), &test.is) {
        (Some([name]), Predicate::Absent) => *name == differs.from,
        (Some([name, ..]), Predicate::Present | Predicate::OneOf(_)) => *name == differs.member,
        _ => false,
    };
    !tests.iter().any(rules_out)
}

/// Returns where `x-differs` names a member.
pub(super) fn differs_place<'n>(object: &'n Node, member: &str) -> Option<&'n Span> {
    let mut names = object.get("x-differs")?.elements().iter().filter_map(|element| element.get("member"));
    names.find(|name| name.text() == Some(member)).map(|name| &name.span)
}
