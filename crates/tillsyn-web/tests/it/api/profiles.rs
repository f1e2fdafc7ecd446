//! `/api/v1/profiles`: uploads, drafts, versions, and what may be seen of them.
//!
//! Long because one story of a profile after the other, with the same helpers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};
use tillsyn_core::Permission as P;
use tillsyn_core::ids::{OrgUnitId, ProfileId};
use tillsyn_core::profiles as core;
use tillsyn_pki::cms;
use tillsyn_testkit::canaries::{Canary, cells, found_in};
use tillsyn_testkit::{Api, OWNER_PASSWORD, both_engines};

const PATH: &str = "/api/v1/profiles";
const SECRET: &str = "correct-horse-battery";

/// A Wi-Fi profile with a password.
fn wifi(identifier: &str, ssid: &str, password: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
  <key>PayloadType</key><string>Configuration</string>
  <key>PayloadVersion</key><integer>1</integer>
  <key>PayloadIdentifier</key><string>{identifier}</string>
  <key>PayloadUUID</key><string>6E4C6E6C-0D59-4C39-9E53-3C2B0F5F1A01</string>
  <key>PayloadDisplayName</key><string>Office Wi-Fi</string>
  <key>PayloadContent</key><array><dict>
    <key>PayloadType</key><string>com.apple.wifi.managed</string>
    <key>PayloadVersion</key><integer>1</integer>
    <key>PayloadIdentifier</key><string>{identifier}.wifi</string>
    <key>PayloadUUID</key><string>6E4C6E6C-0D59-4C39-9E53-3C2B0F5F1A02</string>
    <key>SSID_STR</key><string>{ssid}</string>
    <key>EncryptionType</key><string>WPA2</string>
    <key>AutoJoin</key><true/>
    <key>Password</key><string>{password}</string>
  </dict></array>
</dict></plist>
"#
    )
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

async fn create(api: &Api, content: impl AsRef<[u8]>) -> Json {
    api.post(PATH, &json!({ "content": base64(content) }))
        .await
        .expect(201)
}

fn at(profile: &Json, rest: &str) -> String {
    format!("{PATH}/{}{rest}", profile["id"].as_str().unwrap())
}

async fn draft(api: &Api, profile: &Json) -> Json {
    api.get(&at(profile, "/draft")).await.expect(200)
}

async fn edit(api: &Api, profile: &Json, edits: Json) -> Json {
    let revision = draft(api, profile).await["revision"].clone();
    let body = json!({ "revision": revision, "edits": edits });
    api.patch(&at(profile, "/draft"), &body).await.expect(200)
}

async fn publish(api: &Api, profile: &Json, comment: &str) -> Json {
    let revision = draft(api, profile).await["revision"].clone();
    let body = json!({ "draft_revision": revision, "comment": comment });
    api.post(&at(profile, "/publish"), &body).await.expect(200)
}

fn ssid(value: &str) -> Json {
    json!([{ "op": "set", "payload": 0, "path": ["SSID_STR"], "value": value }])
}

/// The profile with its secrets, for whoever may have it.
async fn exported(api: &Api, profile: &Json, version: i64, original: bool) -> Vec<u8> {
    let body = json!({ "reason": "move to the test lab", "password": OWNER_PASSWORD,
        "original": original });
    let path = at(profile, &format!("/versions/{version}/export"));
    let file = api.post(&path, &body).await.expect(200);
    STANDARD.decode(file["content"].as_str().unwrap()).unwrap()
}

