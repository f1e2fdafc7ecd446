//! What a device can be asked, from the codec's tables, for the one door.

use tillsyn_apple::command::RequestType;
use tillsyn_apple::command::capability::check;
use tillsyn_apple::ids::{ChannelName, CommandUuid};
use tillsyn_apple::platform::{AccessRights, DeviceFacts, EnrollmentType, Ownership, Platform};
use tillsyn_db::Row;
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::encode::{self, Refused, Secrets};
use super::raw;
use crate::commands::Request;
use crate::commands::store::{Target, TargetEnrollment};
use crate::error::Error;

/// What a device told that few commands depend on; `None` is not known.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Told {
    shared_ipad: Option<bool>,
    apple_silicon: Option<bool>,
    user_approved: Option<bool>,
    awaiting_configuration: Option<bool>,
}

impl Told {
    /// Reads the facts `is_multi_user`, `is_apple_silicon`, `user_approved_enrollment` and the channel's
    /// `awaiting_configuration`, in this order from the given column on.
    pub(crate) fn read(row: &Row, at: usize) -> Result<Self, Error> {
        let flag = |column| -> Result<Option<bool>, Error> {
            let text = row.opt_text(column)?;
            Ok(text.and_then(|text| text.parse().ok()))
        };
        Ok(Self {
            shared_ipad: flag(at)?,
            apple_silicon: flag(at + 1)?,
            user_approved: flag(at + 2)?,
            awaiting_configuration: row.opt_i64(at + 3)?.map(|value| value != 0),
        })
    }
}

impl Told {
    /// What decides about profiles.
    pub(super) fn deciding(shared_ipad: Option<bool>, user_approved: Option<bool>) -> Self {
        Self {
            shared_ipad,
            user_approved,
            ..Self::default()
        }
    }
}

/// The codec's view of a device.
#[expect(clippy::too_many_arguments, reason = "the columns that decide")]
pub(super) fn device_facts(
    platform: &str,
    os_version: Option<&str>,
    supervised: Option<bool>,
    enrollment_type: &str,
    ownership: &str,
    access_rights: Option<i64>,
    profile_identifier: &str,
    channel: ChannelName,
    told: Told,
) -> Option<DeviceFacts> {
    let platform = platform.parse::<Platform>().ok()?;
    let enrollment_type = enrollment_type.parse::<EnrollmentType>().ok()?;
    Some(DeviceFacts {
        os_version: os_version.and_then(|v| v.parse().ok()),
        // Automated Device Enrollment supervises, also before the device has said so.
        supervised: supervised.unwrap_or(enrollment_type == EnrollmentType::Ade),
        ownership: ownership.parse::<Ownership>().ok()?,
        channel,
        access_rights: access_rights
            .and_then(|bits| u32::try_from(bits).ok())
            .and_then(AccessRights::new),
        enrollment_profile_identifier: Some(profile_identifier.to_owned())
            .filter(|identifier| !identifier.is_empty()),
        shared_ipad: told.shared_ipad.unwrap_or(false),
        apple_silicon: told.apple_silicon,
        user_approved: told.user_approved,
        awaiting_configuration: told.awaiting_configuration,
        ..DeviceFacts::corporate(platform, enrollment_type)
    })
}

fn facts_of(target: &Target, enrollment: &TargetEnrollment) -> Result<DeviceFacts, Refused> {
    let channel = match enrollment.channel.strip_prefix("user:") {
        Some(user) => ChannelName::User(user.to_owned()),
        None => ChannelName::Device,
    };
    device_facts(
        &target.platform,
        target.os_version.as_deref(),
        target.supervised,
        &enrollment.enrollment_type,
        &enrollment.ownership,
        enrollment.access_rights,
        &enrollment.profile_identifier,
        channel,
        enrollment.told,
    )
    .ok_or((
        "platform_unsupported",
        "This device is not of a platform of Apple's.".to_owned(),
    ))
}

/// Whether the device can take this type of command at all; else a stable code and the reason in words.
pub(crate) fn check_type(
    request_type: &str,
    target: &Target,
    enrollment: &TargetEnrollment,
) -> Result<(), Refused> {
    let facts = facts_of(target, enrollment)?;
    let kind = request_type.parse::<RequestType>().map_err(|_| {
        (
            "platform_unsupported",
            format!("{request_type} is not known to this server."),
        )
    })?;
    check(kind, &facts).map_err(|refusal| (refusal.code.as_str(), refusal.detail))
}

/// Whether the device can take this request; else a stable code and the reason in words. The command is
/// written once to see it.
pub(crate) fn check_capability(
    request: &Request,
    by_server: bool,
    target: &Target,
    enrollment: &TargetEnrollment,
) -> Result<(), Refused> {
    let facts = facts_of(target, enrollment)?;
    check_own_profile(request, by_server, &enrollment.profile_identifier)?;
    // What is added at dispatch changes nothing about what is allowed.
    let pin = lock_pin(request, &target.platform)
        .map_err(|error| ("parameter_unsupported", error.detail))?;
    let secrets = Secrets {
        pin: pin.as_ref().map(|pin| pin.as_str()),
        sealed: matches!(
            request,
            Request::InstallProfile { .. } | Request::InstallVersion { .. }
        )
        .then_some(&[]),
        escrowed: Some(b"-"),
        reply_certificate: Some(b"-"),
    };
    let uuid = CommandUuid::new("00000000-0000-0000-0000-000000000000".to_owned())
        .map_err(|error| ("parameter_unsupported", error.to_string()))?;
    encode::command(&uuid, request, &facts, secrets).map(|_| ())
}

/// Why nothing can be removed from an enrollment that was moved in without the identifier of its profile.
pub(crate) fn own_profile_unknown() -> Refused {
    (
        "enrollment_profile_unknown",
        "It is not known yet which profile manages this device, so a removal may end its management or \
         leave it. Ask the device for its list of profiles first."
            .to_owned(),
    )
}

/// What may be done to the profile that manages the device, given its identifier as far as it is known.
pub(super) fn check_own_profile(
    request: &Request,
    by_server: bool,
    own: &str,
) -> Result<(), Refused> {
    match request.request_type() {
        "RemoveProfile" if own.is_empty() => Err(own_profile_unknown()),
        // Another profile in its place would end the management past the guard. The server renews it.
        "InstallProfile"
            if !by_server && !own.is_empty() && request.profile_identifier() == Some(own) =>
        {
            Err((
                "enrollment_profile",
                "This profile has the identifier of the one that manages the device, and would take its \
                 place."
                    .to_owned(),
            ))
        }
        _ => Ok(()),
    }
}

/// A Mac is locked, and erased, with a six-digit PIN that only we and the administrator know: the one that
/// was given, else a new one.
pub(crate) fn lock_pin(
    request: &Request,
    platform: &str,
) -> Result<Option<Zeroizing<String>>, Error> {
    if !matches!(request.request_type(), "DeviceLock" | "EraseDevice") {
        return Ok(None);
    }
    let given = match request {
        Request::Raw(raw) => return Ok(raw::pin(raw, None)),
        Request::Form(form) => form
            .with_secrets(None)?
            .get("pin")
            .and_then(serde_json::Value::as_str)
            .map(|pin| Zeroizing::new(pin.to_owned())),
        _ => None,
    };
    Ok(given.or_else(|| {
        (platform == "macos").then(|| Zeroizing::new(hash::random_code("0123456789", 6)))
    }))
}
