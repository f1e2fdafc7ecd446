//! Digests, random values and comparison: the small helpers that every layer needs in one form.

use aws_lc_rs::{constant_time, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

#[cfg(test)]
mod tests;

/// SHA-256 of the bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, bytes);
    let mut out = [0; 32];
    out.iter_mut()
        .zip(digest.as_ref())
        .for_each(|(to, from)| *to = *from);
    out
}

/// SHA-256 of the bytes in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&sha256(bytes))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    bytes
        .iter()
        .flat_map(|b| [b >> 4, b & 15])
        .filter_map(|nibble| DIGITS.get(usize::from(nibble)))
        .collect()
}

/// Bytes of a hex text of either case; `None` if it is not one.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, odd) = text.as_bytes().as_chunks::<2>();
    if !odd.is_empty() {
        return None;
    }
    let nibble = |c: u8| {
        char::from(c)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    pairs
        .iter()
        .map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?))
        .collect()
}

/// Compares without telling by time where the difference is; the lengths are no secret.
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// Bytes from the system's random generator.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill_random(&mut bytes);
    bytes
}

/// Fills the buffer from the system's random generator.
pub fn fill_random(bytes: &mut [u8]) {
    // AWS-LC's RAND_bytes ends the process rather than return without entropy, so there is no
    // error to hand to every caller.
    assert!(
        aws_lc_rs::rand::fill(bytes).is_ok(),
        "the random generator failed"
    );
}

/// `bytes` random bytes as base64url without padding.
pub fn random_token(bytes: usize) -> String {
    let mut raw = vec![0; bytes];
    fill_random(&mut raw);
    URL_SAFE_NO_PAD.encode(raw)
}

/// `len` characters drawn evenly from an alphabet of 1 to 256 ASCII characters.
///
/// # Panics
/// If the alphabet is empty or not ASCII, which is a fault of the program.
pub fn random_code(alphabet: &str, len: usize) -> String {
    let letters = alphabet.as_bytes();
    assert!(
        !letters.is_empty() && letters.len() <= 256 && alphabet.is_ascii(),
        "bad alphabet"
    );
    // Bytes at or above the largest multiple would favour the first letters.
    let bound = 256 - 256 % letters.len();
    let mut code = String::with_capacity(len);
    while code.len() < len {
        for byte in random_bytes::<32>() {
            let value = usize::from(byte);
            if value < bound
                && code.len() < len
                && let Some(letter) = letters.get(value % letters.len())
            {
                code.push(char::from(*letter));
            }
        }
    }
    code
}
