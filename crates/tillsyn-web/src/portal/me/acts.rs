//! What a person changes about themselves. What lets them in wants a fresh proof.

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{StatusCode, header};
use serde::Deserialize;
use tillsyn_core::accounts::portal::{self, Signed};
use tillsyn_core::accounts::{self, AddedFactor, PendingApp};
use tillsyn_core::ids::{PasskeyId, SessionId};
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::page::{PortalAppPage, PortalCodesPage};
use super::show::build;
use crate::console::words::{FieldError, password_error};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::portal::cookie;
use crate::portal::failure::PortalFailure;
use crate::portal::frame::PortalPlace;
use crate::portal::passkeys::{Answer, Question};
use crate::portal::session::{PortalForm, PortalUser};
use crate::portal::sign_in::{private, renewed};
use crate::ui::{Qr, page_secret, urls};

/// Back to the page, which says what was done.
fn told(done: &str) -> Response {
    let to = urls::Query::default().with("done", done);
    private(&to.url(urls::PORTAL_ME))
}

#[derive(Deserialize)]
pub(in crate::portal) struct Nothing {}

#[derive(Deserialize)]
pub(in crate::portal) struct LanguageFields {
    language: String,
}

/// The language of the portal and of mail.
pub(in crate::portal) async fn set_language(
    form: PortalForm<LanguageFields>,
) -> Result<Response, PortalFailure> {
    let user = form.user;
    let lang = Lang::from_tag(&form.fields.language)
        .ok_or_else(|| Error::invalid("language", "language", "The language is en, sv or ja."))?;
    let value = cookie::set_language(&user.state.config, lang);
    let core = user.core().clone();
    let signed = Signed {
        session: user.session,
        person: user.person,
    };
    portal::set_own_language(&core, &signed, lang.tag()).await?;
    let mut answer = told("saved");
    answer.headers_mut().append(header::SET_COOKIE, value);
    Ok(answer)
}

#[derive(Deserialize)]
pub(in crate::portal) struct PasswordFields {
    #[serde(deserialize_with = "page_secret")]
    old: Zeroizing<String>,
    #[serde(deserialize_with = "page_secret")]
    password: Zeroizing<String>,
}

/// Changes the password; all other sessions end.
pub(in crate::portal) async fn change_password(
    form: PortalForm<PasswordFields>,
) -> Result<Response, PortalFailure> {
    let (user, fields) = (form.user, form.fields);
    let (core, session) = (user.core(), &user.session);
    if !session.factors.password {
        return Err(Error::conflict("password_elsewhere", "There is no password here.").into());
    }
    let old = Some(fields.old);
    let error = match accounts::change_password(core, session, old, fields.password).await {
        Ok(new) => return renewed(&user.state, &new, told("password")),
        Err(error) => error,
    };
    let user = user.at(urls::PORTAL_ME.to_owned());
    let mut shown = build(&user).await?;
    match (error.kind, error.field) {
        (Kind::Invalid, Some("old")) => {
            shown.old_error = FieldError::PasswordWrong.text(user.texts);
        }
        (Kind::Invalid, Some("password")) => {
            shown.new_error = password_error(error.code).text(user.texts);
        }
        _ => return Err(error.into()),
    }
    Ok(user.page(AppError::from(error).status(), &shown))
}

/// What the script asks the browser to make.
pub(in crate::portal) async fn ask_passkey(
    form: PortalForm<Answer>,
) -> Result<Json<Question>, PortalFailure> {
    let user = form.user;
    let asked = accounts::begin_passkey(user.core(), &user.session).await?;
    Ok(Json(asked.into()))
}

pub(in crate::portal) async fn add_passkey(
    form: PortalForm<Answer>,
) -> Result<Response, PortalFailure> {
    let (user, fields) = (form.user, form.fields);
    let (core, session) = (user.core(), &user.session);
    let (asked, answer) = (&fields.asked, &fields.answer);
    match accounts::add_passkey(core, session, asked, answer, &fields.name).await {
        Ok(factor) => added(user, &factor),
        Err(error) if error.kind == Kind::Invalid => {
            let user = user.at(urls::PORTAL_ME.to_owned());
            let mut shown = build(&user).await?;
            shown.passkey_error = user.texts.t("passkey-failed");
            Ok(user.page(AppError::from(error).status(), &shown))
        }
        Err(error) => Err(error.into()),
    }
}

