//! One device, end to end: the rows, events and stories of an ordinary life.

use tillsyn_core::actor::Permission as P;
use tillsyn_core::commands::{self, Confirmation, NewCommand, Request};
use tillsyn_core::devices::{self, DeviceFilter, DeviceSort};
use tillsyn_core::ids::DeviceId;
use tillsyn_core::platform::apple::read_profile;
use tillsyn_sim::{DeviceConfig, DeviceState, SessionEnd};
use tillsyn_testkit::{TestApp, both_engines};

pub(crate) async fn only_device(app: &TestApp) -> DeviceId {
    let page = devices::list_devices(
        &app.core,
        &app.owner,
        &DeviceFilter::default(),
        (DeviceSort::default(), true),
        None,
        None,
    )
    .await
    .unwrap();
    assert_eq!(page.items.len(), 1);
    page.items[0].id.clone()
}

pub(crate) fn plain(device: &DeviceId, request: Request) -> NewCommand {
    NewCommand {
        devices: vec![device.clone()],
        request,
        profile: None,
        reason: None,
        confirmation: Confirmation::default(),
    }
}

pub(crate) const PROFILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.webclip</string>
<key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A0001</string>
<key>PayloadDisplayName</key><string>Help desk</string>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.webClip.managed</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.webclip.1</string>
<key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A0002</string>
<key>URL</key><string>https://help.example.org</string><key>Label</key><string>Help</string>
</dict></array></dict></plist>"#;

