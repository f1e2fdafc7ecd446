#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::asn1::time;
use crate::asn1::{Reader, oid};
use crate::error::Error;
use crate::issue::{self, CaIdentity, KeyAlgorithm, LeafRequest};
use crate::key::KeyPair;
use crate::testing::{CA, DAY, DEVICE, NOW, Openssl, RA, RSA_A, mutate, self_signed};

const CHECK: Validity = Validity::Check { skew_ms: 300_000 };

#[test]
fn fields_agree_with_openssl() {
    let openssl = Openssl::new();
    openssl.write("key", RSA_A.to_pkcs8_pem().as_bytes());
    openssl.run(
        "req -x509 -new -key key -days 20000 -set_serial 0x00f1e2d3c4b5a6 -out cert \
         -subj /C=SE/O=Acme,Inc/CN=Push/UID=com.apple.mgmt.External.1 -utf8 \
         -addext extendedKeyUsage=clientAuth,serverAuth -addext subjectAltName=DNS:a.example,URI:urn:x",
    );
    let pem = String::from_utf8(openssl.read("cert")).unwrap();
    let certificate = Certificate::from_pem(&format!("Bag Attributes\n  x\n{pem}")).unwrap();
    assert_eq!(certificate.to_pem(), pem);
    assert_eq!(certificate.serial_hex(), "f1e2d3c4b5a6");
    assert_eq!(certificate.subject_cn().as_deref(), Some("Push"));
    assert_eq!(
        certificate.subject_uid().as_deref(),
        Some("com.apple.mgmt.External.1")
    );
    assert_eq!(
        certificate.subject_text(),
        "UID=com.apple.mgmt.External.1,CN=Push,O=Acme\\,Inc,C=SE"
    );
    assert_eq!(certificate.issuer_text(), certificate.subject_text());
    assert!(certificate.is_self_issued() && certificate.is_ca());
    assert!(certificate.has_eku_client_auth() && certificate.has_eku_server_auth());
    assert_eq!(certificate.dns_names(), ["a.example"]);
    assert_eq!(certificate.uris(), ["urn:x"]);
    assert_eq!(certificate.public_key(), RSA_A.public_key());
    // 20,000 days end after 2050, where the time has another form.
    assert_eq!(
        certificate.not_after_ms() - certificate.not_before_ms(),
        20_000 * DAY
    );
    certificate.verify_issued_by(&certificate).unwrap();
    let print = openssl
        .run("x509 -in cert -noout -fingerprint -sha256")
        .replace(':', "");
    assert!(
        print
            .trim()
            .to_lowercase()
            .ends_with(&certificate.sha256_hex())
    );
}

#[test]
fn times_go_both_ways() {
    for (ms, text) in [
        (0, "19700101000000Z"),
        (951_782_400_000, "20000229000000Z"),
        (NOW, "20260601000000Z"),
        (2_524_607_999_000, "20491231235959Z"),
        (2_524_608_000_000, "20500101000000Z"),
        (-1_000, "19691231235959Z"),
    ] {
        let encoded = time::encode(ms);
        let element = Reader::der(&encoded).any("time").unwrap();
        assert_eq!(time::decode(&element, "time").unwrap(), ms);
        assert!(text.ends_with(std::str::from_utf8(element.content).unwrap()));
        assert_eq!(element.content.len() == 15, ms >= 2_524_608_000_000);
    }
}

#[test]
fn chain_reaches_the_root_and_nothing_else_does() {
    let roots = [CA.certificate.clone()];
    let chain = verify_chain(&DEVICE.certificate, &[], &roots, NOW, CHECK).unwrap();
    assert_eq!(chain, [DEVICE.certificate.clone(), CA.certificate.clone()]);

    let twin = issue::create_root_ca("Test CA", "Test", NOW, 3650, KeyAlgorithm::P256).unwrap();
    let refused = verify_chain(
        &DEVICE.certificate,
        &[],
        std::slice::from_ref(&twin.certificate),
        NOW,
        CHECK,
    );
    assert_eq!(refused, Err(Error::BadSignature));
    let both = [twin.certificate, CA.certificate.clone()];
    assert!(verify_chain(&DEVICE.certificate, &[], &both, NOW, CHECK).is_ok());
    assert!(verify_chain(&self_signed(&RSA_A, "x"), &[], &roots, NOW, CHECK).is_err());
    assert!(verify_chain(&DEVICE.certificate, &[], &[], NOW, CHECK).is_err());
    // A leaf is no CA, whatever it signs.
    let request = LeafRequest::new(vec![(oid::COMMON_NAME, "child".to_owned())], NOW, 10);
    let child = issue::issue_leaf(&RA, RSA_A.public_key(), request).unwrap();
    let refused = verify_chain(
        &child,
        std::slice::from_ref(&RA.certificate),
        &roots,
        NOW,
        CHECK,
    );
    assert!(matches!(refused, Err(Error::Untrusted { .. })));
}

