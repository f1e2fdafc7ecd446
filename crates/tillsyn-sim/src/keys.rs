//! The pool of public test keys: making an RSA key for every simulated device would cost more
//! than everything else it does.

use std::sync::OnceLock;

use aws_lc_rs::signature::{ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tillsyn_pki::key::KeyPair;

use crate::SimError;

const POOL: &str = include_str!("../keys/pool.txt");

/// Key number `index`, counted round the pool.
pub fn pool_key(index: usize) -> Result<KeyPair, SimError> {
    static KEYS: OnceLock<Vec<(&'static str, OnceLock<KeyPair>)>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        POOL.lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| (line, OnceLock::new()))
            .collect()
    });
    let (line, cell) = index
        .checked_rem(keys.len())
        .and_then(|index| keys.get(index))
        .ok_or(SimError::state("the key pool is empty"))?;
    if let Some(key) = cell.get() {
        return Ok(key.clone());
    }
    let der = STANDARD
        .decode(line)
        .map_err(|_| SimError::state("the key pool is damaged"))?;
    let key = KeyPair::from_pkcs8_der(&der)?;
    Ok(cell.get_or_init(|| key).clone())
}

/// A new key on P-384, as hardware makes it: no two are ever alike, and a server may insist on it.
pub(crate) fn new_p384_key() -> Result<KeyPair, SimError> {
    let failed = |_| SimError::state("no key can be made");
    let key = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).map_err(failed)?;
    Ok(KeyPair::from_pkcs8_der(
        key.to_pkcs8v1().map_err(failed)?.as_ref(),
    )?)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{new_p384_key, pool_key};

    #[test]
    fn keys_on_p384_differ() {
        let (first, second) = (new_p384_key().unwrap(), new_p384_key().unwrap());
        assert!(first.public_key() != second.public_key());
    }

    #[test]
    fn the_pool_goes_round_and_its_keys_differ() {
        let first = pool_key(0).unwrap();
        assert!(first.public_key() == pool_key(64).unwrap().public_key());
        assert!(first.public_key() != pool_key(1).unwrap().public_key());
    }
}
