//! Clients of many servers.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use alipayplus_client::inquiry_payment::Outcome;
use alipayplus_client::{Client, Directory, Freshness, HttpTransport, UnknownServer, VersionedSigner};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::mock_server::{MockServer, paid, request};
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
    let transport = HttpTransport::with_settings(|http| http.no_proxy().tls_certs_only([])).unwrap();
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
    let servers =
        ["first", "second"].map(|key| (key, MockServer::new([crate::mock_server::MockResponse::new(paid())])));
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
