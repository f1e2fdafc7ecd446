//! The budget, whatever asks at the same time: 500 erases from one stolen account, at two nodes where there
//! can be two.

use futures_util::future::join_all;
use tillsyn_core::commands;
use tillsyn_testkit::{Engine, both_engines};

use super::{ERASE, confirmed, fleet, still};

both_engines!(
    five_hundred_erases_of_a_stolen_account_stop_at_the_budget,
    still(),
    |app| async move {
        const GOING: &str = "SELECT count(*) FROM command WHERE act = 'erase' \
            AND (status <> 'held' OR held_until IS NOT NULL)";
        const WAITING: &str = "SELECT count(*) FROM command WHERE act = 'erase' \
            AND status = 'held' AND held_until IS NULL AND status_reason = 'budget'";
        let ids = fleet(&app, 5).await;
        let mut news = Vec::new();
        for id in &ids {
            news.push(confirmed(&app, std::slice::from_ref(id), ERASE).await);
        }
        let mut nodes = vec![app.core.clone()];
        let _second = if app.db().engine() == Engine::Postgres {
            let (core, _, stop) = app.second_node().await;
            nodes.push(core);
            Some(stop)
        } else {
            None
        };
        // Four at a time, as a thief's script would.
        for round in 0..125 {
            let asking = (0..4).map(|nth| {
                let core = nodes[nth % nodes.len()].clone();
                let new = &news[(round + nth) % ids.len()];
                let new = commands::NewCommand {
                    devices: new.devices.clone(),
                    request: ERASE,
                    profile: None,
                    reason: new.reason.clone(),
                    confirmation: new.confirmation.clone(),
                };
                let owner = app.owner.clone();
                tokio::spawn(async move { commands::enqueue(&core, &owner, new).await.unwrap() })
            });
            for made in join_all(asking).await {
                assert_eq!(made.unwrap().commands.len(), 1);
            }
        }
        assert_eq!(app.count(GOING).await, 5, "half of ten in twenty minutes");
        assert_eq!(app.count(WAITING).await, 495);
        let told = "SELECT count(*) FROM event WHERE action = 'guard.budget'";
        assert_eq!(app.count(told).await, 495);
        app.clock.advance_ms(6 * 60_000);
        app.run_job("holds").await;
        let queued = "SELECT count(*) FROM command WHERE act = 'erase' AND status = 'queued'";
        assert_eq!(app.count(queued).await, 5);
    }
);
