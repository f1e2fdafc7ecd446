//! Certificates that no record knows: which of them can be taken in after a restore.

use serde_json::{Value, json};
use tillsyn_db::args;
use tillsyn_pki::issue::{self, LeafRequest};
use tillsyn_pki::oid;
use tillsyn_testkit::{TestApp, both_engines};

use super::foreign::{Foreigner, authority, trust};

/// A device with a certificate of our own authority that was issued in the days that a restore has lost.
pub(crate) fn lost(app: &TestApp, udid: &str, key: usize, name: &str) -> Foreigner {
    let authorities = app.core.authorities();
    let ca = &authorities.device_ca;
    let mut device = Foreigner::new(app, ca, udid, key, 30);
    let request = LeafRequest::new(
        vec![(oid::COMMON_NAME, name.to_owned())],
        app.core.now_ms(),
        30,
    );
    device.certificate = issue::issue_leaf(ca, device.key.public_key(), request).unwrap();
    device
}

async fn listed(app: &TestApp) -> Vec<Value> {
    let api = app.owner_api().await;
    let list = api.get("/api/v1/enrollments/unknown").await.expect(200);
    list["items"].as_array().unwrap().clone()
}

async fn readopt(app: &TestApp, certificates: Option<&[&str]>) -> (u64, Vec<String>) {
    let api = app.owner_api().await;
    let mut body = json!({ "ownership": "corporate", "all": certificates.is_none() });
    if let Some(certificates) = certificates {
        body["certificates"] = json!(certificates);
    }
    let report = api.post("/api/v1/enrollments/readopt", &body).await;
    let report = report.expect(200);
    let skipped = report["skipped"].as_array().unwrap().iter();
    let codes = skipped.map(|one| one["code"].as_str().unwrap().to_owned());
    (report["readopted"].as_u64().unwrap(), codes.collect())
}

async fn forge(app: &TestApp, sha256: &str, der: &[u8]) {
    let forged = "INSERT INTO unknown_sender (sha256, der, serial_number, udid, times, first_at, last_at) \
        VALUES ($1, $2, $1, 'FORGED', 1, 1, 1)";
    app.db()
        .execute(forged, args![sha256, der.to_vec()])
        .await
        .unwrap();
}

both_engines!(
    a_foreign_or_revoked_certificate_is_never_taken_in,
    |app| async move {
        let ca = authority(&app);
        let foreign = Foreigner::new(&app, &ca, "FOREIGN-1", 1, 30);
        assert_eq!(foreign.poll().await.0, 403);
        trust(&app, &ca, false).await;
        assert_eq!(foreign.poll().await.0, 403);
        // Of our authority, but no device's identity.
        let tool = lost(&app, "TOOL-1", 2, "Tillsyn SCEP");
        assert_eq!(tool.poll().await.0, 403);
        let mut device = app.enrolled_iphone().await;
        let revoke = "UPDATE certificate SET revoked_at = 1, revoke_reason = 'lost'";
        app.db().execute(revoke, args![]).await.unwrap();
        assert!(device.session().await.is_err());
        assert!(listed(&app).await.is_empty());

        let der = "SELECT sha256, der FROM certificate";
        let row = &app.db().query_all(der, args![]).await.unwrap()[0];
        let (revoked, der) = (row.text(0).unwrap(), row.blob(1).unwrap());
        let named = [foreign.sha256(), tool.sha256(), revoked.clone()];
        let named: Vec<&str> = named.iter().map(String::as_str).collect();
        let unknown = vec!["sender_unknown".to_owned(); 3];
        assert_eq!(readopt(&app, Some(&named)).await, (0, unknown));

        // Not even where the row is there.
        forge(&app, &revoked, &der).await;
        forge(&app, &foreign.sha256(), foreign.certificate.der()).await;
        forge(&app, &tool.sha256(), tool.certificate.der()).await;
        let refused = [
            "certificate_refused",
            "certificate_refused",
            "certificate_known",
        ];
        let refused: Vec<String> = refused.iter().map(ToString::to_string).collect();
        assert_eq!(readopt(&app, Some(&named)).await, (0, refused));
        assert_eq!(readopt(&app, None).await.0, 0);
        assert_eq!(foreign.poll().await.0, 403);
        assert!(device.session().await.is_err());
    }
);

