//! The help desk: who somebody is by whatever they say, the next useful act, and what stays hidden.

use serde_json::json;
use tillsyn_core::actor::Permission as P;
use tillsyn_pki::hash;
use tillsyn_sim::DeviceConfig;
use tillsyn_testkit::{Api, TestApp, both_engines};

use super::Browser;

async fn text(app: &TestApp, sql: &'static str) -> String {
    app.text(sql).await.unwrap()
}

/// Elin with an enrolled iPhone, and Erik who was invited and did not come; each with an id.
async fn two_people(app: &TestApp) -> (String, String) {
    let invite = async |name: &str, email: &str| {
        let (name, email) = (name.to_owned(), email.to_owned());
        app.invite_with(|new| {
            new.person_name = Some(name);
            new.person_email = Some(email);
            new.with_pin = true;
        })
        .await
    };
    let first = invite("Elin Hedström", "elin@example.org").await;
    let mut iphone = app.device(DeviceConfig::iphone(app.next()));
    iphone.enroll(&app.by(&first)).await.unwrap();
    iphone.session().await.unwrap();
    app.run_job("last_seen").await;
    invite("Erik Falk", "erik@example.org").await;
    (
        text(
            app,
            "SELECT id FROM person WHERE email = 'elin@example.org'",
        )
        .await,
        text(
            app,
            "SELECT id FROM person WHERE email = 'erik@example.org'",
        )
        .await,
    )
}

/// A serial number as people read it out.
fn spelled(serial: &str) -> String {
    let lower = serial.to_lowercase();
    let (head, tail) = lower.split_at(3);
    format!(" {head} - {tail} ")
}

both_engines!(
    one_field_finds_by_each_key_and_one_hit_opens_at_once,
    |app| async move {
        let (elin, erik) = two_people(&app).await;
        let imei = "UPDATE device_summary SET imei = '356766012345678'";
        app.db().execute(imei, Vec::new()).await.unwrap();
        let serial = text(&app, "SELECT serial_number FROM device").await;
        let name = text(&app, "SELECT name FROM device_summary").await;
        let mut owner = Browser::owner(&app).await;
        let desk = format!("/console/people/{elin}/desk");
        for wanted in [
            "hedstr",
            "ELIN@example.org",
            &serial,
            &spelled(&serial),
            "35 676601 234567-8",
            &name,
        ] {
            let at = tillsyn_web::ui::urls::Query::default()
                .with("q", wanted)
                .url("/console/help-desk");
            let found = owner.get(&at).await.expect(303);
            assert_eq!(found.location(), desk, "{wanted}");
        }
        let both = owner
            .get("/console/help-desk?q=example.org")
            .await
            .expect(200);
        both.says(&desk);
        both.says(&format!("/console/people/{erik}/desk"));
        let nobody = owner.get("/console/help-desk?q=nobody").await.expect(200);
        nobody.says("Nobody and nothing that you reach is found by this.");
        let short = owner.get("/console/help-desk?q=e").await.expect(200);
        short.says("Type two characters at least.");

        let api = app.owner_api().await;
        let found = api.get("/api/v1/help-desk?q=hedstr").await.expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
        assert_eq!(found["items"][0]["person_id"], elin.as_str());
    }
);

async fn next(api: &Api, person: &str) -> (String, String) {
    let desk = api
        .get(&format!("/api/v1/people/{person}/desk"))
        .await
        .expect(200);
    let word = |name: &str| desk["next"][name].as_str().unwrap_or_default().to_owned();
    (word("act"), word("object_id"))
}

