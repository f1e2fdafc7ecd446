//! The one door for every type of command: what replaces what, what is refused and why, what is a raw
//! command, what secrets it carries.

use serde_json::{Value as Json, json};
use tillsyn_core::actor::{Actor, Permission as P};
use tillsyn_core::approvals;
use tillsyn_core::commands::{
    self, Channel, Confirmation, Enqueued, NewCommand, Request, enqueue, enqueue_on,
};
use tillsyn_core::ids::{ApprovalId, DeviceId};
use tillsyn_core::{Error, Kind};
use tillsyn_sim::{Device, DeviceConfig};
use tillsyn_testkit::{TestApp, both_engines};

use super::story::{PROFILE, only_device, plain};

async fn supervised(app: &TestApp) -> (Device, DeviceId) {
    let mut phone = app
        .enrolled(DeviceConfig::iphone(app.next()).supervised())
        .await;
    phone.sessions().await.unwrap();
    (phone, only_device(app).await)
}

async fn send(app: &TestApp, id: &DeviceId, command: Json) -> Result<Enqueued, Error> {
    let (request, profile) = Request::read(command)?;
    let new = NewCommand {
        profile,
        ..plain(id, request)
    };
    enqueue(&app.core, &app.owner, new).await
}

async fn sent(app: &TestApp, id: &DeviceId, command: Json) -> String {
    let made = send(app, id, command).await.unwrap();
    made.commands[0].id.to_string()
}

/// Status and reason of one command.
async fn state(app: &TestApp, command: &str) -> (String, String) {
    let row = app
        .db()
        .query_optional(
            "SELECT status, COALESCE(status_reason, '') FROM command WHERE id = $1",
            tillsyn_db::args![command],
        )
        .await
        .unwrap()
        .unwrap();
    (row.text(0).unwrap(), row.text(1).unwrap())
}

fn is(status: &str, reason: &str) -> (String, String) {
    (status.to_owned(), reason.to_owned())
}

fn name(name: &str) -> Json {
    json!({ "type": "Settings", "settings": [{ "item": "DeviceName", "device_name": name }] })
}

fn install() -> Json {
    use base64::Engine as _;
    let profile = base64::engine::general_purpose::STANDARD.encode(PROFILE);
    json!({ "type": "InstallProfile", "profile": profile })
}

both_engines!(
    a_newer_setting_supersedes_the_one_that_waits,
    |app| async move {
        let (mut phone, id) = supervised(&app).await;
        let first = sent(&app, &id, name("First")).await;
        let roaming = json!({ "type": "Settings", "settings":
        [{ "item": "DataRoaming", "enabled": true }] });
        let roaming = sent(&app, &id, roaming).await;
        let second = sent(&app, &id, name("Second")).await;
        let lost = sent(
            &app,
            &id,
            json!({ "type": "EnableLostMode", "message": "Lost" }),
        )
        .await;
        let found = sent(&app, &id, json!({ "type": "DisableLostMode" })).await;
        let install_one = sent(&app, &id, install()).await;
        let install_two = sent(&app, &id, install()).await;
        for old in [&first, &lost, &install_one] {
            assert_eq!(state(&app, old).await, is("superseded", "newer"));
        }
        phone.sessions().await.unwrap();
        for new in [&roaming, &second, &install_two] {
            assert_eq!(state(&app, new).await.0, "acknowledged");
        }
        assert_ne!(state(&app, &found).await.0, "superseded");
        let stories = app
        .count("SELECT count(*) FROM command_transition WHERE status = 'superseded' AND reason = 'newer'")
        .await;
        assert_eq!(stories, 3);
    }
);

both_engines!(a_command_in_flight_is_not_superseded, |app| async move {
    let (_phone, id) = supervised(&app).await;
    let first = sent(&app, &id, name("First")).await;
    let fetched = "UPDATE command SET status = 'sent', deliveries = 1 WHERE finished = 0";
    app.db().execute(fetched, Vec::new()).await.unwrap();
    sent(&app, &id, name("Second")).await;
    assert_eq!(state(&app, &first).await.0, "sent");
});

