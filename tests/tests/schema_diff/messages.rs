//! Random messages: valid ones, and some that are not.

use alipayplus_codegen::ir::{Definition, Object, ScalarKind, ServiceModel, Type, TypeKind};
use fastrand::Rng;
use serde_json::{Map, Value};

/// Generates messages of one family.
pub(crate) struct Sampler<'a> {
    pub(crate) family: &'a ServiceModel,
    /// Texts that conditions may test.
    pub(crate) texts: &'a [String],
    pub(crate) rng: Rng,
}

impl Sampler<'_> {
    /// Returns an object with valid members; its conditions may be broken.
    pub(crate) fn object(&mut self, object: &Object) -> Value {
        let mut all = Map::new();
        // Some messages have nearly all members, others hardly any.
        let likely = *self.rng.choice(&[2, 5, 9]).unwrap();
        for member in &object.members {
            if member.required || self.rng.u8(..10) < likely {
                all.insert(member.wire.clone(), self.value(&member.ty));
            } else if self.rng.u8(..10) == 0 {
                all.insert(member.wire.clone(), Value::Null);
            }
        }
        if let Some(coded) = &object.coded {
            let row = self.rng.choice(&coded.rows).unwrap();
            let status = coded.template.words.iter().find(|word| word.rust == row.status).unwrap();
            all.insert(coded.template.code.0.clone(), row.wire.clone().into());
            all.insert(coded.template.status.0.clone(), status.wire.clone().into());
        }
        all.into()
    }

    fn value(&mut self, ty: &Type) -> Value {
        if ty.kind == TypeKind::Codes {
            return Value::Null; // its object puts a code of its table there
        }
        let family = self.family;
        match family.definition(ty).unwrap() {
            Definition::Object(object) => self.object(object),
            Definition::List(list) => {
                let most = list.max.unwrap_or(list.min + 3);
                let any = self.rng.usize(list.min..=most);
                let count = self.rng.choice([list.min, most, any]).unwrap();
                (0..count).map(|_| self.value(&list.item)).collect()
            }
            Definition::Scalar(scalar) => self.text(&scalar.kind).into(),
        }
    }

    fn text(&mut self, kind: &ScalarKind) -> String {
        match kind {
            ScalarKind::Text { min, max, .. } => self.of_length(*min, *max),
            ScalarKind::Formed { min, max, form } => {
                let lengths = form.lengths(*min..=*max);
                form.text(*self.rng.choice(&lengths).unwrap(), self.rng.usize(..50)).unwrap()
            }
            ScalarKind::Message { max } | ScalarKind::Code { max } => self.of_length(1, *max),
            ScalarKind::Words(words) => self.rng.choice(words).unwrap().wire.clone(),
            ScalarKind::Integer { min, max, .. } => {
                let any = self.rng.u64(*min..=*max);
                self.rng.choice([*min, *max, any]).unwrap().to_string()
            }
            ScalarKind::Boolean => self.rng.bool().to_string(),
            ScalarKind::Builtin(written) => self.written(written.rust, written.example),
        }
    }

    /// Prefers the bounds of the range, where schemas differ. Very long texts are rare, because they are slow.
    fn of_length(&mut self, min: usize, max: usize) -> String {
        let near = max.min(min + 70);
        let sought = self.rng.choice(self.texts).filter(|text| (min..=max).contains(&text.chars().count()));
        if let Some(text) = sought.filter(|_| self.rng.u8(..4) == 0) {
            return text.clone();
        }
        let length = match self.rng.u8(..20) {
            0..5 => min,
            5 => max,
            6..12 if max == near => max,
            _ => self.rng.usize(min..=near),
        };
        self.rng.choice(["x", "7", "é"]).unwrap().repeat(length)
    }

    fn written(&mut self, rust: &str, example: &str) -> String {
        let others: &[&str] = match rust {
            "Currency" => &["JPY", "CNY"],
            "MinorUnits" => &["0", "7", "9999999999999999999999999999"],
            "ExactDecimal" => &["0", "0.50", "9999999999999999.999999999999"],
            "Datetime" => &["2019-11-27T12:01:01Z", "2019-11-27T12:01:01.123456789+08:00"],
            _ => &[],
        };
        let all: Vec<&str> = others.iter().copied().chain([example]).collect();
        (*self.rng.choice(&all).unwrap()).to_owned()
    }
}

/// Changes a message at one place.
pub(crate) fn mutate(message: &mut Value, texts: &[String], rng: &mut Rng) {
    let mut pointers = Vec::new();
    pointers_of(message, "", &mut pointers);
    let Some(pointer) = rng.choice(pointers) else { return };
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let at = message.pointer_mut(parent).unwrap();
    let text = rng.choice(texts).cloned().unwrap_or_default();
    match (rng.u8(..8), at) {
        (0 | 1, Value::Object(members)) => drop(members.remove(name)),
        (2, Value::Object(members)) => drop(members.insert(name.to_owned(), Value::Null)),
        (3, Value::Object(members)) => drop(members.insert(text, Value::Object(Map::new()))),
        (4, Value::Object(members)) => drop(members.insert(text.clone(), text.into())),
        (5, at) => *child(at, name) = text.into(),
        (6, at) => *child(at, name) = rng.choice([Value::Bool(true), Value::Array(vec![]), "".into()]).unwrap(),
        (_, at) => {
            if let Value::String(old) = child(at, name) {
                *old = if rng.bool() { format!("{old}x") } else { old.chars().skip(1).collect() };
            }
        }
    }
}

fn child<'a>(parent: &'a mut Value, name: &str) -> &'a mut Value {
    match parent {
        Value::Array(elements) => &mut elements[name.parse::<usize>().unwrap()],
        other => &mut other[name],
    }
}

fn pointers_of(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let mut inner = |name: &str, value: &Value| {
        let pointer = format!("{pointer}/{name}");
        found.push(pointer.clone());
        pointers_of(value, &pointer, found);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| inner(name, value)),
        Value::Array(elements) => elements.iter().enumerate().for_each(|(n, value)| inner(&n.to_string(), value)),
        _ => {}
    }
}
