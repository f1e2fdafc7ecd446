//! What waits, by cause; and the lists of commands and people as files.

use serde_json::json;
use tillsyn_db::args;
use tillsyn_testkit::{TestApp, both_engines};

use super::lists::{fleet, law_with_a_device, signed_in};
use crate::api::plans::device_id;

const WAITING: &str = "SELECT count(*) FROM command WHERE finished = 0";
const LOST: &str = "SELECT count(*) FROM command c JOIN device_summary d ON d.device_id = c.device_id \
    WHERE c.finished = 0 AND d.contact = 'unreachable'";

/// Both devices are asked for their state, and the first cannot be reached; answers how its commands stand.
async fn one_is_lost(app: &TestApp, owner: &mut super::Browser) -> String {
    for at in [0, 1] {
        let path = format!("/console/devices/{}/refresh", device_id(app, at).await);
        owner.post(&path, &[]).await.expect(303);
    }
    let first = device_id(app, 0).await;
    let lost = "UPDATE device_summary SET contact = 'unreachable' WHERE device_id = $1";
    app.db()
        .execute(lost, vec![first.as_str().into()])
        .await
        .unwrap();
    let status = "UPDATE command SET status = 'push_sent' WHERE finished = 0";
    app.db().execute(status, Vec::new()).await.unwrap();
    "push_sent".to_owned()
}

both_engines!(
    what_waits_is_grouped_by_its_cause_and_withdrawn_together,
    |app| async move {
        let mut owner = fleet(&app).await;
        let status = one_is_lost(&app, &mut owner).await;
        let (lost, all) = (app.count(LOST).await, app.count(WAITING).await);
        assert!(lost > 0 && all > lost);
        let page = owner.get("/console/commands").await.expect(200);
        page.says("What waits, by cause");
        page.says("its push token is dead");
        let withdraw =
            format!("/console/commands/withdraw?status={status}&amp;contact=unreachable");
        assert!(
            page.html.contains(&withdraw)
                || page.html.contains(&withdraw.replace("&amp;", "&#38;")),
            "{}",
            page.html
        );
        let narrowed = format!("/console/commands?status={status}&contact=unreachable");
        let narrowed = owner.get(&narrowed).await.expect(200);
        narrowed.says_not("What waits, by cause");
        narrowed.says(&format!("{lost} shown"));

        let path = format!("/console/commands/withdraw?status={status}&contact=unreachable");
        let page = owner.get(&path).await.expect(200);
        page.says(&format!("Withdraw {lost} commands?"));
        let fields = page.fields("action=\"/console/commands/withdraw\"");
        // What is asked for after the page is not meant.
        let later = "UPDATE command SET created_at = created_at + 86400000 WHERE id = \
            (SELECT MAX(c.id) FROM command c JOIN device_summary d ON d.device_id = c.device_id \
            WHERE c.finished = 0 AND d.contact = 'unreachable')";
        app.db().execute(later, Vec::new()).await.unwrap();
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        owner
            .post("/console/commands/withdraw", &fields)
            .await
            .expect(303);
        assert_eq!(app.count(LOST).await, 1);
        assert_eq!(app.count(WAITING).await, all - lost + 1);
        let told = "SELECT count(*) FROM command_transition WHERE status = 'cancelled' \
            AND reason = 'withdrawn'";
        assert_eq!(app.count(told).await, lost - 1);
        let event = "SELECT count(*) FROM event WHERE action = 'command.cancel'";
        assert_eq!(app.count(event).await, 1);
    }
);

