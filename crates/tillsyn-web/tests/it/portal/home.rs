//! What people do to their own devices, on the wire.

use serde_json::json;
use tillsyn_core::approvals::{self, ApprovalFilter};
use tillsyn_core::escrow::{self, Reveal};
use tillsyn_core::ids::CommandId;
use tillsyn_core::people::{PersonChange, change_person, set_device_person};
use tillsyn_core::self_service::{self, Level, Owner, Said, SelfAct, Wanted};
use tillsyn_core::{Kind, commands};
use tillsyn_db::args;
use tillsyn_testkit::{TestApp, both_engines};

use super::my_device::{Me, asked, let_, stands, still};

const MINUTE: i64 = 60_000;

both_engines!(
    a_lock_with_its_message_reaches_the_phone_and_its_answer_the_page,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        elin.browser.get("/portal").await.is(200, "All in order");
        let form = elin.path("/lock");
        elin.browser
            .get(&form)
            .await
            .is(200, "Message on the locked screen");
        let done = elin.post("/lock", "message=Call+me&phone=018+1").await;
        assert_eq!(done.location, format!("{}?done=sent", elin.path("")));
        assert_eq!(stands(&app, "DeviceLock").await, r#"["queued",""]"#);
        elin.page()
            .await
            .is(200, "Waits until the device comes for it.");
        elin.device.session().await.unwrap();
        assert!(elin.device.is_screen_locked());
        assert_eq!(stands(&app, "DeviceLock").await, r#"["acknowledged",""]"#);
        elin.page().await.is(200, "Lock it");
        // It is counted and recorded as theirs.
        let used = "SELECT count(*) FROM guard_use WHERE act = 'lock' AND actor_id = \
            (SELECT id FROM account WHERE role = 'portal')";
        assert_eq!(app.count(used).await, 1);
        let event = "SELECT count(*) FROM event WHERE action = 'command.enqueue' AND actor_kind = 'account' \
            AND actor_id = (SELECT id FROM account WHERE role = 'portal')";
        assert_eq!(app.count(event).await, 1);
    }
);

both_engines!(
    an_erase_is_held_can_be_taken_back_and_goes_afterwards,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        let_(&app, Owner::Corporate, SelfAct::Erase, Level::On).await;
        let bare = elin.post("/erase", "reason=&confirm=").await;
        bare.is(422, "Say why in a few words.");
        let wrong = elin.post("/erase", "reason=Sold&confirm=something").await;
        wrong.is(422, "This is not the name as it stands above.");
        assert_eq!(asked(&app, "EraseDevice").await, 0);

        let confirm = elin.confirm(&app).await;
        let held = elin.post("/erase", &confirm).await;
        assert!(held.location.ends_with("?done=held"), "{}", held.html);
        assert_eq!(stands(&app, "EraseDevice").await, r#"["held","hold"]"#);
        elin.device.session().await.unwrap();
        assert!(elin.device.is_enrolled());
        let first = app.text("SELECT id FROM command WHERE request_type = 'EraseDevice'");
        let first = first.await.unwrap();
        elin.page().await.is(200, &format!("/asked/{first}/cancel"));
        let back = elin.post(&format!("/asked/{first}/cancel"), "").await;
        assert!(back.location.ends_with("?done=taken-back"), "{}", back.html);
        app.clock.advance_ms(6 * MINUTE);
        app.run_job("holds").await;
        elin.device.session().await.unwrap();
        assert!(elin.device.is_enrolled());

        let again = elin.post("/erase", &confirm).await;
        assert!(again.location.ends_with("?done=held"), "{}", again.html);
        app.clock.advance_ms(6 * MINUTE);
        app.run_job("holds").await;
        elin.device.session().await.unwrap();
        assert!(!elin.device.is_enrolled());
        let sent = app.text(
            "SELECT id FROM command WHERE request_type = 'EraseDevice' AND status <> 'cancelled'",
        );
        let late = elin
            .post(&format!("/asked/{}/cancel", sent.await.unwrap()), "")
            .await;
        assert_eq!(late.status, 409, "{}", late.html);
    }
);

both_engines!(
    a_corporate_erase_waits_for_an_administrator_and_never_outlives_its_person,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        elin.page()
            .await
            .is(200, "An administrator has to agree first.");
        let confirm = elin.confirm(&app).await;
        let done = elin.post("/erase", &confirm).await;
        assert!(done.location.ends_with("?done=asked"), "{}", done.html);
        let waiting =
            approvals::list_approvals(&app.core, &app.owner, ApprovalFilter::default(), None, None);
        let one = waiting.await.unwrap().items.remove(0);
        assert_eq!(one.asked_by_name, "Elin");
        // Their sign-in is no second person's, whatever it asks.
        let own = approvals::approve(&app.core, &elin.actor(&app).await, &one.id, None).await;
        assert!(matches!(
            own.unwrap_err().kind,
            Kind::NotFound | Kind::Forbidden
        ));

        // Suspended past our own door, as a directory may do it.
        app.db()
            .execute(
                "UPDATE person SET status = 'suspended' WHERE id = $1",
                args![&elin.person],
            )
            .await
            .unwrap();
        let late = approvals::approve(&app.core, &app.owner, &one.id, None).await;
        assert_eq!(late.unwrap_err().code, "approval_overtaken");
        app.clock.advance_ms(6 * MINUTE);
        app.run_job("holds").await;
        elin.device.session().await.unwrap();
        assert!(elin.device.is_enrolled());
        assert_eq!(
            stands(&app, "EraseDevice").await,
            r#"["cancelled","request_overtaken"]"#
        );
    }
);

