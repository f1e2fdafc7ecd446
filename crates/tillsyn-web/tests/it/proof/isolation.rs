//! Every transaction that decides, run against itself at once: the outcome is that of some order.

use futures_util::future::join_all;
use tillsyn_core::accounts;
use tillsyn_core::commands::{self, CommandStatus, Confirmation, NewCommand, Request};
use tillsyn_core::ids::DeviceId;
use tillsyn_core::{Clock, jobs};
use tillsyn_pki::scep::client::Answer;
use tillsyn_sim::{Device, DeviceConfig};
use tillsyn_testkit::{AppOptions, Engine, TestApp, both_engines};
use zeroize::Zeroizing;

use super::scep_client::{Download, fetch, issued, key, profile_url};
use crate::device::story::{only_device, plain};

const AT_ONCE: usize = 8;

fn no_jobs() -> AppOptions {
    AppOptions {
        jobs: false,
        ..AppOptions::default()
    }
}

both_engines!(
    one_challenge_and_many_keys_at_once_are_one_certificate,
    |app| async move {
        for round in 0..3 {
            let download = Download::fresh(&app).await;
            let asked = (0..AT_ONCE).map(|number| {
                let download = download.clone();
                tokio::spawn(async move { (number, download.ask(&key(number)).await) })
            });
            let mut winners = Vec::new();
            for answered in join_all(asked).await {
                let (number, answer) = answered.unwrap();
                if matches!(answer, Answer::Issued { .. }) {
                    winners.push(issued(&answer, &key(number)));
                }
            }
            assert_eq!(winners.len(), 1);
            assert_eq!(
                app.count("SELECT count(*) FROM certificate").await,
                round + 1
            );
            let consumed =
                "SELECT certificate_sha256 FROM scep_challenge ORDER BY created_at DESC LIMIT 1";
            assert_eq!(app.text(consumed).await.as_ref(), winners.first());
        }
    }
);

both_engines!(
    one_key_many_times_at_once_gets_one_certificate,
    |app| async move {
        let download = Download::fresh(&app).await;
        let asked = (0..AT_ONCE).map(|_| {
            let download = download.clone();
            tokio::spawn(async move { issued(&download.ask(&key(1)).await, &key(1)) })
        });
        let mut certificates: Vec<String> = join_all(asked)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        certificates.dedup();
        assert_eq!(certificates.len(), 1);
        assert_eq!(app.count("SELECT count(*) FROM certificate").await, 1);
        let steps = "SELECT count(*) FROM attempt_step WHERE step = 'certificate_issued'";
        assert_eq!(app.count(steps).await, 1);
    }
);

both_engines!(
    many_downloads_used_at_once_are_one_certificate,
    |app| async move {
        for round in 0..3 {
            let invitation = app.invite().await;
            let url = profile_url(&app, &invitation.code).await;
            let mut downloads = Vec::new();
            for _ in 0..4 {
                downloads.push(Download::of(&fetch(&url).await).await);
            }
            let asked = downloads.into_iter().enumerate().map(|(number, download)| {
                tokio::spawn(async move { download.ask(&key(number)).await })
            });
            let answers = join_all(asked).await;
            let won = |a: &Result<Answer, _>| matches!(a.as_ref().unwrap(), Answer::Issued { .. });
            assert_eq!(answers.iter().filter(|a| won(a)).count(), 1);
            assert_eq!(
                app.count("SELECT count(*) FROM certificate").await,
                round + 1
            );
        }
    }
);

both_engines!(
    downloads_while_others_are_used_are_one_certificate,
    |app| async move {
        let invitation = app.invite().await;
        let url = profile_url(&app, &invitation.code).await;
        let asked = (0..6).map(|number| {
            let url = url.clone();
            tokio::spawn(async move {
                let answer = reqwest::get(&url).await.unwrap();
                if answer.status() != 200 {
                    return false;
                }
                let download = Download::of(&answer.bytes().await.unwrap()).await;
                matches!(download.ask(&key(number)).await, Answer::Issued { .. })
            })
        });
        let won = join_all(asked)
            .await
            .into_iter()
            .filter(|w| *w.as_ref().unwrap())
            .count();
        assert_eq!(won, 1);
        assert_eq!(app.count("SELECT count(*) FROM certificate").await, 1);
    }
);