both_engines!(
    an_upload_becomes_a_draft_then_a_version_and_comes_out_as_it_went_in,
    |app| async move {
        let api = app.owner_api().await;
        let upload = wifi("org.example.wifi", "office", SECRET);
        let made = create(&api, &upload).await;
        assert_eq!(
            (&made["name"], &made["identifier"], &made["current_version"]),
            (
                &json!("Office Wi-Fi"),
                &json!("org.example.wifi"),
                &json!(null)
            )
        );
        let summary = &made["summary"];
        assert_eq!(summary["payloads"][0]["type"], "com.apple.wifi.managed");
        assert_eq!(
            (&summary["has_secrets"], &summary["signer"]),
            (&json!(true), &json!(null))
        );
        assert_eq!(draft(&api, &made).await["findings"], json!([]));
        assert_eq!(publish(&api, &made, "first").await["current_version"], 1);
        assert_eq!(app.count("SELECT count(*) FROM profile_draft").await, 0);
        // Whoever is to have it by now is found by a walk.
        assert_eq!(app.count("SELECT count(*) FROM reconcile_sweep").await, 1);
        assert_eq!(
            app.count("SELECT value FROM config_revision WHERE name = 'desired'")
                .await,
            1
        );
        assert_eq!(exported(&api, &made, 1, true).await, upload.as_bytes());
        let plain = plist::Value::from_reader_xml(&*exported(&api, &made, 1, false).await).unwrap();
        assert_eq!(
            plain,
            plist::Value::from_reader_xml(upload.as_bytes()).unwrap()
        );
        let versions = api.get(&at(&made, "/versions")).await.expect(200);
        assert_eq!(
            (
                &versions["items"][0]["comment"],
                &versions["items"][0]["number"]
            ),
            (&json!("first"), &json!(1))
        );
        let actions = app.actions().await;
        let of_profiles: Vec<_> = actions
            .iter()
            .filter(|a| a.starts_with("profile."))
            .collect();
        assert_eq!(
            of_profiles,
            [
                "profile.create",
                "profile.publish",
                "profile.export",
                "profile.export"
            ]
        );
    }
);

both_engines!(
    a_signed_upload_shows_its_signer_and_a_broken_signature_is_refused,
    |app| async move {
        let api = app.owner_api().await;
        let authorities = app.core.authorities();
        let signer = &authorities.profile_signer;
        let body = wifi("org.example.signed", "office", SECRET);
        let signed = cms::sign_attached(
            body.as_bytes(),
            &signer.certificate,
            &signer.key,
            &authorities.signer_chain,
        )
        .unwrap();
        let mut broken = signed.clone();
        let place = broken.windows(6).position(|w| w == b"office").unwrap();
        broken[place] = b'O';
        let refused = api.post(PATH, &json!({ "content": base64(&broken) })).await;
        assert_eq!(
            (refused.status, &refused.body["code"]),
            (422, &json!("signature"))
        );
        let made = create(&api, &signed).await;
        let subject = signer.certificate.subject_text();
        assert_eq!(made["summary"]["signer"]["subject"], json!(subject));
        publish(&api, &made, "").await;
        assert_eq!(exported(&api, &made, 1, true).await, signed);
        let event = app
            .text("SELECT details FROM event WHERE action = 'profile.create'")
            .await
            .unwrap();
        assert!(event.contains(&signer.certificate.sha256_hex()));
    }
);

both_engines!(
    a_binary_upload_is_kept_beside_its_plain_form,
    |app| async move {
        let api = app.owner_api().await;
        let xml = wifi("org.example.binary", "office", SECRET);
        let tree = plist::Value::from_reader_xml(xml.as_bytes()).unwrap();
        let mut binary = Vec::new();
        tree.to_writer_binary(&mut binary).unwrap();
        let made = create(&api, &binary).await;
        publish(&api, &made, "").await;
        assert_eq!(exported(&api, &made, 1, true).await, binary);
        let plain = exported(&api, &made, 1, false).await;
        assert_eq!(plist::Value::from_reader_xml(&*plain).unwrap(), tree);
        // The same as XML says nothing new.
        let before = draft(&api, &made).await["revision"].clone();
        let body = json!({ "revision": before, "content": base64(&xml) });
        let after = api.put(&at(&made, "/draft"), &body).await.expect(200);
        assert_eq!(
            (&after["revision"], &after["stored"]),
            (&before, &json!(false))
        );
    }
);

