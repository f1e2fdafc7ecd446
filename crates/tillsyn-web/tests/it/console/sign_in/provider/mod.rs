//! Sign-in at an identity provider, against a stand-in that follows the standards and does one thing wrong on demand.

mod agreed;
mod answers;
mod ends;
mod factors;
mod people;
mod rights;
mod way_back;

use std::sync::Arc;

use reqwest::header::LOCATION;
use serde_json::Value as Json;
use tillsyn_core::accounts::{self, Mapping, Provider, ProviderInput};
use tillsyn_core::{Actor, org};
use tillsyn_db::{Engine, args};
use tillsyn_standins::oidc::{OidcClientOf, OidcPerson, OidcStandin};
use tillsyn_testkit::{AppOptions, OWNER_EMAIL, TestApp};
use zeroize::Zeroizing;

use crate::console::Browser;
use crate::console::browser::Answer;

const SECRET: &str = "a client's secret: +/ %41";

/// The provider's side of a test.
pub(super) struct World {
    pub(super) app: TestApp,
    pub(super) standin: OidcStandin,
    /// The person's browser, as far as the provider sees it.
    http: reqwest::Client,
    provider: Provider,
}

impl World {
    async fn new(engine: Engine) -> Self {
        Self::with(engine, |_| {}).await
    }

    async fn with(engine: Engine, change: impl FnOnce(&mut ProviderInput)) -> Self {
        let real = tillsyn_core::Clock::system();
        let standin = OidcStandin::start(Arc::new(move || real.now_ms()))
            .await
            .unwrap();
        let options = AppOptions {
            identity_provider_root_pem: Some(standin.root_pem().to_owned()),
            jobs: false,
            ..AppOptions::default()
        };
        let app = TestApp::with(engine, options).await;
        let root = org::root(&app.core).await.unwrap().id;
        let map = |group: &str, role: &str| Mapping {
            group: group.to_owned(),
            role: role.to_owned(),
            unit: root.clone(),
        };
        let mut input = ProviderInput {
            name: "Norrvik ID".to_owned(),
            issuer: standin.issuer().to_owned(),
            client_id: "tillsyn console".to_owned(),
            client_secret: Some(Zeroizing::new(SECRET.to_owned())),
            mappings: vec![map("it-desk", "help_desk"), map("audit", "auditor")],
            ..ProviderInput::default()
        };
        change(&mut input);
        // On the server, where one person is enough.
        let server = Actor::server();
        let (id, _) = accounts::create_provider(&app.core, &server, input, None)
            .await
            .unwrap();
        let provider = accounts::provider(&app.core, &server, &id).await.unwrap();
        standin.register(OidcClientOf {
            client_id: "tillsyn console".to_owned(),
            client_secret: SECRET.to_owned(),
            redirect_uri: accounts::redirect_uri(&app.core, &id),
        });
        standin.sign_in_as(OidcPerson::new("s-1", "elsa@example.org", &["it-desk"]));
        let root = reqwest::Certificate::from_pem(standin.root_pem().as_bytes()).unwrap();
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([root])
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            app,
            standin,
            http,
            provider,
        }
    }

    async fn change(&self, change: impl FnOnce(&mut ProviderInput)) {
        let (core, server, id) = (&self.app.core, Actor::server(), &self.provider.id);
        let mut input = accounts::provider(core, &server, id)
            .await
            .unwrap()
            .settings();
        change(&mut input);
        accounts::save_provider(core, &server, id, input, None)
            .await
            .unwrap();
    }

    fn begin(&self) -> String {
        format!(
            "/console/sign-in/provider/{}?next=/console/devices",
            self.provider.id
        )
    }

    /// What the provider sends the browser back to, as a path of ours.
    async fn at_provider(&self, url: &str) -> String {
        let answer = self.http.get(url).send().await.unwrap();
        assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
        let back = answer.headers()[LOCATION].to_str().unwrap().to_owned();
        back.strip_prefix(&self.app.url()).unwrap().to_owned()
    }

    /// There and back.
    async fn sign_in(&self, browser: &mut Browser) -> Answer {
        let away = browser.get(&self.begin()).await.expect(303);
        let back = self.at_provider(away.location()).await;
        browser.get(&back).await
    }

    async fn signed_in(&self) -> Browser {
        let mut browser = Browser::new(&self.app);
        let answer = self.sign_in(&mut browser).await.expect(303);
        assert_eq!(answer.location(), "/console/devices");
        browser
    }

    async fn rows(&self, sql: &'static str) -> Vec<Vec<String>> {
        let rows = self.app.db().query_all(sql, args![]).await.unwrap();
        let columns = sql.split(" FROM ").next().unwrap().matches(',').count() + 1;
        rows.iter()
            .map(|row| (0..columns).map(|at| row.text(at).unwrap()).collect())
            .collect()
    }

    /// Why the last sign-in or proof was refused, by its event.
    async fn reason(&self) -> String {
        const LAST: &str =
            "SELECT details FROM event WHERE result = 'refused' ORDER BY seq DESC LIMIT 1";
        let rows = self.rows(LAST).await;
        let details: Json = serde_json::from_str(&rows[0][0]).unwrap();
        assert_eq!(details["method"], "oidc", "{details}");
        details["reason"].as_str().unwrap().to_owned()
    }

    async fn sessions(&self) -> usize {
        self.rows("SELECT method FROM session WHERE method = 'oidc'")
            .await
            .len()
    }
}

