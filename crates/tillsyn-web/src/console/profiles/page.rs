//! The pages beside the editor.

use askama::Template;

use super::head::ProfileHead;
use crate::console::frame::{Chip, Emptiness, Filter, Frame, Pager};
use crate::i18n::When;
use crate::ui::{Choice, Link, Status};

/// `GET /console/profiles`.
#[derive(Template)]
#[template(path = "console/profiles.html")]
pub struct ProfilesPage {
    pub f: Frame,
    /// What was searched for.
    pub find: String,
    /// Filters that stay when another search is sent.
    pub keep: Vec<(String, String)>,
    pub chips: Vec<Chip>,
    pub filters: Vec<Filter>,
    /// Parameters of the address that the list does not know.
    pub unknown: String,
    pub rows: Vec<ProfileRow>,
    pub pager: Pager,
    pub empty: Emptiness,
    pub may_write: bool,
}

pub struct ProfileRow {
    pub href: String,
    pub name: String,
    pub identifier: String,
    pub kinds: Vec<PayloadKind>,
    /// How many more kinds there are than are shown.
    pub more: String,
    pub version: String,
    pub status: Status,
    /// Number and state, from the worst.
    pub states: Vec<(String, Status)>,
    pub assigned: String,
    pub changed: When,
}

/// A kind of payload.
pub struct PayloadKind {
    pub icon: &'static str,
    pub title: String,
}

/// `GET /console/profiles/new`.
#[derive(Template)]
#[template(path = "console/profile_new.html")]
pub struct NewProfilePage {
    pub f: Frame,
    pub templates: Vec<TemplateCard>,
    /// Profiles to copy.
    pub copies: Vec<Choice>,
    pub name: String,
    pub name_error: String,
    pub upload_name: String,
    pub upload_error: String,
    /// Another profile that the upload belongs to.
    pub upload_other: Option<Link>,
    pub copy_error: String,
    pub checked: Option<Checked>,
}

pub struct TemplateCard {
    pub key: &'static str,
    pub icon: &'static str,
    pub title: String,
    pub text: String,
}

/// What was found in an upload before it is kept.
pub struct Checked {
    pub identifier: String,
    pub display_name: String,
    pub kinds: Vec<PayloadKind>,
    /// Who signed it; empty when nobody did.
    pub signer: String,
    pub findings: Vec<FindingLine>,
    /// The upload itself, to be sent back; empty when it is too large for that.
    pub content: String,
}

pub struct FindingLine {
    /// `bad`, `warn` or `info`.
    pub tone: &'static str,
    pub text: String,
    /// Where it stands.
    pub place: String,
    /// The field that it is about; empty when it is not on the page.
    pub href: String,
}

impl FindingLine {
    pub fn icon(&self) -> &'static str {
        match self.tone {
            "bad" => "fail",
            "warn" => "alert",
            _ => "info",
        }
    }
}

/// `GET /console/profiles/{id}/add`.
#[derive(Template)]
#[template(path = "console/profile_add.html")]
pub struct AddPayloadPage {
    pub f: Frame,
    pub head: ProfileHead,
    /// Why nothing was added.
    pub problem: String,
    pub find: String,
    pub system: Vec<Choice>,
    pub groups: Vec<PayloadsOfKind>,
}

pub struct PayloadsOfKind {
    pub id: String,
    pub title: String,
    pub options: Vec<PayloadOption>,
}

pub struct PayloadOption {
    /// `PayloadType`.
    pub kind: &'static str,
    pub variant: &'static str,
    pub icon: &'static str,
    pub title: String,
    pub text: String,
    pub support: Vec<super::form::Tag>,
}

/// `GET /console/profiles/{id}/raw`.
#[derive(Template)]
#[template(path = "console/profile_raw.html")]
pub struct RawPage {
    pub f: Frame,
    pub head: ProfileHead,
    pub plist: String,
    pub error: String,
    pub conflict: String,
    pub findings: Vec<FindingLine>,
    pub has_secrets: bool,
    /// What the file to download is: the draft or a version.
    pub file_of: String,
    /// `None`: the person may not, or there is no version.
    pub whole: Option<ExportForm>,
}

/// The whole with its secrets: asks why, and for the password when the sign-in is not fresh.
pub struct ExportForm {
    pub reason: String,
    pub reason_error: String,
    pub password: bool,
    pub password_error: String,
}