both_engines!(
    next_useful_act_follows_what_happened_and_its_button_does_it,
    |app| async move {
        let (elin, erik) = two_people(&app).await;
        let api = app.owner_api().await;
        let mut owner = Browser::owner(&app).await;
        let open = "SELECT id FROM invitation WHERE status = 'open'";
        let invitation = text(&app, open).await;
        let now = app.core.now_ms();
        assert_eq!(next(&api, &elin).await.0, "nothing");
        let resend = ("resend_invitation".to_owned(), invitation.clone());
        assert_eq!(next(&api, &erik).await, resend);

        // Too many wrong PINs: the button makes a new one and shows it once.
        let wrong = "UPDATE invitation SET pin_failures = 5 WHERE id = $1";
        let values = vec![invitation.clone().into()];
        app.db().execute(wrong, values).await.unwrap();
        assert_eq!(next(&api, &erik).await.0, "new_pin");
        let at = format!("/console/people/{erik}/desk");
        let page = owner.get(&at).await.expect(200);
        page.says("The PIN was typed wrong too often.");
        page.says("The PIN is locked.");
        let act = page.between("<form method=\"post\" action=\"/console/enrollment", "\"");
        let act = format!("/console/enrollment{act}");
        assert!(act.ends_with("/renew-pin"), "{act}");
        owner
            .post(&act, &[])
            .await
            .expect(200)
            .says("Shown now, once");
        assert_eq!(next(&api, &erik).await.0, "resend_invitation");

        // A silent device is asked; after a week and supervised it may be lost.
        let silent = "UPDATE device_summary SET last_seen = $1, supervised = $2";
        for (days, supervised, act) in [
            (2, 1, "ask_check_in"),
            (8, 0, "ask_check_in"),
            (8, 1, "lost_mode"),
        ] {
            let seen: i64 = now - days * 86_400_000;
            let values = vec![seen.into(), i64::from(supervised).into()];
            app.db().execute(silent, values).await.unwrap();
            assert_eq!(next(&api, &elin).await.0, act, "{days} {supervised}");
        }
        let dead = "UPDATE device_summary SET contact = 'unreachable'";
        app.db().execute(dead, Vec::new()).await.unwrap();
        assert_eq!(next(&api, &elin).await.0, "enroll_again");
        let stopped = "UPDATE push_topic SET stopped_reason = 'BadCertificate'";
        app.db().execute(stopped, Vec::new()).await.unwrap();
        assert_eq!(next(&api, &elin).await.0, "renew_push");

        let path = format!("/api/v1/people/{erik}");
        api.patch(&path, &json!({"status": "inactive"}))
            .await
            .expect(200);
        assert_eq!(next(&api, &erik).await.0, "activate");
        let page = owner.get(&at).await.expect(200);
        page.says("They are inactive.");
        let status = format!("/console/people/{erik}/status");
        owner
            .post(&status, &[("status", "active")])
            .await
            .expect(303);
        assert_eq!(next(&api, &erik).await.0, "invite");
    }
);

both_engines!(
    locked_sign_in_is_shown_and_opened_by_whoever_may,
    |app| async move {
        let (elin, _) = two_people(&app).await;
        let api = app.owner_api().await;
        let now = app.core.now_ms();
        let account = "INSERT INTO account (id, org_unit_id, email, name, password_hash, role, status, \
            created_at, role_changed_at, password_changed_at, person_id) SELECT $1, org_unit_id, id, name, \
            'x', 'portal', 'active', 0, 0, 0, id FROM person WHERE id = $2";
        let id = "01900000-0000-7000-8000-00000000aaaa";
        let values = vec![id.into(), elin.clone().into()];
        app.db().execute(account, values).await.unwrap();
        let state = async || {
            let desk = api
                .get(&format!("/api/v1/people/{elin}/desk"))
                .await
                .expect(200);
            desk["account"]["state"].as_str().unwrap().to_owned()
        };
        assert_eq!(state().await, "good");
        let subject = format!("portal:{}", hash::sha256_hex(b"elin@example.org"));
        let lock = "INSERT INTO guess_limit (subject, window_start, failures, blocked_until) \
            VALUES ($1, $2, 9, $3)";
        let values = vec![subject.into(), now.into(), (now + 600_000).into()];
        app.db().execute(lock, values).await.unwrap();
        assert_eq!(state().await, "locked");
        assert_eq!(next(&api, &elin).await.0, "unlock_sign_in");

        let mut owner = Browser::owner(&app).await;
        let page = owner
            .get(&format!("/console/people/{elin}/desk"))
            .await
            .expect(200);
        page.says("Closed for now");
        let act = format!("/console/people/{elin}/unlock");
        page.says(&act);
        owner.post(&act, &[]).await.expect(303);
        assert_eq!(state().await, "good");
        assert!(app.actions().await.contains(&"person.unlock".to_owned()));
        let expired = "UPDATE account SET must_change_password = 1 WHERE person_id IS NOT NULL";
        app.db().execute(expired, Vec::new()).await.unwrap();
        assert_eq!(next(&api, &elin).await.0, "send_password_link");
    }
);

