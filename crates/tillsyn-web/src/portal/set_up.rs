//! `GET` and `POST /portal/set-up`: a password of one's own in place of a temporary or an old one.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::accounts::{self, Demand};
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::failure::PortalFailure;
use super::frame::{AppFrame, PortalPlace};
use super::session::{PortalForm, PortalUser, portal_path};
use super::sign_in::{private, renewed};
use crate::console::words::password_error;
use crate::ui::{page_secret, urls};

/// A new password, before anything else.
#[derive(Template)]
#[template(path = "portal/set_up.html")]
pub struct PortalSetUpPage {
    pub f: AppFrame,
    pub login: String,
    pub next: String,
    pub error: String,
}

pub(super) async fn form(user: PortalUser) -> Response {
    let next = portal_path(user.query.get("next").unwrap_or_default()).to_owned();
    match user.session.demand {
        None => Redirect::to(&next).into_response(),
        Some(Demand::SecondFactor) => {
            let to = urls::Query::default().with("next", &next);
            Redirect::to(&to.url(urls::PORTAL_CONFIRM)).into_response()
        }
        Some(Demand::NewPassword) => show(user, next, String::new(), StatusCode::OK),
    }
}

#[derive(Deserialize)]
pub(super) struct Fields {
    #[serde(deserialize_with = "page_secret")]
    password: Zeroizing<String>,
    #[serde(default)]
    next: String,
}

/// Takes the new password.
pub(super) async fn take(form: PortalForm<Fields>) -> Result<Response, PortalFailure> {
    let (user, fields) = (form.user, form.fields);
    let next = portal_path(&fields.next).to_owned();
    if user.session.demand != Some(Demand::NewPassword) {
        return Ok(private(&next));
    }
    match accounts::change_password(user.core(), &user.session, None, fields.password).await {
        Ok(new) => renewed(&user.state, &new, private(&next)),
        Err(error) => again(user, next, error),
    }
}

fn again(user: PortalUser, next: String, error: Error) -> Result<Response, PortalFailure> {
    if (error.kind, error.field) != (Kind::Invalid, Some("password")) {
        return Err(error.into());
    }
    let text = password_error(error.code).text(user.texts);
    Ok(show(user, next, text, StatusCode::UNPROCESSABLE_ENTITY))
}

fn show(user: PortalUser, next: String, error: String, status: StatusCode) -> Response {
    let here = urls::Query::default().with("next", &next);
    let user = user.at(here.url(urls::PORTAL_SET_UP));
    let mut f = user.frame(PortalPlace::Elsewhere);
    f.person = String::new();
    let form = PortalSetUpPage {
        f,
        login: user.session.account.email.clone(),
        next,
        error,
    };
    user.page(status, &form)
}
