use aws_lc_rs::cipher::{DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use zeroize::Zeroizing;

use super::ContentCipher;
use crate::asn1::{
    Element, INTEGER, OCTET_STRING, Reader, SEQUENCE, SET, context, context_constructed, oid,
};
use crate::ber;
use crate::cert::Certificate;
use crate::error::{Error, Result};
use crate::hash;
use crate::key::{Digest, KeyPair};

const WHAT: &str = "CMS envelope";
const MAX_RECIPIENTS: usize = 16;

/// An envelope taken apart; nothing is decrypted yet.
pub(crate) struct Envelope {
    pub(super) recipients: Vec<Recipient>,
    cipher: Option<ContentCipher>,
    iv: Vec<u8>,
    pub(super) ciphertext: Vec<u8>,
}

pub(super) struct Recipient {
    id: RecipientId,
    /// `None` for a way that we do not know.
    transport: Option<Transport>,
    pub(super) encrypted_key: Vec<u8>,
}

/// How the content key travels. RFC 3370 §4.2.1, RFC 3560.
#[derive(Clone, Copy)]
enum Transport {
    Pkcs1,
    Oaep(Digest),
}

enum RecipientId {
    IssuerAndSerial { issuer: Vec<u8>, serial: Vec<u8> },
    KeyIdentifier(Vec<u8>),
}

/// Opens an envelope made for this recipient. An algorithm that we do not know is named in the
/// error; everything that depends on the key fails alike.
pub fn decrypt(
    bytes: &[u8],
    key: &KeyPair,
    certificate: &Certificate,
) -> Result<(Zeroizing<Vec<u8>>, ContentCipher)> {
    let envelope = Envelope::parse(bytes)?;
    envelope.decrypt(key, certificate, false)
}

impl Envelope {
    /// Reads a ContentInfo that holds EnvelopedData, in BER or DER.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let der = ber::to_der(bytes, ber::Limits::default())?;
        let mut content_info = Reader::der(&der).sequence(WHAT)?;
        if content_info.oid(WHAT)? != oid::ENVELOPED_DATA {
            return Err(Error::unsupported("CMS content type"));
        }
        let mut explicit = content_info
            .read(context_constructed(0), WHAT)?
            .children(WHAT)?;
        let mut enveloped = explicit.sequence(WHAT)?;
        enveloped.integer(WHAT)?;
        enveloped.read_optional(context_constructed(0), WHAT)?;
        let mut set = enveloped.read(SET, WHAT)?.children(WHAT)?;
        let mut recipients = Vec::new();
        while !set.is_empty() {
            if recipients.len() >= MAX_RECIPIENTS {
                let limit = MAX_RECIPIENTS;
                return Err(Error::TooLarge {
                    what: "number of recipients",
                    limit,
                });
            }
            let info = set.any(WHAT)?;
            // Key agreement and the other kinds have context tags.
            if info.tag == SEQUENCE {
                recipients.push(Recipient::read(&info)?);
            }
        }
        let mut content = enveloped.sequence(WHAT)?;
        content.oid(WHAT)?;
        let mut algorithm = content.sequence(WHAT)?;
        let cipher_oid = algorithm.oid(WHAT)?;
        let cipher = ContentCipher::ALL
            .into_iter()
            .find(|c| c.oid() == cipher_oid);
        let iv = match algorithm.read_optional(OCTET_STRING, WHAT)? {
            Some(iv) => iv.content.to_vec(),
            None => Vec::new(),
        };
        let ciphertext = content.read(context(0), WHAT)?.content.to_vec();
        Ok(Self {
            recipients,
            cipher,
            iv,
            ciphertext,
        })
    }

    pub(crate) fn decrypt(
        &self,
        key: &KeyPair,
        certificate: &Certificate,
        allow_single_des: bool,
    ) -> Result<(Zeroizing<Vec<u8>>, ContentCipher)> {
        let cipher = self.cipher.ok_or(Error::unsupported("content cipher"))?;
        if cipher == ContentCipher::DesCbc && !allow_single_des {
            return Err(Error::unsupported("single DES"));
        }
        let recipient = self.recipients.iter().find(|r| r.is(certificate));
        let recipient = recipient.ok_or(Error::NotDecryptable)?;
        let transport = recipient.transport;
        let transport = transport.ok_or(Error::unsupported("key encryption algorithm"))?;
        // RFC 3218 §2.3.2: a broken key block continues with a random key, so that the sender
        // cannot tell it from a wrong padding of the content.
        let mut content_key = Zeroizing::new(vec![0; cipher.key_len()]);
        hash::fill_random(&mut content_key);
        let transported = match transport {
            Transport::Pkcs1 => key.decrypt_pkcs1(&recipient.encrypted_key),
            Transport::Oaep(digest) => key.decrypt_oaep(digest, &recipient.encrypted_key),
        };
        if let Some(transported) = transported
            && transported.len() == cipher.key_len()
        {
            content_key = transported;
        }
        let plain = self
            .decrypt_content(cipher, &content_key)
            .ok_or(Error::NotDecryptable)?;
        Ok((plain, cipher))
    }

    fn decrypt_content(&self, cipher: ContentCipher, key: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let key = UnboundCipherKey::new(cipher.algorithm(), key).ok()?;
        let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).ok()?;
        let context = match cipher {
            ContentCipher::DesEde3Cbc | ContentCipher::DesCbc => {
                DecryptionContext::Iv64(FixedLength::<8>::try_from(self.iv.as_slice()).ok()?)
            }
            _ => DecryptionContext::Iv128(FixedLength::<16>::try_from(self.iv.as_slice()).ok()?),
        };
        let mut data = Zeroizing::new(self.ciphertext.clone());
        let len = key.decrypt(&mut data, context).ok()?.len();
        data.truncate(len);
        Some(data)
    }
}

