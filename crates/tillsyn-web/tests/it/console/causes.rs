//! What waits, by cause; and the lists of commands and people as files.

use serde_json::json;
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
