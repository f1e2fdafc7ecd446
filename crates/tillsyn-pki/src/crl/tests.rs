#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::cert::Certificate;
use crate::error::Error;
use crate::hash;
use crate::issue::{self, CaIdentity, KeyAlgorithm, LeafRequest};
use crate::testing::{CA, DAY, DEVICE, NOW, OTHER_DEVICE, Openssl, RA, RSA_A, mutate};

fn revoked(certificate: &Certificate, reason: Reason) -> Revoked {
    Revoked {
        serial: hash::from_hex(&certificate.serial_hex()).unwrap(),
        revoked_at_ms: NOW - DAY,
        reason,
    }
}

fn list(ca: &CaIdentity, number: u64, revoked: &[Revoked]) -> Vec<u8> {
    let request = CrlRequest {
        number,
        this_update_ms: NOW,
        next_update_ms: NOW + 7 * DAY,
        revoked,
    };
    build(ca, &request).unwrap()
}

#[test]
fn lists_of_both_kinds_of_ca_are_read_back() {
    let rsa = issue::create_root_ca("RSA CA", "Test", NOW, 3650, KeyAlgorithm::Rsa2048).unwrap();
    for ca in [&*CA, &rsa] {
        let entries = [
            revoked(&DEVICE.certificate, Reason::KeyCompromise),
            revoked(&OTHER_DEVICE.certificate, Reason::Unspecified),
        ];
        let crl = Crl::from_der(&list(ca, 300, &entries)).unwrap();
        crl.verify(&ca.certificate).unwrap();
        assert_eq!(crl.number, Some(300));
        assert_eq!(
            (crl.this_update_ms, crl.next_update_ms),
            (NOW, NOW + 7 * DAY)
        );
        assert_eq!(crl.issuer_text(), ca.certificate.subject_text());
        assert_eq!(crl.revoked.len(), 2);
        for entry in &entries {
            assert!(crl.revoked.contains(entry), "{entry:?}");
        }
    }
}

#[test]
fn openssl_refuses_a_revoked_certificate_and_takes_the_other() {
    let entries = [revoked(&DEVICE.certificate, Reason::Superseded)];
    let der = list(&CA, 1, &entries);
    let openssl = Openssl::with(
        &[("ca", &CA), ("bad", &DEVICE), ("good", &OTHER_DEVICE)],
        b"",
    );
    openssl.write("crl", to_pem(&der).as_bytes());
    let text = openssl.run("crl -in crl -CAfile ca.pem -noout -text");
    for part in [
        "Version 2 (0x1)",
        "X509v3 Authority Key Identifier",
        "X509v3 CRL Number",
        "Superseded",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let at = NOW / 1000;
    let verify = format!("verify -attime {at} -crl_check -CRLfile crl -CAfile ca.pem");
    openssl.run(&format!("{verify} good.pem"));
    let error = openssl.fails(&format!("{verify} bad.pem"));
    assert!(error.contains("certificate revoked"), "{error}");
}

#[test]
fn empty_list_has_no_entries_at_all() {
    let der = list(&CA, 0, &[]);
    let crl = Crl::from_der(&der).unwrap();
    assert!(crl.revoked.is_empty());
    let openssl = Openssl::with(&[("ca", &CA)], b"");
    openssl.write("crl", &der);
    let text = openssl.run("crl -inform DER -in crl -CAfile ca.pem -noout -text");
    assert!(text.contains("No Revoked Certificates"), "{text}");
}

#[test]
fn a_certificate_stands_once_with_its_first_revocation() {
    let first = revoked(&DEVICE.certificate, Reason::KeyCompromise);
    let later = Revoked {
        revoked_at_ms: NOW,
        reason: Reason::Superseded,
        // The same number with the zero of its encoding.
        serial: [&[0][..], &first.serial].concat(),
    };
    let crl = Crl::from_der(&list(&CA, 1, &[later, first.clone()])).unwrap();
    assert_eq!(crl.revoked, [first]);
}

#[test]
fn foreign_and_changed_lists_are_refused() {
    let der = list(&CA, 1, &[]);
    let crl = Crl::from_der(&der).unwrap();
    assert!(matches!(
        crl.verify(&DEVICE.certificate),
        Err(Error::Untrusted { .. })
    ));
    let same_name = issue::create_root_ca("Test CA", "Test", NOW, 10, KeyAlgorithm::P256).unwrap();
    assert_eq!(crl.verify(&same_name.certificate), Err(Error::BadSignature));
    let signed_by_ra = Crl::from_der(&list(&RA, 1, &[])).unwrap();
    assert!(signed_by_ra.verify(&RA.certificate).is_err());
    let backwards = CrlRequest {
        number: 1,
        this_update_ms: NOW,
        next_update_ms: NOW,
        revoked: &[],
    };
    assert_eq!(build(&CA, &backwards), Err(Error::Expired));
    let nameless = Revoked {
        serial: vec![0],
        revoked_at_ms: NOW,
        reason: Reason::Unspecified,
    };
    let request = CrlRequest {
        next_update_ms: NOW + DAY,
        revoked: &[nameless],
        ..backwards
    };
    assert!(build(&CA, &request).is_err());
}

#[test]
fn certificates_can_name_the_place_of_the_list() {
    let mut request = LeafRequest::new(Vec::new(), NOW, 10);
    request.crl_url = Some("http://mdm.example/crl".to_owned());
    let certificate = issue::issue_leaf(&CA, RSA_A.public_key(), request).unwrap();
    let openssl = Openssl::new();
    openssl.write("cert", certificate.to_pem().as_bytes());
    let text = openssl.run("x509 -in cert -noout -ext crlDistributionPoints");
    assert!(text.contains("URI:http://mdm.example/crl"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn mutated_lists_never_panic(at in any::<usize>(), value in any::<u8>(), kind in any::<u8>()) {
        static LIST: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
            list(&CA, 1, &[revoked(&DEVICE.certificate, Reason::KeyCompromise)])
        });
        if let Ok(crl) = Crl::from_der(&mutate(&LIST, at, value, kind)) {
            let _ = crl.verify(&CA.certificate);
        }
    }
}
