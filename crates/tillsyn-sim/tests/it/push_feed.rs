//! Pushes from the control endpoint of an APNs stand-in, played by a few routes.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tillsyn_apple::result::Status;
use tillsyn_sim::{
    DeviceLog, Fleet, FleetConfig, Network, PushHub, Source, follow_control_endpoint,
};
use tokio::sync::{mpsc, watch};

use crate::server::{Server, queries};

#[tokio::test]
async fn a_push_at_the_control_endpoint_wakes_the_device() {
    let tokens: Arc<Mutex<Vec<String>>> = Arc::default();
    let (push, pushes) = mpsc::unbounded_channel::<Value>();
    let pushes = Arc::new(tokio::sync::Mutex::new(pushes));
    let registered = Arc::clone(&tokens);
    let router = Router::new()
        .route(
            "/control/listeners",
            post(async || Json(json!({"listener": 7}))),
        )
        .route("/control/listeners/7", delete(async || ()))
        .route(
            "/control/register",
            post(async move |Json(body): Json<Value>| {
                assert_eq!(body["listener"], 7);
                let token = body["tokens"][0].as_str().unwrap().to_owned();
                registered.lock().unwrap().push(token);
            }),
        )
        .route(
            "/control/wait",
            get(async move || {
                let next = pushes.lock().await.recv().await;
                Json(json!({ "pushes": next.into_iter().collect::<Vec<_>>() }))
            }),
        );
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });

    let hub = PushHub::new();
    let (stop, stopping) = watch::channel(false);
    let feed = follow_control_endpoint(hub.clone(), url, stopping)
        .await
        .unwrap();
    let feed = tokio::spawn(feed);
    // The server's own way to push is not used here.
    let server = Server::start().await;
    let config = FleetConfig::new(1, Source::Same(server.invitation()));
    let network = Network::plain_http().unwrap();
    let fleet = Fleet::start(config, network, hub, DeviceLog::default());
    let wait = async |done: &dyn Fn() -> bool| {
        let waiting = async {
            while !done() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let limit = Duration::from_secs(50);
        tokio::time::timeout(limit, waiting).await.unwrap();
    };
    wait(&|| fleet.stats().enrolled == 1).await;
    let udid = server.udids().remove(0);
    server.queue(&udid, queries(&["OSVersion"]));
    let (topic, push_magic) = server.push_address(&udid);
    let token = tokens.lock().unwrap()[0].clone();
    push.send(json!({ "token": token, "topic": topic, "push_magic": push_magic }))
        .unwrap();
    wait(&|| fleet.stats().acknowledged == 1).await;
    assert_eq!(
        server.results(&udid, "device")[0].status,
        Status::Acknowledged
    );
    assert_eq!(fleet.violations(), []);
    fleet.stop().await;
    stop.send_replace(true);
    feed.await.unwrap().unwrap();
}
