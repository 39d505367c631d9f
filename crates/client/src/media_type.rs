//! Whether a body says that it is JSON in UTF-8.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// Whether it is `application/json` in UTF-8, or does not say. Parameters other than `charset` don't matter.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let Some(value) = values.next() else {
        return true;
    };
    values.next().is_none() && value.to_str().is_ok_and(is_json_value)
}

fn is_json_value(value: &str) -> bool {
    let mut parts = value.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let is_other_charset = |parameter: &str| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let (name, value) = (name.trim_end(), value.trim_start());
        let value = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
        name.eq_ignore_ascii_case("charset") && !["utf-8", "utf8"].iter().any(|utf8| value.eq_ignore_ascii_case(utf8))
    };
    is_json && !parts.any(is_other_charset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_json_in_utf_8() {
        for value in [
            "application/json",
            "application/json; charset=UTF-8",
            "Application/JSON;charset=\"utf-8\"",
            "application/json; v=1; charset=utf-8",
            "application/json; charset=utf8",
            "application/json ; charset = UTF-8",
        ] {
            assert!(is_json_value(value), "{value}");
        }
        for value in [
            "",
            "text/html",
            "text/html; charset=UTF-8",
            "application/json+x",
            "application/json; charset=GBK",
            "application/json; charset",
            "application/json; charset = gbk",
            "application/json; v=1; charset=latin1",
        ] {
            assert!(!is_json_value(value), "{value}");
        }
    }

    #[test]
    fn one_or_none() {
        let mut headers = HeaderMap::new();
        assert!(is_json(&headers));
        headers.append(CONTENT_TYPE, "application/json".parse().unwrap());
        assert!(is_json(&headers));
        headers.append(CONTENT_TYPE, "application/json".parse().unwrap());
        assert!(!is_json(&headers));
    }
}
