//! The API of LDAP settings, as programs use it.

use serde_json::json;
use tillsyn_core::Permission;
use tillsyn_core::directory::{self, NewSource, SourceKind};
use tillsyn_testkit::{OpenLdap, OpenLdapOptions, both_engines};

use super::{fresh, in_state, still, three};

both_engines!(
    directory_is_set_up_tried_and_read_by_a_program,
    still(),
    |app| async move {
        let server = OpenLdap::start(OpenLdapOptions::default(), &three()).await;
        let new = NewSource {
            kind: SourceKind::Ldap,
            name: "Norrvik LDAP".to_owned(),
            unit: None,
            priority: None,
        };
        let made = directory::create_source(&app.core, &fresh(&app), new)
            .await
            .unwrap();
        let api = app
            .api(&[Permission::PeopleRead, Permission::SignInWrite])
            .await;
        let path = format!("/api/v1/directories/{}/ldap", made.id);
        api.get(&path).await.expect(404);
        let body = json!({
            "servers": [server.ldaps_url()],
            "ca_pem": server.ca_pem(),
            "bind_dn": OpenLdap::SERVICE_DN,
            "password": OpenLdap::SERVICE_PASSWORD,
            "user_base": OpenLdap::PEOPLE,
            "group_base": OpenLdap::GROUPS,
        });
        let tried = api.post(&format!("{path}/trial"), &body).await.expect(200);
        assert_eq!(tried["ok"], true, "{tried}");
        assert_eq!(tried["people"].as_array().unwrap().len(), 3);
        assert_eq!(in_state(&app, "active").await, 0);

        let mut clear = body.clone();
        clear["servers"] = json!(["http://localhost"]);
        let refused = api.put(&path, &clear).await.expect(422);
        assert_eq!(refused["code"], "ldap_server", "{refused}");
        let saved = api.put(&path, &body).await.expect(200);
        assert!(!saved.to_string().contains(OpenLdap::SERVICE_PASSWORD));
        api.post(&format!("{path}/sync"), &json!({}))
            .await
            .expect(200);
        app.run_job("ldap").await;
        let state = &api.get(&path).await.expect(200)["state"];
        assert_eq!(
            (&state["people"], &state["problem"]),
            (&json!(3), &json!(null))
        );
        assert_eq!(in_state(&app, "active").await, 3);

        // Whoever only reads people learns nothing of servers and accounts.
        let reader = app.api(&[Permission::PeopleRead]).await;
        reader.get(&path).await.expect(403);
        reader.put(&path, &body).await.expect(403);
    }
);