both_engines!(
    a_certificate_on_record_stays_known_in_other_bytes_and_a_device_that_rests_keeps_its_record,
    |app| async move {
        app.enrolled_iphone().await;
        let variant = lost(&app, "VARIANT-1", 5, "urn:tillsyn:issuance:5");
        let same = "UPDATE certificate SET serial_number = $1";
        let serial = variant.certificate.serial_hex();
        app.db().execute(same, args![serial]).await.unwrap();
        assert_eq!(variant.poll().await.0, 403);
        assert!(listed(&app).await.is_empty());

        let rests = "UPDATE enrollment SET status = 'inactive' WHERE status = 'active'";
        app.db().execute(rests, args![]).await.unwrap();
        let udid = "SELECT udid FROM enrollment WHERE status = 'inactive'";
        let udid = app.db().query_all(udid, args![]).await.unwrap()[0].text(0);
        let claims = lost(&app, &udid.unwrap(), 6, "urn:tillsyn:issuance:6");
        assert_eq!(claims.poll().await.0, 403);
        assert_eq!(listed(&app).await[0]["enrolled_otherwise"], true);
        let refused = vec!["device_managed".to_owned()];
        assert_eq!(readopt(&app, None).await, (0, refused));
        assert_eq!(readopt(&app, Some(&[&claims.sha256()])).await.0, 1);
    }
);

both_engines!(
    who_claims_more_than_one_device_or_that_of_another_is_not_taken_in_with_all,
    |app| async move {
        let changing = lost(&app, "CHANGING-1", 1, "urn:tillsyn:issuance:1");
        assert_eq!(changing.poll().await.0, 403);
        let mut other = lost(&app, "CHANGING-2", 1, "urn:tillsyn:issuance:1");
        other.certificate = changing.certificate.clone();
        assert_eq!(other.poll().await.0, 403);
        let one = lost(&app, "RIVAL-1", 2, "urn:tillsyn:issuance:2");
        let two = lost(&app, "RIVAL-1", 3, "urn:tillsyn:issuance:3");
        let plain = lost(&app, "PLAIN-1", 4, "urn:tillsyn:issuance:4");
        for device in [&one, &two, &plain] {
            assert_eq!(device.poll().await, (403, Vec::new()));
        }
        assert_eq!(listed(&app).await.len(), 4);
        let (readopted, mut codes) = readopt(&app, None).await;
        codes.sort();
        let refused = ["sender_contradicts", "sender_rivals", "sender_rivals"];
        assert_eq!((readopted, codes), (1, refused.map(str::to_owned).to_vec()));
        assert_eq!(plain.poll().await.0, 200);
        assert_eq!(changing.poll().await.0, 403);

        // Named, the administrator decides; the other one waits for a word of its own.
        assert_eq!(readopt(&app, Some(&[&one.sha256()])).await, (1, Vec::new()));
        assert_eq!(one.poll().await.0, 200);
        assert_eq!(two.poll().await.0, 403);
        let rest = readopt(&app, None).await;
        assert_eq!(rest.0, 0, "{rest:?}");
        assert_eq!(two.poll().await.0, 403);
        let changing = readopt(&app, Some(&[&changing.sha256()])).await;
        assert_eq!(changing, (0, vec!["sender_contradicts".to_owned()]));
        let adopted = "SELECT count(*) FROM event WHERE action = 'enrollment.readopt'";
        assert_eq!(app.count(adopted).await, 2);
    }
);

both_engines!(
    one_that_cannot_be_taken_in_is_told_of_and_holds_up_no_other,
    |app| async move {
        for n in 1..=3 {
            let device = lost(
                &app,
                &format!("LOST-{n}"),
                n,
                &format!("urn:tillsyn:issuance:{n}"),
            );
            assert_eq!(device.poll().await.0, 403);
        }
        // The last thing that is written of each fails for all but one.
        let once = "CREATE UNIQUE INDEX once ON event (action) WHERE action = 'enrollment.readopt'";
        app.db().execute(once, args![]).await.unwrap();
        let failed = vec!["readopt_failed".to_owned(); 2];
        assert_eq!(readopt(&app, None).await, (1, failed));
        for count in [
            "SELECT count(*) FROM enrollment",
            "SELECT count(*) FROM device",
            "SELECT count(*) FROM channel",
            "SELECT count(*) FROM certificate",
        ] {
            assert_eq!(app.count(count).await, 1, "{count}");
        }
        assert_eq!(listed(&app).await.len(), 2);
        app.db().execute("DROP INDEX once", args![]).await.unwrap();
        assert_eq!(readopt(&app, None).await, (2, Vec::new()));
        assert!(listed(&app).await.is_empty());
    }
);
