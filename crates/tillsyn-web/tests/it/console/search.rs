//! One field for everything, and the part of the organisation that lists are limited to.

use serde_json::{Value as Json, json};
use tillsyn_core::actor::Permission as P;
use tillsyn_sim::DeviceConfig;
use tillsyn_testkit::{Api, TestApp, both_engines};

use super::Browser;

async fn text(app: &TestApp, sql: &'static str) -> String {
    app.text(sql).await.unwrap()
}

async fn made(api: &Api, path: &str, body: Json) -> String {
    let made = api.post(path, &body).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

/// Elin's iPhone; its id.
async fn iphone_of_elin(app: &TestApp) -> String {
    let invitation = app
        .invite_with(|new| {
            new.person_name = Some("Elin Hedström".to_owned());
            new.person_email = Some("elin@example.org".to_owned());
        })
        .await;
    let mut iphone = app.device(DeviceConfig::iphone(app.next()));
    iphone.enroll(&app.by(&invitation)).await.unwrap();
    iphone.session().await.unwrap();
    text(app, "SELECT id FROM device").await
}

fn kinds(found: &Json) -> Vec<String> {
    let items = found["items"].as_array().unwrap();
    let mut kinds: Vec<String> = items
        .iter()
        .map(|item| item["kind"].as_str().unwrap().to_owned())
        .collect();
    kinds.dedup();
    kinds
}

both_engines!(
    what_names_one_thing_exactly_opens_it_and_the_rest_is_a_list,
    |app| async move {
        let device = iphone_of_elin(&app).await;
        let imei = "UPDATE device_summary SET imei = '356766012345678'";
        app.db().execute(imei, Vec::new()).await.unwrap();
        let serial = text(&app, "SELECT serial_number FROM device").await;
        let command = text(&app, "SELECT id FROM command LIMIT 1").await;
        let person = text(&app, "SELECT id FROM person").await;
        let mut owner = Browser::owner(&app).await;
        let (head, tail) = serial.split_at(3);
        for (wanted, to) in [
            (serial.clone(), format!("/console/devices/{device}")),
            (
                format!(" {}-{} ", head.to_lowercase(), tail.to_lowercase()),
                format!("/console/devices/{device}"),
            ),
            (
                "35 676601 234567-8".to_owned(),
                format!("/console/devices/{device}"),
            ),
            (
                "ELIN@example.org".to_owned(),
                format!("/console/people/{person}"),
            ),
            (
                command.clone(),
                format!("/console/devices/{device}/commands/{command}"),
            ),
        ] {
            let at = tillsyn_web::ui::urls::Query::default()
                .with("q", &wanted)
                .url("/console/search");
            let found = owner.get(&at).await.expect(303);
            assert_eq!(found.location(), to, "{wanted}");
        }
        let list = owner.get("/console/search?q=hedstr").await.expect(200);
        list.says(&format!("/console/people/{person}"));
        list.says(&format!("/console/devices/{device}"));
        // A part of a number is no number.
        let part = serial[..6].to_owned();
        owner
            .get(&format!("/console/search?q={part}"))
            .await
            .expect(200);
        let none = owner.get("/console/search?q=zzzz").await.expect(200);
        none.says("Nothing that you can see is called so.");
        owner.get("/console/search?q=e").await.expect(200);
    }
);

both_engines!(
    a_device_is_found_by_what_it_is_called_now_and_no_longer_by_what_it_was,
    |app| async move {
        iphone_of_elin(&app).await;
        let api = app.owner_api().await;
        let person = text(&app, "SELECT id FROM person").await;
        let serial = text(&app, "SELECT serial_number FROM device").await;
        let found = async |wanted: &str| {
            let at = tillsyn_web::ui::urls::Query::default()
                .with("search", wanted)
                .url("/api/v1/devices");
            let list = api.get(&at).await.expect(200);
            list["items"].as_array().unwrap().len()
        };
        let end = &serial[serial.len() - 4..];
        for wanted in ["hedstr", "elin HEDSTRÖM", &serial, end, "iphone"] {
            assert_eq!(found(wanted).await, 1, "{wanted}");
        }
        for wanted in ["edström", "elin lind", "~", "%", "--"] {
            assert_eq!(found(wanted).await, 0, "{wanted}");
        }
        let renamed = json!({ "name": "佐藤 美咲" });
        api.patch(&format!("/api/v1/people/{person}"), &renamed)
            .await
            .expect(200);
        assert_eq!(found("hedstr").await, 0);
        assert_eq!(found("美咲").await, 1);
        // Devices of an earlier release have no words until the job gives them theirs.
        app.db()
            .execute("DELETE FROM device_word", Vec::new())
            .await
            .unwrap();
        assert_eq!(found("美咲").await, 0);
        app.run_job("search_words").await;
        assert_eq!(found("美咲").await, 1);
        assert_eq!(found(end).await, 1);
    }
);

both_engines!(
    pages_and_settings_are_found_by_their_names_in_the_readers_language,
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        let push = owner.get("/console/search?q=apns").await.expect(200);
        push.says("href=\"/console/settings/push\"");
        owner.language = "sv";
        let mail = owner.get("/console/search?q=e-post").await.expect(200);
        mail.says("href=\"/console/settings/mail\"");
        // The part is bare: no frame around it, and an exact match is shown and not opened.
        let part = owner.get("/console/search?part=1&q=apns").await.expect(200);
        part.says("href=\"/console/settings/push\"");
        part.says_not("<html");
    }
);

