//! How devices obey, defer, fail and repeat.

#![expect(clippy::unwrap_used, reason = "tests")]

use plist::Value;
use tillsyn_apple::result::{
    DeviceInformationResult, DeviceLockResult, ProfileListResult, SecurityInfoResult, Status,
};
use tillsyn_sim::{Device, DeviceConfig, DeviceKind, DeviceState, Network, PushHub, SessionEnd};

use crate::server::{Server, queries, request};

async fn enrolled(server: &Server, kind: DeviceKind, index: usize) -> Device {
    let config = DeviceConfig::generate(kind, 21, index);
    let mut device = Device::new(config, Network::plain_http().unwrap());
    device.enroll(&server.invitation()).await.unwrap();
    device
}

fn profile(identifier: &str) -> Value {
    let text = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string>
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>{identifier}</string>
<key>PayloadUUID</key><string>0F6C1C5E-0000-4000-8000-000000000001</string>
<key>PayloadDisplayName</key><string>Web clip</string>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.webClip.managed</string>
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>{identifier}.clip</string>
<key>PayloadUUID</key><string>0F6C1C5E-0000-4000-8000-000000000002</string>
</dict></array>
</dict></plist>"#
    );
    Value::Data(text.into_bytes())
}

fn install(identifier: &str) -> plist::Dictionary {
    request("InstallProfile", &[("Payload", profile(identifier))])
}

fn remove(identifier: &str) -> plist::Dictionary {
    request("RemoveProfile", &[("Identifier", identifier.into())])
}

#[tokio::test]
async fn answers_are_readable_by_the_codec() {
    let server = Server::start().await;
    for (index, kind) in DeviceKind::ALL.into_iter().enumerate() {
        let mut device = enrolled(&server, kind, index).await;
        let names: Vec<&str> = tillsyn_apple::command::queries::QUERIES
            .iter()
            .map(|query| query.name)
            .collect();
        server.queue(device.udid(), queries(&names));
        server.queue(device.udid(), request("SecurityInfo", &[]));
        server.queue(device.udid(), request("ProfileList", &[]));
        device.session().await.unwrap();
        let results = server.results(device.udid(), "device");
        let information = DeviceInformationResult::read(&results[0].body).unwrap();
        assert_eq!(information.problems, Vec::<&str>::new());
        assert_eq!(information.udid.as_deref(), Some(device.udid()));
        assert!(information.facts().len() > 15);
        let security = SecurityInfoResult::read(&results[1].body).unwrap();
        assert_eq!(security.problems, Vec::<&str>::new());
        let profiles = ProfileListResult::read(&results[2].body).unwrap();
        assert!(profiles.contains("test.enrollment"));
        assert_eq!(device.violations(), []);
    }
}

#[tokio::test]
async fn profiles_come_and_go() {
    let server = Server::start().await;
    let mut iphone = enrolled(&server, DeviceKind::Iphone, 3).await;
    for command in [
        install("test.clip"),
        request(
            "InstallProfile",
            &[("Payload", Value::Data(b"rubbish".to_vec()))],
        ),
        request("ProfileList", &[]),
        remove("test.clip"),
        remove("test.clip"),
        request("InstallApplication", &[]),
        queries(&[]),
    ] {
        server.queue(iphone.udid(), command);
    }
    let session = iphone.session().await.unwrap();
    let statuses: Vec<Status> = session.handled.iter().map(|h| h.status).collect();
    assert_eq!(
        statuses,
        [
            Status::Acknowledged,
            Status::Error,
            Status::Acknowledged,
            Status::Acknowledged,
            Status::Error,
            Status::Error,
            Status::CommandFormatError,
        ]
    );
    let results = server.results(iphone.udid(), "device");
    assert_eq!(
        results[1].error_chain[1].error_domain,
        "MCProfileErrorDomain"
    );
    assert!(
        ProfileListResult::read(&results[2].body)
            .unwrap()
            .contains("test.clip")
    );
    assert!(results[4].error_chain[0].is_profile_not_found());
    assert_eq!(results[5].error_chain[0].error_code, 12_021);
}

#[tokio::test]
async fn a_locked_iphone_defers_profiles_and_polls_when_unlocked() {
    let server = Server::start().await;
    let mut iphone = enrolled(&server, DeviceKind::Iphone, 4).await;
    iphone.lock_screen();
    server.queue(iphone.udid(), queries(&["OSVersion"]));
    server.queue(iphone.udid(), install("test.clip"));
    let session = iphone.session().await.unwrap();
    let statuses: Vec<Status> = session.handled.iter().map(|h| h.status).collect();
    assert_eq!(statuses, [Status::Acknowledged, Status::NotNow]);
    assert!(iphone.polls_by_itself(0));
    iphone.unlock_screen();
    let session = iphone.session().await.unwrap();
    assert_eq!(session.handled[0].status, Status::Acknowledged);
    assert_eq!(iphone.violations(), []);
}