both_engines!(
    a_bootstrap_code_used_at_once_makes_one_owner,
    |app| async move {
        for table in [
            "DELETE FROM session",
            "DELETE FROM api_token",
            "DELETE FROM known_browser",
            "DELETE FROM account",
        ] {
            app.db().execute(table, Vec::new()).await.unwrap();
        }
        let code = accounts::new_bootstrap_code(&app.core)
            .await
            .unwrap()
            .unwrap();
        let asked = (0..4).map(|number| {
            let (core, code) = (app.core.clone(), code.clone());
            tokio::spawn(async move {
                let email = format!("owner{number}@example.org");
                let password = Zeroizing::new("some four words here".to_owned());
                accounts::create_first_account(&core, &code, "Owner", &email, password, None).await
            })
        });
        let outcomes = join_all(asked).await;
        assert_eq!(
            outcomes
                .iter()
                .filter(|o| o.as_ref().unwrap().is_ok())
                .count(),
            1
        );
        assert_eq!(app.count("SELECT count(*) FROM account").await, 1);
    }
);

/// A device that has its certificate and waits before `Authenticate`.
async fn certified(app: &TestApp, config: DeviceConfig, code: &str) -> Device {
    let mut device = app.device(config);
    let attempt = device
        .take_invitation(&app.url(), code, None)
        .await
        .unwrap();
    let profile = device.download_profile(&attempt.profile_url).await.unwrap();
    device.accept_profile(&profile).await.unwrap();
    device
}

both_engines!(
    two_enrollments_of_one_device_at_once_leave_one_active,
    |app| async move {
        for round in 0..3 {
            let config = DeviceConfig::iphone(app.next());
            let mut all = Vec::new();
            for number in 0..3 {
                let invitation = app.invite_with(|new| new.may_replace = true).await;
                // Another logic board in the same case: then none lapses at the other's Authenticate.
                let mut config = config.clone();
                config.udid = format!("00008{round}3{number}-0000000000000000");
                all.push(certified(&app, config, &invitation.code).await);
            }
            let completing = all.into_iter().map(|mut device| {
                tokio::spawn(async move {
                    device.authenticate().await.unwrap();
                    device.token_update().await.map(|()| device)
                })
            });
            let enrolled = join_all(completing).await;
            assert!(enrolled.iter().any(|e| e.as_ref().unwrap().is_ok()));
            assert_eq!(app.count("SELECT count(*) FROM device").await, round + 1);
            let active = "SELECT count(*) FROM enrollment WHERE status = 'active'";
            assert_eq!(app.count(active).await, round + 1);
            assert_eq!(
                app.count("SELECT count(*) FROM enrollment WHERE status = 'pending'")
                    .await,
                0
            );
            let open = "SELECT count(*) FROM channel ch JOIN enrollment e ON e.id = ch.enrollment_id \
            WHERE ch.ended_at IS NULL AND e.status <> 'active'";
            assert_eq!(app.count(open).await, 0);
            let waiting = "SELECT count(*) FROM command c JOIN enrollment e ON e.id = c.enrollment_id \
            WHERE c.finished = 0 AND e.status <> 'active'";
            assert_eq!(
                app.count(waiting).await,
                0,
                "nothing waits in a queue that is over"
            );
        }
    }
);

