//! `/console/account/app`: an authenticator app, set up with a QR code and confirmed by its first code.

use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::accounts::{self, PendingApp};
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::codes;
use super::page::AppPage;
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::console::words::FieldError;
use crate::ui::{Qr, page, urls};

#[derive(Deserialize)]
pub(crate) struct Nothing {}

pub(crate) async fn begin_app(filled: Filled<Nothing>) -> Result<Response, Failure> {
    let visitor = filled.visitor;
    accounts::begin_app(visitor.core(), &visitor.session.session).await?;
    Ok(Redirect::to(urls::ACCOUNT_APP).into_response())
}

pub(crate) async fn app_form(visitor: Visitor) -> Result<Response, Failure> {
    match accounts::pending_app(visitor.core(), &visitor.session.session).await? {
        Some(app) => Ok(show(&visitor, &app, String::new(), StatusCode::OK)),
        None => Ok(Redirect::to(urls::ACCOUNT).into_response()),
    }
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(deserialize_with = "secret")]
    code: Zeroizing<String>,
}

pub(crate) async fn confirm_app(filled: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let (core, session) = (visitor.core(), &visitor.session.session);
    match accounts::confirm_app(core, session, &fields.code).await {
        Ok(added) => codes::added(&visitor, &added),
        Err(error) if error.kind == Kind::Invalid => {
            let app = accounts::pending_app(core, session).await?;
            let app = app.ok_or_else(|| Error::not_found("app"))?;
            let text = FieldError::CodeUsed.text(visitor.texts);
            Ok(show(&visitor, &app, text, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(error) => Err(error.into()),
    }
}

fn show(visitor: &Visitor, app: &PendingApp, error: String, status: StatusCode) -> Response {
    let form = AppPage {
        f: visitor.bare(),
        qr: Qr::new(&app.uri),
        secret: app.secret.to_string(),
        error,
        back: urls::ACCOUNT.to_owned(),
    };
    page(status, &form)
}

pub(crate) async fn remove_app(filled: Filled<Nothing>) -> Result<Response, Failure> {
    let visitor = filled.visitor;
    accounts::remove_app(visitor.core(), &visitor.session.session).await?;
    Ok(go(visitor.state(), urls::ACCOUNT, Told::FactorRemoved))
}
