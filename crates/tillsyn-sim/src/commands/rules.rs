//! Who carries out which command. Written from Apple's schema, by hand and on purpose: the server
//! has its own table, and a mistake in one shows against the other.
// Apple schema mdm/commands, `supportedOS` of each file

use super::answer::Answer;
use crate::config::DeviceConfig;

/// The rule of one `RequestType`. A version of `None`: not on this platform.
pub(super) struct CommandRule {
    pub(super) request_type: &'static str,
    ios: Option<(u32, u32)>,
    mac: Option<(u32, u32)>,
    /// Bit of `AccessRights`; 0 for none.
    right: u32,
    flags: u16,
}

/// Supervised only, on iPhones and iPads.
const S: u16 = 1;
/// Supervised only, on Macs.
const MS: u16 = 1 << 1;
/// Automated Device Enrollment only.
const ADE: u16 = 1 << 2;
/// Allowed in User Enrollment, on iPhones and iPads.
const UE: u16 = 1 << 3;
/// Allowed in User Enrollment, on Macs.
const MUE: u16 = 1 << 4;
/// A Mac's user channel has it too.
const MU: u16 = 1 << 5;
/// A Mac's user channel alone has it.
const MUO: u16 = 1 << 6;
/// The device channel of a Shared iPad has it.
const SD: u16 = 1 << 7;
/// The user channels of a Shared iPad have it.
const SU: u16 = 1 << 8;
/// No other iPad has it.
const SHARED: u16 = 1 << 9;
/// Gone since version 27.
const GONE: u16 = 1 << 10;

const fn rule(
    request_type: &'static str,
    ios: Option<(u32, u32)>,
    mac: Option<(u32, u32)>,
    right: u32,
    flags: u16,
) -> CommandRule {
    CommandRule {
        request_type,
        ios,
        mac,
        right,
        flags,
    }
}

const RULES: &[CommandRule] = &[
    rule("AccountConfiguration", None, Some((10, 11)), 0, ADE),
    rule(
        "ActivationLockBypassCode",
        Some((7, 1)),
        Some((10, 15)),
        0,
        S | MS,
    ),
    rule("ActiveNSExtensions", None, Some((10, 13)), 256, MUO),
    rule(
        "AvailableOSUpdates",
        Some((9, 0)),
        Some((10, 11)),
        0,
        S | SD | GONE,
    ),
    rule(
        "CancelEnhancedLogCollection",
        Some((27, 0)),
        Some((27, 0)),
        0,
        S | MS | MUO | SD,
    ),
    rule(
        "CertificateList",
        Some((4, 0)),
        Some((10, 7)),
        1,
        UE | MUE | MU | SD,
    ),
    rule(
        "ClearActivationLockBypassCode",
        Some((7, 1)),
        Some((10, 15)),
        0,
        S | MS,
    ),
    rule("ClearPasscode", Some((4, 0)), None, 4, 0),
    rule("ClearRestrictionsPassword", Some((8, 0)), None, 0, S),
    rule("ContentCachingInformation", None, Some((10, 15)), 32, 0),
    rule(
        "DeclarativeManagement",
        Some((15, 0)),
        Some((13, 0)),
        0,
        UE | MUE | MU | SD | SU,
    ),
    rule(
        "DeleteUser",
        Some((9, 3)),
        Some((10, 13)),
        0,
        MS | SD | SHARED,
    ),
    rule(
        "DeviceConfigured",
        Some((9, 0)),
        Some((10, 11)),
        0,
        S | ADE | SD,
    ),
    rule(
        "DeviceInformation",
        Some((4, 0)),
        Some((10, 7)),
        0,
        UE | MUE | MU | SD | SU,
    ),
    rule("DeviceLocation", Some((9, 3)), None, 0, S | SD),
    rule("DeviceLock", Some((4, 0)), Some((10, 7)), 4, UE | SD),
    rule("DisableLostMode", Some((9, 3)), None, 0, S | SD),
    rule("DisableRemoteDesktop", None, Some((10, 14)), 0, MS),
    rule("EnableLostMode", Some((9, 3)), None, 0, S | SD),
    rule("EnableRemoteDesktop", None, Some((10, 14)), 0, MS),
    rule("EraseDevice", Some((4, 0)), Some((10, 7)), 8, SD),
    rule(
        "InstallProfile",
        Some((4, 0)),
        Some((10, 7)),
        2,
        UE | MUE | MU | SD | SU,
    ),
    rule(
        "InstallProvisioningProfile",
        Some((4, 0)),
        Some((11, 0)),
        128,
        UE | MUE | SD,
    ),
    rule(
        "InstalledApplicationList",
        Some((5, 0)),
        Some((10, 7)),
        256,
        UE | MU | SD,
    ),
    rule("LOMDeviceRequest", None, Some((11, 0)), 4, 0),
    rule("LOMSetupRequest", None, Some((11, 0)), 4, 0),
    rule("LogOutUser", Some((9, 3)), None, 0, SD | SHARED),
    rule("NSExtensionMappings", None, Some((10, 13)), 256, MUO),
    rule(
        "OSUpdateStatus",
        Some((9, 0)),
        Some((10, 11)),
        0,
        S | MS | SD | GONE,
    ),
    rule("PlayLostModeSound", Some((10, 3)), None, 0, S | SD),
    rule(
        "ProfileList",
        Some((4, 0)),
        Some((10, 7)),
        1,
        UE | MUE | MU | SD | SU,
    ),
    rule(
        "ProvisioningProfileList",
        Some((4, 0)),
        Some((11, 0)),
        64,
        UE | MUE | SD,
    ),
    rule("RefreshCellularPlans", Some((13, 0)), None, 0, SD),
    rule(
        "RemoveProfile",
        Some((4, 0)),
        Some((10, 7)),
        2,
        UE | MUE | MU | SD | SU,
    ),
    rule(
        "RemoveProvisioningProfile",
        Some((4, 0)),
        Some((11, 0)),
        128,
        UE | MUE | SD,
    ),
    rule(
        "RequestMirroring",
        Some((7, 0)),
        Some((10, 10)),
        0,
        UE | MUE | SD,
    ),
    rule("RequestUnlockToken", Some((5, 0)), None, 0, S),
    rule("RestartDevice", Some((10, 3)), Some((10, 13)), 4, S | SD),
    rule("Restrictions", Some((4, 0)), None, 512, SD | SU),
    rule("RotateFileVaultKey", None, Some((10, 9)), 4, 0),
    rule(
        "ScheduleOSUpdate",
        Some((9, 0)),
        Some((10, 11)),
        0,
        S | MS | SD | GONE,
    ),
    rule("ScheduleOSUpdateScan", None, Some((10, 11)), 0, MS | GONE),
    rule(
        "SecurityInfo",
        Some((4, 0)),
        Some((10, 7)),
        1024,
        UE | MUE | MU | SD,
    ),
    rule("SetAutoAdminPassword", None, Some((10, 11)), 0, ADE),
    rule("SetFirmwarePassword", None, Some((10, 13)), 4, 0),
    rule("SetRecoveryLock", None, Some((11, 5)), 4, 0),
    rule(
        "Settings",
        Some((5, 0)),
        Some((10, 9)),
        2048,
        UE | MUE | MU | SD | SU,
    ),
    rule("ShutDownDevice", Some((10, 3)), Some((10, 13)), 4, S | SD),
    rule("StopMirroring", Some((7, 0)), Some((10, 10)), 0, S | SD),
    rule(
        "TriggerEnhancedLogCollection",
        Some((27, 0)),
        Some((27, 0)),
        0,
        S | MS | MUO | SD,
    ),
    rule("UnlockUserAccount", None, Some((10, 13)), 4, 0),
    rule("UserConfigured", Some((17, 0)), None, 0, S | SU | SHARED),
    rule(
        "UserList",
        Some((9, 3)),
        Some((10, 13)),
        0,
        MS | SD | SHARED,
    ),
    rule("VerifyFirmwarePassword", None, Some((10, 13)), 0, 0),
    rule("VerifyRecoveryLock", None, Some((11, 5)), 4, 0),
];

