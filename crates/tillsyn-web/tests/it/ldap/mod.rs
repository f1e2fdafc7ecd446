//! People, groups and passwords of a real OpenLDAP server.

mod api;
mod lease;
mod passwords;
mod runs;
mod trust;

use tillsyn_core::directory::{self, NewSource, SourceKind};
use tillsyn_core::ids::DirectoryId;
use tillsyn_core::ldap::{self, LdapInput, LdapSettings, LdapView};
use tillsyn_core::{Actor, Clock};
use tillsyn_db::args;
use tillsyn_testkit::{AppOptions, OpenLdap, TestApp};
use zeroize::Zeroizing;

/// A clock that stands until it is moved, near now: certificates of the lab are of today.
fn still() -> AppOptions {
    AppOptions {
        clock: Clock::fixed(Clock::system().now_ms()),
        jobs: false,
        ..AppOptions::default()
    }
}

fn fresh(app: &TestApp) -> Actor {
    let mut owner = app.owner.clone();
    owner.fresh_at = Some(app.core.now_ms());
    owner
}

fn settings(server: &OpenLdap) -> LdapSettings {
    LdapSettings {
        servers: vec![server.ldaps_url()],
        ca_pem: Some(server.ca_pem().to_owned()),
        bind_dn: OpenLdap::SERVICE_DN.to_owned(),
        user_base: OpenLdap::PEOPLE.to_owned(),
        group_base: Some(OpenLdap::GROUPS.to_owned()),
        signs_in: true,
        ..LdapSettings::default()
    }
}

fn input(settings: LdapSettings) -> LdapInput {
    LdapInput {
        settings,
        password: Some(Zeroizing::new(OpenLdap::SERVICE_PASSWORD.to_owned())),
    }
}

/// A directory with these settings.
async fn source(app: &TestApp, settings: LdapSettings) -> DirectoryId {
    let actor = fresh(app);
    let new = NewSource {
        kind: SourceKind::Ldap,
        name: "Norrvik LDAP".to_owned(),
        unit: None,
        priority: None,
    };
    let made = directory::create_source(&app.core, &actor, new)
        .await
        .unwrap();
    ldap::save_settings(&app.core, &actor, &made.id, input(settings))
        .await
        .unwrap();
    made.id
}

async fn sync(app: &TestApp, id: &DirectoryId) -> LdapView {
    ldap::ask_for_sync(&app.core, &fresh(app), id)
        .await
        .unwrap();
    app.run_job("ldap").await;
    ldap::ldap(&app.core, &fresh(app), id).await.unwrap()
}

/// How many people of the directory are in this state.
async fn in_state(app: &TestApp, state: &str) -> i64 {
    const COUNT: &str = "SELECT count(*) FROM directory_link WHERE state = $1";
    let rows = app.db().query_all(COUNT, args![state]).await.unwrap();
    rows[0].i64(0).unwrap()
}

/// The person behind a login, and the state of the link.
async fn person(app: &TestApp, login: &str) -> Option<(String, String, String)> {
    const FIND: &str = "SELECT p.id, p.name, l.state FROM directory_link l \
        JOIN person p ON p.id = l.person_id WHERE l.login = $1";
    let rows = app.db().query_all(FIND, args![login]).await.unwrap();
    let row = rows.first()?;
    Some((
        row.text(0).unwrap(),
        row.text(1).unwrap(),
        row.text(2).unwrap(),
    ))
}

/// Logins of everybody who is in a group, directly or by groups within it.
async fn in_group(app: &TestApp, name: &str) -> Vec<String> {
    const FIND: &str = "SELECT l.login FROM directory_effective e \
        JOIN directory_group g ON g.group_id = e.group_id \
        JOIN directory_link l ON l.person_id = e.person_id WHERE g.name = $1 ORDER BY l.login";
    let rows = app.db().query_all(FIND, args![name]).await.unwrap();
    rows.iter().map(|row| row.text(0).unwrap()).collect()
}

async fn count(app: &TestApp, action: &str) -> i64 {
    const COUNT: &str = "SELECT count(*) FROM event WHERE action = $1";
    let rows = app.db().query_all(COUNT, args![action]).await.unwrap();
    rows[0].i64(0).unwrap()
}

/// A few people of a small school.
fn three() -> String {
    [
        OpenLdap::person("maja", "Maja", "Lund"),
        OpenLdap::person("erik", "Erik", "Berg"),
        OpenLdap::person("sara", "Sara", "Holm"),
    ]
    .concat()
}
