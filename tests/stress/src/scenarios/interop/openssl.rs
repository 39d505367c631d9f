//! The `openssl` command: one process per signature.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use alipayplus_signing::SignatureHeader;
use tempfile::TempDir;

use super::implementation::{Implementation, Shared, not_started};
use crate::failure::Failure;
use crate::message::Message;

/// Reads keys, messages and signatures from files.
pub(super) struct Openssl {
    folder: TempDir,
}

impl Openssl {
    pub(super) fn new(keys: &[Shared]) -> Result<Self, Failure> {
        let openssl = Self { folder: TempDir::new()? };
        for (n, Shared { pem, public_key, .. }) in keys.iter().enumerate() {
            fs::write(openssl.file(&format!("private-{n}")), pem)?;
            fs::write(openssl.file(&format!("public-{n}")), public_key.to_text())?;
        }
        Ok(openssl)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `openssl dgst` on a message.
    fn digest(&self, message: &Message, arguments: &str) -> Result<Output, Failure> {
        let Message { method, uri, client_id, time, body } = message;
        let mut content = format!("{method} {uri}\n{client_id}.{time}.").into_bytes();
        content.extend_from_slice(body);
        fs::write(self.file("message"), content)?;
        let mut command = Command::new("openssl");
        command.args(["dgst", "-sha256"]).args(arguments.split(' ')).arg("message").current_dir(&self.folder);
        command.stdin(Stdio::null()).output().map_err(not_started("openssl", "openssl"))
    }
}

impl Implementation for Openssl {
    fn sign(&mut self, message: &Message, key: usize) -> Result<SignatureHeader, Failure> {
        let signed = self.digest(message, &format!("-sign private-{key}"))?;
        if !signed.status.success() {
            return Err(String::from_utf8_lossy(&signed.stderr).into());
        }
        Ok(SignatureHeader::new(None, signed.stdout))
    }

    fn accepts(&mut self, message: &Message, key: usize, header: &SignatureHeader) -> Result<bool, Failure> {
        fs::write(self.file("signature"), header.signature())?;
        let output = self.digest(message, &format!("-verify public-{key} -signature signature"))?;
        match output.stdout.as_slice() {
            b"Verified OK\n" => Ok(true),
            // The rest differs between versions.
            output if output.starts_with(b"Verification failure\n") => Ok(false),
            _ => Err(String::from_utf8_lossy(&output.stderr).into()),
        }
    }
}
