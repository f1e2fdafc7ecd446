//! `GET` and `POST /console/set-up`: what an account owes before it may do anything else. A new password
//! where somebody else had set it, the first second factor where the role asks for one.

use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::accounts::{self, Demand};
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::page::SetUpPage;
use super::sign_in::renewed;
use crate::console::failure::{Failure, own_path};
use crate::console::form::{Filled, secret};
use crate::console::visitor::Visitor;
use crate::console::words::{FieldError, password_error};
use crate::ui::{page, urls};

pub(crate) async fn set_up_form(visitor: Visitor) -> Response {
    let next = own_path(visitor.query.get("next").unwrap_or_default()).to_owned();
    let session = &visitor.session.session;
    match session.demand {
        None => Redirect::to(&next).into_response(),
        // It has one: to show it here is enough.
        Some(Demand::SecondFactor) if session.factors.has_second() => {
            Redirect::to(&urls::confirm(&next)).into_response()
        }
        Some(demand) => show(&visitor, demand, next, String::new(), StatusCode::OK),
    }
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(deserialize_with = "secret")]
    password: Zeroizing<String>,
    #[serde(default)]
    next: String,
}

/// Takes the new password.
pub(crate) async fn set_up(filled: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let next = own_path(&fields.next).to_owned();
    let session = &visitor.session.session;
    if session.demand != Some(Demand::NewPassword) {
        return Ok(Redirect::to(&next).into_response());
    }
    match accounts::change_password(visitor.core(), session, None, fields.password).await {
        Ok(new) => renewed(visitor.state(), &new, Redirect::to(&next).into_response()),
        Err(error) => again(&visitor, next, error),
    }
}

fn again(visitor: &Visitor, next: String, error: Error) -> Result<Response, Failure> {
    if (error.kind, error.field) != (Kind::Invalid, Some("password")) {
        return Err(error.into());
    }
    let text: FieldError = password_error(error.code);
    let text = text.text(visitor.texts);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(show(visitor, Demand::NewPassword, next, text, status))
}

fn show(
    visitor: &Visitor,
    demand: Demand,
    next: String,
    error: String,
    status: StatusCode,
) -> Response {
    let l = visitor.texts;
    let mut f = visitor.bare();
    f.here = urls::Query::default().with("next", &next).url(urls::SET_UP);
    let password = demand == Demand::NewPassword;
    let (title, intro) = if password {
        (l.t("set-up-password-title"), l.t("set-up-password-intro"))
    } else {
        (l.t("set-up-factor-title"), l.t("set-up-factor-intro"))
    };
    let form = SetUpPage {
        f,
        title,
        intro,
        login: visitor.session.session.account.email.clone(),
        next,
        password,
        passkeys: !password && accounts::passkey_party(visitor.core()).is_some(),
        error,
    };
    page(status, &form)
}
