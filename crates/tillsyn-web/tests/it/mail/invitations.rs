//! Invitations by mail: what each mail holds, and what is kept of it; resending, reminders, typed codes.

use serde_json::{Value as Json, json};
use tillsyn_core::Kind;
use tillsyn_core::accounts::Caller;
use tillsyn_core::invitations::{self, InvitationState};
use tillsyn_sim::{DeviceConfig, EnrollBy};
use tillsyn_standins::smtp::SmtpStandin;
use tillsyn_testkit::canaries::{Canary, cells, found_in};
use tillsyn_testkit::{Api, TestApp, both_engines};

use super::letters::Letter;
use super::{server, still};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
pub(super) const HOUR_MS: i64 = 60 * 60 * 1_000;
pub(super) const POLICY: &str = "/api/v1/settings/invitations";

/// Adds a person; returns their id.
pub(crate) async fn person(api: &Api, name: &str, email: &str, language: &str) -> String {
    let body = json!({ "name": name, "email": email, "language": language });
    let made = api.post("/api/v1/people", &body).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

pub(super) async fn send(api: &Api, person: &str) -> Json {
    let body = json!({ "person_id": person });
    api.post("/api/v1/invitations/send", &body)
        .await
        .expect(201)
}

/// The mails so far, oldest first.
pub(crate) async fn letters(app: &TestApp, server: &SmtpStandin) -> Vec<Letter> {
    app.run_job("mail").await;
    assert_eq!(server.broken(), [""; 0]);
    server.received().iter().map(Letter::read).collect()
}

pub(crate) fn by(app: &TestApp, letter: &Letter) -> EnrollBy {
    EnrollBy::Invitation {
        server: app.url(),
        code: letter.code(),
        pin: letter.pin(),
    }
}

/// A client of the API after days of the test's clock.
async fn later(app: &mut TestApp) -> Api {
    app.owner.fresh_at = Some(app.clock.now_ms());
    app.owner_api().await
}

both_engines!(
    each_person_gets_link_pin_and_code_in_their_language_and_nothing_is_kept,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        api.put(POLICY, &json!({ "pin": "mail", "days": 7 }))
            .await
            .expect(200);
        let people = [
            (
                "Ann Lee",
                "ann@example.org",
                "en",
                "Set up your device",
                "Hello Ann Lee,",
            ),
            (
                "Åsa Ek",
                "asa@example.org",
                "sv",
                "Anslut din enhet",
                "Hej Åsa Ek,",
            ),
            (
                "佐藤 花",
                "hana@example.org",
                "ja",
                "デバイスの設定のご案内",
                "佐藤 花 様",
            ),
        ];
        for (name, email, language, ..) in people {
            let sent = send(&api, &person(&api, name, email, language).await).await;
            assert_eq!((&sent["mailed"], &sent["pin"]), (&json!(true), &Json::Null));
            assert_eq!(sent["url"], Json::Null);
        }
        let mails = letters(&app, &server).await;
        assert_eq!(mails.len(), 3);
        let mut canaries = Vec::new();
        for (letter, (name, email, language, title, hello)) in mails.iter().zip(people) {
            assert_eq!(letter.to, email);
            assert!(letter.subject.ends_with(title), "{}", letter.subject);
            assert!(letter.plain.starts_with(hello), "{}", letter.plain);
            for text in [&letter.plain, &letter.html] {
                assert!(text.contains(name), "{text}");
                assert!(text.contains(&letter.pin().unwrap()) && text.contains(&letter.typed()));
            }
            assert!(letter.html.contains(&format!("<html lang=\"{language}\">")));
            // The one address in it is the link; the picture comes along.
            assert_eq!(letter.html.matches("http").count(), 1, "{}", letter.html);
            assert!(
                letter.html.contains("src=\"cid:qr\"") && letter.picture.starts_with(b"\x89PNG")
            );
            assert!(letter.plain.contains("3. ") && letter.plain.contains("4. "));
            let mut phone = app.device(DeviceConfig::iphone(app.next()));
            phone.enroll(&by(&app, letter)).await.unwrap();
            canaries.push(Canary::new("link", letter.code()));
            canaries.push(Canary::new("PIN", letter.pin().unwrap()));
            canaries.push(Canary::new("typed code", letter.typed()));
            canaries.push(Canary::new("typed code", letter.typed().replace('-', "")));
        }
        for (table, column, value) in cells(&app.db()).await {
            assert_eq!(found_in(&canaries, value), [""; 0], "{table}.{column}");
        }
        // Over: not even sealed.
        app.run_job("minute").await;
        let left = "SELECT count(*) FROM invitation WHERE secrets_sealed IS NOT NULL OR typed_hash IS NOT NULL";
        assert_eq!(app.count(left).await, 0);
    }
);

