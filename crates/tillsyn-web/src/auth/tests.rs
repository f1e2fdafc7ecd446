#![expect(clippy::unwrap_used, reason = "tests")]

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap, HeaderValue, header};

use super::same_origin::is_origin;
use super::{Cookie, client_address};
use crate::state::WebConfig;

fn seen(config: &WebConfig, peer: &str, forwarded: &[&str]) -> IpAddr {
    let mut headers = HeaderMap::new();
    for value in forwarded {
        headers.append("x-forwarded-for", HeaderValue::from_str(value).unwrap());
    }
    let mut extensions = Extensions::new();
    extensions.insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
    client_address(config, &headers, &extensions).unwrap()
}

#[test]
fn only_a_trusted_proxy_names_the_client_and_only_its_last_hop_counts() {
    let proxied = WebConfig {
        trusted_proxies: vec!["10.0.0.1".parse().unwrap()],
        ..WebConfig::default()
    };
    let cases: [(&WebConfig, &str, &[&str], &str); 7] = [
        (
            &WebConfig::default(),
            "192.0.2.7:5",
            &["198.51.100.1"],
            "192.0.2.7",
        ),
        (&proxied, "192.0.2.7:5", &["198.51.100.1"], "192.0.2.7"),
        (
            &proxied,
            "10.0.0.1:5",
            &["6.6.6.6, 198.51.100.1"],
            "198.51.100.1",
        ),
        (
            &proxied,
            "10.0.0.1:5",
            &["6.6.6.6", "198.51.100.1"],
            "198.51.100.1",
        ),
        (&proxied, "10.0.0.1:5", &["nonsense"], "10.0.0.1"),
        (&proxied, "10.0.0.1:5", &[], "10.0.0.1"),
        (
            &proxied,
            "[::ffff:10.0.0.1]:5",
            &["2001:db8::1"],
            "2001:db8::1",
        ),
    ];
    for (config, peer, forwarded, expected) in cases {
        assert_eq!(
            seen(config, peer, forwarded).to_string(),
            expected,
            "{peer} {forwarded:?}"
        );
    }
}

#[test]
fn cookie_is_bound_to_the_host_with_tls() {
    let secure = Cookie::Session.set(&WebConfig::default(), "abc").unwrap();
    assert_eq!(
        secure,
        "__Host-tillsyn=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=43200; Secure"
    );
    let clear = WebConfig {
        secure: false,
        ..WebConfig::default()
    };
    assert_eq!(
        Cookie::Session.clear(&clear),
        "tillsyn=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
    );
}

#[test]
fn cookie_of_another_name_or_two_of_ours_are_no_session() {
    let token = |value: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(value).unwrap());
        Cookie::Session
            .read(&WebConfig::default(), &headers)
            .map(str::to_owned)
    };
    assert_eq!(
        token("a=b; __Host-tillsyn=abc; c=d").as_deref(),
        Some("abc")
    );
    assert_eq!(token("tillsyn=abc"), None);
    assert_eq!(token("__Host-tillsyn=abc; __Host-tillsyn=def"), None);
    assert_eq!(token("__Host-tillsyn="), None);
}

#[test]
fn origin_is_scheme_host_and_port() {
    assert!(is_origin(
        "https://mdm.example.org",
        "https://mdm.example.org"
    ));
    assert!(is_origin(
        "https://mdm.example.org/base",
        "https://MDM.example.org"
    ));
    assert!(!is_origin(
        "https://mdm.example.org",
        "http://mdm.example.org"
    ));
    assert!(!is_origin(
        "https://mdm.example.org",
        "https://mdm.example.org.evil.test"
    ));
    assert!(!is_origin(
        "https://mdm.example.org",
        "https://mdm.example.org:8443"
    ));
    assert!(!is_origin("", "null"));
    assert!(!is_origin("", ""));
}
