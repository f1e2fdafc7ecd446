//! A certificate of a stand-in's own authority, for the loopback.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tillsyn_pki::hash;
use tillsyn_pki::issue::{self, KeyAlgorithm};

use crate::apns::StandinError;

const DAYS: u32 = 365;

/// TLS as `localhost` and `127.0.0.1`, and the PEM of the root behind it.
pub(crate) fn own_tls(what: &str, now_ms: i64) -> Result<(ServerConfig, String), StandinError> {
    // Two stand-ins must not share an issuer name with two keys.
    let name = format!("{what} CA {}", hash::random_token(6));
    let ca = issue::create_root_ca(&name, "Tillsyn stand-ins", now_ms, DAYS, KeyAlgorithm::P256)?;
    let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST)];
    let server = issue::create_tls_server(&ca, &["localhost"], &loopback, now_ms, DAYS)?;
    let key = PrivatePkcs8KeyDer::from(server.key.to_pkcs8_der().to_vec());
    let chain = vec![CertificateDer::from(server.certificate.der().to_vec())];
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::Pkcs8(key))?;
    Ok((config, ca.certificate.to_pem()))
}
