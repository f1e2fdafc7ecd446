#![expect(clippy::unwrap_used, reason = "tests")]

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use proptest::prelude::*;

use super::cbor::Value;
use super::maker::{self, AttestationAuthority, Properties, PropertyForm};
use super::*;
use crate::cert::Certificate;
use crate::error::Error;
use crate::hash;
use crate::key::KeyPair;
use crate::testing::{self, DAY, DEVICE, NOW, P384, RSA_A, mutate};

static AUTHORITY: std::sync::LazyLock<AttestationAuthority> =
    std::sync::LazyLock::new(|| AttestationAuthority::new(NOW).unwrap());

const TOKEN: &str = "q6H9p0nJ3Tt1uQk8Zr2mXw";

fn anchors() -> [Certificate; 1] {
    [AUTHORITY.root.certificate.clone()]
}

fn everything() -> Properties {
    Properties {
        serial_number: Some("C02TEST00001".to_owned()),
        udid: Some("00008112-000A1B2C3D4E5F60".to_owned()),
        software_update_device_id: Some("J413AP".to_owned()),
        os_version: Some("15.2".to_owned()),
        sep_os_version: Some("2.1.45".to_owned()),
        llb_version: Some("mBoot-11881.61.3".to_owned()),
        sip: Some(0),
        secure_boot: Some("Full Security".to_owned()),
        kexts: Some(0),
        ..Properties::default()
    }
    .for_token(TOKEN)
}

fn attest(properties: &Properties) -> (KeyPair, Vec<Certificate>) {
    let key = KeyPair::generate_p256().unwrap();
    let x5c = AUTHORITY.attest(key.public_key(), properties, NOW).unwrap();
    (key, x5c)
}

#[test]
fn built_in_root_is_apples() {
    let root = apple_root().unwrap();
    assert_eq!(
        root.subject_text(),
        "C=US,O=Apple Inc.,CN=Apple Enterprise Attestation Root CA"
    );
    assert_eq!(root.sha256_hex(), APPLE_ROOT_SHA256);
    root.verify_issued_by(&root).unwrap();
    // 2022-02-16 to 2047-02-20.
    assert_eq!(root.not_after_ms(), 2_434_233_600_000);
}

#[test]
fn attested_properties_are_read_in_both_forms() {
    for form in [PropertyForm::Plain, PropertyForm::Der] {
        let (key, x5c) = attest(&Properties {
            form,
            ..everything()
        });
        let object = maker::object(&x5c);
        let text = BASE64_URL_SAFE_NO_PAD.encode(&object);
        let statement = parse_object_text(&text).unwrap();
        assert_eq!(statement, Statement::Apple { x5c });
        let attested = verify(statement.x5c().unwrap(), &anchors(), NOW).unwrap();
        attested.check_token(TOKEN).unwrap();
        assert_eq!(attested.public_key, *key.public_key());
        assert_eq!(attested.spki_sha256, key.public_key().spki_sha256());
        let texts = [
            (attested.serial_number, "C02TEST00001"),
            (attested.udid, "00008112-000A1B2C3D4E5F60"),
            (attested.software_update_device_id, "J413AP"),
            (attested.os_version, "15.2"),
            (attested.sep_os_version, "2.1.45"),
            (attested.llb_version, "mBoot-11881.61.3"),
        ];
        for (got, expected) in texts {
            assert_eq!(got.as_deref(), Some(expected), "{form:?}");
        }
        assert_eq!(attested.sip_enabled, Some(true));
        assert_eq!(attested.secure_boot, Some(SecureBoot::Full));
        assert_eq!(attested.kexts_allowed, Some(false));
    }
}

