//! The values that a decision is made of.

/// What one channel is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Desired {
    /// `profile`; other kinds come.
    pub(crate) kind: &'static str,
    /// What the device knows it by.
    pub(crate) item: String,
    pub(crate) item_id: String,
    pub(crate) version: i64,
    pub(crate) hash: String,
    /// The assignments that want it.
    pub(crate) assignments: Vec<String>,
    /// Why this device cannot take it.
    pub(crate) refusal: Option<Reason>,
}

/// Why something is not as desired: a stable code, and more of it as JSON.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Reason {
    pub(crate) code: String,
    pub(crate) detail: Option<String>,
}

impl Reason {
    pub(crate) fn new(code: &str, detail: Option<String>) -> Self {
        Self {
            code: code.to_owned(),
            detail,
        }
    }
}

/// One item that a channel has, had, or is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Observed {
    pub(crate) kind: &'static str,
    pub(crate) item: String,
    /// What was wanted when it was looked at last; `None` was to be absent.
    pub(crate) desired_hash: Option<String>,
    pub(crate) knowledge: Knowledge,
    pub(crate) reason: Option<Reason>,
    /// Failures in a row of what was wanted last.
    pub(crate) failures: i64,
    /// Whether the time of its next attempt has come.
    pub(crate) may_try: bool,
    /// The unfinished command that works on it.
    pub(crate) work: Option<Work>,
}

/// What is known of an item on a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Knowledge {
    /// Acknowledged last, and not disproved since.
    pub(crate) delivered: Option<Version>,
    /// Bytes were handed to the device.
    pub(crate) sent: bool,
    /// Handed out earlier, and the device never said what came of it: each may be there until a list tells.
    pub(crate) unanswered: Vec<Version>,
    /// Proved by the device's own list since.
    pub(crate) confirmed: Option<String>,
}

/// A version with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) number: i64,
    pub(crate) hash: String,
}

/// An unfinished command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Work {
    /// What it installs; `None` removes.
    pub(crate) installs: Option<Version>,
    /// The device has it: nobody can take it back.
    pub(crate) fetched: bool,
}

/// Where an item stands (architecture §2a, "Item on a device").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    AsDesired,
    Behind,
    ToInstall,
    ToRemove,
    Refused,
    Unverified,
}

impl State {
    pub const ALL: [Self; 6] = [
        Self::AsDesired,
        Self::Behind,
        Self::ToInstall,
        Self::ToRemove,
        Self::Refused,
        Self::Unverified,
    ];

    /// The value in store and API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AsDesired => "as_desired",
            Self::Behind => "behind",
            Self::ToInstall => "to_install",
            Self::ToRemove => "to_remove",
            Self::Refused => "refused",
            Self::Unverified => "unverified",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Install,
    /// Another version takes the place of the one that is there.
    Replace,
    /// The same version with other values or another credential.
    Renew,
    Remove,
    /// The device is asked what it has.
    Verify,
}

impl Step {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Replace => "replace",
            Self::Renew => "renew",
            Self::Remove => "remove",
            Self::Verify => "verify",
        }
    }
}

/// The decision on one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) kind: &'static str,
    pub(crate) item: String,
    /// `None`: nothing is wanted and nothing is there, so nothing is kept.
    pub(crate) state: Option<State>,
    pub(crate) reason: Option<Reason>,
    pub(crate) step: Option<Step>,
    /// The waiting command is pointless: it never goes.
    pub(crate) supersede: bool,
    /// The waiting command is of the right version and is expanded when it goes: it carries this hash now.
    pub(crate) carries: Option<String>,
    /// What is wanted is new: earlier failures no longer count.
    pub(crate) fresh: bool,
}
