use std::fmt;
use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2;
use zeroize::{Zeroize as _, Zeroizing};

use crate::error::{Error, Result};
use crate::hash;

const WHAT: &str = "bypass code";
/// Digits and letters without B, I, O and S, which are taken for digits.
const ALPHABET: &[u8; 32] = b"0123456789ACDEFGHJKLMNPQRTUVWXYZ";
/// After how many characters a hyphen stands.
const HYPHENS: [usize; 5] = [5, 10, 14, 18, 22];
const CHARACTERS: usize = 26;
const ROUNDS: NonZeroU32 = match NonZeroU32::new(50_000) {
    Some(rounds) => rounds,
    None => NonZeroU32::MIN,
};

/// A code of 16 bytes; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct BypassCode([u8; 16]);

impl BypassCode {
    /// A new code, for a server that sets the lock itself.
    pub fn generate() -> Self {
        Self(hash::random_bytes())
    }

    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Reads the text in either case; hyphens and spaces are left out.
    pub fn parse(text: &str) -> Result<Self> {
        let malformed = Error::malformed(WHAT);
        let mut bits = Zeroizing::new(0u128);
        let mut seen = 0usize;
        for letter in text.bytes().filter(|b| !matches!(b, b'-' | b' ')) {
            let letter = letter.to_ascii_uppercase();
            let value = ALPHABET.iter().position(|known| *known == letter);
            let value = value
                .and_then(|v| u128::try_from(v).ok())
                .ok_or(malformed)?;
            seen = seen.saturating_add(1);
            // 25 characters hold 125 bits, the last one holds three.
            let width = match seen {
                1..CHARACTERS => 5,
                CHARACTERS if value < 8 => 3,
                _ => return Err(malformed),
            };
            *bits = (*bits << width) | value;
        }
        if seen == CHARACTERS {
            Ok(Self(bits.to_be_bytes()))
        } else {
            Err(malformed)
        }
    }

    /// The text in groups of 5, 5, 4, 4, 4 and 4 characters.
    pub fn text(&self) -> Zeroizing<String> {
        let bits = Zeroizing::new(u128::from_be_bytes(self.0));
        let mut text = Zeroizing::new(String::with_capacity(CHARACTERS + HYPHENS.len()));
        for at in 0..CHARACTERS {
            if HYPHENS.contains(&at) {
                text.push('-');
            }
            // The first character is the five highest bits, the last one the three lowest.
            let value = match at {
                25 => *bits & 7,
                _ => *bits >> (123 - 5 * at) & 31,
            };
            let letter = usize::try_from(value).ok().and_then(|v| ALPHABET.get(v));
            text.push(char::from(letter.copied().unwrap_or(b'0')));
        }
        text
    }

    /// What Apple is given when the server sets the lock: it can compare a code, not tell it.
    /// Takes some ten milliseconds.
    pub fn escrow_hash(&self) -> String {
        let mut derived = [0; 32];
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
        pbkdf2::derive(algorithm, ROUNDS, &[0; 4], &self.0, &mut derived);
        hash::hex(&derived)
    }

    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl Drop for BypassCode {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for BypassCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BypassCode(…)")
    }
}
