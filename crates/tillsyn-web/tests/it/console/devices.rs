//! Devices: the list, and the acts through their forms.

use tillsyn_core::devices;
use tillsyn_sim::{DeviceConfig, SessionEnd};
use tillsyn_testkit::{Engine, OWNER_PASSWORD, TestApp, both_engines};

use super::Browser;
use crate::device::story::{PROFILE, only_device};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_is_searched_filtered_sorted_and_paged_by_its_address() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut iphone = app.enrolled_iphone().await;
    iphone.sessions().await.unwrap();
    let mut mac = app.enrolled_mac().await;
    mac.sessions().await.unwrap();
    let mut owner = Browser::owner(&app).await;
    let page = owner.get("/console/devices").await.expect(200);
    page.says(iphone.serial());
    page.says(mac.serial());
    page.says("2 of 2");
    let page = owner
        .get("/console/devices?platform=macos")
        .await
        .expect(200);
    page.says(mac.serial());
    page.says_not(iphone.serial());
    let page = owner
        .get(&format!("/console/devices?q={}", iphone.serial()))
        .await
        .expect(200);
    page.says(iphone.serial());
    page.says_not(mac.serial());
    let page = owner
        .get("/console/devices?status=retired&platform=ios")
        .await
        .expect(200);
    page.says("Nothing matches");
    page.says("Without Status: Retired");
    let odd = owner
        .get("/console/devices?colour=red&sort=size&after=odd")
        .await
        .expect(200);
    odd.says("ignored: colour, sort=size");
    odd.says(mac.serial());
    owner
        .get("/console/devices?seen=24h&status=active")
        .await
        .expect(200)
        .says("2 of 2");
}

