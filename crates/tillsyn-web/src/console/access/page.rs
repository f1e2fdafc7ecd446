//! The pages.

use askama::Template;

use crate::console::frame::Bare;
use crate::ui::Link;

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
    /// Whether this address is one that browsers make passkeys for.
    pub passkeys: bool,
    /// Identity providers to go to.
    pub providers: Vec<Link>,
}

/// `GET` and `POST /console/sign-in/second`: after the password.
#[derive(Template)]
#[template(path = "console/second_step.html")]
pub struct SecondStepPage {
    pub f: Bare,
    pub person: String,
    pub next: String,
    pub app: bool,
    pub passkeys: bool,
    pub passkey_error: String,
    pub error: String,
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

/// `GET` and `POST /console/confirm`: that it is still the same person (security S11).
#[derive(Template)]
#[template(path = "console/confirm.html")]
pub struct ConfirmPage {
    pub f: Bare,
    pub person: String,
    /// For password managers.
    pub login: String,
    pub next: String,
    pub password: bool,
    pub app: bool,
    pub passkeys: bool,
    pub error: String,
    pub code_error: String,
    pub passkey_error: String,
    /// Identity providers that know the person.
    pub providers: Vec<Link>,
    pub provider_error: String,
}

/// `GET` and `POST /console/set-up`: a new password, or the first second factor.
#[derive(Template)]
#[template(path = "console/set_up.html")]
pub struct SetUpPage {
    pub f: Bare,
    pub title: String,
    pub intro: String,
    pub login: String,
    pub next: String,
    pub password: bool,
    pub passkeys: bool,
    pub error: String,
}

/// `GET /console/rescue/{link}`: the way in that was made on the server.
#[derive(Template)]
#[template(path = "console/rescue.html")]
pub struct RescuePage {
    pub f: Bare,
    pub person: String,
    pub action: String,
}