pub(in crate::portal) async fn remove_passkey(
    Path(id): Path<String>,
    form: PortalForm<Nothing>,
) -> Result<Response, PortalFailure> {
    let user = form.user;
    let id = PasskeyId::parse(&id).ok_or_else(|| Error::not_found("passkey"))?;
    accounts::remove_passkey(user.core(), &user.session, &id).await?;
    Ok(told("removed"))
}

pub(in crate::portal) async fn begin_app(
    form: PortalForm<Nothing>,
) -> Result<Response, PortalFailure> {
    let user = form.user;
    accounts::begin_app(user.core(), &user.session).await?;
    Ok(private(urls::PORTAL_APP))
}

pub(in crate::portal) async fn app_form(user: PortalUser) -> Result<Response, PortalFailure> {
    match accounts::pending_app(user.core(), &user.session).await? {
        Some(app) => Ok(app_page(&user, &app, String::new(), StatusCode::OK)),
        None => Ok(Redirect::to(urls::PORTAL_ME).into_response()),
    }
}

#[derive(Deserialize)]
pub(in crate::portal) struct CodeFields {
    #[serde(deserialize_with = "page_secret")]
    code: Zeroizing<String>,
}

pub(in crate::portal) async fn confirm_app(
    form: PortalForm<CodeFields>,
) -> Result<Response, PortalFailure> {
    let (user, fields) = (form.user, form.fields);
    let (core, session) = (user.core(), &user.session);
    match accounts::confirm_app(core, session, &fields.code).await {
        Ok(factor) => added(user, &factor),
        Err(error) if error.kind == Kind::Invalid => {
            let app = accounts::pending_app(core, session).await?;
            let app = app.ok_or_else(|| Error::not_found("app"))?;
            let text = FieldError::CodeUsed.text(user.texts);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(app_page(&user, &app, text, status))
        }
        Err(error) => Err(error.into()),
    }
}

fn app_page(user: &PortalUser, app: &PendingApp, error: String, status: StatusCode) -> Response {
    let form = PortalAppPage {
        f: user.frame(PortalPlace::Profile),
        qr: Qr::new(&app.uri),
        secret: app.secret.to_string(),
        error,
    };
    user.page(status, &form)
}

pub(in crate::portal) async fn remove_app(
    form: PortalForm<Nothing>,
) -> Result<Response, PortalFailure> {
    let user = form.user;
    accounts::remove_app(user.core(), &user.session).await?;
    Ok(told("removed"))
}

pub(in crate::portal) async fn new_codes(
    form: PortalForm<Nothing>,
) -> Result<Response, PortalFailure> {
    let user = form.user;
    let codes = accounts::new_recovery_codes(user.core(), &user.session).await?;
    Ok(codes_page(user, &codes))
}

/// After a new factor: its codes where these are the first, and the session's new token.
fn added(user: PortalUser, factor: &AddedFactor) -> Result<Response, PortalFailure> {
    let state = user.state.clone();
    let answer = if factor.recovery_codes.is_empty() {
        told("added")
    } else {
        codes_page(user, &factor.recovery_codes)
    };
    renewed(&state, &factor.session, answer)
}

fn codes_page(user: PortalUser, codes: &[Zeroizing<String>]) -> Response {
    // It cannot be asked for again.
    let user = user.at(String::new());
    let mut f = user.frame(PortalPlace::Profile);
    // Its token is over.
    f.person = String::new();
    let shown = PortalCodesPage {
        f,
        codes: codes.iter().map(|code| code.to_string()).collect(),
    };
    user.page(StatusCode::OK, &shown)
}

pub(in crate::portal) async fn end_session(
    Path(id): Path<String>,
    form: PortalForm<Nothing>,
) -> Result<Response, PortalFailure> {
    let user = form.user;
    let id = SessionId::parse(&id).ok_or_else(|| Error::not_found("session"))?;
    accounts::end_own_session(user.core(), &user.session, &id).await?;
    Ok(told("ended"))
}

pub(in crate::portal) async fn end_others(
    form: PortalForm<Nothing>,
) -> Result<Response, PortalFailure> {
    let user = form.user;
    accounts::end_other_sessions(user.core(), &user.session).await?;
    Ok(told("ended"))
}
