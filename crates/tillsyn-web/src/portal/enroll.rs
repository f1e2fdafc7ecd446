//! `/e/{code}`: from the link to a managed device.

use askama::Template;
use http::StatusCode;
use tillsyn_core::Kind;

use super::PortalFrame;
use super::managed::{Managed, by_profile};
use crate::error::{AppError, ErrorKind};
use crate::i18n::Texts;
use crate::ui::{Qr, Status, urls};

/// The device a person stands in front of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Platform {
    Iphone,
    Ipad,
    Mac,
    /// Something that cannot be enrolled here.
    #[default]
    Other,
}

impl Platform {
    /// Value in addresses and forms of these pages.
    pub const fn value(self) -> &'static str {
        match self {
            Self::Iphone => "iphone",
            Self::Ipad => "ipad",
            Self::Mac => "mac",
            Self::Other => "other",
        }
    }

    /// Those that can be enrolled.
    pub const KNOWN: [Self; 3] = [Self::Iphone, Self::Ipad, Self::Mac];

    pub fn from_value(value: &str) -> Option<Self> {
        Self::KNOWN
            .into_iter()
            .find(|platform| platform.value() == value)
    }

    /// The word for it in attempts and in the scripted contract.
    pub const fn os(self) -> Option<&'static str> {
        match self {
            Self::Iphone => Some("ios"),
            Self::Ipad => Some("ipados"),
            Self::Mac => Some("macos"),
            Self::Other => None,
        }
    }

    pub fn from_os(os: &str) -> Option<Self> {
        Self::KNOWN
            .into_iter()
            .find(|platform| platform.os() == Some(os))
    }

    /// The product's name, the same in all languages; empty for others.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Iphone => "iPhone",
            Self::Ipad => "iPad",
            Self::Mac => "Mac",
            Self::Other => "",
        }
    }

    pub const fn icon(self) -> &'static str {
        match self {
            Self::Iphone => "phone",
            Self::Ipad => "tablet",
            Self::Mac | Self::Other => "laptop",
        }
    }

    /// A guess from the browser's own words; the person may correct it. An iPad that asks for
    /// desktop pages calls itself a Mac, so the guess for Macs is shown as one. `hint` is the client
    /// hint `Sec-CH-UA-Platform`, which Safari does not send.
    pub fn detect(user_agent: &str, hint: &str) -> Self {
        if user_agent.contains("iPhone") || user_agent.contains("iPod") {
            Self::Iphone
        } else if user_agent.contains("iPad") {
            Self::Ipad
        } else if user_agent.contains("Macintosh") || hint.trim_matches('"') == "macOS" {
            Self::Mac
        } else {
            Self::Other
        }
    }
}

/// On iPhone and iPad only Safari hands a profile to Settings; other browsers and the web views in
/// apps name themselves.
pub fn wrong_browser(user_agent: &str) -> bool {
    let apple_mobile = ["iPhone", "iPad", "iPod"]
        .iter()
        .any(|name| user_agent.contains(name));
    let others = [
        "CriOS",
        "FxiOS",
        "EdgiOS",
        "OPiOS",
        "OPT/",
        "DuckDuckGo",
        "GSA/",
        "FBAN",
        "FBAV",
        "Instagram",
        "Line/",
        "MicroMessenger",
        "Teams",
        "Slack",
    ];
    // A web view has "Mobile/…" and no "Safari/…".
    apple_mobile
        && (others.iter().any(|name| user_agent.contains(name)) || !user_agent.contains("Safari/"))
}

/// `GET /e/{code}`: who invites, what will be managed, consent.
#[derive(Template)]
#[template(path = "portal/begin.html")]
pub struct BeginPage {
    pub f: PortalFrame,
    pub code: String,
    /// Whom the invitation is for; may be empty.
    pub person: String,
    /// The administrator who made it; may be empty.
    pub inviter: String,
    pub platform: Platform,
    /// The platform was guessed, not chosen.
    pub guessed: bool,
    /// Platforms that this invitation allows.
    pub platforms: Vec<Platform>,
    pub personal: bool,
    pub wrong_browser: bool,
    /// Absolute address of this page, to copy or to point a camera at.
    pub link: String,
    pub qr: Option<Qr>,
    /// Until when the invitation holds; with weekday.
    pub until: String,
    pub pin: Option<PinEntry>,
}

