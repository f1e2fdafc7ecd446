//! `POST /console/sign-in/passkey/ask` and `POST /console/sign-in/passkey`: a passkey alone, or after the
//! password. The script asks, and sends what the browser gave as a form.

use axum::Json;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tillsyn_core::Kind;
use tillsyn_core::accounts::{self, Asked};
use zeroize::Zeroizing;

use super::provider::refused;
use super::second::{self, Wrong, from_the_start};
use super::sign_in::{again, begin, refusal};
use crate::auth::{Coming, Cookie, CsrfForm};
use crate::console::failure::{Failure, own_path};
use crate::console::form::secret;
use crate::console::visitor::Guest;
use crate::error::AppError;

/// What the script asks the browser for.
#[derive(Serialize)]
pub(crate) struct Question {
    asked: String,
    options: serde_json::Value,
}

impl From<Asked> for Question {
    fn from(asked: Asked) -> Self {
        Self {
            asked: asked.token.to_string(),
            options: asked.options,
        }
    }
}

/// What the browser gave for it.
#[derive(Deserialize)]
pub(crate) struct Answer {
    #[serde(default, deserialize_with = "secret")]
    pub(crate) asked: Zeroizing<String>,
    #[serde(default)]
    pub(crate) answer: String,
    /// Of a new passkey.
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) next: String,
    /// Not empty where it is the second step of a sign-in.
    #[serde(default)]
    second: String,
}

/// The step of the browser, where the form is that of a second step.
fn step<'a>(guest: &Guest, headers: &'a HeaderMap, fields: &Answer) -> Option<&'a str> {
    Cookie::Step
        .read(&guest.state.config, headers)
        .filter(|_| !fields.second.is_empty())
}

pub(crate) async fn ask_passkey(
    guest: Guest,
    Coming(caller): Coming,
    headers: HeaderMap,
    form: Result<CsrfForm<Answer>, AppError>,
) -> Result<Json<Question>, Failure> {
    let CsrfForm(fields) = form?;
    let step = step(&guest, &headers, &fields);
    let asked = accounts::begin_passkey_sign_in(&guest.state.core, step, &caller).await?;
    Ok(Json(asked.into()))
}

pub(crate) async fn sign_in_passkey(
    guest: Guest,
    Coming(caller): Coming,
    headers: HeaderMap,
    form: Result<CsrfForm<Answer>, AppError>,
) -> Result<Response, Failure> {
    let CsrfForm(fields) = form?;
    let next = own_path(&fields.next).to_owned();
    let step = step(&guest, &headers, &fields);
    let core = &guest.state.core;
    let (asked, answer) = (&fields.asked, &fields.answer);
    match accounts::sign_in_with_passkey(core, step, asked, answer, caller).await {
        Ok(session) => begin(&guest.state, &session, &next),
        Err(error) if error.kind == Kind::Invalid && !fields.second.is_empty() => {
            let Some(shown) = second::open(&guest, &headers).await? else {
                return Ok(from_the_start(&next));
            };
            let wrong = Wrong {
                passkey: guest.texts.t("passkey-failed"),
                code: String::new(),
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(second::show(&guest, &shown, next, wrong, status))
        }
        Err(error) if error.code == "sso_first" => refused(&guest, error).await,
        Err(error) => {
            let error = AppError::from(error);
            let text = refusal(&error).ok_or(error)?;
            again(&guest, String::new(), next, &text).await
        }
    }
}
