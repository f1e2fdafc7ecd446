//! Check-in messages besides the three of every enrollment, and channels besides the device's.

#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;
use tillsyn_sim::{
    Authentication, CertificateHeader, Device, DeviceConfig, LogIn, Network, PushHub, Rule,
    SimError,
};

use crate::server::{Server, queries, request};

async fn enrolled(config: DeviceConfig) -> (Server, Device) {
    let server = Server::start_with(true, PushHub::new()).await;
    let mut device = Device::new(config, Network::plain_http().unwrap());
    device.enroll(&server.invitation()).await.unwrap();
    (server, device)
}

#[tokio::test]
async fn a_bootstrap_token_comes_back_and_can_be_taken_away() {
    let (_server, mut mac) = enrolled(DeviceConfig::mac(20)).await;
    let own = mac.bootstrap_token().unwrap().to_vec();
    assert_eq!(mac.get_bootstrap_token().await.unwrap(), Some(own));
    mac.set_bootstrap_token(Some(b"another token"))
        .await
        .unwrap();
    let got = mac.get_bootstrap_token().await.unwrap();
    assert_eq!(got.as_deref(), Some(b"another token".as_slice()));
    mac.set_bootstrap_token(None).await.unwrap();
    assert_eq!(mac.get_bootstrap_token().await.unwrap(), None);
    assert_eq!(mac.violations(), []);
}

#[tokio::test]
async fn the_users_of_a_shared_ipad_have_channels_of_their_own() {
    let (server, mut ipad) = enrolled(DeviceConfig::ipad(21).shared_ipad()).await;
    let astrid = ipad
        .shared_user_signs_in("astrid@example.org")
        .await
        .unwrap();
    let guest = ipad.guest_signs_in().await.unwrap();
    assert_eq!(
        ipad.channel_names(),
        ["device", "user:astrid@example.org", "user:Guest"]
    );
    assert_eq!(
        ipad.sessions().await.unwrap().len(),
        2,
        "one person at a time"
    );
    server.queue_on(ipad.udid(), "user:Guest", queries(&["DeviceName"]));
    assert_eq!(ipad.session_on(guest).await.unwrap().handled.len(), 1);
    let again = ipad
        .shared_user_signs_in("astrid@example.org")
        .await
        .unwrap();
    assert_eq!(again, astrid);
    ipad.user_signs_out(astrid).unwrap();
    let delete = request("DeleteUser", &[("UserName", "astrid@example.org".into())]);
    server.queue(ipad.udid(), delete);
    ipad.session().await.unwrap();
    assert_eq!(ipad.channel_names(), ["device", "user:Guest"]);
    assert!(server.is_active(ipad.udid()));
    assert_eq!(ipad.violations(), []);
}

#[tokio::test]
async fn a_network_user_is_managed_or_left_alone() {
    let (server, mut mac) = enrolled(DeviceConfig::mac(22)).await;
    let outcome = mac
        .network_user_logs_in("nils", "Nils", "secret")
        .await
        .unwrap();
    assert_eq!(outcome, LogIn::Managed(2));
    mac.user_checks_out(2).await.unwrap();
    assert_eq!(mac.channel_names().len(), 2);
    server.lock().refuse_users = true;
    let outcome = mac
        .network_user_logs_in("olga", "Olga", "secret")
        .await
        .unwrap();
    assert_eq!(outcome, LogIn::NotManaged);
    assert_eq!(mac.channel_names().len(), 2);
    assert_eq!(mac.violations(), []);
}

#[tokio::test]
async fn declarations_are_fetched_once_and_reported() {
    let (server, mut mac) = enrolled(DeviceConfig::mac(23)).await;
    let declaration = |token: &str| {
        json!({
            "Type": "com.apple.configuration.management.test", "Identifier": "org.example/one",
            "ServerToken": token, "Payload": { "Echo": token },
        })
    };
    server.lock().declarations = vec![declaration("t1")];
    server.queue(mac.udid(), request("DeclarativeManagement", &[]));
    mac.session().await.unwrap();
    assert_eq!(mac.declarations(0)[0].server_token, "t1");
    assert_eq!(server.lock().reports.len(), 1);
    let data = plist::Value::Data(
        mac.declaration_tokens(0)
            .await
            .map(|token| json!({"SyncTokens": {"DeclarationsToken": token, "Timestamp": "2026-01-02T03:04:05Z"}}))
            .unwrap()
            .to_string()
            .into_bytes(),
    );
    server.queue(
        mac.udid(),
        request("DeclarativeManagement", &[("Data", data)]),
    );
    mac.session().await.unwrap();
    assert_eq!(
        server.lock().reports.len(),
        1,
        "nothing changed, nothing to say"
    );
    server.lock().declarations = vec![declaration("t2")];
    server.queue(mac.udid(), request("DeclarativeManagement", &[]));
    mac.session().await.unwrap();
    let report = server.lock().reports[1].1.clone();
    let listed = &report["StatusItems"]["management"]["declarations"]["configurations"][0];
    assert_eq!(listed["server-token"], "t2");
    server.lock().declarations.clear();
    mac.synchronise_declarations(0).await.unwrap();
    assert!(mac.declarations(0).is_empty());
    mac.probe_declarative().await.unwrap();
    assert_eq!(mac.violations(), []);
}

#[tokio::test]
async fn other_messages_get_their_answers() {
    let (_server, mut ipad) = enrolled(DeviceConfig::ipad(24).automated()).await;
    let policy = ipad.ask_return_to_service().await.unwrap();
    assert!(!policy.enabled);
    match ipad.get_token("com.apple.maid").await {
        Err(SimError::Refused { status, .. }) => assert_eq!(status, 404),
        other => panic!("{other:?}"),
    }
    assert!(ipad.is_enrolled());
    assert_eq!(ipad.violations(), []);
}

#[tokio::test]
async fn binary_plists_are_as_good() {
    let (server, mut iphone) = enrolled(DeviceConfig::iphone(25).with_binary_plists()).await;
    server.queue(iphone.udid(), queries(&["OSVersion"]));
    assert_eq!(iphone.session().await.unwrap().handled.len(), 1);
    assert_eq!(server.results(iphone.udid(), "device").len(), 1);
    assert_eq!(iphone.violations(), []);
}

#[tokio::test]
async fn behind_a_proxy_the_certificate_comes_in_a_header() {
    for (name, form) in [
        ("client-cert", CertificateHeader::Rfc9440),
        (
            "x-ssl-client-cert",
            CertificateHeader::EscapedPem("x-ssl-client-cert"),
        ),
    ] {
        let server = Server::start().await;
        server.lock().certificate_header = Some(name);
        let config = DeviceConfig::iphone(26).with_authentication(Authentication::Header(form));
        let mut iphone = Device::new(config, Network::plain_http().unwrap());
        iphone.enroll(&server.invitation()).await.unwrap();
        server.queue(iphone.udid(), queries(&["OSVersion"]));
        assert_eq!(iphone.session().await.unwrap().handled.len(), 1);
        assert!(!iphone.has_violation(Rule::SignMessage));
    }
}
