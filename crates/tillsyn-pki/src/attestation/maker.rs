//! Makes attestations as Apple's service does, under a root of our own: for simulated devices and
//! tests. Nothing trusts such a root unless it is configured as an anchor.

use super::cbor;
use crate::asn1::{INTEGER, Oid, oid, writer};
use crate::cert::Certificate;
use crate::error::Result;
use crate::hash;
use crate::issue::{self, CaIdentity, KeyAlgorithm, LeafRequest};
use crate::key::{KeyPair, PublicKey};

/// A root and the intermediate under it.
#[derive(Debug, Clone)]
pub struct AttestationAuthority {
    pub root: CaIdentity,
    pub intermediate: CaIdentity,
}

/// How the values of a leaf are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PropertyForm {
    /// Texts as plain UTF-8, numbers as DER INTEGER, the freshness code as its bytes.
    #[default]
    Plain,
    /// Texts as DER UTF8String, the freshness code as an OCTET STRING.
    Der,
}

/// What a leaf says; empty fields are left out.
#[derive(Debug, Clone, Default)]
pub struct Properties {
    pub serial_number: Option<String>,
    pub udid: Option<String>,
    pub software_update_device_id: Option<String>,
    pub os_version: Option<String>,
    pub sep_os_version: Option<String>,
    pub llb_version: Option<String>,
    /// The bytes of the freshness code: the SHA-256 of an ACME token, or a nonce.
    pub freshness: Option<Vec<u8>>,
    /// 0 enabled, 1 disabled.
    pub sip: Option<u8>,
    /// `Full Security`, `Reduced Security` or `Permissive Security`.
    pub secure_boot: Option<String>,
    pub kexts: Option<u8>,
    pub form: PropertyForm,
}

impl Properties {
    /// With the freshness code of an ACME challenge.
    pub fn for_token(self, token: &str) -> Self {
        Self {
            freshness: Some(hash::sha256(token.as_bytes()).to_vec()),
            ..self
        }
    }
}

impl AttestationAuthority {
    /// A new root, valid ten years, and an intermediate.
    pub fn new(now_ms: i64) -> Result<Self> {
        let root = issue::create_root_ca(
            "Test Attestation Root CA",
            "Test",
            now_ms,
            3650,
            KeyAlgorithm::P256,
        )?;
        let key = KeyPair::generate_p256()?;
        let name = "Test Attestation Sub CA 1".to_owned();
        let mut request = LeafRequest::new(vec![(oid::COMMON_NAME, name)], now_ms, 1825);
        request.key_usage = vec![issue::KeyUsage::KeyCertSign, issue::KeyUsage::CrlSign];
        request.is_ca = true;
        let certificate = issue::issue_leaf(&root, key.public_key(), request)?;
        Ok(Self {
            root,
            intermediate: CaIdentity { certificate, key },
        })
    }

    /// The leaf for a key and, after it, the intermediate.
    pub fn attest(
        &self,
        public_key: &PublicKey,
        properties: &Properties,
        now_ms: i64,
    ) -> Result<Vec<Certificate>> {
        let request = LeafRequest::new(Vec::new(), now_ms, 365);
        let extensions = properties.extensions();
        let leaf =
            issue::issue_with_extensions(&self.intermediate, public_key, request, &extensions)?;
        Ok(vec![leaf, self.intermediate.certificate.clone()])
    }
}

impl Properties {
    fn extensions(&self) -> Vec<(Oid, Vec<u8>)> {
        let text = |value: &str| match self.form {
            PropertyForm::Plain => value.as_bytes().to_vec(),
            PropertyForm::Der => writer::utf8(value),
        };
        let texts = [
            (oid::ATTESTED_SERIAL_NUMBER, &self.serial_number),
            (oid::ATTESTED_UDID, &self.udid),
            (
                oid::ATTESTED_SOFTWARE_UPDATE_DEVICE_ID,
                &self.software_update_device_id,
            ),
            (oid::ATTESTED_OS_VERSION, &self.os_version),
            (oid::ATTESTED_SEP_OS_VERSION, &self.sep_os_version),
            (oid::ATTESTED_LLB_VERSION, &self.llb_version),
            (oid::ATTESTED_SECURE_BOOT, &self.secure_boot),
        ];
        let mut extensions: Vec<(Oid, Vec<u8>)> = texts
            .into_iter()
            .filter_map(|(oid, value)| Some((oid, text(value.as_deref()?))))
            .collect();
        for (oid, value) in [
            (oid::ATTESTED_SIP, self.sip),
            (oid::ATTESTED_KEXTS, self.kexts),
        ] {
            if let Some(value) = value {
                extensions.push((oid, writer::tlv(INTEGER, &[value])));
            }
        }
        if let Some(freshness) = &self.freshness {
            let value = match self.form {
                PropertyForm::Plain => freshness.clone(),
                PropertyForm::Der => writer::octets(freshness),
            };
            extensions.push((oid::ATTESTED_FRESHNESS, value));
        }
        extensions
    }
}

/// The attestation object of a challenge response around these certificates.
pub fn object(x5c: &[Certificate]) -> Vec<u8> {
    let certificates: Vec<Vec<u8>> = x5c.iter().map(|c| cbor::bytes(c.der())).collect();
    [
        cbor::head(5, 3),
        cbor::text("fmt"),
        cbor::text("apple"),
        cbor::text("attStmt"),
        cbor::head(5, 1),
        cbor::text("x5c"),
        cbor::head(4, certificates.len()),
        certificates.concat(),
        cbor::text("authData"),
        cbor::bytes(&[]),
    ]
    .concat()
}

/// The object of a device that does not attest.
pub fn object_without_attestation() -> Vec<u8> {
    [
        cbor::head(5, 3),
        cbor::text("fmt"),
        cbor::text("none"),
        cbor::text("attStmt"),
        cbor::head(5, 0),
        cbor::text("authData"),
        cbor::bytes(&[]),
    ]
    .concat()
}
