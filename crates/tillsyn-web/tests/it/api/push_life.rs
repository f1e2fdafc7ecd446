//! The life of a push certificate (B9): request, vendor signature, Apple, upload, renewal, rehearsal.

use serde_json::json;
use tillsyn_core::ids::PushTopicId;
use tillsyn_core::push::{self, PushUpload, VendorUpload};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::issue::{self, CaIdentity, KeyAlgorithm, KeyUsage, LeafRequest};
use tillsyn_pki::key::KeyPair;
use tillsyn_pki::oid;
use tillsyn_testkit::{AppOptions, TestApp, both_engines};

fn by_hand() -> AppOptions {
    AppOptions {
        jobs: false,
        ..AppOptions::default()
    }
}

/// A vendor's chain and key, as Apple gives them to members of its programme.
fn vendor(app: &TestApp) -> (String, KeyPair) {
    let now = app.clock.now_ms();
    let root = issue::create_root_ca("Vendor root", "Test", now, 3650, KeyAlgorithm::P256).unwrap();
    let name = |cn: &str| vec![(oid::COMMON_NAME, cn.to_owned())];
    let key = KeyPair::generate_p256().unwrap();
    let mut request = LeafRequest::new(name("Relations"), now, 1000);
    request.is_ca = true;
    request.key_usage = vec![KeyUsage::KeyCertSign];
    let certificate = issue::issue_leaf(&root, key.public_key(), request).unwrap();
    let middle = CaIdentity { certificate, key };
    let key = KeyPair::generate_rsa2048().unwrap();
    let request = LeafRequest::new(name("MDM Vendor: Norrvik"), now, 365);
    let leaf = issue::issue_leaf(&middle, key.public_key(), request).unwrap();
    let chain = [leaf, middle.certificate, root.certificate];
    (chain.iter().map(Certificate::to_pem).collect(), key)
}

async fn topic_id(app: &TestApp) -> PushTopicId {
    push::list_topics(&app.core, &app.owner).await.unwrap()[0]
        .id
        .clone()
}

async fn upload_alone(
    app: &TestApp,
    certificate_pem: String,
) -> Result<push::PushTopicView, tillsyn_core::Error> {
    let upload = PushUpload {
        certificate_pem,
        ..PushUpload::default()
    };
    app.put_push(upload).await
}

// Core sheet §8, steps 1 to 4: our own vendor certificate signs; the certificate comes back alone.
both_engines!(
    a_request_made_and_signed_here_renews_the_certificate,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let (chain_pem, key) = vendor(&app);
        let upload = VendorUpload {
            chain_pem,
            key_pem: key.to_pkcs8_pem(),
        };
        push::set_vendor(&app.core, &app.owner, upload)
            .await
            .unwrap();
        assert_eq!(
            api.get("/api/v1/push-vendor").await.expect(200)["status"],
            "valid"
        );
        let id = topic_id(&app).await;
        let mut body = json!({
            "renews": id.as_str(), "email": "mdm@example.org", "country": "se", "consent": false,
        });
        let refused = api.post("/api/v1/push-requests", &body).await;
        assert_eq!(
            (refused.status, &refused.body["code"]),
            (422, &json!("push_consent"))
        );
        body["consent"] = json!(true);
        let request = api.post("/api/v1/push-requests", &body).await.expect(201);
        assert_eq!(
            (&request["status"], &request["country"]),
            (&json!("created"), &json!("SE"))
        );
        let list = api.get("/api/v1/push-certificates").await.expect(200);
        assert_eq!(list["items"][0]["status"], "renewing");
        let path = format!("/api/v1/push-requests/{}", request["id"].as_str().unwrap());
        let files = api.get(&path).await.expect(200);
        assert!(
            files["csr"]
                .as_str()
                .unwrap()
                .starts_with("-----BEGIN CERTIFICATE REQUEST-----")
        );
        assert!(files["upload_file"].is_null());
        assert!(!files.to_string().contains("PRIVATE KEY"));
        let signed = api
            .post(&format!("{path}/sign"), &json!({}))
            .await
            .expect(200);
        assert_eq!(
            (&signed["status"], &signed["signed_by"]),
            (&json!("signed"), &json!("own"))
        );
        let files = api.get(&path).await.expect(200);

        let file = files["upload_file"].as_str().unwrap();
        let pem = app.apns.portal(file, &app.topic).unwrap();
        let renewed = upload_alone(&app, pem).await.unwrap();
        assert_eq!((renewed.id, renewed.status), (id.clone(), "valid"));
        assert_eq!(
            api.get("/api/v1/push-requests").await.expect(200)["items"],
            json!([])
        );
        let path = format!("/api/v1/push-certificates/{id}/history");
        let past = api.get(&path).await.expect(200);
        let past = past["items"].as_array().unwrap();
        assert_eq!(past.len(), 2);
        assert_eq!(past[0]["key_origin"], "request");
        assert!(past[0]["replaced_at"].is_null() && past[1]["replaced_at"].is_string());

        let mut iphone = app.enrolled_iphone().await;
        app.run_job("push").await;
        assert_eq!(
            app.apns.received().len(),
            1,
            "the sealed key signs in to APNs"
        );
        iphone.session().await.unwrap();
        let actions = app.actions().await;
        for name in [
            "push_request.create",
            "push_request.sign",
            "push_certificate.renew",
            "push_vendor.set",
        ] {
            assert!(actions.contains(&name.to_owned()), "{name}");
        }
    }
);

