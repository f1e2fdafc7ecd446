//! Enrollments of other servers, and certificates of other authorities.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tillsyn_apple::plist_guard::{Limits, parse};
use tillsyn_core::device_authorities;
use tillsyn_core::moving;
use tillsyn_testkit::{TestApp, both_engines};

use super::foreign::{Foreigner, authority, trust};
use super::shapes::{get_bootstrap, set_bootstrap, token_update};

fn line(device: &Foreigner, topic: &str) -> Value {
    json!({
        "udid": device.udid, "platform": "ios", "topic": topic,
        "certificate_sha256": device.sha256(), "token": STANDARD.encode(b"old-token"),
        "push_magic": "OLD-MAGIC", "unlock_token": STANDARD.encode(b"canary-unlock"),
        "bootstrap_token": STANDARD.encode(b"canary-boot"),
        "serial_number": format!("SER{}", device.udid), "name": "Moved",
        "profile_identifier": "com.example.mdm",
    })
}

fn command_of(answer: &(u16, Vec<u8>)) -> Option<String> {
    assert_eq!(answer.0, 200);
    let value = parse(&answer.1, Limits::RESULT).ok()?;
    let command = value
        .as_dictionary()?
        .get("Command")?
        .as_dictionary()?
        .clone();
    Some(command.get("RequestType")?.as_string()?.to_owned())
}

both_engines!(
    a_moved_in_device_goes_on_with_its_pinned_certificate,
    |app| async move {
        let api = app.owner_api().await;
        let ca = authority(&app);
        let device = Foreigner::new(&app, &ca, "MOVED-1", 1, 30);
        let other = Foreigner::new(&app, &ca, "MOVED-1", 2, 30);
        // Unknown authority: a plain 403 before anything else.
        assert_eq!(device.poll().await, (403, Vec::new()));
        trust(&app, &ca, false).await;
        assert_eq!(device.poll().await.0, 403);

        let body = json!({ "enrollments": [line(&device, &app.topic)] });
        let report = api.post("/api/v1/enrollments/import", &body).await;
        assert_eq!(
            (report.status, &report.body["imported"]),
            (200, &json!(1)),
            "{}",
            report.body
        );
        let again = api.post("/api/v1/enrollments/import", &body).await;
        assert_eq!(again.body["unchanged"], 1);

        assert_eq!(
            command_of(&device.poll().await).as_deref(),
            Some("DeviceInformation")
        );
        let token = device.check_in(get_bootstrap(device.ids())).await;
        assert!(String::from_utf8_lossy(&token.1).contains(&STANDARD.encode(b"canary-boot")));
        // Another certificate of the same authority, with the same UDID, is nobody.
        assert_eq!(other.poll().await, (403, Vec::new()));
        // Trusted no longer: refused within seconds, here at once.
        let list = device_authorities::list_authorities(&app.core, &app.owner)
            .await
            .unwrap();
        device_authorities::remove_authority(&app.core, &app.owner, &list[0].id)
            .await
            .unwrap();
        assert_eq!(device.poll().await, (403, Vec::new()));
        let actions = app.actions().await;
        for action in [
            "device_authority.add",
            "enrollments.import",
            "device_authority.remove",
        ] {
            assert!(actions.contains(&action.to_owned()), "{action}");
        }
        let leaked = "SELECT count(*) FROM event WHERE details LIKE '%canary%' OR details LIKE '%OLD-MAGIC%'";
        assert_eq!(app.count(leaked).await, 0);
    }
);

/// Answers `Error` to everything until this type comes, and gives the id of the command.
async fn session_until(device: &Foreigner, kind: &str) -> String {
    let mut answer = device.poll().await;
    loop {
        let found = command_of(&answer).unwrap();
        let uuid = uuid_of(&answer);
        if found == kind {
            return uuid;
        }
        answer = reply(device, &uuid, "Error", "").await;
    }
}

fn uuid_of(answer: &(u16, Vec<u8>)) -> String {
    let value = parse(&answer.1, Limits::RESULT).unwrap();
    let uuid = value.as_dictionary().unwrap()["CommandUUID"].as_string();
    uuid.unwrap().to_owned()
}

