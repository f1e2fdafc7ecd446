#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use proptest::prelude::*;

use super::*;
use crate::cert::Certificate;
use crate::csr::{self, Csr};
use crate::error::Error;
use crate::issue::{self, CaIdentity, KeyAlgorithm, KeyUsage, LeafRequest};
use crate::key::{Digest, KeyPair};
use crate::oid;
use crate::testing::{self, CA, DAY, NOW, Openssl, P384, RSA_A, RSA_B, fixture, mutate};

/// A vendor under an intermediate under a root, in place of Apple's.
struct Vendor {
    identity: CaIdentity,
    chain: Vec<Certificate>,
}

static VENDOR: LazyLock<Vendor> = LazyLock::new(|| {
    let root = issue::create_root_ca("Root", "Test", NOW, 3650, KeyAlgorithm::P256).unwrap();
    let key = KeyPair::generate_p256().unwrap();
    let mut request = LeafRequest::new(vec![(oid::COMMON_NAME, "Relations".into())], NOW, 1000);
    request.is_ca = true;
    request.key_usage = vec![KeyUsage::KeyCertSign];
    let certificate = issue::issue_leaf(&root, key.public_key(), request).unwrap();
    let intermediate = CaIdentity { certificate, key };
    let names = vec![(oid::COMMON_NAME, "MDM Vendor".into())];
    let request = LeafRequest::new(names, NOW, 365);
    let certificate = issue::issue_leaf(&intermediate, RSA_B.public_key(), request).unwrap();
    Vendor {
        identity: CaIdentity {
            certificate,
            key: RSA_B.clone(),
        },
        chain: vec![intermediate.certificate, root.certificate],
    }
});

fn names() -> PushNames<'static> {
    PushNames {
        common_name: "Tillsyn push",
        country: "se",
        email: "it@example.com",
    }
}

fn file() -> String {
    let csr = build_csr(&RSA_A, &names()).unwrap();
    sign_for_upload(&csr, &VENDOR.identity, &VENDOR.chain, NOW).unwrap()
}

fn plist(file: &str) -> String {
    String::from_utf8(BASE64_STANDARD.decode(file).unwrap()).unwrap()
}

#[test]
fn request_has_the_names_and_an_rsa_key() {
    let der = build_csr(&RSA_A, &names()).unwrap();
    let csr = Csr::from_der(&der).unwrap();
    csr.verify().unwrap();
    assert_eq!(csr.subject_text(), "E=it@example.com,CN=Tillsyn push,C=SE");
    let openssl = Openssl::new();
    openssl.write("csr", csr::to_pem(&der).as_bytes());
    let text = openssl.run("req -in csr -verify -noout -text");
    assert!(text.contains("sha256WithRSAEncryption"), "{text}");

    let error = build_csr(&P384, &names()).unwrap_err();
    assert!(matches!(error, Error::WeakKey { .. }));
    for changed in [
        PushNames {
            country: "SWE",
            ..names()
        },
        PushNames {
            country: "5E",
            ..names()
        },
        PushNames {
            common_name: "",
            ..names()
        },
        PushNames {
            email: "nobody",
            ..names()
        },
        PushNames {
            email: "å@example.com",
            ..names()
        },
    ] {
        assert!(build_csr(&RSA_A, &changed).is_err(), "{changed:?}");
    }
}

#[test]
fn upload_is_base64_of_three_strings_that_openssl_verifies() {
    let plist = plist(&file());
    let entries = super::plist::read(plist.trim()).unwrap();
    let keys: Vec<&str> = entries.iter().map(|(key, _)| *key).collect();
    assert_eq!(
        keys,
        [
            "PushCertRequestCSR",
            "PushCertCertificateChain",
            "PushCertSignature"
        ]
    );
    assert_eq!(plist.matches("<string>").count(), 3);
    let chain = entries[1].1;
    assert_eq!(chain.matches("-----BEGIN CERTIFICATE-----").count(), 3);
    assert!(chain.lines().all(|line| line.len() <= 64));
    let openssl = Openssl::new();
    openssl.write("csr", &BASE64_STANDARD.decode(entries[0].1).unwrap());
    openssl.write("signature", &BASE64_STANDARD.decode(entries[2].1).unwrap());
    openssl.write("chain", chain.as_bytes());
    openssl.run("x509 -in chain -pubkey -noout -out key");
    openssl.run("dgst -sha256 -verify key -signature signature csr");
}

#[test]
fn answer_of_an_outside_signer_is_read_in_the_forms_it_comes_in() {
    let file = file();
    let plain = plist(&file);
    let lines: String = file
        .as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8_lossy(line).into_owned() + "\r\n")
        .collect();
    for form in [
        file.clone(),
        lines,
        plain.clone(),
        format!("\u{feff}{plain}"),
        plain
            .replace("<string>", "<data>")
            .replace("</string>", "</data>"),
    ] {
        let upload = Upload::parse(form.as_bytes()).unwrap();
        upload.verify(RSA_A.public_key(), NOW).unwrap();
        assert_eq!(upload.vendor(), Some(&VENDOR.identity.certificate));
        assert_eq!(upload.csr().public_key(), RSA_A.public_key());
        assert_eq!(upload.to_file(), file);
    }
}

