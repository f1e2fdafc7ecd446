//! The acts, and how far a policy lets them.

use serde::{Deserialize, Serialize};

use crate::commands::Act;

/// Something that a person may do to a device of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelfAct {
    /// Asking the device how it is.
    CheckIn,
    /// Giving it a name of their own.
    Rename,
    Lock,
    /// Lost mode on, and off again what they turned on themselves.
    LostMode,
    /// Ending the management: the work data goes, what is their own stays.
    Remove,
    /// Erasing everything.
    Erase,
    ClearPasscode,
    /// Enrolling it again.
    Reenroll,
}

impl SelfAct {
    pub const ALL: [Self; 8] = [
        Self::CheckIn,
        Self::Rename,
        Self::Lock,
        Self::LostMode,
        Self::ClearPasscode,
        Self::Remove,
        Self::Erase,
        Self::Reenroll,
    ];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CheckIn => "check_in",
            Self::Rename => "rename",
            Self::Lock => "lock",
            Self::LostMode => "lost_mode",
            Self::Remove => "remove",
            Self::Erase => "erase",
            Self::ClearPasscode => "clear_passcode",
            Self::Reenroll => "reenroll",
        }
    }

    /// Reads a stable word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == text)
    }

    /// Whether an administrator can be asked to agree first: to what cannot be undone.
    pub fn can_be_asked(self) -> bool {
        matches!(self, Self::Remove | Self::Erase | Self::ClearPasscode)
    }

    /// Whether it exists on a personal device: we erase none, clear no passcode of one and do not track it (S41).
    pub fn on_personal(self) -> bool {
        !matches!(self, Self::LostMode | Self::Erase | Self::ClearPasscode)
    }

    /// Which one a command is; `None` for what people are never let do.
    pub(crate) fn of(request_type: &str, act: Option<Act>) -> Option<Self> {
        match (request_type, act) {
            ("DeviceInformation" | "SecurityInfo", None) => Some(Self::CheckIn),
            ("DeviceLock", Some(Act::Lock)) => Some(Self::Lock),
            ("EnableLostMode" | "DisableLostMode", _) => Some(Self::LostMode),
            ("RemoveProfile", Some(Act::Retire)) => Some(Self::Remove),
            ("EraseDevice", Some(Act::Erase)) => Some(Self::Erase),
            ("ClearPasscode", Some(Act::ClearPasscode)) => Some(Self::ClearPasscode),
            _ => None,
        }
    }
}

/// How far an act is let.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Off,
    /// When an administrator agrees.
    Approval,
    On,
}

impl Level {
    pub const ALL: [Self; 3] = [Self::Off, Self::Approval, Self::On];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Approval => "approval",
            Self::On => "on",
        }
    }

    /// Reads a stable word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }
}

/// Whose the device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Corporate,
    Personal,
}

impl Owner {
    pub const ALL: [Self; 2] = [Self::Corporate, Self::Personal];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Corporate => "corporate",
            Self::Personal => "personal",
        }
    }

    /// Of an enrollment's word; `None` for one that we do not know, which lets nothing happen.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|owner| owner.as_str() == text)
    }
}
