//! Who hears of what: by mail and in the list.

use tillsyn_core::approvals::{self, Asked, Change, Outcome};
use tillsyn_core::guard;
use tillsyn_core::notifications::{choose, list_notifications, mark_seen, unseen};
use tillsyn_core::settings::GuardSettings;
use tillsyn_db::args;
use tillsyn_standins::smtp::SmtpStandin;
use tillsyn_testkit::{Engine, TestApp, both_engines};

use super::{server, still};
use crate::console::browser::Browser;
use crate::hooks::crash::{GAP, LATE};

/// Another account of this role and unit, in Swedish.
async fn account(app: &TestApp, number: u8, role: &str, unit: &str) {
    const SET: &str = "UPDATE account SET role = $2, language = 'sv', org_unit_id = COALESCE(\
        (SELECT id FROM org_unit WHERE name = $3), org_unit_id) WHERE id = $1";
    let second = app.second_owner(number).await;
    let values = args![second.id, role, unit];
    assert_eq!(app.db().execute(SET, values).await.unwrap(), 1);
}

async fn tell(app: &TestApp) {
    app.run_job("notifications").await;
    app.run_job("mail").await;
}

both_engines!(
    who_may_see_it_hears_of_it_once_and_nobody_of_their_own_acts,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        let law = serde_json::json!({ "name": "Law" });
        api.post("/api/v1/units", &law).await.expect(201);
        // The first administrators are old news.
        app.clock.advance_ms(25 * 3_600_000);
        let second = app.second_owner(1).await;
        account(&app, 2, "administrator", "").await;
        account(&app, 3, "administrator", "Law").await;
        account(&app, 4, "read_only", "").await;
        guard::stop(&app.core, &app.owner, Some("Theft"))
            .await
            .unwrap();
        tell(&app).await;
        tell(&app).await;
        let received = server.received();
        let mut to: Vec<&str> = received.iter().map(|mail| mail.to[0].as_str()).collect();
        to.sort_unstable();
        assert_eq!(to, ["second-1@example.org", "second-2@example.org"]);
        let swedish = received
            .iter()
            .find(|mail| mail.to[0].starts_with("second-2"));
        let swedish = swedish.unwrap().body().replace("=\r\n", "");
        assert!(swedish.contains("har stoppats"), "{swedish}");
        assert!(swedish.contains("/console/settings/guard"), "{swedish}");
        assert_eq!(server.broken(), Vec::<String>::new());
        let news = list_notifications(&app.core, &second).await.unwrap();
        assert_eq!((news[0].topic, news[0].seen), ("guard", false));
        let count = unseen(&app.core, &second).await.unwrap();
        assert_eq!(unseen(&app.core, &app.owner).await.unwrap() + 1, count);
        mark_seen(&app.core, &second).await.unwrap();
        assert_eq!(unseen(&app.core, &second).await.unwrap(), 0);
        // What is settled is not read again, and after a day nothing is news.
        app.clock.advance_ms(25 * 3_600_000);
        tell(&app).await;
        assert_eq!(server.received().len(), 2);
    }
);

both_engines!(
    an_event_that_is_committed_late_is_told_of,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        app.second_owner(1).await;
        app.clock.advance_ms(25 * 3_600_000);
        tell(&app).await;
        guard::stop(&app.core, &app.owner, Some("Theft"))
            .await
            .unwrap();
        assert_eq!(app.db().execute(GAP, Vec::new()).await.unwrap(), 1);
        tell(&app).await;
        assert_eq!(server.received().len(), 1);
        app.clock.advance_ms(4 * 60_000);
        tell(&app).await;
        assert_eq!(app.db().execute(LATE, Vec::new()).await.unwrap(), 1);
        tell(&app).await;
        tell(&app).await;
        assert_eq!(server.received().len(), 2);
    }
);

/// Events of the guard's topic, one for each of these ids.
async fn events(app: &TestApp, action: &str, ids: std::ops::Range<u32>) {
    const PUT: &str = "INSERT INTO event (id, at, actor_kind, actor_id, action, object_kind, object_id, \
        org_unit_id, result, details) SELECT $1, $2, 'account', 'x', $3, 'guard', 'x', id, 'done', '{}' \
        FROM org_unit WHERE parent_id IS NULL";
    for id in ids {
        let values = args![format!("storm-{id}"), app.clock.now_ms(), action];
        assert_eq!(app.db().execute(PUT, values).await.unwrap(), 1);
    }
}

