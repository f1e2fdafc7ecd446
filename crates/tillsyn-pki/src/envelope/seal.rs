use aws_lc_rs::cipher::{DecryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};
use zeroize::Zeroizing;

use super::ContentCipher;
use crate::asn1::{SET, context, oid, writer};
use crate::cert::Certificate;
use crate::cms;
use crate::error::{Error, Result};
use crate::hash;
use crate::key::KeyKind;

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
