//! What the sandbox prints once it is ready: where everything is, and lines to copy.

use std::path::Path;

use alipayplus_kit::sandbox::{Facts, Throwaway};
use serde_json::{Value, json};

/// A payment of the lines.
const BODY: &str =
    r#"{"acquirerId":"1022188000000000001","pspId":"1022172000000000001","paymentRequestId":"SBX-PAID~1"}"#;

/// Returns everything as one document.
pub(super) fn json(facts: &Facts) -> Value {
    let Facts { url, path, admin, version, storage, authority, throwaway, .. } = facts;
    let mut document = json!({
        "ready": true,
        "url": url,
        "path": path,
        "admin": admin,
        "keyVersion": version,
        "ca": authority,
        "state": storage.to_string(),
    });
    if let Some(made) = throwaway {
        document["folder"] = json!(made.folder);
        document["clientId"] = json!(made.client_id);
        document["key"] = json!(made.key);
        document["peerKey"] = json!(made.peer_key);
        document["secondKey"] = json!(made.second_key);
        document["secondClientId"] = json!(made.second_client_id);
        document["secondClientKey"] = json!(made.second_client_key);
        document["payments"] = json!(made.payments);
        for (name, line) in lines(facts, made) {
            document[name] = json!(line);
        }
    }
    document
}

/// Returns the same for people. The last line says that it is ready.
pub(super) fn text(facts: &Facts) -> String {
    let lines = facts.throwaway.iter().flat_map(|made| lines(facts, made));
    let lines: Vec<_> = lines.map(|(name, line)| format!("{name}:\n{line}\n\n")).collect();
    let keys = facts.throwaway.as_ref().map_or_else(
        || "your keys".to_owned(),
        |made| format!("throwaway keys in {} for client {}", made.folder.display(), made.client_id),
    );
    let ca = facts.authority.as_ref().map_or_else(String::new, |file| format!(", CA {}", file.display()));
    let Facts { url, path, admin, storage, .. } = facts;
    let ready = format!("ready: MPP {url}{path}, admin API and console {admin}, {keys}{ca}, state in {storage}");
    lines.concat() + &ready
}

/// Returns lines that ask about a payment, and one that tries the sandbox as an MPP.
fn lines(facts: &Facts, made: &Throwaway) -> [(&'static str, String); 4] {
    [
        ("curl", curl(facts, made)),
        ("rust", rust(facts, made)),
        ("inquire", inquire(facts, made)),
        ("conformance", conformance(facts, made)),
    ]
}

fn curl(facts: &Facts, made: &Throwaway) -> String {
    let Facts { url, path, authority, .. } = facts;
    let Throwaway { client_id, key, .. } = made;
    let ca = authority.as_deref().map_or_else(String::new, |file| format!(" --cacert {}", quoted(file)));
    format!(
        "body='{BODY}'; time=$(date -u +%Y-%m-%dT%H:%M:%SZ); \
         signature=$(printf 'POST %s\\n%s.%s.%s' {path} {client_id} \"$time\" \"$body\" | openssl dgst -sha256 -sign {} | \
         openssl base64 -A | sed 's/+/%2B/g; s,/,%2F,g; s/=/%3D/g'); \
         curl -sS -i{ca} {url}{path} -H 'Content-Type: application/json; charset=UTF-8' -H 'Client-Id: {client_id}' \
         -H \"Request-Time: $time\" -H \"Signature: algorithm=RSA256, keyVersion=1, signature=$signature\" \
         --data-binary \"$body\"",
        quoted(key)
    )
}

fn rust(facts: &Facts, made: &Throwaway) -> String {
    let Throwaway { client_id, key, peer_key, .. } = made;
    let [key, peer_key] = [key, peer_key].map(|path| path.to_string_lossy());
    let http = facts.authority.as_ref().map_or_else(String::new, |file| {
        format!(".http(HttpSettings::new().ca_certificates(std::fs::read({:?})?))", file.to_string_lossy())
    });
    format!(
        "let client = Client::builder({:?}).client_id({client_id:?}).sign_with(1, PrivateKey::from_file({key:?})?)\
         .trusted_key({}, PublicKey::from_file({peer_key:?})?){http}.build()?;",
        facts.url, facts.version
    )
}

/// Returns the options that `inquire` and `conformance mpp` share.
fn sides(facts: &Facts, made: &Throwaway) -> String {
    let ca = facts.authority.as_deref().map_or_else(String::new, |file| format!(" --ca {}", quoted(file)));
    format!(
        "--url {} --client-id {} --key {} --peer-key 1={}{ca}",
        facts.url,
        made.client_id,
        quoted(&made.key),
        quoted(&made.peer_key)
    )
}

fn inquire(facts: &Facts, made: &Throwaway) -> String {
    format!(
        "alipayplus inquire {} --acquirer-id 1022188000000000001 --psp-id 1022172000000000001 \
         --payment-request-id SBX-PAID~1",
        sides(facts, made)
    )
}

/// The one case that is left out needs a restart.
fn conformance(facts: &Facts, made: &Throwaway) -> String {
    format!(
        "alipayplus conformance mpp {} --second-key 2={} --second-client {}={} --payments {} --state-url {}/state \
         --skip state/after-restart",
        sides(facts, made),
        quoted(&made.second_key),
        made.second_client_id,
        quoted(&made.second_client_key),
        quoted(&made.payments),
        facts.admin
    )
}

/// Returns a path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if text.chars().all(is_plain) { text.into_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
