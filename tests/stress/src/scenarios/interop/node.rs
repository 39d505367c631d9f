//! Node with its standard library: one process for all messages.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use alipayplus_signing::SignatureHeader;
use serde_json::{Value, json};

use super::implementation::{Implementation, Shared, not_started};
use crate::failure::Failure;
use crate::message::Message;

const SCRIPT: &str = include_str!("node/exchange.js");

pub(super) struct Node {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Node {
    pub(super) fn start(keys: &[Shared]) -> Result<Self, Failure> {
        let mut command = Command::new("node");
        command.args(["--eval", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(not_started("node", "nodejs"))?;
        let input = process.stdin.take().ok_or("node has no input")?;
        let output = BufReader::new(process.stdout.take().ok_or("node has no output")?);
        let mut node = Self { process, input, output };
        node.tell(&keys.iter().map(|key| key.pem.as_str()).collect())?;
        Ok(node)
    }

    /// Writes one line to the process.
    fn tell(&mut self, line: &Value) -> Result<(), Failure> {
        Ok(writeln!(self.input, "{line}")?)
    }

    /// Writes one line to the process, and reads one.
    fn ask(&mut self, message: &Message, key: usize, header: Option<&SignatureHeader>) -> Result<Value, Failure> {
        let Message { method, uri, client_id, time, body } = message;
        // One character per byte: JSON has no bytes.
        let body: String = body.iter().map(|byte| char::from(*byte)).collect();
        let header = header.map(ToString::to_string);
        self.tell(&json!({
            "key": key,
            "method": method, "uri": uri, "clientId": client_id, "time": time, "body": body, "header": header,
        }))?;
        let mut answer = String::new();
        if self.output.read_line(&mut answer)? == 0 {
            return Err(format!("node has ended: {}", self.process.wait()?).into());
        }
        Ok(serde_json::from_str(&answer)?)
    }
}

impl Implementation for Node {
    fn sign(&mut self, message: &Message, key: usize) -> Result<SignatureHeader, Failure> {
        let answer = self.ask(message, key, None)?;
        Ok(answer.as_str().ok_or("node gave no signature")?.parse()?)
    }

    fn accepts(&mut self, message: &Message, key: usize, header: &SignatureHeader) -> Result<bool, Failure> {
        let answer = self.ask(message, key, Some(header))?;
        Ok(answer.as_bool().ok_or("node gave no verdict")?)
    }
}

/// The process ends with its input too, but perhaps after this one.
impl Drop for Node {
    fn drop(&mut self) {
        // An error cannot be reported any more.
        drop(self.process.kill().and_then(|()| self.process.wait()));
    }
}
