//! Who an entry of a directory is, as an administrator says it.

use serde_json::json;
use tillsyn_core::directory::link_person;
use tillsyn_core::ids::PersonId;
use tillsyn_core::{Actor, actor::Permission};
use tillsyn_testkit::{Api, TestApp, both_engines};

use super::{by_hand, entry, group, ldap, person, read, text};

const LINK: &str = "SELECT id FROM directory_link WHERE external_key = $1";

/// What an LDAP directory is read with, so far as it matters here.
async fn signs_in(app: &TestApp, id: &str, signs_in: bool) {
    const PUT: &str = "INSERT INTO ldap_source (source_id, settings, password_sealed, refs, full_due_at, \
        run_due_at, lease_holder, lease_until, updated_at) VALUES ($1, $2, $3, 0, 0, 0, '', 0, 0) \
        ON CONFLICT (source_id) DO UPDATE SET settings = excluded.settings";
    let settings = json!({ "signs_in": signs_in }).to_string();
    let values = tillsyn_db::args![id, settings, Vec::<u8>::new()];
    app.db().execute(PUT, values).await.unwrap();
}

both_engines!(
    who_an_entry_is_says_only_who_keeps_sign_in_where_it_lets_people_in,
    by_hand(),
    |app| async move {
        let source = ldap(&app, "AD", 10).await;
        let api = app.owner_api().await;
        let made = json!({ "name": "Elin Hedström", "email": "elin@example.org" });
        let elin = api.post("/api/v1/people", &made).await.expect(201);
        let elin = elin["id"].as_str().unwrap();
        read(
            &app,
            &source,
            vec![entry("guid-1", "Elin H", "elin@example.org")],
            Vec::new(),
        )
        .await;
        let link = text(&app, LINK, "guid-1").await.unwrap();
        let path = format!("/api/v1/directories/{source}/links/{link}");
        let body = json!({ "person_id": elin });
        let desk = app
            .api(&[Permission::PeopleRead, Permission::PeopleWrite])
            .await;
        signs_in(&app, source.as_str(), true).await;
        let refused = desk.put(&path, &body).await.expect(403);
        assert_eq!(refused["code"], "permission_missing", "{refused}");
        assert_ne!(person(&app, "guid-1").await, elin);
        // Of a directory that only names people, looking after people is enough.
        signs_in(&app, source.as_str(), false).await;
        desk.put(&path, &body).await.expect(200);
        assert_eq!(person(&app, "guid-1").await, elin);
    }
);

async fn members(api: &Api, app: &TestApp, name: &str) -> Vec<String> {
    let id = text(app, "SELECT id FROM device_group WHERE name = $1", name)
        .await
        .unwrap();
    let list = api.get(&format!("/api/v1/groups/{id}/members")).await;
    let mut ids: Vec<String> = list.expect(200)["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

both_engines!(
    groups_follow_an_entry_to_its_person_and_the_other_keeps_their_own,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let (ad, hr) = (ldap(&app, "AD", 10).await, ldap(&app, "HR", 20).await);
        read(
            &app,
            &ad,
            vec![entry("a", "Elin of AD", "elin@example.org")],
            vec![group("staff", &["a"])],
        )
        .await;
        read(
            &app,
            &hr,
            vec![entry("h", "Elin of HR", "elin.h@example.org")],
            vec![group("payroll", &["h"])],
        )
        .await;
        let (first, second) = (person(&app, "a").await, person(&app, "h").await);
        let server = Actor::server();
        // One person by both, until it turns out that the entry of AD is somebody else.
        let link = text(&app, LINK, "h").await.unwrap();
        let of = PersonId::parse(&first).unwrap();
        link_person(&app.core, &server, &link, Some(&of))
            .await
            .unwrap();
        assert_ne!(first, second);
        let made = json!({ "name": "Another Elin" });
        let other = api.post("/api/v1/people", &made).await.expect(201);
        let other = PersonId::parse(other["id"].as_str().unwrap()).unwrap();
        let link = text(&app, LINK, "a").await.unwrap();
        link_person(&app.core, &server, &link, Some(&other))
            .await
            .unwrap();
        assert_eq!(members(&api, &app, "STAFF").await, [other.to_string()]);
        assert_eq!(
            members(&api, &app, "PAYROLL").await,
            std::slice::from_ref(&first)
        );
        // Each is what their own directory says.
        let name = "SELECT name FROM person WHERE id = $1";
        assert_eq!(text(&app, name, &first).await.unwrap(), "Elin of HR");
        assert_eq!(
            text(&app, name, other.as_str()).await.unwrap(),
            "Elin of AD"
        );
        let email = "SELECT email FROM person WHERE id = $1";
        assert_eq!(
            text(&app, email, other.as_str()).await.unwrap(),
            "elin@example.org"
        );
    }
);
