//! The pages.

use askama::Template;

use crate::console::frame::Frame;
use crate::console::organisation::Problem;
use crate::ui::Choice;

/// `GET /console/settings/sign-in`.
#[derive(Template)]
#[template(path = "console/identity_providers.html")]
pub struct IdentityProvidersPage {
    pub f: Frame,
    pub rows: Vec<ProviderRow>,
}

pub struct ProviderRow {
    pub href: String,
    pub name: String,
    pub issuer: String,
    pub groups: u64,
    pub enabled: bool,
}

/// One provider, or a new one.
#[derive(Template)]
#[template(path = "console/identity_provider.html")]
pub struct IdentityProviderPage {
    pub f: Frame,
    /// Empty for a new one.
    pub id: String,
    pub title: String,
    pub problem: Problem,
    /// What a trial said.
    pub report: String,
    pub report_good: bool,
    /// Where the provider must send browsers back to; empty while it is new.
    pub redirect_uri: String,
    /// The same for people at the portal.
    pub portal_redirect_uri: String,
    pub form: ProviderForm,
    pub password: bool,
    pub password_error: String,
}

/// The fields.
#[derive(Clone, Default)]
pub struct ProviderForm {
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    pub has_secret: bool,
    pub scopes: String,
    pub algorithms: Vec<Choice>,
    pub hosts: String,
    pub groups_claim: String,
    pub trusts_second_factor: bool,
    pub second_factor_values: String,
    pub links_existing: bool,
    pub people: bool,
    pub people_units: Vec<Choice>,
    pub enabled: bool,
    pub mappings: Vec<MappingRow>,
    pub reason: String,
}

/// One group and what it gives; a row without a group is empty.
#[derive(Clone)]
pub struct MappingRow {
    pub number: usize,
    pub group: String,
    pub roles: Vec<Choice>,
    pub units: Vec<Choice>,
}
