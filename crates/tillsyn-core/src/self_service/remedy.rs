//! From what is known of a device to what its person can do about it. Pure.

use crate::clock::DAY_MS;

/// After so many days without a word a device is asked after.
pub const QUIET_DAYS: i64 = 7;

/// What is known of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Whether it is managed now.
    pub enrolled: bool,
    pub stolen: bool,
    pub lost: bool,
    /// An erase or removal that its person asked for is on its way.
    pub leaving: bool,
    pub last_seen: Option<i64>,
    /// Whether pushes reach it no more.
    pub push_dead: bool,
    /// Names of what it refuses to install.
    pub refused: Vec<String>,
}

/// One thing to do, or to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Reported stolen: it is closed.
    Stolen,
    /// In lost mode: it shows the words and nothing else.
    Lost,
    /// It leaves: nothing more is to be done.
    Leaving,
    /// It is not managed any more, so nothing of work reaches it.
    EnrollAgain,
    /// It has not said anything for so many days: unlock it, put it on a network, ask it to check in.
    OpenAndCheckIn { days: i64 },
    /// It cannot be woken: it has to come by itself, or be enrolled again.
    PushDead,
    /// It refuses something that it is to have.
    Refused { names: Vec<String> },
}

impl Remedy {
    /// Whether the device is closed to its person by it.
    pub fn blocks(&self) -> bool {
        matches!(self, Self::Stolen | Self::Lost)
    }

    /// Whether there is something to do.
    pub fn is_task(&self) -> bool {
        !matches!(self, Self::Stolen | Self::Lost | Self::Leaving)
    }

    /// The stable word.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Stolen => "stolen",
            Self::Lost => "lost",
            Self::Leaving => "leaving",
            Self::EnrollAgain => "enroll_again",
            Self::OpenAndCheckIn { .. } => "open_and_check_in",
            Self::PushDead => "push_dead",
            Self::Refused { .. } => "refused",
        }
    }
}

/// What there is to do, the most pressing first; nothing when all is in order.
pub fn remedies(health: &Health, now_ms: i64) -> Vec<Remedy> {
    if health.stolen {
        return vec![Remedy::Stolen];
    }
    if !health.enrolled {
        return vec![Remedy::EnrollAgain];
    }
    if health.lost {
        return vec![Remedy::Lost];
    }
    if health.leaving {
        return vec![Remedy::Leaving];
    }
    let mut all = Vec::new();
    // A device that cannot be woken is silent for that reason: one thing to do, not two.
    if health.push_dead {
        all.push(Remedy::PushDead);
    } else if let Some(days) = quiet_days(health, now_ms) {
        all.push(Remedy::OpenAndCheckIn { days });
    }
    if !health.refused.is_empty() {
        all.push(Remedy::Refused {
            names: health.refused.clone(),
        });
    }
    all
}

/// For how many days it was silent, when that is long.
fn quiet_days(health: &Health, now_ms: i64) -> Option<i64> {
    let silent = now_ms.saturating_sub(health.last_seen?);
    let days = silent / DAY_MS;
    (days >= QUIET_DAYS).then_some(days)
}
