//! Shell commands that repeat a request: openssl signs it anew with the key's file, and curl sends it.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::probe::{Content, Form, Framing, Probe, Time, fill};
use crate::target::Target;

/// The longest body that is written into commands.
const MAX_BODY: usize = 4096;

/// Returns the commands; `None` if the key has no file, or the body is too long or framed in another way.
pub(crate) fn commands(probe: &Probe, target: &Target, offset: i64) -> Option<String> {
    let key = target.identity(probe.who).key.path()?;
    let (signed, sent) = (&probe.signed, &probe.sent);
    if sent.body.len().max(signed.body.len()) > MAX_BODY || probe.framing != Framing::Length {
        return None;
    }
    let mut script = String::new();
    if [&signed.time, &sent.time].iter().any(|time| matches!(time, Time::Now(..))) {
        script.push_str(
            "at() { date -u -d \"@$1\" \"+$2\" 2>/dev/null || date -u -r \"$1\" \"+$2\"; }\nnow=$(date +%s)\n",
        );
    }
    let _ = writeln!(script, "signed_time={}", time(&signed.time, offset));
    let _ = writeln!(
        script,
        "time={}",
        if signed.time == sent.time { "$signed_time".into() } else { time(&sent.time, offset) }
    );
    let _ = writeln!(
        script,
        "signature=$({{ {} | {} | openssl base64 -A | {})",
        content(signed, probe, key),
        probe.mangle.1,
        probe.encoding.1
    );
    let _ = write!(script, "printf {} | curl -sS -i -X {}", escaped(&sent.body), quoted(&sent.method));
    for (option, file) in [("--cacert", &target.files.ca), ("--cert", &target.files.cert)] {
        if let Some(file) = file {
            let _ = write!(script, " {option} {}", quoted(&file.to_string_lossy()));
        }
    }
    script.push_str(" -H Accept: -H User-Agent:");
    let is_sent = |name: &str| probe.headers.iter().any(|(known, _)| known == name);
    if !is_sent("Content-Type") {
        script.push_str(" -H Content-Type:");
    }
    for (name, _) in &target.headers {
        let _ = write!(script, " -H {}", quoted(&format!("{name}: THE VALUE OF --header")));
    }
    for (name, template) in &probe.headers {
        let _ = write!(script, " -H \"{}\"", header(name, template, probe));
    }
    let _ = write!(script, " --data-binary @- {}", quoted(&format!("{}{}", target.url.origin(), sent.uri)));
    Some(script)
}

/// Returns commands that write the content and sign it; the brace was opened by the caller.
fn content(signed: &Content, probe: &Probe, key: &std::path::Path) -> String {
    let Content { method, uri, client_id, body, .. } = signed;
    format!(
        "printf '%s %s\\n%s.%s.' {} {} {} \"$signed_time\"; printf {}; }} | openssl dgst {} -sign {} -binary",
        quoted(method),
        quoted(uri),
        quoted(client_id),
        escaped(body),
        probe.scheme.openssl(),
        quoted(&key.to_string_lossy())
    )
}

fn time(time: &Time, offset: i64) -> String {
    match time {
        Time::Text(text) => quoted(text),
        Time::Now(seconds, Form::Millis) => format!("$((now+{}))000", seconds + offset),
        Time::Now(seconds, Form::Iso(zone, suffix)) => {
            let seconds = seconds + offset + i64::from(*zone);
            format!("$(at $((now+{seconds})) %Y-%m-%dT%H:%M:%S){}", quoted(suffix))
        }
    }
}

/// Returns a header for curl, to be put between double quotes.
fn header(name: &str, template: &str, probe: &Probe) -> String {
    let literal = |text: &str| {
        let mut escaped = String::new();
        for char in text.chars() {
            if matches!(char, '"' | '\\' | '$' | '`') {
                escaped.push('\\');
            }
            escaped.push(char);
        }
        escaped
    };
    let value = fill(&literal(template), |placeholder| {
        Some(match placeholder {
            "signature" => Cow::Borrowed("$signature"),
            "time" => Cow::Borrowed("$time"),
            "version" => literal(&probe.version).into(),
            "client" => literal(&probe.sent.client_id).into(),
            _ => return None,
        })
    });
    // curl sends a header without a value only in this form.
    if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Returns a format of printf that prints the bytes.
fn escaped(bytes: &[u8]) -> String {
    let mut text = String::from("'");
    for &byte in bytes {
        match byte {
            b'%' => text.push_str("%%"),
            b'\\' | b'\'' | 0..0x20 | 0x7F.. => {
                let _ = write!(text, "\\{byte:03o}");
            }
            _ => text.push(char::from(byte)),
        }
    }
    text.push('\'');
    text
}
