//! A person and their own device, for the tests of `/portal`.

use std::fmt::Write as _;

use serde_json::json;
use tillsyn_core::accounts;
use tillsyn_core::ids::{DeviceId, OrgUnitId, PersonId};
use tillsyn_core::self_service::{self, Level, Owner, Policy, SelfAct};
use tillsyn_core::{Actor, Clock};
use tillsyn_db::args;
use tillsyn_pki::hash;
use tillsyn_sim::{Device, DeviceConfig};
use tillsyn_testkit::{AppOptions, TestApp};

use super::browser::{Browser, IPHONE, Seen};

/// Nothing happens but what the test does, and time stands.
pub(super) fn still() -> AppOptions {
    AppOptions {
        jobs: false,
        clock: Clock::fixed(Clock::system().now_ms()),
        ..AppOptions::default()
    }
}

/// Somebody signed in at the portal, with one enrolled device.
pub(super) struct Me {
    pub(super) browser: Browser,
    pub(super) person: PersonId,
    pub(super) session: String,
    pub(super) device: Device,
    pub(super) id: DeviceId,
}

impl Me {
    pub(super) async fn with(app: &TestApp, name: &str, ownership: &str) -> Self {
        let config = DeviceConfig::iphone(app.next()).supervised();
        let config = if ownership == "personal" {
            DeviceConfig::iphone(app.next())
        } else {
            config
        };
        let email = format!("{}@example.org", name.to_lowercase());
        let invitation = app
            .invite_with(|new| {
                new.person_name = Some(name.to_owned());
                new.person_email = Some(email.clone());
                ownership.clone_into(&mut new.ownership);
            })
            .await;
        let mut device = app.device(config);
        device.enroll(&app.by(&invitation)).await.unwrap();
        device.session().await.unwrap();
        let found = "SELECT d.device_id, d.person_id, p.org_unit_id FROM device_summary d \
            JOIN person p ON p.id = d.person_id WHERE p.email = $1";
        let row = app.db().query_optional(found, args![email]).await.unwrap();
        let row = row.unwrap();
        let person = PersonId::parse(row.str(1).unwrap()).unwrap();
        let session = sign_in(app, &person, row.str(2).unwrap(), name).await;
        let mut browser = Browser::new(app, IPHONE, "en");
        browser.keep("tillsyn-portal", &session);
        Self {
            id: DeviceId::parse(row.str(0).unwrap()).unwrap(),
            browser,
            person,
            session,
            device,
        }
    }

    /// Their own actor, as the pages have it.
    pub(super) async fn actor(&self, app: &TestApp) -> Actor {
        let found = accounts::resume(&app.core, &self.session, None).await;
        let actor = found.unwrap().unwrap().actor;
        actor.over_own_devices(self.person.clone())
    }

    pub(super) fn path(&self, rest: &str) -> String {
        format!("/portal/devices/{}{rest}", self.id)
    }

    pub(super) async fn page(&mut self) -> Seen {
        let path = self.path("");
        self.browser.get(&path).await
    }

    /// A form about their own device.
    pub(super) async fn post(&mut self, rest: &str, body: &str) -> Seen {
        let path = self.path(rest);
        self.post_at(&path, body).await
    }

    pub(super) async fn post_at(&mut self, path: &str, body: &str) -> Seen {
        self.browser.post(path, &format!("csrf=csrf&{body}")).await
    }

    /// The name that confirms what cannot be undone, as in a form.
    pub(super) async fn confirm(&mut self, app: &TestApp) -> String {
        let actor = self.actor(app).await;
        let detail = self_service::my_device(&app.core, &actor, &self.id).await;
        let name = detail.unwrap().device.name;
        let typed = name.bytes().fold(String::new(), |mut typed, byte| {
            let _ = write!(typed, "%{byte:02X}");
            typed
        });
        format!("reason=Sold&confirm={typed}")
    }
}

async fn sign_in(app: &TestApp, person: &PersonId, unit: &str, name: &str) -> String {
    const ACCOUNT: &str = "INSERT INTO account (id, org_unit_id, email, name, password_hash, role, status, \
        created_at, role_changed_at, password_changed_at, person_id) \
        VALUES ($1, $2, $3, $4, '!', 'portal', 'active', 0, 0, 0, $5)";
    const SESSION: &str = "INSERT INTO session (token_hash, account_id, csrf_token, created_at, \
        last_used_at, expires_at, fresh_at, id) VALUES ($1, $2, 'csrf', $3, $3, $4, $3, $2)";
    let now = app.core.now_ms();
    let id = tillsyn_core::ids::AccountId::new(now).to_string();
    let session = hash::random_token(32);
    let values = args![
        id.as_str(),
        unit,
        format!("{name}@portal.example.org"),
        name,
        person
    ];
    app.db().execute(ACCOUNT, values).await.unwrap();
    let token = hash::sha256_hex(session.as_bytes());
    let values = args![token, id.as_str(), now, now + 12 * 3_600_000];
    app.db().execute(SESSION, values).await.unwrap();
    session
}

/// What the organisation says of one act.
pub(super) async fn let_(app: &TestApp, owner: Owner, act: SelfAct, level: Level) {
    let seen = self_service::policy(&app.core, &app.owner, None)
        .await
        .unwrap();
    let mut policy: Policy = seen.own;
    policy.rules_mut(owner).insert(act, level);
    let unit: OrgUnitId = seen.unit_id;
    let mut by = app.owner.clone();
    by.fresh_at = Some(app.core.now_ms());
    let set = self_service::set_policy(&app.core, &by, Some(&unit), policy).await;
    assert_eq!(set.unwrap().effective.level(owner, act), level);
}

/// Commands of a type, whatever became of them.
pub(super) async fn asked(app: &TestApp, request_type: &str) -> i64 {
    let count = "SELECT count(*) FROM command WHERE request_type = $1 AND act IS NOT NULL";
    let row = app.db().query_optional(count, args![request_type]).await;
    row.unwrap().unwrap().i64(0).unwrap()
}

/// The status of the newest command of a type and why.
pub(super) async fn stands(app: &TestApp, request_type: &str) -> String {
    let last = "SELECT status, status_reason FROM command WHERE request_type = $1 \
        ORDER BY created_at DESC, id DESC LIMIT 1";
    let row = app.db().query_optional(last, args![request_type]).await;
    let row = row.unwrap().unwrap();
    let why = row.opt_text(1).unwrap().unwrap_or_default();
    json!([row.text(0).unwrap(), why]).to_string()
}
