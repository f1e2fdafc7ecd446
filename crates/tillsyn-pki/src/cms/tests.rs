#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::asn1::{SET, context_constructed, oid, writer};
use crate::cert::Certificate;
use crate::error::Error;
use crate::key::Digest;
use crate::testing::{CA, DEVICE, NOW, OTHER_DEVICE, Openssl, P384, mutate, self_signed};

const BODY: &[u8] = b"<plist>the exact bytes\r\nof a body</plist>";
const STRICT: Policy = Policy {
    allow_sha1: false,
    signing_time: None,
};
const LENIENT: Policy = Policy {
    allow_sha1: true,
    signing_time: None,
};

fn parse(bytes: &[u8]) -> Signed {
    parse_signed(bytes, SignedLimits::default()).unwrap()
}

/// Both readers must say the same of a detached signature.
fn check_both(bytes: &[u8], body: &[u8], policy: Policy) -> Result<Digest, Error> {
    let slow = parse(bytes)
        .verify(Some(body), policy)
        .map(|v| (v.digest_alg, v.signer));
    let fast = MdmSignature::parse(bytes).and_then(|signature| {
        let certificate = Certificate::from_der(signature.signer_cert_der())?;
        let digest = signature.verify_with(certificate.public_key(), body, policy)?;
        Ok((digest, certificate))
    });
    assert_eq!(slow, fast);
    slow.map(|(digest, signer)| {
        assert_eq!(signer, DEVICE.certificate);
        digest
    })
}

fn openssl_sign(arguments: &str) -> Vec<u8> {
    let openssl = Openssl::with(&[("a", &DEVICE), ("b", &OTHER_DEVICE), ("ca", &CA)], BODY);
    openssl.run(&format!(
        "cms -sign -binary -in body -signer a.pem -inkey a.key -outform DER -out out {arguments}"
    ));
    openssl.read("out")
}

#[test]
fn detached_signatures_of_openssl_verify_in_every_form() {
    for attributes in ["", "-noattr"] {
        for form in ["", "-stream -indef", "-keyid"] {
            for (name, digest) in [
                ("sha1", Digest::Sha1),
                ("sha256", Digest::Sha256),
                ("sha384", Digest::Sha384),
                ("sha512", Digest::Sha512),
            ] {
                let message = openssl_sign(&format!("-md {name} {attributes} {form}"));
                assert_eq!(
                    check_both(&message, BODY, LENIENT),
                    Ok(digest),
                    "{name} {form}"
                );
                assert!(check_both(&message, b"another body", LENIENT).is_err());
                let strict = check_both(&message, BODY, STRICT);
                assert_eq!(strict.is_ok(), digest != Digest::Sha1);
            }
        }
    }
}

#[test]
fn form_of_old_devices_starts_with_indefinite_lengths() {
    let message = openssl_sign("-noattr -stream -indef -md sha1");
    assert!(message.starts_with(&[0x30, 0x80, 0x06, 0x09]));
    assert_eq!(check_both(&message, BODY, LENIENT), Ok(Digest::Sha1));
}

#[test]
fn simulated_device_signature_has_the_devices_form_and_openssl_accepts_it() {
    for (digest, name) in [(Digest::Sha1, "sha1"), (Digest::Sha256, "sha256")] {
        let message =
            sign_detached_like_device(BODY, &DEVICE.certificate, &DEVICE.key, digest).unwrap();
        assert!(message.starts_with(&[0x30, 0x80, 0x06, 0x09]));
        assert_eq!(check_both(&message, BODY, LENIENT), Ok(digest));
        assert!(check_both(&message, b"x", LENIENT).is_err());
        let openssl = Openssl::with(&[], BODY);
        openssl.write("message", &message);
        openssl.run("cms -verify -noverify -binary -inform DER -in message -content body -out o");
        assert_eq!(openssl.read("o"), BODY, "{name}");
    }
}

#[test]
fn attached_and_streamed_content_comes_back() {
    for form in ["", "-stream -indef"] {
        let message = openssl_sign(&format!("-nodetach -md sha256 {form}"));
        let verified = parse(&message).verify(None, STRICT).unwrap();
        assert_eq!(verified.content.as_deref(), Some(BODY));
        assert_eq!(verified.signer, DEVICE.certificate);
        assert_eq!(check_both(&message, BODY, STRICT), Ok(Digest::Sha256));
        assert_eq!(
            check_both(&message, b"x", STRICT),
            Err(Error::ContentDiffers)
        );
    }
    let detached = openssl_sign("-md sha256");
    assert_eq!(
        parse(&detached).verify(None, STRICT).unwrap_err(),
        Error::ContentMissing
    );
}

#[test]
fn two_signers_are_refused() {
    let message = openssl_sign("-md sha256 -signer b.pem -inkey b.key");
    let error = parse(&message).verify(Some(BODY), STRICT).unwrap_err();
    assert_eq!(error, Error::SignerCount { found: 2 });
    let error = MdmSignature::parse(&message).map(|_| ()).unwrap_err();
    assert_eq!(error, Error::SignerCount { found: 2 });
}

