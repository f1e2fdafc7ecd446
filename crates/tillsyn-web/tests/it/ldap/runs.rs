//! Who is there, who is gone, and what a directory that does not answer in full must not do.

use std::fmt::Write as _;

use tillsyn_core::invitations::NewInvitation;
use tillsyn_core::ldap::{self, LdapSettings};
use tillsyn_db::args;
use tillsyn_sim::DeviceConfig;
use tillsyn_testkit::{OpenLdap, OpenLdapOptions, both_engines};

use super::{
    count, fresh, in_group, in_state, input, person, settings, source, still, sync, three,
};

fn many(count: usize) -> String {
    let mut ldif = String::new();
    for number in 0..count {
        ldif.push_str(&OpenLdap::person(
            &format!("p{number:03}"),
            "Person",
            &format!("No {number}"),
        ));
    }
    ldif
}

both_engines!(
    answer_cut_off_by_the_server_suspends_nobody,
    still(),
    |app| async move {
        let limited = OpenLdapOptions {
            size_limit: 50,
            ..OpenLdapOptions::default()
        };
        let mut server = OpenLdap::start(limited, &many(120)).await;
        let id = source(&app, settings(&server)).await;
        // The service account may read beyond the limit by pages.
        let view = sync(&app, &id).await;
        assert_eq!((view.state.code, view.state.people), (None, Some(120)));
        assert_eq!(view.state.product.as_deref(), Some("openldap"));
        assert_eq!(in_state(&app, "active").await, 120);

        server
            .reconfigure(OpenLdapOptions {
                service_unlimited: false,
                ..limited
            })
            .await;
        server.change(&format!(
            "dn: uid=p000,{}\nchangetype: delete\n",
            OpenLdap::PEOPLE
        ));
        let view = sync(&app, &id).await;
        assert_eq!(view.state.code.as_deref(), Some("ldap_limit"));
        assert_eq!(view.source.ill_code.as_deref(), Some("ldap_limit"));
        assert!(view.state.people.unwrap() < 120);
        assert_eq!(in_state(&app, "active").await, 120);
        assert_eq!(count(&app, "directory.ill").await, 1);
    }
);

both_engines!(
    groups_within_groups_are_followed_and_loops_end,
    still(),
    |app| async move {
        let ldif = [
            three(),
            OpenLdap::group("staff", &["uid=maja,ou=people", "cn=teachers,ou=groups"]),
            OpenLdap::group(
                "teachers",
                &[
                    "uid=erik,ou=people",
                    "cn=staff,ou=groups",
                    "uid=nobody,ou=people",
                ],
            ),
            OpenLdap::group("own", &["cn=own,ou=groups", "uid=sara,ou=people"]),
        ]
        .concat();
        let server = OpenLdap::start(OpenLdapOptions::default(), &ldif).await;
        let id = source(&app, settings(&server)).await;
        let view = sync(&app, &id).await;
        assert_eq!((view.state.code, view.state.groups), (None, Some(3)));
        assert_eq!(in_group(&app, "staff").await, ["erik", "maja"]);
        assert_eq!(in_group(&app, "teachers").await, ["erik", "maja"]);
        assert_eq!(in_group(&app, "own").await, ["sara"]);
        // The rule that OpenLDAP answers with nothing at all is never sent to it.
        assert!(!server.log().contains("1.2.840.113556.1.4.1941"));
        // Only what is asked for by name is read.
        assert!(!server.log().contains("userPassword"));
    }
);

both_engines!(
    renamed_person_keeps_identity_and_device,
    still(),
    |app| async move {
        let server = OpenLdap::start(OpenLdapOptions::default(), &three()).await;
        let id = source(&app, settings(&server)).await;
        sync(&app, &id).await;
        let before = person(&app, "maja").await.unwrap();
        let invitation = app
            .invite_with(|new: &mut NewInvitation| {
                new.person = tillsyn_core::ids::PersonId::parse(&before.0);
            })
            .await;
        let mut device = app.device(DeviceConfig::iphone(app.next()));
        device.enroll(&app.by(&invitation)).await.unwrap();

        server.change(&format!(
            "dn: uid=maja,{people}\nchangetype: modrdn\nnewrdn: uid=maja.strand\ndeleteoldrdn: 1\n\n\
             dn: uid=maja.strand,{people}\nchangetype: modify\nreplace: mail\nmail: strand@norrvik.example\n-\n\
             replace: cn\ncn: Maja Strand\n-\nreplace: sn\nsn: Strand\n",
            people = OpenLdap::PEOPLE
        ));
        sync(&app, &id).await;
        assert_eq!(person(&app, "maja").await, None);
        let after = person(&app, "maja.strand").await.unwrap();
        assert_eq!(
            after,
            (
                before.0.clone(),
                "Maja Strand".to_owned(),
                "active".to_owned()
            )
        );
        let rows = app
            .db()
            .query_all("SELECT person_id FROM device_summary", args![])
            .await
            .unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].text(0).unwrap(), before.0);
        assert_eq!(in_state(&app, "active").await, 3);
    }
);

