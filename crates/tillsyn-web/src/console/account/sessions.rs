//! `/console/account/sessions`: ending sessions of one's own.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::ids::SessionId;
use tillsyn_core::{Error, accounts};

use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::ui::urls;

#[derive(Deserialize)]
pub(crate) struct Fields {}

pub(crate) async fn end_session(
    Path(id): Path<String>,
    filled: Filled<Fields>,
) -> Result<Response, Failure> {
    let visitor = filled.visitor;
    let id = SessionId::parse(&id).ok_or_else(|| Error::not_found("session"))?;
    accounts::end_own_session(visitor.core(), &visitor.session.session, &id).await?;
    Ok(go(visitor.state(), urls::ACCOUNT, Told::SessionEnded))
}

pub(crate) async fn end_others(filled: Filled<Fields>) -> Result<Response, Failure> {
    let visitor = filled.visitor;
    accounts::end_other_sessions(visitor.core(), &visitor.session.session).await?;
    Ok(go(visitor.state(), urls::ACCOUNT, Told::SessionEnded))
}
