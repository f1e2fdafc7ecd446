use std::borrow::Cow;

use super::signed::Policy;
use crate::asn1::reader::Rules;
use crate::asn1::{
    Element, INTEGER, OCTET_STRING, Oid, Reader, SEQUENCE, SET, context, context_constructed, oid,
    time, writer,
};
use crate::ber;
use crate::cert::Certificate;
use crate::error::{Error, Result};
use crate::key::{Digest, PublicKey, SignatureAlgorithm};

const WHAT: &str = "CMS signature";

/// A SignedData message taken apart without copying. Nothing in it is verified.
pub(crate) struct SignedParts<'a> {
    pub(crate) content_type: Oid,
    pub(crate) content: Option<Cow<'a, [u8]>>,
    /// The certificates as they were sent.
    pub(crate) certificates: Vec<&'a [u8]>,
    pub(crate) signers: Vec<SignerParts<'a>>,
}

/// One SignerInfo. Algorithms that we do not know are `None`, so that a SCEP server can still
/// read the attributes and answer.
pub(crate) struct SignerParts<'a> {
    id: SignerId<'a>,
    digest: Option<Digest>,
    algorithm: Option<SignatureAlgorithm>,
    signed_attributes: Option<Element<'a>>,
    signature: Cow<'a, [u8]>,
}

enum SignerId<'a> {
    IssuerAndSerial { issuer: &'a [u8], serial: &'a [u8] },
    KeyIdentifier(Cow<'a, [u8]>),
}

impl<'a> SignedParts<'a> {
    /// Reads a ContentInfo that holds SignedData; bytes after it are refused.
    pub(crate) fn read(
        mut outer: Reader<'a>,
        max_certificates: usize,
        max_signers: usize,
    ) -> Result<Self> {
        let mut content_info = outer.sequence(WHAT)?;
        outer.finish("bytes after the CMS message")?;
        if content_info.oid(WHAT)? != oid::SIGNED_DATA {
            return Err(Error::unsupported("CMS content type"));
        }
        let mut explicit = content_info
            .read(context_constructed(0), WHAT)?
            .children(WHAT)?;
        content_info.finish(WHAT)?;
        let mut signed = explicit.sequence(WHAT)?;
        explicit.finish(WHAT)?;

        signed.integer(WHAT)?;
        signed.read(SET, WHAT)?;
        let mut encapsulated = signed.sequence(WHAT)?;
        let content_type = encapsulated.oid(WHAT)?;
        let content = match encapsulated.read_optional(context_constructed(0), WHAT)? {
            None => None,
            Some(element) => Some(read_content(&element)?),
        };
        encapsulated.finish(WHAT)?;

        let mut certificates = Vec::new();
        if let Some(set) = signed.read_optional(context_constructed(0), WHAT)? {
            let mut set = set.children(WHAT)?;
            while !set.is_empty() {
                if certificates.len() >= max_certificates {
                    let limit = max_certificates;
                    return Err(Error::TooLarge {
                        what: "number of certificates",
                        limit,
                    });
                }
                let certificate = set.any(WHAT)?;
                // Attribute certificates and other formats have context tags.
                if certificate.tag == SEQUENCE {
                    certificates.push(certificate.full);
                }
            }
        }
        signed.read_optional(context_constructed(1), WHAT)?;
        let mut set = signed.read(SET, WHAT)?.children(WHAT)?;
        signed.finish(WHAT)?;
        let mut signers = Vec::new();
        while !set.is_empty() {
            if signers.len() >= max_signers {
                return Err(Error::TooLarge {
                    what: "number of signers",
                    limit: max_signers,
                });
            }
            signers.push(SignerParts::read(set.sequence(WHAT)?)?);
        }
        Ok(Self {
            content_type,
            content,
            certificates,
            signers,
        })
    }

    /// The only signer.
    pub(crate) fn single_signer(&self) -> Result<&SignerParts<'a>> {
        match self.signers.as_slice() {
            [signer] => Ok(signer),
            signers => Err(Error::SignerCount {
                found: signers.len(),
            }),
        }
    }
}

/// The content is an octet string; PKCS#7 of old allows any element, of which the value counts.
fn read_content<'a>(explicit: &Element<'a>) -> Result<Cow<'a, [u8]>> {
    let mut reader = explicit.children(WHAT)?;
    let content = reader.any(WHAT)?;
    reader.finish(WHAT)?;
    if content.tag & !0x20 == OCTET_STRING {
        content.string_bytes(WHAT)
    } else {
        Ok(Cow::Borrowed(content.content))
    }
}

