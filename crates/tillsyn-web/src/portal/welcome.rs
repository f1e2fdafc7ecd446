//! `/portal/welcome/{code}`: a person chooses a password of their own by a one-time link, and
//! `/portal/forgotten`: they ask for such a link.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::accounts::Door;
use tillsyn_core::accounts::portal::{self, PortalLink};
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::failure::{PortalFailure, ProblemPage};
use super::frame::AppFrame;
use super::session::PortalGuest;
use super::sign_in::go_on;
use crate::auth::{Coming, CsrfForm};
use crate::console::words::password_error;
use crate::error::AppError;
use crate::ui::{Link, page_secret, urls};

/// Behind a link.
#[derive(Template)]
#[template(path = "portal/welcome.html")]
pub struct PortalWelcomePage {
    pub f: AppFrame,
    pub action: String,
    pub name: String,
    pub login: String,
    /// The old password was forgotten.
    pub forgotten: bool,
    pub error: String,
}

/// Asking for a link.
#[derive(Template)]
#[template(path = "portal/forgotten.html")]
pub struct PortalForgottenPage {
    pub f: AppFrame,
    /// It is on its way, if there is somebody for it.
    pub sent: bool,
    pub error: String,
}

pub(super) async fn form(
    guest: PortalGuest,
    Path(code): Path<String>,
) -> Result<Response, PortalFailure> {
    match portal::link(guest.core(), &code).await {
        Ok(found) => Ok(show(guest, &code, found, String::new(), StatusCode::OK)),
        Err(error) if error.code == "welcome_over" => Ok(over(&guest)),
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
pub(super) struct Fields {
    #[serde(deserialize_with = "page_secret")]
    password: Zeroizing<String>,
}

/// Keeps the password and signs in.
pub(super) async fn take(
    guest: PortalGuest,
    Path(code): Path<String>,
    Coming(caller): Coming,
    form: Result<CsrfForm<Fields>, AppError>,
) -> Result<Response, PortalFailure> {
    let CsrfForm(fields) = form?;
    let caller = caller.at(Door::Portal);
    match portal::take_link(guest.core(), &code, fields.password, caller).await {
        Ok(signed_in) => go_on(&guest.state, &signed_in, urls::PORTAL),
        Err(error) => again(guest, &code, error).await,
    }
}

async fn again(guest: PortalGuest, code: &str, error: Error) -> Result<Response, PortalFailure> {
    if error.code == "welcome_over" {
        return Ok(over(&guest));
    }
    if (error.kind, error.field) != (Kind::Invalid, Some("password")) {
        return Err(error.into());
    }
    let text = password_error(error.code).text(guest.texts);
    let found = portal::link(guest.core(), code).await?;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(show(guest, code, found, text, status))
}

fn show(
    guest: PortalGuest,
    code: &str,
    found: PortalLink,
    error: String,
    status: StatusCode,
) -> Response {
    let action = urls::portal_welcome(code);
    let guest = guest.at(action.clone());
    let form = PortalWelcomePage {
        f: guest.frame(),
        action,
        name: found.name,
        login: found.email,
        forgotten: found.forgotten,
        error,
    };
    guest.page(status, &form)
}

/// A link that is over, with the way to another one.
fn over(guest: &PortalGuest) -> Response {
    let l = guest.texts;
    let problem = ProblemPage {
        f: guest.frame(),
        title: l.t("portal-link-over"),
        text: l.t("portal-link-over-text"),
        request_id: String::new(),
        way: Link {
            href: urls::PORTAL_FORGOTTEN.to_owned(),
            text: l.t("portal-link-another"),
        },
    };
    guest.page(StatusCode::NOT_FOUND, &problem)
}

pub(super) async fn forgotten_form(guest: PortalGuest) -> Response {
    let form = PortalForgottenPage {
        f: guest.frame(),
        sent: false,
        error: String::new(),
    };
    guest.page(StatusCode::OK, &form)
}

#[derive(Deserialize)]
pub(super) struct Address {
    login: String,
}

/// The same answer whoever asks, and whether there is somebody or not.
pub(super) async fn forgotten(
    guest: PortalGuest,
    Coming(caller): Coming,
    form: Result<CsrfForm<Address>, AppError>,
) -> Result<Response, PortalFailure> {
    let CsrfForm(fields) = form?;
    let mut answer = PortalForgottenPage {
        f: guest.frame(),
        sent: true,
        error: String::new(),
    };
    let done = portal::forgotten(guest.core(), &fields.login, &caller).await;
    match done {
        Ok(()) => Ok(guest.page(StatusCode::OK, &answer)),
        Err(error) => match error.kind {
            Kind::TooMany { retry_after_secs } => {
                let minutes = u64::try_from(retry_after_secs).unwrap_or(60).div_ceil(60);
                answer.sent = false;
                answer.error = guest.texts.tn("error-429-text", minutes.max(1));
                Ok(guest.page(StatusCode::TOO_MANY_REQUESTS, &answer))
            }
            _ => Err(error.into()),
        },
    }
}
