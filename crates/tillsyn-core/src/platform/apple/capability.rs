//! What a device can be asked, from the codec's tables, for the one door.

use tillsyn_apple::command::capability::check_request;
use tillsyn_apple::ids::ChannelName;
use tillsyn_apple::platform::{AccessRights, DeviceFacts, EnrollmentType, Ownership, Platform};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::encode;
use crate::commands::Request;
use crate::commands::store::{Target, TargetEnrollment};

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
        enrollment_profile_identifier: Some(profile_identifier.to_owned()),
        ..DeviceFacts::corporate(platform, enrollment_type)
    })
}

/// Whether the device can take this request; else a stable code and the reason in words.
pub(crate) fn check_capability(
    request: &Request,
    target: &Target,
    enrollment: &TargetEnrollment,
) -> Result<(), (&'static str, String)> {
    let facts = device_facts(
        &target.platform,
        target.os_version.as_deref(),
        target.supervised,
        &enrollment.enrollment_type,
        &enrollment.ownership,
        enrollment.access_rights,
        &enrollment.profile_identifier,
        ChannelName::Device,
    )
    .ok_or((
        "platform_unsupported",
        "This device is not of a platform of Apple's.".to_owned(),
    ))?;
    // The PIN and the profile are added at dispatch; their values do not change what is allowed.
    let pin = lock_pin(request, &target.platform);
    let wire = encode::request(request, &facts, pin.as_ref().map(|p| p.as_str()), Some(&[]))
        .map_err(|why| ("parameter_unsupported", why))?;
    check_request(&wire, &facts).map_err(|refusal| (refusal.code.as_str(), refusal.detail))
}

/// A Mac is locked, and erased, with a six-digit PIN that only we and the administrator know.
pub(crate) fn lock_pin(request: &Request, platform: &str) -> Option<Zeroizing<String>> {
    let needs = matches!(
        request,
        Request::DeviceLock { .. } | Request::EraseDevice { .. }
    );
    (needs && platform == "macos").then(|| Zeroizing::new(hash::random_code("0123456789", 6)))
}
