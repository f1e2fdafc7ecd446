use super::redact;
use super::strict::is_plain;

#[test]
fn paths_that_two_readers_could_read_in_two_ways_are_refused() {
    for path in [
        "/",
        "/console",
        "/console/",
        "/api/v1/devices/019a",
        "/e/Ab-9_x",
        "/.well-known/x",
        "/a%20b",
        "/MDMServiceConfig",
        "/e/%C3%A5",
    ] {
        assert!(is_plain(path), "{path}");
    }
    for path in [
        "",
        "*",
        "//",
        "//api",
        "/api//v1",
        "/api/./v1",
        "/api/../v1",
        "/api/%2e%2e/v1",
        "/api/%2E/v1",
        "/api%2fv1",
        "/api%2Fv1",
        "/api%5cv1",
        "/api\\v1",
        "/api;x=1/v1",
        "/api/v1;x",
        "/api%3bx",
        "/a%00b",
        "/a%0ab",
        "/a%",
        "/a%2",
        "/a%zz",
        "/a%ff",
        "/a%252fb",
        "/console//",
        "/.",
        "/..",
    ] {
        assert!(!is_plain(path), "{path}");
    }
}

#[test]
fn secret_segments_do_not_reach_the_log() {
    for (path, logged) in [
        ("/e/s3cret", "/e/***"),
        ("/e/s3cret/attempts/019a", "/e/***/attempts/019a"),
        ("/apple/enroll/s3cret", "/apple/enroll/***"),
        ("/console/welcome/s3cret", "/console/welcome/***"),
        ("/console/rescue/s3cret", "/console/rescue/***"),
        ("/portal/welcome/s3cret", "/portal/welcome/***"),
        ("/go/to/s3cret", "/go/to/***"),
        ("/go/S3CR-ET23", "/go/***"),
        ("/e//s3cret", "(malformed)"),
        ("/apple/mdm", "/apple/mdm"),
        ("/api/v1/devices", "/api/v1/devices"),
    ] {
        assert_eq!(redact::path(path), logged);
    }
}
