//! Certification requests and certificates.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::crl::Crl;
use tillsyn_pki::csr::Csr;
use tillsyn_pki::push_request::Upload;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(csr) = Csr::from_der(bytes) {
        let _ = (csr.verify(), csr.check_key_policy(), csr.subject_text());
        assert_eq!(
            Csr::from_pem(&csr.to_pem()).map(|c| c.der().to_vec()),
            Ok(bytes.to_vec())
        );
    }
    if let Ok(certificate) = Certificate::from_der(bytes) {
        let _ = certificate.verify_issued_by(&certificate);
        let _ = (certificate.subject_text(), certificate.uris());
    }
    let _ = Crl::from_der(bytes);
    if let Ok(upload) = Upload::parse(bytes) {
        let _ = upload.verify(upload.csr().public_key(), 0);
    }
});