#[test]
fn answer_for_another_request_or_with_another_signature_is_refused() {
    let upload = Upload::parse(file().as_bytes()).unwrap();
    assert_eq!(
        upload.verify(RSA_B.public_key(), NOW),
        Err(UploadError::OtherRequest)
    );
    let signature = |bytes: &[u8]| {
        let plain = plist(&file());
        let (head, _) = plain.split_once("<key>PushCertSignature").unwrap();
        let text = BASE64_STANDARD.encode(bytes);
        let form =
            format!("{head}<key>PushCertSignature</key><string>{text}</string></dict></plist>");
        let upload = Upload::parse(form.as_bytes()).unwrap();
        upload.verify(RSA_A.public_key(), NOW)
    };
    let csr = build_csr(&RSA_A, &names()).unwrap();
    let good = RSA_B.sign(Digest::Sha256, &csr).unwrap();
    assert_eq!(signature(&good), Ok(()));
    let old = RSA_B.sign(Digest::Sha1, &csr).unwrap();
    assert_eq!(signature(&old), Err(UploadError::SignedWithSha1));
    let foreign = RSA_A.sign(Digest::Sha256, &csr).unwrap();
    assert_eq!(signature(&foreign), Err(UploadError::BadSignature));
}

#[test]
fn incomplete_expired_and_mixed_chains_are_refused() {
    let csr = build_csr(&RSA_A, &names()).unwrap();
    let sign = |chain: &[Certificate], now| sign_for_upload(&csr, &VENDOR.identity, chain, now);
    for chain in [
        &[][..],
        &VENDOR.chain[..1],
        &VENDOR.chain[1..],
        &[VENDOR.chain[1].clone(), VENDOR.chain[0].clone()],
        &[VENDOR.chain[0].clone(), CA.certificate.clone()],
    ] {
        let error = sign(chain, NOW).unwrap_err();
        assert!(matches!(error, UploadError::Chain(_)), "{error}");
    }
    assert_eq!(
        sign(&VENDOR.chain, NOW + 400 * DAY),
        Err(UploadError::Chain(Error::Expired))
    );
    let mixed = CaIdentity {
        certificate: VENDOR.identity.certificate.clone(),
        key: RSA_A.clone(),
    };
    assert!(sign_for_upload(&csr, &mixed, &VENDOR.chain, NOW).is_err());
    let upload = Upload::parse(file().as_bytes()).unwrap();
    assert_eq!(
        upload.verify(RSA_A.public_key(), NOW + 400 * DAY),
        Err(UploadError::Chain(Error::Expired))
    );
}

#[test]
fn other_files_are_named_for_what_is_wrong_with_them() {
    let plain = plist(&file());
    let without = |key: &str| plain.replace(key, "Other");
    for (bytes, expected) in [
        (String::new(), UploadError::NotAnUpload),
        (fixture("rsa_a.pem"), UploadError::NotAnUpload),
        (CA.certificate.to_pem(), UploadError::NotAnUpload),
        (plain.replace("<dict>", "<array>"), UploadError::NotAnUpload),
        (plain.replace("</plist>", ""), UploadError::NotAnUpload),
        (
            plain.replace("</dict>", "</dict><dict>"),
            UploadError::NotAnUpload,
        ),
        (
            plain.replace("PushCertSignature", "PushCertRequestCSR"),
            UploadError::NotAnUpload,
        ),
        (
            without("PushCertSignature"),
            UploadError::Missing {
                key: "PushCertSignature",
            },
        ),
        (
            without("PushCertRequestCSR"),
            UploadError::Missing {
                key: "PushCertRequestCSR",
            },
        ),
        (
            "a".repeat(300 << 10),
            UploadError::TooLarge { limit: 256 << 10 },
        ),
    ] {
        assert_eq!(Upload::parse(bytes.as_bytes()).unwrap_err(), expected);
    }
    let broken = plain.replace("<string>MII", "<string>AAA");
    let error = Upload::parse(broken.as_bytes()).unwrap_err();
    assert!(matches!(error, UploadError::Malformed { .. }), "{error}");
}

#[test]
fn corpus_is_read_or_refused_as_named() {
    let weak = {
        let openssl = Openssl::new();
        openssl.write("key", fixture("rsa_1024.pem").as_bytes());
        openssl.run("req -new -key key -subj /CN=x -outform DER -out csr");
        openssl.read("csr")
    };
    let subject = [(oid::COMMON_NAME, "wish".to_owned())];
    let good = csr::build(&RSA_A, &subject, Some("challenge")).unwrap();
    testing::corpus(
        "csr",
        &[
            ("ok-rsa", good.clone()),
            ("ok-p384", csr::build(&P384, &subject, None).unwrap()),
            ("ok-push", build_csr(&RSA_A, &names()).unwrap()),
            ("ok-weak-key", weak),
            ("bad-cut", good[..good.len() - 1].to_vec()),
            ("bad-long", [&good[..], &[0]].concat()),
            ("bad-empty", Vec::new()),
            ("bad-certificate", CA.certificate.der().to_vec()),
        ],
        |bytes| Csr::from_der(bytes).is_ok(),
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn mutated_uploads_never_verify_for_another_key(
        at in any::<usize>(), value in any::<u8>(), kind in any::<u8>(),
    ) {
        static PLAIN: LazyLock<String> = LazyLock::new(|| plist(&file()));
        if let Ok(upload) = Upload::parse(&mutate(PLAIN.as_bytes(), at, value, kind)) {
            prop_assert!(upload.verify(RSA_B.public_key(), NOW).is_err());
            let _ = upload.verify(RSA_A.public_key(), NOW);
        }
    }

    #[test]
    fn arbitrary_files_never_panic(text in ".{0,300}") {
        let _ = Upload::parse(text.as_bytes());
        let _ = super::plist::read(&text);
    }
}
