//! A good client, and one fault at a time: each must be caught and named.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::{Certificate, Client, ClientBuilder, Identity, Method};
use tillsyn_standins::apns::{ApnsStandin, PushCertificate, Refusal, StandinConfig};

pub(crate) const TOPIC: &str = "com.apple.mgmt.External.6b9f1c1e-0001-4000-8000-000000000001";
pub(crate) const TOKEN: [u8; 32] = [0xa7; 32];

#[expect(
    clippy::disallowed_methods,
    reason = "TLS checks certificates by the real clock"
)]
pub(crate) fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

pub(crate) async fn standin() -> ApnsStandin {
    let free_port = SocketAddr::from(([127, 0, 0, 1], 0));
    ApnsStandin::start(free_port, StandinConfig::new(Arc::new(now_ms)))
        .await
        .unwrap()
}

/// A client as APNs wants it, with or without the certificate.
pub(crate) fn builder(
    standin: &ApnsStandin,
    certificate: Option<&PushCertificate>,
) -> ClientBuilder {
    // Fails when another test of this process has done it.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let root = Certificate::from_pem(standin.root_pem().as_bytes()).unwrap();
    let builder = Client::builder().no_proxy().tls_certs_only([root]);
    match certificate {
        None => builder,
        Some(certificate) => {
            let pem = format!(
                "{}\n{}",
                certificate.private_key_pem.as_str(),
                certificate.certificate_pem
            );
            builder.identity(Identity::from_pem(pem.as_bytes()).unwrap())
        }
    }
}

pub(crate) fn h2_client(standin: &ApnsStandin, topic: &str) -> Client {
    let certificate = standin.issue_push_certificate(topic).unwrap();
    builder(standin, Some(&certificate))
        .http2_prior_knowledge()
        .build()
        .unwrap()
}

/// One request, piece by piece, so that each piece can be spoiled.
#[derive(Clone)]
pub(crate) struct Wire {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Wire {
    pub(crate) fn good(token: &[u8]) -> Self {
        let token = tillsyn_pki::hash::hex(token);
        let expiration = now_ms() / 1000 + 7 * 86_400;
        Self {
            method: Method::POST,
            path: format!("/3/device/{token}"),
            headers: vec![
                ("apns-topic", TOPIC.to_owned()),
                ("apns-push-type", "mdm".to_owned()),
                ("apns-priority", "10".to_owned()),
                ("apns-expiration", expiration.to_string()),
            ],
            body: r#"{"mdm":"MAGIC"}"#.to_owned(),
        }
    }

    fn set(&mut self, name: &str, value: &str) {
        for header in &mut self.headers {
            if header.0 == name {
                value.clone_into(&mut header.1);
            }
        }
    }

    pub(crate) fn expire(&mut self, value: i64) {
        self.set("apns-expiration", &value.to_string());
    }

    fn unset(&mut self, name: &str) {
        self.headers.retain(|header| header.0 != name);
    }

