//! What ends a certificate, and when: what a device still uses is not taken from it.

use tillsyn_apple::checkin::CheckOut;
use tillsyn_apple::ids::Topic;
use tillsyn_core::profiles::{DraftChange, SaveDraft, open_draft, save_draft};

use super::*;
use crate::wire::shapes::{check_in, token_update, user_ids};

const REMOVED: &str = "SELECT count(*) FROM credential_certificate WHERE revoke_reason = 'removed'";
const RENEWED: &str = "SELECT count(*) FROM credential_certificate WHERE revoke_reason = 'renewed'";

/// Where the payload for the wireless network begins.
const WIFI: &str = "<dict><key>PayloadType</key><string>com.apple.wifi";

/// A version that asks for no certificate.
async fn without(app: &TestApp, id: &ProfileId) {
    let text = profile("2");
    let from = text.find("<dict><key>PayloadType</key><string>com.apple.security.scep");
    let to = text.find(WIFI);
    let text = format!("{}{}", &text[..from.unwrap()], &text[to.unwrap()..]);
    version(app, id, text).await;
}

/// A version that asks for one more certificate, where nobody answers.
async fn refused_for_another(app: &TestApp, id: &ProfileId) {
    let deaf = format!(
        "<dict><key>PayloadType</key><string>com.apple.security.scep</string>\
         <key>PayloadVersion</key><integer>1</integer>\
         <key>PayloadIdentifier</key><string>{IDENTIFIER}.deaf</string>\
         <key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A1009</string>\
         <key>PayloadContent</key><dict><key>URL</key><string>http://127.0.0.1:9/scep</string>\
         <key>Key Type</key><string>RSA</string><key>Keysize</key><integer>2048</integer>\
         </dict></dict>{WIFI}"
    );
    version(app, id, profile("2").replace(WIFI, &deaf)).await;
}

pub(super) async fn version(app: &TestApp, id: &ProfileId, text: String) {
    let draft = open_draft(&app.core, &app.owner, id).await.unwrap();
    let save = SaveDraft {
        revision: draft.revision,
        change: DraftChange::Whole(text.into_bytes()),
        comment: None,
    };
    save_draft(&app.core, &app.owner, id, save).await.unwrap();
    publish(app, id).await;
}

both_engines!(
    a_dropped_payload_ends_its_certificates_once_installed,
    by_hand(),
    |app| async move {
        let (mut one, id) = installed(&app).await;
        let mut two = of_person(&app).await;
        look(&app).await;
        two.sessions().await.unwrap();
        assert_eq!(app.count(CERTIFICATES).await, 2);
        without(&app, &id).await;
        look(&app).await;
        assert_eq!(app.count(REMOVED).await, 0, "both still use theirs");
        one.sessions().await.unwrap();
        assert_eq!(app.count(REMOVED).await, 1);
        // The second gets the very same bytes.
        two.sessions().await.unwrap();
        assert_eq!(app.count(REMOVED).await, 2);
        assert_eq!(app.text(STATE).await.as_deref(), Some("as_desired"));
    }
);

both_engines!(
    grace_begins_when_the_new_certificate_is_in_use,
    by_hand(),
    |app| async move {
        let (mut iphone, _) = installed(&app).await;
        // A new one was issued long ago, and the install that it was for failed.
        let failed = download(&app, "c".repeat(32)).await;
        issued(&failed.ask(&key(7)).await, &key(7));
        sql(
            &app,
            "UPDATE credential_certificate SET created_at = created_at - 172800000",
        )
        .await;
        app.run_job("minute").await;
        assert_eq!(app.count(RENEWED).await, 0, "the device uses the first");

        sql(&app, "UPDATE credential SET renew_at = 1").await;
        app.run_job("minute").await;
        app.run_job("reconcile").await;
        iphone.sessions().await.unwrap();
        assert_eq!(app.count(CERTIFICATES).await, 3);
        let to_end = "SELECT count(*) FROM credential_certificate WHERE revoke_at IS NOT NULL";
        assert_eq!(app.count(to_end).await, 2);
        app.run_job("minute").await;
        assert_eq!(app.count(RENEWED).await, 0, "a day of grace");
        sql(
            &app,
            "UPDATE credential_certificate SET revoke_at = 1 WHERE revoke_at IS NOT NULL",
        )
        .await;
        app.run_job("minute").await;
        assert_eq!((app.count(RENEWED).await, app.count(to_end).await), (2, 0));
        let used = "SELECT n.sha256 FROM credential_certificate n JOIN credential c \
            ON c.certificate_sha256 = n.sha256 WHERE n.revoked_at IS NULL";
        let used = app.text(used).await;
        assert_eq!(used, Some(certificates(&iphone)[0].sha256_hex()));
    }
);