impl<'a> SignerParts<'a> {
    fn read(mut info: Reader<'a>) -> Result<Self> {
        info.integer(WHAT)?;
        let id = match info.peek_tag() {
            Some(SEQUENCE) => {
                let mut id = info.sequence(WHAT)?;
                let issuer = id.read(SEQUENCE, WHAT)?.full;
                SignerId::IssuerAndSerial {
                    issuer,
                    serial: id.read(INTEGER, WHAT)?.content,
                }
            }
            Some(tag) if tag & !0x20 == context(0) => {
                SignerId::KeyIdentifier(info.any(WHAT)?.string_bytes(WHAT)?)
            }
            _ => return Err(Error::malformed(WHAT)),
        };
        let digest = Digest::from_oid(&info.sequence(WHAT)?.oid(WHAT)?);
        let signed_attributes = info.read_optional(context_constructed(0), WHAT)?;
        let algorithm = match SignatureAlgorithm::read(&mut info) {
            Ok(algorithm) => Some(algorithm),
            Err(Error::Unsupported { .. }) => None,
            Err(error) => return Err(error),
        };
        let signature = info.octets(WHAT)?;
        info.read_optional(context_constructed(1), WHAT)?;
        info.finish(WHAT)?;
        Ok(Self {
            id,
            digest,
            algorithm,
            signed_attributes,
            signature,
        })
    }

    /// The signer's own certificate among those of the message, wherever it stands.
    pub(crate) fn find_certificate(&self, certificates: &[&'a [u8]]) -> Result<&'a [u8]> {
        let found = certificates.iter().find(|der| match &self.id {
            SignerId::IssuerAndSerial { issuer, serial } => {
                names(der).is_ok_and(|(i, s)| i == *issuer && s == *serial)
            }
            SignerId::KeyIdentifier(id) => Certificate::from_der(der)
                .is_ok_and(|c| c.subject_key_identifier().is_some_and(|own| *own == **id)),
        });
        found.copied().ok_or(Error::SignerCertificateMissing)
    }

    pub(crate) fn attributes(&self) -> Result<Option<Attributes<'a>>> {
        self.signed_attributes
            .as_ref()
            .map(Attributes::read)
            .transpose()
    }

    /// Verifies the signature over the content with the signer's key, and what the signed
    /// attributes claim about it. Returns the digest that was used.
    pub(crate) fn verify(
        &self,
        key: &PublicKey,
        content_type: &Oid,
        content: &[u8],
        policy: Policy,
    ) -> Result<Digest> {
        self.verify_content(key, content_type, Content::Bytes(content), policy)
    }

    /// The digest that the signer took of the content.
    pub(crate) fn digest(&self) -> Result<Digest> {
        self.digest
            .ok_or(Error::unsupported("digest or signature algorithm"))
    }

    /// As [`Self::verify`], also for content of which only the digest was kept.
    pub(crate) fn verify_content(
        &self,
        key: &PublicKey,
        content_type: &Oid,
        content: Content<'_>,
        policy: Policy,
    ) -> Result<Digest> {
        let unsupported = Error::unsupported("digest or signature algorithm");
        let digest = self.digest.ok_or(unsupported)?;
        let algorithm = self.algorithm.ok_or(unsupported)?;
        let is_sha1 = digest == Digest::Sha1 || algorithm.digest == Some(Digest::Sha1);
        if is_sha1 && !policy.allow_sha1 {
            return Err(Error::unsupported("SHA-1 digest"));
        }
        let Some(element) = &self.signed_attributes else {
            if algorithm.digest.is_some_and(|named| named != digest) {
                return Err(Error::malformed("digest algorithms that differ"));
            }
            match content {
                Content::Bytes(bytes) => {
                    key.verify_as(algorithm, digest, bytes, &self.signature)?;
                }
                Content::Hashed(hashed) => {
                    key.verify_hashed_as(algorithm, digest, hashed, &self.signature)?;
                }
            }
            return Ok(digest);
        };
        let attributes = Attributes::read(element)?;
        if attributes.content_type()? != *content_type {
            return Err(Error::malformed("content type attribute"));
        }
        if content.digest(digest) != attributes.message_digest()?.as_ref() {
            return Err(Error::DigestMismatch);
        }
        if let Some((now_ms, skew_ms)) = policy.signing_time
            && let Some(signed_ms) = attributes.signing_time_ms()?
        {
            let off_by_ms = signed_ms.saturating_sub(now_ms);
            if off_by_ms.saturating_abs() > skew_ms {
                return Err(Error::SigningTime { off_by_ms });
            }
        }
        // RFC 5652 §5.4: the signature is over the attributes as a DER SET. Some signers hash
        // them in the order in which they send them.
        let encoded = attributes.to_der()?;
        let verified = key.verify_as(algorithm, digest, &encoded, &self.signature);
        if verified == Err(Error::BadSignature) {
            let mut as_sent = element.full.to_vec();
            if let Some(tag) = as_sent.first_mut() {
                *tag = SET;
            }
            if as_sent != encoded {
                key.verify_as(algorithm, digest, &as_sent, &self.signature)?;
                return Ok(digest);
            }
        }
        verified.map(|()| digest)
    }
}

/// What was signed.
#[derive(Clone, Copy)]
pub(crate) enum Content<'a> {
    Bytes(&'a [u8]),
    /// Its digest by the signer's algorithm.
    Hashed(&'a aws_lc_rs::digest::Digest),
}

impl Content<'_> {
    fn digest(self, digest: Digest) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => digest.of(bytes),
            Self::Hashed(hashed) => hashed.as_ref().to_vec(),
        }
    }
}

