//! The base URL of a service and the paths below it.

use std::net::Ipv4Addr;

use http::Uri;
use http::uri::{Parts, PathAndQuery, Scheme};

/// A base URL that was checked: scheme and authority, and the path prefix without a slash at its end.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    uri: Uri,
    prefix: String,
}

impl Base {
    /// # Errors
    /// What is wrong with the URL, in words that don't repeat it: it might hold a password.
    pub(crate) fn parse(url: &str) -> Result<Self, &'static str> {
        let uri: Uri = url.parse().map_err(|_| "it is not a URL")?;
        if !matches!(uri.scheme_str(), Some("https" | "http")) {
            return Err("it starts with neither https:// nor http://");
        }
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.is_empty() || authority.contains('@') {
            return Err("its authority is not a host with or without a port");
        }
        // A fragment is dropped by the parser without a word.
        if uri.query().is_some() || url.contains('#') {
            return Err("it has a query or a fragment");
        }
        let prefix = uri.path().trim_end_matches('/').to_owned();
        if !prefix.is_empty() {
            check_path(&prefix)?;
        }
        Ok(Self { uri, prefix })
    }

    pub(crate) fn is_plain_http(&self) -> bool {
        self.uri.scheme() == Some(&Scheme::HTTP)
    }

    /// Whether the host is this machine by its very name, whatever a resolver says.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.uri.host().unwrap_or_default();
        host.eq_ignore_ascii_case("localhost")
            || host == "[::1]"
            || host.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback())
    }

    /// The full URI of a path, whose path is what gets signed.
    pub(crate) fn at(&self, path: &str) -> Result<Uri, http::Error> {
        let mut parts = Parts::default();
        parts.scheme = self.uri.scheme().cloned();
        parts.authority = self.uri.authority().cloned();
        parts.path_and_query = Some(PathAndQuery::try_from(format!("{}{path}", self.prefix))?);
        Ok(Uri::from_parts(parts)?)
    }
}

/// A path must reach the service as it was signed: nothing on the way may have a reason to rewrite it.
pub(crate) fn check_path(path: &str) -> Result<(), &'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&()*+,;=:@%".contains(&byte);
    if !path.starts_with('/') {
        return Err("it does not start with a slash");
    }
    if !path.bytes().all(plain) {
        return Err("it has a character that does not stand in a path as it is");
    }
    let is_dots = |segment: &str| {
        let segment = segment.to_ascii_lowercase().replace("%2e", ".");
        segment == "." || segment == ".."
    };
    if path.split('/').any(is_dots) {
        return Err("it has a segment of dots");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str, path: &str) -> String {
        Base::parse(url).unwrap().at(path).unwrap().to_string()
    }

    #[test]
    fn a_path_goes_behind_the_prefix() {
        assert_eq!(at("https://mpp.example", "/v1/a"), "https://mpp.example/v1/a");
        assert_eq!(at("https://mpp.example/", "/v1/a"), "https://mpp.example/v1/a");
        assert_eq!(at("https://mpp.example:8443/in/", "/v1/a"), "https://mpp.example:8443/in/v1/a");
    }

    #[test]
    fn what_is_no_base_url() {
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
        ] {
            let fault = Base::parse(url).err();
            assert!(fault.is_some_and(|fault| !fault.contains("secret")), "{url}");
        }
        for path in ["v1", "/a b", "/ä", "/a?b", "/a#b", "/.", "/a/.."] {
            assert!(check_path(path).is_err(), "{path}");
        }
        assert_eq!(check_path("/aps/api/v1.2/x%20y"), Ok(()));
    }

    #[test]
    fn loopback_is_known_by_name() {
        for url in ["http://localhost:1", "http://LOCALHOST", "http://127.0.0.1", "http://127.9.9.9", "http://[::1]:80"]
        {
            assert!(Base::parse(url).unwrap().is_loopback(), "{url}");
        }
        for url in ["http://localhost.example", "http://127.0.0.1.example", "http://10.0.0.1", "http://[::2]"] {
            assert!(!Base::parse(url).unwrap().is_loopback(), "{url}");
        }
    }
}
