//! Directories: what a reading does, what it must not do, and what time does afterwards.

mod desk;
mod life;
mod links;
mod readings;

use std::collections::BTreeMap;

use tillsyn_core::directory::{
    Applied, GroupEntry, MemberKey, NewSource, PersonEntry, Run, SourceKind, apply, create_source,
};
use tillsyn_core::ids::DirectoryId;
use tillsyn_core::{Actor, Clock};
use tillsyn_testkit::{AppOptions, TestApp};

/// The test turns the clock and runs the jobs.
fn by_hand() -> AppOptions {
    AppOptions {
        clock: Clock::fixed(Clock::system().now_ms()),
        jobs: false,
        ..AppOptions::default()
    }
}

async fn ldap(app: &TestApp, name: &str, priority: i64) -> DirectoryId {
    let new = NewSource {
        kind: SourceKind::Ldap,
        name: name.to_owned(),
        unit: None,
        priority: Some(priority),
    };
    let made = create_source(&app.core, &Actor::server(), new).await;
    made.unwrap().id
}

fn entry(key: &str, name: &str, email: &str) -> PersonEntry {
    PersonEntry {
        key: key.to_owned(),
        login: Some(key.to_owned()),
        external_id: None,
        fields: BTreeMap::from([
            ("name".to_owned(), Some(name.to_owned())),
            ("email".to_owned(), Some(email.to_owned())),
        ]),
        active: Some(true),
        raw_state: None,
    }
}

/// So many people, `p0` and on.
fn people(count: usize) -> Vec<PersonEntry> {
    (0..count)
        .map(|n| {
            entry(
                &format!("p{n}"),
                &format!("Person {n}"),
                &format!("p{n}@example.org"),
            )
        })
        .collect()
}

fn group(key: &str, members: &[&str]) -> GroupEntry {
    let member = |name: &&str| match name.strip_prefix('@') {
        Some(group) => MemberKey::Group(group.to_owned()),
        None => MemberKey::Person((*name).to_owned()),
    };
    GroupEntry {
        key: key.to_owned(),
        name: key.to_uppercase(),
        members: Some(members.iter().map(member).collect()),
        unresolved: 0,
    }
}

async fn read(
    app: &TestApp,
    id: &DirectoryId,
    people: Vec<PersonEntry>,
    groups: Vec<GroupEntry>,
) -> Applied {
    let run = Run {
        complete: true,
        people,
        groups,
    };
    apply(&app.core, id, run).await.unwrap()
}

/// The person of a key.
async fn person(app: &TestApp, key: &str) -> String {
    const FIND: &str = "SELECT person_id FROM directory_link WHERE external_key = $1";
    let row = app
        .db()
        .query_optional(FIND, vec![key.into()])
        .await
        .unwrap();
    row.unwrap().text(0).unwrap()
}

async fn text(app: &TestApp, sql: &'static str, value: &str) -> Option<String> {
    let row = app
        .db()
        .query_optional(sql, vec![value.into()])
        .await
        .unwrap();
    row.and_then(|row| row.opt_text(0).unwrap())
}

const STATE: &str = "SELECT state FROM person_life WHERE person_id = $1";
const STATUS: &str = "SELECT status FROM person WHERE id = $1";
