//! Captures that other people's tools made, with one fault each: `alipayplus doctor` names exactly that.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{alipayplus, key_text};

fn captures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captures")
}

fn index() -> Value {
    serde_json::from_slice(&fs::read(captures().join("index.json")).unwrap()).unwrap()
}

/// Returns the ids of what the doctor names in a capture, facts that are no fault included.
fn named(folder: &Path, capture: &str) -> Vec<String> {
    fs::copy(captures().join(capture), folder.join("request")).unwrap();
    // All were captured when they were sent.
    let arguments = "doctor --request request --peer-key 1=k1.pub --at 2025-02-20T08:51:50Z --json";
    let run = alipayplus(folder, &[], arguments);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{capture}: {}", run.stderr));
    let message = &report["messages"][0];
    let findings = ["causes", "notes"].into_iter().flat_map(|list| message[list].as_array().unwrap());
    findings.map(|finding| finding["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_fault_of_each_capture_is_named() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("k1.pub"), key_text("k1", "public_spki_base64")).unwrap();
    let mut wrong = Vec::new();
    for capture in index()["captures"].as_array().unwrap() {
        let [file, cause] = ["file", "cause"].map(|member| capture[member].as_str().unwrap());
        let named = named(folder.path(), file);
        if named != [cause] {
            wrong.push(format!("{file}: {cause} expected, {named:?} named"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_index_has_all_captures_and_enough_of_each_tool() {
    let index = index();
    let listed: Vec<&str> =
        index["captures"].as_array().unwrap().iter().map(|capture| capture["file"].as_str().unwrap()).collect();
    let unique: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(unique.len(), listed.len());
    let files = fs::read_dir(captures()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> =
        files.filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "http")).collect();
    assert!(files.iter().map(String::as_str).eq(unique), "{files:?}");
    for tool in index["tools"].as_object().unwrap().keys() {
        let of_tool = index["captures"].as_array().unwrap().iter().filter(|capture| capture["tool"] == **tool);
        assert!(of_tool.count() >= 5, "{tool}");
    }
}
