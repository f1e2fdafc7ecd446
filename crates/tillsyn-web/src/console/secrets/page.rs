//! The pages.

use askama::Template;

use crate::console::frame::Frame;
use crate::i18n::When;

/// `GET /console/devices/{id}/secrets`.
#[derive(Template)]
#[template(path = "console/secrets.html")]
pub struct SecretsPage {
    pub f: Frame,
    pub id: String,
    pub name: String,
    pub rows: Vec<SecretRow>,
    /// Address of the next page of older ones; empty at the end.
    pub older: String,
    /// `None` where the device cannot be lost: Macs, personal devices.
    pub lost: Option<LostCard>,
    pub unlocks: Vec<UnlockRow>,
    /// The person may ask for it.
    pub may_unlock: bool,
    pub unlock_reason: String,
    pub unlock_error: String,
}

pub struct SecretRow {
    /// What it opens, in words.
    pub kind: String,
    /// The account, for an administrator's password.
    pub label: String,
    /// Whether it counts, is history, or what became of it.
    pub state: String,
    pub kept: When,
    pub confirmed: When,
    /// Who saw it last; empty when nobody did.
    pub shown_to: String,
    pub shown: Option<When>,
    /// Address of the dialog; empty when this person may not see it.
    pub reveal: String,
}

pub struct LostCard {
    pub state: String,
    /// What its screen says.
    pub message: String,
    pub phone: String,
    /// What is on its way.
    pub waiting: String,
    /// `None` when this person may not see where it was.
    pub locations: Option<Vec<LocationRow>>,
}

pub struct LocationRow {
    /// `59.32940, 18.06860`.
    pub coordinates: String,
    /// `within 65 m`.
    pub accuracy: String,
    pub received: When,
}

pub struct UnlockRow {
    pub status: String,
    pub reason: String,
    pub asked: When,
    pub asked_reason: String,
}

/// `GET` and `POST /console/devices/{id}/secrets/{secret}`: the dialog, and the value on its answer.
#[derive(Template)]
#[template(path = "console/secret.html")]
pub struct RevealPage {
    pub f: Frame,
    pub id: String,
    pub name: String,
    pub kind: String,
    pub label: String,
    pub kept: When,
    pub action: String,
    pub close: String,
    /// Shown this once.
    pub value: Option<String>,
    pub is_base64: bool,
    /// A new one in its place has been asked for already.
    pub replacing: bool,
    /// Where to ask for a new one; empty where that is not offered.
    pub replace: String,
    pub reason: String,
    pub reason_error: String,
    pub typed: String,
    pub typed_error: String,
    pub password: bool,
    pub password_error: String,
    /// Why the whole of it was refused.
    pub error: String,
}
