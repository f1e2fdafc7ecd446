#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::envelope::{self, ContentCipher};
use crate::error::Error;
use crate::issue::CaIdentity;
use crate::key::KeyKind;
use crate::testing::{self, CA, DAY, DEVICE, NOW, OTHER_DEVICE, Openssl, mutate};

static ESCROW: LazyLock<CaIdentity> =
    LazyLock::new(|| create_escrow_identity("Recovery keys", "Test", NOW, 3650).unwrap());

#[test]
fn escrow_certificate_is_rsa_and_for_encryption_alone() {
    assert_eq!(ESCROW.key.public_key().kind(), KeyKind::Rsa { bits: 2048 });
    assert_eq!(ESCROW.certificate.not_after_ms(), NOW + 3650 * DAY);
    let openssl = Openssl::new();
    openssl.write("cert", ESCROW.certificate.to_pem().as_bytes());
    let text = openssl.run("x509 -in cert -noout -text");
    assert!(text.contains("Key Encipherment\n") && text.contains("CA:FALSE"));
    assert!(!text.contains("Digital Signature"), "{text}");
}

#[test]
fn recovery_key_of_a_simulated_mac_is_opened() {
    for cipher in [
        ContentCipher::Aes256Cbc,
        ContentCipher::Aes128Cbc,
        ContentCipher::DesEde3Cbc,
    ] {
        let key = RecoveryKey::generate();
        assert!(key.has_usual_form());
        let sent = seal(&key, &ESCROW.certificate, cipher).unwrap();
        assert_eq!(open(&sent, &ESCROW).unwrap(), key);
    }
}

#[test]
fn foreign_envelopes_in_ber_and_with_oaep_are_opened() {
    let openssl = Openssl::with(&[("escrow", &ESCROW)], b"ABCD-EFGH-JKLM-NPQR-STUV-WXYZ\n");
    for form in ["", "-stream -indef", "-keyopt rsa_padding_mode:oaep"] {
        for cipher in ["aes256", "aes128", "des3"] {
            openssl.run(&format!(
                "cms -encrypt -binary -{cipher} -in body -outform DER -out out \
                 -recip escrow.pem {form}"
            ));
            let key = open(&openssl.read("out"), &ESCROW).unwrap();
            assert_eq!(
                key.as_str(),
                "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ",
                "{cipher} {form}"
            );
        }
    }
}

#[test]
fn key_sealed_to_an_earlier_certificate_is_still_opened() {
    let earlier = [DEVICE.clone(), ESCROW.clone()];
    let key = RecoveryKey::generate();
    let sent = seal(&key, &ESCROW.certificate, ContentCipher::Aes256Cbc).unwrap();
    assert_eq!(open_with_any(&sent, &earlier).unwrap(), (key, 1));
    let error = open_with_any(&sent, &earlier[..1]).unwrap_err();
    assert_eq!(error, Error::NotDecryptable);
    assert_eq!(
        open_with_any(&sent, &[]).unwrap_err(),
        Error::NotDecryptable
    );
}

#[test]
fn anything_but_a_key_for_us_is_refused() {
    let to = |recipient: &CaIdentity, plain: &[u8]| {
        envelope::encrypt(plain, &recipient.certificate, ContentCipher::Aes128Cbc).unwrap()
    };
    for bad in [
        to(&OTHER_DEVICE, b"ABCD-EFGH-JKLM-NPQR-STUV-WXYZ"),
        to(&ESCROW, b""),
        to(&ESCROW, b" \n"),
        to(&ESCROW, &[0xff; 24]),
        to(&ESCROW, "ÅBCD".as_bytes()),
        to(&ESCROW, b"a\x07b"),
        to(&ESCROW, &[b'A'; 129]),
    ] {
        assert_eq!(open(&bad, &ESCROW).unwrap_err(), Error::NotDecryptable);
    }
    assert!(open(b"", &ESCROW).is_err());
    assert!(open(&vec![0x30; 70 << 10], &ESCROW).is_err());
    let key = RecoveryKey::generate();
    assert!(seal(&key, &CA.certificate, ContentCipher::Aes256Cbc).is_err());
    let odd = to(&ESCROW, b"short");
    assert!(!open(&odd, &ESCROW).unwrap().has_usual_form());
}

#[test]
fn debug_hides_the_key() {
    assert_eq!(format!("{:?}", RecoveryKey::generate()), "RecoveryKey(…)");
}

#[test]
fn corpus_is_read_or_refused_as_named() {
    let body = b"ABCD-EFGH-JKLM-NPQR-STUV-WXYZ";
    let openssl = Openssl::with(&[("a", &DEVICE), ("escrow", &ESCROW)], body);
    let made = |arguments: &str| {
        openssl.run(&format!("cms {arguments} -in body -outform DER -out out"));
        openssl.read("out")
    };
    let encrypt = "-encrypt -binary -aes256 -recip escrow.pem";
    let sign = "-sign -binary -signer a.pem -inkey a.key";
    let enveloped = made(encrypt);
    testing::corpus(
        "cms",
        &[
            ("ok-enveloped", enveloped.clone()),
            (
                "ok-enveloped-ber",
                made(&format!("{encrypt} -stream -indef")),
            ),
            (
                "ok-enveloped-oaep",
                made(&format!("{encrypt} -keyopt rsa_padding_mode:oaep")),
            ),
            ("ok-signed", made(&format!("{sign} -nodetach"))),
            (
                "ok-signed-like-device",
                made(&format!("{sign} -noattr -stream -indef -md sha1")),
            ),
            ("bad-cut", enveloped[..enveloped.len() - 3].to_vec()),
            ("bad-empty", Vec::new()),
            ("bad-indefinite-deep", [0x30, 0x80].repeat(64)),
            ("bad-length", vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
        ],
        |bytes| {
            let signed = crate::cms::parse_signed(bytes, crate::cms::SignedLimits::default());
            signed.is_ok() || envelope::Envelope::parse(bytes).is_ok()
        },
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn mutated_envelopes_give_the_key_or_nothing(
        at in any::<usize>(), value in any::<u8>(), kind in any::<u8>(),
    ) {
        static SENT: LazyLock<(RecoveryKey, Vec<u8>)> = LazyLock::new(|| {
            let key = RecoveryKey::generate();
            let sent = seal(&key, &DEVICE.certificate, ContentCipher::Aes256Cbc).unwrap();
            (key, sent)
        });
        let (_, sent) = &*SENT;
        let _ = open(&mutate(sent, at, value, kind), &DEVICE);
    }
}
