//! `POST /console/sign-out`.

use axum::response::{IntoResponse as _, Redirect, Response};
use http::header;
use serde::Deserialize;
use tillsyn_core::accounts;

use crate::auth::Cookie;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::ui::urls;

#[derive(Deserialize)]
pub(crate) struct Fields {}

/// Ends the session on the server and in the browser.
pub(crate) async fn sign_out(form: Filled<Fields>) -> Result<Response, Failure> {
    let visitor = form.visitor;
    accounts::sign_out(visitor.core(), &visitor.session.session).await?;
    let to = urls::Query::default().with("out", "1").url(urls::SIGN_IN);
    let mut answer = Redirect::to(&to).into_response();
    let cookie = Cookie::Session.clear(&visitor.state().config);
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}
