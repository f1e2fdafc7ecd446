//! The audit trail through the API: finding events, refusals, retention, legal holds, and forgetting people.

use serde_json::json;
use tillsyn_core::Actor;
use tillsyn_core::actor::Permission as P;
use tillsyn_core::approvals::{self, ApprovalFilter};
use tillsyn_core::audit::{self, Erase};
use tillsyn_core::ids::PersonId;
use tillsyn_core::people::{NewPerson, create_person};
use tillsyn_core::{Clock, jobs};
use tillsyn_testkit::canaries::{Canary, cells, found_in};
use tillsyn_testkit::{Api, AppOptions, Engine, OWNER_EMAIL, TestApp, both_engines};

use crate::device::story::only_device;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

fn still() -> AppOptions {
    AppOptions {
        clock: Clock::fixed(Clock::system().now_ms()),
        jobs: false,
        ..AppOptions::default()
    }
}

async fn add(api: &Api, path: &str, body: serde_json::Value) -> String {
    let made = api.post(path, &body).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

async fn found(api: &Api, query: &str) -> Vec<(String, String)> {
    let page = api
        .get(&format!("/api/v1/events?{query}"))
        .await
        .expect(200);
    let text = |item: &serde_json::Value, name: &str| item[name].as_str().unwrap().to_owned();
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| (text(item, "action"), text(item, "object_id")))
        .collect()
}

both_engines!(events_are_found_by_what_is_in_them, still(), |app| {
    async move {
        let api = app.owner_api().await;
        let unit = add(&api, "/api/v1/units", json!({"name": "Physics"})).await;
        app.clock.advance_ms(DAY_MS / 3);
        let then = jiff::Timestamp::from_millisecond(app.core.now_ms() - 1_000).unwrap();
        let in_unit = json!({"name": "Elin Berg", "unit_id": unit});
        let elin = add(&api, "/api/v1/people", in_unit).await;
        let omar = add(&api, "/api/v1/people", json!({"name": "Omar Dahl"})).await;
        let (first, second) = (
            ("person.create".to_owned(), elin.clone()),
            ("person.create".to_owned(), omar.clone()),
        );
        assert_eq!(
            found(&api, "action=person.create").await,
            [second.clone(), first.clone()]
        );
        assert_eq!(
            found(&api, "action=person.*&limit=1").await,
            std::slice::from_ref(&second)
        );
        let below = format!("unit_id={unit}&action=person.*");
        assert_eq!(found(&api, &below).await, std::slice::from_ref(&first));
        assert_eq!(
            found(&api, &format!("q={omar}")).await,
            std::slice::from_ref(&second)
        );
        // By time: the unit was made hours before.
        let since = format!("from={then}");
        assert_eq!(
            found(&api, &format!("{since}&action=unit.create")).await,
            []
        );
        assert_eq!(
            found(&api, &format!("{since}&action=person.create"))
                .await
                .len(),
            2
        );
        assert_eq!(
            found(&api, &format!("to={then}&action=person.create")).await,
            []
        );
        let token = app
            .text("SELECT actor_id FROM event WHERE action = 'unit.create'")
            .await
            .unwrap();
        assert_eq!(
            found(&api, &format!("actor_id={token}&action=person.*"))
                .await
                .len(),
            2
        );
        assert_eq!(found(&api, "result=refused").await, []);
        for odd in [
            "action=nonsense",
            "result=perhaps",
            "from=yesterday",
            "action=nonsense.*",
        ] {
            let answer = api.get(&format!("/api/v1/events?{odd}")).await;
            assert_eq!(answer.status, 422, "{odd}");
        }
        // Pages lead on.
        let page = api
            .get("/api/v1/events?action=person.*&limit=1")
            .await
            .expect(200);
        let next = page["next"].as_str().unwrap();
        let rest = found(&api, &format!("action=person.*&limit=1&after={next}")).await;
        assert_eq!(rest, [first]);

        // Sealed events say where.
        jobs::run(&app.core, "audit").await.unwrap();
        let page = api.get("/api/v1/events?limit=1").await.expect(200);
        let state = api.get("/api/v1/audit").await.expect(200);
        assert_eq!(page["items"][0]["position"], state["position"]);
        assert_eq!(state["unsealed"], 0);
        let export = api.get("/api/v1/audit/export?format=cef").await;
        assert_eq!(export.status, 200);
    }
});

