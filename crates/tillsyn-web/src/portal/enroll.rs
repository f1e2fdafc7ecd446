//! `/e/{code}`: from the link to a managed device.
//!
//! Long because the states of these pages and their causes refer to each other.

use askama::Template;
use http::StatusCode;
use tillsyn_core::Kind;

use super::PortalFrame;
use super::managed::Managed;
use crate::error::{AppError, ErrorKind};
use crate::i18n::Texts;
use crate::ui::{Qr, Status, urls};

/// The device a person stands in front of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Platform {
    Iphone,
    Ipad,
    Mac,
    /// Android and Windows cannot be managed here yet, and are told so.
    Android,
    Windows,
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
            Self::Android => "android",
            Self::Windows => "windows",
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
            Self::Android | Self::Windows | Self::Other => None,
        }
    }

    pub fn from_os(os: &str) -> Option<Self> {
        Self::KNOWN
            .into_iter()
            .find(|platform| platform.os() == Some(os))
    }

    /// The product's name, the same in all languages; empty for what has none.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Iphone => "iPhone",
            Self::Ipad => "iPad",
            Self::Mac => "Mac",
            Self::Android => "Android",
            Self::Windows => "Windows",
            Self::Other => "",
        }
    }

    pub const fn icon(self) -> &'static str {
        match self {
            Self::Iphone | Self::Android => "phone",
            Self::Ipad => "tablet",
            Self::Mac | Self::Windows | Self::Other => "laptop",
        }
    }

    /// A guess from the browser's own words; the person may correct it. An iPad that asks for
    /// desktop pages calls itself a Mac, so the guess for Macs is shown as one. `hint` is the client
    /// hint `Sec-CH-UA-Platform`, which Safari does not send.
    pub fn detect(user_agent: &str, hint: &str) -> Self {
        let hint = hint.trim_matches('"');
        if user_agent.contains("iPhone") || user_agent.contains("iPod") {
            Self::Iphone
        } else if user_agent.contains("iPad") {
            Self::Ipad
        } else if user_agent.contains("Android") || hint == "Android" {
            Self::Android
        } else if user_agent.contains("Windows") || hint == "Windows" {
            Self::Windows
        } else if user_agent.contains("Macintosh") || hint == "macOS" {
            Self::Mac
        } else {
            Self::Other
        }
    }

    /// What calls itself a Mac and may be an iPad: Safari, which is all that runs on both and sends no hints.
    pub fn may_be_ipad(self, user_agent: &str, hint: &str) -> bool {
        self == Self::Mac && hint.is_empty() && !user_agent.contains("Chrome/")
    }
}

/// What keeps a browser on an iPhone or iPad from handing a profile to Settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongBrowser {
    /// A window inside of another app.
    InApp,
    /// A browser, but not Safari.
    Other,
}

/// On iPhone and iPad only Safari hands a profile to Settings; other browsers and the web views in
/// apps name themselves.
pub fn wrong_browser(user_agent: &str) -> Option<WrongBrowser> {
    const BROWSERS: [&str; 9] = [
        "CriOS",
        "FxiOS",
        "EdgiOS",
        "OPiOS",
        "OPT/",
        "DuckDuckGo",
        "Ddg/",
        "Brave",
        "YaBrowser",
    ];
    const APPS: [&str; 12] = [
        "GSA/",
        "FBAN",
        "FBAV",
        "Instagram",
        "Line/",
        "MicroMessenger",
        "Teams",
        "Slack",
        "LinkedInApp",
        "Snapchat",
        "KAKAOTALK",
        "YJApp",
    ];
    let has = |name: &&str| user_agent.contains(*name);
    if !["iPhone", "iPad", "iPod"].iter().any(has) {
        None
    } else if APPS.iter().any(has) {
        Some(WrongBrowser::InApp)
    } else if BROWSERS.iter().any(has) {
        Some(WrongBrowser::Other)
    } else {
        // A web view has "Mobile/…" and no "Safari/…".
        (!user_agent.contains("Safari/")).then_some(WrongBrowser::InApp)
    }
}

/// Where the screen of a pictured device begins.
pub(crate) fn inset(platform: &str) -> i32 {
    if platform == Platform::Ipad.value() {
        88
    } else {
        52
    }
}

/// How many steps there are: say hello, agree, install, ready.
pub const STEPS: u32 = 4;

/// `GET /e/{code}`: who invites, which device this is, and the PIN.
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
    /// It says Mac, and may be an iPad.
    pub may_be_ipad: bool,
    /// Platforms that this invitation allows.
    pub platforms: Vec<Platform>,
    pub personal: bool,
    pub wrong_browser: Option<WrongBrowser>,
    /// The invitation wants the person signed in.
    pub sign_in: Option<SignInFirst>,
    /// They said that they have no other device, just now.
    pub reported: bool,
    /// Absolute address of this page, to copy or to point a camera at.
    pub link: String,
    pub qr: Option<Qr>,
    /// Until when the invitation holds; with weekday.
    pub until: String,
    pub pin: Option<PinEntry>,
    /// The PIN came in the person's mail, not by a way of its own.
    pub pin_by_mail: bool,
}

