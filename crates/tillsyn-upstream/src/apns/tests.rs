use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};

use super::client::retry_after;
use super::outcome::{PushOutcome, REASONS, classify, known_reason};
use super::transport::from_texts;
use super::{ApnsClient, ApnsConfig, ApnsError, Push};

fn dead(reason: &'static str, at_ms: Option<i64>) -> PushOutcome {
    PushOutcome::TokenDead { reason, at_ms }
}

fn permanent(status: u16, reason: &'static str) -> PushOutcome {
    PushOutcome::Permanent { status, reason }
}

fn later(reason: &'static str, retry_after_s: Option<u64>) -> PushOutcome {
    PushOutcome::RetryLater {
        reason,
        retry_after_s,
    }
}

/// The answer table of the protocol sheet, row by row.
#[test]
fn every_answer_has_its_outcome() {
    use PushOutcome::{Accepted, CertificateRefused, RetryNow, SenderFault, SlowDown};
    type Answer<'a> = (u16, Option<&'a str>, Option<i64>, Option<u64>);

    let refused = |reason| CertificateRefused { reason };
    let fault = |reason| SenderFault { reason };
    let table: Vec<(Answer<'_>, PushOutcome)> = vec![
        ((200, None, None, None), Accepted { apns_id: None }),
        (
            (410, Some("Unregistered"), Some(1_700), None),
            dead("Unregistered", Some(1_700)),
        ),
        (
            (410, Some("Unregistered"), None, None),
            dead("Unregistered", None),
        ),
        (
            (410, Some("ExpiredToken"), Some(5), None),
            dead("ExpiredToken", Some(5)),
        ),
        // A 410 without Apple's words is not from Apple.
        ((410, None, None, None), permanent(410, "none")),
        ((410, Some("Gone"), Some(5), None), permanent(410, "other")),
        (
            (400, Some("BadDeviceToken"), None, None),
            fault("BadDeviceToken"),
        ),
        (
            (400, Some("DeviceTokenNotForTopic"), None, None),
            fault("DeviceTokenNotForTopic"),
        ),
        ((400, Some("IdleTimeout"), None, None), RetryNow),
        (
            (400, Some("TopicDisallowed"), None, None),
            refused("TopicDisallowed"),
        ),
        (
            (400, Some("PayloadEmpty"), None, None),
            permanent(400, "PayloadEmpty"),
        ),
        (
            (400, Some("BadTopic"), None, None),
            permanent(400, "BadTopic"),
        ),
        ((400, None, None, None), permanent(400, "none")),
        (
            (403, Some("BadCertificate"), None, None),
            refused("BadCertificate"),
        ),
        (
            (403, Some("BadCertificateEnvironment"), None, None),
            refused("BadCertificateEnvironment"),
        ),
        ((403, Some("Forbidden"), None, None), refused("Forbidden")),
        ((403, Some("Newer"), None, None), refused("other")),
        ((403, None, None, None), refused("none")),
        (
            (404, Some("BadPath"), None, None),
            permanent(404, "BadPath"),
        ),
        (
            (405, Some("MethodNotAllowed"), None, None),
            permanent(405, "MethodNotAllowed"),
        ),
        (
            (413, Some("PayloadTooLarge"), None, None),
            permanent(413, "PayloadTooLarge"),
        ),
        ((302, None, None, None), permanent(302, "none")),
        (
            (429, Some("TooManyRequests"), None, Some(7)),
            SlowDown {
                retry_after_s: Some(7),
            },
        ),
        (
            (429, None, None, None),
            SlowDown {
                retry_after_s: None,
            },
        ),
        (
            (500, Some("InternalServerError"), None, None),
            later("InternalServerError", None),
        ),
        (
            (503, Some("ServiceUnavailable"), None, Some(30)),
            later("ServiceUnavailable", Some(30)),
        ),
        ((503, Some("Shutdown"), None, None), later("Shutdown", None)),
        ((502, None, None, None), later("none", None)),
        // Nobody may park a push for ever.
        (
            (503, None, None, Some(u64::MAX)),
            later("none", Some(86_400)),
        ),
    ];
    for ((status, reason, timestamp, retry_after), expected) in table {
        assert_eq!(
            classify(status, reason, timestamp, retry_after),
            expected,
            "{status} {reason:?}"
        );
    }
}

