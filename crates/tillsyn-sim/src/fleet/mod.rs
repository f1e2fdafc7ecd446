//! Many devices on one runtime, each with its own life: enroll, be pushed, poll, be used.

mod config;
mod life;
mod stats;
mod variety;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::{DeviceLog, Network, PushHub, Violation};

pub use config::{FleetConfig, Life, Mix, Pace, Source};
pub use stats::FleetStats;
pub use variety::Variety;

/// A running fleet. Dropped, it ends at once; `stop` lets each device finish its session.
#[derive(Debug)]
pub struct Fleet {
    tasks: JoinSet<()>,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    config: FleetConfig,
    network: Network,
    hub: PushHub,
    log: DeviceLog,
    counters: stats::Counters,
    sessions: Semaphore,
    calm: AtomicBool,
}

impl Fleet {
    /// Starts the devices on the current tokio runtime. Pushes come through the hub.
    pub fn start(config: FleetConfig, network: Network, hub: PushHub, log: DeviceLog) -> Self {
        let (stop, stopping) = watch::channel(false);
        let shared = Arc::new(Shared {
            sessions: Semaphore::new(config.pace.sessions_at_once.max(1)),
            calm: AtomicBool::new(false),
            config,
            network,
            hub,
            log,
            counters: stats::Counters::default(),
        });
        let mut tasks = JoinSet::new();
        for index in 0..shared.config.count {
            tasks.spawn(life::live(Arc::clone(&shared), index, stopping.clone()));
        }
        Self {
            tasks,
            shared,
            stop,
        }
    }

    /// Runs a fleet until the future is done.
    pub async fn run(
        config: FleetConfig,
        network: Network,
        hub: PushHub,
        log: DeviceLog,
        until: impl Future<Output = ()>,
    ) -> FleetStats {
        let fleet = Self::start(config, network, hub, log);
        until.await;
        fleet.stop().await
    }

    pub fn stats(&self) -> FleetStats {
        self.shared.counters.snapshot()
    }

    /// Breaches by device serial, the first thousand.
    pub fn violations(&self) -> Vec<(String, Violation)> {
        self.shared.counters.violations()
    }

    /// From here on nothing happens by itself: devices obey and come back, but nobody touches them.
    pub fn calm_down(&self) {
        self.shared.calm.store(true, Ordering::Relaxed);
    }

    /// Waits until every device has ended by itself: enrolled devices never do.
    pub async fn finished(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }

    /// Lets every device finish the session it is in, for at most ten seconds.
    pub async fn stop(self) -> FleetStats {
        self.end().await.0
    }

    /// The same, with the breaches to the very end.
    pub async fn end(mut self) -> (FleetStats, Vec<(String, Violation)>) {
        const PATIENCE: Duration = Duration::from_secs(10);
        self.stop.send_replace(true);
        if tokio::time::timeout(PATIENCE, self.finished())
            .await
            .is_err()
        {
            self.tasks.shutdown().await;
        }
        (self.stats(), self.violations())
    }
}
