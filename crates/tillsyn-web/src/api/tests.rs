#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use super::document;
use super::paging::several;
use super::time::Time;

#[test]
fn times_are_rfc_3339_with_milliseconds() {
    assert_eq!(
        serde_json::to_string(&Time(0)).unwrap(),
        "\"1970-01-01T00:00:00.000Z\""
    );
    let later = Time(1_790_000_000_123);
    assert_eq!(
        serde_json::to_string(&later).unwrap(),
        "\"2026-09-21T14:13:20.123Z\""
    );
}

#[test]
fn several_values_are_split_at_commas() {
    assert_eq!(several(Some("ios, macos,,")), ["ios", "macos"]);
    assert!(several(None).is_empty());
}

/// The committed document is the API's contract: `UPDATE_DOCS=1` writes it, `git diff` is the review.
#[test]
fn committed_document_is_the_api() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/reference/openapi.json"
    );
    let made = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        made == committed,
        "docs/reference/openapi.json differs; run this test with UPDATE_DOCS=1 and look at the diff"
    );
}

#[test]
fn every_operation_says_its_permission_and_has_its_own_name() {
    let document = serde_json::to_value(document()).unwrap();
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["x-permission"].is_array(), "{method} {path}");
            assert!(
                operation["responses"]["default"].is_object(),
                "{method} {path}"
            );
            assert_eq!(
                operation["security"][0]["token"],
                serde_json::json!([]),
                "{method} {path}"
            );
            let name = operation["operationId"].as_str().unwrap().to_owned();
            assert!(names.insert(name), "{method} {path}");
            let has_key = operation["parameters"]
                .as_array()
                .is_some_and(|parameters| {
                    parameters.iter().any(|p| p["name"] == "Idempotency-Key")
                });
            assert_eq!(has_key, method == "post", "{method} {path}");
        }
    }
    assert!(names.len() > 25);
}

#[tokio::test]
async fn metrics_on_the_devices_port_answer_this_machine_only() {
    type Headers = &'static [(&'static str, &'static str)];
    let cases: [(&str, Headers, u16); 6] = [
        ("127.0.0.1:5000", &[], 200),
        ("[::1]:5000", &[], 200),
        ("[::ffff:127.0.0.1]:5000", &[], 200),
        ("192.0.2.7:5000", &[], 404),
        ("127.0.0.1:5000", &[("x-forwarded-for", "127.0.0.1")], 404),
        ("127.0.0.1:5000", &[("forwarded", "for=192.0.2.7")], 404),
    ];
    for (peer, headers, status) in cases {
        let router: axum::Router = axum::Router::new()
            .route("/metrics", axum::routing::get(async || "numbers"))
            .route_layer(axum::middleware::from_fn(super::only_from_this_machine));
        let mut request = http::Request::get("/metrics");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(axum::body::Body::empty()).unwrap();
        let peer: std::net::SocketAddr = peer.parse().unwrap();
        request
            .extensions_mut()
            .insert(axum::extract::ConnectInfo(peer));
        let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{peer} {headers:?}");
    }
}
