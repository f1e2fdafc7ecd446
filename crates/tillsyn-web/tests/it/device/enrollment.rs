//! Re-enrollment by the model's rule, removal, retire, grants.

use serde_json::json;
use tillsyn_apple::result::CommandResult;
use tillsyn_core::commands::{self, Confirmation, NewCommand, Request};
use tillsyn_core::devices;
use tillsyn_sim::{Device, DeviceConfig};
use tillsyn_testkit::both_engines;

use super::story::{only_device, plain};
use crate::wire::shapes::{device_ids, token_update};

/// What a device hears that asks for work: the status and the body.
async fn heard(device: &mut Device) -> (u16, String) {
    let idle = CommandResult::idle(device_ids(device)).to_plist();
    let answer = device.put_raw(false, idle).await.unwrap();
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    (answer.status.as_u16(), body)
}

// Core sheet §13, case 1.
both_engines!(
    an_authenticate_alone_gets_no_push_and_no_queue,
    |app| async move {
        let invitation = app.invite().await;
        let mut iphone = app.device(DeviceConfig::iphone(app.next()));
        let attempt = iphone
            .take_invitation(&app.url(), &invitation.code, None)
            .await
            .unwrap();
        let profile = iphone.download_profile(&attempt.profile_url).await.unwrap();
        iphone.accept_profile(&profile).await.unwrap();
        iphone.authenticate().await.unwrap();
        let pending = "SELECT count(*) FROM enrollment WHERE status = 'pending'";
        assert_eq!(app.count(pending).await, 1);
        assert_eq!(heard(&mut iphone).await, (200, String::new()));
        let queue = "SELECT count(*) FROM command";
        let pushes = "SELECT count(*) FROM push_request";
        for nothing in [queue, pushes, "SELECT count(*) FROM escrow"] {
            assert_eq!(app.count(nothing).await, 0, "{nothing}");
        }
        iphone.token_update().await.unwrap();
        assert_eq!(app.count(queue).await, 5);
        assert_eq!(iphone.violations(), []);
    }
);

// Core sheet §13, case 13: the same certificate begins nothing new.
both_engines!(
    an_authenticate_of_the_enrolled_certificate_clears_nothing,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        let id = only_device(&app).await;
        commands::enqueue(&app.core, &app.owner, plain(&id, Request::SecurityInfo {}))
            .await
            .unwrap();
        iphone.authenticate().await.unwrap();
        let active = "SELECT count(*) FROM enrollment WHERE status = 'active'";
        for held in [
            "SELECT count(*) FROM enrollment",
            active,
            "SELECT count(*) FROM escrow WHERE kind = 'unlock_token'",
            "SELECT count(*) FROM channel WHERE ended_at IS NULL AND push_token IS NOT NULL",
            "SELECT count(*) FROM command WHERE finished = 0",
        ] {
            assert_eq!(app.count(held).await, 1, "{held}");
        }
        iphone.token_update().await.unwrap();
        assert_eq!(iphone.session().await.unwrap().handled.len(), 1);
        assert_eq!(app.count(active).await, 1);
        assert_eq!(iphone.violations(), []);
    }
);

both_engines!(
    the_old_enrollment_stays_until_the_new_one_completes,
    |app| async move {
        let person = |new: &mut tillsyn_core::invitations::NewInvitation| {
            new.person_name = Some("Elin".to_owned());
            new.person_email = Some("elin@example.org".to_owned());
        };
        let config = DeviceConfig::iphone(app.next());
        let first = app.invite_with(person).await;
        let mut old = app.device(config.clone());
        old.enroll(&app.by(&first)).await.unwrap();
        let id = only_device(&app).await;
        commands::enqueue(&app.core, &app.owner, plain(&id, Request::SecurityInfo {}))
            .await
            .unwrap();

        // The same hardware enrolls again: Authenticate alone makes a pending enrollment with nothing.
        let second = app.invite_with(person).await;
        let mut new = app.device(config);
        let attempt = new
            .take_invitation(&app.url(), &second.code, None)
            .await
            .unwrap();
        let profile = new.download_profile(&attempt.profile_url).await.unwrap();
        new.accept_profile(&profile).await.unwrap();
        new.authenticate().await.unwrap();
        assert_eq!(
            app.count("SELECT count(*) FROM enrollment WHERE status = 'pending'")
                .await,
            1
        );
        new.poll_while_pending().await.unwrap();
        assert!(
            !old.session().await.unwrap().handled.is_empty(),
            "the old one is served as before"
        );
        commands::enqueue(&app.core, &app.owner, plain(&id, Request::ProfileList {}))
            .await
            .unwrap();

        new.token_update().await.unwrap();
        assert_eq!(only_device(&app).await, id, "still one device");
        assert_eq!(
            app.count("SELECT count(*) FROM enrollment WHERE status = 'active'")
                .await,
            1
        );
        assert_eq!(
            app.count("SELECT count(*) FROM enrollment WHERE status = 'superseded'")
                .await,
            1
        );
        let ended = "SELECT count(*) FROM command WHERE status = 'superseded' AND request_type = 'ProfileList'";
        assert_eq!(app.count(ended).await, 1);
        // The old certificate now gets a plain 403, which is counted and audited.
        assert!(old.session().await.is_err());
        assert_eq!(
            app.count("SELECT count(*) FROM stranger WHERE kind = 'ended'")
                .await,
            1
        );
        assert!(app.actions().await.contains(&"device.refused".to_owned()));
        assert_eq!(heard(&mut old).await, (403, String::new()));
        assert_eq!(new.session().await.unwrap().handled.len(), 5);
        assert_eq!(new.violations(), []);
    }
);