#[test]
fn signer_is_found_behind_other_certificates() {
    // Ours keeps the order: the signer stands last.
    let strangers = [
        &CA.certificate,
        &OTHER_DEVICE.certificate,
        &DEVICE.certificate,
    ];
    let message = sign(&Signing {
        content: None,
        signer: &DEVICE.certificate,
        key: &DEVICE.key,
        digest: Digest::Sha256,
        extra_attributes: Vec::new(),
        certificates: &strangers,
    })
    .unwrap();
    assert_eq!(message_digest_of_nothing(&message), Ok(Digest::Sha256));
    let without = sign(&Signing {
        content: None,
        signer: &DEVICE.certificate,
        key: &DEVICE.key,
        digest: Digest::Sha256,
        extra_attributes: Vec::new(),
        certificates: &[&CA.certificate, &OTHER_DEVICE.certificate],
    })
    .unwrap();
    assert_eq!(
        parse(&without).verify(Some(b""), STRICT).unwrap_err(),
        Error::SignerCertificateMissing
    );
}

fn message_digest_of_nothing(message: &[u8]) -> Result<Digest, Error> {
    check_both(message, b"", STRICT)
}

#[test]
fn certificate_of_another_key_under_the_signers_name_is_no_help() {
    let forged =
        sign_detached_like_device(BODY, &DEVICE.certificate, &OTHER_DEVICE.key, Digest::Sha256)
            .unwrap();
    assert_eq!(check_both(&forged, BODY, LENIENT), Err(Error::BadSignature));
}

/// A signer info with attributes in the order given, hashed as `signed_over` says.
fn with_attributes(attributes: &[Vec<u8>], signed_over: &[u8]) -> Vec<u8> {
    let digest = writer::sequence(&[&writer::oid(&oid::SHA256), &writer::null()]);
    let signature = DEVICE
        .key
        .sign(Digest::Sha256, &writer::tlv(SET, signed_over))
        .unwrap();
    let info = writer::sequence(&[
        &writer::small(1),
        &signer_identifier(&DEVICE.certificate),
        &digest,
        &writer::tlv(context_constructed(0), &attributes.concat()),
        &writer::sequence(&[&writer::oid(&oid::SHA256_WITH_RSA)]),
        &writer::octets(&signature),
    ]);
    let signed = writer::sequence(&[
        &writer::small(1),
        &writer::tlv(SET, &digest),
        &writer::sequence(&[&writer::oid(&oid::DATA)]),
        &writer::tlv(context_constructed(0), DEVICE.certificate.der()),
        &writer::tlv(SET, &info),
    ]);
    content_info(&oid::SIGNED_DATA, &signed)
}

fn attributes(signed_ms: i64) -> Vec<Vec<u8>> {
    let mut list = vec![
        attribute(&oid::CONTENT_TYPE, &writer::oid(&oid::DATA)),
        attribute(
            &oid::MESSAGE_DIGEST,
            &writer::octets(&Digest::Sha256.of(BODY)),
        ),
        attribute(&oid::SIGNING_TIME, &crate::asn1::time::encode(signed_ms)),
    ];
    list.sort();
    list.reverse();
    list
}

#[test]
fn attributes_are_hashed_sorted_or_as_they_were_sent() {
    let unsorted = attributes(NOW);
    let sorted = writer::sorted(unsorted.clone());
    assert_ne!(unsorted.concat(), sorted);
    for signed_over in [unsorted.concat(), sorted] {
        let message = with_attributes(&unsorted, &signed_over);
        assert_eq!(check_both(&message, BODY, STRICT), Ok(Digest::Sha256));
    }
    let foreign = with_attributes(&unsorted, b"something else");
    assert_eq!(check_both(&foreign, BODY, STRICT), Err(Error::BadSignature));
}

#[test]
fn attributes_must_describe_the_content() {
    let mut list = attributes(NOW);
    let message = with_attributes(&list, &writer::sorted(list.clone()));
    assert_eq!(
        check_both(&message, b"other", STRICT),
        Err(Error::DigestMismatch)
    );
    list.retain(|a| *a != attribute(&oid::CONTENT_TYPE, &writer::oid(&oid::DATA)));
    let message = with_attributes(&list, &writer::sorted(list.clone()));
    assert!(matches!(
        check_both(&message, BODY, STRICT),
        Err(Error::Malformed { .. })
    ));
    // Twice the same attribute: which one counts would be a matter of taste.
    let mut list = attributes(NOW);
    list.push(attribute(
        &oid::MESSAGE_DIGEST,
        &writer::octets(&Digest::Sha256.of(b"x")),
    ));
    let message = with_attributes(&list, &writer::sorted(list.clone()));
    assert!(matches!(
        check_both(&message, BODY, STRICT),
        Err(Error::Malformed { .. })
    ));
}