async fn reply(device: &Foreigner, uuid: &str, status: &str, more: &str) -> (u16, Vec<u8>) {
    let body = format!(
        "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>UDID</key><string>{}</string>\
         <key>CommandUUID</key><string>{uuid}</string><key>Status</key><string>{status}</string>{more}\
         </dict></plist>",
        device.udid
    );
    let signature = device.signature(body.as_bytes());
    let headers = [("mdm-signature", signature)];
    device.put("/apple/mdm", body.into_bytes(), &headers).await
}

both_engines!(
    nothing_is_removed_before_it_is_known_which_profile_manages,
    |app| async move {
        let api = app.owner_api().await;
        let ca = authority(&app);
        let device = Foreigner::new(&app, &ca, "MOVED-2", 1, 30);
        trust(&app, &ca, false).await;
        let mut nameless = line(&device, &app.topic);
        nameless
            .as_object_mut()
            .unwrap()
            .remove("profile_identifier");
        nameless["access_rights"] = json!(8191);
        let body = json!({ "enrollments": [nameless] });
        api.post("/api/v1/enrollments/import", &body)
            .await
            .expect(200);
        let devices = api.get("/api/v1/devices").await.expect(200);
        let id = devices["items"][0]["id"].as_str().unwrap().to_owned();
        let retire = format!("/api/v1/devices/{id}/retire");
        let commands = format!("/api/v1/devices/{id}/commands");
        let sure = json!({ "reason": "Returned", "confirm": "Moved" });
        let refused = api.post(&retire, &sure).await;
        assert_eq!(refused.body["code"], "enrollment_profile_unknown");
        // By its own name, or by none, the other door does not end the management either.
        for identifier in ["com.example.mdm", "com.example.wifi", ""] {
            let mut body = sure.clone();
            body["command"] = json!({ "type": "RemoveProfile", "identifier": identifier });
            let refused = api.post(&commands, &body).await;
            assert!((400..500).contains(&refused.status), "{}", refused.body);
        }
        // What would take the place of the enrollment profile, asked for before anybody could know.
        let plist = "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict>\
            <key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>\
            <key>PayloadIdentifier</key><string>com.example.mdm</string>\
            <key>PayloadUUID</key><string>U</string><key>PayloadContent</key><array/></dict></plist>";
        let install =
            json!({ "command": { "type": "InstallProfile", "profile": STANDARD.encode(plist) } });
        api.post(&commands, &install).await.expect(202);

        let uuid = session_until(&device, "ProfileList").await;
        let profile = |name: &str, kind: &str| {
            format!(
                "<dict><key>PayloadIdentifier</key><string>{name}</string>\
                 <key>PayloadUUID</key><string>{name}</string><key>PayloadContent</key><array><dict>\
                 <key>PayloadType</key><string>{kind}</string></dict></array></dict>"
            )
        };
        let list = profile("com.example.wifi", "com.apple.wifi.managed")
            + &profile("com.example.mdm", "com.apple.mdm");
        let list = format!("<key>ProfileList</key><array>{list}</array>");
        let mut answer = reply(&device, &uuid, "Acknowledged", &list).await;
        while let Some(kind) = command_of(&answer) {
            assert_ne!(kind, "InstallProfile");
            answer = reply(&device, &uuid_of(&answer), "Error", "").await;
        }
        let reason = "SELECT status_reason FROM command WHERE request_type = 'InstallProfile'";
        assert_eq!(
            app.text(reason).await.as_deref(),
            Some("enrollment_profile")
        );
        let refused = api.post(&commands, &install).await;
        assert_eq!(
            refused.body["data"]["refused"][0]["code"], "enrollment_profile",
            "{}",
            refused.body
        );
        let learned = app.text("SELECT profile_identifier FROM enrollment").await;
        assert_eq!(learned.as_deref(), Some("com.example.mdm"));
        api.post(&retire, &sure).await.expect(202);
        let act = app
            .text("SELECT act FROM command WHERE request_type = 'RemoveProfile'")
            .await;
        assert_eq!(act.as_deref(), Some("retire"));
    }
);

