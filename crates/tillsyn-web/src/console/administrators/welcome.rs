//! `GET` and `POST /console/welcome/{secret}`: a person opens their account with a password of their own.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::accounts::{self, Welcome};
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::page::WelcomePage;
use crate::auth::{ClientAddress, CsrfForm};
use crate::console::failure::Failure;
use crate::console::form::secret;
use crate::console::visitor::Guest;
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::ui::urls;

pub(crate) async fn welcome_page(
    guest: Guest,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    let found = accounts::welcome(&guest.state.core, &link).await?;
    Ok(guest.page(StatusCode::OK, &form(&guest, &link, found, String::new())))
}

fn form(guest: &Guest, link: &str, found: Welcome, password_error: String) -> WelcomePage {
    WelcomePage {
        f: guest.bare(),
        here: urls::welcome(link),
        done: false,
        name: found.name,
        login: found.email,
        password_error,
    }
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(deserialize_with = "secret")]
    password: Zeroizing<String>,
}

pub(crate) async fn take_welcome(
    guest: Guest,
    Path(link): Path<String>,
    ClientAddress(address): ClientAddress,
    filled: Result<CsrfForm<Fields>, AppError>,
) -> Result<Response, Failure> {
    let CsrfForm(fields) = filled?;
    let core = &guest.state.core;
    let address = Some(address.to_string());
    match accounts::take_welcome(core, &link, fields.password, address).await {
        Ok(found) => {
            let mut answer = form(&guest, &link, found, String::new());
            answer.done = true;
            Ok(guest.page(StatusCode::OK, &answer))
        }
        Err(error) => again(&guest, &link, error).await,
    }
}

async fn again(guest: &Guest, link: &str, error: Error) -> Result<Response, Failure> {
    let l = guest.texts;
    let text = match (error.kind, error.field, error.code) {
        (Kind::Invalid, Some("password"), "password_common") => FieldError::PasswordCommon.text(l),
        (Kind::Invalid, Some("password"), _) => FieldError::PasswordShort.text(l),
        _ => return Err(error.into()),
    };
    let found = accounts::welcome(&guest.state.core, link).await?;
    let status = AppError::from(error).status();
    Ok(guest.page(status, &form(guest, link, found, text)))
}
