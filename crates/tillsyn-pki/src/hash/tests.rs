use super::*;

#[test]
fn hex_goes_both_ways() {
    assert_eq!(hex(&[0, 0x9f, 0xff]), "009fff");
    assert_eq!(from_hex("009FfF"), Some(vec![0, 0x9f, 0xff]));
    assert_eq!(from_hex("0"), None);
    assert_eq!(from_hex("zz"), None);
    assert_eq!(
        sha256_hex(b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

// RFC 4231 §4.3, test case 2.
#[test]
fn the_keyed_hash_is_that_of_the_standard() {
    let tag = hmac_sha256(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
    assert_eq!(
        hex(&tag),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
}

#[test]
fn random_texts_have_their_length_and_alphabet() {
    let code = random_code("ABC", 1000);
    assert_eq!(code.len(), 1000);
    assert!(code.bytes().all(|b| b"ABC".contains(&b)));
    assert!(
        ["A", "B", "C"]
            .iter()
            .all(|letter| code.matches(letter).count() > 200)
    );
    assert_eq!(random_token(16).len(), 22);
    assert_ne!(random_token(16), random_token(16));
}

#[test]
fn comparison_sees_length_and_content() {
    assert!(constant_time_eq(b"ab", b"ab"));
    assert!(!constant_time_eq(b"ab", b"ac"));
    assert!(!constant_time_eq(b"ab", b"a"));
}
