//! Another mail address for a person: nobody comes in as them by having it changed.

use serde_json::json;
use tillsyn_core::directory::{NewSource, PersonEntry, Run, SourceKind, apply, create_source};
use tillsyn_core::{Actor, actor::Permission};
use tillsyn_testkit::both_engines;

use super::{Browser, ELIN, elin, mail_server, mailed, person, proof, sign_in};
use crate::mail::still;

const THIEF: &str = "thief@norrvik.example";
const OPEN: &str = "SELECT count(*) FROM invitation WHERE status = 'open'";

async fn forgotten(app: &tillsyn_testkit::TestApp, email: &str) {
    Browser::new(app)
        .send_form("/portal/forgotten", &[("login", email)])
        .await
        .expect(200);
    app.run_job("mail").await;
}

both_engines!(
    a_changed_address_gets_no_link_until_an_administrator_proved_themselves,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = mail_server(&app, &api).await;
        let (id, mut browser) = elin(&app, &api).await;
        let path = format!("/api/v1/people/{id}");
        let desk = app
            .api(&[Permission::PeopleRead, Permission::PeopleWrite])
            .await;
        let change = json!({ "email": THIEF });
        desk.patch(&path, &change).await.expect(200);
        // Whoever had the former address is told, and has no session any more.
        browser.get("/portal").await.expect(303);
        app.run_job("minute").await;
        app.run_job("mail").await;
        let told = server.received();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].to, [ELIN]);
        assert!(!told[0].body().contains(THIEF), "{}", told[0].body());
        // Neither the new box nor the former one gets a link.
        for email in [THIEF, ELIN] {
            forgotten(&app, email).await;
        }
        assert_eq!(server.received().len(), 1);
        // Nor by way of no address at all.
        desk.patch(&path, &json!({ "email": "" })).await.expect(200);
        desk.patch(&path, &change).await.expect(200);
        forgotten(&app, THIEF).await;
        app.run_job("minute").await;
        app.run_job("mail").await;
        let mut sent = server.received().into_iter();
        assert!(!sent.any(|mail| mail.body().contains("/portal/welcome/")));
        // An administrator's link needs the proof that it is them, now.
        let link = format!("{path}/sign-in/link");
        let refused = desk.post(&link, &json!({})).await.expect(403);
        assert_eq!(refused["code"], "password_needed");
        desk.post(&link, &json!({ "password": "not the password" }))
            .await
            .expect(422);
        desk.post(&link, &proof()).await.expect(204);
        let (page, to) = mailed(&app, &server).await;
        assert_eq!(to, THIEF);
        let events = "SELECT count(*) FROM event WHERE action = 'person.link' AND details LIKE '%\"address_changed\":true%'";
        assert_eq!(app.count(events).await, 1);
        // With a password chosen, the address is theirs.
        let mut again = Browser::new(&app);
        let password = [("password", "nine slow boats at sea")];
        again.send_form(&page, &password).await.expect(303);
        let before = server.received().len();
        forgotten(&app, THIEF).await;
        assert_eq!(server.received().len(), before + 1);
    }
);

both_engines!(
    links_and_mailed_invitations_end_with_the_address,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = mail_server(&app, &api).await;
        let id = person(&api, "Elin Hedström", ELIN).await;
        let path = format!("/api/v1/people/{id}");
        api.post(&format!("{path}/sign-in/link"), &json!({}))
            .await
            .expect(204);
        let (link, _) = mailed(&app, &server).await;
        let sent = json!({ "person_id": id });
        api.post("/api/v1/invitations/send", &sent)
            .await
            .expect(201);
        assert_eq!(app.count(OPEN).await, 1);
        // Another name ends nothing.
        api.patch(&path, &json!({ "name": "Elin Dahl" }))
            .await
            .expect(200);
        Browser::new(&app).get(&link).await.expect(200);
        assert_eq!(app.count(OPEN).await, 1);
        api.patch(&path, &json!({ "email": "elin.dahl@norrvik.example" }))
            .await
            .expect(200);
        Browser::new(&app).get(&link).await.expect(404);
        assert_eq!(app.count(OPEN).await, 0);
        let told = "SELECT count(*) FROM event WHERE action = 'person.change' AND details LIKE '%invitations_ended%'";
        assert_eq!(app.count(told).await, 1);
        // What waited in the outbox for the former box is not sent any more.
        let before = server.received().len();
        app.run_job("mail").await;
        assert_eq!(server.received().len(), before);
    }
);

both_engines!(
    a_directory_that_changes_an_address_ends_the_same,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = mail_server(&app, &api).await;
        let new = NewSource {
            kind: SourceKind::Ldap,
            name: "AD".to_owned(),
            unit: None,
            priority: None,
        };
        let source = create_source(&app.core, &Actor::server(), new)
            .await
            .unwrap()
            .id;
        let read = async |key: &str, email: &str| {
            let entry = PersonEntry {
                key: key.to_owned(),
                login: Some(key.to_owned()),
                fields: [
                    ("name".to_owned(), Some("Elin Hedström".to_owned())),
                    ("email".to_owned(), Some(email.to_owned())),
                ]
                .into(),
                active: Some(true),
                ..PersonEntry::default()
            };
            let run = Run {
                complete: false,
                people: vec![entry],
                groups: Vec::new(),
            };
            apply(&app.core, &source, run).await.unwrap();
        };
        read("guid-1", ELIN).await;
        let id = app.text("SELECT id FROM person").await.unwrap();
        let path = format!("/api/v1/people/{id}/sign-in");
        let given = api.post(&format!("{path}/password"), &proof()).await;
        let given = given.expect(200)["password"].as_str().unwrap().to_owned();
        api.post(&format!("{path}/link"), &json!({}))
            .await
            .expect(204);
        let (link, _) = mailed(&app, &server).await;
        let mut browser = Browser::new(&app);
        sign_in(&mut browser, ELIN, &given).await.expect(303);
        api.post("/api/v1/invitations/send", &json!({ "person_id": id }))
            .await
            .expect(201);
        app.run_job("mail").await;
        read("guid-1", THIEF).await;
        browser.get("/portal").await.expect(303);
        Browser::new(&app).get(&link).await.expect(404);
        assert_eq!(app.count(OPEN).await, 0);
        let before = server.received().len();
        forgotten(&app, THIEF).await;
        assert_eq!(server.received().len(), before);
    }
);