both_engines!(
    a_flood_of_refusals_is_a_few_rows_and_a_number,
    still(),
    |app| async move {
        const ROWS: &str = "SELECT count(*) FROM event WHERE action = 'access.refused'";
        let reader = app.api(&[P::PeopleRead]).await;
        for _ in 0..12 {
            reader
                .post("/api/v1/people", &json!({"name": "Elin Berg"}))
                .await
                .expect(403);
            // Reading what one may not read changes nothing.
            reader.get("/api/v1/devices").await.expect(403);
        }
        assert_eq!(app.count(ROWS).await, 5);
        // Trying to read what is watched does.
        let of =
            "SELECT count(*) FROM event WHERE action = 'access.refused' AND object_id LIKE 'GET %'";
        for (number, path) in [
            "/api/v1/audit/export",
            "/api/v1/events",
            "/api/v1/devices/01930000-0000-7000-8000-000000000001/locations",
            "/api/v1/devices/01930000-0000-7000-8000-000000000001/escrow",
        ]
        .into_iter()
        .enumerate()
        {
            reader.get(path).await.expect(403);
            assert_eq!(
                app.count(of).await,
                i64::try_from(number).unwrap() + 1,
                "{path}"
            );
        }
        let row = "SELECT object_id || ' ' || result || ' ' || details FROM event \
            WHERE action = 'access.refused' ORDER BY seq LIMIT 1";
        assert_eq!(
            app.text(row).await.unwrap(),
            "POST /api/v1/people refused {\"code\":\"permission_missing\"}"
        );
        jobs::run(&app.core, "minute").await.unwrap();
        assert_eq!(app.count(ROWS).await, 9);
        app.clock.advance_ms(61_000);
        jobs::run(&app.core, "minute").await.unwrap();
        assert_eq!(app.count(ROWS).await, 10);
        let last = "SELECT details FROM event WHERE action = 'access.refused' \
            ORDER BY seq DESC LIMIT 1";
        let last: serde_json::Value = serde_json::from_str(&app.text(last).await.unwrap()).unwrap();
        assert_eq!(last, json!({"code": "permission_missing", "times": 7}));
    }
);

both_engines!(what_is_too_old_is_cut_at_a_signed_head, still(), |app| {
    async move {
        const EVENTS: &str = "SELECT count(*) FROM event";
        let api = app.owner_api().await;
        let elin = add(&api, "/api/v1/people", json!({"name": "Elin Berg"})).await;
        jobs::run(&app.core, "audit").await.unwrap();
        let old = app
            .count("SELECT MAX(position) FROM audit_checkpoint")
            .await;
        let short = json!({"retention_days": 89});
        api.put("/api/v1/audit/settings", &short).await.expect(422);
        let short = json!({"retention_days": 90});
        api.put("/api/v1/audit/settings", &short).await.expect(200);
        app.clock.advance_ms(91 * DAY_MS);
        let mut owner = app.owner.clone();
        owner.fresh_at = Some(app.core.now_ms());
        let omar = NewPerson {
            name: "Omar Dahl".to_owned(),
            email: None,
            language: None,
            unit: None,
        };
        create_person(&app.core, &owner, omar).await.unwrap();
        jobs::run(&app.core, "audit").await.unwrap();
        let all = app.count(EVENTS).await;

        // Neither a hold on everything nor one on somebody whom it concerns lets it go.
        let hold = async |subject: Option<String>| {
            audit::place_hold(&app.core, &owner, subject, "Inquiry")
                .await
                .unwrap()
                .id
        };
        let (theirs, whole) = (hold(Some(elin)).await, hold(None).await);
        for id in [whole, theirs] {
            audit::retain(&app.core).await.unwrap();
            assert_eq!(app.count("SELECT count(*) FROM audit_cut").await, 0);
            audit::end_hold(&app.core, &owner, &id).await.unwrap();
        }

        // A broken part stays, for whoever looks into it.
        let spoil = "UPDATE event SET result = result || 'x' WHERE seq = 1";
        app.db().execute(spoil, Vec::new()).await.unwrap();
        audit::retain(&app.core).await.unwrap();
        assert_eq!(app.count("SELECT count(*) FROM audit_cut").await, 0);
        let mend = "UPDATE event SET result = substr(result, 1, length(result) - 1) WHERE seq = 1";
        app.db().execute(mend, Vec::new()).await.unwrap();

        audit::retain(&app.core).await.unwrap();
        assert!(app.count("SELECT MAX(position) FROM audit_cut").await >= old);
        assert!(app.count(EVENTS).await < all);
        let lone = "SELECT count(*) FROM event_identity i WHERE NOT EXISTS \
            (SELECT 1 FROM event e WHERE e.id = i.event_id)";
        assert_eq!(app.count(lone).await, 0);
        let left = "SELECT count(*) FROM event WHERE action = 'person.create'";
        assert_eq!(app.count(left).await, 1);
        let cut = "SELECT count(*) FROM event WHERE action = 'audit.cut'";
        assert_eq!(app.count(cut).await, 1);
        jobs::run(&app.core, "audit").await.unwrap();
        let verdict = audit::verify(&app.core, None).await.unwrap();
        assert_eq!(verdict.findings, []);
        assert!(verdict.entries > 0);
        // What is left of the cut's own trail can be tampered with no better.
        let position = verdict.position;
        let cut =
            "DELETE FROM audit_entry WHERE position = (SELECT MIN(position) FROM audit_entry)";
        app.db().execute(cut, Vec::new()).await.unwrap();
        let verdict = audit::verify(&app.core, None).await.unwrap();
        assert_eq!(verdict.position, position);
        assert!(!verdict.is_whole());
    }
});

