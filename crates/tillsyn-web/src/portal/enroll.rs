//! `/e/{code}`: from the link to a managed device.

use askama::Template;

use super::PortalFrame;
pub use super::closed::{Closed, ClosedPage};
pub use super::failures::Failure;
use super::managed::Managed;
pub(crate) use super::platform::inset;
pub use super::platform::{Platform, WrongBrowser, wrong_browser};
use crate::i18n::Texts;
use crate::ui::{Qr, Status, urls};

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
    /// Names everything that is shown.
    pub shown: String,
    /// What changed while it was read.
    pub changed: Option<Changed>,
}

/// Why somebody is asked once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    Terms,
    /// The device, for instance in another tab.
    Other,
}

impl ConsentPage {
    /// Why they are asked once more, when they are.
    pub(crate) fn changed_text(&self) -> Option<String> {
        Some(match self.changed? {
            Changed::Terms => self.f.t("consent-changed"),
            Changed::Other => self.f.t("consent-changed-other"),
        })
    }

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
    /// On a Mac, whether the account of the person is managed along.
    pub account: Option<bool>,
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