both_engines!(
    a_removal_drops_the_install_that_never_arrived,
    |app| async move {
        let (mut phone, id) = supervised(&app).await;
        let remove = json!({ "type": "RemoveProfile", "identifier": "org.example.webclip" });
        let install_one = sent(&app, &id, install()).await;
        let made = send(&app, &id, remove.clone()).await.unwrap();
        assert_eq!(made.commands[0].status, "superseded");
        let removal = made.commands[0].id.to_string();
        assert_eq!(state(&app, &install_one).await, is("superseded", "newer"));
        assert_eq!(
            state(&app, &removal).await,
            is("superseded", "nothing_to_remove")
        );
        assert_eq!(phone.session().await.unwrap().handled.len(), 0);
        // Once a device may have it, the removal goes.
        sent(&app, &id, install()).await;
        phone.sessions().await.unwrap();
        sent(&app, &id, install()).await;
        let removal = sent(&app, &id, remove).await;
        assert_eq!(state(&app, &removal).await.0, "queued");
    }
);

both_engines!(
    a_removal_goes_while_an_unanswered_install_is_at_the_back_of_the_queue,
    |app| async move {
        let (_phone, id) = supervised(&app).await;
        let remove = json!({ "type": "RemoveProfile", "identifier": "org.example.webclip" });
        let first = sent(&app, &id, install()).await;
        // The device told its list before, and the install was delivered and moved back.
        for moved in [
            "INSERT INTO installed_profile (channel_id, device_id, identifier, observed_at) \
             SELECT channel_id, device_id, 'org.example.other', 0 FROM command WHERE finished = 0",
            "UPDATE command SET status = 'sent', lane = 9, deliveries = 0 WHERE finished = 0",
        ] {
            app.db().execute(moved, Vec::new()).await.unwrap();
        }
        let second = sent(&app, &id, install()).await;
        let made = send(&app, &id, remove).await.unwrap();
        assert_eq!(state(&app, &second).await, is("superseded", "newer"));
        assert_eq!(state(&app, &first).await.0, "sent");
        assert_eq!(made.commands[0].status, "queued");
    }
);

both_engines!(identical_questions_are_one_command, |app| async move {
    let (_phone, id) = supervised(&app).await;
    let all = sent(&app, &id, json!({ "type": "CertificateList" })).await;
    let again = send(&app, &id, json!({ "type": "CertificateList" }))
        .await
        .unwrap();
    assert!(again.commands[0].merged && again.commands[0].id.to_string() == all);
    let managed = json!({ "type": "CertificateList", "managed_only": true });
    assert!(!send(&app, &id, managed).await.unwrap().commands[0].merged);
});

both_engines!(
    what_may_go_at_once_is_not_merged_into_what_is_held,
    |app| async move {
        let (_phone, id) = supervised(&app).await;
        let _other = app.enrolled_iphone().await;
        let other = app
            .db()
            .query_optional(
                "SELECT id FROM device WHERE id <> $1",
                tillsyn_db::args![id.as_str()],
            )
            .await
            .unwrap()
            .unwrap()
            .text(0)
            .unwrap();
        let (request, _) =
            Request::read(json!({ "type": "RemoveProvisioningProfile", "uuid": "A" })).unwrap();
        let both = NewCommand {
            devices: vec![id.clone(), DeviceId::parse(&other).unwrap()],
            ..plain(&id, request.clone())
        };
        let mut newcomer = app.owner.clone();
        newcomer.trusted_since = Some(app.core.now_ms());
        let held = enqueue(&app.core, &newcomer, both).await.unwrap();
        assert_eq!(held.commands[0].held_reason, Some("new_account"));
        let at_once = || enqueue(&app.core, &app.owner, plain(&id, request.clone()));
        let made = at_once().await.unwrap();
        assert!(!made.commands[0].merged);
        assert_eq!(made.commands[0].status, "queued");
        // The same once more is that one, and is counted once.
        let again = at_once().await.unwrap();
        assert!(again.commands[0].merged && again.commands[0].id == made.commands[0].id);
        let counted = "SELECT count(*) FROM guard_use WHERE act = 'remove_profile'";
        assert_eq!(app.count(counted).await, 1);
        // Released, the held one waits beside it.
        let shell = Actor::server();
        let id = ApprovalId::parse(held.batch_id.as_str()).unwrap();
        approvals::approve(&app.core, &shell, &id, None)
            .await
            .unwrap();
        let waiting = "SELECT count(*) FROM command WHERE status = 'held'";
        assert_eq!(app.count(waiting).await, 0);
    }
);

