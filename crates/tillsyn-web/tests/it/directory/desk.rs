//! What administrators do about directories, by API and console.

use serde_json::{Value, json};
use tillsyn_core::actor::Permission as P;
use tillsyn_core::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use tillsyn_core::directory::{NewSource, SourceKind, create_source};
use tillsyn_core::ids::{DirectoryId, OrgUnitId};
use tillsyn_core::{Actor, org};
use tillsyn_testkit::{Api, OWNER_PASSWORD, TestApp, both_engines};

use super::life::{device_of, waiting};
use super::{STATE, STATUS, by_hand, entry, group, ldap, people, person, read, text};
use crate::console::browser::Browser;
use crate::walk::somebody;

/// Two devices in a day.
const BUDGET: &str = "INSERT INTO setting (name, value, updated_at) VALUES ('guard', \
    '{\"day_floor\":2,\"day_percent\":0,\"short_limit\":2}', 0)";
const WAITS: &str = "SELECT id FROM directory_run WHERE status = 'held'";

fn proof() -> Value {
    json!({ "password": OWNER_PASSWORD })
}

async fn at(app: &TestApp, unit: &str, name: &str) -> DirectoryId {
    let new = NewSource {
        kind: SourceKind::Ldap,
        name: name.to_owned(),
        unit: OrgUnitId::parse(unit),
        priority: None,
    };
    let made = create_source(&app.core, &Actor::server(), new).await;
    made.unwrap().id
}

async fn unit(api: &Api, name: &str) -> String {
    let made = api.post("/api/v1/units", &json!({ "name": name })).await;
    made.expect(201)["id"].as_str().unwrap().to_owned()
}

both_engines!(
    a_reading_that_waits_is_released_or_declined_by_somebody_who_proves_it_is_them,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let id = ldap(&app, "AD", 10).await;
        read(&app, &id, people(8), Vec::new()).await;
        let path = format!("/api/v1/directories/{id}/runs");
        // Declined, everything stays as it is.
        read(&app, &id, people(2), Vec::new()).await;
        let run = app.text(WAITS).await.unwrap();
        let shown = api.get(&format!("{path}?held=true")).await.expect(200);
        assert_eq!(shown["items"][0]["id"], run.as_str());
        assert_eq!(
            shown["items"][0]["held"]["reasons"],
            json!(["many_suspended"])
        );
        assert_eq!(shown["items"][0]["held"]["people"], 6);
        let declined = api.post(&format!("{path}/{run}/decline"), &proof()).await;
        assert_eq!(declined.expect(200)["status"], "declined");
        let out = "SELECT count(*) FROM person WHERE status = 'inactive'";
        assert_eq!(app.count(out).await, 0);
        let over = api.post(&format!("{path}/{run}/release"), &proof()).await;
        assert_eq!(over.expect(409)["code"], "run_over");

        // Released, it happens; a token alone does not do it, nor a wrong password, nor another directory's address.
        app.clock.advance_ms(MINUTE_MS);
        read(&app, &id, people(2), Vec::new()).await;
        let run = app.text(WAITS).await.unwrap();
        let release = format!("{path}/{run}/release");
        let refused = api.post(&release, &json!({})).await.expect(403);
        assert_eq!(refused["code"], "password_needed");
        let wrong = json!({ "password": "not the password" });
        api.post(&release, &wrong).await.expect(422);
        let other = ldap(&app, "Other", 20).await;
        let elsewhere = format!("/api/v1/directories/{other}/runs/{run}/release");
        api.post(&elsewhere, &proof()).await.expect(404);
        let reader = app.api(&[P::PeopleRead]).await;
        reader.get(&path).await.expect(200);
        reader.post(&release, &proof()).await.expect(403);
        assert_eq!(app.count(out).await, 0);
        let done = api.post(&release, &proof()).await.expect(200);
        assert_eq!(done["status"], "released");
        assert_eq!(app.count(out).await, 6);
        let actions = app.actions().await;
        for action in ["directory.release", "directory.decline"] {
            assert!(actions.contains(&action.to_owned()), "{action}");
        }
        // The next reading says the same and undoes nothing.
        app.clock.advance_ms(MINUTE_MS);
        assert!(!read(&app, &id, people(2), Vec::new()).await.held);
        assert_eq!(app.count(out).await, 6);
    }
);