both_engines!(
    an_agreed_erase_takes_the_hold_and_is_carried_out,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        let confirm = elin.confirm(&app).await;
        elin.post("/erase", &confirm).await;
        app.approve_all(&app.owner).await;
        assert_eq!(stands(&app, "EraseDevice").await, r#"["held","hold"]"#);
        app.clock.advance_ms(6 * MINUTE);
        app.run_job("holds").await;
        elin.device.session().await.unwrap();
        assert!(!elin.device.is_enrolled());
    }
);

both_engines!(
    a_personal_device_leaves_by_its_persons_wish_and_is_never_erased,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "personal").await;
        let page = elin.page().await;
        page.is(200, "Remove it from management");
        for gone in ["/erase", "/passcode", "/lost"] {
            let path = elin.path(gone);
            assert!(!page.html.contains(&format!("\"{path}\"")), "{gone}");
            assert_eq!(elin.browser.get(&path).await.status, 403, "{gone}");
            let confirm = elin.confirm(&app).await;
            let body = format!("{confirm}&message=x");
            assert_eq!(elin.post(gone, &body).await.status, 403, "{gone}");
        }
        let confirm = elin.confirm(&app).await;
        let done = elin.post("/remove", &confirm).await;
        assert!(done.location.ends_with("?done=held"), "{}", done.html);
        elin.browser.get("/portal").await.is(200, "Leaving");
        app.clock.advance_ms(6 * MINUTE);
        app.run_job("holds").await;
        elin.device.session().await.unwrap();
        assert!(!elin.device.is_enrolled());
        assert_eq!(asked(&app, "EraseDevice").await, 0);
    }
);

both_engines!(
    a_device_of_somebody_else_is_as_unknown_as_none,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        let mut olle = Me::with(&app, "Olle", "corporate").await;
        olle.post("/lock", "message=hello").await;
        let theirs = app.text("SELECT id FROM command WHERE request_type = 'DeviceLock'");
        let theirs = theirs.await.unwrap();
        let before = app.count("SELECT count(*) FROM command").await;
        let events = app.actions().await.len();
        let confirm = olle.confirm(&app).await;
        for id in [
            olle.id.to_string(),
            tillsyn_core::ids::DeviceId::new(0).to_string(),
            "x".to_owned(),
        ] {
            let at = |rest: &str| format!("/portal/devices/{id}{rest}");
            for page in ["", "/lock", "/lost", "/passcode", "/remove", "/erase"] {
                assert_eq!(elin.browser.get(&at(page)).await.status, 404, "{id}{page}");
            }
            for form in [
                "/lock",
                "/lost",
                "/passcode",
                "/remove",
                "/erase",
                "/check-in",
                "/found",
                "/name",
            ] {
                let body = format!("{confirm}&message=x&name=x");
                let answer = elin.post_at(&at(form), &body).await;
                assert_eq!(answer.status, 404, "{id}{form}: {}", answer.html);
            }
            let cancel = at(&format!("/asked/{theirs}/cancel"));
            assert_eq!(elin.post_at(&cancel, "").await.status, 404);
        }
        // Nor by the one device that is hers.
        let cancel = elin.path(&format!("/asked/{theirs}/cancel"));
        assert_eq!(elin.post_at(&cancel, "").await.status, 404);
        assert_eq!(app.count("SELECT count(*) FROM command").await, before);
        assert_eq!(app.actions().await.len(), events);
        let home = elin.browser.get("/portal").await;
        assert!(!home.html.contains(olle.id.as_str()));
        // And nothing else takes her for an administrator.
        let actor = elin.actor(&app).await;
        let own = [elin.id.clone(), olle.id.clone()].to_vec();
        let both = commands::NewCommand {
            devices: own,
            request: commands::Request::SecurityInfo {},
            profile: None,
            reason: None,
            confirmation: commands::Confirmation::default(),
        };
        let refused = commands::enqueue(&app.core, &actor, both).await;
        assert_eq!(refused.unwrap_err().kind, Kind::NotFound);
        let refused = tillsyn_core::devices::device(&app.core, &actor, &elin.id).await;
        assert!(refused.is_err());
    }
);

