//! A node that dies while it reads a directory.

use tillsyn_core::ldap;
use tillsyn_db::args;
use tillsyn_testkit::{OpenLdap, OpenLdapOptions, TestApp, both_engines};
use tokio::net::TcpListener;

use super::{fresh, settings, source, still, three};

async fn held_for(app: &TestApp) -> i64 {
    const LEASE: &str = "SELECT lease_until FROM ldap_source";
    let rows = app.db().query_all(LEASE, args![]).await.unwrap();
    rows[0].i64(0).unwrap() - app.core.now_ms()
}

both_engines!(
    a_node_that_dies_holds_a_directory_for_minutes_only,
    still(),
    |app| async move {
        let server = OpenLdap::start(OpenLdapOptions::default(), &three()).await;
        // A server that takes the connection and says nothing: the reading hangs in it.
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = silent.local_addr().unwrap().port();
        let mut with = settings(&server);
        with.servers.insert(0, format!("ldaps://localhost:{port}"));
        let id = source(&app, with).await;
        ldap::ask_for_sync(&app.core, &fresh(&app), &id)
            .await
            .unwrap();
        let core = app.core.clone();
        let run = tokio::spawn(async move { ldap::run_due(&core).await });
        // It is in the middle of it.
        let _open = silent.accept().await.unwrap();
        let held = held_for(&app).await;
        assert!((60_000..=5 * 60_000).contains(&held), "{held}");
        run.abort();
        let _ = run.await;
        assert_eq!(held_for(&app).await, held, "nobody gave it back");
        drop(silent);
        app.run_job("ldap").await;
        let view = ldap::ldap(&app.core, &fresh(&app), &id).await.unwrap();
        assert_eq!(view.state.people, None, "another node lets it be");
        app.clock.advance_ms(held);
        app.run_job("ldap").await;
        let view = ldap::ldap(&app.core, &fresh(&app), &id).await.unwrap();
        assert_eq!((view.state.code, view.state.people), (None, Some(3)));
    }
);