both_engines!(
    outside_the_scope_nothing_is_found_and_nothing_is_counted,
    |app| async move {
        let (elin, _) = two_people(&app).await;
        let serial = text(&app, "SELECT serial_number FROM device").await;
        let all: Vec<P> = P::ALL.iter().map(|(p, _)| *p).collect();
        let all: Vec<P> = all.into_iter().filter(|p| app.owner.holds(*p)).collect();
        let api = app.api(&all).await;
        for sql in [
            "INSERT INTO org_unit (id, parent_id, name, path, created_at) SELECT 'other', id, 'Other', \
             path || 'other/', created_at FROM org_unit WHERE parent_id IS NULL",
            "UPDATE account SET org_unit_id = 'other'",
        ] {
            app.db().execute(sql, Vec::new()).await.unwrap();
        }
        for wanted in ["Elin", "example.org", &serial, "Erik"] {
            let found = api
                .get(&format!("/api/v1/help-desk?q={wanted}"))
                .await
                .expect(200);
            assert_eq!(found["items"], json!([]), "{wanted}");
        }
        api.get(&format!("/api/v1/people/{elin}/desk"))
            .await
            .expect(404);
    }
);

both_engines!(
    invitation_of_somebody_who_left_the_unit_does_not_tell_their_name,
    |app| async move {
        let (_, erik) = two_people(&app).await;
        let owner = app.owner_api().await;
        let unit = async |name: &str| {
            let made = owner.post("/api/v1/units", &json!({ "name": name })).await;
            made.expect(201)["id"].as_str().unwrap().to_owned()
        };
        let (alpha, beta) = (unit("Alpha").await, unit("Beta").await);
        let all: Vec<P> = P::ALL.iter().map(|(p, _)| *p).collect();
        let all: Vec<P> = all.into_iter().filter(|p| app.owner.holds(*p)).collect();
        let desk = crate::mail::of_unit(&app, &alpha, &all).await;
        let find = async |wanted: &str| {
            let found = desk.get(&format!("/api/v1/help-desk?q={wanted}")).await;
            found.expect(200)["items"].as_array().unwrap().len()
        };
        // Invited in Alpha, and then moved to Beta.
        for (sql, unit) in [
            (
                "UPDATE invitation SET org_unit_id = $1 WHERE status = 'open'",
                &alpha,
            ),
            (
                "UPDATE person SET org_unit_id = $1 WHERE email = 'erik@example.org'",
                &alpha,
            ),
        ] {
            app.db()
                .execute(sql, vec![unit.clone().into()])
                .await
                .unwrap();
        }
        assert_eq!(find("Erik").await, 1);
        let moved = "UPDATE person SET org_unit_id = $1 WHERE email = 'erik@example.org'";
        app.db().execute(moved, vec![beta.into()]).await.unwrap();
        for wanted in ["Erik", "Falk", "erik@example.org"] {
            assert_eq!(find(wanted).await, 0, "{wanted}");
        }
        let (_, listed) = desk.get_text("/api/v1/invitations").await;
        assert!(!listed.contains("erik@example.org"), "{listed}");
        assert!(!listed.contains(&erik), "{listed}");
        desk.get(&format!("/api/v1/people/{erik}/desk"))
            .await
            .expect(404);
    }
);

