//! `GET` and `POST /portal/sign-in/second`: the second factor after the password.

use askama::Template;
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use tillsyn_core::Kind;
use tillsyn_core::accounts::{self, Door, SecondStep};
use zeroize::Zeroizing;

use super::failure::PortalFailure;
use super::frame::AppFrame;
use super::passkeys;
use super::session::{PortalGuest, portal_path};
use super::sign_in::{begin, private};
use crate::auth::{Coming, Cookie, CsrfForm};
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::ui::{page_secret, urls};

/// After the password.
#[derive(Template)]
#[template(path = "portal/second_step.html")]
pub struct PortalSecondStepPage {
    pub f: AppFrame,
    pub name: String,
    pub next: String,
    pub app: bool,
    pub passkeys: bool,
    pub passkey_error: String,
    pub error: String,
}

/// What was not right.
#[derive(Default)]
pub(super) struct Wrong {
    pub(super) code: String,
    pub(super) passkey: String,
}

/// The step that the browser is in; `None` when it is over.
pub(super) async fn open(
    guest: &PortalGuest,
    headers: &HeaderMap,
) -> Result<Option<SecondStep>, PortalFailure> {
    match Cookie::Step.read(&guest.state.config, headers) {
        Some(step) => Ok(accounts::second_step(guest.core(), step).await?),
        None => Ok(None),
    }
}

pub(super) async fn form(
    guest: PortalGuest,
    headers: HeaderMap,
) -> Result<Response, PortalFailure> {
    let next = portal_path(guest.query.get("next").unwrap_or_default()).to_owned();
    let Some(step) = open(&guest, &headers).await? else {
        return Ok(from_the_start(&next));
    };
    Ok(show(&guest, &step, next, Wrong::default(), StatusCode::OK))
}

#[derive(Deserialize)]
pub(super) struct Fields {
    #[serde(deserialize_with = "page_secret")]
    code: Zeroizing<String>,
    #[serde(default)]
    next: String,
}

pub(super) async fn take(
    guest: PortalGuest,
    Coming(caller): Coming,
    headers: HeaderMap,
    form: Result<CsrfForm<Fields>, AppError>,
) -> Result<Response, PortalFailure> {
    let CsrfForm(fields) = form?;
    let next = portal_path(&fields.next).to_owned();
    let (Some(step), Some(shown)) = (
        Cookie::Step.read(&guest.state.config, &headers),
        open(&guest, &headers).await?,
    ) else {
        return Ok(from_the_start(&next));
    };
    let caller = caller.at(Door::Portal);
    match accounts::sign_in_with_code(guest.core(), step, &fields.code, caller).await {
        Ok(session) => begin(&guest.state, &session, &next),
        Err(error) if error.kind == Kind::Invalid => {
            let wrong = Wrong {
                code: FieldError::CodeUsed.text(guest.texts),
                passkey: String::new(),
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(show(&guest, &shown, next, wrong, status))
        }
        Err(error) if error.kind == Kind::NotSignedIn => Ok(from_the_start(&next)),
        Err(error) => Err(error.into()),
    }
}

/// To the sign-in page: the step is over.
pub(super) fn from_the_start(next: &str) -> Response {
    let to = urls::Query::default().with("next", next);
    private(&to.url(urls::PORTAL_SIGN_IN))
}

pub(super) fn show(
    guest: &PortalGuest,
    step: &SecondStep,
    next: String,
    wrong: Wrong,
    status: StatusCode,
) -> Response {
    let mut f = guest.frame();
    f.here = urls::Query::default()
        .with("next", &next)
        .url(urls::PORTAL_SECOND_STEP);
    let form = PortalSecondStepPage {
        f,
        name: step.account.name.clone(),
        next,
        app: step.app,
        passkeys: step.passkeys && passkeys::here(guest.core()),
        passkey_error: wrong.passkey,
        error: wrong.code,
    };
    let mut answer = guest.page(status, &form);
    let no_store = http::HeaderValue::from_static("no-store");
    answer.headers_mut().insert(header::CACHE_CONTROL, no_store);
    answer
}