/// The PIN is asked for on the same page, after an error as well.
#[derive(Clone, Debug, Default)]
pub struct PinEntry {
    pub error: String,
    /// Tries that are left; `None` before the first mistake.
    pub left: Option<u32>,
}

impl PinEntry {
    pub fn wrong(l: Texts, left: u32) -> Self {
        Self {
            error: l.t("pin-wrong"),
            left: Some(left),
        }
    }

    pub fn missing(l: Texts) -> Self {
        Self {
            error: l.t("pin-missing"),
            left: None,
        }
    }
}

impl BeginPage {
    pub(crate) fn managed(&self) -> Managed {
        Managed::new(self.f.texts, &by_profile(self.platform, self.personal))
    }

    pub(crate) fn can_begin(&self) -> bool {
        self.platform != Platform::Other && self.platforms.contains(&self.platform)
    }

    /// The other platforms to choose, each with its link.
    pub(crate) fn others(&self) -> Vec<(&'static str, &'static str, String)> {
        self.platforms
            .iter()
            .filter(|platform| **platform != self.platform)
            .map(|platform| {
                (
                    platform.icon(),
                    platform.name(),
                    urls::enroll_platform(&self.code, platform.value()),
                )
            })
            .collect()
    }
}

/// `GET /e/{code}/steps/{attempt}` while the device is awaited.
#[derive(Template)]
#[template(path = "portal/install.html")]
pub struct InstallPage {
    pub f: PortalFrame,
    pub code: String,
    pub attempt: String,
    pub platform: Platform,
    pub personal: bool,
    /// Where the profile is; carries its own secret.
    pub profile_url: String,
    /// The end of the profile's time, RFC 3339.
    pub deadline: String,
    /// Time left when the page was made, `14:59`.
    pub left: String,
    pub status: InstallStatus,
    /// Clock time of the download; empty before it.
    pub fetched: String,
}

/// What the page waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InstallStatus {
    /// The profile has not been downloaded.
    #[default]
    Waiting,
    /// Downloaded, not installed.
    Fetched,
    /// The device has its certificate or has answered; a few seconds more.
    SettingUp,
}

impl InstallPage {
    /// The API's words that keep the page as it is; on another one the script loads it again.
    pub(crate) fn api_status(&self) -> &'static str {
        match self.status {
            InstallStatus::Waiting => "created opened signed_in",
            InstallStatus::Fetched => "profile_fetched",
            InstallStatus::SettingUp => "certificate_issued authenticated enrolled",
        }
    }

    pub(crate) fn status_line(&self) -> Status {
        use crate::ui::Tone;
        let l = self.f.texts;
        let name = self.platform.name();
        match self.status {
            InstallStatus::Waiting => {
                Status::new(Tone::Info, "download", l.t("install-wait-download"))
            }
            InstallStatus::Fetched => {
                Status::new(Tone::Info, "refresh", l.ta("install-wait", name))
            }
            InstallStatus::SettingUp => {
                Status::new(Tone::Info, "refresh", l.ta("install-seen", name))
            }
        }
    }

    pub(crate) fn mac(&self) -> bool {
        self.platform == Platform::Mac
    }

    /// The person has something to do; else only the device and the server have.
    pub(crate) fn to_do(&self) -> bool {
        self.status != InstallStatus::SettingUp
    }

    pub(crate) fn managed(&self) -> Managed {
        Managed::new(self.f.texts, &by_profile(self.platform, self.personal))
    }
}

/// `GET /e/{code}/steps/{attempt}` after success.
#[derive(Template)]
#[template(path = "portal/ready.html")]
pub struct ReadyPage {
    pub f: PortalFrame,
    pub platform: Platform,
    pub personal: bool,
    /// Name of the device as the organisation sees it; may be empty.
    pub device: String,
}