both_engines!(
    one_device_authenticating_twice_at_once_has_one_pending,
    |app| async move {
        let config = DeviceConfig::iphone(app.next());
        let mut all = Vec::new();
        for _ in 0..2 {
            let invitation = app.invite_with(|new| new.may_replace = true).await;
            all.push(certified(&app, config.clone(), &invitation.code).await);
        }
        let asking = all.into_iter().map(|mut device| {
            tokio::spawn(async move {
                device.authenticate().await.unwrap();
                device
            })
        });
        let devices = join_all(asking).await.into_iter().map(Result::unwrap);
        assert_eq!(
            app.count("SELECT count(*) FROM enrollment WHERE status = 'pending'")
                .await,
            1
        );
        let completing = devices
            .map(|mut device| tokio::spawn(async move { device.token_update().await.is_ok() }));
        let done = join_all(completing).await.into_iter().map(Result::unwrap);
        assert_eq!(done.filter(|ok| *ok).count(), 1);
        assert_eq!(
            app.count("SELECT count(*) FROM enrollment WHERE status = 'active'")
                .await,
            1
        );
    }
);

both_engines!(
    one_use_and_two_devices_at_once_enroll_one,
    |app| async move {
        for round in 0..3 {
            let invitation = app.invite().await;
            let mut all = Vec::new();
            for _ in 0..3 {
                let config = DeviceConfig::iphone(app.next());
                let mut device = certified(&app, config, &invitation.code).await;
                device.authenticate().await.unwrap();
                all.push(device);
            }
            let completing = all
                .into_iter()
                .map(|mut device| tokio::spawn(async move { device.token_update().await.is_ok() }));
            let done = join_all(completing).await.into_iter().map(Result::unwrap);
            assert_eq!(done.filter(|ok| *ok).count(), 1);
            assert_eq!(app.count("SELECT count(*) FROM device").await, round + 1);
            assert_eq!(app.count("SELECT max(uses) FROM invitation").await, 1);
            let over = "SELECT count(*) FROM attempt WHERE cause = 'invitation_over'";
            assert_eq!(app.count(over).await, 2 * (round + 1));
        }
    }
);

/// A Mac repeats its message byte by byte and brings no secret. An iPhone makes a new unlock token for each
/// message: every one is kept, and none twice. `first` is how many commands the first inventory has.
async fn replayed_token_update(app: &TestApp, config: DeviceConfig, first: i64, secrets: i64) {
    let invitation = app.invite().await;
    let mut device = certified(app, config, &invitation.code).await;
    device.authenticate().await.unwrap();
    let sending = (0..AT_ONCE).map(|_| {
        let mut clone = device.clone();
        tokio::spawn(async move { clone.token_update().await.unwrap() })
    });
    join_all(sending).await.into_iter().for_each(Result::unwrap);
    assert_eq!(
        app.count("SELECT count(*) FROM enrollment WHERE status = 'active'")
            .await,
        1
    );
    assert_eq!(app.count("SELECT count(*) FROM channel").await, 1);
    assert_eq!(app.count("SELECT uses FROM invitation").await, 1);
    let commands = "SELECT count(*) FROM command";
    assert_eq!(app.count(commands).await, first, "one first inventory");
    let types = "SELECT count(DISTINCT request_type) FROM command";
    assert_eq!(app.count(types).await, first, "each question once");
    assert_eq!(
        app.count("SELECT count(*) FROM event WHERE action = 'device.enroll'")
            .await,
        1
    );
    assert_eq!(app.count("SELECT count(*) FROM escrow").await, secrets);
    let tokens = "SELECT count(*) FROM escrow WHERE kind = 'unlock_token'";
    assert_eq!(app.count(tokens).await, secrets);
}

both_engines!(a_replayed_token_update_changes_nothing, |app| async move {
    replayed_token_update(&app, DeviceConfig::mac(app.next()), 6, 0).await;
});

both_engines!(token_updates_at_once_enroll_once, |app| async move {
    replayed_token_update(&app, DeviceConfig::iphone(app.next()), 5, 8).await;
});