/// Signed attributes: type and the SET of values.
pub(crate) struct Attributes<'a> {
    items: Vec<(Oid, Reader<'a>, Element<'a>)>,
}

const MAX_ATTRIBUTES: usize = 64;

impl<'a> Attributes<'a> {
    fn read(set: &Element<'a>) -> Result<Self> {
        let mut reader = set.children(WHAT)?;
        let mut items = Vec::new();
        while !reader.is_empty() {
            if items.len() >= MAX_ATTRIBUTES {
                let limit = MAX_ATTRIBUTES;
                return Err(Error::TooLarge {
                    what: "number of signed attributes",
                    limit,
                });
            }
            let element = reader.read(SEQUENCE, WHAT)?;
            let mut attribute = element.children(WHAT)?;
            let oid = attribute.oid(WHAT)?;
            let values = attribute.read(SET, WHAT)?.children(WHAT)?;
            items.push((oid, values, element));
        }
        Ok(Self { items })
    }

    /// The only value of the only attribute of this type; `None` if there is none.
    pub(crate) fn value(&self, oid: &Oid) -> Result<Option<Element<'a>>> {
        let malformed = Error::malformed("signed attribute");
        let mut matching = self.items.iter().filter(|(o, _, _)| o == oid);
        let Some((_, values, _)) = matching.next() else {
            return Ok(None);
        };
        let mut values = values.clone();
        let value = values.any("signed attribute")?;
        if matching.next().is_some() || !values.is_empty() {
            return Err(malformed);
        }
        Ok(Some(value))
    }

    fn content_type(&self) -> Result<Oid> {
        let value = self.value(&oid::CONTENT_TYPE)?;
        let value = value.ok_or(Error::malformed("content type attribute"))?;
        Ok(Oid::from_content(value.content))
    }

    fn message_digest(&self) -> Result<Cow<'a, [u8]>> {
        let value = self.value(&oid::MESSAGE_DIGEST)?;
        value
            .ok_or(Error::malformed("message digest attribute"))?
            .string_bytes(WHAT)
    }

    fn signing_time_ms(&self) -> Result<Option<i64>> {
        match self.value(&oid::SIGNING_TIME)? {
            None => Ok(None),
            Some(value) => time::decode(&value, "signing time").map(Some),
        }
    }

    fn to_der(&self) -> Result<Vec<u8>> {
        let items = self
            .items
            .iter()
            .map(|(_, _, element)| match element.rules() {
                Rules::Der => Ok(element.full.to_vec()),
                Rules::Ber => ber::to_der(element.full, ber::Limits::default()),
            });
        Ok(writer::set_of(items.collect::<Result<_>>()?))
    }
}

/// Issuer and serial number of a certificate, reading no more of it than needed.
fn names(certificate: &[u8]) -> Result<(&[u8], &[u8])> {
    let mut tbs = Reader::der(certificate).sequence(WHAT)?.sequence(WHAT)?;
    tbs.read_optional(context_constructed(0), WHAT)?;
    let serial = tbs.integer(WHAT)?;
    tbs.read(SEQUENCE, WHAT)?;
    Ok((tbs.read(SEQUENCE, WHAT)?.full, serial))
}

/// IssuerAndSerialNumber of a certificate in DER.
pub(crate) fn signer_identifier(certificate: &Certificate) -> Vec<u8> {
    let serial = writer::tlv(INTEGER, certificate.serial());
    writer::sequence(&[certificate.issuer(), &serial])
}