impl ReadyPage {
    pub(crate) fn leave(&self) -> String {
        match self.platform {
            Platform::Mac => self.f.t("ready-leave-mac"),
            _ => self.f.t("ready-leave"),
        }
    }
}

/// `GET /e/{code}/steps/{attempt}` after a failure: cause, remedy, a new profile.
#[derive(Template)]
#[template(path = "portal/failed.html")]
pub struct FailedPage {
    pub f: PortalFrame,
    pub code: String,
    pub attempt: String,
    /// The step that failed, as a status word.
    pub step: String,
    pub cause: String,
    pub remedy: String,
    /// A new profile may help.
    pub again: bool,
}

/// Why an attempt failed, as kept by the flight recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The profile's time ran out before the device used it.
    TooLate,
    /// The challenge was used by another key: the profile went to two devices.
    UsedElsewhere,
    /// The certificate request could not be accepted.
    RequestRefused,
    /// Downloaded, and nothing came: most often another management profile is in the way.
    NoAnswer,
    /// The device is of a kind that this invitation does not allow.
    WrongDevice,
    /// The device is managed already, for somebody else.
    DeviceOfAnother,
    /// The profile was removed while the device was being set up.
    RemovedInSetup,
    /// The invitation ended while the device was under way.
    InvitationOver,
    /// The server has no valid push certificate.
    NoPush,
    /// Something failed on the server.
    Server,
}

impl Failure {
    pub const ALL: [Self; 10] = [
        Self::TooLate,
        Self::UsedElsewhere,
        Self::RequestRefused,
        Self::NoAnswer,
        Self::WrongDevice,
        Self::DeviceOfAnother,
        Self::RemovedInSetup,
        Self::InvitationOver,
        Self::NoPush,
        Self::Server,
    ];

    /// The stored value.
    pub const fn value(self) -> &'static str {
        match self {
            Self::TooLate => "too_late",
            Self::UsedElsewhere => "used_elsewhere",
            Self::RequestRefused => "request_refused",
            Self::NoAnswer => "no_answer",
            Self::WrongDevice => "wrong_device",
            Self::DeviceOfAnother => "device_of_another",
            Self::RemovedInSetup => "removed_in_setup",
            Self::InvitationOver => "invitation_over",
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
            Self::NoAnswer => l.t("failure-no-answer"),
            Self::WrongDevice => l.t("failure-wrong-device"),
            Self::DeviceOfAnother => l.t("failure-device-of-another"),
            Self::RemovedInSetup => l.t("failure-removed-in-setup"),
            Self::InvitationOver => l.t("failure-invitation-over"),
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
            Self::NoAnswer => l.t("remedy-no-answer"),
            Self::WrongDevice => l.t("remedy-wrong-device"),
            Self::DeviceOfAnother => l.t("remedy-device-of-another"),
            Self::RemovedInSetup => l.t("remedy-removed-in-setup"),
            Self::InvitationOver => l.t("remedy-invitation-over"),
            Self::NoPush => l.t("remedy-no-push"),
            Self::Server => l.t("remedy-server"),
        }
    }

    /// What the administrator can do; the cause is the same.
    pub fn remedy_for_administrator(self, l: Texts) -> String {
        match self {
            Self::TooLate | Self::NoAnswer | Self::RemovedInSetup => l.t("remedy-admin-again"),
            Self::DeviceOfAnother => l.t("remedy-admin-another"),
            Self::UsedElsewhere | Self::InvitationOver => l.t("remedy-admin-invite"),
            Self::RequestRefused => l.t("remedy-admin-request"),
            Self::WrongDevice => l.t("remedy-admin-device"),
            Self::NoPush => l.t("remedy-admin-push"),
            Self::Server => l.t("remedy-admin-server"),
        }
    }

    /// Whether a new profile from the same link can help.
    pub const fn again(self) -> bool {
        !matches!(self, Self::InvitationOver | Self::NoPush)
    }
}

