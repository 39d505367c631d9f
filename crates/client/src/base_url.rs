//! The base URL of a server and the paths below it.

use std::net::Ipv4Addr;

use http::Uri;
use http::uri::{Parts, PathAndQuery, Scheme};

/// A checked base URL: scheme, authority, and a path prefix without a trailing slash.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    uri: Uri,
    prefix: String,
}

impl BaseUrl {
    /// Parses and checks a base URL.
    ///
    /// # Errors
    /// Returns what is wrong with the URL, without the URL itself, which might hold a password.
    pub(crate) fn parse(url: &str) -> Result<Self, &'static str> {
        let uri: Uri = url.parse().map_err(|_| "not a URL")?;
        if !matches!(uri.scheme_str(), Some("https" | "http")) {
            return Err("it starts with neither https:// nor http://");
        }
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.is_empty() || authority.contains('@') || authority.ends_with(':') {
            return Err("its authority is not a host with or without a port");
        }
        // The parser above leaves names and ports unchecked.
        if uri.host().is_none_or(str::is_empty) || url::Url::parse(url).is_err() || uri.port_u16() == Some(0) {
            return Err("its host or its port does not exist");
        }
        // The parser drops a fragment silently.
        if uri.query().is_some() || url.contains('#') {
            return Err("it has a query or a fragment");
        }
        let prefix = uri.path().trim_end_matches('/').to_owned();
        if !prefix.is_empty() {
            check_path(&prefix)?;
        }
        Ok(Self { uri, prefix })
    }

    /// Returns whether the scheme is `http`.
    pub(crate) fn is_plain_http(&self) -> bool {
        self.uri.scheme() == Some(&Scheme::HTTP)
    }

    /// Returns whether the host is a loopback name or address. No name is resolved.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.uri.host().unwrap_or_default();
        host.eq_ignore_ascii_case("localhost")
            || host == "[::1]"
            || host.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback())
    }

    /// Returns the full URI of a path below the base URL. The path of that URI is signed.
    pub(crate) fn join(&self, path: &str) -> Result<Uri, http::Error> {
        let mut parts = Parts::default();
        parts.scheme = self.uri.scheme().cloned();
        parts.authority = self.uri.authority().cloned();
        parts.path_and_query = Some(PathAndQuery::try_from(format!("{}{path}", self.prefix))?);
        Ok(Uri::from_parts(parts)?)
    }
}

/// Checks that no proxy has a reason to rewrite a path: it must reach the server as it was signed.
///
/// # Errors
/// Returns what is wrong with the path.
pub(crate) fn check_path(path: &str) -> Result<(), &'static str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&()*+,;=:@%".contains(&byte);
    if !path.starts_with('/') {
        return Err("it does not start with a slash");
    }
    if !path.bytes().all(is_plain) {
        return Err("it has a character that is not allowed in a path");
    }
    let is_dots = |segment: &str| {
        let segment = segment.to_ascii_lowercase().replace("%2e", ".");
        segment == "." || segment == ".."
    };
    if path.split('/').any(is_dots) {
        return Err("it has a `.` or `..` segment");
    }
    Ok(())
}

/// Checks the prefix of a path, which is empty or a path without a trailing slash.
///
/// # Errors
/// Returns what is wrong with the prefix.
pub(crate) fn check_prefix(prefix: &str) -> Result<(), &'static str> {
    match prefix {
        "" => Ok(()),
        _ if prefix.ends_with('/') => Err("it ends with a slash"),
        _ => check_path(prefix),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(url: &str, path: &str) -> String {
        BaseUrl::parse(url).unwrap().join(path).unwrap().to_string()
    }

    #[test]
    fn a_path_is_appended_to_the_prefix() {
        assert_eq!(join("https://mpp.example", "/v1/a"), "https://mpp.example/v1/a");
        assert_eq!(join("https://mpp.example/", "/v1/a"), "https://mpp.example/v1/a");
        assert_eq!(join("https://mpp.example:8443/in/", "/v1/a"), "https://mpp.example:8443/in/v1/a");
    }

    #[test]
    fn invalid_urls_and_paths_are_refused() {
        for url in [
            "",
            "mpp.example",
            "/v1",
            "ftp://mpp.example",
            "https://",
            "https://user:secret@mpp.example",
            "https://mpp.example?x",
            "https://mpp.example/#x",
            "https://mpp.example/a/../b",
            "https://mpp.example/a/%2E./b",
            "https://mpp.example:99999",
            "https://mpp.example:0",
            "https://mpp.example:",
            "https://mpp.example:x",
            "http://[::zz]",
            "http://[::1",
            "http://127.0.0.256",
            "https://:8443",
            "https:///v1",
        ] {
            let fault = BaseUrl::parse(url).err();
            assert!(fault.is_some_and(|fault| !fault.contains("secret")), "{url}");
        }
        for path in ["v1", "/a b", "/ä", "/a?b", "/a#b", "/.", "/a/.."] {
            assert!(check_path(path).is_err(), "{path}");
        }
        assert_eq!(check_path("/aps/api/v1.2/x%20y"), Ok(()));
    }

    #[test]
    fn loopback_is_recognized_without_a_resolver() {
        for url in ["http://localhost:1", "http://LOCALHOST", "http://127.0.0.1", "http://127.9.9.9", "http://[::1]:80"]
        {
            assert!(BaseUrl::parse(url).unwrap().is_loopback(), "{url}");
        }
        for url in ["http://localhost.example", "http://127.0.0.1.example", "http://10.0.0.1", "http://[::2]"] {
            assert!(!BaseUrl::parse(url).unwrap().is_loopback(), "{url}");
        }
    }
}
