//! Why a device did not come in, in the words of the person and of the administrator.

use crate::i18n::Texts;

/// Why an attempt failed, as kept by the flight recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The certificate was asked for after the profile's time.
    TooLate,
    /// The challenge was used by another key: the profile went to two devices.
    UsedElsewhere,
    /// The certificate request could not be accepted.
    RequestRefused,
    /// The device could not prove what it is.
    NotAttested,
    /// Downloaded, and nothing came: most often another management profile is in the way.
    NoAnswer,
    /// Downloaded, and not installed in time.
    ProfileLapsed,
    /// Somebody else manages the device.
    AnotherMdm,
    /// The person stopped.
    Cancelled,
    /// The browser cannot hand a profile to Settings.
    NoSafari,
    /// The device trusts no certificate: most often its clock is wrong.
    ClockWrong,
    /// The device did not reach the server, or found it busy.
    Unreachable,
    /// A Mac asks for an administrator.
    NoAdministrator,
    /// Nothing of this kind can be managed.
    WrongPlatform,
    /// Another device came than the one that got the certificate.
    WrongDevice,
    /// The device is managed already, for somebody else.
    DeviceOfAnother,
    /// The profile was removed while the device was being set up.
    RemovedInSetup,
    /// The invitation ended while the device was under way.
    InvitationOver,
    /// The person has as many devices as they may.
    LimitReached,
    /// Managed, and no answer to a push.
    PushUnanswered,
    /// The server has no valid push certificate.
    NoPush,
    /// Something failed on the server.
    Server,
}

impl Failure {
    pub const ALL: [Self; 21] = [
        Self::TooLate,
        Self::UsedElsewhere,
        Self::RequestRefused,
        Self::NotAttested,
        Self::NoAnswer,
        Self::ProfileLapsed,
        Self::AnotherMdm,
        Self::Cancelled,
        Self::NoSafari,
        Self::ClockWrong,
        Self::Unreachable,
        Self::NoAdministrator,
        Self::WrongPlatform,
        Self::WrongDevice,
        Self::DeviceOfAnother,
        Self::RemovedInSetup,
        Self::InvitationOver,
        Self::LimitReached,
        Self::PushUnanswered,
        Self::NoPush,
        Self::Server,
    ];

