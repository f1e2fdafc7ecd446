use tillsyn_core::clock::HOUR_MS;
use tillsyn_core::directory::{Run, apply};
use tillsyn_core::groups::{Member, MemberKind, change_members};
use tillsyn_core::ids::GroupId;
use tillsyn_testkit::both_engines;

use super::{STATE, STATUS, by_hand, entry, group, ldap, people, person, read, text};

both_engines!(
    the_same_reading_twice_changes_nothing,
    by_hand(),
    |app| async move {
        let id = ldap(&app, "AD", 10).await;
        let groups = || vec![group("staff", &["p0", "p1", "nobody"])];
        let first = read(&app, &id, people(3), groups()).await;
        assert!(!first.held);
        assert_eq!((first.counts.created, first.counts.groups_created), (3, 1));
        assert_eq!(first.counts.unresolved, 1);
        let members = "SELECT count(*) FROM group_member";
        assert_eq!(app.count(members).await, 2);
        let events = "SELECT count(*) FROM event WHERE action <> 'directory.run'";
        let before = app.count(events).await;
        let again = read(&app, &id, people(3), groups()).await;
        assert_eq!((again.counts.created, again.counts.changed), (0, 0));
        assert_eq!(app.count(events).await, before);
    }
);

both_engines!(
    a_reading_that_would_put_many_out_waits_and_changes_nothing,
    by_hand(),
    |app| async move {
        let id = ldap(&app, "AD", 10).await;
        let all: Vec<String> = (0..8).map(|n| format!("p{n}")).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        read(&app, &id, people(8), vec![group("staff", &all)]).await;
        let active = "SELECT count(*) FROM person WHERE status = 'active'";

        // Nobody was found: a wrong base, a lost right.
        assert!(read(&app, &id, Vec::new(), Vec::new()).await.held);
        // Six of eight are missing; a group of eight is empty.
        assert!(
            read(&app, &id, people(2), vec![group("staff", &["p0"])])
                .await
                .held
        );
        let emptied = read(&app, &id, people(8), vec![group("staff", &[])]).await;
        assert!(emptied.held);
        assert_eq!(app.count(active).await, 8);
        assert_eq!(app.count("SELECT count(*) FROM group_member").await, 8);
        let held = "SELECT count(*) FROM directory_run WHERE status = 'held'";
        assert_eq!(app.count(held).await, 1, "the last one waits");

        // What is not complete says nothing about who is missing.
        let part = Run {
            complete: false,
            people: people(1),
            groups: Vec::new(),
        };
        assert!(!apply(&app.core, &id, part).await.unwrap().held);
        assert_eq!(app.count(active).await, 8);
    }
);

both_engines!(
    a_missing_key_suspends_and_missing_twice_is_leaving,
    by_hand(),
    |app| async move {
        let id = ldap(&app, "AD", 10).await;
        read(&app, &id, people(3), Vec::new()).await;
        let gone = person(&app, "p2").await;
        read(&app, &id, people(2), Vec::new()).await;
        assert_eq!(text(&app, STATE, &gone).await.unwrap(), "suspended");
        assert_eq!(text(&app, STATUS, &gone).await.unwrap(), "inactive");
        app.clock.advance_ms(11 * HOUR_MS);
        read(&app, &id, people(2), Vec::new()).await;
        assert_eq!(
            text(&app, STATE, &gone).await.unwrap(),
            "suspended",
            "too soon"
        );
        app.clock.advance_ms(HOUR_MS);
        read(&app, &id, people(2), Vec::new()).await;
        assert_eq!(text(&app, STATE, &gone).await.unwrap(), "leaving");
        read(&app, &id, people(3), Vec::new()).await;
        assert_eq!(text(&app, STATE, &gone).await.unwrap(), "active");
        assert_eq!(text(&app, STATUS, &gone).await.unwrap(), "active");
        assert_eq!(person(&app, "p2").await, gone);
    }
);

