//! The real client against a server with a wrong certificate, by a private certificate authority.

use std::error::Error as _;
use std::sync::Arc;

use alipayplus_client::inquiry_payment::InquiryPayment;
use alipayplus_client::{Error, HttpSettings, Reply, RetryPolicy, TransportErrorKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::ending::Ending;
use super::responses::read_question;
use crate::failure::Failure;
use crate::message::pem;
use crate::test_bed::{Decision, TestBed, Wallet, expected, inquiry};

const PAYMENT: &str = "paid-7";

/// The server's certificate, or what it does instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    Right,
    Expired,
    NotYet,
    WrongHost,
    SelfSigned,
    OfAnotherAuthority,
    /// Speaks HTTP without TLS.
    Plain,
    /// Closes in the middle of the handshake.
    Leaves,
}

/// Each with the required text of the client's error, and of the server's.
const ROWS: [(Shows, &str, &str); 8] = [
    (Shows::Right, "", ""),
    (Shows::Expired, "certificate expired", "CertificateExpired"),
    (Shows::NotYet, "certificate not valid yet", "CertificateExpired"),
    (Shows::WrongHost, "not valid for name", "BadCertificate"),
    (Shows::SelfSigned, "UnknownIssuer", "UnknownCA"),
    (Shows::OfAnotherAuthority, "UnknownIssuer", "UnknownCA"),
    (Shows::Plain, "InvalidContentType", ""),
    (Shows::Leaves, "client error (Connect)", ""),
];

/// Checks all of them; returns their number.
pub(crate) async fn all(bed: &TestBed) -> Result<usize, Failure> {
    let (ours, other) = (Authority::new("ours")?, Authority::new("another")?);
    for (shows, says, hears) in ROWS {
        let authority = if shows == Shows::OfAnotherAuthority { &other } else { &ours };
        let acceptor = acceptor(shows, authority)?;
        try_one(bed, shows, &ours, acceptor, says, hears)
            .await
            .map_err(|error| format!("a certificate that is {shows:?}: {}", error.what))?;
    }
    Ok(ROWS.len())
}

async fn try_one(
    bed: &TestBed,
    shows: Shows,
    trusted: &Authority,
    acceptor: TlsAcceptor,
    says: &str,
    hears: &str,
) -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("https://{}", listener.local_addr()?);
    let http = HttpSettings::new().ca_certificates(trusted.certificate.clone()).without_system_certificates();
    let client = bed.client(url).http(http).retry(RetryPolicy::never()).build()?;
    let wallet = Wallet::default();
    let request = inquiry(PAYMENT)?;
    let asked = client.inquiry_payment(&request).expecting(expected(PAYMENT)?).into_future();
    let (result, alert) = future::join(asked, serve(&listener, shows, acceptor, bed, &wallet)).await;
    let alert = alert?;
    if !alert.contains(hears) {
        return Err(format!("the server heard {alert:?}").into());
    }
    judge(shows, &result, &wallet, says)
}

fn judge(
    shows: Shows,
    result: &Result<Reply<InquiryPayment>, Error>,
    wallet: &Wallet,
    says: &str,
) -> Result<(), Failure> {
    let decided = wallet.decided(PAYMENT);
    let ending = Ending::of(result, decided.last().unwrap_or(&Decision::Nothing));
    let must_cause = match shows {
        Shows::Right => Ending::Truth,
        Shows::Leaves => Ending::Transport(TransportErrorKind::Connect),
        _ => Ending::Transport(TransportErrorKind::Tls),
    };
    let said = result.as_ref().err().map(chain).unwrap_or_default();
    if ending != must_cause || !said.contains(says) {
        return Err(format!("ended with {ending:?} ({said}) instead of {must_cause:?} ({says})").into());
    }
    // An untrusted server must not receive the request.
    let was_asked = !decided.is_empty();
    if was_asked == (shows == Shows::Right) { Ok(()) } else { Err("an untrusted server received the request".into()) }
}

/// Responds over TLS; returns the error instead of a request, if any.
async fn serve(
    listener: &TcpListener,
    shows: Shows,
    acceptor: TlsAcceptor,
    bed: &TestBed,
    wallet: &Wallet,
) -> Result<String, Failure> {
    let (mut stream, _) = listener.accept().await?;
    match shows {
        Shows::Plain => return plain(stream).await,
        Shows::Leaves => {
            // Part of the first message was read: the handshake had begun.
            stream.read_exact(&mut [0; 16]).await?;
            return Ok(String::new());
        }
        _ => {}
    }
    let mut stream = match acceptor.accept(stream).await {
        Ok(stream) => stream,
        Err(error) => return Ok(error.to_string()),
    };
    let question = match read_question(&mut stream).await {
        Ok(question) => question,
        Err(error) => return Ok(error.what),
    };
    let server = bed.server().build()?.inquiry_payment(wallet.clone());
    let answer = question.answered_by(&server).await?;
    stream.write_all(&answer.bytes()).await?;
    stream.shutdown().await?;
    Ok(String::new())
}

async fn plain(mut stream: TcpStream) -> Result<String, Failure> {
    stream.read_exact(&mut [0; 16]).await?;
    stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await?;
    Ok(String::new())
}

/// A private certificate authority.
struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// With equal names, a foreign certificate would only look badly signed.
    fn new(name: &str) -> Result<Self, Failure> {
        let mut params = CertificateParams::new([])?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate()?;
        let certificate = pem("CERTIFICATE", &STANDARD.encode(params.self_signed(&key)?.der()));
        Ok(Self { certificate, issuer: Issuer::new(params, key) })
    }
}

fn acceptor(shows: Shows, authority: &Authority) -> Result<TlsAcceptor, Failure> {
    let host = if shows == Shows::WrongHost { "mpp.example" } else { "127.0.0.1" };
    let mut params = CertificateParams::new([host.to_owned()])?;
    match shows {
        Shows::Expired => params.not_after = date_time_ymd(2020, 1, 1),
        Shows::NotYet => params.not_before = date_time_ymd(4000, 1, 1),
        _ => {}
    }
    let key = KeyPair::generate()?;
    let certificate = match shows {
        Shows::SelfSigned => params.self_signed(&key)?,
        _ => params.signed_by(&key, &authority.issuer)?,
    };
    let key = PrivateKeyDer::try_from(key.serialize_der())?;
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![certificate.der().clone()], key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// An error with all its sources.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
