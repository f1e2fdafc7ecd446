#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::error::Error;
use crate::key::KeyPair;
use crate::oid;
use crate::testing::{Openssl, P384, RSA_A, fixture, mutate};

#[test]
fn requests_of_openssl_are_read_and_verified() {
    for (password, flags) in [("printable.1", ""), ("snow-\u{2603}", "-utf8")] {
        let openssl = Openssl::new();
        openssl.write("key", RSA_A.to_pkcs8_pem().as_bytes());
        let config = format!(
            "[req]\nprompt=no\ndistinguished_name=dn\nattributes=at\nstring_mask=utf8only\n\
             [dn]\nCN=device\n[at]\nchallengePassword={password}\n"
        );
        openssl.write("config", config.as_bytes());
        openssl.run(&format!(
            "req -new -key key -config config {flags} -out csr"
        ));
        let csr = Csr::from_pem(std::str::from_utf8(&openssl.read("csr")).unwrap()).unwrap();
        assert_eq!(csr.challenge_password().map(|p| p.as_str()), Some(password));
        assert_eq!(csr.subject_text(), "CN=device");
        assert_eq!(csr.public_key(), RSA_A.public_key());
        csr.verify().unwrap();
        csr.check_key_policy().unwrap();
    }
}

#[test]
fn our_requests_verify_with_openssl() {
    for key in [&*RSA_A, &*P384, &KeyPair::generate_p256().unwrap()] {
        let subject = [
            (oid::COUNTRY, "SE".to_owned()),
            (oid::COMMON_NAME, "Tillsyn".to_owned()),
            (oid::EMAIL_ADDRESS, "a@example.com".to_owned()),
        ];
        let der = build(key, &subject, Some("a challenge_*")).unwrap();
        let openssl = Openssl::new();
        openssl.write("csr", to_pem(&der).as_bytes());
        let text = openssl.run("req -in csr -verify -noout -text");
        assert!(
            text.contains("CN = Tillsyn") && text.contains("a challenge_*"),
            "{text}"
        );
        let csr = Csr::from_der(&der).unwrap();
        csr.verify().unwrap();
        assert_eq!(
            csr.challenge_password().map(|p| p.as_str()),
            Some("a challenge_*")
        );
        assert_eq!(csr.subject_text(), "E=a@example.com,CN=Tillsyn,C=SE");
        assert!(
            Csr::from_der(&build(key, &[], None).unwrap())
                .unwrap()
                .challenge_password()
                .is_none()
        );
    }
}

#[test]
fn weak_keys_and_tampered_requests_are_refused() {
    let openssl = Openssl::new();
    openssl.write("key", fixture("rsa_1024.pem").as_bytes());
    openssl.run("req -new -key key -subj /CN=x -outform DER -out csr");
    let weak = Csr::from_der(&openssl.read("csr")).unwrap();
    assert!(matches!(
        weak.check_key_policy(),
        Err(Error::WeakKey { .. })
    ));

    let mut der = build(&RSA_A, &[(oid::COMMON_NAME, "abc".to_owned())], None).unwrap();
    let at = der.windows(3).position(|w| w == b"abc").unwrap();
    der[at] = b'x';
    assert_eq!(
        Csr::from_der(&der).unwrap().verify(),
        Err(Error::BadSignature)
    );
}

#[test]
fn debug_hides_the_challenge() {
    let csr = Csr::from_der(&build(&RSA_A, &[], Some("very secret")).unwrap()).unwrap();
    assert!(!format!("{csr:?}").contains("secret"));
}

proptest! {
    #[test]
    fn mutated_requests_never_panic(at in any::<usize>(), value in any::<u8>(), kind in any::<u8>()) {
        static CSR: std::sync::LazyLock<Vec<u8>> =
            std::sync::LazyLock::new(|| build(&RSA_A, &[], Some("challenge")).unwrap());
        if let Ok(csr) = Csr::from_der(&mutate(&CSR, at, value, kind)) {
            let _ = (csr.verify(), csr.check_key_policy());
        }
    }
}