// Core sheet §13, case 13: the first `TokenUpdate` is one transaction.
both_engines!(
    an_enrollment_cut_short_before_its_end_leaves_the_old_one,
    |app| async move {
        const STATUSES: &str = "SELECT count(*) FROM enrollment \
            WHERE status = 'active' OR status = 'pending'";
        const SECRETS: &str = "SELECT count(*) FROM escrow";
        let config = DeviceConfig::iphone(app.next());
        let mut old = app.enrolled(config.clone()).await;
        old.session().await.unwrap();
        let held = app.count(SECRETS).await;
        let invitation = app.invite_with(|new| new.may_replace = true).await;
        let mut new = app.device(config);
        let attempt = new
            .take_invitation(&app.url(), &invitation.code, None)
            .await
            .unwrap();
        let profile = new.download_profile(&attempt.profile_url).await.unwrap();
        new.accept_profile(&profile).await.unwrap();
        new.authenticate().await.unwrap();

        // The audit event is written last: without its table all before it is undone.
        let rename = async |sql| app.db().execute(sql, Vec::new()).await;
        rename("ALTER TABLE event RENAME TO event_away")
            .await
            .unwrap();
        let first = token_update(device_ids(&new), &app.topic, b"cut", "CUT").to_plist();
        let cut = new.put_raw(true, first).await.unwrap();
        rename("ALTER TABLE event_away RENAME TO event")
            .await
            .unwrap();
        assert!(cut.status.is_server_error(), "{}", cut.status);
        assert_eq!(app.count(STATUSES).await, 2, "the old one and the new one");
        assert_eq!(app.count(SECRETS).await, held);
        assert_eq!(heard(&mut old).await, (200, String::new()));
        assert_eq!(heard(&mut new).await, (200, String::new()));

        new.token_update().await.unwrap();
        assert_eq!(app.count(STATUSES).await, 1);
        assert_eq!(heard(&mut old).await, (403, String::new()));
        assert_eq!(new.session().await.unwrap().handled.len(), 5);
    }
);

both_engines!(
    a_grant_that_does_not_reach_the_device_changes_nothing,
    |app| async move {
        let config = DeviceConfig::iphone(app.next());
        let mut victim = app.enrolled(config.clone()).await;
        victim.session().await.unwrap();
        // Somebody else's invitation, claiming the victim's serial number.
        let foreign = app
            .invite_with(|new| new.person_name = Some("Mallory".to_owned()))
            .await;
        let mut thief = app.device(config);
        assert!(thief.enroll(&app.by(&foreign)).await.is_err());
        assert_eq!(app.count("SELECT count(*) FROM enrollment").await, 1);
        let cause = "SELECT cause FROM attempt WHERE status = 'failed'";
        assert_eq!(app.text(cause).await.as_deref(), Some("device_of_another"));
        victim.session().await.unwrap();
        // An administrator may say so.
        let allowed = app.invite_with(|new| new.may_replace = true).await;
        let mut heir = app.device(victim.config().clone());
        heir.enroll(&app.by(&allowed)).await.unwrap();
        assert_eq!(
            app.count("SELECT count(*) FROM enrollment WHERE status = 'active'")
                .await,
            1
        );
    }
);

