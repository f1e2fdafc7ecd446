//! When a refused item is tried again.

use crate::clock::{DAY_MS, HOUR_MS, MINUTE_MS};

/// Why a device said no, and whether the same may go better later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Tried again by itself, later and later.
    Passing,
    /// Only a change helps: of the profile, of the device, or somebody's asking.
    Lasting,
}

/// Times between attempts; the last one stays.
const LADDER: [i64; 4] = [5 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS];

/// How long to wait after so many failures in a row; `None` waits for a change.
pub(crate) fn wait_ms(failure: Failure, failures: i64) -> Option<i64> {
    let rung = usize::try_from(failures.max(1) - 1).unwrap_or(usize::MAX);
    match failure {
        Failure::Lasting => None,
        Failure::Passing => Some(LADDER[rung.min(LADDER.len() - 1)]),
    }
}

/// How often in a row a device lost an item by itself, this time among them. `proved_ms` is how long it was
/// seen to keep it: after a day the next loss is a first one.
pub(crate) fn losses_after(losses: i64, proved_ms: i64) -> i64 {
    if proved_ms >= DAY_MS {
        return 1;
    }
    losses.saturating_add(1)
}

/// How long to wait before what was lost is put back: at once the first time, then later and later. A device
/// that acknowledges what it never lists, or a person who removes it each time, is not given it for ever.
pub(crate) fn wait_after_loss_ms(losses: i64) -> i64 {
    if losses <= 1 {
        return 0;
    }
    wait_ms(Failure::Passing, losses - 1).unwrap_or(DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passing_failure_is_tried_later_and_later() {
        let waits: Vec<_> = (1..=6).map(|n| wait_ms(Failure::Passing, n)).collect();
        let minutes = [5, 60, 360, 1440, 1440, 1440].map(|m| Some(m * MINUTE_MS));
        assert_eq!(waits, minutes);
        assert_eq!(wait_ms(Failure::Lasting, 1), None);
    }
    #[test]
    fn what_is_lost_again_and_again_is_put_back_later_and_later() {
        let mut losses = 0;
        let mut waits = Vec::new();
        for _ in 0..6 {
            losses = losses_after(losses, HOUR_MS);
            waits.push(wait_after_loss_ms(losses) / MINUTE_MS);
        }
        assert_eq!(waits, [0, 5, 60, 360, 1440, 1440]);
        // Kept for a day, it is put back at once.
        assert_eq!(wait_after_loss_ms(losses_after(losses, DAY_MS)), 0);
    }
}
