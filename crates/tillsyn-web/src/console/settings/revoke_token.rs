//! `POST /console/settings/tokens/{id}/revoke`.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::ids::TokenId;
use tillsyn_core::{Error, tokens};

use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::ui::urls;

#[derive(Deserialize)]
pub(crate) struct Fields {}

pub(crate) async fn revoke_token(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let id = TokenId::parse(&id).ok_or_else(|| Error::not_found("API token"))?;
    tokens::revoke_token(visitor.core(), visitor.actor(), &id).await?;
    Ok(go(visitor.state(), urls::TOKENS, Told::TokenRevoked))
}