both_engines!(
    the_page_shows_what_waits_and_lets_it_happen,
    by_hand(),
    |app| async move {
        let id = ldap(&app, "AD", 10).await;
        let all: Vec<String> = (0..8).map(|n| format!("p{n}")).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        read(&app, &id, people(8), vec![group("staff", &all)]).await;
        read(&app, &id, people(8), vec![group("staff", &[])]).await;
        let run = app.text(WAITS).await.unwrap();
        let mut browser = Browser::owner(&app).await;
        let here = format!("/console/settings/directories/{id}");
        let page = browser.get(&here).await.expect(200);
        let release = format!("{here}/runs/{run}/release");
        page.says(&release);
        page.says("A group with many members would be empty.");
        let members = "SELECT count(*) FROM group_member";
        assert_eq!(app.count(members).await, 8);
        browser.post(&release, &[]).await.expect(303);
        assert_eq!(app.count(members).await, 0);
        browser.get(&here).await.expect(200).says_not(&release);
        // The rule for leavers is on the same page.
        let rule = [
            ("grace_days", "7"),
            ("lock_corporate", "on"),
            ("suspended_days", "30"),
        ];
        browser
            .post(&format!("{here}/leavers"), &rule)
            .await
            .expect(303);
        let kept =
            "SELECT count(*) FROM leaver_policy WHERE grace_days = 7 AND suspended_days = 30";
        assert_eq!(app.count(kept).await, 1);
        let bad = [("grace_days", "31")];
        browser
            .post(&format!("{here}/leavers"), &bad)
            .await
            .expect(422);
        assert_eq!(app.count(kept).await, 1);
    }
);

both_engines!(
    a_units_rule_decides_what_becomes_of_devices,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let root = org::root(&app.core).await.unwrap().id;
        let below = unit(&api, "Physics").await;
        let path = |unit: &str| format!("/api/v1/units/{unit}/leaver-policy");
        let usual = api.get(&path(root.as_str())).await.expect(200);
        assert_eq!(
            usual,
            json!({"grace_days": 3, "retire_personal": true, "lock_corporate": false,
                "suspended_days": null, "own": false})
        );
        let rule = json!({"grace_days": 1, "retire_personal": false, "lock_corporate": true,
            "suspended_days": 14});
        let set = api.put(&path(root.as_str()), &rule).await.expect(200);
        assert_eq!(
            (&set["own"], &set["suspended_days"]),
            (&json!(true), &json!(14))
        );
        let above = api.get(&path(&below)).await.expect(200);
        assert_eq!(
            (&above["own"], &above["grace_days"]),
            (&json!(false), &json!(1))
        );
        for bad in [
            json!({"grace_days": 31, "retire_personal": true, "lock_corporate": false}),
            json!({"grace_days": 1, "retire_personal": true, "lock_corporate": false, "suspended_days": 0}),
            json!({"grace_days": 1}),
        ] {
            let status = api.put(&path(&below), &bad).await.status;
            assert!((400..=422).contains(&status), "{bad}: {status}");
        }
        // Devices: theirs is kept and ours is locked, after a day.
        let id = at(&app, &below, "AD").await;
        read(&app, &id, people(3), Vec::new()).await;
        let gone = person(&app, "p2").await;
        let own = device_of(&app, &gone, "personal").await;
        let ours = device_of(&app, &gone, "corporate").await;
        read(&app, &id, people(2), Vec::new()).await;
        let listed = api.get(&format!("/api/v1/directories/{id}/leavers")).await;
        let listed = listed.expect(200);
        assert_eq!(listed["items"][0]["person_id"], gone.as_str());
        assert_eq!(listed["items"][0]["state"], "suspended");
        assert_eq!(listed["items"][0]["to_return"], 1);
        // Suspended for as long as the rule says is as having left.
        app.clock.advance_ms(14 * DAY_MS);
        app.run_job("minute").await;
        assert_eq!(text(&app, STATE, &gone).await.unwrap(), "leaving");
        assert_eq!(waiting(&app, &ours).await, None);
        app.clock.advance_ms(DAY_MS);
        app.run_job("minute").await;
        assert_eq!(waiting(&app, &ours).await.unwrap(), "lock");
        assert_eq!(waiting(&app, &own).await, None);
        // The unit's own rule goes: that of the unit above counts again.
        let api = app.owner_api().await;
        api.delete(&path(root.as_str())).await;
        let usual = api.get(&path(root.as_str())).await.expect(200);
        assert_eq!(usual["own"], false);
    }
);

