//! What becomes of an enrollment on every path, and that a device has one active at most.

use serde_json::Value;
use tillsyn_core::commands::{self, Confirmation, NewCommand, Request};
use tillsyn_core::devices;
use tillsyn_core::ids::DeviceId;
use tillsyn_sim::{Device, DeviceConfig};
use tillsyn_testkit::{Api, TestApp, both_engines};

use super::story::{only_device, plain};

/// Sends what needs a name and a reason, and lets its hold pass.
async fn confirmed(app: &TestApp, id: &DeviceId, request: Request) {
    let detail = devices::device(&app.core, &app.owner, id).await.unwrap();
    let command = NewCommand {
        reason: Some("Returned".to_owned()),
        confirmation: Confirmation {
            typed: Some(detail.row.name),
            targets_digest: None,
        },
        ..plain(id, request)
    };
    commands::enqueue(&app.core, &app.owner, command)
        .await
        .unwrap();
    let over = "UPDATE command SET held_until = 0 WHERE status = 'held'";
    app.db().execute(over, Vec::new()).await.unwrap();
    app.run_job("holds").await;
}

fn erase() -> Request {
    Request::EraseDevice {
        preserve_data_plan: false,
        disallow_proximity_setup: false,
    }
}

async fn enroll_again(app: &TestApp, device: &mut Device) {
    let invitation = app.invite_with(|new| new.may_replace = true).await;
    device.enroll(&app.by(&invitation)).await.unwrap();
    device.session().await.unwrap();
}

/// Status and cause of each enrollment as the API lists them.
async fn listed(api: &Api, id: &DeviceId) -> Vec<(String, String)> {
    let path = format!("/api/v1/devices/{id}/enrollments");
    let list = api.get(&path).await.expect(200);
    let items = list["items"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    items
        .iter()
        .map(|item| (text(&item["status"]), text(&item["end_reason"])))
        .collect()
}

fn are(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(status, cause)| ((*status).to_owned(), (*cause).to_owned()))
        .collect()
}

both_engines!(
    after_wipe_retire_and_removal_a_device_enrolls_again_and_keeps_its_history,
    |app| async move {
        let api = app.owner_api().await;
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        let id = only_device(&app).await;
        assert_eq!(listed(&api, &id).await, are(&[("active", "")]));

        confirmed(&app, &id, erase()).await;
        iphone.session().await.unwrap();
        assert_eq!(listed(&api, &id).await, are(&[("wiped", "erased")]));
        enroll_again(&app, &mut iphone).await;

        let detail = devices::device(&app.core, &app.owner, &id).await.unwrap();
        let identifier = detail.enrollment_profile_identifier.unwrap();
        confirmed(&app, &id, Request::RemoveProfile { identifier }).await;
        iphone.session().await.unwrap();
        enroll_again(&app, &mut iphone).await;

        iphone.person_removes_profile().await.unwrap();
        enroll_again(&app, &mut iphone).await;
        let all = are(&[
            ("active", ""),
            ("removed", "removed_by_user"),
            ("removed", "retired"),
            ("wiped", "erased"),
        ]);
        assert_eq!(listed(&api, &id).await, all);
        assert_eq!(only_device(&app).await, id, "one device all the time");
        let actions = app.actions().await;
        let times = |action: &str| actions.iter().filter(|found| *found == action).count();
        assert_eq!(times("device.enroll"), 4);
        assert_eq!(times("enrollment.end"), 2);
        assert_eq!(times("device.check_out"), 1);
    }
);

both_engines!(
    device_that_was_reset_stays_active_until_it_enrolls_again,
    |app| async move {
        let api = app.owner_api().await;
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        let id = only_device(&app).await;
        iphone.person_erases_device();
        assert_eq!(listed(&api, &id).await, are(&[("active", "")]));
        enroll_again(&app, &mut iphone).await;
        let reset = are(&[("active", ""), ("reset", "came_anew")]);
        assert_eq!(listed(&api, &id).await, reset);
        let told =
            "SELECT details FROM event WHERE action = 'device.enroll' ORDER BY seq DESC LIMIT 1";
        let told: Value = serde_json::from_str(&app.text(told).await.unwrap()).unwrap();
        assert_eq!(told["replaced_as"], "reset");
        assert_eq!(told["replaced_because"], "came_anew");

        // An erase that it obeyed and never answered is no wipe that we know of.
        confirmed(&app, &id, erase()).await;
        let offered = iphone.idle().await.unwrap();
        assert!(offered.is_some(), "the erase was fetched");
        iphone.person_erases_device();
        enroll_again(&app, &mut iphone).await;
        let all = are(&[
            ("active", ""),
            ("reset", "erase_unanswered"),
            ("reset", "came_anew"),
        ]);
        assert_eq!(listed(&api, &id).await, all);
        let active = "SELECT count(*) FROM enrollment WHERE status = 'active'";
        assert_eq!(app.count(active).await, 1);
    }
);

