//! The list of sessions, and the way in that is made on the server.

use tillsyn_core::accounts;
use tillsyn_testkit::{Engine, OWNER_EMAIL, OWNER_PASSWORD, TestApp};

use super::{Browser, set_up_app};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_are_listed_and_ended_one_by_one_or_together() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut browser = Browser::owner(&app).await;
    let mut second = Browser::owner(&app).await;
    let mut third = Browser::owner(&app).await;
    let page = browser.get("/console/account").await.expect(200);
    page.says("This one");
    // The one of the test app's owner is the fourth.
    assert_eq!(page.html.matches("/console/account/sessions/").count(), 4);
    let mut ids: Vec<String> = page
        .html
        .split("/console/account/sessions/")
        .skip(1)
        .filter_map(|rest| rest.split_once("/end\"").map(|(id, _)| id.to_owned()))
        .filter(|id| !id.contains('"'))
        .collect();
    ids.sort();
    assert_eq!(ids.len(), 3);
    // Of somebody else, or of nobody: not found.
    let nobody = "/console/account/sessions/01939f3c-5a10-7c3e-9d41-5f0a4be31c77/end";
    browser.post(nobody, &[]).await.expect(404);
    // Made in this order: the second browser's is the middle one.
    browser
        .post(&format!("/console/account/sessions/{}/end", ids[1]), &[])
        .await
        .expect(303);
    second.get("/console").await.expect(303);
    third.get("/console").await.expect(200);
    browser
        .post("/console/account/sessions/end-others", &[])
        .await
        .expect(303);
    third.get("/console").await.expect(303);
    browser
        .get("/console/account")
        .await
        .expect(200)
        .says_not("/end\"");
    assert!(app.actions().await.contains(&"session.revoke".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_from_the_server_lets_in_once_and_resets_the_second_factors() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut browser = Browser::owner(&app).await;
    set_up_app(&app, &mut browser).await;
    let first = accounts::rescue_account(&app.core, OWNER_EMAIL)
        .await
        .unwrap();
    let rescue = accounts::rescue_account(&app.core, OWNER_EMAIL)
        .await
        .unwrap();
    let unknown = accounts::rescue_account(&app.core, "nobody@example.org").await;
    assert_eq!(unknown.err().unwrap().code, "not_found");
    let path = |url: &str| url.strip_prefix(&app.url()).unwrap().to_owned();
    let mut lost = Browser::new(&app);
    lost.get(&path(&first.url)).await.expect(404);
    // Looking changes nothing.
    let page = lost.get(&path(&rescue.url)).await.expect(200);
    page.says("This signs in as Maja Bergqvist");
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    assert_eq!(app.count("SELECT count(*) FROM account_totp").await, 1);
    let to = lost.send_form(&path(&rescue.url), &[]).await.expect(303);
    assert_eq!(to.location(), "/console/set-up");
    lost.get("/console/devices").await.expect(303);
    let left = "SELECT (SELECT count(*) FROM account_totp) + (SELECT count(*) FROM recovery_code)";
    assert_eq!(app.count(left).await, 0);
    browser.get("/console").await.expect(303);
    // Whoever knows the old password does not come in while there is no second factor.
    let thief = accounts::sign_in(
        &app.core,
        OWNER_EMAIL,
        OWNER_PASSWORD.to_owned().into(),
        accounts::Caller::default(),
    )
    .await;
    assert_eq!(thief.err().unwrap().code, "sign_in_failed");
    let page = lost.get("/console/set-up").await.expect(200);
    let csrf = page.between("name=\"csrf\" value=\"", "\"");
    let fields = [("csrf", csrf.as_str()), ("password", "another four words")];
    lost.send_form("/console/set-up", &fields).await.expect(303);
    lost.get("/console").await.expect(200);
    Browser::new(&app)
        .send_form(&path(&rescue.url), &[])
        .await
        .expect(404);
    let actions = app.actions().await;
    for action in ["account.rescue", "account.rescued"] {
        assert!(actions.contains(&action.to_owned()), "{action}");
    }
    // A link lives for a quarter of an hour.
    let late = accounts::rescue_account(&app.core, OWNER_EMAIL)
        .await
        .unwrap();
    let over = "UPDATE ceremony SET expires_at = expires_at - 900000";
    app.db().execute(over, Vec::new()).await.unwrap();
    lost.get(&path(&late.url)).await.expect(404);
}