both_engines!(
    what_a_page_of_one_unit_offers_to_withdraw_stays_in_that_unit,
    |app| async move {
        let mut owner = fleet(&app).await;
        let status = one_is_lost(&app, &mut owner).await;
        // Both devices wait for the same, and one is in another unit.
        let both = "UPDATE device_summary SET contact = 'unreachable'";
        app.db().execute(both, Vec::new()).await.unwrap();
        let law = law_with_a_device(&app).await;
        let waiting = app.count(WAITING).await;
        let inside = "SELECT count(*) FROM command WHERE finished = 0 \
            AND org_unit_id = (SELECT id FROM org_unit WHERE name = 'Law')";
        let of_law = app.count(inside).await;
        assert!(of_law > 0 && of_law < waiting);
        let path =
            format!("/console/commands/withdraw?status={status}&contact=unreachable&scope={law}");
        let page = owner.get(&path).await.expect(200);
        page.says(&format!("Withdraw {of_law} command"));
        let fields = page.fields("action=\"/console/commands/withdraw\"");
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let gone: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| match *name {
                "scope" => (*name, "01939f3c-5a10-7c3e-9d41-5f0a4be31c77"),
                _ => (*name, *value),
            })
            .collect();
        owner
            .post("/console/commands/withdraw", &gone)
            .await
            .expect(404);
        assert_eq!(app.count(WAITING).await, waiting);
        owner
            .post("/console/commands/withdraw", &fields)
            .await
            .expect(303);
        assert_eq!(app.count(inside).await, 0);
        assert_eq!(app.count(WAITING).await, waiting - of_law);
    }
);

both_engines!(
    what_failed_within_a_day_leads_to_just_those,
    |app| async move {
        let mut owner = fleet(&app).await;
        one_is_lost(&app, &mut owner).await;
        // One fails today without a reason, one today with a reason, one failed long ago.
        let ids = app
            .db()
            .query_all(
                "SELECT id FROM command WHERE finished = 0 ORDER BY id LIMIT 3",
                Vec::new(),
            )
            .await
            .unwrap();
        let ids: Vec<String> = ids.iter().map(|row| row.text(0).unwrap()).collect();
        let [plain, told, old] = ids.as_slice() else {
            panic!("three commands wait: {ids:?}")
        };
        for (id, ago) in [(plain, 0), (told, 0), (old, 3 * 86_400_000_i64)] {
            let sql =
                "UPDATE command SET finished = 1, status = 'error', updated_at = $2 WHERE id = $1";
            let at = app.core.now_ms() - ago;
            let values = args![id.as_str(), at];
            app.db().execute(sql, values).await.unwrap();
        }
        let sql = "INSERT INTO command_transition (command_id, device_id, at, status, reason) \
            SELECT id, device_id, $2, 'error', 'code12' FROM command WHERE id = $1";
        let values = args![told.as_str(), app.core.now_ms()];
        app.db().execute(sql, values).await.unwrap();
        let page = owner.get("/console/commands").await.expect(200);
        page.says("Failed within 24 hours");
        for (reason, shown) in [("unknown", plain), ("code12", told)] {
            let path = format!("/console/commands?status=failed_today&reason={reason}");
            let link = path.replace('&', "&#38;");
            assert!(page.html.contains(&link), "{link} in {}", page.html);
            let list = owner.get(&path).await.expect(200);
            for id in &ids {
                let there = list.html.contains(&format!("/commands/{id}"));
                assert_eq!(there, id == shown, "{reason} and {id}");
            }
        }
    }
);

both_engines!(
    causes_end_at_the_readers_unit_and_readers_withdraw_nothing,
    |app| async move {
        let mut owner = fleet(&app).await;
        let status = one_is_lost(&app, &mut owner).await;
        let law = law_with_a_device(&app).await;
        let other = app.count(WAITING).await - app.count(LOST).await;
        let mut reader = signed_in(&app, "reader", "read_only", &law).await;
        let page = reader.get("/console/commands").await.expect(200);
        page.says("its push token is dead");
        page.says_not("/console/commands/withdraw");
        reader
            .get(&format!(
                "/console/commands/withdraw?status={status}&contact=unreachable"
            ))
            .await
            .expect(403);
        let mut lawyer = signed_in(&app, "lawyer", "administrator", &law).await;
        let fields = [
            ("status", status.as_str()),
            ("contact", "reachable"),
            ("until", "99999999999999"),
        ];
        lawyer
            .post("/console/commands/withdraw", &fields)
            .await
            .expect(303);
        assert_eq!(app.count(WAITING).await - app.count(LOST).await, other);
    }
);

