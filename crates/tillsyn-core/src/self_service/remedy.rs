//! From what is known of a device to what its person can do about it. Pure.

use crate::clock::{DAY_MS, HOUR_MS};

/// After so many days without a word a device is asked after.
pub const QUIET_DAYS: i64 = 7;

/// With less than this free, systems and apps do not update any more.
pub const ROOM_BYTES: i64 = 2_000_000_000;

/// So long a Mac may take to tell of the account of its person.
const ACCOUNT_MS: i64 = HOUR_MS;

/// Why a device is not managed now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gone {
    /// The management profile was removed on the device.
    RemovedOnDevice,
    /// Somebody removed it from management: an administrator, or its person here.
    Retired,
    Erased,
    /// It takes no pushes and said nothing since: most likely it was erased by hand.
    Silent,
    #[default]
    Other,
}

impl Gone {
    /// From how its last enrollment ended.
    pub fn of(status: &str, reason: Option<&str>) -> Self {
        match (status, reason) {
            ("inactive", _) => Self::Silent,
            ("wiped" | "reset", _) => Self::Erased,
            (_, Some("removed_by_user")) => Self::RemovedOnDevice,
            (_, Some("retired")) => Self::Retired,
            _ => Self::Other,
        }
    }
}

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
    /// How it left, where it is not managed.
    pub gone: Gone,
    /// It said that it has no passcode.
    pub no_passcode: bool,
    pub free_bytes: Option<i64>,
    /// The system that it says it could have.
    pub update: Option<String>,
    /// A Mac that has told of no account to manage along, since it was enrolled.
    pub no_account_since: Option<i64>,
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
    EnrollAgain { gone: Gone },
    /// It has not said anything for so many days: unlock it, put it on a network, ask it to check in.
    OpenAndCheckIn { days: i64 },
    /// It cannot be woken: it has to come by itself, or be enrolled again.
    PushDead,
    /// It refuses something that it is to have.
    Refused { names: Vec<String> },
    /// Whoever finds it can open it.
    SetPasscode,
    /// Its system is older than the one that it is offered.
    UpdateSystem { version: String },
    /// There is no room for updates and new mail.
    FreeStorage { free_bytes: i64 },
    /// A Mac without an account that is managed along.
    LogInAgain,
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
            Self::EnrollAgain { .. } => "enroll_again",
            Self::OpenAndCheckIn { .. } => "open_and_check_in",
            Self::PushDead => "push_dead",
            Self::Refused { .. } => "refused",
            Self::SetPasscode => "set_passcode",
            Self::UpdateSystem { .. } => "update_system",
            Self::FreeStorage { .. } => "free_storage",
            Self::LogInAgain => "log_in_again",
        }
    }
}

/// What there is to do, the most pressing first; nothing when all is in order.
pub fn remedies(health: &Health, now_ms: i64) -> Vec<Remedy> {
    if health.stolen {
        return vec![Remedy::Stolen];
    }
    if !health.enrolled {
        return vec![Remedy::EnrollAgain { gone: health.gone }];
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
    let waits = |since| now_ms.saturating_sub(since) >= ACCOUNT_MS;
    if health.no_account_since.is_some_and(waits) {
        all.push(Remedy::LogInAgain);
    }
    if health.no_passcode {
        all.push(Remedy::SetPasscode);
    }
    // An update needs room first.
    if let Some(free_bytes) = health.free_bytes.filter(|free| *free < ROOM_BYTES) {
        all.push(Remedy::FreeStorage { free_bytes });
    }
    if let Some(version) = &health.update {
        all.push(Remedy::UpdateSystem {
            version: version.clone(),
        });
    }
    all
}

/// The newest of the versions that a device is offered, if that is newer than what it has.
pub(super) fn newest(offered: impl Iterator<Item = String>, has: Option<&str>) -> Option<String> {
    let has = numbers(has?)?;
    offered
        .filter_map(|version| Some((numbers(&version)?, version)))
        .filter(|(number, _)| *number > has)
        .max()
        .map(|(_, version)| version)
}

/// `26.1.2`, so that 26.10 is newer than 26.9 and 26 is 26.0.
fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut parts = version.trim().split('.');
    let mut numbers = [0; 3];
    for number in &mut numbers {
        match parts.next() {
            Some(part) => *number = part.parse().ok()?,
            None => break,
        }
    }
    parts.next().is_none().then_some(numbers)
}

/// For how many days it was silent, when that is long.
fn quiet_days(health: &Health, now_ms: i64) -> Option<i64> {
    let silent = now_ms.saturating_sub(health.last_seen?);
    let days = silent / DAY_MS;
    (days >= QUIET_DAYS).then_some(days)
}
