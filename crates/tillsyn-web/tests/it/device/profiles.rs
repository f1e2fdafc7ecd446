//! Profiles, from assignment to proof: what is lost is mended, what is overtaken never goes, what is no
//! longer wanted is removed.

use serde_json::json;
use tillsyn_core::ids::{DeviceId, ProfileId};
use tillsyn_core::profiles::{
    DraftChange, NewProfile, Origin, SaveDraft, create_profile, open_draft, publish, save_draft,
};
use tillsyn_db::args;
use tillsyn_sim::Device;
use tillsyn_testkit::{TestApp, both_engines};

use super::story::{PROFILE, only_device};

pub(super) const IDENTIFIER: &str = "org.example.webclip";

pub(super) fn saying(label: &str) -> Vec<u8> {
    PROFILE
        .replace(
            "<string>Help</string>",
            &format!("<string>{label}</string>"),
        )
        .into_bytes()
}

async fn publish_draft(app: &TestApp, id: &ProfileId) {
    let draft = open_draft(&app.core, &app.owner, id).await.unwrap();
    publish(&app.core, &app.owner, id, draft.revision, None)
        .await
        .unwrap();
}

/// A published profile of one version.
async fn published(app: &TestApp) -> ProfileId {
    published_as(app, saying("One")).await
}

pub(super) async fn published_as(app: &TestApp, upload: Vec<u8>) -> ProfileId {
    let new = NewProfile {
        name: None,
        description: None,
        unit: None,
        origin: Origin::Upload(upload),
    };
    let id = create_profile(&app.core, &app.owner, new).await.unwrap();
    publish_draft(app, &id).await;
    id
}

async fn next_version(app: &TestApp, id: &ProfileId, label: &str) {
    edit(app, id, saying(label)).await;
    publish_draft(app, id).await;
}

/// Another content for the draft; the answer is its revision.
pub(super) async fn edit(app: &TestApp, id: &ProfileId, content: Vec<u8>) -> i64 {
    let draft = open_draft(&app.core, &app.owner, id).await.unwrap();
    let save = SaveDraft {
        revision: draft.revision,
        change: DraftChange::Whole(content),
        comment: None,
    };
    save_draft(&app.core, &app.owner, id, save).await.unwrap();
    let draft = open_draft(&app.core, &app.owner, id).await.unwrap();
    draft.revision
}

const BUMP: &str = "UPDATE config_revision SET value = value + 1 WHERE name = 'desired'";
const LOOK: &str = "INSERT INTO reconcile_request (device_id, due_at, version) \
    SELECT id, 0, 1 FROM device WHERE id IS NOT NULL \
    ON CONFLICT (device_id) DO UPDATE SET version = reconcile_request.version + 1";

pub(super) async fn look(app: &TestApp) {
    app.db().execute(LOOK, args![]).await.unwrap();
    app.run_job("reconcile").await;
}

async fn assign(app: &TestApp, profile: &ProfileId, device: &DeviceId, channel: &str) {
    const ASSIGN: &str = "INSERT INTO assignment (id, org_unit_id, kind, item_id, channel, created_by, \
        created_at, updated_at) SELECT 'a1', id, 'profile', CAST($1 AS TEXT), CAST($2 AS TEXT), 'test', \
        0, 0 FROM org_unit WHERE parent_id IS NULL";
    const TARGET: &str = "INSERT INTO assignment_target (assignment_id, mode, target_kind, target_id) \
        VALUES ('a1', 'include', 'device', $1)";
    let db = app.db();
    db.execute(ASSIGN, args![profile, channel]).await.unwrap();
    db.execute(TARGET, args![device]).await.unwrap();
    db.execute(BUMP, args![]).await.unwrap();
    look(app).await;
}

async fn unassign(app: &TestApp) {
    let db = app.db();
    for sql in [
        "DELETE FROM assignment_target",
        "DELETE FROM assignment",
        BUMP,
    ] {
        db.execute(sql, args![]).await.unwrap();
    }
    look(app).await;
}

pub(super) async fn rest(app: &TestApp, device: &mut Device) {
    for _ in 0..3 {
        device.sessions().await.unwrap();
        app.run_job("reconcile").await;
    }
}

pub(super) async fn state(app: &TestApp) -> Option<String> {
    app.text("SELECT state FROM item_state").await
}

