//! Invitations to many: preview, progress, crashes, who is where, and scope.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value as Json, json};
use tillsyn_core::actor::Permission as P;
use tillsyn_core::jobs;
use tillsyn_sim::DeviceConfig;
use tillsyn_testkit::{Api, both_engines};

use super::invitations::{by, letters, person};
use super::{server, still};

const BATCHES: &str = "/api/v1/invitation-batches";
const MINUTE_MS: i64 = 60_000;

async fn create(api: &Api, body: Json) -> Json {
    api.post(BATCHES, &body).await.expect(201)
}

fn at(batch: &Json, rest: &str) -> String {
    format!("{BATCHES}/{}{rest}", batch["id"].as_str().unwrap())
}

async fn begin(api: &Api, batch: &Json) {
    let body = json!({ "digest": batch["digest"] });
    api.post(&at(batch, "/begin"), &body).await.expect(202);
}

async fn people(api: &Api, batch: &Json) -> Json {
    api.get(&at(batch, "/people?limit=1000")).await.expect(200)
}

/// What everybody's step is, by mail address.
fn step<'a>(people: &'a Json, email: &str) -> (&'a str, &'a Json) {
    let all = people["items"].as_array().unwrap();
    let one = all.iter().find(|one| one["email"] == email);
    let one = one.unwrap_or_else(|| panic!("{email} in {people}"));
    (one["step"].as_str().unwrap(), &one["cause"])
}

/// The counts are those of the list.
fn agrees(people: &Json) {
    let all = people["items"].as_array().unwrap();
    for (step, count) in people["counts"].as_object().unwrap() {
        let listed = all.iter().filter(|one| one["step"] == *step).count();
        assert_eq!(count, &json!(listed), "{step}");
    }
    let sum: u64 = people["counts"]
        .as_object()
        .unwrap()
        .values()
        .map(|n| n.as_u64().unwrap())
        .sum();
    assert_eq!(sum, u64::try_from(all.len()).unwrap());
}

fn csv(count: usize) -> String {
    let mut text = "name,email,language\n".to_owned();
    for number in 0..count {
        writeln!(text, "Person {number:03},p{number:03}@example.org,en").unwrap();
    }
    text
}

both_engines!(
    only_what_was_shown_is_carried_out,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        let open = person(&api, "Has One", "open@example.org", "en").await;
        let body = json!({ "person_id": open });
        api.post("/api/v1/invitations/send", &body)
            .await
            .expect(201);
        let file = "name,email,language\nNew One,new@example.org,sv\n,broken,en\n\
            Has One,open@example.org,en\nTwice,new@example.org,en\nNo Mail,,en\n";
        let batch = create(&api, json!({ "csv": file, "label": "Autumn" })).await;
        assert_eq!(
            (&batch["status"], &batch["total"]),
            (&json!("open"), &json!(5))
        );
        let shown = people(&api, &batch).await;
        agrees(&shown);
        assert_eq!(step(&shown, "new@example.org").0, "planned");
        assert_eq!(step(&shown, "broken"), ("wrong", &json!("email")));
        assert_eq!(
            step(&shown, "open@example.org"),
            ("skipped", &json!("has_invitation"))
        );
        assert_eq!(
            shown["counts"],
            json!({ "planned": 1, "skipped": 1, "wrong": 3 })
        );
        assert_eq!(
            app.count("SELECT count(*) FROM person WHERE email = 'new@example.org'")
                .await,
            0
        );
        let other = api
            .post(&at(&batch, "/begin"), &json!({ "digest": "0" }))
            .await;
        assert_eq!(other.expect(409)["code"], "batch_overtaken");
        begin(&api, &batch).await;
        app.run_job("invitations").await;
        let done = api.get(&at(&batch, "")).await.expect(200);
        assert_eq!(
            (&done["status"], &done["done"]),
            (&json!("done"), &json!(5))
        );
        let mails = letters(&app, &server).await;
        let to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!(to, ["open@example.org", "new@example.org"]);
        assert!(mails[1].subject.contains("Anslut"), "{}", mails[1].subject);
        let shown = people(&api, &batch).await;
        agrees(&shown);
        assert_eq!(step(&shown, "new@example.org").0, "mail_sent");
        let file = api.get(&at(&batch, "/people.csv")).await;
        assert_eq!(file.status, 200);
        // A new batch passes over who was written to, and says so.
        let again = create(
            &api,
            json!({ "emails": ["new@example.org", "who@example.org"] }),
        )
        .await;
        let shown = people(&api, &again).await;
        assert_eq!(
            step(&shown, "new@example.org"),
            ("skipped", &json!("has_invitation"))
        );
        assert_eq!(shown["counts"], json!({ "skipped": 1, "wrong": 1 }));
        for (wrong, code) in [
            (json!({}), "batch_source"),
            (json!({ "people": [] }), "batch_empty"),
            (json!({ "csv": "colour\nred\n" }), "import_header"),
        ] {
            assert_eq!(api.post(BATCHES, &wrong).await.expect(422)["code"], code);
        }
    }
);

