use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use tillsyn_standins::activation_lock::{ActivationLockStandin, Answer};
use tillsyn_standins::apns::{ApnsStandin, StandinConfig};
use tillsyn_upstream::activation_lock::{
    ActivationLockClient, ActivationLockConfig, ActivationLockError, Unlock, UnlockOutcome,
};

const TOPIC: &str = "com.apple.mgmt.External.6b9f1c1e-0001-4000-8000-000000000001";
const SERIAL: &str = "C39TESTKXPA1";
const CODE: &str = "TKY5X-1V0G5-JY4E-9E5J-ATJD-JN1H";

#[expect(
    clippy::disallowed_methods,
    reason = "TLS checks certificates by the real clock"
)]
fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

struct Both {
    standin: ActivationLockStandin,
    apns: ApnsStandin,
}

async fn both() -> Both {
    let free_port = SocketAddr::from(([127, 0, 0, 1], 0));
    let apns = ApnsStandin::start(free_port, StandinConfig::new(Arc::new(now_ms)))
        .await
        .unwrap();
    let standin = ActivationLockStandin::start(&apns.push_root_pem(), now_ms())
        .await
        .unwrap();
    standin.lock(SERIAL, CODE);
    Both { standin, apns }
}

impl Both {
    fn config(&self, topic: &str) -> ActivationLockConfig {
        let certificate = self.apns.issue_push_certificate(topic).unwrap();
        ActivationLockConfig {
            base_url: self.standin.base_url(),
            extra_root_pem: Some(self.standin.root_pem().as_bytes().to_vec()),
            proxy_url: None,
            client_cert_pem: certificate.certificate_pem.clone().into_bytes(),
            client_key_pem: certificate.private_key_pem.as_bytes().to_vec(),
        }
    }

    fn client(&self) -> ActivationLockClient {
        ActivationLockClient::new(self.config(TOPIC)).unwrap()
    }
}

fn unlock(code: &str) -> Unlock<'_> {
    Unlock {
        serial_number: SERIAL,
        product_type: "iPhone17,3",
        imei: Some("356789104356789"),
        imei2: None,
        meid: None,
        organisation: "Norrvik & Söner",
        requester: "0196fa00-0000-7000-8000-000000000000",
        bypass_code: code,
    }
}

#[tokio::test]
async fn the_right_code_removes_the_lock_and_a_wrong_one_does_not() {
    let both = both().await;
    let client = both.client();
    let other = "00000-00000-0000-0000-0000-0000";
    assert_eq!(
        client.unlock(&unlock(other)).await,
        UnlockOutcome::WrongCode
    );
    assert!(both.standin.is_locked(SERIAL));
    assert_eq!(client.unlock(&unlock(CODE)).await, UnlockOutcome::Unlocked);
    assert!(!both.standin.is_locked(SERIAL));
    assert_eq!(both.standin.refusals(), []);
}

#[tokio::test]
async fn what_apple_would_refuse_is_refused() {
    let both = both().await;
    let client = both.client();
    let refused = UnlockOutcome::Refused { status: 400 };
    let cases: [(&str, Unlock<'_>); 7] = [
        (
            "serial missing",
            Unlock {
                serial_number: "",
                ..unlock(CODE)
            },
        ),
        (
            "serial odd",
            Unlock {
                serial_number: "C39/..",
                ..unlock(CODE)
            },
        ),
        (
            "product type missing",
            Unlock {
                product_type: " ",
                ..unlock(CODE)
            },
        ),
        (
            "product type odd",
            Unlock {
                product_type: "iPhone 17",
                ..unlock(CODE)
            },
        ),
        (
            "imei odd",
            Unlock {
                imei: Some("35 678910 435678 9"),
                ..unlock(CODE)
            },
        ),
        (
            "organisation missing",
            Unlock {
                organisation: "",
                ..unlock(CODE)
            },
        ),
        (
            "requester missing",
            Unlock {
                requester: "",
                ..unlock(CODE)
            },
        ),
    ];
    for (rule, request) in cases {
        assert_eq!(client.unlock(&request).await, refused, "{rule}");
        assert_eq!(both.standin.refusals().last().unwrap().rule, rule);
    }
    for (rule, code) in [
        ("code missing", ""),
        ("code odd", "TKY5X1V0G5JY4E9E5JATJDJN1H"),
    ] {
        assert_eq!(client.unlock(&unlock(code)).await, refused, "{rule}");
        assert_eq!(both.standin.refusals().last().unwrap().rule, rule);
    }
    assert!(both.standin.is_locked(SERIAL));
}

#[tokio::test]
async fn a_certificate_that_is_not_for_pushes_is_refused() {
    let both = both().await;
    let client = ActivationLockClient::new(both.config("org.example.other")).unwrap();
    assert_eq!(
        client.unlock(&unlock(CODE)).await,
        UnlockOutcome::CertificateRefused
    );
    // Below another root it does not get through the handshake.
    let other = self::both().await;
    let mut config = other.config(TOPIC);
    config.base_url = both.standin.base_url();
    config.extra_root_pem = Some(both.standin.root_pem().as_bytes().to_vec());
    let outcome = ActivationLockClient::new(config)
        .unwrap()
        .unlock(&unlock(CODE))
        .await;
    assert!(
        matches!(outcome, UnlockOutcome::RetryLater { .. }),
        "{outcome:?}"
    );
    assert!(both.standin.is_locked(SERIAL));
}

#[tokio::test]
async fn an_outage_asks_for_another_try() {
    let both = both().await;
    let client = both.client();
    both.standin.script_once(Answer::Status {
        status: 503,
        retry_after_s: Some(90),
    });
    both.standin.script_once(Answer::Drop);
    both.standin.script_once(Answer::Status {
        status: 429,
        retry_after_s: None,
    });
    let later = |reason, retry_after_s| UnlockOutcome::RetryLater {
        reason,
        retry_after_s,
    };
    let request = unlock(CODE);
    assert_eq!(
        client.unlock(&request).await,
        later("unavailable", Some(90))
    );
    assert_eq!(client.unlock(&request).await, later("transport", None));
    assert_eq!(client.unlock(&request).await, later("busy", None));
    assert_eq!(client.unlock(&request).await, UnlockOutcome::Unlocked);
}

#[tokio::test]
async fn only_https_addresses_without_a_path_are_taken() {
    let both = both().await;
    for bad in ["http://example.org", "https://example.org/x", "nonsense"] {
        let config = ActivationLockConfig {
            base_url: bad.to_owned(),
            ..both.config(TOPIC)
        };
        let made = ActivationLockClient::new(config);
        assert!(matches!(made, Err(ActivationLockError::BaseUrl)), "{bad}");
    }
}
