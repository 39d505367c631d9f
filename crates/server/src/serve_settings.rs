//! Reads the settings of an HTTP server from environment variables and from a file.

use std::env;
use std::ffi::OsString;
use std::net::SocketAddr;
#[cfg(feature = "toml")]
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;

use crate::log_text::truncate_for_log;
use crate::serve::HttpServer;

/// What the names of the environment variables begin with.
const PREFIX: &str = "ALIPAYPLUS_";

/// How similar a name must be to that of a setting to be taken for a mistake, from 0 to 1.
const SIMILAR: f64 = 0.85;

const TIMEOUT: &str = "a time of more than zero with its unit, such as 10s or 250ms";
const TIME: &str = "a time with its unit, such as 10s or 250ms";
const FILE: &str = "the path of a PEM file";

/// A setting that is read from text.
struct Setting {
    name: &'static str,
    /// What its text must be.
    expected: &'static str,
    /// Sets it, or returns `None` if the text is something else.
    set: fn(&mut Draft, &str) -> Option<()>,
}

const SETTINGS: &[Setting] = &[
    Setting {
        name: "address",
        expected: "an address with a port, such as 0.0.0.0:8080",
        set: |draft, text| address(text).map(|address| draft.server.address = address),
    },
    Setting {
        name: "header_timeout",
        expected: TIMEOUT,
        set: |draft, text| timeout(text).map(|time| draft.server.header_timeout = time),
    },
    Setting {
        name: "idle_timeout",
        expected: TIMEOUT,
        set: |draft, text| timeout(text).map(|time| draft.server.idle_timeout = time),
    },
    Setting {
        name: "write_timeout",
        expected: TIMEOUT,
        set: |draft, text| timeout(text).map(|time| draft.server.write_timeout = time),
    },
    Setting {
        name: "max_connections",
        expected: "a whole number of at least 1",
        set: |draft, text| {
            let number = text.parse().ok().filter(|number| *number > 0)?;
            draft.server.max_connections = number;
            Some(())
        },
    },
    Setting { name: "drain", expected: TIME, set: |draft, text| time(text).map(|time| draft.server.drain = time) },
    Setting { name: "grace", expected: TIME, set: |draft, text| time(text).map(|time| draft.server.grace = time) },
    Setting { name: "tls_certificate", expected: FILE, set: |draft, text| draft.file(0, text) },
    Setting { name: "tls_key", expected: FILE, set: |draft, text| draft.file(1, text) },
    Setting { name: "tls_client_ca", expected: FILE, set: |draft, text| draft.file(2, text) },
];

/// The settings that have been read so far.
struct Draft {
    server: HttpServer,
    /// The folder of relative paths.
    folder: PathBuf,
    /// The files for TLS: the certificate, the key and the clients' authorities.
    tls: [Option<PathBuf>; 3],
}

impl Draft {
    fn new() -> Self {
        Self { server: HttpServer::new(), folder: PathBuf::new(), tls: [None, None, None] }
    }

    fn set(&mut self, place: &str, setting: &Setting, text: &str) -> Result<(), SettingsError> {
        (setting.set)(self, text).ok_or_else(|| SettingsError::Invalid {
            place: place.to_owned(),
            // A key that was set in place of its file must not get into a log.
            found: if is_pem(text) { "the content of a PEM file".to_owned() } else { truncate_for_log(text) },
            expected: setting.expected,
        })
    }

    fn file(&mut self, index: usize, text: &str) -> Option<()> {
        (!text.is_empty() && !is_pem(text)).then(|| self.tls[index] = Some(self.folder.join(text)))
    }

