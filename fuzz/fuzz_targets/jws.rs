//! Signed requests of ACME and the keys in them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tillsyn_pki::jws::{Account, Jwk, Jws};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(jws) = Jws::parse(bytes)
        && let Account::Key(key) = jws.account()
    {
        let _ = jws.verify(key);
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(key) = Jwk::from_json(text)
    {
        assert_eq!(Jwk::from_json(&key.canonical_json()), Ok(key));
    }
});
