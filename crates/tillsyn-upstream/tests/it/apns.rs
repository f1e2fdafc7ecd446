use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tillsyn_standins::apns::{Answer, ApnsStandin, PushCertificate, StandinConfig};
use tillsyn_upstream::apns::{ApnsClient, ApnsConfig, ApnsError, Push, PushOutcome};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const TOPIC: &str = "com.apple.mgmt.External.6b9f1c1e-0001-4000-8000-000000000001";
const TOKEN: [u8; 32] = [0xa7; 32];
const DAY_MS: i64 = 86_400_000;

#[expect(
    clippy::disallowed_methods,
    reason = "TLS checks certificates by the real clock"
)]
fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

async fn standin() -> ApnsStandin {
    let free_port = SocketAddr::from(([127, 0, 0, 1], 0));
    let standin = ApnsStandin::start(free_port, StandinConfig::new(Arc::new(now_ms)))
        .await
        .unwrap();
    standin.register_token(&TOKEN);
    standin
}

fn config(standin: &ApnsStandin, certificate: &PushCertificate) -> ApnsConfig {
    ApnsConfig {
        base_url: standin.base_url(),
        extra_root_pem: Some(standin.root_pem().into_bytes()),
        proxy_url: None,
        client_cert_pem: certificate.certificate_pem.clone().into_bytes(),
        client_key_pem: certificate.private_key_pem.as_bytes().to_vec(),
    }
}

fn client(standin: &ApnsStandin) -> ApnsClient {
    let certificate = standin.issue_push_certificate(TOPIC).unwrap();
    ApnsClient::new(config(standin, &certificate)).unwrap()
}

fn push(token: &[u8]) -> Push<'static> {
    Push {
        token: token.to_vec(),
        topic: TOPIC,
        push_magic: "4E2F3A1B-MAGIC",
        expiration_unix_s: now_ms() / 1000 + 7 * 86_400,
    }
}

fn later(reason: &'static str, retry_after_s: Option<u64>) -> PushOutcome {
    PushOutcome::RetryLater {
        reason,
        retry_after_s,
    }
}

#[tokio::test]
async fn a_push_wakes_the_device_that_has_the_token() {
    let standin = standin().await;
    let device = standin.subscribe();
    device.add(&TOKEN);

    // A magic is opaque text: it must survive JSON.
    let magic = "quote\" backslash\\ å 日本 \u{1}";
    let outcome = client(&standin)
        .send(Push {
            push_magic: magic,
            ..push(&TOKEN)
        })
        .await;

    let woken = device.take(2);
    let [woken] = woken.as_slice() else {
        panic!("{outcome:?}, {woken:?}, {:?}", standin.refusals());
    };
    assert_eq!(woken.push_magic, magic);
    assert_eq!(woken.token, TOKEN);
    assert_eq!(
        outcome,
        PushOutcome::Accepted {
            apns_id: Some(woken.apns_id.clone())
        }
    );
    assert_eq!(standin.refusals(), []);
}

