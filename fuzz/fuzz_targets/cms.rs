//! Signed messages and the signatures of devices, in BER and DER. Envelopes are opened with a
//! key that none of them was made for.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::cms::{self, MdmSignature, Policy, SignedLimits};
use tillsyn_pki::issue::CaIdentity;
use tillsyn_pki::{ber, recovery_key};

static ESCROW: LazyLock<Option<CaIdentity>> =
    LazyLock::new(|| recovery_key::create_escrow_identity("Escrow", "", 0, 1).ok());

const LENIENT: Policy = Policy {
    allow_sha1: true,
    signing_time: None,
};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(der) = ber::to_der(bytes, ber::Limits::default()) {
        // What is DER stays as it is.
        assert_eq!(ber::to_der(&der, ber::Limits::default()).as_ref(), Ok(&der));
    }
    if let Ok(signed) = cms::parse_signed(bytes, SignedLimits::default()) {
        let _ = signed.certificates();
        let _ = signed.verify(None, LENIENT);
        let _ = signed.verify(Some(b"body"), LENIENT);
    }
    if let Ok(signature) = MdmSignature::parse(bytes)
        && let Ok(certificate) = Certificate::from_der(signature.signer_cert_der())
    {
        let _ = signature.verify_with(certificate.public_key(), b"body", LENIENT);
    }
    if let Some(escrow) = &*ESCROW {
        let _ = recovery_key::open(bytes, escrow);
    }
});
