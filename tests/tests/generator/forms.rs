//! Forms of texts: the generator, the runtime and a stock validator read random patterns alike.

use alipayplus_codegen::form::Form;
use fastrand::Rng;
use serde_json::json;

const ATOMS: &[&str] = &["A", "B", "0", "/", "\\.", "[AB]", "[A-C0-2]", "[-A]", "[\\]B]", "[0-9]"];
const REPETITIONS: &[&str] = &["", "", "", "?", "*", "+", "{2}", "{1,3}", "{2,}"];

const OTHERS: &[char] = &['A', 'B', '0', '/', '.', ']', '-', 'C', '5', ' ', 'é', '\u{663}'];

/// Returns a part of a pattern.
fn part(rng: &mut Rng, depth: usize) -> String {
    let atom = match rng.u8(..4) {
        0 if depth > 0 => format!("({}|{})", sequence(rng, depth - 1), sequence(rng, depth - 1)),
        1 if depth > 0 => format!("(?:{})", sequence(rng, depth - 1)),
        _ => (*rng.choice(ATOMS).unwrap()).to_owned(),
    };
    atom + rng.choice(REPETITIONS).unwrap()
}

fn sequence(rng: &mut Rng, depth: usize) -> String {
    (0..rng.usize(1..4)).map(|_| part(rng, depth)).collect()
}

/// Changes a text at one place.
fn changed(text: &str, rng: &mut Rng) -> String {
    let mut all: Vec<char> = text.chars().collect();
    let at = rng.usize(..=all.len());
    if rng.bool() && at < all.len() {
        all.remove(at);
    } else {
        all.insert(at, *rng.choice(OTHERS).unwrap());
    }
    all.into_iter().collect()
}

#[test]
fn three_engines_read_a_pattern_alike() {
    let mut rng = Rng::with_seed(20_261_128);
    let (mut taken, mut refused, mut forms) = (0, 0, 0);
    while forms < 400 {
        let pattern = format!("^{}$", sequence(&mut rng, 2));
        let Ok(form) = Form::parse(&pattern) else { continue };
        forms += 1;
        let validator = jsonschema::validator_for(&json!({ "type": "string", "pattern": pattern })).unwrap();
        let runtime = alipayplus_runtime::form::Form::new(String::leak(pattern.clone()));
        let lengths = form.lengths(0..=12);
        for _ in 0..20 {
            let Some(length) = rng.choice(&lengths) else { break };
            let text = form.text(*length, rng.usize(..100)).unwrap();
            let other = changed(&text, &mut rng);
            assert!(form.takes(&text), "{pattern} makes {text:?}");
            for text in [text, other] {
                let expected = form.takes(&text);
                assert_eq!(validator.is_valid(&json!(text)), expected, "{pattern}: a validator reads {text:?}");
                assert_eq!(runtime.check(&text).is_ok(), expected, "{pattern}: the runtime reads {text:?}");
                *if expected { &mut taken } else { &mut refused } += 1;
            }
        }
    }
    assert!(taken > 5000 && refused > 2000, "{taken} {refused}");
}
