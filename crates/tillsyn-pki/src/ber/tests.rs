#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::error::Error;
use crate::testing::{DEVICE, Openssl};

#[test]
fn der_stays_as_it_is() {
    let der = DEVICE.certificate.der();
    assert_eq!(to_der(der, Limits::default()).unwrap(), der);
}

#[test]
fn streamed_signed_data_becomes_der() {
    let openssl = Openssl::with(&[("a", &DEVICE)], &[b'x'; 10_000]);
    openssl.run(
        "cms -sign -binary -nodetach -stream -indef -in body -signer a.pem -inkey a.key \
         -outform DER -out streamed",
    );
    let streamed = openssl.read("streamed");
    let der = to_der(&streamed, Limits::default()).unwrap();
    assert!(der.len() < streamed.len());
    assert_eq!(to_der(&der, Limits::default()).unwrap(), der);
    assert!(
        der.windows(DEVICE.certificate.der().len())
            .any(|w| w == DEVICE.certificate.der())
    );
}

#[test]
fn pieces_of_octet_strings_are_joined() {
    let pieces = [
        0x24, 0x80, 0x04, 1, b'a', 0x24, 3, 0x04, 1, b'b', 0x04, 0, 0, 0,
    ];
    assert_eq!(
        to_der(&pieces, Limits::default()).unwrap(),
        [0x04, 2, b'a', b'b']
    );
    let not_octets = [0x24, 0x80, 0x02, 1, 1, 0, 0];
    assert!(to_der(&not_octets, Limits::default()).is_err());
}

#[test]
fn limits_and_odd_forms_are_refused() {
    let limits = Limits {
        max_depth: 32,
        max_len: 8,
    };
    assert!(matches!(
        to_der(&[0x30; 9], limits),
        Err(Error::TooLarge { .. })
    ));
    let mut deep = [0x30, 0x80].repeat(40);
    deep.extend([0u8; 80]);
    assert!(matches!(
        to_der(&deep, Limits::default()),
        Err(Error::TooLarge { .. })
    ));
    for bad in [
        &[][..],
        &[0, 0],
        &[0x30],
        &[0x30, 0x80],
        &[0x30, 5, 0],
        &[0x04, 0x80, 0, 0],
        &[0x30, 2, 0, 0],
        &[0x30, 0, 0],
        &[0x30, 0x85, 0, 0, 0, 0, 0],
        &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        &[0x1f, 0x81, 0, 0],
        &[0x2c, 0x80, 0, 0],
    ] {
        assert!(to_der(bad, Limits::default()).is_err(), "{bad:02x?}");
    }
}

proptest! {
    #[test]
    fn what_comes_out_is_der(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(der) = to_der(&bytes, Limits::default()) {
            prop_assert_eq!(to_der(&der, Limits::default()), Ok(der));
        }
    }
}
