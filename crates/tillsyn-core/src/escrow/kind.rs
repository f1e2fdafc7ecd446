//! The kinds of secrets and what each needs to be seen.

use crate::actor::Permission;

/// What a secret opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Unlocks a Mac that we locked.
    LockPin,
    /// Clears the passcode of an iPhone or iPad.
    UnlockToken,
    /// Lets a Mac, or an iPad in return to service, act for a volume owner.
    BootstrapToken,
    /// Opens the disk of a Mac.
    FileVaultKey,
    /// Made by the device: removes its activation lock.
    ActivationLockBypassDevice,
    /// Made by us with the registry: removes the lock that we set.
    ActivationLockBypassServer,
    /// Opens recovery mode of a Mac with Apple silicon.
    RecoveryLockPassword,
    /// Opens recovery mode of a Mac with Intel processor.
    FirmwarePassword,
    /// The managed administrator of a Mac.
    AdminPassword,
}

/// Kinds that one permission reveals (security S04).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Read out to whoever stands in front of the device.
    Pins,
    /// Open what is on the device, or the device for another owner.
    Keys,
    /// Used by the server itself; a person needs them only to move to another server.
    Tokens,
}

impl Kind {
    pub const ALL: &'static [(Kind, &'static str)] = &[
        (Kind::LockPin, "lock_pin"),
        (Kind::UnlockToken, "unlock_token"),
        (Kind::BootstrapToken, "bootstrap_token"),
        (Kind::FileVaultKey, "filevault_key"),
        (
            Kind::ActivationLockBypassDevice,
            "activation_lock_bypass_device",
        ),
        (
            Kind::ActivationLockBypassServer,
            "activation_lock_bypass_server",
        ),
        (Kind::RecoveryLockPassword, "recovery_lock_password"),
        (Kind::FirmwarePassword, "firmware_password"),
        (Kind::AdminPassword, "admin_password"),
    ];

    /// The stable name, in the store and in the API.
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("", |(_, name)| name)
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, n)| *n == name)
            .map(|(kind, _)| *kind)
    }

    pub fn group(self) -> Group {
        match self {
            Self::LockPin => Group::Pins,
            Self::UnlockToken | Self::BootstrapToken => Group::Tokens,
            _ => Group::Keys,
        }
    }

    /// What revealing it needs.
    pub fn permission(self) -> Permission {
        match self.group() {
            Group::Pins => Permission::SecretsRevealPins,
            Group::Keys => Permission::SecretsRevealKeys,
            Group::Tokens => Permission::SecretsRevealTokens,
        }
    }

    /// Whether it may be held for a personal device at all: there a server keeps nothing that opens the
    /// device of somebody else, except the PIN of a lock that it sent itself (security S41).
    pub(crate) fn allowed_on_personal(self) -> bool {
        matches!(self, Self::LockPin | Self::BootstrapToken)
    }

    /// What a person may see of a personal device: the PIN of a lock of ours, so that its owner can go on.
    pub(crate) fn shown_of_personal(self) -> bool {
        self == Self::LockPin
    }

    /// Whether people can read it as it is; the others are shown as Base64.
    pub fn is_text(self) -> bool {
        self.group() != Group::Tokens
    }
}