both_engines!(
    what_the_policy_turns_off_is_not_offered_and_refused_when_it_is_asked_for,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        for act in [
            SelfAct::Lock,
            SelfAct::CheckIn,
            SelfAct::Rename,
            SelfAct::LostMode,
        ] {
            let_(&app, Owner::Corporate, act, Level::Off).await;
        }
        let page = elin.page().await;
        for rest in ["/lock", "/lost", "/check-in", "/name", "/remove"] {
            assert!(
                !page.html.contains(&format!("\"{}\"", elin.path(rest))),
                "{rest}"
            );
            let confirm = elin.confirm(&app).await;
            let body = format!("{confirm}&message=x&name=x");
            let answer = elin.post(rest, &body).await;
            assert_eq!(answer.status, 403, "{rest}: {}", answer.html);
        }
        assert_eq!(asked(&app, "DeviceLock").await, 0);
        assert_eq!(asked(&app, "RemoveProfile").await, 0);
        assert_eq!(app.count("SELECT count(*) FROM device_label").await, 0);
        // A command that no act is, is nobody's to send.
        let actor = elin.actor(&app).await;
        let raw = commands::NewCommand {
            devices: vec![elin.id.clone()],
            request: commands::Request::form("RestartDevice", json!({})).unwrap(),
            profile: None,
            reason: None,
            confirmation: commands::Confirmation::default(),
        };
        let refused = commands::enqueue(&app.core, &actor, raw).await;
        assert_eq!(refused.unwrap_err().code, "self_service_off");
    }
);

both_engines!(
    what_waits_is_withdrawn_when_somebody_else_gets_the_device,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        let olle = Me::with(&app, "Olle", "corporate").await;
        elin.post("/lock", "message=Mine").await;
        let confirm = elin.confirm(&app).await;
        elin.post("/erase", &confirm).await;
        elin.post("/name", "name=Elins").await;
        set_device_person(&app.core, &app.owner, &elin.id, Some(&olle.person))
            .await
            .unwrap();
        assert_eq!(
            stands(&app, "DeviceLock").await,
            r#"["cancelled","not_yours"]"#
        );
        assert_eq!(
            stands(&app, "EraseDevice").await,
            r#"["cancelled","not_yours"]"#
        );
        let waiting = "SELECT count(*) FROM approval WHERE status = 'waiting'";
        assert_eq!(app.count(waiting).await, 0);
        elin.device.session().await.unwrap();
        assert!(elin.device.is_enrolled() && !elin.device.is_screen_locked());
        assert_eq!(elin.page().await.status, 404);
        // The next person sees neither the name nor what was asked.
        let actor = olle.actor(&app).await;
        let detail = self_service::my_device(&app.core, &actor, &elin.id)
            .await
            .unwrap();
        assert!(!detail.device.labelled && detail.asked.is_empty());
    }
);

both_engines!(
    what_was_queued_is_not_sent_once_its_person_is_gone,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        elin.post("/lock", "message=Mine").await;
        // Past every door of ours: the last look is at dispatch.
        app.db()
            .execute(
                "UPDATE person SET status = 'suspended' WHERE id = $1",
                args![&elin.person],
            )
            .await
            .unwrap();
        elin.device.session().await.unwrap();
        assert!(!elin.device.is_screen_locked());
        assert_eq!(
            stands(&app, "DeviceLock").await,
            r#"["cancelled","not_yours"]"#
        );
        // And the portal is closed to them.
        assert!(elin.page().await.location.contains("/portal/sign-in"));
        let actor = elin.actor(&app).await;
        let said = Said::default();
        let late = self_service::act(&app.core, &actor, &elin.id, Wanted::CheckIn, said).await;
        assert_eq!(late.unwrap_err().kind, Kind::NotFound);
    }
);

