//! What ends a run before the first case.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;

use alipayplus_kit::inquiry_payment::OPERATION;
use alipayplus_kit::preflight::check;
use alipayplus_kit::session::Session;
use alipayplus_kit::target::TlsFiles;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::setup::{Mpp, session};

#[tokio::test]
async fn each_cause_is_one_sentence() {
    for (fault, path, sentence) in [
        ("", "/other", "this path is no operation of the target's"),
        (
            "mpp/signs-by-another-key",
            "",
            "the answer's signature does not verify with the key of --peer-key: key-unknown: ",
        ),
        (
            "mpp/signs-the-path-behind-its-gateway",
            "",
            "the answer's signature does not verify with the key of --peer-key: answer-over-its-own-uri: ",
        ),
        (
            "mpp/signs-a-body-and-sends-another-form-of-it",
            "",
            "the answer's signature does not verify with the key of --peer-key: body-reserialised: ",
        ),
        ("mpp/trims-the-path", "", "the target does not accept our signature"),
    ] {
        let message = session(fault, path).await.map(|_| ()).unwrap_err();
        assert!(message.starts_with(sentence) && !message.contains('\n'), "{fault}{path}: {message}");
    }
}

#[tokio::test]
async fn a_payment_in_another_state_is_a_warning() {
    let (_, warnings) = session("mpp/calls-a-paid-payment-open", "").await.unwrap();
    let warning = "the file of payments says that `paid in the wallet's currency` is paid, the target says in_progress";
    assert_eq!(warnings[0], warning);
}

fn address_of(mpp: &Mpp) -> SocketAddr {
    mpp.0.url.strip_prefix("http://").unwrap().parse().unwrap()
}

/// Puts TLS before an MPP, for clients that have this certificate if there is one. Returns the address and the
/// certificate of the MPP.
async fn with_tls(behind: SocketAddr, client: Option<CertificateDer<'static>>) -> (SocketAddr, String) {
    let made = rcgen::generate_simple_self_signed(["mpp.example".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
    let config = match client {
        None => config.with_no_client_auth(),
        Some(certificate) => {
            let mut roots = RootCertStore::empty();
            roots.add(certificate).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build().unwrap();
            config.with_client_cert_verifier(verifier)
        }
    };
    let config = config.with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut outer = acceptor.accept(stream).await.ok()?;
                let mut inner = TcpStream::connect(behind).await.ok()?;
                tokio::io::copy_bidirectional(&mut outer, &mut inner).await.ok()
            });
        }
    });
    (address, pem("CERTIFICATE", made.cert.der()))
}

fn pem(name: &str, der: &[u8]) -> String {
    format!("-----BEGIN {name}-----\n{}\n-----END {name}-----\n", STANDARD.encode(der))
}

/// Checks an MPP at a URL and an address.
async fn checked(mpp: &Mpp, url: &str, address: SocketAddr, files: TlsFiles) -> Result<Vec<String>, String> {
    let mut target = mpp.target(url, files)?;
    target.addresses = vec![address];
    check(&mut Session::new(target, &OPERATION, Vec::new(), 7)).await
}

#[tokio::test]
async fn tls_is_spoken_and_its_faults_end_the_run() {
    let mpp = Mpp::start().await;
    let plain = address_of(&mpp);
    let (address, certificate) = with_tls(plain, None).await;
    let folder = tempfile::tempdir().unwrap();
    let ca = Some(folder.path().join("ca.pem"));
    fs::write(ca.as_ref().unwrap(), certificate).unwrap();
    let trusts = |ca| TlsFiles { ca, cert: None };
    assert_eq!(checked(&mpp, "https://mpp.example", address, trusts(ca.clone())).await, Ok(Vec::new()));
    for (url, address, ca) in [
        ("https://other.example", address, ca.clone()),
        ("https://mpp.example", address, None),
        ("https://mpp.example", plain, ca),
    ] {
        let message = checked(&mpp, url, address, trusts(ca)).await.unwrap_err();
        assert!(message.starts_with(&format!("TLS with {url} failed: ")), "{message}");
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown() {
    let client = rcgen::generate_simple_self_signed(["caller.example".to_owned()]).unwrap();
    let mpp = Mpp::start().await;
    let (address, certificate) = with_tls(address_of(&mpp), Some(client.cert.der().clone())).await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let own = pem("CERTIFICATE", client.cert.der()) + &pem("PRIVATE KEY", &client.signing_key.serialize_der());
    let (ca, cert) = (Some(file("ca.pem", &certificate)), Some(file("own.pem", &own)));
    let with = |cert| checked(&mpp, "https://mpp.example", address, TlsFiles { ca: ca.clone(), cert });
    assert_eq!(with(cert).await, Ok(Vec::new()));
    let refused = with(None).await.unwrap_err();
    assert!(refused.contains("https://mpp.example"), "{refused}");
    let wrong = with(Some(file("no-key.pem", &certificate))).await.unwrap_err();
    assert!(wrong.starts_with("can't read a private key from "), "{wrong}");
}
