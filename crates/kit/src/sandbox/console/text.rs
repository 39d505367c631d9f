//! Bytes as a person can read them.

use maud::{Markup, html};

/// The most bytes of a text that the page has.
const MOST: usize = 16 << 10;

/// Returns bytes with marks for characters that can't be seen. They are plain letters, which every font has.
pub(super) fn shown(bytes: &[u8]) -> Markup {
    let (kept, rest) = bytes.split_at(bytes.len().min(MOST));
    html! {
        @for chunk in kept.utf8_chunks() {
            @for part in chunk.valid().split_inclusive(|c: char| !is_plain(c)) { (ended(part)) }
            @for byte in chunk.invalid() { (mark(&format!("0x{byte:02X}"), "a byte that is no UTF-8")) }
        }
        @if !rest.is_empty() { span.note { "… and " (rest.len()) " bytes, which the journal has" } }
    }
}

/// Letters and signs of all scripts are themselves; blanks, marks and controls are not.
fn is_plain(c: char) -> bool {
    c.is_ascii_graphic() || c.is_alphanumeric()
}

/// Shows plain characters, and the one behind them that may be another.
fn ended(part: &str) -> Markup {
    let last = part.chars().next_back().filter(|c| !is_plain(*c));
    html! {
        (part.trim_end_matches(|c| Some(c) == last))
        @match last {
            None => {}
            Some(' ') => { span.blank { " " } }
            Some('\n') => { (mark("LF", "line feed")) "\n" }
            Some('\r') => (mark("CR", "carriage return")),
            Some('\t') => (mark("TAB", "tab")),
            Some(c) => (mark(&format!("U+{:04X}", u32::from(c)), "a character that can't be seen")),
        }
    }
}

fn mark(text: &str, title: &str) -> Markup {
    html! { span.invisible title=(title) { (text) } }
}

#[cfg(test)]
mod tests {
    use super::{MOST, shown};

    fn text(bytes: &[u8]) -> String {
        // The marks without their tags.
        let html = shown(bytes).into_string();
        let parts = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
        parts.collect()
    }

    #[test]
    fn what_cannot_be_seen_is_marked() {
        assert_eq!(text("a b\r\n\té".as_bytes()), "a bCRLF\nTABé");
        assert_eq!(text("x\u{200b}\u{feff}\u{a0}".as_bytes()), "xU+200BU+FEFFU+00A0");
        assert_eq!(text(b"\xff\n\n"), "0xFFLF\nLF\n");
    }

    #[test]
    fn text_is_escaped_and_bounded() {
        assert_eq!(shown(b"<script>\"&").into_string(), "&lt;script&gt;&quot;&amp;");
        assert!(text(&vec![b'x'; MOST + 7]).ends_with("x… and 7 bytes, which the journal has"));
    }
}
