//! Attestation objects.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tillsyn_pki::attestation::{self, Statement};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(Statement::Apple { x5c }) = attestation::parse_object(bytes) {
        // With its own last certificate as anchor, so that the properties are read as well.
        let anchors: Vec<_> = x5c.last().cloned().into_iter().collect();
        if let Ok(attested) = attestation::verify(&x5c, &anchors, 1_780_272_000_000) {
            let _ = attested.check_token("token");
        }
        let object = attestation::maker::object(&x5c);
        assert_eq!(
            attestation::parse_object(&object),
            Ok(Statement::Apple { x5c })
        );
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = attestation::parse_object_text(text);
    }
});
