//! One-time codes by time, as authenticator apps show them. Source: RFC 6238, RFC 4226 §5.

use aws_lc_rs::hmac;

use crate::hash;

#[cfg(test)]
mod tests;

/// A code holds for this long.
pub const STEP_MS: i64 = 30_000;
/// RFC 4226 §4, R6: 160 bits.
pub const SECRET_LEN: usize = 20;
const DIGITS: u32 = 6;

/// The time step at a moment.
pub const fn step_at(now_ms: i64) -> i64 {
    now_ms.div_euclid(STEP_MS)
}

/// The six digits of a step. SHA-1 is what every app knows; HMAC does not need its collision resistance.
pub fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    // RFC 4226 §5.3: four bytes from where the last nibble points, without the sign bit.
    let offset = tag.last().map_or(0, |last| usize::from(last & 0x0f));
    let bytes = tag.get(offset..).and_then(|rest| rest.first_chunk::<4>());
    let number = bytes.map_or(0, |bytes| u32::from_be_bytes(*bytes) & 0x7fff_ffff);
    format!("{:06}", number % 10_u32.pow(DIGITS))
}

/// The step that a typed code belongs to: now, or one before or after it, and later than the last that
/// was used, so that no code counts twice (RFC 6238 §5.2).
pub fn matching_step(secret: &[u8], typed: &str, now_ms: i64, last_step: i64) -> Option<i64> {
    let now = step_at(now_ms);
    let mut found = None;
    // All are computed, so that the time tells nothing.
    for step in [now - 1, now, now + 1] {
        if hash::constant_time_eq(code(secret, step).as_bytes(), typed.as_bytes())
            && step > last_step
        {
            found = Some(step);
        }
    }
    found
}

/// A secret as apps take it when it is typed: RFC 4648 §6 without padding.
pub fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for group in bytes.chunks(5) {
        let mut bits = [0_u8; 8];
        for (to, from) in bits.iter_mut().skip(3).zip(group) {
            *to = *from;
        }
        let bits = u64::from_be_bytes(bits);
        let letters = (group.len() * 8).div_ceil(5);
        for nth in 0..letters {
            let index = usize::try_from(bits >> (35 - 5 * nth) & 31).unwrap_or_default();
            text.extend(ALPHABET.get(index).map(|letter| char::from(*letter)));
        }
    }
    text
}
