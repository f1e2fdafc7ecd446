//! Passkeys at the portal: what the script asks the server for, and what it sends back.

use axum::Json;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tillsyn_core::accounts::{self, Asked, Door};
use tillsyn_core::{Core, Kind};
use zeroize::Zeroizing;

use super::failure::PortalFailure;
use super::second::{self, Wrong, from_the_start};
use super::session::{PortalGuest, portal_path};
use super::sign_in::{again, begin};
use crate::auth::{Coming, Cookie, CsrfForm};
use crate::error::AppError;
use crate::ui::page_secret;

/// Whether browsers make passkeys for the address of the portal: they are made for that of the console.
pub(super) fn here(core: &Core) -> bool {
    let config = core.config();
    let same = config.public_url.trim_end_matches('/') == config.console_url.trim_end_matches('/');
    same && accounts::passkey_party(core).is_some()
}

/// What the script asks the browser for.
#[derive(Serialize)]
pub(super) struct Question {
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
pub(super) struct Answer {
    #[serde(default, deserialize_with = "page_secret")]
    pub(super) asked: Zeroizing<String>,
    #[serde(default)]
    pub(super) answer: String,
    /// Of a new passkey.
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) next: String,
    /// Not empty where it is the second step of a sign-in.
    #[serde(default)]
    second: String,
}

/// The step of the browser, where the form is that of a second step.
fn step<'a>(guest: &PortalGuest, headers: &'a HeaderMap, fields: &Answer) -> Option<&'a str> {
    Cookie::Step
        .read(&guest.state.config, headers)
        .filter(|_| !fields.second.is_empty())
}

/// `POST /portal/sign-in/passkey/ask`.
pub(super) async fn ask(
    guest: PortalGuest,
    Coming(caller): Coming,
    headers: HeaderMap,
    form: Result<CsrfForm<Answer>, AppError>,
) -> Result<Json<Question>, PortalFailure> {
    let CsrfForm(fields) = form?;
    let step = step(&guest, &headers, &fields);
    let asked = accounts::begin_passkey_sign_in(guest.core(), step, &caller).await?;
    Ok(Json(asked.into()))
}

/// `POST /portal/sign-in/passkey`: a passkey alone, or after the password.
pub(super) async fn sign_in(
    guest: PortalGuest,
    Coming(caller): Coming,
    headers: HeaderMap,
    form: Result<CsrfForm<Answer>, AppError>,
) -> Result<Response, PortalFailure> {
    let CsrfForm(fields) = form?;
    let next = portal_path(&fields.next).to_owned();
    let step = step(&guest, &headers, &fields);
    let core = guest.core();
    let (asked, answer) = (&fields.asked, &fields.answer);
    let caller = caller.at(Door::Portal);
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
        Err(error) => again(guest, String::new(), next, error.into()).await,
    }
}