both_engines!(
    nobody_is_written_to_twice_after_a_crash,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        let batch = create(&api, json!({ "csv": csv(65) })).await;
        begin(&api, &batch).await;
        let core = app.core.clone();
        let job = tokio::spawn(async move { jobs::run(&core, "invitations").await });
        while app.count("SELECT count(*) FROM invitation").await < 20 {
            tokio::task::yield_now().await;
        }
        job.abort();
        let _ = job.await;
        // Whoever takes it over waits for the lease.
        app.clock.advance_ms(3 * MINUTE_MS);
        app.run_job("invitations").await;
        let done = api.get(&at(&batch, "")).await.expect(200);
        assert_eq!(
            (&done["status"], &done["done"]),
            (&json!("done"), &json!(65))
        );
        let mails = letters(&app, &server).await;
        let to: BTreeSet<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!((mails.len(), to.len()), (65, 65));
        assert_eq!(app.count("SELECT count(*) FROM invitation").await, 65);
        assert_eq!(app.count("SELECT count(*) FROM person").await, 65);
        // A second one that is ended before it began writes to nobody.
        let second = create(&api, json!({ "csv": csv(3), "skip_open": false })).await;
        begin(&api, &second).await;
        let ended = api
            .post(&at(&second, "/cancel"), &json!({}))
            .await
            .expect(200);
        assert_eq!(ended["status"], "cancelled");
        app.run_job("invitations").await;
        assert_eq!(
            people(&api, &second).await["counts"],
            json!({ "cancelled": 3 })
        );
        assert_eq!(app.count("SELECT count(*) FROM invitation").await, 65);
    }
);

both_engines!(
    mail_that_came_back_later_is_recorded_and_nobody_is_reminded_there,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        let policy = json!({ "days": 10, "remind_after_days": [2], "remind_before_days": [1] });
        api.put("/api/v1/settings/invitations", &policy)
            .await
            .expect(200);
        let batch = create(&api, json!({ "csv": csv(2) })).await;
        begin(&api, &batch).await;
        app.run_job("invitations").await;
        let one = people(&api, &batch).await["items"][0].clone();
        let path = format!(
            "/api/v1/invitations/{}/bounced",
            one["invitation_id"].as_str().unwrap()
        );
        let early = api.post(&path, &json!({})).await;
        assert_eq!(early.expect(409)["code"], "mail_not_sent");
        assert_eq!(letters(&app, &server).await.len(), 2);
        let reader = app.api(&[P::InvitationsRead]).await;
        assert_eq!(reader.post(&path, &json!({})).await.status, 403);
        let rights = [P::InvitationsRead, P::InvitationsWrite];
        let unit = json!({ "name": "Library" });
        let unit = api.post("/api/v1/units", &unit).await.expect(201);
        let other = crate::mail::of_unit(&app, unit["id"].as_str().unwrap(), &rights).await;
        assert_eq!(other.post(&path, &json!({})).await.status, 404);
        api.post(&path, &json!({})).await.expect(200);
        let again = api.post(&path, &json!({})).await;
        assert_eq!(again.expect(409)["code"], "mail_not_sent");
        let shown = people(&api, &batch).await;
        agrees(&shown);
        assert_eq!(
            step(&shown, "p000@example.org"),
            ("mail_refused", &json!("bounced"))
        );
        assert_eq!(step(&shown, "p001@example.org").0, "mail_sent");
        app.clock.advance_ms(49 * 60 * MINUTE_MS);
        app.run_job("minute").await;
        let mails = letters(&app, &server).await;
        let to: Vec<&str> = mails.iter().skip(2).map(|mail| mail.to.as_str()).collect();
        assert_eq!(to, ["p001@example.org"]);
        // The link still works for whoever has it.
        let first = mails
            .iter()
            .find(|mail| mail.to == "p000@example.org")
            .unwrap();
        let mut config = DeviceConfig::iphone(app.next());
        config.behaviours.clock_skew_ms = 49 * 60 * MINUTE_MS;
        app.device(config).enroll(&by(&app, first)).await.unwrap();
    }
);

