//! Second factor and freshness of people who come by a provider.

use tillsyn_db::{Engine, args};
use tillsyn_standins::oidc::{Fault, OidcPerson};

use super::World;
use crate::console::Browser;
use crate::console::sign_in::{second_step, set_up_app};

#[tokio::test]
async fn the_providers_second_factor_counts_only_where_it_is_trusted() {
    let world = World::new(Engine::Sqlite).await;
    let require = async |wanted: i64| {
        let set = "UPDATE role SET second_factor = $1 WHERE id = 'help_desk'";
        world.app.db().execute(set, args![wanted]).await.unwrap();
    };
    let with_factor = |subject: &str, email: &str| {
        let mut person = OidcPerson::new(subject, email, &["it-desk"]);
        person.methods = vec!["pwd".to_owned(), "mfa".to_owned()];
        person
    };
    // Not trusted: the role's demand stands.
    require(1).await;
    world
        .standin
        .sign_in_as(with_factor("s-2", "nils@example.org"));
    let mut browser = world.signed_in().await;
    let owed = browser.get("/console/devices").await.expect(303);
    assert!(owed.location().starts_with("/console/set-up"));
    require(0).await;
    let mut person = with_factor("s-1", "elsa@example.org");
    world.standin.sign_in_as(person.clone());
    let mut browser = world.signed_in().await;
    let (app, _) = set_up_app(&world.app, &mut browser).await;
    require(1).await;
    browser.get("/console/devices").await.expect(200);
    // From then on our own second step follows the provider's.
    let mut browser = Browser::new(&world.app);
    let step = world.sign_in(&mut browser).await.expect(303);
    assert!(
        step.location().starts_with("/console/sign-in/second"),
        "{}",
        step.location()
    );
    assert!(!browser.has_cookie("tillsyn"));
    second_step(&mut browser, &app.code(&world.app, 1))
        .await
        .expect(303);
    browser.get("/console/devices").await.expect(200);
    let methods = world
        .rows("SELECT method FROM session WHERE second_factor = 1")
        .await;
    assert_eq!(methods, [["oidc"], ["oidc"]]);
    // Trusted, and shown.
    world
        .change(|input| input.trusts_second_factor = true)
        .await;
    world
        .signed_in()
        .await
        .get("/console/devices")
        .await
        .expect(200);
    // Trusted, and not shown.
    person.methods = vec!["pwd".to_owned()];
    world.standin.sign_in_as(person);
    let step = world
        .sign_in(&mut Browser::new(&world.app))
        .await
        .expect(303);
    assert!(step.location().starts_with("/console/sign-in/second"));
}

#[tokio::test]
async fn a_step_up_needs_the_same_person_to_sign_in_anew() {
    let world = World::new(Engine::Sqlite).await;
    let age = "SELECT last_used_at - fresh_at FROM session WHERE method = 'oidc' ORDER BY created_at DESC LIMIT 1";
    let age = async || {
        world
            .app
            .db()
            .query_optional(age, args![])
            .await
            .unwrap()
            .unwrap()
            .i64(0)
            .unwrap()
    };
    // Who signed in there long ago, or nobody knows when, is not fresh here.
    for fault in [Fault::OldSignIn, Fault::NoSignInTime] {
        world.standin.set_fault(Some(fault));
        world.signed_in().await;
        assert!(age().await > 10 * 60_000, "{fault:?}");
    }
    world.standin.set_fault(None);
    let mut browser = world.signed_in().await;
    assert!(age().await < 10 * 60_000);
    let stale = "UPDATE session SET fresh_at = fresh_at - 3600000 WHERE method = 'oidc'";
    world.app.db().execute(stale, args![]).await.unwrap();
    let ask = async |browser: &mut Browser| {
        let begin = format!(
            "/console/confirm/provider/{}?next=/console/devices",
            world.provider.id
        );
        let away = browser.get(&begin).await.expect(303);
        assert!(
            away.location().contains("prompt=login&max_age=0"),
            "{}",
            away.location()
        );
        let back = world.at_provider(away.location()).await;
        browser.get(&back).await.expect(303).location().to_owned()
    };
    let page = browser
        .get("/console/confirm?next=/console/devices")
        .await
        .expect(200);
    page.says("Show it at Norrvik ID");
    page.says_not("name=\"password\"");
    for (fault, reason) in [
        (Fault::OldSignIn, "not_fresh"),
        (Fault::NoSignInTime, "not_fresh"),
        (Fault::OtherNonce, "nonce"),
    ] {
        world.standin.set_fault(Some(fault));
        let to = ask(&mut browser).await;
        assert!(to.starts_with("/console/confirm?problem=sso_"), "{to}");
        assert_eq!(world.reason().await, reason);
    }
    browser
        .get("/console/confirm?problem=sso_not_fresh")
        .await
        .expect(200)
        .says("did not ask you to sign in again");
    world.standin.set_fault(None);
    world
        .standin
        .sign_in_as(OidcPerson::new("s-2", "nils@example.org", &["it-desk"]));
    assert!(ask(&mut browser).await.contains("sso_other_person"));
    let fresh = "SELECT token_hash FROM session WHERE method = 'oidc' AND fresh_at >= last_used_at - 1800000";
    assert_eq!(world.rows(fresh).await.len(), 0);
    world
        .standin
        .sign_in_as(OidcPerson::new("s-1", "elsa@example.org", &["it-desk"]));
    assert_eq!(ask(&mut browser).await, "/console/devices");
    assert_eq!(world.rows(fresh).await.len(), 1);
    // A step-up of one session does nothing in another one.
    let begin = format!("/console/confirm/provider/{}", world.provider.id);
    let away = browser.get(&begin).await.expect(303);
    let back = world.at_provider(away.location()).await;
    browser.post("/console/sign-out", &[]).await.expect(303);
    browser.get(&back).await.expect(400);
    assert_eq!(world.reason().await, "over");
}

