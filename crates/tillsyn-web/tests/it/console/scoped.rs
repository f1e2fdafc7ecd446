//! A list that is limited to a part of the organisation, and what is done from it.

use serde_json::json;
use tillsyn_testkit::{TestApp, both_engines};

use super::Browser;
use super::lists::{fleet, law_with_a_device};
use crate::api::plans::device_id;

const SELECTION: &str = "/console/devices/selection";

async fn chosen(app: &TestApp) -> i64 {
    app.count("SELECT count(*) FROM selection_device").await
}

async fn named(app: &TestApp, at: i64, name: &str) -> String {
    let id = device_id(app, at).await;
    let sql = "UPDATE device_summary SET name = $1 WHERE device_id = $2";
    let values = vec![name.into(), id.as_str().into()];
    app.db().execute(sql, values).await.unwrap();
    id
}

both_engines!(
    the_bar_counts_what_an_act_takes_and_all_is_all_that_the_list_shows,
    |app| async move {
        let mut owner = fleet(&app).await;
        let law = law_with_a_device(&app).await;
        let (inside, outside) = (device_id(&app, 0).await, device_id(&app, 1).await);
        let fields = [
            ("act", "keep"),
            ("shown", outside.as_str()),
            ("device", outside.as_str()),
        ];
        owner.post(SELECTION, &fields).await.expect(303);
        let list = format!("/console/devices?scope={law}");
        let page = owner.get(&list).await.expect(200);
        // One that this list does not show is erased with the others all the same.
        page.says("1 device chosen");
        page.says(&format!("name=\"scope\" value=\"{law}\""));
        page.says_not("data-pick checked");

        // However far somebody has paged, all is what the list is of.
        let next = format!("{list}&before={}", "x,".repeat(1_500));
        let all = [
            ("act", "all"),
            ("query", ""),
            ("scope", law.as_str()),
            ("next", next.as_str()),
        ];
        owner.post(SELECTION, &[("act", "none")]).await.expect(303);
        // A unit that is gone is never the whole organisation instead.
        let gone = [
            ("act", "all"),
            ("query", ""),
            ("scope", "01939f3c-5a10-7c3e-9d41-5f0a4be31c77"),
        ];
        owner.post(SELECTION, &gone).await.expect(404);
        assert_eq!(chosen(&app).await, 0);
        let to = owner.post(SELECTION, &all).await.expect(303);
        assert_eq!(to.location(), list);
        assert_eq!(chosen(&app).await, 1);
        let page = owner.get(&list).await.expect(200);
        page.says(&format!(
            "value=\"{inside}\" form=\"many\" data-pick checked"
        ));
    }
);

both_engines!(
    a_list_is_passed_on_and_taken_out_with_its_scope,
    |app| async move {
        let mut owner = fleet(&app).await;
        let law = law_with_a_device(&app).await;
        let list = format!("/console/devices?platform=ios&scope={law}");
        let page = owner.get(&list).await.expect(200);
        let told = list.replace('&', "&#38;");
        page.says(&format!("data-copy=\"{told}\""));
        for (path, names) in [
            ("/console/devices", "platform=ios"),
            ("/console/commands", "status=queued"),
            ("/console/people", "q=elin"),
        ] {
            let file = format!("{path}/export?{names}&comment=1&scope={law}");
            let file = owner.get(&file).await.expect(200);
            file.says(&format!("# {path}?{names}&scope={law}"));
        }
        let whole = owner
            .get("/console/devices/export?comment=1")
            .await
            .expect(200);
        whole.says_not("scope=");
    }
);

both_engines!(
    the_next_device_is_the_next_of_the_part_that_is_looked_at,
    |app| async move {
        let mut owner = fleet(&app).await;
        app.enrolled_iphone().await.sessions().await.unwrap();
        let adam = named(&app, 0, "Adam").await;
        let berta = named(&app, 1, "Berta").await;
        let caesar = named(&app, 2, "Caesar").await;
        let api = app.owner_api().await;
        let law = api.post("/api/v1/units", &json!({"name": "Law"})).await;
        let law = law.expect(201)["id"].as_str().unwrap().to_owned();
        let body = json!({"device_ids": [adam, caesar], "unit_id": law});
        api.post("/api/v1/devices/move", &body).await.expect(204);
        let at = |id: &str| format!("/console/devices/{id}?from=sort%3Dname");
        let scoped = |id: &str| format!("{}&scope={law}", at(id));
        let next = |id: &str| format!("rel=\"next\" href=\"{}\"", at(id));
        let whole = owner.get(&at(&adam)).await.expect(200);
        whole.says(&next(&berta));
        let part = owner.get(&scoped(&adam)).await.expect(200);
        part.says(&next(&caesar));
        // One of another part is shown, and is in no list of this one.
        let other = owner.get(&scoped(&berta)).await.expect(200);
        other.says_not("rel=\"next\"");
        other.says_not("rel=\"prev\"");
    }
);

both_engines!(
    ones_own_list_begins_with_its_view_in_every_part,
    |app| async move {
        let mut owner: Browser = fleet(&app).await;
        let law = law_with_a_device(&app).await;
        let fields = [
            ("name", "Macs"),
            ("audience", "me"),
            ("query", "platform=macos"),
        ];
        let made = owner
            .post("/console/devices/views", &fields)
            .await
            .expect(303);
        let view = made.location().to_owned();
        let id = app.text("SELECT id FROM saved_view").await.unwrap();
        let begin = [("act", "begin")];
        owner
            .post(&format!("/console/devices/views/{id}"), &begin)
            .await
            .expect(303);
        let part = owner
            .get(&format!("/console/devices?scope={law}"))
            .await
            .expect(303);
        assert_eq!(part.location(), format!("{view}&scope={law}"));
        // What was begun with is no begin again.
        owner.get(part.location()).await.expect(200);
        let whole = owner.get("/console/devices").await.expect(303);
        assert_eq!(whole.location(), view);
    }
);