both_engines!(
    a_person_who_leaves_takes_what_waits_along,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        let_(&app, Owner::Corporate, SelfAct::Erase, Level::On).await;
        let confirm = elin.confirm(&app).await;
        elin.post("/erase", &confirm).await;
        let change = PersonChange {
            status: Some("inactive".to_owned()),
            ..PersonChange::default()
        };
        change_person(&app.core, &app.owner, &elin.person, change)
            .await
            .unwrap();
        assert_eq!(
            stands(&app, "EraseDevice").await,
            r#"["cancelled","not_yours"]"#
        );
        app.clock.advance_ms(6 * MINUTE);
        app.run_job("holds").await;
        elin.device.session().await.unwrap();
        assert!(elin.device.is_enrolled());
    }
);

both_engines!(
    a_name_is_kept_whatever_the_device_calls_itself,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        let done = elin.post("/name", "name=Jobbtelefonen").await;
        assert!(done.location.ends_with("?done=name"), "{}", done.html);
        elin.post("/check-in", "").await;
        elin.device.session().await.unwrap();
        elin.page().await.is(200, "<h1>Jobbtelefonen</h1>");
        elin.browser.get("/portal").await.is(200, "Jobbtelefonen");
        let long = format!("name={}", "x".repeat(61));
        elin.post("/name", &long)
            .await
            .is(422, "At most 60 characters");
        // It confirms as the name on the page does.
        let_(&app, Owner::Corporate, SelfAct::Erase, Level::On).await;
        let held = elin
            .post("/erase", "reason=Sold&confirm=Jobbtelefonen")
            .await;
        assert!(held.location.ends_with("?done=held"), "{}", held.html);
        let trail = "SELECT count(*) FROM event WHERE details LIKE '%Jobbtelefonen%'";
        assert_eq!(app.count(trail).await, 0);
    }
);

both_engines!(
    the_history_names_whoever_saw_a_secret_and_no_id,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        elin.page().await.is(200, "Nobody looked at keys");
        let kept = escrow::list_escrow(&app.core, &app.owner, &elin.id, None, None)
            .await
            .unwrap()
            .items;
        let token = kept
            .iter()
            .find(|one| one.kind == escrow::Kind::UnlockToken.as_str())
            .unwrap();
        let name = app.text("SELECT name FROM device_summary").await.unwrap();
        let ask = Reveal {
            device_id: elin.id.clone(),
            escrow_id: token.id.clone(),
            reason: "Ticket 4711".to_owned(),
            typed: name,
            proof: None,
        };
        escrow::reveal(&app.core, &app.owner, ask).await.unwrap();
        let page = elin.page().await;
        page.says(&format!(
            "{} saw a key, PIN or password of this device.",
            app.owner.name
        ));
        for hidden in [app.owner.id.as_str(), token.id.as_str(), "4711"] {
            assert!(!page.html.contains(hidden), "{hidden}");
        }
        // What was read while it was hers is not for whoever has it next.
        let olle = Me::with(&app, "Olle", "corporate").await;
        app.clock.advance_ms(1_000);
        set_device_person(&app.core, &app.owner, &elin.id, Some(&olle.person))
            .await
            .unwrap();
        let actor = olle.actor(&app).await;
        let looked = self_service::looked(&app.core, &actor, &elin.id, 20).await;
        assert_eq!(looked.unwrap(), []);
    }
);

both_engines!(
    what_cannot_be_undone_asks_for_a_fresh_sign_in,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        let_(&app, Owner::Corporate, SelfAct::Erase, Level::On).await;
        let confirm = elin.confirm(&app).await;
        app.clock.advance_ms(11 * MINUTE);
        let form = elin.path("/erase");
        let before = elin.browser.get(&form).await;
        assert!(
            before.location.starts_with("/portal/confirm?next="),
            "{}",
            before.html
        );
        let posted = elin.post("/erase", &confirm).await;
        assert!(
            posted.location.starts_with("/portal/confirm?next="),
            "{}",
            posted.html
        );
        assert_eq!(asked(&app, "EraseDevice").await, 0);
        // A lock is never made to wait for that.
        let lock = elin.post("/lock", "message=Help").await;
        assert!(lock.location.ends_with("?done=sent"), "{}", lock.html);
    }
);