both_engines!(
    an_identifier_belongs_to_one_profile_for_good,
    |app| async move {
        let api = app.owner_api().await;
        let made = create(&api, wifi("org.example.one", "office", SECRET)).await;
        let again = wifi("org.example.one", "other", SECRET);
        let taken = api.post(PATH, &json!({ "content": base64(&again) })).await;
        assert_eq!(
            (taken.status, &taken.body["code"]),
            (409, &json!("identifier_taken"))
        );
        assert_eq!(taken.body["data"]["profile_id"], made["id"]);
        let other =
            json!({ "revision": 1, "content": base64(wifi("org.example.two", "office", SECRET)) });
        let differs = api.put(&at(&made, "/draft"), &other).await;
        assert_eq!(
            (differs.status, &differs.body["code"]),
            (409, &json!("identifier_differs"))
        );
        let own = json!({ "revision": 1, "content": base64(&again) });
        let saved = api.put(&at(&made, "/draft"), &own).await.expect(200);
        assert_eq!(saved["revision"], 2);
        // An empty one gets an identifier of its own.
        let empty = api
            .post(PATH, &json!({ "name": "Empty" }))
            .await
            .expect(201);
        let own = format!("se.tillsyn.profile.{}", empty["id"].as_str().unwrap());
        assert_eq!(empty["identifier"], json!(own));
        let own = json!({ "revision": 1, "edits": [{ "op": "set", "path": ["PayloadIdentifier"],
            "value": "org.example.one" }] });
        let kept = api.patch(&at(&empty, "/draft"), &own).await;
        assert_eq!(kept.status, 422);
    }
);

both_engines!(two_editors_do_not_overwrite_each_other, |app| async move {
    let api = app.owner_api().await;
    let made = create(&api, wifi("org.example.wifi", "office", SECRET)).await;
    let first = json!({ "revision": 1, "edits": ssid("one") });
    assert_eq!(
        api.patch(&at(&made, "/draft"), &first).await.expect(200)["revision"],
        2
    );
    let second = json!({ "revision": 1, "edits": ssid("two") });
    let refused = api.patch(&at(&made, "/draft"), &second).await;
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (409, &json!("draft_changed"))
    );
    assert_eq!(refused.body["data"]["revision"], 2);
    assert!(refused.body["data"]["updated_by"].is_string());
    // At the same time: one of them.
    let both = json!({ "revision": 2, "edits": ssid("three") });
    let path = at(&made, "/draft");
    let (one, other) = tokio::join!(api.patch(&path, &both), api.patch(&path, &second));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    publish(&api, &made, "").await;
    // A draft that was published is not saved over.
    let late = api
        .patch(&path, &json!({ "revision": 3, "edits": ssid("four") }))
        .await;
    assert_eq!(
        (late.status, &late.body["code"]),
        (409, &json!("draft_changed"))
    );
    assert_eq!(
        app.count("SELECT count(*) FROM event WHERE action = 'profile.draft'")
            .await,
        2
    );
});

both_engines!(
    edits_are_carried_out_in_their_order_all_or_none,
    |app| async move {
        let api = app.owner_api().await;
        let made = create(&api, wifi("org.example.wifi", "office", SECRET)).await;
        let saved = edit(
        &api,
        &made,
        json!([
            { "op": "set", "payload": 0, "path": ["EAPClientConfiguration", "AcceptEAPTypes", 0],
                "value": 13 },
            { "op": "unset", "payload": 0, "path": ["AutoJoin"] },
            { "op": "add_payload", "type": "com.apple.security.root", "at": 0,
                "values": { "PayloadContent": "AAEC", "PayloadDisplayName": "Root" } },
            { "op": "add_payload", "type": "com.example.unknown" },
            { "op": "set", "payload": 2, "path": ["When"], "value": "2027-01-31T08:00:00Z",
                "type": "date" },
            { "op": "move_payload", "payload": 2, "to": 1 },
            { "op": "set", "path": ["PayloadRemovalDisallowed"], "value": true },
        ]),
    )
    .await;
        let payloads = saved["fields"]["payloads"].as_array().unwrap();
        let kinds: Vec<_> = payloads
            .iter()
            .map(|p| p["PayloadType"].as_str().unwrap())
            .collect();
        assert_eq!(
            kinds,
            [
                "com.apple.security.root",
                "com.example.unknown",
                "com.apple.wifi.managed"
            ]
        );
        let plist = saved["plist"].as_str().unwrap();
        assert!(plist.contains("<data>AAEC</data>"), "{plist}");
        assert!(
            plist.contains("<date>2027-01-31T08:00:00Z</date>"),
            "{plist}"
        );
        assert_eq!(
            payloads[2]["EAPClientConfiguration"]["AcceptEAPTypes"],
            json!([13])
        );
        assert_eq!(payloads[2]["AutoJoin"], json!(null));
        assert_eq!(
            saved["summary"]["unknown_types"],
            json!(["com.example.unknown"])
        );
        assert_eq!(saved["summary"]["removal_disallowed"], true);
        let revision = saved["revision"].clone();
        for wrong in [
            json!({ "op": "set", "path": ["PayloadContent"], "value": [] }),
            json!({ "op": "set", "payload": 0, "path": ["PayloadType"], "value": "x" }),
            json!({ "op": "set", "payload": 9, "path": ["X"], "value": 1 }),
            json!({ "op": "set", "payload": 0, "path": ["PayloadContent"], "value": "no base64!" }),
            json!({ "op": "set", "payload": 0, "path": ["X"], "value": null }),
            json!({ "op": "unset", "payload": 0, "path": ["Nothing"] }),
            json!({ "op": "remove_payload", "payload": 3 }),
            json!({ "op": "move_payload", "payload": 0, "to": 3 }),
        ] {
            let edits = json!([{ "op": "remove_payload", "payload": 1 }, wrong]);
            let body = json!({ "revision": revision, "edits": edits });
            let refused = api.patch(&at(&made, "/draft"), &body).await;
            assert_eq!(refused.status, 422, "{wrong} {}", refused.body);
            assert_eq!(refused.body["data"]["edit"], 1, "{wrong} {}", refused.body);
        }
        assert_eq!(draft(&api, &made).await["revision"], revision);
    }
);

