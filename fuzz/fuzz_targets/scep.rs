//! SCEP messages, as POST bodies and as GET queries.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tillsyn_pki::scep::{self, PkiRequest, client};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = PkiRequest::parse(bytes) {
        let _ = request.verify(true);
        let _ = request.verify(false);
    }
    let _ = client::parse_ca_cert(bytes);
    if let Ok(query) = std::str::from_utf8(bytes) {
        let _ = scep::decode_get_message(query);
    }
});
