//! `GET` and `POST /portal/sign-in`, and out again.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use tillsyn_core::Kind;
use tillsyn_core::accounts::{self, Door, NewSession, SignedIn, portal};
use zeroize::Zeroizing;

use super::failure::PortalFailure;
use super::frame::AppFrame;
use super::passkeys;
use super::provider;
use super::session::{PortalForm, PortalGuest, portal_path};
use crate::auth::{Coming, Cookie, CsrfForm};
use crate::error::{AppError, ErrorKind};
use crate::i18n::Texts;
use crate::state::AppState;
use crate::ui::{Link, page_secret, urls};

/// `GET` and `POST /portal/sign-in`.
#[derive(Template)]
#[template(path = "portal/sign_in.html")]
pub struct PortalSignInPage {
    pub f: AppFrame,
    /// Where to go afterwards: a path of ours.
    pub next: String,
    pub login: String,
    /// The same for an unknown account and a wrong password.
    pub error: String,
    /// Where what is wrong is mended, when the directory says where.
    pub mend: Option<Link>,
    /// Why the person is here: signed out, session over.
    pub notice: String,
    /// Whether this address is one that browsers make passkeys for.
    pub passkeys: bool,
    /// Identity providers to go to.
    pub providers: Vec<Link>,
}

/// The form; whoever is signed in goes on.
pub(super) async fn form(guest: PortalGuest) -> Result<Response, PortalFailure> {
    let next = portal_path(guest.query.get("next").unwrap_or_default()).to_owned();
    if guest.signed_in {
        return Ok(Redirect::to(&next).into_response());
    }
    let l = guest.texts;
    let notice = match guest.query.get("next") {
        Some(_) => l.t("portal-sign-in-needed"),
        None if guest.query.get("out").is_some() => l.t("portal-signed-out"),
        None => String::new(),
    };
    let form = PortalSignInPage {
        f: guest.frame(),
        providers: provider::links(guest.core(), &next).await?,
        next,
        login: String::new(),
        error: String::new(),
        mend: None,
        notice,
        passkeys: passkeys::here(guest.core()),
    };
    Ok(guest.page(StatusCode::OK, &form))
}

#[derive(Deserialize)]
pub(super) struct Fields {
    login: String,
    #[serde(deserialize_with = "page_secret")]
    password: Zeroizing<String>,
    #[serde(default)]
    next: String,
}

/// Begins a session. Known and unknown accounts are answered alike.
pub(super) async fn sign_in(
    guest: PortalGuest,
    Coming(caller): Coming,
    form: Result<CsrfForm<Fields>, AppError>,
) -> Result<Response, PortalFailure> {
    let CsrfForm(fields) = form?;
    let next = portal_path(&fields.next).to_owned();
    let caller = caller.at(Door::Portal);
    let core = guest.core();
    match portal::sign_in(core, &fields.login, fields.password, caller).await {
        Ok(signed_in) => go_on(&guest.state, &signed_in, &next),
        Err(error) => again(guest, fields.login, next, error.into()).await,
    }
}

/// On with the session, or to the second step.
pub(super) fn go_on(
    state: &AppState,
    signed_in: &SignedIn,
    next: &str,
) -> Result<Response, PortalFailure> {
    let step = match signed_in {
        SignedIn::Session(session) => return begin(state, session, next),
        SignedIn::SecondFactor(step) => step,
    };
    let to = urls::Query::default().with("next", next);
    let mut answer = private(&to.url(urls::PORTAL_SECOND_STEP));
    let cookie = Cookie::Step.set(&state.config, step)?;
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

/// The answer that puts a new session into the browser.
pub(super) fn begin(
    state: &AppState,
    session: &NewSession,
    next: &str,
) -> Result<Response, PortalFailure> {
    let mut answer = renewed(state, session, private(next))?;
    let headers = answer.headers_mut();
    headers.append(header::SET_COOKIE, Cookie::Step.clear(&state.config));
    if let Some(known) = &session.known {
        headers.append(header::SET_COOKIE, Cookie::Known.set(&state.config, known)?);
    }
    Ok(answer)
}

/// The same answer with the session's new token in it.
pub(super) fn renewed(
    state: &AppState,
    session: &NewSession,
    mut answer: Response,
) -> Result<Response, PortalFailure> {
    let cookie = Cookie::Portal.set(&state.config, &session.token)?;
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

/// A way on that no cache keeps.
pub(super) fn private(to: &str) -> Response {
    let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (no_store, Redirect::to(to)).into_response()
}

pub(super) async fn again(
    guest: PortalGuest,
    login: String,
    next: String,
    error: AppError,
) -> Result<Response, PortalFailure> {
    let l = guest.texts;
    let text = match error.kind() {
        ErrorKind::Rule(Kind::NotSignedIn) => l.t("portal-sign-in-failed"),
        ErrorKind::Rule(Kind::TooMany { retry_after_secs }) => {
            let secs = u64::try_from(retry_after_secs).unwrap_or(60);
            l.tn("error-429-text", secs.div_ceil(60).max(1))
        }
        ErrorKind::Rule(Kind::Unavailable) => l.t("portal-sign-in-away"),
        ErrorKind::Rule(Kind::Invalid) if error.code().starts_with("passkey_") => {
            l.t("passkey-failed")
        }
        _ => match says_directory(l, error.code()) {
            Some(text) => text,
            None => return Err(error.into()),
        },
    };
    let here = urls::Query::default().with("next", &next);
    let guest = guest.at(here.url(urls::PORTAL_SIGN_IN));
    let form = PortalSignInPage {
        f: guest.frame(),
        providers: provider::links(guest.core(), &next).await?,
        next,
        login,
        error: text,
        mend: mend(l, &error),
        notice: String::new(),
        passkeys: passkeys::here(guest.core()),
    };
    let mut answer = guest.page(error.status(), &form);
    if let Some(secs) = error.retry_after_secs() {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, secs.into());
    }
    Ok(answer)
}

/// What a directory that took the password has against letting the person in.
pub(super) fn says_directory(l: Texts, code: &str) -> Option<String> {
    match code {
        "directory_password_change" => Some(l.t("portal-password-change")),
        "directory_account_closed" => Some(l.t("portal-account-closed")),
        "directory_not_now" => Some(l.t("portal-not-now")),
        _ => None,
    }
}

/// Where a password is changed, as the settings of the directory say it.
fn mend(l: Texts, error: &AppError) -> Option<Link> {
    let href = error.data()?.get("url")?.as_str()?.to_owned();
    (error.code() == "directory_password_change").then(|| Link {
        href,
        text: l.t("portal-password-change-link"),
    })
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// Ends the session on the server and in the browser.
pub(super) async fn sign_out(form: PortalForm<Nothing>) -> Result<Response, PortalFailure> {
    let user = form.user;
    accounts::sign_out(user.core(), &user.session).await?;
    let to = urls::Query::default()
        .with("out", "1")
        .url(urls::PORTAL_SIGN_IN);
    let mut answer = private(&to);
    let cookie = Cookie::Portal.clear(&user.state.config);
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}
