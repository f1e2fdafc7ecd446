//! The client of webhooks against a receiver with faults (security S28).
#![expect(clippy::expect_used, reason = "tests")]

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tillsyn_standins::webhook::{HookAnswer, HookStandin};
use tillsyn_upstream::webhook::{Allowed, Hook, HookClient, HookOutcome, Lookup, LookupAnswer};

#[expect(
    clippy::disallowed_methods,
    reason = "certificates of the test's server begin now"
)]
pub(crate) fn now_ms() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(now.expect("after 1970").as_millis()).expect("a time")
}

async fn standin() -> HookStandin {
    HookStandin::start(now_ms()).await.expect("starts")
}

fn open() -> Allowed {
    Allowed::parse(&["127.0.0.0/8"]).expect("entries")
}

fn hook(url: &str) -> Hook<'_> {
    Hook {
        url,
        headers: vec![("tillsyn-delivery", "d-1".to_owned())],
        body: b"{}".to_vec(),
    }
}

/// Answers with one list after the other, the last one for ever.
struct Changing(Mutex<VecDeque<Vec<IpAddr>>>);

impl Changing {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let answers = answers.iter().map(|list| {
            let parse = |text: &&str| text.parse().expect("an address");
            list.iter().map(parse).collect()
        });
        Arc::new(Self(Mutex::new(answers.collect())))
    }
}

impl Lookup for Changing {
    fn addresses(&self, _host: &str) -> LookupAnswer {
        let mut answers = self.0.lock().expect("a lock");
        let answer = match answers.len() {
            1 => answers.front().cloned(),
            _ => answers.pop_front(),
        };
        Box::pin(async move { Ok(answer.expect("an answer")) })
    }
}

#[tokio::test]
async fn a_receiver_takes_it_with_its_headers() {
    let receiver = standin().await;
    let client = HookClient::new(open(), Some(receiver.root_pem())).expect("a client");
    let outcome = client.send(hook(&receiver.url())).await;
    assert_eq!(outcome, HookOutcome::Taken { status: 200 });
    let got = &receiver.received()[0];
    assert_eq!(got.header("tillsyn-delivery"), "d-1");
    assert_eq!(got.header("content-type"), "application/json");
    assert_eq!(receiver.faults(), [""; 0]);
}

#[tokio::test]
async fn answers_other_than_success_are_told_and_redirects_not_followed() {
    let receiver = standin().await;
    let other = standin().await;
    let client = HookClient::new(open(), Some(receiver.root_pem())).expect("a client");
    for (script, outcome) in [
        (
            HookAnswer::Status(500),
            HookOutcome::Answered { status: 500 },
        ),
        (HookAnswer::Status(204), HookOutcome::Taken { status: 204 }),
        (
            HookAnswer::Redirect(other.url()),
            HookOutcome::Answered { status: 307 },
        ),
        (
            HookAnswer::Drop,
            HookOutcome::Failed {
                reason: "transport",
            },
        ),
        // Far more than is read, and it is taken all the same.
        (
            HookAnswer::Huge(50_000_000),
            HookOutcome::Taken { status: 200 },
        ),
    ] {
        receiver.script_once(script.clone());
        assert_eq!(
            client.send(hook(&receiver.url())).await,
            outcome,
            "{script:?}"
        );
    }
    assert!(other.received().is_empty());
}

#[tokio::test]
async fn a_slow_receiver_gets_five_seconds() {
    let receiver = standin().await;
    receiver.script_once(HookAnswer::Hang);
    let client = HookClient::new(open(), Some(receiver.root_pem())).expect("a client");
    let begun = Instant::now();
    let outcome = client.send(hook(&receiver.url())).await;
    assert_eq!(outcome, HookOutcome::Failed { reason: "timeout" });
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let receiver = standin().await;
    let other = standin().await;
    let client = HookClient::new(open(), Some(other.root_pem())).expect("a client");
    let outcome = client.send(hook(&receiver.url())).await;
    assert_eq!(outcome, HookOutcome::Failed { reason: "tls" });
    assert!(receiver.received().is_empty());
}

/// The check is of the addresses connected to: no answer of the name server gets a request inside.
#[tokio::test]
async fn a_name_that_leads_inside_is_refused_at_the_connection() {
    let receiver = standin().await;
    let url = format!("https://localhost:{}/hook", receiver.port());
    let refused = HookOutcome::Failed {
        reason: "address_forbidden",
    };
    for inside in [
        &["127.0.0.1"][..],
        &["::ffff:127.0.0.1"],
        &["169.254.169.254"],
        &["100.64.1.1"],
        &["fd00::1"],
        // One public address does not make the other one good.
        &["127.0.0.1", "8.8.8.8"],
    ] {
        let lookup = Changing::new(&[inside]);
        let client = HookClient::with_lookup(Allowed::default(), Some(receiver.root_pem()), lookup);
        let client = client.expect("a client");
        assert_eq!(client.send(hook(&url)).await, refused, "{inside:?}");
    }
    // Allowed at first, and elsewhere at the second look (each send resolves, for the receiver closes).
    let lookup = Changing::new(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let allowed = Allowed::parse(&["127.0.0.1"]).expect("entries");
    let client = HookClient::with_lookup(allowed, Some(receiver.root_pem()), lookup);
    let client = client.expect("a client");
    receiver.script_once(HookAnswer::Drop);
    let first = client.send(hook(&url)).await;
    assert_eq!(
        first,
        HookOutcome::Failed {
            reason: "transport"
        }
    );
    assert_eq!(client.send(hook(&url)).await, refused);
    assert_eq!(receiver.received().len(), 1);
    // The system's own resolver is under the same check.
    let client = HookClient::new(Allowed::default(), Some(receiver.root_pem())).expect("a client");
    assert_eq!(client.send(hook(&url)).await, refused);
    assert_eq!(client.send(hook(&receiver.url())).await, refused);
}