/// The answer table of the protocol sheet on the wire, all on one connection.
#[tokio::test]
async fn every_answer_of_apns_has_its_outcome() {
    let standin = standin().await;
    let client = client(&standin);
    let table = [
        (
            Answer::unregistered(1_700_000_000_123),
            PushOutcome::TokenDead {
                reason: "Unregistered",
                at_ms: Some(1_700_000_000_123),
            },
        ),
        (
            Answer::refuse(410, "ExpiredToken"),
            PushOutcome::TokenDead {
                reason: "ExpiredToken",
                at_ms: None,
            },
        ),
        (
            Answer::refuse(400, "BadDeviceToken"),
            PushOutcome::SenderFault {
                reason: "BadDeviceToken",
            },
        ),
        (
            Answer::refuse(400, "DeviceTokenNotForTopic"),
            PushOutcome::SenderFault {
                reason: "DeviceTokenNotForTopic",
            },
        ),
        (
            Answer::refuse(400, "BadMessageId"),
            PushOutcome::Permanent {
                status: 400,
                reason: "BadMessageId",
            },
        ),
        (
            Answer::refuse(404, "BadPath"),
            PushOutcome::Permanent {
                status: 404,
                reason: "BadPath",
            },
        ),
        (
            Answer::refuse(405, "MethodNotAllowed"),
            PushOutcome::Permanent {
                status: 405,
                reason: "MethodNotAllowed",
            },
        ),
        (
            Answer::refuse(413, "PayloadTooLarge"),
            PushOutcome::Permanent {
                status: 413,
                reason: "PayloadTooLarge",
            },
        ),
        (
            Answer::refuse(403, "BadCertificateEnvironment"),
            PushOutcome::CertificateRefused {
                reason: "BadCertificateEnvironment",
            },
        ),
        (
            Answer::refuse(400, "TopicDisallowed"),
            PushOutcome::CertificateRefused {
                reason: "TopicDisallowed",
            },
        ),
        (
            Answer::retry_after(429, "TooManyRequests", 12),
            PushOutcome::SlowDown {
                retry_after_s: Some(12),
            },
        ),
        (
            Answer::refuse(500, "InternalServerError"),
            later("InternalServerError", None),
        ),
        (
            Answer::retry_after(503, "ServiceUnavailable", 30),
            later("ServiceUnavailable", Some(30)),
        ),
    ];
    for (answer, expected) in table {
        standin.script_once(&TOKEN, answer.clone());
        assert_eq!(client.send(push(&TOKEN)).await, expected, "{answer:?}");
    }
    assert!(matches!(
        client.send(push(&TOKEN)).await,
        PushOutcome::Accepted { .. }
    ));
    assert_eq!(standin.connections_opened(), 1);
    assert_eq!(standin.received().len(), 1);
}

/// Core sheet §7: GOAWAY. What was under way goes once more, over a new connection.
#[tokio::test]
async fn after_goaway_a_push_under_way_goes_again_over_a_new_connection() {
    let standin = standin().await;
    let client = client(&standin);
    standin.script_once(&TOKEN, Answer::GoAway);

    assert!(matches!(
        client.send(push(&TOKEN)).await,
        PushOutcome::Accepted { .. }
    ));
    assert_eq!(standin.received().len(), 1);
    assert_eq!(standin.connections_opened(), 2);
}

#[tokio::test]
async fn a_second_goaway_leaves_the_push_to_the_back_off() {
    let standin = standin().await;
    let client = client(&standin);
    standin.script_once(&TOKEN, Answer::GoAway);
    standin.script_once(&TOKEN, Answer::GoAway);

    let outcome = client.send(push(&TOKEN)).await;
    assert!(
        matches!(outcome, PushOutcome::RetryLater { .. }),
        "{outcome:?}"
    );
}

/// All that are in flight when the connection goes away share the new one.
#[tokio::test]
async fn after_goaway_a_hundred_pushes_under_way_need_one_new_connection() {
    let standin = standin().await;
    let client = client(&standin);
    let tokens: Vec<[u8; 32]> = (1..=100_u8).map(|number| [number; 32]).collect();
    for token in &tokens {
        standin.register_token(token);
        standin.script_once(token, Answer::after(200, Answer::Accept));
    }
    standin.script_once(&TOKEN, Answer::GoAway);

    let mut senders = JoinSet::new();
    for token in tokens.into_iter().chain([TOKEN]) {
        let client = client.clone();
        senders.spawn(async move { client.send(push(&token)).await });
    }
    for outcome in senders.join_all().await {
        assert!(
            matches!(outcome, PushOutcome::Accepted { .. }),
            "{outcome:?}"
        );
    }
    assert_eq!(standin.connections_opened(), 2);
}

#[tokio::test]
async fn a_refused_stream_goes_again_over_the_same_connection() {
    let standin = standin().await;
    let client = client(&standin);
    standin.script_once(&TOKEN, Answer::RefuseStream);

    assert!(matches!(
        client.send(push(&TOKEN)).await,
        PushOutcome::Accepted { .. }
    ));
    assert_eq!(standin.connections_opened(), 1);
    standin.script(&TOKEN, Answer::RefuseStream);
    assert_eq!(
        client.send(push(&TOKEN)).await,
        later("refused_stream", None)
    );
}

