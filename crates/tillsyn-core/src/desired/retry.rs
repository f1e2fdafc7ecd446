//! When a refused item is tried again.

use crate::clock::{HOUR_MS, MINUTE_MS};

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
}