both_engines!(
    each_field_is_the_first_sources_and_what_is_not_said_stays,
    by_hand(),
    |app| async move {
        let (low, high) = (ldap(&app, "Low", 50).await, ldap(&app, "High", 5).await);
        read(
            &app,
            &low,
            vec![entry("a", "From low", "a@example.org")],
            Vec::new(),
        )
        .await;
        let id = person(&app, "a").await;
        // The same address elsewhere is another person, and a suggestion.
        read(
            &app,
            &high,
            vec![entry("h", "From high", "a@example.org")],
            Vec::new(),
        )
        .await;
        assert_ne!(person(&app, "h").await, id);
        let suggested = "SELECT suggested_person_id FROM directory_link WHERE external_key = $1";
        assert_eq!(text(&app, suggested, "h").await.unwrap(), id);
        let link = text(
            &app,
            "SELECT id FROM directory_link WHERE external_key = $1",
            "h",
        )
        .await
        .unwrap();
        let server = tillsyn_core::Actor::server();
        let of = tillsyn_core::ids::PersonId::parse(&id).unwrap();
        let linked = tillsyn_core::directory::link_person(&app.core, &server, &link, Some(&of));
        linked.await.unwrap();
        let name = "SELECT name FROM person WHERE id = $1";
        assert_eq!(text(&app, name, &id).await.unwrap(), "From high");
        read(
            &app,
            &low,
            vec![entry("a", "Low again", "new@example.org")],
            Vec::new(),
        )
        .await;
        assert_eq!(text(&app, name, &id).await.unwrap(), "From high");
        // Without the field the lower one still does not speak; empty is not missing.
        let mut silent = entry("h", "", "");
        silent.fields.clear();
        read(&app, &high, vec![silent], Vec::new()).await;
        assert_eq!(text(&app, name, &id).await.unwrap(), "From high");
        // By hand neither.
        let change = tillsyn_core::people::PersonChange {
            name: Some("By hand".to_owned()),
            ..Default::default()
        };
        let refused = tillsyn_core::people::change_person(&app.core, &app.owner, &of, change).await;
        assert_eq!(refused.unwrap_err().code, "field_of_directory");
    }
);

both_engines!(
    groups_within_groups_are_worked_out_and_loops_end,
    by_hand(),
    |app| async move {
        let id = ldap(&app, "AD", 10).await;
        let groups = vec![
            group("a", &["p0", "@b"]),
            group("b", &["p1", "@c", "@b"]),
            group("c", &["p2", "@a"]),
        ];
        read(&app, &id, people(4), groups).await;
        // Each contains the others by way of the loop.
        assert_eq!(app.count("SELECT count(*) FROM group_member").await, 9);
        let a = text(&app, "SELECT id FROM device_group WHERE name = $1", "A")
            .await
            .unwrap();
        let a = GroupId::parse(&a).unwrap();
        let one = |id: String| {
            vec![Member {
                kind: MemberKind::Person,
                id,
            }]
        };
        let (inside, outside) = (person(&app, "p0").await, person(&app, "p3").await);
        for (add, remove) in [(one(outside), Vec::new()), (Vec::new(), one(inside))] {
            let refused = change_members(&app.core, &app.owner, &a, add, remove).await;
            assert_eq!(refused.unwrap_err().code, "group_of_directory");
        }
        let removed = tillsyn_core::groups::remove_group(&app.core, &app.owner, &a).await;
        assert_eq!(removed.unwrap_err().code, "group_of_directory");

        read(
            &app,
            &id,
            people(4),
            vec![
                group("a", &["p0", "@b"]),
                group("b", &["p1"]),
                group("c", &["p2"]),
            ],
        )
        .await;
        assert_eq!(app.count("SELECT count(*) FROM group_member").await, 4);
    }
);

both_engines!(
    somebody_new_with_the_same_login_is_somebody_new,
    by_hand(),
    |app| async move {
        let id = ldap(&app, "AD", 10).await;
        let mut old = entry("guid-1", "Elin", "elin@example.org");
        old.login = Some("elin".to_owned());
        read(
            &app,
            &id,
            vec![old.clone(), entry("x", "X", "x@example.org")],
            Vec::new(),
        )
        .await;
        let first = person(&app, "guid-1").await;
        // Renamed with everything that people see: the same person.
        old.login = Some("elin.dahl".to_owned());
        old.fields
            .insert("email".to_owned(), Some("dahl@example.org".to_owned()));
        read(
            &app,
            &id,
            vec![old, entry("x", "X", "x@example.org")],
            Vec::new(),
        )
        .await;
        assert_eq!(person(&app, "guid-1").await, first);
        let mut new = entry("guid-2", "Another Elin", "dahl@example.org");
        new.login = Some("elin.dahl".to_owned());
        read(
            &app,
            &id,
            vec![new, entry("x", "X", "x@example.org")],
            Vec::new(),
        )
        .await;
        // In one reading the old one is still there when the new one comes; the next gives the address.
        let mut new = entry("guid-2", "Another Elin", "dahl@example.org");
        new.login = Some("elin.dahl".to_owned());
        read(
            &app,
            &id,
            vec![new, entry("x", "X", "x@example.org")],
            Vec::new(),
        )
        .await;
        let second = person(&app, "guid-2").await;
        assert_ne!(first, second);
        let email = "SELECT email FROM person WHERE id = $1";
        assert_eq!(
            text(&app, email, &second).await.unwrap(),
            "dahl@example.org"
        );
        assert_eq!(text(&app, email, &first).await, None);
    }
);

