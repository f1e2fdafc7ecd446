//! `GET` and `POST /console/first-administrator`: the first account by one-time code (security S17).

use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::{Error, Kind, accounts};
use zeroize::Zeroizing;

use super::page::FirstAdministratorPage;
use super::sign_in::begin;
use crate::auth::{Coming, CsrfForm};
use crate::console::failure::Failure;
use crate::console::form::secret;
use crate::console::visitor::Guest;
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::ui::urls;

/// The form; there is nothing at this address once an account exists.
pub(crate) async fn first_form(guest: Guest) -> Result<Response, Failure> {
    if !accounts::needs_first_account(&guest.state.core).await? {
        return Err(AppError::no_route().into());
    }
    Ok(guest.page(StatusCode::OK, &empty(&guest)))
}

fn empty(guest: &Guest) -> FirstAdministratorPage {
    FirstAdministratorPage {
        f: guest.bare(),
        code: String::new(),
        code_error: String::new(),
        name: String::new(),
        name_error: String::new(),
        login: String::new(),
        login_error: String::new(),
        password_error: String::new(),
    }
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(deserialize_with = "secret")]
    code: Zeroizing<String>,
    name: String,
    login: String,
    #[serde(deserialize_with = "secret")]
    password: Zeroizing<String>,
}

/// Makes the account and signs it in.
pub(crate) async fn create_first(
    guest: Guest,
    Coming(caller): Coming,
    form: Result<CsrfForm<Fields>, AppError>,
) -> Result<Response, Failure> {
    let CsrfForm(fields) = form?;
    let core = &guest.state.core;
    let password = fields.password.clone();
    let made = accounts::create_first_account(
        core,
        &fields.code,
        &fields.name,
        &fields.login,
        password,
        caller.address.clone(),
    )
    .await;
    match made {
        Ok(_) => {
            let begun = accounts::sign_in(core, &fields.login, fields.password, caller).await?;
            begin(&guest.state, &begun.session()?, urls::CONSOLE)
        }
        Err(error) => again(&guest, &fields, error),
    }
}

fn again(guest: &Guest, fields: &Fields, error: Error) -> Result<Response, Failure> {
    let l = guest.texts;
    let mut page = FirstAdministratorPage {
        code: fields.code.to_string(),
        name: fields.name.clone(),
        login: fields.login.clone(),
        ..empty(guest)
    };
    match (error.kind, error.field) {
        (Kind::Forbidden, _) => page.code_error = FieldError::CodeWrong.text(l),
        (Kind::Invalid, Some("name")) => page.name_error = FieldError::Required.text(l),
        (Kind::Invalid, Some("email")) => page.login_error = FieldError::MailAddress.text(l),
        (Kind::Invalid, Some("password")) if error.code == "password_common" => {
            page.password_error = FieldError::PasswordCommon.text(l);
        }
        (Kind::Invalid, Some("password")) => {
            page.password_error = FieldError::PasswordShort.text(l);
        }
        _ => return Err(error.into()),
    }
    let status = AppError::from(error).status();
    Ok(guest.page(status, &page))
}