/// 400 `IdleTimeout` is an event of the connection.
#[tokio::test]
async fn an_idle_timeout_is_sent_again_at_once() {
    let standin = standin().await;
    let client = client(&standin);
    standin.script_once(&TOKEN, Answer::refuse(400, "IdleTimeout"));

    assert!(matches!(
        client.send(push(&TOKEN)).await,
        PushOutcome::Accepted { .. }
    ));
    assert_eq!(standin.received().len(), 1);
}

#[tokio::test]
async fn a_slow_answer_is_waited_for() {
    let standin = standin().await;
    standin.script_once(&TOKEN, Answer::after(300, Answer::Accept));
    assert!(matches!(
        client(&standin).send(push(&TOKEN)).await,
        PushOutcome::Accepted { .. }
    ));
}

/// A rehearsal signs in and wakes nobody.
#[tokio::test]
async fn a_probe_tells_a_good_certificate_from_a_bad_one() {
    let standin = standin().await;
    let bad_token = PushOutcome::SenderFault {
        reason: "BadDeviceToken",
    };
    assert_eq!(client(&standin).probe(TOPIC).await, bad_token);
    let other = "com.apple.mgmt.External.another";
    assert_eq!(
        client(&standin).probe(other).await,
        PushOutcome::CertificateRefused {
            reason: "TopicDisallowed"
        }
    );
    assert_eq!(standin.received(), []);
}

#[tokio::test]
async fn a_proxy_that_refuses_the_tunnel_is_named() {
    let standin = standin().await;
    let certificate = standin.issue_push_certificate(TOPIC).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy_url = format!("http://{}", listener.local_addr().unwrap());
    let proxy = tokio::spawn(async move {
        let (mut near, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(near.read_u8().await.unwrap());
        }
        let answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
        near.write_all(answer).await.unwrap();
    });
    let client = ApnsClient::new(ApnsConfig {
        proxy_url: Some(proxy_url),
        ..config(&standin, &certificate)
    })
    .unwrap();

    assert_eq!(client.send(push(&TOKEN)).await, later("proxy", None));
    proxy.await.unwrap();
    assert_eq!(standin.connections_opened(), 0);
}

#[tokio::test]
async fn a_cut_connection_is_retried_later_on_a_new_one() {
    let standin = standin().await;
    let client = client(&standin);
    standin.script_once(&TOKEN, Answer::Drop);

    assert_eq!(client.send(push(&TOKEN)).await, later("transport", None));
    assert!(matches!(
        client.send(push(&TOKEN)).await,
        PushOutcome::Accepted { .. }
    ));
    assert_eq!(standin.connections_opened(), 2);
}

