//! `GET` and `POST /console/confirm`: that it is still the same person (security S11). With a passkey, or with
//! the password and the code of the app where the account has one.

use axum::Json;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::accounts::{self, SignInButton};
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::page::ConfirmPage;
use super::passkey::{Answer, Question};
use crate::console::failure::{Failure, own_path};
use crate::console::form::{Filled, secret};
use crate::console::visitor::Visitor;
use crate::console::words::{self, FieldError};
use crate::ui::{Link, page, urls};

/// Asks; afterwards the person goes on where they were.
pub(crate) async fn ask_password(visitor: Visitor) -> Result<Response, Failure> {
    let next = own_path(visitor.query.get("next").unwrap_or_default()).to_owned();
    let mut asked = form(&visitor, next).await?;
    let problem = visitor.query.get("problem").unwrap_or_default();
    asked.provider_error = words::provider_problem(visitor.texts, problem).unwrap_or_default();
    Ok(page(StatusCode::OK, &asked))
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(deserialize_with = "secret")]
    password: Zeroizing<String>,
    #[serde(default, deserialize_with = "secret")]
    code: Zeroizing<String>,
    #[serde(default)]
    next: String,
}

pub(crate) async fn take_password(filled: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let session = &visitor.session.session;
    let done = accounts::confirm(visitor.core(), session, fields.password, &fields.code).await;
    answer(&visitor, &fields.next, done).await
}

pub(crate) async fn ask_confirm_passkey(filled: Filled<Answer>) -> Result<Json<Question>, Failure> {
    let visitor = filled.visitor;
    let session = &visitor.session.session;
    let asked = accounts::begin_passkey_confirm(visitor.core(), session).await?;
    Ok(Json(asked.into()))
}

pub(crate) async fn take_confirm_passkey(filled: Filled<Answer>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let session = &visitor.session.session;
    let (asked, given) = (&fields.asked, &fields.answer);
    let done = accounts::confirm_with_passkey(visitor.core(), session, asked, given).await;
    answer(&visitor, &fields.next, done).await
}

async fn answer(
    visitor: &Visitor,
    next: &str,
    done: Result<(), Error>,
) -> Result<Response, Failure> {
    let next = own_path(next).to_owned();
    let error = match done {
        Ok(()) => return Ok(Redirect::to(&next).into_response()),
        Err(error) => error,
    };
    let l = visitor.texts;
    let mut asked = form(visitor, next).await?;
    match (error.kind, error.field) {
        (Kind::Invalid, Some("password")) => asked.error = FieldError::PasswordWrong.text(l),
        (Kind::Invalid, Some("code")) => asked.code_error = FieldError::CodeUsed.text(l),
        (Kind::Invalid, Some("passkey")) => asked.passkey_error = l.t("passkey-failed"),
        _ => return Err(error.into()),
    }
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &asked))
}

async fn form(visitor: &Visitor, next: String) -> Result<ConfirmPage, Failure> {
    let session = &visitor.session.session;
    let buttons = accounts::confirm_buttons(visitor.core(), session).await?;
    let link = |button: &SignInButton| Link {
        href: urls::confirm_provider(button.id.as_str(), &next),
        text: button.name.clone(),
    };
    let providers = buttons.iter().map(link).collect();
    let factors = session.factors;
    let mut f = visitor.bare();
    f.here = urls::confirm(&next);
    let passkeys = factors.passkeys > 0 && accounts::passkey_party(visitor.core()).is_some();
    Ok(ConfirmPage {
        f,
        person: visitor.actor().name.clone(),
        login: session.account.email.clone(),
        next,
        // Where a passkey is all that the account has beside it, the password alone proves too little.
        password: factors.password && (factors.app || !passkeys),
        app: factors.app,
        passkeys,
        error: String::new(),
        code_error: String::new(),
        passkey_error: String::new(),
        providers,
        provider_error: String::new(),
    })
}
