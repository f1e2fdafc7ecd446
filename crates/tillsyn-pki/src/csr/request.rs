use std::fmt;

use zeroize::Zeroizing;

use crate::asn1::{Reader, SEQUENCE, context_constructed, oid, text as strings};
use crate::cert;
use crate::error::{Error, Result};
use crate::key::{Digest, PublicKey, SignatureAlgorithm};
use crate::pem;

const WHAT: &str = "certification request";
const MAX_LEN: usize = 64 << 10;

/// A parsed request. Of its contents the CA uses the key and the challenge, nothing else.
#[derive(Clone)]
pub struct Csr {
    der: Vec<u8>,
    info: Vec<u8>,
    subject: Vec<u8>,
    public_key: PublicKey,
    challenge_password: Option<Zeroizing<String>>,
    signature_algorithm: SignatureAlgorithm,
    signature: Vec<u8>,
}

impl Csr {
    pub fn from_der(der: &[u8]) -> Result<Self> {
        if der.len() > MAX_LEN {
            return Err(Error::TooLarge {
                what: WHAT,
                limit: MAX_LEN,
            });
        }
        let mut outer = Reader::der(der);
        let mut request = outer.sequence(WHAT)?;
        outer.finish(WHAT)?;
        let info_element = request.read(SEQUENCE, WHAT)?;
        let signature_algorithm = SignatureAlgorithm::read(&mut request)?;
        let signature = request.bit_string(WHAT)?.to_vec();
        request.finish(WHAT)?;

        let mut info = info_element.children(WHAT)?;
        info.integer(WHAT)?;
        let subject = info.read(SEQUENCE, WHAT)?.full.to_vec();
        let public_key = PublicKey::from_spki_der(info.read(SEQUENCE, WHAT)?.full)?;
        let mut challenge_password = None;
        // Attributes are mandatory in RFC 2986, but some clients leave the empty set out.
        if let Some(attributes) = info.read_optional(context_constructed(0), WHAT)? {
            let mut attributes = attributes.children(WHAT)?;
            while !attributes.is_empty() {
                let mut attribute = attributes.sequence(WHAT)?;
                let kind = attribute.oid(WHAT)?;
                let mut values = attribute.any(WHAT)?.children(WHAT)?;
                if kind == oid::CHALLENGE_PASSWORD {
                    if challenge_password.is_some() {
                        return Err(Error::malformed("challenge password"));
                    }
                    let value = values.any("challenge password")?;
                    let text = strings::decode(&value, "challenge password")?;
                    challenge_password = Some(Zeroizing::new(text));
                }
            }
        }
        info.finish(WHAT)?;
        Ok(Self {
            der: der.to_vec(),
            info: info_element.full.to_vec(),
            subject,
            public_key,
            challenge_password,
            signature_algorithm,
            signature,
        })
    }

    pub fn from_pem(text: &str) -> Result<Self> {
        let labels = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];
        let blocks = pem::decode_all(text)?;
        let block = blocks.iter().find(|block| labels.contains(&block.label));
        Self::from_der(&block.ok_or(Error::malformed(WHAT))?.der)
    }

    /// Proof of possession: the request is signed by the key that it names. SHA-1 counts here,
    /// since the signature protects nothing but itself.
    pub fn verify(&self) -> Result<()> {
        let digest = self.signature_algorithm.digest.unwrap_or(Digest::Sha256);
        self.public_key.verify_as(
            self.signature_algorithm,
            digest,
            &self.info,
            &self.signature,
        )
    }

    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    pub fn challenge_password(&self) -> Option<&Zeroizing<String>> {
        self.challenge_password.as_ref()
    }

    pub fn subject_text(&self) -> String {
        cert::text(&self.subject)
    }

    pub(crate) fn subject(&self) -> &[u8] {
        &self.subject
    }

    /// RSA of 2048 to 8192 bits, P-256 or P-384.
    pub fn check_key_policy(&self) -> Result<()> {
        self.public_key.check_policy()
    }

    pub fn der(&self) -> &[u8] {
        &self.der
    }

    pub fn to_pem(&self) -> String {
        super::to_pem(&self.der)
    }
}

impl fmt::Debug for Csr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Csr")
            .field("subject", &self.subject_text())
            .field("public_key", &self.public_key)
            .finish_non_exhaustive()
    }
}
