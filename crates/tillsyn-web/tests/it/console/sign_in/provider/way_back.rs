//! The way back from a provider.

use tillsyn_db::{Engine, args};

use super::World;
use crate::console::Browser;

#[tokio::test]
async fn a_way_back_counts_once_and_for_the_browser_that_left() {
    let world = World::new(Engine::Sqlite).await;
    let mut browser = Browser::new(&world.app);
    let away = browser.get(&world.begin()).await.expect(303);
    let back = world.at_provider(away.location()).await;
    // Somebody else's browser, with or without a sign-in of its own.
    let mut other = Browser::new(&world.app);
    other
        .get(&back)
        .await
        .expect(400)
        .says("This sign-in is over");
    other.get(&world.begin()).await.expect(303);
    other.get(&back).await.expect(400);
    assert_eq!(world.reason().await, "over");
    // The foreign state ended nothing.
    browser.get(&back).await.expect(303);
    // Neither state nor code a second time.
    let cookie = browser.has_cookie("tillsyn-provider");
    assert!(!cookie, "the cookie is gone");
    browser.get(&back).await;
    assert_eq!(world.sessions().await, 1);
    let tokens = world.standin.requests();
    assert_eq!(
        tokens
            .iter()
            .filter(|asked| asked.ends_with("/token"))
            .count(),
        1
    );
    // What one provider says is not taken to another one.
    let mut mixed = Browser::new(&world.app);
    let away = mixed.get(&world.begin()).await.expect(303);
    let back = world.at_provider(away.location()).await;
    let other = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";
    let back = back.replace(world.provider.id.as_str(), other);
    mixed.get(&back).await.expect(403);
    assert_eq!(world.reason().await, "answer_issuer");
    // Redirects stay on this server.
    for next in [
        "https://evil.example/",
        "//evil.example",
        "/console/%5Cevil.example",
    ] {
        let mut browser = Browser::new(&world.app);
        let begin = format!(
            "/console/sign-in/provider/{}?next={next}",
            world.provider.id
        );
        let away = browser.get(&begin).await.expect(303);
        let back = world.at_provider(away.location()).await;
        assert_eq!(browser.get(&back).await.expect(303).location(), "/console");
    }
    // Ten minutes later it is over; a provider that was switched off takes nobody.
    let mut late = Browser::new(&world.app);
    let away = late.get(&world.begin()).await.expect(303);
    let back = world.at_provider(away.location()).await;
    let age = "UPDATE ceremony SET expires_at = expires_at - 600000";
    world.app.db().execute(age, args![]).await.unwrap();
    late.get(&back).await.expect(400);
    let away = late.get(&world.begin()).await.expect(303);
    let back = world.at_provider(away.location()).await;
    world.change(|input| input.enabled = false).await;
    late.get(&back).await.expect(400);
    late.get(&world.begin()).await.expect(404);
    late.get("/console/sign-in")
        .await
        .expect(200)
        .says_not("Norrvik ID");
}