#[tokio::test]
async fn a_step_up_at_a_provider_that_is_not_trusted_does_not_do_for_two_factors() {
    let world = World::new(Engine::Sqlite).await;
    let db = world.app.db();
    let mut person = OidcPerson::new("s-1", "elsa@example.org", &["it-desk"]);
    person.methods = vec!["pwd".to_owned(), "mfa".to_owned()];
    world.standin.sign_in_as(person.clone());
    let mut browser = world.signed_in().await;
    // They can show two factors here: a password and the app.
    let password = "UPDATE account SET password_hash = (SELECT o.password_hash FROM account o \
        WHERE o.email <> 'elsa@example.org') WHERE email = 'elsa@example.org'";
    db.execute(password, args![]).await.unwrap();
    set_up_app(&world.app, &mut browser).await;
    let stale = async || {
        let sql = "UPDATE session SET fresh_at = fresh_at - 3600000 WHERE method = 'oidc'";
        db.execute(sql, args![]).await.unwrap();
    };
    let fresh = "SELECT token_hash FROM session WHERE method = 'oidc' AND fresh_at >= last_used_at - 1800000";
    let confirm = "/console/confirm?next=/console/devices";
    let step_up = async |browser: &mut Browser| {
        let begin = format!(
            "/console/confirm/provider/{}?next=/console/devices",
            world.provider.id
        );
        let away = browser.get(&begin).await.expect(303);
        let back = world.at_provider(away.location()).await;
        browser.get(&back).await.expect(303).location().to_owned()
    };
    stale().await;
    // Whatever it says of itself: not offered, and refused to whoever goes there all the same.
    let page = browser.get(confirm).await.expect(200);
    page.says_not("Show it at Norrvik ID");
    let to = step_up(&mut browser).await;
    assert!(to.contains("problem=sso_second_factor"), "{to}");
    assert_eq!(world.reason().await, "second_factor");
    assert_eq!(world.rows(fresh).await.len(), 0);
    // Trusted, but it did not ask for one.
    world
        .change(|input| input.trusts_second_factor = true)
        .await;
    person.methods = vec!["pwd".to_owned()];
    world.standin.sign_in_as(person.clone());
    let page = browser.get(confirm).await.expect(200);
    page.says("Show it at Norrvik ID");
    let to = step_up(&mut browser).await;
    assert!(to.contains("problem=sso_second_factor"), "{to}");
    assert_eq!(world.rows(fresh).await.len(), 0);
    // Trusted, and shown.
    person.methods.push("mfa".to_owned());
    world.standin.sign_in_as(person);
    assert_eq!(step_up(&mut browser).await, "/console/devices");
    assert_eq!(world.rows(fresh).await.len(), 1);
    // Each is in the trail, the two that did not do as refused.
    let told = "SELECT result FROM event WHERE action = 'session.confirm' \
        AND details LIKE '%oidc%' OR result = 'refused' ORDER BY seq";
    assert_eq!(world.rows(told).await, [["refused"], ["refused"], ["done"]]);
}
