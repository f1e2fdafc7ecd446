//! Documentation, the list of first steps, the guide to enrollment, settings by area.

use serde_json::json;
use tillsyn_core::mail::{MailServerChange, MailTls, set_mail_server};
use tillsyn_db::args;
use tillsyn_testkit::{Engine, TestApp, both_engines};

use super::Browser;
use crate::walk::somebody;

/// A page by the session of somebody.
async fn seen(app: &TestApp, path: &str, session: &str) -> (u16, String) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http
        .get(format!("{}{path}", app.url()))
        .header("cookie", format!("tillsyn={session}"));
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn root(app: &TestApp) -> String {
    let sql = "SELECT id FROM org_unit WHERE parent_id IS NULL";
    app.text(sql).await.unwrap()
}

/// A unit below the organisation.
async fn unit(app: &TestApp) -> String {
    const UNIT: &str = "INSERT INTO org_unit (id, parent_id, name, path, created_at) \
        SELECT $1, id, 'Hydrology', path || $1 || '/', 0 FROM org_unit WHERE parent_id IS NULL";
    let id = "01900000-0000-7000-8000-0000000000ee";
    app.db().execute(UNIT, args![id]).await.unwrap();
    id.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_read_searched_and_shown_with_their_pictures() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut owner = Browser::owner(&app).await;
    let index = owner.get("/console/docs").await.expect(200);
    index.says("href=\"/console/docs/first-steps\"");
    index.says("href=\"/console/docs/guide/en\"");
    index.says_not("href=\"/console/docs/guide/sv\"");
    let found = owner.get("/console/docs?q=second+person").await.expect(200);
    found.says("/console/docs/guard#a-second-person");
    let nothing = owner.get("/console/docs?q=%3Cb%3Ezzzz").await.expect(200);
    nothing.says("No section holds all of these words");
    nothing.says_not("<b>zzzz");
    let guide = owner.get("/console/docs/guide/en").await.expect(200);
    let picture = guide.between("<img src=\"", "\"");
    let picture = owner.get(&picture).await.expect(200);
    assert_eq!(picture.headers["content-type"], "image/png");
    assert!(
        picture.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    for missing in [
        "/console/docs/nothing",
        "/console/docs/../secret",
        "/console/docs/guide/none.png",
    ] {
        owner.get(missing).await.expect(404);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_english_document_says_so_on_a_swedish_page() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut owner = Browser::owner(&app).await;
    owner.language = "sv";
    let page = owner.get("/console/docs/first-steps").await.expect(200);
    page.says("<html lang=\"sv\"");
    page.says("lang=\"en\"><h1>First steps</h1>");
    page.says("Det här dokumentet är på engelska.");
    owner
        .get("/console/docs")
        .await
        .expect(200)
        .says("href=\"/console/docs/guide/sv\"");
}

both_engines!(an_error_leads_to_what_explains_it, |app| async move {
    let mut owner = Browser::owner(&app).await;
    let missing = owner
        .get("/console/devices/01939f3c-5a10-7c3e-9d41-5f0a4be31c77")
        .await
        .expect(404);
    missing.says("/console/docs/reference/errors#not-found");
    let mut nobody = Browser::new(&app);
    let sign_in = nobody.get("/console/docs").await.expect(303);
    assert!(sign_in.location().starts_with("/console/sign-in"));
});

const PASSKEYS: &str = "INSERT INTO passkey (id, account_id, name, credential_id, credential, created_at) \
    SELECT id, id, 'Key', id, '{}', 0 FROM account WHERE email LIKE 'second-%'";
const ASSIGNMENT: &str = "INSERT INTO assignment (id, org_unit_id, kind, item_id, channel, created_by, \
    created_at, updated_at) SELECT 'a', id, 'profile', 'p', 'device', 'x', 0, 0 FROM org_unit \
    WHERE parent_id IS NULL";

async fn done(owner: &mut Browser, count: &str) {
    let page = owner.get("/console").await.expect(200);
    page.says(&format!("{count} of 9 done"));
}

both_engines!(
    first_steps_lead_from_an_empty_installation_to_the_first_device,
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        // The push certificate is there from the start in every test.
        done(&mut owner, "1").await;
        let change = MailServerChange {
            host: "127.0.0.1".to_owned(),
            port: 2525,
            tls: MailTls::None,
            user: None,
            password: None,
            from: "mdm@example.org".to_owned(),
        };
        set_mail_server(&app.core, &app.owner, change)
            .await
            .unwrap();
        done(&mut owner, "2").await;
        let api = app.owner_api().await;
        api.post("/api/v1/people", &json!({"name": "Elin"}))
            .await
            .expect(201);
        done(&mut owner, "3").await;
        app.invite().await;
        done(&mut owner, "4").await;
        // It came over the public address.
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        done(&mut owner, "6").await;
        app.db().execute(ASSIGNMENT, Vec::new()).await.unwrap();
        done(&mut owner, "7").await;
        app.second_owner(1).await;
        app.second_owner(2).await;
        done(&mut owner, "7").await;
        app.db().execute(PASSKEYS, Vec::new()).await.unwrap();
        let page = owner.get("/console").await.expect(200);
        page.says("8 of 9 done");
        page.says("action=\"/console/first-steps/backup\"");
        let none = owner.get("/console/settings/backup").await.expect(200);
        none.says("Nobody has confirmed a backup yet");
        none.says("<code>tillsyn backup /backup/tillsyn.backup</code>");
        none.says("tillsyn restore /backup/tillsyn.backup");
        let fields = [("next", "backup")];
        let told = owner.post("/console/first-steps/backup", &fields).await;
        assert_eq!(told.expect(303).location(), "/console/settings/backup");
        owner
            .get("/console")
            .await
            .expect(200)
            .says_not("id=\"first-steps\"");
        let seen = owner.get("/console/settings/backup").await.expect(200);
        seen.says("Confirmed by Maja");
        assert!(app.actions().await.contains(&"settings.change".to_owned()));
    }
);

both_engines!(
    the_first_steps_are_put_away_for_oneself_or_by_who_may_for_all,
    |app| async move {
        let root = root(&app).await;
        let unit = unit(&app).await;
        let help = somebody(&app, "first-help", "help_desk", &root).await;
        let below = somebody(&app, "first-below", "owner", &unit).await;
        let (_, page) = seen(&app, "/console", &help.session).await;
        assert!(page.contains("id=\"first-steps\""), "{page}");
        // Only what the role may do is a link; inviting it may.
        assert!(
            page.contains("href=\"/console/enrollment/guide\""),
            "{page}"
        );
        for act in [
            "/console/first-steps/backup",
            "value=\"all\"",
            "class=\"btn act\" href=\"/console/settings/push\"",
        ] {
            assert!(!page.contains(act), "{act}");
        }
        let (_, page) = seen(&app, "/console", &below.session).await;
        assert!(
            !page.contains("id=\"first-steps\""),
            "of the whole organisation"
        );

        let mut owner = Browser::owner(&app).await;
        let fields = [("audience", "me")];
        owner
            .post("/console/first-steps/hide", &fields)
            .await
            .expect(303);
        owner
            .get("/console")
            .await
            .expect(200)
            .says_not("id=\"first-steps\"");
        let (_, page) = seen(&app, "/console", &help.session).await;
        assert!(page.contains("id=\"first-steps\""), "only for oneself");
        let index = owner.get("/console/settings").await.expect(200);
        index.says("Show the first steps again");
        let fields = [("audience", "no")];
        owner
            .post("/console/first-steps/hide", &fields)
            .await
            .expect(303);
        done(&mut owner, "2").await;
        let fields = [("audience", "all")];
        owner
            .post("/console/first-steps/hide", &fields)
            .await
            .expect(303);
        let (_, page) = seen(&app, "/console", &help.session).await;
        assert!(!page.contains("id=\"first-steps\""), "for everybody");
        let fields = [("audience", "everyone")];
        owner
            .post("/console/first-steps/hide", &fields)
            .await
            .expect(422);
    }
);

async fn post_as(app: &TestApp, path: &str, session: &str, body: &'static str) -> u16 {
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let request = http
        .post(format!("{}{path}", app.url()))
        .header("cookie", format!("tillsyn={session}"))
        .header("sec-fetch-site", "same-origin")
        .header("origin", app.url())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_confirms_no_backup_and_hides_nothing_for_others() {
    let app = TestApp::new(Engine::Sqlite).await;
    let (root, unit) = (root(&app).await, unit(&app).await);
    let help = somebody(&app, "no-help", "help_desk", &root).await;
    let below = somebody(&app, "no-below", "owner", &unit).await;
    let backup = "/console/first-steps/backup";
    let hide = "/console/first-steps/hide";
    assert_eq!(post_as(&app, backup, &help.session, "csrf=csrf").await, 403);
    assert_eq!(
        post_as(&app, backup, &below.session, "csrf=csrf").await,
        404
    );
    let all = "csrf=csrf&audience=all";
    assert_eq!(post_as(&app, hide, &help.session, all).await, 403);
    assert_eq!(post_as(&app, hide, &below.session, all).await, 404);
    let stored = "SELECT count(*) FROM setting WHERE name = 'first_steps'";
    assert_eq!(app.count(stored).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guide_to_enrollment_answers_by_its_address_and_offers_only_what_is_there() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut owner = Browser::owner(&app).await;
    let path = "/console/enrollment/guide";
    let usual = owner.get(path).await.expect(200);
    usual.says("Ways in for 1 iPhone of the organisation");
    usual.says("class=\"btn btn-primary\" href=\"/console/enrollment/new\"");
    usual.says("There is no mail server.");
    let many = owner
        .get(&format!(
            "{path}?platform=mac&count=40&owner=person&state=in_use&by=people"
        ))
        .await
        .expect(200);
    many.says("Ways in for 40 Mac devices that people own");
    many.says("class=\"btn btn-primary\" href=\"/console/enrollment/send\"");
    let android = owner
        .get(&format!("{path}?platform=android"))
        .await
        .expect(200);
    android.says("Not there yet");
    android.says_not("href=\"/console/enrollment/new\"");
    let odd = owner
        .get(&format!("{path}?platform=%3Cb%3E&count=%3Cb%3E-7"))
        .await
        .expect(200);
    odd.says("Ways in for 7 iPhone devices");
    let root = root(&app).await;
    let reader = somebody(&app, "guide-reader", "auditor", &root).await;
    let (status, page) = seen(&app, path, &reader.session).await;
    assert_eq!(status, 200);
    assert!(page.contains("your role may not begin it"), "{page}");
    assert!(!page.contains("href=\"/console/enrollment/new\""), "{page}");
    assert!(
        !page.contains("href=\"/console/settings/mail\">Set the mail"),
        "{page}"
    );
}

both_engines!(
    settings_by_area_show_what_is_and_only_what_the_role_may_see,
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        let index = owner.get("/console/settings").await.expect(200);
        index.says("1 of 1 administrators without a second step");
        index.says("There is no mail server.");
        index.says("Nobody has confirmed a backup yet");
        index.says("href=\"/console/settings/server\"");
        app.second_owner(1).await;
        app.db().execute(PASSKEYS, Vec::new()).await.unwrap();
        let index = owner.get("/console/settings").await.expect(200);
        index.says("1 of 2 administrators without a second step");
        let server = owner.get("/console/settings/server").await.expect(200);
        server.says(&app.url());
        let engine = if app.db().engine() == Engine::Sqlite {
            "SQLite"
        } else {
            "PostgreSQL"
        };
        server.says(engine);
        let authorities = owner.get("/console/settings/authorities").await.expect(200);
        authorities.says("Tillsyn Device CA");
        authorities.says("P-256");

        let (root, unit) = (root(&app).await, unit(&app).await);
        let reader = somebody(&app, "area-reader", "read_only", &root).await;
        let below = somebody(&app, "area-below", "owner", &unit).await;
        let (_, page) = seen(&app, "/console/settings", &reader.session).await;
        for hidden in [
            "/console/settings/server",
            "/console/settings/backup",
            "/console/settings/mail",
            "without a second step",
        ] {
            assert!(!page.contains(hidden), "{hidden}");
        }
        let (status, _) = seen(&app, "/console/settings/server", &reader.session).await;
        assert_eq!(status, 403);
        let (status, _) = seen(&app, "/console/settings/server", &below.session).await;
        assert_eq!(status, 404);
        let (status, page) = seen(&app, "/console/settings/authorities", &below.session).await;
        assert_eq!(status, 200);
        assert!(!page.contains("Tillsyn Device CA"), "{page}");
    }
);