/// The link cannot be used. Answered with a 4xx or 503 status and never as a profile.
#[derive(Template)]
#[template(path = "portal/closed.html")]
pub struct ClosedPage {
    pub f: PortalFrame,
    pub closed: Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    Expired,
    Used,
    Revoked,
    /// No such code, or none any more.
    Unknown,
    /// Too many wrong PINs.
    PinsSpent,
    /// The PIN is too old; the link is not.
    PinExpired,
    /// Too many attempts were made with it.
    Spent,
    /// Too many tries from here, for now.
    SlowDown,
    /// The server cannot enroll anything at present.
    NotReady,
    /// A form that did not come from our page, or not whole.
    Odd,
}

impl Closed {
    pub const ALL: [Self; 10] = [
        Self::Expired,
        Self::Used,
        Self::Revoked,
        Self::Unknown,
        Self::PinsSpent,
        Self::PinExpired,
        Self::Spent,
        Self::SlowDown,
        Self::NotReady,
        Self::Odd,
    ];

    /// Why nobody gets on here. What is no rule of an invitation is a fault of ours for the person.
    pub fn of(error: &AppError) -> Self {
        match (error.code(), error.kind()) {
            ("invitation_used" | "attempt_done", _) => Self::Used,
            ("invitation_revoked", _) => Self::Revoked,
            ("invitation_expired" | "profile_expired", _) => Self::Expired,
            ("pin_locked", _) => Self::PinsSpent,
            ("pin_expired", _) => Self::PinExpired,
            ("too_many_attempts", _) => Self::Spent,
            (_, ErrorKind::Rule(Kind::NotFound)) => Self::Unknown,
            (_, ErrorKind::Rule(Kind::TooMany { .. })) => Self::SlowDown,
            (_, ErrorKind::Rule(Kind::Conflict | Kind::Unavailable | Kind::Internal)) => {
                Self::NotReady
            }
            _ => Self::Odd,
        }
    }

    /// Never a 2xx: whatever takes the answer for a profile must see that it is none.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Expired | Self::Used | Self::Revoked | Self::Spent => StatusCode::GONE,
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::PinsSpent | Self::PinExpired => StatusCode::FORBIDDEN,
            Self::SlowDown => StatusCode::TOO_MANY_REQUESTS,
            Self::NotReady => StatusCode::SERVICE_UNAVAILABLE,
            Self::Odd => StatusCode::BAD_REQUEST,
        }
    }
}

impl ClosedPage {
    pub(crate) fn title(&self) -> String {
        let l = self.f.texts;
        match self.closed {
            Closed::Expired => l.t("closed-expired"),
            Closed::Used => l.t("closed-used"),
            Closed::Revoked => l.t("closed-revoked"),
            Closed::Unknown => l.t("closed-unknown"),
            Closed::PinsSpent => l.t("closed-pins"),
            Closed::PinExpired => l.t("closed-pin-old"),
            Closed::Spent => l.t("closed-spent"),
            Closed::SlowDown => l.t("closed-slow"),
            Closed::NotReady => l.t("closed-not-ready"),
            Closed::Odd => l.t("closed-odd"),
        }
    }

    pub(crate) fn text(&self) -> String {
        let l = self.f.texts;
        match self.closed {
            Closed::Expired => l.t("closed-expired-text"),
            Closed::Used => l.t("closed-used-text"),
            Closed::Revoked => l.t("closed-revoked-text"),
            Closed::Unknown => l.t("closed-unknown-text"),
            Closed::PinsSpent => l.t("closed-pins-text"),
            Closed::PinExpired => l.t("closed-pin-old-text"),
            Closed::Spent => l.t("closed-spent-text"),
            Closed::SlowDown => l.t("closed-slow-text"),
            Closed::NotReady => l.t("closed-not-ready-text"),
            Closed::Odd => l.t("closed-odd-text"),
        }
    }
}