both_engines!(
    what_is_masked_keeps_its_value_and_a_foreign_mask_is_refused,
    |app| async move {
        let api = app.owner_api().await;
        let made = create(&api, wifi("org.example.wifi", "office", SECRET)).await;
        let shown = draft(&api, &made).await;
        let masked = shown["plist"].as_str().unwrap().to_owned();
        assert!(!masked.contains(SECRET) && masked.contains("••••••••"));
        assert_eq!(
            shown["fields"]["secrets"],
            json!([["PayloadContent", 0, "Password"]])
        );
        let same = json!({ "revision": 1, "content": base64(&masked) });
        assert_eq!(
            api.put(&at(&made, "/draft"), &same).await.expect(200)["revision"],
            1
        );
        let renamed = masked.replace("office", "campus");
        let body = json!({ "revision": 1, "content": base64(&renamed) });
        let saved = api.put(&at(&made, "/draft"), &body).await.expect(200);
        assert_eq!(saved["revision"], 2);
        publish(&api, &made, "").await;
        let plain = String::from_utf8(exported(&api, &made, 1, true).await).unwrap();
        assert!(
            plain.contains(SECRET) && plain.contains("campus"),
            "{plain}"
        );
        let foreign = masked.replace("org.example.wifi", "org.example.other");
        let refused = api
            .post(PATH, &json!({ "content": base64(&foreign) }))
            .await;
        assert_eq!(
            (refused.status, &refused.body["code"]),
            (422, &json!("masked_secret"))
        );
    }
);

both_engines!(
    a_version_is_published_without_errors_by_whoever_may,
    |app| async move {
        let api = app.owner_api().await;
        let bad = wifi("org.example.bad", "office", SECRET)
            .replace("com.apple.wifi.managed", "com.apple.mdm");
        let made = create(&api, &bad).await;
        assert!(
            made["draft"]["summary"]["findings"]["errors"]
                .as_i64()
                .unwrap()
                > 0
        );
        let path = at(&made, "/publish");
        let refused = api.post(&path, &json!({ "draft_revision": 1 })).await;
        assert_eq!(
            (refused.status, &refused.body["code"]),
            (409, &json!("profile_errors"))
        );
        assert!(
            refused.body["data"]["findings"]
                .as_array()
                .is_some_and(|f| !f.is_empty())
        );
        let good =
            json!({ "revision": 1, "content": base64(wifi("org.example.bad", "office", SECRET)) });
        api.put(&at(&made, "/draft"), &good).await.expect(200);
        let stale = api.post(&path, &json!({ "draft_revision": 1 })).await;
        assert_eq!(
            (stale.status, &stale.body["code"]),
            (409, &json!("draft_changed"))
        );
        let writer = app.api(&[P::ProfilesRead, P::ProfilesWrite]).await;
        assert_eq!(
            writer
                .post(&path, &json!({ "draft_revision": 2 }))
                .await
                .status,
            403
        );
        publish(&api, &made, "").await;
        let nothing = api.post(&path, &json!({ "draft_revision": 3 })).await;
        assert_eq!(
            (nothing.status, &nothing.body["code"]),
            (409, &json!("no_draft"))
        );
        assert_eq!(app.count("SELECT count(*) FROM profile_version").await, 1);
    }
);

