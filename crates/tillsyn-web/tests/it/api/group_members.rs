//! Members of groups: how many go at once, and who may see which.

use serde_json::json;
use tillsyn_core::actor::Permission as P;
use tillsyn_testkit::both_engines;

use super::plans::{apply, assign, device_id, group_of, planned, published, still};

/// Devices that are gone by now.
const FILL: &str = "INSERT INTO group_member (group_id, member_kind, member_id, added_by, added_at) \
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) \
    SELECT $1, 'device', 'gone' || CAST(i AS TEXT), 'x', 1 FROM n";
const MEMBERS: &str = "SELECT count(*) FROM group_member";
const ROUNDS: &str = "SELECT count(*) FROM event WHERE action = 'group.members'";

both_engines!(
    a_large_group_is_deleted_in_rounds,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let group = group_of(&api, "Loan", &[]).await;
        app.db()
            .execute(FILL, vec![group.as_str().into()])
            .await
            .unwrap();
        let path = format!("/api/v1/groups/{group}");
        let stranger = app.api(&[P::GroupsRead]).await;
        assert_eq!(stranger.delete(&path).await.status, 403);

        let profile = published(&app, "portal").await;
        let made = apply(&api, &planned(&api, &assign(&profile, &group)).await, 200).await;
        let refused = api.delete(&path).await;
        assert_eq!(refused.body["code"], "group_assigned");
        let change = json!({"change": {"kind": "delete_group", "group_id": group}});
        let planned_too = api.post("/api/v1/plans", &change).await;
        assert_eq!(planned_too.body["code"], "group_assigned");
        assert_eq!(
            (app.count(MEMBERS).await, app.count(ROUNDS).await),
            (2_500, 0)
        );

        let id = made["result"]["assignment_id"].clone();
        let unassign = json!({"change": {"kind": "unassign", "assignment_id": id}});
        apply(&api, &planned(&api, &unassign).await, 200).await;
        assert_eq!(api.delete(&path).await.status, 204);
        assert_eq!((app.count(MEMBERS).await, app.count(ROUNDS).await), (0, 2));
        let left = "SELECT count(*) FROM device_group";
        assert_eq!(app.count(left).await, 0);

        // By a plan as well.
        let group = group_of(&api, "Loan", &[]).await;
        app.db()
            .execute(FILL, vec![group.as_str().into()])
            .await
            .unwrap();
        let change = json!({"change": {"kind": "delete_group", "group_id": group}});
        let plan = planned(&api, &change).await;
        assert_eq!(plan["summary"]["devices"], 0);
        apply(&api, &plan, 200).await;
        assert_eq!((app.count(MEMBERS).await, app.count(ROUNDS).await), (0, 4));
    }
);

both_engines!(
    members_are_shown_to_who_may_see_their_kind,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        app.enrolled_iphone().await;
        let device = device_id(&app, 0).await;
        let elin = json!({"name": "Elin", "email": "elin@example.org"});
        let elin = api.post("/api/v1/people", &elin).await.expect(201)["id"].clone();
        let group = group_of(&api, "Loan", &[device]).await;
        let path = format!("/api/v1/groups/{group}/members");
        api.post(&path, &json!({"add": [elin]})).await.expect(200);
        for (more, kinds) in [
            (
                &[P::DevicesRead, P::PeopleRead][..],
                &["device", "person"][..],
            ),
            (&[P::DevicesRead], &["device"]),
            (&[P::PeopleRead], &["person"]),
            (&[], &[]),
        ] {
            let reader = app.api(&[&[P::GroupsRead], more].concat()).await;
            let shown = async |query: &str| -> Vec<String> {
                let page = reader.get(&format!("{path}{query}")).await.expect(200);
                let items = page["items"].as_array().unwrap().iter();
                let mut of: Vec<String> = items
                    .map(|one| one["kind"].as_str().unwrap().to_owned())
                    .collect();
                of.sort();
                of
            };
            assert_eq!(shown("").await, kinds);
            let people = usize::from(kinds.contains(&"person"));
            assert_eq!(shown("?kind=person").await.len(), people);
        }
    }
);
