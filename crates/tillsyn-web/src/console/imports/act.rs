//! Uploading a file, carrying it out, ending it.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::imports::{self, Choice, ImportKind};

use super::list::list;
use super::show::{import_id, one};
use super::words;
use crate::console::failure::Failure;
use crate::console::form::{Filled, ImportUpload};
use crate::error::AppError;
use crate::ui::{page, urls};

/// `POST /console/imports`.
pub(crate) async fn upload(ImportUpload(form): ImportUpload) -> Result<Response, Failure> {
    let visitor = &form.visitor;
    let chosen = form.text("kind");
    let made = match ImportKind::parse(&chosen) {
        Some(kind) => {
            let file = form.bytes("file");
            imports::create(visitor.core(), visitor.actor(), kind, file).await
        }
        None => Err(Error::invalid("kind", "import_kind", "")),
    };
    match made {
        Ok(made) => Ok(Redirect::to(&urls::import(made.id.as_str())).into_response()),
        Err(error) => match words::problem(visitor.texts, &error) {
            None => Err(error.into()),
            Some(text) => {
                let shown = list(visitor, &chosen, text).await?;
                Ok(page(status(&error), &shown))
            }
        },
    }
}

fn status(error: &Error) -> StatusCode {
    AppError::from(Error::new(error.kind, error.code, "")).status()
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ApplyFields {
    digest: String,
    leave_out: String,
    replace: String,
}

/// `POST /console/imports/{id}/apply`.
pub(crate) async fn apply(
    Path(id): Path<String>,
    filled: Filled<ApplyFields>,
) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let id = import_id(&id)?;
    let choice = Choice {
        leave_out_errors: !fields.leave_out.is_empty(),
        replace_members: !fields.replace.is_empty(),
        digest: Some(fields.digest).filter(|digest| !digest.is_empty()),
    };
    let begun = imports::apply(visitor.core(), visitor.actor(), &id, choice).await;
    let Err(error) = begun else {
        return Ok(Redirect::to(&urls::import(id.as_str())).into_response());
    };
    let Some(text) = words::problem(visitor.texts, &error) else {
        return Err(error.into());
    };
    let visitor = visitor.at(urls::import(id.as_str()));
    let shown = one(&visitor, &id, text).await?;
    Ok(page(status(&error), &shown))
}

#[derive(Deserialize)]
pub(crate) struct NoFields {}

/// `POST /console/imports/{id}/cancel`.
pub(crate) async fn cancel(
    Path(id): Path<String>,
    filled: Filled<NoFields>,
) -> Result<Response, Failure> {
    let (visitor, id) = (filled.visitor, import_id(&id)?);
    imports::cancel(visitor.core(), visitor.actor(), &id).await?;
    Ok(Redirect::to(&urls::import(id.as_str())).into_response())
}
