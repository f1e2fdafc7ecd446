use super::build::{Reason, Revoked};
use crate::asn1::{ENUMERATED, INTEGER, Reader, SEQUENCE, context_constructed, oid, time};
use crate::cert::{self, Certificate, usage};
use crate::error::{Error, Result};
use crate::key::{Digest, SignatureAlgorithm};

const WHAT: &str = "revocation list";
const MAX_LEN: usize = 64 << 20;

/// A list that was read; `verify` says whose it is.
#[derive(Debug, Clone)]
pub struct Crl {
    tbs: Vec<u8>,
    issuer: Vec<u8>,
    algorithm: SignatureAlgorithm,
    signature: Vec<u8>,
    pub number: Option<u64>,
    pub this_update_ms: i64,
    pub next_update_ms: i64,
    pub revoked: Vec<Revoked>,
}

impl Crl {
    pub fn from_der(der: &[u8]) -> Result<Self> {
        if der.len() > MAX_LEN {
            return Err(Error::TooLarge {
                what: WHAT,
                limit: MAX_LEN,
            });
        }
        let mut outer = Reader::der(der);
        let mut list = outer.sequence(WHAT)?;
        outer.finish(WHAT)?;
        let tbs_element = list.read(SEQUENCE, WHAT)?;
        let algorithm = SignatureAlgorithm::read(&mut list)?;
        let signature = list.bit_string(WHAT)?.to_vec();
        list.finish(WHAT)?;

        let mut tbs = tbs_element.children(WHAT)?;
        tbs.read(INTEGER, WHAT)?;
        tbs.read(SEQUENCE, WHAT)?;
        let issuer = tbs.read(SEQUENCE, WHAT)?.full.to_vec();
        let this_update_ms = time::decode(&tbs.any(WHAT)?, WHAT)?;
        let next_update_ms = time::decode(&tbs.any(WHAT)?, WHAT)?;
        let mut revoked = Vec::new();
        if let Some(entries) = tbs.read_optional(SEQUENCE, WHAT)? {
            let mut entries = entries.children(WHAT)?;
            while !entries.is_empty() {
                revoked.push(read_entry(entries.sequence(WHAT)?)?);
            }
        }
        let mut number = None;
        if let Some(extensions) = tbs.read_optional(context_constructed(0), WHAT)? {
            let mut extensions = extensions.children(WHAT)?.sequence(WHAT)?;
            while !extensions.is_empty() {
                let mut extension = extensions.sequence(WHAT)?;
                let kind = extension.oid(WHAT)?;
                extension.read_optional(0x01, WHAT)?;
                let value = extension.octets(WHAT)?;
                if kind == oid::CRL_NUMBER {
                    let digits = Reader::der(&value).integer(WHAT)?.to_vec();
                    number = Some(digits.iter().fold(0u64, |n, d| {
                        n.saturating_mul(256).saturating_add(u64::from(*d))
                    }));
                }
            }
        }
        tbs.finish(WHAT)?;
        Ok(Self {
            tbs: tbs_element.full.to_vec(),
            issuer,
            algorithm,
            signature,
            number,
            this_update_ms,
            next_update_ms,
            revoked,
        })
    }

    /// Whether this CA made the list.
    pub fn verify(&self, ca: &Certificate) -> Result<()> {
        if self.issuer != ca.subject() || !ca.may(usage::CRL_SIGN) {
            return Err(Error::Untrusted {
                what: "list of another issuer",
            });
        }
        let digest = self.algorithm.digest.unwrap_or(Digest::Sha256);
        ca.public_key()
            .verify_as(self.algorithm, digest, &self.tbs, &self.signature)
    }

    pub fn issuer_text(&self) -> String {
        cert::text(&self.issuer)
    }
}

fn read_entry(mut entry: Reader<'_>) -> Result<Revoked> {
    let serial = entry.integer(WHAT)?;
    let serial = match serial {
        [0, rest @ ..] if !rest.is_empty() => rest,
        serial => serial,
    };
    let revoked_at_ms = time::decode(&entry.any(WHAT)?, WHAT)?;
    let mut reason = Reason::Unspecified;
    if let Some(extensions) = entry.read_optional(SEQUENCE, WHAT)? {
        let mut extensions = extensions.children(WHAT)?;
        while !extensions.is_empty() {
            let mut extension = extensions.sequence(WHAT)?;
            let kind = extension.oid(WHAT)?;
            extension.read_optional(0x01, WHAT)?;
            let value = extension.octets(WHAT)?;
            if kind == oid::CRL_REASON {
                let code = Reader::der(&value).read(ENUMERATED, WHAT)?.content.to_vec();
                let known = code.first().and_then(|code| Reason::from_code(*code));
                reason = known.unwrap_or(Reason::Unspecified);
            }
        }
    }
    entry.finish(WHAT)?;
    Ok(Revoked {
        serial: serial.to_vec(),
        revoked_at_ms,
        reason,
    })
}
