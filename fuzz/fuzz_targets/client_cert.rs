//! The client certificate in a proxy's header.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tillsyn_pki::client_cert;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(certificate) = client_cert::parse_header(bytes) {
        for written in [
            client_cert::to_rfc9440(&certificate),
            client_cert::escape_pem(&certificate),
        ] {
            let read = client_cert::parse_header(written.as_bytes());
            assert_eq!(read.as_ref(), Ok(&certificate));
        }
    }
});