both_engines!(a_chunk_comes_in_whole_or_not_at_all, |app| async move {
    let api = app.owner_api().await;
    let ca = authority(&app);
    let one = Foreigner::new(&app, &ca, "CHUNK-1", 1, 30);
    let two = Foreigner::new(&app, &ca, "CHUNK-2", 2, 30);
    let mut bad = line(&two, &app.topic);
    bad["topic"] = json!("com.apple.mgmt.External.other");
    let body = json!({ "enrollments": [line(&one, &app.topic), bad] });
    let report = api.post("/api/v1/enrollments/import", &body).await;
    assert_eq!(report.body["imported"], 0);
    assert_eq!(report.body["refused"][0]["line"], 2);
    assert_eq!(report.body["refused"][0]["code"], "topic_unknown");
    // The same device twice in one chunk.
    let body = json!({ "enrollments": [line(&one, &app.topic), line(&one, &app.topic)] });
    let report = api.post("/api/v1/enrollments/import", &body).await;
    assert_eq!(
        report.body["imported"], 1,
        "the second line says what the first has done"
    );
    assert_eq!(report.body["unchanged"], 1);
    let mut stolen = line(&two, &app.topic);
    stolen["certificate_sha256"] = json!(one.sha256());
    let report = api
        .post(
            "/api/v1/enrollments/import",
            &json!({ "enrollments": [stolen] }),
        )
        .await;
    assert_eq!(report.body["refused"][0]["code"], "certificate_known");
    let mut same_device = line(&two, &app.topic);
    same_device["serial_number"] = json!("SERCHUNK-1");
    let body = json!({ "enrollments": [same_device] });
    let report = api.post("/api/v1/enrollments/import", &body).await;
    assert_eq!(report.body["refused"][0]["code"], "device_managed");
    assert_eq!(app.count("SELECT count(*) FROM enrollment").await, 1);
    assert_eq!(
        app.count("SELECT count(*) FROM event WHERE action = 'enrollments.import'")
            .await,
        1
    );
    // Without the permission, 403 before the body.
    let reader = app.api(&[tillsyn_core::Permission::DevicesRead]).await;
    assert_eq!(
        reader
            .post("/api/v1/enrollments/import", &json!("x"))
            .await
            .status,
        403
    );
});

both_engines!(
    a_wrong_name_of_the_enrollment_profile_retires_nobody,
    |app| async move {
        let api = app.owner_api().await;
        let ca = authority(&app);
        let device = Foreigner::new(&app, &ca, "MOVED-3", 1, 30);
        trust(&app, &ca, false).await;
        let mut wrong = line(&device, &app.topic);
        wrong["profile_identifier"] = json!("com.example.old");
        wrong["access_rights"] = json!(8191);
        let body = json!({ "enrollments": [wrong] });
        api.post("/api/v1/enrollments/import", &body)
            .await
            .expect(200);
        let devices = api.get("/api/v1/devices").await.expect(200);
        let id = devices["items"][0]["id"].as_str().unwrap().to_owned();
        let sure = json!({ "reason": "Returned", "confirm": "Moved" });
        let retire = format!("/api/v1/devices/{id}/retire");
        let made = api.post(&retire, &sure).await.expect(202);
        assert_eq!(made["commands"][0]["status"], "held");
        for sql in [
            "UPDATE command SET status = 'cancelled', finished = 1 WHERE act IS NULL",
            "UPDATE command SET held_until = 1 WHERE act = 'retire'",
        ] {
            app.db().execute(sql, Vec::new()).await.unwrap();
        }
        app.run_job("holds").await;
        let uuid = session_until(&device, "RemoveProfile").await;
        let chain = "<key>ErrorChain</key><array><dict><key>ErrorCode</key><integer>89</integer>\
            <key>ErrorDomain</key><string>MDMClientError</string></dict></array>";
        reply(&device, &uuid, "Error", chain).await;
        // The device still answers, so it is still managed.
        let status = app.text("SELECT status FROM enrollment").await;
        assert_eq!(status.as_deref(), Some("active"));
        let retired = "SELECT count(*) FROM enrollment WHERE retired_at IS NOT NULL";
        assert_eq!(app.count(retired).await, 0);
        let outcome = app
            .text("SELECT status FROM command WHERE act = 'retire'")
            .await;
        assert_eq!(outcome.as_deref(), Some("error"));
        // Its own list corrects the name.
        api.post(&format!("/api/v1/devices/{id}/refresh"), &json!({}))
            .await
            .expect(202);
        let uuid = session_until(&device, "ProfileList").await;
        let list = "<key>ProfileList</key><array><dict><key>PayloadIdentifier</key>\
            <string>com.example.mdm</string><key>PayloadUUID</key><string>U</string>\
            <key>PayloadContent</key><array><dict><key>PayloadType</key>\
            <string>com.apple.mdm</string></dict></array></dict></array>";
        reply(&device, &uuid, "Acknowledged", list).await;
        let learned = app.text("SELECT profile_identifier FROM enrollment").await;
        assert_eq!(learned.as_deref(), Some("com.example.mdm"));
    }
);

