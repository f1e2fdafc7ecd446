//! A second persona decides; everything is stopped; a campaign is asked for.

use tillsyn_core::ids::DeviceId;
use tillsyn_testkit::{OWNER_PASSWORD, TestApp, both_engines};

use super::browser::Browser;
use super::lists::signed_in;
use crate::guard::{ERASE, ask, fleet, still};

async fn second(app: &TestApp) -> Browser {
    app.second_owner(1).await;
    let mut browser = Browser::new(app);
    let email = "second-1@example.org";
    browser.sign_in(email, OWNER_PASSWORD).await.expect(303);
    browser
}

both_engines!(
    a_second_persona_sees_and_approves_what_the_first_asked_for,
    still(),
    |app| async move {
        let ids = fleet(&app, 6).await;
        let mut first = Browser::owner(&app).await;
        let mut second = second(&app).await;
        ask(&app, &app.owner, &ids, ERASE).await;
        let id = app.text("SELECT id FROM approval").await.unwrap();
        let path = format!("/console/approvals/{id}");

        let own = first.get(&path).await.expect(200);
        own.says("You asked for this yourself");
        own.says_not(&format!("{path}/approve"));
        first
            .post(&format!("{path}/approve"), &[])
            .await
            .expect(403);

        let list = second.get("/console/approvals").await.expect(200);
        list.says("Erase: 6 devices");
        list.says("Maja Bergqvist");
        let page = second.get(&path).await.expect(200);
        page.says("Erase: 6 devices");
        page.says("Sold");
        page.says("More devices than one person decides on");
        page.says(&format!("/console/devices/{}", ids[0]));
        let stale = "UPDATE session SET fresh_at = fresh_at - 3600000";
        app.db().execute(stale, Vec::new()).await.unwrap();
        let bare = second.post(&format!("{path}/approve"), &[]).await;
        bare.expect(403).says("id=\"password\"");
        let password = ("password", OWNER_PASSWORD);
        let silent = second.post(&format!("{path}/decline"), &[password]).await;
        silent
            .expect(422)
            .says("Say why; whoever asked will read it");
        let fields = [password, ("reason", "Term end")];
        let done = second
            .post(&format!("{path}/approve"), &fields)
            .await
            .expect(303);
        second
            .get(done.location())
            .await
            .expect(200)
            .says("Approved");
        let page = first.get(&path).await.expect(200);
        page.says("Term end");
        page.says("Second 1");
        let on_hold =
            "SELECT count(*) FROM command WHERE status = 'held' AND held_until IS NOT NULL";
        assert_eq!(app.count(on_hold).await, 6);
        let again = second.post(&format!("{path}/approve"), &fields).await;
        again
            .expect(409)
            .says("Somebody has decided on this already");
    }
);

both_engines!(
    whoever_stops_everything_shows_it_on_every_page,
    still(),
    |app| async move {
        let ids = fleet(&app, 1).await;
        let mut first = Browser::owner(&app).await;
        let mut second = second(&app).await;
        ask(&app, &app.owner, &ids, ERASE).await;
        let guard = "/console/settings/guard";
        first.get(guard).await.expect(200).says("Stop everything");
        let fields = [("reason", "That was not me")];
        let done = first
            .post(&format!("{guard}/stop"), &fields)
            .await
            .expect(303);
        let page = first.get(done.location()).await.expect(200);
        page.says("Everything destructive is stopped");
        for path in ["/console", "/console/devices", "/console/commands"] {
            let page = second.get(path).await.expect(200);
            page.says("Everything destructive is frozen in");
            page.says("by Maja Bergqvist");
        }
        let erased = "SELECT count(*) FROM command WHERE act = 'erase' AND finished = 0";
        assert_eq!(app.count(erased).await, 0);
        let freeze = app.text("SELECT id FROM guard_freeze").await.unwrap();
        let end = format!("{guard}/freezes/{freeze}/end");
        let asked = first.post(&end, &[("reason", "Found")]).await.expect(303);
        let approve = format!("{}/approve", asked.location());
        second.post(&approve, &[]).await.expect(303);
        let page = first.get("/console").await.expect(200);
        page.says_not("Everything destructive is frozen in");
    }
);