both_engines!(
    lost_mode_is_ended_by_whoever_turned_it_on_and_never_on_a_stolen_device,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        elin.post("/lost", "message=&phone=")
            .await
            .is(422, "Type a message or a telephone number.");
        elin.post("/lost", "message=Call+me").await;
        elin.device.session().await.unwrap();
        assert!(elin.device.lost_mode().is_some());
        elin.browser.get("/portal").await.is(200, "is in lost mode");
        elin.page().await.is(200, "I have it back");
        let done = elin.post("/found", "").await;
        assert!(done.location.ends_with("?done=sent"), "{}", done.html);
        elin.device.session().await.unwrap();
        assert!(elin.device.lost_mode().is_none());

        // What an administrator turned on is theirs.
        let api = app.owner_api().await;
        let path = format!("/api/v1/devices/{}/commands", elin.id);
        let on = json!({"command": {"type": "EnableLostMode", "message": "IT has it"}});
        api.post(&path, &on).await.expect(202);
        elin.device.session().await.unwrap();
        assert_eq!(elin.post("/found", "").await.status, 403);
        assert_eq!(elin.post("/lost", "message=Mine").await.status, 403);
        elin.device.session().await.unwrap();
        assert!(elin.device.lost_mode().is_some());

        app.db()
            .execute("UPDATE device SET stolen = 1", Vec::new())
            .await
            .unwrap();
        let_(&app, Owner::Corporate, SelfAct::ClearPasscode, Level::On).await;
        let actor = elin.actor(&app).await;
        for wanted in [Wanted::ClearPasscode, Wanted::LostOff] {
            let said = Said::default();
            let refused = self_service::act(&app.core, &actor, &elin.id, wanted, said).await;
            assert_eq!(refused.unwrap_err().code, "device_stolen");
        }
        elin.page().await.is(200, "Reported stolen");
    }
);

both_engines!(
    a_person_cannot_fill_the_queue_of_their_device,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        for _ in 0..10 {
            let done = elin.post("/lock", "message=x").await;
            assert!(done.location.ends_with("?done=sent"), "{}", done.html);
        }
        let full = elin.post("/lock", "message=x").await;
        assert!(full.status >= 400, "{}", full.location);
        assert_eq!(asked(&app, "DeviceLock").await, 10);
    }
);

both_engines!(
    the_policy_is_set_by_units_with_the_right_and_read_back,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let root = api.get("/api/v1/self-service").await.expect(200);
        assert_eq!(root["effective"]["corporate"]["erase"], "approval");
        assert_eq!(root["own"]["corporate"]["erase"], json!(null));
        let unit = api
            .post("/api/v1/units", &json!({"name": "Hydrology"}))
            .await
            .expect(201);
        let path = format!(
            "/api/v1/units/{}/self-service",
            unit["id"].as_str().unwrap()
        );
        let said = json!({"corporate": {"erase": "off", "lock": "off"}});
        let set = api.put(&path, &said).await.expect(200);
        assert_eq!(set["effective"]["corporate"]["erase"], "off");
        let above = json!({"corporate": {"erase": "on"}, "personal": {"lock": "off"}});
        api.put("/api/v1/self-service", &above).await.expect(200);
        let near = api.get(&path).await.expect(200);
        assert_eq!(near["effective"]["corporate"]["erase"], "off");
        assert_eq!(near["effective"]["personal"]["lock"], "off");
        let cannot = json!({"personal": {"erase": "on"}});
        let refused = api.put(&path, &cannot).await;
        assert_eq!(
            (refused.status, &refused.body["code"]),
            (422, &json!("self_service_personal"))
        );
        let changes = "SELECT count(*) FROM event WHERE action = 'self_service.change'";
        assert_eq!(app.count(changes).await, 2);
        let cleared = api.put(&path, &json!({})).await.expect(200);
        assert_eq!(cleared["effective"]["corporate"]["erase"], "on");
    }
);

/// The command that an erase of somebody else became is not theirs to take back by its id alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn taking_back_is_for_what_one_asked_for_oneself() {
    let app = TestApp::with(tillsyn_testkit::Engine::Sqlite, still()).await;
    let elin = Me::with(&app, "Elin", "corporate").await;
    let api = app.owner_api().await;
    let path = format!("/api/v1/devices/{}/commands", elin.id);
    let lock = json!({"command": {"type": "DeviceLock"}});
    api.post(&path, &lock).await.expect(202);
    let theirs = app.text("SELECT id FROM command WHERE request_type = 'DeviceLock'");
    let theirs = CommandId::parse(&theirs.await.unwrap()).unwrap();
    let actor = elin.actor(&app).await;
    let refused = self_service::cancel(&app.core, &actor, &elin.id, &theirs).await;
    assert!(matches!(refused.unwrap_err().kind, Kind::NotFound));
}
