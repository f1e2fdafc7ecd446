//! The buttons of the page about mail.

use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use tillsyn_core::Kind;
use tillsyn_core::mail::{self, remove_mail_server};

use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::ui::urls;

#[derive(Deserialize)]
pub(crate) struct NoFields {}

pub(crate) async fn send_test(form: Filled<NoFields>) -> Result<Response, Failure> {
    let visitor = form.visitor;
    mail::send_test(visitor.core(), visitor.actor()).await?;
    // The list of messages shows what becomes of it.
    Ok(Redirect::to(urls::MAIL).into_response())
}

pub(crate) async fn remove(form: Filled<NoFields>) -> Result<Response, Failure> {
    let visitor = form.visitor;
    match remove_mail_server(visitor.core(), visitor.actor()).await {
        Ok(()) => Ok(go(visitor.state(), urls::MAIL, Told::Saved)),
        Err(error) if error.kind == Kind::FreshSignInNeeded => {
            Ok(Redirect::to(&urls::confirm(urls::MAIL)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
