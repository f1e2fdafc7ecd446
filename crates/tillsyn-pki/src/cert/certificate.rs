use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::name;
use crate::asn1::{
    BIT_STRING, OCTET_STRING, Oid, Reader, SEQUENCE, context, context_constructed, oid, time,
};
use crate::error::{Error, Result};
use crate::key::{Digest, PublicKey, SignatureAlgorithm};
use crate::{hash, pem};

const WHAT: &str = "certificate";
const MAX_LEN: usize = 64 << 10;

/// An X.509 certificate: its DER bytes and what they say. Cheap to clone.
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    tbs: Range<usize>,
    serial: Range<usize>,
    issuer: Range<usize>,
    subject: Range<usize>,
    not_before_ms: i64,
    not_after_ms: i64,
    public_key: PublicKey,
    /// `None` when the algorithm is one that we cannot verify.
    signature_algorithm: Option<SignatureAlgorithm>,
    signature: Range<usize>,
    /// Content of the list of extensions; empty if there is none.
    extension_list: Range<usize>,
    extensions: Extensions,
}

#[derive(Default)]
struct Extensions {
    is_ca: bool,
    path_len: Option<usize>,
    key_usage: Option<u16>,
    extended_key_usage: Option<Vec<Oid>>,
    subject_key_identifier: Option<Vec<u8>>,
    alt_names: Vec<(u8, Vec<u8>)>,
    has_unknown_critical: bool,
}

/// Bits of KeyUsage, counted from the most significant as RFC 5280 §4.2.1.3 does.
pub(crate) mod usage {
    pub(crate) const DIGITAL_SIGNATURE: u16 = 1 << 15;
    pub(crate) const KEY_ENCIPHERMENT: u16 = 1 << 13;
    pub(crate) const KEY_CERT_SIGN: u16 = 1 << 10;
    pub(crate) const CRL_SIGN: u16 = 1 << 9;
}

impl Certificate {
    /// Reads one DER certificate; bytes after it are refused.
    pub fn from_der(der: &[u8]) -> Result<Self> {
        if der.len() > MAX_LEN {
            return Err(Error::TooLarge {
                what: WHAT,
                limit: MAX_LEN,
            });
        }
        let span = |part: &[u8]| -> Range<usize> {
            // `part` borrows from `der`, so the difference of addresses is its offset.
            let start = part.as_ptr() as usize - der.as_ptr() as usize;
            start..start + part.len()
        };
        let mut outer = Reader::der(der);
        let mut certificate = outer.sequence(WHAT)?;
        outer.finish(WHAT)?;
        let tbs_element = certificate.read(SEQUENCE, WHAT)?;
        let signature_algorithm = match SignatureAlgorithm::read(&mut certificate) {
            Ok(algorithm) => Some(algorithm),
            Err(Error::Unsupported { .. }) => None,
            Err(error) => return Err(error),
        };
        let signature = certificate.bit_string(WHAT)?;
        certificate.finish(WHAT)?;

        let mut tbs = tbs_element.children(WHAT)?;
        tbs.read_optional(context_constructed(0), WHAT)?;
        let serial = tbs.integer(WHAT)?;
        tbs.read(SEQUENCE, WHAT)?;
        let issuer = tbs.read(SEQUENCE, WHAT)?.full;
        let mut validity = tbs.sequence(WHAT)?;
        let not_before_ms = time::decode(&validity.any(WHAT)?, WHAT)?;
        let not_after_ms = time::decode(&validity.any(WHAT)?, WHAT)?;
        let subject = tbs.read(SEQUENCE, WHAT)?.full;
        let public_key = PublicKey::from_spki_der(tbs.read(SEQUENCE, WHAT)?.full)?;
        tbs.read_optional(context(1), WHAT)?;
        tbs.read_optional(context(2), WHAT)?;
        let (extensions, extension_list) = match tbs.read_optional(context_constructed(3), WHAT)? {
            Some(element) => {
                let list = element.children(WHAT)?.read(SEQUENCE, WHAT)?;
                (Extensions::read(list.children(WHAT)?)?, span(list.content))
            }
            None => (Extensions::default(), 0..0),
        };
        tbs.finish(WHAT)?;

        Ok(Self(Arc::new(Inner {
            tbs: span(tbs_element.full),
            serial: span(serial),
            issuer: span(issuer),
            subject: span(subject),
            not_before_ms,
            not_after_ms,
            public_key,
            signature_algorithm,
            signature: span(signature),
            extension_list,
            extensions,
            der: der.to_vec(),
        })))
    }

