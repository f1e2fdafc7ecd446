//! People who sign in to the portal at an identity provider.

use serde_json::json;
use tillsyn_core::accounts::{ProviderInput, portal_redirect_uri};
use tillsyn_core::org;
use tillsyn_db::Engine;
use tillsyn_standins::oidc::{OidcClientOf, OidcPerson};

use super::{SECRET, World};
use crate::console::Browser;
use crate::console::browser::Answer;

const ELSA: &str = "elsa@example.org";

/// A provider for people, with these switches; nobody has a role by it.
async fn world(change: impl FnOnce(&mut ProviderInput)) -> World {
    let world = World::with(Engine::Sqlite, |input| {
        input.people = true;
        change(input);
    })
    .await;
    world.standin.register(OidcClientOf {
        client_id: "tillsyn console".to_owned(),
        client_secret: SECRET.to_owned(),
        redirect_uri: portal_redirect_uri(&world.app.core, &world.provider.id),
    });
    world.standin.sign_in_as(OidcPerson::new("s-1", ELSA, &[]));
    world
}

/// There and back.
async fn come(world: &World, browser: &mut Browser) -> Answer {
    let path = format!("/portal/sign-in/provider/{}", world.provider.id);
    let away = browser.get(&path).await.expect(303);
    let back = world.at_provider(away.location()).await;
    browser.get(&back).await
}

async fn makes_people(world: &World) {
    let root = org::root(&world.app.core).await.unwrap().id;
    world
        .change(|input| input.makes_people_in = Some(root))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_sign_in_makes_a_person_where_that_is_switched_on() {
    let world = world(|_| {}).await;
    let mut browser = Browser::new(&world.app);
    browser
        .get("/portal/sign-in")
        .await
        .expect(200)
        .says("Norrvik ID");
    come(&world, &mut browser)
        .await
        .expect(403)
        .says("does not lead to anybody");
    let people = "SELECT count(*) FROM person";
    assert_eq!(world.app.count(people).await, 0);
    makes_people(&world).await;
    assert_eq!(
        come(&world, &mut browser).await.expect(303).location(),
        "/portal"
    );
    browser.get("/portal").await.expect(200);
    // No administrator came of it, and the second time nobody new.
    browser.get("/console").await.expect(303);
    let mut again = Browser::new(&world.app);
    come(&world, &mut again).await.expect(303);
    assert_eq!(world.app.count(people).await, 1);
    let made = world.rows("SELECT email, status FROM person").await;
    assert_eq!(made, [[ELSA, "active"]]);
    let api = world.app.owner_api().await;
    let listed = api.get("/api/v1/people").await.expect(200);
    let id = listed["items"][0]["id"].as_str().unwrap();
    // It is the list of people that says who belongs here.
    let gone = json!({ "status": "inactive" });
    api.patch(&format!("/api/v1/people/{id}"), &gone)
        .await
        .expect(200);
    browser.get("/portal").await.expect(303);
    come(&world, &mut again).await.expect(403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_of_the_list_is_nobody_by_their_address_alone() {
    let world = world(|_| {}).await;
    makes_people(&world).await;
    let api = world.app.owner_api().await;
    let person = json!({ "name": "Elsa", "email": ELSA });
    api.post("/api/v1/people", &person).await.expect(201);
    let mut browser = Browser::new(&world.app);
    come(&world, &mut browser).await.expect(403);
    assert!(!browser.has_cookie("tillsyn-portal"));
    let identities = "SELECT count(*) FROM person_identity";
    assert_eq!(world.app.count(identities).await, 0);
    // Decided for this provider, it links them, and says so.
    world.change(|input| input.links_existing = true).await;
    come(&world, &mut browser).await.expect(303);
    assert_eq!(world.app.count(identities).await, 1);
    let actions = world.app.actions().await;
    assert!(actions.contains(&"person.identity".to_owned()));
    // Switched off, nobody goes on.
    browser.get("/portal").await.expect(200);
    world.change(|input| input.people = false).await;
    browser.get("/portal").await.expect(303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_door_has_its_own_way_back() {
    let world = world(|_| {}).await;
    makes_people(&world).await;
    let mut browser = Browser::new(&world.app);
    let path = format!("/portal/sign-in/provider/{}", world.provider.id);
    let away = browser.get(&path).await.expect(303);
    let back = world.at_provider(away.location()).await;
    let other = back.replacen("/portal/", "/console/", 1);
    browser.get(&other).await.expect(400);
    assert!(!browser.has_cookie("tillsyn"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_sign_in_leaves_nothing_behind() {
    let world = world(|input| input.links_existing = true).await;
    let api = world.app.owner_api().await;
    let person = json!({ "name": "Elsa", "email": ELSA });
    let made = api.post("/api/v1/people", &person).await.expect(201);
    let id = made["id"].as_str().unwrap();
    // They have a password, and an account that an administrator closed.
    let path = format!("/api/v1/people/{id}/sign-in/password");
    let proof = json!({ "password": tillsyn_testkit::OWNER_PASSWORD });
    let given = api.post(&path, &proof).await.expect(200);
    let db = world.app.db();
    let close = "UPDATE account SET status = $1 WHERE person_id IS NOT NULL";
    db.execute(close, vec!["disabled".into()]).await.unwrap();
    let kept = "SELECT count(*) FROM account WHERE person_id IS NOT NULL AND password_hash <> '!'";
    assert_eq!(world.app.count(kept).await, 1);
    let mut browser = Browser::new(&world.app);
    come(&world, &mut browser).await.expect(403);
    assert_eq!(world.reason().await, "account_disabled");
    // Neither is the provider theirs from now on, nor is their password gone.
    let identities = "SELECT count(*) FROM person_identity";
    assert_eq!(world.app.count(identities).await, 0);
    assert_eq!(world.app.count(kept).await, 1);
    let actions = world.app.actions().await;
    assert!(!actions.contains(&"person.identity".to_owned()));
    db.execute(close, vec!["active".into()]).await.unwrap();
    let given = given["password"].as_str().unwrap();
    let fields = [("login", ELSA), ("password", given)];
    Browser::new(&world.app)
        .send_form("/portal/sign-in", &fields)
        .await
        .expect(303);
    // With the account open again it links them, as was decided for this provider.
    come(&world, &mut browser).await.expect(303);
    assert_eq!(world.app.count(identities).await, 1);
    assert_eq!(world.app.count(kept).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_somebody_just_changed_links_nobody() {
    let world = world(|input| input.links_existing = true).await;
    let api = world.app.owner_api().await;
    let person = json!({ "name": "Anna", "email": "anna@example.org" });
    let made = api.post("/api/v1/people", &person).await.expect(201);
    let path = format!("/api/v1/people/{}", made["id"].as_str().unwrap());
    // Whoever may change addresses gives Anna the address that they have at the provider.
    api.patch(&path, &json!({ "email": ELSA }))
        .await
        .expect(200);
    let mut browser = Browser::new(&world.app);
    come(&world, &mut browser).await.expect(403);
    let identities = "SELECT count(*) FROM person_identity";
    assert_eq!(world.app.count(identities).await, 0);
}