// An outside signer gets the request and sends the file back; it must be for this request.
both_engines!(
    an_outside_signers_file_is_taken_for_its_own_request_only,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let new = json!({"email": "mdm@example.org", "country": "SE", "consent": true});
        let mut paths = Vec::new();
        for _ in 0..2 {
            let made = api.post("/api/v1/push-requests", &new).await.expect(201);
            paths.push(format!(
                "/api/v1/push-requests/{}",
                made["id"].as_str().unwrap()
            ));
        }
        let missing = api.post(&format!("{}/sign", paths[0]), &json!({})).await;
        assert_eq!(
            (missing.status, &missing.body["code"]),
            (409, &json!("push_vendor_missing"))
        );
        // The signer: another installation, with the vendor certificate, would do the same.
        let (chain_pem, key) = vendor(&app);
        let upload = VendorUpload {
            chain_pem,
            key_pem: key.to_pkcs8_pem(),
        };
        push::set_vendor(&app.core, &app.owner, upload)
            .await
            .unwrap();
        api.post(&format!("{}/sign", paths[0]), &json!({}))
            .await
            .expect(200);
        let file = api.get(&paths[0]).await.expect(200)["upload_file"].clone();
        let body = json!({ "file": file });
        let other = api.post(&format!("{}/signed", paths[1]), &body).await;
        assert_eq!(
            (other.status, &other.body["code"]),
            (422, &json!("push_signed_other"))
        );
        let taken = api
            .post(&format!("{}/signed", paths[0]), &body)
            .await
            .expect(200);
        assert_eq!(taken["signed_by"], "outside");
        api.delete("/api/v1/push-vendor").await.expect(204);
    }
);

// The key goes with the request; what Apple makes from it afterwards is refused with the reason.
both_engines!(
    a_deleted_request_takes_its_key_with_it,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let (chain_pem, key) = vendor(&app);
        let upload = VendorUpload {
            chain_pem,
            key_pem: key.to_pkcs8_pem(),
        };
        push::set_vendor(&app.core, &app.owner, upload)
            .await
            .unwrap();
        let new = json!({"email": "mdm@example.org", "country": "SE", "consent": true});
        let made = api.post("/api/v1/push-requests", &new).await.expect(201);
        let path = format!("/api/v1/push-requests/{}", made["id"].as_str().unwrap());
        api.post(&format!("{path}/sign"), &json!({}))
            .await
            .expect(200);
        let file = api.get(&path).await.expect(200)["upload_file"]
            .as_str()
            .unwrap()
            .to_owned();
        let pem = app.apns.portal(&file, &app.topic).unwrap();
        api.delete(&path).await.expect(204);
        let refused = upload_alone(&app, pem).await.unwrap_err();
        assert_eq!(
            (refused.field, refused.code),
            (Some("key"), "push_request_missing")
        );
        assert_eq!(app.count("SELECT count(*) FROM push_csr").await, 0);
    }
);

