//! When a server is asked at all: not while it does not answer, and not by too many at once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::SECOND_MS;

/// So many questions in a row without an answer, and nobody is sent there for a while.
const FAILURES: u32 = 5;
const PAUSE_MS: i64 = 30 * SECOND_MS;
/// Each holds a device's connection for as long as the server takes.
const AT_ONCE: usize = 64;

#[derive(Clone, Copy, Default)]
struct Target {
    failures: u32,
    paused_until: i64,
    /// Somebody is trying whether the server is back.
    on_trial: bool,
    under_way: usize,
}

/// What this node knows of the servers that it asks.
#[derive(Default)]
pub(super) struct Breaker(Mutex<HashMap<String, Target>>);

impl Breaker {
    /// Leave to ask; `None` when the server is left alone.
    pub(super) fn enter(&self, target: &str, now_ms: i64) -> Option<Leave<'_>> {
        let mut targets = self.targets();
        let known = targets.entry(target.to_owned()).or_default();
        let broken = known.failures >= FAILURES;
        if known.under_way >= AT_ONCE || (broken && (known.on_trial || now_ms < known.paused_until))
        {
            return None;
        }
        known.on_trial = broken;
        known.under_way += 1;
        Some(Leave {
            breaker: self,
            target: target.to_owned(),
            tries: broken,
        })
    }

    fn targets(&self) -> MutexGuard<'_, HashMap<String, Target>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One question under way. Dropped without a word, as when the device goes away, it says nothing of the server.
pub(super) struct Leave<'a> {
    breaker: &'a Breaker,
    target: String,
    tries: bool,
}

impl Leave<'_> {
    pub(super) fn answered(self) {
        if let Some(known) = self.breaker.targets().get_mut(&self.target) {
            known.failures = 0;
        }
    }

    pub(super) fn not_answered(self, now_ms: i64) {
        if let Some(known) = self.breaker.targets().get_mut(&self.target) {
            known.failures = known.failures.saturating_add(1);
            if known.failures >= FAILURES {
                known.paused_until = now_ms + PAUSE_MS;
            }
        }
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        let mut targets = self.breaker.targets();
        let Some(known) = targets.get_mut(&self.target) else {
            return;
        };
        known.under_way = known.under_way.saturating_sub(1);
        if self.tries {
            known.on_trial = false;
        }
        // Nothing to remember: the map holds only servers that are asked now or do not answer.
        if known.under_way == 0 && known.failures == 0 {
            targets.remove(&self.target);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "tests")]

    use super::*;

    const T: &str = "dm.example.org";

    fn fail(breaker: &Breaker, now_ms: i64) {
        let leave = breaker.enter(T, now_ms).expect("let through");
        leave.not_answered(now_ms);
    }

    #[test]
    fn it_opens_after_five_and_closes_after_an_answer() {
        let breaker = Breaker::default();
        for _ in 0..4 {
            fail(&breaker, 0);
        }
        // An answer between them begins the count again.
        breaker.enter(T, 0).expect("let through").answered();
        for _ in 0..5 {
            fail(&breaker, 0);
        }
        assert!(breaker.enter(T, PAUSE_MS - 1).is_none());
        assert!(breaker.enter("other", 0).is_some(), "each by itself");
        // One tries; the others wait for what it finds.
        let trial = breaker.enter(T, PAUSE_MS).expect("a trial");
        assert!(breaker.enter(T, PAUSE_MS).is_none());
        trial.not_answered(PAUSE_MS);
        assert!(breaker.enter(T, 2 * PAUSE_MS - 1).is_none());
        // A trial whose device went away is no verdict, and the next one may try.
        drop(breaker.enter(T, 2 * PAUSE_MS).expect("a trial"));
        breaker.enter(T, 2 * PAUSE_MS).expect("a trial").answered();
        assert!(breaker.enter(T, 2 * PAUSE_MS).is_some());
        assert!(breaker.targets().is_empty());
    }

    #[test]
    fn only_so_many_wait_at_once() {
        let breaker = Breaker::default();
        let mut all: Vec<_> = (0..AT_ONCE).filter_map(|_| breaker.enter(T, 0)).collect();
        assert_eq!(all.len(), AT_ONCE);
        assert!(breaker.enter(T, 0).is_none());
        all.pop();
        assert!(breaker.enter(T, 0).is_some());
    }
}
