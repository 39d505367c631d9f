//! The rule for `Content-Type` and `Accept`: a body is JSON in UTF-8, and a client may rule such a response out.

/// Returns whether a `Content-Type` is `application/json` in UTF-8.
///
/// Without a `charset` it is, because JSON has no other encoding. Other parameters do not matter.
///
/// ```
/// use alipayplus_signing::media_type;
///
/// assert!(media_type::is_json("application/json; charset=UTF-8"));
/// assert!(!media_type::is_json("text/html"));
/// ```
#[must_use]
pub fn is_json(content_type: &str) -> bool {
    let mut parts = split(content_type, ';');
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    is_json && parts.all(is_utf8_or_no_charset)
}

/// Returns whether the values of all `Content-Type` headers of a message are `application/json` in UTF-8.
///
/// A message without the header is JSON. A proxy that adds a header of its own may repeat it.
///
/// ```
/// use alipayplus_signing::media_type;
///
/// assert!(media_type::are_json(std::iter::empty::<&str>()));
/// assert!(media_type::are_json(["application/json", "application/json; charset=UTF-8"]));
/// assert!(!media_type::are_json(["application/json", "text/html"]));
/// ```
pub fn are_json<I>(content_types: I) -> bool
where
    I: IntoIterator,
    I::Item: AsRef<[u8]>,
{
    content_types.into_iter().all(|value| str::from_utf8(value.as_ref()).is_ok_and(is_json))
}

/// Returns whether an `Accept` rules `application/json` out by `q=0`.
///
/// The most specific range that matches decides, as in RFC 9110. An `Accept` that merely lacks JSON is ignored: RFC
/// 9110 lets a server disregard it, and the official SDKs send `text/plain,text/xml,text/javascript,text/html`. A
/// header that cannot be parsed excludes nothing, because the default of some common HTTP clients is not a valid list
/// of media ranges.
///
/// ```
/// use alipayplus_signing::media_type;
///
/// assert!(media_type::excludes_json("application/json;q=0, */*"));
/// assert!(!media_type::excludes_json("text/html"));
/// ```
#[must_use]
pub fn excludes_json(accept: &str) -> bool {
    let ranges: Option<Vec<Range>> = split(accept, ',').filter(|range| !range.is_empty()).map(Range::parse).collect();
    let Some(ranges) = ranges else { return false };
    let best = ranges.iter().filter(|range| range.precision > 0).max_by(|a, b| {
        let precision = a.precision.cmp(&b.precision);
        precision.then(a.weight.total_cmp(&b.weight))
    });
    best.is_some_and(|range| range.weight == 0.0)
}

/// A media range of an `Accept`.
struct Range {
    /// How closely the range matches JSON in UTF-8: 3 by name, 2 by type, 1 by `*/*`, 0 if it does not match.
    precision: u8,
    /// The value of `q`, from 0 to 1.
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
            } else if !part.is_empty() && (value_of(part, "charset").is_none() || !is_utf8_or_no_charset(part)) {
                // A range matches only a media type that has all of its parameters.
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

/// Splits at the separators that are not within quotes, and trims each part.
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
    fn content_type_must_be_json_in_utf_8() {
        for json in [
            "application/json",
            "application/json; charset=UTF-8",
            "Application/JSON;charset=utf-8",
            "Application/JSON;charset=\"utf-8\"",
            "application/json ; charset=\"utf-8\"",
            "application/json ; charset = UTF-8",
            "application/json;charset=utf8",
            "application/json; v=1; charset=utf-8",
            "application/json; profile=\"a;charset=gbk\"",
            "application/json;",
            // A parameter without a value names no other encoding.
            "application/json; charset",
        ] {
            assert!(is_json(json), "{json}");
        }
        for other in [
            "",
            "text/plain",
            "text/html; charset=UTF-8",
            "application/jsonp",
            "application/json+x",
            "application/json; charset=GBK",
            "application/json; charset = gbk",
            "application/json; charset=",
            "application/json; v=1; charset=latin1",
            "application/json; charset=utf-8; charset=gbk",
            "application/x-www-form-urlencoded",
            "application/problem+json",
        ] {
            assert!(!is_json(other), "{other}");
        }
    }

    #[test]
    fn accept_excludes_json_only_by_a_weight_of_zero() {
        for accepting in [
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
            // What the official SDKs send.
            "text/plain,text/xml,text/javascript,text/html",
            "text/html",
            "text/*, image/png",
            "application/xml",
            "application/json; charset=gbk",
            "application/json; charset=gbk;q=0",
            "text/html;level=\"1, */*;q=0\"",
            "text/html;q=0",
            "application/json;version=1;q=0, */*",
            "application/json;profile=\"x\";q=0",
        ] {
            assert!(!excludes_json(accepting), "{accepting}");
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
