//! Every operation of the API and every route of the console, for every built-in role, an own one and nobody,
//! inside and outside of the scope. What is expected comes from what the route declares, nothing else.

mod api;
mod compat;
mod console;
mod lists;

use std::collections::HashMap;

use tillsyn_core::accounts;
use tillsyn_core::roles::{RoleEdit, create_role};
use tillsyn_core::{Actor, Permission as P, Rights, Role};
use tillsyn_db::args;
use tillsyn_pki::hash;
use tillsyn_testkit::{Engine, TestApp};

/// An id that nothing has.
const NOBODY: &str = "01900000-0000-7000-8000-000000000000";
/// A unit beside everything, as ids are.
const OTHER: &str = "01900000-0000-7000-8000-0000000000ff";
/// What the own role may: a mixture that no built-in one has.
const OWN: [P; 5] = [
    P::DevicesRead,
    P::GroupsWrite,
    P::GroupsRead,
    P::CertificatesRenew,
    P::AccountsRead,
];

/// Somebody of a role, within the scope of everything or beside it.
struct Walker {
    name: String,
    rights: Rights,
    inside: bool,
    token: String,
    session: String,
}

/// One of each built-in role and of an own one, inside and outside.
async fn walkers(app: &TestApp) -> Vec<Walker> {
    const UNIT: &str = "INSERT INTO org_unit (id, parent_id, name, path, created_at) \
        SELECT $1, id, 'Other', path || $1 || '/', created_at FROM org_unit WHERE parent_id IS NULL";
    app.db().execute(UNIT, args![OTHER]).await.unwrap();
    let root = app
        .text("SELECT id FROM org_unit WHERE parent_id IS NULL")
        .await;
    let edit = RoleEdit {
        name: Some("Loan desk".to_owned()),
        permissions: Some(OWN.iter().map(|p| p.as_str().to_owned()).collect()),
        ..RoleEdit::default()
    };
    let (own, _) = create_role(&app.core, &app.owner, None, edit, None)
        .await
        .unwrap();
    let mut roles: Vec<(String, Rights)> = Role::ALL
        .iter()
        .map(|role| (role.as_str().to_owned(), role.rights()))
        .collect();
    roles.push((own, Rights::of(OWN)));
    let mut all = Vec::new();
    for (role, rights) in roles {
        for (inside, unit) in [(true, root.as_deref().unwrap()), (false, OTHER)] {
            all.push(walker(app, &role, rights, inside, unit).await);
        }
    }
    all
}

/// An account of a role in a unit, old enough to be trusted, with a token and a session: their ids and values.
pub(crate) struct Somebody {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) session: String,
}

impl Somebody {
    /// Them in their session, freshly signed in.
    pub(crate) async fn actor(&self, app: &TestApp) -> Actor {
        let found = accounts::resume(&app.core, &self.session, None)
            .await
            .unwrap();
        found.unwrap().actor
    }
}

async fn walker(app: &TestApp, role: &str, rights: Rights, inside: bool, unit: &str) -> Walker {
    let name = format!("{role}-{inside}");
    let made = somebody(app, &name, role, unit).await;
    Walker {
        name,
        rights,
        inside,
        token: made.token,
        session: made.session,
    }
}

pub(crate) async fn somebody(app: &TestApp, name: &str, role: &str, unit: &str) -> Somebody {
    const ACCOUNT: &str = "INSERT INTO account (id, org_unit_id, email, name, password_hash, role, status, \
        created_at, role_changed_at, password_changed_at) VALUES ($1, $2, $3, $3, '!', $4, 'active', 0, 0, 0)";
    const TOKEN: &str = "INSERT INTO api_token (id, account_id, name, token_hash, permissions, created_at, \
        expires_at) VALUES ($1, $1, 'walk', $2, $3, 0, $4)";
    const SESSION: &str = "INSERT INTO session (token_hash, account_id, csrf_token, created_at, \
        last_used_at, expires_at, fresh_at, id) VALUES ($1, $2, 'csrf', $3, $3, $4, $3, $2)";
    let now = app.core.now_ms();
    let id = tillsyn_core::ids::AccountId::new(now).to_string();
    let email = format!("{name}@example.org");
    let token = format!("tillsyn_{}", hash::random_token(32));
    let session = hash::random_token(32);
    let sha = |text: &str| hash::sha256_hex(text.as_bytes());
    let names = serde_json::json!(Rights::ALL.names()).to_string();
    let later = now + 3_600_000;
    let db = app.db();
    let account = args![id.as_str(), unit, email, role];
    db.execute(ACCOUNT, account).await.unwrap();
    let values = args![id.as_str(), sha(&token), names, later];
    db.execute(TOKEN, values).await.unwrap();
    let values = args![sha(&session), id.as_str(), now, later];
    db.execute(SESSION, values).await.unwrap();
    Somebody { id, token, session }
}

