//! Reads a curl command line as curl does.

use std::path::Path;

use super::capture::{Captured, Exchange, host_and_uri};

const REMARK: &str =
    "a command line may have been quoted again since it ran, and curl adds headers that it does not show";

/// Options of curl with a value that is not needed here.
const WITH_VALUE: &[&str] = &[
    "-A",
    "--user-agent",
    "-b",
    "--cookie",
    "-c",
    "--cookie-jar",
    "-e",
    "--referer",
    "-m",
    "--max-time",
    "-o",
    "--output",
    "-u",
    "--user",
    "-w",
    "--write-out",
    "-x",
    "--proxy",
    "-E",
    "--cert",
    "--cacert",
    "--key",
    "--resolve",
    "--connect-to",
    "--connect-timeout",
    "--retry",
    "--retry-delay",
    "-D",
    "--dump-header",
];

/// Reads a command line. `read` gives the bytes of a file that it names.
pub(crate) fn read(line: &str, read: impl Fn(&Path) -> Result<Vec<u8>, String>) -> Result<Exchange, String> {
    let words = words(line)?;
    let mut words = words.into_iter();
    if words.next().is_none_or(|word| !(word == "curl" || word.ends_with("/curl"))) {
        return Err("it does not begin with `curl`".to_owned());
    }
    let mut call = Call::default();
    while let Some(word) = words.next() {
        let (name, attached) = split(&word);
        let mut value = || attached.clone().or_else(|| words.next()).ok_or_else(|| format!("{name} has no value"));
        match name.as_str() {
            "-X" | "--request" => call.method = Some(value()?),
            "-H" | "--header" => call.header(&value()?),
            "--url" => call.url = Some(value()?),
            "-d" | "--data" | "--data-ascii" => call.data(stripped(&value()?, &read)?),
            "--data-binary" => call.data(exact(&value()?, &read)?),
            "--data-raw" => call.data(value()?.into_bytes()),
            "--json" => {
                call.data_at_end(&exact(&value()?, &read)?);
                call.is_json = true;
            }
            "--data-urlencode" | "-F" | "--form" | "-T" | "--upload-file" | "-G" | "--get" => {
                return Err(format!("{name} is not understood here: capture the request itself"));
            }
            name if WITH_VALUE.contains(&name) => drop(value()?),
            name if name.starts_with('-') => {}
            _ => call.url = Some(word),
        }
    }
    call.exchange()
}

#[derive(Default)]
struct Call {
    method: Option<String>,
    url: Option<String>,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    is_json: bool,
}

impl Call {
    fn header(&mut self, line: &str) {
        // `Name;` sends an empty header.
        if let Some((name, value)) = line.split_once(':').or_else(|| line.split_once(';')) {
            self.headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }

    /// Several -d are joined by `&`.
    fn data(&mut self, bytes: Vec<u8>) {
        self.body = Some(match self.body.take() {
            Some(before) => [&*before, b"&", &*bytes].concat(),
            None => bytes,
        });
    }

    fn data_at_end(&mut self, bytes: &[u8]) {
        self.body.get_or_insert_default().extend(bytes);
    }

    fn exchange(self) -> Result<Exchange, String> {
        let url = self.url.ok_or("it has no URL")?;
        let url = if url.contains("://") { url } else { format!("http://{url}") };
        let (host, uri) = host_and_uri(&url);
        let default = if self.body.is_some() { "POST" } else { "GET" };
        let method = self.method.unwrap_or_else(|| default.to_owned());
        let request = Captured { method, uri, host, headers: self.headers, body: self.body.unwrap_or_default() };
        let remarks = vec![REMARK.to_owned()];
        Ok(Exchange { request: Some(request), remarks, ..Exchange::default() })
    }
}

/// Splits `--name=value` and `-Xvalue` into name and value.
fn split(word: &str) -> (String, Option<String>) {
    if word.starts_with("--") {
        return match word.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (word.to_owned(), None),
        };
    }
    let is_short = word.starts_with("-X") || word.starts_with("-H") || word.starts_with("-d");
    match word.split_at_checked(2) {
        Some((name, value)) if is_short && !value.is_empty() => (name.to_owned(), Some(value.to_owned())),
        _ => (word.to_owned(), None),
    }
}

/// What -d sends: of a file, curl leaves out CR, LF and zero bytes.
fn stripped(value: &str, read: impl Fn(&Path) -> Result<Vec<u8>, String>) -> Result<Vec<u8>, String> {
    let is_kept = |byte: &u8| !matches!(byte, b'\r' | b'\n' | b'\0');
    match value.strip_prefix('@') {
        Some(path) => Ok(read(Path::new(path))?.into_iter().filter(is_kept).collect()),
        None => Ok(value.as_bytes().to_vec()),
    }
}

fn exact(value: &str, read: impl Fn(&Path) -> Result<Vec<u8>, String>) -> Result<Vec<u8>, String> {
    match value.strip_prefix('@') {
        Some(path) => read(Path::new(path)),
        None => Ok(value.as_bytes().to_vec()),
    }
}

/// Splits a command line as a shell does, without filling in variables.
fn words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = line.trim().chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            ' ' | '\t' | '\n' | '\r' => words.extend(word.take()),
            '\\' => match characters.next() {
                // A line that goes on.
                Some('\n') | None => {}
                Some('\r') if characters.peek() == Some(&'\n') => drop(characters.next()),
                Some(other) => word.get_or_insert_default().push(other),
            },
            '\'' => quoted(&mut characters, '\'', |_, _| None, word.get_or_insert_default())?,
            '"' => quoted(&mut characters, '"', double_escape, word.get_or_insert_default())?,
            '$' if characters.next_if_eq(&'\'').is_some() => {
                quoted(&mut characters, '\'', ansi_escape, word.get_or_insert_default())?;
            }
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// Reads up to the closing quote. `escape` gives what a backslash and the character after it mean.
fn quoted(
    characters: &mut Characters<'_>,
    quote: char,
    escape: fn(char, &mut Characters<'_>) -> Option<String>,
    word: &mut String,
) -> Result<(), String> {
    while let Some(c) = characters.next() {
        match c {
            _ if c == quote => return Ok(()),
            '\\' => {
                let mut after = characters.clone();
                match after.next().and_then(|next| escape(next, &mut after)) {
                    Some(text) => {
                        word.push_str(&text);
                        *characters = after;
                    }
                    None => word.push('\\'),
                }
            }
            _ => word.push(c),
        }
    }
    Err(format!("a {quote} is not closed"))
}

/// Between double quotes.
fn double_escape(c: char, _: &mut Characters<'_>) -> Option<String> {
    match c {
        '"' | '\\' | '$' | '`' => Some(c.into()),
        '\n' => Some(String::new()),
        _ => None,
    }
}

/// Between `$'` and `'`, as browsers copy a request.
fn ansi_escape(c: char, rest: &mut Characters<'_>) -> Option<String> {
    let mut code = |digits: usize| {
        let text: String = rest.clone().take(digits).take_while(char::is_ascii_hexdigit).collect();
        for _ in text.chars() {
            rest.next();
        }
        u32::from_str_radix(&text, 16).ok().and_then(char::from_u32)
    };
    Some(match c {
        'n' => "\n".into(),
        'r' => "\r".into(),
        't' => "\t".into(),
        'x' => code(2)?.into(),
        'u' => code(4)?.into(),
        '\'' | '"' | '\\' | '?' => c.into(),
        _ => return None,
    })
}
