//! Requests by hand that no client of ours makes.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::{Certificate, Client, Identity};
use tillsyn_standins::activation_lock::ActivationLockStandin;
use tillsyn_standins::apns::{ApnsStandin, StandinConfig};

use super::apns::now_ms;

const TOPIC: &str = "com.apple.mgmt.External.6b9f1c1e-0001-4000-8000-000000000001";
const PATH: &str = "deviceservicesworkers/escrowKeyUnlock";
const QUERY: &str = "serial=C39TESTKXPA1&productType=iPhone17,3";
const FORM: &str = "orgName=Norrvik&guid=1&escrowKey=TKY5X-1V0G5-JY4E-9E5J-ATJD-JN1H";
const FORM_TYPE: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn each_broken_rule_is_named() {
    // `Err` = another test installed it already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let free_port = SocketAddr::from(([127, 0, 0, 1], 0));
    let apns = ApnsStandin::start(free_port, StandinConfig::new(Arc::new(now_ms)))
        .await
        .unwrap();
    let standin = ActivationLockStandin::start(&apns.push_root_pem(), now_ms())
        .await
        .unwrap();
    let push = apns.issue_push_certificate(TOPIC).unwrap();
    let pem = format!("{}\n{}", *push.private_key_pem, push.certificate_pem);
    let root = Certificate::from_pem(standin.root_pem().as_bytes()).unwrap();
    let client = Client::builder()
        .no_proxy()
        .identity(Identity::from_pem(pem.as_bytes()).unwrap())
        .tls_certs_only([root])
        .build()
        .unwrap();
    let url = |path: &str, query: &str| format!("{}/{path}?{query}", standin.base_url());
    let long = format!("{FORM}&x={}", "y".repeat(5000));
    let cases = [
        ("path", 404, url("other", QUERY), FORM_TYPE, FORM.to_owned()),
        (
            "content type",
            415,
            url(PATH, QUERY),
            "application/json",
            FORM.to_owned(),
        ),
        (
            "unknown query parameter",
            400,
            url(PATH, &format!("{QUERY}&escrowKey=x")),
            FORM_TYPE,
            FORM.to_owned(),
        ),
        (
            "name twice",
            400,
            url(PATH, &format!("{QUERY}&{QUERY}")),
            FORM_TYPE,
            FORM.to_owned(),
        ),
        (
            "pair without =",
            400,
            url(PATH, QUERY),
            FORM_TYPE,
            "orgName".to_owned(),
        ),
        (
            "bad escape",
            400,
            url(PATH, QUERY),
            FORM_TYPE,
            "orgName=%G0".to_owned(),
        ),
        (
            "unknown form field",
            400,
            url(PATH, QUERY),
            FORM_TYPE,
            format!("{FORM}&pin=1"),
        ),
        ("body too large", 413, url(PATH, QUERY), FORM_TYPE, long),
    ];
    for (rule, status, url, kind, body) in cases {
        let request = client.post(url).header("content-type", kind).body(body);
        assert_eq!(request.send().await.unwrap().status(), status, "{rule}");
        let last = standin.refusals().pop().unwrap();
        assert_eq!((last.rule, last.status), (rule, status));
    }
    let get = client.get(url(PATH, QUERY)).send().await.unwrap();
    assert_eq!(get.status(), 405);
    let right = client
        .post(url(PATH, QUERY))
        .header("content-type", FORM_TYPE)
        .body(FORM);
    assert_eq!(
        right.send().await.unwrap().status(),
        404,
        "not a locked device"
    );
}