both_engines!(
    a_pin_is_where_the_nearest_policy_says,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        let unit = json!({ "name": "Library" });
        let unit = api.post("/api/v1/units", &unit).await.expect(201);
        let unit = unit["id"].as_str().unwrap();
        api.put(POLICY, &json!({ "pin": "shown", "days": 9 }))
            .await
            .expect(200);
        let own = format!("/api/v1/units/{unit}/settings/invitations");
        let set = api.put(&own, &json!({ "pin": "none" })).await.expect(200);
        assert_eq!(
            (
                &set["effective"]["pin"],
                &set["effective"]["days"],
                &set["own"]["days"]
            ),
            (&json!("none"), &json!(9), &Json::Null)
        );
        for (wrong, field) in [
            (json!({ "pin": "loud" }), "pin"),
            (json!({ "days": 91 }), "days"),
            (json!({ "remind_after_days": [0] }), "remind_after_days"),
            (json!({ "device_limit": -1 }), "device_limit"),
        ] {
            assert_eq!(api.put(&own, &wrong).await.expect(422)["field"], field);
        }
        let ann = person(&api, "Ann Lee", "ann@example.org", "en").await;
        let pin = send(&api, &ann).await["pin"].as_str().unwrap().to_owned();
        let body = json!({ "name": "Bo Ek", "email": "bo@example.org", "unit_id": unit });
        let bo = api.post("/api/v1/people", &body).await.expect(201);
        let told = send(&api, bo["id"].as_str().unwrap()).await;
        assert_eq!(told["pin"], Json::Null);
        let mails = letters(&app, &server).await;
        let ann = mails
            .iter()
            .find(|mail| mail.to == "ann@example.org")
            .unwrap();
        let bo = mails
            .iter()
            .find(|mail| mail.to == "bo@example.org")
            .unwrap();
        assert!(!ann.plain.contains(&pin) && !ann.html.contains(&pin));
        assert!(ann.plain.contains("not by mail"), "{}", ann.plain);
        assert!(!bo.plain.contains("PIN"), "{}", bo.plain);
        let mut phone = app.device(DeviceConfig::iphone(app.next()));
        let without = EnrollBy::Invitation {
            server: app.url(),
            code: ann.code(),
            pin: None,
        };
        phone.enroll(&without).await.unwrap_err();
        let with = EnrollBy::Invitation {
            server: app.url(),
            code: ann.code(),
            pin: Some(pin),
        };
        phone.enroll(&with).await.unwrap();
    }
);

both_engines!(
    sending_anew_ends_the_link_before,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        api.put(POLICY, &json!({ "pin": "mail" })).await.expect(200);
        let ann = person(&api, "Ann Lee", "ann@example.org", "en").await;
        let first = send(&api, &ann).await["id"].as_str().unwrap().to_owned();
        app.run_job("mail").await;
        let path = format!("/api/v1/invitations/{first}/resend");
        let second = api.post(&path, &json!({})).await.expect(201);
        assert_eq!(second["mailed"], true);
        let again = api.post(&path, &json!({})).await.expect(409);
        assert_eq!(again["code"], "invitation_over");
        let mails = letters(&app, &server).await;
        let (old, new) = (&mails[0], &mails[1]);
        let state = async |code: &str| invitations::look_up(&app.core, code).await.unwrap().state;
        assert_eq!(state(&old.code()).await, InvitationState::Revoked);
        assert_eq!(state(&new.code()).await, InvitationState::Open);
        assert_ne!((old.pin(), old.typed()), (new.pin(), new.typed()));
        let caller = Caller::default();
        let typed =
            async |text: String| invitations::by_typed_code(&app.core, &text, &caller).await;
        assert_eq!(typed(old.typed()).await.err().unwrap().kind, Kind::NotFound);
        let found = typed(new.typed().to_lowercase()).await.unwrap();
        assert_eq!(found.code.as_str(), new.code());
        // The code stands for the link and no more: the PIN is asked for all the same.
        assert!(found.invitation.needs_pin);
        let mut phone = app.device(DeviceConfig::iphone(app.next()));
        phone.enroll(&by(&app, old)).await.unwrap_err();
        let mut phone = app.device(DeviceConfig::iphone(app.next()));
        phone.enroll(&by(&app, new)).await.unwrap();
        let used = second["id"].as_str().unwrap();
        let used = api
            .post(&format!("/api/v1/invitations/{used}/resend"), &json!({}))
            .await;
        assert_eq!(used.expect(409)["code"], "invitation_over");
        for action in ["invitation.send", "invitation.resend"] {
            assert!(app.actions().await.contains(&action.to_owned()), "{action}");
        }
    }
);

