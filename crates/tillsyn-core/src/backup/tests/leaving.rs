//! A move and the servers that it does not see: those that start in that moment, and those that slept.

use tillsyn_db::DbConfig;

use super::super::Serving;
use super::super::transfer::leave;
use super::*;
use crate::core::{Core, CoreConfig};
use crate::error::Kind;
use crate::events::{self, NewEvent};

const BOTH: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

/// A server on the same database, with connections of its own.
async fn server(place: &Place, clock: &Clock) -> Core {
    let config = DbConfig {
        url: place.db.url().to_owned(),
        pool: 4,
    };
    let db = Db::open(&config).await.unwrap();
    let keys = place.keys.clone();
    Core::open(db, clock.clone(), CoreConfig::default(), keys)
        .await
        .unwrap()
}

/// Something that a server accepts.
async fn accept(core: &Core) -> Result<(), Error> {
    core.db()
        .write((), |tx, ()| {
            Box::pin(async move {
                let unit = super::super::make::root_in(tx).await?;
                let event = NewEvent::done("unit.rename", "unit", unit.as_str(), &unit);
                events::record(tx, &crate::actor::Actor::server(), NOW, event).await?;
                Ok(())
            })
        })
        .await
}

async fn accepted(db: &Db) -> i64 {
    let sql = "SELECT count(*) FROM event WHERE action = 'unit.rename'";
    let rows = db.query_all(sql, args![]).await.unwrap();
    rows[0].i64(0).unwrap()
}

#[tokio::test]
async fn a_server_that_starts_between_the_look_and_the_mark_stops_the_move() {
    for engine in BOTH {
        let place = Place::new(engine).await;
        let clock = Clock::fixed(NOW);
        let core = server(&place, &clock).await;
        // The move has looked and found nobody.
        Serving::new(&core).beat().await.unwrap();
        let refused = leave(&place.db, &clock, "move", false, false).await;
        assert_eq!(refused.unwrap_err().code, "server_running");
        // As if nothing had been.
        refuse_unfinished(&place.db).await.unwrap();
        accept(&core).await.unwrap();

        // One that broke off stays what it is: its rows may be in the target.
        let unfinished = State::Moving { id: "move".into() };
        place
            .db
            .write(unfinished, |tx, s| {
                Box::pin(async move { state::leave_in(tx, s, NOW).await })
            })
            .await
            .unwrap();
        let refused = leave(&place.db, &clock, "move", true, false).await;
        assert_eq!(refused.unwrap_err().code, "server_running");
        let still = refuse_unfinished(&place.db).await;
        assert_eq!(still.unwrap_err().code, "move_unfinished");
    }
}

#[tokio::test]
async fn a_server_that_starts_behind_the_mark_leaves_at_once() {
    for engine in BOTH {
        let place = Place::new(engine).await;
        let clock = Clock::fixed(NOW);
        let core = server(&place, &clock).await;
        leave(&place.db, &clock, "move", false, false)
            .await
            .unwrap();
        let error = Serving::new(&core).beat().await.unwrap_err();
        assert_eq!(
            (error.kind, error.code),
            (Kind::Conflict, "move_unfinished")
        );
        assert!(
            super::super::running(&place.db, NOW)
                .await
                .unwrap()
                .is_empty()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_move_and_a_server_that_start_together_one_at_most_goes_on() {
    for engine in BOTH {
        let place = Place::new(engine).await;
        let clock = Clock::fixed(NOW);
        let core = server(&place, &clock).await;
        for round in 0..12 {
            let serving = Serving::new(&core);
            let (db, own_clock) = (place.db.db(), clock.clone());
            let leaving =
                tokio::spawn(async move { leave(&db, &own_clock, "move", false, false).await });
            if round % 3 > 0 {
                tokio::time::sleep(std::time::Duration::from_millis(round % 3)).await;
            }
            let starts = serving.beat().await;
            let leaves = leaving.await.unwrap();
            assert!(
                starts.is_err() || leaves.is_err(),
                "{engine:?}, round {round}: both go on"
            );
            undo_transfer(&place.db).await.unwrap();
            serving.leave().await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_slept_through_a_move_writes_nothing_when_it_wakes() {
    for (from, to) in [
        (Engine::Sqlite, Engine::Postgres),
        (Engine::Postgres, Engine::Sqlite),
    ] {
        let place = Place::new(from).await;
        let clock = Clock::fixed(NOW);
        let core = server(&place, &clock).await;
        let serving = Serving::new(&core);
        serving.beat().await.unwrap();
        accept(&core).await.unwrap();
        // It sleeps for longer than anybody waits.
        clock.advance_ms(60_000);
        let target = TempDb::new(to, &[]).await;
        transfer(&place.db, &target, &place.keys, &clock, false)
            .await
            .unwrap();
        assert_eq!(accepted(&target).await, 1);

        let error = accept(&core).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable, "{}", error.detail);
        assert!(error.detail.contains("was moved"), "{}", error.detail);
        let error = serving.beat().await.unwrap_err();
        assert_eq!((error.kind, error.code), (Kind::Conflict, "database_moved"));
        assert_eq!(accepted(&place.db).await, 1);

        assert!(undo_transfer(&place.db).await.unwrap());
        accept(&core).await.unwrap();
        assert_eq!(accepted(&place.db).await, 2);
    }
}
