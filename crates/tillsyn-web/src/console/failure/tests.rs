use super::{own_path, short};

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

#[test]
fn what_is_too_long_to_come_back_to_loses_its_places_and_never_its_filters() {
    let list = "/console/devices?platform=ios&scope=u";
    let place = "x".repeat(1_000);
    assert_eq!(short(list), list);
    let deep = format!("/console/devices?platform=ios&before={place},{place}&after=y&scope=u");
    assert_eq!(
        short(&deep),
        "/console/devices?platform=ios&after=y&scope=u"
    );
    let odd = format!("/console/devices?platform=ios&after={place}{place}&scope=u&before=z");
    assert_eq!(short(&odd), list);
    let only = format!("/console/devices?after={place}{place}");
    assert_eq!(short(&only), "/console/devices");
}
