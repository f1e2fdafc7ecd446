use super::own_path;

#[test]
fn redirects_stay_on_this_server() {
    for path in ["/console", "/console/devices?q=a&after=b", "/console?x=1"] {
        assert_eq!(own_path(path), path);
    }
    for path in [
        "",
        "/",
        "//evil.example",
        "https://evil.example/console",
        "/consolex",
        "/console//evil.example",
        "/console/\\evil.example",
        "/console/a\r\nSet-Cookie: x",
        "/api/v1/me",
        "console",
    ] {
        assert_eq!(own_path(path), "/console", "{path:?}");
    }
    let of = |length: usize| format!("/console/{}", "a".repeat(length - 9));
    assert_eq!(own_path(&of(2_000)), of(2_000));
    assert_eq!(own_path(&of(2_001)), "/console");
}
