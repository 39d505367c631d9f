//! The general part of the kit names no member of an operation.

use std::fs;
use std::path::{Path, PathBuf};

use alipayplus_kit::inquiry_payment::OPERATION;

/// What is an operation's own, and the texts of all references.
const OWN: [&str; 4] = ["inquiry_payment", "caller", "sandbox", "source"];

#[test]
fn only_an_operations_own_part_names_its_members() {
    let request: serde_json::Value = serde_json::from_slice(&(OPERATION.unknown)("1")).unwrap();
    let asked = request.as_object().unwrap().keys().cloned();
    let names: Vec<String> = OPERATION.payload.iter().map(|name| (*name).to_owned()).chain(asked).collect();
    assert!(names.iter().any(|name| name == "paymentRequestId") && names.len() > 10, "{names:?}");
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 20);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let found: Vec<_> = names.iter().filter(|name| text.contains(&format!("{name}\""))).collect();
        assert!(found.is_empty(), "{}: {found:?}", file.display());
    }
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if OWN.contains(&path.file_stem().unwrap().to_str().unwrap()) {
            continue;
        }
        if path.is_dir() { sources(&path, files) } else { files.push(path) }
    }
}