both_engines!(
    versions_are_compared_gone_back_to_and_copied,
    |app| async move {
        let api = app.owner_api().await;
        let made = create(&api, wifi("org.example.wifi", "office", SECRET)).await;
        publish(&api, &made, "one").await;
        edit(&api, &made, ssid("campus")).await;
        let password =
            json!([{ "op": "set", "payload": 0, "path": ["Password"], "value": "another-secret" }]);
        let saved = edit(&api, &made, password).await;
        assert_eq!(
            (&saved["base_version"], &saved["stored"]),
            (&json!(1), &json!(true))
        );
        publish(&api, &made, "two").await;
        let changes = api.get(&at(&made, "/diff?from=1&to=2")).await.expect(200);
        let items = changes["items"].as_array().unwrap();
        assert_eq!(items.len(), 2, "{changes}");
        let named = |key: &str| {
            items
                .iter()
                .find(|c| c["path"].as_str().unwrap().ends_with(key))
                .unwrap()
        };
        assert_eq!(
            (&named("SSID_STR")["old"], &named("SSID_STR")["new"]),
            (&json!("office"), &json!("campus"))
        );
        let text = changes.to_string();
        assert!(
            !text.contains(SECRET) && !text.contains("another-secret"),
            "{text}"
        );
        // Back to the first: a draft with what it said, its secret included.
        let revision = draft(&api, &made).await["revision"].clone();
        let back = json!({ "revision": revision, "version": 1 });
        let saved = api.patch(&at(&made, "/draft"), &back).await.expect(200);
        assert_eq!(saved["fields"]["payloads"][0]["SSID_STR"], "office");
        assert_eq!(publish(&api, &made, "back").await["current_version"], 3);
        let plain = String::from_utf8(exported(&api, &made, 3, false).await).unwrap();
        assert!(plain.contains(SECRET));
        let copy = api
            .post(
                &at(&made, "/clone"),
                &json!({ "name": "Copy", "version": 2 }),
            )
            .await
            .expect(201);
        assert_ne!(copy["identifier"], made["identifier"]);
        assert_eq!(
            (&copy["name"], &copy["summary"]["display_name"]),
            (&json!("Copy"), &json!("Copy"))
        );
        let payload = &copy["summary"]["payloads"][0]["identifier"];
        assert_eq!(
            payload,
            &json!(format!("{}.wifi", copy["identifier"].as_str().unwrap()))
        );
        publish(&api, &copy, "").await;
        let plain = String::from_utf8(exported(&api, &copy, 1, false).await).unwrap();
        assert!(
            plain.contains("another-secret") && !plain.contains("3C2B0F5F1A02"),
            "{plain}"
        );
    }
);

