//! The stand-in's own certificate authorities: one for its server certificate, one that plays
//! Apple's issuer of push certificates.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tillsyn_pki::Error;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::hash;
use tillsyn_pki::issue::{self, CaIdentity, ExtendedKeyUsage, KeyAlgorithm, LeafRequest};
use tillsyn_pki::key::{KeyPair, PublicKey};
use tillsyn_pki::oid;
use zeroize::Zeroizing;

use super::server::StandinError;

/// How long Apple's push certificates are valid.
pub(super) const YEAR_DAYS: u32 = 365;
const CA_DAYS: u32 = 3650;

/// A push certificate with its private key.
#[derive(Clone)]
pub struct PushCertificate {
    pub certificate_pem: String,
    /// PKCS#8.
    pub private_key_pem: Zeroizing<String>,
}

impl fmt::Debug for PushCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushCertificate").finish_non_exhaustive()
    }
}

pub(super) struct Identity {
    server_ca: CaIdentity,
    push_ca: CaIdentity,
}

impl Identity {
    pub(super) fn create(now_ms: i64) -> Result<Self, Error> {
        // Two stand-ins must not share an issuer name with two keys.
        let id = hash::random_token(6);
        let ca = |role| {
            let cn = format!("APNs stand-in {role} CA {id}");
            issue::create_root_ca(&cn, ORGANIZATION, now_ms, CA_DAYS, KeyAlgorithm::P256)
        };
        Ok(Self {
            server_ca: ca("server")?,
            push_ca: ca("push")?,
        })
    }

    pub(super) fn root_pem(&self) -> String {
        self.server_ca.certificate.to_pem()
    }

    /// What plays Apple's issuer of push certificates.
    pub(super) fn push_root_pem(&self) -> String {
        self.push_ca.certificate.to_pem()
    }

    /// Apple's push certificates: RSA-2048, the topic under UID, client authentication.
    pub(super) fn issue_push_certificate(
        &self,
        topic: &str,
        now_ms: i64,
        days: u32,
    ) -> Result<PushCertificate, Error> {
        let key = KeyPair::generate_rsa2048()?;
        let certificate = self.issue_for(key.public_key(), topic, now_ms, days)?;
        Ok(PushCertificate {
            certificate_pem: certificate.to_pem(),
            private_key_pem: key.to_pkcs8_pem(),
        })
    }

    /// A push certificate for a key that is not ours.
    pub(super) fn issue_for(
        &self,
        key: &PublicKey,
        topic: &str,
        now_ms: i64,
        days: u32,
    ) -> Result<Certificate, Error> {
        let subject = vec![
            (oid::USER_ID, topic.to_owned()),
            (
                oid::COMMON_NAME,
                format!("APSP:{}", topic.rsplit('.').next().unwrap_or(topic)),
            ),
            (oid::COUNTRY, "US".to_owned()),
        ];
        let mut request = LeafRequest::new(subject, now_ms, days);
        request.extended_key_usage = vec![ExtendedKeyUsage::ClientAuth];
        issue::issue_leaf(&self.push_ca, key, request)
    }

    /// TLS 1.2 or 1.3, HTTP/2 and nothing else, and no client without a push certificate.
    pub(super) fn server_config(&self, now_ms: i64) -> Result<ServerConfig, StandinError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut push_roots = RootCertStore::empty();
        push_roots.add(der(&self.push_ca.certificate))?;
        let verifier = WebPkiClientVerifier::builder_with_provider(
            Arc::new(push_roots),
            Arc::clone(&provider),
        )
        .build()?;

        let addresses = [
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::LOCALHOST),
        ];
        let server = issue::create_tls_server(
            &self.server_ca,
            &["localhost"],
            &addresses,
            now_ms,
            YEAR_DAYS,
        )?;
        let key = PrivatePkcs8KeyDer::from(server.key.to_pkcs8_der().to_vec());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![der(&server.certificate)], PrivateKeyDer::Pkcs8(key))?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(config)
    }
}

/// The topic that a client's certificate allows; `None` if it is not for MDM.
pub(super) fn topic_of(leaf: &[u8]) -> Option<String> {
    Certificate::from_der(leaf)
        .ok()?
        .subject_uid()
        .filter(|uid| uid.starts_with("com.apple.mgmt."))
}

const ORGANIZATION: &str = "Tillsyn stand-ins";

fn der(certificate: &Certificate) -> CertificateDer<'static> {
    CertificateDer::from(certificate.der().to_vec())
}