/// Something of every kind, in the organisation itself.
async fn furnish(app: &TestApp) {
    let api = app.owner_api().await;
    let mut iphone = app.enrolled_iphone().await;
    iphone.session().await.unwrap();
    app.invite().await;
    let person = serde_json::json!({"name": "Elin"});
    api.post("/api/v1/people", &person).await.expect(201);
    let group = serde_json::json!({"name": "Loan"});
    api.post("/api/v1/groups", &group).await.expect(201);
    crate::api::plans::published(app, "walk").await;
}

const OWNER: &str = "SELECT id FROM account WHERE password_hash <> '!'";

/// The id of a real object for the first parameter of each address.
async fn objects(app: &TestApp) -> HashMap<&'static str, String> {
    let mut found = HashMap::new();
    // Not one of the walkers, who may walk away.
    for (noun, sql) in [
        ("devices", "SELECT id FROM device"),
        ("commands", "SELECT id FROM command"),
        ("certificates", "SELECT id FROM certificate"),
        ("invitations", "SELECT id FROM invitation"),
        ("attempts", "SELECT id FROM attempt"),
        ("people", "SELECT id FROM person"),
        ("groups", "SELECT id FROM device_group"),
        ("profiles", "SELECT id FROM profile"),
        ("accounts", OWNER),
        ("administrators", OWNER),
    ] {
        if let Some(id) = app.text(sql).await {
            found.insert(noun, id);
        }
    }
    found
}

/// The address with its first parameter replaced by a real object where there is one.
fn address(path: &str, objects: Option<&HashMap<&'static str, String>>) -> (String, bool) {
    let mut real = false;
    let mut made = String::new();
    let mut rest = path;
    while let Some(at) = rest.find('{') {
        let (before, behind) = rest.split_at(at);
        made.push_str(before);
        let noun = objects.and_then(|objects| {
            let mut nouns = objects.iter();
            nouns.find(|(noun, _)| !real && before.ends_with(&format!("/{noun}/")))
        });
        let end = behind.find('}').unwrap();
        match noun {
            Some((_, id)) => {
                made.push_str(id);
                real = true;
            }
            None if behind[..end].contains("number") => made.push('1'),
            None => made.push_str(NOBODY),
        }
        rest = &behind[end + 1..];
    }
    made.push_str(rest);
    (made, real)
}

/// What goes wrong, all at once.
fn report(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_and_route_answers_as_it_declares_sqlite() {
    let app = TestApp::new(Engine::Sqlite).await;
    walk(&app, 1).await;
}

/// The decision is the same code; what differs is the SQL that finds things.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_and_route_answers_as_it_declares_postgres() {
    let app = TestApp::new(Engine::Postgres).await;
    walk(&app, 7).await;
}

async fn walk(app: &TestApp, step: usize) {
    furnish(app).await;
    let objects = objects(app).await;
    let walkers = walkers(app).await;
    let mut wrong = api::walk(app, &walkers, &objects, step).await;
    wrong.extend(console::walk(app, &walkers, &objects, step).await);
    wrong.extend(compat::walk(app, &walkers, step).await);
    report(&wrong);
}

/// Whoever is nothing but a person with devices: their session and even a token of theirs open no door but one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_persons_own_account_reaches_nothing_but_the_portal() {
    const OWN: &str = "UPDATE account SET person_id = $2 WHERE id = $1";
    let app = TestApp::new(Engine::Sqlite).await;
    furnish(&app).await;
    let objects = objects(&app).await;
    let root = "SELECT id FROM org_unit WHERE parent_id IS NULL";
    let root = app.text(root).await.unwrap();
    let person = app.text("SELECT id FROM person").await.unwrap();
    let own = somebody(&app, "own", "portal", &root).await;
    let values = args![own.id.as_str(), person.as_str()];
    app.db().execute(OWN, values).await.unwrap();
    let mut wrong = api::refused(&app, &own.token, &objects).await;
    wrong.extend(console::refused(&app, &own.session, &objects).await);
    wrong.extend(compat::refused(&app, &own.token).await);
    report(&wrong);
}