both_engines!(
    an_administrator_neither_sees_nor_writes_to_another_unit,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        let mut units = Vec::new();
        for name in ["Alpha", "Beta"] {
            let made = api
                .post("/api/v1/units", &json!({ "name": name }))
                .await
                .expect(201);
            units.push(made["id"].as_str().unwrap().to_owned());
        }
        let mut ids = Vec::new();
        for (name, unit) in [("ann", &units[0]), ("bea", &units[1])] {
            let body =
                json!({ "name": name, "email": format!("{name}@example.org"), "unit_id": unit });
            let made = api.post("/api/v1/people", &body).await.expect(201);
            ids.push(made["id"].as_str().unwrap().to_owned());
        }
        let whole = create(&api, json!({ "people": ids })).await;
        let rights = [
            P::InvitationsRead,
            P::InvitationsWrite,
            P::PeopleRead,
            P::SettingsWrite,
        ];
        let alpha = crate::mail::of_unit(&app, &units[0], &rights).await;
        // Neither by id, nor by address, nor by a batch of somebody above.
        for body in [
            json!({ "people": [ids[1]] }),
            json!({ "emails": ["bea@example.org"] }),
        ] {
            let batch = create(&alpha, body).await;
            assert_eq!(
                people(&alpha, &batch).await["counts"],
                json!({ "wrong": 1 })
            );
        }
        let send = json!({ "person_id": ids[1] });
        alpha
            .post("/api/v1/invitations/send", &send)
            .await
            .expect(404);
        for path in ["", "/people", "/people.csv"] {
            assert_eq!(alpha.get(&at(&whole, path)).await.status, 404, "{path}");
        }
        let digest = json!({ "digest": whole["digest"] });
        alpha.post(&at(&whole, "/begin"), &digest).await.expect(404);
        let steps = json!({ "steps": ["mail_sent"] });
        alpha.post(&at(&whole, "/resend"), &steps).await.expect(404);
        assert_eq!(
            alpha.post(&at(&whole, "/cancel"), &json!({})).await.status,
            404
        );
        let listed = alpha.get(BATCHES).await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        let beta = format!("/api/v1/units/{}/settings/invitations", units[1]);
        alpha.get(&beta).await.expect(404);
        alpha
            .put(&beta, &json!({ "pin": "none" }))
            .await
            .expect(404);
        // Theirs goes, and makes nobody: that takes another right.
        let own = create(&alpha, json!({ "people": [ids[0]] })).await;
        begin(&alpha, &own).await;
        let file = create(
            &alpha,
            json!({ "csv": "name,email\nNew,new@example.org\n" }),
        )
        .await;
        assert_eq!(people(&alpha, &file).await["counts"], json!({ "wrong": 1 }));
        app.run_job("invitations").await;
        let mails = letters(&app, &server).await;
        let to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!(to, ["ann@example.org"]);
    }
);