async fn first_sign_in_makes_the_account(engine: Engine) {
    let world = World::new(engine).await;
    let mut browser = Browser::new(&world.app);
    let page = browser.get("/console/sign-in").await.expect(200);
    page.says("Sign in with Norrvik ID");
    let mut browser = world.signed_in().await;
    browser.get("/console/devices").await.expect(200);
    browser.get("/console/settings/tokens").await.expect(200);
    // What a help desk may not.
    browser.get("/console/settings/push").await.expect(403);
    let made = world
        .rows("SELECT name, role, kind, password_hash, status FROM account WHERE email = 'elsa@example.org'")
        .await;
    assert_eq!(made, [["Person s-1", "help_desk", "person", "!", "active"]]);
    let told = world
        .rows("SELECT action FROM event WHERE object_kind = 'account' AND action <> 'account.create' OR details LIKE '%by%identity_provider%' ORDER BY seq")
        .await;
    let told: Vec<&str> = told.iter().map(|row| row[0].as_str()).collect();
    let last: Vec<&str> = told.iter().rev().take(3).rev().copied().collect();
    assert_eq!(
        last,
        ["account.create", "account.identity", "session.create"]
    );
    // Again: the same account, no second one.
    world.signed_in().await;
    assert_eq!(
        world
            .rows("SELECT subject FROM account_identity")
            .await
            .len(),
        1
    );
    assert_eq!(world.sessions().await, 2);
    assert_eq!(world.standin.broken_rules(), Vec::<&str>::new());
    // The secret is nowhere in clear, and the list of providers does not show it.
    let stored = world
        .app
        .db()
        .query_optional("SELECT client_secret_sealed FROM oidc_provider", args![])
        .await
        .unwrap()
        .unwrap();
    let sealed = stored.blob(0).unwrap();
    assert!(
        !sealed
            .windows(8)
            .any(|part| SECRET.as_bytes().starts_with(part))
    );
}