both_engines!(
    a_result_eight_times_at_once_is_one_transition,
    no_jobs(),
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        let id = only_device(&app).await;
        for round in 1..=3 {
            commands::enqueue(&app.core, &app.owner, plain(&id, Request::SecurityInfo {}))
                .await
                .unwrap();
            let offer = iphone.idle().await.unwrap().unwrap();
            iphone.perform_offline(&offer).await.unwrap();
            let sending = (0..AT_ONCE).map(|_| {
                let mut clone = iphone.clone();
                tokio::spawn(async move {
                    let session = clone.session().await.unwrap();
                    assert_eq!(clone.violations(), []);
                    session.handled.len()
                })
            });
            assert!(
                join_all(sending)
                    .await
                    .into_iter()
                    .all(|handled| handled.unwrap() == 1)
            );
            iphone.session().await.unwrap();
            let done = "SELECT count(*) FROM command_transition t JOIN command c ON c.id = t.command_id \
            WHERE c.request_type = 'SecurityInfo' AND t.status = 'acknowledged'";
            // One of them from the first inventory.
            assert_eq!(app.count(done).await, round + 1);
        }
        assert_eq!(app.count("SELECT count(*) FROM orphan_result").await, 0);
    }
);

both_engines!(
    one_query_asked_many_times_at_once_is_one_command,
    no_jobs(),
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        let id = only_device(&app).await;
        let asking = (0..AT_ONCE).map(|_| {
            let (core, owner, query) = (
                app.core.clone(),
                app.owner.clone(),
                plain(&id, Request::SecurityInfo {}),
            );
            tokio::spawn(async move { commands::enqueue(&core, &owner, query).await.unwrap() })
        });
        let all: Vec<_> = join_all(asking)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        assert!(
            all.iter()
                .all(|made| made.commands[0].id == all[0].commands[0].id)
        );
        assert_eq!(
            all.iter().filter(|made| !made.commands[0].merged).count(),
            1
        );
        assert_eq!(
            app.count("SELECT count(*) FROM command WHERE finished = 0")
                .await,
            1
        );
    }
);

async fn erase(app: &TestApp, id: &DeviceId) -> NewCommand {
    let request = Request::EraseDevice {
        preserve_data_plan: false,
        disallow_proximity_setup: false,
    };
    let seen = commands::preview(&app.core, &app.owner, vec![id.clone()], request.clone());
    let typed = seen.await.unwrap().confirm_with;
    NewCommand {
        reason: Some("Sold".to_owned()),
        confirmation: Confirmation {
            typed,
            targets_digest: None,
        },
        ..plain(id, request)
    }
}

fn standing_clock() -> AppOptions {
    AppOptions {
        jobs: false,
        clock: Clock::fixed(Clock::system().now_ms()),
        ..AppOptions::default()
    }
}

both_engines!(
    holds_released_by_two_nodes_at_once_are_queued_once,
    standing_clock(),
    |app| async move {
        let mut ids = Vec::new();
        for _ in 0..4 {
            let mut iphone = app.enrolled_iphone().await;
            iphone.session().await.unwrap();
            ids = device_ids(&app).await;
        }
        for id in &ids {
            let held = commands::enqueue(&app.core, &app.owner, erase(&app, id).await)
                .await
                .unwrap();
            assert_eq!(held.commands[0].held_reason, Some("hold"));
        }
        let mut nodes = vec![app.core.clone(), app.core.clone()];
        let _second = if app.db().engine() == Engine::Postgres {
            let (core, _, stop) = app.second_node().await;
            nodes.extend([core.clone(), core]);
            Some(stop)
        } else {
            None
        };
        app.clock.advance_ms(11 * 60_000);
        let releasing = nodes
            .into_iter()
            .map(|core| tokio::spawn(async move { jobs::run(&core, "holds").await.unwrap() }));
        join_all(releasing)
            .await
            .into_iter()
            .for_each(Result::unwrap);
        assert_eq!(
            app.count("SELECT count(*) FROM command WHERE status = 'held'")
                .await,
            0
        );
        let queued = "SELECT count(*) FROM command_transition WHERE reason = 'hold_over'";
        assert_eq!(app.count(queued).await, 4);
    }
);