both_engines!(desk_does_by_itself_what_was_a_page_away, |app| async move {
    let (elin, erik) = two_people(&app).await;
    let api = app.owner_api().await;
    let mail = tillsyn_standins::smtp::SmtpStandin::start(
        tillsyn_standins::smtp::SmtpMode::Plain,
        None,
        app.core.now_ms(),
    )
    .await
    .unwrap();
    let settings = json!({ "host": "127.0.0.1", "port": mail.port(), "tls": "none",
            "user": null, "password": null, "from": "mdm@example.org" });
    api.put("/api/v1/mail", &settings).await.expect(200);
    let mut owner = Browser::owner(&app).await;
    let desk = format!("/console/people/{elin}/desk");
    let page = owner.get(&desk).await.expect(200);
    // A link for the password, and a question to the device: both come back to the desk.
    let device = text(&app, "SELECT id FROM device").await;
    let refresh = format!("/console/devices/{device}/refresh");
    let link = format!("/console/people/{elin}/sign-in/link");
    for act in [&refresh, &link] {
        page.says(act);
        let back = [("back", elin.as_str())];
        let done = owner.post(act, &back).await.expect(303);
        assert_eq!(done.location(), desk, "{act}");
    }
    let actions = app.actions().await;
    assert!(actions.contains(&"person.link".to_owned()), "{actions:?}");
    let away = [("back", "//elsewhere.example")];
    let done = owner.post(&refresh, &away).await.expect(303);
    assert_eq!(done.location(), format!("/console/devices/{device}"));

    // A new PIN and the invitation anew, each of which shows once what it made.
    let open = text(&app, "SELECT id FROM invitation WHERE status = 'open'").await;
    let page = owner
        .get(&format!("/console/people/{erik}/desk"))
        .await
        .expect(200);
    for act in ["renew-pin", "resend"] {
        let act = format!("/console/enrollment/invitations/{open}/{act}");
        page.says(&act);
        owner.post(&act, &[]).await.expect(200);
    }
    let actions = app.actions().await;
    for action in ["invitation.renew_pin", "invitation.resend"] {
        assert!(actions.contains(&action.to_owned()), "{action}");
    }
});

both_engines!(
    desk_shows_what_its_reader_may_see_and_no_secret,
    |app| async move {
        let (elin, erik) = two_people(&app).await;
        let codes = "SELECT code_hash || ' ' || COALESCE(pin_hash, '') FROM invitation \
            WHERE status = 'open'";
        let codes = text(&app, codes).await;
        let api = app.owner_api().await;
        let (_, whole) = api.get_text(&format!("/api/v1/people/{erik}/desk")).await;
        let mut owner = Browser::owner(&app).await;
        let page = owner
            .get(&format!("/console/people/{erik}/desk"))
            .await
            .expect(200);
        for secret in codes.split(' ').filter(|secret| !secret.is_empty()) {
            assert!(!whole.contains(secret) && !page.html.contains(secret));
        }
        // Whoever sees people alone sees neither devices nor invitations, and gets no advice from them.
        let reader = app.api(&[P::PeopleRead]).await;
        let desk = reader
            .get(&format!("/api/v1/people/{erik}/desk"))
            .await
            .expect(200);
        for hidden in ["devices", "invitations", "attempts"] {
            assert_eq!(desk[hidden], json!(null), "{hidden}");
        }
        assert_eq!(desk["next"]["act"], "nothing");
        let serial = text(&app, "SELECT serial_number FROM device").await;
        let found = reader
            .get(&format!("/api/v1/help-desk?q={serial}"))
            .await
            .expect(200);
        assert_eq!(
            found["items"],
            json!([]),
            "a device is found by whoever sees devices"
        );
        let path = format!("/api/v1/people/{elin}/desk");
        let nobody = app.api(&[P::DevicesRead]).await;
        nobody.get(&path).await.expect(403);
        nobody.get("/api/v1/help-desk?q=Elin").await.expect(403);
    }
);
