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

const fn v(major: u32, minor: u32) -> Option<(u32, u32)> {
    Some((major, minor))
}

const RULES: &[CommandRule] = &[
    rule("AccountConfiguration", None, v(10, 11), 0, ADE),
    rule("ActivationLockBypassCode", v(7, 1), v(10, 15), 0, S | MS),
    rule("ActiveNSExtensions", None, v(10, 13), 256, MUO),
    rule("AvailableOSUpdates", v(9, 0), v(10, 11), 0, S | SD | GONE),
    rule(
        "CancelEnhancedLogCollection",
        v(27, 0),
        v(27, 0),
        0,
        S | MS | MUO | SD,
    ),
    rule("CertificateList", v(4, 0), v(10, 7), 1, UE | MUE | MU | SD),
    rule(
        "ClearActivationLockBypassCode",
        v(7, 1),
        v(10, 15),
        0,
        S | MS,
    ),
    rule("ClearPasscode", v(4, 0), None, 4, 0),
    rule("ClearRestrictionsPassword", v(8, 0), None, 0, S),
    rule("ContentCachingInformation", None, v(10, 15), 32, 0),
    rule(
        "DeclarativeManagement",
        v(15, 0),
        v(13, 0),
        0,
        UE | MUE | MU | SD | SU,
    ),
    rule("DeleteUser", v(9, 3), v(10, 13), 0, MS | SD | SHARED),
    rule("DeviceConfigured", v(9, 0), v(10, 11), 0, S | ADE | SD),
    rule(
        "DeviceInformation",
        v(4, 0),
        v(10, 7),
        0,
        UE | MUE | MU | SD | SU,
    ),
    rule("DeviceLocation", v(9, 3), None, 0, S | SD),
    rule("DeviceLock", v(4, 0), v(10, 7), 4, UE | SD),
    rule("DisableLostMode", v(9, 3), None, 0, S | SD),
    rule("DisableRemoteDesktop", None, v(10, 14), 0, MS),
    rule("EnableLostMode", v(9, 3), None, 0, S | SD),
    rule("EnableRemoteDesktop", None, v(10, 14), 0, MS),
    rule("EraseDevice", v(4, 0), v(10, 7), 8, SD),
    rule(
        "InstallProfile",
        v(4, 0),
        v(10, 7),
        2,
        UE | MUE | MU | SD | SU,
    ),
    rule(
        "InstallProvisioningProfile",
        v(4, 0),
        v(11, 0),
        128,
        UE | MUE | SD,
    ),
    rule(
        "InstalledApplicationList",
        v(5, 0),
        v(10, 7),
        256,
        UE | MU | SD,
    ),
    rule("LOMDeviceRequest", None, v(11, 0), 4, 0),
    rule("LOMSetupRequest", None, v(11, 0), 4, 0),
    rule("LogOutUser", v(9, 3), None, 0, SD | SHARED),
    rule("NSExtensionMappings", None, v(10, 13), 256, MUO),
    rule("OSUpdateStatus", v(9, 0), v(10, 11), 0, S | MS | SD | GONE),
    rule("PlayLostModeSound", v(10, 3), None, 0, S | SD),
    rule("ProfileList", v(4, 0), v(10, 7), 1, UE | MUE | MU | SD | SU),
    rule(
        "ProvisioningProfileList",
        v(4, 0),
        v(11, 0),
        64,
        UE | MUE | SD,
    ),
    rule("RefreshCellularPlans", v(13, 0), None, 0, SD),
    rule(
        "RemoveProfile",
        v(4, 0),
        v(10, 7),
        2,
        UE | MUE | MU | SD | SU,
    ),
    rule(
        "RemoveProvisioningProfile",
        v(4, 0),
        v(11, 0),
        128,
        UE | MUE | SD,
    ),
    rule("RequestMirroring", v(7, 0), v(10, 10), 0, UE | MUE | SD),
    rule("RequestUnlockToken", v(5, 0), None, 0, S),
    rule("RestartDevice", v(10, 3), v(10, 13), 4, S | SD),
    rule("Restrictions", v(4, 0), None, 512, SD | SU),
    rule("RotateFileVaultKey", None, v(10, 9), 4, 0),
    rule(
        "ScheduleOSUpdate",
        v(9, 0),
        v(10, 11),
        0,
        S | MS | SD | GONE,
    ),
    rule("ScheduleOSUpdateScan", None, v(10, 11), 0, MS | GONE),
    rule("SecurityInfo", v(4, 0), v(10, 7), 1024, UE | MUE | MU | SD),
    rule("SetAutoAdminPassword", None, v(10, 11), 0, ADE),
    rule("SetFirmwarePassword", None, v(10, 13), 4, 0),
    rule("SetRecoveryLock", None, v(11, 5), 4, 0),
    rule("Settings", v(5, 0), v(10, 9), 2048, UE | MUE | MU | SD | SU),
    rule("ShutDownDevice", v(10, 3), v(10, 13), 4, S | SD),
    rule("StopMirroring", v(7, 0), v(10, 10), 0, S | SD),
    rule(
        "TriggerEnhancedLogCollection",
        v(27, 0),
        v(27, 0),
        0,
        S | MS | MUO | SD,
    ),
    rule("UnlockUserAccount", None, v(10, 13), 4, 0),
    rule("UserConfigured", v(17, 0), None, 0, S | SU | SHARED),
    rule("UserList", v(9, 3), v(10, 13), 0, MS | SD | SHARED),
    rule("VerifyFirmwarePassword", None, v(10, 13), 0, 0),
    rule("VerifyRecoveryLock", None, v(11, 5), 4, 0),
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