both_engines!(
    directories_retire_no_more_devices_than_the_budget_of_a_day,
    by_hand(),
    |app| async move {
        let id = ldap(&app, "AD", 10).await;
        read(&app, &id, people(8), Vec::new()).await;
        let mut devices = Vec::new();
        for number in 3..8 {
            let gone = person(&app, &format!("p{number}")).await;
            devices.push(device_of(&app, &gone, "personal").await);
        }
        app.db().execute(BUDGET, vec![]).await.unwrap();
        read(&app, &id, people(3), Vec::new()).await;
        app.clock.advance_ms(13 * HOUR_MS);
        read(&app, &id, people(3), Vec::new()).await;
        app.clock.advance_ms(3 * DAY_MS);
        let retires = "SELECT count(*) FROM command WHERE act = 'retire'";
        for _ in 0..3 {
            app.run_job("minute").await;
            assert_eq!(app.count(retires).await, 2);
        }
        // What found no room is not forgotten: the next day goes on.
        app.clock.advance_ms(DAY_MS + 1);
        app.run_job("minute").await;
        assert_eq!(app.count(retires).await, 4);
        app.clock.advance_ms(DAY_MS + 1);
        app.run_job("minute").await;
        assert_eq!(app.count(retires).await, 5);
        let erases = "SELECT count(*) FROM command WHERE act = 'erase'";
        assert_eq!(app.count(erases).await, 0);
    }
);

both_engines!(
    entries_are_listed_suggested_linked_and_kept_apart,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let made = json!({ "name": "Elin Hedström", "email": "elin@example.org" });
        let elin = api.post("/api/v1/people", &made).await.expect(201);
        let elin = elin["id"].as_str().unwrap();
        let id = ldap(&app, "AD", 10).await;
        let entries = vec![
            entry("guid-1", "Elin H", "elin@example.org"),
            entry("guid-2", "Omar", "omar@example.org"),
        ];
        read(&app, &id, entries, Vec::new()).await;
        let path = format!("/api/v1/directories/{id}/links");
        let all = api.get(&path).await.expect(200);
        assert_eq!(all["items"].as_array().unwrap().len(), 2);
        let first = api.get(&format!("{path}?limit=1")).await.expect(200);
        let next = first["next"].as_str().unwrap();
        let second = api.get(&format!("{path}?limit=1&after={next}")).await;
        assert_eq!(second.expect(200)["items"][0]["key"], "guid-2");
        let suggested = api.get(&format!("{path}?suggested=true")).await.expect(200);
        assert_eq!(suggested["items"][0]["suggested_person_id"], elin);
        assert_eq!(suggested["items"].as_array().unwrap().len(), 1);
        let of = |key: &str| {
            let items = all["items"].as_array().unwrap().iter();
            let mut found = items.filter(|link| link["key"] == key);
            found.next().unwrap()["id"].as_str().unwrap().to_owned()
        };
        let (one, two) = (
            format!("{path}/{}", of("guid-1")),
            format!("{path}/{}", of("guid-2")),
        );
        // Kept apart: the suggestion goes and nothing else.
        let apart = api
            .put(&one, &json!({ "person_id": null }))
            .await
            .expect(200);
        assert_eq!(apart["suggested_person_id"], Value::Null);
        assert_ne!(apart["person_id"], elin);
        let linked = api
            .put(&one, &json!({ "person_id": elin }))
            .await
            .expect(200);
        assert_eq!(linked["person_id"], elin);
        // One directory calls nobody two things, and who does not exist is nobody.
        let taken = api
            .put(&two, &json!({ "person_id": elin }))
            .await
            .expect(409);
        assert_eq!(taken["code"], "link_taken");
        let nobody = json!({ "person_id": "0197c8a0-0000-7000-8000-00000000beef" });
        api.put(&two, &nobody).await.expect(404);
        let reader = app.api(&[P::PeopleRead]).await;
        reader
            .put(&two, &json!({ "person_id": null }))
            .await
            .expect(403);
        // Somebody with a device does not vanish into another.
        let omar = person(&app, "guid-2").await;
        device_of(&app, &omar, "corporate").await;
        let made = json!({ "name": "Omar Dahl" });
        let other = api.post("/api/v1/people", &made).await.expect(201);
        let used = api.put(&two, &json!({ "person_id": other["id"] })).await;
        assert_eq!(used.expect(409)["code"], "link_in_use");
        assert!(app.actions().await.contains(&"directory.link".to_owned()));
    }
);