both_engines!(
    nobody_moves_a_device_in_that_another_unit_keeps,
    |app| async move {
        let api = app.owner_api().await;
        let ca = authority(&app);
        let device = Foreigner::new(&app, &ca, "KEPT-1", 1, 30);
        let body = json!({ "enrollments": [line(&device, &app.topic)] });
        let report = api.post("/api/v1/enrollments/import", &body).await;
        assert_eq!(report.body["imported"], 1);
        let token = app
            .token([tillsyn_core::Permission::EnrollmentsMove].into_iter())
            .await;
        moving::set_window(&app.core, &app.owner, 1).await.unwrap();
        // It leaves, its secrets stay with it; then the account has only another unit.
        for sql in [
            "UPDATE enrollment SET status = 'removed', ended_at = 1, end_reason = 'retired'",
            "INSERT INTO org_unit (id, parent_id, name, path, created_at) \
             SELECT 'other', id, 'Other', path || 'other/', created_at FROM org_unit",
            "UPDATE account SET org_unit_id = 'other'",
        ] {
            app.db().execute(sql, Vec::new()).await.unwrap();
        }
        let again = Foreigner::new(&app, &ca, "KEPT-1", 2, 30);
        let mut renamed = line(&again, &app.topic);
        renamed["serial_number"] = json!("SEROTHER");
        // A blank around the serial number hides nothing.
        let mut padded = line(&again, &app.topic);
        let serial = padded["serial_number"].as_str().unwrap().to_owned();
        padded["serial_number"] = json!(format!(" {serial} "));
        padded["udid"] = json!("ANOTHER-UDID");
        for taken in [line(&again, &app.topic), renamed, padded] {
            let body = json!({ "enrollments": [taken] });
            let report = api.post("/api/v1/enrollments/import", &body).await;
            assert_eq!(
                report.body["refused"][0]["code"], "device_managed",
                "{}",
                report.body
            );
        }
        let raw = again.authenticate(&app.topic);
        assert_eq!(migrate(&app, "nanomdm", &token, raw).await, 409);
        assert_eq!(app.count("SELECT count(*) FROM enrollment").await, 1);
    }
);

async fn migrate(app: &TestApp, user: &str, token: &str, body: Vec<u8>) -> u16 {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    http.put(format!("{}/compat/nanomdm/migration", app.url()))
        .basic_auth(user, Some(token))
        .body(body)
        .send()
        .await
        .unwrap()
        .status()
        .as_u16()
}

async fn moved_without_certificate(app: &TestApp, device: &Foreigner) {
    let token = app
        .token([tillsyn_core::Permission::EnrollmentsMove].into_iter())
        .await;
    moving::set_window(&app.core, &app.owner, 1).await.unwrap();
    let mut update = token_update(device.ids(), &app.topic, b"old-token", "OLD-MAGIC");
    update.unlock_token = Some(tillsyn_apple::Sensitive::new(b"unlock".to_vec()));
    for body in [
        device.authenticate(&app.topic),
        update.to_plist(),
        set_bootstrap(device.ids(), Some(b"boot")),
    ] {
        assert_eq!(migrate(app, "nanomdm", &token, body).await, 200);
    }
}