both_engines!(
    a_campaign_is_looked_at_and_then_asked_for,
    still(),
    |app| async move {
        const SERIALS: &str =
            "SELECT serial_number FROM device_summary ORDER BY serial_number LIMIT 1";
        fleet(&app, 2).await;
        let serial = app.text(SERIALS).await.unwrap();
        let mut first = Browser::owner(&app).await;
        let path = "/console/campaigns/new";
        first.get(path).await.expect(200);
        let mut fields = vec![
            ("name", "Term end"),
            ("act", "erase"),
            ("reason", "The lease is over"),
            ("starts", "2026-01-01"),
            ("ends", "2999-12-31"),
            ("serials", "NOBODYS"),
        ];
        let unknown = first.post(path, &fields).await.expect(422);
        unknown.says("NOBODYS");
        fields[5] = ("serials", serial.as_str());
        let looked = first.post(path, &fields).await.expect(200);
        looked.says("The list names 1 device.");
        fields.push(("confirm", "1"));
        let too_long = first.post(path, &fields).await.expect(422);
        too_long.says("lasts a year at most");
        let now = jiff::Timestamp::from_millisecond(app.core.now_ms()).unwrap();
        let day = |days: i64| {
            let zoned = now.to_zoned(jiff::tz::TimeZone::UTC);
            let date = zoned.date().checked_add(jiff::Span::new().days(days));
            date.unwrap().to_string()
        };
        let (starts, ends) = (day(0), day(20));
        fields[3] = ("starts", starts.as_str());
        fields[4] = ("ends", ends.as_str());
        let asked = first.post(path, &fields).await.expect(303);
        let page = first.get(asked.location()).await.expect(200);
        page.says("Term end");
        page.says("It waits for a second person");
        let list = first.get("/console/campaigns").await.expect(200);
        list.says("0 of 1");
    }
);

both_engines!(
    several_are_erased_from_the_list_by_count_and_with_a_second_person,
    still(),
    |app| async move {
        let ids = fleet(&app, 6).await;
        let mut first = Browser::owner(&app).await;
        let list = first.get("/console/devices").await.expect(200);
        list.says("form=\"many\"");
        let path = "/console/devices/many";
        let chosen = |count: usize| {
            let picked: Vec<String> = ids[..count]
                .iter()
                .map(|id| format!("device={id}"))
                .collect();
            format!("{path}?act=erase&{}", picked.join("&"))
        };
        for (count, submit) in [(2, "Erase 2 devices"), (6, "Ask a second person")] {
            let page = first.get(&chosen(count)).await.expect(200);
            page.says(&format!("Erase {count} devices?"));
            page.says(submit);
            let listed = page.between("name=\"ids\" value=\"", "\"");
            let digest = page.between("name=\"digest\" value=\"", "\"");
            let typed = count.to_string();
            let with = |typed: &str| {
                vec![
                    ("act".to_owned(), "erase".to_owned()),
                    ("ids".to_owned(), listed.clone()),
                    ("digest".to_owned(), digest.clone()),
                    ("reason".to_owned(), "left".to_owned()),
                    ("typed".to_owned(), typed.to_owned()),
                ]
            };
            let fields = with("1");
            let fields: Vec<_> = fields
                .iter()
                .map(|(a, b)| (a.as_str(), b.as_str()))
                .collect();
            let wrong = first.post(path, &fields).await;
            wrong.expect(422).says("This is not the number of devices");
            let fields = with(&typed);
            let fields: Vec<_> = fields
                .iter()
                .map(|(a, b)| (a.as_str(), b.as_str()))
                .collect();
            first.post(path, &fields).await.expect(303);
        }
        let on_hold =
            "SELECT count(*) FROM command WHERE status = 'held' AND held_until IS NOT NULL";
        let waiting = "SELECT count(*) FROM command WHERE status = 'held' AND held_until IS NULL";
        assert_eq!((app.count(on_hold).await, app.count(waiting).await), (2, 6));
    }
);

