//! From the invitation to the end, for each kind of device.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use tillsyn_apple::result::Status;
use tillsyn_pki::key::Digest;
use tillsyn_sim::{
    Device, DeviceConfig, DeviceKind, DeviceState, EnrollBy, Network, PushHub, Removal, Retry,
    Rule, SessionEnd, SimError,
};

use crate::server::{Server, queries, request};

fn device(kind: DeviceKind, index: usize) -> Device {
    let config = DeviceConfig::generate(kind, 3, index);
    Device::new(config, Network::plain_http().unwrap())
}

#[tokio::test]
async fn each_kind_enrolls_answers_and_is_erased() {
    let server = Server::start().await;
    for (index, kind) in DeviceKind::ALL.into_iter().enumerate() {
        let mut device = device(kind, index);
        device.enroll(&server.invitation()).await.unwrap();
        assert_eq!(device.state(), DeviceState::Enrolled);
        server.queue(device.udid(), queries(&["SerialNumber", "Nonsense"]));
        let pin = ("PIN", "123456".into());
        server.queue(device.udid(), request("EraseDevice", &[pin]));
        let session = device.session().await.unwrap();
        assert_eq!(session.handled.len(), 2);
        assert_eq!(session.end, SessionEnd::Erased);
        assert_eq!(device.state(), DeviceState::Unenrolled);
        assert_eq!(device.violations(), []);

        let results = server.results(device.udid(), "device");
        let answers = results[0].body["QueryResponses"].as_dictionary().unwrap();
        assert_eq!(answers.len(), 1, "unknown keys are absent");
        assert_eq!(answers["SerialNumber"].as_string(), Some(device.serial()));

        // As good as new: it may come again, with another key.
        device.enroll(&server.invitation()).await.unwrap();
        assert_eq!(device.violations(), []);
    }
}

#[tokio::test]
async fn old_systems_sign_with_sha1() {
    let server = Server::start().await;
    let mut config = DeviceConfig::iphone(1);
    config.digest = Digest::Sha1;
    let mut device = Device::new(config, Network::plain_http().unwrap());
    device.enroll(&server.invitation()).await.unwrap();
    device.session().await.unwrap();
    assert_eq!(device.violations(), []);
}

#[tokio::test]
async fn a_clock_that_runs_behind_is_no_obstacle() {
    let server = Server::start().await;
    let mut config = DeviceConfig::iphone(2);
    config.behaviours.clock_skew_ms = -50 * 60_000;
    let mut device = Device::new(config, Network::plain_http().unwrap());
    device.enroll(&server.invitation()).await.unwrap();
    assert_eq!(device.violations(), []);
}

#[tokio::test]
async fn a_server_that_cannot_now_is_asked_again_and_not_accused() {
    let server = Server::start().await;
    let mut iphone = device(DeviceKind::Iphone, 3);
    iphone.config_mut().behaviours.retry = Retry {
        attempts: 3,
        first: Duration::from_millis(1),
        longest: Duration::from_millis(1),
    };
    iphone.enroll(&server.invitation()).await.unwrap();
    server.lock().busy = 2;
    iphone.renew_token().await.unwrap();
    for poll in [false, true] {
        server.lock().busy = 3;
        let refused = if poll {
            iphone.session().await.unwrap_err()
        } else {
            iphone.renew_token().await.unwrap_err()
        };
        let is_503 = matches!(refused, SimError::Refused { status: 503, .. });
        assert!(is_503, "{refused}");
    }
    assert_eq!(iphone.session().await.unwrap().end, SessionEnd::Empty);
    assert_eq!(iphone.violations(), []);
}

#[tokio::test]
async fn a_mac_opens_a_channel_for_its_user_only_when_announced() {
    for per_user in [false, true] {
        let server = Server::start_with(per_user, PushHub::new()).await;
        let mut mac = device(DeviceKind::Mac, 4);
        mac.enroll(&server.invitation()).await.unwrap();
        assert_eq!(mac.tokens().len(), if per_user { 2 } else { 1 });
        let mut iphone = device(DeviceKind::Iphone, 5);
        iphone.enroll(&server.invitation()).await.unwrap();
        assert_eq!(iphone.tokens().len(), 1);
        assert_eq!(mac.sessions().await.unwrap().len(), mac.tokens().len());
        assert_eq!(mac.violations(), []);
    }
}

