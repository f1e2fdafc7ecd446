//! Small steps of a client that add up, and what an administrator let happen.

use serde_json::{Value, json};
use tillsyn_core::directory::{decline_run, release_run};
use tillsyn_core::plans::{self, Approval};
use tillsyn_testkit::{Api, TestApp, both_engines};

use super::entra::filtered;
use super::{Client, by_hand, connector, person_of, plain};
use crate::api::plans::{apply, assign, delivered, planned, published};

const MEMBERS: &str = "SELECT count(*) FROM group_member WHERE member_kind = 'person'";
const HELD: &str = "SELECT count(*) FROM directory_run WHERE status = 'held'";

/// A group of so many users, each with a device that has a profile by it; the group's id at the client.
async fn staff(
    app: &TestApp,
    api: &Api,
    at: &Client,
    name: &str,
    count: usize,
) -> (String, Vec<String>) {
    let (mut users, mut devices) = (Vec::new(), Vec::new());
    for number in 0..count {
        let user = at.user(&format!("{name}{number}")).await;
        app.enrolled_iphone().await;
        let newest = app
            .text("SELECT device_id FROM device_summary WHERE person_id IS NULL")
            .await;
        let person = person_of(app, &user).await;
        for sql in [
            "UPDATE device_summary SET person_id = $1 WHERE device_id = $2",
            "UPDATE enrollment SET person_id = $1 WHERE device_id = $2",
        ] {
            let values = vec![person.as_str().into(), newest.as_deref().unwrap().into()];
            app.db().execute(sql, values).await.unwrap();
        }
        devices.push(newest.unwrap());
        users.push(user);
    }
    let members: Vec<&str> = users.iter().map(String::as_str).collect();
    let group = at.group(name, &members).await;
    let ours = app
        .db()
        .query_optional(
            "SELECT group_id FROM directory_group WHERE id = $1",
            vec![group.as_str().into()],
        )
        .await
        .unwrap();
    let ours = ours.unwrap().text(0).unwrap();
    let profile = published(app, name).await;
    let plan = planned(api, &assign(&profile, &ours)).await;
    apply(api, &plan, 200).await;
    delivered(app, &profile, &devices).await;
    (group, users)
}

fn out(user: &str) -> Value {
    json!([{"op": "remove", "path": format!("members[value eq \"{user}\"]")}])
}

both_engines!(
    a_group_emptied_in_small_steps_waits_like_one_emptied_at_once,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let at = connector(&app, "A").await;
        let (group, users) = staff(&app, &api, &at, "staff", 8).await;
        let path = format!("/Groups/{group}");
        assert_eq!(app.count(MEMBERS).await, 8);
        for user in users.iter().take(5) {
            assert!(at.patch(&path, &out(user)).await.status < 300);
            app.clock.advance_ms(20 * 60_000);
        }
        assert_eq!((app.count(MEMBERS).await, app.count(HELD).await), (3, 0));
        for user in users.iter().skip(5) {
            assert!(at.patch(&path, &out(user)).await.status < 300);
        }
        app.run_job("minute").await;
        assert_eq!((app.count(MEMBERS).await, app.count(HELD).await), (3, 1));
        let told = "SELECT count(*) FROM event WHERE action = 'directory.held'";
        assert_eq!(app.count(told).await, 1);

        // However long nobody looks: the plan lapses, the day is over, and it waits still.
        app.clock.advance_ms(3 * 86_400_000);
        app.run_job("minute").await;
        assert_eq!((app.count(MEMBERS).await, app.count(HELD).await), (3, 1));

        // An administrator applies the plan: it happens, and the count begins anew.
        let newest = "SELECT plan_id FROM directory_run WHERE status = 'held'";
        let plan = app.text(newest).await.unwrap();
        let plan = tillsyn_core::ids::PlanId::parse(&plan).unwrap();
        let seen = plans::find(&app.core, &app.owner, &plan).await.unwrap();
        let approval = Approval {
            reason: Some("The school year is over".to_owned()),
            confirm: Some(seen.summary.removes_from.to_string()),
        };
        let mut owner = app.owner.clone();
        owner.fresh_at = Some(app.core.now_ms());
        plans::apply(&app.core, &owner, &plan, approval)
            .await
            .unwrap();
        app.run_job("minute").await;
        assert_eq!((app.count(MEMBERS).await, app.count(HELD).await), (0, 0));
        let counted = "SELECT count(*) FROM directory_removal";
        assert_eq!(app.count(counted).await, 0);
    }
);

both_engines!(
    small_steps_out_of_several_groups_add_up,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let at = connector(&app, "A").await;
        let (one, first) = staff(&app, &api, &at, "one", 4).await;
        let (two, second) = staff(&app, &api, &at, "two", 4).await;
        for user in first.iter().take(3) {
            at.patch(&format!("/Groups/{one}"), &out(user)).await;
        }
        for user in second.iter().take(2) {
            at.patch(&format!("/Groups/{two}"), &out(user)).await;
        }
        assert_eq!((app.count(MEMBERS).await, app.count(HELD).await), (3, 0));
        at.patch(&format!("/Groups/{two}"), &out(&second[2])).await;
        assert_eq!((app.count(MEMBERS).await, app.count(HELD).await), (3, 1));
        // Put back by the client: nothing waits, and nobody was gone.
        let back = json!([{"op": "add", "path": "members", "value": [{"value": second[2]}]}]);
        at.patch(&format!("/Groups/{two}"), &back).await;
        app.run_job("minute").await;
        assert_eq!(app.count(MEMBERS).await, 3);
        // A day later the same step is a small one again.
        app.clock.advance_ms(86_400_001);
        app.run_job("minute").await;
        assert_eq!(app.count(HELD).await, 0);
        at.patch(&format!("/Groups/{two}"), &out(&second[2])).await;
        assert_eq!((app.count(MEMBERS).await, app.count(HELD).await), (2, 0));
    }
);

