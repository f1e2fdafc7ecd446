//! One rule of the catalogue against one device.

use crate::platform::{DeviceFacts, OsVersion};
use crate::profile::catalogue::{Rule, SharedIpad, Support, System, UserEnrollment};

/// Why a device does not take a payload or key, as a stable word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Its system does not have it.
    System,
    /// Its version is too old.
    Introduced,
    /// Its version no longer has it.
    Removed,
    Supervised,
    /// Only after Automated Device Enrollment.
    Ade,
    UserApproved,
    UserEnrollment,
    /// Not on this channel.
    Channel,
    SharedIpad,
    /// Of a whole profile: nothing in it has an effect.
    NothingApplies,
}

impl Reason {
    pub const ALL: [Self; 10] = [
        Self::System,
        Self::Introduced,
        Self::Removed,
        Self::Supervised,
        Self::Ade,
        Self::UserApproved,
        Self::UserEnrollment,
        Self::Channel,
        Self::SharedIpad,
        Self::NothingApplies,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Introduced => "introduced",
            Self::Removed => "removed",
            Self::Supervised => "supervised",
            Self::Ade => "ade",
            Self::UserApproved => "user_approved",
            Self::UserEnrollment => "user_enrollment",
            Self::Channel => "channel",
            Self::SharedIpad => "shared_ipad",
            Self::NothingApplies => "nothing_applies",
        }
    }
}

/// What comes of a thing on a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Applies,
    /// A whole payload is refused with its profile; a key never is.
    Refused(Reason),
    Ignored(Reason, Option<OsVersion>),
}

/// A payload: what the device cannot know it ignores, what it may not have it refuses.
pub(super) fn payload(support: &Support, facts: &DeviceFacts) -> Verdict {
    let rule = match available(support, facts) {
        Ok(rule) => rule,
        Err(ignored) => return ignored,
    };
    if let Some(verdict) = user_enrollment(rule, facts) {
        return verdict;
    }
    match unmet(rule, facts) {
        // Apple schema: an iPad that is not shared does nothing with what is for shared ones.
        Some(Reason::SharedIpad) if !facts.is_shared_ipad() => {
            Verdict::Ignored(Reason::SharedIpad, None)
        }
        Some(reason) => Verdict::Refused(reason),
        None => Verdict::Applies,
    }
}

/// A key: whatever it needs and does not get, the rest of its payload applies.
pub(super) fn key(support: &Support, facts: &DeviceFacts) -> Verdict {
    let rule = match available(support, facts) {
        Ok(rule) => rule,
        Err(ignored) => return ignored,
    };
    let reason = user_enrollment(rule, facts)
        .map(|_| Reason::UserEnrollment)
        .or_else(|| unmet(rule, facts));
    match reason {
        Some(reason) => Verdict::Ignored(reason, None),
        None => Verdict::Applies,
    }
}

fn available<'a>(support: &'a Support, facts: &DeviceFacts) -> Result<&'a Rule, Verdict> {
    let rule = support
        .on(System::from(facts.platform))
        .ok_or(Verdict::Ignored(Reason::System, None))?;
    // A version that is not known yet is judged when it is.
    let Some(version) = facts.os_version else {
        return Ok(rule);
    };
    if version < rule.introduced {
        return Err(Verdict::Ignored(Reason::Introduced, Some(rule.introduced)));
    }
    match rule.removed {
        Some(removed) if version >= removed => {
            Err(Verdict::Ignored(Reason::Removed, Some(removed)))
        }
        _ => Ok(rule),
    }
}

/// Apple's reference of `InstallProfile`: a forbidden payload rejects the profile on iOS and is ignored on macOS.
fn user_enrollment(rule: &Rule, facts: &DeviceFacts) -> Option<Verdict> {
    let here = facts.is_user_enrollment();
    let ignored = Verdict::Ignored(Reason::UserEnrollment, None);
    match rule.user_enrollment {
        UserEnrollment::Forbidden if here && System::from(facts.platform) == System::Macos => {
            Some(ignored)
        }
        UserEnrollment::Forbidden if here => Some(Verdict::Refused(Reason::UserEnrollment)),
        UserEnrollment::Ignored if here => Some(ignored),
        UserEnrollment::Required if !here => Some(ignored),
        _ => None,
    }
}

fn unmet(rule: &Rule, facts: &DeviceFacts) -> Option<Reason> {
    if rule.supervised() && !facts.supervised {
        return Some(Reason::Supervised);
    }
    if rule.ade() && !facts.ade {
        return Some(Reason::Ade);
    }
    // Supervision and Automated Device Enrollment are approval; while nobody knows, nothing is claimed.
    if rule.user_approved() && facts.user_approved == Some(false) && !facts.supervised && !facts.ade
    {
        return Some(Reason::UserApproved);
    }
    let device = facts.channel.is_device();
    match System::from(facts.platform) {
        System::Macos if device && !rule.mac_device_channel() => Some(Reason::Channel),
        System::Macos if !device && !rule.mac_user_channel() => Some(Reason::Channel),
        System::Ios if facts.is_shared_ipad() => shared(rule, device),
        System::Ios if rule.shared_ipad == SharedIpad::Required => Some(Reason::SharedIpad),
        System::Macos | System::Ios => None,
        _ if device => None,
        _ => Some(Reason::Channel),
    }
}

fn shared(rule: &Rule, device: bool) -> Option<Reason> {
    let here = if device {
        rule.shared_device_channel()
    } else {
        rule.shared_user_channel()
    };
    if rule.shared_ipad == SharedIpad::Forbidden {
        Some(Reason::SharedIpad)
    } else if here {
        None
    } else {
        Some(Reason::Channel)
    }
}
