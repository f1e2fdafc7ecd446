//! `GET` and `POST /portal/confirm`: that it is still the same person. With a passkey, or with the password and
//! the code of the app where the account has one.

use askama::Template;
use axum::Json;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::accounts::{self, portal};
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::failure::PortalFailure;
use super::frame::{AppFrame, PortalPlace};
use super::passkeys::{self, Answer, Question};
use super::provider;
use super::session::{PortalForm, PortalUser, portal_path};
use super::sign_in::{private, says_directory};
use crate::console::words::FieldError;
use crate::ui::{Link, page_secret, urls};

/// Who it is, once more.
#[derive(Template)]
#[template(path = "portal/confirm.html")]
pub struct PortalConfirmPage {
    pub f: AppFrame,
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
}

/// Asks; afterwards the person goes on where they were.
pub(super) async fn form(user: PortalUser) -> Result<Response, PortalFailure> {
    let next = portal_path(user.query.get("next").unwrap_or_default()).to_owned();
    let (user, asked) = build(user, next).await?;
    Ok(user.page(StatusCode::OK, &asked))
}

#[derive(Deserialize)]
pub(super) struct Fields {
    #[serde(deserialize_with = "page_secret")]
    password: Zeroizing<String>,
    #[serde(default, deserialize_with = "page_secret")]
    code: Zeroizing<String>,
    #[serde(default)]
    next: String,
}

pub(super) async fn take(form: PortalForm<Fields>) -> Result<Response, PortalFailure> {
    let (user, fields) = (form.user, form.fields);
    let session = &user.session;
    let done = portal::confirm(user.core(), session, fields.password, &fields.code).await;
    answer(user, &fields.next, done).await
}

pub(super) async fn ask_passkey(form: PortalForm<Answer>) -> Result<Json<Question>, PortalFailure> {
    let user = form.user;
    let asked = accounts::begin_passkey_confirm(user.core(), &user.session).await?;
    Ok(Json(asked.into()))
}

pub(super) async fn take_passkey(form: PortalForm<Answer>) -> Result<Response, PortalFailure> {
    let (user, fields) = (form.user, form.fields);
    let (asked, given) = (&fields.asked, &fields.answer);
    let done = accounts::confirm_with_passkey(user.core(), &user.session, asked, given).await;
    answer(user, &fields.next, done).await
}

async fn answer(
    user: PortalUser,
    next: &str,
    done: Result<(), Error>,
) -> Result<Response, PortalFailure> {
    let next = portal_path(next).to_owned();
    let error = match done {
        Ok(()) => return Ok(private(&next)),
        Err(error) => error,
    };
    let l = user.texts;
    let (user, mut asked) = build(user, next).await?;
    match (error.kind, error.field) {
        (Kind::Invalid, Some("password")) => asked.error = FieldError::PasswordWrong.text(l),
        (Kind::Invalid, Some("code")) => asked.code_error = FieldError::CodeUsed.text(l),
        (Kind::Invalid, Some("passkey")) => asked.passkey_error = l.t("passkey-failed"),
        _ => match says_directory(l, error.code) {
            Some(text) => asked.error = text,
            None => return Err(error.into()),
        },
    }
    Ok(user.page(StatusCode::UNPROCESSABLE_ENTITY, &asked))
}

async fn build(
    user: PortalUser,
    next: String,
) -> Result<(PortalUser, PortalConfirmPage), PortalFailure> {
    let factors = user.session.factors;
    let elsewhere = portal::confirms_elsewhere(user.core(), &user.session).await?;
    let passkeys = factors.passkeys > 0 && passkeys::here(user.core());
    let password = (factors.password || elsewhere) && (factors.app || !passkeys);
    let providers = provider::confirm_links(&user, &next).await?;
    let here = urls::Query::default().with("next", &next);
    let user = user.at(here.url(urls::PORTAL_CONFIRM));
    let asked = PortalConfirmPage {
        f: user.frame(PortalPlace::Elsewhere),
        login: user.session.account.email.clone(),
        next,
        password,
        app: factors.app,
        passkeys,
        error: String::new(),
        code_error: String::new(),
        passkey_error: String::new(),
        providers,
    };
    Ok((user, asked))
}