    /// The stored value.
    pub const fn value(self) -> &'static str {
        match self {
            Self::TooLate => "too_late",
            Self::UsedElsewhere => "used_elsewhere",
            Self::RequestRefused => "request_refused",
            Self::NotAttested => "not_attested",
            Self::NoAnswer => "no_answer",
            Self::ProfileLapsed => "profile_lapsed",
            Self::AnotherMdm => "another_mdm",
            Self::Cancelled => "cancelled",
            Self::NoSafari => "no_safari",
            Self::ClockWrong => "clock_wrong",
            Self::Unreachable => "unreachable",
            Self::NoAdministrator => "no_administrator",
            Self::WrongPlatform => "wrong_platform",
            Self::WrongDevice => "wrong_device",
            Self::DeviceOfAnother => "device_of_another",
            Self::RemovedInSetup => "removed_in_setup",
            Self::InvitationOver => "invitation_over",
            Self::LimitReached => "limit_reached",
            Self::PushUnanswered => "push_unanswered",
            Self::NoPush => "no_push",
            Self::Server => "server",
        }
    }

    pub fn from_value(value: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|failure| failure.value() == value)
    }

    /// What happened, for the person.
    pub fn cause(self, l: Texts) -> String {
        match self {
            Self::TooLate => l.t("failure-too-late"),
            Self::UsedElsewhere => l.t("failure-used-elsewhere"),
            Self::RequestRefused => l.t("failure-request-refused"),
            Self::NotAttested => l.t("failure-not-attested"),
            Self::NoAnswer => l.t("failure-no-answer"),
            Self::ProfileLapsed => l.t("failure-profile-lapsed"),
            Self::AnotherMdm => l.t("failure-another-mdm"),
            Self::Cancelled => l.t("failure-cancelled"),
            Self::NoSafari => l.t("failure-no-safari"),
            Self::ClockWrong => l.t("failure-clock-wrong"),
            Self::Unreachable => l.t("failure-unreachable"),
            Self::NoAdministrator => l.t("failure-no-administrator"),
            Self::WrongPlatform => l.t("failure-wrong-platform"),
            Self::WrongDevice => l.t("failure-wrong-device"),
            Self::DeviceOfAnother => l.t("failure-device-of-another"),
            Self::RemovedInSetup => l.t("failure-removed-in-setup"),
            Self::InvitationOver => l.t("failure-invitation-over"),
            Self::LimitReached => l.t("failure-limit-reached"),
            Self::PushUnanswered => l.t("failure-push-unanswered"),
            Self::NoPush => l.t("failure-no-push"),
            Self::Server => l.t("failure-server"),
        }
    }

    /// What to do about it, for the person.
    pub fn remedy(self, l: Texts) -> String {
        match self {
            Self::TooLate => l.t("remedy-too-late"),
            Self::UsedElsewhere => l.t("remedy-used-elsewhere"),
            Self::RequestRefused => l.t("remedy-request-refused"),
            Self::NotAttested => l.t("remedy-not-attested"),
            Self::NoAnswer => l.t("remedy-no-answer"),
            Self::ProfileLapsed => l.t("remedy-profile-lapsed"),
            Self::AnotherMdm => l.t("remedy-another-mdm"),
            Self::Cancelled => l.t("remedy-cancelled"),
            Self::NoSafari => l.t("remedy-no-safari"),
            Self::ClockWrong => l.t("remedy-clock-wrong"),
            Self::Unreachable => l.t("remedy-unreachable"),
            Self::NoAdministrator => l.t("remedy-no-administrator"),
            Self::WrongPlatform => l.t("remedy-wrong-platform"),
            Self::WrongDevice => l.t("remedy-wrong-device"),
            Self::DeviceOfAnother => l.t("remedy-device-of-another"),
            Self::RemovedInSetup => l.t("remedy-removed-in-setup"),
            Self::InvitationOver => l.t("remedy-invitation-over"),
            Self::LimitReached => l.t("remedy-limit-reached"),
            Self::PushUnanswered => l.t("remedy-push-unanswered"),
            Self::NoPush => l.t("remedy-no-push"),
            Self::Server => l.t("remedy-server"),
        }
    }

    /// What the administrator can do; the cause is the same.
    pub fn remedy_for_administrator(self, l: Texts) -> String {
        match self {
            Self::TooLate
            | Self::NoAnswer
            | Self::ProfileLapsed
            | Self::Cancelled
            | Self::NoSafari
            | Self::ClockWrong
            | Self::WrongDevice
            | Self::RemovedInSetup => l.t("remedy-admin-again"),
            Self::UsedElsewhere | Self::InvitationOver => l.t("remedy-admin-invite"),
            Self::RequestRefused | Self::NotAttested => l.t("remedy-admin-request"),
            Self::AnotherMdm => l.t("remedy-admin-mdm"),
            Self::Unreachable => l.t("remedy-admin-reach"),
            Self::NoAdministrator => l.t("remedy-admin-mac"),
            Self::WrongPlatform => l.t("remedy-admin-device"),
            Self::DeviceOfAnother => l.t("remedy-admin-another"),
            Self::LimitReached => l.t("remedy-admin-limit"),
            Self::PushUnanswered => l.t("remedy-admin-quiet"),
            Self::NoPush => l.t("remedy-admin-push"),
            Self::Server => l.t("remedy-admin-server"),
        }
    }

    /// Whether a new profile from the same link can help.
    pub const fn again(self) -> bool {
        !matches!(
            self,
            Self::InvitationOver | Self::NoPush | Self::LimitReached | Self::WrongPlatform
        )
    }

    /// Whether the link has to be opened elsewhere.
    pub const fn elsewhere(self) -> bool {
        matches!(self, Self::NoSafari | Self::WrongPlatform)
    }
}