both_engines!(
    raw_check_ins_move_in_only_inside_the_window_and_in_order,
    |app| async move {
        let ca = authority(&app);
        let device = Foreigner::new(&app, &ca, "NANO-1", 1, 30);
        let token = app
            .token([tillsyn_core::Permission::EnrollmentsMove].into_iter())
            .await;
        let authenticate = device.authenticate(&app.topic);
        assert_eq!(
            migrate(&app, "nanomdm", &token, authenticate.clone()).await,
            403
        );
        moving::set_window(&app.core, &app.owner, 1).await.unwrap();
        assert_eq!(
            migrate(&app, "nanomdm", "tillsyn_wrong", authenticate.clone()).await,
            401
        );
        assert_eq!(
            migrate(&app, "admin", &token, authenticate.clone()).await,
            401
        );
        let weak = app
            .token([tillsyn_core::Permission::DevicesRead].into_iter())
            .await;
        assert_eq!(migrate(&app, "nanomdm", &weak, authenticate).await, 403);
        let update = token_update(device.ids(), &app.topic, b"t", "M").to_plist();
        assert_eq!(
            migrate(&app, "nanomdm", &token, update).await,
            409,
            "out of order"
        );
        assert_eq!(
            migrate(&app, "nanomdm", &token, b"garbage".to_vec()).await,
            422
        );
        assert_eq!(app.count("SELECT count(*) FROM enrollment").await, 0);
        moved_without_certificate(&app, &device).await;
        assert_eq!(
            app.text("SELECT trust FROM enrollment").await.as_deref(),
            Some("awaited")
        );
        assert_eq!(app.count("SELECT count(*) FROM escrow").await, 2);
    }
);

both_engines!(
    a_first_contact_gets_nothing_before_it_repeats_token_and_magic,
    |app| async move {
        let ca = authority(&app);
        let device = Foreigner::new(&app, &ca, "NANO-2", 1, 30);
        moved_without_certificate(&app, &device).await;
        assert_eq!(device.poll().await.0, 403, "its authority is not trusted");
        trust(&app, &ca, false).await;
        assert_eq!(device.poll().await, (200, Vec::new()));
        assert_eq!(
            app.text("SELECT trust FROM enrollment").await.as_deref(),
            Some("provisional")
        );
        let reply = device.check_in(get_bootstrap(device.ids())).await;
        let none = tillsyn_apple::checkin::GetBootstrapToken::reply(Some(&[]));
        assert_eq!(reply, (200, none), "zero bytes, as if none were held");
        // Another token proves nothing and changes nothing.
        let other = token_update(device.ids(), &app.topic, b"new-token", "OLD-MAGIC").to_plist();
        assert_eq!(device.check_in(other).await, (403, Vec::new()));
        assert_eq!(device.poll().await, (200, Vec::new()));
        let right = token_update(device.ids(), &app.topic, b"old-token", "OLD-MAGIC").to_plist();
        assert_eq!(device.check_in(right).await, (200, Vec::new()));
        assert_eq!(
            command_of(&device.poll().await).as_deref(),
            Some("DeviceInformation")
        );
        let reply = device.check_in(get_bootstrap(device.ids())).await;
        assert!(String::from_utf8_lossy(&reply.1).contains(&STANDARD.encode(b"boot")));
        assert!(app.actions().await.contains(&"enrollment.prove".to_owned()));
    }
);

both_engines!(
    two_certificates_for_one_device_freeze_both,
    |app| async move {
        let ca = authority(&app);
        let device = Foreigner::new(&app, &ca, "NANO-3", 1, 30);
        let rival = Foreigner::new(&app, &ca, "NANO-3", 2, 30);
        moved_without_certificate(&app, &device).await;
        trust(&app, &ca, false).await;
        assert_eq!(
            rival.poll().await,
            (200, Vec::new()),
            "whoever comes first is pinned"
        );
        assert_eq!(device.poll().await, (403, Vec::new()));
        let right = token_update(device.ids(), &app.topic, b"old-token", "OLD-MAGIC").to_plist();
        assert_eq!(device.check_in(right.clone()).await.0, 403);
        assert_eq!(
            rival.check_in(right).await.0,
            403,
            "frozen: no proof counts"
        );
        assert_eq!(rival.poll().await, (200, Vec::new()));
        assert!(
            app.actions()
                .await
                .contains(&"enrollment.freeze".to_owned())
        );

        let api = app.owner_api().await;
        let list = api.get("/api/v1/enrollments/unproven").await;
        let row = &list.body["items"][0];
        assert_eq!(
            (row["trust"].as_str(), row["rival_sha256"].as_str()),
            (Some("frozen"), Some(device.sha256().as_str()))
        );
        let path = format!(
            "/api/v1/enrollments/{}/confirm",
            row["enrollment_id"].as_str().unwrap()
        );
        assert_eq!(api.post(&path, &json!({})).await.status, 409);
        let chosen = json!({ "certificate_sha256": device.sha256() });
        assert_eq!(api.post(&path, &chosen).await.status, 204);
        assert_eq!(
            command_of(&device.poll().await).as_deref(),
            Some("DeviceInformation")
        );
        assert_eq!(rival.poll().await, (403, Vec::new()));
    }
);

