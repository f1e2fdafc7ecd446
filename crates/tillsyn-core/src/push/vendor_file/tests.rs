#![expect(clippy::unwrap_used, reason = "tests")]

use tillsyn_pki::cert::Certificate;
use tillsyn_pki::issue::{self, CaIdentity, KeyAlgorithm, KeyUsage, LeafRequest};
use tillsyn_pki::key::KeyPair;
use tillsyn_pki::{csr, oid};

use super::{check_chain, sign, take_signed};
use crate::clock::DAY_MS;

const NOW: i64 = 1_800_000_000_000;

/// A vendor's chain in PEM, out of order, and its key.
fn vendor() -> (String, KeyPair) {
    let root = issue::create_root_ca("Root", "Test", NOW, 3650, KeyAlgorithm::P256).unwrap();
    let name = |cn: &str| vec![(oid::COMMON_NAME, cn.to_owned())];
    let key = KeyPair::generate_p256().unwrap();
    let mut request = LeafRequest::new(name("Relations"), NOW, 1000);
    request.is_ca = true;
    request.key_usage = vec![KeyUsage::KeyCertSign];
    let certificate = issue::issue_leaf(&root, key.public_key(), request).unwrap();
    let middle = CaIdentity { certificate, key };
    let key = KeyPair::generate_rsa2048().unwrap();
    let request = LeafRequest::new(name("MDM Vendor: Test"), NOW, 365);
    let leaf = issue::issue_leaf(&middle, key.public_key(), request).unwrap();
    let pem = root.certificate.to_pem() + &leaf.to_pem() + &middle.certificate.to_pem();
    (pem, key)
}

fn request() -> Vec<u8> {
    let key = KeyPair::generate_p256().unwrap();
    csr::build(&key, &[(oid::COMMON_NAME, "push".to_owned())], None).unwrap()
}

fn code<T>(result: Result<T, crate::error::Error>) -> &'static str {
    result.map_or_else(|error| error.code, |_| "taken")
}

#[test]
fn a_signed_file_is_taken_for_its_own_request_only() {
    let (pem, key) = vendor();
    let chain = check_chain(&pem, &key, NOW).unwrap();
    assert_eq!(chain.len(), 3);
    assert!(chain[2].is_self_issued());
    let (ours, other) = (request(), request());
    let file = sign(&ours, &chain, &key, NOW).unwrap();
    assert_eq!(take_signed(&file, &ours, NOW).unwrap(), file);
    assert_eq!(code(take_signed(&file, &other, NOW)), "push_signed_other");
    let later = NOW + 366 * DAY_MS;
    assert_eq!(code(take_signed(&file, &ours, later)), "push_signed_chain");
    for odd in ["", "nonsense", "bm90IGEgcGxpc3Q="] {
        assert_eq!(code(take_signed(odd, &ours, NOW)), "push_signed_file");
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