both_engines!(
    re_enrollment_that_is_cancelled_leaves_the_active_one_as_it_was,
    |app| async move {
        let api = app.owner_api().await;
        let config = DeviceConfig::iphone(app.next());
        let mut old = app.enrolled(config.clone()).await;
        old.session().await.unwrap();
        let id = only_device(&app).await;
        let invitation = app.invite_with(|new| new.may_replace = true).await;
        let mut new = app.device(config);
        let attempt = new
            .take_invitation(&app.url(), &invitation.code, None)
            .await
            .unwrap();
        let profile = new.download_profile(&attempt.profile_url).await.unwrap();
        new.accept_profile(&profile).await.unwrap();
        new.authenticate().await.unwrap();
        let begun = are(&[("active", ""), ("pending", "")]);
        assert_eq!(listed(&api, &id).await, begun);

        new.person_removes_profile().await.unwrap();
        assert_eq!(listed(&api, &id).await, are(&[("active", "")]));
        let failed = "SELECT cause FROM attempt WHERE status = 'failed'";
        assert_eq!(app.text(failed).await.as_deref(), Some("removed_in_setup"));
        commands::enqueue(&app.core, &app.owner, plain(&id, Request::SecurityInfo {}))
            .await
            .unwrap();
        let served = old.session().await.unwrap();
        assert_eq!(
            served.handled.len(),
            1,
            "the active one is served as before"
        );

        // The same invitation was not used up by it: the same link resumes.
        let mut again = app.device(old.config().clone());
        again.enroll(&app.by(&invitation)).await.unwrap();
        assert_eq!(
            listed(&api, &id).await[0],
            ("active".to_owned(), String::new())
        );
    }
);

/// Apple said two days ago that the device takes no pushes any more, and nothing was heard since.
async fn fall_silent(app: &TestApp) {
    let long_ago = app.core.now_ms() - 2 * 86_400_000;
    app.run_job("last_seen").await;
    for sql in [
        "UPDATE channel SET contact = 'unreachable', last_push_at = $1",
        "UPDATE device_summary SET contact = 'unreachable', last_seen = $1",
    ] {
        app.db().execute(sql, vec![long_ago.into()]).await.unwrap();
    }
    app.run_job("hour").await;
}

both_engines!(
    silent_device_without_pushes_is_inactive_and_active_again_when_it_speaks,
    |app| async move {
        let api = app.owner_api().await;
        let config = DeviceConfig::iphone(app.next());
        let mut iphone = app.enrolled(config.clone()).await;
        iphone.session().await.unwrap();
        let id = only_device(&app).await;
        app.run_job("hour").await;
        assert_eq!(listed(&api, &id).await, are(&[("active", "")]));
        fall_silent(&app).await;
        assert_eq!(listed(&api, &id).await, are(&[("inactive", "push_gone")]));
        assert!(
            app.actions()
                .await
                .contains(&"enrollment.inactive".to_owned())
        );

        // It is still the device of whom it was given to: a stranger's invitation does not reach it.
        let foreign = app
            .invite_with(|new| new.person_name = Some("Mallory".to_owned()))
            .await;
        let mut thief = app.device(config);
        assert!(thief.enroll(&app.by(&foreign)).await.is_err());

        iphone.session().await.unwrap();
        assert_eq!(listed(&api, &id).await, are(&[("active", "")]));
        assert!(
            app.actions()
                .await
                .contains(&"enrollment.active_again".to_owned())
        );
        let shown = "SELECT enrollment_status FROM device_summary";
        assert_eq!(app.text(shown).await.as_deref(), Some("active"));

        // Reset meanwhile, it comes with a new certificate: the older one never comes back.
        fall_silent(&app).await;
        let mut before = iphone.clone();
        iphone.person_erases_device();
        enroll_again(&app, &mut iphone).await;
        let reset = are(&[("active", ""), ("reset", "came_anew")]);
        assert_eq!(listed(&api, &id).await, reset);
        assert!(before.session().await.is_err());
        assert_eq!(listed(&api, &id).await, reset);
    }
);