both_engines!(
    a_profile_is_archived_restored_and_deleted_by_its_rules,
    |app| async move {
        let api = app.owner_api().await;
        let made = create(&api, wifi("org.example.wifi", "office", SECRET)).await;
        publish(&api, &made, "").await;
        let refused = api.delete(&at(&made, "")).await;
        assert_eq!(
            (refused.status, &refused.body["code"]),
            (409, &json!("profile_published"))
        );
        let archived = api
            .post(&at(&made, "/archive"), &json!({}))
            .await
            .expect(200);
        assert_eq!(archived["status"], "archived");
        let revision = archived["revision"].clone();
        let edited = api
            .patch(
                &at(&made, "/draft"),
                &json!({ "revision": revision, "edits": ssid("x") }),
            )
            .await;
        assert_eq!(
            (edited.status, &edited.body["code"]),
            (409, &json!("profile_archived"))
        );
        let twice = api.post(&at(&made, "/archive"), &json!({})).await;
        assert_eq!(
            (twice.status, &twice.body["code"]),
            (409, &json!("nothing_changed"))
        );
        let of_status = |status| api.get_status(status);
        assert_eq!(of_status("archived").await, 1);
        assert_eq!(of_status("active").await, 0);
        api.post(&at(&made, "/restore"), &json!({}))
            .await
            .expect(200);
        assert_eq!(of_status("active").await, 1);
        let unpublished = create(&api, wifi("org.example.other", "office", SECRET)).await;
        let discard = at(&unpublished, "/draft?revision=1");
        let refused = api.delete(&discard).await;
        assert_eq!(
            (refused.status, &refused.body["code"]),
            (409, &json!("only_draft"))
        );
        assert_eq!(api.delete(&at(&unpublished, "")).await.status, 204);
        assert_eq!(api.get(&at(&unpublished, "")).await.status, 404);
        // A draft of a published one is thrown away, and its version stays.
        let saved = edit(&api, &made, ssid("campus")).await;
        let discard = at(&made, &format!("/draft?revision={}", saved["revision"]));
        assert_eq!(api.delete(&discard).await.status, 204);
        assert_eq!(
            draft(&api, &made).await["fields"]["payloads"][0]["SSID_STR"],
            "office"
        );
        let actions = app.actions().await;
        for action in ["archive", "restore", "delete", "draft_discard"] {
            let action = format!("profile.{action}");
            assert_eq!(
                actions.iter().filter(|a| **a == action).count(),
                1,
                "{action}"
            );
        }
    }
);

trait ByStatus {
    async fn get_status(&self, status: &str) -> usize;
}

impl ByStatus for Api {
    /// How many profiles of a status are listed.
    async fn get_status(&self, status: &str) -> usize {
        let page = self
            .get(&format!("{PATH}?status={status}"))
            .await
            .expect(200);
        page["items"].as_array().unwrap().len()
    }
}

both_engines!(
    what_is_too_much_or_no_profile_is_refused_in_words,
    |app| async move {
        let api = app.owner_api().await;
        let large = wifi("org.example.wifi", &"x".repeat(2 << 20), SECRET);
        let many = wifi("org.example.wifi", "office", SECRET)
            .replace("</array>", &format!("{}</array>", "<dict/>".repeat(200)));
        let nameless = wifi("", "office", SECRET);
        for (content, code) in [
            (base64(&large), "profile_too_large"),
            (base64(&many), "too_many_payloads"),
            (base64(&nameless), "identifier_missing"),
            (base64("<plist><dict/></plist>"), "profile"),
            (base64("no plist at all"), "profile"),
            ("no base64".to_owned(), "base64"),
        ] {
            let refused = api.post(PATH, &json!({ "content": content })).await;
            assert_eq!(
                (refused.status, refused.body["code"].as_str()),
                (422, Some(code))
            );
        }
        // Larger than any body may be.
        let huge = base64(vec![b'x'; 4 << 20]);
        assert_eq!(
            api.post(PATH, &json!({ "content": huge })).await.status,
            413
        );
        assert_eq!(app.count("SELECT count(*) FROM profile").await, 0);
    }
);