both_engines!(an_iphone_lives_from_invitation_to_wipe, |app| async move {
    let invitation = app
        .invite_with(|new| {
            new.person_name = Some("Elin Hedström".to_owned());
            new.person_email = Some("elin@example.org".to_owned());
            new.with_pin = true;
        })
        .await;
    let mut iphone = app.device(DeviceConfig::iphone(app.next()));
    iphone.enroll(&app.by(&invitation)).await.unwrap();
    let id = only_device(&app).await;

    // Invitation and attempt say how it went.
    assert_eq!(
        app.text("SELECT status FROM invitation").await.as_deref(),
        Some("used")
    );
    assert_eq!(
        app.text("SELECT status FROM attempt").await.as_deref(),
        Some("enrolled")
    );
    assert_eq!(
        app.count("SELECT count(*) FROM scep_challenge WHERE consumed_at IS NOT NULL")
            .await,
        1
    );
    // The first inventory waits, and a push has been asked for.
    assert_eq!(
        app.count("SELECT count(*) FROM command WHERE finished = 0")
            .await,
        5
    );
    app.eventually("SELECT count(*) FROM command WHERE status = 'push_sent'", 5)
        .await;

    let session = iphone.session().await.unwrap();
    assert_eq!(session.end, SessionEnd::Empty);
    assert_eq!(session.handled.len(), 5);
    assert_eq!(
        app.story("DeviceInformation").await,
        ["queued", "sent", "acknowledged"]
    );
    assert_eq!(
        app.text("SELECT status FROM attempt").await.as_deref(),
        Some("ready")
    );
    let detail = devices::device(&app.core, &app.owner, &id).await.unwrap();
    assert_eq!(detail.row.serial_number.as_deref(), Some(iphone.serial()));
    assert_eq!(detail.row.person_name.as_deref(), Some("Elin Hedström"));
    assert_eq!(detail.row.status, "active");
    assert!(
        detail
            .facts
            .iter()
            .any(|f| f.name == "passcode_present" && f.source == "SecurityInfo")
    );
    assert!(
        detail.profiles.iter().any(|p| p.enrolls),
        "{:?}",
        detail.profiles
    );

    // A profile is installed, listed and removed.
    let profile = read_profile(PROFILE.as_bytes().to_vec()).unwrap();
    let install = NewCommand {
        profile: Some(profile.bytes.clone()),
        ..plain(&id, profile.request())
    };
    commands::enqueue(&app.core, &app.owner, install)
        .await
        .unwrap();
    let list = plain(&id, Request::ProfileList {});
    commands::enqueue(&app.core, &app.owner, list)
        .await
        .unwrap();
    iphone.session().await.unwrap();
    let detail = devices::device(&app.core, &app.owner, &id).await.unwrap();
    assert!(
        detail
            .profiles
            .iter()
            .any(|p| p.identifier == "org.example.webclip")
    );
    let remove = Request::RemoveProfile {
        identifier: "org.example.webclip".to_owned(),
    };
    commands::enqueue(&app.core, &app.owner, plain(&id, remove.clone()))
        .await
        .unwrap();
    iphone.session().await.unwrap();
    assert_eq!(
        iphone
            .installed_profiles()
            .filter(|p| p.identifier == "org.example.webclip")
            .count(),
        0
    );
    // Removing what is not there has reached its goal.
    commands::enqueue(&app.core, &app.owner, plain(&id, remove))
        .await
        .unwrap();
    iphone.session().await.unwrap();
    assert_eq!(
        app.story("RemoveProfile").await.last().unwrap(),
        "acknowledged"
    );

    // A lock goes at once.
    let lock = Request::DeviceLock {
        message: Some("Found?".to_owned()),
        phone_number: None,
    };
    let locked = commands::enqueue(&app.core, &app.owner, plain(&id, lock))
        .await
        .unwrap();
    assert_eq!(locked.commands[0].status, "queued");
    iphone.session().await.unwrap();
    assert_eq!(
        app.story("DeviceLock").await.last().unwrap(),
        "acknowledged"
    );

    // An erase needs name and reason, takes the hold, and ends the enrollment.
    let erase = Request::EraseDevice {
        preserve_data_plan: false,
        disallow_proximity_setup: false,
    };
    let unconfirmed = commands::enqueue(&app.core, &app.owner, plain(&id, erase.clone())).await;
    assert_eq!(unconfirmed.unwrap_err().code, "reason_missing");
    let confirmed = || NewCommand {
        reason: Some("Sold".to_owned()),
        confirmation: Confirmation {
            typed: Some(detail.row.name.clone()),
            targets_digest: None,
        },
        ..plain(&id, erase.clone())
    };
    let held = commands::enqueue(&app.core, &app.owner, confirmed())
        .await
        .unwrap();
    assert_eq!(
        (held.commands[0].status, held.commands[0].held_reason),
        ("held", Some("hold"))
    );
    assert_eq!(
        iphone.session().await.unwrap().handled.len(),
        0,
        "a held command is never sent"
    );
    assert_eq!(
        app.count("SELECT count(*) FROM guard_use WHERE act = 'erase'")
            .await,
        1
    );
    let released = "UPDATE command SET held_until = 0 WHERE status = 'held'";
    app.db().execute(released, Vec::new()).await.unwrap();
    app.run_job("holds").await;
    let session = iphone.session().await.unwrap();
    assert_eq!(session.end, SessionEnd::Erased);
    assert_eq!(iphone.state(), DeviceState::Unenrolled);
    assert_eq!(
        app.story("EraseDevice").await,
        ["held", "queued", "sent", "acknowledged"]
    );
    assert_eq!(
        app.text("SELECT status FROM enrollment").await.as_deref(),
        Some("wiped")
    );
    assert_eq!(
        app.text("SELECT enrollment_status FROM device_summary")
            .await
            .as_deref(),
        Some("wiped")
    );
    assert_eq!(
        app.count("SELECT count(*) FROM command WHERE finished = 0")
            .await,
        0
    );
    assert_eq!(iphone.violations(), []);
    assert!(app.apns.refusals().is_empty());

    let actions = app.actions().await;
    for action in [
        "organisation.create",
        "account.create",
        "push_certificate.upload",
        "invitation.create",
        "attempt.create",
        "profile.fetch",
        "certificate.issue",
        "device.enroll",
        "command.enqueue",
        "enrollment.end",
    ] {
        assert!(
            actions.iter().any(|a| a == action),
            "no {action} in {actions:?}"
        );
    }
});

