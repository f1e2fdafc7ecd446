//! What the schema has only in prose, and what we do not do to a personal device.

use super::refusal::{Refusal, RefusalCode};
use super::row::refuse;
use crate::command::RequestType;
use crate::platform::DeviceFacts;

/// Never done to a device that belongs to a person: what destroys, opens or locates it, or changes
/// a secret that we would then have to keep. Lost mode may still be switched off.
fn is_for_corporate_devices_only(request_type: RequestType) -> bool {
    matches!(
        request_type,
        RequestType::EraseDevice
            | RequestType::ClearPasscode
            | RequestType::RequestUnlockToken
            | RequestType::ClearRestrictionsPassword
            | RequestType::EnableLostMode
            | RequestType::DeviceLocation
            | RequestType::PlayLostModeSound
            | RequestType::RotateFileVaultKey
            | RequestType::SetRecoveryLock
            | RequestType::VerifyRecoveryLock
            | RequestType::SetFirmwarePassword
            | RequestType::VerifyFirmwarePassword
            | RequestType::SetAutoAdminPassword
    )
}

pub(super) fn check(request_type: RequestType, facts: &DeviceFacts) -> Result<(), Refusal> {
    if facts.is_personal() && is_for_corporate_devices_only(request_type) {
        return refuse(
            RefusalCode::PersonalDevice,
            format!("{request_type} is not done to a personal device"),
        );
    }
    match request_type {
        RequestType::DeviceConfigured
        | RequestType::UserConfigured
        | RequestType::AccountConfiguration
            if facts.awaiting_configuration == Some(false) =>
        {
            refuse(
                RefusalCode::AwaitingConfiguration,
                format!("{request_type} is obeyed only while the device awaits its configuration"),
            )
        }
        RequestType::DeviceLocation | RequestType::PlayLostModeSound
            if facts.lost_mode == Some(false) =>
        {
            refuse(
                RefusalCode::LostMode,
                format!("{request_type} is obeyed only while lost mode is on"),
            )
        }
        RequestType::SetFirmwarePassword | RequestType::VerifyFirmwarePassword
            if facts.apple_silicon == Some(true) =>
        {
            refuse(
                RefusalCode::Processor,
                format!("{request_type} is for Macs with an Intel processor"),
            )
        }
        RequestType::SetRecoveryLock | RequestType::VerifyRecoveryLock
            if facts.apple_silicon == Some(false) =>
        {
            refuse(
                RefusalCode::Processor,
                format!("{request_type} is for Macs with Apple silicon"),
            )
        }
        _ => Ok(()),
    }
}