both_engines!(
    a_trusted_certificate_is_a_grant_only_where_it_was_said,
    |app| async move {
        let ca = authority(&app);
        let device = Foreigner::new(&app, &ca, "GRANT-1", 1, 30);
        let id = trust(&app, &ca, false).await;
        let body = device.authenticate(&app.topic);
        assert_eq!(device.check_in(body.clone()).await, (403, Vec::new()));
        assert_eq!(app.count("SELECT count(*) FROM enrollment").await, 0);
        assert_eq!(
            app.count("SELECT times FROM stranger WHERE kind = 'unknown_certificate'")
                .await,
            1
        );
        device_authorities::change_authority(&app.core, &app.owner, &id, true)
            .await
            .unwrap();
        assert_eq!(device.check_in(body).await, (200, Vec::new()));
        assert_eq!(
            device.poll().await,
            (200, Vec::new()),
            "pending: no commands"
        );
        let update = token_update(device.ids(), &app.topic, b"token", "MAGIC").to_plist();
        assert_eq!(device.check_in(update).await, (200, Vec::new()));
        assert_eq!(
            command_of(&device.poll().await).as_deref(),
            Some("DeviceInformation")
        );
        let row = "SELECT count(*) FROM enrollment WHERE status = 'active' AND origin = 'authority' \
            AND ownership = 'corporate'";
        assert_eq!(app.count(row).await, 1);

        // Another certificate that claims a UDID does not end what is pending under it.
        let waiting = Foreigner::new(&app, &ca, "GRANT-2", 4, 30);
        let claims = Foreigner::new(&app, &ca, "GRANT-2", 5, 30);
        for one in [&waiting, &claims] {
            let body = one.authenticate(&app.topic);
            assert_eq!(one.check_in(body).await, (200, Vec::new()));
        }
        let update = token_update(waiting.ids(), &app.topic, b"token-2", "MAGIC2").to_plist();
        assert_eq!(waiting.check_in(update).await, (200, Vec::new()));

        // It does not take a device that an invitation enrolled.
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        let thief = Foreigner::new(&app, &ca, iphone.udid(), 3, 30);
        let mut claims = tillsyn_apple::checkin::Authenticate::new(
            thief.ids(),
            tillsyn_apple::ids::Topic::new(&app.topic).unwrap(),
        );
        claims.serial_number = Some(iphone.serial().to_owned());
        assert_eq!(thief.check_in(claims.to_plist()).await, (403, Vec::new()));
        iphone.session().await.unwrap();
    }
);

both_engines!(
    an_export_can_be_imported_and_keeps_secrets_at_home,
    |app| async move {
        let mut mac = app.enrolled_mac().await;
        mac.sessions().await.unwrap();
        let api = app.owner_api().await;
        let page = api.get("/api/v1/enrollments/export").await;
        assert_eq!(page.status, 200);
        let exported = &page.body["items"][0];
        assert_eq!(exported["udid"], mac.udid());
        assert_eq!(exported["unlock_token"], Value::Null);
        assert_eq!(exported["bootstrap_token"], Value::Null);
        let sha256 = mac.certificate().unwrap().sha256_hex();
        assert_eq!(exported["certificate_sha256"], sha256.as_str());
        let refused = moving::export(&app.core, &app.owner, true, None, None).await;
        assert_eq!(refused.unwrap_err().code, "server_only");
        let server = tillsyn_core::Actor::server();
        let whole = moving::export(&app.core, &server, true, None, None)
            .await
            .unwrap();
        assert!(whole.items[0].bootstrap_token.is_some());
        assert!(whole.items[0].server_capabilities.is_some());
        assert_eq!(
            app.count("SELECT count(*) FROM event WHERE action = 'enrollments.export'")
                .await,
            2
        );
        // The form is the same in both directions.
        let other = TestApp::new(tillsyn_testkit::Engine::Sqlite).await;
        let lines: Vec<moving::MovedEnrollment> =
            serde_json::from_value(json!([exported])).unwrap();
        let report = moving::import(&other.core, &other.owner, lines)
            .await
            .unwrap();
        assert_eq!((report.imported, report.refused), (1, Vec::new()));
    }
);