both_engines!(a_full_queue_has_room_for_a_lock, |app| async move {
    let (_phone, id) = supervised(&app).await;
    sent(&app, &id, json!({ "type": "RestartDevice" })).await;
    let fill = "INSERT INTO command (id, batch_id, channel_id, enrollment_id, device_id, org_unit_id, \
        request_type, status, lane, position, created_at, updated_at, expires_at) \
        SELECT $1, batch_id, channel_id, enrollment_id, device_id, org_unit_id, request_type, status, \
        $2, position, created_at, updated_at, expires_at FROM command WHERE request_type = $3 LIMIT 1";
    for n in 1..200 {
        let values = tillsyn_db::args![format!("filler-{n}"), 1, "RestartDevice"];
        app.db().execute(fill, values).await.unwrap();
    }
    let full = send(&app, &id, json!({ "type": "CertificateList" })).await;
    assert_eq!(full.unwrap_err().code, "queue_full");
    let lock = || send(&app, &id, json!({ "type": "DeviceLock" }));
    assert_eq!(lock().await.unwrap().commands[0].status, "queued");
    // Bounded all the same.
    for n in 1..20 {
        let values = tillsyn_db::args![format!("urgent-{n}"), 0, "DeviceLock"];
        app.db().execute(fill, values).await.unwrap();
    }
    assert_eq!(lock().await.unwrap_err().code, "queue_full");
});

both_engines!(lost_mode_overtakes_what_waits, |app| async move {
    let (mut phone, id) = supervised(&app).await;
    sent(&app, &id, json!({ "type": "CertificateList" })).await;
    sent(&app, &id, json!({ "type": "RestartDevice" })).await;
    let lost = sent(
        &app,
        &id,
        json!({ "type": "EnableLostMode", "message": "Lost" }),
    )
    .await;
    let session = phone.session().await.unwrap();
    assert_eq!(session.handled[0].uuid, lost);
});

both_engines!(a_restart_waits_a_day_and_no_longer, |app| async move {
    let (_phone, id) = supervised(&app).await;
    sent(&app, &id, json!({ "type": "RestartDevice" })).await;
    assert_eq!(
        app.count(
            "SELECT expires_at - created_at FROM command WHERE request_type = 'RestartDevice'"
        )
        .await,
        86_400_000
    );
});

both_engines!(
    os_27_never_gets_schedule_os_update_from_an_old_queue,
    |app| async move {
        let (mut phone, id) = supervised(&app).await;
        let update = json!({ "type": "ScheduleOSUpdate", "updates":
        [{ "product_version": "26.1", "install_action": "InstallASAP" }] });
        let command = sent(&app, &id, update.clone()).await;
        let upgraded = "UPDATE device_summary SET os_version = '27.0'";
        app.db().execute(upgraded, Vec::new()).await.unwrap();
        assert_eq!(phone.session().await.unwrap().handled.len(), 0);
        assert_eq!(state(&app, &command).await, is("cancelled", "os_too_new"));
        let refused = send(&app, &id, update).await.unwrap_err();
        assert_eq!(refused.kind, Kind::NotCapable);
        assert_eq!(refused.data.unwrap()["refused"][0]["code"], "os_too_new");
    }
);