/// Every `RequestType` that these devices know.
#[cfg(test)]
pub(super) fn known() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.request_type)
}

/// Where a command arrived.
#[derive(Debug, Clone, Copy)]
pub(super) struct Situation<'a> {
    pub(super) config: &'a DeviceConfig,
    pub(super) user_channel: bool,
    pub(super) byod: bool,
    /// `AccessRights`; `None` where the profile has none.
    pub(super) rights: Option<u32>,
}

/// Why a command is not for this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Nothing that these devices know; perhaps another kind of device does.
    Unknown,
    /// The schema says that it is not for this device, which a server has to know.
    NotForThisDevice(&'static str),
    /// The profile does not grant it.
    NoRight,
}

pub(super) fn check(request_type: &str, at: Situation<'_>) -> Result<(), Refusal> {
    let Some(rule) = RULES.iter().find(|rule| rule.request_type == request_type) else {
        return Err(Refusal::Unknown);
    };
    let config = at.config;
    let mac = config.kind.is_mac();
    let has = |flag: u16| rule.flags & flag != 0;
    let refuse = |text| Err(Refusal::NotForThisDevice(text));
    let Some(introduced) = (if mac { rule.mac } else { rule.ios }) else {
        return refuse("the platform does not have it");
    };
    if config.os() < introduced {
        return refuse("the system is too old");
    }
    if has(GONE) && config.os_major() >= 27 {
        return refuse("the system no longer has it");
    }
    if !config.supervised && has(if mac { MS } else { S }) {
        return refuse("the device is not supervised");
    }
    if has(ADE) && !config.automated {
        return refuse("the device did not come by Automated Device Enrollment");
    }
    if at.byod && !has(if mac { MUE } else { UE }) {
        return refuse("User Enrollment does not allow it");
    }
    let channel = match (mac, config.shared_ipad, at.user_channel) {
        (true, _, true) => has(MU) || has(MUO),
        (true, _, false) => !has(MUO),
        (false, true, true) => has(SU),
        (false, true, false) => has(SD),
        (false, false, user) => !user && !has(SHARED),
    };
    if !channel {
        return refuse("it is not for this channel");
    }
    match at.rights {
        Some(rights) if rights & rule.right != rule.right => Err(Refusal::NoRight),
        _ => Ok(()),
    }
}

impl Refusal {
    /// The codes are what devices were seen to send; they are no contract.
    pub(super) fn answer(&self, request_type: &str) -> Answer {
        match self {
            Self::Unknown => Answer::mdm_error(
                12_021,
                format!("“{request_type}” is not a valid request type."),
            ),
            Self::NotForThisDevice(reason) => Answer::mdm_error(
                12_021,
                format!("“{request_type}” is not a valid request type: {reason}."),
            ),
            Self::NoRight => Answer::mdm_error(
                12_010,
                "The MDM profile does not grant the right to do this.",
            ),
        }
    }
}
