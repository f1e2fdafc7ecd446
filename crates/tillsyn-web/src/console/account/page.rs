//! The pages.

use askama::Template;

use crate::console::frame::{Bare, Frame};
use crate::i18n::When;
use crate::ui::Qr;

/// `GET /console/account`.
#[derive(Template)]
#[template(path = "console/account.html")]
pub struct AccountPage {
    pub f: Frame,
    pub login: String,
    /// Whether the account has a password; people of an identity provider have none.
    pub password: bool,
    pub old_error: String,
    pub new_error: String,
    /// Whether this address is one that browsers make passkeys for.
    pub may_passkeys: bool,
    pub passkeys: Vec<PasskeyRow>,
    pub passkey_error: String,
    pub app: bool,
    /// Whether there is a second factor at all.
    pub second: bool,
    /// Whether the role asks for one.
    pub required: bool,
    pub codes_left: String,
    pub sessions: Vec<SessionRow>,
}

pub struct PasskeyRow {
    pub name: String,
    /// Id of its field, for the label.
    pub field: String,
    pub created: When,
    pub used: Option<When>,
    pub synced: bool,
    pub action: String,
}

pub struct SessionRow {
    pub browser: String,
    pub method: String,
    pub address: String,
    pub began: When,
    pub used: When,
    pub current: bool,
    pub end: String,
}

/// `GET` and `POST /console/account/app`.
#[derive(Template)]
#[template(path = "console/app.html")]
pub struct AppPage {
    pub f: Bare,
    pub qr: Option<Qr>,
    pub secret: String,
    pub error: String,
    pub back: String,
}

/// Recovery codes, on the one answer that shows them.
#[derive(Template)]
#[template(path = "console/recovery_codes.html")]
pub struct RecoveryCodesPage {
    pub f: Bare,
    pub codes: Vec<String>,
    pub next: String,
}
