//! Texts that have a form, and texts that nearly have it.

use super::automaton::Automaton;

/// Returns a text of this length, the n-th of several.
pub(super) fn text(automaton: &Automaton, length: usize, n: usize) -> Option<String> {
    let table = automaton.completions(length);
    let mut states = vec![0];
    let mut text = String::new();
    for at in 0..length {
        let leads = |byte: &u8| table.from(&automaton.step(&states, *byte), length - at - 1);
        let ways: Vec<u8> = (b' '..=b'~').filter(leads).collect();
        let byte = *ways.get((n + at) % ways.len().max(1))?;
        states = automaton.step(&states, byte);
        text.push(char::from(byte));
    }
    automaton.can_end(&states).then_some(text)
}

/// Returns texts that differ from one in a place where a form usually cares.
pub(super) fn near(text: &str) -> Vec<(&'static str, String)> {
    let swapped = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    let without = |n: usize| text.chars().enumerate().filter(|(at, _)| *at != n).map(|(_, c)| c).collect::<String>();
    let last = text.chars().count().saturating_sub(1);
    let mark = text.chars().position(|c| c.is_ascii_punctuation());
    let all = [
        Some(("in the other case", text.chars().map(swapped).collect())),
        mark.map(|mark| ("without a mark", without(mark))),
        Some(("a character less", without(last))),
        Some(("a character more", format!("{text}{}", text.chars().last().unwrap_or('0')))),
        Some(("a space before it", format!(" {text}"))),
        Some(("a space behind it", format!("{text} "))),
        Some(("another character", format!("{}!", without(last)))),
        Some(("a character beyond ASCII", format!("{}\u{663}", without(last)))),
    ];
    all.into_iter().flatten().collect()
}
