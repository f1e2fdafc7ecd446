//! A device that its person sets up once more, from its page.

use serde_json::Value;
use tillsyn_core::self_service::{Level, Owner, SelfAct};
use tillsyn_db::args;
use tillsyn_sim::{Device, DeviceConfig};
use tillsyn_testkit::{TestApp, both_engines};

use super::browser::{Browser, IPHONE};
use super::my_device::{Me, let_, still};
use super::steps::{agree, attempt_id};

/// Presses the button, and follows the link to the profile; gives the step.
async fn begin(me: &mut Me) -> String {
    let answer = me.post("/again", "").await;
    assert_eq!(answer.status, 303, "{}", answer.html);
    let link = answer.location;
    assert!(link.starts_with("/e/"), "{link}");
    me.browser.get(&link).await.is(200, "iPhone");
    let path = format!("{link}/begin");
    let step = me.browser.post(&path, "platform=iphone").await.location;
    let page = me.browser.get(&step).await;
    page.is(200, "I agree, set up this iPhone");
    agree(&mut me.browser, &step, &page).await;
    step
}

/// Installs the profile of a step; whether the server took the device.
async fn install(app: &TestApp, browser: &mut Browser, step: &str, device: &mut Device) -> bool {
    let profile = browser.get(step).await.profile().unwrap().to_owned();
    let url = format!("{}{profile}", app.url());
    let bytes = device.download_profile(&url).await.unwrap();
    device.accept_profile(&bytes).await.unwrap();
    device.authenticate().await.is_ok() && device.token_update().await.is_ok()
}

async fn enrollments(app: &TestApp) -> Vec<(String, String)> {
    const LIST: &str = "SELECT status, ownership FROM enrollment ORDER BY created_at DESC, id DESC";
    let rows = app.db().query_all(LIST, args![]).await.unwrap();
    let pair = |row: &tillsyn_db::Row| (row.text(0).unwrap(), row.text(1).unwrap());
    rows.iter().map(pair).collect()
}

fn are(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
    expected.iter().map(owned).collect()
}

both_engines!(
    a_device_that_lost_its_profile_is_set_up_again_from_its_page_and_stays_one_device,
    still(),
    |app| async move {
        // Nobody may bring devices in by themselves here: this one is theirs already.
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        elin.device.person_removes_profile().await.unwrap();
        app.clock.advance_ms(60_000);
        let home = elin.browser.get("/portal").await;
        home.is(200, "is not managed any more");
        let page = elin.page().await;
        page.is(200, "The management profile was removed on the device.");
        page.says(&format!("action=\"{}\"", elin.path("/again")));

        let step = begin(&mut elin).await;
        // A copy of the link would be for any device, and for whoever has it: nobody sends one.
        let api = app.owner_api().await;
        let listed = api.get("/api/v1/invitations").await.expect(200);
        let newest = listed["items"][0]["id"].as_str().unwrap();
        let path = format!("/api/v1/invitations/{newest}/resend");
        let refused = api.post(&path, &serde_json::json!({})).await.expect(409);
        assert_eq!(refused["code"], "invitation_self_made");
        let mut device = elin.device.clone();
        assert!(install(&app, &mut elin.browser, &step, &mut device).await);
        device.session().await.unwrap();
        assert_eq!(
            enrollments(&app).await,
            are(&[("active", "corporate"), ("removed", "corporate")])
        );
        assert_eq!(app.count("SELECT count(*) FROM device").await, 1);
        let page = elin.page().await;
        page.is(200, "In order");
        assert!(!page.html.contains("not managed any more"));
        elin.browser.get("/portal").await.is(200, "All in order");

        // Erased by hand, it comes anew; of several entries the newest alone is active.
        device.person_erases_device();
        app.clock.advance_ms(60_000);
        let step = begin(&mut elin).await;
        assert!(install(&app, &mut elin.browser, &step, &mut device).await);
        device.session().await.unwrap();
        let active = enrollments(&app).await;
        assert_eq!(active.len(), 3);
        assert_eq!(active[0].0, "active");
        let active = active.iter().filter(|(status, _)| status == "active");
        assert_eq!(active.count(), 1);
        assert_eq!(app.count("SELECT count(*) FROM device").await, 1);
        let told = "SELECT details FROM event WHERE action = 'invitation.create' ORDER BY seq DESC LIMIT 1";
        let told: Value = serde_json::from_str(&app.text(told).await.unwrap()).unwrap();
        assert_eq!(told["device_id"], elin.id.as_str());
    }
);

both_engines!(
    the_link_to_set_a_device_up_again_takes_no_other_device,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        app.clock.advance_ms(60_000);
        let step = begin(&mut elin).await;
        let mut other = app.device(DeviceConfig::iphone(app.next()));
        assert!(!install(&app, &mut elin.browser, &step, &mut other).await);
        assert_eq!(enrollments(&app).await, are(&[("active", "corporate")]));
        let failed = "SELECT cause FROM attempt WHERE id = $1";
        let row = app
            .db()
            .query_optional(failed, args![attempt_id(&step)])
            .await
            .unwrap();
        assert_eq!(row.unwrap().text(0).unwrap(), "wrong_device");
        elin.browser
            .get(&step)
            .await
            .is(200, "Another device answered than the one");
        // The device that is meant still comes in by it, and replaces what it had.
        let again = elin.browser.post(&format!("{step}/again"), "").await;
        let mut device = app.device(elin.device.config().clone());
        assert!(install(&app, &mut elin.browser, &again.location, &mut device).await);
        let listed = enrollments(&app).await;
        assert_eq!(listed.len(), 2);
        assert_eq!(listed[0].0, "active");
        assert_ne!(listed[1].0, "active");
    }
);

both_engines!(
    a_device_is_set_up_again_by_its_own_person_where_the_unit_lets_them,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        let mut bo = Me::with(&app, "Bo", "corporate").await;
        // Somebody else's is not there.
        let foreign = elin.path("/again");
        assert_eq!(bo.post_at(&foreign, "").await.status, 404);
        let bare = bo.browser.post(&bo.path("/again"), "").await;
        assert_ne!(bare.status, 303, "without the token of a page");

        let_(&app, Owner::Corporate, SelfAct::Reenroll, Level::Off).await;
        let page = elin.page().await;
        assert!(!page.html.contains("/again\""), "{}", page.html);
        assert_eq!(elin.post("/again", "").await.status, 403);

        let_(&app, Owner::Corporate, SelfAct::Reenroll, Level::On).await;
        for sql in [
            "UPDATE device SET stolen = 1 WHERE id = $1",
            "UPDATE device_summary SET status = 'stolen' WHERE device_id = $1",
        ] {
            app.db().execute(sql, args![&elin.id]).await.unwrap();
        }
        let page = elin.page().await;
        assert!(!page.html.contains("/again\""), "{}", page.html);
        assert_eq!(elin.post("/again", "").await.status, 403);
        let made = "SELECT count(*) FROM invitation WHERE self_made = 1";
        assert_eq!(app.count(made).await, 0);

        // A link that was not used ends with the next one.
        let first = bo.post("/again", "").await.location;
        let second = bo.post("/again", "").await.location;
        let mut fresh = Browser::new(&app, IPHONE, "en");
        fresh.get(&first).await.is(410, "withdrawn");
        assert_eq!(fresh.get(&second).await.status, 200);
    }
);
