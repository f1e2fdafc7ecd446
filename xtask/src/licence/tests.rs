use super::allowed;

#[test]
fn alternatives_need_one_and_sums_need_all() {
    assert_eq!(allowed("MIT OR GPL-3.0-only"), Some(true));
    assert_eq!(allowed("MIT AND GPL-3.0-only"), Some(false));
    assert_eq!(allowed("ISC AND (Apache-2.0 OR GPL-2.0-only)"), Some(true));
    assert_eq!(
        allowed("(MIT OR Apache-2.0) AND AGPL-3.0-only"),
        Some(false)
    );
    assert_eq!(allowed("MIT/Apache-2.0"), Some(true));
}

#[test]
fn exceptions_are_licences_of_their_own() {
    assert_eq!(allowed("Apache-2.0 WITH LLVM-exception"), Some(true));
    assert_eq!(
        allowed("GPL-2.0-only WITH Classpath-exception-2.0"),
        Some(false)
    );
}

#[test]
fn what_cannot_be_read_is_not_allowed() {
    for expression in ["", "MIT OR", "(MIT", "MIT Apache-2.0", "OR MIT", "MIT)"] {
        assert_eq!(allowed(expression), None, "{expression}");
    }
}
