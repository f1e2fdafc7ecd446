//! The rule by which a clock follows the system's without going back.
//!
//! - While the wall clock keeps step with the time that passes, it is what is told.
//! - Once it fell behind what was told, time goes on from there at nine tenths of its pace until the wall clock
//!   has caught up: what had expired stays expired, what is timed goes on, and a small correction is made good
//!   within ten times its length.
//! - A step forward is followed at once. It counts as sure only after a while, so that a wrong time which is soon
//!   put right does not keep the server in the future; until then nothing is deleted for its age.

use super::MINUTE_MS;

/// From how far on a difference between wall clock and passed time is a step (S86: clocks differ by five minutes).
pub const STEP_MS: i64 = 5 * MINUTE_MS;
/// How long a step forward has to last until it counts as sure.
const CONFIRM_MS: i64 = 15 * MINUTE_MS;

/// What the wall clock showed when so much time had passed, in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Reading {
    wall: i64,
    passed: i64,
}

impl Reading {
    /// What a wall clock that keeps step shows by now.
    fn expected(self, passed: i64) -> i64 {
        self.wall.saturating_add(passed - self.passed)
    }
}

#[derive(Debug, Default)]
pub(super) struct Steady {
    sure: Option<Reading>,
    step: Option<Reading>,
}

impl Steady {
    pub(super) fn now(&mut self, wall: i64, passed: i64) -> i64 {
        let reading = Reading { wall, passed };
        let Some(sure) = self.sure else {
            self.sure = Some(reading);
            return wall;
        };
        let slow = sure.wall.saturating_add((passed - sure.passed) / 10 * 9);
        if wall < slow {
            self.step = None;
            return slow;
        }
        if wall.saturating_sub(sure.expected(passed)) > STEP_MS {
            let step = self
                .step
                .filter(|step| wall.abs_diff(step.expected(passed)) <= STEP_MS.unsigned_abs())
                .unwrap_or(reading);
            self.step = Some(step);
            if passed - step.passed < CONFIRM_MS {
                return wall;
            }
        }
        self.step = None;
        self.sure = Some(reading);
        wall
    }

    /// What is told now, or, within a step forward that is not sure yet, what was sure before it.
    pub(super) fn sure(&mut self, wall: i64, passed: i64) -> i64 {
        let now = self.now(wall, passed);
        match (self.step, self.sure) {
            (Some(_), Some(sure)) => sure.wall,
            _ => now,
        }
    }

    pub(super) fn is_sure(&self) -> bool {
        self.step.is_none()
    }

    pub(super) fn resume(&mut self, told_ms: i64, passed: i64) {
        self.step = None;
        self.sure = Some(Reading {
            wall: told_ms,
            passed,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DAY_MS, HOUR_MS, SECOND_MS};
    use super::*;

    const NOON: i64 = 1_800_000_000_000;

    #[test]
    fn it_is_the_wall_clock_while_that_keeps_step() {
        let mut clock = Steady::default();
        for minute in 0..200 {
            let passed = minute * MINUTE_MS;
            // Slewed by a tenth of a second each minute, as time services do.
            let wall = NOON + passed - minute * 100;
            assert_eq!(clock.now(wall, passed), wall);
        }
    }

    #[test]
    fn what_was_told_never_goes_back_and_is_caught_up_with() {
        let mut clock = Steady::default();
        let mut last = clock.now(NOON, 0);
        for second in 1..=700 {
            let passed = second * SECOND_MS;
            let wall = NOON + passed - MINUTE_MS;
            let now = clock.now(wall, passed);
            assert!(now >= last, "{second}");
            last = now;
        }
        assert_eq!(last, NOON + 700 * SECOND_MS - MINUTE_MS);
    }

    #[test]
    fn a_step_back_stops_nothing_that_is_timed() {
        let mut clock = Steady::default();
        clock.now(NOON, 0);
        let told = clock.now(NOON - 400 * DAY_MS, HOUR_MS);
        assert_eq!(told, NOON + HOUR_MS / 10 * 9);
        assert_eq!(clock.sure(NOON - 400 * DAY_MS, HOUR_MS), told);
    }

    #[test]
    fn a_step_forward_is_followed_and_can_be_taken_back_for_a_while() {
        let mut clock = Steady::default();
        clock.now(NOON, 0);
        let passed = CONFIRM_MS - 1;
        assert_eq!(clock.now(NOON + DAY_MS, 0), NOON + DAY_MS);
        assert_eq!(
            clock.now(NOON + DAY_MS + passed, passed),
            NOON + DAY_MS + passed
        );
        assert_eq!(clock.sure(NOON + DAY_MS + passed, passed), NOON);
        assert_eq!(clock.now(NOON + passed, passed), NOON + passed);
    }

    #[test]
    fn a_step_forward_that_lasts_is_sure() {
        let mut clock = Steady::default();
        clock.now(NOON, 0);
        clock.now(NOON + DAY_MS, 0);
        let there = NOON + DAY_MS + CONFIRM_MS;
        assert_eq!(clock.now(there, CONFIRM_MS), there);
        assert_eq!(clock.now(NOON + CONFIRM_MS, CONFIRM_MS), there);
    }

    #[test]
    fn another_step_has_to_last_as_long() {
        let mut clock = Steady::default();
        clock.now(NOON, 0);
        clock.now(NOON + DAY_MS, 0);
        let passed = CONFIRM_MS;
        clock.now(NOON + 9 * DAY_MS + passed, passed);
        assert_eq!(clock.now(NOON + passed, passed), NOON + passed);
    }

    #[test]
    fn it_goes_on_from_what_was_told_before_a_restart() {
        let mut clock = Steady::default();
        clock.now(NOON, 0);
        clock.resume(NOON + DAY_MS, 0);
        assert_eq!(clock.now(NOON, 0), NOON + DAY_MS);
        let mut clock = Steady::default();
        clock.resume(NOON - DAY_MS, 0);
        assert_eq!(clock.now(NOON, 0), NOON);
    }
}