both_engines!(
    a_part_does_not_take_the_place_of_a_whole_reading_that_waits,
    by_hand(),
    |app| async move {
        let id = ldap(&app, "AD", 10).await;
        read(&app, &id, people(8), Vec::new()).await;
        assert!(read(&app, &id, people(2), Vec::new()).await.held);
        let waits = "SELECT id FROM directory_run WHERE status = 'held'";
        let whole = app.text(waits).await.unwrap();
        // What changed meanwhile is read in part: p7 is there after all.
        let mut back = people(8).split_off(7);
        back[0].raw_state = Some("seen".to_owned());
        let part = Run {
            complete: false,
            people: back,
            groups: Vec::new(),
        };
        assert!(!apply(&app.core, &id, part).await.unwrap().held);
        assert_eq!(app.text(waits).await, Some(whole.clone()));
        // Released, it puts out whom it missed, and not whom the part named.
        let mut owner = app.owner.clone();
        owner.fresh_at = Some(app.core.now_ms());
        let done = tillsyn_core::directory::release_run(&app.core, &owner, &whole, None).await;
        assert_eq!(done.unwrap().status.as_str(), "released");
        let out = "SELECT count(*) FROM person WHERE status = 'inactive'";
        assert_eq!(app.count(out).await, 5);
        let seen = person(&app, "p7").await;
        assert_eq!(text(&app, STATUS, &seen).await.unwrap(), "active");
        // A whole reading does take its place.
        assert!(!read(&app, &id, people(8), Vec::new()).await.held);
        assert_eq!(app.text(waits).await, None);
    }
);

both_engines!(
    a_directory_of_one_unit_takes_no_address_from_people_of_another,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let mut sources = Vec::new();
        for name in ["North", "South"] {
            let unit = serde_json::json!({ "name": name });
            let unit = api.post("/api/v1/units", &unit).await.expect(201);
            let new = tillsyn_core::directory::NewSource {
                kind: tillsyn_core::directory::SourceKind::Ldap,
                name: name.to_owned(),
                unit: tillsyn_core::ids::OrgUnitId::parse(unit["id"].as_str().unwrap()),
                priority: None,
            };
            let server = tillsyn_core::Actor::server();
            let made = tillsyn_core::directory::create_source(&app.core, &server, new).await;
            sources.push(made.unwrap().id);
        }
        let (north, south) = (&sources[0], &sources[1]);
        read(
            &app,
            north,
            vec![entry("n", "Elin", "elin@example.org")],
            Vec::new(),
        )
        .await;
        let gone = person(&app, "n").await;
        // She left, and the time to come back is over: no directory knows her any more.
        for sql in [
            "UPDATE person_life SET state = 'deleted' WHERE person_id = $1",
            "UPDATE person SET status = 'inactive' WHERE id = $1",
            "DELETE FROM directory_link WHERE person_id = $1",
        ] {
            let values = vec![gone.as_str().into()];
            app.db().execute(sql, values).await.unwrap();
        }
        let put = "INSERT INTO person_life (person_id, state, since, source_id) SELECT $1, 'deleted', 0, 'x' \
            WHERE NOT EXISTS (SELECT 1 FROM person_life WHERE person_id = $1)";
        app.db()
            .execute(put, vec![gone.as_str().into()])
            .await
            .unwrap();
        let email = "SELECT email FROM person WHERE id = $1";
        read(
            &app,
            south,
            vec![entry("s", "Another", "elin@example.org")],
            Vec::new(),
        )
        .await;
        assert_eq!(text(&app, email, &gone).await.unwrap(), "elin@example.org");
        assert_eq!(text(&app, email, &person(&app, "s").await).await, None);
        // Her own unit's directory gives it to whoever has it there now.
        read(
            &app,
            north,
            vec![entry("n2", "Elin II", "elin@example.org")],
            Vec::new(),
        )
        .await;
        assert_eq!(text(&app, email, &gone).await, None);
        let new = person(&app, "n2").await;
        assert_eq!(text(&app, email, &new).await.unwrap(), "elin@example.org");
    }
);
