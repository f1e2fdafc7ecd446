//! The pages.

use askama::Template;

use crate::console::frame::{Bare, Emptiness, Frame, Pager};
use crate::console::organisation::{NotedLink, Problem};
use crate::console::settings::{CreatedToken, TokenRow};
use crate::i18n::When;
use crate::ui::Choice;

/// `GET` and `POST /console/settings/administrators`.
#[derive(Template)]
#[template(path = "console/administrators.html")]
pub struct AdministratorsPage {
    pub f: Frame,
    pub problem: Problem,
    pub find: String,
    pub rows: Vec<AccountRow>,
    pub pager: Pager,
    pub empty: Emptiness,
    pub may_write: bool,
    pub form: AccountForm,
    pub password: bool,
    pub password_error: String,
}

pub struct AccountRow {
    pub href: String,
    pub name: String,
    /// Mail address; of a service that it is one.
    pub detail: String,
    pub role: String,
    pub unit: String,
    /// The second factor, in words.
    pub factor: String,
    /// Whether something is amiss with it.
    pub factor_missing: bool,
    pub last: Option<When>,
    /// Disabled, or not opened yet; empty when all is well.
    pub note: String,
}

/// What is typed of an account.
#[derive(Clone, Debug, Default)]
pub struct AccountForm {
    pub name: String,
    pub email: String,
    pub kinds: Vec<Choice>,
    pub roles: Vec<Choice>,
    pub units: Vec<Choice>,
    pub platforms: Vec<Choice>,
    pub reason: String,
}

/// A one-time link, shown this once.
pub struct MadeLink {
    pub url: String,
    pub until: String,
}

/// `GET` and `POST /console/settings/administrators/{id}`.
#[derive(Template)]
#[template(path = "console/administrator.html")]
pub struct AdministratorPage {
    pub f: Frame,
    pub problem: Problem,
    pub id: String,
    pub name: String,
    pub detail: String,
    pub service: bool,
    pub active: bool,
    pub unopened: bool,
    pub link: Option<MadeLink>,
    /// Label and value.
    pub facts: Vec<(String, String)>,
    pub role: NotedLink,
    pub tokens: Vec<TokenRow>,
    pub created: Option<CreatedToken>,
    pub may_write: bool,
    pub form: AccountForm,
    /// Of a new token of a service.
    pub days: Vec<Choice>,
    pub permissions: Vec<Choice>,
    pub password: bool,
    pub password_error: String,
}

/// `GET` and `POST /console/settings/roles`.
#[derive(Template)]
#[template(path = "console/roles.html")]
pub struct RolesPage {
    pub f: Frame,
    pub problem: Problem,
    pub rows: Vec<RoleRow>,
    pub may_write: bool,
    pub form: RoleForm,
    pub password: bool,
    pub password_error: String,
}

pub struct RoleRow {
    pub href: String,
    pub name: String,
    pub note: String,
    /// Built in, or the unit where it belongs.
    pub origin: String,
    pub accounts: String,
    pub permissions: String,
    pub second_factor: bool,
}

/// What is typed of a role.
#[derive(Clone, Debug, Default)]
pub struct RoleForm {
    pub name: String,
    pub note: String,
    pub units: Vec<Choice>,
    pub groups: Vec<PermissionGroup>,
    pub second_factor: bool,
    pub reason: String,
}

/// Permissions about one thing.
#[derive(Clone, Debug, Default)]
pub struct PermissionGroup {
    pub id: &'static str,
    pub title: String,
    pub boxes: Vec<PermissionBox>,
}

/// One permission of a role.
#[derive(Clone, Debug, Default)]
pub struct PermissionBox {
    pub value: &'static str,
    pub text: String,
    pub chosen: bool,
    /// Whether the reader may give it: nobody gives what they do not hold.
    pub held: bool,
}

/// `GET` and `POST /console/settings/roles/{id}`.
#[derive(Template)]
#[template(path = "console/role.html")]
pub struct RolePage {
    pub f: Frame,
    pub problem: Problem,
    pub id: String,
    pub name: String,
    pub note: String,
    pub origin: String,
    pub second_factor: bool,
    pub groups: Vec<PermissionGroup>,
    pub accounts: Vec<NotedLink>,
    /// What it may can be changed here.
    pub may_write: bool,
    /// Whether it wants a second factor can be changed here.
    pub may_factor: bool,
    pub form: RoleForm,
    pub password: bool,
    pub password_error: String,
}

/// `GET` and `POST /console/welcome/{secret}`: a person opens their account.
#[derive(Template)]
#[template(path = "console/welcome.html")]
pub struct WelcomePage {
    pub f: Bare,
    pub here: String,
    /// It is open now: what is left is to sign in.
    pub done: bool,
    pub name: String,
    /// For password managers.
    pub login: String,
    pub password_error: String,
}
