#![expect(clippy::unwrap_used, reason = "tests")]

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use proptest::prelude::*;

use super::*;
use crate::testing::{self, CA, DEVICE, mutate};

#[test]
fn both_forms_give_the_certificate() {
    let rfc = to_rfc9440(&DEVICE.certificate);
    let escaped = escape_pem(&DEVICE.certificate);
    assert!(escaped.starts_with("-----BEGIN%20CERTIFICATE-----%0A"));
    // Base64 of a certificate has a plus sign or a slash sooner or later; both are escaped.
    assert!(!escaped.contains(['+', '/', '=', ' ', '\n']));
    for value in [
        rfc.clone(),
        format!(" {rfc}\t"),
        rfc.trim_end_matches([':', '=']).to_owned() + ":",
        escaped.clone(),
        escaped.replace('-', "%2d"),
        escaped.replace("%0A", "%0D%0A"),
    ] {
        let certificate = parse_header(value.as_bytes()).unwrap();
        assert_eq!(certificate, DEVICE.certificate, "{value}");
    }
}

#[test]
fn plus_sign_stays_a_plus_sign() {
    let pem = DEVICE.certificate.to_pem();
    let value = pem.replace(' ', "%20").replace('\n', "%0A");
    assert_eq!(parse_header(value.as_bytes()).unwrap(), DEVICE.certificate);
}

#[test]
fn anything_else_is_refused_and_named() {
    let base64 = BASE64_STANDARD.encode(DEVICE.certificate.der());
    let escaped = escape_pem(&DEVICE.certificate);
    for (value, expected) in [
        (String::new(), ClientCertError::Empty),
        ("  ".to_owned(), ClientCertError::Empty),
        // Plain base64, plain PEM in one line, what other proxies send.
        (base64.clone(), ClientCertError::UnknownForm),
        (
            DEVICE.certificate.to_pem().replace('\n', " "),
            ClientCertError::UnknownForm,
        ),
        (
            "Subject=\"CN=device\"".to_owned(),
            ClientCertError::UnknownForm,
        ),
        ("(null)".to_owned(), ClientCertError::UnknownForm),
        (
            escaped.clone() + &escape_pem(&CA.certificate),
            ClientCertError::NotOne { found: 2 },
        ),
        (
            escaped.replace("CERTIFICATE", "PUBLIC%20KEY"),
            ClientCertError::NotOne { found: 0 },
        ),
        (
            "a".repeat(40 << 10),
            ClientCertError::TooLarge { limit: 32 << 10 },
        ),
    ] {
        assert_eq!(parse_header(value.as_bytes()), Err(expected), "{value}");
    }
    for value in [
        format!(":{base64}"),
        format!(":{base64}:;a=1"),
        format!(":{base64}:, :{base64}:"),
        ":!!:".to_owned(),
        "::".to_owned(),
        escaped[..200].to_owned(),
        format!("{escaped}%"),
    ] {
        let error = parse_header(value.as_bytes()).unwrap_err();
        assert!(matches!(error, ClientCertError::Malformed(_)), "{value}");
    }
    assert!(parse_header(&[b':', 0xff, b':']).is_err());
}

#[test]
fn corpus_is_read_or_refused_as_named() {
    let escaped = escape_pem(&DEVICE.certificate);
    testing::corpus(
        "client_cert",
        &[
            ("ok-rfc9440", to_rfc9440(&DEVICE.certificate).into_bytes()),
            ("ok-nginx", escaped.clone().into_bytes()),
            ("bad-two", format!("{escaped}{escaped}").into_bytes()),
            ("bad-open", b":AAAA".to_vec()),
            ("bad-null", b"(null)".to_vec()),
            ("bad-escape", b"-----BEGIN%20CERTIFICATE-----%0".to_vec()),
        ],
        |bytes| parse_header(bytes).is_ok(),
    );
}

proptest! {
    #[test]
    fn mutated_headers_never_panic(at in any::<usize>(), value in any::<u8>(), kind in any::<u8>()) {
        for header in [to_rfc9440(&DEVICE.certificate), escape_pem(&DEVICE.certificate)] {
            let _ = parse_header(&mutate(header.as_bytes(), at, value, kind));
        }
    }

    #[test]
    fn arbitrary_headers_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_header(&bytes);
    }
}