async fn device_ids(app: &TestApp) -> Vec<DeviceId> {
    let filter = tillsyn_core::devices::DeviceFilter::default();
    let sort = (tillsyn_core::devices::DeviceSort::default(), false);
    let page =
        tillsyn_core::devices::list_devices(&app.core, &app.owner, &filter, sort, None, None);
    page.await
        .unwrap()
        .items
        .into_iter()
        .map(|row| row.id)
        .collect()
}

both_engines!(
    cancel_and_release_at_once_end_in_one_of_both,
    standing_clock(),
    |app| async move {
        let mut phones = Vec::new();
        for _ in 0..4 {
            let mut iphone = app.enrolled_iphone().await;
            iphone.session().await.unwrap();
            phones.push(iphone);
        }
        let mut held = Vec::new();
        for id in device_ids(&app).await {
            let made = commands::enqueue(&app.core, &app.owner, erase(&app, &id).await)
                .await
                .unwrap();
            held.push(made.commands[0].id.clone());
        }
        app.clock.advance_ms(11 * 60_000);
        let releasing = (0..2).map(|_| {
            let core = app.core.clone();
            tokio::spawn(async move { jobs::run(&core, "holds").await.unwrap() })
        });
        let releasing: Vec<_> = releasing.collect();
        let cancelling = held.iter().cloned().map(|id| {
            let (core, owner) = (app.core.clone(), app.owner.clone());
            tokio::spawn(async move { commands::cancel_command(&core, &owner, &id).await })
        });
        // Held or queued, both can be withdrawn; what is withdrawn never comes back.
        for cancelled in join_all(cancelling).await {
            cancelled.unwrap().unwrap();
        }
        join_all(releasing)
            .await
            .into_iter()
            .for_each(Result::unwrap);
        for command in &held {
            assert_eq!(
                status_of(&app, command).await,
                CommandStatus::Cancelled.as_str()
            );
        }
        for iphone in &mut phones {
            assert_eq!(iphone.session().await.unwrap().handled.len(), 0);
            assert!(iphone.is_enrolled());
        }
        let last = "SELECT count(*) FROM command_transition t JOIN command c ON c.id = t.command_id \
        WHERE c.request_type = 'EraseDevice' AND t.status = 'cancelled' AND t.seq = (SELECT max(seq) \
        FROM command_transition x WHERE x.command_id = c.id)";
        assert_eq!(
            app.count(last).await,
            4,
            "the end of the story is the withdrawal"
        );
    }
);

async fn status_of(app: &TestApp, id: &tillsyn_core::ids::CommandId) -> String {
    commands::command(&app.core, &app.owner, id)
        .await
        .unwrap()
        .status
}

both_engines!(
    cancel_and_fetch_at_once_end_in_one_of_both,
    no_jobs(),
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        let id = only_device(&app).await;
        let (mut withdrawn, mut fetched) = (0, 0);
        for round in 0..12 {
            let query = plain(&id, Request::SecurityInfo {});
            let made = commands::enqueue(&app.core, &app.owner, query)
                .await
                .unwrap();
            let command = made.commands[0].id.clone();
            let (core, owner, of) = (app.core.clone(), app.owner.clone(), command.clone());
            let cancel = tokio::spawn(async move {
                // The device needs a moment for its signature: meet it on the way.
                tokio::time::sleep(std::time::Duration::from_millis(round)).await;
                commands::cancel_command(&core, &owner, &of).await
            });
            let handled = iphone.session().await.unwrap().handled.len();
            match cancel.await.unwrap() {
                Ok(()) => {
                    withdrawn += 1;
                    assert_eq!(handled, 0, "what was withdrawn is not delivered");
                    assert_eq!(status_of(&app, &command).await, "cancelled");
                }
                Err(refused) => {
                    fetched += 1;
                    assert!(["already_fetched", "already_over"].contains(&refused.code));
                    assert_eq!(handled, 1);
                    assert_eq!(status_of(&app, &command).await, "acknowledged");
                }
            }
        }
        assert_eq!(withdrawn + fetched, 12);
        assert_eq!(iphone.violations(), []);
    }
);