/// Who is not signed in as they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInFirst {
    Nobody,
    SomebodyElse,
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
    pub(crate) fn can_begin(&self) -> bool {
        self.platforms.contains(&self.platform)
    }

    /// Somebody is signed in who is not invited.
    pub(crate) fn is_somebody_else(&self) -> bool {
        self.sign_in == Some(SignInFirst::SomebodyElse)
    }

    /// Why not, in a sentence.
    pub(crate) fn why_not(&self) -> String {
        let l = self.f.texts;
        match self.platform {
            Platform::Android => l.t("begin-no-android"),
            Platform::Windows => l.t("begin-no-windows"),
            _ => l.t("begin-not-here-text"),
        }
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

/// `GET /e/{code}/steps/{attempt}` before the person has agreed: what will be managed, and the terms.
#[derive(Template)]
#[template(path = "portal/consent.html")]
pub struct ConsentPage {
    pub f: PortalFrame,
    pub code: String,
    pub attempt: String,
    pub platform: Platform,
    pub personal: bool,
    pub managed: Managed,
    /// Paragraphs of the unit's terms; none when it has none.
    pub terms: Vec<String>,
    /// Names the version of the terms that is shown.
    pub terms_sha256: String,
    /// The terms changed while they were read.
    pub changed: bool,
}

impl ConsentPage {
    /// The others that this may be instead.
    pub(crate) fn others(&self) -> Vec<Platform> {
        Platform::KNOWN
            .into_iter()
            .filter(|platform| *platform != self.platform)
            .collect()
    }
}

/// `POST /e/{code}/steps/{attempt}/hand-over`: go on at another device.
#[derive(Template)]
#[template(path = "portal/hand_over.html")]
pub struct HandOverPage {
    pub f: PortalFrame,
    pub link_code: String,
    pub attempt: String,
    /// As it is typed.
    pub code: String,
    /// Where it is typed, without `https://`.
    pub host: String,
    pub link: String,
    pub qr: Option<Qr>,
    pub deadline: String,
    /// Time left when the page was made.
    pub left: String,
}

/// `GET /go`: with a code, or signed in.
#[derive(Template)]
#[template(path = "portal/go.html")]
pub struct GoPage {
    pub f: PortalFrame,
    /// From a camera, else empty.
    pub code: String,
    pub code_error: String,
    pub platform: Platform,
    pub own: GoOwn,
}

/// What somebody without an invitation may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoOwn {
    /// The organisation takes devices by invitation only.
    Off,
    SignIn,
    /// Signed in; the token of their session.
    Begin {
        name: String,
        csrf: String,
    },
}

/// `GET /e/{code}/steps/{attempt}` while the device is awaited.
#[derive(Template)]
#[template(path = "portal/install.html")]
pub struct InstallPage {
    pub f: PortalFrame,
    pub code: String,
    pub attempt: String,
    pub platform: Platform,
    pub managed: Managed,
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

    /// What the device may say, each with the cause that it stands for.
    pub(crate) fn told(&self) -> Vec<(&'static str, String)> {
        let l = self.f.texts;
        let told = |failure: Failure, text: String| (failure.value(), text);
        let mut list = vec![
            told(Failure::TooLate, l.t("told-scep")),
            told(Failure::AnotherMdm, l.t("told-exists")),
            told(Failure::Unreachable, l.t("told-unreachable")),
            told(Failure::ClockWrong, l.t("told-clock")),
        ];
        if self.mac() {
            list.insert(0, told(Failure::NoAdministrator, l.t("told-administrator")));
            list.insert(0, told(Failure::ProfileLapsed, l.t("told-missing-mac")));
        } else {
            list.insert(0, told(Failure::NoSafari, l.t("told-safari")));
            list.insert(0, told(Failure::ProfileLapsed, l.t("told-missing")));
        }
        list.push(told(Failure::Cancelled, l.t("told-cancelled")));
        list
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
    /// It is managed, and has not answered a push.
    pub silent: bool,
}

impl ReadyPage {
    /// To the person's own pages; whoever has no password yet chooses one on the way.
    pub(crate) fn own_pages(&self) -> String {
        let mut parts = self.f.here.split('/').skip(1);
        match (parts.next(), parts.next()) {
            (Some("e"), Some(code)) if !code.is_empty() => urls::enroll_password(code),
            _ => urls::PORTAL.to_owned(),
        }
    }

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
    /// The link, where it has to be opened elsewhere.
    pub link: Option<String>,
}

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

/// The link cannot be used. Answered with a 4xx or 503 status and never as a profile.
#[derive(Template)]
#[template(path = "portal/closed.html")]
pub struct ClosedPage {
    pub f: PortalFrame,
    pub closed: Closed,
    /// The link whose PIN the person may have sent to them anew.
    pub new_pin: Option<String>,
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
    /// They have as many devices as they may.
    Limit,
    /// Devices are taken by invitation only.
    ByInvitation,
    /// A new PIN is on its way to the person.
    PinSent,
}

impl Closed {
    pub const ALL: [Self; 13] = [
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
        Self::Limit,
        Self::ByInvitation,
        Self::PinSent,
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
            ("device_limit", _) => Self::Limit,
            ("own_devices_off", _) => Self::ByInvitation,
            ("consent_missing", _) => Self::Odd,
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
            Self::PinsSpent | Self::PinExpired | Self::Limit | Self::ByInvitation => {
                StatusCode::FORBIDDEN
            }
            Self::SlowDown => StatusCode::TOO_MANY_REQUESTS,
            Self::NotReady => StatusCode::SERVICE_UNAVAILABLE,
            Self::Odd => StatusCode::BAD_REQUEST,
            // Not a profile either; the PIN is still missing.
            Self::PinSent => StatusCode::FORBIDDEN,
        }
    }
}

impl ClosedPage {
    pub(crate) fn new(f: PortalFrame, closed: Closed) -> Self {
        Self {
            f,
            closed,
            new_pin: None,
        }
    }

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
            Closed::Limit => l.t("closed-limit"),
            Closed::ByInvitation => l.t("closed-by-invitation"),
            Closed::PinSent => l.t("closed-pin-sent"),
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
            Closed::Limit => l.t("closed-limit-text"),
            Closed::ByInvitation => l.t("closed-by-invitation-text"),
            Closed::PinSent => l.t("closed-pin-sent-text"),
        }
    }
}
