#![expect(clippy::unwrap_used, reason = "tests")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::issue::{self, KeyAlgorithm, LeafRequest};
use tillsyn_pki::key::{Digest, KeyPair};
use tillsyn_pki::{csr, oid};

use super::{check_chain, sign, take_signed};
use crate::clock::DAY_MS;

const NOW: i64 = 1_800_000_000_000;

/// A vendor's chain in PEM, out of order, and its key.
fn vendor() -> (String, KeyPair) {
    let root = issue::create_root_ca("Root", "Test", NOW, 3650, KeyAlgorithm::Rsa2048).unwrap();
    let key = KeyPair::generate_rsa2048().unwrap();
    let name = vec![(oid::COMMON_NAME, "MDM Vendor: Test".to_owned())];
    let leaf =
        issue::issue_leaf(&root, key.public_key(), LeafRequest::new(name, NOW, 365)).unwrap();
    (
        format!("{}{}", root.certificate.to_pem(), leaf.to_pem()),
        key,
    )
}

fn request() -> Vec<u8> {
    let key = KeyPair::generate_p256().unwrap();
    csr::build(&key, &[(oid::COMMON_NAME, "push".to_owned())], None).unwrap()
}

fn code<T>(result: Result<T, crate::error::Error>) -> &'static str {
    result.map_or_else(|error| error.code, |_| "taken")
}

/// Core sheet §8: three strings, Base64 of the whole, SHA-256 with RSA over the DER request.
#[test]
fn the_upload_file_is_as_apple_wants_it() {
    let (pem, key) = vendor();
    let chain = check_chain(&pem, &key, NOW).unwrap();
    assert_eq!(chain.len(), 2);
    let request = request();
    let file = sign(&request, &chain, &key).unwrap();
    let xml = STANDARD.decode(&file).unwrap();
    let value: plist::Value = plist::from_bytes(&xml).unwrap();
    let parts = value.as_dictionary().unwrap();
    assert_eq!(parts.len(), 3);
    let text = |name: &str| parts.get(name).unwrap().as_string().unwrap().to_owned();
    assert_eq!(
        STANDARD.decode(text("PushCertRequestCSR")).unwrap(),
        request
    );
    let written = Certificate::all_from_pem(&text("PushCertCertificateChain")).unwrap();
    assert_eq!(written[0].spki_sha256(), key.public_key().spki_sha256());
    assert!(written[1].is_self_issued());
    let longest = text("PushCertCertificateChain");
    assert!(longest.lines().all(|line| line.len() <= 64));
    let signature = STANDARD.decode(text("PushCertSignature")).unwrap();
    key.public_key()
        .verify(Digest::Sha256, &request, &signature)
        .unwrap();
}

#[test]
fn a_signed_file_of_an_outside_signer_is_taken_in_both_forms() {
    let (pem, key) = vendor();
    let chain = check_chain(&pem, &key, NOW).unwrap();
    let request = request();
    let file = sign(&request, &chain, &key).unwrap();
    assert_eq!(take_signed(&file, &request).unwrap(), file);
    let wrapped: String = file
        .as_bytes()
        .chunks(76)
        .fold(String::new(), |text, line| {
            text + std::str::from_utf8(line).unwrap() + "\r\n"
        });
    assert!(take_signed(&wrapped, &request).is_ok());
    let bare = String::from_utf8(STANDARD.decode(&file).unwrap()).unwrap();
    assert_eq!(take_signed(&bare, &request).unwrap(), file);
}

#[test]
fn a_file_for_another_request_or_with_a_bad_signature_is_refused() {
    let (pem, key) = vendor();
    let chain = check_chain(&pem, &key, NOW).unwrap();
    let (ours, other) = (request(), request());
    let file = sign(&other, &chain, &key).unwrap();
    assert_eq!(code(take_signed(&file, &ours)), "push_signed_other");
    let stranger = KeyPair::generate_rsa2048().unwrap();
    let forged = sign(&ours, &chain, &stranger).unwrap();
    assert_eq!(code(take_signed(&forged, &ours)), "push_signed_signature");
    for odd in [
        "",
        "nonsense",
        "bm90IGEgcGxpc3Q=",
        "<?xml version=\"1.0\"?><plist/>",
    ] {
        assert_eq!(code(take_signed(odd, &ours)), "push_signed_file", "{odd}");
    }
}

#[test]
fn a_vendor_certificate_is_checked_before_it_is_kept() {
    let (pem, key) = vendor();
    let stranger = KeyPair::generate_rsa2048().unwrap();
    assert_eq!(
        code(check_chain(&pem, &stranger, NOW)),
        "push_vendor_key_mismatch"
    );
    assert_eq!(code(check_chain("nonsense", &key, NOW)), "push_vendor_pem");
    assert_eq!(
        code(check_chain(&pem, &key, NOW + 366 * DAY_MS)),
        "push_vendor_expired"
    );
    let leaf = Certificate::all_from_pem(&pem).unwrap()[1].to_pem();
    assert_eq!(code(check_chain(&leaf, &key, NOW)), "push_vendor_chain");
}