#[test]
fn weakened_mac_is_told_apart_from_an_unknown_one() {
    let (_, x5c) = attest(&Properties {
        sip: Some(1),
        secure_boot: Some("Permissive Security".to_owned()),
        kexts: Some(3),
        ..everything()
    });
    let attested = verify(&x5c, &anchors(), NOW).unwrap();
    assert_eq!(attested.sip_enabled, Some(false));
    assert_eq!(attested.secure_boot, Some(SecureBoot::Permissive));
    assert_eq!(attested.kexts_allowed, Some(true));
    let (_, x5c) = attest(&Properties {
        serial_number: Some(" ".to_owned()),
        ..Properties::default()
    });
    let attested = verify(&x5c, &anchors(), NOW).unwrap();
    assert_eq!(attested.serial_number, None);
    assert_eq!(
        (
            attested.sip_enabled,
            attested.secure_boot,
            attested.kexts_allowed
        ),
        (None, None, None)
    );
}

#[test]
fn wrong_and_missing_freshness_are_refused() {
    let (_, x5c) = attest(&everything());
    let attested = verify(&x5c, &anchors(), NOW).unwrap();
    assert_eq!(
        attested.check_token("another-token"),
        Err(AttestationError::FreshnessDiffers)
    );
    let (_, x5c) = attest(&Properties::default());
    let attested = verify(&x5c, &anchors(), NOW).unwrap();
    assert_eq!(attested.freshness, None);
    assert_eq!(
        attested.check_token(TOKEN),
        Err(AttestationError::FreshnessMissing)
    );
    assert!(!attested.is_for_nonce(&[]));
}

#[test]
fn foreign_root_is_refused() {
    let (_, x5c) = attest(&everything());
    let stranger = AttestationAuthority::new(NOW).unwrap();
    for anchors in [
        vec![stranger.root.certificate],
        vec![apple_root().unwrap()],
        vec![],
    ] {
        let error = verify(&x5c, &anchors, NOW).unwrap_err();
        assert!(matches!(error, AttestationError::Untrusted(_)), "{error}");
    }
    // The intermediate is needed.
    let error = verify(&x5c[..1], &anchors(), NOW).unwrap_err();
    assert!(matches!(error, AttestationError::Untrusted(_)));
    assert_eq!(verify(&[], &anchors(), NOW), Err(AttestationError::Absent));
}

#[test]
fn certificates_of_the_chain_attest_nothing_themselves() {
    // The anchor alone would be a chain that ends at an anchor.
    for x5c in [
        vec![AUTHORITY.root.certificate.clone()],
        vec![AUTHORITY.intermediate.certificate.clone()],
    ] {
        let error = verify(&x5c, &anchors(), NOW).unwrap_err();
        assert!(matches!(error, AttestationError::Untrusted(_)), "{error}");
    }
}

#[test]
fn expired_attestation_and_rsa_key_are_refused() {
    let (_, x5c) = attest(&everything());
    for now in [NOW + 400 * DAY, NOW - 2 * DAY] {
        let error = verify(&x5c, &anchors(), now).unwrap_err();
        assert!(matches!(error, AttestationError::OutOfTime(_)), "{error}");
    }
    let x5c = AUTHORITY
        .attest(RSA_A.public_key(), &everything(), NOW)
        .unwrap();
    let error = verify(&x5c, &anchors(), NOW).unwrap_err();
    assert!(matches!(error, AttestationError::Key(_)), "{error}");
    let x5c = AUTHORITY
        .attest(P384.public_key(), &everything(), NOW)
        .unwrap();
    verify(&x5c, &anchors(), NOW).unwrap();
}

#[test]
fn answer_to_a_query_carries_the_nonce_itself() {
    let nonce = hash::random_bytes::<32>().to_vec();
    let (_, x5c) = attest(&Properties {
        freshness: Some(nonce.clone()),
        ..everything()
    });
    let ders: Vec<Vec<u8>> = x5c.iter().map(|c| c.der().to_vec()).collect();
    let attested = verify_chain(&ders, &anchors(), NOW).unwrap();
    assert!(attested.is_for_nonce(&nonce));
    // A cached one has the nonce of before, and its age.
    assert!(!attested.is_for_nonce(&hash::random_bytes::<32>()));
    assert_eq!(attested.made_at_ms, NOW - 3_600_000);
    let error = verify_chain(&[vec![1, 2, 3]], &anchors(), NOW).unwrap_err();
    assert!(matches!(error, AttestationError::Malformed(_)));
    let many = vec![ders[0].clone(); 9];
    assert!(verify_chain(&many, &anchors(), NOW).is_err());
}

