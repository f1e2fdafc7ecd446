#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::asn1::{Oid, oid};
use crate::cert::Certificate;
use crate::csr;
use crate::error::Error;
use crate::testing::{CA, DAY, DEVICE, NOW, Openssl, RA, RSA_A};

fn text(certificate: &Certificate) -> String {
    let openssl = Openssl::new();
    openssl.write("cert", certificate.to_pem().as_bytes());
    openssl.run("x509 -in cert -noout -text")
}

#[test]
fn openssl_verifies_what_we_issue_for_its_purpose() {
    let tls = create_tls_server(
        &CA,
        &["mdm.example"],
        &["127.0.0.1".parse().unwrap()],
        NOW,
        365,
    )
    .unwrap();
    let openssl = Openssl::with(
        &[("ca", &CA), ("device", &DEVICE), ("ra", &RA), ("tls", &tls)],
        b"",
    );
    let at = format!("-attime {} -x509_strict -CAfile ca.pem", NOW / 1000);
    openssl.run(&format!("verify {at} -purpose sslclient device.pem"));
    openssl.run(&format!(
        "verify {at} -purpose sslserver -verify_hostname mdm.example tls.pem"
    ));
    openssl.run(&format!(
        "verify {at} -purpose sslserver -verify_ip 127.0.0.1 tls.pem"
    ));
    openssl.run(&format!("verify {at} ra.pem"));
}

#[test]
fn each_certificate_has_its_usage_and_no_other() {
    let ca = text(&CA.certificate);
    assert!(
        ca.contains("CA:TRUE") && ca.contains("Certificate Sign, CRL Sign\n"),
        "{ca}"
    );
    let ra = text(&RA.certificate);
    assert!(ra.contains("CA:FALSE") && ra.contains("Digital Signature, Key Encipherment\n"));
    assert!(!ra.contains("Extended Key Usage"));
    let device = text(&DEVICE.certificate);
    assert!(device.contains("Digital Signature, Key Encipherment\n"));
    assert!(device.contains("TLS Web Client Authentication\n"));
    assert!(device.contains("O = Test, CN = device-a\n"));
    let signer = create_signer(&CA, "Profiles", "Test", NOW, 365).unwrap();
    assert!(text(&signer.certificate).contains("Digital Signature\n"));
}

#[test]
fn device_certificate_is_ours_to_decide() {
    let subject = DeviceSubject {
        cn: "urn:tillsyn:issuance:1".to_owned(),
        org: "Org".to_owned(),
    };
    let san = San::Uri("urn:tillsyn:issuance:1".to_owned());
    let certificate = issue_device_certificate(
        &CA,
        RSA_A.public_key(),
        &subject,
        std::slice::from_ref(&san),
        NOW,
        398,
    )
    .unwrap();
    assert_eq!(certificate.uris(), ["urn:tillsyn:issuance:1"]);
    assert_eq!(certificate.not_before_ms(), NOW - 3_600_000);
    assert_eq!(certificate.not_after_ms(), NOW + 398 * DAY);
    assert_eq!(certificate.serial_hex().len(), 32);
    assert_ne!(certificate.serial_hex(), DEVICE.certificate.serial_hex());
    assert!(!certificate.is_ca() && certificate.has_eku_client_auth());
    // Never beyond the CA's own life.
    let late = issue_device_certificate(&CA, RSA_A.public_key(), &subject, &[], NOW, 36_500);
    assert_eq!(late.unwrap().not_after_ms(), CA.certificate.not_after_ms());
    let after = NOW + 4000 * DAY;
    let dead = issue_device_certificate(&CA, RSA_A.public_key(), &subject, &[], after, 10);
    assert_eq!(dead.unwrap_err(), Error::Expired);
}

#[test]
fn push_certificate_for_tests_carries_its_topic() {
    let topic = "com.apple.mgmt.External.0".to_owned();
    let mut request = LeafRequest::new(vec![(oid::USER_ID, topic.clone())], NOW, 365);
    request.extended_key_usage = vec![ExtendedKeyUsage::ClientAuth];
    let certificate = issue_leaf(&CA, RSA_A.public_key(), request).unwrap();
    assert_eq!(certificate.subject_uid(), Some(topic));
}

#[test]
fn names_of_profiles_become_object_identifiers() {
    assert_eq!(Oid::from_name("CN").unwrap(), oid::COMMON_NAME);
    assert_eq!(Oid::from_name("2.5.4.5").unwrap(), oid::SERIAL_NUMBER);
    assert_eq!(
        Oid::from_dotted("0.9.2342.19200300.100.1.1").unwrap(),
        oid::USER_ID
    );
    assert_eq!(oid::USER_ID.to_string(), "0.9.2342.19200300.100.1.1");
    assert_eq!(Oid::from_dotted("2.999.3").unwrap().to_string(), "2.999.3");
    for bad in [
        "",
        "1",
        "3.1",
        "1.40",
        "a.b",
        "1.2.",
        "1.99999999999999999999",
    ] {
        assert!(Oid::from_dotted(bad).is_err(), "{bad}");
    }
    let der = csr::build(
        &RSA_A,
        &[(Oid::from_dotted("1.3.6.1.4.1.1").unwrap(), "x".into())],
        None,
    );
    assert_eq!(
        csr::Csr::from_der(&der.unwrap()).unwrap().subject_text(),
        "1.3.6.1.4.1.1=x"
    );
}