#[test]
fn signing_time_counts_only_against_now() {
    let policy = Policy {
        allow_sha1: true,
        signing_time: Some((NOW, 86_400_000)),
    };
    // Ten minutes before NotBefore: the clock of the device runs behind.
    let early = DEVICE.certificate.not_before_ms() - 600_000;
    for (signed_ms, is_good) in [
        (early, true),
        (NOW, true),
        (NOW - 86_401_000, false),
        (NOW + 86_401_000, false),
    ] {
        let list = attributes(signed_ms);
        let message = with_attributes(&list, &writer::sorted(list.clone()));
        let result = check_both(&message, BODY, policy);
        assert_eq!(result.is_ok(), is_good, "{result:?}");
        assert!(check_both(&message, BODY, STRICT).is_ok());
    }
}

#[test]
fn our_signed_data_verifies_with_openssl_and_here() {
    let ec = crate::issue::create_signer(&CA, "Signer", "Test", NOW, 100).unwrap();
    let p384 = self_signed(&P384, "p384");
    for (certificate, key) in [
        (&ec.certificate, &ec.key),
        (&DEVICE.certificate, &DEVICE.key),
        (&p384, &*P384),
    ] {
        let message = sign_attached(
            BODY,
            certificate,
            key,
            std::slice::from_ref(&CA.certificate),
        )
        .unwrap();
        let verified = parse(&message).verify(None, STRICT).unwrap();
        assert_eq!(verified.content.as_deref(), Some(BODY));
        assert_eq!(verified.signer, *certificate);
        let openssl = Openssl::with(&[("ca", &CA)], b"");
        openssl.write("message", &message);
        openssl.run("cms -verify -noverify -binary -inform DER -in message -out o");
        assert_eq!(openssl.read("o"), BODY);
    }
}

#[test]
fn certs_only_is_read_by_openssl_in_our_order() {
    let message = certs_only(&[DEVICE.certificate.clone(), CA.certificate.clone()]);
    let openssl = Openssl::new();
    openssl.write("message", &message);
    let listed = openssl.run("pkcs7 -inform DER -in message -print_certs");
    let device = listed.find("device-a").unwrap();
    assert!(device < listed.find("subject=O = Test, CN = Test CA").unwrap());
    let read = parse(&message).certificates().unwrap();
    assert_eq!(read, [DEVICE.certificate.clone(), CA.certificate.clone()]);
    assert_eq!(
        parse(&message).verify(Some(BODY), STRICT).unwrap_err(),
        Error::SignerCount { found: 0 }
    );
}

#[test]
fn header_value_is_decoded_with_and_without_padding() {
    assert_eq!(decode_header(" AQI= "), Ok(vec![1, 2]));
    assert_eq!(decode_header("AQI"), Ok(vec![1, 2]));
    assert!(decode_header("!").is_err());
    assert!(matches!(
        decode_header(&"A".repeat(200_000)),
        Err(Error::TooLarge { .. })
    ));
}

#[test]
fn limits_hold() {
    let message = openssl_sign("-md sha256");
    let limits = SignedLimits {
        max_len: 100,
        ..SignedLimits::default()
    };
    assert!(matches!(
        parse_signed(&message, limits),
        Err(Error::TooLarge { .. })
    ));
    let limits = SignedLimits {
        max_certificates: 0,
        ..SignedLimits::default()
    };
    assert!(matches!(
        parse_signed(&message, limits),
        Err(Error::TooLarge { .. })
    ));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse_signed(&bytes, SignedLimits::default());
        let _ = MdmSignature::parse(&bytes).map(|_| ());
    }

    /// One changed byte: never a panic, and never another body or signer under a good signature.
    #[test]
    fn mutated_messages_never_panic_nor_deceive(
        at in any::<usize>(), value in any::<u8>(), kind in any::<u8>(), ber in any::<bool>(),
    ) {
        let message = if ber {
            sign_detached_like_device(BODY, &DEVICE.certificate, &DEVICE.key, Digest::Sha256)
        } else {
            let list = attributes(NOW);
            Ok(with_attributes(&list, &writer::sorted(list.clone())))
        };
        let bytes = mutate(&message.unwrap(), at, value, kind);
        if let Ok(signed) = parse_signed(&bytes, SignedLimits::default())
            && let Ok(verified) = signed.verify(Some(BODY), LENIENT)
        {
            prop_assert_eq!(
                verified.signer.public_key(), DEVICE.certificate.public_key());
        }
        if let Ok(signature) = MdmSignature::parse(&bytes) {
            let key = DEVICE.certificate.public_key();
            let _ = signature.verify_with(key, BODY, LENIENT);
            prop_assert!(signature.verify_with(key, b"other", LENIENT).is_err());
        }
    }
}