both_engines!(
    several_are_locked_from_the_list_and_six_wait_for_a_second_person,
    still(),
    |app| async move {
        let ids = fleet(&app, 7).await;
        let mut first = Browser::owner(&app).await;
        let list = first.get("/console/devices").await.expect(200);
        list.says("name=\"act\" value=\"lock\"");
        let path = "/console/devices/many";
        let ask = |ids: &[DeviceId]| {
            let picked: Vec<String> = ids.iter().map(|id| format!("device={id}")).collect();
            format!("{path}?act=lock&{}", picked.join("&"))
        };
        // One has the page of its own.
        let one = first.get(&ask(&ids[..1])).await.expect(303);
        assert_eq!(one.location(), format!("/console/devices/{}/lock", ids[0]));
        first
            .get(&format!("{path}?act=explode&device={}", ids[0]))
            .await
            .expect(404);

        // One that cannot stops the rest until it is left out.
        let gone = "UPDATE enrollment SET status = 'removed' WHERE device_id = $1";
        app.db()
            .execute(gone, vec![ids[6].as_str().into()])
            .await
            .unwrap();
        let page = first.get(&ask(&ids)).await.expect(200);
        page.says("Some of these devices cannot do this");
        page.says_not("Ask a second person");

        for (from, to, submit) in [(0, 2, "Lock 2 devices"), (0, 6, "Ask a second person")] {
            let page = first.get(&ask(&ids[from..to])).await.expect(200);
            page.says("They lock at once");
            page.says(submit);
            page.says_not("name=\"typed\"");
            let listed = page.between("name=\"ids\" value=\"", "\"");
            let digest = page.between("name=\"digest\" value=\"", "\"");
            let mut fields = vec![
                ("act", "lock"),
                ("ids", listed.as_str()),
                ("digest", "other"),
                ("reason", "lost"),
                ("message", "Call us"),
            ];
            let other = first.post(path, &fields).await.expect(409);
            other.says("These are not the devices");
            other.says("value=\"Call us\"");
            fields[2].1 = digest.as_str();
            first.post(path, &fields).await.expect(303);
        }
        let waiting = "SELECT count(*) FROM command WHERE request_type = 'DeviceLock' \
            AND status = 'held' AND held_until IS NULL";
        let sent = "SELECT count(*) FROM command WHERE request_type = 'DeviceLock' \
            AND status <> 'held'";
        assert_eq!((app.count(sent).await, app.count(waiting).await), (2, 6));
        let mut second = second(&app).await;
        second
            .get("/console/approvals")
            .await
            .expect(200)
            .says("6 devices");
    }
);

both_engines!(
    who_may_not_lock_or_not_there_locks_none_of_several,
    still(),
    |app| async move {
        let ids = fleet(&app, 2).await;
        let api = app.owner_api().await;
        let law = api
            .post("/api/v1/units", &serde_json::json!({"name": "Law"}))
            .await;
        let law = law.expect(201)["id"].as_str().unwrap().to_owned();
        let root = "SELECT id FROM org_unit WHERE parent_id IS NULL";
        let root = app.text(root).await.unwrap();
        let both = format!("{},{}", ids[0], ids[1]);
        let fields = [("act", "lock"), ("ids", both.as_str()), ("digest", "")];
        let path = "/console/devices/many";
        let page = format!("{path}?act=lock&device={}&device={}", ids[0], ids[1]);
        let mut auditor = signed_in(&app, "auditor", "auditor", &root).await;
        let mut lawyer = signed_in(&app, "lawyer", "help_desk", &law).await;
        for (browser, status) in [(&mut auditor, 403), (&mut lawyer, 404)] {
            browser.get(&page).await.expect(status);
            browser.post(path, &fields).await.expect(status);
        }
        // Whoever may lock and not erase does not erase by the same page.
        let mut desk = signed_in(&app, "desk", "help_desk", &root).await;
        let list = desk.get("/console/devices").await.expect(200);
        list.says("name=\"act\" value=\"lock\"");
        list.says_not("name=\"act\" value=\"erase\"");
        desk.get(&page.replace("lock", "erase")).await.expect(403);
        desk.get(&page).await.expect(200).says("Lock 2 devices");
        let locks = "SELECT count(*) FROM command WHERE request_type = 'DeviceLock'";
        assert_eq!(app.count(locks).await, 0);
    }
);
