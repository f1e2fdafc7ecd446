//! Everybody who uses the server beside the devices, and what they know in the end.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::caller::Caller;
use super::client::{Asked, Client};
use super::person::{Decisions, Person};
use super::wishes::{Shelf, Wanted, Wishes};

/// Programs that send commands at the same time.
const CLIENTS: usize = 4;

pub(super) struct Crowd {
    clients: Vec<JoinHandle<Asked>>,
    wishes: Option<JoinHandle<Wanted>>,
    person: JoinHandle<Decisions>,
    stop_asking: Arc<AtomicBool>,
    stop_deciding: Arc<AtomicBool>,
    acts: Arc<Acts>,
}

/// How much was done so far.
#[derive(Default)]
pub(super) struct Acts {
    pub(super) decisions: AtomicU64,
    pub(super) plans: AtomicU64,
}

/// What was asked for, decided and wanted, as those who did it were told.
pub(super) struct Known {
    pub(super) asked: Asked,
    pub(super) decisions: Decisions,
    pub(super) wanted: Wanted,
    /// Somebody assigned profiles.
    pub(super) assigns: bool,
    /// When devices were asked for the last time.
    pub(super) ended_at: i64,
}

impl Crowd {
    /// Without a shelf nothing is assigned.
    pub(super) fn start(api: &Caller, shelf: Option<Shelf>, seed: u64) -> Self {
        let stop_asking = Arc::new(AtomicBool::new(false));
        let stop_deciding = Arc::new(AtomicBool::new(false));
        let acts = Arc::new(Acts::default());
        let clients = (0..CLIENTS).map(|number| {
            let share = (number, CLIENTS);
            tokio::spawn(Client::new(api.clone(), seed, share, stop_asking.clone()).run())
        });
        let stop = stop_asking.clone();
        let wishes = shelf.map(|shelf| {
            let wishes = Wishes::new(api.clone(), shelf, seed, stop, acts.clone());
            tokio::spawn(wishes.run())
        });
        let person = Person::new(api.clone(), seed, stop_deciding.clone(), acts.clone());
        Self {
            clients: clients.collect(),
            wishes,
            person: tokio::spawn(person.run()),
            stop_asking,
            stop_deciding,
            acts,
        }
    }

    /// Waits until something was decided and something planned.
    pub(super) async fn busy(&self, limit: Duration) {
        let begun = Instant::now();
        let none = |count: &AtomicU64| count.load(Ordering::SeqCst) == 0;
        let idle =
            || none(&self.acts.decisions) || (self.wishes.is_some() && none(&self.acts.plans));
        while begun.elapsed() < limit && idle() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Everybody finishes what they began.
    pub(super) async fn stop(self) -> Known {
        self.stop_asking.store(true, Ordering::SeqCst);
        let mut asked = Asked::default();
        for client in self.clients {
            asked.add(client.await.unwrap());
        }
        let assigns = self.wishes.is_some();
        let wanted = match self.wishes {
            Some(wishes) => wishes.await.unwrap(),
            None => Wanted::default(),
        };
        self.stop_deciding.store(true, Ordering::SeqCst);
        Known {
            asked,
            wanted,
            assigns,
            decisions: self.person.await.unwrap(),
            ended_at: i64::MAX,
        }
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = &self.asked;
        let approved = self.decisions.values().filter(|d| d.answered && d.approve);
        let declined = self.decisions.values().filter(|d| d.answered && !d.approve);
        write!(
            f,
            "{} commands accepted ({} answers lost, refused {:?}), {} held, {} approved, {} declined, {} plans",
            asked.accepted.len(),
            asked.lost_answers,
            asked.refused,
            asked.held.len(),
            approved.count(),
            declined.count(),
            self.wanted.applied.len()
        )
    }
}
