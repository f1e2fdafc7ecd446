//! Devices that enrolled after the backup, taken in again on their page.

use serde_json::json;
use tillsyn_db::args;
use tillsyn_testkit::{TestApp, both_engines};

use super::Browser;
use super::lists::signed_in;
use crate::wire::unknown::lost;

const LIST: &str = "/console/enrollment/unknown";
const READOPT: &str = "/console/enrollment/unknown/readopt";
const ADOPTED: &str = "SELECT count(*) FROM event WHERE action = 'enrollment.readopt'";

/// The form of the page that says what would happen.
fn fields<'a>(which: &'a str, certificate: &'a str, seen_at: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("which", which),
        ("certificate", certificate),
        ("ownership", "corporate"),
        ("unit", ""),
        ("platform", "ios"),
        ("seen_at", seen_at),
    ]
}

async fn knocking(app: &TestApp, udid: &str, n: usize) -> String {
    let device = lost(app, udid, n, &format!("urn:tillsyn:issuance:{n}"));
    assert_eq!(device.poll().await.0, 403);
    device.sha256()
}

both_engines!(
    ticked_devices_from_after_the_backup_are_taken_in_after_a_look,
    |app| async move {
        let one = lost(&app, "LOST-1", 1, "urn:tillsyn:issuance:1");
        let two = lost(&app, "LOST-2", 2, "urn:tillsyn:issuance:2");
        for device in [&one, &two] {
            assert_eq!(device.poll().await.0, 403);
        }
        let mut owner = Browser::owner(&app).await;
        for page in ["/console", "/console/enrollment/attempts"] {
            owner.get(page).await.expect(200).says(LIST);
        }
        let box_of = |sha256: &str| format!("name=\"certificate\" value=\"{sha256}\"");
        let list = owner.get(LIST).await.expect(200);
        list.says(&box_of(&one.sha256()));
        list.says("Not known from before");
        let found = owner.get(&format!("{LIST}?q=lost-2")).await.expect(200);
        found.says(&box_of(&two.sha256()));
        found.says_not(&box_of(&one.sha256()));
        let none = owner.get(&format!("{LIST}?q=zzz")).await.expect(200);
        none.says_not("id=\"many\"");
        let words = "ownership=corporate&platform=ios";
        let nobody = format!("{READOPT}?which=chosen&{words}");
        assert_eq!(owner.get(&nobody).await.expect(303).location(), LIST);

        let both = format!("{},{}", one.sha256(), two.sha256());
        let (first, second) = (one.sha256(), two.sha256());
        let ticked =
            format!("{READOPT}?which=chosen&{words}&certificate={first}&certificate={second}");
        let page = owner.get(&ticked).await.expect(200);
        page.says("Take in 2 devices again?");
        let seen = page.between("name=\"seen_at\" value=\"", "\"");
        let form = fields("chosen", &both, &seen);
        owner.send_form(READOPT, &form).await.expect(403);
        assert_eq!(app.count(ADOPTED).await, 0);

        // One of them is gone when the person says yes.
        let gone = "DELETE FROM unknown_sender WHERE sha256 = $1";
        app.db().execute(gone, args![two.sha256()]).await.unwrap();
        let done = owner.post(READOPT, &form).await.expect(200);
        done.says("1 device is taken in again");
        done.says("no such certificate knocks here any more");
        assert_eq!(app.count(ADOPTED).await, 1);
        assert_eq!(one.poll().await.0, 200);
        assert_eq!(two.poll().await.0, 403);
        let list = owner.get(LIST).await.expect(200);
        list.says(&box_of(&two.sha256()));
        list.says_not(&box_of(&one.sha256()));
    }
);

both_engines!(
    what_the_look_says_is_what_becomes_of_all,
    |app| async move {
        for (n, udid) in ["PLAIN-1", "PLAIN-2", "RIVAL", "RIVAL"].iter().enumerate() {
            knocking(&app, udid, n + 1).await;
        }
        let mut owner = Browser::owner(&app).await;
        let look = format!("{READOPT}?which=all&ownership=corporate&platform=ios");
        let page = owner.get(&look).await.expect(200);
        page.says("Take in 2 devices again?");
        page.says("2 stay outside; the list says why.");
        page.says("several certificates say that they are this device");
        let seen = page.between("name=\"seen_at\" value=\"", "\"");

        // Whoever comes after the look is not meant, and the sign-in has to be fresh.
        let stale = "UPDATE session SET fresh_at = fresh_at - 1200000";
        app.db().execute(stale, args![]).await.unwrap();
        let late = knocking(&app, "LATE-1", 5).await;
        let form = fields("all", "", &seen);
        let stale = owner.post(READOPT, &form).await.expect(403);
        stale.says("name=\"password\"");
        assert_eq!(app.count(ADOPTED).await, 0);
        let mut proven = form.to_vec();
        proven.push(("password", tillsyn_testkit::OWNER_PASSWORD));
        let done = owner.post(READOPT, &proven).await.expect(200);
        done.says("2 devices are taken in again");
        done.says("2 stayed outside");
        assert_eq!(app.count(ADOPTED).await, 2);
        owner.get(LIST).await.expect(200).says(&late);

        // Only for whoever may move enrollments in the whole organisation.
        let api = app.owner_api().await;
        let law = api.post("/api/v1/units", &json!({ "name": "Law" })).await;
        let law = law.expect(201)["id"].as_str().unwrap().to_owned();
        let root = "SELECT id FROM org_unit WHERE parent_id IS NULL";
        let root = app.text(root).await.unwrap();
        for (role, unit) in [("administrator", &law), ("help_desk", &root)] {
            let mut other = signed_in(&app, role, role, unit).await;
            other.get(LIST).await.expect(403);
            other.get(&look).await.expect(403);
            let form = fields("chosen", &late, &seen);
            other.post(READOPT, &form).await.expect(403);
        }
        assert_eq!(app.count(ADOPTED).await, 2);
    }
);
