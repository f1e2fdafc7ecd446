//! What an account of the portal does not reach.

use tillsyn_testkit::{Engine, OWNER_EMAIL, OWNER_PASSWORD, TestApp};

use super::{Browser, ELIN, OWN, elin, person, sign_in};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_two_doors_lead_to_two_houses() {
    let app = TestApp::new(Engine::Sqlite).await;
    let api = app.owner_api().await;
    let (_, mut browser) = elin(&app, &api).await;
    browser.get("/portal").await.expect(200);
    browser.get("/console").await.expect(303);
    Browser::new(&app).sign_in(ELIN, OWN).await.expect(401);
    // An administrator is nobody at the portal, also where a person has their address.
    sign_in(&mut Browser::new(&app), OWNER_EMAIL, OWNER_PASSWORD)
        .await
        .expect(401);
    person(&api, "Maja Bergqvist", OWNER_EMAIL).await;
    sign_in(&mut Browser::new(&app), OWNER_EMAIL, OWNER_PASSWORD)
        .await
        .expect(401);
    let mut owner = Browser::owner(&app).await;
    owner.get("/portal").await.expect(303);
    // Own accounts are in no list of administrators, and their role is given to nobody.
    let listed = api.get("/api/v1/accounts").await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let roles = api.get("/api/v1/roles").await.expect(200).to_string();
    assert!(!roles.contains("\"portal\""), "{roles}");
    let new = serde_json::json!({"name": "X", "email": "x@norrvik.example", "role_id": "portal"});
    api.post("/api/v1/accounts", &new).await.expect(422);
}
