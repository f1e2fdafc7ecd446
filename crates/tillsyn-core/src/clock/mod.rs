//! The clock as a parameter: real in the product, set by hand in tests.
//!
//! The product's clock does not go back when the system's does (S86): what had expired stays expired, see
//! [`steady`] for the rule and [`mark`] for what a restart knows of it.

mod mark;
mod steady;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

pub use mark::accept;
pub(crate) use mark::{raise, resume};
pub use steady::STEP_MS;
use steady::Steady;

/// Milliseconds UTC, from the system or from a value that a test moves.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Fixed(Arc<AtomicI64>),
    Steady(Arc<Guarded>),
}

#[derive(Debug)]
struct Guarded {
    source: Source,
    steady: Mutex<Steady>,
    /// Which of the marks in the database this clock goes on from: none once somebody took another time for right.
    mark: Mutex<String>,
}

#[derive(Debug)]
enum Source {
    /// Since when this clock counts what has passed.
    System(Instant),
    Hands(Arc<Hands>),
}

/// What a test moves in place of the system's clocks.
#[derive(Debug)]
pub struct Hands {
    wall_ms: AtomicI64,
    passed_ms: AtomicI64,
}

impl Hands {
    /// A wall clock at `wall_ms`.
    pub fn new(wall_ms: i64) -> Arc<Self> {
        Arc::new(Self {
            wall_ms: AtomicI64::new(wall_ms),
            passed_ms: AtomicI64::new(0),
        })
    }

    /// Time goes by.
    pub fn pass_ms(&self, by: i64) {
        self.passed_ms.fetch_add(by, Ordering::SeqCst);
        self.step_ms(by);
    }

    /// Somebody sets the wall clock; no time goes by.
    pub fn step_ms(&self, by: i64) {
        self.wall_ms.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock {
    /// The system's clock, kept from going back.
    pub fn system() -> Self {
        Self::of(Source::System(Instant::now()))
    }

    /// The same over clocks that a test moves.
    pub fn by_hands(hands: &Arc<Hands>) -> Self {
        Self::of(Source::Hands(hands.clone()))
    }

    /// What moves a clock of [`Clock::by_hands`].
    pub fn hands(&self) -> Option<&Arc<Hands>> {
        match &self.0 {
            Kind::Steady(guarded) => match &guarded.source {
                Source::Hands(hands) => Some(hands),
                Source::System(_) => None,
            },
            Kind::Fixed(_) => None,
        }
    }

    /// A clock that stands at `now_ms` until it is moved.
    pub fn fixed(now_ms: i64) -> Self {
        Self(Kind::Fixed(Arc::new(AtomicI64::new(now_ms))))
    }

    fn of(source: Source) -> Self {
        Self(Kind::Steady(Arc::new(Guarded {
            source,
            steady: Mutex::default(),
            mark: Mutex::new(mark::FIRST.to_owned()),
        })))
    }

    /// Now, in milliseconds UTC.
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Kind::Fixed(value) => value.load(Ordering::SeqCst),
            Kind::Steady(guarded) => guarded.with(Steady::now),
        }
    }

    /// How far the system's clock is behind what this one tells, in milliseconds; 0 when it is not.
    pub fn behind_ms(&self) -> i64 {
        match &self.0 {
            Kind::Fixed(_) => 0,
            Kind::Steady(guarded) => guarded.with(|steady, wall, passed| {
                let now = steady.now(wall, passed);
                now.saturating_sub(wall).max(0)
            }),
        }
    }

    /// Until when time has passed for sure: it leaves out a step forward that may be taken back. `None` for
    /// a clock that a test moves as it likes.
    fn sure_ms(&self) -> Option<i64> {
        match &self.0 {
            Kind::Fixed(_) => None,
            Kind::Steady(guarded) => Some(guarded.with(Steady::sure)),
        }
    }

    /// Whether the time is not one of a step forward that may be taken back.
    pub(crate) fn is_sure(&self) -> bool {
        match &self.0 {
            Kind::Fixed(_) => true,
            Kind::Steady(guarded) => guarded.with(|steady, wall, passed| {
                steady.now(wall, passed);
                steady.is_sure()
            }),
        }
    }

    /// Goes on from a time that was told before this program started, by this mark.
    fn resume(&self, told_ms: i64, mark: String) {
        if let Kind::Steady(guarded) = &self.0 {
            guarded.with(|steady, _, passed| steady.resume(told_ms, passed));
            *guarded.mark.lock().unwrap_or_else(PoisonError::into_inner) = mark;
        }
    }

    fn mark(&self) -> String {
        match &self.0 {
            Kind::Fixed(_) => mark::FIRST.to_owned(),
            Kind::Steady(guarded) => {
                let mark = guarded.mark.lock().unwrap_or_else(PoisonError::into_inner);
                mark.clone()
            }
        }
    }

    /// Moves a fixed clock; a system clock stays as it is.
    pub fn advance_ms(&self, by: i64) {
        if let Kind::Fixed(value) = &self.0 {
            value.fetch_add(by, Ordering::SeqCst);
        }
    }
}

impl Guarded {
    fn with<T>(&self, body: impl FnOnce(&mut Steady, i64, i64) -> T) -> T {
        let mut steady = self.steady.lock().unwrap_or_else(PoisonError::into_inner);
        // Read within the lock: two readings in the wrong order would look like a step back.
        let (wall, passed) = match &self.source {
            Source::System(since) => (
                system_now_ms(),
                i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX),
            ),
            Source::Hands(hands) => (
                hands.wall_ms.load(Ordering::SeqCst),
                hands.passed_ms.load(Ordering::SeqCst),
            ),
        };
        body(&mut steady, wall, passed)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the system's clock"
)]
fn system_now_ms() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

pub const SECOND_MS: i64 = 1_000;
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
pub const DAY_MS: i64 = 24 * HOUR_MS;