/// Cells of the store in which one of them stands.
async fn cells_with(app: &TestApp, canaries: &[Canary]) -> Vec<String> {
    cells(&app.db())
        .await
        .into_iter()
        .filter(|(_, _, value)| !found_in(canaries, value).is_empty())
        .map(|(table, column, _)| format!("{table}.{column}"))
        .collect()
}

both_engines!(
    an_erased_person_is_nowhere_and_the_chain_is_whole,
    // An import that began must still wait when the person is to be erased.
    AppOptions {
        jobs: false,
        ..AppOptions::default()
    },
    |app| async move {
        app.enrolled_iphone().await;
        let device = only_device(&app).await;
        let api = app.owner_api().await;
        let name = "Canary Bergström-Elin";
        let email = "canary.elin@example.org";
        let body = json!({"name": name, "email": email});
        let elin = add(&api, "/api/v1/people", body).await;
        let group = add(&api, "/api/v1/groups", json!({"name": "Loans"})).await;
        api.post(
            &format!("/api/v1/groups/{group}/members"),
            &json!({"people": [elin]}),
        )
        .await;
        let of = format!("/api/v1/devices/{device}/person");
        api.put(&of, &json!({"person_id": elin})).await;
        let rename = "UPDATE device_summary SET name = 'Canary Bergström-Elin iPhone', \
            person_id = (SELECT id FROM person), person_name = (SELECT name FROM person)";
        app.db().execute(rename, Vec::new()).await.unwrap();
        let theirs = "UPDATE enrollment SET person_id = (SELECT id FROM person)";
        app.db().execute(theirs, Vec::new()).await.unwrap();
        // Their account, which a second person made, and what the device and the Mac's user said.
        for sql in [
            "INSERT INTO account (id, org_unit_id, email, name, password_hash, role, status, created_at, \
                role_changed_at, password_changed_at) SELECT '01930000-0000-7000-8000-0000000000aa', org_unit_id, p.email, p.name, \
                '!', 'read_only', 'disabled', 1, 1, 1 FROM person p",
            "INSERT INTO approval (id, kind, subject_id, org_unit_id, permission, status, cause, change, \
                preview, digest, asked_kind, asked_by, people, asked_at, expires_at) SELECT '01930000-0000-7000-8000-0000000000ab', \
                'account', '01930000-0000-7000-8000-0000000000aa', org_unit_id, 'accounts.write', 'approved', 'rule', \
                '{\"kind\":\"account\",\"change\":{\"act\":\"create\",\"account_id\":\"01930000-0000-7000-8000-0000000000aa\",\
                \"account\":{\"name\":\"' || p.name || '\",\"email\":\"' || p.email || '\",\
                \"role\":\"read_only\"}}}', \
                '{\"facts\":{\"name\":\"' || p.name || '\",\"email\":\"' || p.email || '\"}}', \
                '', 'account', 'somebody', '[]', 1, 2 FROM person p",
            "UPDATE channel SET user_long_name = (SELECT name FROM person), user_id = 'Canary Bergström-Elin'",
            "INSERT INTO installed_certificate (channel_id, sha256, device_id, common_name, observed_at) \
                SELECT c.id, 'sha', c.device_id, p.email, 1 FROM channel c JOIN person p ON 1 = 1",
        ] {
            app.db().execute(sql, Vec::new()).await.unwrap();
        }
        let canaries = [Canary::new("name", name), Canary::new("email", email)];
        assert!(cells_with(&app, &canaries).await.len() >= 3);

        let id = PersonId::parse(&elin).unwrap();
        let erase = async |typed: &str| {
            let ask = Erase {
                typed: typed.to_owned(),
                proof: None,
            };
            audit::erase_person(&app.core, &app.owner, &id, ask).await
        };
        let document = audit::export_person(&app.core, &app.owner, &id, None)
            .await
            .unwrap();
        assert_eq!(document["person"][0]["email"], email);
        assert_eq!(document["devices"][0]["id"], device.to_string());
        assert!(!document["events"].as_array().unwrap().is_empty());

        // Whoever has devices, is held or is misspelt is not erased.
        assert_eq!(erase(name).await.unwrap_err().code, "person_has_devices");
        let over = "UPDATE enrollment SET status = 'removed', ended_at = 1";
        app.db().execute(over, Vec::new()).await.unwrap();
        // A hold on nobody is none; one on their device or account covers what erasing would take.
        for nobody in ["canary.elin@example.org", "elin"] {
            let subject = Some(nobody.to_owned());
            let refused = audit::place_hold(&app.core, &app.owner, subject, "Inquiry").await;
            assert_eq!(refused.unwrap_err().code, "hold_subject");
        }
        for subject in [
            elin.clone(),
            device.to_string(),
            "01930000-0000-7000-8000-0000000000aa".to_owned(),
        ] {
            let hold = audit::place_hold(&app.core, &app.owner, Some(subject), "Inquiry")
                .await
                .unwrap();
            assert_eq!(erase(name).await.unwrap_err().code, "legal_hold");
            audit::end_hold(&app.core, &app.owner, &hold.id)
                .await
                .unwrap();
        }
        assert_eq!(erase("Elin").await.unwrap_err().code, "confirmation");
        // Files that name them: one that nobody began, one that is being carried out, one of somebody else.
        let mut files = Vec::new();
        for text in [
            format!("name,email\n{name},\n"),
            format!("name,email\n{name},{email}\n"),
            "name,email\nCanary,c@example.org\n".to_owned(),
        ] {
            let made = api.post_csv("/api/v1/imports?kind=people", text.into_bytes());
            let made = made.await.expect(201);
            files.push(made["id"].as_str().unwrap().to_owned());
        }
        let begin = format!("/api/v1/imports/{}/apply", files[1]);
        api.post(&begin, &json!({})).await.expect(202);
        assert_eq!(erase(name).await.unwrap_err().code, "import_running");
        let end = format!("/api/v1/imports/{}/cancel", files[1]);
        api.post(&end, &json!({})).await.expect(200);
        // A token alone does not do it, and a reader not at all.
        let path = format!("/api/v1/people/{elin}/erase");
        let refused = api.post(&path, &json!({"confirm": name})).await.expect(403);
        assert_eq!(refused["code"], "password_needed");
        let reader = app.api(&[P::PeopleRead]).await;
        reader
            .post(&path, &json!({"confirm": name}))
            .await
            .expect(403);
        assert!(!cells_with(&app, &canaries).await.is_empty());

        erase(name).await.unwrap();
        let left = cells_with(&app, &canaries).await;
        // What a request was answered is kept for a day, for its repetition.
        let left: Vec<_> = left
            .iter()
            .filter(|cell| !cell.starts_with("idempotency_key"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
        // What is left of the approval still reads as one.
        let waits =
            approvals::list_approvals(&app.core, &app.owner, ApprovalFilter::default(), None, None);
        assert_eq!(waits.await.unwrap().items.len(), 1);
        for (file, status, rows) in [
            (&files[0], "cancelled", 0),
            (&files[1], "cancelled", 0),
            (&files[2], "open", 1),
        ] {
            let found = api
                .get(&format!("/api/v1/imports/{file}"))
                .await
                .expect(200);
            assert_eq!(found["status"], status);
            let shown = api
                .get(&format!("/api/v1/imports/{file}/rows"))
                .await
                .expect(200);
            assert_eq!(shown["items"].as_array().unwrap().len(), rows);
        }
        let known = "SELECT count(*) FROM event WHERE object_kind = 'person'";
        assert_eq!(app.count(known).await, 3);
        api.get(&format!("/api/v1/people/{elin}")).await.expect(404);
        jobs::run(&app.core, "audit").await.unwrap();
        let verdict = audit::verify(&app.core, None).await.unwrap();
        assert_eq!(verdict.findings, []);
    }
);

/// A mail address is typed: it gives whoever typed it nothing of an account elsewhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_beyond_ones_units_is_neither_told_nor_erased() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let api = app.owner_api().await;
    let unit = add(&api, "/api/v1/units", json!({"name": "Physics"})).await;
    let body = json!({"name": "Elin Berg", "email": OWNER_EMAIL, "unit_id": unit});
    let elin = PersonId::parse(&add(&api, "/api/v1/people", body).await).unwrap();
    let mut scoped = app.owner.clone();
    let path = format!("SELECT path FROM org_unit WHERE id = '{unit}'");
    scoped.unit_path = app.text(path.leak()).await.unwrap();
    let disabled = "UPDATE account SET status = 'disabled'";
    app.db().execute(disabled, Vec::new()).await.unwrap();

    let document = audit::export_person(&app.core, &scoped, &elin, None)
        .await
        .unwrap();
    assert_eq!(document["account"], json!(null));
    assert_eq!(document["sessions"], json!(null));
    let of = |document: &serde_json::Value| -> Vec<String> {
        let events = document["events"].as_array().unwrap();
        let action = |event: &serde_json::Value| event["action"].as_str().unwrap().to_owned();
        events.iter().map(action).collect()
    };
    assert_eq!(of(&document), ["person.create"]);
    assert_eq!(document["events_truncated"], false);
    let erase = async |actor: &Actor| {
        let typed = "Elin Berg".to_owned();
        audit::erase_person(&app.core, actor, &elin, Erase { typed, proof: None }).await
    };
    assert_eq!(
        erase(&scoped).await.unwrap_err().code,
        "person_account_beyond"
    );
    // Of their own unit and more: all of it, also what their tokens did.
    let document = audit::export_person(&app.core, &app.owner, &elin, None)
        .await
        .unwrap();
    assert_eq!(document["account"][0]["email"], OWNER_EMAIL);
    assert!(of(&document).contains(&"unit.create".to_owned()));
    let known = format!("SELECT count(*) FROM account WHERE email = '{OWNER_EMAIL}'");
    assert_eq!(app.count(known.leak()).await, 1);
}

/// What an account does by its tokens, and what is asked of a device, is held with them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_covers_what_tokens_did() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let account = app.text("SELECT id FROM account").await.unwrap();
    let api = app.owner_api().await;
    add(&api, "/api/v1/people", json!({"name": "Elin Berg"})).await;
    // Only what the token did is left of it, and is old.
    let others = "DELETE FROM event WHERE action <> 'person.create'";
    app.db().execute(others, Vec::new()).await.unwrap();
    jobs::run(&app.core, "audit").await.unwrap();
    app.clock.advance_ms(800 * DAY_MS);
    let mut owner = app.owner.clone();
    owner.fresh_at = Some(app.core.now_ms());
    let hold = audit::place_hold(&app.core, &owner, Some(account), "Inquiry")
        .await
        .unwrap();
    let made = "SELECT count(*) FROM event WHERE action = 'person.create'";
    audit::retain(&app.core).await.unwrap();
    assert_eq!(app.count(made).await, 1);
    audit::end_hold(&app.core, &owner, &hold.id).await.unwrap();
    audit::retain(&app.core).await.unwrap();
    assert_eq!(app.count(made).await, 0);
}
