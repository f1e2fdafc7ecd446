use std::net::IpAddr;

use super::{CaIdentity, ExtendedKeyUsage, KeyUsage, LeafRequest, San, issue_leaf, self_signed};
use crate::asn1::{Oid, oid};
use crate::cert::Certificate;
use crate::error::{Error, Result};
use crate::key::{KeyPair, PublicKey};

/// The algorithm of a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAlgorithm {
    Rsa2048,
    P256,
}

impl KeyAlgorithm {
    fn generate(self) -> Result<KeyPair> {
        match self {
            Self::Rsa2048 => KeyPair::generate_rsa2048(),
            Self::P256 => KeyPair::generate_p256(),
        }
    }
}

/// The names of a device certificate.
#[derive(Debug, Clone)]
pub struct DeviceSubject {
    pub cn: String,
    pub org: String,
}

/// A self-signed CA that signs certificates and nothing else. It has no keyEncipherment, so that
/// SCEP clients encrypt to the registration authority and not to it.
pub fn create_root_ca(
    cn: &str,
    org: &str,
    now_ms: i64,
    days: u32,
    algorithm: KeyAlgorithm,
) -> Result<CaIdentity> {
    let key = algorithm.generate()?;
    let mut request = LeafRequest::new(subject(cn, org), now_ms, days);
    request.key_usage = vec![KeyUsage::KeyCertSign, KeyUsage::CrlSign];
    request.is_ca = true;
    let certificate = self_signed(&key, &request)?;
    Ok(CaIdentity { certificate, key })
}

/// The RSA registration authority that speaks SCEP for an elliptic-curve CA. RFC 8894 §2.1.2.
pub fn create_ra(
    ca: &CaIdentity,
    cn: &str,
    org: &str,
    now_ms: i64,
    days: u32,
) -> Result<CaIdentity> {
    create_ra_with_key(ca, KeyPair::generate_rsa2048()?, cn, org, now_ms, days)
}

/// As `create_ra`, with a key that exists already; it must be RSA.
pub fn create_ra_with_key(
    ca: &CaIdentity,
    key: KeyPair,
    cn: &str,
    org: &str,
    now_ms: i64,
    days: u32,
) -> Result<CaIdentity> {
    let mut request = LeafRequest::new(subject(cn, org), now_ms, days);
    request.key_usage = vec![KeyUsage::DigitalSignature, KeyUsage::KeyEncipherment];
    let certificate = issue_leaf(ca, key.public_key(), request)?;
    Ok(CaIdentity { certificate, key })
}

/// The identity that signs configuration profiles.
pub fn create_signer(
    ca: &CaIdentity,
    cn: &str,
    org: &str,
    now_ms: i64,
    days: u32,
) -> Result<CaIdentity> {
    let key = KeyPair::generate_p256()?;
    let request = LeafRequest::new(subject(cn, org), now_ms, days);
    let certificate = issue_leaf(ca, key.public_key(), request)?;
    Ok(CaIdentity { certificate, key })
}

/// A key that signs statements of ours, with a certificate of its own: whoever is given it needs no chain.
pub fn create_statement_signer(cn: &str, org: &str, now_ms: i64, days: u32) -> Result<CaIdentity> {
    let key = KeyPair::generate_p256()?;
    let request = LeafRequest::new(subject(cn, org), now_ms, days);
    let certificate = self_signed(&key, &request)?;
    Ok(CaIdentity { certificate, key })
}

/// A TLS server identity for these names. Apple devices accept at most 825 days.
pub fn create_tls_server(
    ca: &CaIdentity,
    dns_names: &[&str],
    ips: &[IpAddr],
    now_ms: i64,
    days: u32,
) -> Result<CaIdentity> {
    let key = KeyPair::generate_p256()?;
    let sans: Vec<San> = dns_names
        .iter()
        .map(|name| San::Dns((*name).to_owned()))
        .chain(ips.iter().map(|ip| San::Ip(*ip)))
        .collect();
    let cn = match sans.first() {
        Some(San::Dns(name)) => name.clone(),
        Some(San::Ip(ip)) => ip.to_string(),
        _ => return Err(Error::malformed("TLS server names")),
    };
    let mut request = LeafRequest::new(vec![(oid::COMMON_NAME, cn)], now_ms, days);
    request.sans = sans;
    request.extended_key_usage = vec![ExtendedKeyUsage::ServerAuth];
    let certificate = issue_leaf(ca, key.public_key(), request)?;
    Ok(CaIdentity { certificate, key })
}

/// The identity certificate of a device.
pub fn issue_device_certificate(
    ca: &CaIdentity,
    public_key: &PublicKey,
    device: &DeviceSubject,
    sans: &[San],
    now_ms: i64,
    days: u32,
) -> Result<Certificate> {
    public_key.check_policy()?;
    let mut request = LeafRequest::new(subject(&device.cn, &device.org), now_ms, days);
    request.sans = sans.to_vec();
    request.key_usage = vec![KeyUsage::DigitalSignature, KeyUsage::KeyEncipherment];
    request.extended_key_usage = vec![ExtendedKeyUsage::ClientAuth];
    issue_leaf(ca, public_key, request)
}

fn subject(cn: &str, org: &str) -> Vec<(Oid, String)> {
    let mut names = Vec::new();
    if !org.is_empty() {
        names.push((oid::ORGANIZATION, org.to_owned()));
    }
    names.push((oid::COMMON_NAME, cn.to_owned()));
    names
}
