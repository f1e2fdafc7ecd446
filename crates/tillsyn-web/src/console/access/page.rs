//! The pages.

use askama::Template;

use crate::console::frame::Bare;

/// `GET` and `POST /console/sign-in`.
#[derive(Template)]
#[template(path = "console/sign_in.html")]
pub struct SignInPage {
    pub f: Bare,
    /// Where to go afterwards: a path of ours.
    pub next: String,
    pub name: String,
    /// The same for an unknown account and a wrong password.
    pub error: String,
    /// Why the person is here: signed out, session over.
    pub notice: String,
}

/// `GET` and `POST /console/first-administrator`: exists only while there is no account.
#[derive(Template)]
#[template(path = "console/first_administrator.html")]
pub struct FirstAdministratorPage {
    pub f: Bare,
    pub code: String,
    pub code_error: String,
    pub name: String,
    pub name_error: String,
    pub login: String,
    pub login_error: String,
    pub password_error: String,
}

/// `GET` and `POST /console/confirm`: fresh password entry (security S11).
#[derive(Template)]
#[template(path = "console/confirm.html")]
pub struct ConfirmPage {
    pub f: Bare,
    pub person: String,
    /// For password managers.
    pub login: String,
    pub next: String,
    pub error: String,
}