both_engines!(
    a_refused_install_takes_nothing_from_the_certificate_in_use,
    by_hand(),
    |app| async move {
        const KEPT: &str = "SELECT certificate_sha256 || ' ' || renew_at || ' ' || warn_at \
            || ' ' || status FROM credential";
        const ENDS: &str = "SELECT sha256 FROM credential_certificate WHERE revoke_at IS NOT NULL";
        let (mut iphone, id) = installed(&app).await;
        let used = certificates(&iphone)[0].sha256_hex();
        let kept = app.text(KEPT).await;
        assert!(kept.as_ref().unwrap().starts_with(&used));
        refused_for_another(&app, &id).await;
        look(&app).await;
        iphone.sessions().await.unwrap();
        assert_eq!(app.text(STATE).await.as_deref(), Some("refused"));
        assert_eq!(app.count(CERTIFICATES).await, 2);
        // Renewed and told when the one ends that the device still uses; the other is of no use.
        assert_eq!(app.text(KEPT).await, kept);
        let ends = app.text(ENDS).await;
        assert!(ends.is_some_and(|ends| ends != used));
        assert_eq!(certificates(&iphone)[0].sha256_hex(), used);

        // On a device that has nothing yet, nothing is in use.
        let mut other = of_person(&app).await;
        look(&app).await;
        other.sessions().await.unwrap();
        let none = "SELECT count(*) FROM credential WHERE certificate_sha256 IS NULL \
            AND renew_at IS NULL AND warn_at IS NULL AND status = 'waiting'";
        assert_eq!(
            (app.count(CERTIFICATES).await, app.count(none).await),
            (3, 1)
        );
    }
);

both_engines!(
    the_end_of_a_channel_ends_its_certificates,
    by_hand(),
    |app| async move {
        let (mut iphone, _) = installed(&app).await;
        let topic = app.topic.clone();
        let user = user_ids(&iphone, "0A1B", "elin");
        let joins = token_update(user.clone(), &topic, b"user-token", "USER").to_plist();
        check_in(&mut iphone, joins).await;
        // As if it had been issued to this user.
        sql(
            &app,
            "UPDATE credential SET channel_id = (SELECT id FROM channel WHERE name = 'user:0A1B')",
        )
        .await;
        let late = download(&app, "d".repeat(32)).await;
        let leaves = CheckOut {
            ids: user,
            topic: Topic::new(&topic).unwrap(),
        };
        check_in(&mut iphone, leaves.to_plist()).await;
        let ended =
            "SELECT count(*) FROM credential_certificate WHERE revoke_reason = 'enrollment_ended'";
        assert_eq!(app.count(ended).await, 1);
        // Not even when the row of the credential says otherwise.
        sql(
            &app,
            "UPDATE credential SET status = 'waiting', generation = 1",
        )
        .await;
        let again = download(&app, "e".repeat(32)).await;
        for download in [late, again] {
            assert_eq!(refused(&download.ask(&key(5)).await), FailInfo::BadRequest);
        }
        assert_eq!(app.count(CERTIFICATES).await, 1);
    }
);
