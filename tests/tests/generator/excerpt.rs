//! What is special about a generated file: its items that another file does not have.

/// Returns the items of a text that are not in the base, and the number of items that are.
pub(crate) fn excerpt(text: &str, base: &str) -> (Vec<String>, usize) {
    let (text, base): (Vec<_>, Vec<_>) = (text.lines().collect(), base.lines().collect());
    let base = items(&base, 0);
    let (mut special, mut equal) = (Vec::new(), 0);
    for item in items(&text, 0) {
        if base.contains(&item) {
            equal += 1;
        } else {
            special.push(shortened(&item, &base).unwrap_or_else(|| item.join("\n")));
        }
    }
    (special, equal)
}

/// An item: its documentation, its attributes and its code.
type Item<'a> = Vec<&'a str>;

/// Splits lines into the items whose first line has this indentation.
fn items<'a>(lines: &[&'a str], indent: usize) -> Vec<Item<'a>> {
    let (mut all, mut item) = (Vec::new(), Item::new());
    for line in lines.iter().filter(|line| !line.trim().is_empty()) {
        item.push(*line);
        let code = line.trim_start();
        let is_inner = code.starts_with("//!") || code.starts_with("#![") || code.starts_with("// @");
        let is_attribute = code.starts_with("///") || code.starts_with("#[") || code.starts_with(")]");
        let is_end = !is_attribute && code.ends_with([';', ',', '}', ')', ']']);
        if line.len() - code.len() == indent && (is_inner || is_end) {
            all.push(std::mem::take(&mut item));
        }
    }
    all.extend(Some(item).filter(|item| !item.is_empty()));
    all
}

/// Shortens an item whose first line of code another item has too: what both contain becomes `// …`.
fn shortened(item: &Item<'_>, base: &[Item<'_>]) -> Option<String> {
    let (head, body) = split(item)?;
    let (other_head, other_body) = base.iter().filter_map(split).find(|(other, _)| other.last() == head.last())?;
    let known = items(other_body, INDENT);
    // Documentation and attributes that are equal need no second look.
    let head = if head == other_head { &head[head.len() - 1..] } else { head };
    let gap = format!("{:INDENT$}// …", "");
    let mut lines = head.to_vec();
    for part in items(body, INDENT) {
        if !known.contains(&part) {
            lines.extend(part);
        } else if lines.last() != Some(&gap.as_str()) {
            lines.push(&gap);
        }
    }
    lines.push("}");
    (lines.len() < item.len()).then(|| lines.join("\n"))
}

const INDENT: usize = 4;

/// Splits an item with a block into the lines up to the block, and those in it.
fn split<'i, 'a>(item: &'i Item<'a>) -> Option<(&'i [&'a str], &'i [&'a str])> {
    let start = item.iter().position(|line| !line.starts_with(' ') && line.ends_with('{'))?;
    (item.last() == Some(&"}")).then(|| (&item[..=start], &item[start + 1..item.len() - 1]))
}
