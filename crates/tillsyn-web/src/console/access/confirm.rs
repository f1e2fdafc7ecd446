//! `GET` and `POST /console/confirm`: the password once more (security S11).

use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::Kind;
use zeroize::Zeroizing;

use super::page::ConfirmPage;
use crate::console::failure::{Failure, own_path};
use crate::console::form::{Filled, secret};
use crate::console::visitor::Visitor;
use crate::console::words::FieldError;
use crate::ui::{page, urls};

/// Asks; afterwards the person goes on where they were.
pub(crate) async fn ask_password(visitor: Visitor) -> Response {
    let next = own_path(visitor.query.get("next").unwrap_or_default()).to_owned();
    show(&visitor, next, String::new(), StatusCode::OK)
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(deserialize_with = "secret")]
    password: Zeroizing<String>,
    #[serde(default)]
    next: String,
}

pub(crate) async fn take_password(form: Filled<Fields>) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form.visitor, form.fields);
    let next = own_path(&fields.next).to_owned();
    match visitor.confirm(fields.password).await {
        Ok(()) => Ok(Redirect::to(&next).into_response()),
        Err(error) if error.kind == Kind::Invalid => {
            let text = FieldError::PasswordWrong.text(visitor.texts);
            Ok(show(&visitor, next, text, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(error) => Err(error.into()),
    }
}

fn show(visitor: &Visitor, next: String, error: String, status: StatusCode) -> Response {
    let mut f = visitor.bare();
    f.here = urls::Query::default()
        .with("next", &next)
        .url(urls::CONFIRM);
    let form = ConfirmPage {
        f,
        person: visitor.actor().name.clone(),
        login: visitor.session.session.account.email.clone(),
        next,
        error,
    };
    page(status, &form)
}