    /// The first certificate of a PEM text.
    pub fn from_pem(text: &str) -> Result<Self> {
        Self::all_from_pem(text)?
            .into_iter()
            .next()
            .ok_or(Error::malformed("PEM certificate"))
    }

    /// All certificates of a PEM text in order; other blocks are passed over.
    pub fn all_from_pem(text: &str) -> Result<Vec<Self>> {
        pem::decode_all(text)?
            .iter()
            .filter(|block| matches!(block.label, "CERTIFICATE" | "X509 CERTIFICATE"))
            .map(|block| Self::from_der(&block.der))
            .collect()
    }

    pub fn to_pem(&self) -> String {
        pem::encode("CERTIFICATE", &self.0.der)
    }

    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    pub fn sha256(&self) -> [u8; 32] {
        hash::sha256(&self.0.der)
    }

    pub fn sha256_hex(&self) -> String {
        hash::sha256_hex(&self.0.der)
    }

    /// The serial number in lower-case hex, without the leading zero of the encoding.
    pub fn serial_hex(&self) -> String {
        match self.serial() {
            [0, rest @ ..] if !rest.is_empty() => hash::hex(rest),
            serial => hash::hex(serial),
        }
    }

    pub fn subject_cn(&self) -> Option<String> {
        name::attribute(self.subject(), &oid::COMMON_NAME)
    }

    /// The user id attribute, which holds the topic in push certificates.
    pub fn subject_uid(&self) -> Option<String> {
        name::attribute(self.subject(), &oid::USER_ID)
    }

    /// The first subject attribute of this type.
    pub fn subject_attribute(&self, oid: &Oid) -> Option<String> {
        name::attribute(self.subject(), oid)
    }

    pub fn subject_text(&self) -> String {
        name::text(self.subject())
    }

    pub fn issuer_text(&self) -> String {
        name::text(self.issuer())
    }

    pub fn not_before_ms(&self) -> i64 {
        self.0.not_before_ms
    }

    pub fn not_after_ms(&self) -> i64 {
        self.0.not_after_ms
    }

    pub fn public_key(&self) -> &PublicKey {
        &self.0.public_key
    }

    pub fn spki_sha256(&self) -> [u8; 32] {
        self.0.public_key.spki_sha256()
    }

    pub fn has_eku_client_auth(&self) -> bool {
        self.has_eku(&oid::EKU_CLIENT_AUTH)
    }

    pub fn has_eku_server_auth(&self) -> bool {
        self.has_eku(&oid::EKU_SERVER_AUTH)
    }

    fn has_eku(&self, usage: &Oid) -> bool {
        self.0
            .extensions
            .extended_key_usage
            .as_ref()
            .is_some_and(|list| list.contains(usage))
    }

    pub fn is_ca(&self) -> bool {
        self.0.extensions.is_ca
    }

    /// URIs among the subject's alternative names.
    pub fn uris(&self) -> Vec<String> {
        self.alt_texts(6)
    }

    /// DNS names among the subject's alternative names.
    pub fn dns_names(&self) -> Vec<String> {
        self.alt_texts(2)
    }

    fn alt_texts(&self, kind: u8) -> Vec<String> {
        let names = self
            .0
            .extensions
            .alt_names
            .iter()
            .filter(|(k, _)| *k == kind);
        names
            .filter_map(|(_, bytes)| String::from_utf8(bytes.clone()).ok())
            .collect()
    }

    /// The value of the only extension of this type; `None` if there is none, or several.
    pub fn extension(&self, wanted: &Oid) -> Option<&[u8]> {
        let mut list = Reader::der(self.part(&self.0.extension_list));
        let mut found = None;
        while !list.is_empty() {
            let mut extension = list.sequence(WHAT).ok()?;
            let oid = extension.oid(WHAT).ok()?;
            extension.read_optional(0x01, WHAT).ok()?;
            let value = extension.read(OCTET_STRING, WHAT).ok()?.content;
            if oid == *wanted && found.replace(value).is_some() {
                return None;
            }
        }
        found
    }

    /// Whether subject and issuer are the same name.
    pub fn is_self_issued(&self) -> bool {
        self.subject() == self.issuer()
    }

    /// Whether `issuer` is a CA by that name whose key made the signature. Validity times are
    /// not looked at.
    pub fn verify_issued_by(&self, issuer: &Self) -> Result<()> {
        if self.issuer() != issuer.subject() {
            return Err(Error::Untrusted {
                what: "issued under another name",
            });
        }
        if !issuer.is_ca() || !issuer.may(usage::KEY_CERT_SIGN) {
            return Err(Error::Untrusted {
                what: "the issuer is not a CA",
            });
        }
        self.verify_signature(&issuer.0.public_key)
    }