#[test]
fn device_that_does_not_attest_is_seen_in_every_form() {
    let none = maker::object_without_attestation();
    for object in [&[][..], &[0xa0], &none] {
        let statement = parse_object(object).unwrap();
        assert_eq!(statement, Statement::Absent);
        assert_eq!(statement.x5c(), Err(AttestationError::Absent));
    }
}

#[test]
fn malformed_objects_are_refused() {
    let (_, x5c) = attest(&everything());
    let good = maker::object(&x5c);
    parse_object(&good).unwrap();
    let replaced = |from: &[u8], to: &[u8]| {
        let at = good.windows(from.len()).position(|w| w == from).unwrap();
        [&good[..at], to, &good[at + from.len()..]].concat()
    };
    assert_eq!(
        parse_object(&replaced(b"\x65apple", b"\x65tpm99")),
        Err(AttestationError::UnknownFormat)
    );
    for bad in [
        good[..good.len() - 1].to_vec(),
        [&good[..], &[0]].concat(),
        replaced(b"\x63x5c", b"\x63x5d"),
        replaced(b"\x65apple", &[0x01]),
        // A statement without a format; the format twice.
        replaced(b"\x63fmt\x65apple", b"\x63abc\x65apple"),
        replaced(b"\x68authData", b"\x63fmt"),
        vec![0x80],
        // Indefinite length, tag, float, and a length without end.
        vec![0xbf, 0xff],
        vec![0xc0, 0x00],
        vec![0xf9, 0, 0],
        vec![0x9b, 255, 255, 255, 255, 255, 255, 255, 255],
    ] {
        assert!(
            matches!(parse_object(&bad), Err(AttestationError::Malformed(_))),
            "{bad:?}"
        );
    }
    assert!(parse_object_text("a!").is_err());
    assert!(parse_object(&vec![0; 70 << 10]).is_err());
}

#[test]
fn nesting_and_number_of_items_are_bounded() {
    assert!(Value::read(&[&vec![0x81; 15][..], &[0]].concat()).is_ok());
    let error = Value::read(&[&vec![0x81; 16][..], &[0]].concat()).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    let many = [&[0x99, 0x02, 0x00][..], &[0; 512]].concat();
    assert!(matches!(Value::read(&many), Err(Error::TooLarge { .. })));
    assert_eq!(
        Value::read(&[0x20]).unwrap(),
        Value::Negative(0),
        "minus one"
    );
}

#[test]
fn corpus_is_read_or_refused_as_named() {
    let (_, x5c) = attest(&everything());
    testing::corpus(
        "attestation",
        &[
            ("ok-apple", maker::object(&x5c)),
            ("ok-none", maker::object_without_attestation()),
            ("ok-empty-map", vec![0xa0]),
            ("bad-indefinite", vec![0xbf, 0xff]),
            ("bad-deep", vec![0x81; 64]),
            (
                "bad-endless",
                vec![0x9b, 255, 255, 255, 255, 255, 255, 255, 255],
            ),
            ("bad-other-format", b"\xa1\x63fmt\x66packed".to_vec()),
            (
                "bad-certificate",
                maker::object(std::slice::from_ref(&DEVICE.certificate))[..60].to_vec(),
            ),
        ],
        |bytes| parse_object(bytes).is_ok(),
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn mutated_objects_never_panic(at in any::<usize>(), value in any::<u8>(), kind in any::<u8>()) {
        static OBJECT: std::sync::LazyLock<Vec<u8>> =
            std::sync::LazyLock::new(|| maker::object(&attest(&everything()).1));
        if let Ok(Statement::Apple { x5c }) = parse_object(&mutate(&OBJECT, at, value, kind)) {
            // A changed certificate never verifies with other properties.
            if let Ok(attested) = verify(&x5c, &anchors(), NOW) {
                prop_assert_eq!(attested.serial_number.as_deref(), Some("C02TEST00001"));
            }
        }
    }

    #[test]
    fn arbitrary_cbor_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse_object(&bytes);
        let _ = property::text(&bytes);
        let _ = property::number(&bytes);
    }
}
