//! `GET` and `POST /console/sign-in/second`: the second factor after the password.

use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use tillsyn_core::Kind;
use tillsyn_core::accounts::{self, SecondStep};
use zeroize::Zeroizing;

use super::page::SecondStepPage;
use super::sign_in::begin;
use crate::auth::{Coming, Cookie, CsrfForm};
use crate::console::failure::{Failure, own_path};
use crate::console::form::secret;
use crate::console::visitor::Guest;
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::ui::urls;

/// The step that the browser is in; `None` when it is over.
pub(super) async fn open(
    guest: &Guest,
    headers: &HeaderMap,
) -> Result<Option<SecondStep>, Failure> {
    match Cookie::Step.read(&guest.state.config, headers) {
        Some(step) => Ok(accounts::second_step(&guest.state.core, step).await?),
        None => Ok(None),
    }
}

pub(crate) async fn second_form(guest: Guest, headers: HeaderMap) -> Result<Response, Failure> {
    let next = own_path(guest.query.get("next").unwrap_or_default()).to_owned();
    let Some(step) = open(&guest, &headers).await? else {
        return Ok(from_the_start(&next));
    };
    Ok(show(&guest, &step, next, Wrong::default(), StatusCode::OK))
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(deserialize_with = "secret")]
    code: Zeroizing<String>,
    #[serde(default)]
    next: String,
}

pub(crate) async fn second_step(
    guest: Guest,
    Coming(caller): Coming,
    headers: HeaderMap,
    form: Result<CsrfForm<Fields>, AppError>,
) -> Result<Response, Failure> {
    let CsrfForm(fields) = form?;
    let next = own_path(&fields.next).to_owned();
    let (Some(step), Some(shown)) = (
        Cookie::Step.read(&guest.state.config, &headers),
        open(&guest, &headers).await?,
    ) else {
        return Ok(from_the_start(&next));
    };
    let core = &guest.state.core;
    match accounts::sign_in_with_code(core, step, &fields.code, caller).await {
        Ok(session) => begin(&guest.state, &session, &next),
        Err(error) if error.kind == Kind::Invalid => {
            let wrong = Wrong {
                code: FieldError::CodeUsed.text(guest.texts),
                passkey: String::new(),
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(show(&guest, &shown, next, wrong, status))
        }
        Err(error) => Err(error.into()),
    }
}

/// What was not right.
#[derive(Default)]
pub(super) struct Wrong {
    pub(super) code: String,
    pub(super) passkey: String,
}

pub(super) fn show(
    guest: &Guest,
    step: &SecondStep,
    next: String,
    wrong: Wrong,
    status: StatusCode,
) -> Response {
    let mut f = guest.bare();
    f.here = urls::Query::default()
        .with("next", &next)
        .url(urls::SECOND_STEP);
    let page = SecondStepPage {
        f,
        person: step.account.name.clone(),
        next,
        app: step.app,
        passkeys: step.passkeys && accounts::passkey_party(&guest.state.core).is_some(),
        passkey_error: wrong.passkey,
        error: wrong.code,
    };
    let mut answer = guest.page(status, &page);
    let headers = answer.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        http::HeaderValue::from_static("no-store"),
    );
    answer
}

pub(super) fn from_the_start(next: &str) -> Response {
    let to = urls::Query::default().with("next", next).url(urls::SIGN_IN);
    Redirect::to(&to).into_response()
}