both_engines!(
    a_profile_outside_the_scope_does_not_exist,
    |app| async move {
        let api = app.owner_api().await;
        let made = create(&api, wifi("org.example.wifi", "office", SECRET)).await;
        publish(&api, &made, "").await;
        let id = ProfileId::parse(made["id"].as_str().unwrap()).unwrap();
        let elsewhere = OrgUnitId::new(app.core.now_ms());
        let mut other = app.owner.clone();
        other.unit_path = format!("{}{elsewhere}/", other.unit_path);
        let core = &app.core;
        let filter = core::ProfileFilter::default();
        let listed = core::list_profiles(core, &other, &filter, None, None)
            .await
            .unwrap();
        assert!(listed.items.is_empty());
        let save = || core::SaveDraft {
            revision: 2,
            change: core::DraftChange::Edits(vec![]),
            comment: Some("x".to_owned()),
        };
        let secrets = core::ExportSecrets {
            reason: "x".to_owned(),
            original: false,
            proof: None,
        };
        for code in [
            core::find_profile(core, &other, &id)
                .await
                .unwrap_err()
                .code,
            core::open_draft(core, &other, &id).await.unwrap_err().code,
            core::save_draft(core, &other, &id, save())
                .await
                .unwrap_err()
                .code,
            core::find_version(core, &other, &id, 1)
                .await
                .unwrap_err()
                .code,
            core::list_versions(core, &other, &id, None, None)
                .await
                .unwrap_err()
                .code,
            core::export_masked(core, &other, &id, 1)
                .await
                .unwrap_err()
                .code,
            core::export_with_secrets(core, &other, &id, 1, secrets)
                .await
                .unwrap_err()
                .code,
            core::delete_profile(core, &other, &id)
                .await
                .unwrap_err()
                .code,
            core::describe_profile(core, &other, &id, core::Describe::default())
                .await
                .unwrap_err()
                .code,
        ] {
            assert_eq!(code, "not_found");
        }
    }
);

both_engines!(
    secrets_leave_only_with_permission_proof_and_reason,
    |app| async move {
        let api = app.owner_api().await;
        let made = create(&api, wifi("org.example.wifi", "office", SECRET)).await;
        publish(&api, &made, "").await;
        let path = at(&made, "/versions/1/export");
        let full = json!({ "reason": "move", "password": OWNER_PASSWORD });
        for (key, value, status, code) in [
            ("reason", json!(" "), 422, "reason_missing"),
            ("password", json!(null), 403, "fresh_sign_in_needed"),
            ("password", json!("wrong password"), 422, "password_wrong"),
        ] {
            let mut body = full.clone();
            body[key] = value;
            let refused = api.post(&path, &body).await;
            assert_eq!(
                (refused.status, refused.body["code"].as_str()),
                (status, Some(code))
            );
        }
        let reader = app.api(&[P::ProfilesRead, P::ProfilesWrite]).await;
        assert_eq!(reader.post(&path, &full).await.status, 403);
        let masked = reader.get(&path).await.expect(200);
        assert_eq!(masked["file_name"], "office-wi-fi-v1.mobileconfig");
        let text = STANDARD
            .decode(masked["content"].as_str().unwrap())
            .unwrap();
        assert!(!String::from_utf8(text).unwrap().contains(SECRET));
        assert_eq!(
            app.count("SELECT count(*) FROM event WHERE action = 'profile.export'")
                .await,
            0
        );
        let answer = api.post_with(&path, &full, "Idempotency-Key", "once").await;
        assert_eq!(answer.headers["cache-control"], "no-store");
        answer.expect(200);
        assert_eq!(app.count("SELECT count(*) FROM idempotency_key").await, 0);
        let event = app
            .text("SELECT details FROM event WHERE action = 'profile.export'")
            .await
            .unwrap();
        assert!(event.contains("move") && !event.contains(SECRET));
    }
);

both_engines!(
    no_secret_of_a_profile_is_in_answers_rows_or_events,
    |app| async move {
        let api = app.owner_api().await;
        let secrets = [
            Canary::new("uploaded password", SECRET),
            Canary::new("edited password", "purple-monkey-dish"),
        ];
        let made = create(&api, wifi("org.example.wifi", "office", SECRET)).await;
        publish(&api, &made, "one").await;
        let password = json!([{ "op": "set", "payload": 0, "path": ["Password"], "value": "purple-monkey-dish" }]);
        let mut answers = edit(&api, &made, password).await.to_string();
        let wrong = json!({ "content": base64(wifi("org.example.wifi", "office", SECRET)) });
        answers.push_str(
            &api.post(&format!("{PATH}/check"), &wrong)
                .await
                .expect(200)
                .to_string(),
        );
        answers.push_str(&api.post(PATH, &wrong).await.body.to_string());
        for path in [
            "",
            "/draft",
            "/versions",
            "/versions/1",
            "/diff?from=1",
            "/versions/1/export",
        ] {
            answers.push_str(&api.get(&at(&made, path)).await.expect(200).to_string());
        }
        answers.push_str(
            &api.get("/api/v1/events?limit=1000")
                .await
                .expect(200)
                .to_string(),
        );
        assert_eq!(found_in(&secrets, &answers), Vec::<&str>::new());
        // The search does find what is there.
        let opened = String::from_utf8(exported(&api, &made, 1, false).await).unwrap();
        assert_eq!(found_in(&secrets, &opened), ["uploaded password"]);
        for (table, column, value) in cells(&app.db()).await {
            assert_eq!(
                found_in(&secrets, &value),
                Vec::<&str>::new(),
                "{table}.{column}"
            );
        }
    }
);

