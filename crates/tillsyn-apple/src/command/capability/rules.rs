use super::refusal::{Refusal, RefusalCode};
use super::table::CommandRule;
use crate::command::{DeviceLock, EraseDevice, Request, RequestType};
use crate::platform::{AccessRights, DeviceFacts, OsVersion, Platform};

/// May this channel receive the command at all? Parameters are not looked at.
pub fn check(request_type: RequestType, facts: &DeviceFacts) -> Result<(), Refusal> {
    fits(request_type, facts)?;
    match access_right(request_type) {
        Some(right) if !facts.has_right(right) => refuse(
            RefusalCode::AccessRights,
            format!("{request_type} needs access right {}", right.bits()),
        ),
        _ => Ok(()),
    }
}

/// [`check`], and whether its parameters mean something on this device.
pub fn check_request(request: &Request, facts: &DeviceFacts) -> Result<(), Refusal> {
    match request {
        // The server may always remove its own enrollment profile, whatever the access rights.
        // Apple, "Managing connections between a device and a server"
        Request::RemoveProfile(remove)
            if facts.enrollment_profile_identifier.as_deref() == Some(&remove.identifier) =>
        {
            fits(RequestType::RemoveProfile, facts)
        }
        _ => {
            check(request.kind(), facts)?;
            match request {
                Request::DeviceLock(lock) => check_lock(lock, facts),
                Request::EraseDevice(erase) => check_erase(erase, facts),
                _ => Ok(()),
            }
        }
    }
}

fn refuse(code: RefusalCode, detail: impl Into<String>) -> Result<(), Refusal> {
    Err(Refusal {
        code,
        detail: detail.into(),
    })
}

/// Platform, version, enrollment, ownership and channel; not rights.
fn fits(request_type: RequestType, facts: &DeviceFacts) -> Result<(), Refusal> {
    let platform = facts.platform;
    let rule = CommandRule::of(request_type);
    let Some((rule, first)) = rule.and_then(|rule| Some((rule, rule.first_version(platform)?)))
    else {
        return refuse(
            RefusalCode::PlatformUnsupported,
            format!("{platform} has no {request_type}"),
        );
    };
    if facts.is_user_enrollment() {
        let allowed = if platform.is_macos() {
            rule.user_enrollment_macos
        } else {
            rule.user_enrollment
        };
        if !allowed {
            return refuse(
                RefusalCode::UserEnrollment,
                format!("{request_type} is forbidden in User Enrollment on {platform}"),
            );
        }
    }
    if facts.is_personal() && !rule.personal {
        return refuse(
            RefusalCode::PersonalDevice,
            format!("{request_type} is not done to a personal device"),
        );
    }
    if !facts.channel.is_device() {
        let allowed = match platform {
            Platform::Macos => rule.macos_user,
            Platform::Ios | Platform::Ipados => rule.shared_ipad_user,
            _ => false,
        };
        if !allowed {
            return refuse(
                RefusalCode::Channel,
                format!("{request_type} goes to the device channel only"),
            );
        }
    }
    since(facts, first, request_type.as_str())
}

/// An unknown version passes; the check is made again when the command is sent.
fn since(facts: &DeviceFacts, first: OsVersion, what: &str) -> Result<(), Refusal> {
    match facts.os_version {
        Some(version) if version < first => refuse(
            RefusalCode::OsTooOld,
            format!("{what} needs {} {first}", facts.platform),
        ),
        _ => Ok(()),
    }
}

fn unsupported(parameter: &str, facts: &DeviceFacts) -> Result<(), Refusal> {
    refuse(
        RefusalCode::ParameterUnsupported,
        format!("{} takes no {parameter}", facts.platform),
    )
}

fn check_lock(lock: &DeviceLock, facts: &DeviceFacts) -> Result<(), Refusal> {
    if facts.platform.is_macos() {
        if lock.pin.is_none() {
            return refuse(
                RefusalCode::PinRequired,
                "a locked Mac is unlocked with a PIN",
            );
        }
    } else if lock.pin.is_some() {
        return unsupported("PIN", facts);
    }
    if facts.platform == Platform::Visionos {
        if lock.message.is_some() {
            return unsupported("Message", facts);
        }
        if lock.phone_number.is_some() {
            return unsupported("PhoneNumber", facts);
        }
    }
    Ok(())
}

fn check_erase(erase: &EraseDevice, facts: &DeviceFacts) -> Result<(), Refusal> {
    if facts.platform.is_macos() {
        if facts.pin_required_for_erase == Some(true) && erase.pin.is_none() {
            return refuse(
                RefusalCode::PinRequired,
                "this Mac reports that it needs a PIN to be erased",
            );
        }
        if erase.obliteration_behavior.is_some() {
            since(facts, OsVersion::new(12, 0), "ObliterationBehavior")?;
        }
    } else {
        if erase.pin.is_some() {
            return unsupported("PIN", facts);
        }
        if erase.obliteration_behavior.is_some() {
            return unsupported("ObliterationBehavior", facts);
        }
    }
    if !facts.platform.is_ios() {
        if erase.preserve_data_plan.is_some() {
            return unsupported("PreserveDataPlan", facts);
        }
        if erase.disallow_proximity_setup.is_some() {
            return unsupported("DisallowProximitySetup", facts);
        }
    }
    if erase.return_to_service.is_some() {
        match facts.platform {
            Platform::Ios | Platform::Ipados => {
                since(facts, OsVersion::new(17, 0), "ReturnToService")?;
            }
            Platform::Tvos => since(facts, OsVersion::new(18, 0), "ReturnToService")?,
            // Apple schema at 26.0
            Platform::Visionos => since(facts, OsVersion::new(26, 0), "ReturnToService")?,
            Platform::Macos | Platform::Watchos => return unsupported("ReturnToService", facts),
        }
    }
    Ok(())
}

fn access_right(request_type: RequestType) -> Option<AccessRights> {
    match request_type {
        RequestType::SecurityInfo => Some(AccessRights::QUERY_SECURITY),
        RequestType::ProfileList => Some(AccessRights::INSPECT_PROFILES),
        RequestType::InstallProfile | RequestType::RemoveProfile => {
            Some(AccessRights::CHANGE_PROFILES)
        }
        RequestType::DeviceLock => Some(AccessRights::LOCK_AND_CLEAR_PASSCODE),
        RequestType::EraseDevice => Some(AccessRights::ERASE),
        _ => None,
    }
}