both_engines!(
    all_of_a_kind_leads_only_to_a_list_that_can_be_searched,
    |app| async move {
        let api = app.owner_api().await;
        for at in 0..7 {
            let body = json!({ "name": format!("Physics {at}") });
            made(&api, "/api/v1/units", body.clone()).await;
            made(&api, "/api/v1/groups", body).await;
        }
        let mut owner = Browser::owner(&app).await;
        let page = owner.get("/console/search?q=physics").await.expect(200);
        page.says("href=\"/console/groups?q=physics\"");
        page.says("Physics 0");
        page.says_not("/console/settings/units?q=physics");
    }
);

both_engines!(
    what_is_out_of_reach_or_not_for_the_role_is_not_found,
    |app| async move {
        let _ = iphone_of_elin(&app).await;
        let serial = text(&app, "SELECT serial_number FROM device").await;
        let command = text(&app, "SELECT id FROM command LIMIT 1").await;
        let api = app.owner_api().await;
        made(&api, "/api/v1/groups", json!({ "name": "Elin's loans" })).await;
        let unit = made(&api, "/api/v1/units", json!({ "name": "Elsewhere" })).await;
        let all: Vec<P> = P::ALL.iter().map(|(p, _)| *p).collect();
        let all: Vec<P> = all.into_iter().filter(|p| app.owner.holds(*p)).collect();
        let found = api.get("/api/v1/search?q=elin").await.expect(200);
        assert_eq!(kinds(&found), ["device", "person", "group", "invitation"]);
        let other = crate::mail::of_unit(&app, &unit, &all).await;
        for wanted in ["elin", "elin@example.org", &serial, &command] {
            let found = other
                .get(&format!("/api/v1/search?q={wanted}"))
                .await
                .expect(200);
            assert_eq!(found["items"], json!([]), "{wanted}");
            assert_eq!(found["exact"], Json::Null, "{wanted}");
        }
        let people = app.api(&[P::PeopleRead]).await;
        let found = people.get("/api/v1/search?q=elin").await.expect(200);
        assert_eq!(kinds(&found), ["person"]);
        let found = people
            .get(&format!("/api/v1/search?q={serial}"))
            .await
            .expect(200);
        assert_eq!(found["items"], json!([]));
    }
);

both_engines!(
    a_unit_in_the_address_limits_lists_and_counts_and_nothing_else,
    |app| async move {
        let device = iphone_of_elin(&app).await;
        let api = app.owner_api().await;
        let empty = made(&api, "/api/v1/units", json!({ "name": "Empty" })).await;
        let mut owner = Browser::owner(&app).await;
        let name = text(&app, "SELECT name FROM device_summary").await;
        let all = owner.get("/console/devices").await.expect(200);
        all.says(&name);
        let none = owner
            .get(&format!("/console/devices?scope={empty}"))
            .await
            .expect(200);
        none.says_not(&format!("/console/devices/{device}\""));
        // The sidebar says where one is; the scope is no unknown parameter.
        none.says("Empty");
        none.says_not("scope=</");
        // One device's page is what it always is.
        owner
            .get(&format!("/console/devices/{device}?scope={empty}"))
            .await
            .expect(200)
            .says(&name);
        // One that does not exist limits nothing.
        let gone = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";
        owner
            .get(&format!("/console/devices?scope={gone}"))
            .await
            .expect(200)
            .says(&name);
        // A report by mail counts what its page showed.
        let report = owner
            .get(&format!("/console/reports/os?scope={empty}"))
            .await
            .expect(200);
        let form = report.between("action=\"/console/reports/os/", "\"");
        assert!(form.contains(&format!("unit={empty}")), "{form}");
        let choice = owner
            .get("/console/scope?next=/console/devices?platform=ios")
            .await
            .expect(200);
        choice.says(&format!("/console/devices?platform=ios&#38;scope={empty}"));
    }
);

both_engines!(
    a_browser_goes_on_in_the_scope_of_the_page_it_came_from,
    |app| async move {
        let api = app.owner_api().await;
        let unit = made(&api, "/api/v1/units", json!({ "name": "Physics" })).await;
        let mut owner = Browser::owner(&app).await;
        let from = format!("{}/console/devices?q=x&scope={unit}", app.url());
        let on = owner.go("/console/people", &from).await.expect(303);
        assert_eq!(on.location(), format!("/console/people?scope={unit}"));
        let on = owner.go("/console/people?q=a", &from).await.expect(303);
        assert_eq!(on.location(), format!("/console/people?q=a&scope={unit}"));
        // What says for itself what it wants is taken at its word.
        owner.go("/console/people?scope=", &from).await.expect(200);
        let foreign = format!("https://elsewhere.example/console?scope={unit}");
        owner.go("/console/people", &foreign).await.expect(200);
        let odd = format!("{}/console/devices?scope=//elsewhere", app.url());
        owner.go("/console/people", &odd).await.expect(200);
    }
);