both_engines!(
    what_was_just_queued_is_taken_back_until_the_device_fetches_it,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.sessions().await.unwrap();
        let id = only_device(&app).await;
        let at = |tab: &str| format!("/console/devices/{id}{tab}");
        let mut owner = Browser::owner(&app).await;
        let queue = async |owner: &mut Browser| {
            owner.post(&at("/lock"), &[]).await.expect(303);
            let page = owner.get(&at("")).await.expect(200);
            let form = page.between("<form method=\"post\" action=\"", " data-undo");
            form.rsplit("action=\"")
                .next()
                .unwrap()
                .split('"')
                .next()
                .unwrap()
                .to_owned()
        };
        let undo = queue(&mut owner).await;
        owner.get(&at("")).await.expect(200).says_not("data-undo");
        owner.post(&undo, &[]).await.expect(303);
        iphone.sessions().await.unwrap();
        assert_eq!(app.story("DeviceLock").await.last().unwrap(), "cancelled");

        let undo = queue(&mut owner).await;
        iphone.sessions().await.unwrap();
        owner.post(&undo, &[]).await.expect(303);
        let late = owner.get(&at("")).await.expect(200);
        late.says("Too late");
        late.says("send the device another command");
        late.says_not("data-undo");

        // Nobody is led elsewhere by a cookie that somebody planted.
        owner.post(&at("/lock"), &[]).await.expect(303);
        owner.plant("tillsyn-undo", "//elsewhere.example.x");
        owner.get(&at("")).await.expect(200).says_not("data-undo");
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_is_asked_locked_and_given_a_profile() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut iphone = app.enrolled_iphone().await;
    iphone.sessions().await.unwrap();
    let id = only_device(&app).await;
    let at = |tab: &str| format!("/console/devices/{id}{tab}");
    let mut owner = Browser::owner(&app).await;

    let to = owner.post(&at("/refresh"), &[]).await.expect(303);
    assert_eq!(to.location(), at(""));
    let page = owner.get(&at("")).await.expect(200);
    page.says("The device is asked to tell its state");
    owner
        .get(&at(""))
        .await
        .expect(200)
        .says_not("The device is asked to tell its state");
    assert_eq!(
        app.count("SELECT count(*) FROM command WHERE finished = 0")
            .await,
        5
    );

    let fields = [("message", "Found? Call us"), ("phone", "+46 8 000")];
    owner.post(&at("/lock"), &fields).await.expect(303);
    let upload = owner
        .upload(&at("/profiles"), &[], &[("profile", PROFILE)])
        .await
        .expect(303);
    assert_eq!(upload.location(), at("/commands"));
    let odd = owner
        .upload(&at("/profiles"), &[], &[("profile", "no profile")])
        .await;
    odd.expect(422)
        .says("This file is not a configuration profile");
    iphone.sessions().await.unwrap();
    assert_eq!(
        app.story("DeviceLock").await.last().unwrap(),
        "acknowledged"
    );
    // A locked phone says NotNow to a profile until somebody opens it.
    let waits = owner.get(&at("/commands")).await.expect(200);
    waits.says("most often because it is locked");
    iphone.unlock_screen();
    iphone.sessions().await.unwrap();
    assert_eq!(
        app.story("InstallProfile").await.last().unwrap(),
        "acknowledged"
    );

    owner.post(&at("/refresh"), &[]).await.expect(303);
    iphone.sessions().await.unwrap();
    let page = owner.get(&at("/profiles")).await.expect(200);
    page.says("org.example.webclip");
    let remove = [("identifier", "org.example.webclip")];
    owner
        .post(&at("/profiles/remove"), &remove)
        .await
        .expect(303);
    // Its own enrollment profile is a retire, which has its dialog.
    let detail = devices::device(&app.core, &app.owner, &id).await.unwrap();
    let own = detail.enrollment_profile_identifier.unwrap();
    let to = owner
        .post(&at("/profiles/remove"), &[("identifier", &own)])
        .await
        .expect(303);
    assert_eq!(to.location(), at("/retire"));
    let command = app
        .text("SELECT id FROM command WHERE request_type = 'RemoveProfile'")
        .await;
    let withdraw = at(&format!("/commands/{}/withdraw", command.unwrap()));
    owner.post(&withdraw, &[]).await.expect(303);
    assert_eq!(app.story("RemoveProfile").await, ["queued", "cancelled"]);
    owner
        .get(&at("/history"))
        .await
        .expect(200)
        .says("withdrew");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pin_of_a_locked_mac_is_shown_on_the_answer_and_never_again() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut mac = app.enrolled_mac().await;
    mac.sessions().await.unwrap();
    let id = only_device(&app).await;
    let mut owner = Browser::owner(&app).await;
    let path = format!("/console/devices/{id}/lock");
    let shown = owner.post(&path, &[]).await.expect(200);
    assert_eq!(shown.headers["cache-control"], "no-store");
    let notice = shown.between("PIN for ", "</b>");
    let pin = notice.rsplit(' ').next().unwrap().to_owned();
    assert_eq!(pin.len(), 6, "{notice}");
    owner
        .get(&format!("/console/devices/{id}"))
        .await
        .expect(200)
        .says_not(&pin);
    assert_eq!(mac.session().await.unwrap().end, SessionEnd::PinLocked);
    assert!(mac.unlock_with_pin(&pin));
}

both_engines!(
    a_trend_counts_by_the_beginnings_of_its_days,
    |app| async move {
        // Days of 23, 24 and 25 hours, and one that has not ended.
        const HOUR: i64 = 3_600_000;
        let starts = [0, 23, 47, 72].map(|hours| 1_000_000_000_000 + hours * HOUR);
        for (at, hours) in [(0, 22), (1, 23), (2, 71), (3, 72)] {
            app.enrolled_iphone().await.sessions().await.unwrap();
            let id = crate::api::plans::device_id(&app, at).await;
            let sql = "UPDATE enrollment SET enrolled_at = $1 WHERE device_id = $2";
            let moment = 1_000_000_000_000_i64 + hours * HOUR;
            let values = vec![moment.into(), id.as_str().into()];
            app.db().execute(sql, values).await.unwrap();
        }
        let of = async |starts: &[i64]| {
            let days = devices::trend(&app.core, &app.owner, starts).await.unwrap();
            let days = days.into_iter().map(|day| (day.enrolled, day.ended));
            days.collect::<Vec<_>>()
        };
        assert_eq!(of(&starts).await, [(1, 0), (1, 0), (1, 0), (1, 0)]);
        assert_eq!(of(&starts[2..]).await, [(1, 0), (1, 0)]);
        assert_eq!(of(&starts[3..]).await, [(1, 0)]);
        assert!(of(&[]).await.is_empty());
    }
);

