//! An account of another platform: nothing of a device is in any list, and nothing can be done to one.

use serde_json::{Value, json};
use tillsyn_core::approvals;
use tillsyn_core::campaigns::{self, NewCampaign};
use tillsyn_core::commands::Act;
use tillsyn_db::args;
use tillsyn_testkit::{Api, both_engines};

use super::administrators::root;
use crate::guard::{ERASE, ask, still, waiting};
use crate::walk::somebody;

const LIMIT: &str = "UPDATE account SET platform = $1 WHERE email = 'limited@example.org'";

fn items(page: &Value) -> usize {
    page["items"].as_array().map_or(0, Vec::len)
}

both_engines!(
    an_account_of_another_platform_sees_and_does_nothing,
    still(),
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        let device = app.text("SELECT id FROM device").await.unwrap();
        let serial = app.text("SELECT serial_number FROM device").await.unwrap();
        let certificate = app.text("SELECT id FROM certificate").await.unwrap();
        let owner = app.owner_api().await;
        let tighter = json!({ "second_person_from": 1 });
        owner.patch("/api/v1/guard", &tighter).await.expect(200);
        let ids = [tillsyn_core::ids::DeviceId::parse(&device).unwrap()];
        ask(&app, &app.owner, &ids, ERASE).await;
        let held = "SELECT id FROM command WHERE status = 'held'";
        let command = app.text(held).await.unwrap();
        let approval = waiting(&app).await[0].id.clone();
        let new = NewCampaign {
            name: "Term end".to_owned(),
            act: Act::Erase,
            reason: "The lease is over".to_owned(),
            devices: ids.to_vec(),
            starts_at: app.core.now_ms(),
            ends_at: app.core.now_ms() + 86_400_000,
            confirm: Some("1".to_owned()),
        };
        let campaign = campaigns::create(&app.core, &app.owner, new).await.unwrap();
        let group = json!({ "name": "Loan" });
        let group = owner.post("/api/v1/groups", &group).await.expect(201);
        let group = group["id"].as_str().unwrap();
        let members = format!("/api/v1/groups/{group}/members");
        let add = json!({ "add": [device] });
        owner.post(&members, &add).await.expect(200);

        let who = somebody(&app, "limited", "owner", &root(&app).await).await;
        let api = Api::new(app.url(), Some(who.token.clone()));
        let lists = [
            "/api/v1/devices".to_owned(),
            format!("/api/v1/devices?search={serial}"),
            "/api/v1/commands".to_owned(),
            "/api/v1/held".to_owned(),
            "/api/v1/certificates".to_owned(),
            "/api/v1/attempts".to_owned(),
            format!("/api/v1/campaigns/{}/devices", campaign.id),
            format!("{members}?kind=device"),
            "/api/v1/events?action=device.*".to_owned(),
            format!("/api/v1/events?object_kind=device&object_id={device}"),
        ];
        for (platform, seen) in [("apple", true), ("android", false)] {
            app.db().execute(LIMIT, args![platform]).await.unwrap();
            for path in &lists {
                let page = api.get(path).await.expect(200);
                assert_eq!(items(&page) > 0, seen, "{platform} {path}: {page}");
            }
            let figures = api.get("/api/v1/overview").await.expect(200);
            for figure in ["devices", "active", "commands_waiting", "commands_held"] {
                assert_eq!(
                    figures[figure].as_i64().unwrap() > 0,
                    seen,
                    "{platform} {figure}"
                );
            }
            let view = api
                .get(&format!("/api/v1/groups/{group}"))
                .await
                .expect(200);
            assert_eq!(view["devices"], i64::from(seen), "{platform}");
            let actor = who.actor(&app).await;
            let found = campaigns::resolve(&app.core, &actor, vec![serial.clone()]);
            assert_eq!(found.await.unwrap().devices.len(), usize::from(seen));
        }

        // The account is of another platform now.
        let revoke = json!({ "reason": "Lost", "confirm": serial });
        let none = json!({});
        let acts: [(&str, String, &Value, u16); 9] = [
            (
                "GET",
                format!("/api/v1/certificates/{certificate}"),
                &none,
                404,
            ),
            (
                "POST",
                format!("/api/v1/certificates/{certificate}/revoke"),
                &revoke,
                404,
            ),
            (
                "POST",
                format!("/api/v1/devices/{device}/certificates/renew"),
                &none,
                404,
            ),
            (
                "GET",
                format!("/api/v1/devices/{device}/inventory"),
                &none,
                404,
            ),
            ("DELETE", format!("/api/v1/commands/{command}"), &none, 404),
            (
                "POST",
                format!("/api/v1/campaigns/{}/end", campaign.id),
                &none,
                403,
            ),
            ("POST", members.clone(), &add, 422),
            ("GET", "/api/v1/audit/export".to_owned(), &none, 403),
            (
                "POST",
                format!("/api/v1/approvals/{approval}/cancel"),
                &none,
                403,
            ),
        ];
        for (method, path, body, status) in acts {
            let answer = match method {
                "GET" => api.get(&path).await,
                "DELETE" => api.delete(&path).await,
                _ => api.post(&path, body).await,
            };
            assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        }
        let (core, actor) = (&app.core, who.actor(&app).await);
        let refused = approvals::approve(core, &actor, &approval, None).await;
        assert_eq!(refused.unwrap_err().code, "platform_scope");
        let refused = approvals::decline(core, &actor, &approval, "No").await;
        assert_eq!(refused.unwrap_err().code, "platform_scope");
        let refused = approvals::cancel(core, &actor, &approval).await;
        assert_eq!(refused.unwrap_err().code, "platform_scope");
        let view = approvals::find(core, &actor, &approval).await.unwrap();
        assert_eq!(view.cannot_decide, Some("platform_scope"));
        assert_eq!(app.text(held).await, Some(command));
        assert_eq!(waiting(&app).await.len(), 2);
    }
);