    pub(crate) fn verify_signature(&self, key: &PublicKey) -> Result<()> {
        let algorithm = self
            .0
            .signature_algorithm
            .ok_or(Error::unsupported("signature algorithm"))?;
        match algorithm.digest {
            None => Err(Error::unsupported("signature algorithm")),
            Some(Digest::Sha1) => Err(Error::unsupported("SHA-1 signature on a certificate")),
            Some(digest) => {
                let signature = self.part(&self.0.signature);
                key.verify_as(algorithm, digest, self.part(&self.0.tbs), signature)
            }
        }
    }

    /// Whether key usage allows this; a certificate without the extension allows everything.
    pub(crate) fn may(&self, wanted: u16) -> bool {
        self.0
            .extensions
            .key_usage
            .is_none_or(|bits| bits & wanted != 0)
    }

    pub(crate) fn path_len(&self) -> Option<usize> {
        self.0.extensions.path_len
    }

    pub(crate) fn has_unknown_critical_extension(&self) -> bool {
        self.0.extensions.has_unknown_critical
    }

    pub(crate) fn subject_key_identifier(&self) -> Option<&[u8]> {
        self.0.extensions.subject_key_identifier.as_deref()
    }

    /// DER of the subject Name.
    pub(crate) fn subject(&self) -> &[u8] {
        self.part(&self.0.subject)
    }

    /// DER of the issuer Name.
    pub(crate) fn issuer(&self) -> &[u8] {
        self.part(&self.0.issuer)
    }

    /// Content of the serial number.
    pub(crate) fn serial(&self) -> &[u8] {
        self.part(&self.0.serial)
    }

    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.0.der.get(range.clone()).unwrap_or_default()
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject_text())
            .field("serial", &self.serial_hex())
            .finish_non_exhaustive()
    }
}

impl Extensions {
    fn read(mut list: Reader<'_>) -> Result<Self> {
        let mut found = Self::default();
        while !list.is_empty() {
            let mut extension = list.sequence(WHAT)?;
            let oid = extension.oid(WHAT)?;
            let critical = extension.read_optional(0x01, WHAT)?;
            let is_critical = critical.is_some_and(|c| c.content != [0]);
            let value = extension.octets(WHAT)?;
            extension.finish(WHAT)?;
            let known = found.take(&oid, &value)?;
            found.has_unknown_critical |= is_critical && !known;
        }
        Ok(found)
    }

    /// Takes what we look at from one extension; false if we do not know it.
    fn take(&mut self, oid: &Oid, value: &[u8]) -> Result<bool> {
        let mut reader = Reader::der(value);
        if *oid == oid::BASIC_CONSTRAINTS {
            let mut sequence = reader.sequence(WHAT)?;
            let ca = sequence.read_optional(0x01, WHAT)?;
            self.is_ca = ca.is_some_and(|c| c.content != [0]);
            if !sequence.is_empty() {
                let digits = sequence.integer(WHAT)?;
                self.path_len = Some(digits.iter().fold(0usize, |n, d| {
                    n.saturating_mul(256).saturating_add(usize::from(*d))
                }));
            }
        } else if *oid == oid::KEY_USAGE {
            let content = reader.read(BIT_STRING, WHAT)?.content;
            let byte = |n: usize| content.get(n).copied().unwrap_or(0);
            self.key_usage = Some(u16::from_be_bytes([byte(1), byte(2)]));
        } else if *oid == oid::EXTENDED_KEY_USAGE {
            let mut sequence = reader.sequence(WHAT)?;
            let mut usages = Vec::new();
            while !sequence.is_empty() {
                usages.push(sequence.oid(WHAT)?);
            }
            self.extended_key_usage = Some(usages);
        } else if *oid == oid::SUBJECT_KEY_IDENTIFIER {
            self.subject_key_identifier = Some(reader.octets(WHAT)?.into_owned());
        } else if *oid == oid::SUBJECT_ALT_NAME {
            let mut sequence = reader.sequence(WHAT)?;
            while !sequence.is_empty() {
                let name = sequence.any(WHAT)?;
                self.alt_names
                    .push((name.tag & 0x1f, name.content.to_vec()));
            }
        } else {
            return Ok(*oid == oid::AUTHORITY_KEY_IDENTIFIER);
        }
        Ok(true)
    }
}
