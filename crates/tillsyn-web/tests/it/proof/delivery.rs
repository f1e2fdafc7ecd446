//! What becomes of delivered profiles and their certificates: users, ends, two nodes, warnings, refusals.

use tillsyn_core::devices;
use tillsyn_core::ids::ProfileId;
use tillsyn_core::profiles::{
    Describe, DraftChange, NewProfile, Origin, SaveDraft, create_profile, describe_profile,
    open_draft, publish, save_draft,
};
use tillsyn_db::args;
use tillsyn_testkit::{Engine, TestApp, both_engines};

use super::network::{
    CERTIFICATES, INSTALLS, STATE, assign, by_hand, certificates, download, installed, look, sql,
};
use super::scep_client::{Download, issued, key};
use crate::device::story::PROFILE;

/// Devices that the overview names.
async fn refusing(app: &TestApp) -> i64 {
    let overview = devices::overview(&app.core, &app.owner).await;
    overview.unwrap().devices_refusing
}

async fn published(app: &TestApp, text: String) -> ProfileId {
    let new = NewProfile {
        name: Some("Made here".to_owned()),
        description: None,
        unit: None,
        origin: Origin::Upload(text.into_bytes()),
    };
    let id = create_profile(&app.core, &app.owner, new).await.unwrap();
    publish_draft(app, &id).await;
    id
}

async fn publish_draft(app: &TestApp, id: &ProfileId) {
    let draft = open_draft(&app.core, &app.owner, id).await.unwrap();
    publish(&app.core, &app.owner, id, draft.revision, None)
        .await
        .unwrap();
}

async fn next_version(app: &TestApp, id: &ProfileId, text: String) {
    let draft = open_draft(&app.core, &app.owner, id).await.unwrap();
    let save = SaveDraft {
        revision: draft.revision,
        change: DraftChange::Whole(text.into_bytes()),
        comment: None,
    };
    save_draft(&app.core, &app.owner, id, save).await.unwrap();
    publish_draft(app, id).await;
}

both_engines!(
    a_profile_for_users_names_the_user_of_its_channel,
    by_hand(),
    |app| async move {
        let mut mac = app.enrolled_mac().await;
        mac.sessions().await.unwrap();
        // Wi-Fi is for both channels of a Mac.
        let text = PROFILE
            .replace("webClip.managed", "wifi.managed")
            .replace(
                "<key>Label</key>",
                "<key>EncryptionType</key><string>None</string><key>SSID_STR</key>",
            )
            .replace(
                "<key>URL</key><string>https://help.example.org</string>",
                "",
            )
            .replace(
                "<string>Help desk</string>",
                "<string>{{user.short_name}} is {{user.long_name}}</string>",
            );
        let id = published(&app, text).await;
        assign(&app, &id).await;
        mac.sessions().await.unwrap();
        // The device itself is nobody.
        assert_eq!(app.text(STATE).await.as_deref(), Some("refused"));
        let missing = "SELECT reason_detail FROM item_state WHERE reason = 'variable_missing'";
        assert!(app.text(missing).await.unwrap().contains("user.long_name"));
        assert_eq!(mac.installed_profiles().count(), 0);
        assert_eq!(refusing(&app).await, 1);
        sql(&app, "UPDATE assignment SET channel = 'users'").await;
        look(&app).await;
        mac.sessions().await.unwrap();
        let user = "SELECT user_short_name || ' is ' || user_long_name FROM channel \
            WHERE name <> 'device'";
        let shown: Vec<_> = mac
            .installed_profiles()
            .map(|profile| profile.display_name.clone())
            .collect();
        assert_eq!(shown, [app.text(user).await]);
        assert_eq!(refusing(&app).await, 0);
    }
);

both_engines!(
    a_version_that_cannot_be_read_is_refused_alone,
    by_hand(),
    |app| async move {
        const SPOIL: &str = "UPDATE profile_version SET content_sealed = $1 WHERE profile_id = $2";
        const WHY: &str = "SELECT reason_detail FROM item_state WHERE state = 'refused'";
        let mut iphone = app.enrolled_iphone().await;
        iphone.sessions().await.unwrap();
        let id = published(&app, PROFILE.to_owned()).await;
        let other = PROFILE.replace("org.example.webclip", "org.example.other");
        let other = published(&app, other).await;
        let spoiled = [0_u8; 40];
        let values = args![spoiled.as_slice(), other.as_str()];
        app.db().execute(SPOIL, values).await.unwrap();
        assign(&app, &id).await;
        for (text, value) in [
            (
                "INSERT INTO assignment (id, org_unit_id, kind, item_id, channel, created_by, \
                 created_at, updated_at) SELECT 'b', org_unit_id, kind, $1, channel, created_by, \
                 created_at, updated_at FROM assignment",
                other.as_str(),
            ),
            (
                "INSERT INTO assignment_target (assignment_id, mode, target_kind, target_id) \
                 SELECT $1, mode, target_kind, target_id FROM assignment_target",
                "b",
            ),
        ] {
            app.db().execute(text, args![value]).await.unwrap();
        }
        look(&app).await;
        iphone.sessions().await.unwrap();
        assert_eq!(iphone.installed_profiles().count(), 1);
        assert_eq!(app.count(INSTALLS).await, 1);
        assert!(app.text(WHY).await.unwrap().contains("unreadable"));
    }
);