both_engines!(a_mac_is_locked_with_a_pin_that_is_kept, |app| async move {
    let mut mac = app.enrolled_mac().await;
    mac.sessions().await.unwrap();
    let id = only_device(&app).await;
    let lock = Request::DeviceLock {
        message: None,
        phone_number: None,
    };
    let locked = commands::enqueue(&app.core, &app.owner, plain(&id, lock))
        .await
        .unwrap();
    let pin = locked.commands[0].unlock_pin.clone().unwrap();
    assert_eq!(pin.len(), 6);
    assert_eq!(
        app.count("SELECT count(*) FROM escrow WHERE kind = 'lock_pin' AND state = 'proposed'")
            .await,
        1
    );
    assert_eq!(mac.session().await.unwrap().end, SessionEnd::PinLocked);
    assert_eq!(
        app.count("SELECT count(*) FROM escrow WHERE kind = 'lock_pin' AND state = 'kept'")
            .await,
        1
    );
    assert!(mac.unlock_with_pin(&pin));
    assert_eq!(mac.violations(), []);
    // What the command carried is gone once it is done; the escrow keeps it.
    assert_eq!(
        app.count("SELECT count(*) FROM command WHERE secret_sealed IS NOT NULL")
            .await,
        0
    );
});

both_engines!(
    a_command_behind_many_locks_is_moved_back_without_a_breach,
    |app| async move {
        let mut mac = app.enrolled_mac().await;
        mac.sessions().await.unwrap();
        let id = only_device(&app).await;
        let ask = |request: Request| commands::enqueue(&app.core, &app.owner, plain(&id, request));
        ask(Request::SecurityInfo {}).await.unwrap();
        // Each lock overtakes the question; its answer carries the question, and the Mac is gone by then.
        for _ in 0..4 {
            let lock = Request::DeviceLock {
                message: None,
                phone_number: None,
            };
            let pin = ask(lock).await.unwrap().commands[0].unlock_pin.clone();
            assert_eq!(mac.session().await.unwrap().end, SessionEnd::PinLocked);
            assert!(mac.unlock_with_pin(&pin.unwrap()));
        }
        let fifth = mac.idle().await.unwrap().unwrap();
        assert_eq!(fifth.request_type, "SecurityInfo");
        ask(Request::ProfileList {}).await.unwrap();
        let next = mac.idle().await.unwrap().unwrap();
        assert_eq!(next.request_type, "ProfileList");
        assert_eq!(mac.violations(), []);
    }
);

both_engines!(
    not_now_is_offered_again_at_the_next_idle,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        let id = only_device(&app).await;
        iphone.lock_screen();
        let profile = read_profile(PROFILE.as_bytes().to_vec()).unwrap();
        let install = NewCommand {
            profile: Some(profile.bytes.clone()),
            ..plain(&id, profile.request())
        };
        commands::enqueue(&app.core, &app.owner, install)
            .await
            .unwrap();
        let query = plain(&id, Request::SecurityInfo {});
        commands::enqueue(&app.core, &app.owner, query)
            .await
            .unwrap();

        app.eventually("SELECT count(*) FROM push_request", 0).await;
        // Passed over within the session, the query is served, and a push is asked for later.
        let session = iphone.session().await.unwrap();
        let types: Vec<_> = session
            .handled
            .iter()
            .map(|h| h.request_type.as_str())
            .collect();
        assert_eq!(types, ["InstallProfile", "SecurityInfo"]);
        assert_eq!(
            app.text("SELECT status FROM command WHERE finished = 0")
                .await
                .as_deref(),
            Some("not_now")
        );
        assert_eq!(app.count("SELECT count(*) FROM push_request").await, 1);

        iphone.unlock_screen();
        let session = iphone.session().await.unwrap();
        assert_eq!(session.handled.len(), 1);
        assert_eq!(
            app.story("InstallProfile").await.last().unwrap(),
            "acknowledged"
        );
        assert_eq!(iphone.violations(), []);
    }
);

both_engines!(a_user_channel_has_its_own_queue_and_end, |app| async move {
    let mut mac = app.enrolled_mac().await;
    mac.sessions().await.unwrap();
    assert_eq!(app.count("SELECT count(*) FROM channel").await, 2);
    assert_eq!(
        app.count("SELECT count(DISTINCT push_token) FROM channel")
            .await,
        2
    );
    assert_eq!(
        app.count("SELECT count(*) FROM enrollment WHERE status = 'active'")
            .await,
        1
    );
    assert_eq!(mac.violations(), []);
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_holds_every_permission_that_a_role_can_have() {
    let app = TestApp::new(tillsyn_testkit::Engine::Sqlite).await;
    for (permission, name) in P::ALL {
        assert!(app.owner.holds(*permission), "{name}");
    }
}