#[test]
fn intermediate_is_used_and_times_count_with_their_skew() {
    let key = KeyPair::generate_p256().unwrap();
    let mut request = LeafRequest::new(vec![(oid::COMMON_NAME, "sub".to_owned())], NOW, 100);
    request.is_ca = true;
    request.key_usage = vec![issue::KeyUsage::KeyCertSign];
    let certificate = issue::issue_leaf(&CA, key.public_key(), request).unwrap();
    let sub = CaIdentity { certificate, key };
    let request = LeafRequest::new(vec![(oid::COMMON_NAME, "leaf".to_owned())], NOW, 10);
    let leaf = issue::issue_leaf(&sub, RSA_A.public_key(), request).unwrap();
    let roots = [CA.certificate.clone()];
    let between = [DEVICE.certificate.clone(), sub.certificate.clone()];
    let check =
        |now, validity| verify_chain(&leaf, &between, &roots, now, validity).map(|c| c.len());
    assert_eq!(check(NOW, CHECK), Ok(3));
    let expired = NOW + 10 * DAY + 300_000;
    assert_eq!(check(expired, CHECK), Ok(3));
    assert_eq!(check(expired + 1, CHECK), Err(Error::Expired));
    let early = leaf.not_before_ms() - 300_000;
    assert_eq!(check(early, CHECK), Ok(3));
    assert_eq!(check(early - 1, CHECK), Err(Error::NotYetValid));
    assert_eq!(check(early - DAY, Validity::Ignore), Ok(3));
    assert!(verify_chain(&leaf, &[], &roots, NOW, CHECK).is_err());
}

#[test]
fn path_length_and_unknown_critical_extensions_are_obeyed() {
    let openssl = Openssl::new();
    openssl.write("key", RSA_A.to_pkcs8_pem().as_bytes());
    let make = |name: &str, extra: &str| {
        openssl.run(&format!(
            "req -x509 -new -key key -days 3650 -subj /CN={name} -out {name} {extra}"
        ));
        Certificate::from_pem(std::str::from_utf8(&openssl.read(name)).unwrap()).unwrap()
    };
    let strange = make("strange", "-addext 1.2.3.4=critical,DER:0500");
    let now = strange.not_before_ms();
    let refused = verify_chain(&strange, &[], std::slice::from_ref(&strange), now, CHECK);
    assert!(matches!(refused, Err(Error::Untrusted { .. })));

    openssl.write(
        "ext",
        b"basicConstraints=critical,CA:true,pathlen:0\nkeyUsage=keyCertSign\n",
    );
    openssl.run("req -new -key key -subj /CN=root -out root.csr");
    openssl.run("x509 -req -in root.csr -signkey key -days 3650 -extfile ext -out root");
    let sign = |name: &str, issuer: &str| {
        openssl.run(&format!(
            "req -new -key key -subj /CN={name} -out {name}.csr"
        ));
        openssl.run(&format!(
            "x509 -req -in {name}.csr -CA {issuer} -CAkey key -CAcreateserial -days 99 -extfile ext -out {name}"
        ));
    };
    sign("sub", "root");
    sign("leaf", "sub");
    let [root, sub, leaf] = ["root", "sub", "leaf"]
        .map(|n| Certificate::from_pem(std::str::from_utf8(&openssl.read(n)).unwrap()).unwrap());
    assert!(verify_chain(&sub, &[], std::slice::from_ref(&root), now, CHECK).is_ok());
    let refused = verify_chain(&leaf, &[sub], &[root], now, CHECK);
    assert_eq!(
        refused,
        Err(Error::Untrusted {
            what: "path length exceeded"
        })
    );
}

proptest! {
    #[test]
    fn mutated_certificates_never_panic_nor_verify(
        at in any::<usize>(), value in any::<u8>(), kind in any::<u8>(),
    ) {
        let bytes = mutate(DEVICE.certificate.der(), at, value, kind);
        if bytes != DEVICE.certificate.der()
            && let Ok(certificate) = Certificate::from_der(&bytes)
        {
            let _ = (certificate.subject_text(), certificate.serial_hex(), certificate.uris());
            let _ = certificate.public_key().check_policy();
            prop_assert!(certificate.verify_issued_by(&CA.certificate).is_err());
        }
    }

    #[test]
    fn arbitrary_texts_and_bytes_never_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..300), text in ".{0,300}",
    ) {
        let _ = Certificate::from_der(&bytes);
        let _ = Certificate::all_from_pem(&text);
        let _ = Certificate::all_from_pem(&format!("-----BEGIN CERTIFICATE-----{text}-----END CERTIFICATE-----"));
        let _ = KeyPair::from_pkcs8_der(&bytes);
    }
}
