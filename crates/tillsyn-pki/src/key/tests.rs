#![expect(clippy::unwrap_used, reason = "tests")]

use crate::error::Error;
use crate::key::{Digest, KeyKind, KeyPair, PublicKey};
use crate::testing::{Openssl, P384, RSA_A, RSA_B, fixture};

#[test]
fn pem_forms_of_one_key_are_equal() {
    let openssl = Openssl::new();
    openssl.write("key", fixture("rsa_a.pem").as_bytes());
    openssl.run("rsa -in key -traditional -out pkcs1");
    let pkcs1 = String::from_utf8(openssl.read("pkcs1")).unwrap();
    assert!(pkcs1.contains("BEGIN RSA PRIVATE KEY"));
    assert_eq!(
        KeyPair::from_pem(&pkcs1).unwrap().public_key(),
        RSA_A.public_key()
    );

    openssl.run("ecparam -name prime256v1 -genkey -out sec1");
    openssl.run("pkcs8 -topk8 -nocrypt -in sec1 -out pkcs8");
    let [sec1, pkcs8] =
        ["sec1", "pkcs8"].map(|name| String::from_utf8(openssl.read(name)).unwrap());
    assert!(sec1.contains("BEGIN EC PARAMETERS"));
    let key = KeyPair::from_pem(&sec1).unwrap();
    assert_eq!(
        key.public_key(),
        KeyPair::from_pem(&pkcs8).unwrap().public_key()
    );
    assert_eq!(key.public_key().kind(), KeyKind::P256);
    assert_eq!(P384.public_key().kind(), KeyKind::P384);
    assert_eq!(RSA_A.public_key().kind(), KeyKind::Rsa { bits: 2048 });
}

#[test]
fn new_keys_come_back_from_their_encodings() {
    for key in [
        KeyPair::generate_p256().unwrap(),
        KeyPair::generate_rsa2048().unwrap(),
    ] {
        let again = KeyPair::from_pkcs8_der(&key.to_pkcs8_der()).unwrap();
        assert_eq!(again.public_key(), key.public_key());
        let again = KeyPair::from_pem(&key.to_pkcs8_pem()).unwrap();
        assert_eq!(again.public_key(), key.public_key());
    }
}

#[test]
fn weak_encrypted_and_absent_keys_are_refused() {
    assert!(matches!(
        KeyPair::from_pem(&fixture("rsa_1024.pem")),
        Err(Error::WeakKey { .. })
    ));
    let openssl = Openssl::new();
    openssl.write("key", fixture("rsa_a.pem").as_bytes());
    openssl.run("pkcs8 -topk8 -in key -passout pass:x -out encrypted");
    let encrypted = String::from_utf8(openssl.read("encrypted")).unwrap();
    assert!(matches!(
        KeyPair::from_pem(&encrypted),
        Err(Error::Unsupported { .. })
    ));
    for bad in [
        "",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----",
    ] {
        assert!(KeyPair::from_pem(bad).is_err());
    }
}

#[test]
fn signatures_verify_here_and_with_openssl() {
    for (key, digest, name) in [
        (&*RSA_A, Digest::Sha1, "sha1"),
        (&*RSA_B, Digest::Sha1, "sha1"),
        (&*RSA_A, Digest::Sha256, "sha256"),
        (&*RSA_A, Digest::Sha512, "sha512"),
        (&*P384, Digest::Sha384, "sha384"),
    ] {
        let signature = key.sign(digest, b"message").unwrap();
        key.public_key()
            .verify(digest, b"message", &signature)
            .unwrap();
        let wrong = key.public_key().verify(digest, b"massage", &signature);
        assert_eq!(wrong, Err(Error::BadSignature));
        let openssl = Openssl::new();
        openssl.write("key", key.to_pkcs8_pem().as_bytes());
        openssl.write("message", b"message");
        openssl.write("signature", &signature);
        openssl.run(&format!(
            "dgst -{name} -prverify key -signature signature message"
        ));
    }
    assert!(P384.sign(Digest::Sha256, b"x").is_err());
}

#[test]
fn debug_shows_no_key() {
    assert_eq!(
        format!("{:?}", *RSA_A),
        "KeyPair { kind: Rsa { bits: 2048 }, .. }"
    );
}

#[test]
fn public_keys_of_other_kinds_are_read_and_refused_by_policy() {
    let openssl = Openssl::new();
    openssl.run("genpkey -algorithm ed25519 -out key");
    openssl.run("pkey -in key -pubout -outform DER -out public");
    let key = PublicKey::from_spki_der(&openssl.read("public")).unwrap();
    assert_eq!(key.kind(), KeyKind::Other);
    assert!(matches!(key.check_policy(), Err(Error::WeakKey { .. })));
    openssl.write("key", fixture("rsa_1024.pem").as_bytes());
    openssl.run("pkey -in key -pubout -outform DER -out public");
    let key = PublicKey::from_spki_der(&openssl.read("public")).unwrap();
    assert_eq!(key.kind(), KeyKind::Rsa { bits: 1024 });
    assert!(matches!(key.check_policy(), Err(Error::WeakKey { .. })));
    assert!(RSA_A.public_key().check_policy().is_ok());
}

#[test]
fn one_rsa_key_has_one_encoding() {
    let good = RSA_A.public_key().spki_der();
    let at = good.windows(2).position(|w| w == [5, 0]).unwrap();
    for (position, value) in [(at, 4), (at, 0x0c), (at + 1, 1)] {
        let mut changed = good.to_vec();
        changed[position] = value;
        assert!(PublicKey::from_spki_der(&changed).is_err());
    }
}

/// Each simulated device takes one of these.
#[test]
fn pool_of_public_test_keys_is_usable() {
    use base64::Engine as _;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tillsyn-sim/keys/pool.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let mut seen = std::collections::HashSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let der = base64::prelude::BASE64_STANDARD.decode(line).unwrap();
        seen.insert(
            KeyPair::from_pkcs8_der(&der)
                .unwrap()
                .public_key()
                .spki_sha256(),
        );
    }
    assert_eq!(seen.len(), 64);
}