    fn read_variables(
        &mut self,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<(), SettingsError> {
        self.folder = PathBuf::new();
        for (variable, value) in variables {
            let variable = variable.to_string_lossy();
            let Some(name) = variable.to_uppercase().strip_prefix(PREFIX).map(str::to_lowercase) else { continue };
            let setting = SETTINGS.iter().find(|setting| setting.name == name);
            match (setting, similar(&name)) {
                (Some(setting), _) if *variable == self::variable(setting.name) => {
                    self.set(&variable, setting, &value.to_string_lossy())?;
                }
                (_, Some(similar)) => {
                    let place = truncate_for_log(&variable);
                    return Err(SettingsError::Unknown { place, similar: self::variable(similar) });
                }
                // Perhaps one of the program's own.
                _ => {}
            }
        }
        Ok(())
    }

    #[cfg(feature = "toml")]
    fn read_file(&mut self, path: &Path) -> Result<(), SettingsError> {
        use std::collections::BTreeMap;
        use std::fs;

        use toml::{Spanned, Value};

        let read = |source| SettingsError::Read { path: path.to_owned(), source };
        let text = fs::read_to_string(path).map_err(read)?;
        let line = |offset: usize| 1 + text[..offset].matches('\n').count();
        let settings: BTreeMap<String, Spanned<Value>> =
            toml::from_str(&text).map_err(|error| SettingsError::Syntax {
                path: path.to_owned(),
                line: error.span().map(|span| line(span.start)),
                message: error.message().to_owned(),
            })?;
        path.parent().unwrap_or(Path::new("")).clone_into(&mut self.folder);
        for (name, value) in settings {
            let line = line(value.span().start);
            let place = format!("{}, line {line}: {}", path.display(), truncate_for_log(&name));
            let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) else {
                let names = || SETTINGS.iter().map(|setting| setting.name).collect::<Vec<_>>().join(", ");
                let similar = similar(&name).map_or_else(names, str::to_owned);
                return Err(SettingsError::Unknown { place, similar });
            };
            let text = match value.into_inner() {
                Value::String(text) => text,
                Value::Integer(number) => number.to_string(),
                other => format!("<{}>", other.type_str()),
            };
            self.set(&place, setting, &text)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<HttpServer, SettingsError> {
        match self.tls {
            [None, None, None] => Ok(self.server),
            #[cfg(feature = "tls")]
            [Some(certificate), Some(key), None] => Ok(self.server.tls(certificate, key)),
            #[cfg(feature = "tls")]
            [Some(certificate), Some(key), Some(client_ca)] => Ok(self.server.mutual_tls(certificate, key, client_ca)),
            #[cfg(feature = "tls")]
            _ => Err(SettingsError::IncompleteTls),
            #[cfg(not(feature = "tls"))]
            _ => Err(SettingsError::WithoutTls),
        }
    }
}

/// # Settings from outside
///
/// [`from_env`](Self::from_env) reads the environment variables below, and `from_file` (feature `toml`) a TOML file with
/// the names of the first column, each as a text or, for a number, as a number. What is not set has its default.
///
/// | setting | environment variable | value | default |
/// |---|---|---|---|
/// | [`address`](Self::address) | `ALIPAYPLUS_ADDRESS` | an address with a port | `127.0.0.1:8080` |
/// | [`header_timeout`](Self::header_timeout) | `ALIPAYPLUS_HEADER_TIMEOUT` | a time of more than zero | `10s` |
/// | [`idle_timeout`](Self::idle_timeout) | `ALIPAYPLUS_IDLE_TIMEOUT` | a time of more than zero | `75s` |
/// | [`write_timeout`](Self::write_timeout) | `ALIPAYPLUS_WRITE_TIMEOUT` | a time of more than zero | `10s` |
/// | [`max_connections`](Self::max_connections) | `ALIPAYPLUS_MAX_CONNECTIONS` | a whole number of at least 1 | `1024` |
/// | [`drain`](Self::drain) | `ALIPAYPLUS_DRAIN` | a time | `0s` |
/// | [`grace`](Self::grace) | `ALIPAYPLUS_GRACE` | a time | `10s` |
/// | `tls_certificate` | `ALIPAYPLUS_TLS_CERTIFICATE` | the path of a PEM file | plain HTTP |
/// | `tls_key` | `ALIPAYPLUS_TLS_KEY` | the path of a PEM file | plain HTTP |
/// | `tls_client_ca` | `ALIPAYPLUS_TLS_CLIENT_CA` | the path of a PEM file | clients have no certificate |
///
/// A time has its unit, such as `10s`, `250ms` or `1m 30s`. The last three rows need the feature `tls`. The path of a file
/// is relative to the folder of the TOML file; in a variable, to the working directory.
///
/// A value that is not what the table says, an unknown name in the file, and a variable with a name that resembles one of
/// these, such as `ALIPAYPLUS_DRIAN`, are errors that name their place. Other variables with this prefix are ignored, so
/// that a program can have its own.
impl HttpServer {
    /// Reads settings from environment variables, by the table above.
    ///
    /// ```no_run
    /// # use alipayplus_server::{HttpServer, Server};
    /// # async fn run(server: Server) -> Result<(), Box<dyn std::error::Error>> {
    /// HttpServer::from_env()?.serve(server).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Returns a [`SettingsError`] that names the variable.
    pub fn from_env() -> Result<Self, SettingsError> {
        let mut draft = Draft::new();
        draft.read_variables(env::vars_os())?;
        draft.finish()
    }

    /// Reads settings from a TOML file, and then from environment variables, which take precedence, by the table above.
    ///
    /// ```toml
    /// address = "0.0.0.0:8443"
    /// drain = "5s"
    /// tls_certificate = "mpp.crt.pem" # relative to the folder of this file
    /// tls_key = "mpp.tls-key.pem"
    /// ```
    ///
    /// # Errors
    /// Returns a [`SettingsError`] that names the file and the line, or the variable.
    #[cfg(feature = "toml")]
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, SettingsError> {
        let mut draft = Draft::new();
        draft.read_file(path.as_ref())?;
        draft.read_variables(env::vars_os())?;
        draft.finish()
    }
}

/// Returns the name of a setting's environment variable.
fn variable(name: &str) -> String {
    format!("{PREFIX}{}", name.to_uppercase())
}

/// Returns the setting whose name is most like this one, if any is.
fn similar(name: &str) -> Option<&'static str> {
    let similarity = |setting: &Setting| (setting.name, strsim::jaro_winkler(setting.name, name));
    let (name, similarity) = SETTINGS.iter().map(similarity).max_by(|a, b| a.1.total_cmp(&b.1))?;
    (similarity >= SIMILAR).then_some(name)
}

fn is_pem(text: &str) -> bool {
    text.contains("-----BEGIN")
}

/// Returns the address if it is one of a socket, or a name with a port.
fn address(text: &str) -> Option<String> {
    let is_name = |text: &str| {
        let name = |name: &str| !name.is_empty() && !name.contains([':', '/', ' ', '[', ']']);
        text.rsplit_once(':').is_some_and(|(host, port)| name(host) && port.parse::<u16>().is_ok())
    };
    (text.parse::<SocketAddr>().is_ok() || is_name(text)).then(|| text.to_owned())
}

fn time(text: &str) -> Option<Duration> {
    text.parse::<SignedDuration>().ok()?.try_into().ok()
}

fn timeout(text: &str) -> Option<Duration> {
    time(text).filter(|time| !time.is_zero())
}

/// The settings of [`HttpServer`] can't be read from outside.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A value is not what its setting needs.
    #[error("{place} is {found:?}, and must be {expected}")]
    Invalid {
        /// The variable, or the file with the line and the name.
        place: String,
        /// The value, cut after 64 characters.
        found: String,
        /// What it must be.
        expected: &'static str,
    },
    /// A name is not that of a setting.
    #[error("{place} is not a setting; did you mean {similar}?")]
    Unknown {
        /// The variable, or the file with the line and the name.
        place: String,
        /// The name that is most like it, or all names.
        similar: String,
    },
    /// One of `tls_certificate` and `tls_key` is missing.
    #[error("`tls_certificate` and `tls_key` are set together, and `tls_client_ca` only with both; one is missing")]
    IncompleteTls,
    /// A file for TLS is set, and the program was built without the feature `tls`.
    #[error("a file for TLS is set, and alipayplus-server was built without its feature `tls`")]
    WithoutTls,
    /// The file can't be read.
    #[error("{}: can't be read", path.display())]
    Read {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{}{}: {message}", path.display(), line.map_or_else(String::new, |line| format!(", line {line}")))]
    Syntax {
        /// The path of the file.
        path: PathBuf,
        /// The line, from 1, if the cause has one.
        line: Option<usize>,
        /// The cause.
        message: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_variables(variables: &[(&str, &str)]) -> Result<HttpServer, SettingsError> {
        let mut draft = Draft::new();
        draft.read_variables(variables.iter().map(|(name, value)| (name.into(), value.into())))?;
        draft.finish()
    }

    /// Returns the text of the error.
    fn error(name: &str, value: &str) -> String {
        from_variables(&[(name, value)]).unwrap_err().to_string()
    }

    #[test]
    fn every_setting_is_read_from_its_variable() {
        let server = from_variables(&[
            ("ALIPAYPLUS_ADDRESS", "[::]:80"),
            ("ALIPAYPLUS_HEADER_TIMEOUT", "1s"),
            ("ALIPAYPLUS_IDLE_TIMEOUT", "1m 30s"),
            ("ALIPAYPLUS_WRITE_TIMEOUT", "250ms"),
            ("ALIPAYPLUS_MAX_CONNECTIONS", "7"),
            ("ALIPAYPLUS_DRAIN", "0s"),
            ("ALIPAYPLUS_GRACE", "PT20S"),
            ("ALIPAYPLUS_TLS_CERTIFICATE", "a.pem"),
            ("ALIPAYPLUS_TLS_KEY", "b.pem"),
            ("ALIPAYPLUS_TLS_CLIENT_CA", "c.pem"),
            ("PATH", "/bin"),
        ]);
        let server = format!("{:?}", server.unwrap());
        let times = "header_timeout: 1s, idle_timeout: 90s, write_timeout: 250ms";
        let rest = "max_connections: 7, drain: 0ns, grace: 20s";
        assert!(server.contains(&format!("address: \"[::]:80\", {times}, {rest}")), "{server}");
        let tls = r#"TlsFiles { certificate: "a.pem", key: "b.pem", client_ca: Some("c.pem") }"#;
        assert!(server.contains(tls), "{server}");
        assert!(from_variables(&[]).is_ok());
    }

    #[test]
    fn a_bad_value_is_named_with_what_is_allowed() {
        let address = "an address with a port, such as 0.0.0.0:8080";
        for (name, value, expected) in [
            ("ALIPAYPLUS_ADDRESS", "8080", address),
            ("ALIPAYPLUS_ADDRESS", "http://mpp:80", address),
            ("ALIPAYPLUS_ADDRESS", "mpp:80000", address),
            ("ALIPAYPLUS_HEADER_TIMEOUT", "0s", TIMEOUT),
            ("ALIPAYPLUS_IDLE_TIMEOUT", "10", TIMEOUT),
            ("ALIPAYPLUS_WRITE_TIMEOUT", "-1s", TIMEOUT),
            ("ALIPAYPLUS_MAX_CONNECTIONS", "0", "a whole number of at least 1"),
            ("ALIPAYPLUS_MAX_CONNECTIONS", "many", "a whole number of at least 1"),
            ("ALIPAYPLUS_DRAIN", "", TIME),
            ("ALIPAYPLUS_GRACE", "soon", TIME),
            ("ALIPAYPLUS_TLS_KEY", "", FILE),
        ] {
            assert_eq!(error(name, value), format!("{name} is {value:?}, and must be {expected}"));
        }
        let key = error("ALIPAYPLUS_TLS_KEY", "-----BEGIN PRIVATE KEY-----\nMIIEvQ");
        assert!(key.contains("the content of a PEM file") && !key.contains("MII"), "{key}");
        assert!(error("ALIPAYPLUS_GRACE", &"x".repeat(1000)).len() < 200);
    }

    #[test]
    fn a_variable_that_resembles_a_setting_is_a_mistake() {
        for (name, similar) in [
            ("ALIPAYPLUS_DRIAN", "DRAIN"),
            ("ALIPAYPLUS_TLS_CERT", "TLS_CERTIFICATE"),
            ("ALIPAYPLUS_MAX_CONNECTION", "MAX_CONNECTIONS"),
            ("ALIPAYPLUS_HEADERTIMEOUT", "HEADER_TIMEOUT"),
            ("alipayplus_grace", "GRACE"),
        ] {
            let expected = format!("{name} is not a setting; did you mean ALIPAYPLUS_{similar}?");
            assert_eq!(error(name, "1s"), expected);
        }
        let own = ["KEY_FILE", "DATABASE", "CALLERS", "CLIENT_ID", "KEY_VERSION", "LOG", "PUBLIC_KEY", ""];
        for name in own.map(|name| format!("ALIPAYPLUS_{name}")) {
            assert!(from_variables(&[(&name, "1")]).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_certificate_without_its_key_is_a_mistake() {
        for name in ["ALIPAYPLUS_TLS_CERTIFICATE", "ALIPAYPLUS_TLS_KEY", "ALIPAYPLUS_TLS_CLIENT_CA"] {
            assert!(error(name, "a.pem").contains("are set together"));
        }
    }

    fn from_file(text: &str, variables: &[(&str, &str)]) -> Result<HttpServer, SettingsError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mpp.toml");
        std::fs::write(&path, text).unwrap();
        let mut draft = Draft::new();
        draft.read_file(&path)?;
        draft.read_variables(variables.iter().map(|(name, value)| (name.into(), value.into())))?;
        draft.finish()
    }

    #[test]
    fn variables_take_precedence_over_the_file() {
        let text = "max_connections = 7\ndrain = '5s'\naddress = \"mpp:80\"\n";
        let server = from_file(text, &[("ALIPAYPLUS_DRAIN", "6s")]).unwrap();
        assert_eq!((server.max_connections, server.drain), (7, Duration::from_secs(6)));
        assert_eq!(server.address, "mpp:80");
        assert_eq!(server.grace, HttpServer::GRACE);
    }

    #[test]
    fn a_mistake_in_the_file_is_named_with_its_line() {
        for (text, expected) in [
            ("\ndrain = 5", r#"line 2: drain is "5", and must be a time with its unit"#),
            ("drain = true", r#"line 1: drain is "<boolean>", and must be"#),
            ("\n\ndrian = '5s'", "line 3: drian is not a setting; did you mean drain?"),
            ("[server]\ndrain = '5s'", "server is not a setting; did you mean address, header_timeout,"),
            ("drain = '5s'\ngrace = ", "mpp.toml, line 2: "),
        ] {
            let error = from_file(text, &[]).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let missing = Draft::new().read_file(Path::new("missing.toml")).unwrap_err();
        assert_eq!(missing.to_string(), "missing.toml: can't be read");
    }

    /// The guide and the documentation have the same table.
    #[test]
    fn the_table_has_every_setting() {
        let guide = include_str!("../../../docs/guide/running.md");
        for setting in SETTINGS {
            let variable = format!("`{}`", variable(setting.name));
            for text in [guide, include_str!("serve_settings.rs")] {
                assert_eq!(text.matches(&format!("| {variable} |")).count(), 1, "{variable}");
            }
        }
    }
}
