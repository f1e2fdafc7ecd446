//! Who may change providers, and what nobody loses by that.

use tillsyn_core::accounts::{self, ProviderInput};
use tillsyn_core::tokens::actor_for_token;
use tillsyn_core::{Actor, Permission};
use tillsyn_db::{Engine, args};
use tillsyn_standins::oidc::OidcPerson;
use tillsyn_testkit::OWNER_EMAIL;

use super::World;
use crate::console::Browser;

#[tokio::test]
async fn who_is_limited_to_a_platform_changes_no_provider() {
    let world = World::new(Engine::Sqlite).await;
    let (core, id) = (&world.app.core, &world.provider.id);
    let mut limited = world.app.owner.clone();
    limited.platform = Some("apple".to_owned());
    let mut input = world.provider.settings();
    let saved = accounts::save_provider(core, &limited, id, input.clone(), None).await;
    assert_eq!(saved.unwrap_err().code, "platform_beyond");
    input.issuer = "https://other.example.org".to_owned();
    let made = accounts::create_provider(core, &limited, input, None).await;
    assert_eq!(made.unwrap_err().code, "platform_beyond");
    let removed = accounts::remove_provider(core, &limited, id).await;
    assert_eq!(removed.unwrap_err().code, "platform_beyond");
}

#[tokio::test]
async fn what_a_token_opens_waits_for_a_second_person() {
    let world = World::with(Engine::Sqlite, |input| {
        for mapping in &mut input.mappings {
            "read_only".clone_into(&mut mapping.role);
        }
    })
    .await;
    let (core, id) = (&world.app.core, &world.provider.id);
    let token = world
        .app
        .token(Permission::ALL.iter().map(|(p, _)| *p))
        .await;
    let program = actor_for_token(core, &token, None).await.unwrap();
    let waits = async |actor: &Actor, change: fn(&mut ProviderInput)| {
        let found = accounts::provider(core, actor, id).await.unwrap();
        let mut input = found.settings();
        change(&mut input);
        let waits = accounts::save_provider(core, actor, id, input, Some("Why not")).await;
        waits.unwrap().is_some()
    };
    // No mighty role is given here: a person does it alone.
    let rename: fn(&mut ProviderInput) = |input| input.client_id = "another".to_owned();
    assert!(waits(&program, rename).await);
    let waiting = "UPDATE approval SET status = 'cancelled'";
    world.app.db().execute(waiting, args![]).await.unwrap();
    assert!(!waits(&world.app.owner, rename).await);
    assert!(!waits(&program, |input| input.enabled = false).await);
    // A role that only unlocks is mighty, too.
    let role = "INSERT INTO role (id, org_unit_id, name, permissions, changed_at, created_at) \
        SELECT 'unlocks', id, 'Unlocks', '[\"devices.read\",\"devices.clear_passcode\"]', 0, 0 \
        FROM org_unit WHERE parent_id IS NULL";
    world.app.db().execute(role, args![]).await.unwrap();
    let gives = |input: &mut ProviderInput| "unlocks".clone_into(&mut input.mappings[0].role);
    assert!(waits(&world.app.owner, gives).await);
}

#[tokio::test]
async fn the_last_owner_does_not_lose_the_way_in() {
    let world = World::with(Engine::Sqlite, |input| input.links_existing = true).await;
    let (core, id, server) = (&world.app.core, &world.provider.id, Actor::server());
    let owner = OidcPerson::new("o-1", OWNER_EMAIL, &["it-desk"]);
    world.standin.sign_in_as(owner);
    world.signed_in().await;
    // Another owner who never came does not count, and the provider is the first one's only way.
    world.app.second_owner(7).await;
    let closed = "UPDATE account SET password_hash = '!'";
    world.app.db().execute(closed, args![]).await.unwrap();
    let mut browser = world.signed_in().await;
    browser.get("/console/settings/push").await.expect(200);
    let changes: [fn(&mut ProviderInput); 2] = [
        |input| input.enabled = false,
        |input| input.issuer = "https://other.example.org".to_owned(),
    ];
    for change in changes {
        let mut input = world.provider.settings();
        change(&mut input);
        let refused = accounts::save_provider(core, &server, id, input, None).await;
        assert_eq!(refused.unwrap_err().code, "last_owner_here");
    }
    let removed = accounts::remove_provider(core, &server, id).await;
    assert_eq!(removed.unwrap_err().code, "last_owner_here");
    let here = format!("/console/settings/sign-in/{id}");
    browser.get(&here).await.expect(200);
    browser
        .post(&format!("{here}/remove"), &[])
        .await
        .expect(409)
        .says("The last owner of the organisation signs in here alone");
    // With another way in it may go.
    let opened = "UPDATE account SET password_hash = 'x' WHERE name = 'Second 7'";
    world.app.db().execute(opened, args![]).await.unwrap();
    accounts::remove_provider(core, &server, id).await.unwrap();
}

#[tokio::test]
async fn a_colleagues_browser_is_new_to_somebody_else() {
    let world = World::new(Engine::Sqlite).await;
    let mut browser = Browser::owner(&world.app).await;
    let new = async || {
        let rows = world
            .rows("SELECT details FROM event WHERE action = 'session.create' ORDER BY seq DESC LIMIT 1")
            .await;
        rows[0][0].contains("\"new_browser\":true")
    };
    assert!(new().await);
    for expected in [true, false] {
        browser.post("/console/sign-out", &[]).await.expect(303);
        world.sign_in(&mut browser).await.expect(303);
        assert_eq!(new().await, expected);
    }
    browser.post("/console/sign-out", &[]).await.expect(303);
    let password = tillsyn_testkit::OWNER_PASSWORD;
    browser.sign_in(OWNER_EMAIL, password).await.expect(303);
    assert!(!new().await);
}
