//! A key ring that follows a folder.

use std::fs;
use std::time::{Duration, Instant};

use alipayplus_signing::{KeyRing, PublicKey, WatchError};

use crate::support::{Folder, key_text, pem, public_key};

const INTERVAL: Duration = Duration::from_millis(100);

fn key(name: &str) -> String {
    pem("PUBLIC KEY", &key_text(name, "public_spki_base64"))
}

/// Returns the Client-Ids with their versions, as text.
fn listed(ring: &KeyRing) -> Vec<String> {
    ring.clients().iter().map(|(client_id, versions)| format!("{client_id} {versions:?}")).collect()
}

/// Waits until the ring has what is expected. The bound is for a machine under load.
fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(INTERVAL / 4);
    }
}

/// Adds a file last, and waits for its key: then the thread has seen every change before.
fn after_a_look(folder: &Folder, ring: &KeyRing, marker: u64) {
    folder.write(&format!("marker.{marker}.pem"), key("k1"));
    wait_until("the marker", || ring.key("marker", marker).is_ok());
}

#[test]
fn the_ring_follows_the_folder() {
    let folder = Folder::new("watched");
    folder.write("V.1.pem", key("k1"));
    folder.write("example.wallet.0.pem", key_text("k2", "public_spki_base64"));
    for ignored in ["README.md", ".V.2.pem", "V.3.pem.tmp"] {
        folder.write(ignored, key("k1"));
    }
    let ring = KeyRing::watch_every(INTERVAL, folder.path("")).unwrap();
    assert_eq!(listed(&ring), ["V [1]", "example.wallet [0]"]);
    assert_eq!(ring.key("V", 1), Ok(public_key("k1")));

    // A rotation: a new version, a replaced key, and a removed client.
    folder.write("V.2.pem", key("k2"));
    folder.write("V.1.pem", key("k2"));
    fs::remove_file(folder.path("example.wallet.0.pem")).unwrap();
    after_a_look(&folder, &ring, 1);
    wait_until("the rotation", || listed(&ring) == ["V [1, 2]", "marker [1]"]);
    wait_until("the replaced key", || ring.key("V", 1) == Ok(public_key("k2")));
}

#[test]
fn a_bad_file_keeps_the_old_key() {
    let folder = Folder::new("bad-files");
    for client in ["cut", "empty", "private"] {
        folder.write(&format!("{client}.1.pem"), key("k1"));
    }
    // Bad from the beginning: they do not keep a server from starting.
    for name in ["V.pem", "V.01.pem", "V.one.pem", "V.+1.pem", ".1.pem", "V.2025-02-20T08:51:49Z.1.pem", "V.17.1.pem"] {
        folder.write(name, key("k1"));
    }
    fs::create_dir(folder.path("folder.1.pem")).unwrap();
    folder.write("never.1.pem", "no key");
    let ring = KeyRing::watch_every(INTERVAL, folder.path("")).unwrap();
    assert_eq!(listed(&ring), ["cut [1]", "empty [1]", "private [1]"]);

    folder.write("cut.1.pem", &key("k2")[..200]);
    folder.write("empty.1.pem", "");
    folder.write("private.1.pem", pem("PRIVATE KEY", &key_text("k2", "private_pkcs8_base64")));
    after_a_look(&folder, &ring, 1);
    after_a_look(&folder, &ring, 2);
    for client in ["cut", "empty", "private"] {
        assert_eq!(ring.key(client, 1), Ok(public_key("k1")), "{client}");
    }
    // As soon as the file is complete, its key is used.
    folder.write("cut.1.pem", key("k2"));
    wait_until("the complete file", || ring.key("cut", 1) == Ok(public_key("k2")));
    // The old key of a bad file goes with the file.
    fs::remove_file(folder.path("empty.1.pem")).unwrap();
    wait_until("the removed file", || !ring.is_known("empty"));
}

#[test]
fn an_unreadable_folder_keeps_all_keys() {
    let folder = Folder::new("moved-away");
    let path = folder.path("keys");
    let error = KeyRing::watch(&path).unwrap_err();
    assert!(matches!(&error, WatchError::Folder { path: named, .. } if *named == path), "{error}");

    fs::create_dir(&path).unwrap();
    folder.write("keys/V.1.pem", key("k1"));
    let ring = KeyRing::watch_every(INTERVAL, &path).unwrap();
    fs::rename(&path, folder.path("elsewhere")).unwrap();
    std::thread::sleep(INTERVAL * 4);
    assert_eq!(listed(&ring), ["V [1]"]);
    folder.write("elsewhere/V.2.pem", key("k2"));
    fs::rename(folder.path("elsewhere"), &path).unwrap();
    wait_until("the folder is back", || listed(&ring) == ["V [1, 2]"]);
}

#[test]
fn all_keys_are_replaced_in_one_step() {
    let ring = KeyRing::new();
    ring.insert("old", 1, public_key("k1")).unwrap();
    let keys = |names: &[(&'static str, u64)]| -> Vec<(&'static str, u64, PublicKey)> {
        names.iter().map(|(client_id, version)| (*client_id, *version, public_key("k2"))).collect()
    };
    ring.replace_all(keys(&[("V", 2), ("W", 1), ("V", 1)])).unwrap();
    assert_eq!(listed(&ring), ["V [1, 2]", "W [1]"]);
    // An error changes nothing.
    ring.replace_all(keys(&[("X", 1), ("V.1", 1)])).unwrap_err();
    assert_eq!(listed(&ring), ["V [1, 2]", "W [1]"]);
    ring.replace_all(keys(&[])).unwrap();
    assert_eq!(listed(&ring), [""; 0]);
}
