//! Where a server is, and by what we know that it is that server.

use std::net::IpAddr;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};

use super::error::LdapError;

/// How TLS comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// From the first byte, usually port 636.
    Tls,
    /// After StartTLS, usually port 389; without it nothing goes on.
    StartTls,
    /// None: no password goes over it.
    Nothing,
}

/// One server of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// A name or an address; the certificate has to be of it.
    pub host: String,
    pub port: u16,
    pub security: Security,
}

impl Server {
    /// Reads `ldaps://host[:port]` or `ldap://host[:port]`; the latter is with StartTLS.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('/');
        let (scheme, rest) = text.split_once("://")?;
        let (security, usual) = match scheme.to_ascii_lowercase().as_str() {
            "ldaps" => (Security::Tls, 636),
            "ldap" => (Security::StartTls, 389),
            _ => return None,
        };
        let (host, port) = if let Some(rest) = rest.strip_prefix('[') {
            let (host, rest) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (
                host,
                rest.strip_prefix(':').or(rest.is_empty().then_some("")),
            )
        } else {
            match rest.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (rest, Some("")),
            }
        };
        let port = match port? {
            "" => usual,
            port => port.parse().ok().filter(|port| *port > 0)?,
        };
        let named = host.parse::<IpAddr>().is_ok()
            || (host.len() <= 253
                && host.bytes().any(|b| b.is_ascii_alphanumeric())
                && host
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')));
        named.then(|| Self {
            host: host.to_owned(),
            port,
            security,
        })
    }

    pub(super) fn name(&self) -> Result<ServerName<'static>, LdapError> {
        ServerName::try_from(self.host.clone())
            .map_err(|_| LdapError::Settings("the server has no name that a certificate can have"))
    }
}

/// The certificates by which servers are known. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Trust(Arc<ClientConfig>);

impl Trust {
    /// Only these roots (PEM), or those of the operating system when there are none.
    pub fn new(roots_pem: Option<&str>) -> Result<Self, LdapError> {
        let mut roots = RootCertStore::empty();
        if let Some(pem) = roots_pem {
            let broken = || LdapError::Settings("the certificate of the authority is not PEM");
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                let certificate = certificate.map_err(|_| broken())?;
                roots.add(certificate).map_err(|_| broken())?;
            }
            if roots.is_empty() {
                return Err(broken());
            }
        } else {
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| LdapError::Settings("TLS cannot be set up"))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    pub(super) fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.0)
    }
}