both_engines!(an_erase_takes_name_password_and_hold, |app| async move {
    let mut iphone = app.enrolled(DeviceConfig::iphone(app.next())).await;
    iphone.sessions().await.unwrap();
    let id = only_device(&app).await;
    let name = devices::device(&app.core, &app.owner, &id)
        .await
        .unwrap()
        .row
        .name;
    let path = format!("/console/devices/{id}/erase");
    let mut owner = Browser::owner(&app).await;
    let stale = "UPDATE session SET fresh_at = fresh_at - 3600000";
    app.db().execute(stale, Vec::new()).await.unwrap();
    let dialog = owner.get(&path).await.expect(200);
    dialog.says("id=\"password\"");
    dialog.says("In 24 hours: you 0 of 5, the organisation 0 of 10");

    let typed = ("typed", name.as_str());
    let reason = ("reason", "stolen");
    let without = owner.post(&path, &[typed, reason]).await.expect(403);
    without.says("This field is needed");
    let wrong = owner
        .post(&path, &[typed, reason, ("password", "wrong wrong wrong")])
        .await;
    wrong.expect(422).says("The password is not right");
    let password = ("password", OWNER_PASSWORD);
    let misnamed = owner
        .post(&path, &[("typed", "Another"), reason, password])
        .await
        .expect(422);
    misnamed.says("This is not the device’s name yet");
    misnamed.says("value=\"Another\"");
    misnamed.says_not(OWNER_PASSWORD);
    assert_eq!(
        app.count("SELECT count(*) FROM command WHERE request_type = 'EraseDevice'")
            .await,
        0
    );

    let note = ("note", "ticket 88213");
    let done = owner
        .post(&path, &[typed, reason, note, password])
        .await
        .expect(303);
    assert_eq!(done.location(), format!("/console/devices/{id}"));
    let page = owner.get(done.location()).await.expect(200);
    page.says("It goes at ");
    page.says("data-deadline=");
    page.says("Erase goes at ");
    assert_eq!(iphone.session().await.unwrap().handled.len(), 0);
    assert_eq!(
        app.text("SELECT reason FROM command_batch WHERE request_type = 'EraseDevice'")
            .await
            .as_deref(),
        Some("stolen: ticket 88213")
    );
    let released = "UPDATE command SET held_until = 0 WHERE status = 'held'";
    app.db().execute(released, Vec::new()).await.unwrap();
    app.run_job("holds").await;
    assert_eq!(iphone.session().await.unwrap().end, SessionEnd::Erased);
    let page = owner
        .get(&format!("/console/devices/{id}"))
        .await
        .expect(200);
    page.says("This device was erased on ");
    page.says_not("/erase\"");
    let events = app.actions().await;
    assert!(events.contains(&"session.confirm".to_owned()), "{events:?}");
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_personal_device_is_retired_and_never_erased() {
    let app = TestApp::new(Engine::Sqlite).await;
    let invitation = app
        .invite_with(|new| new.ownership = "personal".to_owned())
        .await;
    let mut iphone = app.device(DeviceConfig::iphone(app.next()));
    iphone.enroll(&app.by(&invitation)).await.unwrap();
    iphone.sessions().await.unwrap();
    let id = only_device(&app).await;
    let name = devices::device(&app.core, &app.owner, &id)
        .await
        .unwrap()
        .row
        .name;
    let at = |act: &str| format!("/console/devices/{id}{act}");
    let mut owner = Browser::owner(&app).await;
    let page = owner.get(&at("")).await.expect(200);
    page.says_not(&at("/erase"));
    page.says("Not shared");
    let fields = [("typed", name.as_str()), ("reason", "left")];
    owner.post(&at("/erase"), &fields).await.expect(409);
    owner.post(&at("/retire"), &fields).await.expect(303);
    let held = "SELECT count(*) FROM command WHERE act = 'retire' AND status = 'held'";
    assert_eq!(app.count(held).await, 1);
    assert_eq!(
        app.count("SELECT count(*) FROM command WHERE act = 'erase'")
            .await,
        0
    );
}
