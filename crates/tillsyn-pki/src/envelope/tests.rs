#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::error::Error;
use crate::testing::{CA, DEVICE, OTHER_DEVICE, Openssl, mutate};

const PLAIN: &[u8] = b"something to keep for oneself, longer than a block";

#[test]
fn envelopes_of_openssl_open_in_every_cipher_and_form() {
    for (name, cipher) in [
        ("aes128", ContentCipher::Aes128Cbc),
        ("aes192", ContentCipher::Aes192Cbc),
        ("aes256", ContentCipher::Aes256Cbc),
        ("des3", ContentCipher::DesEde3Cbc),
    ] {
        for form in [
            "",
            "-stream -indef",
            "-keyid",
            "-keyopt rsa_padding_mode:oaep",
            "-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256 -keyopt rsa_mgf1_md:sha256",
        ] {
            let openssl = Openssl::with(&[("a", &DEVICE)], PLAIN);
            openssl.run(&format!(
                "cms -encrypt -binary -{name} -in body -outform DER -out out -recip a.pem {form}"
            ));
            let (plain, used) =
                decrypt(&openssl.read("out"), &DEVICE.key, &DEVICE.certificate).unwrap();
            assert_eq!((plain.as_slice(), used), (PLAIN, cipher), "{name} {form}");
        }
    }
}

#[test]
fn our_envelopes_open_with_openssl() {
    for cipher in ContentCipher::ALL {
        if cipher == ContentCipher::DesCbc {
            // The command line has it only in its legacy provider.
            continue;
        }
        let openssl = Openssl::with(&[("a", &DEVICE)], b"");
        openssl.write(
            "message",
            &encrypt(PLAIN, &DEVICE.certificate, cipher).unwrap(),
        );
        openssl
            .run("cms -decrypt -binary -inform DER -in message -recip a.pem -inkey a.key -out o");
        assert_eq!(openssl.read("o"), PLAIN, "{cipher:?}");
    }
}

#[test]
fn single_des_opens_only_where_it_is_allowed() {
    let message = encrypt(PLAIN, &DEVICE.certificate, ContentCipher::DesCbc).unwrap();
    let envelope = Envelope::parse(&message).unwrap();
    let open = |allow| envelope.decrypt(&DEVICE.key, &DEVICE.certificate, allow);
    assert_eq!(open(false).unwrap_err(), Error::unsupported("single DES"));
    let (plain, cipher) = open(true).unwrap();
    assert_eq!((plain.as_slice(), cipher), (PLAIN, ContentCipher::DesCbc));
    assert!(decrypt(&message, &DEVICE.key, &DEVICE.certificate).is_err());
}

#[test]
fn mixed_digests_of_oaep_are_named() {
    let openssl = Openssl::with(&[("a", &DEVICE)], PLAIN);
    openssl.run(
        "cms -encrypt -binary -aes128 -in body -outform DER -out out -recip a.pem \
         -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256 -keyopt rsa_mgf1_md:sha1",
    );
    let error = decrypt(&openssl.read("out"), &DEVICE.key, &DEVICE.certificate).unwrap_err();
    assert_eq!(error, Error::unsupported("key encryption algorithm"));
}

#[test]
fn unknown_cipher_is_named_and_elliptic_keys_are_refused() {
    let openssl = Openssl::with(&[("a", &DEVICE)], PLAIN);
    openssl.run("cms -encrypt -binary -camellia128 -in body -outform DER -out out a.pem");
    let error = decrypt(&openssl.read("out"), &DEVICE.key, &DEVICE.certificate).unwrap_err();
    assert_eq!(error, Error::unsupported("content cipher"));
    let error = encrypt(PLAIN, &CA.certificate, ContentCipher::Aes128Cbc).unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }));
}

#[test]
fn every_failure_that_depends_on_the_key_is_the_same() {
    let message = encrypt(PLAIN, &DEVICE.certificate, ContentCipher::Aes256Cbc).unwrap();
    // Another recipient, the wrong key under the right name, a broken key block, a broken end.
    let wrong_recipient = decrypt(&message, &OTHER_DEVICE.key, &OTHER_DEVICE.certificate);
    let wrong_key = decrypt(&message, &OTHER_DEVICE.key, &DEVICE.certificate);
    let mut envelope = Envelope::parse(&message).unwrap();
    envelope.recipients[0].encrypted_key[20] ^= 1;
    let broken_key = envelope.decrypt(&DEVICE.key, &DEVICE.certificate, false);
    let mut envelope = Envelope::parse(&message).unwrap();
    *envelope.ciphertext.last_mut().unwrap() ^= 1;
    let broken_end = envelope.decrypt(&DEVICE.key, &DEVICE.certificate, false);
    envelope.ciphertext.clear();
    let empty = envelope.decrypt(&DEVICE.key, &DEVICE.certificate, false);
    for result in [wrong_recipient, wrong_key, broken_key, broken_end, empty] {
        // One in 256 random paddings is good by chance; then the text is noise.
        match result {
            Err(error) => assert_eq!(error, Error::NotDecryptable),
            Ok((plain, _)) => assert_ne!(plain.as_slice(), PLAIN),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn mutated_envelopes_never_panic(at in any::<usize>(), value in any::<u8>(), kind in any::<u8>()) {
        let message = encrypt(PLAIN, &DEVICE.certificate, ContentCipher::Aes128Cbc).unwrap();
        let _ = decrypt(&mutate(&message, at, value, kind), &DEVICE.key, &DEVICE.certificate);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Envelope::parse(&bytes).map(|_| ());
    }
}
