//! The certificates of the kit, by a throwaway authority.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::fault::{Certificate, Door};

/// The right certificate and the wrong ones.
pub(crate) struct Certificates {
    right: TlsAcceptor,
    wrong: Vec<(Certificate, TlsAcceptor)>,
    /// The authority's certificate, for the adapter.
    pub(crate) authority: PathBuf,
}

impl Certificates {
    /// Makes them for a host, and writes the authority's certificate to a folder.
    pub(crate) fn new(host: &str, folder: &Path) -> io::Result<Self> {
        let (ours, other) = (Authority::new("alipayplus kit")?, Authority::new("another authority")?);
        let wrong =
            |certificate, authority: &Authority, host: &str| Ok((certificate, authority.acceptor(host, certificate)?));
        let authority = folder.join("ca.pem");
        fs::write(&authority, &ours.pem)?;
        Ok(Self {
            right: ours.acceptor(host, Certificate::None)?,
            wrong: [
                wrong(Certificate::UnknownIssuer, &other, host),
                wrong(Certificate::OtherName, &ours, "another-host.example"),
                wrong(Certificate::Expired, &ours, host),
            ]
            .into_iter()
            .collect::<io::Result<_>>()?,
            authority,
        })
    }

    /// Returns what shakes hands at a door; `None` if that speaks HTTP at once.
    pub(crate) fn at(&self, door: Door) -> Option<&TlsAcceptor> {
        match door {
            Door::Certificate(Certificate::None) => None,
            Door::Certificate(certificate) => self.wrong.iter().find(|(it, _)| *it == certificate).map(|(_, tls)| tls),
            Door::Open | Door::Closed => Some(&self.right),
        }
    }
}

/// A private certificate authority.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// With equal names, a foreign certificate would only look badly signed.
    fn new(name: &str) -> io::Result<Self> {
        let mut params = CertificateParams::new([]).map_err(io::Error::other)?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let pem = params.self_signed(&key).map_err(io::Error::other)?.pem();
        Ok(Self { pem, issuer: Issuer::new(params, key) })
    }

    fn acceptor(&self, host: &str, certificate: Certificate) -> io::Result<TlsAcceptor> {
        let mut params = CertificateParams::new([host.to_owned()]).map_err(io::Error::other)?;
        if certificate == Certificate::Expired {
            params.not_after = date_time_ymd(2020, 1, 1);
        }
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let chain: Vec<CertificateDer<'static>> =
            vec![params.signed_by(&key, &self.issuer).map_err(io::Error::other)?.into()];
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(io::Error::other)?;
        let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key);
        Ok(TlsAcceptor::from(Arc::new(config.map_err(io::Error::other)?)))
    }
}