both_engines!(
    a_storm_is_told_in_a_few_mails_and_the_stop_comes_first,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        let second = app.second_owner(1).await;
        app.clock.advance_ms(25 * 3_600_000);
        tell(&app).await;
        let to_second = |server: &SmtpStandin| {
            let all = server.received();
            let bodies = all
                .iter()
                .filter(|mail| mail.to[0] == "second-1@example.org")
                .map(|mail| mail.body().replace("=\r\n", ""));
            bodies.collect::<Vec<_>>()
        };
        // More than one round takes.
        events(&app, "guard.budget", 0..120).await;
        app.clock.advance_ms(1_000);
        events(&app, "guard.stop", 120..121).await;
        tell(&app).await;
        tell(&app).await;
        let mails = to_second(&server);
        assert_eq!(mails.len(), 6, "five, and the stop besides");
        assert!(mails[0].contains("was stopped"), "{}", mails[0]);
        assert_eq!(unseen(&app.core, &second).await.unwrap(), 20);
        let looked = "SELECT count(*) FROM notification_event WHERE event_id LIKE 'storm-%'";
        assert_eq!(app.count(looked).await, 121);
        app.clock.advance_ms(3_600_000);
        tell(&app).await;
        tell(&app).await;
        let mails = to_second(&server);
        assert_eq!(mails.len(), 7);
        assert!(mails[6].contains("115 more events"), "{}", mails[6]);
        assert_eq!(server.broken(), Vec::<String>::new());
    }
);

fn looser(hold_minutes: i64) -> Change {
    let settings = GuardSettings {
        hold_minutes,
        ..GuardSettings::default()
    };
    Change::Guard { settings }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_person_hears_of_the_request_and_the_asker_of_the_decision() {
    let mut app = TestApp::with(Engine::Sqlite, still()).await;
    // The first administrators are old news.
    app.clock.advance_ms(25 * 3_600_000);
    app.owner.fresh_at = Some(app.clock.now_ms());
    let api = app.owner_api().await;
    let second = app.second_owner(1).await;
    let asked = || Asked {
        reason: Some("Too slow".to_owned()),
        confirm: None,
    };
    let ask = |minutes| approvals::submit(&app.core, &app.owner, looser(minutes), asked());
    // Without a mail server nothing is kept for later.
    let Outcome::Waiting(first) = ask(4).await.unwrap() else {
        panic!("done at once");
    };
    tell(&app).await;
    approvals::decline(&app.core, &second, &first, "Not now")
        .await
        .unwrap();
    app.clock.advance_ms(180_000);
    tell(&app).await;
    let server = server(&app, &api).await;
    tell(&app).await;
    assert!(server.received().is_empty());
    let Outcome::Waiting(id) = ask(3).await.unwrap() else {
        panic!("done at once");
    };
    tell(&app).await;
    let to = |n: usize| server.received()[n].to[0].clone();
    assert_eq!(
        (server.received().len(), to(0)),
        (1, "second-1@example.org".to_owned())
    );
    assert!(
        server.received()[0]
            .body()
            .replace("=\r\n", "")
            .contains(id.as_str())
    );
    approvals::decline(&app.core, &second, &id, "Not now")
        .await
        .unwrap();
    tell(&app).await;
    assert_eq!(server.received().len(), 2);
    assert_ne!(to(1), "second-1@example.org");
    // Who wants no mail gets none, and sees it in the list all the same.
    choose(&app.core, &second, Vec::new()).await.unwrap();
    let _waiting = ask(2).await.unwrap();
    tell(&app).await;
    assert_eq!(server.received().len(), 2);
    let news = list_notifications(&app.core, &second).await.unwrap();
    let asks = news.iter().filter(|one| one.action == "approval.ask");
    assert_eq!(asks.count(), 3);
    // Each page counts them: no further than that there are many.
    for _ in 0..20 {
        guard::stop(&app.core, &app.owner, None).await.unwrap();
    }
    assert_eq!(unseen(&app.core, &second).await.unwrap(), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_browser_is_told_to_its_owner_and_the_page_shows_it_once_as_new() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let mut first = Browser::owner(&app).await;
    let path = "/console/account/notifications";
    let page = first.get(path).await.expect(200);
    // The test's own sign-in came from another.
    assert_eq!(page.html.matches("new to us").count(), 2);
    assert_eq!(page.html.matches("class=\"tag\"").count(), 2);
    let again = first.get(path).await.expect(200);
    assert_eq!(again.html.matches("new to us").count(), 2);
    assert_eq!(again.html.matches("class=\"tag\"").count(), 0);
    first.post(path, &[("guard", "1")]).await.expect(303);
    let page = first.get(path).await.expect(200);
    assert_eq!(page.html.matches(" checked>").count(), 1);
}