    pub(crate) async fn send(&self, client: &Client, base: &str) -> (u16, serde_json::Value) {
        let url = format!("{base}{}", self.path);
        let mut request = client.request(self.method.clone(), url);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let response = request.body(self.body.clone()).send().await.unwrap();
        let status = response.status().as_u16();
        assert!(response.headers().contains_key("apns-id"));
        let body = response.bytes().await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }
}

type Fault = fn(&mut Wire);

#[tokio::test]
async fn every_fault_of_a_request_is_caught_and_named() {
    let faults: [(Fault, u16, &str, &str); 33] = [
        (
            |wire| wire.method = Method::GET,
            405,
            "MethodNotAllowed",
            "POST",
        ),
        (
            |wire| wire.method = Method::PUT,
            405,
            "MethodNotAllowed",
            "POST",
        ),
        (
            |wire| wire.path = wire.path.replace("/3/", "/2/"),
            404,
            "BadPath",
            "/3/device/",
        ),
        (|wire| wire.path.push_str("?x=1"), 404, "BadPath", "query"),
        (
            |wire| wire.path = "/3/device/".to_owned(),
            400,
            "MissingDeviceToken",
            "no token",
        ),
        (
            |wire| wire.path = wire.path.replace('a', "A"),
            400,
            "BadDeviceToken",
            "lower-case",
        ),
        (
            |wire| wire.path.truncate("/3/device/".len() + 62),
            400,
            "BadDeviceToken",
            "64 to 200",
        ),
        (
            |wire| wire.path.push_str(&"a7".repeat(69)),
            400,
            "BadDeviceToken",
            "64 to 200",
        ),
        (
            |wire| wire.path.push('a'),
            400,
            "BadDeviceToken",
            "hexadecimal",
        ),
        (
            |wire| wire.path = wire.path.replace("a7", "b8"),
            400,
            "BadDeviceToken",
            "never handed out",
        ),
        (
            |wire| wire.unset("apns-topic"),
            400,
            "MissingTopic",
            "missing",
        ),
        (|wire| wire.set("apns-topic", ""), 400, "BadTopic", "empty"),
        (
            |wire| wire.set("apns-topic", "com.apple.mgmt.External.other"),
            400,
            "TopicDisallowed",
            "UID",
        ),
        (
            |wire| wire.unset("apns-push-type"),
            400,
            "InvalidPushType",
            "apns-push-type",
        ),
        (
            |wire| wire.set("apns-push-type", "alert"),
            400,
            "InvalidPushType",
            "apns-push-type",
        ),
        (
            |wire| wire.unset("apns-priority"),
            400,
            "BadPriority",
            "not 10",
        ),
        (
            |wire| wire.set("apns-priority", "5"),
            400,
            "BadPriority",
            "not 10",
        ),
        (
            |wire| wire.unset("apns-expiration"),
            400,
            "BadExpirationDate",
            "missing",
        ),
        (
            |wire| wire.expire(-1),
            400,
            "BadExpirationDate",
            "whole number",
        ),
        // A duration instead of a point in time.
        (
            |wire| wire.expire(604_800),
            400,
            "BadExpirationDate",
            "in the past",
        ),
        // Milliseconds.
        (
            |wire| wire.expire(now_ms()),
            400,
            "BadExpirationDate",
            "30 days",
        ),
        (
            |wire| wire.headers.push(("apns-topic", TOPIC.to_owned())),
            400,
            "DuplicateHeaders",
            "twice",
        ),
        (
            |wire| wire.headers.push(("apns-id", "17".to_owned())),
            400,
            "BadMessageId",
            "UUID",
        ),
        (
            |wire| {
                wire.headers
                    .push(("authorization", "bearer e30.e30.e30".to_owned()));
            },
            403,
            "InvalidProviderToken",
            "provider token",
        ),
        (|wire| wire.body.clear(), 400, "PayloadEmpty", "empty"),
        (
            |wire| wire.body = "MAGIC".to_owned(),
            400,
            "PayloadEmpty",
            "JSON",
        ),
        (
            |wire| wire.body = "{}".to_owned(),
            400,
            "PayloadEmpty",
            "no text",
        ),
        (
            |wire| wire.body = r#"{"mdm":""}"#.to_owned(),
            400,
            "PayloadEmpty",
            "mdm is empty",
        ),
        (
            |wire| wire.body = r#"{"mdm":{"magic":"MAGIC"}}"#.to_owned(),
            400,
            "PayloadEmpty",
            "no text",
        ),
        (
            |wire| wire.body = r#"{"mdm":"MAGIC","mdm":"MAGIC"}"#.to_owned(),
            400,
            "PayloadEmpty",
            "twice",
        ),
        (
            |wire| wire.body = r#"{"mdm":"MAGIC","aps":{}}"#.to_owned(),
            400,
            "InvalidPushType",
            "aps",
        ),
        (
            |wire| wire.body = r#"{"mdm":"MAGIC","command":"x"}"#.to_owned(),
            400,
            "InvalidPushType",
            "besides mdm",
        ),
        (
            |wire| wire.body = format!(r#"{{"mdm":"{}"}}"#, "M".repeat(4096)),
            413,
            "PayloadTooLarge",
            "4096",
        ),
    ];

    let standin = standin().await;
    standin.register_token(&TOKEN);
    let client = h2_client(&standin, TOPIC);
    let good = Wire::good(&TOKEN);
    for (spoil, status, reason, detail) in faults {
        let mut wire = good.clone();
        spoil(&mut wire);
        let (got, body) = wire.send(&client, &standin.base_url()).await;
        assert_eq!(
            (got, &body),
            (status, &serde_json::json!({ "reason": reason })),
            "{detail}"
        );
        let last = standin.refusals().pop().unwrap();
        assert!(last.detail.contains(detail), "{last:?}: {detail}");
    }
    assert_eq!(standin.received(), []);

    let (status, _) = good.send(&client, &standin.base_url()).await;
    assert_eq!(status, 200);
    assert_eq!(standin.refusals().len(), faults.len());
}

#[tokio::test]
async fn an_expiration_of_zero_is_allowed() {
    let standin = standin().await;
    standin.register_token(&TOKEN);
    let mut wire = Wire::good(&TOKEN);
    wire.expire(0);
    let client = h2_client(&standin, TOPIC);
    assert_eq!(wire.send(&client, &standin.base_url()).await.0, 200);
}

#[tokio::test]
async fn a_certificate_without_an_mdm_topic_is_refused() {
    let standin = standin().await;
    standin.register_token(&TOKEN);
    let client = h2_client(&standin, "org.example.app");
    let mut wire = Wire::good(&TOKEN);
    wire.set("apns-topic", "org.example.app");
    let (status, body) = wire.send(&client, &standin.base_url()).await;
    assert_eq!(status, 403);
    assert_eq!(body, serde_json::json!({ "reason": "BadCertificate" }));
}

#[tokio::test]
async fn a_client_without_certificate_does_not_connect() {
    let standin = standin().await;
    let client = builder(&standin, None)
        .http2_prior_knowledge()
        .build()
        .unwrap();
    check_not_connected(&standin, &client, "certificate").await;
}

#[tokio::test]
async fn a_client_with_a_foreign_certificate_does_not_connect() {
    let standin = standin().await;
    let other = self::standin().await;
    let foreign = other.issue_push_certificate(TOPIC).unwrap();
    let client = builder(&standin, Some(&foreign))
        .http2_prior_knowledge()
        .build()
        .unwrap();
    check_not_connected(&standin, &client, "certificate").await;
}

#[tokio::test]
async fn a_client_of_http_1_does_not_connect() {
    let standin = standin().await;
    let certificate = standin.issue_push_certificate(TOPIC).unwrap();
    let client = builder(&standin, Some(&certificate))
        .http1_only()
        .build()
        .unwrap();
    check_not_connected(&standin, &client, "").await;
}

async fn check_not_connected(standin: &ApnsStandin, client: &Client, detail: &str) {
    standin.register_token(&TOKEN);
    let url = format!("{}/3/device/{}", standin.base_url(), "a7".repeat(32));
    assert!(client.post(url).body("{}").send().await.is_err());
    let refusals = standin.refusals();
    assert!(
        matches!(refusals.as_slice(), [Refusal { status: 0, reason: "TLS", detail: text }, ..]
            if text.contains(detail)),
        "{refusals:?}"
    );
    assert_eq!(standin.connections_opened(), 0);
    assert_eq!(standin.received(), []);
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let everywhere = SocketAddr::from(([0, 0, 0, 0], 0));
    let config = StandinConfig::new(Arc::new(now_ms));
    assert!(ApnsStandin::start(everywhere, config).await.is_err());
}