#[tokio::test]
async fn a_person_who_removes_the_profile_checks_out() {
    let server = Server::start().await;
    let mut iphone = device(DeviceKind::Iphone, 6);
    iphone.enroll(&server.invitation()).await.unwrap();
    assert!(server.is_active(iphone.udid()));
    iphone.person_removes_profile().await.unwrap();
    assert!(!server.is_active(iphone.udid()));
    assert!(iphone.certificate().is_none());
    assert!(iphone.session().await.is_err());
}

#[tokio::test]
async fn the_server_may_remove_its_own_profile() {
    let server = Server::start().await;
    for (index, removal) in [Removal::ResultThenCheckOut, Removal::CheckOutOnly]
        .into_iter()
        .enumerate()
    {
        let mut iphone = device(DeviceKind::Iphone, 7 + index);
        iphone.config_mut().behaviours.removal = removal;
        iphone.enroll(&server.invitation()).await.unwrap();
        let identifier = ("Identifier", "test.enrollment".into());
        server.queue(iphone.udid(), request("RemoveProfile", &[identifier]));
        let session = iphone.session().await.unwrap();
        assert_eq!(session.end, SessionEnd::Unenrolled);
        assert!(!server.is_active(iphone.udid()));
        let results = server.results(iphone.udid(), "device");
        let expected = usize::from(removal == Removal::ResultThenCheckOut);
        assert_eq!(results.len(), expected);
    }
}

#[tokio::test]
async fn a_renewed_profile_brings_a_new_certificate_and_keeps_the_queue() {
    let server = Server::start().await;
    let mut iphone = device(DeviceKind::Iphone, 10);
    iphone.enroll(&server.invitation()).await.unwrap();
    let before = iphone.certificate().unwrap().sha256();
    let payload = ("Payload", plist::Value::Data(server.renewal()));
    server.queue(iphone.udid(), request("InstallProfile", &[payload]));
    server.queue(iphone.udid(), queries(&["OSVersion"]));
    let session = iphone.session().await.unwrap();
    assert_eq!(session.handled.len(), 2);
    assert!(
        session
            .handled
            .iter()
            .all(|h| h.status == Status::Acknowledged)
    );
    assert_ne!(iphone.certificate().unwrap().sha256(), before);
    assert_eq!(server.token_updates(iphone.udid(), "device"), 2);
    assert_eq!(iphone.violations(), []);
}

#[tokio::test]
async fn a_wrong_code_is_a_refusal_and_no_violation() {
    let server = Server::start().await;
    let mut iphone = device(DeviceKind::Iphone, 11);
    let by = EnrollBy::Invitation {
        server: server.base.clone(),
        code: "NO-SUCH".into(),
        pin: None,
    };
    match iphone.enroll(&by).await {
        Err(SimError::Refused { status, code, .. }) => {
            assert_eq!(status, 404);
            assert_eq!(code.as_deref(), Some("invitation_unknown"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(iphone.violations(), []);
}

#[tokio::test]
async fn pushes_are_checked_against_the_channel() {
    let server = Server::start().await;
    let mut iphone = device(DeviceKind::Iphone, 12);
    iphone.enroll(&server.invitation()).await.unwrap();
    let token = iphone.tokens()[0].token.clone();
    let push = |topic: Option<&str>, magic: Option<&str>| tillsyn_sim::Push {
        token: token.clone(),
        topic: topic.map(str::to_owned),
        push_magic: magic.map(str::to_owned),
    };
    assert_eq!(iphone.receive_push(&push(None, None)), Some(0));
    assert_eq!(iphone.receive_push(&push(None, Some("wrong"))), None);
    assert_eq!(
        iphone.receive_push(&push(Some("com.apple.mgmt.x"), None)),
        None
    );
    assert!(iphone.has_violation(Rule::PushMagic));
    assert!(iphone.has_violation(Rule::PushTopic));
}