both_engines!(
    removing_the_profile_by_hand_ends_the_enrollment,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        let id = only_device(&app).await;
        commands::enqueue(&app.core, &app.owner, plain(&id, Request::SecurityInfo {}))
            .await
            .unwrap();
        let mut left = iphone.clone();
        iphone.person_removes_profile().await.unwrap();
        // Core sheet §13, case 15: nobody retired it.
        assert_eq!(heard(&mut left).await, (403, String::new()));
        assert_eq!(
            app.text("SELECT end_reason FROM enrollment")
                .await
                .as_deref(),
            Some("removed_by_user")
        );
        assert_eq!(app.story("SecurityInfo").await.last().unwrap(), "cancelled");
        let again =
            commands::enqueue(&app.core, &app.owner, plain(&id, Request::SecurityInfo {})).await;
        assert_eq!(again.unwrap_err().code, "not_capable");
    }
);

both_engines!(
    a_retire_is_a_removal_of_the_enrollment_profile,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        let id = only_device(&app).await;
        let detail = devices::device(&app.core, &app.owner, &id).await.unwrap();
        let identifier = detail.enrollment_profile_identifier.unwrap();
        let retire = Request::RemoveProfile { identifier };
        // By whatever door, it is the guard's row for a retire.
        let bare = commands::enqueue(&app.core, &app.owner, plain(&id, retire.clone())).await;
        assert_eq!(bare.unwrap_err().code, "reason_missing");
        let confirmed = NewCommand {
            reason: Some("Returned".to_owned()),
            confirmation: Confirmation {
                typed: Some(detail.row.name),
                targets_digest: None,
            },
            ..plain(&id, retire)
        };
        commands::enqueue(&app.core, &app.owner, confirmed)
            .await
            .unwrap();
        app.db()
            .execute(
                "UPDATE command SET held_until = 0 WHERE status = 'held'",
                Vec::new(),
            )
            .await
            .unwrap();
        app.run_job("holds").await;
        let mut left = iphone.clone();
        iphone.session().await.unwrap();
        assert!(!iphone.is_enrolled());
        // Core sheet §13, case 15: only this one is told to remove its management.
        let (status, body) = heard(&mut left).await;
        assert_eq!(status, 403);
        assert!(body.contains("com.apple.unrecognized.device"), "{body}");
        assert_eq!(
            app.text("SELECT status FROM enrollment").await.as_deref(),
            Some("removed")
        );
        assert_eq!(
            app.text("SELECT end_reason FROM enrollment")
                .await
                .as_deref(),
            Some("retired")
        );
        assert_eq!(
            app.text("SELECT status FROM device_summary")
                .await
                .as_deref(),
            Some("retired")
        );
        assert_eq!(iphone.violations(), []);
    }
);

both_engines!(a_link_for_one_device_enrolls_one_device, |app| async move {
    let invitation = app.invite().await;
    let mut first = app.device(DeviceConfig::iphone(app.next()));
    let mut second = app.device(DeviceConfig::ipad(app.next()));
    // Both fetch a profile while the link is open; only one of them may complete.
    let one = first
        .take_invitation(&app.url(), &invitation.code, None)
        .await
        .unwrap();
    let two = second
        .take_invitation(&app.url(), &invitation.code, None)
        .await
        .unwrap();
    let profile_one = first.download_profile(&one.profile_url).await.unwrap();
    let profile_two = second.download_profile(&two.profile_url).await.unwrap();
    first.accept_profile(&profile_one).await.unwrap();
    second.accept_profile(&profile_two).await.unwrap();
    first.authenticate().await.unwrap();
    second.authenticate().await.unwrap();
    first.token_update().await.unwrap();
    assert!(second.token_update().await.is_err());
    assert_eq!(app.count("SELECT count(*) FROM device").await, 1);
    assert_eq!(
        app.count("SELECT count(*) FROM attempt WHERE cause = 'invitation_over'")
            .await,
        1
    );
});

both_engines!(a_pin_may_be_mistyped_four_times, |app| async move {
    let invitation = app.invite_with(|new| new.with_pin = true).await;
    let api = app.owner_api().await.anonymous();
    let path = format!("/e/{}/attempts", invitation.code.as_str());
    let attempt = |pin: &str| {
        let (api, path, body) = (api.clone(), path.clone(), serde_json::json!({ "pin": pin }));
        async move { api.post(&path, &body).await }
    };
    assert_eq!(attempt("").await.status, 422);
    for _ in 0..3 {
        assert_eq!(attempt("WRONGPIN").await.status, 422);
    }
    assert_eq!(attempt("WRONGPIN").await.status, 422);
    assert_eq!(
        attempt(invitation.pin.as_ref().unwrap()).await.status,
        403,
        "locked after five"
    );
    assert_eq!(app.count("SELECT count(*) FROM attempt").await, 0);
    let (pin, _) = tillsyn_core::invitations::renew_pin(&app.core, &app.owner, &invitation.id)
        .await
        .unwrap();
    assert_eq!(attempt(&pin).await.status, 201);
});

