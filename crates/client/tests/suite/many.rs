//! Clients of many servers.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use alipayplus_client::inquiry_payment::Outcome;
use alipayplus_client::{
    Builder, Client, Directory, DirectoryError, Freshness, HttpSettings, HttpTransport, InProcess, UnknownServer,
    VersionedSigner,
};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::mock_server::{MockResponse, MockServer, paid, request, test_keys};
use crate::tcp::{read_request, signed};

const MANY: usize = 10_000;

/// A server that keeps each connection, and counts them.
async fn keeping(server: &MockServer) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (response, count) = (signed(server, &paid()).await, Arc::<AtomicUsize>::default());
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Relaxed);
            let response = response.clone();
            tokio::spawn(async move {
                while !read_request(&mut stream).await.is_empty() {
                    stream.write_all(&response).await.unwrap();
                }
            });
        }
    });
    (url, count)
}

/// Certificates are read once, and a client costs little more than its keys.
#[tokio::test]
async fn ten_thousand_clients_share_their_connections() {
    let server = MockServer::new([]);
    let (url, connections) = keeping(&server).await;
    let settings = HttpSettings::new().without_proxy().without_system_certificates();
    let transport = HttpTransport::with_settings(&settings).unwrap();
    let (signer, key) = (VersionedSigner::new(1, server.keys.client.clone()), server.keys.server.public_key());
    let freshness = Freshness::default().with_clock(&server.keys.clock);
    let build = |_| {
        let builder = Client::builder(&url).client_id(&server.keys.client_id).signing_key(signer.clone());
        let builder = builder.trusted_key(1, key.clone()).freshness(freshness.clone());
        builder.transport(transport.clone()).build().unwrap()
    };
    let mut clients: Vec<Client> = Vec::with_capacity(MANY);
    let used = allocation_counter::measure(|| clients.extend((0..MANY).map(build)));
    // 2 KB and 30 allocations for each. With a transport of its own, a client takes 35 KB without any certificate.
    assert!(used.bytes_max < 2_000 * MANY as u64 && used.count_total < 30 * MANY as u64, "{used:?}");
    for client in [&clients[0], &clients[4711], &clients[MANY - 1]] {
        let reply = client.inquiry_payment(&request()).await.unwrap();
        assert!(matches!(reply.outcome, Outcome::Paid(_)));
    }
    assert_eq!(connections.load(Relaxed), 1);
}

#[tokio::test]
async fn a_directory_finds_a_client_by_its_key() {
    let servers = ["first", "second"].map(|key| (key, MockServer::new([MockResponse::new(paid())])));
    let directory: Directory<Client> = servers.iter().map(|(key, server)| (*key, server.client())).collect();
    let shared = directory.clone();
    directory.get("second").unwrap().inquiry_payment(&request()).await.unwrap();
    assert_eq!(servers.each_ref().map(|(_, server)| server.requests().len()), [0, 1]);

    let error = directory.get("th\nird").unwrap_err();
    assert!(matches!(&error, UnknownServer { key, .. } if key == "th\nird"));
    assert_eq!(error.to_string(), "no server is known as th\\nird");

    // A key of the model's own is one too.
    let psp_id = request().psp_id;
    directory.insert(psp_id.as_str(), servers[0].1.client());
    shared.get(&psp_id).unwrap();
    shared.replace_all([("third", servers[0].1.client())]);
    assert_eq!(directory.keys(), ["third"]);
    directory.get("first").unwrap_err();
}

/// A file of two servers, of which one has its own Client-Id, with `more` at its end.
fn file(folder: &Path, more: &str) -> PathBuf {
    let key = test_keys().server.public_key().to_text();
    fs::write(folder.join("mpp.pub.pem"), key).unwrap();
    let path = folder.join("mpps.toml");
    let text = r#"
client_id = "X"
[servers.first]
url = "https://first.example"
trusted_keys = { 1 = "mpp.pub.pem" }
[servers.second]
url = "https://second.example"
client_id = "Y"
trusted_keys = { 1 = "mpp.pub.pem", 2 = "mpp.pub.pem" }
"#;
    fs::write(&path, format!("{text}{more}")).unwrap();
    path
}

fn unplugged(builder: Builder<Client>) -> Builder<Client> {
    let silent = MockServer::new([]);
    builder.sign_with(1, test_keys().client).transport(InProcess::new(silent))
}

#[test]
fn a_directory_is_read_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Directory::from_file(file(folder.path(), ""), unplugged).unwrap();
    assert_eq!(directory.keys(), ["first", "second"]);
    let text = |key| format!("{:?}", directory.get(key).unwrap());
    assert!(
        text("first").contains(r#"client_id: "X""#) && text("first").contains("TrustedKeys{1}"),
        "{}",
        text("first")
    );
    assert!(text("second").contains(r#"label: Some("second")"#), "{}", text("second"));
    assert!(text("second").contains(r#"client_id: "Y""#) && text("second").contains("TrustedKeys{1, 2}"));

    let third = "[servers.third]\nurl = \"https://third.example\"\ntrusted_keys = { 1 = \"mpp.pub.pem\" }";
    directory.reload(file(folder.path(), third), unplugged).unwrap();
    assert_eq!(directory.keys(), ["first", "second", "third"]);
}

#[test]
fn a_file_with_a_mistake_keeps_the_old_clients() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Directory::from_file(file(folder.path(), ""), unplugged).unwrap();
    for (more, says) in [
        ("[", "mpps.toml, line 10: "),
        ("misspelt = 1", "mpps.toml, line 10: unknown field `misspelt`"),
        ("[servers.third]\nurl = \"https://third.example\"", "missing field `trusted_keys`"),
        ("[servers.third]\nurl = \"third.example\"\ntrusted_keys = {1=\"mpp.pub.pem\"}", "third: the client cannot be"),
        (
            "[servers.third]\nurl = \"https://x.example\"\ntrusted_keys = {one=\"mpp.pub.pem\"}",
            "third: the key version",
        ),
        (
            "[servers.third]\nurl = \"https://x.example\"\ntrusted_keys = {1=\"none.pem\"}",
            "third: a trusted key cannot",
        ),
    ] {
        let error = directory.reload(file(folder.path(), more), unplugged).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(directory.keys(), ["first", "second"]);
    }
    let error = directory.reload(folder.path().join("none.toml"), unplugged).unwrap_err();
    assert!(matches!(error, DirectoryError::Read { .. }), "{error}");
}