impl Recipient {
    fn read(info: &Element<'_>) -> Result<Self> {
        let mut reader = info.children(WHAT)?;
        reader.integer(WHAT)?;
        let id = match reader.peek_tag() {
            Some(SEQUENCE) => {
                let mut id = reader.sequence(WHAT)?;
                let issuer = id.read(SEQUENCE, WHAT)?.full.to_vec();
                let serial = id.read(INTEGER, WHAT)?.content.to_vec();
                RecipientId::IssuerAndSerial { issuer, serial }
            }
            _ => RecipientId::KeyIdentifier(reader.read(context(0), WHAT)?.content.to_vec()),
        };
        let transport = Transport::read(reader.sequence(WHAT)?)?;
        let encrypted_key = reader.octets(WHAT)?.into_owned();
        Ok(Self {
            id,
            transport,
            encrypted_key,
        })
    }

    fn is(&self, certificate: &Certificate) -> bool {
        match &self.id {
            RecipientId::IssuerAndSerial { issuer, serial } => {
                issuer == certificate.issuer() && serial == certificate.serial()
            }
            RecipientId::KeyIdentifier(id) => {
                certificate.subject_key_identifier() == Some(id.as_slice())
            }
        }
    }
}

impl Transport {
    fn read(mut algorithm: Reader<'_>) -> Result<Option<Self>> {
        let kind = algorithm.oid(WHAT)?;
        if kind == oid::RSA_ENCRYPTION {
            return Ok(Some(Self::Pkcs1));
        }
        if kind != oid::RSAES_OAEP {
            return Ok(None);
        }
        // RFC 4055 §4.1: every field has a default, and the label is empty.
        let (mut hash, mut mask_hash, mut has_label) = (oid::SHA1, oid::SHA1, false);
        if let Some(parameters) = algorithm.read_optional(SEQUENCE, WHAT)? {
            let mut fields = parameters.children(WHAT)?;
            while !fields.is_empty() {
                let field = fields.any(WHAT)?;
                let mut value = field.children(WHAT)?.sequence(WHAT)?;
                let named = value.oid(WHAT)?;
                match field.tag {
                    0xa0 => hash = named,
                    0xa1 if named == oid::MGF1 => {
                        mask_hash = value.sequence(WHAT)?.oid(WHAT)?;
                    }
                    _ => has_label = !value.octets(WHAT)?.is_empty(),
                }
            }
        }
        let digest = Digest::from_oid(&hash).filter(|_| hash == mask_hash && !has_label);
        Ok(digest.map(Self::Oaep))
    }
}
