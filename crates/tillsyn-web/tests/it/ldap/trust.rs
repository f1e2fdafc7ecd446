//! To whom passwords go, and to whom never.

use tillsyn_core::ldap::{self, LdapInput, LdapSettings, Trial, trial};
use tillsyn_testkit::{OpenLdap, OpenLdapOptions, both_engines};

use super::{fresh, in_state, input, settings, source, still, sync, three};

async fn tried(
    app: &tillsyn_testkit::TestApp,
    id: &tillsyn_core::ids::DirectoryId,
    settings: LdapSettings,
) -> Trial {
    trial(&app.core, &fresh(app), id, Some(input(settings)))
        .await
        .unwrap()
}

both_engines!(
    no_password_goes_to_a_server_that_is_not_trusted,
    still(),
    |app| async move {
        let good = OpenLdap::start(OpenLdapOptions::default(), &three()).await;
        let id = source(&app, settings(&good)).await;
        let stripped = OpenLdap::start(
            OpenLdapOptions {
                tls: false,
                ..OpenLdapOptions::default()
            },
            &three(),
        )
        .await;
        let other_name = OpenLdap::start(
            OpenLdapOptions {
                certified_as: "elsewhere.example",
                ..OpenLdapOptions::default()
            },
            &three(),
        )
        .await;
        let clear = LdapSettings {
            servers: vec![stripped.start_tls_url()],
            ..settings(&stripped)
        };
        let unknown = LdapSettings {
            ca_pem: Some(good.ca_pem().to_owned()),
            ..settings(&other_name)
        };
        let of_system = LdapSettings {
            ca_pem: None,
            ..settings(&good)
        };
        let cases = [
            ("StartTLS is not there", clear, &stripped),
            ("another name", settings(&other_name), &other_name),
            ("an unknown authority", unknown, &other_name),
            ("not an authority of the system", of_system, &good),
        ];
        for (what, settings, server) in cases {
            let found = tried(&app, &id, settings).await;
            assert_eq!(found.code, Some("ldap_tls"), "{what}: {found:?}");
            assert!(found.people.is_empty(), "{what}");
            assert!(!server.log().contains(" BIND "), "{what}: {}", server.log());
        }
    }
);

both_engines!(
    start_tls_is_as_good_as_tls_from_the_first_byte,
    still(),
    |app| async move {
        let server = OpenLdap::start(OpenLdapOptions::default(), &three()).await;
        let with = LdapSettings {
            // The first is not there; the second answers.
            servers: vec!["ldaps://localhost:9".to_owned(), server.start_tls_url()],
            ..settings(&server)
        };
        let id = source(&app, with).await;
        let view = sync(&app, &id).await;
        assert_eq!((view.state.code, view.state.people), (None, Some(3)));
    }
);

both_engines!(
    trial_shows_a_few_people_and_keeps_nothing,
    still(),
    |app| async move {
        let mut ldif = three();
        for number in 0..30 {
            ldif.push_str(&OpenLdap::person(&format!("p{number}"), "Per", "Son"));
        }
        ldif.push_str(&OpenLdap::group("staff", &["uid=maja,ou=people"]));
        let server = OpenLdap::start(OpenLdapOptions::default(), &ldif).await;
        let id = source(&app, settings(&server)).await;
        let found = tried(&app, &id, settings(&server)).await;
        assert_eq!((found.code, found.product), (None, Some("openldap")));
        assert_eq!(
            found.signed_in_as.as_deref(),
            Some("dn:cn=service,dc=norrvik,dc=example")
        );
        assert_eq!((found.people.len(), found.more_people), (20, true));
        assert_eq!(found.groups, ["staff"]);
        assert_eq!(in_state(&app, "active").await, 0);
        let wrong = LdapSettings {
            user_base: "ou=nowhere,dc=norrvik,dc=example".to_owned(),
            ..settings(&server)
        };
        assert_eq!(tried(&app, &id, wrong).await.code, Some("ldap_base"));
    }
);

both_engines!(
    kept_password_goes_only_where_it_was_given_for,
    still(),
    |app| async move {
        let server = OpenLdap::start(OpenLdapOptions::default(), &three()).await;
        let thief = OpenLdap::start(OpenLdapOptions::default(), "").await;
        let id = source(&app, settings(&server)).await;
        let elsewhere = || LdapInput {
            settings: settings(&thief),
            password: None,
        };
        let actor = fresh(&app);
        let refused = trial(&app.core, &actor, &id, Some(elsewhere()))
            .await
            .unwrap_err();
        assert_eq!(refused.code, "ldap_password_again");
        let refused = ldap::save_settings(&app.core, &actor, &id, elsewhere())
            .await
            .unwrap_err();
        assert_eq!(refused.code, "ldap_password_again");
        assert!(!thief.log().contains(" BIND "));
        // What is no other place needs no password.
        let renamed = LdapSettings {
            signs_in: false,
            ..settings(&server)
        };
        let kept = LdapInput {
            settings: renamed,
            password: None,
        };
        ldap::save_settings(&app.core, &actor, &id, kept)
            .await
            .unwrap();
        assert_eq!(sync(&app, &id).await.state.code, None);
    }
);
