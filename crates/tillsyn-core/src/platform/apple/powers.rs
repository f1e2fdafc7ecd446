//! What a device would obey and tell, from the codec's tables: the ground of what a person is told before
//! they agree.

use tillsyn_apple::command::RequestType;
use tillsyn_apple::command::capability::check;
use tillsyn_apple::ids::ChannelName;
use tillsyn_apple::platform::AccessRights;

use super::capability::{Told, device_facts};
use crate::managed::{Facts, Powers};

/// The powers over the device channel of such an enrollment. What cannot be read gives none.
pub(crate) fn powers(facts: &Facts<'_>) -> Powers {
    let mac = facts.platform == "macos";
    let separated = facts.enrollment_type == "account_driven_user";
    // A Mac that its user enrolled by hand counts as supervised.
    let supervised = facts.supervised.or((mac && !separated).then_some(true));
    let told = Told::deciding(None, Some(true));
    let rights = match (separated, facts.access_rights) {
        (true, _) => None,
        (false, rights) => Some(rights.unwrap_or_else(|| i64::from(AccessRights::ALL.bits()))),
    };
    let Some(device) = device_facts(
        facts.platform,
        None,
        supervised,
        facts.enrollment_type,
        facts.ownership,
        rights,
        "",
        ChannelName::Device,
        told,
    ) else {
        return Powers::default();
    };
    let can = |kind: RequestType| check(kind, &device).is_ok();
    // The questions of one command need rights of their own; User Enrollment has no list of rights.
    let has = |right| {
        device
            .access_rights
            .is_none_or(|rights| rights.contains(right))
    };
    let personal = device.is_personal();
    Powers {
        profiles: can(RequestType::InstallProfile),
        apps: can(RequestType::InstallApplication),
        lock: can(RequestType::DeviceLock),
        clear_passcode: can(RequestType::ClearPasscode),
        erase: can(RequestType::EraseDevice),
        restart: can(RequestType::RestartDevice),
        locate: can(RequestType::EnableLostMode) && can(RequestType::DeviceLocation),
        escrow: mac && can(RequestType::RotateFileVaultKey),
        ask_device: can(RequestType::DeviceInformation)
            && has(AccessRights::QUERY_DEVICE_INFORMATION),
        ask_security: can(RequestType::SecurityInfo),
        ask_number: !personal
            && device.platform.is_ios()
            && has(AccessRights::QUERY_NETWORK_INFORMATION),
        all_profiles: !personal && can(RequestType::ProfileList),
        all_apps: !personal && can(RequestType::InstalledApplicationList),
        accounts: !personal && can(RequestType::UserList),
        serial: !separated,
        removable: facts.enrollment_type != "ade",
        mac,
    }
}