both_engines!(
    a_mail_names_who_invites_and_wears_the_face_of_the_unit,
    still(),
    |app| async move {
        // With a token of their own, it is they who invite.
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        api.put(POLICY, &json!({ "pin": "shown" }))
            .await
            .expect(200);
        let unit = json!({ "name": "Library" });
        let unit = api.post("/api/v1/units", &unit).await.expect(201);
        let unit = unit["id"].as_str().unwrap();
        let branding = json!({ "name": "City Library", "accent_light": "#6b2fa0",
            "contacts": { "text": "Front desk", "phone": "046-555 01 00" } });
        api.put(&format!("/api/v1/units/{unit}/branding"), &branding)
            .await
            .expect(200);
        let body = json!({ "name": "Bo Ek", "email": "bo@example.org", "unit_id": unit });
        let bo = api.post("/api/v1/people", &body).await.expect(201);
        send(&api, bo["id"].as_str().unwrap()).await;
        let own = letters(&app, &server).await.remove(0);
        for text in [&own.plain, &own.html] {
            assert!(
                text.contains("Maja Bergqvist at City Library invites you"),
                "{text}"
            );
            assert!(
                text.contains("You get the PIN from Maja Bergqvist"),
                "{text}"
            );
            assert!(
                text.contains("Questions? Front desk, 046-555 01 00"),
                "{text}"
            );
        }
        assert!(own.subject.starts_with("City Library: "), "{}", own.subject);
        assert!(own.html.contains("background:#6b2fa0"), "{}", own.html);

        // A service is nobody who could be asked: the unit is.
        let service = "UPDATE account SET kind = 'service' WHERE email = 'maja@example.org'";
        app.db().execute(service, Vec::new()).await.unwrap();
        let body = json!({ "name": "Cy Day", "email": "cy@example.org", "unit_id": unit });
        let cy = api.post("/api/v1/people", &body).await.expect(201);
        send(&api, cy["id"].as_str().unwrap()).await;
        let mails = letters(&app, &server).await;
        let cy = mails
            .iter()
            .find(|mail| mail.to == "cy@example.org")
            .unwrap();
        assert!(
            cy.plain.contains("City Library invites you"),
            "{}",
            cy.plain
        );
        assert!(
            cy.plain.contains("You get the PIN from Front desk"),
            "{}",
            cy.plain
        );
        assert!(!cy.plain.contains("Maja"), "{}", cy.plain);
        let page = invitations::look_up(&app.core, &own.code()).await.unwrap();
        assert_eq!(page.inviter, None);
    }
);