async fn each_sign_in_takes_role_and_unit_of_the_first_mapping(engine: Engine) {
    let world = World::new(engine).await;
    let mut first = world.signed_in().await;
    let role = async || {
        world
            .rows("SELECT role FROM account WHERE email = 'elsa@example.org'")
            .await
    };
    assert_eq!(role().await, [["help_desk"]]);
    // Both groups: the first mapping counts, in their order here and not in the token's.
    let both = OidcPerson::new("s-1", "elsa@example.org", &["audit", "it-desk"]);
    world.standin.sign_in_as(both);
    world.signed_in().await;
    assert_eq!(role().await, [["help_desk"]]);
    first.get("/console/devices").await.expect(200);
    // Another group: other rights, and every other session ends.
    let audit = OidcPerson::new("s-1", "elsa@example.org", &["audit"]);
    world.standin.sign_in_as(audit);
    world.signed_in().await;
    assert_eq!(role().await, [["auditor"]]);
    assert_eq!(
        first.get("/console/devices").await.expect(303).location(),
        "/console/sign-in?next=%2Fconsole%2Fdevices"
    );
    let mapped = world
        .rows("SELECT details FROM event WHERE action = 'account.mapped'")
        .await;
    let details: Json = serde_json::from_str(&mapped[0][0]).unwrap();
    assert_eq!(details["role"]["from"], "help_desk");
    assert_eq!(details["role"]["to"], "auditor");
    // No group, in words.
    world
        .standin
        .sign_in_as(OidcPerson::new("s-1", "elsa@example.org", &["staff"]));
    let mut browser = Browser::new(&world.app);
    let refused = world.sign_in(&mut browser).await.expect(403);
    refused.says("None of your groups may sign in here");
    assert_eq!(world.reason().await, "not_mapped");
    assert!(!browser.has_cookie("tillsyn"));
    // A disabled account.
    world
        .standin
        .sign_in_as(OidcPerson::new("s-1", "elsa@example.org", &["audit"]));
    let disable = "UPDATE account SET status = 'disabled' WHERE email = 'elsa@example.org'";
    world.app.db().execute(disable, args![]).await.unwrap();
    let refused = world
        .sign_in(&mut Browser::new(&world.app))
        .await
        .expect(403);
    refused.says("Your account is disabled");
}

async fn an_existing_account_is_taken_over_only_where_that_is_allowed(engine: Engine) {
    let world = World::new(engine).await;
    let mut owner = OidcPerson::new("o-1", OWNER_EMAIL, &["it-desk"]);
    world.standin.sign_in_as(owner.clone());
    let refused = world
        .sign_in(&mut Browser::new(&world.app))
        .await
        .expect(403);
    refused.says("may not take it over");
    assert_eq!(world.reason().await, "email_taken");
    world.change(|input| input.links_existing = true).await;
    // Not by an address that nobody checked.
    for (verified, reason) in [(None, "email_taken"), (Some(false), "no_email")] {
        owner.email_verified = verified;
        world.standin.sign_in_as(owner.clone());
        world
            .sign_in(&mut Browser::new(&world.app))
            .await
            .expect(403);
        assert_eq!(world.reason().await, reason);
    }
    owner.email_verified = Some(true);
    world.standin.sign_in_as(owner);
    let mut browser = world.signed_in().await;
    // The last owner of the organisation stays owner, whatever the group says.
    browser.get("/console/settings/push").await.expect(200);
    let kept = world.rows("SELECT role, password_hash FROM account").await;
    assert_eq!(kept[0][0], "owner");
    assert_ne!(kept[0][1], "!");
    let event = "SELECT result FROM event WHERE action = 'account.mapped'";
    assert_eq!(world.rows(event).await, [["refused"]]);
    // The address went to somebody else there: it leads to no account that a provider knows already.
    let heir = OidcPerson::new("o-2", OWNER_EMAIL, &["it-desk"]);
    world.standin.sign_in_as(heir);
    world
        .sign_in(&mut Browser::new(&world.app))
        .await
        .expect(403);
    assert_eq!(world.reason().await, "email_taken");
}

macro_rules! both {
    ($($name:ident),*) => {$(
        mod $name {
            use super::*;

            #[tokio::test]
            async fn on_sqlite() {
                super::$name(Engine::Sqlite).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                super::$name(Engine::Postgres).await;
            }
        }
    )*};
}
both!(
    first_sign_in_makes_the_account,
    each_sign_in_takes_role_and_unit_of_the_first_mapping,
    an_existing_account_is_taken_over_only_where_that_is_allowed
);
