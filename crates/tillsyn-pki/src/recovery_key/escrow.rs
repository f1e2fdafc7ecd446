use std::fmt;

use zeroize::Zeroizing;

use crate::cert::Certificate;
use crate::envelope::{self, ContentCipher};
use crate::error::{Error, Result};
use crate::hash;
use crate::issue::{self, CaIdentity, KeyUsage, LeafRequest};
use crate::key::KeyPair;
use crate::oid;

const MAX_LEN: usize = 128;
const MAX_CMS: usize = 64 << 10;

/// A recovery key in clear; zeroed when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryKey(Zeroizing<String>);

impl RecoveryKey {
    /// A key in the form that macOS makes, for simulated devices: six groups of four.
    pub fn generate() -> Self {
        const LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let letters = Zeroizing::new(hash::random_code(LETTERS, 24));
        let mut text = Zeroizing::new(String::with_capacity(29));
        for (at, letter) in letters.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                text.push('-');
            }
            text.push(letter);
        }
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is six groups of four letters and digits, as macOS has always written it.
    pub fn has_usual_form(&self) -> bool {
        let groups: Vec<&str> = self.0.split('-').collect();
        groups.len() == 6
            && groups
                .iter()
                .all(|group| group.len() == 4 && group.bytes().all(|b| b.is_ascii_alphanumeric()))
    }

    fn from_plain(plain: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(plain).map_err(|_| Error::NotDecryptable)?;
        let text = text.trim_matches(['\0', '\n', '\r', ' ']);
        // A wrong content key goes unnoticed once in 256 times; its noise is no text.
        let is_text = !text.is_empty()
            && text.len() <= MAX_LEN
            && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        if is_text {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(Error::NotDecryptable)
        }
    }
}

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKey(…)")
    }
}

/// The certificate that recovery keys are encrypted to, with its new RSA key: signed by itself,
/// since nobody else has to believe it. Keep the key for as long as an envelope may be left that
/// was made for it. Slow (about 80 ms).
pub fn create_escrow_identity(cn: &str, org: &str, now_ms: i64, days: u32) -> Result<CaIdentity> {
    let key = KeyPair::generate_rsa2048()?;
    let mut names = Vec::new();
    if !org.is_empty() {
        names.push((oid::ORGANIZATION, org.to_owned()));
    }
    names.push((oid::COMMON_NAME, cn.to_owned()));
    let mut request = LeafRequest::new(names, now_ms, days);
    request.key_usage = vec![KeyUsage::KeyEncipherment];
    let certificate = issue::self_signed(&key, &request)?;
    Ok(CaIdentity { certificate, key })
}

/// Opens what a Mac sent, in BER or DER.
pub fn open(cms: &[u8], escrow: &CaIdentity) -> Result<RecoveryKey> {
    if cms.len() > MAX_CMS {
        return Err(Error::TooLarge {
            what: "recovery key envelope",
            limit: MAX_CMS,
        });
    }
    let (plain, _) = envelope::decrypt(cms, &escrow.key, &escrow.certificate)?;
    RecoveryKey::from_plain(&plain)
}

/// As `open`, with the certificate of today or any of before; says which one it was.
pub fn open_with_any(cms: &[u8], escrows: &[CaIdentity]) -> Result<(RecoveryKey, usize)> {
    let mut failure = Error::NotDecryptable;
    for (index, escrow) in escrows.iter().enumerate() {
        match open(cms, escrow) {
            Ok(key) => return Ok((key, index)),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// What a Mac would send, for simulated devices.
pub fn seal(key: &RecoveryKey, recipient: &Certificate, cipher: ContentCipher) -> Result<Vec<u8>> {
    envelope::encrypt(key.as_str().as_bytes(), recipient, cipher)
}
