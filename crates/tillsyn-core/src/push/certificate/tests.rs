#![expect(clippy::unwrap_used, reason = "tests")]

use tillsyn_pki::issue::{self, ExtendedKeyUsage, KeyAlgorithm, LeafRequest};
use tillsyn_pki::key::KeyPair;
use tillsyn_pki::oid;

use super::{SKEW_MS, check, check_key};
use crate::clock::DAY_MS;

const NOW: i64 = 1_800_000_000_000;
const TOPIC: &str = "com.apple.mgmt.External.7b1f0a52";

/// A certificate with one thing changed from what Apple issues.
fn pem(uid: Option<&str>, change: impl FnOnce(&mut LeafRequest)) -> (String, KeyPair) {
    let ca = issue::create_root_ca(
        "Test CA",
        "Test",
        NOW - 500 * DAY_MS,
        3650,
        KeyAlgorithm::P256,
    )
    .unwrap();
    let key = KeyPair::generate_p256().unwrap();
    let mut subject = vec![(oid::COMMON_NAME, "APSP:7b1f0a52".to_owned())];
    if let Some(uid) = uid {
        subject.insert(0, (oid::USER_ID, uid.to_owned()));
    }
    let mut request = LeafRequest::new(subject, NOW, 365);
    request.extended_key_usage = vec![ExtendedKeyUsage::ClientAuth];
    change(&mut request);
    let certificate = issue::issue_leaf(&ca, key.public_key(), request).unwrap();
    (certificate.to_pem(), key)
}

fn code(pem: &str) -> &'static str {
    check(pem, NOW).map_or_else(|error| error.code, |_| "taken")
}

#[test]
fn a_push_certificate_is_taken_with_its_topic() {
    let (pem, key) = pem(Some(TOPIC), |_| {});
    let checked = check(&pem, NOW).unwrap();
    assert_eq!(checked.topic, TOPIC);
    assert!(check_key(&checked.certificate, &key.to_pkcs8_pem()).is_ok());
}

/// Core sheet §7: refuse a certificate without topic, with a foreign key, or that is no client's.
#[test]
fn everything_else_is_refused_by_name() {
    assert_eq!(code("nonsense"), "push_certificate_pem");
    assert_eq!(code(&pem(None, |_| {}).0), "push_topic_missing");
    let website = pem(Some("web.example.org"), |_| {}).0;
    assert_eq!(code(&website), "push_topic_missing");
    assert_eq!(
        code(&pem(Some("com.apple.mgmt."), |_| {}).0),
        "push_topic_missing"
    );
    let server = pem(Some(TOPIC), |r| {
        r.extended_key_usage = vec![ExtendedKeyUsage::ServerAuth];
    });
    assert_eq!(code(&server.0), "push_certificate_use");
    let over = pem(Some(TOPIC), |r| r.not_after_ms = NOW);
    assert_eq!(code(&over.0), "push_certificate_expired");
    let early = pem(Some(TOPIC), |r| r.not_before_ms = NOW + SKEW_MS + 1_000);
    assert_eq!(code(&early.0), "push_certificate_not_yet_valid");
    let soon = pem(Some(TOPIC), |r| r.not_before_ms = NOW + SKEW_MS - 1_000);
    assert_eq!(code(&soon.0), "taken");
}

#[test]
fn a_foreign_key_is_told_from_no_key() {
    let (pem, _) = pem(Some(TOPIC), |_| {});
    let certificate = check(&pem, NOW).unwrap().certificate;
    let other = KeyPair::generate_p256().unwrap().to_pkcs8_pem();
    let refused = |key: &str| check_key(&certificate, key).map_or_else(|e| e.code, |_| "taken");
    assert_eq!(refused(&other), "push_key_mismatch");
    assert_eq!(refused("nonsense"), "push_key_pem");
}