// S90: 60, 30, 14, 7, 1 days and the end, each told once; a renewal begins anew.
both_engines!(
    each_step_of_the_expiry_ladder_is_told_once,
    by_hand(),
    |app| async move {
        let told = |actions: Vec<String>| {
            let mine = |a: &&String| a.starts_with("push_certificate.expir");
            actions.iter().filter(mine).count()
        };
        app.run_job("hour").await;
        assert_eq!(told(app.actions().await), 0);
        for (days, expected) in [
            (61, 0),
            (60, 1),
            (45, 1),
            (30, 2),
            (14, 3),
            (7, 4),
            (1, 5),
            (0, 6),
            (-3, 6),
        ] {
            let end = app.clock.now_ms() + days * 86_400_000 - 60_000;
            let values = vec![tillsyn_db::Value::from(end)];
            app.db()
                .execute("UPDATE push_topic SET not_after = $1", values)
                .await
                .unwrap();
            app.run_job("hour").await;
            app.run_job("hour").await;
            assert_eq!(told(app.actions().await), expected, "{days} days");
        }
        let status = push::list_topics(&app.core, &app.owner).await.unwrap()[0].status;
        assert_eq!(status, "expired");
        let near = app.clock.now_ms() - 340 * 86_400_000;
        let renewed = app
            .apns
            .issue_push_certificate_at(&app.topic, near, 365)
            .unwrap();
        let upload = PushUpload {
            certificate_pem: renewed.certificate_pem,
            key_pem: Some(renewed.private_key_pem),
            ..PushUpload::default()
        };
        let view = app.put_push(upload).await.unwrap();
        assert_eq!((view.status, view.days_left), ("expiring", 24));
        app.run_job("hour").await;
        assert_eq!(told(app.actions().await), 7);
    }
);

// B9: the whole way is tried, the certificate in use is not touched, the report is kept.
both_engines!(
    a_rehearsal_tries_the_whole_way_and_touches_nothing,
    by_hand(),
    |app| async move {
        const LIVE: &str = "SELECT serial_number || topic || updated_at FROM push_topic";
        let api = app.owner_api().await;
        let id = topic_id(&app).await;
        let path = format!("/api/v1/push-certificates/{id}/rehearsals");
        let before = app.text(LIVE).await;
        let result = |report: &serde_json::Value, check: &str| {
            let lines = report["checks"].as_array().unwrap();
            let line = lines.iter().find(|line| line["check"] == check).unwrap();
            (
                line["result"].as_str().unwrap().to_owned(),
                line["reason"].as_str().map(str::to_owned),
            )
        };
        let passed = || ("passed".to_owned(), None);
        let failed = |why: &str| ("failed".to_owned(), Some(why.to_owned()));

        let bare = api.post(&path, &json!({})).await.expect(201);
        assert_eq!(bare["passed"], false);
        assert_eq!(result(&bare, "connection"), passed());
        assert_eq!(result(&bare, "responsible"), failed("responsible_missing"));
        assert_eq!(result(&bare, "certificate").0, "skipped");

        let good = app.apns.issue_push_certificate(&app.topic).unwrap();
        let body = json!({
            "certificate": good.certificate_pem, "key": good.private_key_pem.as_str(), "responsible": "Maja",
        });
        let report = api.post(&path, &body).await.expect(201);
        assert_eq!(report["passed"], true, "{report}");
        for check in [
            "certificate",
            "key",
            "topic",
            "connection",
            "account",
            "responsible",
            "time",
        ] {
            assert_eq!(result(&report, check), passed(), "{check}");
        }

        let other = app
            .apns
            .issue_push_certificate("com.apple.mgmt.External.other")
            .unwrap();
        let body =
            json!({ "certificate": other.certificate_pem, "key": other.private_key_pem.as_str() });
        let wrong = api.post(&path, &body).await.expect(201);
        assert_eq!(result(&wrong, "topic"), failed("topic_change"));
        let body = json!({ "certificate": good.certificate_pem });
        let keyless = api.post(&path, &body).await.expect(201);
        assert_eq!(result(&keyless, "key"), failed("push_request_missing"));
        let far = app.clock.now_ms() - 400 * 86_400_000;
        let over = app
            .apns
            .issue_push_certificate_at(&app.topic, far, 365)
            .unwrap();
        let body =
            json!({ "certificate": over.certificate_pem, "key": over.private_key_pem.as_str() });
        let late = api.post(&path, &body).await.expect(201);
        assert_eq!(
            result(&late, "certificate"),
            failed("push_certificate_expired")
        );

        assert_eq!(app.text(LIVE).await, before);
        assert_eq!(app.apns.received(), []);
        let kept = api.get(&path).await.expect(200);
        assert_eq!(kept["items"].as_array().unwrap().len(), 5);
        let rehearsed = app
            .actions()
            .await
            .iter()
            .filter(|a| *a == "push_certificate.rehearse")
            .count();
        assert_eq!(rehearsed, 5);
        let reader = app.api(&[tillsyn_core::Permission::PushRead]).await;
        assert_eq!(reader.post(&path, &json!({})).await.status, 403);
    }
);

