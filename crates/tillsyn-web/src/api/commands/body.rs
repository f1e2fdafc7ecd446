//! A command as a program writes it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::commands::Request;
use tillsyn_core::ids::DeviceId;
use tillsyn_core::platform::apple::read_profile;
use utoipa::ToSchema;
use zeroize::Zeroizing;

/// What to ask of a device; `type` is Apple's RequestType.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub(in crate::api) enum Command {
    DeviceInformation {},
    SecurityInfo {},
    ProfileList {},
    InstallProfile {
        /// The configuration profile, signed or not, in base64.
        #[schema(format = Byte)]
        profile: String,
    },
    RemoveProfile {
        /// Removing the enrollment profile is a retire.
        identifier: String,
    },
    DeviceLock {
        message: Option<String>,
        phone_number: Option<String>,
    },
    EraseDevice {
        #[serde(default)]
        preserve_data_plan: bool,
        #[serde(default)]
        disallow_proximity_setup: bool,
    },
}

/// A request, and the profile's bytes when it has one.
pub(super) type Asked = (Request, Option<Zeroizing<Vec<u8>>>);

impl Command {
    /// The request, and the profile's bytes when it has one.
    pub(super) fn into_request(self) -> Result<Asked, Error> {
        Ok(match self {
            Self::DeviceInformation {} => (Request::DeviceInformation {}, None),
            Self::SecurityInfo {} => (Request::SecurityInfo {}, None),
            Self::ProfileList {} => (Request::ProfileList {}, None),
            Self::InstallProfile { profile } => {
                let bytes = STANDARD.decode(profile.trim()).map_err(|_| {
                    Error::invalid("profile", "base64", "The profile is not in base64.")
                })?;
                let uploaded = read_profile(bytes)?;
                (uploaded.request(), Some(uploaded.bytes))
            }
            Self::RemoveProfile { identifier } => (Request::RemoveProfile { identifier }, None),
            Self::DeviceLock {
                message,
                phone_number,
            } => (
                Request::DeviceLock {
                    message,
                    phone_number,
                },
                None,
            ),
            Self::EraseDevice {
                preserve_data_plan,
                disallow_proximity_setup,
            } => (
                Request::EraseDevice {
                    preserve_data_plan,
                    disallow_proximity_setup,
                },
                None,
            ),
        })
    }
}

/// Reads the ids of a target set; what is no id names no device.
pub(super) fn device_ids(texts: &[String]) -> Result<Vec<DeviceId>, Error> {
    texts
        .iter()
        .map(|text| DeviceId::parse(text).ok_or_else(|| Error::not_found("device")))
        .collect()
}