both_engines!(users_have_queues_of_their_own, |app| async move {
    let mut mac = app.enrolled_mac().await;
    mac.sessions().await.unwrap();
    let id = only_device(&app).await;
    let list = || plain(&id, Request::ProfileList {});
    let gone = "UPDATE channel SET ended_at = 1 WHERE name <> 'device'";
    app.db().execute(gone, Vec::new()).await.unwrap();
    let nobody = enqueue_on(&app.core, &app.owner, list(), Channel::Users).await;
    assert_eq!(
        nobody.unwrap_err().data.unwrap()["refused"][0]["code"],
        "channel_missing"
    );
    for user in ["ANNA", "BO"] {
        app.db()
            .execute(
                "INSERT INTO channel (id, enrollment_id, device_id, name, topic, contact, created_at) \
                 SELECT $1, enrollment_id, device_id, $2, topic, 'reachable', 0 FROM channel \
                 WHERE name = 'device'",
                tillsyn_db::args![user, format!("user:{user}")],
            )
            .await
            .unwrap();
    }
    let both = enqueue_on(&app.core, &app.owner, list(), Channel::Users)
        .await
        .unwrap();
    assert_eq!(both.commands.len(), 2);
    let one = Channel::User("ANNA".to_owned());
    let again = enqueue_on(&app.core, &app.owner, list(), one)
        .await
        .unwrap();
    assert!(again.commands[0].merged);
    let lock = Request::DeviceLock {
        message: None,
        phone_number: None,
    };
    let lock = enqueue_on(&app.core, &app.owner, plain(&id, lock), Channel::Users).await;
    assert_eq!(
        lock.unwrap_err().data.unwrap()["refused"][0]["code"],
        "channel"
    );
});

both_engines!(
    clear_passcode_sends_the_newest_unlock_token,
    |app| async move {
        let (mut phone, id) = supervised(&app).await;
        let clear = || Request::form("ClearPasscode", json!({})).unwrap();
        let unconfirmed = enqueue(&app.core, &app.owner, plain(&id, clear())).await;
        assert_eq!(unconfirmed.unwrap_err().code, "reason_missing");
        let seen = commands::preview(&app.core, &app.owner, vec![id.clone()], clear())
            .await
            .unwrap();
        assert_eq!(seen.act, Some("clear_passcode"));
        let new = NewCommand {
            reason: Some("Forgotten".to_owned()),
            confirmation: Confirmation {
                typed: seen.confirm_with,
                targets_digest: None,
            },
            ..plain(&id, clear())
        };
        let made = enqueue(&app.core, &app.owner, new).await.unwrap();
        assert_eq!(made.commands[0].held_reason, Some("hold"));
        let over = "UPDATE command SET held_until = 0 WHERE status = 'held'";
        app.db().execute(over, Vec::new()).await.unwrap();
        app.run_job("holds").await;
        phone.sessions().await.unwrap();
        assert_eq!(
            app.story("ClearPasscode").await,
            ["held", "queued", "sent", "acknowledged"]
        );
        assert_eq!(phone.violations(), []);
        let gone = "DELETE FROM escrow WHERE kind = 'unlock_token'";
        app.db().execute(gone, Vec::new()).await.unwrap();
        let refused = enqueue(&app.core, &app.owner, plain(&id, clear())).await;
        assert_eq!(
            refused.unwrap_err().data.unwrap()["refused"][0]["code"],
            "no_unlock_token"
        );
    }
);

both_engines!(
    a_new_password_is_kept_before_the_mac_has_it,
    |app| async move {
        let mut mac = app.enrolled_mac().await;
        mac.sessions().await.unwrap();
        let id = only_device(&app).await;
        let set = json!({ "type": "SetRecoveryLock", "new_password": "canary-7f3a" });
        sent(&app, &id, set).await;
        assert_eq!(
            app.text("SELECT state FROM escrow WHERE kind = 'recovery_lock_password'")
                .await
                .as_deref(),
            Some("proposed")
        );
        let stored = app
            .text("SELECT request FROM command_batch WHERE request_type = 'SetRecoveryLock'")
            .await
            .unwrap();
        assert!(!stored.contains("canary"), "{stored}");
        mac.sessions().await.unwrap();
        assert_eq!(mac.recovery_lock_password(), Some("canary-7f3a"));
        assert_eq!(
            app.text("SELECT state FROM escrow WHERE kind = 'recovery_lock_password'")
                .await
                .as_deref(),
            Some("kept")
        );
        // The next one is sent with the current one, which only the escrow knows.
        let next = json!({ "type": "SetRecoveryLock", "new_password": "another" });
        sent(&app, &id, next).await;
        mac.sessions().await.unwrap();
        assert_eq!(mac.recovery_lock_password(), Some("another"));
    }
);

