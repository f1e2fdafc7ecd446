//! What ends at the provider ends here, and how much anybody may ask.

use tillsyn_db::{Engine, args};
use tillsyn_standins::oidc::OidcPerson;

use super::World;
use crate::console::Browser;

#[tokio::test]
async fn who_may_not_come_in_any_more_is_signed_out() {
    let world = World::new(Engine::Sqlite).await;
    let mut open = world.signed_in().await;
    let staff = OidcPerson::new("s-1", "elsa@example.org", &["staff"]);
    world.standin.sign_in_as(staff);
    for _ in 0..2 {
        world
            .sign_in(&mut Browser::new(&world.app))
            .await
            .expect(403);
    }
    open.get("/console/devices").await.expect(303);
    assert_eq!(world.sessions().await, 0);
    let ended = world
        .rows("SELECT details FROM event WHERE action = 'session.revoke'")
        .await;
    assert_eq!(ended.len(), 1);
    assert!(ended[0][0].contains("not_mapped"), "{ended:?}");
}

#[tokio::test]
async fn who_prepared_an_account_does_not_come_in_beside_its_person() {
    const INSERT: &str = "INSERT INTO account (id, org_unit_id, email, name, password_hash, role, status, \
        created_at, role_changed_at, password_changed_at) SELECT 'prepared', org_unit_id, \
        'elsa@example.org', 'Elsa', password_hash, 'help_desk', 'active', 0, 0, 0 FROM account";
    const PASSKEY: &str = "INSERT INTO passkey (id, account_id, name, credential_id, credential, created_at) \
        VALUES ('k', 'prepared', 'Key', 'k', '{}', 0)";
    let world = World::with(Engine::Sqlite, |input| input.links_existing = true).await;
    let db = world.app.db();
    for statement in [INSERT, PASSKEY] {
        db.execute(statement, args![]).await.unwrap();
    }
    world
        .sign_in(&mut Browser::new(&world.app))
        .await
        .expect(403);
    assert_eq!(world.reason().await, "email_taken");
    db.execute("DELETE FROM passkey", args![]).await.unwrap();
    let mut browser = Browser::new(&world.app);
    let password = tillsyn_testkit::OWNER_PASSWORD;
    let signed_in = browser.sign_in("elsa@example.org", password).await;
    assert_eq!(signed_in.status, 303);
    world.signed_in().await;
    browser.get("/console/devices").await.expect(303);
    let again = browser.sign_in("elsa@example.org", password).await;
    assert_eq!(again.status, 401);
}

#[tokio::test]
async fn nobody_fills_the_store_from_one_address() {
    const CLOSE: &str = "UPDATE guess_limit SET blocked_until = 9000000000000 \
        WHERE subject LIKE 'provider_begin:%' AND failures = 1";
    let world = World::new(Engine::Sqlite).await;
    let mut browser = Browser::new(&world.app);
    browser.get(&world.begin()).await.expect(303);
    let db = world.app.db();
    assert_eq!(db.execute(CLOSE, args![]).await.unwrap(), 1);
    browser.get(&world.begin()).await.expect(429);
    let kept = world.rows("SELECT kind FROM ceremony").await;
    assert_eq!(kept.len(), 1);
}
