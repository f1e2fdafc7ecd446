use super::*;

/// RFC 6238 appendix B, SHA-1, its last six digits.
#[test]
fn codes_are_those_of_the_standard() {
    let secret = b"12345678901234567890";
    for (seconds, expected) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        assert_eq!(code(secret, step_at(seconds * 1_000)), expected);
    }
}

#[test]
fn a_code_counts_once_and_one_step_around_now() {
    let secret = b"12345678901234567890";
    let now_ms = 1_000_000 * STEP_MS + 5;
    let now = 1_000_000;
    for (step, matches) in [
        (now - 2, false),
        (now - 1, true),
        (now, true),
        (now + 1, true),
        (now + 2, false),
    ] {
        let typed = code(secret, step);
        assert_eq!(
            matching_step(secret, &typed, now_ms, 0),
            matches.then_some(step)
        );
    }
    let typed = code(secret, now);
    assert_eq!(matching_step(secret, &typed, now_ms, now), None);
    // Nor does an earlier one after it.
    let earlier = code(secret, now - 1);
    assert_eq!(matching_step(secret, &earlier, now_ms, now), None);
    assert_eq!(matching_step(secret, "", now_ms, 0), None);
}

/// RFC 4648 §10, without padding.
#[test]
fn secrets_are_written_in_base32() {
    for (plain, expected) in [
        ("", ""),
        ("f", "MY"),
        ("fo", "MZXQ"),
        ("foo", "MZXW6"),
        ("foob", "MZXW6YQ"),
        ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI"),
    ] {
        assert_eq!(base32(plain.as_bytes()), expected);
    }
}
