//! The page.

use askama::Template;

use crate::console::frame::Frame;
use crate::console::organisation::Problem;
use crate::i18n::When;

/// `GET /console/settings/directories/{id}/ldap`.
#[derive(Template)]
#[template(path = "console/directory_ldap.html")]
pub struct DirectoryLdapPage {
    pub f: Frame,
    pub id: String,
    pub name: String,
    pub problem: Problem,
    /// What a trial found; absent when nothing was tried.
    pub trial: Option<LdapTrialCard>,
    /// How the last run went; absent before the settings were saved.
    pub state: Option<LdapStateCard>,
    pub form: LdapForm,
    pub password: bool,
    pub password_error: String,
}

/// What a trial found.
pub struct LdapTrialCard {
    pub good: bool,
    pub text: String,
    /// What the server wrote.
    pub told: String,
    pub signed_in_as: String,
    /// Where its entries begin.
    pub contexts: String,
    pub people: Vec<PreviewRow>,
    pub more_people: bool,
    pub groups: String,
    pub more_groups: bool,
}

/// One person as they would come.
pub struct PreviewRow {
    pub login: String,
    pub name: String,
    pub email: String,
    pub active: bool,
}

/// How the last run went.
pub struct LdapStateCard {
    pub product: String,
    /// Why it was incomplete; empty when it was complete.
    pub problem: String,
    pub last: Option<When>,
    pub last_full: Option<When>,
    pub people: String,
    pub groups: String,
    pub references: String,
    pub running: bool,
}

/// The fields.
#[derive(Clone, Default)]
pub struct LdapForm {
    /// One a line.
    pub servers: String,
    pub ca_pem: String,
    pub bind_dn: String,
    pub has_password: bool,
    pub user_base: String,
    pub user_filter: String,
    pub login_filter: String,
    pub group_base: String,
    pub group_filter: String,
    /// `field=attribute`, one a line.
    pub attributes: String,
    pub signs_in: bool,
    pub password_url: String,
}