pub(super) fn has(device: &Device) -> bool {
    let mut installed = device.installed_profiles();
    installed.any(|profile| profile.identifier == IDENTIFIER)
}

/// Installs that a device was given, each once however often it was sent.
pub(super) const GIVEN: &str = "SELECT count(DISTINCT c.id) FROM command c \
    JOIN command_transition t ON t.command_id = c.id AND t.status = 'sent' \
    WHERE c.request_type = 'InstallProfile'";

const WAITS: &str = "SELECT count(*) FROM command WHERE status = 'not_now' \
        AND request_type = 'InstallProfile'";

const OF_USER: &str = "SELECT count(*) FROM item_state s JOIN channel ch ON ch.id = s.channel_id \
        WHERE ch.name <> 'device'";

both_engines!(
    what_a_person_removes_is_found_and_mended,
    |app| async move {
        let mut phone = app.enrolled_iphone().await;
        let id = only_device(&app).await;
        rest(&app, &mut phone).await;
        let profile = published(&app).await;
        assign(&app, &profile, &id, "device").await;
        assert_eq!(state(&app).await.as_deref(), Some("to_install"));
        phone.sessions().await.unwrap();
        // Installed and proved in one session.
        assert_eq!(state(&app).await.as_deref(), Some("as_desired"));
        assert!(has(&phone));

        let api = app.owner_api().await;
        let path = format!("/api/v1/devices/{id}/profiles");
        let found = api.get(&path).await.expect(200);
        let item = &found["items"][0];
        assert_eq!(item["profile_id"], profile.as_str());
        assert_eq!(item["desired_version"], 1);
        assert_eq!(item["delivered_version"], 1);
        assert_eq!(item["confirmed_version"], 1);
        assert_eq!(item["proof"], "profile_list");
        assert_eq!(item["why"][0]["assignment_id"], "a1");
        assert_eq!(item["why"][0]["targets"][0]["kind"], "device");
        assert_eq!(found["foreign"][0]["enrolls"], true);

        phone.person_removes_configuration(IDENTIFIER).unwrap();
        assert!(!has(&phone));
        let path = format!("/api/v1/devices/{id}/reconcile");
        api.post(&path, &json!({})).await.expect(202);
        rest(&app, &mut phone).await;
        assert!(has(&phone));
        let of_profile = format!("/api/v1/profiles/{profile}/devices?state=as_desired");
        let found = api.get(&of_profile).await.expect(200);
        assert_eq!(found["items"][0]["state"], "as_desired");
        assert_eq!(found["items"][0]["drifts"], 1);
        assert_eq!(app.count(GIVEN).await, 2);
        assert!(app.actions().await.contains(&"device.reconcile".to_owned()));

        // A hundred looks at what is as desired do nothing.
        let commands = app.count("SELECT count(*) FROM command").await;
        for _ in 0..100 {
            look(&app).await;
        }
        assert_eq!(app.count("SELECT count(*) FROM command").await, commands);
    }
);

both_engines!(a_storm_of_versions_is_one_install, |app| async move {
    let mut phone = app.enrolled_iphone().await;
    let id = only_device(&app).await;
    rest(&app, &mut phone).await;
    let profile = published(&app).await;
    assign(&app, &profile, &id, "device").await;
    for label in ["Two", "Three", "Four"] {
        next_version(&app, &profile, label).await;
        look(&app).await;
    }
    rest(&app, &mut phone).await;
    assert_eq!(app.count(GIVEN).await, 1);
    assert_eq!(state(&app).await.as_deref(), Some("as_desired"));
    assert_eq!(
        app.count("SELECT delivered_version FROM item_state").await,
        4
    );
    assert_eq!(
        app.count("SELECT count(*) FROM command WHERE status = 'superseded'")
            .await,
        3
    );
});

both_engines!(
    a_locked_phone_takes_it_when_it_is_unlocked,
    |app| async move {
        let mut phone = app.enrolled_iphone().await;
        let id = only_device(&app).await;
        rest(&app, &mut phone).await;
        let profile = published(&app).await;
        phone.lock_screen();
        assign(&app, &profile, &id, "device").await;
        rest(&app, &mut phone).await;
        assert_eq!(app.count(WAITS).await, 1);
        assert_eq!(state(&app).await.as_deref(), Some("to_install"));
        look(&app).await;
        phone.unlock_screen();
        rest(&app, &mut phone).await;
        assert_eq!(state(&app).await.as_deref(), Some("as_desired"));
        assert_eq!(app.count(GIVEN).await, 1);
    }
);

