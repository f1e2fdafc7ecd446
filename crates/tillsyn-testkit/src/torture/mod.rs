//! The crash test: the real program under load, killed with SIGKILL again and again, then compared with
//! what the devices and the client of the API know (architecture §3.1, security S80 and S81).

mod check;
mod client;
mod trail;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tillsyn_core::Permission;
use tillsyn_db::{Db, DbConfig};
use tillsyn_sim::{Behaviours, DeviceLog, EnrollBy, Fleet, FleetConfig, Life, Pace, Retry, Source};

use crate::server_process::{ServerProcess, free_port};
use crate::{AppOptions, Engine, TestApp};
use client::{Asked, Client};

/// How often, how hard, with which program.
#[derive(Clone, Debug)]
pub struct Torture {
    /// The `tillsyn` program.
    pub program: PathBuf,
    pub engine: Engine,
    pub kills: u32,
    pub seed: u64,
    pub devices: usize,
}

/// How long everything may take to come to an end once the load stops.
const QUIET_LIMIT: Duration = Duration::from_mins(1);
/// Programs that use the API at the same time.
const CLIENTS: usize = 4;

impl Torture {
    pub fn new(program: impl Into<PathBuf>, engine: Engine) -> Self {
        Self {
            program: program.into(),
            engine,
            kills: 12,
            // Different each time; printed, so that a failure can be played again.
            seed: u64::from(std::process::id()) ^ now().unsigned_abs(),
            devices: 12,
        }
    }

    /// Runs it; a summary in one line.
    ///
    /// # Panics
    /// When a promise is broken, with the seed.
    pub async fn run(self) -> String {
        let seed = self.seed;
        let folder = tempfile::tempdir().unwrap();
        match self.ordeal(folder.path()).await {
            Ok(summary) => summary,
            Err(broken) => {
                let kept = folder.keep();
                panic!("seed {seed}: {broken}\nlogs: {}", kept.display())
            }
        }
    }

    async fn ordeal(self, folder: &Path) -> Result<String, String> {
        let begun = Instant::now();
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}");
        let options = AppOptions {
            jobs: false,
            ..AppOptions::default()
        };
        let mut app = TestApp::behind(Some(url.clone()), self.engine, options).await;
        let invitation = app
            .invite_with(|new| {
                new.uses_allowed = 1_000;
                new.may_replace = true;
            })
            .await;
        let all = Permission::ALL.iter().map(|(permission, _)| *permission);
        let token = app.token(all.filter(|p| app.owner.holds(*p))).await;
        // From here on the program alone holds the database.
        app.kill();
        app.db().close().await;

        let mut server = ServerProcess::new(&self.program, folder, port, &app, "tillsyn=info");
        server.start().await?;
        let log = folder.join("devices.jsonl");
        let by = EnrollBy::Invitation {
            server: url.clone(),
            code: invitation.code.to_string(),
            pin: None,
        };
        let fleet = Fleet::start(
            self.fleet(by),
            app.network.clone(),
            app.hub.clone(),
            DeviceLog::to_file(&log).unwrap(),
        );
        let stop = Arc::new(AtomicBool::new(false));
        let asking: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let share = (number, CLIENTS);
                let client =
                    Client::new(url.clone(), token.clone(), self.seed, share, stop.clone());
                tokio::spawn(client.run())
            })
            .collect();

        let mut chance = Chance(self.seed);
        for _ in 0..self.kills {
            let pause = Duration::from_millis(200 + chance.below(2_000));
            tokio::time::sleep(pause).await;
            server.kill();
            server.start().await?;
        }
        stop.store(true, Ordering::SeqCst);
        let mut asked = Asked::default();
        for client in asking {
            asked.add(client.await.unwrap());
        }
        let db = Db::open(&DbConfig {
            url: app.database_url().to_owned(),
            pool: 4,
        })
        .await
        .unwrap();
        let quiet = check::all_finish(&db, QUIET_LIMIT).await;
        let violations = fleet.violations();
        let stats = fleet.stop().await;
        server.kill();
        let seen = check::Seen::read(&log)?;
        if !violations.is_empty() {
            return Err(format!(
                "devices saw the server break rules: {violations:#?}"
            ));
        }
        quiet?;
        check::all(&db, &asked, &seen, self.devices).await?;
        let events = trail::check(&db, &asked).await?;
        db.close().await;
        // The chain is sealed and read by the program itself, as its operator would.
        server.run(&["audit", "seal"])?;
        server.run(&["audit", "verify"])?;
        Ok(format!(
            "{:?}, seed {}: {} kills, {} enrollments, {} commands accepted ({} answers lost, refused {:?}), \
             {} delivered ({} again), {} results acknowledged, {events} events in a whole trail, in {} s",
            self.engine,
            self.seed,
            self.kills,
            stats.enrollments,
            asked.accepted.len(),
            asked.lost_answers,
            asked.refused,
            seen.delivered.len(),
            seen.delivered_again,
            seen.answers.len(),
            begun.elapsed().as_secs()
        ))
    }

    fn fleet(&self, by: EnrollBy) -> FleetConfig {
        FleetConfig {
            seed: self.seed,
            pace: Pace {
                enroll_every: Duration::from_millis(250),
                poll_every: Some(Duration::from_millis(1_500)),
                sessions_at_once: self.devices,
            },
            life: Life {
                event_every: Some(Duration::from_secs(5)),
                pause: Duration::from_secs(1),
                offline: 300,
                removes_profile: 200,
                comes_back_after: Some(Duration::from_millis(300)),
            },
            behaviours: Some(Behaviours {
                not_now: 100,
                lost_reply: 80,
                lost_offer: 50,
                lost_check_out: 300,
                retry: Retry {
                    attempts: 6,
                    first: Duration::from_millis(100),
                    longest: Duration::from_secs(1),
                },
                ..Behaviours::default()
            }),
            ..FleetConfig::new(self.devices, Source::Same(by))
        }
    }
}

/// Chance from a seed (splitmix64).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

fn now() -> i64 {
    tillsyn_core::Clock::system().now_ms()
}