both_engines!(
    a_serial_number_in_another_spelling_reaches_nobody_else,
    |app| async move {
        let config = DeviceConfig::iphone(app.next());
        let mut victim = app.enrolled(config.clone()).await;
        victim.session().await.unwrap();
        let foreign = app.invite().await;
        let mut spelled = DeviceConfig::iphone(app.next());
        spelled.serial = format!("{} ", config.serial);
        let mut thief = app.device(spelled);
        assert!(thief.enroll(&app.by(&foreign)).await.is_err());
        assert_eq!(
            app.count("SELECT count(*) FROM enrollment WHERE status = 'active'")
                .await,
            1
        );
        assert_eq!(app.count("SELECT count(*) FROM device").await, 1);
        assert_eq!(victim.session().await.unwrap().handled.len(), 0);
    }
);

both_engines!(
    a_grant_is_asked_again_when_the_enrollment_completes,
    |app| async move {
        // Both name the same hardware before either is enrolled; only one of them can have it.
        let config = DeviceConfig::iphone(app.next());
        let mut rival = config.clone();
        rival.udid = format!("{}-RIVAL", config.udid);
        let (one, two) = (app.invite().await, app.invite().await);
        let mut devices = [app.device(config), app.device(rival)];
        for (device, invitation) in devices.iter_mut().zip([&one, &two]) {
            let attempt = device
                .take_invitation(&app.url(), &invitation.code, None)
                .await
                .unwrap();
            let profile = device.download_profile(&attempt.profile_url).await.unwrap();
            device.accept_profile(&profile).await.unwrap();
            device.authenticate().await.unwrap();
        }
        let [first, second] = &mut devices;
        first.token_update().await.unwrap();
        assert!(second.token_update().await.is_err());
        assert_eq!(first.session().await.unwrap().handled.len(), 5);
        let cause = "SELECT cause FROM attempt WHERE status = 'failed'";
        assert_eq!(app.text(cause).await.as_deref(), Some("device_of_another"));
    }
);

both_engines!(
    a_secret_of_an_earlier_enrollment_is_not_sent_to_a_new_one,
    |app| async move {
        const GIVE: &str = "UPDATE escrow SET enrollment_id = (SELECT id FROM enrollment \
            WHERE status = $1) WHERE kind = 'recovery_lock_password'";
        let verify = || Request::form("VerifyRecoveryLock", json!({})).unwrap();
        let refusal = async |id| {
            let refused = commands::enqueue(&app.core, &app.owner, plain(id, verify())).await;
            refused.unwrap_err().data.unwrap()["refused"][0]["code"].clone()
        };
        let mut mac = app.enrolled_mac().await;
        mac.sessions().await.unwrap();
        let id = only_device(&app).await;
        assert_eq!(refusal(&id).await, "no_escrowed_secret");
        let set = json!({ "new_password": "canary-7f3a" });
        let set = Request::form("SetRecoveryLock", set).unwrap();
        commands::enqueue(&app.core, &app.owner, plain(&id, set))
            .await
            .unwrap();
        mac.sessions().await.unwrap();
        mac.person_removes_profile().await.unwrap();
        let invitation = app.invite().await;
        mac.enroll(&app.by(&invitation)).await.unwrap();
        mac.sessions().await.unwrap();
        assert_eq!(only_device(&app).await, id);
        let kept = "SELECT count(*) FROM escrow WHERE kind = 'recovery_lock_password' \
            AND state = 'kept'";
        assert_eq!(app.count(kept).await, 1, "people can still see it");
        assert_eq!(refusal(&id).await, "secret_of_earlier_enrollment");

        // Asked again when the command is sent.
        app.db()
            .execute(GIVE, tillsyn_db::args!["active"])
            .await
            .unwrap();
        commands::enqueue(&app.core, &app.owner, plain(&id, verify()))
            .await
            .unwrap();
        app.db()
            .execute(GIVE, tillsyn_db::args!["removed"])
            .await
            .unwrap();
        mac.sessions().await.unwrap();
        let given_up = "SELECT count(*) FROM command WHERE status = 'cancelled' \
            AND status_reason = 'secret_of_earlier_enrollment'";
        assert_eq!(app.count(given_up).await, 1);
    }
);