both_engines!(a_profile_is_checked_without_being_kept, |app| async move {
    let api = app.api(&[P::ProfilesRead]).await;
    let check = format!("{PATH}/check");
    let good = json!({ "content": base64(wifi("org.example.wifi", "office", SECRET)) });
    let checked = api.post(&check, &good).await.expect(200);
    assert_eq!(
        (&checked["identifier"], &checked["findings"]),
        (&json!("org.example.wifi"), &json!([]))
    );
    let bad = wifi("org.example.wifi", "office", SECRET)
        .replace("com.apple.wifi.managed", "com.apple.mdm");
    let checked = api
        .post(&check, &json!({ "content": base64(bad) }))
        .await
        .expect(200);
    let errors = checked["summary"]["findings"]["errors"].as_i64().unwrap();
    assert!(errors > 0);
    assert_eq!(checked["findings"][0]["payload"], 0);
    assert_eq!(app.count("SELECT count(*) FROM profile").await, 0);
});

both_engines!(
    every_template_becomes_a_profile_that_can_be_published,
    |app| async move {
        let api = app.owner_api().await;
        let templates = api.get("/api/v1/profile-templates").await.expect(200);
        let items = templates["items"].as_array().unwrap();
        assert!(!items.is_empty());
        for template in items {
            let body = json!({ "template": template["key"], "name": "From a template" });
            let made = api.post(PATH, &body).await.expect(201);
            assert_eq!(made["summary"]["display_name"], "From a template");
            let shown = draft(&api, &made).await;
            assert_eq!(
                shown["summary"]["findings"]["errors"], 0,
                "{template} {}",
                shown["findings"]
            );
            publish(&api, &made, "").await;
        }
        let refused = api.post(PATH, &json!({ "template": "nonsense" })).await;
        assert_eq!(
            (refused.status, &refused.body["code"]),
            (422, &json!("template"))
        );
    }
);

both_engines!(profiles_are_listed_by_name_page_by_page, |app| async move {
    let api = app.owner_api().await;
    for name in ["Beta", "Alpha", "Gamma 100%"] {
        api.post(PATH, &json!({ "name": name })).await.expect(201);
    }
    let first = api.get(&format!("{PATH}?limit=2")).await.expect(200);
    let names = |page: &Json| -> Vec<String> {
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|p| p["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&first), ["Alpha", "Beta"]);
    let rest = format!("{PATH}?limit=2&after={}", first["next"].as_str().unwrap());
    assert_eq!(names(&api.get(&rest).await.expect(200)), ["Gamma 100%"]);
    assert_eq!(
        names(&api.get(&format!("{PATH}?search=0%25")).await.expect(200)),
        ["Gamma 100%"]
    );
    assert_eq!(
        names(&api.get(&format!("{PATH}?search=ALPH")).await.expect(200)),
        ["Alpha"]
    );
    let made = create(&api, wifi("org.example.wifi", "office", SECRET)).await;
    publish(&api, &made, "").await;
    let by_type = format!("{PATH}?payload_type=com.apple.wifi.managed");
    assert_eq!(
        names(&api.get(&by_type).await.expect(200)),
        ["Office Wi-Fi"]
    );
    let described = api
        .patch(
            &at(&made, ""),
            &json!({ "name": "Wi-Fi", "description": "Of the office" }),
        )
        .await
        .expect(200);
    assert_eq!(
        (&described["name"], &described["description"]),
        (&json!("Wi-Fi"), &json!("Of the office"))
    );
    assert_eq!(
        api.patch(&at(&made, ""), &json!({ "name": " " }))
            .await
            .status,
        422
    );
});
