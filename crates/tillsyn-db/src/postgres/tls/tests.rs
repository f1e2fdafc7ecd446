use super::{Url, connector, split_url};

#[test]
fn url_asks_for_tls_or_not() {
    let check = |url: &str, expected: &str, tls: bool, roots: Option<&str>| {
        let expected = Url {
            url: expected.to_owned(),
            tls,
            roots: roots.map(str::to_owned),
        };
        assert_eq!(split_url(url), expected);
    };
    check("postgres://h/d", "postgres://h/d", false, None);
    check(
        "postgres://h/d?sslmode=disable",
        "postgres://h/d?sslmode=disable",
        false,
        None,
    );
    check(
        "postgres://h/d?sslmode=require",
        "postgres://h/d?sslmode=require",
        true,
        None,
    );
    check(
        "postgres://h/d?sslmode=verify-full&sslrootcert=%2Fetc%2Fa%20b.pem&keepalives=1",
        "postgres://h/d?keepalives=1&sslmode=require",
        true,
        Some("/etc/a b.pem"),
    );
    check(
        "postgres://h/d?sslrootcert=100%&sslmode=prefer",
        "postgres://h/d?sslmode=prefer",
        false,
        Some("100%"),
    );
}

#[test]
fn root_file_that_is_missing_or_empty_is_named() {
    let error = |path: &str| {
        connector(Some(path))
            .err()
            .map(|e| e.to_string())
            .unwrap_or_default()
    };
    assert!(error("/nowhere/ca.pem").contains("/nowhere/ca.pem"));
    let empty = std::env::temp_dir().join(format!("{}.pem", uuid::Uuid::new_v4()));
    assert!(std::fs::write(&empty, "").is_ok());
    assert!(error(&empty.display().to_string()).contains("no certificate"));
    assert!(std::fs::remove_file(&empty).is_ok());
}
