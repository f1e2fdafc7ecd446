//! The crash test: the real program under load, killed with SIGKILL again and again, then compared with
//! what the devices and the client of the API know (architecture §3.1, security S80 and S81).

mod caller;
mod check;
mod client;
mod crowd;
mod liar;
mod person;
mod trail;
mod wishes;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tillsyn_core::Permission;
use tillsyn_db::{Db, DbConfig};
use tillsyn_sim::{Behaviours, DeviceLog, EnrollBy, Fleet, FleetConfig, Life, Pace, Retry, Source};
use tokio::net::TcpListener;

use crate::server_process::{ServerProcess, Setup, free_port};
use crate::{AppOptions, Engine, TestApp};
use caller::Caller;
use crowd::{Crowd, Known};
use wishes::Shelf;

/// How often, how hard, with which program.
#[derive(Clone, Debug)]
pub struct Torture {
    /// The `tillsyn` program.
    pub program: PathBuf,
    pub engine: Engine,
    pub kills: u32,
    pub seed: u64,
    pub devices: usize,
    /// After the last kill.
    pub load_afterwards: Duration,
    /// How long everything may take to come to an end once the load stops.
    pub quiet_limit: Duration,
    /// Something stands before the server and breaks its promises: to show that the checks see it.
    pub lies: bool,
    /// Somebody assigns profiles meanwhile.
    pub assigns: bool,
}

/// How long a slow machine is waited for until there is load of every kind.
const BUSY_LIMIT: Duration = Duration::from_secs(20);

impl Torture {
    pub fn new(program: impl Into<PathBuf>, engine: Engine) -> Self {
        Self {
            program: program.into(),
            engine,
            kills: 12,
            // Different each time; printed, so that a failure can be played again.
            seed: u64::from(std::process::id()) ^ now().unsigned_abs(),
            devices: 12,
            load_afterwards: Duration::ZERO,
            quiet_limit: Duration::from_mins(1),
            lies: false,
            assigns: true,
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
                let shown = broken[..broken.len().min(20)].join("\n");
                panic!(
                    "seed {seed}: {} promises broken:\n{shown}\nlogs: {}",
                    broken.len(),
                    kept.display()
                )
            }
        }
    }

    /// Runs it; every promise that was broken.
    pub async fn broken_promises(self) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        self.ordeal(folder.path()).await.err().unwrap_or_default()
    }

    async fn ordeal(self, folder: &Path) -> Result<String, Vec<String>> {
        let begun = Instant::now();
        let port = free_port();
        let own_url = format!("http://127.0.0.1:{port}");
        let listener = if self.lies {
            Some(TcpListener::bind("127.0.0.1:0").await.unwrap())
        } else {
            None
        };
        let url = listener.as_ref().map_or_else(
            || own_url.clone(),
            |listener| format!("http://{}", listener.local_addr().unwrap()),
        );
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
        app.second_owner(1).await;
        let shelf = if self.assigns {
            Some(Shelf::fill(&app).await)
        } else {
            None
        };
        // From here on the program alone holds the database.
        app.kill();
        app.db().close().await;

        let setup = Setup {
            public_url: Some(&url),
            filter: "tillsyn=info",
            ..Setup::default()
        };
        let mut server = ServerProcess::with(&self.program, folder, port, &app, setup);
        server.start().await.map_err(|error| vec![error])?;
        if let Some(listener) = listener {
            tokio::spawn(liar::start(listener, own_url, self.seed));
        }
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
        let crowd = Crowd::start(&Caller::new(url, token), shelf, self.seed);
        let mut chance = Chance(self.seed);
        for kill in 0..self.kills {
            // A third of them while devices enroll, the rest while they have work.
            if kill == self.kills / 3 {
                self.enrolled(&fleet).await;
            }
            let pause = Duration::from_millis(200 + chance.below(2_000));
            tokio::time::sleep(pause).await;
            server.kill();
            server.start().await.map_err(|error| vec![error])?;
        }
        self.enrolled(&fleet).await;
        crowd.busy(BUSY_LIMIT).await;
        tokio::time::sleep(self.load_afterwards).await;
        fleet.calm_down();
        let mut known = crowd.stop().await;
        let db = Db::open(&DbConfig {
            url: app.database_url().to_owned(),
            pool: 4,
        })
        .await
        .unwrap();
        let quiet = check::all_finish(&db, self.quiet_limit).await;
        let (stats, violations) = fleet.end().await;
        known.ended_at = now();
        server.kill();
        let mut broken = Vec::new();
        broken.extend(quiet.err());
        let breaches = violations.iter();
        broken.extend(breaches.map(|(serial, what)| format!("{serial} saw {what:?}")));
        if self.lies {
            liar::forget_an_event(&db).await;
        }
        let wrong = |error: String| vec![error];
        let seen = check::Seen::read(&log).map_err(wrong)?;
        let placed = check::all(&db, &known, &seen, self.devices, &mut broken);
        let placed = placed.await.map_err(wrong)?;
        let events = trail::check(&db, &known, &mut broken)
            .await
            .map_err(wrong)?;
        db.close().await;
        // The chain is sealed and read by the program itself, as its operator would.
        broken.extend(server.run(&["audit", "seal"]).err());
        broken.extend(server.run(&["audit", "verify"]).err());
        if !broken.is_empty() {
            return Err(broken);
        }
        Ok(format!(
            "{:?}, seed {}: {} kills, {} enrollments, {known}; {} delivered ({} again), {} results acknowledged, \
             {} tokens handed over and {} asked back, {placed} profiles where they are wanted, \
             {events} events in a whole trail, in {} s",
            self.engine,
            self.seed,
            self.kills,
            stats.enrollments,
            seen.delivered.len(),
            seen.delivered_again,
            seen.answers.len(),
            seen.tokens.0,
            seen.tokens.1,
            begun.elapsed().as_secs()
        ))
    }

    /// Waits until most devices are there, however slow the machine is.
    async fn enrolled(&self, fleet: &Fleet) {
        let begun = Instant::now();
        let most = self.devices.saturating_sub(self.devices / 4) as u64;
        while fleet.stats().enrolled < most && begun.elapsed() < BUSY_LIMIT {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
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
                renews_token: 500,
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