both_engines!(
    reminders_come_once_at_their_times_and_stop_with_the_enrollment,
    still(),
    |app| async move {
        let mut app = app;
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        let policy = json!({ "days": 10, "remind_after_days": [2, 5], "remind_before_days": [1] });
        api.put(POLICY, &policy).await.expect(200);
        for (name, email) in [
            ("Ann Lee", "ann@example.org"),
            ("Bo Ek", "bo@example.org"),
            ("Cy Day", "cy@example.org"),
        ] {
            send(&api, &person(&api, name, email, "en").await).await;
        }
        let first = letters(&app, &server).await;
        let count = |mails: &[Letter], to: &str| {
            mails
                .iter()
                .filter(|mail| mail.to == format!("{to}@example.org"))
                .count()
        };
        let mut phone = app.device(DeviceConfig::iphone(app.next()));
        phone.enroll(&by(&app, &first[0])).await.unwrap();
        app.clock.advance_ms(2 * DAY_MS + HOUR_MS);
        app.run_job("minute").await;
        app.run_job("minute").await;
        let mails = letters(&app, &server).await;
        let told = ["ann", "bo", "cy"].map(|to| count(&mails, to));
        assert_eq!(told, [1, 2, 2], "whoever is enrolled is not reminded");
        let reminder = mails
            .iter()
            .rfind(|mail| mail.to == "bo@example.org")
            .unwrap();
        assert!(
            reminder.subject.contains("Reminder"),
            "{}",
            reminder.subject
        );
        let bo = first
            .iter()
            .find(|mail| mail.to == "bo@example.org")
            .unwrap();
        assert_eq!(reminder.code(), bo.code(), "the same link goes on");
        // Whoever leaves hears nothing more.
        let api = later(&mut app).await;
        let people = api.get("/api/v1/people?search=Cy").await.expect(200);
        let cy = people["items"][0]["id"].as_str().unwrap().to_owned();
        let gone = json!({ "status": "inactive" });
        api.patch(&format!("/api/v1/people/{cy}"), &gone)
            .await
            .expect(200);
        // Two that passed while nobody looked are one; after the end there is none.
        app.clock.advance_ms(7 * DAY_MS + HOUR_MS);
        app.run_job("minute").await;
        letters(&app, &server).await;
        app.clock.advance_ms(3 * DAY_MS);
        app.run_job("minute").await;
        let mails = letters(&app, &server).await;
        let told = ["ann", "bo", "cy"].map(|to| count(&mails, to));
        assert_eq!(told, [1, 3, 2]);
    }
);

both_engines!(
    a_profile_that_was_left_is_reminded_of_once,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        let policy = json!({ "remind_after_days": [], "remind_before_days": [] });
        api.put(POLICY, &policy).await.expect(200);
        let ann = person(&api, "Åsa Ek", "asa@example.org", "sv").await;
        send(&api, &ann).await;
        let code = letters(&app, &server).await[0].code();
        let mut phone = app.device(DeviceConfig::iphone(app.next()));
        let attempt = phone
            .take_invitation(&app.url(), &code, None)
            .await
            .unwrap();
        phone.download_profile(&attempt.profile_url).await.unwrap();
        for hours in [1, 2, 3] {
            app.clock.advance_ms(hours * HOUR_MS);
            app.run_job("minute").await;
        }
        let mails = letters(&app, &server).await;
        assert_eq!(mails.len(), 2);
        assert!(
            mails[1].subject.ends_with("installera profilen"),
            "{}",
            mails[1].subject
        );
        assert_eq!(mails[1].code(), code);
    }
);

both_engines!(
    nothing_is_sent_without_a_mail_server,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let ann = person(&api, "Ann Lee", "ann@example.org", "en").await;
        let body = json!({ "person_id": ann });
        let refused = api
            .post("/api/v1/invitations/send", &body)
            .await
            .expect(409);
        assert_eq!(refused["code"], "mail_not_set");
        assert_eq!(app.count("SELECT count(*) FROM invitation").await, 0);
    }
);

both_engines!(
    nobody_gets_more_devices_than_the_policy_allows,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        api.put(POLICY, &json!({ "device_limit": 1 }))
            .await
            .expect(200);
        let ann = person(&api, "Ann Lee", "ann@example.org", "en").await;
        send(&api, &ann).await;
        send(&api, &ann).await;
        let mails = letters(&app, &server).await;
        let mut phone = app.device(DeviceConfig::iphone(app.next()));
        phone.enroll(&by(&app, &mails[0])).await.unwrap();
        let mut another = app.device(DeviceConfig::iphone(app.next()));
        another.enroll(&by(&app, &mails[1])).await.unwrap_err();
        let cause = "SELECT cause FROM attempt WHERE status = 'failed'";
        assert_eq!(app.text(cause).await.as_deref(), Some("limit_reached"));
        let body = json!({ "person_id": ann });
        let refused = api
            .post("/api/v1/invitations/send", &body)
            .await
            .expect(409);
        assert_eq!(refused["code"], "device_limit");
        assert_eq!(
            app.count("SELECT count(*) FROM enrollment WHERE status = 'active'")
                .await,
            1
        );
    }
);