#[test]
fn only_a_410_silences_a_token() {
    for status in 100..600 {
        for reason in REASONS {
            let outcome = classify(status, Some(reason), Some(1), None);
            if matches!(outcome, PushOutcome::TokenDead { .. }) {
                assert_eq!(status, 410);
            }
        }
    }
}

#[test]
fn a_foreign_word_never_becomes_a_label() {
    assert_eq!(known_reason(Some("<script>")), "other");
    assert_eq!(known_reason(Some("unregistered")), "other");
    assert_eq!(known_reason(None), "none");
}

#[test]
fn a_failed_exchange_is_told_by_its_texts() {
    let goaway = |reason: &str| {
        vec![format!(
            "connection error received: not a result of an error (b\"{{\\\"reason\\\":\\\"{reason}\\\"}}\")"
        )]
    };
    let refused = |reason| PushOutcome::CertificateRefused { reason };
    let text = |text: &str| vec!["error sending request".to_owned(), text.to_owned()];
    let table = [
        (goaway("IdleTimeout"), PushOutcome::RetryNow),
        (goaway("BadCertificate"), refused("BadCertificate")),
        (goaway("Shutdown"), later("Shutdown", None)),
        (goaway("Surprise"), later("goaway", None)),
        (
            text("connection error received: not a result of an error"),
            later("goaway", None),
        ),
        (
            text("received fatal alert: CertificateExpired"),
            refused("tls_certificate_expired"),
        ),
        (
            text("received fatal alert: CertificateRequired"),
            refused("tls_certificate_required"),
        ),
        (
            text("received fatal alert: ProtocolVersion"),
            later("tls", None),
        ),
        (
            text("invalid peer certificate: UnknownIssuer"),
            later("server_certificate", None),
        ),
        (text("broken pipe"), later("transport", None)),
    ];
    for (texts, expected) in table {
        assert_eq!(from_texts(&texts, false, false), expected, "{texts:?}");
    }
    assert_eq!(from_texts(&[], true, false), later("timeout", None));
    assert_eq!(from_texts(&[], false, true), later("connect", None));
}

#[test]
fn a_base_url_is_https_and_a_host() {
    for base_url in [
        "",
        "api.push.example",
        "http://api.push.example",
        "https://api.push.example/3/device",
        "https://api.push.example?x=1",
        "https://user:word@api.push.example",
    ] {
        let config = ApnsConfig {
            base_url: base_url.to_owned(),
            ..ApnsConfig::default()
        };
        assert!(
            matches!(ApnsClient::new(config), Err(ApnsError::BaseUrl)),
            "{base_url}"
        );
    }
}

#[test]
fn a_certificate_that_is_not_pem_is_refused() {
    let config = ApnsConfig {
        base_url: "https://api.push.example".to_owned(),
        client_cert_pem: b"not PEM".to_vec(),
        ..ApnsConfig::default()
    };
    assert!(matches!(ApnsClient::new(config), Err(ApnsError::Identity)));
}

#[test]
fn debug_output_holds_no_secret() {
    let push = Push {
        token: b"CANARY-TOKEN".to_vec(),
        topic: "com.apple.mgmt.External.t",
        push_magic: "CANARY-MAGIC",
        expiration_unix_s: 0,
    };
    let config = ApnsConfig {
        proxy_url: Some("http://user:CANARY-PROXY@proxy.example".to_owned()),
        client_key_pem: b"CANARY-KEY".to_vec(),
        ..ApnsConfig::default()
    };
    let text = format!("{push:?}{config:?}");
    assert!(!text.contains("CANARY"), "{text}");
    assert!(!text.contains("[67, 65"), "{text}");
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let check = |value, date: Option<&'static str>, expected| {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(value));
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_static(date));
        }
        assert_eq!(retry_after(&headers), expected, "{value}");
    };
    let sent = Some("Sun, 06 Nov 1994 08:49:37 GMT");
    check("120", None, Some(120));
    check("Sun, 06 Nov 1994 08:50:37 GMT", sent, Some(60));
    check("Sun, 06 Nov 1994 08:48:37 GMT", sent, Some(0));
    check("Sun, 06 Nov 1994 08:50:37 GMT", None, None);
    check("-5", sent, None);
    check("soon", sent, None);
}