both_engines!(
    whoever_is_gone_from_a_complete_answer_is_suspended,
    still(),
    |app| async move {
        let server = OpenLdap::start(OpenLdapOptions::default(), &three()).await;
        let id = source(&app, settings(&server)).await;
        sync(&app, &id).await;
        let first = person(&app, "erik").await.unwrap();
        server.change(&format!(
            "dn: uid=erik,{}\nchangetype: delete\n",
            OpenLdap::PEOPLE
        ));
        sync(&app, &id).await;
        assert_eq!(person(&app, "erik").await.unwrap().2, "suspended");
        assert_eq!(in_state(&app, "active").await, 2);

        // The same login again is somebody else.
        server.change(&OpenLdap::person("erik", "Erika", "Berg"));
        sync(&app, &id).await;
        let second = person(&app, "erik").await.unwrap();
        assert_ne!(second.0, first.0);
        assert_eq!(
            (second.1.as_str(), second.2.as_str()),
            ("Erika Berg", "active")
        );
        assert_eq!(in_state(&app, "active").await, 3);
    }
);

both_engines!(
    directory_that_cannot_be_asked_changes_nothing_and_says_so,
    still(),
    |app| async move {
        let mut server = OpenLdap::start(OpenLdapOptions::default(), &three()).await;
        let id = source(&app, settings(&server)).await;
        sync(&app, &id).await;
        server.stop();
        let view = sync(&app, &id).await;
        assert_eq!(view.source.ill_code.as_deref(), Some("ldap_unreachable"));
        assert_eq!(view.state.code.as_deref(), Some("ldap_unreachable"));
        assert_eq!(in_state(&app, "active").await, 3);
        assert_eq!(count(&app, "directory.ill").await, 1);

        server.resume().await;
        let view = sync(&app, &id).await;
        assert_eq!((view.source.ill_code, view.state.code), (None, None));
        assert_eq!(count(&app, "directory.well").await, 1);

        // The password of the account that reads was changed.
        server.change(&format!(
            "dn: {}\nchangetype: modify\nreplace: userPassword\nuserPassword: another-one\n",
            OpenLdap::SERVICE_DN
        ));
        let view = sync(&app, &id).await;
        assert_eq!(view.source.ill_code.as_deref(), Some("ldap_credentials"));
        assert_eq!(in_state(&app, "active").await, 3);
    }
);

both_engines!(
    wrong_base_and_empty_answer_suspend_nobody,
    still(),
    |app| async move {
        let mut ldif = three();
        ldif.push_str(&many(4));
        let server = OpenLdap::start(OpenLdapOptions::default(), &ldif).await;
        let id = source(&app, settings(&server)).await;
        sync(&app, &id).await;
        let with_base = async |base: &str| {
            let changed = LdapSettings {
                user_base: base.to_owned(),
                ..settings(&server)
            };
            ldap::save_settings(&app.core, &fresh(&app), &id, input(changed))
                .await
                .unwrap();
            sync(&app, &id).await
        };
        let view = with_base("ou=nowhere,dc=norrvik,dc=example").await;
        assert_eq!(view.source.ill_code.as_deref(), Some("ldap_base"));
        assert_eq!(in_state(&app, "active").await, 7);
        // It is there and nobody is below it: looked at by a person first.
        let view = with_base("ou=policies,dc=norrvik,dc=example").await;
        assert_eq!((view.state.people, view.source.held), (Some(0), 1));
        assert_eq!(in_state(&app, "active").await, 7);
    }
);

both_engines!(
    changes_come_between_full_runs_with_their_groups,
    still(),
    |app| async move {
        let mut ldif = three();
        write!(
            ldif,
            "{}",
            OpenLdap::group("staff", &["uid=maja,ou=people"])
        )
        .unwrap();
        let server = OpenLdap::start(OpenLdapOptions::default(), &ldif).await;
        let id = source(&app, settings(&server)).await;
        app.run_job("ldap").await;
        let first = ldap::ldap(&app.core, &fresh(&app), &id)
            .await
            .unwrap()
            .state;
        assert!(first.last_full_at.is_some());
        app.clock.advance_ms(60_000);
        app.run_job("ldap").await;
        let still_first = ldap::ldap(&app.core, &fresh(&app), &id)
            .await
            .unwrap()
            .state;
        assert_eq!(still_first.last_run_at, first.last_run_at);

        server.change(&format!(
            "{}dn: cn=staff,{}\nchangetype: modify\nadd: member\nmember: uid=nils,{people}\n\
             member: uid=sara,{people}\n",
            OpenLdap::person("nils", "Nils", "Ek"),
            OpenLdap::GROUPS,
            people = OpenLdap::PEOPLE,
        ));
        server.change(&format!(
            "dn: uid=erik,{}\nchangetype: delete\n",
            OpenLdap::PEOPLE
        ));
        app.clock.advance_ms(16 * 60_000);
        app.run_job("ldap").await;
        let second = ldap::ldap(&app.core, &fresh(&app), &id)
            .await
            .unwrap()
            .state;
        assert_eq!(
            (second.last_full_at, &second.code),
            (first.last_full_at, &None)
        );
        assert!(second.last_run_at > first.last_run_at);
        assert_eq!(in_group(&app, "staff").await, ["maja", "nils", "sara"]);
        // Nobody is missed by a look at changes; the next full run finds it.
        assert_eq!(person(&app, "erik").await.unwrap().2, "active");
        app.clock.advance_ms(25 * 60 * 60_000);
        app.run_job("ldap").await;
        assert_eq!(person(&app, "erik").await.unwrap().2, "suspended");
    }
);