both_engines!(
    a_command_bears_the_name_that_its_profile_has_now,
    by_hand(),
    |app| async move {
        const NAMED: &str = "SELECT count(*) FROM command_batch WHERE request LIKE '%Given later%'";
        app.enrolled_iphone().await;
        let id = published(&app, PROFILE.to_owned()).await;
        assign(&app, &id).await;
        assert_eq!((app.count(INSTALLS).await, app.count(NAMED).await), (1, 0));
        let describe = Describe {
            name: Some("Given later".to_owned()),
            description: None,
        };
        describe_profile(&app.core, &app.owner, &id, describe)
            .await
            .unwrap();
        app.enrolled_iphone().await;
        app.run_job("reconcile").await;
        assert_eq!((app.count(INSTALLS).await, app.count(NAMED).await), (2, 1));
    }
);

both_engines!(
    the_end_of_an_enrollment_revokes_what_its_profiles_brought,
    by_hand(),
    |app| async move {
        let (mut iphone, _) = installed(&app).await;
        let waiting = download(&app, "a".repeat(32)).await;
        iphone.person_removes_profile().await.unwrap();
        let revoked =
            "SELECT count(*) FROM credential_certificate WHERE revoke_reason = 'enrollment_ended'";
        assert_eq!(app.count(revoked).await, 1);
        let status = "SELECT status FROM credential";
        assert_eq!(app.text(status).await.as_deref(), Some("revoked"));
        // A challenge that is still on its way brings nothing any more.
        let late = waiting.ask(&key(6)).await;
        assert!(late.certificate_for(&key(6)).is_none());
        assert_eq!(app.count(CERTIFICATES).await, 1);
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_give_one_certificate_for_one_challenge() {
    let app = TestApp::with(Engine::Postgres, by_hand()).await;
    let (core_b, url_b, _stop_b) = app.second_node().await;
    installed(&app).await;
    for (round, letter) in ["a", "b", "c", "d"].into_iter().enumerate() {
        let challenge = letter.repeat(32);
        let at_a = download(&app, challenge.clone()).await;
        let text = format!(
            "<key>Challenge</key><string>{challenge}</string><string>{url_b}/apple/scep/network</string>"
        );
        let at_b = Download::of(text.as_bytes()).await;
        let (one, two) = (key(2 * round), key(2 * round + 1));
        let answers = tokio::join!(at_a.ask(&one), at_b.ask(&two));
        let won = [
            answers.0.certificate_for(&one).is_some(),
            answers.1.certificate_for(&two).is_some(),
        ];
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
        // Whoever won gets the same one again, at the other node too.
        if won[0] {
            let first = issued(&answers.0, &one);
            assert_eq!(issued(&at_b.ask(&one).await, &one), first);
        } else {
            let first = issued(&answers.1, &two);
            assert_eq!(issued(&at_a.ask(&two).await, &two), first);
        }
    }
    assert_eq!(app.count(CERTIFICATES).await, 5);
    drop(core_b);
}

both_engines!(
    a_certificate_that_is_not_renewed_is_told_before_it_ends,
    by_hand(),
    |app| async move {
        const TOLD: &str = "SELECT count(*) FROM event WHERE action = 'credential.expiring'";
        const OVER: &str = "SELECT count(*) FROM event WHERE action = 'credential.expired'";
        installed(&app).await;
        let due = "SELECT count(*) FROM credential WHERE warn_at IS NOT NULL";
        assert_eq!(app.count(due).await, 1);
        app.run_job("minute").await;
        assert_eq!(app.count(TOLD).await, 0, "it is young");
        sql(&app, "UPDATE credential SET warn_at = 1").await;
        for _ in 0..3 {
            app.run_job("minute").await;
        }
        assert_eq!(app.count(TOLD).await, 1, "once at each rung");
        let details = app
            .text("SELECT details FROM event WHERE action = 'credential.expiring'")
            .await
            .unwrap();
        assert!(details.contains("\"days_left\":36"), "{details}");
        sql(&app, "UPDATE credential SET warn_at = 1").await;
        sql(&app, "UPDATE credential_certificate SET not_after = 2").await;
        for _ in 0..3 {
            app.run_job("minute").await;
        }
        assert_eq!((app.count(TOLD).await, app.count(OVER).await), (1, 1));
        assert_eq!(app.count(due).await, 0);
    }
);

both_engines!(
    what_a_device_refuses_is_mended_by_the_next_version,
    by_hand(),
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.sessions().await.unwrap();
        // A certificate that nobody gives: the whole profile fails.
        let scep = format!(
            "<dict><key>PayloadType</key><string>com.apple.security.scep</string>\
             <key>PayloadVersion</key><integer>1</integer>\
             <key>PayloadIdentifier</key><string>org.example.webclip.2</string>\
             <key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A0003</string>\
             <key>PayloadContent</key><dict><key>URL</key><string>{}/nothing/here</string>\
             <key>Challenge</key><string>unknown</string><key>Keysize</key><integer>2048</integer>\
             <key>Key Type</key><string>RSA</string><key>Key Usage</key><integer>5</integer>\
             </dict></dict></array>",
            app.url()
        );
        let id = published(&app, PROFILE.replace("</array>", &scep)).await;
        assign(&app, &id).await;
        iphone.sessions().await.unwrap();
        assert_eq!(iphone.installed_profiles().count(), 0);
        assert_eq!(app.text(STATE).await.as_deref(), Some("refused"));
        let why = app.text("SELECT reason_detail FROM item_state").await;
        assert!(
            why.as_deref().is_some_and(|why| !why.contains("unknown")),
            "{why:?}"
        );
        look(&app).await;
        iphone.sessions().await.unwrap();
        assert_eq!(
            app.count(INSTALLS).await,
            1,
            "the same is not tried again at once"
        );
        next_version(&app, &id, PROFILE.to_owned()).await;
        look(&app).await;
        iphone.sessions().await.unwrap();
        assert_eq!(app.text(STATE).await.as_deref(), Some("as_desired"));
        assert_eq!(app.count(INSTALLS).await, 2);
        assert!(certificates(&iphone).is_empty());
    }
);
