//! From a stored request to the command on the wire; secrets join only here, at dispatch.

use tillsyn_apple::command as wire;
use tillsyn_apple::command::Pin;
use tillsyn_apple::platform::DeviceFacts;

use crate::commands::Request;

/// The wire form. `Err` says in words what is missing.
pub(super) fn request(
    request: &Request,
    facts: &DeviceFacts,
    pin: Option<&str>,
    profile: Option<&[u8]>,
) -> Result<wire::Request, String> {
    let pin = pin
        .map(Pin::new)
        .transpose()
        .map_err(|_| "The PIN is not six digits.".to_owned())?;
    Ok(match request {
        Request::DeviceInformation {} => {
            wire::Request::DeviceInformation(wire::DeviceInformation::for_device(facts))
        }
        Request::SecurityInfo {} => wire::Request::SecurityInfo(wire::SecurityInfo),
        Request::ProfileList {} => {
            wire::Request::ProfileList(wire::ProfileList { managed_only: None })
        }
        Request::InstallProfile { .. } => wire::Request::InstallProfile(wire::InstallProfile {
            payload: profile.ok_or("The profile's bytes are missing.")?.to_vec(),
        }),
        Request::RemoveProfile { identifier } => {
            wire::Request::RemoveProfile(wire::RemoveProfile {
                identifier: identifier.clone(),
            })
        }
        Request::DeviceLock {
            message,
            phone_number,
        } => wire::Request::DeviceLock(wire::DeviceLock {
            message: message.clone(),
            phone_number: phone_number.clone(),
            pin,
        }),
        Request::EraseDevice {
            preserve_data_plan,
            disallow_proximity_setup,
        } => wire::Request::EraseDevice(wire::EraseDevice {
            pin,
            preserve_data_plan: preserve_data_plan.then_some(true),
            disallow_proximity_setup: disallow_proximity_setup.then_some(true),
            obliteration_behavior: None,
            return_to_service: None,
        }),
    })
}
