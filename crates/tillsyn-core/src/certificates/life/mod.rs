//! The life of a certificate, as functions of values: its status, when its renewal begins, when to warn.

use crate::clock::DAY_MS;

/// How a certificate stands (architecture §2a).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateStatus {
    Valid,
    Renewing,
    Expiring,
    Expired,
    Revoked,
}

impl CertificateStatus {
    pub const ALL: [Self; 5] = [
        Self::Valid,
        Self::Renewing,
        Self::Expiring,
        Self::Expired,
        Self::Revoked,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Renewing => "renewing",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

/// What the status depends on.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    pub not_after: i64,
    pub revoked: bool,
    /// A renewal was asked for, and no other certificate is in use yet.
    pub renewing: bool,
    /// The last try came to nothing.
    pub late: bool,
}

/// How long before its end a certificate counts as expiring.
pub(super) const EXPIRING_MS: i64 = 30 * DAY_MS;

/// The status now. A renewal that the device did not take leaves the certificate *expiring*, however many
/// days it still has: somebody has to look.
pub fn status(facts: Facts, now_ms: i64) -> CertificateStatus {
    if facts.revoked {
        CertificateStatus::Revoked
    } else if facts.not_after <= now_ms {
        CertificateStatus::Expired
    } else if facts.late {
        CertificateStatus::Expiring
    } else if facts.renewing {
        CertificateStatus::Renewing
    } else if facts.not_after - now_ms <= EXPIRING_MS {
        CertificateStatus::Expiring
    } else {
        CertificateStatus::Valid
    }
}

/// How long before its end the renewal of a certificate may begin: 60 days for a year, 30 for less, never
/// more than a third of its life.
pub(crate) fn lead_ms(not_before: i64, not_after: i64) -> i64 {
    let life = not_after.saturating_sub(not_before).max(0);
    let most = if life >= 365 * DAY_MS { 60 } else { 30 } * DAY_MS;
    most.min(life / 3)
}

/// When the renewal begins: somewhere in the first half of the lead, so that a fleet that enrolled in one
/// morning does not come back in one morning. `seed` is the certificate's hash.
pub(crate) fn renew_at(not_before: i64, not_after: i64, seed: &[u8; 32]) -> i64 {
    let lead = lead_ms(not_before, not_after);
    let [a, b, c, d, ..] = *seed;
    let share = i64::from(u32::from_be_bytes([a, b, c, d]) >> 12);
    not_after - lead + lead / 2 * share / (1 << 20)
}

/// The days before the end at which somebody is warned; 0 is the end itself.
const LADDER: [i64; 5] = [30, 14, 7, 1, 0];

/// When to warn next, after `now_ms`. A rung above half the lead would warn of renewals that have not begun.
pub(crate) fn next_warning(not_before: i64, not_after: i64, now_ms: i64) -> Option<i64> {
    let half = lead_ms(not_before, not_after) / 2;
    LADDER
        .into_iter()
        .filter(|days| days * DAY_MS <= half)
        .map(|days| not_after - days * DAY_MS)
        .find(|at| *at > now_ms)
}

/// Whole days left, as a warning says them.
pub(crate) fn days_left(not_after: i64, now_ms: i64) -> i64 {
    (not_after - now_ms + DAY_MS - 1).div_euclid(DAY_MS)
}

#[cfg(test)]
mod tests;
