//! CMS EnvelopedData with RSA key transport, as SCEP and S/MIME tokens use it. RFC 5652 §6.

use aws_lc_rs::cipher::{
    self, AES_128, AES_192, AES_256, DecryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};
use zeroize::Zeroizing;

use crate::asn1::{
    Element, INTEGER, OCTET_STRING, Oid, Reader, SEQUENCE, SET, context, context_constructed, oid,
    writer,
};
use crate::ber;
use crate::cert::Certificate;
use crate::cms;
use crate::error::{Error, Result};
use crate::hash;
use crate::key::{KeyKind, KeyPair};

#[cfg(test)]
mod tests;

const WHAT: &str = "CMS envelope";
const MAX_RECIPIENTS: usize = 16;

/// How the content is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentCipher {
    Aes128Cbc,
    Aes192Cbc,
    Aes256Cbc,
    DesEde3Cbc,
}

impl ContentCipher {
    const ALL: [Self; 4] = [
        Self::Aes128Cbc,
        Self::Aes192Cbc,
        Self::Aes256Cbc,
        Self::DesEde3Cbc,
    ];

    const fn oid(self) -> Oid {
        match self {
            Self::Aes128Cbc => oid::AES128_CBC,
            Self::Aes192Cbc => oid::AES192_CBC,
            Self::Aes256Cbc => oid::AES256_CBC,
            Self::DesEde3Cbc => oid::DES_EDE3_CBC,
        }
    }

    const fn key_len(self) -> usize {
        match self {
            Self::Aes128Cbc => 16,
            Self::Aes192Cbc | Self::DesEde3Cbc => 24,
            Self::Aes256Cbc => 32,
        }
    }

    #[expect(deprecated, reason = "old SCEP clients know no other cipher")]
    const fn algorithm(self) -> &'static cipher::Algorithm {
        match self {
            Self::Aes128Cbc => &AES_128,
            Self::Aes192Cbc => &AES_192,
            Self::Aes256Cbc => &AES_256,
            Self::DesEde3Cbc => &cipher::DES_EDE3_FOR_LEGACY_USE_ONLY,
        }
    }
}

/// An envelope taken apart; nothing is decrypted yet.
pub(crate) struct Envelope {
    recipients: Vec<Recipient>,
    pub(crate) cipher: Option<ContentCipher>,
    iv: Vec<u8>,
    ciphertext: Vec<u8>,
}

struct Recipient {
    id: RecipientId,
    is_rsa: bool,
    encrypted_key: Vec<u8>,
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
    envelope.decrypt(key, certificate)
}

/// An envelope for the holder of the certificate's RSA key.
pub fn encrypt(plain: &[u8], recipient: &Certificate, cipher: ContentCipher) -> Result<Vec<u8>> {
    if !matches!(recipient.public_key().kind(), KeyKind::Rsa { .. }) {
        return Err(Error::unsupported("key transport to a key that is not RSA"));
    }
    let failed = Error::crypto("encryption");
    let (content_key, encrypting) = new_content_key(cipher)?;
    let mut data = plain.to_vec();
    let used = encrypting.encrypt(&mut data).map_err(|_| failed)?;
    let iv = match &used {
        DecryptionContext::Iv128(iv) => iv.as_ref().to_vec(),
        DecryptionContext::Iv64(iv) => iv.as_ref().to_vec(),
        _ => return Err(failed),
    };
    let transport = PublicEncryptingKey::from_der(recipient.public_key().spki_der())
        .ok()
        .and_then(|key| Pkcs1PublicEncryptingKey::new(key).ok())
        .ok_or(Error::malformed("recipient key"))?;
    let mut buffer = vec![0; transport.ciphertext_size()];
    let encrypted_key = transport
        .encrypt(&content_key, &mut buffer)
        .map_err(|_| failed)?;
    let recipient_info = writer::sequence(&[
        &writer::small(0),
        &cms::signer_identifier(recipient),
        &writer::sequence(&[&writer::oid(&oid::RSA_ENCRYPTION), &writer::null()]),
        &writer::octets(encrypted_key),
    ]);
    let content_info = writer::sequence(&[
        &writer::oid(&oid::DATA),
        &writer::sequence(&[&writer::oid(&cipher.oid()), &writer::octets(&iv)]),
        &writer::tlv(context(0), &data),
    ]);
    let enveloped = writer::sequence(&[
        &writer::small(0),
        &writer::tlv(SET, &recipient_info),
        &content_info,
    ]);
    Ok(cms::content_info(&oid::ENVELOPED_DATA, &enveloped))
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
    ) -> Result<(Zeroizing<Vec<u8>>, ContentCipher)> {
        let cipher = self.cipher.ok_or(Error::unsupported("content cipher"))?;
        let recipient = self.recipients.iter().find(|r| r.is(certificate));
        let recipient = recipient.ok_or(Error::NotDecryptable)?;
        if !recipient.is_rsa {
            return Err(Error::unsupported("key encryption algorithm"));
        }
        // RFC 3218 §2.3.2: a broken key block continues with a random key, so that the sender
        // cannot tell it from a wrong padding of the content.
        let mut content_key = Zeroizing::new(vec![0; cipher.key_len()]);
        hash::fill_random(&mut content_key);
        if let Some(transported) = key.decrypt_pkcs1(&recipient.encrypted_key)
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
            ContentCipher::DesEde3Cbc => {
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
        let is_rsa = reader.sequence(WHAT)?.oid(WHAT)? == oid::RSA_ENCRYPTION;
        let encrypted_key = reader.octets(WHAT)?.into_owned();
        Ok(Self {
            id,
            is_rsa,
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

fn new_content_key(
    cipher: ContentCipher,
) -> Result<(Zeroizing<Vec<u8>>, PaddedBlockEncryptingKey)> {
    // The library refuses the few weak keys of triple DES.
    for _ in 0..8 {
        let mut key = Zeroizing::new(vec![0; cipher.key_len()]);
        hash::fill_random(&mut key);
        let unbound = UnboundCipherKey::new(cipher.algorithm(), &key);
        if let Ok(encrypting) = unbound.and_then(PaddedBlockEncryptingKey::cbc_pkcs7) {
            return Ok((key, encrypting));
        }
    }
    Err(Error::crypto("content key"))
}