both_engines!(
    what_a_locked_phone_put_off_is_withdrawn_and_nothing_of_that_name_removed,
    |app| async move {
        let mut phone = app.enrolled_iphone().await;
        let id = only_device(&app).await;
        rest(&app, &mut phone).await;
        let profile = published(&app).await;
        phone.lock_screen();
        assign(&app, &profile, &id, "device").await;
        rest(&app, &mut phone).await;
        assert_eq!(app.count(WAITS).await, 1);
        let sent = "SELECT count(*) FROM item_state WHERE delivered_sha256 IS NOT NULL";
        assert_eq!(app.count(sent).await, 0);
        unassign(&app).await;
        rest(&app, &mut phone).await;
        assert_eq!(app.count("SELECT count(*) FROM item_state").await, 0);
        let removes = "SELECT count(*) FROM command WHERE request_type = 'RemoveProfile'";
        assert_eq!(app.count(removes).await, 0);
    }
);

both_engines!(
    what_is_lost_again_and_again_is_put_back_later,
    |app| async move {
        let mut phone = app.enrolled_iphone().await;
        let id = only_device(&app).await;
        rest(&app, &mut phone).await;
        let profile = published(&app).await;
        assign(&app, &profile, &id, "device").await;
        rest(&app, &mut phone).await;
        let api = app.owner_api().await;
        let path = format!("/api/v1/devices/{id}/reconcile");
        for given in [2, 2] {
            phone.person_removes_configuration(IDENTIFIER).unwrap();
            api.post(&path, &json!({})).await.expect(202);
            rest(&app, &mut phone).await;
            assert_eq!(app.count(GIVEN).await, given);
        }
        assert!(!has(&phone));
        assert_eq!(state(&app).await.as_deref(), Some("to_install"));
        let waits = "SELECT (next_attempt_at - drifted_at) / 60000 FROM item_state";
        assert_eq!(app.count(waits).await, 5);
        let due = "UPDATE item_state SET next_attempt_at = 1";
        app.db().execute(due, args![]).await.unwrap();
        app.run_job("reconcile").await;
        rest(&app, &mut phone).await;
        assert!(has(&phone));
        assert_eq!(app.count(GIVEN).await, 3);
    }
);

both_engines!(what_is_no_longer_wanted_is_removed, |app| async move {
    let mut phone = app.enrolled_iphone().await;
    let id = only_device(&app).await;
    rest(&app, &mut phone).await;
    let profile = published(&app).await;
    assign(&app, &profile, &id, "device").await;
    rest(&app, &mut phone).await;
    assert!(has(&phone));
    unassign(&app).await;
    assert_eq!(state(&app).await.as_deref(), Some("to_remove"));
    rest(&app, &mut phone).await;
    assert!(!has(&phone));
    assert_eq!(app.count("SELECT count(*) FROM item_state").await, 0);
    // The profile that manages the device is nobody's to remove.
    assert!(phone.is_enrolled());
    // What never went is taken back, and nothing is sent.
    assign(&app, &profile, &id, "device").await;
    let before = app.count("SELECT count(*) FROM command").await;
    unassign(&app).await;
    assert_eq!(app.count("SELECT count(*) FROM item_state").await, 0);
    assert_eq!(app.count("SELECT count(*) FROM command").await, before);
    assert_eq!(
        app.count("SELECT count(*) FROM command WHERE finished = 0")
            .await,
        0
    );
});

both_engines!(
    a_user_of_a_mac_has_it_on_the_channel_of_the_user,
    |app| async move {
        let mut mac = app.enrolled_mac().await;
        let id = only_device(&app).await;
        rest(&app, &mut mac).await;
        let profile = published(&app).await;
        assign(&app, &profile, &id, "users").await;
        assert_eq!(app.count(OF_USER).await, 1);
        rest(&app, &mut mac).await;
        assert_eq!(state(&app).await.as_deref(), Some("as_desired"));
        assert!(has(&mac));
        unassign(&app).await;
        rest(&app, &mut mac).await;
        assert!(!has(&mac));
        assert_eq!(app.count("SELECT count(*) FROM item_state").await, 0);
    }
);
