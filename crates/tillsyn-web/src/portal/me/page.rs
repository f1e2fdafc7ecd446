//! The pages.

use askama::Template;

use crate::i18n::When;
use crate::portal::frame::AppFrame;
use crate::ui::{Choice, Qr};

/// `GET /portal/me`.
#[derive(Template)]
#[template(path = "portal/me.html")]
pub struct MePage {
    pub f: AppFrame,
    pub login: String,
    pub languages: Vec<Choice>,
    /// Whether a password is kept here; that of a directory is changed there.
    pub password: bool,
    pub old_error: String,
    pub new_error: String,
    /// Whether this address is one that browsers make passkeys for.
    pub may_passkeys: bool,
    pub passkeys: Vec<OwnPasskey>,
    pub passkey_error: String,
    pub app: bool,
    /// Whether there is a second factor at all.
    pub second: bool,
    pub codes_left: String,
    pub sessions: Vec<MySession>,
}

pub struct OwnPasskey {
    pub name: String,
    pub created: When,
    pub remove: String,
}

pub struct MySession {
    pub browser: String,
    pub method: String,
    pub used: When,
    pub current: bool,
    pub end: String,
}

/// An authenticator app, being set up.
#[derive(Template)]
#[template(path = "portal/app_setup.html")]
pub struct PortalAppPage {
    pub f: AppFrame,
    pub qr: Option<Qr>,
    pub secret: String,
    pub error: String,
}

/// Recovery codes, on the one answer that shows them.
#[derive(Template)]
#[template(path = "portal/codes.html")]
pub struct PortalCodesPage {
    pub f: AppFrame,
    pub codes: Vec<String>,
}
