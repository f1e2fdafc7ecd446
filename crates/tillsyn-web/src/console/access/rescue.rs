//! `GET` and `POST /console/rescue/{link}`: the way in that was made on the server. Looking at it changes
//! nothing, so that whatever fetches links does not use it up.

use axum::extract::Path;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use tillsyn_core::{Error, accounts};

use super::page::RescuePage;
use super::sign_in::begin;
use crate::auth::{Coming, CsrfForm};
use crate::console::failure::Failure;
use crate::console::visitor::Guest;
use crate::error::AppError;
use crate::ui::urls;

pub(crate) async fn rescue_form(
    guest: Guest,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    let account = accounts::rescued_account(&guest.state.core, &link).await?;
    let account = account.ok_or_else(|| Error::not_found("link"))?;
    let mut f = guest.bare();
    f.here = String::new();
    let page = RescuePage {
        f,
        person: account.name,
        action: urls::rescue(&link),
    };
    let mut answer = guest.page(StatusCode::OK, &page);
    // The address is a secret.
    let none = HeaderValue::from_static("no-referrer");
    answer.headers_mut().insert(header::REFERRER_POLICY, none);
    Ok(answer)
}

#[derive(Deserialize)]
pub(crate) struct Fields {}

pub(crate) async fn rescue(
    guest: Guest,
    Path(link): Path<String>,
    Coming(caller): Coming,
    form: Result<CsrfForm<Fields>, AppError>,
) -> Result<Response, Failure> {
    let CsrfForm(Fields {}) = form?;
    let session = accounts::use_rescue(&guest.state.core, &link, caller).await?;
    begin(&guest.state, &session, urls::SET_UP)
}
