use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use tillsyn_apple::result::Status;

use crate::{Device, Session, Violation};

/// What a fleet has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FleetStats {
    /// Devices under management now.
    pub enrolled: u64,
    pub enrollments: u64,
    pub enroll_failures: u64,
    pub pushes: u64,
    pub sessions: u64,
    pub session_failures: u64,
    pub acknowledged: u64,
    pub not_now: u64,
    pub errors: u64,
    pub erased: u64,
    pub removed: u64,
    pub violations: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) enrolled: AtomicU64,
    pub(super) enrollments: AtomicU64,
    pub(super) enroll_failures: AtomicU64,
    pub(super) pushes: AtomicU64,
    sessions: AtomicU64,
    pub(super) session_failures: AtomicU64,
    acknowledged: AtomicU64,
    not_now: AtomicU64,
    errors: AtomicU64,
    pub(super) erased: AtomicU64,
    pub(super) removed: AtomicU64,
    violations: AtomicU64,
    kept: Mutex<Vec<(String, Violation)>>,
}

const MAX_KEPT: usize = 1_000;

pub(super) fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Counters {
    pub(super) fn session(&self, session: &Session) {
        add(&self.sessions);
        for handled in &session.handled {
            add(match handled.status {
                Status::NotNow => &self.not_now,
                Status::Acknowledged | Status::Idle => &self.acknowledged,
                Status::Error | Status::CommandFormatError => &self.errors,
            });
        }
    }

    pub(super) fn collect(&self, device: &mut Device) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for violation in device.take_violations() {
            add(&self.violations);
            if kept.len() < MAX_KEPT {
                kept.push((device.serial().to_owned(), violation));
            }
        }
    }

    pub(super) fn violations(&self) -> Vec<(String, Violation)> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clone()
    }

    pub(super) fn snapshot(&self) -> FleetStats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        FleetStats {
            enrolled: read(&self.enrolled),
            enrollments: read(&self.enrollments),
            enroll_failures: read(&self.enroll_failures),
            pushes: read(&self.pushes),
            sessions: read(&self.sessions),
            session_failures: read(&self.session_failures),
            acknowledged: read(&self.acknowledged),
            not_now: read(&self.not_now),
            errors: read(&self.errors),
            erased: read(&self.erased),
            removed: read(&self.removed),
            violations: read(&self.violations),
        }
    }
}