#[tokio::test]
async fn a_mac_in_power_nap_defers_queries_but_never_a_lock() {
    let server = Server::start().await;
    let mut mac = enrolled(&server, DeviceKind::Mac, 5).await;
    mac.set_power_nap(true);
    server.queue(mac.udid(), queries(&["OSVersion"]));
    let pin = ("PIN", "246810".into());
    server.queue(mac.udid(), request("DeviceLock", &[pin]));
    let session = mac.session().await.unwrap();
    let statuses: Vec<Status> = session.handled.iter().map(|h| h.status).collect();
    assert_eq!(statuses, [Status::NotNow, Status::Acknowledged]);
    assert_eq!(session.end, SessionEnd::PinLocked);
    assert!(
        mac.session().await.is_err(),
        "offline until the PIN is typed"
    );
    assert!(!mac.unlock_with_pin("000000"));
    assert!(mac.unlock_with_pin("246810"));
    mac.set_power_nap(false);
    mac.session().await.unwrap();
    assert_eq!(mac.state(), DeviceState::Enrolled);
    assert_eq!(mac.violations(), []);
}

#[tokio::test]
async fn a_lock_shows_its_message_and_a_mac_needs_a_pin() {
    let server = Server::start().await;
    let mut ipad = enrolled(&server, DeviceKind::Ipad, 6).await;
    let message = ("Message", "Please return".into());
    server.queue(ipad.udid(), request("DeviceLock", &[message]));
    ipad.session().await.unwrap();
    assert!(ipad.is_screen_locked());
    let results = server.results(ipad.udid(), "device");
    let lock = DeviceLockResult::read(&results[0].body).unwrap();
    assert!(lock.message_result.is_some());

    let mut mac = enrolled(&server, DeviceKind::Mac, 7).await;
    server.queue(mac.udid(), request("DeviceLock", &[]));
    let session = mac.session().await.unwrap();
    assert_eq!(session.handled[0].status, Status::Error);
    assert_eq!(mac.state(), DeviceState::Enrolled);
}

#[tokio::test]
async fn a_lost_reply_repeats_the_result_and_a_lost_command_comes_again() {
    let server = Server::start().await;
    let mut iphone = enrolled(&server, DeviceKind::Iphone, 8).await;
    iphone.config_mut().behaviours.lost_reply = 1_000;
    for _ in 0..3 {
        server.queue(iphone.udid(), queries(&["OSVersion"]));
        server.queue(iphone.udid(), queries(&["WiFiMAC"]));
    }
    let session = iphone.session().await.unwrap();
    assert_eq!(session.handled.len(), 6);
    assert_eq!(server.results(iphone.udid(), "device").len(), 6);

    iphone.config_mut().behaviours.lost_reply = 0;
    iphone.config_mut().behaviours.lost_offer = 1_000;
    server.queue(iphone.udid(), queries(&["OSVersion"]));
    let session = iphone.session().await.unwrap();
    assert_eq!(session.end, SessionEnd::ConnectionLost);
    iphone.config_mut().behaviours.lost_offer = 0;
    assert_eq!(iphone.session().await.unwrap().handled.len(), 1);
    assert_eq!(iphone.violations(), []);
}

#[tokio::test]
async fn an_unsent_result_goes_first() {
    let server = Server::start().await;
    let mut iphone = enrolled(&server, DeviceKind::Iphone, 9).await;
    let uuid = server.queue(iphone.udid(), queries(&["OSVersion"]));
    let offer = iphone.idle().await.unwrap().unwrap();
    assert_eq!(offer.uuid, uuid);
    iphone.perform_offline(&offer).await.unwrap();
    assert!(iphone.has_unsent_result());
    assert_eq!(server.queued(iphone.udid()), 1);
    let session = iphone.session().await.unwrap();
    assert_eq!(session.handled[0].uuid, uuid);
    assert_eq!(server.queued(iphone.udid()), 0);
    assert_eq!(iphone.violations(), []);
}

#[tokio::test]
async fn the_user_channel_has_its_own_queue_and_profiles() {
    let server = Server::start_with(true, PushHub::new()).await;
    let mut mac = enrolled(&server, DeviceKind::Mac, 10).await;
    assert_eq!(mac.sessions().await.unwrap().len(), 2);
    let channel = mac.channel_names()[1].to_owned();
    server.queue_on(mac.udid(), &channel, install("test.user-clip"));
    let pin = ("PIN", "246810".into());
    server.queue_on(mac.udid(), &channel, request("DeviceLock", &[pin]));
    server.queue(mac.udid(), remove("test.user-clip"));
    let sessions = mac.sessions().await.unwrap();
    assert_eq!(
        sessions[0].handled[0].status,
        Status::Error,
        "not on this channel"
    );
    assert_eq!(sessions[1].handled[0].status, Status::Acknowledged);
    assert_eq!(
        sessions[1].handled[1].status,
        Status::Error,
        "device channel only"
    );
    let rules: Vec<_> = mac.violations().iter().map(|v| v.rule).collect();
    assert_eq!(rules, [tillsyn_sim::Rule::CommandUnsupported]);
}
