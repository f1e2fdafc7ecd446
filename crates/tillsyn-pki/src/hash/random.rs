use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

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
