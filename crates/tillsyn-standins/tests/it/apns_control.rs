//! The control endpoint, as a simulator in another process uses it.

use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

use crate::apns::{TOKEN, TOPIC, Wire, h2_client, standin};

fn http() -> Client {
    // Fails when another test of this process has done it.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()
        .unwrap()
}

async fn post(url: &str, path: &str, body: Value) -> Response {
    http()
        .post(format!("{url}{path}"))
        .json(&body)
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_fleet_in_another_process_hears_its_pushes() {
    let standin = standin().await;
    let url = standin.control_url().unwrap();
    let hex = "a7".repeat(32);

    let opened: Value = post(&url, "/control/listeners", json!({}))
        .await
        .json()
        .await
        .unwrap();
    let listener = opened["listener"].as_u64().unwrap();
    let body = json!({ "tokens": [hex], "listener": listener });
    let registered = post(&url, "/control/register", body).await;
    assert_eq!(registered.status(), StatusCode::NO_CONTENT);

    let wait = format!("{url}/control/wait?listener={listener}&seconds=20");
    let waiting = tokio::spawn(http().get(wait).send());
    let client = h2_client(&standin, TOPIC);
    let (status, _) = Wire::good(&TOKEN).send(&client, &standin.base_url()).await;
    assert_eq!(status, 200);

    let heard: Value = waiting.await.unwrap().unwrap().json().await.unwrap();
    assert_eq!(heard["pushes"][0]["token"], json!(hex));
    assert_eq!(heard["pushes"][0]["push_magic"], json!("MAGIC"));

    let none = format!("{url}/control/wait?listener={listener}&seconds=0");
    let none: Value = http().get(none).send().await.unwrap().json().await.unwrap();
    assert_eq!(none, json!({ "pushes": [] }));
}

#[tokio::test]
async fn another_process_can_script_an_answer() {
    let standin = standin().await;
    let url = standin.control_url().unwrap();
    let answer = json!({
        "kind": "refuse", "status": 410, "reason": "Unregistered", "timestamp_ms": 17
    });
    let body = json!({ "token": "a7".repeat(32), "answer": answer, "once": true });
    let scripted = post(&url, "/control/script", body).await;
    assert_eq!(scripted.status(), StatusCode::NO_CONTENT);

    let client = h2_client(&standin, TOPIC);
    let wire = Wire::good(&TOKEN);
    let (status, body) = wire.send(&client, &standin.base_url()).await;
    assert_eq!(status, 410);
    assert_eq!(body, json!({ "reason": "Unregistered", "timestamp": 17 }));
    assert_eq!(wire.send(&client, &standin.base_url()).await.0, 200);
}

#[tokio::test]
async fn another_process_gets_what_its_server_needs() {
    let standin = standin().await;
    let url = standin.control_url().unwrap();
    let root = http().get(format!("{url}/control/root")).send().await;
    assert_eq!(root.unwrap().text().await.unwrap(), standin.root_pem());

    let issued: Value = post(&url, "/control/push-certificate", json!({ "topic": TOPIC }))
        .await
        .json()
        .await
        .unwrap();
    let certificate = issued["certificate_pem"].as_str().unwrap();
    assert!(certificate.starts_with("-----BEGIN CERTIFICATE-----"));
    let key = issued["private_key_pem"].as_str().unwrap();
    assert!(key.starts_with("-----BEGIN PRIVATE KEY-----"));
}

#[tokio::test]
async fn bad_requests_and_browsers_are_refused() {
    let standin = standin().await;
    let url = standin.control_url().unwrap();
    let status = post(&url, "/control/register", json!({ "tokens": ["A7"] }))
        .await
        .status();
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let unknown = http()
        .get(format!("{url}/control/wait?listener=99"))
        .send()
        .await
        .unwrap();
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    let page = http()
        .get(format!("{url}/control/counts"))
        .header("origin", "https://page.example")
        .send()
        .await
        .unwrap();
    assert_eq!(page.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn it_stops_while_a_fleet_is_waiting() {
    let standin = standin().await;
    let url = standin.control_url().unwrap();
    post(&url, "/control/listeners", json!({})).await;
    let wait = format!("{url}/control/wait?listener=1&seconds=60");
    let waiting = tokio::spawn(http().get(wait).send());
    // The answer to a second request shows that the server is serving.
    let counts = http().get(format!("{url}/control/counts")).send().await;
    assert_eq!(counts.unwrap().status(), StatusCode::OK);

    standin.stop().await;
    let ended = waiting.await.unwrap();
    assert!(ended.is_err() || ended.unwrap().status() == StatusCode::OK);
}