#[tokio::test]
async fn a_push_without_answer_ends_by_its_timeout() {
    let standin = standin().await;
    let certificate = standin.issue_push_certificate(TOPIC).unwrap();
    let client =
        ApnsClient::with_timeout(config(&standin, &certificate), Duration::from_millis(500))
            .unwrap();
    standin.script(&TOKEN, Answer::Hang);

    assert_eq!(client.send(push(&TOKEN)).await, later("timeout", None));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_retried_later() {
    let standin = standin().await;
    let client = client(&standin);
    standin.stop().await;

    assert_eq!(client.send(push(&TOKEN)).await, later("connect", None));
}

#[tokio::test]
async fn a_server_with_a_foreign_certificate_is_not_trusted() {
    let standin = standin().await;
    let other = self::standin().await;
    let certificate = standin.issue_push_certificate(TOPIC).unwrap();
    let client = ApnsClient::new(ApnsConfig {
        extra_root_pem: Some(other.root_pem().into_bytes()),
        ..config(&standin, &certificate)
    })
    .unwrap();

    assert_eq!(
        client.send(push(&TOKEN)).await,
        later("server_certificate", None)
    );
    assert_eq!(standin.received(), []);
}

#[tokio::test]
async fn the_topic_of_another_certificate_is_refused() {
    let standin = standin().await;
    let outcome = client(&standin)
        .send(Push {
            topic: "com.apple.mgmt.External.another",
            ..push(&TOKEN)
        })
        .await;

    assert_eq!(
        outcome,
        PushOutcome::CertificateRefused {
            reason: "TopicDisallowed"
        }
    );
}

#[tokio::test]
async fn an_expired_push_certificate_is_told_from_a_broken_network() {
    let standin = standin().await;
    let certificate = standin
        .issue_push_certificate_at(TOPIC, now_ms() - 400 * DAY_MS, 365)
        .unwrap();
    let client = ApnsClient::new(config(&standin, &certificate)).unwrap();

    assert_eq!(
        client.send(push(&TOKEN)).await,
        PushOutcome::CertificateRefused {
            reason: "tls_certificate_expired"
        }
    );
}

#[tokio::test]
async fn a_push_certificate_of_a_foreign_issuer_is_refused() {
    let standin = standin().await;
    let other = self::standin().await;
    let certificate = other.issue_push_certificate(TOPIC).unwrap();
    let client = ApnsClient::new(config(&standin, &certificate)).unwrap();

    let outcome = client.send(push(&TOKEN)).await;
    assert!(
        matches!(outcome, PushOutcome::CertificateRefused { reason } if reason.starts_with("tls_")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_private_key_of_another_certificate_makes_no_client() {
    let standin = standin().await;
    let one = standin.issue_push_certificate(TOPIC).unwrap();
    let two = standin.issue_push_certificate(TOPIC).unwrap();
    let mixed = ApnsConfig {
        client_key_pem: two.private_key_pem.as_bytes().to_vec(),
        ..config(&standin, &one)
    };

    assert!(matches!(ApnsClient::new(mixed), Err(ApnsError::Tls(_))));
}

#[tokio::test]
async fn a_thousand_pushes_use_one_connection() {
    let standin = standin().await;
    let client = client(&standin);
    let tokens: Vec<[u8; 32]> = (0..1000_u16)
        .map(|number| {
            let mut token = [0; 32];
            token[..2].copy_from_slice(&number.to_be_bytes());
            standin.register_token(&token);
            token
        })
        .collect();

    // Fifty at once, the first ones before there is a connection.
    let mut senders = JoinSet::new();
    for part in tokens.chunks(20) {
        let (client, part) = (client.clone(), part.to_vec());
        senders.spawn(async move {
            for token in part {
                let outcome = client.send(push(&token)).await;
                assert!(
                    matches!(outcome, PushOutcome::Accepted { .. }),
                    "{outcome:?}"
                );
            }
        });
    }
    senders.join_all().await;

    assert_eq!(standin.received().len(), 1000);
    assert_eq!(standin.connections_opened(), 1);
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_sent() {
    let standin = standin().await;
    let client = client(&standin);
    let refused = |reason| PushOutcome::Permanent { status: 0, reason };

    assert_eq!(client.send(push(&[])).await, refused("MissingDeviceToken"));
    let topic = |topic| Push {
        topic,
        ..push(&TOKEN)
    };
    assert_eq!(client.send(topic("")).await, refused("MissingTopic"));
    assert_eq!(client.send(topic("a\r\nb: c")).await, refused("BadTopic"));
    assert_eq!(standin.connections_opened(), 0);
}

#[tokio::test]
async fn pushes_go_through_the_configured_proxy() {
    let standin = standin().await;
    let certificate = standin.issue_push_certificate(TOPIC).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy_url = format!("http://{}", listener.local_addr().unwrap());
    let proxy = tokio::spawn(tunnel_once(listener));
    let client = ApnsClient::new(ApnsConfig {
        proxy_url: Some(proxy_url),
        ..config(&standin, &certificate)
    })
    .unwrap();

    assert!(matches!(
        client.send(push(&TOKEN)).await,
        PushOutcome::Accepted { .. }
    ));
    drop(client);
    let request = proxy.await.unwrap();
    let target = standin.base_url().replace("https://", "");
    assert!(
        request.starts_with(&format!("CONNECT {target} HTTP/1.1\r\n")),
        "{request}"
    );
}

/// A proxy for one CONNECT; returns the request it got.
async fn tunnel_once(listener: TcpListener) -> String {
    let (mut near, _) = listener.accept().await.unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(near.read_u8().await.unwrap());
    }
    let request = String::from_utf8(request).unwrap();
    let target = request.split(' ').nth(1).unwrap();
    let mut far = TcpStream::connect(target).await.unwrap();
    near.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    // The tunnel may end by a reset from either side.
    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
    request
}
