//! A new master key takes the place of the old one while servers run, and then nothing needs the old one (S60).

use serde_json::json;
use tillsyn_core::accounts::Caller;
use tillsyn_core::keys::{self, KeyStore};
use tillsyn_core::{Actor, Clock, Core, CoreConfig, Error, audit, invitations, jobs};
use tillsyn_pki::seal::{KeyRing, MasterKey};
use tillsyn_testkit::{AppOptions, TestApp, both_engines};

fn still() -> AppOptions {
    AppOptions {
        jobs: false,
        clock: Clock::fixed(Clock::system().now_ms()),
        ..AppOptions::default()
    }
}

/// A server on the same database with these keys, which has not spoken yet.
async fn node(app: &TestApp, name: &str, keys: &str) -> Result<Core, Error> {
    let keys = KeyStore::new(KeyRing::from_text(keys).unwrap());
    let config = CoreConfig {
        node: name.to_owned(),
        ..CoreConfig::default()
    };
    Core::open(app.db(), app.clock.clone(), config, keys).await
}

async fn minute(core: &Core) {
    jobs::run(core, "keys").await.unwrap();
}

struct Keys {
    old: String,
    new: String,
    both: String,
}

impl Keys {
    fn of(app: &TestApp) -> Self {
        let old = app.master_key().to_owned();
        let new = MasterKey::generate(7).to_text().to_string();
        let both = format!("{old}\n{new}\n");
        Self { old, new, both }
    }
}

/// Things that hold something sealed, beside the authorities.
async fn filled(app: &TestApp) -> String {
    let api = app.owner_api().await;
    let hook = json!({ "name": "Hook", "url": app.hooks.url(), "events": ["person.create"] });
    api.post("/api/v1/webhooks", &hook).await.expect(201);
    app.enrolled_iphone().await;
    app.invite().await.typed_code.to_string()
}

both_engines!(
    a_new_master_key_takes_the_place_of_the_old,
    still(),
    |app| async move {
        let keys = Keys::of(&app);
        let code = filled(&app).await;
        let lone = node(&app, "lone", &keys.old).await.unwrap();
        let first = node(&app, "first", &keys.both).await.unwrap();
        minute(&lone).await;
        minute(&first).await;
        let before = keys::census(&first).await.unwrap();
        assert_eq!(before.sealed.keys().copied().collect::<Vec<_>>(), [1]);

        // Who runs without it could not read what others seal with it.
        let refused = keys::change(&first, &Actor::server()).await.unwrap_err();
        assert_eq!(refused.code, "master_key_not_everywhere");
        assert!(refused.detail.contains("lone"), "{}", refused.detail);
        assert!(!refused.detail.contains("first"), "{}", refused.detail);
        assert_eq!(keys::census(&first).await.unwrap(), before);

        let second = node(&app, "lone", &keys.both).await.unwrap();
        minute(&second).await;
        assert!(keys::change(&first, &Actor::server()).await.unwrap());
        assert!(!keys::change(&first, &Actor::server()).await.unwrap());
        assert_eq!(keys::behind(&first).await.unwrap(), ["first", "lone"]);
        minute(&first).await;
        assert_eq!(keys::behind(&first).await.unwrap(), ["lone"]);
        minute(&second).await;
        assert!(keys::behind(&first).await.unwrap().is_empty());

        let done = keys::reseal(&first).await.unwrap();
        assert_eq!(done.unreadable, 0);
        let after = keys::census(&first).await.unwrap();
        assert_eq!(after.current, 7);
        assert_eq!(after.sealed.keys().copied().collect::<Vec<_>>(), [7]);
        assert_eq!(after.sealed[&7], before.sealed[&1]);
        assert_eq!(i64::try_from(done.values).unwrap(), before.sealed[&1]);
        assert_eq!(keys::reseal(&first).await.unwrap().values, 0);
        let told = "SELECT count(*) FROM event WHERE action = 'master_key.change'";
        assert_eq!(app.count(told).await, 1);

        let old = node(&app, "third", &keys.old).await.err().unwrap();
        assert_eq!(old.code, "master_key_mismatch");
        let new = node(&app, "third", &keys.new).await.unwrap();
        let caller = Caller::from(Some("192.0.2.1".to_owned()));
        invitations::by_typed_code(&new, &code, &caller)
            .await
            .unwrap();
        audit::run_due(&new).await.unwrap();
        let verdict = audit::verify(&new, None).await.unwrap();
        assert!(verdict.is_whole(), "{:?}", verdict.findings);
    }
);

both_engines!(
    what_no_key_opens_is_left_and_told,
    still(),
    |app| async move {
        let keys = Keys::of(&app);
        let code = app.invite().await.typed_code.to_string();
        let torn = "UPDATE invitation SET secrets_sealed = (SELECT key_sealed FROM authority WHERE kind = \
            'device_ca') WHERE secrets_sealed IS NOT NULL";
        assert_eq!(
            app.db().execute(torn, tillsyn_db::args![]).await.unwrap(),
            1
        );
        let first = node(&app, "first", &keys.both).await.unwrap();
        let before = keys::census(&first).await.unwrap();
        keys::change(&first, &Actor::server()).await.unwrap();
        let done = keys::reseal(&first).await.unwrap();
        assert_eq!(done.unreadable, 1);
        let after = keys::census(&first).await.unwrap();
        assert_eq!(after.sealed[&1], 1);
        assert_eq!(after.sealed[&7], before.sealed[&1] - 1);
        let caller = Caller::from(Some("192.0.2.1".to_owned()));
        assert!(
            invitations::by_typed_code(&first, &code, &caller)
                .await
                .is_err()
        );
    }
);
