//! What a provider answers, and what of it counts.

use futures_util::future::join_all;
use tillsyn_core::accounts;
use tillsyn_db::Engine;
use tillsyn_standins::oidc::{Fault, OidcPerson};

use super::World;
use crate::console::Browser;

/// Every fault, what the person is told, and the reason in the event.
const FAULTS: &[(Fault, &str)] = &[
    (Fault::OtherIssuer, "issuer"),
    (Fault::OtherAudience, "audience"),
    (Fault::OtherParty, "authorized_party"),
    (Fault::OtherNonce, "nonce"),
    (Fault::NoNonce, "nonce"),
    (Fault::Expired, "expired"),
    (Fault::FromTheFuture, "issued_in_the_future"),
    (Fault::NotYetValid, "not_yet_valid"),
    (Fault::NoSubject, "subject"),
    (Fault::EmptySubject, "subject"),
    (Fault::AlgorithmNone, "algorithm"),
    (Fault::PublicKeyAsSecret, "algorithm"),
    (Fault::OtherAlgorithm, "algorithm"),
    (Fault::OtherKey, "signature"),
    (Fault::KeyAddress, "signature"),
    (Fault::KeyInHeader, "signature"),
    (Fault::Tampered, "signature"),
    (Fault::TokenError, "code_refused"),
    (Fault::TokenNoJson, "not_json"),
    (Fault::TokenHuge, "too_large"),
    (Fault::NoIdToken, "not_json"),
    (Fault::OtherState, "over"),
    (Fault::AnswerOfOtherIssuer, "answer_issuer"),
    (Fault::AnswerOfNoIssuer, "answer_issuer"),
    (Fault::Declined, "declined"),
];

#[tokio::test]
async fn every_fault_of_a_provider_is_refused_with_its_reason() {
    let world = World::new(Engine::Sqlite).await;
    for (fault, reason) in FAULTS {
        world.standin.set_fault(Some(*fault));
        let mut browser = Browser::new(&world.app);
        let refused = world.sign_in(&mut browser).await;
        assert!(
            matches!(refused.status, 400 | 403),
            "{fault:?}: {}",
            refused.status
        );
        assert!(!browser.has_cookie("tillsyn"), "{fault:?}");
        assert_eq!(world.reason().await, *reason, "{fault:?}");
        refused.says(match *reason {
            "over" => "This sign-in is over",
            "declined" => "did not let you in",
            _ => "cannot be trusted",
        });
    }
    // Nobody came in, no account was made, and no foreign address was asked.
    assert_eq!(world.sessions().await, 0);
    assert_eq!(world.rows("SELECT id FROM account").await.len(), 1);
    assert!(
        !world
            .standin
            .requests()
            .iter()
            .any(|asked| asked.ends_with("/other-keys"))
    );
    // A person whom the user info endpoint calls by another name.
    let mut person = OidcPerson::new("s-1", "elsa@example.org", &["it-desk"]);
    person.in_user_info = true;
    world.standin.sign_in_as(person);
    world.standin.set_fault(Some(Fault::OtherPersonInUserInfo));
    world
        .sign_in(&mut Browser::new(&world.app))
        .await
        .expect(403);
    assert_eq!(world.reason().await, "user_info_subject");
    // Nothing wrong: the same steps lead in, also with new keys and groups from there.
    world.standin.set_fault(None);
    world.standin.rotate_keys().unwrap();
    world.signed_in().await;
    assert_eq!(world.standin.broken_rules(), Vec::<&str>::new());
}

#[tokio::test]
async fn discovery_and_keys_come_from_the_issuer_alone() {
    for (fault, code) in [
        (Fault::DiscoveryOfOtherIssuer, "other_issuer"),
        (Fault::KeysElsewhere, "foreign_host"),
    ] {
        let world = World::new(Engine::Sqlite).await;
        world.standin.set_fault(Some(fault));
        let report =
            accounts::check_provider(&world.app.core, &world.app.owner, &world.provider.id);
        let problem = report.await.unwrap().problem.unwrap();
        assert_eq!(problem.code, code);
        let mut browser = Browser::new(&world.app);
        browser
            .get(&world.begin())
            .await
            .expect(403)
            .says("cannot be trusted");
    }
    let world = World::new(Engine::Sqlite).await;
    world.standin.set_fault(Some(Fault::KeysNoJson));
    world
        .sign_in(&mut Browser::new(&world.app))
        .await
        .expect(403);
    assert_eq!(world.reason().await, "keys");
    world.standin.set_fault(None);
    let report = accounts::check_provider(&world.app.core, &world.app.owner, &world.provider.id);
    let report = report.await.unwrap();
    assert_eq!((report.problem, report.keys), (None, 2));
    // Nor is the trial a way to look around in the server's network.
    world
        .change(|input| input.issuer = "https://127.0.0.1:1".to_owned())
        .await;
    let report = accounts::check_provider(&world.app.core, &world.app.owner, &world.provider.id);
    let problem = report.await.unwrap().problem.unwrap();
    assert_eq!(problem.code, "unreachable");
    assert_eq!(problem.text, "it cannot be reached");
}

#[tokio::test]
async fn a_provider_that_is_away_does_not_hold_up_everybody() {
    let world = World::new(Engine::Sqlite).await;
    // Whatever is answered to a code may be the doing of whoever brought it.
    world.standin.set_fault(Some(Fault::TokenUnavailable));
    for _ in 0..4 {
        world
            .sign_in(&mut Browser::new(&world.app))
            .await
            .expect(503);
    }
    assert_eq!(world.reason().await, "no_answer");
    world.standin.set_fault(Some(Fault::TokenSlow));
    let began = std::time::Instant::now();
    let mut browsers = [(); 3].map(|()| Browser::new(&world.app));
    let tries = browsers.iter_mut().map(|browser| world.sign_in(browser));
    for refused in join_all(tries).await {
        refused.expect(503).says("does not answer at the moment");
    }
    assert!(began.elapsed().as_secs() < 9, "{:?}", began.elapsed());
    assert_eq!(world.reason().await, "no_answer");
    let asked = world.standin.requests().len();
    world.standin.set_fault(None);
    world
        .sign_in(&mut Browser::new(&world.app))
        .await
        .expect(503);
    assert_eq!(world.reason().await, "left_alone");
    let tokens = |all: &[String]| all.iter().filter(|asked| asked.ends_with("/token")).count();
    assert_eq!(tokens(&world.standin.requests()[asked..]), 0);
}