fn raw(body: &str) -> Json {
    let plist =
        format!("<?xml version=\"1.0\"?><plist version=\"1.0\"><dict>{body}</dict></plist>");
    json!({ "command": { "type": "Raw", "plist": plist } })
}

both_engines!(
    a_new_recovery_key_is_encrypted_to_our_certificate_alone,
    |app| async move {
        let mut mac = app.enrolled_mac().await;
        mac.sessions().await.unwrap();
        let id = only_device(&app).await;
        let rotate = |more: Json| {
            let mut command = json!({
                "type": "RotateFileVaultKey", "key_type": "personal",
                "file_vault_unlock": { "password": "of a user" },
            });
            let Json::Object(more) = more else {
                unreachable!()
            };
            command.as_object_mut().unwrap().extend(more);
            command
        };
        let theirs = rotate(json!({ "reply_encryption_certificate": "MAA=" }));
        let refused = send(&app, &id, theirs).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Invalid);
        let ours = "SELECT count(*) FROM authority WHERE kind = 'filevault_escrow'";
        assert_eq!(app.count(ours).await, 0);
        sent(&app, &id, rotate(json!({}))).await;
        assert_eq!(app.count(ours).await, 1);
        // The wrong password: the Mac refuses, but it was asked.
        mac.sessions().await.unwrap();
        assert_eq!(
            app.story("RotateFileVaultKey").await,
            ["queued", "sent", "error"]
        );
        assert_eq!(mac.violations(), []);
    }
);

both_engines!(
    a_secret_that_a_raw_command_sets_is_kept_or_not_sent,
    |app| async move {
        let mut mac = app.enrolled_mac().await;
        mac.sessions().await.unwrap();
        let id = only_device(&app).await;
        let path = format!("/api/v1/devices/{id}/commands");
        let owner = app.owner_api().await;
        let of = |kind: &str, keys: &str| {
            raw(&format!(
                "<key>RequestType</key><string>{kind}</string>{keys}"
            ))
        };
        let password = "<key>NewPassword</key><string>canary-9d1c</string>";
        let novel = format!("{password}<key>Novel</key><true/>");
        let theirs = "<key>KeyType</key><string>personal</string>\
            <key>ReplyEncryptionCertificate</key><data>MAA=</data>";
        for (kind, keys) in [
            ("SetRecoveryLock", novel.as_str()),
            ("SetFirmwarePassword", novel.as_str()),
            ("RotateFileVaultKey", theirs),
            ("DeviceLock", "<key>PIN</key><integer>123456</integer>"),
            ("EraseDevice", "<key>PIN</key><integer>123456</integer>"),
        ] {
            let refused = owner.post(&path, &of(kind, keys)).await.expect(422);
            assert_eq!(refused["code"], "plist", "{kind}");
        }
        let kept = "SELECT count(*) FROM escrow WHERE kind = 'recovery_lock_password'";
        assert_eq!(app.count(kept).await, 0);
        owner
            .post(&path, &of("SetRecoveryLock", password))
            .await
            .expect(202);
        assert_eq!(app.count(kept).await, 1);
    }
);

both_engines!(a_raw_erase_is_an_erase, |app| async move {
    let (_phone, id) = supervised(&app).await;
    let path = format!("/api/v1/devices/{id}/commands");
    for novel in ["", "<key>Novel</key><string>canary-raw</string>"] {
        let erase = raw(&format!(
            "<key>RequestType</key><string>EraseDevice</string>{novel}"
        ));
        let locker = app
            .api(&[P::DevicesRead, P::DevicesLock, P::CommandsRaw])
            .await;
        assert_eq!(
            locker.post(&path, &erase).await.expect(403)["code"],
            "permission_missing"
        );
        let owner = app.owner_api().await;
        assert_eq!(
            owner.post(&path, &erase).await.expect(422)["code"],
            "reason_missing"
        );
    }
    assert_eq!(
        app.count("SELECT count(*) FROM command WHERE request_type = 'EraseDevice'")
            .await,
        0
    );
});

