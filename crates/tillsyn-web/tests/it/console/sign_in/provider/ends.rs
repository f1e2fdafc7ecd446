//! What ends at the provider ends here, and how much anybody may ask.

use tillsyn_core::accounts;
use tillsyn_core::ids::AccountId;
use tillsyn_db::{Engine, args};
use tillsyn_standins::oidc::OidcPerson;
use tillsyn_testkit::OWNER_EMAIL;

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
    const TOKEN: &str = "INSERT INTO api_token (id, account_id, name, token_hash, permissions, created_at, \
        expires_at) VALUES ('t', 'prepared', 'left', 'hash', '[]', 0, 9000000000000)";
    const STEP: &str = "INSERT INTO ceremony (token_hash, kind, account_id, state_sealed, created_at, \
        expires_at) VALUES ('begun', 'second_factor', 'prepared', $1, 0, 9000000000000)";
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
    // A token, and a second step that was begun.
    db.execute(TOKEN, args![]).await.unwrap();
    db.execute(STEP, args![vec![0_u8]]).await.unwrap();
    world.signed_in().await;
    browser.get("/console/devices").await.expect(303);
    let again = browser.sign_in("elsa@example.org", password).await;
    assert_eq!(again.status, 401);
    let left = "SELECT (SELECT count(*) FROM api_token WHERE id = 't' AND revoked_at IS NULL) \
        + (SELECT count(*) FROM ceremony WHERE token_hash = 'begun')";
    assert_eq!(world.app.count(left).await, 0);
}

#[tokio::test]
async fn a_link_made_before_the_provider_vouched_gives_no_password() {
    const INSERT: &str = "INSERT INTO account (id, org_unit_id, email, name, password_hash, role, status, \
        created_at, role_changed_at, password_changed_at) SELECT '01939f3c-5a10-7c3e-9d41-5f0a4be31c77', \
        org_unit_id, 'elsa@example.org', 'Elsa', '!', 'help_desk', 'active', 0, 0, 0 FROM account";
    let world = World::with(Engine::Sqlite, |input| input.links_existing = true).await;
    let (core, owner) = (&world.app.core, &world.app.owner);
    world.app.db().execute(INSERT, args![]).await.unwrap();
    let id = AccountId::parse("01939f3c-5a10-7c3e-9d41-5f0a4be31c77").unwrap();
    let (before, _) = accounts::new_welcome(core, owner, &id).await.unwrap();
    accounts::welcome(core, &before).await.unwrap();
    world.signed_in().await;
    let refused = accounts::welcome(core, &before).await.unwrap_err();
    assert_eq!(refused.code, "welcome_over");
    // With the provider switched off there is no other way in than a new link.
    let off = "UPDATE oidc_provider SET disabled_at = 1";
    world.app.db().execute(off, args![]).await.unwrap();
    let (after, _) = accounts::new_welcome(core, owner, &id).await.unwrap();
    accounts::welcome(core, &after).await.unwrap();
    let on = "UPDATE oidc_provider SET disabled_at = NULL";
    world.app.db().execute(on, args![]).await.unwrap();
    let refused = accounts::welcome(core, &after).await.unwrap_err();
    assert_eq!(refused.code, "welcome_over");
}

#[tokio::test]
async fn owners_of_one_provider_keep_a_way_in_beside_it() {
    let world = World::with(Engine::Sqlite, |input| {
        input.links_existing = true;
        "owner".clone_into(&mut input.mappings[0].role);
    })
    .await;
    // One owner has lost the password to the provider already: the other keeps theirs.
    let second = world.app.second_owner(7).await;
    let closed = "UPDATE account SET password_hash = '!' WHERE name = 'Second 7'";
    let known = "INSERT INTO account_identity (provider_id, subject, account_id, created_at) \
        SELECT p.id, 'o-7', a.id, 0 FROM oidc_provider p, account a WHERE a.name = 'Second 7'";
    for statement in [closed, known] {
        world.app.db().execute(statement, args![]).await.unwrap();
    }
    assert!(second.account_id.is_some());
    let owner = OidcPerson::new("o-1", OWNER_EMAIL, &["it-desk"]);
    world.standin.sign_in_as(owner);
    world.signed_in().await;
    let kept = world
        .rows("SELECT id FROM account WHERE password_hash <> '!'")
        .await;
    assert_eq!(kept.len(), 1);
    // The last owner comes in without a mapped group, too, as what they are.
    let alone = "UPDATE account SET role = 'auditor' WHERE name = 'Second 7'";
    world.app.db().execute(alone, args![]).await.unwrap();
    let owner = "UPDATE account SET role = 'owner', password_hash = '!' WHERE name <> 'Second 7'";
    world.app.db().execute(owner, args![]).await.unwrap();
    let staff = OidcPerson::new("o-1", OWNER_EMAIL, &["staff"]);
    world.standin.sign_in_as(staff);
    let mut browser = world.signed_in().await;
    browser.get("/console/settings/push").await.expect(200);
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
