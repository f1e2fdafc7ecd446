use super::enrollment::weakness;

#[test]
fn random_challenges_pass_and_others_do_not() {
    for _ in 0..200 {
        assert_eq!(weakness(&tillsyn_pki::hash::random_token(16)), None);
        let hex = tillsyn_pki::hash::hex(&tillsyn_pki::hash::random_bytes::<16>());
        assert_eq!(weakness(&hex), None);
    }
    assert!(weakness("secret").is_some());
    assert!(weakness(&"a".repeat(64)).is_some());
    assert!(weakness("abababababababababababababababab").is_some());
}