both_engines!(
    an_administrator_of_one_unit_reaches_no_directory_of_another,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let (north, south) = (unit(&api, "North").await, unit(&api, "South").await);
        let id = at(&app, &south, "AD").await;
        read(&app, &id, people(8), Vec::new()).await;
        read(&app, &id, people(2), Vec::new()).await;
        let run = app.text(WAITS).await.unwrap();
        let link = app.text("SELECT id FROM directory_link").await.unwrap();
        let stranger = somebody(&app, "stranger", "owner", &north).await;
        let api = Api::new(app.url(), Some(stranger.token.clone()));
        let one = format!("/api/v1/directories/{id}");
        let listed = api.get("/api/v1/directories").await.expect(200);
        assert_eq!(listed["items"], json!([]));
        for path in ["", "/runs", "/links", "/leavers", "/tokens"] {
            let refused = api.get(&format!("{one}{path}")).await;
            assert!(
                matches!(refused.status, 403 | 404),
                "{path}: {}",
                refused.status
            );
        }
        for (path, body) in [
            (format!("/runs/{run}/release"), proof()),
            (format!("/runs/{run}/decline"), proof()),
        ] {
            let refused = api.post(&format!("{one}{path}"), &body).await;
            assert!(
                matches!(refused.status, 403 | 404),
                "{path}: {}",
                refused.status
            );
        }
        let put = api
            .put(
                &format!("{one}/links/{link}"),
                &json!({ "person_id": null }),
            )
            .await;
        assert!(matches!(put.status, 403 | 404), "{}", put.status);
        let rule = json!({"grace_days": 0, "retire_personal": true, "lock_corporate": true});
        let policy = format!("/api/v1/units/{south}/leaver-policy");
        for refused in [
            api.get(&policy).await,
            api.put(&policy, &rule).await,
            api.delete(&policy).await,
            api.patch(&one, &json!({ "paused": true })).await,
            api.delete(&one).await,
        ] {
            assert!(matches!(refused.status, 403 | 404), "{}", refused.status);
        }
        let active = "SELECT count(*) FROM person WHERE status = 'active'";
        assert_eq!(app.count(active).await, 8);
        assert_eq!(app.text(WAITS).await, Some(run));
        assert_eq!(app.count("SELECT count(*) FROM leaver_policy").await, 0);
        let person = person(&app, "p7").await;
        assert_eq!(text(&app, STATUS, &person).await.unwrap(), "active");
    }
);

both_engines!(
    the_page_of_a_person_says_which_directories_know_them_and_which_counts,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let (ad, hr) = (
            ldap(&app, "Norrvik AD", 10).await,
            ldap(&app, "Payroll", 20).await,
        );
        let with = |key: &str, name: &str, department: &str| {
            let mut entry = entry(key, name, "elin@example.org");
            let said = Some(department.to_owned());
            entry.fields.insert("department".to_owned(), said);
            entry
        };
        let of_ad = vec![
            with("elin.hedstrom", "Elin Hedström", "Physics"),
            entry("x", "X", "x@example.org"),
        ];
        read(&app, &ad, of_ad, Vec::new()).await;
        let of_hr = vec![
            with("4711", "Elin Dahl", "Physics"),
            entry("y", "Y", "y@example.org"),
        ];
        read(&app, &hr, of_hr, Vec::new()).await;
        let elin = person(&app, "elin.hedstrom").await;
        let link = text(
            &app,
            "SELECT id FROM directory_link WHERE external_key = $1",
            "4711",
        )
        .await;
        let path = format!("/api/v1/directories/{hr}/links/{}", link.unwrap());
        api.put(&path, &json!({ "person_id": elin }))
            .await
            .expect(200);
        let mut browser = Browser::owner(&app).await;
        let here = format!("/console/people/{elin}");
        let page = browser.get(&here).await.expect(200);
        for said in [
            "Norrvik AD",
            "Known there as elin.hedstrom",
            "Payroll",
            "Known there as 4711",
        ] {
            page.says(said);
        }
        page.says("They say different things");
        // AD counts: it stands first, and strong.
        page.says("<b class=\"strong\">Elin Hedström</b>");
        page.says_not("<b class=\"strong\">Elin Dahl</b>");
        page.says("Elin Dahl");
        page.says_not("<dt>Department</dt>");
        // Missing from one.
        read(
            &app,
            &hr,
            vec![entry("y", "Y", "y@example.org")],
            Vec::new(),
        )
        .await;
        let page = browser.get(&here).await.expect(200);
        page.says("Not named since");
        page.says("Suspended");
        // Whom no directory knows has no such section.
        let made = json!({ "name": "Omar" });
        let omar = api.post("/api/v1/people", &made).await.expect(201);
        let page = format!("/console/people/{}", omar["id"].as_str().unwrap());
        browser
            .get(&page)
            .await
            .expect(200)
            .says_not("Known there as");
    }
);