both_engines!(
    a_raw_command_of_an_unknown_type_is_slow_and_sealed,
    |app| async move {
        let (_phone, id) = supervised(&app).await;
        let path = format!("/api/v1/devices/{id}/commands");
        let mut body = raw("<key>RequestType</key><string>Frobnicate</string>\
         <key>Secret</key><string>canary-raw</string>");
        let eraser = app.api(&[P::DevicesRead, P::DevicesErase]).await;
        eraser.post(&path, &body).await.expect(403);
        let owner = app.owner_api().await;
        assert_eq!(
            owner.post(&path, &body).await.expect(422)["code"],
            "reason_missing"
        );
        let preview = json!({ "devices": [id], "command": body["command"] });
        let seen = owner
            .post("/api/v1/commands/preview", &preview)
            .await
            .expect(200);
        assert_eq!(seen["act"], "unknown");
        body["reason"] = json!("Trial");
        body["confirm"] = seen["confirm_with"].clone();
        let made = owner.post(&path, &body).await.expect(202);
        assert_eq!(made["commands"][0]["held_reason"], "hold");
        let shown = made["commands"][0]["id"].as_str().unwrap();
        let shown = owner
            .get(&format!("/api/v1/commands/{shown}"))
            .await
            .expect(200);
        assert_eq!(shown["request_type"], "Frobnicate");
        assert!(!shown.to_string().contains("canary-raw"));
    }
);

both_engines!(
    the_catalogue_says_what_a_device_cannot_do_and_why,
    |app| async move {
        let mut phone = app.enrolled_iphone().await;
        phone.sessions().await.unwrap();
        let id = only_device(&app).await;
        let api = app
            .api(&[P::DevicesRead, P::DevicesQuery, P::DevicesLostMode])
            .await;
        let types = api
            .get(&format!("/api/v1/command-types?device_id={id}"))
            .await
            .expect(200);
        let of = |name: &str| {
            let all = types["items"].as_array().unwrap();
            all.iter().find(|t| t["type"] == name).unwrap().clone()
        };
        assert_eq!(of("CertificateList")["available"], true);
        for (name, code) in [
            ("EnableLostMode", "supervision"),
            ("SetRecoveryLock", "platform_unsupported"),
            ("EraseDevice", "permission_missing"),
            ("DeviceConfigured", "ade"),
        ] {
            let found = of(name);
            assert_eq!(found["available"], false, "{name}");
            assert_eq!(found["refused_code"], code, "{name}: {found}");
            assert!(!found["refused"].as_str().unwrap().is_empty());
        }
        let all = api.get("/api/v1/command-types").await.expect(200);
        assert_eq!(
            all["items"].as_array().unwrap().len(),
            commands::CommandType::all().len()
        );
        let wrong = api.get("/api/v1/command-types?device_id=x").await;
        wrong.expect(422);
    }
);

both_engines!(
    wrong_parameters_are_answered_with_their_name,
    |app| async move {
        let (_phone, id) = supervised(&app).await;
        let api = app.owner_api().await;
        let path = format!("/api/v1/devices/{id}/commands");
        let body = json!({ "command": { "type": "RestartDevice", "notify_user": 7 } });
        let problem = api.post(&path, &body).await.expect(422);
        assert_eq!(problem["code"], "parameter_value");
        assert_eq!(problem["field"], "notify_user");
        let body = json!({ "command": { "type": "EnableLostMode" } });
        let problem = api.post(&path, &body).await.expect(409);
        assert_eq!(
            problem["data"]["refused"][0]["code"],
            "parameter_unsupported"
        );
    }
);
