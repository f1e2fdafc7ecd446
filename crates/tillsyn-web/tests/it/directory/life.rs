use tillsyn_core::Actor;
use tillsyn_core::audit::{Erase, erase_person};
use tillsyn_core::clock::{DAY_MS, HOUR_MS};
use tillsyn_core::ids::PersonId;
use tillsyn_testkit::{TestApp, both_engines};

use super::{STATE, by_hand, entry, ldap, people, person, read, text};

/// Gives the device of a new invitation to somebody.
pub(super) async fn device_of(app: &TestApp, person: &str, ownership: &'static str) -> String {
    let invitation = app
        .invite_with(|new| ownership.clone_into(&mut new.ownership))
        .await;
    let mut device = app.device(tillsyn_sim::DeviceConfig::iphone(app.next()));
    device.enroll(&app.by(&invitation)).await.unwrap();
    let nobodys = "SELECT device_id FROM device_summary WHERE person_id IS NULL";
    let id = app.text(nobodys).await.unwrap();
    for sql in [
        "UPDATE device_summary SET person_id = $1 WHERE device_id = $2",
        "UPDATE enrollment SET person_id = $1 WHERE device_id = $2",
    ] {
        let values = vec![person.into(), id.as_str().into()];
        app.db().execute(sql, values).await.unwrap();
    }
    id
}

pub(super) async fn waiting(app: &TestApp, device: &str) -> Option<String> {
    const ACTS: &str =
        "SELECT act FROM command WHERE device_id = $1 AND act IS NOT NULL AND finished = 0";
    text(app, ACTS, device).await
}

both_engines!(
    after_grace_their_own_device_is_retired_and_nothing_is_erased,
    by_hand(),
    |app| async move {
        let id = ldap(&app, "AD", 10).await;
        read(&app, &id, people(3), Vec::new()).await;
        let gone = person(&app, "p2").await;
        let own = device_of(&app, &gone, "personal").await;
        let ours = device_of(&app, &gone, "corporate").await;
        read(&app, &id, people(2), Vec::new()).await;
        app.clock.advance_ms(13 * HOUR_MS);
        read(&app, &id, people(2), Vec::new()).await;
        assert_eq!(text(&app, STATE, &gone).await.unwrap(), "leaving");
        app.clock.advance_ms(3 * DAY_MS - 1);
        app.run_job("minute").await;
        assert_eq!(waiting(&app, &own).await, None, "grace is not over");
        app.clock.advance_ms(1);
        app.run_job("minute").await;
        assert_eq!(waiting(&app, &own).await.unwrap(), "retire");
        assert_eq!(waiting(&app, &ours).await, None);
        let erases = "SELECT count(*) FROM command WHERE act = 'erase'";
        assert_eq!(app.count(erases).await, 0);
        app.run_job("minute").await;
        let retires = "SELECT count(*) FROM command WHERE act = 'retire'";
        assert_eq!(app.count(retires).await, 1, "once");

        // Back before the hold is over: what waits is taken back.
        read(&app, &id, people(3), Vec::new()).await;
        app.run_job("minute").await;
        assert_eq!(waiting(&app, &own).await, None);
        assert_eq!(person(&app, "p2").await, gone);
    }
);

both_engines!(
    who_returns_on_day_29_has_everything_and_on_day_31_is_new,
    by_hand(),
    |app| async move {
        let id = ldap(&app, "AD", 10).await;
        read(&app, &id, people(4), Vec::new()).await;
        let (back, late) = (person(&app, "p2").await, person(&app, "p3").await);
        let device = device_of(&app, &back, "corporate").await;
        read(&app, &id, people(2), Vec::new()).await;
        app.clock.advance_ms(12 * HOUR_MS);
        read(&app, &id, people(2), Vec::new()).await;
        app.clock.advance_ms(29 * DAY_MS);
        app.run_job("minute").await;
        read(&app, &id, people(3), Vec::new()).await;
        assert_eq!(text(&app, STATE, &back).await.unwrap(), "active");
        let whose = "SELECT person_id FROM device_summary WHERE device_id = $1";
        assert_eq!(text(&app, whose, &device).await.unwrap(), back);
        app.clock.advance_ms(2 * DAY_MS);
        app.run_job("minute").await;
        assert_eq!(text(&app, STATE, &late).await.unwrap(), "deleted");
        read(&app, &id, people(4), Vec::new()).await;
        assert_ne!(person(&app, "p3").await, late);
        let email = "SELECT email FROM person WHERE id = $1";
        let new = person(&app, "p3").await;
        assert_eq!(text(&app, email, &new).await.unwrap(), "p3@example.org");
    }
);

both_engines!(
    somebody_erased_is_not_made_again_and_leaves_no_name,
    by_hand(),
    |app| async move {
        let id = ldap(&app, "AD", 10).await;
        let named = entry("guid-secret", "Elin Canary", "canary@example.org");
        read(
            &app,
            &id,
            vec![named.clone(), entry("x", "X", "x@example.org")],
            Vec::new(),
        )
        .await;
        let gone = PersonId::parse(&person(&app, "guid-secret").await).unwrap();
        let server = Actor::server();
        let document = tillsyn_core::audit::export_person(&app.core, &server, &gone, None);
        let document = document.await.unwrap();
        assert_eq!(document["directories"][0]["key"], "guid-secret");
        let erase = Erase {
            typed: "Elin Canary".to_owned(),
            proof: None,
        };
        erase_person(&app.core, &Actor::server(), &gone, erase)
            .await
            .unwrap();
        let again = read(
            &app,
            &id,
            vec![named, entry("x", "X", "x@example.org")],
            Vec::new(),
        )
        .await;
        assert_eq!(again.counts.erased, 1);
        assert_eq!(
            app.count("SELECT count(*) FROM person WHERE status <> 'erased'")
                .await,
            1
        );
        for (table, column, value) in tillsyn_testkit::canaries::cells(&app.db()).await {
            let value = String::from_utf8_lossy(&value).into_owned();
            for canary in ["Elin Canary", "canary@example.org", "guid-secret"] {
                assert!(!value.contains(canary), "{canary} in {table}.{column}");
            }
        }
    }
);
