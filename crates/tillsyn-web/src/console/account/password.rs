//! `POST /console/account/password`.

use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::{Kind, accounts};
use zeroize::Zeroizing;

use super::show::build;
use crate::console::access::renewed;
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::notice::{Told, go};
use crate::console::words::{FieldError, password_error};
use crate::error::AppError;
use crate::ui::{page, urls};

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(deserialize_with = "secret")]
    old: Zeroizing<String>,
    #[serde(deserialize_with = "secret")]
    password: Zeroizing<String>,
}

/// Changes the password; all other sessions end.
pub(crate) async fn change_password(filled: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let (core, session) = (visitor.core(), &visitor.session.session);
    let error =
        match accounts::change_password(core, session, Some(fields.old), fields.password).await {
            Ok(new) => {
                let answer = go(visitor.state(), urls::ACCOUNT, Told::PasswordChanged);
                return renewed(visitor.state(), &new, answer);
            }
            Err(error) => error,
        };
    let l = visitor.texts;
    let visitor = visitor.at(urls::ACCOUNT.to_owned());
    let mut shown = build(&visitor).await?;
    match (error.kind, error.field) {
        (Kind::Invalid, Some("old")) => shown.old_error = FieldError::PasswordWrong.text(l),
        (Kind::Invalid, Some("password")) => {
            shown.new_error = password_error(error.code).text(l);
        }
        _ => return Err(error.into()),
    }
    Ok(page(AppError::from(error).status(), &shown))
}