both_engines!(
    an_act_on_several_devices_shows_how_far_it_is_and_what_waits_is_stopped,
    |app| async move {
        let mut owner = fleet(&app).await;
        let api = app.owner_api().await;
        let devices = [device_id(&app, 0).await, device_id(&app, 1).await];
        let ask = json!({"devices": devices, "command": {"type": "ProvisioningProfileList"}});
        let made = api.post("/api/v1/commands", &ask).await.expect(202);
        let batch = made["batch_id"].as_str().unwrap().to_owned();
        // Another act, which is not meant.
        let other = json!({"devices": devices, "command": {"type": "DeviceInformation"}});
        api.post("/api/v1/commands", &other).await.expect(202);
        let of = format!("/api/v1/commands?batch_id={batch}");
        let listed = api.get(&of).await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        api.get("/api/v1/commands?batch_id=x").await.expect(422);

        // The first has fetched it, and failed.
        let fail = "UPDATE command SET status = 'error', finished = 1 \
            WHERE batch_id = $1 AND device_id = $2";
        let first = vec![batch.as_str().into(), devices[0].as_str().into()];
        app.db().execute(fail, first).await.unwrap();
        let at = format!("/console/commands?batch={batch}");
        let page = owner.get(&at).await.expect(200);
        page.says("1 of 2 done, 1 of them failed");
        page.says("2 shown");
        page.says_not("What waits, by cause");
        let withdraw = format!("/console/commands/withdraw?batch={batch}");
        page.says(&withdraw);
        let page = owner.get(&withdraw).await.expect(200);
        page.says("Withdraw 1 command?");
        let waiting = app.count(WAITING).await;
        let fields = page.fields("action=\"/console/commands/withdraw\"");
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let answer = owner.post("/console/commands/withdraw", &fields).await;
        assert_eq!((answer.status, answer.location()), (303, at.as_str()));
        assert_eq!(app.count(WAITING).await, waiting - 1);
        let page = owner.get(&at).await.expect(200);
        page.says("2 of 2 done, 1 of them failed");
        page.says_not(&withdraw);

        // Nobody sees the act of a unit that is not theirs, nor how large it is.
        let law = law_with_a_device(&app).await;
        let mut reader = signed_in(&app, "reader", "read_only", &law).await;
        let page = reader.get(&at).await.expect(200);
        page.says("1 of 1 done, 1 of them failed");
        owner.get("/console/commands?batch=x").await.expect(404);
        let page = owner.get("/console/commands?batch=").await.expect(200);
        page.says_not("id=\"job\"");
    }
);

both_engines!(
    commands_and_people_are_taken_out_as_files,
    |app| async move {
        let mut owner = fleet(&app).await;
        one_is_lost(&app, &mut owner).await;
        let lost = usize::try_from(app.count(LOST).await).unwrap();
        let path = "/console/commands/export?status=push_sent&contact=unreachable&comment=1";
        let file = owner.get(path).await.expect(200);
        file.says("# /console/commands?status=push_sent&contact=unreachable");
        assert_eq!(file.html.lines().count(), lost + 2, "{}", file.html);
        let api = app.owner_api().await;
        for name in ["=1+1", "Elin"] {
            api.post("/api/v1/people", &json!({"name": name}))
                .await
                .expect(201);
        }
        let file = owner.get("/console/people/export").await.expect(200);
        file.says("'=1+1,");
        let found = owner.get("/console/people/export?q=Elin").await.expect(200);
        assert_eq!(found.html.lines().count(), 2, "{}", found.html);
        let law = law_with_a_device(&app).await;
        let mut reader = signed_in(&app, "reader", "read_only", &law).await;
        let file = reader.get("/console/people/export").await.expect(200);
        file.says_not("Elin");
        let events = "SELECT count(*) FROM event WHERE action = 'list.export'";
        assert_eq!(app.count(events).await, 4);
    }
);
