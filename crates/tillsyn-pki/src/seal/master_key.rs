use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::{hash, pem};

const KEY_LEN: usize = 32;
const NONCE_LEN: usize = 12;
pub(super) const ID_LEN: usize = 4;

/// One version of the master key. Never printed.
#[derive(Clone)]
pub struct MasterKey {
    id: u32,
    key: Zeroizing<[u8; KEY_LEN]>,
}

impl MasterKey {
    /// A new random key.
    pub fn generate(id: u32) -> Self {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        hash::fill_random(key.as_mut());
        Self { id, key }
    }

    /// From 32 bytes.
    pub fn from_bytes(id: u32, key: [u8; KEY_LEN]) -> Self {
        Self {
            id,
            key: Zeroizing::new(key),
        }
    }

    /// From a text of 32 bytes in Base64 or hex, with `<id>:` before it for any id but 1.
    pub fn from_text(text: &str) -> Result<Self> {
        let malformed = Error::malformed("master key");
        let text = text.trim();
        let (id, text) = match text.split_once(':') {
            Some((id, rest)) => (id.trim().parse().map_err(|_| malformed)?, rest.trim()),
            None => (1, text),
        };
        let bytes = match hash::from_hex(text) {
            Some(bytes) => Zeroizing::new(bytes),
            None => Zeroizing::new(pem::LENIENT.decode(text).map_err(|_| malformed)?),
        };
        let mut key = Zeroizing::new([0; KEY_LEN]);
        if bytes.len() != KEY_LEN {
            return Err(malformed);
        }
        key.copy_from_slice(&bytes);
        Ok(Self { id, key })
    }

    /// The line that `from_text` reads.
    pub fn to_text(&self) -> Zeroizing<String> {
        let base64 = Zeroizing::new(BASE64_STANDARD.encode(self.key.as_ref()));
        Zeroizing::new(format!("{}:{}", self.id, base64.as_str()))
    }

    pub fn id(&self) -> u32 {
        self.id
    }

    /// Tells keys apart without telling anything about them; stored beside the data so that the
    /// server notices a wrong key.
    pub fn fingerprint(&self) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.key.as_ref());
        let tag = hmac::sign(&key, b"tillsyn master key fingerprint");
        hash::hex(tag.as_ref().get(..16).unwrap_or_default())
    }

    /// Tells whether something is the same as before in this place, without telling what it is: no guess
    /// can be tried without the key.
    pub fn keyed_hash(&self, plain: &[u8], table: &str, column: &str, row: &str) -> [u8; 32] {
        let master = hmac::Key::new(hmac::HMAC_SHA256, self.key.as_ref());
        let derived = hmac::sign(&master, b"tillsyn keyed hash");
        let key = hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref());
        let mut context = hmac::Context::with_key(&key);
        context.update(&place(table, column, row));
        context.update(plain);
        let mut out = [0; 32];
        out.iter_mut()
            .zip(context.sign().as_ref())
            .for_each(|(to, from)| *to = *from);
        out
    }

    /// Key id, nonce and ciphertext of a secret that will be stored in this place.
    pub fn seal(&self, plain: &[u8], table: &str, column: &str, row: &str) -> Vec<u8> {
        let nonce = hash::random_bytes::<NONCE_LEN>();
        let mut data = plain.to_vec();
        let aad = Aad::from(place(table, column, row));
        let tag = self.cipher().and_then(|cipher| {
            let nonce = Nonce::assume_unique_for_key(nonce);
            cipher
                .seal_in_place_separate_tag(nonce, aad, &mut data)
                .ok()
        });
        // AES-256-GCM with a 32-byte key fails only beyond 64 GiB.
        assert!(tag.is_some(), "sealing failed");
        let tag = tag.as_ref().map(AsRef::as_ref).unwrap_or_default();
        [&self.id.to_be_bytes(), nonce.as_slice(), &data, tag].concat()
    }

    /// Opens what `seal` made for this place.
    pub fn open(
        &self,
        sealed: &[u8],
        table: &str,
        column: &str,
        row: &str,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let (id, rest) = sealed.split_first_chunk::<ID_LEN>().ok_or(Error::BadSeal)?;
        let id = u32::from_be_bytes(*id);
        if id != self.id {
            return Err(Error::UnknownMasterKey { id });
        }
        let (nonce, data) = rest
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(Error::BadSeal)?;
        let mut data = Zeroizing::new(data.to_vec());
        let cipher = self.cipher().ok_or(Error::BadSeal)?;
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let aad = Aad::from(place(table, column, row));
        let len = cipher
            .open_in_place(nonce, aad, &mut data)
            .map_err(|_| Error::BadSeal)?
            .len();
        data.truncate(len);
        Ok(data)
    }

    /// Another key for another purpose, from which nobody finds this one.
    pub(super) fn derive(&self, label: &str, salt: &[u8]) -> Vec<u8> {
        let purpose =
            hash::hmac_sha256(self.key.as_ref(), &[b"tillsyn key for ", label.as_bytes()]);
        let purpose = Zeroizing::new(purpose);
        hash::hmac_sha256(&purpose, &[salt])
    }

    fn cipher(&self) -> Option<LessSafeKey> {
        UnboundKey::new(&AES_256_GCM, self.key.as_ref())
            .ok()
            .map(LessSafeKey::new)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The id of the key that a value is sealed under.
pub fn key_id(sealed: &[u8]) -> Option<u32> {
    sealed
        .first_chunk::<ID_LEN>()
        .map(|id| u32::from_be_bytes(*id))
}

/// The place of a value without ambiguity between its parts.
fn place(table: &str, column: &str, row: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for part in [table, column, row] {
        out.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        out.extend(part.as_bytes());
    }
    out
}
