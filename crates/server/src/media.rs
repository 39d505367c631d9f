//! Checks media types: whether a body is JSON in UTF-8, and whether `Accept` rules such an answer out.

/// Whether a `Content-Type` is `application/json` in UTF-8. Without `charset` it is: JSON has no other encoding.
pub(crate) fn is_json(content_type: &str) -> bool {
    let mut parts = split(content_type, ';');
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    is_json && parts.all(is_utf8_or_no_charset)
}

/// Returns whether an `Accept` rules `application/json` out by `q=0`.
///
/// The most specific range that matches decides, as in RFC 9110. An `Accept` that merely lacks JSON is ignored: RFC
/// 9110 lets a server disregard it, and the official SDKs send `text/plain,text/xml,text/javascript,text/html`. A
/// header that can't be parsed excludes nothing: what common HTTP clients send by default is not always a list of media
/// ranges.
pub(crate) fn excludes_json(accept: &str) -> bool {
    let ranges: Option<Vec<Range>> = split(accept, ',').filter(|range| !range.is_empty()).map(Range::parse).collect();
    let Some(ranges) = ranges else { return false };
    let best = ranges.iter().filter(|range| range.precision > 0).max_by(|a, b| {
        let precision = a.precision.cmp(&b.precision);
        precision.then(a.weight.total_cmp(&b.weight))
    });
    best.is_some_and(|range| range.weight == 0.0)
}

/// One range of an `Accept`.
struct Range {
    /// How closely it names JSON in UTF-8: 3 by name, 2 by type, 1 by `*/*`, 0 not at all.
    precision: u8,
    /// The `q`.
    weight: f32,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = split(text, ';');
        let (kind, subtype) = parts.next()?.split_once('/')?;
        if kind.is_empty() || subtype.is_empty() || (kind == "*" && subtype != "*") {
            return None;
        }
        let mut precision = match (kind, subtype) {
            ("*", _) => 1,
            (kind, "*") if kind.eq_ignore_ascii_case("application") => 2,
            (kind, subtype) if kind.eq_ignore_ascii_case("application") && subtype.eq_ignore_ascii_case("json") => 3,
            _ => 0,
        };
        let mut weight = 1.0;
        for part in parts {
            if let Some(q) = value_of(part, "q") {
                weight = q.parse().ok().filter(|q| (0.0..=1.0).contains(q))?;
            } else if !is_utf8_or_no_charset(part) {
                precision = 0;
            }
        }
        Some(Self { precision, weight })
    }
}

fn is_utf8_or_no_charset(parameter: &str) -> bool {
    value_of(parameter, "charset").is_none_or(|charset| {
        let charset = charset.trim_matches('"');
        charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
    })
}

fn value_of<'a>(parameter: &'a str, name: &str) -> Option<&'a str> {
    let (key, value) = parameter.split_once('=')?;
    key.trim().eq_ignore_ascii_case(name).then_some(value.trim())
}

/// The trimmed parts between separators that stand outside of quotes.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
    .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types() {
        for good in [
            "application/json",
            "application/json; charset=UTF-8",
            "Application/JSON;charset=utf-8",
            "application/json ; charset=\"utf-8\"",
            "application/json;charset=utf8",
            "application/json; profile=\"a;charset=gbk\"",
            "application/json;",
        ] {
            assert!(is_json(good), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/jsonp",
            "application/json; charset=GBK",
            "application/json; charset=",
            "application/json; charset=utf-8; charset=gbk",
            "application/x-www-form-urlencoded",
            "application/problem+json",
        ] {
            assert!(!is_json(bad), "{bad}");
        }
    }

    #[test]
    fn accepts() {
        for fine in [
            "",
            "*/*",
            "application/*",
            "application/json",
            "APPLICATION/JSON; charset=utf-8",
            "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
            "text/html, *; q=.2",
            "text/plain;q=0.5, application/json;q=0.1",
            "application/json, */*;q=0",
            "text/html;level=\"1,2\", */*",
            "text/html;q=2",
            "nonsense",
            "text/html, */html",
            "text/html, /html",
            "text/html, text/",
            "*/*;q=0, application/*;q=0.1",
            // The official SDKs.
            "text/plain,text/xml,text/javascript,text/html",
            "text/html",
            "text/*, image/png",
            "application/xml",
            "application/json; charset=gbk",
            "application/json; charset=gbk;q=0",
            "text/html;level=\"1, */*;q=0\"",
            "text/html;q=0",
        ] {
            assert!(!excludes_json(fine), "{fine}");
        }
        for excluding in [
            "application/json;q=0",
            "application/json;q=0.000, */*",
            "application/json;charset=utf-8;q=0, application/*",
            "application/*;q=0",
            "application/*;q=0, */*",
            "*/*;q=0",
            "*/*; Q=0.0",
            "text/html, */*;q=0",
        ] {
            assert!(excludes_json(excluding), "{excluding}");
        }
    }
}