both_engines!(
    what_was_declined_does_not_go_along_with_the_next_small_step,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let at = connector(&app, "A").await;
        let (group, users) = staff(&app, &api, &at, "staff", 8).await;
        let path = format!("/Groups/{group}");
        for user in users.iter().take(6) {
            at.patch(&path, &out(user)).await;
            app.clock.advance_ms(20 * 60_000);
        }
        assert_eq!((app.count(MEMBERS).await, app.count(HELD).await), (3, 1));
        let run = "SELECT id FROM directory_run WHERE status = 'held'";
        let run = app.text(run).await.unwrap();
        let mut owner = app.owner.clone();
        owner.fresh_at = Some(app.core.now_ms());
        decline_run(&app.core, &owner, &run, None).await.unwrap();
        app.clock.advance_ms(2 * 86_400_000);
        app.run_job("minute").await;
        assert_eq!((app.count(MEMBERS).await, app.count(HELD).await), (3, 0));
        // One more, long after: both wait, the declined one and the new one.
        at.patch(&path, &out(&users[6])).await;
        app.run_job("minute").await;
        assert_eq!((app.count(MEMBERS).await, app.count(HELD).await), (3, 1));
        // In step again, everything is as ever.
        let back = json!([{"op": "add", "path": "members",
            "value": [{"value": users[5]}, {"value": users[6]}]}]);
        at.patch(&path, &back).await;
        assert_eq!((app.count(MEMBERS).await, app.count(HELD).await), (3, 0));
        at.patch(&path, &out(&users[6])).await;
        assert_eq!((app.count(MEMBERS).await, app.count(HELD).await), (2, 0));
    }
);

both_engines!(
    who_was_released_does_not_wait_again,
    by_hand(),
    |app| async move {
        let at = connector(&app, "A").await;
        let mut users = Vec::new();
        for number in 0..8 {
            users.push(at.user(&format!("user{number}")).await);
        }
        let off = json!([{"op": "replace", "path": "active", "value": false}]);
        for user in users.iter().take(6) {
            at.patch(&format!("/Users/{user}"), &off).await.expect(200);
        }
        let run = app
            .text("SELECT id FROM directory_run WHERE status = 'held'")
            .await
            .unwrap();
        let wait = "SELECT count(*) FROM person_life WHERE held_run_id IS NOT NULL";
        assert_eq!(app.count(wait).await, 6);
        let mut owner = app.owner.clone();
        owner.fresh_at = Some(app.core.now_ms());
        release_run(&app.core, &owner, &run, None).await.unwrap();
        assert_eq!(app.count(wait).await, 0);
        // A minute later the client goes on with one more: that is one, not seven.
        app.clock.advance_ms(60_000);
        at.patch(&format!("/Users/{}", users[6]), &off)
            .await
            .expect(200);
        assert_eq!((app.count(wait).await, app.count(HELD).await), (0, 0));
    }
);

both_engines!(
    names_of_groups_are_one_whatever_their_case_and_composition,
    by_hand(),
    |app| async move {
        let at = connector(&app, "A").await;
        let group = at.group("ÄNGSSKOLAN", &[]).await;
        for same in ["ängsskolan", "Ängsskolan", "a\u{308}ngsskolan"] {
            let filter = filtered("/Groups", &format!("displayName eq \"{same}\""));
            let found = at.get(&filter).await.expect(200);
            assert_eq!(found["totalResults"], 1, "{same}");
            assert_eq!(found["Resources"][0]["id"], group.as_str());
            let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                "displayName": same});
            let refused = at.post("/Groups", &body).await.expect(409);
            assert_eq!(refused["scimType"], "uniqueness");
        }
        let other = filtered("/Groups", "displayName eq \"angsskolan\"");
        assert_eq!(at.get(&other).await.expect(200)["totalResults"], 0);
    }
);

both_engines!(
    a_connector_has_an_end_and_says_so,
    by_hand(),
    |app| async move {
        const FILL: &str = "INSERT INTO directory_link (id, source_id, external_key, person_id, state, fields, \
            digest, created_at, updated_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL \
            SELECT i + 1 FROM n WHERE i < 99999) SELECT 'fill-' || i, $1, 'fill-' || i, 'person-' || i, \
            'leaving', '{}', '', 0, 0 FROM n";
        const PEOPLE: &str = "INSERT INTO person (id, org_unit_id, name, status, created_at, updated_at) \
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99999) \
            SELECT 'person-' || i, u.id, 'X', 'inactive', 0, 0 FROM n, org_unit u WHERE u.parent_id IS NULL";
        let at = connector(&app, "A").await;
        app.db().execute(PEOPLE, vec![]).await.unwrap();
        let source = at.source.as_str();
        app.db().execute(FILL, vec![source.into()]).await.unwrap();
        let last = at.user("last").await;
        let refused = at.post("/Users", &plain("beyond")).await.expect(403);
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains("100000 users"), "{detail}");
        // Those who are there go on.
        let path = format!("/Users/{last}");
        at.put(&path, &plain("last")).await.expect(200);
    }
);