// S4-16: account, owner, note, production or test are on record and can be changed.
both_engines!(
    what_is_on_record_about_a_push_certificate_is_edited,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let path = format!("/api/v1/push-certificates/{}", topic_id(&app).await);
        let edit = json!({
            "vendor_account": "mdm-push@example.org", "owner_contact": "Central IT", "note": "Mail and Wi-Fi",
            "purpose": "production",
        });
        let changed = api.patch(&path, &edit).await.expect(200);
        for (name, value) in edit.as_object().unwrap() {
            assert_eq!(changed[name], *value, "{name}");
        }
        let cleared = api.patch(&path, &json!({"note": ""})).await.expect(200);
        assert!(cleared["note"].is_null());
        assert_eq!(cleared["owner_contact"], "Central IT");
        let odd = api.patch(&path, &json!({"purpose": "play"})).await;
        assert_eq!(
            (odd.status, &odd.body["code"]),
            (422, &json!("push_purpose"))
        );
        let reader = app.api(&[tillsyn_core::Permission::PushRead]).await;
        assert_eq!(reader.patch(&path, &edit).await.status, 403);
        assert!(
            app.actions()
                .await
                .contains(&"push_certificate.edit".to_owned())
        );
    }
);

// Core sheet §13, test 10, and the way out while nothing is enrolled.
both_engines!(
    another_topic_is_taken_only_while_nothing_is_enrolled_and_when_said,
    by_hand(),
    |app| async move {
        let issue = || {
            app.apns
                .issue_push_certificate("com.apple.mgmt.External.other")
                .unwrap()
        };
        let upload =
            |certificate: tillsyn_standins::apns::PushCertificate, change_topic| PushUpload {
                certificate_pem: certificate.certificate_pem,
                key_pem: Some(certificate.private_key_pem),
                change_topic,
                ..PushUpload::default()
            };
        let unsaid = app.put_push(upload(issue(), false)).await;
        assert_eq!(unsaid.unwrap_err().code, "topic_change_unconfirmed");
        let id = topic_id(&app).await;
        let said = app.put_push(upload(issue(), true)).await.unwrap();
        assert_eq!(
            (said.id, said.topic.as_str()),
            (id, "com.apple.mgmt.External.other")
        );
        let _iphone = app.enrolled_iphone().await;
        let back = app.apns.issue_push_certificate(&app.topic).unwrap();
        let refused = app.put_push(upload(back, true)).await.unwrap_err();
        assert_eq!(refused.code, "topic_change");
        assert_eq!(refused.data.unwrap()["devices"], 1);
    }
);
